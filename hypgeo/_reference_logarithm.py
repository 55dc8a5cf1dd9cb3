"""log|F| and F - 1 of the exact reference, to full relative accuracy also where F is near 1."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
from flint import acb, arb, ctx

from ._reference_general import log2_abs
from ._reference_output import to_mpmath
from ._reference_problem import Problem, make_problem
from ._reference_rational import equals, exact
from ._reference_settle import ZERO_SUSPECT_BITS, bits_of, settle
from ._reference_sums import Point, to_arb

ROUNDS = 8


def _finer(p: Problem, bits: int) -> Iterator[tuple[int, Point]]:
    """Values at growing precision, from that at which 1 + its first term has `bits` bits."""
    more = 8
    if p.m and p.b and p.c and not p.at_zero:
        first = abs(p.m * p.b / p.c) * (abs(p.z) + abs(p.y))
        size = log2_abs(to_arb(first))
        more += math.ceil(max(0.0, -size))
    for _ in range(ROUNDS):
        yield bits + more, settle(p, bits + more)
        more = 2 * more + 64


def _unit(value: Point) -> Any:
    """The sign, or the phase of a complex value."""
    return value / abs(value)


def _log_ball(p: Problem, bits: int) -> tuple[arb, Point]:
    for work, value in _finer(p, bits):
        if not value.is_finite():
            return arb.pos_inf(), arb(1)
        if value.is_zero():
            return arb.neg_inf(), arb(0)
        with ctx.workprec(2 * work + 64):
            log = abs(_around(value, work)).log()
            if log.rel_accuracy_bits() >= bits:
                return log, _unit(value)
            if work > ZERO_SUSPECT_BITS and log.contains(0):
                x, y = exact(p.m, p.b, p.c, p.z, p.y)
                if x * x + y * y == 1:
                    return arb(0), _unit(value)
    raise ArithmeticError(f"the logarithm does not settle to {bits} bits for {p}")


def _around(value: Point, bits: int) -> Point:
    """The value with the radius that the agreement of two forms stands for."""
    size = arb(abs(value).abs_upper()) / arb(2) ** bits
    around = arb(0, size)
    return value + (acb(around, around) if isinstance(value, acb) else around)


def _minus_one_ball(p: Problem, bits: int) -> Point:
    for work, value in _finer(p, bits):
        if not value.is_finite() or value == 1:
            return value - 1
        with ctx.workprec(2 * work + 64):
            less = _around(value, work) - 1
            if less.rel_accuracy_bits() >= bits:
                return less
            suspect = work > ZERO_SUSPECT_BITS and less.contains(0)
            if suspect and equals(1, p.m, p.b, p.c, p.z, p.y):
                return arb(0)
    raise ArithmeticError(f"F - 1 does not settle to {bits} bits for {p}")


def _is_complex(z: Any) -> bool:
    return isinstance(z, complex | np.complexfloating | mpmath.mpc)


def log_hyp2f1(a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> tuple[mpmath.mpf, Any]:
    """Exact logarithm of |2F1(a, b; c; z)|, and its sign.

    Parameters
    ----------
    a, b, c : float, int, Fraction, str, mpmath.mpf or NumPy scalar
        As in :func:`hypgeo.reference.hyp2f1`.
    z : the same, or complex
        As in :func:`hypgeo.reference.hyp2f1`.
    digits : int
        Significant decimal digits of the logarithm.

    Returns
    -------
    log : mpmath.mpf
        log|F|, -inf where F is zero, inf at a pole.
    sign : int or mpmath.mpc
        1, -1 or 0; for complex `z`, F/|F|.

    Examples
    --------
    >>> from hypgeo.reference import log_hyp2f1
    >>> log, sign = log_hyp2f1(-1, 1, 2, 4.0, digits=5)
    >>> print(log, sign)
    0.0 -1
    """
    bits = bits_of(digits)
    log, unit = _log_ball(make_problem(a, b, c, z), bits)
    if _is_complex(z):
        return to_mpmath(log, bits), to_mpmath(unit, bits, complex_result=True)
    return to_mpmath(log, bits), int(unit.real > 0) - int(unit.real < 0)


def hyp2f1m1(a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> mpmath.mpf | mpmath.mpc:
    """Exact 2F1(a, b; c; z) - 1, without the cancellation that a small z would bring.

    Parameters
    ----------
    a, b, c : float, int, Fraction, str, mpmath.mpf or NumPy scalar
        As in :func:`hypgeo.reference.hyp2f1`.
    z : the same, or complex
        As in :func:`hypgeo.reference.hyp2f1`.
    digits : int
        Significant decimal digits of the difference.

    Returns
    -------
    mpmath.mpf or mpmath.mpc

    Examples
    --------
    >>> from hypgeo.reference import hyp2f1m1
    >>> print(hyp2f1m1(-1, 1, 2, 2.0**-60))
    -4.33680868994202e-19
    """
    bits = bits_of(digits)
    less = _minus_one_ball(make_problem(a, b, c, z), bits)
    return to_mpmath(less, bits, complex_result=_is_complex(z))
