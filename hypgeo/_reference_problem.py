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
    pfaff_law,
    positive_sum,
    reflected_law,
    reflected_sum,
    stretch_cost,
    to_arb,
)

# Estimated microseconds of the two quadratures, whatever the parameters.
EULER_COST = 1600
CONTOUR_COST = 10_000


@dataclass(frozen=True)
class Problem:
    """One evaluation: 2F1(-m, b; c; z), exact."""

    m: int
    b: Fraction
    c: Fraction
    z: Fraction


@dataclass(frozen=True)
class Form:
    """A way to evaluate a problem: its estimated cost in microseconds and its evaluation."""

    name: str
    cost: float
    value: Callable[[int], arb]


def _exact(value: Any, name: str) -> Fraction:
    """Argument as an exact rational."""
    try:
        if isinstance(value, mpmath.mpf):
            man, exp = value.man_exp
            return Fraction(int(man)) * Fraction(2) ** int(exp)
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
    """Exact problem, with the terminating parameter first."""
    qa, qb = _exact(a, "a"), _exact(b, "b")
    qc, qz = _exact(c, "c"), _exact(z, "z")
    degrees = [(n, other) for n, other in ((_degree(qa), qb), (_degree(qb), qa)) if n is not None]
    if not degrees:
        raise ValueError(f"a (or b) must be a nonpositive integer, not a={a!r}, b={b!r}")
    m, other = min(degrees)
    pole = _degree(qc)
    if pole is not None and pole < m:
        raise ValueError(f"c={c!r} is a pole: c must not be a nonpositive integer above -{m}")
    return Problem(m, other, qc, qz)


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

        def scaled(value: Callable[[int], arb]) -> Callable[[int], arb]:
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


def forms_of(p: Problem, bits: int) -> list[Form]:
    """All eligible forms, the cheapest first."""
    m, b, c, z = p.m, p.b, p.c, p.z
    # Series that cancel are repeated at up to about m more bits.
    cost = 50 + m * (6 + m / 100)
    forms = [
        Form("direct", cost, lambda bits: general.direct(m, b, c, z)),
        Form("recurrence", cost, lambda bits: general.recurrence(m, b, c, z)),
    ]
    if b == c and c > 0 and z != 1:
        forms.append(Form("power", 1, lambda bits: general.power(m, z)))
        forms.append(Form("power_by_log", 2, lambda bits: general.power_by_log(m, z)))
    elif 0 < b < c and 0 < z <= 1 and m > 0:
        forms += _home_forms(p, bits)
    elif z < 0 and b > 0 and c > 0 and m > 0:
        forms += _negative_forms(p, bits)
    return sorted(forms, key=lambda form: form.cost)
