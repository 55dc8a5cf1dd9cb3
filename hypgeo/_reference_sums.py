"""Positive sums of the exact reference: Pfaff's and the reflected series, from their modes.

Every sum here is ``sum_k t_k`` with ``t_k >= 0`` and

    t_{k+1} / t_k = (m - k) (p + k) w / ((k + 1) (g + s k)),   s = +1 or -1,

so nothing cancels.  The terms fall away on both sides of at most two modes.  A sum starts at a
mode, whose term comes from `arb.lgamma`, and walks outwards in integer arithmetic; where the mode
is wider than a few thousand terms it is sampled with a stride instead (Poisson summation: the
stride H leaves a relative error of about exp(-2 pi^2 sigma^2 / H^2)).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import acb, arb, fmpq

LN2 = math.log(2.0)
TINY = 5e-324
#: A value: a real ball, or a complex one where the argument is complex.
Point = arb | acb
# Above this many terms a form is called unusable: about a second of integer arithmetic.
TERM_LIMIT = 1_000_000
# Below this many terms the walk through every term is cheaper than sampling with lgamma.
STRIDE_FROM = 3_000


class Unusable(ArithmeticError):
    """The form cannot reach the precision at a reasonable cost for these parameters."""


def to_arb(x: Fraction) -> arb:
    """Ball around an exact rational, at the current precision."""
    return arb(fmpq(x.numerator, x.denominator))


def to_point(x: Fraction, y: Fraction) -> Point:
    """x + i y, real where y is 0."""
    return acb(to_arb(x), to_arb(y)) if y else to_arb(x)


def log_ratio(x: Fraction) -> float:
    """Natural logarithm of a positive rational of any size."""
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    y = x / Fraction(2) ** shift
    return math.log(y.numerator / y.denominator) + shift * LN2


@dataclass(frozen=True)
class TermLaw:
    """The law of the term ratio in the module's first formula, all of it exact."""

    m: int
    p: Fraction
    g: Fraction
    s: int
    w: Fraction

    def log_step(self, k: float) -> float:
        """Float estimate of log(t_{k+1} / t_k) for 0 <= k < m."""
        p, g, log_w = self._floats
        top = self.m - 1.0
        k = min(max(k, 0.0), top)
        last = g + (k if self.s > 0 else top - k)
        # Two logarithms: p may be the last number, and its quotient 0.
        return math.log((self.m - k) * (p + k) / (k + 1)) - math.log(last) + log_w

    @cached_property
    def _floats(self) -> tuple[float, float, float]:
        # For s = -1 the last factor counts from k = m - 1 down, lest a small c - b be absorbed.
        g = self.g if self.s > 0 else self.g - (self.m - 1)
        # Only the cost is estimated from these, so that an underflow may stop at the last number.
        return float(self.p) or TINY, float(g) or TINY, log_ratio(self.w)

    def modes(self) -> list[tuple[int, int, int]]:
        """Modes with the monotone stretch of each, as (first, mode, last), covering 0..m."""
        m, p, g, s, w = self.m, self.p, self.g, self.s, self.w
        # t_{k+1} >= t_k  <=>  A k^2 + B k + C >= 0.
        unit = w + 1  # so that a huge w stays in the range of a float
        a = float(-(w + s) / unit)
        b = float(((m - p) * w - g - s) / unit)
        c = float((m * p * w - g) / unit)
        low, high = _real_roots(a, b, c)
        if math.isnan(low):
            return [(0, 0, m)] if a < 0 or (a == 0 and c < 0) else [(0, m, m)]
        valley_first = a < 0
        if valley_first:
            mode = _ceil_within(high, m)
            if low <= 0 or mode == 0:
                return [(0, mode, m)]
            valley = min(max(0, math.floor(low)), mode - 1)
            return [(0, 0, valley), (valley + 1, mode, m)]
        if high <= 0:
            return [(0, m, m)]
        mode = _ceil_within(low, m)
        if high >= m or mode == m:
            return [(0, mode, m)]
        valley = max(mode, math.floor(high))
        return [(0, mode, valley), (valley + 1, m, m)] if valley < m else [(0, mode, m)]


def _ceil_within(x: float, m: int) -> int:
    """Ceiling of x, kept in 0..m; x may be infinite."""
    return 0 if x <= 0 else m if x >= m else math.ceil(x)


def _real_roots(a: float, b: float, c: float) -> tuple[float, float]:
    """Both real roots of a x^2 + b x + c in order, infinite where a = 0; NaN where none."""
    if a == 0:
        if b == 0:
            return math.nan, math.nan
        return (-math.inf, -c / b) if b < 0 else (-c / b, math.inf)
    disc = b * b - 4 * a * c
    if disc < 0:
        return math.nan, math.nan
    q = -0.5 * (b + math.copysign(math.sqrt(disc), b))
    roots = (q / a, c / q if q else 0.0)
    return min(roots), max(roots)


def walk_length(law: TermLaw, mode: int, end: int, bits: int) -> float:
    """Estimated number of terms from `mode` towards `end` before they are negligible."""
    sign = 1 if end > mode else -1
    gone, k, step = 0.0, float(mode), 1.0
    limit = -bits * LN2
    while gone > limit:
        mid = k + 0.5 * sign * step
        if abs(mid - mode) >= abs(end - mode):
            return float(abs(end - mode))
        gone += sign * law.log_step(mid - (0.5 if sign < 0 else 0.0)) * step
        k += sign * step
        step *= 1.7
    return abs(k - mode)


def _walk(law: TermLaw, mode: int, end: int, one: int, keep: int) -> int:
    """Sum of t_k / t_mode for k beyond `mode` up to `end`, in units of 1 / one."""
    den = math.lcm(law.p.denominator, law.g.denominator)
    p0, g0 = int(law.p * den), int(law.g * den)
    wn, wd = law.w.numerator, law.w.denominator
    up_step, down_step = den * wn, law.s * den * wd
    sign = 1 if end > mode else -1
    k = mode if sign > 0 else mode - 1
    pk, gk = (p0 + k * den) * wn, (g0 + law.s * k * den) * wd
    t, total = one, 0
    last = end if sign < 0 else end - 1
    span = abs(end - mode)
    for i in range(span):
        num, down = (law.m - k) * pk, (k + 1) * gk
        t = t * num // down if sign > 0 else t * down // num
        total += t
        if not i & 7:
            if i > TERM_LIMIT:
                raise Unusable(f"more than {TERM_LIMIT} terms")
            if t.bit_length() <= keep - (span - i).bit_length():
                break
        if k == last:
            break
        k += sign
        pk += sign * up_step
        gk += sign * down_step
    return total


def _every_term(law: TermLaw, first: int, mode: int, last: int, bits: int) -> arb:
    """Sum over the stretch divided by the term at its mode, every term taken."""
    extra = law.m.bit_length() + 40
    one = 1 << (bits + extra)
    # What is dropped is below 2**keep units, 2**-bits of the sum.
    keep = extra - 2
    total = one
    if mode < last:
        total += _walk(law, mode, last, one, keep)
    if mode > first:
        total += _walk(law, mode, first, one, keep)
    return arb(total) / one


def _strided(
    law: TermLaw, first: int, mode: int, last: int, bits: int, log_term: Callable[[int], arb]
) -> arb:
    """As `_every_term`, sampled with a stride; the mode must be well inside the stretch."""
    k = float(mode)
    curve = 1 / (law.m - k + 1) - 1 / (float(law.p) + k) + 1 / (k + 1)
    curve += law.s / (float(law.g) + law.s * k)
    if curve <= 0:
        raise Unusable("no Gaussian mode")
    stride = math.floor(math.pi * math.sqrt(2 / (curve * (bits + 16) * LN2)))
    if stride < 2:
        raise Unusable("the mode is too narrow to be sampled")
    top, total = log_term(mode), arb(1)
    for sign, end in ((1, last), (-1, first)):
        k_int, small = mode, False
        while not small:
            k_int += sign * stride
            if (k_int - end) * sign >= 0:
                raise Unusable("the mode touches the end of its stretch")
            term = (log_term(k_int) - top).exp()
            total += term
            small = bool(term.mid() * (1 << (bits + 10)) < 1)
    return total * stride


def stretch_cost(law: TermLaw, bits: int) -> float:
    """Estimated microseconds of `mode_sum`."""
    cost = 0.0
    for first, mode, last in law.modes():
        terms = walk_length(law, mode, first, bits) + walk_length(law, mode, last, bits)
        cost += 50 + (0.7 * terms if terms < STRIDE_FROM or law.s < 0 else 2500)
    return cost


def mode_sum(law: TermLaw, bits: int, log_term: Callable[[int], arb]) -> arb:
    """Sum of all terms; `log_term(k)` is the exact logarithm of t_k."""
    total = arb(0)
    for first, mode, last in law.modes():
        top = log_term(mode).exp()
        if bool(total > 0) and bool(top * (last - first + 1) * (1 << bits) < total):
            continue
        terms = walk_length(law, mode, first, bits) + walk_length(law, mode, last, bits)
        if terms < STRIDE_FROM:
            total += top * _every_term(law, first, mode, last, bits)
            continue
        try:
            total += top * _strided(law, first, mode, last, bits, log_term)
        except Unusable:
            if terms > TERM_LIMIT:
                raise
            total += top * _every_term(law, first, mode, last, bits)
    return total


def pfaff_law(m: int, p: Fraction, c: Fraction, w: Fraction) -> TermLaw:
    """Terms C(m, k) (p)_k / (c)_k w^k."""
    return TermLaw(m, p, c, 1, w)


def positive_sum(m: int, p: Fraction, c: Fraction, w: Fraction, log_w: arb, bits: int) -> arb:
    """sum_k C(m, k) (p)_k / (c)_k w^k = 2F1(-m, p; c; -w) for p, c, w > 0."""
    pa, ca = to_arb(p), to_arb(c)
    base = arb(m + 1).lgamma() + ca.lgamma() - pa.lgamma()

    def log_term(k: int) -> arb:
        if k == 0:
            return arb(0)
        gammas = (pa + k).lgamma() - (ca + k).lgamma()
        return base + k * log_w + gammas - arb(k + 1).lgamma() - arb(m - k + 1).lgamma()

    return mode_sum(pfaff_law(m, p, c, w), bits, log_term)


def reflected_law(m: int, b: Fraction, c: Fraction, z: Fraction) -> TermLaw:
    """Terms C(m, k) (b)_k (c-b)_{m-k} / (c)_m (1-z)^k (DLMF 15.8.7, written positively)."""
    return TermLaw(m, b, c - b + m - 1, -1, 1 - z)


def reflected_sum(m: int, b: Fraction, c: Fraction, z: Fraction, bits: int) -> arb:
    """2F1(-m, b; c; z) by the reflected series, for 0 < b < c and 0 <= z <= 1."""
    ba, ca, da = to_arb(b), to_arb(c), to_arb(c - b)
    log_q = (-to_arb(z)).log1p() if z < 1 else arb(0)
    base = arb(m + 1).lgamma() - ba.lgamma() - da.lgamma() + ca.lgamma() - (ca + m).lgamma()

    def log_term(k: int) -> arb:
        gammas = (ba + k).lgamma() + (da + (m - k)).lgamma()
        return base + gammas + k * log_q - arb(k + 1).lgamma() - arb(m - k + 1).lgamma()

    if z == 1:
        return log_term(0).exp()
    return mode_sum(reflected_law(m, b, c, z), bits, log_term)
