"""Bounds of the expected cut; each has its proof in docs/cuts.md.

    jensen <= exact <= binned <= hoelder,    exact <= prcut (ratio cut)

In all of them the vertices i and j of an edge are left out of the means over the other vertices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcut._binned import binned_products
from graphcut._bins import Bins, size_bins
from graphcut._checks import Size
from graphcut._concentration import minibatch_bound
from graphcut._edges import Problem, edges_of, prepare
from graphcut._gap import gap_bound
from graphcut._hoelder import hoelder_products

__all__ = [
    "binned_bound",
    "envelope_bound",
    "gap_bound",
    "hoelder_bound",
    "jensen_bound",
    "minibatch_bound",
    "prcut_bound",
]

Result = float | NDArray[np.float64]


def _result(values: NDArray[np.float64], per_cluster: bool) -> Result:
    return values if per_cluster else float(values.sum())


def jensen_bound(W: Any, P: Any, size: Size = "count", per_cluster: bool = False) -> Result:
    """Lower bound sum_ij W_ij p_i (1 - p_j) / (s_i + sum_{l != i, j} s_l p_l).

    By Jensen's inequality for the convex function 1/x.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    per_cluster : bool
        Whether to return one value for each cluster.

    Returns
    -------
    float or ndarray of float64, shape (K,)
        At most the expected cut.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import jensen_bound
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> jensen_bound(path, np.full((3, 2), 0.5)).__round__(6)
    1.333333
    """
    graph, P, sizes, _ = prepare(W, P, size)
    total, masses = sizes @ P, sizes[:, None] * P
    values = np.zeros(P.shape[1])
    for edges in edges_of(graph, P):
        others = total - masses[edges.i] - masses[edges.j]
        # Rounding may leave -eps where no other vertex has a share.
        values += (edges.flow / (sizes[edges.i, None] + np.maximum(others, 0))).sum(axis=0)
    return _result(values, per_cluster)


def prcut_bound(W: Any, P: Any, per_cluster: bool = False) -> Result:
    """Upper bound of the ratio cut, sum_ij W_ij (p_i + p_j - 2 p_i p_j) / sum_l p_l.

    The bound of Ghriss and Monteleoni (2025) for sizes of 1; at most twice the cut of the means.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex.
    per_cluster : bool
        Whether to return one value for each cluster.

    Returns
    -------
    float or ndarray of float64, shape (K,)
        At least the expected ratio cut; 0 for a cluster without any share.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import prcut_bound
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> prcut_bound(path, np.full((3, 2), 0.5)).__round__(6)
    2.666667
    """
    graph, P, *_ = prepare(W, P, "count")
    flow = 2 * (P * (graph @ (1 - P))).sum(axis=0)
    total = P.sum(axis=0)
    return _result(np.divide(flow, total, out=np.zeros_like(flow), where=flow > 0), per_cluster)


def envelope_bound(W: Any, P: Any, size: Size = "count", per_cluster: bool = False) -> Result:
    """Upper bound by one 2F1 per edge: all other vertices share mean and smallest size.

    sum_ij W_ij p_i (1 - p_j) (1/s_i) 2F1(-m, 1; s_i/beta + 1; mean_{l != i, j} p_l), m = n - 2,
    beta = min s. For the ratio cut beta = s_i = 1 and 2F1 = (1 - (1 - a)^(m+1)) / ((m + 1) a).

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    per_cluster : bool
        Whether to return one value for each cluster.

    Returns
    -------
    float or ndarray of float64, shape (K,)
        At least the expected cut, and equal to it where sizes and probabilities of a cluster are
        equal.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import envelope_bound
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> envelope_bound(path, np.full((3, 2), 0.5)).__round__(6)
    1.5
    """
    # A single bin; which words it is made by does not matter.
    return hoelder_bound(W, P, size, 1, "equal_frequency", per_cluster)


def binned_bound(
    W: Any,
    P: Any,
    size: Size = "degree",
    n_bins: int = 16,
    bins: str = "log_kmeans",
    per_cluster: bool = False,
) -> Result:
    """Upper bound by means within bins of similar sizes, integrated exactly.

    int_0^1 t^(s_i - 1) prod_b (1 - a_b + a_b t^beta_b)^m_b dt for each edge, a_b the mean of p
    over the m_b vertices of the bin other than i and j, beta_b the smallest size in it.

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
    float or ndarray of float64, shape (K,)
        At least the expected cut, at most `hoelder_bound` with the same bins.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import binned_bound
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> binned_bound(path, np.full((3, 2), 0.5), "degree", n_bins=2).__round__(6)
    1.166667
    """
    return _over_bins(binned_products, prepare(W, P, size), n_bins, bins, per_cluster)


def hoelder_bound(
    W: Any,
    P: Any,
    size: Size = "degree",
    n_bins: int = 16,
    bins: str = "log_kmeans",
    per_cluster: bool = False,
) -> Result:
    """Upper bound by Hoelder's inequality: a weighted geometric mean of one 2F1 per bin.

    prod_b ((1/s_i) 2F1(-m, 1; s_i/beta_b + 1; a_b))^(m_b/m) for each edge, m = n - 2, with the
    bins of `binned_bound`. It does not become exact with more bins.

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
    float or ndarray of float64, shape (K,)
        At least the expected cut.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import hoelder_bound
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> hoelder_bound(path, np.full((3, 2), 0.5), "degree", n_bins=2).__round__(6)
    1.166667
    """
    return _over_bins(hoelder_products, prepare(W, P, size), n_bins, bins, per_cluster)


def _over_bins(
    products: Callable[[Problem, Bins], NDArray[np.float64]],
    problem: Problem,
    n_bins: int,
    bins: str,
    per_cluster: bool,
) -> Result:
    groups = size_bins(problem.sizes, n_bins, bins)
    if problem.graph.nnz == 0:
        return _result(np.zeros(problem.P.shape[1]), per_cluster)
    return _result(products(problem, groups), per_cluster)
