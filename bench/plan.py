"""Constant a, b, c and many z: time per element against m, np.exp and SciPy.

python -m bench.plan
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import hyp2f1 as scipy_hyp2f1

import hypgeo
from bench import _harness as harness

LEVELS = (16, 512, 4096, 10**4, 10**6, 10**9)
SCIPY_LEVELS = {16: 100_000, 512: 20_000, 4096: 2_000, 10**4: 500}  # and the elements timed there
SCIPY_GOALS = {512: 150.0, 4096: 1000.0}
PAIRS = ((1.0, 2.0), (1.5, 4.0), (10.0, 30.0))
ELEMENTS = 10**6
REPEATS = 15


def hypgeo_name(m: int) -> str:
    return f"hypgeo m={m}"


def contenders(b: float, c: float, z: np.ndarray) -> list[harness.Contender]:
    """np.exp and hypgeo at every level, both with out=, and SciPy where it is affordable."""
    out = np.empty_like(z)
    exp = harness.Contender("np.exp", lambda: np.exp(z, out=out), z.size)
    ours = [
        harness.Contender(
            hypgeo_name(m), lambda a=-float(m): hypgeo.hyp2f1(a, b, c, z, out=out), z.size
        )
        for m in LEVELS
    ]
    theirs = [
        harness.Contender(
            f"SciPy m={m}", lambda a=-float(m), few=z[:n]: scipy_hyp2f1(a, b, c, few), n
        )
        for m, n in SCIPY_LEVELS.items()
    ]
    return [exp, *ours, *theirs]


def measure(b: float, c: float, z: np.ndarray) -> dict[str, Any]:
    """Check, time and compare one pair of parameters."""
    checked = {
        str(m): harness.check(hypgeo_name(m), hypgeo.hyp2f1(-float(m), b, c, z), m, b, c, z)
        for m in LEVELS
    }
    field = contenders(b, c, z)
    samples = harness.interleave(field, REPEATS)
    exp = samples["np.exp"]
    medians = [float(np.median(samples[hypgeo_name(m)])) for m in LEVELS]
    return {
        "b": b,
        "c": c,
        "checked_ulp": checked,
        "timings": harness.timings(field, samples),
        "ratio_to_exp": {str(m): harness.ratio(samples[hypgeo_name(m)], exp) for m in LEVELS},
        "flatness": harness.flatness(medians),
        "faster_than_scipy": {
            str(m): harness.ratio(samples[f"SciPy m={m}"], samples[hypgeo_name(m)])
            for m in SCIPY_LEVELS
        },
        "scipy_nan": [str(m) for m in LEVELS if harness.scipy_gives_nan(m, b, c, z[:100])],
    }


def goals(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The requirements at one pair of parameters."""
    at = f"b = {case['b']:g}, c = {case['c']:g}"
    exp = max(x["median"] for x in case["ratio_to_exp"].values())
    lines = [
        harness.goal(f"{at}: slowest m over fastest m", case["flatness"], 2),
        harness.goal(f"{at}: time over np.exp", exp, 6),
    ]
    for m, limit in SCIPY_GOALS.items():
        faster = case["faster_than_scipy"][str(m)]["median"]
        lines.append(harness.goal(f"{at}: faster than SciPy at m = {m}", faster, limit, True))
    return lines


def main() -> None:
    where = harness.environment()
    harness.use_one_core()
    z = np.random.default_rng(1).random(ELEMENTS)
    cases = [measure(b, c, z) for b, c in PAIRS]
    met = [line for case in cases for line in goals(case)]
    harness.write_record("plan", where, {"elements": ELEMENTS, "cases": cases, "goals": met})


if __name__ == "__main__":
    main()
