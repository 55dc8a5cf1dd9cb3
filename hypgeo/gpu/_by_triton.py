"""A call by the Triton kernels, completed by the CUDA kernels where those cannot."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import torch

from hypgeo.gpu import cuda_torch
from hypgeo.gpu._evaluate import terminating
from hypgeo.gpu._operands import Operands, inspect
from hypgeo.gpu._torch_frame import look


class _Looking:
    what = "a CUDA tensor"

    def look(self, x: Any) -> Any:
        return look(x)


def evaluate(
    operation: str, a: Any, b: Any, c: Any, z: Any, weight: Any = None, scale: float = 1.0
) -> tuple[Any, ...]:
    """Compute an operation; see `hypgeo.gpu.dispatch`.

    Parameters
    ----------
    operation : str
        hyp2f1, hyp2f1_derivatives or slopes_in_c_and_z.
    a, b, c, z : tensor or number
        CUDA tensors that broadcast.
    weight, scale : tensor and float
        For hyp2f1; see `hypgeo.gpu.weighted`.

    Returns
    -------
    tuple of tensor
        The results.
    """
    x = inspect(_Looking(), a, b, c, z)
    ends = terminating(x, -1)
    if ends is not None and ends[1] == a:  # b ends the series
        if operation == "hyp2f1_derivatives":
            return cuda_torch.evaluate(operation, a, b, c, z)
        a, b = -ends[0], ends[1]
    arguments = _arguments(x, ends is not None, a, b, c, z)
    left: dict[str, Any] = {}
    backend = import_module("hypgeo.gpu.triton_backend")
    if operation == "hyp2f1":
        found = backend.values(*arguments, weight, scale)
        results: tuple[Any, ...] = (found.out,)
        left = {"weight": weight, "scale": scale, "flags": found.flags, "run": found.run}
    else:
        results = backend.derivatives(*arguments, whole=operation == "hyp2f1_derivatives")
    if cuda_torch.reason() is None:
        cuda_torch.complete(operation, results, a, b, c, z, **left)
    return results


def _arguments(x: Operands, ends: bool, a: Any, b: Any, c: Any, z: Any) -> tuple[Any, ...]:
    """m, b, c, z as the Triton backend takes them."""
    dtype = getattr(torch, x.out_type)
    if ends and x.number(2) is not None:
        return -float(a), float(b), float(c), z.to(dtype)
    degree = -a.to(torch.float64) if isinstance(a, torch.Tensor) else -float(a)
    return _expanded(degree, x, torch.float64), *(_expanded(y, x, dtype) for y in (b, c, z))


def _expanded(y: Any, x: Operands, dtype: Any) -> Any:
    """Of the type, but for numbers that it does not hold: they are not rounded."""
    if isinstance(y, torch.Tensor):
        return y.to(dtype).expand(x.shape)
    is_held = dtype == torch.float64 or not np.isfinite(y) or float(np.float32(y)) == y
    kind = dtype if is_held else torch.float64
    return torch.full((), y, dtype=kind, device=x.device).expand(x.shape)
