"""Exact partial derivatives of the reference: two independent forms, as for the values.

- *differences:* the contiguous functions (DLMF 15.5.2) for the derivatives in z, and central
  differences in b and c, of one form of the value at about three times the precision;
- *jets:* the recurrence in m differentiated; where m is too large for it, differences again, of
  another form of the value and with another step.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import numpy as np
from flint import arb, ctx

from ._reference_general import log2_abs, peaks_of
from ._reference_jets import Balls, jet_balls
from ._reference_output import to_mpmath
from ._reference_problem import Problem, forms_of, is_special, make_problem
from ._reference_rational import exact_parameter_slopes
from ._reference_settle import DOUBLINGS, agree, bits_of, guard_bits, known_value, settle
from ._reference_sums import Point, Unusable, to_arb

# Degrees above this are left to the forms of a special region, where there are any.
JETS_LIMIT = 2_000
# Past this precision two balls that contain zero are settled by exact rational arithmetic.
ZERO_SUSPECT_BITS = 1_000
# Bits that the step of the second set of differences is below that of the first.
STEP_APART = 11


class Derivatives(NamedTuple):
    """Value and partial derivatives of a terminating 2F1(a, b; c; z).

    Attributes
    ----------
    value : mpmath.mpf or mpmath.mpc
        F.
    d_b, d_c : mpmath.mpf or mpmath.mpc
        dF/db, where b is the parameter that does not terminate the sum, and dF/dc.
    d_z, d_zz : mpmath.mpf or mpmath.mpc
        dF/dz and the second derivative.

    Examples
    --------
    >>> from hypgeo import reference
    >>> print(reference.derivatives(-1, 1, 2, 0.5).d_z)
    -0.5
    """

    value: Any
    d_b: Any
    d_c: Any
    d_z: Any
    d_zz: Any


def _value(p: Problem, rank: int, work: int) -> Point:
    """The value by the usable form of the given rank in cost, unchecked."""
    known = known_value(p)
    if known is not None:
        return known
    seen = 0
    with ctx.workprec(work + guard_bits(p)):
        for form in forms_of(p, work):
            try:
                value = form.value(work)
            except Unusable:
                continue
            if seen == rank:
                return value
            seen += 1
    raise ArithmeticError(f"fewer than {rank + 1} forms reach {p}")


def _gap(p: Problem, x: Fraction) -> Fraction:
    """Distance over which the function is smooth in x: to an integer, and to b = c."""
    gaps = [Fraction(1), abs(x - round(x)), abs(p.c - p.b)]
    return min(g for g in gaps if g)


def _raised(p: Problem, by: int) -> Problem:
    return Problem(p.m - by, p.b + by, p.c + by, p.z, p.y)


def _hidden_bits(p: Problem, value: Point) -> int:
    """Bits that cancel even in the best of the series."""
    if is_special(p) or value.is_zero():
        return 0
    lowest = min(peaks_of(p.m, p.b, p.c, p.z, p.y).values(), default=0.0)
    return math.ceil(max(0.0, lowest - log2_abs(value)))


def _differences(p: Problem, rank: int, work: int, hidden: int) -> Balls:
    """All derivatives from values by one form, of whose bits so many cancel."""
    m, b, c = p.m, p.b, p.c
    shift = work // 2 + 8 + STEP_APART * rank
    coarse = work + hidden
    fine = coarse + shift + 8

    def central(x: Fraction, moved: Any) -> Point:
        h = _gap(p, x) / 2**shift
        up, down = (_value(moved(x + s * h), rank, fine) for s in (1, -1))
        return (up - down) / to_arb(2 * h)

    with ctx.workprec(fine + guard_bits(p)):
        d_b = central(b, lambda x: Problem(m, x, c, p.z, p.y))
        d_c = central(c, lambda x: Problem(m, b, x, p.z, p.y))
        d_z: Point = arb(0)
        d_zz: Point = arb(0)
        if m * b:
            d_z = to_arb(-m * b / c) * _value(_raised(p, 1), rank, coarse)
        if m * (m - 1) * b * (b + 1):
            factor = m * (m - 1) * b * (b + 1) / (c * (c + 1))
            d_zz = to_arb(factor) * _value(_raised(p, 2), rank, coarse)
        return Balls(_value(p, rank, coarse), d_b, d_c, d_z, d_zz)


def _second(p: Problem, work: int, hidden: int) -> Balls:
    """The second form: jets, or differences again."""
    if not p.at_zero and (p.m <= JETS_LIMIT or not is_special(p)):
        try:
            with ctx.workprec(work + guard_bits(p)):
                return jet_balls(p)
        except Unusable:
            pass
    return _differences(p, 1, work, hidden)


def _same(x: Point, y: Point, bits: int) -> bool:
    return bool(x == 0 and y == 0) or agree(x, y, bits)


def _both_vanish(x: Point, y: Point) -> bool:
    return bool(x.contains(0) and y.contains(0))


def _is_zero(p: Problem, name: str) -> bool:
    """Whether a derivative is exactly zero."""
    if name in {"d_z", "d_zz"}:
        return bool(settle(_raised(p, len(name) - 2), 8) == 0)
    return exact_parameter_slopes(p.m, p.b, p.c, p.z, p.y)[name] == 0


def derivative_balls(p: Problem, bits: int) -> Balls:
    """Balls on which both forms agree to `bits` bits."""
    found: dict[str, Point] = {"value": settle(p, bits)}
    hidden = _hidden_bits(p, found["value"])
    for work in ((bits + 12) << k for k in range(DOUBLINGS)):
        first, second = _differences(p, 0, work, hidden), _second(p, work, hidden)
        for name in Balls._fields[1:]:
            x, y = getattr(first, name), getattr(second, name)
            if name in found:
                continue
            # An exact factor 0 in front of a contiguous function needs no second opinion.
            if _same(x, y, bits) or (name in {"d_z", "d_zz"} and bool(x == 0)):
                found[name] = x
            elif work > ZERO_SUSPECT_BITS and _both_vanish(x, y) and _is_zero(p, name):
                found[name] = arb(0)
        if len(found) == len(Balls._fields):
            return Balls(**found)
    raise ArithmeticError(f"two forms of the derivatives do not agree to {bits} bits for {p}")


def derivatives(a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> Derivatives:
    """Exact value and partial derivatives of a terminating 2F1(a, b; c; z).

    Parameters
    ----------
    a, b, c : float, int, Fraction, str, mpmath.mpf or NumPy scalar
        As in :func:`hypgeo.reference.hyp2f1`.
    z : the same, or complex
        As in :func:`hypgeo.reference.hyp2f1`.
    digits : int
        Significant decimal digits of each result on which two independent forms must agree.

    Returns
    -------
    Derivatives
        Named tuple (value, d_b, d_c, d_z, d_zz) of mpmath.mpf, or mpmath.mpc for complex `z`;
        `d_b` is the derivative in the parameter that does not terminate the sum.  At a pole the
        value is infinite and the derivatives are NaN.

    Raises
    ------
    TypeError, ValueError, ArithmeticError
        As in :func:`hypgeo.reference.hyp2f1`.

    Examples
    --------
    >>> from hypgeo import reference
    >>> found = reference.derivatives(-1, 1, 2, 0.5)
    >>> print(found.value, found.d_b, found.d_c, found.d_z, found.d_zz)
    0.75 -0.25 0.125 -0.5 0.0
    """
    p, bits = make_problem(a, b, c, z), bits_of(digits)
    complex_result = isinstance(z, complex | np.complexfloating | mpmath.mpc)
    if p.pole:
        value = to_mpmath(settle(p, bits), bits, complex_result=complex_result)
        return Derivatives(value, *(mpmath.nan,) * 4)
    balls = derivative_balls(p, bits)
    return Derivatives(*(to_mpmath(x, bits, complex_result=complex_result) for x in balls))
