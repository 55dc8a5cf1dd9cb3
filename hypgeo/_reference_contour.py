"""Cauchy's integral of the generating function, for the exact reference at z < 0 < c < b.

    sum_n (c)_n / n! 2F1(-n, b; c; z) t^n = (1-t)^(b-c) (1-(1-z) t)^(-b)

(the binomial series of both factors multiplied out; DLMF 18.12.3 is the same for Jacobi's
polynomials).  With t = e^xi / (1-z) the coefficient of t^m is an integral over a contour that
comes from +inf below the cut [0, inf) of xi, passes to the left of 0 at the saddle, and returns
to +inf above the cut:

    xi(tau) = -mu + A (cosh tau - 1) + i B tanh tau.

The trapezoidal rule in tau is halved until it has converged.
"""

from __future__ import annotations

import math
from fractions import Fraction

from flint import acb, arb, ctx

from ._reference_sums import Unusable, to_arb

# The widest strip used: the integrand has period 2 pi i in xi.
MAX_HEIGHT = 2.4
HALVINGS = 16
NODE_LIMIT = 100_000


def _saddle(m: int, b: float, c: float, y: float) -> float:
    """Distance mu of the saddle from 0: b/expm1(mu) - (b-c)/(expm1(mu) + y e^mu) = m."""
    low, high = -90.0, 6.0
    for _ in range(80):
        mid = 0.5 * (low + high)
        mu = math.exp(mid)
        e = math.expm1(mu)
        if b / e - (b - c) / (e + y * (1 + e)) > m:
            low = mid
        else:
            high = mid
    return math.exp(low)


class _Contour:
    """The integrand on the contour, scaled to its value at tau = 0."""

    def __init__(self, m: int, b: Fraction, c: Fraction, z: Fraction) -> None:
        # At b/m below 1/m the saddle hugs the cut; a wider contour sees a smoother integrand.
        mu = max(_saddle(m, float(b), float(c), float(-z)), 1 / (m + float(c)))
        height = min(2.2 * mu, MAX_HEIGHT)
        self.mu, self.height, self.reach = arb(mu), arb(height), arb(height / 2)
        self.m, self.b, self.gap, self.y = m, to_arb(b), to_arb(b - c), to_arb(-z)
        self.top = self._log(acb(-self.mu)).real

    def _log(self, xi: acb) -> acb:
        e = xi.expm1()
        return self.gap * (self.y - e).log() - self.b * (-e).log() - self.m * xi

    def __call__(self, tau: arb) -> acb:
        sinh, cosh = tau.sinh_cosh()
        xi = acb(self.reach * (cosh - 1) - self.mu, self.height * sinh / cosh)
        slope = acb(self.reach * sinh, self.height / (cosh * cosh))
        return (self._log(xi) - self.top).exp() * slope


def _level(f: _Contour, start: arb, step: arb, tiny: arb) -> arb:
    """Sum of Im f over start + j step, j >= 0, until negligible."""
    total, tau, quiet = arb(0), start, 0
    for _ in range(NODE_LIMIT):
        value = f(tau)
        total += value.imag
        size = abs(value.real).mid() + abs(value.imag).mid()
        quiet = quiet + 1 if bool(size < tiny) else 0
        if quiet == 3:
            return total
        tau += step
    raise Unusable("too many nodes on the contour")


def generating_contour(m: int, b: Fraction, c: Fraction, z: Fraction, bits: int) -> arb:
    """2F1(-m, b; c; z) for z < 0 < c < b and m >= 1."""
    # The integrand exceeds the integral by about 1/b when b is small.
    lost = max(0, math.ceil(-math.log2(min(float(b), 1.0)))) + 8
    with ctx.extraprec(lost):
        f = _Contour(m, b, c, z)
        tiny = f.height / (arb(2) ** (bits + lost + 16))
        step = arb(0.25)
        total = f(arb(0)).imag / 2 + _level(f, step, step, tiny)
        for _ in range(HALVINGS):
            step /= 2
            mids = _level(f, step, 2 * step, tiny)
            # The error squares at each halving, so 0.6 of the bits now are more than enough next.
            done = bool(abs(total - mids).mid() * arb(2) ** int(0.6 * bits) < abs(total).mid())
            total += mids
            if done:
                break
        else:
            raise Unusable("the contour integral does not converge")
        ca = to_arb(c)
        size = arb(m + 1).lgamma() + ca.lgamma() - (ca + m).lgamma()
        # (y - e)^(b-c) leaves (1+y)^(c-b) of the first factor outside.
        size += (m - f.gap) * f.y.log1p() + f.top
        return total * step / arb.pi() * size.exp()
