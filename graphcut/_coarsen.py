"""Coarser graphs by contracting heavy edges: the levels of a multilevel method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

# No contracted vertex grows beyond this share of a mean cluster, so that moves stay possible.
LARGEST_SHARE = 1 / 8
# A level that keeps more than this share of the vertices is the last: the matching is stuck.
STUCK = 0.95
MATCHING_PASSES = 4
# Equal ratings, the rule with weights 0.5 and 1, are told apart by noise of this relative size.
JITTER = 0.05


@dataclass(frozen=True)
class Level:
    """A graph and where its vertices lie in the next coarser one.

    Attributes
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Weights without diagonal.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    parents : ndarray of int64, shape (n,), or None
        Vertex of the coarser graph; None at the coarsest.
    """

    graph: sp.csr_array
    sizes: NDArray[np.float64]
    parents: NDArray[np.int64] | None

    def restrict(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Labels of the coarser vertices, of labels that are constant on each of them."""
        if self.parents is None:
            return labels
        coarse = np.empty(int(self.parents.max()) + 1, dtype=np.int64)
        coarse[self.parents] = labels
        return coarse

    def prolong(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Labels of these vertices, of labels of the coarser ones."""
        return labels if self.parents is None else labels[self.parents]


def hierarchy(
    graph: sp.csr_array,
    sizes: NDArray[np.float64],
    smallest: int,
    clusters: int,
    rng: np.random.Generator,
    blocks: NDArray[np.int64] | None = None,
) -> list[Level]:
    """Levels from the given graph down to about `smallest` vertices, finest first.

    Cuts and sizes of labels are the same on each level that can express them.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    smallest : int
        Contraction stops below twice this number of vertices.
    clusters : int
        Number of clusters to come, which bounds the size of a contracted vertex.
    rng : numpy.random.Generator
        Source of ties.
    blocks : ndarray of int64, shape (n,), optional
        Vertices of different blocks are never contracted.

    Returns
    -------
    list of Level
        At least one.
    """
    levels: list[Level] = []
    largest = LARGEST_SHARE * sizes.sum() / max(clusters, 1)
    while graph.shape[0] > 2 * smallest:
        parents = matching(graph, sizes, largest, rng, blocks)
        coarse = int(parents.max()) + 1
        if coarse > STUCK * graph.shape[0]:
            break
        level = Level(graph, sizes, parents)
        levels.append(level)
        blocks = None if blocks is None else level.restrict(blocks)
        graph, sizes = contract(graph, sizes, parents)
    return [*levels, Level(graph, sizes, None)]


def matching(
    graph: sp.csr_array,
    sizes: NDArray[np.float64],
    largest: float,
    rng: np.random.Generator,
    blocks: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Pairs of vertices, each edge of a pair rated highest at both of its ends.

    The rating is w_ij^2 / (s_i s_j) (Holtgrewe, Sanders and Schulz 2010).

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    largest : float
        Largest size of a pair.
    rng : numpy.random.Generator
        Source of ties.
    blocks : ndarray of int64, shape (n,), optional
        Pairs stay inside a block.

    Returns
    -------
    ndarray of int64, shape (n,)
        Number of the pair, or of the lone vertex, from 0 on.
    """
    n = graph.shape[0]
    rows = np.repeat(np.arange(n), np.diff(graph.indptr))
    columns = graph.indices.astype(np.int64)
    keep = (rows < columns) & (sizes[rows] + sizes[columns] <= largest)
    if blocks is not None:
        keep &= blocks[rows] == blocks[columns]
    u, v = rows[keep], columns[keep]
    rating = graph.data[keep].astype(float) ** 2 / (sizes[u] * sizes[v])
    rating *= 1 + JITTER * rng.random(u.size)
    mate = np.arange(n)
    for _ in range(MATCHING_PASSES):
        best = np.zeros(n)
        np.maximum.at(best, u, rating)
        np.maximum.at(best, v, rating)
        chosen = (rating == best[u]) & (rating == best[v])
        # Ties that the noise left are broken by the last writer; only mutual choices count.
        mate[u[chosen]], mate[v[chosen]] = v[chosen], u[chosen]
        mate = np.where(mate[mate] == np.arange(n), mate, np.arange(n))
        free = (mate[u] == u) & (mate[v] == v)
        u, v, rating = u[free], v[free], rating[free]
        if not u.size:
            break
    numbers = np.unique(np.minimum(mate, np.arange(n)), return_inverse=True)[1]
    return numbers.astype(np.int64)


def contract(
    graph: sp.csr_array, sizes: NDArray[np.float64], parents: NDArray[np.int64]
) -> tuple[sp.csr_array, NDArray[np.float64]]:
    """Graph of the groups: weights between them and their sizes.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    parents : ndarray of int64, shape (n,)
        Group of each vertex.

    Returns
    -------
    graph : scipy.sparse.csr_array, shape (m, m)
        Weights without diagonal: edges inside a group cannot be cut any more.
    sizes : ndarray of float64, shape (m,)
        Sizes of the groups.
    """
    m = int(parents.max()) + 1
    rows = np.repeat(parents, np.diff(graph.indptr))
    columns = parents[graph.indices]
    between = rows != columns
    weights = graph.data[between].astype(float)
    coarse = sp.coo_array((weights, (rows[between], columns[between])), shape=(m, m)).tocsr()
    return coarse, np.bincount(parents, weights=sizes, minlength=m).astype(np.float64)
