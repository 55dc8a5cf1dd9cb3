"""docs/clustering.md from the records of graphcut_quality and graphcut_scale."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from bench import _markdown as markdown
from bench._graphcut_methods import TAUGHT
from bench._harness import RECORDS, goal

PAGE = Path(__file__).resolve().parents[1] / "docs" / "clustering.md"
COLUMNS = ("acc", "nmi", "ari", "ncut", "rcut")
HEADER = ("method", "ACC", "NMI", "ARI", "NCut", "RCut", "sizes", "CPU time", "peak MB", "seeds")
# Nowhere below these by more than this much NMI.
BARS = ("k-means", "spectral (scikit-learn)")
ALLOWED = 0.01
OURS = ("start: auto", "ProbabilisticCut", "ProbabilisticCut refine=True")
PARTITIONERS = ("pymetis", "KaHIP", "KaHIP strong")
# Sets on which the level of the partitioners is asked for, and how near the model has to come.
LEVEL = {"digits": 0.02, "MNIST 10k": None}
LEVEL_NMI = 0.01

INTRODUCTION = """# Clustering quality

Every number here was written by `python -m bench.graphcut_quality`, `bench.graphcut_breadth`,
`bench.graphcut_scale` or `bench.graphcut_ablation`; none was typed. All methods get the same graph
(15 neighbours, self-tuning weights, unless the set is a graph), one thread and a process of their
own; "own graph" is `fit(X)` alone, whose neighbours are those of 50 principal components, and its
cuts are on the common graph all the same. Cells are medians over seeds, with the quartile distance
of NMI. Cuts are sums over clusters without a factor 1/2. "sizes" are those of the smallest and the
largest cluster over their mean: the lowest cut often belongs to a clustering that merges classes,
so cut and sizes have to be read together. Classes are used for ACC (Hungarian), NMI and ARI only,
never to train or to choose.

## How the start is chosen

`graphcut.choose_start` computes k-means, two spectral clusterings (rows of length 1; random walk)
and multilevel partitions (without the search that ends them) from three quarters of the edges, each
with and without vertex moves, and scores each labelling z on the other quarter by

    I(z_i; z_j) / sqrt(H(z_i) log K),   (i, j) an unseen edge drawn by its weight.

The mutual information I falls with the cut; the entropy H is largest for balanced clusters.
I / log K alone prefers balanced partitions even where clusters differ in size; I / H alone prefers
one large lump with crumbs cut off; the geometric mean of both denominators is between them. The
exponent 1/2 and the margins within which k-means stays ([guide](graphcut.md#which-start)) were
fixed after looking at sets below and at others, so on them it is not an independent test; they are
constants for all. Where the graph consists of exactly K large components, these are taken.
"""


def page() -> str:
    """The page as text."""
    quality = json.loads((RECORDS / "graphcut_quality.json").read_text(encoding="utf-8"))
    lines = [INTRODUCTION]
    lines += _choices(quality["sets"])
    lines += _distance(quality["sets"])
    breadth = RECORDS / "graphcut_breadth.json"
    if breadth.exists():
        lines += _breadth(json.loads(breadth.read_text(encoding="utf-8")))
    lines += _capacity(quality["sets"])
    lines += ["## All methods", ""]
    for name, found in quality["sets"].items():
        lines += _set(name, found)
    goals = quality_goals(quality["sets"])
    scale = RECORDS / "graphcut_scale.json"
    if scale.exists():
        record = json.loads(scale.read_text(encoding="utf-8"))
        lines += _scale(record)
        goals += record["goals"]
    lines += ["## Goals", "", *markdown.goals({"goals": goals})]
    ablation = RECORDS / "graphcut_ablation.json"
    if ablation.exists():
        lines += _ablation(json.loads(ablation.read_text(encoding="utf-8")))
    lines += ["## Where this was measured", "", *markdown.environment(quality)]
    return "\n".join(lines).rstrip() + "\n"


def _ablation(record: dict[str, Any]) -> list[str]:
    """Objectives, edge terms, gradients and models against each other."""
    from bench.graphcut_ablation import text

    setting = record["setting"]
    return [
        "## Ablation",
        "",
        f"{setting['points']} of the digits, {setting['steps']} steps with balance "
        f"{setting['balance']:g}, from the default start and from random labels: median NMI (fits "
        "that lost a cluster / fits). `python -m bench.graphcut_ablation` writes it.",
        "",
        text(record),
        "",
    ]


def _choices(sets: dict[str, Any]) -> list[str]:
    """Score and worth of every candidate."""
    keys = [a + b for a in ("partition", "spectral", "walk", "kmeans") for b in ("", "+moves")]
    rows = []
    for name, found in sets.items():
        for run in found.get("choice", [])[:1]:
            cells = [_candidate(run, key) for key in keys]
            regret = max([*run["candidates"].values(), run["nmi"]]) - run["nmi"]
            rows.append((name, *cells, run["chosen"], f"{regret:.3f}"))
    return [
        "Score on unseen edges / NMI of the same method on the whole graph (first seed); the last "
        "column is the NMI lost against the best candidate, which nobody can know without classes.",
        "",
        *markdown.table(("set", *keys, "chosen", "lost"), rows),
    ]


def _candidate(run: dict[str, Any], key: str) -> str:
    if key not in run["scores"]:
        return "-"
    cell = f"{run['scores'][key]:.3f} / {run['candidates'][key]:.3f}"
    return f"**{cell}**" if run["chosen"] == key else cell


def _distance(sets: dict[str, Any]) -> list[str]:
    """NMI of the defaults against that of k-means, spectral clustering and the partitioners."""
    others = (*BARS, *PARTITIONERS, "Leiden to K")
    rows = []
    for name, found in sets.items():
        if "classes" not in found:
            continue
        methods = found["methods"]
        values = [_median(methods, method) for method in (*others, *OURS)]
        bar = max((v for v in values[: len(BARS)] if v is not None), default=None)
        cells = ["-" if v is None else f"{v:.3f}" for v in values]
        for k in range(len(others), len(values)):
            value = values[k]
            if bar is not None and value is not None and value < bar - ALLOWED:
                cells[k] += " (below)"
        rows.append((name, *cells))
    return [
        "## NMI at a glance",
        "",
        f"(below): more than {ALLOWED} under the better of k-means and scikit-learn's spectral "
        "clustering.",
        "",
        *markdown.table(("set", *others, *OURS), rows),
    ]


def _breadth(record: dict[str, Any]) -> list[str]:
    """Many small sets beside k-means and spectral clustering."""
    rows, below, runs_below, runs = [], 0, 0, 0
    for name, found in record["sets"].items():
        distance = sorted(found["distance"])
        middle = median(distance)
        below += middle < -ALLOWED
        few = sum(x < -ALLOWED for x in distance)
        runs_below, runs = runs_below + few, runs + len(distance)
        cells = [f"{line['median']:.3f}" for line in found["nmi"].values()]
        cells += [f"{middle:+.3f}{' (below)' if middle < -ALLOWED else ''}"]
        cells += [f"{distance[0]:+.3f}", str(few)]
        rows.append((name, f"{found['n']:,}", str(found["clusters"]), *cells))
    head = ("set", "points", "clusters", *BARS, "ProbabilisticCut")
    return [
        "## Many small sets",
        "",
        f"NMI, medians over {record['seeds']} seeds; synthetic sets are drawn anew with each seed. "
        "Every method gets the points; ProbabilisticCut makes its own graph, spectral clustering "
        "gets that of the points as they are. The distance is to the better of the other two, seed "
        f"by seed. {below} of {len(rows)} sets are more than {ALLOWED} below in the median, and "
        f"{runs_below} of {runs} single runs, where one or two points can make that much.",
        "",
        *markdown.table((*head, "distance", "worst", f"runs below -{ALLOWED}"), rows),
    ]


def _capacity(sets: dict[str, Any]) -> list[str]:
    """The predicting models beside themselves trained on the classes."""
    rows = []
    for name, found in sets.items():
        if not any(method in found["methods"] for method in TAUGHT.values()):
            continue
        cells = [
            _accuracy(found["methods"].get(method)) for pair in TAUGHT.items() for method in pair
        ]
        rows.append((name, *cells))
    return [
        "## What the models can express",
        "",
        "ACC / NMI of each model without classes, and of the same model trained on the classes of "
        "the same points by cross entropy, which is about what its capacity allows.",
        "",
        *markdown.table(("set", "linear", "linear, taught", "MLP", "MLP, taught"), rows),
    ]


def _accuracy(line: dict[str, Any] | None) -> str:
    if line is None or "nmi" not in line:
        return "-"
    return f"{line['acc']['median']:.3f} / {line['nmi']['median']:.3f}"


def quality_goals(sets: dict[str, Any]) -> list[dict[str, Any]]:
    """What is asked of the estimator on every set, and on those where partitions are best.

    Parameters
    ----------
    sets : dict
        Of the record.

    Returns
    -------
    list of dict
        As `bench._harness.goal` makes them.
    """
    lines = []
    for name, found in sets.items():
        methods = found["methods"]
        known = [value for bar in BARS if (value := _median(methods, bar)) is not None]
        for ours in OURS[1:]:
            value = _median(methods, ours)
            if known and value is not None:
                what = f"{name}, {ours}: NMI behind the better of k-means and spectral"
                lines.append(goal(what, max(known) - value, ALLOWED))
        if name in LEVEL:
            lines += _level(name, methods)
    return lines


def _level(name: str, methods: dict[str, Any]) -> list[dict[str, Any]]:
    """Level with the best partitioner, in NMI and in the cut at equal balance."""
    there = [method for method in PARTITIONERS if "nmi" in methods.get(method, {})]
    model, refined = (methods[method] for method in OURS[1:])
    best = max(methods[method]["nmi"]["median"] for method in there)
    lowest = min(methods[method]["ncut"]["median"] for method in there)
    lines = []
    if LEVEL[name] is not None:
        what = f"{name}, the model alone: NMI behind the best partitioner"
        lines.append(goal(what, best - model["nmi"]["median"], LEVEL[name]))
    behind = best - refined["nmi"]["median"]
    lines.append(goal(f"{name}, refined: NMI behind the best partitioner", behind, LEVEL_NMI))
    ratio = refined["ncut"]["median"] / lowest
    lines.append(goal(f"{name}, refined: normalised cut over the partitioners' lowest", ratio, 1.0))
    return lines


def _median(methods: dict[str, Any], name: str) -> float | None:
    found = methods.get(name, {}).get("nmi")
    return None if found is None else float(found["median"])


def _set(name: str, found: dict[str, Any]) -> list[str]:
    rows = [_row(method, line) for method, line in found["methods"].items()]
    if "classes" in found:
        true = found["classes"]
        cells = [f"{true[key]:.3g}" for key in COLUMNS]
        rows.append(("the classes", *cells, _sizes(true), "", "", ""))
    size = f"{found['n']:,} vertices, {found['edges']:,} edges, {found['clusters']} clusters."
    return [f"### {name}", "", size, "", *markdown.table(HEADER, rows)]


def _row(method: str, line: dict[str, Any]) -> tuple[str, ...]:
    if "error" in line:
        return (method, *["-"] * 5, "", line["error"].replace("|", "/"), "", "")
    cells = [f"{line[key]['median']:.3g}" if key in line else "-" for key in COLUMNS]
    if "nmi" in line:
        cells[0] = f"{line['acc']['median']:.3f}"
        cells[1] = f"{line['nmi']['median']:.3f} ± {line['nmi']['iqr']:.3f}"
        cells[2] = f"{line['ari']['median']:.3f}"
    middle = {key: line[key]["median"] for key in ("smallest", "largest")}
    seconds = f"{line['seconds']['median']:.2g} s"
    return (method, *cells, _sizes(middle), seconds, f"{line['peak_mb']:.0f}", str(line["seeds"]))


def _sizes(line: dict[str, Any]) -> str:
    return f"{line['smallest']:.2f}-{line['largest']:.2f}"


def _scale(record: dict[str, Any]) -> list[str]:
    lines = ["## MNIST, all 70,000 images", ""]
    mnist = record.get("mnist")
    if mnist:
        rows = [
            (
                name,
                f"{run['acc']:.3f}",
                f"{run['nmi']:.3f} ± {run['nmi_iqr']:.3f}",
                *(f"{run[key]:.3f}" for key in ("ari", "ncut")),
                f"{run['graph_seconds']:.1f} s",
                f"{run['seconds']:.1f} s",
                f"{run['cpu_seconds']:.1f} s",
                f"{run['peak_mb']:.0f}",
                str(run["seeds"]),
            )
            for name, run in mnist.items()
        ]
        head = ("method", "ACC", "NMI", "ARI", "NCut", "PCA and graph", "in all", "CPU", "peak MB")
        lines += [
            "From pixels to labels, one process each; times and memory are those of the first "
            "seed, scores are medians.",
            "",
            *markdown.table((*head, "seeds"), rows),
        ]
    if record.get("online"):
        rows = [
            (
                f"{run['n']:,}",
                f"{run['nmi']:.3f}",
                f"{run['seconds']:.1f} s",
                f"{run['added_mb']:.0f}",
            )
            for run in record["online"]
        ]
        head = ("points seen", "NMI on new points", "time", "memory added (MB)")
        lines += [
            "## Online",
            "",
            "`partial_fit` on a stream of batches that are drawn when they are needed.",
            "",
            *markdown.table(head, rows),
        ]
    return lines


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
