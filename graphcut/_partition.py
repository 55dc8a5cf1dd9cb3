"""Balanced partitions of a graph by recombining several multilevel partitions."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._balanced import balanced_kmeans
from graphcut._coarsen import Level, hierarchy
from graphcut._information import partition_information
from graphcut._moves import descend, limits
from graphcut._spectral import spectral_embedding
from graphcut.refine import cycle, lift

# Recombination works on a graph of about this many vertices: pairs that are contracted before
# are close neighbours, and hardly any border runs between them.
EVOLVED_VERTICES = 5000
POPULATION = 12
RECOMBINATIONS = 20
# The embedding of an own start is computed on this many vertices per cluster, at least MINIMUM.
COARSE_PER_CLUSTER = 30
MINIMUM = 200
OWN_TRIES = 6
# METIS takes integer weights: the mean weight becomes this.
MEAN_INTEGER_WEIGHT = 100
# The information is at most 1; a size outside the bounds by one mean cluster outweighs it.
PENALTY = 10.0


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
    sizes: NDArray[np.float64]
    clusters: int
    bounds: tuple[float, float]

    def on(self, level: Level) -> Problem:
        """The same problem on a coarser graph."""
        return Problem(level.graph, level.sizes, self.clusters, self.bounds)

    def cost(self, labels: NDArray[np.int64]) -> float:
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


def partition(
    graph: sp.csr_array,
    clusters: int,
    sizes: NDArray[np.float64],
    balance: float,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Partition with a low sum of cut(C, rest) / size(C) and sizes near their mean.

    Sizes are degrees, or the cuts inside contracted vertices would be unknown.

    Partitions of METIS, where pymetis is installed, or of the spectral embedding of coarse
    graphs are refined and then recombined: edges that neither of two parents cuts are contracted,
    and moves over that hierarchy start from the better parent (Sanders and Schulz 2012).

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

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels.
    """
    problem = Problem(graph, sizes, clusters, limits(sizes, clusters, balance))
    levels = hierarchy(
        graph, sizes, max(EVOLVED_VERTICES // 2, MINIMUM // 2 * clusters), clusters, rng
    )
    labels = _evolve(problem.on(levels[-1]), rng)
    labels, _ = lift(levels, labels, problem.bounds, rng)
    return (
        cycle(graph, labels, sizes, problem.bounds, rng)[0] if _full(labels, clusters) else labels
    )


def _full(labels: NDArray[np.int64], clusters: int) -> bool:
    return int(labels.max()) + 1 == clusters


def _evolve(problem: Problem, rng: np.random.Generator) -> NDArray[np.int64]:
    """Best of a population of partitions after pairs of them were recombined."""
    starts = [_first(problem, rng) for _ in range(POPULATION)]
    population = sorted(starts, key=lambda one: one[0])
    for _ in range(RECOMBINATIONS):
        better, worse = sorted(rng.choice(POPULATION, 2, replace=False))
        child = _recombine(problem, population[better][1], population[worse][1], rng)
        if child[0] < population[worse][0]:
            population[worse] = child
            population.sort(key=lambda one: one[0])
    return population[0][1]


def _recombine(
    problem: Problem,
    better: NDArray[np.int64],
    worse: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[float, NDArray[np.int64]]:
    blocks = better * problem.clusters + worse
    labels, _ = cycle(problem.graph, better, problem.sizes, problem.bounds, rng, blocks=blocks)
    return problem.cost(labels), labels


def _first(problem: Problem, rng: np.random.Generator) -> tuple[float, NDArray[np.int64]]:
    """A refined partition and its cost."""
    if not problem.graph.nnz or find_spec("pymetis") is None:
        labels = _own(problem, rng)[0]
    else:
        labels = metis(problem.graph, problem.clusters, rng)
        labels, _ = descend(problem.graph, labels, problem.sizes, problem.bounds, rng)
    return problem.cost(labels), labels


def metis(graph: sp.csr_array, clusters: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Partition by METIS of randomly renumbered vertices, which makes each call another one.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    clusters : int
        Number of clusters.
    rng : numpy.random.Generator
        Source of the numbering.

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
        options=pymetis.Options(seed=seed),
    )[1]
    labels = np.empty(graph.shape[0], dtype=np.int64)
    labels[order] = found
    return labels


def _own(problem: Problem, rng: np.random.Generator) -> tuple[NDArray[np.int64], float]:
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
    return lift(levels, best[1], problem.bounds, rng)
