"""Which method gives the derivatives (hypgeo/csrc/derivative_routes.h)."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_routes import (
    ALTERNATING,
    FEW_TERMS,
    FINITE,
    GAMMA_LIKE,
    GENERAL,
    INFINITY,
    MEDIUM,
    decay_and_route,
    home_route,
    is_finite,
    negative_route,
)

SPLIT_ROUTE = tl.constexpr(9)
CONSTANT = tl.constexpr(10)  # what needs no series
JETS = tl.constexpr(11)  # the number of routes
FEW_SERIES_TERMS = tl.constexpr(40.0)


@jit
def is_alternating(m, b, c, z):
    """Whether the terms of 15.2.1 fall from the start, by half at least."""
    return (2.0 * m * z <= c) & (2.0 * m * z * b <= c)


@jit
def is_weak_tilt(m, d, c, z):
    """Where T hardly leaves 1, and a quadrature would give a small derivative as a difference."""
    w = m * z
    q = 1.0 - z
    return (2.0 * w <= c * q) & (w * d <= FEW_SERIES_TERMS * c * q)


@jit
def home_jet_route(m, b, c, d, z, route, decay):
    """0 < z <= 1, 0 < b <= c."""
    route = home_route(m, b, d, z, route, decay)
    route = tl.where((route == GAMMA_LIKE) & (c == b), GENERAL, route)
    route = tl.where((route == GENERAL) & is_weak_tilt(m, d, c, z), MEDIUM, route)
    route = tl.where((route == GENERAL) & (d < 1.0), SPLIT_ROUTE, route)
    route = tl.where(is_alternating(m, b, c, z), ALTERNATING, route)
    return tl.where(m <= FEW_TERMS, FINITE, route)


@jit
def negative_jet_route(m, b, c, z, route, growth):
    """z < 0, b and c > 0."""
    route = negative_route(m, b, c, z, route, growth)
    peaked = route >= GAMMA_LIKE
    route = tl.where((route == GENERAL) & (b < 1.0), SPLIT_ROUTE, route)
    pfaff = is_alternating(m, tl.maximum(c - b, 0.0), c, z / (z - 1.0))
    return tl.where(peaked & pfaff, ALTERNATING, route)


@jit
def jet_route(m, b, c, z):
    """One of the routes for each element."""
    finite = is_finite(m) & is_finite(b) & is_finite(c) & is_finite(z)
    proper = finite & (m > 0.0) & (m == tl.floor(m)) & (b > 0.0) & (c > 0.0)
    home = proper & (c >= b) & (z > 0.0) & (z <= 1.0)
    negative = proper & (z < 0.0)
    # Anything harmless where neither holds.
    ms = tl.where(proper, m, 1.0)
    bs = tl.where(proper, b, 1.0)
    cs = tl.where(proper, c, 2.0)
    zs = tl.where(home | negative, z, 0.5)
    d, decay, route = decay_and_route(ms, bs, cs, zs)
    at_home = home_jet_route(ms, bs, cs, d, zs, route, decay)
    below = negative_jet_route(ms, bs, cs, zs, route, decay)
    route = tl.where(home, at_home, CONSTANT)
    return tl.where(negative, below, route)


@jit
def constant_jet(m, b, c, z):
    """z = 0, m = 0, z = -inf, and what is not covered: NaN."""
    nan = tl.full(z.shape, float("nan"), tl.float64)
    infinity = tl.full(z.shape, float("inf"), tl.float64)
    whole = (m >= 0.0) & (m == tl.floor(m)) & is_finite(m) & is_finite(b) & is_finite(c)
    known = whole & (b > 0.0) & (c > 0.0)
    slope = -m * (b / c)
    twice = tl.where(m == 1.0, 0.0, -slope * (m - 1.0) * ((b + 1.0) / (c + 1.0)))
    at_zero = known & (z == 0.0)
    below = known & (z == -INFINITY) & (m > 0.0)
    one = whole & (m == 0.0) & (z == z)
    value = tl.where(at_zero | one, 1.0, tl.where(below, infinity, nan))
    d_b = tl.where(at_zero | one, 0.0, tl.where(below, infinity, nan))
    d_c = tl.where(at_zero | one, 0.0, tl.where(below, -infinity, nan))
    falling = tl.where(m > 1.0, -infinity, slope)
    rising = tl.where(m > 2.0, infinity, twice)
    d_z = tl.where(at_zero, slope, tl.where(below, falling, nan))
    d_zz = tl.where(at_zero, twice, tl.where(below, rising, nan))
    return value, d_b, d_c, tl.where(one, 0.0, d_z), tl.where(one, 0.0, d_zz)
