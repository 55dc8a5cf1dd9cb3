"""Integrals of products over bins for every edge; see `graphcut.binned_bound`, docs/cuts.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphcut._bins import Bins
from graphcut._edges import Edges, Problem, Table, edges_of
from graphcut.expected import RTOL, nodes_for

Vector = NDArray[np.float64]
# (K,) nodes -> (B, K) factors of the variance within a bin, subtracted from the logarithm.
Bend = Callable[[Vector], Table]


@dataclass(frozen=True)
class Moments:
    """Number of vertices, sum and sum of squares of their probabilities, one row per group."""

    count: Table
    total: Table
    square: Table

    def of(self, rows: NDArray[np.int64]) -> Moments:
        """Those of some groups."""
        return Moments(self.count[rows], self.total[rows], self.square[rows])

    def without(self, p: Table) -> Moments:
        """Less one vertex with probability p in each group."""
        return Moments(self.count - 1, self.total - p, self.square - p**2)


def bin_sums(groups: Bins, values: Table) -> Table:
    """Sums over the vertices of each bin.

    Parameters
    ----------
    groups : Bins
        B bins of n vertices.
    values : ndarray, shape (n, K)
        One row per vertex.

    Returns
    -------
    ndarray, shape (B, K)
        One row per bin.
    """
    columns = range(values.shape[1])
    return np.stack(
        [np.bincount(groups.of, values[:, k], len(groups.counts)) for k in columns], axis=1
    )


def moments(groups: Bins, P: Table) -> Moments:
    """Moments of all bins.

    Parameters
    ----------
    groups : Bins
        B bins of n vertices.
    P : ndarray, shape (n, K)
        Probabilities.

    Returns
    -------
    Moments
        B rows.
    """
    return Moments(groups.counts[:, None], bin_sums(groups, P), bin_sums(groups, P**2))


def binned_products(problem: Problem, groups: Bins) -> Vector:
    """int prod_b (1 - a_b + a_b t^beta_b)^m_b over the vertices other than i and j.

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
    P, sizes, of = problem.P, problem.sizes, groups.of
    mean = bin_sums(groups, P) / groups.counts[:, None]
    ends = float(sizes.min()), float(sizes.max())
    rule = nodes_for(mean[of], groups.smallest[of], RTOL, *ends)
    return edge_integral(problem, groups, groups.smallest, rule[0], rule[1])


def edge_integral(
    problem: Problem,
    groups: Bins,
    bin_sizes: Vector,
    nodes: Table,
    weights: Table,
    bend: Bend | None = None,
) -> Vector:
    """Sum over nodes and edges of flow exp(-s_i x) prod_b exp(bin's logarithm) without i and j.

    Parameters
    ----------
    problem : Problem
        Weights, assignments, sizes.
    groups : Bins
        Bins of its vertices.
    bin_sizes : ndarray, shape (B,)
        Size that stands for all of a bin.
    nodes, weights : ndarray, shape (m, K)
        Rule.
    bend : callable, optional
        Factors of the variances within bins; 0 without.

    Returns
    -------
    ndarray, shape (K,)
        The integrals.
    """
    whole = moments(groups, problem.P)
    values = np.zeros(problem.P.shape[1])
    for edges in edges_of(problem.graph, problem.P):
        same = groups.of[edges.i] == groups.of[edges.j]
        parts = [Edges(*(a[which] for a in edges)) for which in (same, ~same)]
        for x, weight in zip(nodes, weights, strict=True):
            fall = -np.expm1(-np.multiply.outer(bin_sizes, x))
            curve = np.zeros_like(fall) if bend is None else bend(x)
            decay = np.multiply.outer(problem.sizes, x)
            for part, alike in zip(parts, (True, False), strict=True):
                logs = _log_products(problem.P, groups, whole, (fall, curve), part, alike)
                values += weight * (part.flow * np.exp(logs - decay[part.i])).sum(axis=0)
    return values


def _log_products(
    P: Table, groups: Bins, whole: Moments, levels: tuple[Table, Table], edges: Edges, alike: bool
) -> Table:
    base = _logs(whole, *levels)
    total: Table = base.sum(axis=0)
    if alike:
        one = groups.of[edges.i]
        both = whole.of(one).without(P[edges.i]).without(P[edges.j])
        return total - base[one] + _logs(both, *(x[one] for x in levels))
    # A vertex of another bin than its neighbour's changes its own bin only.
    of = groups.of
    change = _logs(whole.of(of).without(P), *(x[of] for x in levels)) - base[of]
    return total + change[edges.i] + change[edges.j]


def _logs(group: Moments, fall: Table, curve: Table) -> Table:
    """count log(1 - mean (1 - tau)) - curve * variance sum; 0 for no vertices."""
    mean = group.total / np.maximum(group.count, 1)
    # Differences of sums leave [0, 1] and nonnegative variances by rounding only.
    lost = np.clip(mean, 0, 1) * fall
    # At mean 1 and tau 0 the logarithm of the tiniest number stands for -inf: 0 times it is 0.
    logs = np.log1p(-np.minimum(lost, 1), where=lost < 1, out=np.full(lost.shape, -745.0))
    variance = np.maximum(group.square - mean * group.total, 0)
    # Where exp underflows, more would only cancel when a vertex is taken out of the sum again.
    result: Table = group.count * logs - np.minimum(curve * variance, 745.0)
    return result
