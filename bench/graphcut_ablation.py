"""Objective x edge term x gradient mixing x model on 500 digits; medians and collapses.

python -m bench.graphcut_ablation [--seeds 10] [--markdown]

Starts are the estimator's own and, as collapses follow from bad starts, random labels. Balance has
a weight of its own only with mixing; without, both losses are added as they are.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from bench import _harness as harness
from bench import _markdown as markdown
from graphcut import ProbabilisticCut, knn_graph, nmi
from graphcut.objectives import EDGE_TERMS, OBJECTIVES
from graphcut.starts import start

NAME = "graphcut_ablation"
POINTS, CLUSTERS, STEPS = 500, 10, 40
BALANCE = 0.2
MODELS = ("linear", "mlp", "free")
MIXING = {"mixed": "tensor", "plain": "plain"}
STARTS = ("own", "random")


def begin(kind: str, W: Any, X: np.ndarray, seed: int) -> np.ndarray:
    if kind == "random":
        return np.random.default_rng(seed).integers(0, CLUSTERS, len(X))
    return start(W, X, CLUSTERS, seed=seed)


def check(cut: ProbabilisticCut) -> None:
    """The bounds are bounds, or nothing is recorded."""
    if cut.objective in ("ncut", "rcut", "hoelder") and cut.bound_ < cut.expected_cut_ * (1 - 1e-6):
        raise harness.RedError(f"{cut.objective}: {cut.bound_} below {cut.expected_cut_}")


def measure(seeds: int) -> list[dict[str, Any]]:
    X, y = load_digits(return_X_y=True)
    X, y = X[:POINTS], y[:POINTS]
    W = knn_graph(X)
    starts = {(kind, seed): begin(kind, W, X, seed) for kind in STARTS for seed in range(seeds)}
    rows = []
    for kind, objective, term, mixing, model in itertools.product(
        STARTS, OBJECTIVES, EDGE_TERMS, MIXING, MODELS
    ):
        found = []
        for seed in range(seeds):
            cut = ProbabilisticCut(
                CLUSTERS,
                objective=objective,
                edge_term=term,
                model=model,
                mixing=MIXING[mixing],
                balance=BALANCE,
                max_iter=STEPS,
                init=starts[kind, seed],
                random_state=seed,
            )
            begun = time.perf_counter()
            cut.fit(X, graph=W)
            seconds = time.perf_counter() - begun
            check(cut)
            used = len(np.unique(cut.labels_))
            found.append((nmi(y, cut.labels_), cut.ncut_, used < CLUSTERS, seconds))
        table = np.array(found, dtype=float)
        row = {"start": kind, "objective": objective, "term": term, "mixing": mixing}
        row |= {"model": model, "collapsed": int(table[:, 2].sum()), "fits": seeds}
        row |= dict(zip(("nmi", "ncut"), np.median(table[:, :2], axis=0).tolist(), strict=True))
        row["seconds"] = float(np.median(table[:, 3]))
        rows.append(row)
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
    return rows


def text(record: dict[str, Any]) -> str:
    """The record as a table: one line for each objective, term and mixing, by start and model."""
    rows = record["rows"]
    columns = list(itertools.product(STARTS, MODELS))
    header = ("objective", "edge term", "gradients", *(f"{s}, {m}" for s, m in columns))
    lines = []
    for objective, term, mixing in itertools.product(OBJECTIVES, EDGE_TERMS, MIXING):
        cells = []
        for kind, model in columns:
            wanted = (kind, objective, term, mixing, model)
            keys = ("start", "objective", "term", "mixing", "model")
            row = next(r for r in rows if tuple(r[k] for k in keys) == wanted)
            cells.append(f"{row['nmi']:.3f} ({row['collapsed']}/{row['fits']})")
        lines.append((objective, term, mixing, *cells))
    return "\n".join(markdown.table(header, lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--markdown", action="store_true", help="print the record as a table")
    options = parser.parse_args()
    if options.markdown:
        print(text(json.loads((harness.RECORDS / f"{NAME}.json").read_text(encoding="utf-8"))))
        return
    where = harness.environment()
    setting = {"points": POINTS, "steps": STEPS, "balance": BALANCE, "seeds": options.seeds}
    harness.write_record(NAME, where, {"setting": setting, "rows": measure(options.seeds)})


if __name__ == "__main__":
    sys.exit(main())
