"""F and its derivatives together (hypgeo/csrc/derivative_jet.h).

A jet is the tuple ``(F, F_b, F_c, F_z, F_zz)``; F_b is at fixed c, F_c at fixed b.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_elementary import apply_scale, scale_parts
from hypgeo.gpu.triton_jit import jit


@jit
def scale_jet(j, x):
    """e^x times a jet, x in double-double; each is rounded into the range only once."""
    s = scale_parts(x)
    return (
        apply_scale(j[0], s),
        apply_scale(j[1], s),
        apply_scale(j[2], s),
        apply_scale(j[3], s),
        apply_scale(j[4], s),
    )


@jit
def times_jet(j, y):
    """y times a jet."""
    return j[0] * y, j[1] * y, j[2] * y, j[3] * y, j[4] * y


@jit
def where_jet(mask, a, b):
    """One jet where the mask holds, else the other."""
    return (
        tl.where(mask, a[0], b[0]),
        tl.where(mask, a[1], b[1]),
        tl.where(mask, a[2], b[2]),
        tl.where(mask, a[3], b[3]),
        tl.where(mask, a[4], b[4]),
    )
