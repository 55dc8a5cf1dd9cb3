"""Write the tables of tests/tables for the whole parameter space from the exact reference.

    python tools/make_general_tables.py [folder [name ...]]

general.csv and complex.csv hold values and condition numbers, derivatives.csv the value and its
partial derivatives, log.csv log|F|, its sign and F - 1.  Deterministic: the points come from a
fixed seed.  Arguments are the shortest decimals that read back as the same doubles; results carry
30 significant digits, condition numbers 6.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import mpmath
from flint import acb

from hypgeo import reference
from hypgeo._reference_condition import value_and_kappa
from hypgeo._reference_output import to_mpmath
from hypgeo._reference_problem import make_problem
from hypgeo._reference_settle import bits_of

SEED = 20_261
VALUE_DIGITS = 30
# Four digits beyond those written, so that the rounding of the text is the only error.
WORK_DIGITS = 34
# log of the largest double, and of the smallest subnormal one.
LOG_LARGEST, LOG_SMALLEST = 709.8, -745.2
OFFSETS = (0.0, 1e-6, -1e-6, 1e-13, -1e-13, 0.5)
Point = tuple[int, float, float, Any]
# Of degree 10^6, where the recurrence is stable enough to be run at a moderate precision.
LONGEST: tuple[Point, ...] = (
    (10**6, 2.5, -3.3, 0.4),
    (10**6, 10.0, 1.5, 0.6),
    (10**6, -0.75, 12.5, 1.4),
    (10**6, 3.5, -2e6, 0.3),
    (10**6, 250.25, 7.0, 1e-5),
    (10**6, -1000.5, 3.25, 2e-6),
    (10**6, 1e6, 1.0, 1e-9),
)


def _log_uniform(rng: random.Random, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _sign(rng: random.Random) -> int:
    return rng.choice((-1, 1))


def _parameter(rng: random.Random, m: int) -> float:
    """b or c: any size and sign, of the size of m, near a nonpositive integer, near -m, small."""
    kind = rng.randrange(6)
    if kind == 0:
        return _sign(rng) * _log_uniform(rng, 1e-3, 1e5)
    if kind == 1:
        return _sign(rng) * m * _log_uniform(rng, 0.2, 5)
    if kind == 2:
        return -rng.randint(0, 40) + rng.choice(OFFSETS)
    if kind == 3:
        return -m + rng.randint(-3, 3) + rng.choice(OFFSETS)
    if kind == 4:
        return rng.uniform(-20, 20)
    return float(rng.randint(1, 60))


def _parameters(rng: random.Random, m: int) -> tuple[float, float]:
    """B and c, neither 0; c at times b, or an integer apart from it."""
    while True:
        b, c = _parameter(rng, m), _parameter(rng, m)
        if rng.random() < 0.1:
            c = b + rng.choice((0, -1, 2, 5, -7))
        if b and c:
            return b, c


def _argument(rng: random.Random, m: int) -> float:
    """Z: in (0, 1), near 1, beyond 1, negative, of any size, of the size of 1/m, 1 or 2."""
    kind = rng.randrange(8)
    if kind == 0:
        return rng.random()
    if kind == 1:
        return 1 + _sign(rng) * _log_uniform(rng, 1e-15, 0.5)
    if kind == 2:
        return 1 + rng.expovariate(1)
    if kind == 3:
        return -rng.expovariate(1)
    if kind == 4:
        return _sign(rng) * _log_uniform(rng, 1e-6, 1e6)
    if kind == 5:
        return _sign(rng) * _log_uniform(rng, 0.01, 100) / m
    return rng.choice((1.0, 2.0, -1.0, 0.5)) if kind == 6 else rng.uniform(0, 2)


def real(rng: random.Random, count: int, low: int, high: int) -> Iterator[Point]:
    """The whole real space."""
    for _ in range(count):
        m = int(_log_uniform(rng, low, high + 1))
        yield m, *_parameters(rng, m), _argument(rng, m)


def complex_points(rng: random.Random, count: int) -> Iterator[Point]:
    """Complex z: anywhere, near the real axis, near 1, on the unit circle, of the size of 1/m."""
    for i in range(count):
        m = int(_log_uniform(rng, 1, 10_001 if i % 10 == 0 else 2_000))
        b, c = _parameters(rng, m)
        kind = i % 5
        angle = rng.uniform(-math.pi, math.pi)
        turn = complex(math.cos(angle), math.sin(angle))
        z = turn * _log_uniform(rng, 0.01, 100)
        if kind == 1:
            z = complex(_argument(rng, m), _sign(rng) * _log_uniform(rng, 1e-12, 0.1))
        elif kind == 2:
            z = 1 + turn * _log_uniform(rng, 1e-8, 1)
        elif kind == 3:
            z = turn
        elif kind == 4:
            z /= m
        yield m, b, c, z


def positive(rng: random.Random, count: int) -> Iterator[Point]:
    """b > 0 and c > b, 0 < z <= 1, or c > 0, z < 0; degrees to 10^9."""
    for i in range(count):
        m = int(_log_uniform(rng, 1, 1e9))
        b, d = _log_uniform(rng, 1e-3, 1e4), _log_uniform(rng, 1e-3, 1e4)
        kind = rng.randrange(4)
        z = (rng.random(), 1 - _log_uniform(rng, 1e-12, 1), min(1.0, 30 * rng.random() / m), 1.0)
        if i % 3:
            yield m, b, b + d, z[kind]
        else:
            c = d if i % 2 else b + d
            yield m, b, c, -_log_uniform(rng, 1e-3, 100) * max(1.0, c / b) / m


def small_steps(rng: random.Random, count: int) -> Iterator[Point]:
    """F near 1: m b z / c far below 1."""
    for i in range(count):
        m, b, c, _ = next(positive(rng, 1))
        if i % 3 == 0:
            m = min(m, 2_000)
            b, c = _parameters(rng, m)
        z = _sign(rng) * _log_uniform(rng, 1e-30, 1e-2) * max(1.0, abs(c / b)) / m
        yield m, b, c, -abs(z) if m > 2_000 and z > 1 else z


def beyond_range(rng: random.Random, count: int) -> Iterator[Point]:
    """Values that overflow or underflow a double."""
    while count:
        if count % 3 == 0:
            m, b, c, z = next(real(rng, 1, 100, 3_000))
        else:
            m, b, c, z = next(positive(rng, 1))
            z = -_log_uniform(rng, 1e-6, 1e3) if z < 0 or count % 2 else z
            if count % 5 == 0 and z > 0:
                b = _log_uniform(rng, 10, 1e4)
                c = b + _log_uniform(rng, 1e-9, 1e-3)
        problem = make_problem(-m, b, c, z)
        if problem.pole:
            continue
        log, sign = reference.log_hyp2f1(-m, b, c, z, digits=6)
        if sign and not LOG_SMALLEST < log < LOG_LARGEST:
            count -= 1
            yield m, b, c, z


def _text(value: Any) -> str:
    return str(mpmath.nstr(value, VALUE_DIGITS))


def _valued(m: int, b: float, c: float, z: Any) -> tuple[Any, str]:
    bits = bits_of(WORK_DIGITS)
    value, kappa = value_and_kappa(make_problem(-m, b, c, z), bits)
    return to_mpmath(acb(value) if isinstance(z, complex) else value, bits), f"{kappa:.6g}"


def real_row(m: int, b: float, c: float, z: float) -> list[str]:
    """A row of general.csv."""
    value, kappa = _valued(m, b, c, z)
    return [repr(z), _text(value), kappa]


def complex_row(m: int, b: float, c: float, z: complex) -> list[str]:
    """A row of complex.csv."""
    value, kappa = _valued(m, b, c, z)
    return [repr(z.real), repr(z.imag), _text(value.real), _text(value.imag), kappa]


def derivatives_row(m: int, b: float, c: float, z: float) -> list[str]:
    """A row of derivatives.csv."""
    found = reference.derivatives(-m, b, c, z, digits=WORK_DIGITS)
    return [repr(z), *(_text(x) for x in found)]


def log_row(m: int, b: float, c: float, z: float) -> list[str]:
    """A row of log.csv."""
    log, sign = reference.log_hyp2f1(-m, b, c, z, digits=WORK_DIGITS)
    less = reference.hyp2f1m1(-m, b, c, z, digits=WORK_DIGITS)
    return [repr(z), _text(log), str(sign), _text(less)]


def _no_pole(points: Iterable[Point]) -> Iterator[Point]:
    return (point for point in points if not make_problem(-point[0], *point[1:]).pole)


def tables() -> dict[str, tuple[str, Callable[..., list[str]], Iterable[Point]]]:
    """Header, row and points of each table."""
    rng = [random.Random(SEED + i) for i in range(4)]
    return {
        "general": (
            "z value kappa",
            real_row,
            [
                *real(rng[0], 700, 1, 1_000),
                *real(rng[0], 180, 1_000, 10_000),
                *real(rng[0], 16, 50_000, 100_000),
                *LONGEST,
            ],
        ),
        "complex": ("x y real imag kappa", complex_row, complex_points(rng[1], 260)),
        "derivatives": (
            "z value d_b d_c d_z d_zz",
            derivatives_row,
            [*positive(rng[2], 200), *_no_pole(real(rng[2], 200, 1, 1_000))],
        ),
        "log": (
            "z log sign minus_one",
            log_row,
            [*beyond_range(rng[3], 200), *_no_pole(small_steps(rng[3], 160))],
        ),
    }


def write(path: Path, header: str, row: Callable[..., list[str]], points: Iterable[Point]) -> None:
    """Evaluate the points and write one row for each."""
    with path.open("w", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["m", "b", "c", *header.split()])
        for m, b, c, z in points:
            rows.writerow([m, repr(b), repr(c), *row(m, b, c, z)])
            file.flush()


def main() -> None:
    """Write all tables, or those that are named."""
    here = Path(__file__).resolve().parent.parent / "tests" / "tables"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    for name, table in tables().items():
        if not sys.argv[2:] or name in sys.argv[2:]:
            write(folder / f"{name}.csv", *table)


if __name__ == "__main__":
    main()
