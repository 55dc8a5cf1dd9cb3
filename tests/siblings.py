"""The functions beside hyp2f1, and what their tests share."""

from __future__ import annotations

import numpy as np
from accuracy import EPS

import hypgeo

#: Well-conditioned arguments of low degree: the library promises 16 eps kappa, kappa < 40 here;
#: derivatives of the same accuracy class may be as much worse conditioned again.
CLOSE = 2000 * EPS
FUNCTIONS = {
    "hyp2f1m1": hypgeo.hyp2f1m1,
    "log_hyp2f1": hypgeo.log_hyp2f1,
    "log and sign": lambda *x, **y: hypgeo.log_hyp2f1(*x, return_sign=True, **y),
    "value_and_error": hypgeo.value_and_error,
    "hyp2f1_derivatives": hypgeo.hyp2f1_derivatives,
}
COUNTS = dict(zip(FUNCTIONS, (1, 1, 2, 2, 5), strict=True))


def results(value):
    """The outputs of a call as a tuple, also of those that have one."""
    return value if isinstance(value, tuple) else (value,)


def assert_close(value, expected):
    for x, y in zip(results(value), results(expected), strict=True):
        np.testing.assert_allclose(
            np.asarray(x, float), np.asarray(y, float), rtol=CLOSE, atol=0, equal_nan=True
        )
