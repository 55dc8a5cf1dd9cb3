"""The series for few terms or small arguments (hypgeo/csrc/power_series.h).

S(m, beta; c; w) = sum_k binom(m, k) (beta)_k / (c)_k w^k has positive terms for beta, c, w > 0, and

    2F1(-m, b; c; z) = S(m, b; c; -z)                                 z < 0  (DLMF 15.2.1)
                     = (1 - z)^m S(m, c - b; c; z / (1 - z))     0 <= z < 1  (DLMF 15.8.1)

Loops run until the slowest element of the block is done.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import (
    dd_add,
    dd_div,
    dd_mul,
    dd_mul_d,
    dd_where,
    sloppy_add,
    sloppy_add_d,
    sloppy_div,
    sloppy_mul,
    sloppy_mul_d,
    two_sum,
    widen,
)
from hypgeo.gpu.triton_elementary import dd_log1p, exp_scaled
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_routes import MEDIUM, SHORT

ENOUGH = tl.constexpr(2.0**-56)
ALTERNATING_ENOUGH = tl.constexpr(2.0**-58)
MOST_TERMS = tl.constexpr(4096)
BIG = tl.constexpr(2.0**400)
SMALL = tl.constexpr(2.0**-400)
NEARLY_OVERFLOWN = tl.constexpr(2.0**1022)


@jit
def term_ratio(m, beta, c, w, k):
    """Term k + 1 of S over term k, in double-double."""
    up = sloppy_mul(sloppy_mul_d(sloppy_add_d(beta, k), m - k), w)
    down = sloppy_mul_d(two_sum(c, k), k + 1.0)
    return sloppy_div(up, down)


@jit
def dies_out(m, beta, c, w, k):
    """Whether the ratio of neighbouring terms stays below 1/2 from k on."""
    return tl.maximum(beta + k, k + 1.0) * (m - k) * w < (c + k) * (k + 1.0) * 0.5


@jit
def homogeneous_sum(m, beta, c, w, q):
    """``sum_k binom(m, k) (beta)_k / (c)_k w^k q^(m-k)`` by Horner's rule in double-double."""
    one = widen(m * 0.0 + 1.0)
    total = one
    power = one
    k = c * 0.0 + (tl.max(m, 0) - 1.0)
    while any_of(k >= 0.0):
        ratio = term_ratio(m, beta, c, widen(w), k)
        within = k < m
        power = dd_where(within, sloppy_mul(power, q), power)
        total = dd_where(within, sloppy_add(power, sloppy_mul(total, ratio)), total)
        k -= 1.0
    return total[0] + total[1]


@jit
def alternating_series(m, b, c, z):
    """2F1 - 1 by its own series, 0 <= m z <= 1/2: the terms fall faster than 2^-k / k!."""
    term = m * 0.0 + 1.0
    total = m * 0.0
    k = m * 0.0
    going = tl.max(m, 0) >= 0.0
    while going:
        term = term * (z * (k - m) * (b + k) / ((c + k) * (k + 1.0)))
        total = total + term
        k += 1.0
        going = any_of((tl.abs(term) > tl.abs(total) * ALTERNATING_ENOUGH) & (k < 24.0))
    return total


@jit
def medium_series(m, beta, c, w):
    """S for w m up to some hundreds, in double-double."""
    term = widen(m * 0.0 + 1.0)
    total = term
    k = m * 0.0
    going = tl.max(m, 0) >= 0.0
    while going:
        term = sloppy_mul(term, term_ratio(m, beta, c, w, k))
        total = sloppy_add(total, term)
        more = (term[0] > total[0] * ENOUGH) | (dies_out(m, beta[0], c, w[0], k) == 0)
        k += 1.0
        going = any_of(more & (k < MOST_TERMS))
    return total[0] + total[1]


@jit
def short_series(m, beta, c, w):
    """The same in double for w m up to a few units; w carries its rounding to first order."""
    term = m * 0.0 + 1.0
    total = term
    moment = m * 0.0
    k = m * 0.0
    going = tl.max(m, 0) >= 0.0
    while going:
        ratio = w[0] * (m - k) * (beta[0] + k) / ((c + k) * (k + 1.0))
        term = tl.maximum(term * ratio, 0.0)
        total = total + term
        moment = tl.fma(term, k + 1.0, moment)
        more = (term > total * ENOUGH) | (dies_out(m, beta[0], c, w[0], k) == 0)
        k += 1.0
        going = any_of(more & (k < MOST_TERMS))
    return tl.fma(moment, w[1] / w[0], total)


@jit
def long_step(m, beta, c, w, k, term):
    """The term after term k, in full double-double."""
    step = dd_mul_d(dd_div(two_sum(beta, k), two_sum(c, k)), tl.maximum(m - k, 0.0))
    return dd_div(dd_mul_d(dd_mul(term, step), w), widen(k + 1.0))


@jit
def long_series(m, beta, c, w):
    """S for any arguments, with a scaled exponent: ``(sum, how often it was divided by 2^400)``."""
    term = widen(m * 0.0 + 1.0)
    total = term
    scalings = m * 0.0
    k = m * 0.0
    going = tl.max(m, 0) >= 0.0
    while going:
        term = long_step(m, beta, c, w, k, term)
        total = dd_add(total, term)
        small = term[0] <= total[0] * ALTERNATING_ENOUGH
        done = (small & dies_out(m, beta, c, w, k)) | (scalings > 2.0)
        finite = total[0] <= NEARLY_OVERFLOWN
        factor = tl.where(total[0] > BIG, SMALL, 1.0)
        term = (term[0] * factor, term[1] * factor)
        total = (total[0] * factor, total[1] * factor)
        scalings = scalings + tl.where(factor < 1.0, 1.0, 0.0)
        k += 1.0
        going = any_of((done == 0) & finite & (k < m))
    return total, scalings


@jit
def long_value(m, beta, c, w):
    """S for any arguments, inf where it overflows."""
    total, scalings = long_series(m, beta, c, w)
    # Only overflow can have made a sum of positive terms anything but finite.
    result = tl.where(total[0] <= NEARLY_OVERFLOWN, total[0], float("inf"))
    for i in tl.static_range(3):
        result = tl.where(scalings > i, result * BIG, result)
    return result


@jit
def power_of_complement(m, z, y, tables):
    """``(1 - z)^m y`` for z < 1."""
    u = two_sum(z * 0.0 + 1.0, -z)
    log = dd_log1p(widen(-z), u, tables)
    return exp_scaled(dd_mul_d(log, m), y)


@jit
def positive_arguments(b, c, z):
    """``(beta, w)`` of the series with positive terms."""
    negative = z < 0.0
    w = dd_div(widen(z), two_sum(z * 0.0 + 1.0, -z))
    beta = dd_where(negative, widen(b), two_sum(c, -b))
    return beta, dd_where(negative, widen(-z), w)


@jit
def finite(m, b, c, z):
    """m of at most some dozens, any z <= 1."""
    negative = z < 0.0
    beta = dd_where(negative, widen(b), two_sum(c, -b))
    one = z * 0.0 + 1.0
    q = dd_where(negative, widen(one), two_sum(one, -z))
    return homogeneous_sum(m, beta, c, tl.abs(z), q)


@jit
def positive_series(m, b, c, z, route, tables):
    """``|m log(1-z)|`` of a few units (SHORT) up to some hundreds (MEDIUM), or b = c (POWER)."""
    beta, w = positive_arguments(b, c, z)
    total = m * 0.0 + 1.0
    if route == SHORT:
        total = short_series(m, beta, c, w)
    elif route == MEDIUM:
        total = medium_series(m, beta, c, w)
    scaled = power_of_complement(m, z, total, tables)
    return tl.where((z < 0.0) & (b != c), total, scaled)
