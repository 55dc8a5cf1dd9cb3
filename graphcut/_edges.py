"""A checked problem, and walks over its edges in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import Size, check_assignments, check_graph, check_size

Table = NDArray[np.float64]

# Edges times clusters in a block: 8 MiB a table.
_BLOCK_ELEMENTS = 2**20


class Problem(NamedTuple):
    """Weights, assignments and positive sizes; vertices of size 0 are left out.

    Such vertices have no edges and add nothing to a cluster's size. `kept` has False for them.
    """

    graph: sp.csr_array
    P: Table
    sizes: NDArray[np.float64]
    kept: NDArray[np.bool_]


class Edges(NamedTuple):
    """Directed edges i -> j with W_ij p_i (1 - p_j) for each cluster."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    flow: Table


def prepare(W: Any, P: Any, size: Size) -> Problem:
    """Check the arguments of a bound.

    Parameters
    ----------
    W, P, size
        As for `graphcut.expected_cut`.

    Returns
    -------
    Problem
        In double precision.
    """
    graph = check_graph(W).astype(np.float64, copy=False)
    P = check_assignments(P, graph.shape[0])
    sizes = check_size(size, graph)
    keep = sizes > 0
    if not keep.all():
        graph, P, sizes = graph[keep][:, keep], P[keep], sizes[keep]
    return Problem(graph, P, sizes, keep)


def edges_of(graph: sp.csr_array, P: Table) -> Iterator[Edges]:
    """Blocks of edges.

    Parameters
    ----------
    graph : scipy.sparse.csr_array
        Weights.
    P : ndarray, shape (n, K)
        Probabilities.

    Yields
    ------
    Edges
        Some of them.
    """
    rows = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
    step = max(1, _BLOCK_ELEMENTS // P.shape[1])
    for start in range(0, graph.nnz, step):
        block = slice(start, start + step)
        i, j = rows[block], graph.indices[block]
        yield Edges(i, j, graph.data[block, None] * P[i] * (1 - P[j]))
