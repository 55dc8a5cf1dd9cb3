"""Hard labels to start from: k-means, spectral clustering, partitions."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graphcut._checks import check_graph, check_integer, check_size, to_numpy
from graphcut._partition import metis, partition
from graphcut._search import ATTEMPTS
from graphcut._spectral import eigenvectors, large_components, unit_rows, walk_rows

__all__ = ["start"]

METHODS = ("auto", "kmeans", "spectral", "walk", "partition", "metis")
# Sizes of the clusters of a partition, as in `refine_labels`.
BALANCE = 0.25
# Methods that keep to it.
BALANCED = ("partition", "metis")
KMEANS_STARTS = 10
# k-means is started on this many rows and finished on all of them.
KMEANS_ROWS = 10_000

Labels = NDArray[np.int64]
Method = Callable[[sp.csr_array, Any, int, int], Labels]


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
    method : {"auto", "kmeans", "spectral", "walk", "partition", "metis"}
        - "kmeans": Lloyd's iteration on X, best of ten k-means++ starts;
        - "spectral": k-means on the rows of the leading eigenvectors of D^-1/2 W D^-1/2, scaled
          to length 1 (Ng, Jordan and Weiss 2001);
        - "walk": the same on the eigenvectors of D^-1 W as they are (Shi and Malik 2000);
        - "partition": clusters of 0.5 to 1.25 mean degree sums and low normalised cut: multilevel
          partitions, by METIS where pymetis is installed, and a search on what they have in common;
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
        from graphcut.choice import choose_start

        return choose_start(W, X, n_clusters, seed).labels
    graph, X = check_problem(W, X, n_clusters)
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; one of {', '.join(METHODS)} is allowed")
    if method == "kmeans" and X is None:
        raise ValueError('X is None; the method "kmeans" needs points')
    if n_clusters == 1:
        return np.zeros(graph.shape[0], dtype=np.int64)
    return _METHODS[method](graph, X, n_clusters, seed)


def check_problem(W: Any, X: Any, n_clusters: Any) -> tuple[sp.csr_array, Any]:
    """Checked graph and points.

    Parameters
    ----------
    W, X, n_clusters
        As for `start`.

    Returns
    -------
    tuple
        The graph as a csr_array, and X as an array or sparse matrix, or None.
    """
    graph = check_graph(W)
    n = graph.shape[0]
    check_integer(n_clusters, 1, "n_clusters", most=n)
    if X is None:
        return graph, None
    X = X if sp.issparse(X) else to_numpy(X)
    if X.ndim != 2 or X.shape[0] != n:
        raise ValueError(f"X has shape {X.shape}; ({n}, d) is needed, one row per vertex")
    return graph, X


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
    return both_spectral(graph, X, clusters, seed, ("spectral",))["spectral"]


def _walk(graph: sp.csr_array, X: Any, clusters: int, seed: int) -> Labels:
    return both_spectral(graph, X, clusters, seed, ("walk",))["walk"]


def both_spectral(
    graph: sp.csr_array,
    X: Any,
    clusters: int,
    seed: int,
    names: tuple[str, ...] = ("spectral", "walk"),
) -> dict[str, Labels]:
    """Labels of both spectral methods, whose eigenvectors are the same up to the degrees.

    Parameters
    ----------
    graph, X, clusters, seed
        As for `start`, checked.
    names : tuple of str
        Methods.

    Returns
    -------
    dict of str to ndarray of int64
        Labels of each method.
    """
    component, _ = large_components(graph, clusters)
    vectors = eigenvectors(graph, clusters, component, seed)
    inside = component >= 0
    found = {}
    for name in names:
        rows = unit_rows(vectors) if name == "spectral" else walk_rows(graph, vectors)
        labels = np.full(graph.shape[0], -1, dtype=np.int64)
        labels[inside] = kmeans(rows[inside], clusters, seed)
        found[name] = place(graph, X, labels, clusters)
    return found


def place(graph: sp.csr_array, X: Any, labels: Labels, clusters: int) -> Labels:
    """Give vertices without a label the nearest mean, or their component the smallest cluster.

    Parameters
    ----------
    graph, X, clusters
        As for `start`, checked.
    labels : ndarray of int64, shape (n,)
        Clusters; -1 where there is none yet.

    Returns
    -------
    ndarray of int64, shape (n,)
        Clusters of all vertices.
    """
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
    return balanced_partition(graph, clusters, seed)


def balanced_partition(
    graph: sp.csr_array, clusters: int, seed: int, attempts: int = ATTEMPTS
) -> Labels:
    """Partition whose clusters keep to `BALANCE`.

    Parameters
    ----------
    graph, clusters, seed
        As for `start`, checked.
    attempts : int
        Largest number of borders that are drawn anew at the end.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels.
    """
    sizes = check_size("degree", graph)
    return partition(graph, clusters, sizes, BALANCE, np.random.default_rng(seed), attempts)


def _metis(graph: sp.csr_array, X: Any, clusters: int, seed: int) -> Labels:
    return metis(graph, clusters, np.random.default_rng(seed))


_METHODS: dict[str, Method] = {
    "kmeans": _kmeans,
    "spectral": _spectral,
    "walk": _walk,
    "partition": _partition,
    "metis": _metis,
}
