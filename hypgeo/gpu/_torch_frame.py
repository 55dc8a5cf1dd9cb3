"""PyTorch's tensors as the CUDA kernels need them. Imported only for callers that have torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import torch

from hypgeo.gpu._call import TYPES
from hypgeo.gpu._launch import Launch
from hypgeo.gpu._operands import Array


def look(x: Any) -> Array | None:
    """Describe a tensor on a device; None for numbers and for tensors that hold one on the CPU."""
    if not isinstance(x, torch.Tensor):
        return None
    if x.device.type == "cpu" and x.dim() == 0:
        return None
    item = x.element_size()
    kind = str(x.dtype).removeprefix("torch.")
    strides = tuple(s * item for s in x.stride())
    return Array(x.device, kind, tuple(x.shape), strides, x.data_ptr())


def number(x: Any) -> Any:
    """The number in a tensor on the CPU without dimensions; all else as it is."""
    if isinstance(x, torch.Tensor) and x.device.type == "cpu" and x.dim() == 0:
        return x.item()
    return x


def widened(x: Any) -> Any:
    """A tensor of a type that the kernels do not read, as float64, which holds its numbers."""
    if not isinstance(x, torch.Tensor) or str(x.dtype).removeprefix("torch.") in TYPES:
        return x
    return x if x.is_complex() or x.dtype == torch.bool else x.to(torch.float64)


@cache
def processors(device: Any) -> int:
    """Multiprocessors of a device."""
    return int(torch.cuda.get_device_properties(device).multi_processor_count)


class TorchFrame:
    """See `hypgeo.gpu._evaluate.Frame`; `launcher` starts one kernel on a stream."""

    what = "a CUDA tensor"

    def __init__(self, launcher: Any) -> None:
        self._launcher = launcher

    def look(self, x: Any) -> Array | None:
        """Describe a tensor."""
        return look(x)

    def empty(self, shape: Sequence[int], kind: str, device: Any) -> Any:
        """New contiguous tensor."""
        return torch.empty(tuple(shape), dtype=getattr(torch, kind), device=device)

    def zeros(self, count: int, device: Any) -> Any:
        """New tensor of 32-bit zeros."""
        return torch.zeros(count, dtype=torch.int32, device=device)

    def upload(self, array: np.ndarray[Any, Any], device: Any) -> Any:
        """Copy to the device; it is there when this returns, for all streams."""
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    def address(self, array: Any) -> int:
        """Where the first element is."""
        return int(array.data_ptr())

    def processors(self, device: Any) -> int:
        """Multiprocessors of the device."""
        return processors(device)

    def is_capturing(self, device: Any) -> bool:
        """Whether the current stream is part of a graph that is being made."""
        return bool(torch.cuda.is_current_stream_capturing())

    def launch(self, launches: Sequence[Launch], device: Any) -> None:
        """Start kernels on the current stream of the device."""
        stream = torch.cuda.current_stream(device).cuda_stream
        for x in launches:
            self._launcher(x, device, stream)
