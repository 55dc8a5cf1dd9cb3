"""Hypothesis strategies over the whole home domain and z < 0; values at a point and their error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from accuracy import EPS, promise
from hypothesis import settings
from hypothesis import strategies as st

import hypgeo

M_MAX = 2**53
B_MIN, B_MAX = 1e-8, 1e6
D_MIN, D_MAX = 1e-8, 1e8
NEAR_ONE = 1 - 2.0**-53

MANY = settings(max_examples=250)


def log_uniform(low: float, high: float) -> st.SearchStrategy[float]:
    """Doubles in [low, high], uniform in their logarithm."""
    logs = st.floats(math.log(low), math.log(high))
    return logs.map(lambda x: min(max(math.exp(x), low), high))


def degrees(high: int = M_MAX) -> st.SearchStrategy[int]:
    """0 to `high`: small, log-uniform, and the ends."""
    ends = [m for m in (0, 1, 2, 12, 13, 64, 10_001, M_MAX - 1, M_MAX) if m <= high]
    spread = log_uniform(1, high).map(lambda x: min(int(x), high))
    return st.one_of(st.integers(0, min(40, high)), spread, st.sampled_from(ends))


def unit() -> st.SearchStrategy[float]:
    """z in [0, 1]: uniform, log-uniform towards 0 and towards 1, denormals, the ends."""
    return st.one_of(
        st.floats(0, 1),
        log_uniform(1e-18, 1),
        log_uniform(2.0**-53, 1).map(lambda x: 1 - x),
        st.sampled_from([0.0, 5e-324, 2.2250738585072014e-308, 2.0**-53, 0.5, NEAR_ONE, 1.0]),
    )


def gap(b: float, d: float) -> float:
    """The smallest c at or above b + d whose exact gap c - b is at least 1e-8."""
    c = b + d
    while Fraction(c) - Fraction(b) < Fraction(D_MIN):
        c = math.nextafter(c, math.inf)
    return c


@dataclass(frozen=True)
class Point:
    """2F1(-m, b; c; z)."""

    m: int
    b: float
    c: float
    z: float

    @property
    def arguments(self) -> tuple[float, float, float, float]:
        return -float(self.m), self.b, self.c, self.z

    def moved(self, **changes: Any) -> Point:
        return Point(**{"m": self.m, "b": self.b, "c": self.c, "z": self.z, **changes})


@st.composite
def home_points(
    draw: Any,
    m: st.SearchStrategy[int] | None = None,
    z: st.SearchStrategy[float] | None = None,
    b_max: float = B_MAX,
) -> Point:
    """The home domain; one point in five has b close to m or to m z."""
    degree = draw(degrees() if m is None else m)
    argument = draw(unit() if z is None else z)
    b = draw(log_uniform(B_MIN, b_max))
    if draw(st.integers(0, 4)) == 0:
        peak = degree * draw(st.sampled_from([1.0, argument])) * draw(log_uniform(0.3, 3))
        b = min(max(peak, B_MIN), b_max)
    usual = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0])
    b = draw(st.one_of(st.just(b), usual))
    d = draw(st.one_of(log_uniform(D_MIN, D_MAX), usual))
    return Point(degree, b, gap(b, d), argument)


@st.composite
def negative_points(draw: Any) -> Point:
    """z < 0 and b, c > 0; c above, at and below b; half of the values are moderate."""
    m = draw(degrees())
    b = draw(log_uniform(B_MIN, B_MAX))
    above = log_uniform(D_MIN, D_MAX).map(lambda d: gap(b, d))
    c = draw(st.one_of(above, log_uniform(1e-6, 1).map(lambda x: b * x), st.just(b)))
    size = log_uniform(1e-3, 600).map(lambda x: x * max(1.0, c / b) / max(m, 1))
    sizes = [size, log_uniform(1e-20, 1e3), st.sampled_from([5e-324, 1.0, 1e300])]
    return Point(m, b, c, -draw(st.one_of(*sizes)))


# Rounding to a subnormal number.
SPACING = Fraction(2) ** -1074


def value(p: Point) -> float:
    result = float(hypgeo.hyp2f1(*p.arguments))
    assert not math.isnan(result), p
    return result


def slack(f: float) -> Fraction:
    """The error that a computed value f may have."""
    return Fraction(float(promise(f)) * EPS) * Fraction(f) + SPACING


def not_above(x: float, y: float) -> bool:
    """x <= y up to the promised errors."""
    return Fraction(x) - slack(x) <= Fraction(y) + slack(y)
