"""Nearest-neighbour graphs of points, and how well a graph fits given classes."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from graphcut._checks import check_graph, check_labels, is_torch
from graphcut._neighbors import BACKENDS, nearest
from graphcut._weights import KERNELS, SYMMETRIES, directed, neighbor_weights, symmetrize

if TYPE_CHECKING:
    import torch

__all__ = ["graph_quality", "knn_graph", "local_knn_graph"]


def knn_graph(
    X: Any,
    n_neighbors: int = 15,
    metric: str = "euclidean",
    kernel: str = "self_tuning_rbf",
    backend: str = "auto",
    symmetry: str = "mean",
    seed: int = 0,
) -> Any:
    """Graph of the `n_neighbors` nearest neighbours, symmetric with zero diagonal.

    A directed edge i -> j has the weight

    - "self_tuning_rbf": exp(-d_ij^2 / (r_i r_j)), r_i the distance to the last neighbour
      (Zelnik-Manor and Perona 2004);
    - "rbf": exp(-d_ij^2 / r^2), r the median of all r_i;
    - "connectivity": 1;
    - "shared_neighbors": |N_i & N_j| / |N_i | N_j|, N_i the neighbours of i and i itself.

    Duplicates have distance 0 and weight 1; where all neighbours of a row are its duplicates,
    the smallest positive r takes the place of r_i = 0. An edge whose weight underflows is absent.

    Parameters
    ----------
    X : array, SciPy sparse or torch tensor, shape (n, d)
        Points, finite, more than `n_neighbors` of them. A tensor's neighbours are found on its
        device.
    n_neighbors : int
        From 1 to n - 1.
    metric : str
        "euclidean" or "cosine" (1 - cosine; rows of zeros are refused); with the backend
        "exact", whatever scikit-learn's `NearestNeighbors` knows.
    kernel : {"self_tuning_rbf", "rbf", "connectivity", "shared_neighbors"}
        Weight of an edge.
    backend : {"auto", "faiss", "pynndescent", "exact"}
        "faiss" is exact up to n^2 d = 5e12, rows whose neighbours single precision cannot order
        being searched again in double, and an HNSW index above; "exact" is scikit-learn.
        "auto" takes Faiss, or above that PyNNDescent, or what is installed.
    symmetry : {"mean", "union", "mutual"}
        (A + A^T) / 2, the larger or the smaller of both directions.
    seed : int
        Of approximate searches.

    Returns
    -------
    scipy.sparse.csr_array of float64, or for a tensor torch.sparse_coo, shape (n, n)
        Weights. A tensor's graph is coalesced, of its dtype and on its device.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    ImportError
        If the package that the backend needs is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import knn_graph
    >>> W = knn_graph(np.array([[0.0], [1.0], [3.0]]), n_neighbors=1, kernel="connectivity")
    >>> W.toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.5], [0.0, 0.5, 0.0]]
    """
    if kernel not in KERNELS:
        raise ValueError(f"kernel is {kernel!r}; one of {', '.join(KERNELS)} is allowed")
    if symmetry not in SYMMETRIES:
        raise ValueError(f"symmetry is {symmetry!r}; one of {', '.join(SYMMETRIES)} is allowed")
    if backend not in BACKENDS:
        raise ValueError(f"backend is {backend!r}; one of {', '.join(BACKENDS)} is allowed")
    if is_torch(X):
        from graphcut._torch_graphs import tensor_graph

        if backend not in ("auto", "exact"):
            raise ValueError(f"backend is {backend!r}; a tensor is searched exactly, by torch")
        return tensor_graph(X, n_neighbors, metric, kernel, symmetry)
    X = _check_points(X, n_neighbors, metric)
    indices, distances = nearest(X, int(n_neighbors), metric, backend, seed)
    return symmetrize(directed(indices, neighbor_weights(indices, distances, kernel)), symmetry)


def _check_points(X: Any, n_neighbors: int, metric: str) -> Any:
    if not sp.issparse(X):
        X = np.asarray(X)
    if X.ndim != 2 or X.dtype.kind not in "fiub":
        raise TypeError(
            f"X has dtype {X.dtype} and {X.ndim} dimensions; a real two-dimensional array is needed"
        )
    if X.dtype not in (np.float32, np.float64):
        X = X.astype(np.float32 if X.dtype == np.float16 else np.float64)
    if X.shape[1] == 0:
        raise ValueError(f"X has shape {X.shape}; at least one column is needed")
    check_neighbors(n_neighbors, X.shape[0])
    values = X.data if sp.issparse(X) else X
    if not np.isfinite(values).all():
        raise ValueError("X holds NaN or infinity; points are finite")
    if metric == "cosine":
        zero = np.flatnonzero(np.asarray((X != 0).sum(axis=1)).ravel() == 0)
        if zero.size:
            raise ValueError(f"X[{zero[0]}] is zero; the metric cosine needs nonzero rows")
    return X


def check_neighbors(n_neighbors: Any, n: int) -> None:
    """Refuse numbers of neighbours that n points do not have.

    Parameters
    ----------
    n_neighbors : int
        Number of neighbours.
    n : int
        Number of points.

    Raises
    ------
    ValueError
        If `n_neighbors` is no integer from 1 to n - 1.
    """
    if n < 2:
        raise ValueError(f"X has {n} rows; neighbours need at least 2")
    if not (isinstance(n_neighbors, Integral) and 1 <= int(n_neighbors) < n):
        raise ValueError(
            f"n_neighbors is {n_neighbors!r}; an integer from 1 to {n - 1} is allowed for {n} rows"
        )


def local_knn_graph(
    X: torch.Tensor,
    n_neighbors: int = 15,
    metric: str = "euclidean",
    kernel: str = "self_tuning_rbf",
    symmetry: str = "mean",
) -> torch.Tensor:
    """Graph of the nearest neighbours within a minibatch, on the batch's device.

    A batch of b <= `n_neighbors` rows is joined completely: b - 1 neighbours each.

    Parameters
    ----------
    X : torch.Tensor, shape (b, d)
        Points; no gradient flows through the graph.
    n_neighbors, metric, kernel, symmetry
        As for `knn_graph`; "euclidean" and "cosine".

    Returns
    -------
    torch.Tensor, sparse COO, coalesced, shape (b, b)
        Symmetric weights with zero diagonal; `indices()` and `values()` are the edges.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import torch
    >>> from graphcut import local_knn_graph
    >>> local_knn_graph(torch.tensor([[0.0], [1.0], [3.0]]), 1, kernel="connectivity").to_dense()
    tensor([[0.0000, 1.0000, 0.0000],
            [1.0000, 0.0000, 0.5000],
            [0.0000, 0.5000, 0.0000]])
    """
    if not is_torch(X):
        raise TypeError(f"X is a {type(X).__name__}; a torch tensor is needed, or knn_graph")
    if X.ndim == 2 and X.shape[0] > 1:
        n_neighbors = min(n_neighbors, X.shape[0] - 1)
    graph: torch.Tensor = knn_graph(X, n_neighbors, metric, kernel, symmetry=symmetry)
    return graph


def graph_quality(W: Any, y: Any) -> float:
    """Q = (q - q0) / (1 - q0): how much more often than by chance a step keeps the class.

    q is the mean over vertices with edges of the probability that a step of the random walk
    D^-1 W stays in the vertex's class, q0 = sum_k (n_k / n)^2.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    y : array_like of int, shape (n,)
        True classes, at least two of them.

    Returns
    -------
    float
        At most 1; 0 by chance. It predicts the NMI within reach of a cut of this graph.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import graph_quality
    >>> W = np.kron(np.eye(2), np.ones((3, 3)) - np.eye(3))
    >>> graph_quality(W, [0, 0, 0, 1, 1, 1])
    1.0
    """
    graph = check_graph(W)
    y = check_labels(y, graph.shape[0], "y")
    counts = np.bincount(y)
    if np.count_nonzero(counts) < 2:
        raise ValueError("y holds one class; at least two are needed")
    rows = np.repeat(np.arange(len(y)), np.diff(graph.indptr))
    degrees = np.bincount(rows, weights=graph.data, minlength=len(y))
    same = np.bincount(rows, weights=graph.data * (y[rows] == y[graph.indices]), minlength=len(y))
    alive = degrees > 0
    if not alive.any():
        raise ValueError("W has no edges; at least one is needed")
    chance = float(((counts / len(y)) ** 2).sum())
    return float(((same[alive] / degrees[alive]).mean() - chance) / (1 - chance))
