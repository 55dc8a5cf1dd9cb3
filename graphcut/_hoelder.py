"""Geometric means of hypergeometric functions over bins; see `graphcut.hoelder_bound`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphcut._binned import bin_sums
from graphcut._bins import Bins
from graphcut._edges import Edges, Problem, Table, edges_of
from hypgeo import log_hyp2f1

Vector = NDArray[np.float64]


def hoelder_products(problem: Problem, groups: Bins) -> Vector:
    """Bound of each cluster.

    Parameters
    ----------
    problem : Problem
        Weights, assignments, sizes.
    groups : Bins
        Bins of its vertices.

    Returns
    -------
    ndarray, shape (K,)
        The bound.
    """
    graph, P, sizes, _ = problem
    terms = len(sizes) - 2
    sums = bin_sums(groups, P)
    whole = np.zeros_like(P)
    for b in range(len(groups.counts)):
        whole += _share(terms, groups, sizes, np.full(len(sizes), b), sums[b], 0)
    values = np.zeros(P.shape[1])
    for edges in edges_of(graph, P):
        logs = _log_means(problem, groups, sums, whole, edges)
        values += (edges.flow * np.exp(logs) / sizes[edges.i, None]).sum(axis=0)
    return values


def _log_means(problem: Problem, groups: Bins, sums: Table, whole: Table, edges: Edges) -> Table:
    """sum_b (m_b / m) log 2F1(-m, 1; s_i / beta_b + 1; a_b) without i and j."""
    P, sizes = problem.P, problem.sizes
    terms, q = len(sizes) - 2, sizes[edges.i]
    one, other = groups.of[edges.i], groups.of[edges.j]
    logs = whole[edges.i] - _share(terms, groups, q, one, sums[one], 0)
    same = (one == other)[:, None]
    without_i = sums[one] - P[edges.i]
    logs += _share(terms, groups, q, one, without_i - np.where(same, P[edges.j], 0), 1 + same)
    apart = _share(terms, groups, q, other, sums[other] - P[edges.j], 1)
    apart -= _share(terms, groups, q, other, sums[other], 0)
    return logs + np.where(same, 0, apart)


def _share(
    terms: int, groups: Bins, q: Vector, of: NDArray[np.int64], total: Table, less: int | Table
) -> Table:
    """(m_b / m) log 2F1(-m, 1; q / beta_b + 1; total / m_b), m_b = count - less."""
    count = (groups.counts[of])[:, None] - less
    mean = np.clip(total / np.maximum(count, 1), 0, 1)
    logs = log_hyp2f1(-terms, 1.0, (q / groups.smallest[of] + 1)[:, None], mean)
    share: Table = count / max(terms, 1) * logs
    return share
