"""The problem of the exact reference, and the menu of forms that can evaluate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from flint import arb

from . import _reference_general as general
from ._reference_contour import generating_contour
from ._reference_integrals import euler_integral
from ._reference_sums import (
    Point,
    pfaff_law,
    positive_sum,
    reflected_law,
    reflected_sum,
    stretch_cost,
    to_arb,
    to_point,
)

# Estimated microseconds of the two quadratures, whatever the parameters.
EULER_COST = 1600
CONTOUR_COST = 10_000


@dataclass(frozen=True)
class Problem:
    """One evaluation: 2F1(-m, b; c; z + i y), exact."""

    m: int
    b: Fraction
    c: Fraction
    z: Fraction
    y: Fraction = Fraction(0)

    @property
    def pole(self) -> bool:
        """Whether c = -n with n < m: the value is infinite unless z = 0."""
        n = _degree(self.c)
        return n is not None and n < self.m

    @property
    def at_zero(self) -> bool:
        """Whether the argument is 0."""
        return self.z == 0 and self.y == 0

    @property
    def trivial(self) -> bool:
        """Whether only the first term, 1, is there."""
        return self.m == 0 or self.b == 0 or self.at_zero

    @property
    def point(self) -> Point:
        """The argument as a ball at the current precision, real where it is real."""
        return to_point(self.z, self.y)


@dataclass(frozen=True)
class Form:
    """A way to evaluate a problem: its estimated cost in microseconds and its evaluation."""

    name: str
    cost: float
    value: Callable[[int], Point]


def _exact(value: Any, name: str) -> Fraction:
    """Argument as an exact rational."""
    try:
        if isinstance(value, mpmath.mpf):
            man, exp = value.man_exp  # whose sign depends on the version of mpmath
            size = abs(Fraction(int(man)) * Fraction(2) ** int(exp))
            return -size if value < 0 else size
        if isinstance(value, np.integer):
            return Fraction(int(value))
        if isinstance(value, np.floating):
            return Fraction(float(value))
        if isinstance(value, int | float | str | Fraction):
            return Fraction(value)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be a finite real number, not {value!r}") from error
    raise TypeError(f"{name} must be a real number, not {type(value).__name__}")


def _degree(x: Fraction) -> int | None:
    return -x.numerator if x.denominator == 1 and x <= 0 else None


def make_problem(a: Any, b: Any, c: Any, z: Any) -> Problem:
    """Exact problem, with the terminating parameter first; `z` may be complex."""
    qa, qb, qc = _exact(a, "a"), _exact(b, "b"), _exact(c, "c")
    parts = (z.real, z.imag) if isinstance(z, complex | np.complexfloating | mpmath.mpc) else (z, 0)
    x, y = (_exact(part, "z") for part in parts)
    degrees = [(n, other) for n, other in ((_degree(qa), qb), (_degree(qb), qa)) if n is not None]
    if not degrees:
        raise ValueError(f"a (or b) must be a nonpositive integer, not a={a!r}, b={b!r}")
    m, other = min(degrees)
    return Problem(m, other, qc, x, y)


def _home_forms(p: Problem, bits: int) -> list[Form]:
    """Forms for 0 < b < c and 0 < z <= 1, all of them positive sums or integrals."""
    m, b, c, z = p.m, p.b, p.c, p.z
    forms = [
        Form(
            "reflected",
            100 if z == 1 else stretch_cost(reflected_law(m, b, c, z), bits),
            lambda bits: reflected_sum(m, b, c, z, bits),
        ),
        Form("euler", EULER_COST, lambda bits: euler_integral(m, b, c, z, bits)),
    ]
    if z < 1:
        w = z / (1 - z)

        def pfaff(bits: int) -> arb:
            log_q = (-to_arb(z)).log1p()
            log_w = to_arb(z).log() - log_q
            return (m * log_q).exp() * positive_sum(m, c - b, c, w, log_w, bits)

        forms.append(Form("pfaff", stretch_cost(pfaff_law(m, c - b, c, w), bits), pfaff))
    return forms


def _negative_forms(p: Problem, bits: int) -> list[Form]:
    """Forms for z < 0 and b, c > 0, b != c."""
    m, b, c, z = p.m, p.b, p.c, p.z
    if b < c:
        # Pfaff: 2F1(-m, b; c; z) = (1-z)^m 2F1(-m, c-b; c; z/(z-1)) (DLMF 15.8.1).
        image = Problem(m, c - b, c, z / (z - 1))

        def scaled(value: Callable[[int], Point]) -> Callable[[int], Point]:
            return lambda bits: (m * (-to_arb(z)).log1p()).exp() * value(bits)

        return [Form(f.name, f.cost, scaled(f.value)) for f in _home_forms(image, bits)]
    log_w = to_arb(-z).log
    return [
        Form(
            "positive",
            stretch_cost(pfaff_law(m, b, c, -z), bits),
            lambda bits: positive_sum(m, b, c, -z, log_w(), bits),
        ),
        Form("contour", CONTOUR_COST, lambda bits: generating_contour(m, b, c, z, bits)),
    ]


def is_special(p: Problem) -> bool:
    """Whether the problem lies in a region with forms whose cost does not grow with m."""
    return bool(_special_forms(p, 64))


def _special_forms(p: Problem, bits: int) -> list[Form]:
    """Forms of a region whose cost does not grow with m."""
    m, b, c, z = p.m, p.b, p.c, p.z
    if p.y or m == 0:
        return []
    if b == c and c > 0 and z != 1:
        return [
            Form("power", 1, lambda bits: general.power(m, z)),
            Form("power_by_log", 2, lambda bits: general.power_by_log(m, z)),
        ]
    if 0 < b < c and 0 < z <= 1:
        return _home_forms(p, bits)
    if z < 0 and b > 0 and c > 0:
        return _negative_forms(p, bits)
    return []


def forms_of(p: Problem, bits: int) -> list[Form]:
    """All eligible forms, the cheapest first."""
    m, b, c, z, y = p.m, p.b, p.c, p.z, p.y
    forms = _special_forms(p, bits)
    # Series that cancel are summed with up to about m more bits. The exact number is worth its
    # cost only where there is no other way.
    lost = dict.fromkeys(general.SERIES, float(m))
    if not forms:
        lost = general.lost_bits(m, b, c, z, y)

    def summed(name: str) -> Callable[[int], Point]:
        return lambda bits: general.series(name, m, b, c, z, y)

    for name, more in lost.items():
        forms.append(Form(name, 60 + m * (1 + 4e-5 * (bits + more)), summed(name)))
    forms.append(Form("recurrence", 70 + 10 * m, lambda bits: general.recurrence(m, b, c, p.point)))
    return sorted(forms, key=lambda form: form.cost)
