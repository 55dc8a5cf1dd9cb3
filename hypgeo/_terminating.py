"""2F1(-m, b; c; z) for parameters and arguments that are sums of two doubles."""

from __future__ import annotations

from typing import Any

import numpy as np

import hypgeo
from hypgeo._pairs import Array

# An unevaluated sum: a double and what its rounding left.
Pair = tuple[Any, Any]


def terminating(m: Any, b: Pair, c: Pair, z: Pair) -> Array:
    """2F1(-m, b; c; z) at b, c, z as they are, not as they round.

    The rests enter by the first derivatives,

        F(b + e, ...) = F(b, ...) + e F_b + ...,

    which removes errors of up to ``eps (|b F_b| + |c F_c| + |z F_z|)``; the next terms are smaller
    by eps once more. NaN where `m` is NaN.
    """
    # Degree 0 for NaN: what does not terminate would need SciPy.
    degree = np.where(np.isnan(m), 0.0, m)
    heads = np.broadcast_arrays(-degree, b[0], c[0], z[0])
    value = np.where(np.isnan(m), np.nan, hypgeo.hyp2f1(*heads))
    rest_b, rest_c, rest_z = np.broadcast_arrays(b[1], c[1], z[1], value)[:3]
    some = np.isfinite(value) & ((rest_b != 0) | (rest_c != 0))
    if some.any():
        slopes = hypgeo.hyp2f1_derivatives(*(x[some] for x in heads))
        value[some] += _finite(slopes[1] * rest_b[some]) + _finite(slopes[2] * rest_c[some])
    some = np.isfinite(value) & (rest_z != 0) & (heads[0] != 0)
    if some.any():
        # One evaluation instead of five derivatives, DLMF 15.5.1.
        a0, b0, c0, z0 = (x[some] for x in heads)
        slope = a0 * b0 / c0 * hypgeo.hyp2f1(a0 + 1, b0 + 1, c0 + 1, z0)
        value[some] += _finite(slope * rest_z[some])
    return value


def _finite(change: Array) -> Array:
    """No change where the derivative does not exist or overflows."""
    return np.asarray(np.where(np.isfinite(change), change, 0.0))
