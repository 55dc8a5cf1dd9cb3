"""Exact expected cut of independent random assignments, with gradient and error."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._adjoint import Sums, integrate
from graphcut._checks import Size, check_assignments, check_graph, check_size, is_torch
from graphcut._quadrature import exponential_sum, size_ranges

__all__ = ["ExpectedCut", "expected_cut", "expected_cut_gradient"]

_EPS = float(np.finfo(np.float64).eps)
# Roundings of one node that do not grow with the exponent: exp, products, the sum over edges.
_ROUNDINGS = 16.0
# Edges times clusters below which threads cost more than they bring.
_WORTH_THREADS = 2e5
RTOL = 1e-13


class ExpectedCut(NamedTuple):
    """Expected cut of each cluster, its gradient by the assignments, and a bound on its error.

    Attributes
    ----------
    value : ndarray of float64, shape (K,)
        Expected cut of each cluster; their sum is the expected cut.
    gradient : ndarray of float64, shape (n, K), or None
        d value[k] / d P[i, k], every entry of P taken as free.
    error : ndarray of float64, shape (K,)
        Quadrature, truncation and rounding.
    """

    value: NDArray[np.float64]
    gradient: NDArray[np.float64] | None
    error: NDArray[np.float64]


def expected_cut(
    W: Any,
    P: Any,
    size: Size = "count",
    per_cluster: bool = False,
    return_error: bool = False,
    rtol: float = RTOL,
) -> Any:
    """E[sum_C cut(C, rest) / size(C)], each vertex in cluster k with probability P[i, k].

    For a cluster with probabilities p and sizes s, exactly

        E = sum_ij W_ij p_i (1 - p_j) E[1 / (s_i + sum_{l != i, j} s_l a_l)]
          = int_0^1 (1/t) prod_l g_l u^T W v dt,

    g_l = 1 - p_l + p_l t^s_l, u_i = p_i t^s_i / g_i, v_j = (1 - p_j) / g_j (docs/cuts.md), with
    t = exp(-x) and a sum of exponentials whose relative error is known beforehand. Vertices are
    independent; an empty cluster counts 0, as in `graph_cut`.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like or torch.Tensor, shape (n, K)
        Rows on the simplex. For a tensor the result is one too, differentiable (once) by `P`;
        it is computed on `P`'s device, in double precision.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices: ratio cut, normalised cut, or any positive numbers.
    per_cluster : bool
        Whether to return one value for each cluster instead of their sum.
    return_error : bool
        Whether to return a bound on the absolute error too: (value, error).
    rtol : float
        Relative error of the quadrature, from 1e-14 on. Fewer nodes do for larger ones.

    Returns
    -------
    float, ndarray of float64 or torch.Tensor, shape () or (K,)
        The expected cut; a tensor has the dtype of `P`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import expected_cut
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> round(expected_cut(path, np.array([[1, 0], [0.5, 0.5], [0, 1]])), 12)
    1.5
    """
    if is_torch(P):
        from graphcut._torch_expected import tensor_expected_cut

        found: tuple[Any, Any] = tensor_expected_cut(W, P, size, _check_rtol(rtol))
    else:
        found = _evaluate(W, P, size, rtol, adjoint=False)[::2]
    if not per_cluster:
        found = found[0].sum(), found[1].sum()
        found = found if is_torch(P) else (float(found[0]), float(found[1]))
    return found if return_error else found[0]


def expected_cut_gradient(W: Any, P: Any, size: Size = "count", rtol: float = RTOL) -> ExpectedCut:
    """Expected cut of each cluster with its gradient by the assignments, in one pass.

    Parameters
    ----------
    W : SciPy sparse or array, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    rtol : float
        Relative error of the quadrature, from 1e-14 on.

    Returns
    -------
    ExpectedCut
        Values (K,), gradient (n, K), errors (K,).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import expected_cut_gradient
    >>> edge = np.array([[0, 1], [1, 0]])
    >>> expected_cut_gradient(edge, np.full((2, 2), 0.5)).gradient.round(12).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    return _evaluate(W, P, size, rtol, adjoint=True)


def _check_rtol(rtol: Any) -> float:
    if not (isinstance(rtol, Real) and 1e-14 <= float(rtol) < 1):
        raise ValueError(f"rtol is {rtol!r}; from 1e-14 to below 1 is allowed")
    return float(rtol)


def _evaluate(W: Any, P: Any, size: Size, rtol: float, adjoint: bool) -> ExpectedCut:
    graph = check_graph(W)
    P = check_assignments(P, graph.shape[0])
    return evaluate(graph, P, check_size(size, graph), _check_rtol(rtol), adjoint)


def evaluate(
    graph: sp.csr_array, P: NDArray[np.float64], sizes: Any, rtol: float, adjoint: bool
) -> ExpectedCut:
    """Expected cut of checked arguments.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    P : ndarray of float64, shape (n, K)
        Checked assignments, or any probabilities: the columns are independent of each other.
    sizes : ndarray of float64, shape (n,)
        Checked sizes.
    rtol : float
        Relative error of the quadrature.
    adjoint : bool
        Whether the gradient is wanted.

    Returns
    -------
    ExpectedCut
        Values, gradient or None, errors.
    """
    if graph.nnz == 0:
        zero = np.zeros(P.shape[1])
        return ExpectedCut(zero, np.zeros_like(P) if adjoint else None, zero)
    smallest = float(sizes[np.diff(graph.indptr) > 0].min())
    nodes, weights, error = nodes_for(P, sizes, rtol, smallest, float(sizes.max()))
    graph = graph.astype(np.float64, copy=False)
    pairs = list(zip(nodes, weights, strict=True))
    wide = graph.nnz * P.shape[1] > _WORTH_THREADS
    workers = min(_cores(), len(pairs)) if wide else 1

    def part(k: int) -> Sums:
        with np.errstate(divide="ignore", under="ignore"):
            return integrate(np, graph.__matmul__, P, sizes, pairs[k::workers], adjoint)

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, range(workers)))
    value = sum(x.value for x in parts)
    gradient = sum(x.gradient for x in parts) if adjoint else None
    rounding = _EPS * (sum(x.spread for x in parts) + _ROUNDINGS * value)
    return ExpectedCut(value, gradient, error * value + rounding)


def nodes_for(
    P: NDArray[np.float64],
    sizes: NDArray[np.float64],
    rtol: float,
    smallest: float,
    largest: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Nodes and weights in x = -log t of all clusters, and their relative error.

    Parameters
    ----------
    P : ndarray of float64, shape (n, K)
        Probabilities.
    sizes : ndarray of float64, shape (n,)
        Sizes.
    rtol : float
        Relative error of the quadrature and of the tails of the size's distribution.
    smallest, largest : float
        Smallest size of a vertex with edges (the others' may be 0) and largest size.

    Returns
    -------
    nodes, weights : ndarray, shape (m, K)
        For sum_x w(x) f(x).
    error : float
        Relative error for every graph on these vertices.
    """
    tails = rtol / 8
    low, high = size_ranges(P, sizes, tails, smallest, largest)
    # Few different rules are built while a model is trained: ratios are powers of 2^(1/4).
    ratio = 2.0 ** (np.ceil(4 * np.log2((high / low).max())) / 4)
    rule = exponential_sum(float(ratio), rtol / 2)
    # A rule's error stays below 1 beyond its range, so both tails count once each.
    error = rule.error + 2 * tails
    return rule.nodes[:, None] / low, rule.weights[:, None] / low, error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
