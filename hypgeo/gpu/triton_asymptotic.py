"""The expansion of Euler's integral for large m z (hypgeo/csrc/asymptotic.h).

With n = m + 1 and (x)_b = Gamma(x + b) / Gamma(x), Watson's lemma (DLMF 2.4(i)) gives

    2F1(-m, b; c; z) ~ (d)_b / ((n)_b z^b) sum_k (1 - d)_k (b)_k / (k! (n + b)_k) z^-k.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import (
    dd_add,
    dd_add_d,
    dd_div,
    dd_mul,
    dd_mul_d,
    dd_sub,
    two_sum,
    widen,
)
from hypgeo.gpu.triton_elementary import dd_log1p, exp_scaled
from hypgeo.gpu.triton_gamma import gamma_factor_ratio
from hypgeo.gpu.triton_jit import any_of, jit

ENOUGH = tl.constexpr(2.0**-56)
MOST_TERMS = tl.constexpr(96)


@jit
def asymptotic_series(n, b, d, z):
    """``sum_k (1 - d)_k (b)_k / (k! (n + b)_k) z^-k``."""
    zn = z * (n + b)
    one_less_d = 1.0 - d
    term = n * 0.0 + 1.0
    total = term
    k = n * 0.0
    going = tl.max(n, 0) >= 0.0
    while going:
        up = (one_less_d + k) * (b + k)
        term = term * (up / (tl.fma(z, k, zn) * (k + 1.0)))
        total = total + term
        k += 1.0
        going = any_of((tl.abs(term) > total * ENOUGH) & (k < MOST_TERMS))
    return total


@jit
def ratio_of_products(n, b, d, z):
    """``(d)_b / ((n)_b z^b)`` for b = 1, 2 or 3, without logarithms."""
    ratio = b * 0.0 + 1.0
    for k in tl.static_range(3):
        factor = (d[0] + k + d[1]) / ((n + k) * z)
        ratio = tl.where(b > k, ratio * factor, ratio)
    return ratio


@jit
def log_of_powers(n, b, d, c, z, tables):
    """log of ``(d)_b / ((n)_b z^b)`` but for Stirling's remainders and square roots.

    ``b log(c / (z (n + b))) + d log(c / d) - n log((n + b) / n)``, the last two at most b.
    """
    nb = dd_add_d(n, b)
    ratio = dd_div(widen(c), dd_mul_d(nb, z))
    scale = dd_mul_d(dd_log1p(dd_add_d(ratio, -1.0), ratio, tables), b)
    upper = dd_mul(d, dd_log1p(dd_div(widen(b), d), dd_div(widen(c), d), tables))
    lower = dd_mul(n, dd_log1p(dd_div(widen(b), n), dd_div(nb, n), tables))
    return dd_add(scale, dd_sub(upper, lower))


@jit
def asymptotic(m, b, c, z, tables):
    """2F1 for large m z; see `triton_routes.is_asymptotic`."""
    d = two_sum(c, -b)
    n = two_sum(m, m * 0.0 + 1.0)
    total = asymptotic_series(n[0], b, d[0], z)
    few = (b == 1.0) | (b == 2.0) | (b == 3.0)
    result = total * ratio_of_products(n[0], b, d, z)
    if any_of(few == 0):
        above = gamma_factor_ratio(d[0], c, tables)
        stirling = above / gamma_factor_ratio(n[0], n[0] + b, tables)
        scaled = exp_scaled(log_of_powers(n, b, d, c, z, tables), total * stirling)
        result = tl.where(few, result, scaled)
    return result
