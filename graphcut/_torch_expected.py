"""Expected cut of torch tensors: the gradient is formed with the value, in the same pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from graphcut._adjoint import integrate
from graphcut._checks import Size, check_assignments, check_graph, check_size
from graphcut._torch_sparse import scipy_to_torch
from graphcut.expected import evaluate, nodes_for


class _ExpectedCut(torch.autograd.Function):
    """(P, value, gradient) -> value: the gradient is already known."""

    @staticmethod
    def forward(
        ctx: Any, P: torch.Tensor, value: torch.Tensor, gradient: torch.Tensor
    ) -> torch.Tensor:
        ctx.save_for_backward(gradient)
        return value

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * upstream, None, None


def tensor_expected_cut(
    W: Any, P: torch.Tensor, size: Size, rtol: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Expected cut of each cluster and its error; see `graphcut.expected_cut`.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Weights.
    P : torch.Tensor, shape (n, K)
        Assignments, float32 or float64.
    size : {"count", "degree"} or array_like
        Sizes.
    rtol : float
        Relative error of the quadrature.

    Returns
    -------
    tuple of torch.Tensor, shape (K,)
        Values, differentiable by `P`, and errors, rounding to the dtype of `P` included.
    """
    graph = check_graph(W)
    if not P.is_floating_point():
        P = P.to(torch.float64)
    table = check_assignments(P, graph.shape[0])
    sizes = check_size(size, graph)
    adjoint = P.requires_grad and torch.is_grad_enabled()
    if P.device.type == "cpu" or graph.nnz == 0:
        parts: tuple[Any, ...] = evaluate(graph, table, sizes, rtol, adjoint)
    else:
        parts = _on_device(graph, P.detach().double(), table, sizes, rtol, adjoint)
    exact, error = (torch.as_tensor(parts[k]).to(P.device) for k in (0, 2))
    value, error = exact.to(P.dtype), (error + _rounding(exact, P.dtype)).to(P.dtype)
    if adjoint:
        gradient = torch.as_tensor(parts[1]).to(P.device, P.dtype)
        value = _ExpectedCut.apply(P, value, gradient)  # type: ignore[no-untyped-call]
    return value, error


def _rounding(value: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """What is lost when values in double precision become `dtype`, and are added in it."""
    if dtype == torch.float64:
        return torch.zeros_like(value)
    # Half an eps for the value, for each addition of the K values and for the error's own rounding.
    return torch.finfo(dtype).eps * (1 + len(value) / 2) * value


def _on_device(
    graph: Any, P: torch.Tensor, table: Any, sizes: Any, rtol: float, adjoint: bool
) -> tuple[Any, Any, Any]:
    smallest = float(sizes[np.diff(graph.indptr) > 0].min())
    nodes, weights, error = nodes_for(table, sizes, rtol, smallest, float(sizes.max()))
    x, w, s = (
        torch.from_numpy(np.ascontiguousarray(a)).to(P.device) for a in (nodes, weights, sizes)
    )
    weights_of_edges = scipy_to_torch(graph, torch.float64, P.device)
    sums = integrate(
        torch,
        lambda columns: torch.sparse.mm(weights_of_edges, columns),
        *(P, s, zip(x, w, strict=True), adjoint),
    )
    rounding = torch.finfo(torch.float64).eps * (sums.spread + 16 * sums.value)
    return sums.value, sums.gradient, error * sums.value + rounding
