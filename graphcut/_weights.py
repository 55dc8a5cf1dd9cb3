"""Weights of neighbour graphs, and how directed edges become undirected ones."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

KERNELS = ("self_tuning_rbf", "rbf", "connectivity", "shared_neighbors")
SYMMETRIES = ("mean", "union", "mutual")


def neighbor_weights(
    indices: NDArray[np.int64], distances: NDArray[np.float64], kernel: str
) -> NDArray[np.float64]:
    """Weight of each directed edge to a neighbour.

    Parameters
    ----------
    indices, distances : ndarray, shape (n, k)
        Neighbours, nearest first.
    kernel : str
        One of `KERNELS`.

    Returns
    -------
    ndarray of float64, shape (n, k)
        Weights in [0, 1].
    """
    if kernel == "connectivity":
        return np.ones_like(distances)
    if kernel == "shared_neighbors":
        return _jaccard(indices)
    if kernel == "rbf":
        middle = np.median(distances[:, -1])
        return np.exp(-((distances / positive_scale(np.array([middle]))) ** 2))
    scale = positive_scale(distances[:, -1])
    return np.exp(-((distances / scale[:, None]) * (distances / scale[indices])))


def positive_scale(scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scales with zeros, which only lumps of duplicates have, replaced by the smallest other.

    Parameters
    ----------
    scale : ndarray
        Distances to the last neighbours.

    Returns
    -------
    ndarray
        Positive scales; 1 if all were zero.
    """
    positive = scale[scale > 0]
    return np.where(scale > 0, scale, positive.min() if positive.size else 1.0)


def _jaccard(indices: NDArray[np.int64]) -> NDArray[np.float64]:
    """|N(i) & N(j)| / |N(i) | N(j)| with N(i) including i."""
    n, k = indices.shape
    members = np.column_stack([np.arange(n), indices])
    sets = sp.csr_array(
        (np.ones(members.size), members.ravel(), np.arange(0, members.size + 1, k + 1)), (n, n)
    )
    pattern = directed(indices, np.ones(indices.shape))
    shared = (sets @ sets.T).multiply(pattern).tocsr()
    rows = np.arange(n)[:, None]
    common = np.asarray(shared[np.broadcast_to(rows, indices.shape).ravel(), indices.ravel()])
    common = common.reshape(n, k)
    weights: NDArray[np.float64] = common / (2 * (k + 1) - common)
    return weights


def directed(indices: NDArray[np.int64], weights: NDArray[np.float64]) -> sp.csr_array:
    """CSR with an edge from each row to each of its neighbours.

    Parameters
    ----------
    indices, weights : ndarray, shape (n, k)
        Neighbours and weights.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
        Not symmetric.
    """
    n, k = indices.shape
    pointers = np.arange(0, n * k + 1, k)
    graph = sp.csr_array((weights.ravel(), indices.ravel(), pointers), shape=(n, n))
    graph.sort_indices()
    return graph


def symmetrize(graph: sp.csr_array, how: str) -> sp.csr_array:
    """Undirected graph of a directed one.

    Parameters
    ----------
    graph : scipy.sparse.csr_array
        Weights.
    how : str
        "mean": (A + A^T) / 2; "union": the larger of both; "mutual": the smaller.

    Returns
    -------
    scipy.sparse.csr_array
        Symmetric, without explicit zeros.
    """
    mirror = graph.T.tocsr()
    if how == "mean":
        result = (graph + mirror) * 0.5
    else:
        result = graph.maximum(mirror) if how == "union" else graph.minimum(mirror)
    result = sp.csr_array(result)
    result.eliminate_zeros()
    result.sort_indices()
    return result
