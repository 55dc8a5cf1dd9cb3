"""Random points of all of the parameter space, with exact values and condition numbers."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from typing import Any

import numpy as np
from tqdm import tqdm

from bench import _points
from bench._points import PROCESSES, Arguments, cached
from hypgeo import reference

Draw = Callable[[np.random.Generator, np.ndarray], np.ndarray]
# What is near, for the regions.
NEAR_INTEGER, NEAR_RATIO = 1e-2, 2.0
HUGE_Z = 10.0
# Seconds of processor time for one exact value. Where 10^5 terms or more cancel, it would need
# nearly as many bits, and hours.
PATIENCE = 8.0
# Sizes of b and c.
SMALLEST, LARGEST = 1e-3, 1e3


@dataclass(frozen=True)
class Points(_points.Points):
    """Also condition numbers; exact values are NaN where there is none."""

    kappa: np.ndarray

    def where(self, mask: np.ndarray) -> Points:
        return Points(*(getattr(self, field.name)[mask] for field in fields(self)))


def _log10_uniform(rng: np.random.Generator, low: float, high: float, n: int) -> np.ndarray:
    return 10.0 ** rng.uniform(low, high, n)


def _size(rng: np.random.Generator, m: np.ndarray) -> np.ndarray:
    return _log10_uniform(rng, np.log10(SMALLEST), np.log10(LARGEST), m.size)


def _like_m(rng: np.random.Generator, m: np.ndarray) -> np.ndarray:
    """Within a factor of 2 of m, or a few units off."""
    near = m * 2.0 ** rng.uniform(-1, 1, m.size)
    return np.where(rng.random(m.size) < 0.5, near, m + rng.uniform(-4, 4, m.size))


def _near_integer(rng: np.random.Generator, m: np.ndarray) -> np.ndarray:
    """Next to 0, -1, -2, ..."""
    step = _log10_uniform(rng, -12, -2, m.size) * rng.choice([-1, 1], m.size)
    return step - np.floor(_log10_uniform(rng, 0, 2, m.size))


def _half_integer(rng: np.random.Generator, m: np.ndarray) -> np.ndarray:
    return rng.integers(-40, 40, m.size) / 2.0


# How b, c and z are drawn, and with which weight.
B: tuple[tuple[float, Draw], ...] = (
    (0.35, _size),
    (0.25, lambda rng, m: -_size(rng, m)),
    (0.15, _like_m),
    (0.05, lambda rng, m: -_like_m(rng, m)),
    (0.1, _near_integer),
    (0.1, _half_integer),
)
C: tuple[tuple[float, Draw], ...] = (
    (0.45, _size),
    (0.18, lambda rng, m: -_size(rng, m)),
    (0.15, _near_integer),
    (0.15, lambda rng, m: -_like_m(rng, m)),
    (0.04, lambda rng, m: -np.floor(m + _log10_uniform(rng, 0, 2, m.size))),
    (0.03, _half_integer),
)
Z: tuple[tuple[float, Draw], ...] = (
    (0.28, lambda rng, m: rng.random(m.size)),
    (0.06, lambda rng, m: _log10_uniform(rng, -8, 0, m.size)),
    (0.08, lambda rng, m: 1 - _log10_uniform(rng, -8, 0, m.size)),
    (0.12, lambda rng, m: -_log10_uniform(rng, -4, 1, m.size)),
    (0.12, lambda rng, m: rng.choice([-1, 1], m.size) * _log10_uniform(rng, -1, 2, m.size) / m),
    (0.14, lambda rng, m: 1 + _log10_uniform(rng, -6, 0.3, m.size)),
    (0.1, lambda rng, m: 1 + np.expm1(np.minimum(300 / m, 3) * rng.random(m.size))),
    (0.1, lambda rng, m: rng.choice([-1, 1], m.size) * _log10_uniform(rng, 1, 8, m.size)),
)


def _mixed(
    rng: np.random.Generator, m: np.ndarray, kinds: tuple[tuple[float, Draw], ...]
) -> np.ndarray:
    weights = np.array([weight for weight, _ in kinds])
    drawn = np.array([draw(rng, m) for _, draw in kinds])
    picked = rng.choice(len(kinds), m.size, p=weights / weights.sum())
    return np.asarray(drawn[picked, np.arange(m.size)])


def real(n: int, seed: int, low: float, high: float) -> Arguments:
    """Draw real arguments, m log-uniform."""
    rng = np.random.default_rng(seed)
    m = np.floor(_log10_uniform(rng, np.log10(low), np.log10(high), n))
    return m, _mixed(rng, m, B), _mixed(rng, m, C), _mixed(rng, m, Z)


def on_the_plane(n: int, seed: int, low: float, high: float) -> Arguments:
    """Draw complex z: the real ones turned, or on the circle around 0 or 1 through the other."""
    m, b, c, z = real(n, seed, low, high)
    rng = np.random.default_rng(seed + 1)
    turn = np.exp(2j * np.pi * rng.random(n))
    kinds = [z * turn, 1 + (z - 1) * turn, turn, 1 + turn]
    return m, b, c, np.choose(rng.integers(0, len(kinds), n), kinds)


def _give_up(*_: Any) -> None:
    raise TimeoutError


def exact(row: tuple[Any, ...]) -> tuple[Any, Any, float]:
    """Return hi, lo and kappa at one point; NaN where that takes too long."""
    m, b, c, z = row
    signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        hi, lo, kappa = reference.condition_array(-m, b, c, z)
    except (TimeoutError, ArithmeticError):
        return np.nan, np.nan, np.nan
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return hi[()], lo[()], float(kappa)


def _all_exact(arguments: Arguments) -> Iterable[np.ndarray]:
    rows = list(zip(*(x.tolist() for x in arguments), strict=True))
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        found = list(tqdm(pool.map(exact, rows), total=len(rows), desc="exact values"))
    return (np.array(x) for x in zip(*found, strict=True))


def with_values(name: str, arguments: Arguments) -> Points:
    """Add exact values and condition numbers, from the cache if they are there."""
    return cached(name, arguments, Points, _all_exact)


def _near_nonpositive_integer(x: np.ndarray) -> np.ndarray:
    return (x < 0.5) & (np.abs(x - np.round(x)) <= NEAR_INTEGER)


def _like(x: np.ndarray, m: np.ndarray) -> np.ndarray:
    return (x >= m / NEAR_RATIO) & (x <= m * NEAR_RATIO)


def _unit(p: Points) -> np.ndarray:
    return np.isreal(p.z) & (p.z.real > 0) & (p.z.real <= 1)


# They overlap.
REGIONS: dict[str, Callable[[Points], np.ndarray]] = {
    "0 < z <= 1, 0 < b < c": lambda p: _unit(p) & (p.b > 0) & (p.c > p.b),
    "z < 0 < b, c": lambda p: np.isreal(p.z) & (p.z.real < 0) & (p.b > 0) & (p.c > 0),
    "0 < z <= 1, 0 < c <= b": lambda p: _unit(p) & (p.c > 0) & (p.c <= p.b),
    "0 < z <= 1, b < 0": lambda p: _unit(p) & (p.b < 0),
    "c < 0": lambda p: p.c < 0,
    "z > 1": lambda p: np.isreal(p.z) & (p.z.real > 1),
    "abs(z) >= 10": lambda p: np.abs(p.z) >= HUGE_Z,
    "b within 2x of m": lambda p: _like(p.b, p.m),
    "c within 2x of -m": lambda p: _like(-p.c, p.m),
    "b or c within 0.01 of 0, -1, ...": lambda p: (
        _near_nonpositive_integer(p.b) | _near_nonpositive_integer(p.c)
    ),
    "m <= 100": lambda p: p.m <= 100,
    "100 < m <= 10^4": lambda p: (p.m > 100) & (p.m <= 1e4),
}
