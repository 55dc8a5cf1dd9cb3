"""70,000 images from pixels to labels, and streams whose memory does not grow.

Run `python -m bench.graphcut_scale`; `--data` names the folder of MNIST.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench import _graphcut_pages
from bench._graphcut_data import DATA, Problem, principal
from bench._graphcut_methods import METHODS
from bench._harness import environment, goal, spread, write_record

CONTENDERS = (
    "k-means",
    "pymetis",
    "KaHIP",
    "start: auto",
    "start: auto, refined",
    "ProbabilisticCut",
)
SEEDS = 10
STREAM_SIZES = (100_000, 1_000_000)
BATCH = 2048
STREAM_CLUSTERS, STREAM_DIMENSIONS = 10, 32
# A stream ten times as long may add this much memory: what allocators keep, not points.
STREAM_MB = 40.0


def peak_mb() -> float:
    """Largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cluster_mnist(data: Path, name: str, seeds: int) -> dict[str, float]:
    """PCA, graph and clustering of all images, timed, in this process; then the other seeds."""
    from bench.graphcut_quality import scores
    from graphcut import knn_graph

    with np.load(data / "mnist_70k.npz", allow_pickle=False) as file:
        pixels, y = file["X"], file["y"].astype(np.int64)
    began, cpu = time.perf_counter(), time.process_time()
    X = principal(pixels)
    problem = Problem(X, knn_graph(X), len(np.unique(y)), y)
    found = {"graph_seconds": time.perf_counter() - began}
    labels = [np.asarray(METHODS[name](problem, 0))]
    found["seconds"] = time.perf_counter() - began
    found["cpu_seconds"] = time.process_time() - cpu
    found["peak_mb"] = peak_mb()
    labels += [np.asarray(METHODS[name](problem, seed)) for seed in range(1, seeds)]
    runs = [scores(problem, one) for one in labels]
    middle = {key: spread(np.array([run[key] for run in runs])) for key in runs[0]}
    medians = {key: median for key, (median, _) in middle.items()}
    return {**found, **medians, "nmi_iqr": middle["nmi"][1], "seeds": seeds}


def stream(n: int) -> dict[str, float]:
    """Learn from n points in batches that are drawn one by one; judge on new points."""
    from graphcut import ProbabilisticCut, nmi

    rng = np.random.default_rng(0)
    centres = 4.0 * rng.normal(size=(STREAM_CLUSTERS, STREAM_DIMENSIONS))

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        y = rng.integers(STREAM_CLUSTERS, size=count)
        return centres[y] + rng.normal(size=(count, STREAM_DIMENSIONS)), y

    model = ProbabilisticCut(STREAM_CLUSTERS, model="linear", random_state=0)
    model.partial_fit(draw(BATCH)[0])
    before, began = peak_mb(), time.perf_counter()
    for _ in range(n // BATCH):
        model.partial_fit(draw(BATCH)[0])
    seconds = time.perf_counter() - began
    X, y = draw(5000)
    added = peak_mb() - before
    return {"n": n, "seconds": seconds, "added_mb": added, "nmi": float(nmi(y, model.predict(X)))}


def alone(function: Any, *arguments: Any) -> Any:
    """Result of a call in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def goals(results: dict[str, Any]) -> list[dict[str, Any]]:
    """What issue and design ask for."""
    lines = []
    mnist = results["mnist"]
    for name in ("start: auto, refined", "ProbabilisticCut"):
        if name in mnist:
            run = mnist[name]
            lines.append(goal(f"MNIST 70k, {name}: seconds from pixels", run["seconds"], 90.0))
            lines.append(goal(f"MNIST 70k, {name}: peak MB", run["peak_mb"], 4096.0))
    if "KaHIP" in mnist and "start: auto, refined" in mnist:
        behind = mnist["KaHIP"]["nmi"] - mnist["start: auto, refined"]["nmi"]
        lines.append(goal("MNIST 70k: NMI behind KaHIP", behind, 0.005))
    if len(results["online"]) > 1:
        grown = results["online"][-1]["added_mb"] - results["online"][0]["added_mb"]
        lines.append(goal("online: MB added by ten times the points", grown, STREAM_MB))
    return lines


def main() -> None:
    """Measure and write the record and docs/clustering.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    arguments = parser.parse_args()
    where = environment()
    results: dict[str, Any] = {"mnist": {}, "online": []}
    if (arguments.data / "mnist_70k.npz").exists():
        for name in CONTENDERS:
            results["mnist"][name] = run = alone(
                cluster_mnist, arguments.data, name, arguments.seeds
            )
            print(f"{name}: { ({k: round(v, 3) for k, v in run.items()}) }", flush=True)
    for n in STREAM_SIZES:
        results["online"].append(alone(stream, n))
        print(results["online"][-1], flush=True)
    results["goals"] = goals(results)
    write_record("graphcut_scale", where, results)
    _graphcut_pages.write()


if __name__ == "__main__":
    main()
