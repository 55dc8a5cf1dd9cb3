"""Balls of the exact reference as mpmath numbers, doubles and pairs of doubles."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
from flint import acb, arb

from ._reference_problem import Problem, make_problem
from ._reference_settle import bits_of, settle
from ._reference_sums import Point

# Digits carried by the (hi, lo) pairs: two doubles hold about 106 bits.
PAIR_DIGITS = 34


def _real(value: arb, bits: int) -> mpmath.mpf:
    if not value.is_finite():
        return mpmath.mpf(float(value))
    man, exp = value.mid().man_exp()
    return mpmath.make_mpf(mpmath.libmp.from_man_exp(int(man), int(exp), bits + 4, "n"))


def to_mpmath(value: Point, bits: int, *, complex_result: bool = False) -> Any:
    """mpf, or mpc for a complex argument, of `bits` bits."""
    if isinstance(value, acb):
        parts = (_real(value.real, bits)._mpf_, _real(value.imag, bits)._mpf_)
        return mpmath.make_mpc(parts)
    real = _real(value, bits)
    return mpmath.make_mpc((real._mpf_, mpmath.libmp.fzero)) if complex_result else real


def round_to_double(man: int, exp: int) -> float:
    """Nearest double of man * 2**exp, rounded once, ties to even."""
    top = abs(man).bit_length() + exp
    sign = -1.0 if man < 0 else 1.0
    if man == 0 or top < -1080:
        return sign * 0.0
    if top > 1024:
        return sign * math.inf
    try:
        return float(Fraction(man) * Fraction(2) ** exp)
    except OverflowError:
        return sign * math.inf


def nearest_double(problem: Problem) -> float:
    """Correctly rounded double of a real value."""
    for digits in (22, 40, 80, 160, 320):
        bits = bits_of(digits)
        value = settle(problem, bits).real
        if not value.is_finite():
            return float(value)
        man, exp = (int(x) for x in value.mid().man_exp())
        shift = max(0, bits + 2 - abs(man).bit_length())
        man, exp = man << shift, exp - shift
        slack = (abs(man) >> bits) + (1 if man else 0)
        low, high = (round_to_double(man + s * slack, exp) for s in (-1, 1))
        if low == high:
            return low
    # Indistinguishable from the middle of two doubles at 320 digits: an exact tie.
    return round_to_double(man, exp)


def pair_of(value: Point) -> tuple[complex, complex]:
    """A ball as hi + lo."""
    if isinstance(value, acb):
        (x, low_x), (y, low_y) = _real_pair(value.real), _real_pair(value.imag)
        return complex(x, y), complex(low_x, low_y)
    return _real_pair(value)


def _real_pair(value: arb) -> tuple[float, float]:
    if not value.is_finite():
        return float(value), 0.0
    man, exp = (int(x) for x in value.mid().man_exp())
    hi = round_to_double(man, exp)
    if math.isinf(hi) or hi == 0:
        return hi, 0.0
    rest = Fraction(man) * Fraction(2) ** exp - Fraction(hi)
    return hi, float(rest)


def value_pair(args: tuple[Any, ...]) -> tuple[complex, complex]:
    """Value at (a, b, c, z) as hi + lo; NaN for NaN arguments."""
    if any(x != x for x in args):
        return math.nan, math.nan
    return pair_of(settle(make_problem(*args), bits_of(PAIR_DIGITS)))
