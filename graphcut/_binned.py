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

    def spread(self) -> Spread:
        """Their number, mean and sum of squared distances from it."""
        mean = self.total / np.maximum(self.count, 1)
        # Differences of sums leave [0, 1] and nonnegative variances by rounding only.
        variance = np.maximum(self.square - mean * self.total, 0)
        return Spread(self.count, np.clip(mean, 0, 1), variance)


@dataclass(frozen=True)
class Spread:
    """Number of vertices, mean and sum of squared distances from it, one row per group."""

    count: Table
    mean: Table
    variance: Table


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
    whole, bin_of = moments(groups, problem.P), groups.of
    bins, less_one = whole.spread(), whole.of(bin_of).without(problem.P).spread()
    values = np.zeros(problem.P.shape[1])
    for edges in edges_of(problem.graph, problem.P):
        same = bin_of[edges.i] == bin_of[edges.j]
        inside, across = (Edges(*(a[which] for a in edges)) for which in (same, ~same))
        shared = bin_of[inside.i]
        less_two = whole.of(shared).without(problem.P[inside.i]).without(problem.P[inside.j])
        pairs = less_two.spread()
        for x, weight in zip(nodes, weights, strict=True):
            fall = -np.expm1(-np.multiply.outer(bin_sizes, x))
            curve = None if bend is None else bend(x)
            full = _logs(bins, fall, curve)
            own = full[bin_of]
            # exp(-s_i x) and the bins that vertex i is not in.
            others = full.sum(axis=0) - own - np.multiply.outer(problem.sizes, x)
            exponents = others[inside.i] + _logs(pairs, *_rows(shared, fall, curve))
            values += weight * (inside.flow * np.exp(exponents)).sum(axis=0)
            # A vertex of another bin than its neighbour's changes its own bin only.
            lesser = _logs(less_one, *_rows(bin_of, fall, curve))
            exponents = (others + lesser)[across.i] + (lesser - own)[across.j]
            values += weight * (across.flow * np.exp(exponents)).sum(axis=0)
    return values


def _rows(of: NDArray[np.int64], fall: Table, curve: Table | None) -> tuple[Table, Table | None]:
    return fall[of], None if curve is None else curve[of]


def _logs(group: Spread, fall: Table, curve: Table | None) -> Table:
    """count log(1 - mean (1 - tau)) - curve * variance; 0 for no vertices."""
    lost = group.mean * fall
    # At mean 1 and tau 0 the logarithm of the tiniest number stands for -inf: 0 times it is 0.
    logs = np.log1p(-np.minimum(lost, 1), where=lost < 1, out=np.full(lost.shape, -745.0))
    logs *= group.count
    if curve is None:
        return logs
    # Where exp underflows, more would only cancel when a vertex is taken out of the sum again.
    result: Table = logs - np.minimum(curve * group.variance, 745.0)
    return result
