"""Euler's integral by the trapezoidal rule about its saddle point (hypgeo/csrc/quadrature.h)."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import (
    dd_add_d,
    dd_div,
    dd_mul_d,
    dd_sub,
    dd_where,
    widen,
)
from hypgeo.gpu.triton_elementary import dd_log1p, exp
from hypgeo.gpu.triton_euler import beta_normalisation, euler_integral, find_saddle, raised
from hypgeo.gpu.triton_integrand import (
    TINY,
    bounded_exp,
    heavy_exponent,
    light_exponent,
    make_node,
    make_peak,
    peak_map,
    split_factor,
)
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_trapezoid import (
    GAMMA_STEP,
    MAP_BEND,
    MAP_RATE,
    MOST_STEPS,
    STEEPLY_NEGLIGIBLE,
    begin_side,
    exponential_tail,
    gamma_map,
    rule_point,
)

MOST_ABOVE = tl.constexpr(300.0)  # nats by which one term makes the other vanish
LEAST_BELOW = tl.constexpr(-690.0)


@jit
def raised_slope(e, rho, n, c):
    """``m y / c`` at the saddle where b was raised (n = 1), else 0; c is the one before."""
    m, _b, _d, _c, z, q, _at_0, _at_inf, _x0, _xi = e
    y = dd_div(z, dd_add_d(dd_mul_d(q, rho), 1.0))
    return dd_div(dd_mul_d(dd_mul_d(y, m), n), c)[0]


@jit
def light_value(p, linear, x, E):
    """The integrand for small b."""
    node = make_node(p, E)
    return tl.fma(linear, node[2], 1.0) * bounded_exp(light_exponent(p, x, E, node))


@jit
def heavy_value(p, linear, split, any_split, E):
    """The integrand for any b; where `split` holds, without the value at t = 1."""
    node = make_node(p, E)
    factor = tl.fma(linear, node[2], 1.0)
    if any_split:
        factor = tl.where(split, split_factor(p, linear, node), factor)
    return factor * bounded_exp(heavy_exponent(p, E, node))


@jit
def light_sum(p, linear, rule):
    """The trapezoidal rule over light_value, both sides, two points at a time."""
    zero = linear * 0.0
    total = light_value(p, linear, zero, zero) * tl.fma(rule[1], MAP_RATE, 1.0)
    for i in tl.range(2):
        side = begin_side(rule, i * 2.0 - 1.0)
        bent = zero + 1.0
        count = zero
        going = i >= 0
        while going:
            x, E, weight, bent = rule_point(rule, side, count + 1.0, bent)
            first = light_value(p, linear, x, E) * weight
            count += 2.0
            x, E, weight, bent = rule_point(rule, side, count, bent)
            second = light_value(p, linear, x, E) * weight
            total = total + (first + second)
            going = any_of((second > total * STEEPLY_NEGLIGIBLE) & (count < MOST_STEPS))
    return total * rule[0] * tl.abs(rule[2])


@jit
def heavy_sum(p, linear, split, rule, enough):
    """The trapezoidal rule over heavy_value."""
    zero = linear * 0.0
    any_split = any_of(split)
    total = heavy_value(p, linear, split, any_split, zero) * tl.fma(rule[1], MAP_RATE, 1.0)
    for i in tl.range(2):
        side = begin_side(rule, i * 2.0 - 1.0)
        bent = zero + 1.0
        count = zero
        going = i >= 0
        while going:
            _x, E, weight, bent = rule_point(rule, side, count + 1.0, bent)
            first = heavy_value(p, linear, split, any_split, E) * weight
            count += 2.0
            _x, E, weight, bent = rule_point(rule, side, count, bent)
            second = heavy_value(p, linear, split, any_split, E) * weight
            total = total + (first + second)
            going = any_of((second > total * enough) & (count < MOST_STEPS))
    return total * rule[0] * tl.abs(rule[2])


@jit
def join_end(e, split, log_height, bulk, tables):
    """Adds (1 - z)^m where it was split off; before the scaling, so that rounding happens once."""
    m, _b, _d, _c, _z, _q, _at_0, at_inf, _x0, xi = e
    u = (tl.maximum(at_inf[0], TINY), at_inf[1])
    log_at_1 = dd_mul_d(dd_log1p(widen(xi), u, tables), m)
    above = dd_sub(log_at_1, log_height)
    alone = split & (above[0] > MOST_ABOVE)
    near = tl.minimum(tl.maximum(above[0], LEAST_BELOW), MOST_ABOVE)
    joined = bulk + tl.where(split, exp(near) * (above[1] + 1.0), 0.0)
    return dd_where(alone, log_at_1, log_height), tl.where(alone, 1.0, joined)


@jit
def quadrature(m, b, c, z, light, tables):
    """``(x, y)`` with 2F1 = y e^x, c > b > 0, z <= 1.

    `light`, the same for the whole pack, is for integrands that have died out before t = 1.
    """
    e = euler_integral(m, b, c, z)
    n = tl.where(e[1][0] < 1.0, 1.0, 0.0).to(tl.float64)
    split = (e[2][0] < 1.0) & (light == 0)
    r = raised(e, n, tl.where(split, 1.0, 0.0))
    rho, x, slope = find_saddle(r, tables)
    p = make_peak(r, rho, slope)
    linear = raised_slope(r, rho, n, e[3])
    if light:
        rule = gamma_map(p[1], n * 0.0 + 1.0, MAP_BEND, GAMMA_STEP)
        total = light_sum(p, linear, rule)
    else:
        rule = peak_map(r, p)
        total = heavy_sum(p, linear, split, rule, exponential_tail(rule, p[1], p[2]))
    y = total * beta_normalisation(r, tables)
    if any_of(split):
        # d / c of the integral whose b, but not yet d, is raised.
        share = dd_div(e[2], dd_add_d(e[3], n))[0]
        x, y = join_end(e, split, x, tl.where(split, y * share, y), tables)
    return x, y
