"""Parameters that vary from element to element: time per element against m, and SciPy.

python -m bench.varying
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import hyp2f1 as scipy_hyp2f1

import hypgeo
from bench import _harness as harness

LEVELS = (16, 64, 128, 512, 4096, 10**6, 10**9)  # the slowest m are near 100
SCIPY_LEVELS = {16: 100_000, 512: 20_000, 4096: 4_000}  # and the elements timed there
SCIPY_GOALS = {512: 4.0, 4096: 30.0}
GROWTH = 4.0
ELEMENTS = 100_000
REPEATS = 11
Arguments = tuple[Any, Any, Any, np.ndarray]


def log_uniform(rng: np.random.Generator, low: float, high: float, count: int) -> np.ndarray:
    return np.exp(rng.uniform(np.log(low), np.log(high), count))


def envelope_uniform(rng: np.random.Generator, m: int) -> Arguments:
    return float(m), 1.0, rng.uniform(2, 100, ELEMENTS), rng.random(ELEMENTS)


def envelope_log(rng: np.random.Generator, m: int) -> Arguments:
    return float(m), 1.0, rng.uniform(2, 100, ELEMENTS), log_uniform(rng, 1e-9, 1, ELEMENTS)


def everything(rng: np.random.Generator, m: int) -> Arguments:
    degrees = np.round(log_uniform(rng, m / 2, m * 2, ELEMENTS))
    b = log_uniform(rng, 0.1, 100, ELEMENTS)
    return degrees, b, b + log_uniform(rng, 0.1, 100, ELEMENTS), rng.random(ELEMENTS)


@dataclass(frozen=True)
class Case:
    """A family of arguments, and the nanoseconds per element that it may take."""

    name: str
    draw: Callable[[np.random.Generator, int], Arguments]
    limit_ns: float


CASES = (
    Case("m, b = 1 fixed; c, z vary, z uniform", envelope_uniform, 200),
    Case("m, b = 1 fixed; c, z vary, log z uniform", envelope_log, 200),
    Case("everything varies", everything, 400),
)


def first(arguments: Arguments, count: int) -> Arguments:
    """Cut every array to `count` elements."""
    return tuple(x[:count] if np.ndim(x) else x for x in arguments)  # type: ignore[return-value]


def contenders(drawn: dict[int, Arguments]) -> list[harness.Contender]:
    """Hypgeo at every level, SciPy where it is affordable."""
    out = np.empty(ELEMENTS)
    field = []
    for m, (degree, b, c, z) in drawn.items():
        call = lambda a=-degree, b=b, c=c, z=z: hypgeo.hyp2f1(a, b, c, z, out=out)  # noqa: E731
        field.append(harness.Contender(f"hypgeo m={m}", call, ELEMENTS))
    for m, count in SCIPY_LEVELS.items():
        degree, b, c, z = first(drawn[m], count)
        call = lambda a=-degree, b=b, c=c, z=z: scipy_hyp2f1(a, b, c, z)  # noqa: E731
        field.append(harness.Contender(f"SciPy m={m}", call, count))
    return field


def measure(case: Case) -> dict[str, Any]:
    """Check, time and compare one family of arguments."""
    rng = np.random.default_rng(2)
    drawn = {m: case.draw(rng, m) for m in LEVELS}
    checked = {
        str(m): harness.check(f"{case.name}, m={m}", hypgeo.hyp2f1(-x[0], *x[1:]), *x)
        for m, x in drawn.items()
    }
    field = contenders(drawn)
    samples = harness.interleave(field, REPEATS)
    medians = [float(np.median(samples[f"hypgeo m={m}"])) for m in LEVELS]
    return {
        "name": case.name,
        "limit_ns": case.limit_ns,
        "checked_ulp": checked,
        "timings": harness.timings(field, samples),
        "slowest_ns": max(medians),
        "slowest_over_m_16": max(medians) / medians[0],
        "slowest_over_fastest": harness.flatness(medians),
        "faster_than_scipy": {
            str(m): harness.ratio(samples[f"SciPy m={m}"], samples[f"hypgeo m={m}"])
            for m in SCIPY_LEVELS
        },
        "scipy_nan": [str(m) for m in LEVELS if harness.scipy_gives_nan(*first(drawn[m], 100))],
    }


def goals(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The requirements on one family."""
    name = case["name"]
    lines = [
        harness.goal(f"{name}: ns per element", case["slowest_ns"], case["limit_ns"]),
        harness.goal(f"{name}: slowest m over m = 16", case["slowest_over_m_16"], GROWTH),
    ]
    for m, limit in SCIPY_GOALS.items():
        faster = case["faster_than_scipy"][str(m)]["median"]
        lines.append(harness.goal(f"{name}: faster than SciPy at m = {m}", faster, limit, True))
    return lines


def main() -> None:
    where = harness.environment()
    harness.use_one_core()
    cases = [measure(case) for case in CASES]
    met = [line for case in cases for line in goals(case)]
    harness.write_record("varying", where, {"elements": ELEMENTS, "cases": cases, "goals": met})


if __name__ == "__main__":
    main()
