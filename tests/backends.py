"""The same cases through every backend: NumPy, the GPU kernels on the CPU, what this machine has.

A backend takes and gives NumPy arrays here, whatever it computes with. One that cannot run skips
the test with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import emulated
import numpy as np
import pytest

import hypgeo
from hypgeo import methods
from hypgeo.gpu import BASELINES, _availability, dispatch

Results = tuple[Any, ...]


@dataclass(frozen=True)
class Backend:
    """How to compute an operation of `hypgeo.gpu.OPERATIONS`."""

    name: str
    reason: Callable[[], str | None]
    evaluate: Callable[..., Results]
    operations: tuple[str, ...] = ()
    on_gpu: bool = True
    #: Elements that the host computes with more than double-double are short of digits there.
    has_wide: bool = False

    def require(self, operation: str = "hyp2f1") -> None:
        why = self.reason()
        if why is not None:
            pytest.skip(f"{self.name}: {why}")
        if self.operations and operation not in self.operations:
            pytest.skip(f"{self.name}: there is no kernel for {operation}")

    def __call__(
        self, operation: str, a: Any, b: Any, c: Any, z: Any, method: str = "auto"
    ) -> Results:
        self.require(operation)
        return tuple(np.asarray(x) for x in self.evaluate(operation, a, b, c, z, method))


def _numpy(operation: str, a: Any, b: Any, c: Any, z: Any, method: str) -> Results:
    if operation == "hyp2f1":
        # Beside numbers the ufunc computes in double precision and leaves it at that.
        kinds = {x.dtype for x in (a, b, c, z) if isinstance(x, np.ndarray)}
        name = {"varying": "auto", "cuda": "auto"}.get(method, method)
        value = methods.hyp2f1(a, b, c, z, method=name)
        with np.errstate(over="ignore", under="ignore"):
            return (value.astype(np.float32) if kinds == {np.dtype(np.float32)} else value,)
    if operation == "log_hyp2f1_and_sign":
        return tuple(hypgeo.log_hyp2f1(a, b, c, z, return_sign=True))
    value = getattr(hypgeo, operation)(a, b, c, z)
    return tuple(value) if isinstance(value, tuple) else (value,)


def _emulated(operation: str, a: Any, b: Any, c: Any, z: Any, method: str) -> Results:
    name = "log_hyp2f1" if operation == "log_hyp2f1_and_sign" else operation
    return emulated.evaluate(name, a, b, c, z, "auto" if method == "cuda" else method)


def _on_device(to_device: Callable[[Any], Any], to_host: Callable[[Any], Any], default: str) -> Any:
    def evaluate(operation: str, a: Any, b: Any, c: Any, z: Any, method: str) -> Results:
        moved = [to_device(x) if isinstance(x, np.ndarray) else x for x in (a, b, c, z)]
        chosen = default if method == "auto" else method
        results = dispatch(operation, *moved, method=chosen)
        several = results if isinstance(results, tuple) else (results,)
        return tuple(map(to_host, several))

    return evaluate


def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are full of NaN until a kernel writes them; those of the emulated device always."""
    if CUDA.reason() is None:
        import torch

        from hypgeo.gpu._torch_frame import TorchFrame

        def torch_empty(self: Any, shape: Any, kind: str, device: Any) -> Any:
            return torch.full(tuple(shape), torch.nan, dtype=getattr(torch, kind), device=device)

        monkeypatch.setattr(TorchFrame, "empty", torch_empty)
    if CUPY.reason() is None:
        import cupy

        from hypgeo.gpu.cupy_backend import CupyFrame

        def cupy_empty(self: Any, shape: Any, kind: str, device: Any) -> Any:
            return cupy.full(tuple(shape), np.nan, dtype=kind)

        monkeypatch.setattr(CupyFrame, "empty", cupy_empty)


def _to_torch(x: Any) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(x)).to("cuda")


def _to_cupy(x: Any) -> Any:
    import cupy

    return cupy.asarray(x)


NUMPY = Backend("numpy", lambda: None, _numpy, on_gpu=False, has_wide=True)
EMULATED = Backend("emulated", emulated.reason, _emulated)
CUDA = Backend(
    "cuda", _availability.cuda_reason, _on_device(_to_torch, lambda x: x.cpu().numpy(), "cuda")
)
CUPY = Backend("cupy", _availability.cupy_reason, _on_device(_to_cupy, lambda x: x.get(), "auto"))
TRITON = Backend(
    "triton",
    _availability.triton_reason,
    _on_device(_to_torch, lambda x: x.cpu().numpy(), "triton"),
    ("hyp2f1", "hyp2f1_derivatives"),
)

ALL = (NUMPY, EMULATED, CUDA, CUPY, TRITON)
#: Those that run the CUDA kernels, which have methods by name.
OF_KERNELS = (EMULATED, CUDA, CUPY)


def parameters(backends: tuple[Backend, ...] = ALL) -> list[Any]:
    """For `pytest.fixture`; what needs a GPU has the mark of that name."""
    on_machine = ("numpy", "emulated")
    return [
        pytest.param(x, id=x.name, marks=() if x.name in on_machine else pytest.mark.gpu)
        for x in backends
    ]


__all__ = ["ALL", "BASELINES", "OF_KERNELS", "Backend", "parameters", "poison"]
