"""The CUDA kernels for CuPy arrays: `cupy.RawModule` of their text.

The text of all headers stands in front of the kernels, so that CuPy's cache, whose key is the text,
sees an edit in any of them. Nothing has to be installed but CuPy.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from hypgeo.gpu import _evaluate
from hypgeo.gpu._availability import NO_CUPY
from hypgeo.gpu._call import Call
from hypgeo.gpu._launch import SOURCES, Launch
from hypgeo.gpu._operands import Array
from hypgeo.gpu._source import pasted

__all__ = ["evaluate", "reason"]

#: CuPy takes an array of one such element for an argument by value.
CALL = np.dtype([("words", np.uint64, (ctypes.sizeof(Call) // 8,))])
OPTIONS = ("-std=c++17", "-default-device")
USUAL_SHARED = 48 * 1024


@cache
def reason() -> str | None:
    """Why CuPy arrays cannot be computed with here; None if they can.

    Returns
    -------
    str or None
        A sentence that says what to install.

    Examples
    --------
    >>> reason() is None or len(reason()) > 20
    True
    """
    try:
        import cupy
    except ImportError:
        return NO_CUPY
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"CuPy {cupy.__version__} finds no CUDA device: {error}"
    return None if count else f"CuPy {cupy.__version__} finds no CUDA device"


class CupyFrame:
    """See `hypgeo.gpu._evaluate.Frame`."""

    what = "a CuPy array"

    def __init__(self) -> None:
        import cupy

        self._cupy: Any = cupy

    def look(self, x: Any) -> Array | None:
        """Describe an array."""
        if not isinstance(x, self._cupy.ndarray):
            return None
        device = f"cuda:{x.device.id}"
        return Array(device, str(x.dtype), x.shape, x.strides, int(x.data.ptr))

    def _on(self, device: Any) -> Any:
        return self._cupy.cuda.Device(int(str(device).rpartition(":")[2]))

    def empty(self, shape: Sequence[int], kind: str, device: Any) -> Any:
        """New contiguous array."""
        with self._on(device):
            return self._cupy.empty(tuple(shape), dtype=kind)

    def zeros(self, count: int, device: Any) -> Any:
        """New array of 32-bit zeros."""
        with self._on(device):
            return self._cupy.zeros(count, dtype=np.int32)

    def upload(self, array: np.ndarray[Any, Any], device: Any) -> Any:
        """Copy to the device; it is there when this returns, for all streams."""
        with self._on(device):
            copy = self._cupy.asarray(array)
            self._cupy.cuda.get_current_stream().synchronize()
            return copy

    def address(self, array: Any) -> int:
        """Where the first element is."""
        return int(array.data.ptr)

    def processors(self, device: Any) -> int:
        """Multiprocessors of the device."""
        return int(self._on(device).attributes["MultiProcessorCount"])

    def is_capturing(self, device: Any) -> bool:
        """Whether the current stream is part of a graph that is being made."""
        with self._on(device):
            return bool(self._cupy.cuda.get_current_stream().is_capturing())

    def launch(self, launches: Sequence[Launch], device: Any) -> None:
        """Start kernels on the current stream of the device."""
        with self._on(device):
            for x in launches:
                kernel = _kernel(x.kernel, device)
                if x.shared > USUAL_SHARED:
                    kernel.max_dynamic_shared_size_bytes = x.shared
                argument = np.frombuffer(bytes(x.call), dtype=CALL)
                kernel((x.blocks,), (x.threads,), (argument,), shared_mem=x.shared)


@cache
def _module(source: str) -> Any:
    import cupy

    return cupy.RawModule(code=pasted(source), options=OPTIONS)


@cache
def _kernel(name: str, device: Any) -> Any:
    source = next(source for source, kernels in SOURCES.items() if name in kernels)
    return _module(source).get_function(name)


@cache
def _frame() -> CupyFrame:
    why = reason()
    if why is not None:
        raise RuntimeError(f"the cupy backend is not available: {why}")
    return CupyFrame()


def evaluate(
    operation: str, a: Any, b: Any, c: Any, z: Any, method: str = "auto"
) -> tuple[Any, ...]:
    """Compute an operation; see `hypgeo.gpu.dispatch`.

    Parameters
    ----------
    operation : str
        hyp2f1, hyp2f1m1, log_hyp2f1, value_and_error, hyp2f1_derivatives or slopes_in_c_and_z.
    a, b, c, z : cupy.ndarray or number
        Of float64, float32, int64 or int32; they broadcast.
    method : str
        One of `hypgeo.gpu._evaluate.METHODS`.

    Returns
    -------
    tuple of cupy.ndarray
        The results.

    Raises
    ------
    RuntimeError
        CuPy cannot run here.
    TypeError, ValueError
        An argument is not allowed; the message names it.
    """
    return _evaluate.evaluate(_frame(), operation, a, b, c, z, method)
