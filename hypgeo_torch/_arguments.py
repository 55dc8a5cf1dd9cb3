"""From what a caller passes to what an operator takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from hypgeo._torch_call import Number, prepare


def tensors(operands: Mapping[str, Any]) -> tuple[list[Tensor], torch.dtype]:
    """Tensors for an operator, and the dtype of the result.

    Python numbers become 0-d float64 tensors of the CPU, which every device reads without waiting.
    The first operand, an integer, has no derivative.
    """
    first = next(iter(operands))
    x = operands[first]
    if isinstance(x, Tensor) and x.requires_grad and torch.is_grad_enabled():
        raise TypeError(f"{first} has no derivative: pass {first}.detach()")
    numbers, result = prepare(operands)
    if result in (torch.float16, torch.bfloat16):
        computed = torch.float32
        if torch.is_autocast_enabled(_device(numbers)):
            result = torch.float32
    else:
        computed = result
    a, b, c, z = (_tensor(x) for x in numbers)
    if not any(isinstance(x, Tensor) for x in numbers[1:]):
        z = z.to(computed)  # the operator takes its dtype from here
    return [a, b, c, z], result


def _tensor(x: Number) -> Tensor:
    return x if isinstance(x, Tensor) else torch.scalar_tensor(x, dtype=torch.float64)


def _device(numbers: tuple[Number, ...]) -> str:
    kinds = [x.device.type for x in numbers if isinstance(x, Tensor)]
    return next((kind for kind in kinds if kind != "cpu"), "cpu")
