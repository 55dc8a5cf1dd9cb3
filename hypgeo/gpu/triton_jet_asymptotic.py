"""The jet by the expansion for large m z, term by term (hypgeo/csrc/derivative_asymptotic.h)."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_asymptotic import ENOUGH, log_of_powers, ratio_of_products
from hypgeo.gpu.triton_dd import dd_add_d, dd_mul_d, two_sum, widen
from hypgeo.gpu.triton_digamma import log_ratio, split_digamma
from hypgeo.gpu.triton_gamma import gamma_factor_ratio
from hypgeo.gpu.triton_jet import scale_jet, times_jet, where_jet
from hypgeo.gpu.triton_jit import any_of, jit


@jit
def sum_asymptotic(n, b, d, z):
    """Sums over k >= 1 of the terms over b: plain, by b, by 1 - d, and with the weights of z, zz.

    The derivative of (1 - d)_k has its own recurrence, because a factor 1 - d + j may vanish.
    """
    zn = z * (n + b)
    less = 1.0 - d
    wide = tl.maximum(b, 1.0)
    term = less / zn
    slope = 1.0 / zn
    by_b = n / (n + b)
    s, s_b, s_d, s_z, s_zz = n * 0.0, n * 0.0, n * 0.0, n * 0.0, n * 0.0
    k = n * 0.0 + 1.0
    going = tl.max(n, 0) >= 0.0
    while going:
        bk = b + k
        weighted = term * bk
        s = s + term
        s_b = tl.fma(term, by_b, s_b)
        s_d = s_d + slope
        s_z = s_z + weighted
        s_zz = tl.fma(weighted, bk + 1.0, s_zz)
        more = tl.maximum(tl.abs(term), tl.abs(slope)) * wide * bk * bk > ENOUGH
        inverse = 1.0 / (tl.fma(z, k, zn) * bk)
        up = less + k
        factor = bk * bk * inverse / (k + 1.0)
        by_b = tl.fma(b * n * z, inverse, by_b)
        slope = tl.fma(slope, up, term) * factor
        term = term * up * factor
        k += 1.0
        going = any_of(more & (k < 96.0))
    return s, s_b, s_d, s_z, s_zz


@jit
def asymptotic_jet(m, b, c, z, tables):
    """Where `triton_routes.is_asymptotic` holds."""
    d = two_sum(c, -b)
    n = two_sum(m, m * 0.0 + 1.0)
    s, s_b, s_d, s_z, s_zz = sum_asymptotic(n[0], b, d[0], z)
    base_c, below_c = split_digamma(widen(c), tables)
    base_d, below_d = split_digamma(d, tables)
    base_nb, below_nb = split_digamma(dd_add_d(n, b), tables)
    # psi(d) - psi(n + b) - log z and psi(c) - psi(d).
    log_b = log_ratio(base_d, dd_mul_d(base_nb, z)) + (below_nb - below_d)
    log_c = log_ratio(base_c, base_d) + (below_d - below_c)
    total = tl.fma(b, s, 1.0)
    by_d = b * s_d
    bz = b / z
    d_b = tl.fma(log_b, total, s_b + by_d)
    d_zz = bz / z * (s_zz + (b + 1.0))
    j = (total, d_b, tl.fma(log_c, total, -by_d), -bz * (s_z + 1.0), d_zz)
    few = (b == 1.0) | (b == 2.0) | (b == 3.0)
    result = times_jet(j, ratio_of_products(n[0], b, d, z))
    if any_of(few == 0):
        above = gamma_factor_ratio(d[0], c, tables)
        stirling = above / gamma_factor_ratio(n[0], n[0] + b, tables)
        scaled = scale_jet(times_jet(j, stirling), log_of_powers(n, b, d, c, z, tables))
        result = where_jet(few, result, scaled)
    return result
