"""Clustering quality beside other methods on the same graph: medians over seeds.

Each method runs in a process of its own, on one thread, so that its memory is its own; times are
those of the processor, which other processes do not lengthen. Classes are used for scores only.
Run `python -m bench.graphcut_quality`; `--data` names the folder of the larger sets. The record
is written after each set, and `--sets` replaces the named sets in it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench import _graphcut_pages
from bench._graphcut_data import DATA, Problem, problems
from bench._graphcut_methods import METHODS, methods_for
from bench._harness import RECORDS, RedError, environment, spread, write_record
from graphcut import knn_graph

SEEDS = 10
# Methods measured side by side; times are those of the processor.
WORKERS = 2
# Seeds of the table that shows the score of every candidate.
CHOICES = 1
# Between "start: auto" and "ProbabilisticCut refine=True", which are both here.
SCALE_ONLY = ("start: auto, refined",)
# Two sums of the same weights in different orders.
ROUNDING = 1e-9


def scores(problem: Problem, labels: np.ndarray) -> dict[str, float]:
    """Cuts and balance of labels, and where there are classes, their agreement."""
    from graphcut import ari, clustering_accuracy, nmi, normalized_cut, ratio_cut

    counts = np.bincount(labels, minlength=problem.clusters)
    mean = len(labels) / problem.clusters
    found = {
        "ncut": float(normalized_cut(problem.W, labels)),
        "rcut": float(ratio_cut(problem.W, labels)),
        "smallest": float(counts.min() / mean),
        "largest": float(counts.max() / mean),
    }
    if problem.y is not None:
        found |= {
            "acc": float(clustering_accuracy(problem.y, labels)),
            "nmi": float(nmi(problem.y, labels)),
            "ari": float(ari(problem.y, labels)),
        }
    return found


def warm(name: str, points: bool) -> None:
    """Import what a method needs: that is no part of its time."""
    y = np.arange(60) % 2
    X = np.random.default_rng(0).normal(size=(60, 2)) + 20.0 * y[:, None]
    METHODS[name](Problem(X if points else None, knn_graph(X), 2, y), 0)


def measure(path: Path, name: str, seeds: int) -> dict[str, Any]:
    """All seeds of one method on one set, in this process."""
    problem = Problem.load(path)
    warm(name, problem.X is not None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs: list[dict[str, float]] = []
    for seed in range(seeds):
        start = time.process_time()
        labels = np.asarray(METHODS[name](problem, seed))
        seconds = time.process_time() - start
        runs.append({**scores(problem, labels), "seconds": seconds})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    summary = {key: spread(np.array([run[key] for run in runs])) for key in runs[0]}
    return {
        "seeds": len(runs),
        "peak_mb": peak / 1024,
        "added_mb": (peak - before) / 1024,
        **{key: {"median": median, "iqr": iqr} for key, (median, iqr) in summary.items()},
    }


def choice(path: Path, seeds: int) -> list[dict[str, Any]]:
    """What `choose_start` scored each candidate, and what the candidate was worth."""
    from graphcut import choose_start, nmi, refine_labels, start

    problem = Problem.load(path)
    rows = []
    for seed in range(seeds):
        chosen = choose_start(problem.W, problem.X, problem.clusters, seed)
        row: dict[str, Any] = {
            "chosen": chosen.method + ("+moves" if chosen.moved else ""),
            "nmi": float(nmi(problem.y, chosen.labels)),
            "scores": chosen.scores,
            "candidates": {},
        }
        for key in chosen.scores:
            method, _, moved = key.partition("+")
            labels = start(problem.W, problem.X, problem.clusters, method=method, seed=seed)
            if moved:
                labels = refine_labels(problem.W, labels, cycles=0, seed=seed)
            row["candidates"][key] = float(nmi(problem.y, labels))
        rows.append(row)
    return rows


def check(problem: Problem) -> None:
    """Compare the cuts with dense sums before anything is recorded."""
    from graphcut import normalized_cut

    n = min(problem.W.shape[0], 300)
    W = problem.W[:n, :n].toarray()
    labels = np.random.default_rng(0).integers(problem.clusters, size=n)
    Z = np.eye(problem.clusters)[labels]
    volume, inside = Z.T @ W.sum(axis=1), np.diag(Z.T @ W @ Z)
    expected = float(((volume - inside)[volume > 0] / volume[volume > 0]).sum())
    found = float(normalized_cut(problem.W[:n, :n], labels))
    if not abs(found - expected) <= ROUNDING * max(expected, 1):
        raise RedError(f"normalized_cut gives {found!r}, a dense sum {expected!r}")


def alone(function: Any, *arguments: Any) -> Any:
    """Result of a call in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def tried(path: Path, seeds: int, name: str) -> dict[str, Any]:
    """The measurement, or what went wrong."""
    try:
        return dict(alone(measure, path, name, seeds))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def bench_set(path: Path, problem: Problem, seeds: int) -> dict[str, Any]:
    """Every method on one set, the classes' own cut, and the choice of the start."""
    result: dict[str, Any] = {
        "n": problem.W.shape[0],
        "edges": problem.W.nnz // 2,
        "clusters": problem.clusters,
        "methods": {},
    }
    names = [name for name in methods_for(problem) if name not in SCALE_ONLY]
    with ThreadPoolExecutor(WORKERS) as pool:
        for name, found in zip(names, pool.map(partial(tried, path, seeds), names), strict=True):
            result["methods"][name] = found
            print(f"  {name}: {brief(found)}", flush=True)
    if problem.y is not None:
        result["classes"] = scores(problem, problem.y)
        result["choice"] = alone(choice, path, min(seeds, CHOICES))
    return result


def brief(found: dict[str, Any]) -> str:
    """One line of a result."""
    if "error" in found:
        return str(found["error"])
    keys = [key for key in ("acc", "nmi", "ncut", "seconds") if key in found]
    return ", ".join(f"{key} {found[key]['median']:.4g}" for key in keys)


def recorded() -> dict[str, Any]:
    """Sets of the present record."""
    path = RECORDS / "graphcut_quality.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["sets"]) if path.exists() else {}


def main() -> None:
    """Measure and write the record and docs/clustering.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sets", nargs="*", help="names of sets; all if none is given")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    arguments = parser.parse_args()
    where = environment()
    results = recorded() if arguments.sets else {}
    with tempfile.TemporaryDirectory() as folder:
        for name, build in problems(arguments.data).items():
            if arguments.sets and name not in arguments.sets:
                continue
            problem = build()
            check(problem)
            path = Path(folder) / "problem.npz"
            problem.save(path)
            print(f"{name}: {problem.W.shape[0]} vertices, {problem.clusters} clusters", flush=True)
            results[name] = bench_set(path, problem, arguments.seeds)
            write_record("graphcut_quality", where, {"sets": results})
    _graphcut_pages.write()


if __name__ == "__main__":
    main()
