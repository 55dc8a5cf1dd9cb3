"""Plots of a clustering, and a page with them."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import check_graph, check_labels, to_numpy
from hypgeo._files import write_atomically

if TYPE_CHECKING:
    from graphcut._cli_data import Data
    from graphcut.estimator import ProbabilisticCut

__all__ = [
    "plot_blocks",
    "plot_embedding",
    "plot_history",
    "plot_quality",
    "write_report",
]

# Points of a scatter plot; more hide each other.
MOST_POINTS = 10_000
# Cells of a side of the block matrix.
CELLS = 200


def plot_history(ax: Any, history: Mapping[str, Sequence[float]]) -> None:
    """Objective of each step.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    history : dict
        `ProbabilisticCut.history_`.
    """
    ax.plot(np.arange(1, len(history["objective"]) + 1), history["objective"])
    ax.set(xlabel="step", ylabel="objective", title="training")


def plot_embedding(ax: Any, features: Any, labels: Any) -> None:
    """First two coordinates, coloured by cluster.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    features : array_like, shape (n, c)
        Coordinates; a single one is drawn on a line.
    labels : array_like of int, shape (n,)
        Clusters.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """
    features = to_numpy(features)
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"features has shape {features.shape}; (n, c) with c >= 1 is needed")
    labels = check_labels(labels, len(features))
    some = np.random.default_rng(0).permutation(len(features))[:MOST_POINTS]
    second = features[some, 1] if features.shape[1] > 1 else np.zeros(len(some))
    ax.scatter(features[some, 0], second, c=labels[some], s=4, cmap="tab20", linewidths=0)
    ax.set(xticks=[], yticks=[], title="clusters")


def plot_blocks(ax: Any, W: Any, labels: Any) -> None:
    """Weights with the vertices sorted by cluster, added up in cells.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    labels : array_like of int, shape (n,)
        Clusters.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """
    W = check_graph(W)
    n = W.shape[0]
    labels = check_labels(labels, n)
    place = np.empty(n, dtype=np.int64)
    place[np.argsort(labels, kind="stable")] = np.arange(n)
    side = min(CELLS, n)
    edges = W.tocoo()
    rows, columns = (place[x] * side // n for x in edges.coords)
    cells = np.bincount(rows * side + columns, weights=edges.data, minlength=side * side)
    # Logarithms: the diagonal holds nearly all of the weight.
    ax.imshow(np.log1p(cells.reshape(side, side)), cmap="magma", interpolation="nearest")
    for end in np.cumsum(np.bincount(labels))[:-1]:
        ax.axhline(end * side / n - 0.5, color="white", linewidth=0.3)
        ax.axvline(end * side / n - 0.5, color="white", linewidth=0.3)
    ax.set(xticks=[], yticks=[], title="log(1 + weight), by cluster")


def plot_quality(
    ax: Any, quality: Sequence[float], nmi: Sequence[float], names: Sequence[str]
) -> None:
    """NMI against the quality of the graph.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    quality, nmi : sequence of float
        `graph_quality` of each graph and the NMI reached on it.
    names : sequence of str
        One for each point.
    """
    ax.plot(quality, nmi, "o")
    for x, y, name in zip(quality, nmi, names, strict=True):
        ax.annotate(name, (x, y), textcoords="offset points", xytext=(4, 4), fontsize=7)
    ax.set(xlabel="graph quality Q", ylabel="NMI", title="graph quality and NMI")


def write_report(folder: Path, kind: str, data: Data, cut: ProbabilisticCut, table: str) -> Path:
    """One page: the table and the plots.

    Parameters
    ----------
    folder : Path
        Where it goes.
    kind : {"html", "png"}
        A page with the table and the picture in it, or the picture alone.
    data : Data
        What was clustered.
    cut : ProbabilisticCut
        Fitted.
    table : str
        Scores.

    Returns
    -------
    Path
        The file.
    """
    picture = _picture(data, cut)
    path = folder / f"report.{kind}"
    page = picture if kind == "png" else _page(data, cut, table, picture).encode()
    write_atomically(path, lambda file: file.write(page))
    return path


def _picture(data: Data, cut: ProbabilisticCut) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = 4 if data.labels is not None and data.points is not None else 3
    figure = Figure(figsize=(4.2 * panels, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, panels)
    plot_history(axes[0], cut.history_)
    plot_embedding(axes[1], embedding(cut), cut.labels_)
    plot_blocks(axes[2], cut.graph_, cut.labels_)
    if panels == 4:
        plot_quality(axes[3], *_qualities(data, cut))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def embedding(cut: ProbabilisticCut) -> NDArray[np.float64]:
    """Two coordinates of each vertex: second and third eigenvector of the normalised graph.

    Parameters
    ----------
    cut : ProbabilisticCut
        Fitted.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Coordinates; those of graphs of fewer than five vertices are zeros.
    """
    from scipy.sparse.linalg import eigsh

    W = cut.graph_
    n = W.shape[0]
    if n < 5:
        return np.zeros((n, 2))
    degrees = np.asarray(W.sum(axis=1)).ravel()
    root = 1 / np.sqrt(np.where(degrees > 0, degrees, 1.0))
    scaled = sp.diags_array(root) @ W @ sp.diags_array(root)
    start = np.random.default_rng(0).random(n)
    _, vectors = eigsh(scaled, k=3, which="LA", tol=1e-3, v0=start)
    return np.asarray(vectors[:, [1, 0]] * root[:, None])


def _qualities(data: Data, cut: ProbabilisticCut) -> tuple[list[float], list[float], list[str]]:
    """The same model trained on graphs of other numbers of neighbours; labels only measure."""
    from sklearn.base import clone

    from graphcut.graphs import graph_quality
    from graphcut.metrics import nmi

    truth, points = data.labels, data.points
    assert truth is not None
    assert points is not None
    quality, reached, names = [], [], []
    for neighbours in (5, 15, 50):
        if neighbours >= len(points):
            continue
        other = clone(cut).set_params(n_neighbors=neighbours, verbose=0)
        found = cut if neighbours == cut.n_neighbors else other.fit(points)
        quality.append(graph_quality(found.graph_, truth))
        reached.append(nmi(truth, found.labels_))
        names.append(f"{neighbours} neighbours")
    return quality, reached, names


def _page(data: Data, cut: ProbabilisticCut, table: str, picture: bytes) -> str:
    sizes = ", ".join(str(x) for x in np.bincount(cut.labels_, minlength=cut.n_clusters))
    name = html.escape(data.name)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<style>body {{ font-family: sans-serif; margin: 2em; }} img {{ max-width: 100%; }}</style></head>
<body><h1>{name}: {len(cut.labels_)} points, {cut.n_clusters} clusters</h1>
<pre>{html.escape(table)}</pre>
<p>Objective {cut.objective}: exact expected cut {cut.expected_cut_:.4g}, envelope {cut.bound_:.4g}.
Sizes: {sizes}.</p>
<img alt="training, clusters, weights" src="data:image/png;base64,{
        base64.b64encode(picture).decode()
    }"></body></html>
"""
