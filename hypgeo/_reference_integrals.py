"""Integrals of the exact reference, by the trapezoidal rule on the real line.

`euler_integral`: Euler's integral (DLMF 15.6.1) in x = logit t, with e^x = r,

    F = 1 / B(b, c-b) * int exp(b x - c log(1+r) + m log((1+q r)/(1+r))) dx,   q = 1 - z,

whose integrand is positive, has one saddle and is analytic for |Im x| < pi.  The sum marches out
from the saddle; where an end is a slow exponential (small b or c-b) the rest of the infinite sum
is added exactly, as the power series of the integrand in r or 1/r summed node by node.

"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import arb

from ._reference_sums import LN2, Unusable, log_ratio, to_arb

# The power series at the ends are used once their leading coefficient times r is below this.
END_RADIUS = 1 / 16
NODE_LIMIT = 200_000


def _plain(x: Fraction) -> float:
    """Nearest float, saturating instead of raising."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def saddle(m: int, b: Fraction, c: Fraction, z: Fraction) -> float:
    """x = log r at the largest value of the integrand (float accuracy is enough)."""
    q, d = 1 - z, c - b
    lin = d + m * z - b * q
    quad = d * q
    # r = 2 b / (lin + sqrt(lin^2 + 4 quad b)), written for either sign of lin.
    root = math.sqrt(_plain(lin * lin + 4 * quad * b))
    lin_f = _plain(lin)
    if lin_f >= 0:
        return math.log(2) + log_ratio(b) - math.log(lin_f + root)
    return math.log(root - lin_f) - math.log(2) - log_ratio(quad)


def step_length(m: int, b: Fraction, c: Fraction, z: Fraction, x0: float, bits: int) -> float:
    """Step whose discretisation error is below 2**-bits, from the growth off the real line.

    The error is about exp(max_x Re phi(x + i y) - phi(x0) - 2 pi y / h) for the best y.
    """
    bf, cf, zf, qf = _plain(b), _plain(c), _plain(z), _plain(1 - z)
    r0 = math.exp(min(max(x0, -700.0), 700.0))
    curve = cf * r0 / (1 + r0) ** 2
    curve += m * zf * (r0 / (1 + qf * r0) ** 2) * ((1 - qf * r0 * r0) / (1 + r0) ** 2)
    width = min(2.0, 1 / math.sqrt(curve)) if curve > 0 else 2.0
    y = np.geomspace(min(0.2, width), 3.1, 24)[:, None]
    near, far = width * np.sinh(np.linspace(-6, 6, 41)), np.linspace(-70, 70, 141)
    x = np.clip(x0 + np.concatenate([near, far]), -600, 600)[None, :]
    r = np.exp(x)
    zt = zf / (1 + np.exp(-x))
    log_qr = x + (math.log(qf) if qf > 0 else -math.inf)
    log_kernel = np.where(
        zt < 0.5,
        np.log1p(-np.minimum(zt, 0.5)),
        np.logaddexp(0, log_qr) - np.logaddexp(0, x),
    )
    phi = bf * x - cf * np.logaddexp(0, x) + m * log_kernel
    sin2 = 4 * np.sin(y / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        grow_c = -np.log1p(-np.minimum(sin2 * (r / (1 + r) / (1 + r)), 1)) / 2
        grow_q = -np.log1p(-np.minimum(sin2 * (qf * r / (1 + qf * r) / (1 + qf * r)), 1)) / 2
        growth = phi - phi.max() + cf * grow_c + m * (grow_c - grow_q)
    worst = np.maximum(np.nanmax(growth, axis=1), 0)
    steps = 2 * math.pi * y[:, 0] / ((bits + 8) * LN2 + worst)
    return float(np.max(steps))


def _end_series(power: Fraction, lead: arb, q: arb, c: arb, r: arb, h: arb, bits: int) -> arb:
    """sum_{i>=0} g(r e^{-h i}), g(r) = r^power * y(r), by the power series of y.

    y(0) = 1, (1+r)(1+q r) y' = -(lead + c q r) y.
    """
    pw = to_arb(power)
    total, older, coeff = arb(0), arb(0), arb(1)
    rk = (pw * r.log()).exp()
    tiny = arb(1) / (1 << (bits + 16))
    for j in range(4 * bits):
        share = coeff * rk / -(-(pw + j) * h).expm1()
        total += share
        if j > 2 and bool(abs(share).mid() < tiny * abs(total).mid()):
            return total
        older, coeff = coeff, -((lead + (1 + q) * j) * coeff + q * (c + (j - 1)) * older) / (j + 1)
        rk *= r
    raise Unusable("the series at the end of the integral does not converge")


def _march(
    pars: tuple[int, arb, arb, arb, arb], x0: float, h: float, sign: int, bits: int, stop: float
) -> tuple[arb, arb, bool]:
    """Sum of exp(phi) / exp(phi(x0)) over the nodes on one side of x0.

    The walk ends where the rest is negligible or `sign` x passes `stop`.  Returns the sum, the x
    of the first node left out, and whether the rest counts.
    """
    m, b, c, z, q = pars
    total = arb(0)
    j = 0 if sign > 0 else 1
    rate = h * (float(c - b) if sign > 0 else float(b))
    small = arb(min(1.0, rate)) / (1 << (bits + 12))
    er = (arb(sign) * h).exp()
    x = arb(x0) + arb(h) * (sign * j)
    r = x.exp()
    ref = phi_at(m, b, c, z, q, arb(x0), arb(x0).exp())
    for seen in range(NODE_LIMIT):
        if float(x.mid()) * sign >= stop:
            return total, x, True
        term = (phi_at(m, b, c, z, q, x, r) - ref).exp()
        total += term
        if bool(term.mid() < small * total.mid()) and seen > 2:
            return total, x, False
        j += 1
        x = arb(x0) + arb(h) * (sign * j)
        r *= er
    raise Unusable("too many nodes")


def phi_at(m: int, b: arb, c: arb, z: arb, q: arb, x: arb, r: arb) -> arb:
    """Logarithm of the integrand."""
    log_1r = r.log1p()
    kernel = (q * r).log1p() - log_1r if bool(r > 1) else (-z * r / (1 + r)).log1p()
    return b * x - c * log_1r + m * kernel


def euler_integral(m: int, b: Fraction, c: Fraction, z: Fraction, bits: int) -> arb:
    """2F1(-m, b; c; z) for 0 < b < c, 0 < z <= 1, m >= 1."""
    x0 = saddle(m, b, c, z)
    h = step_length(m, b, c, z, x0, bits)
    ba, ca, za, qa, da = (to_arb(v) for v in (b, c, z, 1 - z, c - b))
    pars = (m, ba, ca, za, qa)
    lead = m * za + ca
    stop_left = math.log(max(_plain(m * z + c), 1.0) / END_RADIUS)
    stop_right = math.inf
    if z < 1:
        size = max(1 / (1 - z), abs(c - m * z / (1 - z)), Fraction(1))
        stop_right = log_ratio(size) - math.log(END_RADIUS)
    left, x_left, open_left = _march(pars, x0, h, -1, bits, stop_left)
    right, x_right, open_right = _march(pars, x0, h, 1, bits, stop_right)
    total = left + right
    x0a, ha = arb(x0), arb(h)
    ref = phi_at(m, ba, ca, za, qa, x0a, x0a.exp())
    scale = (-ref).exp()
    if open_left:
        total += scale * _end_series(b, lead, qa, ca, x_left.exp(), ha, bits)
    if open_right:
        top = (m * (-za).log1p() - ref).exp()
        lead_right = ca - m * za / qa
        total += top * _end_series(c - b, lead_right, 1 / qa, ca, (-x_right).exp(), ha, bits)
    return total * ha * (ref + ca.lgamma() - ba.lgamma() - da.lgamma()).exp()
