"""ProbabilisticCut on its defaults beside k-means and spectral clustering, on many small sets.

Bundled sets, raw and standardised, with ten seeds each; drawn ones of the usual shapes, drawn anew
with every seed, so that no method's luck with one draw counts. For each seed the NMI behind the
better of the two others. Run `python -m bench.graphcut_breadth`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn import datasets

from bench import _graphcut_pages
from bench._graphcut_data import Problem
from bench._graphcut_methods import METHODS
from bench._harness import RedError, environment, spread, write_record
from graphcut import knn_graph, nmi

SEEDS = 10
OTHERS = ("k-means", "spectral (scikit-learn)")
OURS = "ProbabilisticCut, own graph"
# Clusters, dimensions and spread of the blobs.
BLOBS = ((3, 2, 1.0), (5, 2, 1.5), (8, 10, 3.0), (10, 20, 5.0), (20, 5, 1.5), (4, 50, 6.0))
SHEAR = ((0.6, -0.6), (-0.4, 0.8))
# Logarithms of the units of columns of different kinds.
UNITS = (-3.0, 3.0)
Set = tuple[np.ndarray, np.ndarray]
Draw = Callable[[int], Set]


def bundled(name: str, standardised: bool, seed: int) -> Set:
    """A set that comes with scikit-learn, which is the same for every seed."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return ((X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-9) if standardised else X), y


def moons(seed: int) -> Set:
    """Two half circles."""
    return datasets.make_moons(600, noise=0.12, random_state=seed)


def circles(seed: int) -> Set:
    """One in the other."""
    return datasets.make_circles(600, noise=0.08, factor=0.5, random_state=seed)


def blobs(k: int, d: int, width: float, seed: int) -> Set:
    """Gaussians of one width."""
    return datasets.make_blobs(800, d, centers=k, cluster_std=width, random_state=seed)


def sheared(seed: int) -> Set:
    """Long Gaussians beside each other."""
    X, y = datasets.make_blobs(900, centers=3, random_state=170 + seed)
    return X @ np.array(SHEAR), y


def unequal_width(seed: int) -> Set:
    """Gaussians of three widths."""
    return datasets.make_blobs(900, centers=3, cluster_std=[1, 2.5, 0.5], random_state=170 + seed)


def unequal_size(seed: int) -> Set:
    """Gaussians of 500 to 60 points."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(4), [500, 200, 100, 60])
    return rng.normal(size=(860, 6)) + rng.normal(size=(4, 6))[y], y


def corners(seed: int) -> Set:
    """Clusters on corners of a cube, turned and with columns of noise."""
    return datasets.make_classification(
        1000, n_features=12, n_informative=6, n_classes=4, n_clusters_per_class=1,
        class_sep=1.6, random_state=seed,
    )  # fmt: skip


def mixed_units(seed: int) -> Set:
    """Gaussians whose columns are in units of their own."""
    X, y = datasets.make_blobs(800, 6, centers=4, cluster_std=3.0, random_state=seed)
    return X * 10.0 ** np.random.default_rng(seed).uniform(*UNITS, X.shape[1]), y


def families() -> dict[str, Draw]:
    """Every set, by its name."""
    found: dict[str, Draw] = {}
    for name in ("iris", "wine", "breast_cancer", "digits"):
        found[name] = partial(bundled, name, False)
        found[f"{name}, standardised"] = partial(bundled, name, True)
    found |= {"moons": moons, "circles": circles}
    for k, d, width in BLOBS:
        found[f"{k} blobs in {d} dimensions"] = partial(blobs, k, d, width)
    found |= {"sheared blobs": sheared, "blobs of unequal width": unequal_width}
    found |= {"blobs of unequal size": unequal_size, "classes on corners": corners}
    return found | {"blobs in mixed units": mixed_units}


def measure(draw: Draw, seeds: int) -> dict[str, Any]:
    """NMI of each method, and the distance of ours to the better other, seed by seed."""
    values: dict[str, list[float]] = {name: [] for name in (*OTHERS, OURS)}
    for seed in range(seeds):
        X, y = draw(seed)
        problem = Problem(X, knn_graph(X), len(np.unique(y)), y)
        for name, found in values.items():
            labels = np.asarray(METHODS[name](problem, seed))
            if labels.shape != y.shape or labels.min() < 0 or labels.max() >= problem.clusters:
                raise RedError(f"{name} gives labels {labels!r}")
            found.append(float(nmi(y, labels)))
    *others, ours = (np.array(found) for found in values.values())
    distance = ours - np.maximum.reduce(others)
    medians = {name: spread(np.array(found)) for name, found in values.items()}
    return {
        "n": len(X),
        "clusters": problem.clusters,
        "nmi": {name: {"median": median, "iqr": iqr} for name, (median, iqr) in medians.items()},
        "distance": distance.tolist(),
    }


def main() -> None:
    """Measure, and write the record and docs/clustering.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    arguments = parser.parse_args()
    where = environment()
    results = {}
    for name, draw in families().items():
        results[name] = measure(draw, arguments.seeds)
        line = {key: round(value["median"], 3) for key, value in results[name]["nmi"].items()}
        print(f"{name}: {line}, {np.sort(results[name]['distance']).round(3)}", flush=True)
    write_record("graphcut_breadth", where, {"seeds": arguments.seeds, "sets": results})
    _graphcut_pages.write()


if __name__ == "__main__":
    main()
