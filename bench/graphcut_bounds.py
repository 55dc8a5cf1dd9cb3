"""Bounds over the exact expected cut, by spread of the degrees and number of bins.

python -m bench.graphcut_bounds [--seeds 10]
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from bench import _harness as harness
from bench._markdown import table
from graphcut import (
    binned_bound,
    envelope_bound,
    expected_cut,
    hoelder_bound,
    jensen_bound,
    prcut_bound,
)

VERTICES, NEIGHBORS, CLUSTERS = 1000, 20, 10
SPREADS = (0.2, 0.6, 1.0)
BINS = (1, 16, 64)
# A bound may be below the exact value by the rounding of both only.
ROUNDING = 1e-11


def instance(spread: float, seed: int) -> tuple[Any, np.ndarray]:
    """Random neighbours, weights r_i r_j with log r_i normal; assignments uniform."""
    rng = np.random.default_rng(seed)
    r = np.exp(spread * rng.normal(size=VERTICES))
    W = np.zeros((VERTICES, VERTICES))
    columns = rng.integers(0, VERTICES, (VERTICES, NEIGHBORS))
    np.put_along_axis(W, columns, 1.0, axis=1)
    W = np.maximum(W, W.T) * np.multiply.outer(r, r)
    np.fill_diagonal(W, 0)
    return W, rng.dirichlet(np.ones(CLUSTERS), VERTICES)


def ratios(spread: float, seed: int) -> dict[str, float]:
    """Each bound over the exact value; stops where the order is broken."""
    W, P = instance(spread, seed)
    exact = {size: expected_cut(W, P, size) for size in ("degree", "count")}
    found = {"Jensen": jensen_bound(W, P, "degree") / exact["degree"]}
    for bins in ("log_kmeans", "equal_frequency"):
        for n_bins in BINS:
            pair = [
                bound(W, P, "degree", n_bins, bins) / exact["degree"]
                for bound in (binned_bound, hoelder_bound)
            ]
            found[f"binned, {bins}, {n_bins}"], found[f"Hölder, {bins}, {n_bins}"] = pair
            if not 1 - ROUNDING <= pair[0] <= pair[1] * (1 + ROUNDING):
                raise harness.RedError(f"order broken: spread {spread}, seed {seed}: {pair}")
    found["ratio cut: Jensen"] = jensen_bound(W, P) / exact["count"]
    found["ratio cut: envelope"] = envelope_bound(W, P) / exact["count"]
    found["ratio cut: PRCut"] = prcut_bound(W, P) / exact["count"]
    if found["Jensen"] > 1 + ROUNDING or found["ratio cut: envelope"] < 1 - ROUNDING:
        raise harness.RedError(f"a bound is none: spread {spread}, seed {seed}: {found}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="instances (default: 10)")
    seeds = parser.parse_args().seeds
    where = harness.environment()
    results: dict[str, dict[str, dict[str, float]]] = {}
    for spread in SPREADS:
        runs = [ratios(spread, seed) for seed in range(seeds)]
        results[str(spread)] = {
            key: dict(
                zip(
                    ("median", "iqr"), harness.spread(np.array([r[key] for r in runs])), strict=True
                )
            )
            for key in runs[0]
        }
    names = list(results[str(SPREADS[0])])
    rows = [
        [name, *(f"{results[str(spread)][name]['median']:.4g}" for spread in SPREADS)]
        for name in names
    ]
    print("\n".join(table(["over the exact value", *map(str, SPREADS)], rows)))
    problem = {"vertices": VERTICES, "neighbors": NEIGHBORS, "clusters": CLUSTERS, "seeds": seeds}
    harness.write_record("graphcut_bounds", where, {"problem": problem, "over_exact": results})


if __name__ == "__main__":
    main()
