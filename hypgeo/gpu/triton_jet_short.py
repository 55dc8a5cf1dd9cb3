"""The jet by few terms: the finite sum, and the series 15.2.1 where it alternates and falls fast.

hypgeo/csrc/derivative_finite.h, derivative_alternating.h; `home` as in triton_jet_series.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import dd_where, sloppy_add, sloppy_mul, two_sum, widen
from hypgeo.gpu.triton_jet import scale_jet, where_jet
from hypgeo.gpu.triton_jet_series import log_of_power
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_series import ALTERNATING_ENOUGH, term_ratio


@jit
def horner_step(s, home, m, beta, b, c, w, q, k):
    """From term k + 1 to term k, relative to term k.

    The state is ``(sum, q^(m-k), sums of the weights in beta, c, z, zz, q^(m-1-k), q^(m-2-k),
    weight of F_z)``, the first two double-double.
    """
    total, power, s_beta, s_c, s_z, s_zz, power_1, _power_2, last_weight = s
    inverse_c = 1.0 / (c + k)
    inverse_beta = 1.0 / (beta[0] + k)
    ratio = term_ratio(m, beta, c, widen(w), k)
    factor = ratio[0] + ratio[1]
    rounded = total[0] + total[1]
    share = (m - k) * inverse_c
    weight = tl.where(home, share, share * (beta[0] + k))
    by_c = tl.where(home, b * inverse_beta * inverse_c, inverse_c)
    power_2 = power_1
    power_1 = power[0] + power[1]
    power = sloppy_mul(power, q)
    total = sloppy_add(power, sloppy_mul(total, ratio))
    s_beta = factor * tl.fma(inverse_beta, rounded, s_beta)
    s_c = factor * tl.fma(by_c, rounded, s_c)
    s_z = tl.fma(factor, s_z, weight * power_1)
    s_zz = tl.fma(factor, s_zz, weight * last_weight * power_2)
    return total, power, s_beta, s_c, s_z, s_zz, power_1, power_2, weight


@jit
def where_state(mask, a, b):
    """One state where the mask holds, else the other."""
    total = dd_where(mask, a[0], b[0])
    power = dd_where(mask, a[1], b[1])
    s_beta = tl.where(mask, a[2], b[2])
    s_c = tl.where(mask, a[3], b[3])
    s_z = tl.where(mask, a[4], b[4])
    s_zz = tl.where(mask, a[5], b[5])
    power_1 = tl.where(mask, a[6], b[6])
    power_2 = tl.where(mask, a[7], b[7])
    return total, power, s_beta, s_c, s_z, s_zz, power_1, power_2, tl.where(mask, a[8], b[8])


@jit
def finish_finite(s, home, m, beta, b, c, w, q):
    """The step to k = 0, apart because a weight over beta meets a ratio with the factor beta."""
    total, power, s_beta, s_c, s_z, s_zz, power_1, _power_2, last_weight = s
    head = m / c * w
    last = total[0] + total[1]
    along_beta = head * tl.fma(beta[0], s_beta, last)
    along_c = head * tl.fma(beta[0], s_c, tl.where(home, b, beta[0]) / c * last)
    ratio = term_ratio(m, beta, c, widen(w), m * 0.0)
    factor = ratio[0] + ratio[1]
    value = sloppy_add(sloppy_mul(power, q), sloppy_mul(total, ratio))
    weight = tl.where(home, m, m * beta[0]) / c
    z = tl.fma(factor, s_z, weight * (power[0] + power[1]))
    zz = tl.fma(factor, s_zz, weight * last_weight * power_1)
    d_b = tl.where(home, -along_beta, along_beta)
    d_c = tl.where(home, along_c, -along_c)
    d_z = tl.where(home, b, 1.0) * -z
    return value[0] + value[1], d_b, d_c, d_z, tl.where(home, b * (b + 1.0), 1.0) * zz


@jit
def finite_jet(m, b, c, z):
    """m of at most some dozens, m >= 1."""
    home = z > 0.0
    one = z * 0.0 + 1.0
    zero = z * 0.0
    beta = dd_where(home, two_sum(c, -b), widen(b))
    q = dd_where(home, two_sum(one, -z), widen(one))
    w = tl.abs(z)
    s = (widen(one), widen(one), zero, zero, zero, zero, zero, zero, zero)
    k = zero + (tl.max(m, 0) - 1.0)
    while any_of(k > 0.0):
        s = where_state(m > k, horner_step(s, home, m, beta, b, c, w, q, k), s)
        k -= 1.0
    return finish_finite(s, home, m, beta, b, c, w, q)


@jit
def alternating_sums(m, b, c, z):
    """The jet where ``m z max(b, 1) <= c / 2``; the terms from the second on relative to it."""
    zero = m * 0.0
    term = zero + 1.0
    by_b = 1.0 + b / (b + 1.0)
    by_c = 1.0 / c + 1.0 / (c + 1.0)
    total = zero
    along_b = zero
    along_c = zero
    along_z = zero
    along_zz = zero
    k = zero + 2.0
    going = tl.max(m, 0) >= 0.0
    while going:
        pairs = 0.5 * k * (k - 1.0)
        total = total + term
        along_b = tl.fma(term, by_b, along_b)
        along_c = tl.fma(term, by_c, along_c)
        along_z = tl.fma(term, k, along_z)
        along_zz = tl.fma(term, pairs, along_zz)
        inverse_c = 1.0 / (c + k)
        by_b = by_b + b / (b + k)
        by_c = by_c + inverse_c
        term = term * (z * (k - m) * (b + k) * inverse_c / (k + 1.0))
        k += 1.0
        going = any_of((tl.abs(term) * pairs > ALTERNATING_ENOUGH) & (k < 96.0))
    head = -m * z / c
    share = m * b / c
    ratio = -z * (m - 1.0) * (b + 1.0) / ((c + 1.0) * 2.0)
    value = tl.fma(head * b, tl.fma(ratio, total, 1.0), 1.0)
    d_c = -head * b * tl.fma(ratio, along_c, 1.0 / c)
    d_zz = share * ((m - 1.0) * (b + 1.0) / (c + 1.0)) * along_zz
    d_b = head * tl.fma(ratio, along_b, 1.0)
    return value, d_b, d_c, -share * tl.fma(ratio, along_z, 1.0), d_zz


@jit
def alternating_jet(m, b, c, z, tables):
    """The same for z < 0 by Pfaff's transformation, where c - b and z/(z-1) satisfy it."""
    home = z > 0.0
    q = 1.0 - z
    a = alternating_sums(m, tl.where(home, b, c - b), c, tl.where(home, z, -z / q))
    along_z = a[3] / q
    d_z = -tl.fma(m, a[0], along_z) / q
    twice = tl.fma(m - 1.0, tl.fma(m, a[0], along_z * 2.0), a[4] / q / q)
    pfaff = (a[0], -a[1], a[1] + a[2], d_z, twice / (q * q))
    return where_jet(home, a, scale_jet(pfaff, log_of_power(m, tl.minimum(z, 0.0), tables)))
