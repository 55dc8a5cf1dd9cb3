"""Errors of hypgeo and SciPy at random points against the exact values, by region.

python -m bench.accuracy [--points N] [--seed S]

The exact values are kept in bench/.cache. Also writes docs/error_map.png.
"""

from __future__ import annotations

import argparse
import itertools
from typing import Any

import numpy as np
from scipy.special import hyp2f1 as scipy_hyp2f1

import hypgeo
from bench import _error_map, _points
from bench import _harness as harness

TINY = np.finfo(float).tiny
# What counts as a lost result of SciPy.
BAD = 1e-13
WORST_SHOWN = 10


def statistics(errors: np.ndarray) -> dict[str, Any]:
    """Maximum, 99.9th percentile and median, in ulp."""
    if errors.size == 0:
        return {"max": None, "p999": None, "median": None}
    return {
        "max": float(errors.max()),
        # No interpolation: SciPy's errors may be infinite.
        "p999": float(np.percentile(errors, 99.9, method="higher")),
        "median": float(np.percentile(errors, 50, method="higher")),
    }


class Sweep:
    """Errors of both at some points, where a relative error exists."""

    def __init__(self, points: _points.Points) -> None:
        p = self.points = points
        self.values = hypgeo.hyp2f1(-p.m, p.b, p.c, p.z)
        self.ulp = harness.errors(self.values, p.hi, p.lo)
        self.scipy_ulp = harness.errors(scipy_hyp2f1(-p.m, p.b, p.c, p.z), p.hi, p.lo)
        self.normal = np.isfinite(p.hi) & (p.hi >= TINY)
        self.main = self.normal & (p.hi >= harness.SMALL_VALUE)
        self.ratio = np.where(np.isnan(self.values), np.inf, self.ulp / harness.promise(p.hi))

    def faults(self) -> np.ndarray:
        """Tell where the promise is broken: error, NaN, false underflow or overflow."""
        p, v = self.points, self.values
        edge = 1 + 2 * harness.PROMISED_ULP * harness.EPS
        underflow = (p.hi < TINY) & ~(v <= TINY * edge)
        overflow = np.isinf(p.hi) & ~(v >= np.finfo(float).max / edge)
        return np.isnan(v) | (self.normal & ~(self.ratio <= 1)) | underflow | overflow

    def summary(self, where: np.ndarray) -> dict[str, Any]:
        """Errors of both over some of the points."""
        theirs = self.scipy_ulp[where & self.normal]
        lost = np.isnan(theirs)
        return {
            "points": int(where.sum()),
            "ours": statistics(self.ulp[where & self.main]),
            "ratio": float(self.ratio[where & self.normal].max(initial=0.0)),
            "scipy": {
                **statistics(theirs[~lost]),
                "nan": int(lost.sum()),
                "bad": int((theirs[~lost] * harness.EPS > BAD).sum()),
            },
        }

    def by_region(self) -> list[dict[str, Any]]:
        """One summary for each region."""
        return [
            {"dimension": r.dimension, "region": r.name, **self.summary(r.holds(self.points))}
            for r in _points.REGIONS
        ]

    def crossed(self) -> list[dict[str, Any]]:
        """One line for each combination of regions of m, z, b and c - b."""
        axes = [[r for r in _points.REGIONS if r.dimension == name] for name in _points.CROSSED]
        lines = []
        for regions in itertools.product(*axes):
            where = np.logical_and.reduce([r.holds(self.points) for r in regions])
            names = {r.dimension: r.name for r in regions}
            whole = self.summary(where)
            lines.append({**names, "points": whole["points"], **whole["ours"]})
        return lines

    def print_worst(self) -> None:
        """Print the points that come closest to the promise, or break it."""
        p = self.points
        ratio = np.where(self.faults(), np.inf, np.where(self.normal, self.ratio, 0))
        for i in np.argsort(-ratio)[:WORST_SHOWN]:
            print(
                f"  {self.ulp[i]:8.3g} ulp  {self.ratio[i]:6.3g} of the promise  m={p.m[i]:.0f} "
                f"b={p.b[i]!s} c={p.c[i]!s} z={p.z[i]!s} F={p.hi[i]:.4g} got {self.values[i]:.4g}"
            )


def sweep(name: str, arguments: _points.Arguments) -> dict[str, Any]:
    """Evaluate one set of points; stop the run if a result breaks the promise."""
    found = Sweep(_points.with_values(name, arguments))
    everywhere = found.summary(np.ones_like(found.main))
    ours = everywhere["ours"]
    print(
        f"{name}: {everywhere['points']} points, max {ours['max']:.3g}, 99.9% {ours['p999']:.3g}, "
        f"median {ours['median']:.3g} ulp; {everywhere['ratio']:.3g} of the promise"
    )
    found.print_worst()
    if (broken := int(found.faults().sum())) > 0:
        raise harness.RedError(f"{name}: {broken} of {everywhere['points']} break the promise")
    return {"all": everywhere, "regions": found.by_region(), "crossed": found.crossed()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    options = parser.parse_args()
    n, seed = options.points, options.seed
    where = harness.environment()
    results = {
        "seed": seed,
        "home": sweep(f"home-{n}-{seed}", _points.home(n, seed)),
        "negative": sweep(f"negative-{n // 5}-{seed}", _points.negative(n // 5, seed)),
        "map": _error_map.write(),
    }
    ours = results["home"]["all"]
    results["goals"] = [
        harness.goal("random points of the home domain", n, 100_000, True),
        harness.goal("error over the promise, home domain", ours["ratio"], 1),
        harness.goal("largest error where F >= 1e-20, ulp", ours["ours"]["max"], 8),
        harness.goal("error over the promise, z < 0", results["negative"]["all"]["ratio"], 1),
    ]
    harness.write_record("accuracy", where, results)


if __name__ == "__main__":
    main()
