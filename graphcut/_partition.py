"""Balanced partitions of a graph from what several multilevel partitions have in common."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._balanced import balanced_kmeans
from graphcut._coarsen import hierarchy
from graphcut._moves import descend, limits
from graphcut._search import ATTEMPTS, Problem, common_blocks, improve
from graphcut._spectral import spectral_embedding
from graphcut.refine import cycle, lift

# Partitions are found on a graph of about this many vertices: pairs that are contracted before are
# close neighbours, and hardly any border runs between them.
FOUND_ON = 20_000
POPULATION = 12
# Imbalances that METIS is allowed, in thousandths, in turn: the partitions differ more.
IMBALANCES = (30, 100, 200, 300)
# The embedding of an own start is computed on this many vertices per cluster, at least MINIMUM.
COARSE_PER_CLUSTER = 30
MINIMUM = 200
OWN_TRIES = 6
# METIS takes integer weights: the mean weight becomes this.
MEAN_INTEGER_WEIGHT = 100


def partition(
    graph: sp.csr_array,
    clusters: int,
    sizes: NDArray[np.float64],
    balance: float,
    rng: np.random.Generator,
    attempts: int = ATTEMPTS,
) -> NDArray[np.int64]:
    """Partition with a low sum of cut(C, rest) / size(C) and sizes near their mean.

    Sizes are degrees, or the cuts inside contracted vertices would be unknown.

    Partitions of METIS, where pymetis is installed, or of the spectral embedding of coarse
    graphs are refined. Vertices that all of them put together are contracted, as in the
    recombination of Sanders and Schulz (2012), and on the small graph that is left, borders are
    drawn anew while that helps.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    clusters : int
        Number of clusters.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    balance : float
        Clusters have 1 - 2 balance to 1 + balance mean sizes where the graph allows it.
    rng : numpy.random.Generator
        Source of all choices.
    attempts : int
        Largest number of borders that are drawn anew.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels.
    """
    problem = Problem(graph, sizes, clusters, limits(sizes, clusters, balance))
    levels = hierarchy(graph, sizes, max(FOUND_ON // 2, MINIMUM // 2 * clusters), clusters, rng)
    labels = _best(problem.on(levels[-1]), rng, attempts)
    labels, _ = lift(levels, labels, problem.bounds, rng)
    return (
        cycle(graph, labels, sizes, problem.bounds, rng)[0] if _full(labels, clusters) else labels
    )


def _full(labels: NDArray[np.int64], clusters: int) -> bool:
    return int(labels.max()) + 1 == clusters


def _best(problem: Problem, rng: np.random.Generator, attempts: int) -> NDArray[np.int64]:
    """Best of several partitions, improved on what all of them have in common."""
    found = [_first(problem, IMBALANCES[k % len(IMBALANCES)], rng) for k in range(POPULATION)]
    labels = min(found, key=problem.cost)
    if not _full(labels, problem.clusters):
        return labels
    return improve(problem, labels, common_blocks(found), rng, attempts)


def _first(problem: Problem, imbalance: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """A refined partition."""
    if not problem.graph.nnz or find_spec("pymetis") is None:
        return _own(problem, rng)
    labels = metis(problem.graph, problem.clusters, rng, imbalance)
    return descend(problem.graph, labels, problem.sizes, problem.bounds, rng)[0]


def metis(
    graph: sp.csr_array, clusters: int, rng: np.random.Generator, imbalance: int = IMBALANCES[0]
) -> NDArray[np.int64]:
    """Partition by METIS of randomly renumbered vertices, which makes each call another one.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    clusters : int
        Number of clusters.
    rng : numpy.random.Generator
        Source of the numbering.
    imbalance : int
        Thousandths of the mean count by which a cluster may exceed it.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels.

    Raises
    ------
    ImportError
        If pymetis is missing.
    """
    import pymetis

    order = rng.permutation(graph.shape[0])
    mixed = graph[order][:, order].tocsr()
    weights = np.rint(mixed.data * (MEAN_INTEGER_WEIGHT / mixed.data.mean()))
    adjacency = pymetis.CSRAdjacency(mixed.indptr, mixed.indices)
    seed = int(rng.integers(2**31))
    found = pymetis.part_graph(
        clusters,
        adjacency,
        eweights=np.maximum(weights, 1).astype(np.int64),
        options=pymetis.Options(seed=seed, ufactor=imbalance),
    )[1]
    labels = np.empty(graph.shape[0], dtype=np.int64)
    labels[order] = found
    return labels


def _own(problem: Problem, rng: np.random.Generator) -> NDArray[np.int64]:
    """Balanced k-means on the embedding of a coarse graph, carried to the finest with moves."""
    smallest = max(COARSE_PER_CLUSTER * problem.clusters, MINIMUM) // 2
    levels = hierarchy(problem.graph, problem.sizes, smallest, problem.clusters, rng)
    coarse = problem.on(levels[-1])
    everyone = np.zeros(coarse.sizes.size, dtype=np.int64)
    points = spectral_embedding(coarse.graph, problem.clusters, everyone, int(rng.integers(2**31)))
    best: tuple[float, NDArray[np.int64]] | None = None
    for _ in range(OWN_TRIES):
        labels = balanced_kmeans(points, coarse.sizes, problem.clusters, problem.bounds, rng)
        labels, _ = descend(coarse.graph, labels, coarse.sizes, problem.bounds, rng)
        cost = coarse.cost(labels)
        if best is None or cost < best[0]:
            best = cost, labels
    assert best is not None
    return lift(levels, best[1], problem.bounds, rng)[0]
