"""Exact polynomials and generating functions, from definitions other than the 2F1."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import mpmath
from accuracy import EPS

from hypgeo import reference

# hyp2f1 promises 16 eps kappa up to degree 10^4; prefactor and products add less than 8 eps.
PROMISE = 16.0
PREFACTOR = 8.0
# Exact values of large degree: more than a double holds, by far.
DIGITS = 30
# Rounding to a subnormal number is free.
SPACING = 5e-324


def binomial(x: Fraction, k: int) -> Fraction:
    """x (x-1) ... (x-k+1) / k!."""
    return math.prod((x - i for i in range(k)), start=Fraction(1)) / math.factorial(k)


def jacobi(n: int, alpha: float, beta: float, x: float) -> Fraction:
    """DLMF 18.5.8."""
    al, be, y = Fraction(alpha), Fraction(beta), Fraction(x)
    down, up = (y - 1) / 2, (y + 1) / 2
    terms = (
        binomial(n + al, s) * binomial(n + be, n - s) * down ** (n - s) * up**s
        for s in range(n + 1)
    )
    return sum(terms, start=Fraction(0))


def power_series(factors: list[tuple[Fraction, Fraction]], n: int) -> Fraction:
    """Coefficient of w^n in the product of (1 + r w)^p over pairs (r, p)."""
    series = [Fraction(1)] + [Fraction(0)] * n
    for rate, power in factors:
        other = [binomial(power, k) * rate**k for k in range(n + 1)]
        series = [
            sum((series[i] * other[k - i] for i in range(k + 1)), start=Fraction(0))
            for k in range(n + 1)
        ]
    return series[n]


def krawtchouk(n: int, x: float, p: float, trials: int) -> Fraction:
    """The generating function, DLMF 18.23.3."""
    y, prob = Fraction(x), Fraction(p)
    factors = [((prob - 1) / prob, y), (Fraction(1), trials - y)]
    return power_series(factors, n) / math.comb(trials, n)


def meixner(n: int, x: float, beta: float, c: float) -> Fraction:
    """The generating function, DLMF 18.23.4."""
    y, be, ratio = Fraction(x), Fraction(beta), Fraction(c)
    factors = [(-1 / ratio, y), (Fraction(-1), -y - be)]
    return power_series(factors, n) / binomial(be + n - 1, n)


def rising(x: Fraction, n: int) -> Fraction:
    """x (x+1) ... (x+n-1)."""
    return math.prod((x + i for i in range(n)), start=Fraction(1))


def betabinom(s: float, n: int, a: float, b: float) -> Fraction:
    """E[s^X] from the probabilities."""
    fa, fb, fs = Fraction(a), Fraction(b), Fraction(s)
    terms = (math.comb(n, k) * rising(fa, k) * rising(fb, n - k) * fs**k for k in range(n + 1))
    return sum(terms, start=Fraction(0)) / rising(fa + fb, n)


def nhypergeom(s: float, M: int, n: int, r: int) -> Fraction:
    """E[s^X] from the probabilities of scipy.stats.nhypergeom."""
    if r == 0:
        return Fraction(1)
    terms = (
        math.comb(k + r - 1, k) * math.comb(M - r - k, n - k) * Fraction(s) ** k
        for k in range(n + 1)
    )
    return sum(terms, start=Fraction(0)) / math.comb(M, n)


def expected_inverse(q: float, beta: float, m: int, p: float) -> Fraction:
    """E[1 / (q + beta X)] from the probabilities."""
    start, step, prob = Fraction(q), Fraction(beta), Fraction(p)
    terms = (
        math.comb(m, k) * prob**k * (1 - prob) ** (m - k) / (start + k * step) for k in range(m + 1)
    )
    return sum(terms, start=Fraction(0))


def as_mpf(x: Fraction) -> Any:
    """Fraction to `DIGITS` digits."""
    with mpmath.workdps(DIGITS):
        return mpmath.mpf(x.numerator) / x.denominator


class Hypergeometric:
    """Exact 2F1 behind a polynomial, and its condition."""

    def __init__(self, m: int, b: Any, c: Any, z: Any) -> None:
        self.arguments = (-m, b, c, z)

    def value(self) -> Any:
        return reference.hyp2f1(*self.arguments, digits=DIGITS)

    def kappa(self) -> float:
        return reference.condition(*self.arguments)

    def spread(self) -> float:
        """kappa |F|, which stays finite where F is zero."""
        _, b, c, z = self.arguments
        d = reference.derivatives(*self.arguments, digits=6)
        parts = (d.value, b * mpmath_of(d.d_b), c * mpmath_of(d.d_c), z * mpmath_of(d.d_z))
        return float(sum(abs(x) for x in parts))


def mpmath_of(x: Any) -> Fraction:
    """mpf to Fraction, to be multiplied with others."""
    man, exp = x.man_exp
    return Fraction(int(man)) * Fraction(2) ** int(exp)


def jacobi_hypergeometric(n: int, alpha: float, beta: float, x: float) -> Hypergeometric:
    """The 2F1 at the nearer end; for alpha = -1, ..., -n that of Szego 4.22.2."""
    al, be = (Fraction(v) for v in ((alpha, beta) if x >= 0 else (beta, alpha)))
    z = (1 - abs(Fraction(x))) / 2
    if al.denominator == 1 and -n <= al < 0:
        return Hypergeometric(n + int(al), n + be + 1, 1 - al, z)
    return Hypergeometric(n, n + al + be + 1, al + 1, z)


def jacobi_of_large_degree(n: int, alpha: float, beta: float, x: float) -> Any:
    """DLMF 18.5.7 at the nearer end, for alpha and beta above -1."""
    al = Fraction(alpha if x >= 0 else beta)
    sign = -1 if x < 0 and n % 2 else 1
    with mpmath.workdps(DIGITS + 20):
        gammas = [mpmath.mpf(v.numerator) / v.denominator for v in (al + n + 1, al + 1)]
        prefactor = mpmath.gammaprod([gammas[0]], [gammas[1], n + 1])
        return sign * prefactor * jacobi_hypergeometric(n, alpha, beta, x).value()


def relative_error(value: Any, exact: Any) -> float:
    """In eps; 0 where both are 0, underflow or overflow alike."""
    if isinstance(exact, Fraction):
        exact = as_mpf(exact)
    size = abs(exact)
    if size > sys.float_info.max:
        return 0.0 if value == math.copysign(math.inf, exact) else math.inf
    if not math.isfinite(value):
        return math.inf
    with mpmath.workdps(DIGITS):
        gap = max(abs(mpmath.mpf(float(value)) - exact) - SPACING, 0)
        return float(gap / size / EPS) if gap else 0.0
