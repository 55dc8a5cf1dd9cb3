"""What `parallel_precomputed` computes once: the ratios of 15.8.7 without z, and its prefactor."""

from __future__ import annotations

from typing import Any

import numpy as np

#: 128 MiB of ratios; for larger degrees they are computed as they come.
MOST_RATIOS = 1 << 24


def ratios(m: float, b: float, c: float) -> np.ndarray[Any, Any]:
    """Ratio of term k + 1 to term k of F(-m, b; 1 - d - m; 1 - z), d = c - b, over 1 - z.

        (m - k) (b + k) / ((k + 1) (d + m - 1 - k)),    k = 0 .. m - 1,    DLMF 15.8.7.

    Parameters
    ----------
    m : float
        The degree, a whole number.
    b, c : float
        Parameters.

    Returns
    -------
    ndarray of float64
        `m` of them.

    Examples
    --------
    >>> ratios(2, 1.0, 3.0).round(6).tolist()
    [0.666667, 0.5]
    """
    k = np.arange(m)
    d = c - b
    with np.errstate(all="ignore"):
        return np.asarray((m - k) * (b + k) / ((k + 1) * (d + (m - 1 - k))))


def front(m: float, b: float, c: float) -> tuple[float, int]:
    """(c - b)_m / (c)_m as a number and a power of two.

    Parameters
    ----------
    m : float
        The degree, a whole number.
    b, c : float
        Parameters.

    Returns
    -------
    value : float
        Between 1/2 and 1 in size, or 0, or not finite.
    exponent : int
        Of two.

    Examples
    --------
    >>> value, exponent = front(2, 1.0, 3.0)  # (2 3) / (3 4)
    >>> value * 2.0**exponent
    0.5
    """
    k = np.arange(m)
    with np.errstate(all="ignore"):
        factors, exponents = np.frexp((c - b + k) / (c + k))
        exponent = int(exponents.sum())
        # Products of 512 factors in [1/2, 1) stay in the range.
        while factors.size > 1:
            padded = np.append(factors, np.ones(-factors.size % 512))
            factors, exponents = np.frexp(padded.reshape(-1, 512).prod(axis=1))
            exponent += int(exponents.sum())
    return float(factors[0]) if factors.size else 1.0, exponent
