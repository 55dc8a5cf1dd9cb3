"""How much an edge tells about clusters: a score of labels without classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

# Labels are judged by one part of so many, which they were not computed from.
FOLDS = 4


def held_out_edges(
    graph: sp.csr_array, splits: int, seed: int
) -> Iterator[tuple[sp.csr_array, sp.csr_array]]:
    """Split the edges at random into two graphs on the same vertices, several times.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    splits : int
        How often. Each edge is held out once in every `FOLDS` splits.
    seed : int
        Of the choice.

    Yields
    ------
    tuple of scipy.sparse.csr_array
        Graph to learn from and graph to judge by, a quarter of the edges.
    """
    upper = sp.triu(graph, 1).tocoo()
    for split in range(splits):
        rng = np.random.default_rng([seed, split // FOLDS])
        held = rng.permutation(upper.nnz) % FOLDS == split % FOLDS
        parts = []
        for mask in (~held, held):
            i, j = upper.row[mask], upper.col[mask]
            half = sp.coo_array((upper.data[mask], (i, j)), shape=graph.shape).tocsr()
            parts.append(sp.csr_array(half + half.T))
        yield parts[0], parts[1]


def edge_information(graph: sp.csr_array, labels: NDArray[np.int64], clusters: int) -> float:
    """I / sqrt(H log K) of the clusters at both ends of an edge, from 0 to 1.

    An end is drawn with the probability of its weight. I is the mutual information of both
    clusters and H the entropy of one: a small cut makes I near H, balance makes H near log K.
    I / H alone would favour lumps that cut off little, I / log K any balance at the price of cut
    clusters; the geometric mean of both weighs one relative change like the other.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    labels : ndarray of int64, shape (n,)
        Clusters, below `clusters`.
    clusters : int
        K, at least 2.

    Returns
    -------
    float
        The score; 0 for a graph without edges.
    """
    joint = _joint(graph, labels, clusters)
    return information_of(joint)


def edge_loss(graph: sp.csr_array, labels: NDArray[np.int64], clusters: int) -> float:
    """1 - I / H: the share of the cluster at one end that the other end leaves open.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    labels : ndarray of int64, shape (n,)
        Clusters, below `clusters`.
    clusters : int
        K, at least 2.

    Returns
    -------
    float
        From 0 to 1; 1 where all ends lie in one cluster.
    """
    information, entropy = _information(_joint(graph, labels, clusters))
    return 1 - information / entropy if entropy > 0 else 1.0


def partition_information(
    graph: sp.csr_array, labels: NDArray[np.int64], sizes: NDArray[np.float64], clusters: int
) -> float:
    """The same on a contracted graph, whose edges inside vertices are in the sizes only.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Weights without diagonal.
    labels : ndarray of int64, shape (n,)
        Clusters, below `clusters`.
    sizes : ndarray of float64, shape (n,)
        Sums of the degrees that the vertices had before the contraction.
    clusters : int
        K, at least 2.

    Returns
    -------
    float
        The score.
    """
    joint = _joint(graph, labels, clusters)
    np.fill_diagonal(joint, 0.0)
    total = np.bincount(labels, weights=sizes, minlength=clusters)
    np.fill_diagonal(joint, np.maximum(total - joint.sum(axis=1), 0.0))
    return information_of(joint)


def _joint(graph: sp.csr_array, labels: NDArray[np.int64], clusters: int) -> NDArray[np.float64]:
    """Weights between clusters."""
    rows = np.repeat(labels, np.diff(graph.indptr))
    cells = rows * clusters + labels[graph.indices]
    sums = np.bincount(cells, weights=graph.data, minlength=clusters**2).astype(np.float64)
    return sums.reshape(clusters, clusters)


def information_of(joint: NDArray[np.float64]) -> float:
    """I / sqrt(H log K) of symmetric weights between K clusters.

    Parameters
    ----------
    joint : ndarray of float64, shape (K, K)
        Nonnegative weights, inside clusters on the diagonal.

    Returns
    -------
    float
        The score; 0 without weights.
    """
    information, entropy = _information(joint)
    return information / float(np.sqrt(entropy * np.log(len(joint)))) if entropy > 0 else 0.0


def _information(joint: NDArray[np.float64]) -> tuple[float, float]:
    """Mutual information of both ends and entropy of one; 0 without weights."""
    weight = float(joint.sum())
    if weight == 0:
        return 0.0, 0.0
    q = joint / weight
    p = q.sum(axis=1)
    some = q > 0
    information = float((q[some] * np.log(q[some] / np.outer(p, p)[some])).sum())
    return information, -float((p[p > 0] * np.log(p[p > 0])).sum())
