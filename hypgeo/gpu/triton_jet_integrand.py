"""Euler's integrand with what its derivatives need beside it (hypgeo/csrc/derivative_integrand.h).

With T ~ Beta(b, d), c = b + d, an expectation has the derivatives
  d/db E[f] = E[(log(T / (1-T)) - psi(b) + psi(d)) f]     at fixed c,
  d/dc E[f] = E[(log(1-T) - psi(d) + psi(c)) f]           at fixed b,
and F_z = -m E[T (1-zT)^(m-1)], F_zz = m (m-1) E[T^2 (1-zT)^(m-2)]. After Pfaff's transformation
(not `home`) b and d change places: the second log is then log T.

`kind`, the same for a pack, is one of the three below; peaks and nodes as in triton_integrand.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_elementary import expm1, log1p, log1p_defect
from hypgeo.gpu.triton_integrand import LEAST_POWER, TINY, one_plus_times, times
from hypgeo.gpu.triton_jit import jit

LIGHT = tl.constexpr(0)  # the integrand dies out before t = 1
BALANCED = tl.constexpr(1)  # any b, d >= 1
SPLIT = tl.constexpr(2)  # d < 1: the value at t = 1 is split off


@jit
def light_logs(p, home, x, E, node):
    """``(log of the integrand, first log, second log, 0)`` relative to the saddle."""
    t_e, a, v = node
    kappa_e = times(p[7], E) * v
    log_a = log1p(t_e, a)
    size = (p[1] + p[8]) * x - p[3] * log_a - p[0] * log1p(kappa_e, kappa_e + 1.0)
    return size, x, tl.where(home, -log_a, x - log_a), x


@jit
def heavy_logs(p, home, x, E, node, balanced):
    """The same for any b; if `balanced`, psi(v1), psi(v2) and (t/t*-1)^2 (1-zt*)/(1-zt) instead."""
    t_e, a, v = node
    inverse = 1.0 / a
    v1 = times(p[5], E) * inverse
    v2 = -t_e * inverse
    psi2 = log1p_defect(v2, inverse)
    # Far to the left u1 has lost its digits, which the logs, unlike the integrand, need.
    psi1 = log1p_defect(v1, tl.maximum((E + 1.0) * inverse, TINY))
    psi1 = tl.where(x < -8.0, ((v1 - v2) - x) + psi2, psi1)
    psi3 = log1p_defect(-times(p[7], E) * inverse, one_plus_times(p[6], E) * inverse)
    size = p[8] * (E * inverse) - (p[1] * psi1 + p[2] * psi2 + p[0] * psi3)
    first = x
    second = tl.where(home, v2 - psi2, v1 - psi1)
    square = x
    if balanced:
        first = psi1
        second = psi2
        square = v1 * v1 * a * v
    return size, first, second, square


@jit
def factor_constants(p, z, n, c, linear):
    """``(n, c, linear, scale, up, down)``; n is 1 where b was raised, c is the one before.

    1/(1-zt) = scale a v, t/(1-zt) = up (1+E) v and (1-t)/(1-zt) = down v.
    """
    down = p[9] / z
    scale = down / p[5][0]
    return n, c, linear, scale, p[4][0] * scale, down


@jit
def whole_factors(k, p, home, E, node):
    """Factors beside (1-zt)^m in the integrals for F, F_z, F_zz; -c times that of F in c."""
    n, c, slope, scale, up, down = k
    _t_e, a, v = node
    linear = slope * v
    tilt = up * (E + 1.0) * v
    z_home = tl.where(n > 0.0, scale * a * v, tilt)
    # b raised under (1-T) (1-zT)^(m-1) and (1-T)^2 (1-zT)^(m-2).
    by_c = n / c
    y = p[9] * v
    fall = down * v
    z = fall * tl.fma(by_c, tl.fma(y, p[0] - 1.0, 1.0), 1.0)
    zz = fall * fall * tl.fma(by_c, tl.fma(y, p[0] - 2.0, 2.0), 1.0)
    return linear + 1.0, tl.where(home, z_home, z), tl.where(home, z_home * tilt, zz), linear


@jit
def split_factors(k, p, home, E, node):
    """The same where the value at t = 1 has been split off: 1 - (1-y)^(m-j) in place of 1."""
    n, c, slope, scale, up, down = k
    _t_e, a, v = node
    m = p[0]
    log_u = log1p(-p[9] * v, tl.maximum(p[10] * a * v, TINY))
    over = a / p[5][0]  # 1 / (1-t)
    linear = slope * v * over
    tilt = up * (E + 1.0) * v
    whole = scale * a * v
    z_home = tl.where(n > 0.0, whole, tilt) * over
    zz_home = -z_home * tilt * expm1(tl.maximum((m - 2.0) * log_u, LEAST_POWER))
    z_home = -z_home * expm1(tl.maximum((m - 1.0) * log_u, LEAST_POWER))
    # (1-T) (1-zT)^(m-1) in E_{b,d} is (1-zT)^(m-1) in E_{b,d+1}, but for a factor.
    by_c = n / (c + 1.0)
    y = p[9] * v
    z = whole * tl.fma(by_c * y, m - 1.0, 1.0)
    zz = whole * (down * v) * tl.fma(by_c, tl.fma(y, m - 2.0, 1.0), 1.0)
    value = tl.fma(-expm1(tl.maximum(m * log_u, LEAST_POWER)), over, linear)
    return value, tl.where(home, z_home, z), tl.where(home, zz_home, zz), linear
