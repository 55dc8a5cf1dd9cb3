"""exp, log1p and their differences to about one ulp, logarithms in double-double.

hypgeo/csrc/elementary.h in Triton. Arguments are what the kernels need:
finite, in the stated range.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import (
    dd_add,
    dd_mul,
    dd_sub,
    dd_where,
    quick_two_sum,
    two_prod,
    two_sum,
)
from hypgeo.gpu.triton_jit import jit

_LN2_HI = float.fromhex("0x1.62e42fefa39efp-1")
LN2_HI = tl.constexpr(_LN2_HI)
LN2_LO = tl.constexpr(float.fromhex("0x1.abc9e3b39803fp-56"))
PER_LN2 = tl.constexpr(1 / _LN2_HI)
# ln2 with a leading part short enough that multiples by any binary exponent are exact.
LN2_SHORT = tl.constexpr(float.fromhex("0x1.62e42fefap-1"))
LN2_REST = tl.constexpr(float.fromhex("0x1.cf79abc9e3b39p-40"))
# x + magic - magic rounds |x| < 2^51 to an integer.
MAGIC = tl.constexpr(1.5 * 2.0**52)

# e^r = 1 + r + r^2/2 + r^3 (1/3! + r/4! + ...) to 2^-58 for |r| <= ln(2)/2.
EXP_TABLE = tl.constexpr(
    (
        *(1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320),
        *(1 / 362880, 1 / 3628800, 1 / 39916800, 1 / 479001600, 1 / 6227020800),
    )
)
# fdlibm's minimax polynomial for log (e_log.c, Sun Microsystems): R(s^2), s = f / (2 + f).
LOG_SERIES = tl.constexpr(
    (
        *(6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01),
        *(2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01),
        1.479819860511658591e-01,
    )
)
# r^2/2 - (r - log(1+r)) = r^3 (1/3 - r/4 + ...).
LOG_TAIL = tl.constexpr((1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8, 1 / 9, -1 / 10, 1 / 11))
ONE_BITS = tl.constexpr(1023 << 52)
HALF_SQRT_BITS = tl.constexpr(0x3FE6A09E667F3BCD)
LOG_BIN_BITS = tl.constexpr(0x3FE6000000000000)
# The bits of 2^52 + 1024 hold a small integer in their last places.
INTEGER_BITS = tl.constexpr(0x4330000000000000)


@jit
def bits_of(x):
    """The bits of float64 as int64."""
    return x.to(tl.int64, bitcast=True)


@jit
def from_bits(i):
    """The float64 that has these bits."""
    return i.to(tl.float64, bitcast=True)


@jit
def horner(x, table: tl.constexpr, count: tl.constexpr):
    """``table[0] + table[1] x + ...``, `count` terms."""
    s = tl.fma(x, table[count - 1], table[count - 2])
    for i in tl.static_range(count - 2):
        s = tl.fma(s, x, table[count - 3 - i])
    return s


@jit
def power_of_two(k_plus_magic):
    """2^k for the integer in the low bits of ``k + MAGIC``; -1022 <= k <= 1023."""
    return from_bits((bits_of(k_plus_magic) << 52) + ONE_BITS)


@jit
def minus_ln2_times(x, k):
    """``x - k ln2`` for ``|k| < 2^16``."""
    return (x - k * LN2_SHORT) - k * LN2_REST


@jit
def exp_parts(x):
    """``(scale, tail)`` with ``e^x = scale (1 + tail)``, for -700 < x < 700."""
    t = tl.fma(x, PER_LN2, MAGIC)
    r = minus_ln2_times(x, t - MAGIC)
    return power_of_two(t), r + r * r * tl.fma(r, horner(r, EXP_TABLE, 11), 0.5)


@jit
def exp(x):
    """e^x, -700 < x < 700."""
    e = exp_parts(x)
    return tl.fma(e[0], e[1], e[0])


@jit
def expm1(x):
    """``e^x - 1`` with full relative precision, same range."""
    e = exp_parts(x)
    return tl.fma(e[0], e[1], e[0] - 1.0)


@jit
def scale_parts(x):
    """Three factors of e^x, x in double-double; the last two together may leave the range."""
    hi = tl.maximum(tl.minimum(x[0], 1400.0), -1400.0)
    k = tl.fma(hi, PER_LN2, MAGIC) - MAGIC
    factor = exp(minus_ln2_times(hi, k) + x[1])
    # 2^k as s^3 2^rest: only the last product can leave the normal range.
    third = tl.fma(k, 0.25, MAGIC)
    s = power_of_two(third)
    return factor, s, s * power_of_two((k - (third - MAGIC) * 3.0) + MAGIC)


@jit
def apply_scale(y, scale):
    """``y e^x`` for the factors of e^x, rounded towards overflow and underflow only once."""
    return ((y * scale[0] * scale[1]) * scale[1]) * scale[2]


@jit
def exp_scaled(x, y):
    """``y e^x``, x in double-double, any finite x and y > 0 far from the ends of the range."""
    return apply_scale(y, scale_parts(x))


@jit
def reduced_defect(f):
    """``f - log(1 + f)`` for f in [sqrt(1/2) - 1, sqrt(2) - 1]."""
    s = f / (f + 2.0)
    s2 = s * s
    half_square = f * f * 0.5
    return half_square - s * tl.fma(s2, horner(s2, LOG_SERIES, 7), half_square)


@jit
def reduce_log(x, u):
    """``(f, k, f - log(1 + f))`` with ``u = 1 + x = 2^k (1 + f)``; u > 0."""
    bits = bits_of(u)
    exponent = (bits - HALF_SQRT_BITS + (1024 << 52)) >> 52
    k = from_bits(exponent | INTEGER_BITS) - (4503599627370496.0 + 1024.0)
    mantissa = from_bits(bits - (exponent << 52) + (1024 << 52))
    f = tl.where(k == 0.0, x, mantissa - 1.0)
    return f, k, reduced_defect(f)


@jit
def log1p(x, u):
    """``log(1 + x)`` with full relative precision; ``u = 1 + x > 0`` is given beside x."""
    f, k, psi = reduce_log(x, u)
    return tl.fma(k, LN2_HI, f - (psi - k * LN2_LO))


@jit
def log1p_defect(x, u):
    """``x - log(1 + x) >= 0``, likewise."""
    f, k, psi = reduce_log(x, u)
    return ((x - f) - k * LN2_HI) + (psi - k * LN2_LO)


@jit
def three_from(place, like):
    """The three numbers from `place` on, by a loop for the reason given in triton_gamma."""
    a = like
    b = like
    c = like
    for _ in tl.range(3):
        a = b
        b = c
        c = tl.load(place)
        place += 1
    return a, b, c


@jit
def dd_reduce_log(x, u, tables):
    """``(base, r, r - log(1 + r))``, each double-double: base = k ln2 - log(c), r = c u / 2^k - 1.

    u = 1 + x > 0 and x to double-double relative precision. Where u is within 2^-7 of 1 the
    table's c is 1 and r = x exactly, so that nothing cancels.
    """
    biased = bits_of(u[0]) - LOG_BIN_BITS + (1024 << 52)
    exponent = biased >> 52
    k = from_bits(exponent | INTEGER_BITS) - (4503599627370496.0 + 1024.0)
    c, log_hi, log_lo = three_from(tables + ((biased >> 45) & 127) * 4, k)
    scale = from_bits((2047 << 52) - (exponent << 52))
    p = two_prod(u[0] * scale, c)
    reduced = quick_two_sum(p[0] - 1.0, p[1] + u[1] * scale * c)
    r = dd_where((k == 0.0) & (c == 1.0), x, reduced)
    square = dd_mul(r, r)
    cube = r[0] * square[0] * horner(r[0], LOG_TAIL, 9)
    base = two_sum(k * LN2_SHORT, log_hi)
    base_lo = base[1] + tl.fma(k, LN2_REST, log_lo)
    return (base[0], base_lo), r, quick_two_sum(square[0] * 0.5, square[1] * 0.5 - cube)


@jit
def dd_log1p(x, u, tables):
    """``log(1 + x)`` in double-double."""
    base, r, defect = dd_reduce_log(x, u, tables)
    return dd_add(base, dd_sub(r, defect))


@jit
def dd_log1p_defect(x, u, tables):
    """``x - log(1 + x)`` in double-double."""
    base, r, defect = dd_reduce_log(x, u, tables)
    a = two_sum(x[0], -r[0])
    b = two_sum(a[0], -base[0])
    s = two_sum(b[0], defect[0])
    lo = ((x[1] - r[1]) + (defect[1] - base[1])) + ((a[1] + b[1]) + s[1])
    return quick_two_sum(s[0], lo)
