"""Cuts of hard labels: sum over clusters of cut(C, rest) / size(C), without a factor 1/2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcut._checks import Size, check_graph, check_labels, check_size

__all__ = ["graph_cut", "normalized_cut", "ratio_cut"]


def graph_cut(
    W: Any, labels: Any, size: Size = "count", per_cluster: bool = False
) -> float | NDArray[np.float64]:
    """sum_C cut(C, V - C) / size(C), cut(C, D) = sum of W_ij over i in C, j in D.

    An empty cluster adds 0. So does a cluster without edges to others, whatever its size.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    labels : array_like of int, shape (n,)
        Cluster of each vertex, from 0 on.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices, added up over a cluster.
    per_cluster : bool
        Whether to return one value for each cluster.

    Returns
    -------
    float or ndarray of float64, shape (max(labels) + 1,)
        The cut.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import graph_cut
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> graph_cut(path, [0, 0, 1])
    1.5
    >>> graph_cut(path, [0, 0, 1], size="degree", per_cluster=True).round(3).tolist()
    [0.333, 1.0]
    """
    graph = check_graph(W)
    n = graph.shape[0]
    labels = check_labels(labels, n)
    sizes = check_size(size, graph)
    rows = np.repeat(np.arange(n), np.diff(graph.indptr))
    own = labels[rows]
    across = graph.data * (own != labels[graph.indices])
    clusters = int(labels.max()) + 1 if n else 0
    cut = np.bincount(own, weights=across, minlength=clusters)
    total = np.bincount(labels, weights=sizes, minlength=clusters)
    ratios = np.divide(cut, total, out=np.zeros(clusters), where=cut > 0)
    return ratios if per_cluster else float(ratios.sum())


def ratio_cut(W: Any, labels: Any) -> float:
    """sum_C cut(C, V - C) / |C| (Hagen and Kahng 1992), without a factor 1/2.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    labels : array_like of int, shape (n,)
        Cluster of each vertex, from 0 on.

    Returns
    -------
    float
        The ratio cut.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import ratio_cut
    >>> ratio_cut(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]), [0, 1, 1])
    1.5
    """
    return float(graph_cut(W, labels, "count"))


def normalized_cut(W: Any, labels: Any) -> float:
    """sum_C cut(C, V - C) / vol(C), vol = sum of degrees (Shi and Malik 2000).

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    labels : array_like of int, shape (n,)
        Cluster of each vertex, from 0 on.

    Returns
    -------
    float
        The normalised cut.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import normalized_cut
    >>> normalized_cut(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]), [0, 1, 1]).__round__(3)
    1.333
    """
    return float(graph_cut(W, labels, "degree"))
