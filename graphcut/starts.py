"""Hard labels to start from: k-means, spectral clustering, partitions, or the best of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graphcut._checks import check_graph, is_torch
from graphcut._information import edge_information, held_out_edges
from graphcut._moves import descend, limits
from graphcut._partition import metis, partition
from graphcut._spectral import large_components, spectral_embedding

__all__ = ["StartChoice", "choose_start", "start"]

METHODS = ("auto", "kmeans", "spectral", "partition", "metis")
# Sizes of the clusters of a partition, as in `refine_labels`.
BALANCE = 0.2
KMEANS_STARTS = 10
# k-means is started on this many rows and finished on all of them.
KMEANS_ROWS = 10_000
# Small graphs are split more than once: their scores are noisy.
EDGES_JUDGED = 100_000
MOST_SPLITS = 4

Labels = NDArray[np.int64]
Method = Callable[[sp.csr_array, Any, int, int], Labels]


@dataclass(frozen=True)
class StartChoice:
    """Labels to start from and why these.

    Attributes
    ----------
    labels : ndarray of int64, shape (n,)
        Clusters.
    method : str
        "kmeans", "spectral", "partition" or "components".
    moved : bool
        Whether vertex moves on the graph followed.
    scores : dict of str to float
        Score of each candidate on edges that it had not seen; "+moves" marks moves.
    """

    labels: Labels
    method: str
    moved: bool
    scores: dict[str, float]


def start(
    W: Any, X: Any, n_clusters: int, method: str = "auto", seed: int = 0
) -> NDArray[np.int64]:
    """Labels to start from.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    X : array, SciPy sparse, torch tensor or None, shape (n, d)
        Points, for k-means; they also place vertices that no edge ties to a cluster.
    n_clusters : int
        From 1 to n.
    method : {"auto", "kmeans", "spectral", "partition", "metis"}
        - "kmeans": Lloyd's iteration on X, best of ten k-means++ starts;
        - "spectral": k-means on the rows of the leading eigenvectors of D^-1/2 W D^-1/2, scaled
          to length 1 (Ng, Jordan and Weiss 2001);
        - "partition": recombined multilevel partitions with clusters of 0.6 to 1.2 mean degrees
          sums, lowest normalised cut, by METIS where pymetis is installed;
        - "metis": METIS alone;
        - "auto": what `choose_start` finds best.
    seed : int
        Of all random choices.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels below `n_clusters`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    ImportError
        If the package that the method needs is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import start
    >>> W = np.kron(np.eye(2), np.ones((4, 4)) - np.eye(4))
    >>> labels = start(W, None, 2, method="spectral")
    >>> (labels[:4] == labels[0]).all(), (labels[4:] != labels[0]).all()
    (np.True_, np.True_)
    """
    if method == "auto":
        return choose_start(W, X, n_clusters, seed).labels
    graph, X = _check(W, X, n_clusters)
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; one of {', '.join(METHODS)} is allowed")
    if method == "kmeans" and X is None:
        raise ValueError('X is None; the method "kmeans" needs points')
    if n_clusters == 1:
        return np.zeros(graph.shape[0], dtype=np.int64)
    return _METHODS[method](graph, X, n_clusters, seed)


def choose_start(W: Any, X: Any, n_clusters: int, seed: int = 0) -> StartChoice:
    """Best of k-means, spectral clustering and partitions, each with and without vertex moves.

    Each candidate is computed from three quarters of the edges and scored on the others by the
    edge information I / sqrt(H log K): the mutual information of the clusters at both ends of an
    edge, over the geometric mean of their entropy and its maximum. It sees the cut and the
    balance, and as the judging edges are unseen, a method that fits the noise of a graph loses
    to one that does not. The winner is then computed from the whole graph. No class is used.
    Where the graph falls into `n_clusters` large components, these are the clusters.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    X : array, SciPy sparse, torch tensor or None, shape (n, d)
        Points; None leaves k-means out.
    n_clusters : int
        From 1 to n.
    seed : int
        Of all random choices.

    Returns
    -------
    StartChoice
        Labels, the method behind them and all scores.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import choose_start
    >>> W = np.kron(np.eye(2), np.ones((9, 9)) - np.eye(9))
    >>> sorted(np.bincount(choose_start(W, None, 2).labels).tolist())
    [9, 9]
    """
    graph, X = _check(W, X, n_clusters)
    if n_clusters == 1:
        return StartChoice(np.zeros(graph.shape[0], dtype=np.int64), "partition", False, {})
    component, count = large_components(graph, n_clusters)
    if count == n_clusters:
        return StartChoice(_place(graph, X, component, n_clusters), "components", False, {})
    names = [
        name for name in ("partition", "spectral", "kmeans") if name != "kmeans" or X is not None
    ]
    splits = int(np.clip(EDGES_JUDGED // max(graph.nnz, 1), 1, MOST_SPLITS))
    totals: dict[str, float] = {}
    for split in range(splits):
        rng = np.random.default_rng([seed, split])
        learn, judge = held_out_edges(graph, rng)
        for name in names:
            labels = _METHODS[name](learn, X, n_clusters, seed)
            for key, candidate in ((name, labels), (f"{name}+moves", _move(learn, labels, seed))):
                score = edge_information(judge, candidate, n_clusters)
                totals[key] = totals.get(key, 0.0) + score / splits
    best = max(totals, key=lambda key: totals[key])
    name, _, moves = best.partition("+")
    labels = _METHODS[name](graph, X, n_clusters, seed)
    if moves:
        labels = _move(graph, labels, seed)
    return StartChoice(labels, name, bool(moves), totals)


def _check(W: Any, X: Any, n_clusters: int) -> tuple[sp.csr_array, Any]:
    graph = check_graph(W)
    n = graph.shape[0]
    if int(n_clusters) != n_clusters or not 1 <= n_clusters <= n:
        raise ValueError(f"n_clusters is {n_clusters!r}; an integer from 1 to {n} is allowed")
    if X is None:
        return graph, None
    if is_torch(X):
        X = X.detach().cpu().numpy()
    X = X if sp.issparse(X) else np.asarray(X)
    if X.ndim != 2 or X.shape[0] != n:
        raise ValueError(f"X has shape {X.shape}; ({n}, d) is needed, one row per vertex")
    return graph, X


def _move(graph: sp.csr_array, labels: Labels, seed: int) -> Labels:
    sizes = np.asarray(graph.sum(axis=1, dtype=np.float64)).ravel()
    rng = np.random.default_rng(seed)
    return descend(graph, labels, sizes, limits(sizes, 1, None), rng)[0]


def _kmeans(graph: sp.csr_array, X: Any, clusters: int, seed: int) -> Labels:
    return kmeans(X, clusters, seed)


def kmeans(X: Any, clusters: int, seed: int) -> NDArray[np.int64]:
    """Lloyd's iteration from the best of ten k-means++ starts on at most `KMEANS_ROWS` rows.

    Parameters
    ----------
    X : array or SciPy sparse, shape (n, d)
        Points.
    clusters : int
        Number of clusters.
    seed : int
        Of the starts.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels; fewer clusters if X has fewer different rows.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    rng = np.random.default_rng(seed)
    some = X
    if X.shape[0] > KMEANS_ROWS:
        some = X[np.sort(rng.choice(X.shape[0], KMEANS_ROWS, replace=False))]
    with warnings.catch_warnings():
        # Fewer different rows than clusters: clusters stay empty.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(clusters, n_init=KMEANS_STARTS, random_state=seed).fit(some)
        if some is not X:
            model = KMeans(clusters, init=model.cluster_centers_, n_init=1).fit(X)
    labels: NDArray[np.int64] = model.labels_.astype(np.int64)
    return labels


def _spectral(graph: sp.csr_array, X: Any, clusters: int, seed: int) -> Labels:
    component, _ = large_components(graph, clusters)
    points = spectral_embedding(graph, clusters, component, seed)
    inside = component >= 0
    labels = np.full(graph.shape[0], -1, dtype=np.int64)
    labels[inside] = kmeans(points[inside], clusters, seed)
    return _place(graph, X, labels, clusters)


def _place(graph: sp.csr_array, X: Any, labels: Labels, clusters: int) -> Labels:
    """Give vertices without a label the nearest mean, or their component the smallest cluster."""
    lost = labels < 0
    if not lost.any():
        return labels
    labels = labels.copy()
    if X is not None:
        from sklearn.metrics import pairwise_distances_argmin

        known = np.unique(labels[~lost])
        means = np.vstack([np.asarray(X[labels == k].mean(axis=0)).ravel() for k in known])
        labels[lost] = known[pairwise_distances_argmin(X[lost], means)]
        return labels
    counts = np.bincount(labels[~lost], minlength=clusters)
    component = connected_components(graph, directed=False)[1]
    for one in np.unique(component[lost]):
        members = component == one
        smallest = int(np.argmin(counts))
        labels[members] = smallest
        counts[smallest] += int(members.sum())
    return labels


def _partition(graph: sp.csr_array, X: Any, clusters: int, seed: int) -> Labels:
    sizes = np.asarray(graph.sum(axis=1, dtype=np.float64)).ravel()
    return partition(graph, clusters, sizes, BALANCE, np.random.default_rng(seed))


def _metis(graph: sp.csr_array, X: Any, clusters: int, seed: int) -> Labels:
    return metis(graph, clusters, np.random.default_rng(seed))


_METHODS: dict[str, Method] = {
    "kmeans": _kmeans,
    "spectral": _spectral,
    "partition": _partition,
    "metis": _metis,
}
