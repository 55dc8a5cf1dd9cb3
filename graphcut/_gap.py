"""How far the binned bound is from the expected cut, from both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcut._binned import Bend, binned_products, edge_integral
from graphcut._bins import Bins, size_bins
from graphcut._checks import Size
from graphcut._edges import Problem, Table, prepare
from graphcut._quadrature import trapezoid

Vector = NDArray[np.float64]

# Steps are halved until two rules agree to this; what they still differ by widens the bounds.
_AGREEMENT = 1e-10
_FIRST_STEP = 0.5
_RULES = 6


def gap_bound(
    W: Any,
    P: Any,
    size: Size = "degree",
    n_bins: int = 16,
    bins: str = "log_kmeans",
    per_cluster: bool = False,
) -> tuple[Any, Any]:
    """Bounds of `binned_bound(...) - expected_cut(...)` from both sides.

    By Taylor's theorem for psi(p) = log(1 - p (1 - tau)) on the probabilities p_l of the m
    vertices of a bin other than i and j, with mean a and V = sum (p_l - a)^2,

        m psi(a) - V/2 k(max p) <= sum_l psi(p_l) <= m psi(a) - V/2 k(min p),

    k(p) = (1 - tau)^2 / (1 - p (1 - tau))^2, with tau = t^beta for the largest size of the bin on
    the left and the smallest on the right, integrated against the same integrand. Both are finite
    for every size.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    n_bins : int
        At most so many bins.
    bins : {"log_kmeans", "equal_frequency"}
        How sizes are binned.
    per_cluster : bool
        Whether to return one value for each cluster.

    Returns
    -------
    low, high : float or ndarray of float64, shape (K,)
        0 <= low <= binned bound - expected cut <= high.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import gap_bound
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> gap_bound(path, np.full((3, 2), 0.5), "count")
    (0.0, 0.0)
    """
    problem = prepare(W, P, size)
    zero = np.zeros(problem.P.shape[1])
    low, high = zero, zero
    groups = size_bins(problem.sizes, n_bins, bins)
    if problem.graph.nnz:
        bound = binned_products(problem, groups)
        (upper, above), (lower, below) = (_settled(problem, groups, k) for k in (0, 1))
        low, high = np.maximum(bound - upper - above, 0), np.maximum(bound - lower + below, 0)
    return (low, high) if per_cluster else (float(low.sum()), float(high.sum()))


def _bend(groups: Bins, P: Table, bin_sizes: Vector, highest: int) -> Bend:
    """k / 2 at the lowest or the highest probability of each bin."""
    ends = np.full((len(groups.counts), P.shape[1]), 1.0 - highest)
    (np.maximum if highest else np.minimum).at(ends, groups.of, P)

    def bend(x: Vector) -> Table:
        decay = np.multiply.outer(bin_sizes, x)
        # 1 - p (1 - tau) as a sum of positives; tau below exp(-300) would overflow in the square.
        base = (1 - ends) + ends * np.exp(-np.minimum(decay, 300))
        curve: Table = (np.expm1(-decay) / base) ** 2 / 2
        return curve

    return bend


def _settled(problem: Problem, groups: Bins, highest: int) -> tuple[Vector, Vector]:
    """Integral and its last change: with the curvature it is no mixture of exponentials."""
    P, sizes = problem.P, problem.sizes
    bin_sizes = groups.largest if highest else groups.smallest
    bend = _bend(groups, P, bin_sizes, highest)
    smallest, ratio = float(sizes.min()), float(sizes.sum() / sizes.min())
    found = np.zeros(P.shape[1])
    for halving in range(_RULES):
        # Of a halved rule every other node is one of the rule before, with twice the weight.
        new = slice(1, None, 2) if halving else slice(None)
        rule = (x[new] for x in trapezoid(ratio, _FIRST_STEP / 2**halving))
        table, weights = (np.repeat(x[:, None], P.shape[1], 1) / smallest for x in rule)
        before = found
        found = before / 2 + edge_integral(problem, groups, bin_sizes, table, weights, bend)
        change = np.abs(found - before)
        if halving and (change <= _AGREEMENT * found).all():
            break
    return found, change
