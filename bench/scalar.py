"""Fixed costs: a scalar call, building a plan, importing.

python -m bench.scalar
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import hyp2f1 as scipy_hyp2f1

import hypgeo
from bench import _harness as harness

SCALARS = (
    (16, 1.0, 2.0, 0.3),
    (512, 1.5, 4.0, 0.3),
    (10**6, 1.0, 2.5, 1e-7),
    (10**9, 20.0, 50.0, 0.9),
)
PLANS = (
    (16, 1.0, 2.0),
    (512, 1.0, 2.0),
    (10**4, 1.5, 1.75),
    (10**6, 5.0, 8.0),
    (10**9, 25.0, 90.0),
)
CALLS = 2000
BUILDS = 5
REPEATS = 15
PROCESSES = 11
SCALAR_GOAL_NS = 3_000
PLAN_GOAL_NS = 1_000_000
IMPORT_GOAL_MS = 50

IMPORT = """
import time, numpy
start = time.perf_counter()
import hypgeo
print(1e3 * (time.perf_counter() - start))
"""
FIRST_PLAN = """
import time, hypgeo
start = time.perf_counter()
hypgeo.plan(-512, 1, 2)
print(1e3 * (time.perf_counter() - start))
"""


def times(count: int, call: Callable[..., object], *arguments: Any) -> Callable[[], None]:
    """Repeat a call `count` times."""

    def run() -> None:
        for _ in range(count):
            call(*arguments)

    return run


def scalar_calls() -> dict[str, Any]:
    """Time of hyp2f1 on four Python floats, beside SciPy's."""
    field, checked = [], {}
    for m, b, c, z in SCALARS:
        name = f"m={m:g}, b={b:g}, c={c:g}, z={z:g}"
        checked[name] = harness.check(name, hypgeo.hyp2f1(-float(m), b, c, z), m, b, c, z)
        field.append(
            harness.Contender(name, times(CALLS, hypgeo.hyp2f1, -float(m), b, c, z), CALLS)
        )
    m, b, c, z = SCALARS[0]
    slow = times(CALLS, scipy_hyp2f1, -float(m), b, c, z)
    field.append(harness.Contender(f"SciPy m={m:g}, b={b:g}, c={c:g}, z={z:g}", slow, CALLS))
    samples = harness.interleave(field, REPEATS)
    return {"checked_ulp": checked, "timings": harness.timings(field, samples)}


def builds(m: int, b: float, c: float) -> Callable[[], None]:
    """Build plans that no cache can hold: c is a little different every time."""
    parameters = (c * (1 + k * 2.0**-44) for k in itertools.count(1))

    def run() -> None:
        for another in itertools.islice(parameters, BUILDS):
            hypgeo.plan(-m, b, another)

    return run


def plan_builds() -> dict[str, Any]:
    """Time of building a plan, in a process that has built one before."""
    z = np.random.default_rng(3).random(1000)
    field, checked = [], {}
    for m, b, c in PLANS:
        name = f"m={m:g}, b={b:g}, c={c:g}"
        checked[name] = harness.check(name, hypgeo.plan(-m, b, c)(z), m, b, c, z)
        field.append(harness.Contender(name, builds(m, b, c), BUILDS))
    samples = harness.interleave(field, REPEATS)
    return {"checked_ulp": checked, "timings": harness.timings(field, samples)}


def in_processes(script: str) -> dict[str, float]:
    """Median and spread of what a script prints, in fresh processes."""
    values = []
    for _ in range(PROCESSES):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        values.append(float(done.stdout))
    median, iqr = harness.spread(np.array(values))
    return {"median_ms": median, "iqr_ms": iqr, "processes": PROCESSES}


def slowest(timings: dict[str, Any]) -> float:
    """Largest median of ours."""
    return max(x["median_ns"] for name, x in timings.items() if not name.startswith("SciPy"))


def main() -> None:
    where = harness.environment()
    harness.use_one_core()
    calls, builds = scalar_calls(), plan_builds()
    importing, first_plan = in_processes(IMPORT), in_processes(FIRST_PLAN)
    met = [
        harness.goal("scalar call, ns", slowest(calls["timings"]), SCALAR_GOAL_NS),
        harness.goal("building a plan, ns", slowest(builds["timings"]), PLAN_GOAL_NS),
        harness.goal("import hypgeo after numpy, ms", importing["median_ms"], IMPORT_GOAL_MS),
    ]
    results = {
        "scalar": calls,
        "plan": builds,
        "first_plan": first_plan,
        "import": importing,
        "goals": met,
    }
    harness.write_record("scalar", where, results)


if __name__ == "__main__":
    main()
