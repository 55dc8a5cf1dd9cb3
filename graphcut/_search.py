"""Search for a better partition: one border after another is drawn anew where graphs are small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from graphcut._checks import check_size
from graphcut._coarsen import Level, hierarchy
from graphcut._information import partition_information
from graphcut._moves import descend, limits
from graphcut.refine import COARSEST_PER_CLUSTER, lift

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

# Borders drawn anew; on graphs of a few hundred vertices one takes milliseconds.
ATTEMPTS = 100
# So many in a row that bring nothing end the search.
PATIENCE = 40
# Steps of a walk that tell on which side of a new border a vertex lies.
WALK = 10
# The first side of a new border gets a share of both sizes between this and the rest.
SMALLER_SIDE = 0.4
# The information is at most 1; a size outside the bounds by one mean cluster outweighs it.
PENALTY = 10.0
# Costs that differ by less are the same but for rounding.
SMALLEST_GAIN = 1e-12


@dataclass(frozen=True)
class Problem:
    """A graph, sizes and bounds of the clusters.

    Attributes
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Weights without diagonal.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    clusters : int
        Number of clusters.
    bounds : tuple of float
        Smallest and largest size of a cluster.
    """

    graph: sp.csr_array
    sizes: Floats
    clusters: int
    bounds: tuple[float, float]

    def on(self, level: Level) -> Problem:
        """The same problem on a coarser graph."""
        return Problem(level.graph, level.sizes, self.clusters, self.bounds)

    def cost(self, labels: Labels) -> float:
        """Negative edge information, and a penalty for sizes outside the bounds and for gaps.

        Moves lower the cut. Of partitions with nearly the same cut, the one whose edges say more
        about the clusters is preferred: it cuts few pairs of clusters instead of many.
        """
        total = np.bincount(labels, weights=self.sizes, minlength=self.clusters)
        low, high = self.bounds
        outside = np.maximum(total - high, 0).sum() + np.maximum(low - total, 0).sum()
        empty = np.count_nonzero(np.bincount(labels, minlength=self.clusters) == 0)
        mean = max(float(self.sizes.sum()) / self.clusters, np.finfo(float).tiny)
        value = partition_information(self.graph, labels, self.sizes, self.clusters)
        return PENALTY * (float(outside) / mean + empty) - value


def common_blocks(partitions: list[Labels]) -> Labels:
    """Number of the block of each vertex: no partition separates vertices of one block.

    Parameters
    ----------
    partitions : list of ndarray of int64, shape (n,)
        Labels, at least one array.

    Returns
    -------
    ndarray of int64, shape (n,)
        Blocks, from 0 on.

    Examples
    --------
    >>> common_blocks([np.array([0, 0, 1, 1]), np.array([1, 0, 0, 0])]).tolist()
    [1, 0, 2, 2]
    """
    blocks = np.zeros(partitions[0].size, dtype=np.int64)
    for labels in partitions:
        pairs = blocks * (int(labels.max(initial=0)) + 1) + labels
        blocks = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return blocks


def improve(
    problem: Problem,
    labels: Labels,
    blocks: Labels,
    rng: np.random.Generator,
    attempts: int = ATTEMPTS,
) -> Labels:
    """Draw borders anew on a graph in which blocks are contracted, and keep what lowers the cost.

    Parameters
    ----------
    problem : Problem
        What is partitioned.
    labels : ndarray of int64, shape (n,)
        Labels to begin with, none of the clusters empty.
    blocks : ndarray of int64, shape (n,)
        Vertices of different blocks are not contracted; each block lies in one cluster.
    rng : numpy.random.Generator
        Source of all choices.
    attempts : int
        Largest number of new borders.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels that cost no more.
    """
    smallest = COARSEST_PER_CLUSTER * problem.clusters // 2
    levels = hierarchy(problem.graph, problem.sizes, smallest, problem.clusters, rng, blocks)
    coarse = labels
    for level in levels:
        coarse = level.restrict(coarse)
    found, _ = lift(
        levels, _searched(problem.on(levels[-1]), coarse, rng, attempts), problem.bounds, rng
    )
    return found if problem.cost(found) < problem.cost(labels) else labels


def recombine(
    graph: sp.csr_array,
    partitions: list[Labels],
    clusters: int,
    balance: float | None,
    seed: int = 0,
) -> Labels:
    """The best of some partitions, improved on what all of them have in common.

    Clusters have the numbers that agree best with the first of the partitions.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    partitions : list of ndarray of int64, shape (n,)
        Labels, at least one array.
    clusters : int
        Number of clusters.
    balance : float or None
        Bounds of the degree sums, as for `refine_labels`.
    seed : int
        Of all choices.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels.
    """
    sizes = check_size("degree", graph)
    problem = Problem(graph, sizes, clusters, limits(sizes, clusters, balance))
    labels = min(partitions, key=problem.cost)
    rng = np.random.default_rng(seed)
    found = improve(problem, labels, common_blocks(partitions), rng)
    return numbered_as(partitions[0], found, clusters)


def numbered_as(model: Labels, labels: Labels, clusters: int) -> Labels:
    """The same clusters under the numbers that most vertices have in other labels.

    Parameters
    ----------
    model, labels : ndarray of int64, shape (n,)
        Labels that have the numbers, and those that get them.
    clusters : int
        Number of clusters.

    Returns
    -------
    ndarray of int64, shape (n,)
        `labels`, renumbered.
    """
    cells = np.bincount(labels * clusters + model, minlength=clusters**2)
    numbers = linear_sum_assignment(cells.reshape(clusters, clusters), maximize=True)[1]
    return np.asarray(numbers[labels], dtype=np.int64)


def _searched(problem: Problem, labels: Labels, rng: np.random.Generator, attempts: int) -> Labels:
    """Iterated descent (Lourenço, Martin and Stützle 2003); a kick draws one border anew."""
    cost, failed = problem.cost(labels), 0
    for _ in range(attempts):
        pair = _bordering(problem, labels, rng)
        if pair is None or failed == PATIENCE:
            break
        new = _divided(problem, labels, pair, rng)
        new, _ = descend(problem.graph, new, problem.sizes, problem.bounds, rng)
        if problem.cost(new) < cost - SMALLEST_GAIN:
            cost, labels, failed = problem.cost(new), new, 0
        else:
            failed += 1
    return labels


def _bordering(
    problem: Problem, labels: Labels, rng: np.random.Generator
) -> tuple[int, int] | None:
    """Two clusters, the likelier the larger a share of the smaller one is tied to the other."""
    k = problem.clusters
    rows = np.repeat(labels, np.diff(problem.graph.indptr))
    cells = rows * k + labels[problem.graph.indices]
    ties = np.bincount(cells, weights=problem.graph.data, minlength=k * k).reshape(k, k)
    total = np.bincount(labels, weights=problem.sizes, minlength=k)
    smaller = np.minimum.outer(total, total)
    share = np.triu(np.divide(ties, smaller, out=np.zeros((k, k)), where=smaller > 0), 1).ravel()
    if not share.sum() > 0:
        return None
    first, second = divmod(int(rng.choice(share.size, p=share / share.sum())), k)
    return first, second


def _divided(
    problem: Problem, labels: Labels, pair: tuple[int, int], rng: np.random.Generator
) -> Labels:
    """Labels with the union of two clusters divided by a walk from two of its vertices."""
    inside = np.flatnonzero((labels == pair[0]) | (labels == pair[1]))
    part = problem.graph[inside][:, inside]
    degree = np.maximum(check_size("degree", part), np.finfo(float).tiny)
    ends = rng.choice(inside.size, 2, replace=False)
    side = np.zeros(inside.size)
    side[ends] = 1.0, -1.0
    for _ in range(WALK):
        side = (part @ side) / degree
        side[ends] = 1.0, -1.0
    order = np.argsort(side)
    running = np.cumsum(problem.sizes[inside[order]])
    share = rng.uniform(SMALLER_SIDE, 1 - SMALLER_SIDE)
    border = int(np.clip(np.searchsorted(running, share * running[-1]), 1, inside.size - 1))
    new = labels.copy()
    new[inside[order[:border]]] = pair[0]
    new[inside[order[border:]]] = pair[1]
    return new
