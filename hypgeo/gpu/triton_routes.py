"""Which method evaluates which arguments (hypgeo/csrc/routes.h has the reasons for the limits)."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_jit import jit

# Routes that run in packs; z < 0 and z > 0 share them.
FINITE = tl.constexpr(0)
ALTERNATING = tl.constexpr(1)
SHORT = tl.constexpr(2)
MEDIUM = tl.constexpr(3)
POWER = tl.constexpr(4)
ASYMPTOTIC = tl.constexpr(5)
LONG = tl.constexpr(6)
GAMMA_LIKE = tl.constexpr(7)
GENERAL = tl.constexpr(8)
PACKED = tl.constexpr(9)
# No arithmetic at all.
ONE = tl.constexpr(9)
ZERO = tl.constexpr(10)
INFINITE = tl.constexpr(11)
UNDEFINED = tl.constexpr(12)

# Ends of what float32 holds.
ROUGH_LEAST = tl.constexpr(2.0**-120)
ROUGH_MOST = tl.constexpr(2.0**120)
FEW_TERMS = tl.constexpr(48.0)
MOST_GROWTH = tl.constexpr(600.0)
MOST_NEGATIVE = tl.constexpr(-(2.0**60))
INFINITY = tl.constexpr(float("inf"))


@jit
def is_asymptotic(m, b, d, z):
    """Where the expansion for large m z reaches full precision."""
    nz = (m + 1.0) * z
    wide = tl.maximum(b, 1.0) * tl.maximum(d, 1.0)
    fall = 2.0 * b + tl.where(d < 0.01, 80.0, 60.0)
    return (fall <= nz) & (wide <= 0.5 * nz) & (d >= 1e-9)


@jit
def rough_log(x):
    """log(x) to 1e-6 or so, x > 0; limits between methods need no more."""
    return tl.log(tl.maximum(x, ROUGH_LEAST).to(tl.float32)).to(tl.float64)


@jit
def rough_decay(m, z):
    """``|m log(1 - z)|`` likewise, z <= 1; near z = 0 by four terms of 2 artanh(z / (2 - z))."""
    near = tl.abs(z) < 0.75
    s = (tl.where(near, z, 0.0) / (2.0 - tl.where(near, z, 0.0))).to(tl.float32)
    s2 = s * s
    series = 1.0 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + s2 * (1.0 / 7 + s2 * (1.0 / 9))))
    # z itself stays in double: it may be far below the least float.
    small = 2.0 * tl.abs(z) / (2.0 - z) * series.to(tl.float64)
    return m * tl.where(near, small, tl.abs(rough_log(1.0 - z)))


@jit
def is_gamma_like(m, b, d, decay):
    """Where the integrand has died out before t = 1, by `decay` = -m log(1 - z)."""
    raised = tl.where(b < 1.0, b + 1.0, b)
    needed = tl.where(d < 1.0, 42.0 - rough_log(d), 42.0)
    ratio = tl.minimum(decay / raised, ROUGH_MOST)
    fall = decay - raised * (1.0 + rough_log(ratio))
    return (raised <= 40.0) & (decay > 42.0) & (m > 20.0) & (fall > needed)


@jit
def medium_up_to(d):
    """The decay up to which the series in double-double costs less than quadrature."""
    return tl.where(d < 1.0, 250.0, tl.where(d < 4.0, 120.0, 90.0))


@jit
def by_quadrature(m, b, d, decay):
    """The methods for m above FEW_TERMS that depend on the decay alone, last choice first.

    For z < 0 with b and d exchanged, as Pfaff's transformation does.
    """
    route = tl.where(decay <= medium_up_to(d), MEDIUM, GENERAL)
    route = tl.where(is_gamma_like(m, b, d, decay), GAMMA_LIKE, route)
    return route


@jit
def home_route(m, b, d, z, route, decay):
    """0 < z <= 1, 0 < b < c, where `by_quadrature` says `route`."""
    route = tl.where(decay <= 60.0, MEDIUM, route)
    route = tl.where(decay <= 4.0, SHORT, route)
    route = tl.where(is_asymptotic(m, b, d, z), ASYMPTOTIC, route)
    route = tl.where(m * z <= 0.5, ALTERNATING, route)
    return tl.where(m <= FEW_TERMS, FINITE, route)


@jit
def negative_route(m, b, c, z, route, growth):
    """z < 0 and b, c > 0, where `by_quadrature` says `route`."""
    route = tl.where(growth <= medium_up_to(b), MEDIUM, route)
    route = tl.where(growth <= 4.0, SHORT, route)
    few = tl.where(growth < MOST_GROWTH, FINITE, LONG)
    route = tl.where(m <= FEW_TERMS, few, route)
    return tl.where((c < b) | (z < MOST_NEGATIVE), LONG, route)


@jit
def decay_and_route(m, b, c, z):
    """``(d, decay, by_quadrature)`` for either sign of z."""
    negative = z < 0.0
    d = tl.maximum(c - b, 1e-300)
    decay = rough_decay(m, z)
    route = by_quadrature(m, tl.where(negative, d, b), tl.where(negative, b, d), decay)
    return d, decay, route


@jit
def is_finite(x):
    """Neither NaN nor infinite."""
    return tl.abs(x) < INFINITY


@jit
def special_route(m, b, c, z):
    """Where neither of the above applies; arguments outside b, c > 0, z <= 1 are undefined here."""
    route = tl.where((b == c) & (b > 0.0) & (z < 1.0), POWER, UNDEFINED)
    route = tl.where((b == c) & (b > 0.0) & (z == 1.0), ZERO, route)
    infinite = tl.where((z < 0.0) & (b > 0.0) & (c > 0.0), INFINITE, UNDEFINED)
    route = tl.where(tl.abs(z) == INFINITY, infinite, route)
    route = tl.where((m == 0.0) | (b == 0.0) | (z == 0.0), ONE, route)
    known = is_finite(m) & is_finite(b) & is_finite(c) & (z == z)
    return tl.where(known, route, UNDEFINED)


@jit
def best_route(m, b, c, z):
    """One of the routes above for each element. NaN in m, b, c or z is undefined."""
    finite = is_finite(m) & is_finite(b) & is_finite(c) & is_finite(z)
    proper = finite & (m > 0.0) & (m == tl.floor(m)) & (b > 0.0) & (c > 0.0)
    home = proper & (c > b) & (z > 0.0) & (z <= 1.0)
    negative = proper & (z < 0.0) & (b != c)
    # Anything harmless where neither holds.
    ms = tl.where(proper, m, 1.0)
    bs = tl.where(proper, b, 1.0)
    cs = tl.where(proper, c, 2.0)
    zs = tl.where(home | negative, z, 0.5)
    d, decay, route = decay_and_route(ms, bs, cs, zs)
    at_home = home_route(ms, bs, d, zs, route, decay)
    below = negative_route(ms, bs, cs, zs, route, decay)
    route = tl.where(home, at_home, special_route(m, b, c, z))
    route = tl.where(negative, below, route)
    whole = (m >= 0.0) & (m == tl.floor(m))
    return tl.where(whole, route, UNDEFINED)
