"""Double-double arithmetic on pairs ``(hi, lo)`` (hypgeo/csrc/dd.h).

Error-free transformations after Dekker (1971) and Knuth (TAOCP 4.2.2); relative error of each
operation about 2^-104. They need exact fused multiply-adds and no contraction (triton_jit.OPTIONS).
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_jit import jit


@jit
def two_sum(a, b):
    """``a + b`` exactly."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@jit
def quick_two_sum(a, b):
    """``a + b`` exactly, for ``|a| >= |b|`` or ``a = 0``."""
    s = a + b
    return s, b - (s - a)


@jit
def two_prod(a, b):
    """``a b`` exactly."""
    p = a * b
    return p, tl.fma(a, b, -p)


@jit
def widen(a):
    """`a` as a pair."""
    return a, a * 0.0


@jit
def dd_neg(a):
    """``-a``."""
    return -a[0], -a[1]


@jit
def dd_add(a, b):
    """``a + b``, up to 2^-104 of the larger one."""
    s = two_sum(a[0], b[0])
    return quick_two_sum(s[0], s[1] + (a[1] + b[1]))


@jit
def dd_add_d(a, b):
    """``a + b`` for a double `b`."""
    s = two_sum(a[0], b)
    return quick_two_sum(s[0], s[1] + a[1])


@jit
def dd_sub(a, b):
    """``a - b``."""
    return dd_add(a, dd_neg(b))


@jit
def dd_mul(a, b):
    """``a b``."""
    p = two_prod(a[0], b[0])
    return quick_two_sum(p[0], p[1] + tl.fma(a[0], b[1], a[1] * b[0]))


@jit
def dd_mul_d(a, b):
    """``a b`` for a double `b`."""
    p = two_prod(a[0], b)
    return quick_two_sum(p[0], tl.fma(a[1], b, p[1]))


@jit
def dd_div(a, b):
    """``a / b``."""
    inverse = 1.0 / b[0]
    q = a[0] * inverse
    p = two_prod(q, b[0])
    r = ((a[0] - p[0]) - p[1]) + (a[1] - q * b[1])
    return quick_two_sum(q, r * inverse)


# Sloppy operations leave lo where it falls, a few ulp of hi: half the work, for chains of positive
# numbers.


@jit
def sloppy_add(a, b):
    """``a + b``."""
    s = two_sum(a[0], b[0])
    return s[0], s[1] + (a[1] + b[1])


@jit
def sloppy_add_d(a, b):
    """``a + b`` for a double `b`."""
    s = two_sum(a[0], b)
    return s[0], s[1] + a[1]


@jit
def sloppy_mul(a, b):
    """``a b``."""
    p = two_prod(a[0], b[0])
    return p[0], p[1] + tl.fma(a[0], b[1], a[1] * b[0])


@jit
def sloppy_mul_d(a, b):
    """``a b`` for a double `b`."""
    p = two_prod(a[0], b)
    return p[0], tl.fma(a[1], b, p[1])


@jit
def sloppy_div(a, b):
    """``a / b``."""
    inverse = 1.0 / b[0]
    q = a[0] * inverse
    p = two_prod(q, b[0])
    return q, (((a[0] - p[0]) - p[1]) + (a[1] - q * b[1])) * inverse


@jit
def dd_where(mask, a, b):
    """`a` where `mask` holds, else `b`."""
    return tl.where(mask, a[0], b[0]), tl.where(mask, a[1], b[1])
