"""What the command does: fit, compare, print, write."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._cli_data import Data, UsageError
from graphcut._cli_files import prepare_folder
from graphcut.cuts import normalized_cut, ratio_cut
from graphcut.estimator import ProbabilisticCut
from graphcut.metrics import ari, clustering_accuracy, nmi
from hypgeo._files import write_atomically

# scikit-learn's spectral clustering takes minutes beyond.
MOST_FOR_SPECTRAL = 20_000


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    method : str
        Its name.
    scores : dict of str to float
        By column; a column that is not there is shown as "-".
    """

    method: str
    scores: dict[str, float]


def run(data: Data, options: argparse.Namespace, folder: Path) -> None:
    """Cluster, print the table and write the files.

    Parameters
    ----------
    data : Data
        What.
    options : argparse.Namespace
        How; see `graphcut._cli.build_parser`.
    folder : Path
        Where files go.
    """
    check_device(options.device)
    report = () if options.report == "none" else (f"report.{options.report}",)
    prepare_folder(folder, ("labels.csv", *report))
    cut = _estimator(data, options)
    start = time.perf_counter()
    cut.fit(data.points if data.points is not None else data.graph)
    seconds = time.perf_counter() - start
    written = [folder / "labels.csv"]
    # Before all that could still fail.
    write_atomically(written[0], lambda file: np.savetxt(file, cut.labels_, fmt="%d"))
    W = cut.graph_
    own = "graphcut" + (", refined" if data.points is None or options.refine else "")
    rows = [] if options.no_baselines else baselines(data, W, options.seed)
    rows.append(Row(own, scores(W, cut.labels_, data.labels, seconds)))
    if data.labels is not None:
        rows.append(Row("true labels", scores(W, data.labels, data.labels, float("nan"))))
    print(table(rows))
    if cut.standardized_ and options.standardize == "auto":
        print(
            "columns seem to be in units of their own: standardised (--standardize no leaves them)"
        )
    if cut.interrupted_:
        print("interrupted: this is the best state until then")
    if options.report != "none":
        from graphcut.report import write_report

        written.append(write_report(folder, options.report, data, cut, table(rows)))
    print("wrote", *written)


def check_device(name: str) -> None:
    """Refuse a device that torch does not compute on, before any time is spent.

    Parameters
    ----------
    name : str
        Of ``--device``.

    Raises
    ------
    UsageError
        If torch does not.
    """
    import torch

    try:
        torch.zeros(1, device=name).item()
    except (AssertionError, ImportError, RuntimeError) as error:
        raise UsageError(
            f"--device is {name!r}; torch does not compute there: {_reason(error)}"
        ) from error


def _reason(error: BaseException) -> str:
    """First sentence of an error, which goes on for lines in other libraries."""
    text = str(error).strip() or type(error).__name__
    return text.partition("\n")[0].partition(". ")[0]


def _estimator(data: Data, options: argparse.Namespace) -> ProbabilisticCut:
    return ProbabilisticCut(
        n_clusters=data.n_clusters,
        objective=options.objective,
        affinity="nearest_neighbors" if data.graph is None else "precomputed",
        model=options.model,
        n_neighbors=options.n_neighbors,
        standardize={"yes": True, "no": False}.get(options.standardize, "auto"),
        n_init=options.n_init,
        max_iter="auto" if options.max_iter is None else options.max_iter,
        refine=True if options.refine else "auto",
        device=options.device,
        verbose=0 if options.quiet else 1,
        random_state=options.seed,
    )


def baselines(data: Data, W: sp.csr_array, seed: int) -> list[Row]:
    """k-means of the points and spectral clustering of the graph, by scikit-learn.

    Parameters
    ----------
    data : Data
        Points and true labels.
    W : scipy.sparse.csr_array
        The graph that cuts are measured on.
    seed : int
        Of both.

    Returns
    -------
    list of Row
        A line for each, without scores for one that cannot be had.
    """
    from sklearn.cluster import KMeans, SpectralClustering

    k = data.n_clusters

    def spectral() -> NDArray[Any]:
        if W.shape[0] > MOST_FOR_SPECTRAL:
            raise ValueError(f"it takes minutes above {MOST_FOR_SPECTRAL} points")
        method = SpectralClustering(k, affinity="precomputed", random_state=seed)
        labels: NDArray[Any] = method.fit_predict(sp.csr_matrix(W))
        return labels

    methods: dict[str, Callable[[], NDArray[Any]]] = {"spectral": spectral}
    if data.points is not None:
        means = KMeans(k, n_init=10, random_state=seed)
        methods = {"k-means": lambda: means.fit_predict(data.points), **methods}
    return [_baseline(name, method, W, data.labels) for name, method in methods.items()]


def _baseline(
    name: str, method: Callable[[], NDArray[Any]], W: sp.csr_array, truth: NDArray[Any] | None
) -> Row:
    start = time.perf_counter()
    try:
        labels = _quietly(method)
        return Row(name, scores(W, labels, truth, time.perf_counter() - start))
    except Exception as error:
        # Whatever it is: the result that is compared with it stays.
        print(f"{name} is left out: {_reason(error)}")
        return Row(name, {})


def _quietly(method: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """scikit-learn warns of graphs in pieces or of too few points; scores say what came of it."""
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Graph is not fully connected", UserWarning)
        warnings.filterwarnings("ignore", "k >= N for", RuntimeWarning)
        return method()


def scores(
    W: sp.csr_array, labels: NDArray[Any], truth: NDArray[Any] | None, seconds: float
) -> dict[str, float]:
    """Columns of the table.

    Parameters
    ----------
    W : scipy.sparse.csr_array
        Graph.
    labels : ndarray of int
        Labels.
    truth : ndarray of int or None
        True classes.
    seconds : float
        Spent.

    Returns
    -------
    dict of str to float
        Scores by column.
    """
    result: dict[str, float] = {}
    if truth is not None:
        result["ACC"] = clustering_accuracy(truth, labels)
        result["NMI"] = nmi(truth, labels)
        result["ARI"] = ari(truth, labels)
    result["RCut"], result["NCut"] = ratio_cut(W, labels), normalized_cut(W, labels)
    counts = np.bincount(labels)
    result["largest"] = float(counts.max() / counts.sum())
    result["seconds"] = seconds
    return result


def table(rows: list[Row]) -> str:
    """The table as text.

    Parameters
    ----------
    rows : list of Row
        Lines; the longest has all of the columns.

    Returns
    -------
    str
        One line for each row and one with the heads.
    """
    heads = list(max(rows, key=lambda row: len(row.scores)).scores)
    width = max(len(row.method) for row in rows)
    lines = [" " * width + "".join(f"{head:>9}" for head in heads)]
    for row in rows:
        found = (row.scores.get(head, float("nan")) for head in heads)
        numbers = (f"{x:9.3f}" if np.isfinite(x) else " " * 8 + "-" for x in found)
        lines.append(f"{row.method:{width}}" + "".join(numbers))
    return "\n".join(lines)
