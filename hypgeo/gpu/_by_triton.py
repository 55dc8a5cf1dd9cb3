"""A call by the Triton kernels, completed by the CUDA kernels where those cannot."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch

from hypgeo.gpu import cuda_torch
from hypgeo.gpu._evaluate import terminating
from hypgeo.gpu._operands import Operands, inspect
from hypgeo.gpu._torch_frame import look


class _Looking:
    what = "a CUDA tensor"

    def look(self, x: Any) -> Any:
        return look(x)


def evaluate(operation: str, a: Any, b: Any, c: Any, z: Any) -> tuple[Any, ...]:
    """Compute an operation; see `hypgeo.gpu.dispatch`.

    Parameters
    ----------
    operation : str
        hyp2f1 or hyp2f1_derivatives.
    a, b, c, z : tensor or number
        CUDA tensors that broadcast.

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
    dtype = getattr(torch, x.out_type)
    if ends is not None and x.number(2) is not None:
        arguments = (-float(a), float(b), float(c), z.to(dtype))
    else:
        degree = -a.to(torch.float64) if isinstance(a, torch.Tensor) else -float(a)
        arguments = (
            _expanded(degree, x, torch.float64),
            *(_expanded(y, x, dtype) for y in (b, c, z)),
        )
    results = getattr(import_module("hypgeo.gpu.triton_backend"), operation)(*arguments)
    results = results if isinstance(results, tuple) else (results,)
    if cuda_torch.reason() is None:
        cuda_torch.complete(operation, results, a, b, c, z)
    return results


def _expanded(y: Any, x: Operands, dtype: Any) -> Any:
    if not isinstance(y, torch.Tensor):
        y = torch.full((), y, dtype=dtype, device=x.device)
    return y.to(dtype).expand(x.shape)
