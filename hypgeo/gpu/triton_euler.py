"""Euler's integral (DLMF 15.6.1) and its saddle point (hypgeo/csrc/euler.h, raise.h, saddle.h).

2F1(-m, b; c; z) = E[(1 - zT)^m], T ~ Beta(b, d), d = c - b, 0 <= z <= 1. An integral is the tuple
``(m, b, d, c, z, q, at_0, at_inf, excess_at_0, excess_at_inf)`` with q = 1 - z; all but m and the
excesses are double-double. Along t = rho / (1 + rho) what is raised to the power m is
``(at_0 + at_inf rho) / (1 + rho)``; less one it is the same of the excesses.
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
    dd_neg,
    dd_sub,
    dd_where,
    two_prod,
    two_sum,
    widen,
)
from hypgeo.gpu.triton_elementary import dd_log1p, dd_log1p_defect
from hypgeo.gpu.triton_gamma import gamma_factor, gamma_factor_ratio
from hypgeo.gpu.triton_jit import jit

INVERSE_ROOT_TWO_PI = tl.constexpr(0.3989422804014327)


@jit
def euler_integral(m, b, c, z):
    """c > b > 0, z <= 1; for z < 0 after Pfaff's transformation (DLMF 15.8.1).

    That exchanges b and d: (1 - zT)^m = (1 - z)^m (1 - z' (1 - T))^m, z' = z / (z - 1).
    """
    negative = z < 0.0
    one = z * 0.0 + 1.0
    base = two_sum(one, -z)
    d = two_sum(c, -b)
    b2 = dd_where(negative, d, widen(b))
    d2 = dd_where(negative, widen(b), d)
    z2 = dd_where(negative, dd_div(widen(-z), base), widen(z))
    q = dd_where(negative, dd_div(widen(one), base), base)
    at_0 = dd_where(negative, base, widen(one))
    at_inf = dd_where(negative, widen(one), base)
    excess_at_0 = tl.where(negative, -z, 0.0)
    excess_at_inf = tl.where(negative, 0.0, -z)
    return m, b2, d2, widen(c), z2, q, at_0, at_inf, excess_at_0, excess_at_inf


@jit
def raised(e, n, k):
    """The same integral with b larger by n and d by k."""
    m, b, d, c, z, q, at_0, at_inf, x0, xi = e
    b2 = dd_add_d(b, n)
    d2 = dd_add_d(d, k)
    c2 = dd_add_d(dd_add_d(c, n), k)
    return m, b2, d2, c2, z, q, at_0, at_inf, x0, xi


@jit
def saddle_rho(e):
    """The positive root of ``d q rho^2 + (d + m z - b q) rho - b = 0``."""
    m, b, d, _c, z, q, _at_0, _at_inf, _x0, _xi = e
    dq = d[0] * q[0]
    beta = tl.fma(m, z[0], d[0]) - b[0] * q[0]
    root = tl.sqrt(beta * beta + 4.0 * b[0] * dq)
    down = 2.0 * b[0] / (beta + root)
    up = (root - beta) / (2.0 * dq)
    return tl.where(beta >= 0.0, down, up)


@jit
def saddle_slope(e, rho, onep, gap):
    """Derivative of the log of the integrand at rho: zero but for rounding."""
    m, _b, _d, _c, z, q, _at_0, _at_inf, _x0, _xi = e
    qp = dd_add_d(dd_mul_d(q, rho), 1.0)
    residual = dd_add(dd_mul(gap, qp), dd_mul_d(dd_mul_d(z, rho), m))
    return -residual[0] / (onep[0] * qp[0])


@jit
def find_saddle(e, tables):
    """``(rho, log of the height, slope)``: log of the integrand over the peak of t^b (1-t)^d.

    With v = t/t0 - 1 and w = (1-t)/(1-t0) - 1, t0 = b/c, the first-order parts cancel exactly and
    what is left, -b psi(v) - d psi(w) with psi(v) = v - log(1+v), has terms of one sign.
    """
    m, b, d, c, _z, _q, at_0, at_inf, x0, xi = e
    rho = saddle_rho(e)
    onep = two_sum(rho * 0.0 + 1.0, rho)
    gap = dd_sub(dd_mul_d(d, rho), b)
    bp = dd_mul(b, onep)
    dp = dd_mul(d, onep)
    left = dd_log1p_defect(dd_div(gap, bp), dd_div(dd_mul_d(c, rho), bp), tables)
    right = dd_log1p_defect(dd_neg(dd_div(gap, dp)), dd_div(c, dp), tables)
    # One of the excesses is 0.
    product = two_prod(xi, rho)
    excess = (x0 + product[0], product[1])
    whole = dd_add(at_0, dd_mul_d(at_inf, rho))
    power = dd_log1p(dd_div(excess, onep), dd_div(whole, onep), tables)
    fall = dd_add(dd_mul(b, left), dd_mul(d, right))
    log_height = dd_sub(dd_mul_d(power, m), fall)
    return rho, log_height, saddle_slope(e, rho, onep, gap)


@jit
def beta_normalisation(e, tables):
    """1 / B(b, d) over the peak of t^b (1-t)^d: sqrt(bd / (2 pi c)) e^(mu(c) - mu(b) - mu(d))."""
    _m, b, d, c, _z, _q, _at_0, _at_inf, _x0, _xi = e
    ratio = gamma_factor_ratio(d[0], c[0], tables)
    return gamma_factor(b[0], tables) * ratio * INVERSE_ROOT_TWO_PI
