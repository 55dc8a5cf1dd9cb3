"""The jet by Euler's integral and the trapezoidal rule (hypgeo/csrc/derivative_quadrature.h)."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import dd_mul, dd_mul_d, dd_sub, dd_where, two_sum, widen
from hypgeo.gpu.triton_digamma import log_ratio, split_digamma
from hypgeo.gpu.triton_elementary import apply_scale, dd_log1p, exp, exp_scaled, scale_parts
from hypgeo.gpu.triton_euler import beta_normalisation, euler_integral, find_saddle, raised
from hypgeo.gpu.triton_integrand import TINY, make_peak, peak_map
from hypgeo.gpu.triton_jet import scale_jet
from hypgeo.gpu.triton_jet_integrand import BALANCED, LIGHT, SPLIT, factor_constants
from hypgeo.gpu.triton_jet_moments import (
    balance,
    pull_stiffness,
    scaled_sums,
    trapezoid_moments,
)
from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_quadrature import LEAST_BELOW, MOST_ABOVE, raised_slope
from hypgeo.gpu.triton_trapezoid import MAP_BEND, exponential_tail, gamma_map

# F_zz has the shape of b + 2, which needs more points than that of b.
MOMENTS_STEP = tl.constexpr(0.5)
MOMENTS_ENOUGH = tl.constexpr(2.0**-58)


@jit
def base_jet(e, home, rho, s, tables):
    """Derivatives of the expectation in its own b (c fixed) and c (b fixed; not home, d fixed)."""
    base_b, below_b = split_digamma(e[1], tables)
    base_c, below_c = split_digamma(e[3], tables)
    base_d, below_d = split_digamma(e[2], tables)
    onep = two_sum(rho * 0.0 + 1.0, rho)
    # log(T/(1-T)) - psi(b) + psi(d) at the saddle.
    shift_x = log_ratio(dd_mul_d(base_d, rho), base_b) + (below_b - below_d)
    # log(1-T) - psi(d) + psi(c), or log T - psi(b) + psi(c).
    up = dd_where(home, base_c, dd_mul_d(base_c, rho))
    down = dd_mul(dd_where(home, base_d, base_b), onep)
    shift_log = log_ratio(up, down) + (tl.where(home, below_d, below_b) - below_c)
    return tl.fma(shift_x, s[0], s[1]), tl.fma(shift_log, s[0], s[2])


@jit
def whole_jet(e, home, along_b, along_c, s, n, b, c, z):
    """From an expectation over all of [0, 1]; b, c, z are the caller's."""
    m = e[0]
    q = tl.where(home, 1.0, 1.0 - z)
    head = m / q * tl.where(home & (n > 0.0), b / c, 1.0)
    d_b = tl.where(home, along_b, -along_b)
    return s[0], d_b, along_c - s[5] / c, -head * s[3], head * (m - 1.0) / q * s[4]


@jit
def split_part(e, home, along_b, along_c, s, d, n, b, c, z):
    """What the integral of a split expectation adds: d / c' E[.], d and c' before d was raised."""
    m = e[0]
    whole_c = c + n
    share = d / whole_c
    along_b = (d * along_b - s[0]) / whole_c
    # d / c' has the derivative b' / c'^2 in c at fixed b, and -d / c'^2 at fixed d.
    of_share = tl.where(home, e[1][0], -d) / (whole_c * whole_c)
    d_c = tl.fma(of_share, s[0], share * (along_c - s[5] / c))
    q = tl.where(home, 1.0, 1.0 - z)
    head = m / q * tl.where(home, share * tl.where(n > 0.0, b / c, 1.0), d / c)
    d_b = tl.where(home, along_b, -along_b)
    return share * s[0], d_b, d_c, -head * s[3], head * (m - 1.0) / q * s[4]


@jit
def join_value(log_height, log_at_1, ends, part):
    """The value at t = 1 joins the rest before the scaling, where it is not 0."""
    above = dd_sub(log_at_1, log_height)
    alone = above[0] > MOST_ABOVE
    near = tl.minimum(tl.maximum(above[0], LEAST_BELOW), MOST_ABOVE)
    joined = part + tl.where(ends, exp(near) * (above[1] + 1.0), 0.0)
    return exp_scaled(dd_where(alone, log_at_1, log_height), tl.where(alone, 1.0, joined))


@jit
def join_jet(e, home, log_height, part, b, c, tables):
    """The split part and (1 - z)^m with its derivatives; m > 2, so that they vanish with 1 - z."""
    m, _b, _d, _c, _z, q, _at_0, at_inf, _x0, xi = e
    u = (tl.maximum(at_inf[0], TINY), at_inf[1])
    log_at_1 = dd_mul_d(dd_log1p(widen(xi), u, tables), m)
    value = join_value(log_height, log_at_1, at_inf[0] > 0.0, part[0])
    j = scale_jet(part, log_height)
    scale = scale_parts(log_at_1)
    inverse = tl.where(q[0] > 0.0, 1.0 / u[0], 0.0)
    head = tl.where(home, m * (b / c) * inverse, 0.0)
    twice = head * (m - 1.0) * ((b + 1.0) / (c + 1.0)) * inverse
    return value, j[1], j[2], j[3] - apply_scale(head, scale), j[4] + apply_scale(twice, scale)


@jit
def quadrature_jet(m, b, c, z, kind, tables):
    """c >= b > 0, z <= 1; `kind` as in triton_jet_integrand, the same for the whole pack."""
    home = z > 0.0
    e = euler_integral(m, b, c, z)
    n = tl.where(e[1][0] < 1.0, 1.0, 0.0).to(tl.float64)
    more_d = tl.where(kind == SPLIT, n * 0.0 + 1.0, n * 0.0)
    r = raised(e, n, more_d)
    rho, log_height, slope = find_saddle(r, tables)
    p = make_peak(r, rho, slope)
    k = factor_constants(p, r[4][0], n, c, raised_slope(r, rho, n, e[3]))
    stiffness = n * 0.0
    rule = peak_map(r, p)
    enough = exponential_tail(rule, p[1], p[2]) * 0.5
    if kind == LIGHT:
        rule = gamma_map(p[1], n * 0.0 + 1.0, n * 0.0 + MAP_BEND, n * 0.0 + MOMENTS_STEP)
        enough = n * 0.0 + MOMENTS_ENOUGH
    if kind == BALANCED:
        stiffness = pull_stiffness(p, r[4][0], r[5][0])
    s = trapezoid_moments(p, k, stiffness, home, kind, rule, enough)
    if kind == BALANCED:
        s = balance(p, home, s)
    s = scaled_sums(s, beta_normalisation(r, tables))
    along_b, along_c = base_jet(r, home, rho, s, tables)
    if kind == SPLIT:
        part = split_part(r, home, along_b, along_c, s, e[2][0], n, b, c, z)
        result = join_jet(e, home, log_height, part, b, c, tables)
    else:
        result = scale_jet(whole_jet(r, home, along_b, along_c, s, n, b, c, z), log_height)
    return result
