"""ProbabilisticCut on its defaults beside k-means and spectral clustering, on many small sets.

Bundled sets, raw and standardised, and drawn ones of the usual shapes: one number for each, the
NMI behind the better of the two. Run `python -m bench.graphcut_breadth`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import datasets

from bench import _graphcut_pages
from bench._graphcut_data import Problem
from bench._graphcut_methods import METHODS
from bench._harness import RedError, environment, spread, write_record
from graphcut import knn_graph, nmi

SEEDS = 10
METHODS_BESIDE = ("k-means", "spectral (scikit-learn)", "ProbabilisticCut")
# Clusters, dimensions and spread of the blobs.
BLOBS = ((3, 2, 1.0), (5, 2, 1.5), (8, 10, 3.0), (10, 20, 5.0), (20, 5, 1.5), (4, 50, 6.0))
SHEAR = ((0.6, -0.6), (-0.4, 0.8))
Set = tuple[str, np.ndarray, np.ndarray]


def bundled() -> Iterator[Set]:
    """Sets that come with scikit-learn."""
    for name in ("iris", "wine", "breast_cancer", "digits"):
        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        yield name, X, y
        yield f"{name}, standardised", (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-9), y


def drawn(seed: int) -> Iterator[Set]:
    """Sets of the usual shapes."""
    yield f"moons {seed}", *datasets.make_moons(600, noise=0.12, random_state=seed)
    circles = datasets.make_circles(600, noise=0.08, factor=0.5, random_state=seed)
    yield f"circles {seed}", *circles
    for k, d, width in BLOBS:
        blobs = datasets.make_blobs(
            800, centers=k, n_features=d, cluster_std=width, random_state=seed
        )
        yield f"{k} blobs in {d} dimensions, {seed}", *blobs
    X, y = datasets.make_blobs(900, centers=3, random_state=170 + seed)
    yield f"sheared blobs {seed}", X @ np.array(SHEAR), y
    yield (
        f"blobs of unequal width {seed}",
        *datasets.make_blobs(900, centers=3, cluster_std=[1, 2.5, 0.5], random_state=170 + seed),
    )
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(4), [500, 200, 100, 60])
    yield f"blobs of unequal size {seed}", rng.normal(size=(860, 6)) + rng.normal(size=(4, 6))[y], y
    classes = datasets.make_classification(
        1000, n_features=12, n_informative=6, n_classes=4, n_clusters_per_class=1,
        class_sep=1.6, random_state=seed,
    )  # fmt: skip
    yield f"classes on corners {seed}", *classes


def measure(X: np.ndarray, y: np.ndarray, seeds: int) -> dict[str, Any]:
    """NMI of each method, median and quartile distance over seeds."""
    problem = Problem(X, knn_graph(X), len(np.unique(y)), y)
    found: dict[str, Any] = {"n": len(X), "clusters": problem.clusters, "nmi": {}}
    for name in METHODS_BESIDE:
        values = []
        for seed in range(seeds):
            labels = np.asarray(METHODS[name](problem, seed))
            if labels.shape != y.shape or labels.min() < 0 or labels.max() >= problem.clusters:
                raise RedError(f"{name} gives labels {labels!r}")
            values.append(float(nmi(y, labels)))
        median, iqr = spread(np.array(values))
        found["nmi"][name] = {"median": median, "iqr": iqr}
    return found


def main() -> None:
    """Measure, and write the record and docs/clustering.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    arguments = parser.parse_args()
    where = environment()
    results = {}
    for name, X, y in (*bundled(), *drawn(0), *drawn(1)):
        results[name] = measure(X, y, arguments.seeds)
        line = {key: round(value["median"], 3) for key, value in results[name]["nmi"].items()}
        print(f"{name}: {line}", flush=True)
    write_record("graphcut_breadth", where, {"seeds": arguments.seeds, "sets": results})
    _graphcut_pages.write()


if __name__ == "__main__":
    main()
