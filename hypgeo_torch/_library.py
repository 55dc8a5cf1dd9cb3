"""Operators in torch.library: schema, kernels, fake tensors, vmap, autocast, autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from hypgeo_torch._autograd import Pull, Slopes, autograd_kernel

NAMESPACE = "hypgeo"
# A fragment: the CUDA backends may add operators of their own.
_LIBRARY = torch.library.Library(NAMESPACE, "FRAGMENT")

Kernel = Callable[..., Any]


def define(
    name: str,
    inputs: str,
    outputs: int,
    kernel: Kernel,
    slopes: Slopes,
    without_slope: tuple[int, ...] = (),
    pull: Pull | None = None,
) -> Any:
    """Register an elementwise operator hypgeo::`name` of tensors that broadcast.

    Parameters
    ----------
    name : str
        Name of the operator.
    inputs : str
        Arguments as in a schema; tensors first.
    outputs : int
        Number of results, all of one shape and dtype.
    kernel : callable
        Computes the results, on the CPU and on CUDA devices, of tensors without gradients.
    slopes : callable
        Partial derivatives of the results, see `hypgeo_torch._autograd.Slopes`.
    without_slope : tuple of int
        Results that are piecewise constant.
    pull : callable, optional
        A shorter way to gradients, see `hypgeo_torch._autograd.Pull`.

    Returns
    -------
    torch.OpOverload
        The operator.
    """
    returns = "Tensor" if outputs == 1 else f"({', '.join(['Tensor'] * outputs)})"
    _LIBRARY.define(f"{name}({inputs}) -> {returns}", tags=(torch.Tag.pt2_compliant_tag,))
    qualified = f"{NAMESPACE}::{name}"
    operator = getattr(getattr(torch.ops, NAMESPACE), name).default
    for key in ("CPU", "CUDA"):
        _LIBRARY.impl(name, kernel, key)
    torch.library.register_fake(qualified, _fake(outputs), lib=_LIBRARY)
    torch.library.register_vmap(qualified, _vmap(operator, outputs), lib=_LIBRARY)
    for device in ("cpu", "cuda"):
        torch.library.register_autocast(qualified, device, torch.float32, lib=_LIBRARY)
    autograd = autograd_kernel(operator, outputs, slopes, without_slope, pull)
    _LIBRARY.impl(name, autograd, "Autograd", with_keyset=True)
    return operator


def result_dtype(*others: Tensor) -> torch.dtype:
    """float32 if one of the tensors is, else float64: the rule of every operator here.

    Python numbers come as 0-d float64 tensors, so that they are not rounded.
    """
    for x in others:
        if x.dtype not in (torch.float32, torch.float64):
            raise TypeError(f"operators of hypgeo take float32 and float64 tensors, got {x.dtype}")
    single = any(x.dtype == torch.float32 for x in others)
    return torch.float32 if single else torch.float64


def _fake(outputs: int) -> Kernel:
    def fake(first: Tensor, *rest: Any) -> Any:
        tensors = [first, *(x for x in rest if isinstance(x, Tensor))]
        shape = torch.broadcast_shapes(*(x.shape for x in tensors))
        away = [x.device for x in tensors if x.device.type != "cpu"]
        dtype, device = result_dtype(*tensors[1:]), away[0] if away else first.device
        results = tuple(torch.empty(shape, dtype=dtype, device=device) for _ in range(outputs))
        return results if outputs > 1 else results[0]

    return fake


def _vmap(operator: Any, outputs: int) -> Kernel:
    """The batch goes in front: the operators broadcast."""

    def rule(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> Any:
        ranks = [
            x.dim() - (d is not None)
            for x, d in zip(args, in_dims, strict=True)
            if isinstance(x, Tensor)
        ]
        moved = [_in_front(x, d, max(ranks)) for x, d in zip(args, in_dims, strict=True)]
        return operator(*moved), (0 if outputs == 1 else (0,) * outputs)

    return rule


def _in_front(x: Any, dim: int | None, rank: int) -> Any:
    if dim is None:
        return x
    x = x.movedim(dim, 0)
    return x.reshape(x.shape[0], *(1,) * (rank - x.dim() + 1), *x.shape[1:])
