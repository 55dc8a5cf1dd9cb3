"""Random points of the accuracy sweep, their exact values, and the regions they fall into."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

import numpy as np

from hypgeo import reference
from hypgeo._files import write_atomically

CACHE = Path(__file__).resolve().parent / ".cache"
M_MAX = 2.0**53
# Two ends of the domain: c - b as rounded must not fall below the first.
D_MIN, D_MAX = 1e-8, 1e8
B_MIN, B_MAX = 1e-8, 1e6
# Share of the points with b within a factor of 3 of m, where the integrand is a narrow peak.
PEAKED = 0.1
SPECIAL_Z = (5e-324, 2.0**-1022, 2.0**-53, 0.5, 1 - 2.0**-53, 1.0)
PROCESSES = 2


@dataclass(frozen=True)
class Points:
    """Arguments and exact values hi + lo."""

    m: np.ndarray
    b: np.ndarray
    c: np.ndarray
    z: np.ndarray
    hi: np.ndarray
    lo: np.ndarray

    @property
    def d(self) -> np.ndarray:
        return self.c - self.b


Arguments = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
AnyPoints = TypeVar("AnyPoints", bound=Points)


def _log10_uniform(rng: np.random.Generator, low: float, high: float, n: int) -> np.ndarray:
    return 10.0 ** rng.uniform(np.log10(low), np.log10(high), n)


def _parameters(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    m = np.floor(_log10_uniform(rng, 1, M_MAX, n))
    b, d = _log10_uniform(rng, B_MIN, B_MAX, n), _log10_uniform(rng, D_MIN, D_MAX, n)
    near = np.maximum(1, np.round(b * 10 ** rng.uniform(-0.5, 0.5, n)))
    m = np.where(rng.random(n) < PEAKED, near, m)
    c = b + d
    while (low := c - b < D_MIN).any():
        c = np.where(low, np.nextafter(c, np.inf), c)
    return m, b, c


def home(n: int, seed: int) -> Arguments:
    """Draw 0 < z <= 1: uniform, log-uniform at either end, and where F leaves 1."""
    rng = np.random.default_rng(seed)
    m, b, c = _parameters(rng, n)
    kinds = [
        rng.random(n),
        10 ** rng.uniform(-16, 0, n),
        1 - 10 ** rng.uniform(-15, 0, n),
        np.minimum(1, b * 10 ** rng.uniform(-2, 2, n) / m),
        np.minimum(1, 10 ** rng.uniform(-1, 2, n) / m),
    ]
    z = np.choose(rng.integers(0, len(kinds), n), kinds)
    z = np.where(rng.random(n) < 0.02, rng.choice(SPECIAL_Z, n), z)
    return m, b, c, z


def negative(n: int, seed: int) -> Arguments:
    """Draw z < 0, c above, at or below b; about half of the values within the range of a double."""
    rng = np.random.default_rng(seed)
    m, b, c = _parameters(rng, n)
    kind = rng.random(n)
    c = np.where(kind < 0.3, b * 10 ** rng.uniform(-6, 0, n), c)
    c = np.where(kind < 0.02, b, c)
    wide = 10 ** rng.uniform(-20, 3, n)
    fitting = 10 ** rng.uniform(-3, np.log10(600), n) * np.maximum(1, c / b) / m
    return m, b, c, -np.where(rng.random(n) < 0.6, fitting, wide)


def cached(
    name: str,
    arguments: Arguments,
    kind: type[AnyPoints],
    values: Callable[[Arguments], Iterable[np.ndarray]],
) -> AnyPoints:
    """Points with `values` of the arguments, from the cache if they are there."""
    path = CACHE / f"{name}.npz"
    if path.exists():
        with np.load(path) as stored:
            points = kind(**{field.name: stored[field.name] for field in fields(kind)})
        same = zip(arguments, (points.m, points.b, points.c, points.z), strict=True)
        if all(np.array_equal(x, y) for x, y in same):
            return points
    points = kind(*arguments, *values(arguments))
    CACHE.mkdir(exist_ok=True)
    arrays = {field.name: getattr(points, field.name) for field in fields(kind)}
    write_atomically(path, lambda file: np.savez(file, **arrays))
    return points


def _exact(arguments: Arguments) -> tuple[np.ndarray, np.ndarray]:
    m, b, c, z = arguments
    return reference.hyp2f1_array(-m, b, c, z, progress=True, processes=PROCESSES)


def with_values(name: str, arguments: Arguments) -> Points:
    """Add the exact values, from the cache if they are there."""
    return cached(name, arguments, Points, _exact)


@dataclass(frozen=True)
class Region:
    """A part of the domain along one dimension."""

    dimension: str
    name: str
    holds: Callable[[Points], np.ndarray]


REGIONS = (
    Region("z", "z < 0.01", lambda p: p.z < 0.01),
    Region("z", "0.01 <= z <= 0.99", lambda p: (p.z >= 0.01) & (p.z <= 0.99)),
    Region("z", "z > 0.99", lambda p: p.z > 0.99),
    Region("m", "m <= 12", lambda p: p.m <= 12),
    Region("m", "12 < m <= 10^4", lambda p: (p.m > 12) & (p.m <= 1e4)),
    Region("m", "10^4 < m <= 10^9", lambda p: (p.m > 1e4) & (p.m <= 1e9)),
    Region("m", "m > 10^9", lambda p: p.m > 1e9),
    Region("d", "c - b < 1", lambda p: p.d < 1),
    Region("d", "c - b >= 1", lambda p: p.d >= 1),
    Region("b", "b < 1", lambda p: p.b < 1),
    Region("b", "1 <= b <= 40", lambda p: (p.b >= 1) & (p.b <= 40)),
    Region("b", "b > 40", lambda p: p.b > 40),
    Region("b ~ m", "b within 3x of m", lambda p: np.abs(np.log(p.b / p.m)) < np.log(3)),
)
CROSSED = ("m", "z", "b", "d")
