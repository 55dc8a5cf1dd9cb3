"""Units in which squares neither overflow nor vanish; as powers of two they lose no digit."""

from __future__ import annotations

from typing import Any

import numpy as np


def power_of_two(x: Any) -> Any:
    """The power of two next below.

    Parameters
    ----------
    x : float or ndarray
        Positive; 0 gives a half.

    Returns
    -------
    float or ndarray
        At most x and more than half of it, of its dtype.

    Examples
    --------
    >>> float(power_of_two(5.0))
    4.0
    """
    return np.ldexp(np.ones_like(x), np.frexp(x)[1] - 1)
