"""Vertex moves that lower a cut of hard labels, at one level or over a hierarchy of graphs."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import Size, check_graph, check_integer, check_labels, check_size
from graphcut._coarsen import hierarchy
from graphcut._moves import descend, limits

__all__ = ["refine_labels"]

# A hierarchy ends at about this many vertices per cluster: enough to bend every border.
COARSEST_PER_CLUSTER = 30
# A further cycle has to lower the cut by this share to be worth another one.
WORTH_A_CYCLE = 1e-3


def refine_labels(
    W: Any,
    labels: Any,
    size: Size = "degree",
    max_rounds: int = 100,
    balance: float | None = None,
    cycles: int = 2,
    seed: int = 0,
) -> NDArray[np.int64]:
    """Move vertices between clusters while sum_C cut(C, rest) / size(C) falls.

    A cycle contracts matched edges inside the clusters level by level, then moves vertices from
    the coarsest graph to the given one, so whole groups move first (the V-cycle of Walshaw 2004
    with the exact change of the cut as the gain). No move raises the cut. At the end, unless
    `max_rounds` came first, no move of one vertex to a cluster that it has an edge to, within the
    bounds, lowers it; moves to other clusters are not tried.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    labels : array_like of int, shape (n,)
        Cluster of each vertex, from 0 on.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices: ratio cut, normalised cut or any other.
    max_rounds : int
        Rounds of moves at each level, at least 1.
    balance : float or None
        With b >= 0 a cluster receives nothing that takes it above 1 + b mean sizes and gives
        nothing that takes it below 1 - 2b; None leaves sizes to the cut. No cluster is emptied.
    cycles : int
        Largest number of cycles; 0 moves single vertices only.
    seed : int
        Of the choice among moves.

    Returns
    -------
    ndarray of int64, shape (n,)
        New labels of the same clusters.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import refine_labels
    >>> W = np.kron(np.eye(2), np.ones((4, 4)) - np.eye(4))
    >>> refine_labels(W, [0, 0, 0, 1, 1, 1, 1, 0]).tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]
    """
    graph = check_graph(W)
    found = check_labels(labels, graph.shape[0])
    sizes = check_size(size, graph)
    max_rounds = check_integer(max_rounds, 1, "max_rounds")
    cycles = check_integer(cycles, 0, "cycles")
    slack: Any = balance
    if slack is not None and not (isinstance(slack, Real) and float(slack) >= 0):
        raise ValueError(f"balance is {balance!r}; None or a number from 0 on is allowed")
    if not found.size:
        return found.copy()
    rng = np.random.default_rng(seed)
    clusters = int(found.max()) + 1
    bounds = limits(sizes, clusters, balance)
    found, cut = descend(graph, found, sizes, bounds, rng, max_rounds)
    for _ in range(cycles):
        before = cut
        found, cut = cycle(graph, found, sizes, bounds, rng, max_rounds)
        if cut > (1 - WORTH_A_CYCLE) * before:
            break
    return found


def cycle(
    graph: sp.csr_array,
    labels: NDArray[np.int64],
    sizes: NDArray[np.float64],
    bounds: tuple[float, float],
    rng: np.random.Generator,
    max_rounds: int = 100,
    blocks: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], float]:
    """One cycle of moves over a hierarchy that keeps the clusters, or finer blocks, apart.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    labels : ndarray of int64, shape (n,)
        Clusters.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    bounds : tuple of float
        Smallest and largest size of a cluster.
    rng : numpy.random.Generator
        Source of ties and choices.
    max_rounds : int
        Rounds at each level.
    blocks : ndarray of int64, shape (n,), optional
        Vertices of different blocks are not contracted; each block lies in one cluster.

    Returns
    -------
    labels : ndarray of int64, shape (n,)
        New labels.
    cut : float
        Their cut.
    """
    clusters = int(labels.max()) + 1
    levels = hierarchy(
        graph, sizes, COARSEST_PER_CLUSTER * clusters, clusters, rng,
        labels if blocks is None else blocks,
    )  # fmt: skip
    for level in levels:
        labels = level.restrict(labels)
    return lift(levels, labels, bounds, rng, max_rounds)


def lift(
    levels: list[Any],
    labels: NDArray[np.int64],
    bounds: tuple[float, float],
    rng: np.random.Generator,
    max_rounds: int = 100,
) -> tuple[NDArray[np.int64], float]:
    """Carry labels of the coarsest graph to the finest one, with moves at each level.

    Parameters
    ----------
    levels : list of Level
        Finest first.
    labels : ndarray of int64
        Labels of the coarsest vertices.
    bounds : tuple of float
        Smallest and largest size of a cluster.
    rng : numpy.random.Generator
        Source of choices.
    max_rounds : int
        Rounds at each level.

    Returns
    -------
    labels : ndarray of int64
        Labels of the finest vertices.
    cut : float
        Their cut.
    """
    cut = np.inf
    for level in reversed(levels):
        labels = level.prolong(labels)
        labels, cut = descend(level.graph, labels, level.sizes, bounds, rng, max_rounds)
    return labels, cut
