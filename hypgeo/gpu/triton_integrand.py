"""Euler's integrand relative to its saddle point (hypgeo/csrc/integrand.h).

With E = e^(x - x*) - 1: t/t* = (1 + E) / (1 + tE), (1-t)/(1-t*) = 1 / (1 + tE),
(1-zt)/(1-zt*) = (1 + sE) / (1 + tE) = 1 / (1 + kappa E / (1 + sE)).
A peak is the tuple ``(m, b, d, c, t, 1 - t, s, kappa, slope, y, 1 - y)`` at the saddle.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_dd import dd_add_d, dd_div, dd_mul, dd_mul_d, two_sum, widen
from hypgeo.gpu.triton_elementary import exp, expm1, log1p, log1p_defect
from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_trapezoid import fitted_map

LEAST_EXPONENT = tl.constexpr(-690.0)  # far below anything that adds to a sum
LEAST_POWER = tl.constexpr(-100.0)
TINY = tl.constexpr(2.0**-1000)


@jit
def times(a, x):
    """``(a.hi + a.lo) x``, rounded once."""
    return tl.fma(a[0], x, a[1] * x)


@jit
def one_plus_times(a, x):
    """``1 + (a.hi + a.lo) x``, rounded once."""
    return tl.fma(a[0], x, tl.fma(a[1], x, 1.0))


@jit
def make_peak(e, rho, slope):
    """The constants of the integrand."""
    m, b, d, c, z, q, _at_0, _at_inf, _x0, _xi = e
    one = rho * 0.0 + 1.0
    onep = two_sum(one, rho)
    q_rho = dd_mul_d(q, rho)
    qp = dd_add_d(q_rho, 1.0)
    y = dd_div(z, qp)
    t = dd_div(widen(rho), onep)
    s = dd_div(q_rho, qp)
    one_minus_y = q[0] * onep[0] / qp[0]
    less = dd_div(widen(one), onep)
    return m, b[0], d[0], c[0], t, less, s, dd_mul(t, y), slope, y[0], one_minus_y


@jit
def peak_map(e, p):
    """The map that fits the second and third derivative at the saddle."""
    m, b, _d, _c, z, q, _at_0, _at_inf, _x0, _xi = e
    t = p[4][0]
    u = p[5][0]
    s = p[6][0]
    k = m * p[7][0]
    ctu = p[3] * t * u
    curvature = ctu + k * (u - s)
    both = t + s
    skew = ctu * (u - t) + k * (1.0 - 3.0 * both + 2.0 * (both * both - t * s))
    bq = b[0] * q[0]
    mz = m * z[0]
    flat = tl.abs(bq - mz) * q[0] < (bq * q[0] + mz * z[0]) * 0.6
    return fitted_map(curvature, skew, flat & (skew < 0.0))


@jit
def make_node(p, E):
    """``(tE, 1 + tE, 1 / (1 + sE))``."""
    return times(p[4], E), one_plus_times(p[4], E), 1.0 / one_plus_times(p[6], E)


@jit
def light_exponent(p, x, E, node):
    """Log of the integrand for b of at most some dozens."""
    t_e, a, v = node
    kappa_e = times(p[7], E) * v
    return (p[1] + p[8]) * x - p[3] * log1p(t_e, a) - p[0] * log1p(kappa_e, kappa_e + 1.0)


@jit
def heavy_exponent(p, E, node):
    """The same for any b: in terms of psi(v) = v - log(1 + v) all parts have one sign."""
    t_e, a, _v = node
    inverse = 1.0 / a
    u1 = (E + 1.0) * inverse
    u3 = one_plus_times(p[6], E) * inverse
    psi1 = log1p_defect(times(p[5], E) * inverse, u1)
    psi2 = log1p_defect(-t_e * inverse, inverse)
    psi3 = log1p_defect(-times(p[7], E) * inverse, u3)
    return p[8] * (E * inverse) - (p[1] * psi1 + p[2] * psi2 + p[0] * psi3)


@jit
def split_factor(p, raised_slope, node):
    """``(p(y) - (1-y)^m) / (1-t)``: the value at t = 1 has been split off (raise.h)."""
    _t_e, a, v = node
    u = tl.maximum(p[10] * a * v, TINY)
    power = tl.maximum(p[0] * log1p(-p[9] * v, u), LEAST_POWER)
    return tl.fma(raised_slope, v, -expm1(power)) * (a / p[5][0])


@jit
def bounded_exp(x):
    """e^x, but e^-690 below that."""
    return exp(tl.maximum(x, LEAST_EXPONENT))
