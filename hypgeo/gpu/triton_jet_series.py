"""The jet by the positive series (hypgeo/csrc/derivative_weights.h, derivative_series.h).

Every sum is of terms of one sign. `home` says where Pfaff's form is meant (beta = c - b,
w = z / (1 - z)); elsewhere z < 0 (beta = b, w = -z). All is relative to the term T_1 = m beta w / c
and multiplied by beta, so that beta = 0 is no exception.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import (
    dd_div,
    dd_mul_d,
    dd_where,
    sloppy_add,
    sloppy_add_d,
    sloppy_mul,
    two_sum,
    widen,
)
from hypgeo.gpu.triton_elementary import dd_log1p
from hypgeo.gpu.triton_jet import scale_jet, where_jet
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_series import (
    ALTERNATING_ENOUGH,
    BIG,
    ENOUGH,
    MOST_TERMS,
    NEARLY_OVERFLOWN,
    SMALL,
    long_value,
    term_ratio,
)

MOST_LONG_TERMS = tl.constexpr(1048576.0)  # the sum overflows long before


@jit
def begin_weights(home, b, c):
    """``(beta times the sums of 1/(beta+j) and of 1/(c+j), last term of F_z, four sums)``."""
    zero = b * 0.0
    return zero + 1.0, tl.where(home, b, 1.0) / c, zero, (zero, zero, zero, zero)


@jit
def add_weights(state, home, m, beta, b, c, term, k):
    """Adds term k to the sums and moves on."""
    by_beta, by_c, previous, sums = state
    inverse_c = 1.0 / (c + k)
    inverse_beta = 1.0 / (beta + k)
    share = (m - k) * inverse_c
    weight = tl.where(home, share, share * (beta + k))
    s_zz = tl.fma(previous, weight, sums[3])
    previous = term * weight
    s_beta = tl.fma(term, by_beta, sums[0])
    s_c = tl.fma(term, by_c, sums[1])
    s_z = sums[2] + previous
    by_beta = tl.fma(beta, inverse_beta, by_beta)
    by_c = tl.where(home, tl.fma(b * beta * inverse_beta, inverse_c, by_c), by_c + inverse_c)
    return by_beta, by_c, previous, (s_beta, s_c, s_z, s_zz)


@jit
def first_weights(home, m, beta, c):
    """Weights of F_z at k = 0 and k = 1."""
    first = tl.where(home, m, m * beta) / c
    return first, (m - 1.0) * tl.where(home, 1.0, beta + 1.0) / (c + 1.0)


@jit
def advance(m, beta, c, w, k, term, total):
    """Adds term k and goes to the next, double-double; returns the ratio too."""
    total = sloppy_add(total, term)
    ratio = term_ratio(m, beta, c, w, k)
    term = sloppy_mul(term, ratio)
    left = term[0] > 0.0
    return (tl.where(left, term[0], 0.0), tl.where(left, term[1], 0.0)), total, ratio[0]


@jit
def matters(state, term, total, second, ratio, enough, most_ratio):
    """Whether the last term that was added, or what follows, is still large enough."""
    by_beta, _by_c, previous, sums = state
    done = (term <= total[0] * enough) & (term * by_beta <= sums[0] * ENOUGH)
    done = done & (previous <= sums[2] * ENOUGH) & (previous * second <= sums[3] * ENOUGH)
    return (done & (ratio < most_ratio)) == 0


@jit
def series_sums(home, m, beta, b, c, w):
    """``(sum of the terms, weights)``."""
    term = widen(m * 0.0 + 1.0)
    total = (m * 0.0, m * 0.0)
    state = begin_weights(home, b, c)
    second = first_weights(home, m, beta[0], c)[1]
    k = m * 0.0 + 1.0
    going = tl.max(m, 0) >= 0.0
    while going:
        size = term[0] + term[1]
        state = add_weights(state, home, m, beta[0], b, c, size, k)
        term, total, ratio = advance(m, beta, c, w, k, term, total)
        more = matters(state, size, total, second, ratio, ENOUGH, 0.5)
        k += 1.0
        going = any_of(more & (k < MOST_TERMS))
    return total, state[3]


@jit
def finish_series(home, m, beta, b, c, w, q, value, sums, unit):
    """From the sums to the jet, without the factor (1 - z)^m; `unit` is the scale of the sums."""
    first, second = first_weights(home, m, beta, c)
    head = m * w / c
    first_term = head * beta
    z = tl.where(home, b / q, 1.0)
    zz = tl.where(home, z * (b + 1.0) / q, 1.0)
    d_b = head * sums[0]
    d_c = tl.where(home, head, -first_term) * sums[1]
    d_z = -z * tl.fma(first_term, sums[2], first * unit)
    d_zz = zz * tl.fma(first_term, sums[3], first * second * unit)
    return value, tl.where(home, -d_b, d_b), d_c, d_z, d_zz


@jit
def log_of_power(m, z, tables):
    """``m log(1 - z)`` in double-double, z < 1."""
    return dd_mul_d(dd_log1p(widen(-z), two_sum(z * 0.0 + 1.0, -z), tables), m)


@jit
def series_jet(m, b, c, z, tables):
    """Where `triton_series.positive_series` gives F."""
    home = z > 0.0
    q = two_sum(z * 0.0 + 1.0, -z)
    beta = dd_where(home, two_sum(c, -b), widen(b))
    w = dd_where(home, dd_div(widen(z), q), widen(-z))
    total, sums = series_sums(home, m, beta, b, c, w)
    first = term_ratio(m, beta, c, w, m * 0.0)
    value = sloppy_add_d(sloppy_mul(first, total), 1.0)
    plain = finish_series(home, m, beta[0], b, c, w[0], q[0], value[0] + value[1], sums, 1.0)
    scaled = scale_jet(plain, log_of_power(m, tl.where(home, z, 0.0), tables))
    return where_jet(home, scaled, plain)


@jit
def scaled_sums(m, b, c, w):
    """The sums for z < 0 with a scaled exponent: ``(sums, unit, how often scaled)``."""
    home = m < 0.0
    term = widen(m * 0.0 + 1.0)
    total = (m * 0.0, m * 0.0)
    state = begin_weights(home, b, c)
    second = first_weights(home, m, b, c)[1]
    unit = m * 0.0 + 1.0
    scalings = m * 0.0
    k = unit
    going = tl.max(m, 0) >= 0.0
    while going:
        size = term[0] + term[1]
        state = add_weights(state, home, m, b, b, c, size, k)
        term, total, ratio = advance(m, widen(b), c, widen(w), k, term, total)
        more = matters(state, size, total, second, ratio, ALTERNATING_ENOUGH, 0.875)
        by_beta, by_c, previous, s = state
        largest = tl.maximum(tl.maximum(total[0], s[0]), tl.maximum(s[2], s[3]))
        more = more & (scalings <= 3.0) & (largest <= NEARLY_OVERFLOWN)
        f = tl.where(largest > BIG, SMALL, 1.0)
        term = (term[0] * f, term[1] * f)
        total = (total[0] * f, total[1] * f)
        state = by_beta, by_c, previous * f, (s[0] * f, s[1] * f, s[2] * f, s[3] * f)
        unit = unit * f
        scalings = scalings + tl.where(f < 1.0, 1.0, 0.0)
        k += 1.0
        going = any_of(more & (k < MOST_LONG_TERMS))
    return state[3], unit, scalings


@jit
def upscaled(y, scalings):
    """y times 2^400 for each scaling."""
    for i in tl.static_range(4):
        y = tl.where(scalings > i, y * BIG, y)
    return y


@jit
def long_jet(m, b, c, z):
    """z < 0, any b, c > 0, with a scaled exponent.

    Where a sum has left the range on the way, so have F_b and F_c; of F and its derivatives in z
    the later ones may still be finite: they are sums of their own (DLMF 15.5.2).
    """
    sums, unit, scalings = scaled_sums(m, b, c, -z)
    j = finish_series(m < 0.0, m, b, b, c, -z, z, z, sums, unit)
    infinity = float("inf")
    d_b = upscaled(j[1], scalings)
    d_b = tl.where(d_b < infinity, d_b, infinity)
    d_c = upscaled(j[2], scalings)
    d_c = tl.where(d_c > -infinity, d_c, -infinity)
    value = long_value(m, b, c, -z)
    d_z = upscaled(j[3], scalings)
    d_zz = upscaled(j[4], scalings)
    lost = ((d_z > -infinity) & (d_zz < infinity)) == 0
    for i in tl.range(tl.where(any_of(lost), 2, 0)):
        step = i + 1.0
        again = long_value(m - step, b + step, c + step, -z)
        head = m * (b / c)
        following = head * (m - 1.0) * ((b + 1.0) / (c + 1.0))
        # A degree of 0 leaves a zero in front of it.
        d_z = tl.where(lost & (i == 0), -head * again, d_z)
        d_zz = tl.where(lost & (i == 1), tl.where(m > 1.0, following * again, 0.0), d_zz)
    return value, d_b, d_c, d_z, d_zz
