"""Exact expected cut: equal to enumeration, then timed beside Monte Carlo; medians over seeds.

python -m bench.graphcut_expected [--seeds 10]
"""

from __future__ import annotations

import argparse
import itertools
import time
from typing import Any

import numpy as np
import scipy.sparse as sp

from bench import _harness as harness
from graphcut import expected_cut, expected_cut_gradient, monte_carlo_cut

GRAPHS = 200
AGREEMENT = 1e-12
VERTICES, EDGES, CLUSTERS = 10_000, 500_000, 10
SAMPLES = 1000
SECONDS = 2.0


def enumerated(W: np.ndarray, p: np.ndarray, sizes: np.ndarray) -> float:
    """Mean of cut / size of one cluster over all subsets."""
    inside = np.array(list(itertools.product((0.0, 1.0), repeat=len(p))))
    total = inside @ sizes
    cut = ((inside @ W) * (1 - inside)).sum(axis=1)
    chance = np.where(inside == 1, p, 1 - p).prod(axis=1)
    return float(chance @ np.divide(cut, total, out=np.zeros_like(cut), where=cut > 0))


def check() -> float:
    """Largest relative difference from enumeration; sizes are counts and degrees in turn."""
    worst = 0.0
    for seed in range(GRAPHS):
        rng = np.random.default_rng(seed)
        n, clusters = rng.integers(2, 13), rng.integers(2, 5)
        W = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.6), 1)
        W = W + W.T
        P = rng.dirichlet(np.full(clusters, 10 ** rng.uniform(-2, 1)), n)
        size = ("count", "degree")[seed % 2]
        sizes = np.ones(n) if seed % 2 == 0 else W.sum(axis=1)
        exact = np.array([enumerated(W, p, sizes) for p in P.T])
        found = expected_cut(W, P, size, per_cluster=True)
        worst = max(worst, float((np.abs(found - exact) / np.where(exact > 0, exact, 1)).max()))
    if not worst <= AGREEMENT:
        raise harness.RedError(f"the expected cut differs from the enumeration by {worst:.3g}")
    return worst


def instance(seed: int) -> tuple[sp.csr_array, np.ndarray]:
    """Planted clusters of unequal sizes, nine edges in ten inside; assignments near them."""
    rng = np.random.default_rng(seed)
    planted = np.sort(rng.choice(CLUSTERS, VERTICES, p=rng.dirichlet(np.full(CLUSTERS, 5.0))))
    starts = np.searchsorted(planted, np.arange(CLUSTERS + 1))
    one = rng.integers(0, VERTICES, EDGES)
    low, high = starts[planted[one]], starts[planted[one] + 1]
    inside = rng.random(EDGES) < 0.9
    other = np.where(inside, rng.integers(low, high), rng.integers(0, VERTICES, EDGES))
    keep = one != other
    W = sp.coo_array((rng.random(keep.sum()), (one[keep], other[keep])), (VERTICES,) * 2).tocsr()
    logits = rng.normal(size=(VERTICES, CLUSTERS))
    logits[np.arange(VERTICES), planted] += 4
    weights = np.exp(logits)
    return W + W.T, weights / weights.sum(axis=1, keepdims=True)


def measure(seed: int) -> dict[str, float]:
    """Seconds of each way, and how far the draws are off."""
    W, P = instance(seed)
    spent: dict[str, float] = {}

    def timed(name: str, call: Any) -> Any:
        start = time.perf_counter()
        result = call()
        spent[name] = time.perf_counter() - start
        return result

    value, error = timed("value", lambda: expected_cut(W, P, "degree", return_error=True))
    whole = timed("value and gradient", lambda: expected_cut_gradient(W, P, "degree"))
    draws = timed("Monte Carlo", lambda: monte_carlo_cut(W, P, "degree", SAMPLES, seed))
    mean, (low, high) = draws
    if not abs(whole.value.sum() - value) <= error:
        raise harness.RedError("value and gradient disagree on the value")
    return {
        **spent,
        "edges": W.nnz / 2,
        "relative error bound": error / value,
        "Monte Carlo off by": abs(mean - value) / value,
        "Monte Carlo half interval": (high - low) / 2 / value,
        "Monte Carlo covers": float(low <= value <= high),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="instances (default: 10)")
    seeds = parser.parse_args().seeds
    where = harness.environment()
    worst = check()
    runs = [measure(seed) for seed in range(seeds)]
    keys = runs[0].keys()
    spread = {key: harness.spread(np.array([run[key] for run in runs])) for key in keys}
    results = {key: {"median": middle, "iqr": iqr} for key, (middle, iqr) in spread.items()}
    met = [
        harness.goal("largest relative difference from enumeration", worst, AGREEMENT),
        harness.goal(
            "seconds of value and gradient", results["value and gradient"]["median"], SECONDS
        ),
    ]
    for key, result in results.items():
        print(f"{key:>28}: {result['median']:.4g} (± {result['iqr']:.2g})")
    problem = {"vertices": VERTICES, "clusters": CLUSTERS, "samples": SAMPLES, "seeds": seeds}
    harness.write_record(
        "graphcut_expected",
        where,
        {"problem": problem, "checked_graphs": GRAPHS, "results": results, "goals": met},
    )


if __name__ == "__main__":
    main()
