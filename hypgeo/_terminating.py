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
    rests = np.broadcast_arrays(b[1], c[1], z[1], value)[:3]
    some = np.isfinite(value) & np.logical_or.reduce([rest != 0 for rest in rests])
    if some.any():
        slopes = hypgeo.hyp2f1_derivatives(*(x[some] for x in heads))[1:4]
        for slope, rest in zip(slopes, rests, strict=True):
            change = slope * rest[some]
            value[some] += np.where(np.isfinite(change), change, 0.0)
    return value
