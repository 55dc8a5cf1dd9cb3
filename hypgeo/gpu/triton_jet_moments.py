"""The trapezoidal rule for several integrals over the same points (csrc/derivative_moments.h).

Sums are the tuple ``(value, first, second, z, zz, slope, pull)``.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_integrand import bounded_exp, make_node
from hypgeo.gpu.triton_jet_integrand import (
    BALANCED,
    LIGHT,
    SPLIT,
    heavy_logs,
    light_logs,
    split_factors,
    whole_factors,
)
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_trapezoid import MAP_RATE, MOST_STEPS, begin_side, rule_point


@jit
def add_point(total, p, k, stiffness, home, kind, enough, x, E, weight):
    """Adds one point; returns the sums and whether it still matters."""
    node = make_node(p, E)
    if kind == LIGHT:
        size, first, second, square = light_logs(p, home, x, E, node)
    else:
        size, first, second, square = heavy_logs(p, home, x, E, node, kind == BALANCED)
    if kind == SPLIT:
        f, f_z, f_zz, slope = split_factors(k, p, home, E, node)
    else:
        f, f_z, f_zz, slope = whole_factors(k, p, home, E, node)
    weight = bounded_exp(size) * weight
    whole = weight * f
    value = total[0] + whole
    z = tl.fma(weight, f_z, total[3])
    zz = tl.fma(weight, f_zz, total[4])
    bend = slope * p[6][0] * (E + 1.0) * node[2]
    pull = tl.fma(weight, f * stiffness * square - bend, total[6])
    more = (whole * (tl.abs(x) + 1.0) > value * enough) | (weight * f_z > z * enough)
    more = more | (weight * f_zz > zz * enough)
    sums = (
        value,
        tl.fma(whole, first, total[1]),
        tl.fma(whole, second, total[2]),
        z,
        zz,
        tl.fma(weight, slope, total[5]),
        pull,
    )
    return sums, more


@jit
def scaled_sums(s, by):
    """All sums times a number."""
    return s[0] * by, s[1] * by, s[2] * by, s[3] * by, s[4] * by, s[5] * by, s[6] * by


@jit
def trapezoid_moments(p, k, stiffness, home, kind, rule, enough):
    """All sums over both sides."""
    zero = enough * 0.0
    total = (zero, zero, zero, zero, zero, zero, zero)
    middle = tl.fma(rule[1], MAP_RATE, 1.0)
    total, _more = add_point(total, p, k, stiffness, home, kind, enough, zero, zero, middle)
    for i in tl.range(2):
        side = begin_side(rule, i * 2.0 - 1.0)
        bent = zero + 1.0
        count = zero
        going = i >= 0
        while going:
            count += 1.0
            x, E, weight, bent = rule_point(rule, side, count, bent)
            total, more = add_point(total, p, k, stiffness, home, kind, enough, x, E, weight)
            going = any_of(more & (count < MOST_STEPS))
    return scaled_sums(total, rule[0] * tl.abs(rule[2]))


@jit
def pull_stiffness(p, z, q):
    """``m z (1-z) t*^2 / (1-zt*)^3``."""
    inverse = p[9] / (z * p[5][0])
    t = p[4][0] * inverse
    return p[0] * z * q * t * t * inverse


@jit
def balance(p, home, s):
    """Turns sums of psi(v1), psi(v2) into those of the two logs, relative to the saddle.

    With tau = t - t*, v1 = tau/t* and v2 = -tau/(1-t*), the logs are v - psi(v), and the mean of
    tau follows from E[f phi' + f'] = 0, phi the log of the integrand: all is as small as tau^2,
    and rounding with it, where the peak is sharp.
    """
    t = p[4][0]
    u = p[5][0]
    curvature = tl.fma(p[3] * t, u, p[0] * p[7][0] * (u - p[6][0]))
    shift = tl.fma(p[8], s[0], s[6]) / curvature
    second = tl.where(home, -tl.fma(shift, t, s[2]), tl.fma(shift, u, -s[1]))
    return s[0], shift - (s[1] - s[2]), second, s[3], s[4], s[5], s[6]
