"""Objectives for training assignments: envelopes of the expected cut, in torch.

Every objective estimates sum_k sum_ij W_ij p_ik (1 - p_jk) E[1 / size of cluster k] (no factor
1/2), the vertices drawn independently. They differ in what they put for the expectation:

========== ======================================================================================
prcut      1 / (n mean p), the published PRCut bound; no bound on small graphs
rcut       H_1(1; a, n - 2), sizes 1: exactly E[1 / (1 + Bin(n - 2, a))]
ncut       H_S(q; v / ((n - 2) S), n - 2), sizes = degrees, S the largest, v the volume of the rest
hoelder    prod_b H_{s_b}(q; mean_b p, n - 2)^{n_b / n}, binned degrees, s_b the least of bin b
exact      int_0^inf e^{-qx} prod_l (1 - p_l + p_l e^{-s_l x}) dx by the trapezoidal rule
========== ======================================================================================

with H_s(q; a, m) = E[1 / (q + s Bin(m, a))] = (1/q) 2F1(-m, 1; q/s + 1; a). `ncut` is a bound since
a Bernoulli s_l a_l lies below S b_l, b_l of mean p_l s_l / S, in the convex order, and 1 / (q + x)
is convex; Hoeffding (1956) then puts the binomial of the mean above the sum of the b_l.

Normalised cuts do not change with the unit of the weights, ratio cuts are measured in it. Weights
that `P`'s dtype cannot compute with are divided by a power of two first; a ratio cut is then
multiplied by it again, or refused where the dtype cannot hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from graphcut._adjacency import Adjacency
from graphcut._envelopes import ENVELOPES, RunningMeans

__all__ = [
    "EDGE_TERMS",
    "OBJECTIVES",
    "CutObjective",
    "entropy_balance",
    "exact",
    "ncut",
    "prcut",
    "rcut",
]

OBJECTIVES = tuple(ENVELOPES)
EDGE_TERMS = ("xor", "cross_entropy")
# log 0 in the cross entropy stands for an assignment of exactly 0; float32 has 1.2e-38.
_LEAST_PROBABILITY = 1e-30


class CutObjective:
    """Objective of a graph and assignments, to be minimised.

    Parameters
    ----------
    kind : {"prcut", "rcut", "ncut", "hoelder", "exact"}
        What takes the place of E[1 / size]; see the module.
    term : {"xor", "cross_entropy"}
        Cost of an edge: p_i (1 - p_j), which summed over both directions is the probability that
        the ends differ in cluster k, or p_i (-log p_j), which is never smaller.
    size : {"degree", "count"}
        Sizes of the vertices, for "exact"; the other kinds determine them.
    momentum : float or None
        None: cluster means of the batch at hand. From 0 to 1: their running means over batches,
        so much of the old kept; gradients flow through the batch's own.

    Examples
    --------
    >>> import torch
    >>> from graphcut.objectives import CutObjective
    >>> W = torch.tensor([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> P = torch.tensor([[1.0, 0], [1, 0], [0, 1]])
    >>> round(float(CutObjective("exact", size="count")(W, P)), 6)
    1.5
    """

    def __init__(
        self,
        kind: str = "ncut",
        term: str = "xor",
        size: str = "degree",
        momentum: float | None = None,
    ) -> None:
        for name, value, allowed in (
            ("kind", kind, OBJECTIVES),
            ("term", term, EDGE_TERMS),
            ("size", size, ("degree", "count")),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; one of {', '.join(allowed)} is allowed")
        self.kind, self.term = kind, term
        self.size = {"prcut": "count", "rcut": "count", "exact": size}.get(kind, "degree")
        self.means = RunningMeans(momentum)
        self._envelope: Callable[..., Tensor] = ENVELOPES[kind]

    def __call__(self, W: Any, P: Tensor, per_cluster: bool = False) -> Tensor:
        """Value of the objective.

        Parameters
        ----------
        W : Adjacency, SciPy sparse, array or torch tensor, shape (n, n)
            Symmetric nonnegative weights with zero diagonal.
        P : Tensor, shape (n, K)
            Assignments: rows on the simplex, one for each of the graph's columns.
        per_cluster : bool
            Whether to return K values instead of their sum.

        Returns
        -------
        Tensor, scalar or of shape (K,)
            The objective, differentiable in `P`; 0 for a graph without edges and for an empty
            cluster, whose gradient is 0 for "prcut", as it has no limit there.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described, or `P`'s dtype cannot hold a ratio cut of `W`.
        """
        _check_tensor(P)
        graph = as_adjacency(W, P)
        columns = graph.column_degrees.shape[0]
        if P.ndim != 2 or P.shape[0] != columns:
            raise ValueError(f"P has shape {tuple(P.shape)}; ({columns}, K) is needed")
        sizes = graph.column_degrees if self.size == "degree" else torch.ones_like(P[:, 0])
        other = 1 - P if self.term == "xor" else -P.clamp_min(_LEAST_PROBABILITY).log()
        values: Tensor = self._envelope(graph, P, other, sizes, self.means) * graph.scale
        if self.size == "count" and graph.unit != 1:
            values = _measured(values, graph.unit)
        return values if per_cluster else values.sum()


def as_adjacency(W: Any, P: Tensor) -> Adjacency:
    """The graph as an operator where `P` lies.

    Parameters
    ----------
    W : Adjacency, SciPy sparse, array or torch tensor
        Graph.
    P : Tensor
        Table that it will be multiplied with.

    Returns
    -------
    Adjacency
        `W` itself if it is one.
    """
    if isinstance(W, Adjacency):
        return W
    from graphcut._checks import check_graph

    # Neither NumPy nor SciPy knows bfloat16, and SciPy has no float16.
    if isinstance(W, Tensor) and W.dtype in (torch.float16, torch.bfloat16):
        W = W.to(torch.float32)
    return Adjacency(check_graph(W), P.device, P.dtype)


def _measured(values: Tensor, unit: float) -> Tensor:
    """A cut in units of the weights, which were divided by `unit`."""
    result = values * unit
    if unit < torch.finfo(values.dtype).tiny or not torch.isfinite(result.sum()):
        raise ValueError(
            f"W holds weights up to about {unit:g}, which a ratio cut is measured in; "
            f"{values.dtype} cannot hold it: scale W, or give P in float64"
        )
    return result


def _check_tensor(P: Any) -> None:
    if not isinstance(P, Tensor):
        raise TypeError(
            f"P has type {type(P).__name__}; a torch.Tensor is needed, such as torch.as_tensor(P)"
        )
    if not P.is_floating_point():
        raise TypeError(f"P has dtype {P.dtype}; a floating point one is needed")


def prcut(W: Any, P: Tensor, term: str = "xor") -> Tensor:
    """PRCut: the published surrogate of the expected ratio cut.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : Tensor, shape (n, K)
        Assignments.
    term : {"xor", "cross_entropy"}
        Cost of an edge.

    Returns
    -------
    Tensor, scalar
        sum_k sum_ij W_ij p_ik (1 - p_jk) / (n mean p_k).
    """
    return CutObjective("prcut", term)(W, P)


def rcut(W: Any, P: Tensor, term: str = "xor") -> Tensor:
    """Hypergeometric envelope of the expected ratio cut.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : Tensor, shape (n, K)
        Assignments.
    term : {"xor", "cross_entropy"}
        Cost of an edge.

    Returns
    -------
    Tensor, scalar
        An upper bound of the expected ratio cut; see the module.
    """
    return CutObjective("rcut", term)(W, P)


def ncut(W: Any, P: Tensor, term: str = "xor", envelope: str = "ncut") -> Tensor:
    """Hypergeometric envelope of the expected normalised cut.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : Tensor, shape (n, K)
        Assignments.
    term : {"xor", "cross_entropy"}
        Cost of an edge.
    envelope : {"ncut", "hoelder"}
        Convex order (tight where clusters hold many vertices) or the published Hoelder product.

    Returns
    -------
    Tensor, scalar
        An upper bound of the expected normalised cut; see the module.
    """
    if envelope not in ("ncut", "hoelder"):
        raise ValueError(f"envelope is {envelope!r}; one of ncut, hoelder is allowed")
    return CutObjective(envelope, term)(W, P)


def exact(W: Any, P: Tensor, term: str = "xor", size: str = "degree") -> Tensor:
    """Expected cut itself, by the trapezoidal rule (relative error below 1e-7 in float64).

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : Tensor, shape (n, K)
        Assignments.
    term : {"xor", "cross_entropy"}
        Cost of an edge.
    size : {"degree", "count"}
        Normalised or ratio cut.

    Returns
    -------
    Tensor, scalar
        The expected cut.
    """
    return CutObjective("exact", term, size)(W, P)


def entropy_balance(P: Tensor, mean: Tensor | None = None) -> Tensor:
    """log K - entropy of the mean assignment: 0 for clusters of equal weight.

    For a cluster of weight exactly 0, where the derivative is minus infinity, the gradient is that
    of the least weight that the dtype has: finite, and 0 after a softmax that has saturated.

    Parameters
    ----------
    P : Tensor, shape (n, K)
        Assignments.
    mean : Tensor, shape (K,), optional
        Takes the place of the mean of `P`, such as a running mean.

    Returns
    -------
    Tensor, scalar
        From 0 to log K.

    Examples
    --------
    >>> import torch
    >>> float(entropy_balance(torch.eye(4)))
    0.0
    """
    _check_tensor(P)
    share = P.mean(dim=0) if mean is None else mean
    # The gradient of xlogy(0, 0) is NaN.
    ratio = (share * P.shape[1]).clamp_min(torch.finfo(share.dtype).tiny)
    terms: Tensor = torch.special.xlogy(share, ratio)
    return terms.sum()
