"""Write the tables of tests/tables for the home domain and z < 0 from the exact reference.

    python tools/make_tables.py [folder]

Deterministic: the points come from a fixed seed.  Columns m, b, c, z (shortest decimal that reads
back as the same double) and value (30 significant digits).  `make_general_tables.py` writes those
of the whole space.
"""

from __future__ import annotations

import csv
import itertools
import math
import random
import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import mpmath

from hypgeo import reference

SEED = 20_260
VALUE_DIGITS = 30
# Four digits beyond those written, so that the rounding of the text is the only error.
WORK_DIGITS = 34
M_MAX = 2**53
NEAR_ONE = 1 - 2.0**-53
Point = tuple[int, float, float, float]


def _log_uniform(rng: random.Random, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _degree(rng: random.Random, high: int = M_MAX) -> int:
    return min(high, int(_log_uniform(rng, 1, high + 1)))


def _gap(b: float, d: float) -> float:
    """The smallest c at or above b + d whose exact gap c - b is at least 1e-8."""
    c = b + d
    while Fraction(c) - Fraction(b) < Fraction(1e-8):
        c = math.nextafter(c, math.inf)
    return c


def _unit(rng: random.Random) -> float:
    """z in (0, 1]: uniform, log-uniform, or log-uniformly near 1."""
    kind = rng.randrange(3)
    if kind == 0:
        return rng.random()
    if kind == 1:
        return _log_uniform(rng, 1e-18, 1)
    return 1 - _log_uniform(rng, 2.0**-53, 1)


def wide(rng: random.Random, count: int) -> Iterator[Point]:
    """Everything log-uniform over the whole home domain."""
    for _ in range(count):
        b, d = _log_uniform(rng, 1e-8, 1e6), _log_uniform(rng, 1e-8, 1e8)
        yield _degree(rng), b, _gap(b, d), _unit(rng)


def usual(rng: random.Random, count: int) -> Iterator[Point]:
    """The parameters of daily use: b and c - b of order one, half of them integers."""
    for _ in range(count):
        b, d = _log_uniform(rng, 0.1, 100), _log_uniform(rng, 0.1, 100)
        if rng.random() < 0.5:
            b, d = float(math.ceil(b)), float(math.ceil(d))
        yield _degree(rng), b, _gap(b, d), _unit(rng)


def peaked(rng: random.Random, count: int) -> Iterator[Point]:
    """b close to m or to m z: the integrand peaks inside the interval."""
    for _ in range(count):
        m, z = _degree(rng, 10**6), _unit(rng)
        b = max(1e-8, m * rng.choice((1, z)) * _log_uniform(rng, 0.3, 3))
        yield m, b, _gap(b, _log_uniform(rng, 1e-3, 1e6)), z


def transition(rng: random.Random, count: int) -> Iterator[Point]:
    """m z b / c between 0.01 and 1000: F leaves 1."""
    for _ in range(count):
        m = _degree(rng)
        b, d = _log_uniform(rng, 1e-3, 1e3), _log_uniform(rng, 1e-3, 1e4)
        yield m, b, _gap(b, d), min(1.0, _log_uniform(rng, 0.01, 1000) * (b + d) / (m * b))


def targeted(rng: random.Random, count: int, low: float, high: float) -> Iterator[Point]:
    """log10 F between `low` and `high`, by bisection in log z."""
    while count:
        m, b = _degree(rng), _log_uniform(rng, 1, 1e4)
        c = _gap(b, _log_uniform(rng, 1e-3, 1e4))
        goal = mpmath.mpf(10) ** rng.uniform(low, high)
        if reference.hyp2f1(-m, b, c, 1.0, digits=6) > goal:
            continue
        left, right = -50.0, 0.0
        for _ in range(25):
            mid = 0.5 * (left + right)
            below = reference.hyp2f1(-m, b, c, math.exp(mid), digits=6) < goal
            left, right = (left, mid) if below else (mid, right)
        count -= 1
        yield m, b, c, math.exp(left)


def corners() -> Iterator[Point]:
    """Products of the ends of every range."""
    degrees = (0, 1, 2, 3, 64, 512, 10_001, 10**9, M_MAX - 1, M_MAX)
    pairs = ((1e-8, 1e-8), (1e6, 1e8), (1e6, 1e-8), (1e-8, 1e8), (1.0, 1.0), (1.0, 0.5), (0.5, 0.5))
    ends = (0.0, 5e-324, 2.2250738585072014e-308, 2.0**-53, 0.5, NEAR_ONE, 1.0)
    for m, (b, d), z in itertools.product(degrees, pairs, ends):
        yield m, b, _gap(b, d), z


def negative(rng: random.Random, count: int) -> Iterator[Point]:
    """z < 0; c above, at and below b; about half of the values within the range of a double."""
    for i in range(count):
        m, b = _degree(rng), _log_uniform(rng, 1e-8, 1e6)
        kind = i % 5
        c = _gap(b, _log_uniform(rng, 1e-8, 1e8)) if kind < 2 else b * _log_uniform(rng, 1e-6, 1)
        if kind == 4:
            c = b
        size = _log_uniform(rng, 1e-20, 1e3)
        if rng.random() < 0.6:
            size = _log_uniform(rng, 1e-3, 600) * max(1.0, c / b) / m
        yield m, b, c, -size


def negative_corners() -> Iterator[Point]:
    """Small and large degrees, tiny and huge -z."""
    for m, (b, c), z in itertools.product(
        (0, 1, 2, 17, 1000, M_MAX),
        ((1e-8, 2e-8), (2e-8, 1e-8), (1e6, 1e-8), (1.0, 1e8), (1.0, 2.0)),
        (-5e-324, -(2.0**-53), -1.0, -1e300),
    ):
        yield m, b, c, z


def home_points() -> list[Point]:
    """Points of home.csv."""
    rng = random.Random(SEED)
    return [
        *corners(),
        *wide(rng, 1300),
        *usual(rng, 400),
        *peaked(rng, 300),
        *transition(rng, 300),
        *targeted(rng, 120, -325, -290),
        *targeted(rng, 90, -22, -18),
    ]


def negative_points() -> list[Point]:
    """Points of negative_z.csv."""
    return [*negative_corners(), *negative(random.Random(SEED + 1), 400)]


def write(path: Path, points: Iterable[Point]) -> None:
    """Evaluate the points and write one row for each."""
    with path.open("w", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["m", "b", "c", "z", "value"])
        for m, b, c, z in points:
            value = reference.hyp2f1(-m, b, c, z, digits=WORK_DIGITS)
            rows.writerow([m, repr(b), repr(c), repr(z), mpmath.nstr(value, VALUE_DIGITS)])


def main() -> None:
    """Write both tables."""
    here = Path(__file__).resolve().parent.parent / "tests" / "tables"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    write(folder / "home.csv", home_points())
    write(folder / "negative_z.csv", negative_points())


if __name__ == "__main__":
    main()
