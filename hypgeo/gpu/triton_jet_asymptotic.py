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
def sum_asymptotic(n, b, d, z, whole: tl.constexpr):
    """Sums over k >= 1 of the terms over b: plain, by b, by 1 - d, and with the weights of z, zz.

    The derivative of (1 - d)_k has its own recurrence, because a factor 1 - d + j may vanish.
    Those by b and for zz are for `whole` jets.
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
        heaviest = bk * bk if whole else bk
        more = tl.maximum(tl.abs(term), tl.abs(slope)) * wide * heaviest > ENOUGH
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
def sum_of_inverses(d, b):
    """psi(d + b) - psi(d) for b = 1, 2 or 3 (DLMF 5.5.2)."""
    second = tl.where(b > 1.0, 1.0 / (d[0] + 1.0 + d[1]), 0.0)
    third = tl.where(b > 2.0, 1.0 / (d[0] + 2.0 + d[1]), 0.0)
    return 1.0 / d[0] + second + third


@jit
def asymptotic_jet(m, b, c, z, tables, whole: tl.constexpr):
    """Where `triton_routes.is_asymptotic` holds; F_b and F_zz are 0 unless the jet is `whole`."""
    d = two_sum(c, -b)
    n = two_sum(m, m * 0.0 + 1.0)
    few = (b == 1.0) | (b == 2.0) | (b == 3.0)
    scaled_is_needed = any_of(few == 0)
    s, s_b, s_d, s_z, s_zz = sum_asymptotic(n[0], b, d[0], z, whole)
    total = tl.fma(b, s, 1.0)
    by_d = b * s_d
    bz = b / z
    d_b = total * 0.0
    d_zz = total * 0.0
    if whole:
        base, below = split_digamma(d, tables)
        base_nb, below_nb = split_digamma(dd_add_d(n, b), tables)
        # psi(d) - psi(n + b) - log z.
        log_b = log_ratio(base, dd_mul_d(base_nb, z)) + (below_nb - below)
        d_b = tl.fma(log_b, total, s_b + by_d)
        d_zz = bz / z * (s_zz + (b + 1.0))
    log_c = sum_of_inverses(d, b)
    if scaled_is_needed:
        base_c, below_c = split_digamma(widen(c), tables)
        base_d, below_d = split_digamma(d, tables)
        log_c = tl.where(few, log_c, log_ratio(base_c, base_d) + (below_d - below_c))
    j = (total, d_b, tl.fma(log_c, total, -by_d), -bz * (s_z + 1.0), d_zz)
    result = times_jet(j, ratio_of_products(n[0], b, d, z))
    if scaled_is_needed:
        above = gamma_factor_ratio(d[0], c, tables)
        stirling = above / gamma_factor_ratio(n[0], n[0] + b, tables)
        scaled = scale_jet(times_jet(j, stirling), log_of_powers(n, b, d, c, z, tables))
        result = where_jet(few, result, scaled)
    return result
