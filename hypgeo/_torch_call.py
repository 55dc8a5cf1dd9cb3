"""Tensors as arguments: their common dtype and device, and the ufuncs on views of them.

Imported only where a tensor has been passed, or by `hypgeo_torch`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from hypgeo import _core
from hypgeo._dispatch import RESULTS, on_gpu

_HALF = (torch.float16, torch.bfloat16)
_REAL = (torch.float32, torch.float64)
# What is differentiable in place of a function of hypgeo.
_DIFFERENTIABLE = {
    "hyp2f1m1": "hyp2f1m1",
    "log_hyp2f1": "log_hyp2f1",
    "log_hyp2f1_and_sign": "log_hyp2f1",
}

Number = float | Tensor
Arguments = tuple[Number, Number, Number, Number]  # a, b, c, z


class Operands(NamedTuple):
    """Arguments of one device, ready to be computed with, and the dtype of the result.

    Each argument is a float or a tensor; tensors but the first are all float32 or all float64.
    """

    given: Arguments
    dtype: torch.dtype


def prepare(operands: Mapping[str, Any]) -> Operands:
    """Check numbers, dtypes and devices, and convert to the dtype that is computed in.

    The dtype of the result is that of the floating-point tensors among all arguments but the first,
    promoted as torch promotes (of 0-d tensors only where there are no others). Where there are none
    it is that of the first, then the default dtype of torch: integers and Python numbers do not
    count. float16 and bfloat16 are computed in float32.
    """
    values = {name: _checked(name, x) for name, x in operands.items()}
    _check_devices(values)
    _check_shapes(values)
    a, *others = values.values()
    dtype = _promoted(others, a)
    computed = torch.float32 if dtype in _HALF else dtype
    if isinstance(a, Tensor) and a.dtype in _HALF:
        a = a.to(torch.float32)
    b, c, z = (x.to(computed) if isinstance(x, Tensor) else x for x in others)
    return Operands((a, b, c, z), dtype)


def evaluate(operation: str, operands: Mapping[str, Any]) -> Any:
    """`operation` of tensors without gradients, as `hypgeo` has it."""
    _refuse_gradients(operation, operands)
    given, dtype = prepare(operands)
    if dtype in _HALF and operation == "value_and_error":
        raise TypeError(f"value_and_error takes float32 and float64 tensors, got {dtype}")
    computed = torch.float32 if dtype in _HALF else dtype
    results = compute(operation, numbers(*given), computed)
    rounded = tuple(x.to(dtype) for x in results)
    return rounded if RESULTS[operation] > 1 else rounded[0]


def planned(plan: Any, z: Tensor) -> Tensor:
    """A plan at a tensor, without gradients."""
    _refuse_gradients("hyp2f1", {"z": z})
    _checked("z", z)
    dtype = torch.float32 if plan.dtype == np.float32 else torch.float64
    if z.device.type != "cpu":
        (result,) = compute("hyp2f1", (plan.a, plan.b, plan.c, z.to(dtype)), dtype)
        return result
    out = np.empty(z.shape, plan.dtype)
    with np.errstate(all="ignore"):
        plan._ufunc(_view(z if z.dtype in _REAL else z.double(), dtype), out=out)
    return torch.from_numpy(out)


def numbers(a: Number, b: Number, c: Number, z: Number) -> Arguments:
    """0-d tensors of the CPU as floats: no device is waited for."""
    return _number(a), _number(b), _number(c), _number(z)


def _number(x: Number) -> Number:
    if isinstance(x, Tensor) and x.dim() == 0 and x.device.type == "cpu":
        return float(x.detach().item())
    return x


def compute(operation: str, given: Arguments, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """The results of the ufunc `operation` on the device of the tensors, float32 or float64."""
    kinds = {x.device.type for x in given if isinstance(x, Tensor)} - {"cpu"}
    if not kinds:
        return on_cpu(operation, given, dtype)
    if kinds != {"cuda"}:
        raise ValueError(f"tensors must be on the CPU or a CUDA device, got {', '.join(kinds)}")
    if isinstance(given[0], float):
        check_degree(given[0])
    results = on_gpu(operation, *given)
    return tuple(results) if RESULTS[operation] > 1 else (results,)


def check_degree(a: float) -> None:
    """Raise an error unless a number ends the series; NaN passes and gives NaN."""
    if a > 0 or a != int(a) if abs(a) < np.inf else a == a:
        raise ValueError(f"a must be a nonpositive integer, got {a!r}")


def on_cpu(operation: str, given: Arguments, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """The ufunc `operation` on views of CPU tensors; numbers enter unrounded.

    Nothing is copied where the dtypes agree. Results are contiguous, rounded once to `dtype`.
    """
    shape = np.broadcast_shapes(*(x.shape for x in given if isinstance(x, Tensor)))
    # NumPy asks the system for large pages, which makes long results twice as fast to write.
    kind = np.float32 if dtype == torch.float32 else np.float64
    outs = tuple(np.empty(shape, kind) for _ in range(RESULTS[operation]))
    arrays = [_view(x, dtype) for x in given]
    ufunc = getattr(_core, operation)
    with np.errstate(all="ignore"):  # inf and 0 are legal results, also of the rounding to float32
        ufunc(*arrays, out=outs, casting="same_kind")
    return tuple(map(torch.from_numpy, outs))


def _view(x: Number, dtype: torch.dtype) -> Any:
    if isinstance(x, Tensor):
        try:
            return x.detach().resolve_neg().numpy()
        except RuntimeError as error:
            raise TypeError("a tensor without data, as under vmap: use hypgeo_torch") from error
    single = np.float32(x) if dtype == torch.float32 and abs(x) < 3e38 else np.float64(x)
    # A number that float32 cannot hold makes NumPy compute with doubles.
    return single if single == x else np.float64(x)


def _checked(name: str, x: Any) -> Number:
    """A real tensor or a float; an error that names the argument for everything else."""
    if isinstance(x, Tensor):
        if x.is_complex():
            raise TypeError(f"{name} must be real, got a tensor of dtype {x.dtype}")
        return x
    if isinstance(x, np.ndarray) and x.ndim == 0:
        x = x[()]
    if isinstance(x, int | float | np.integer | np.floating | np.bool_):
        try:
            return float(x)
        except OverflowError:
            raise ValueError(f"{name} must fit into float64, got {x!r}") from None
    raise TypeError(f"{name} must be a real number or a torch.Tensor, got {x!r}")


def _check_devices(values: Mapping[str, Number]) -> None:
    """One device; a 0-d tensor of the CPU may stand beside tensors elsewhere, as in torch."""
    tensors = {name: x for name, x in values.items() if isinstance(x, Tensor)}
    away = {name: x for name, x in tensors.items() if x.device.type != "cpu" or x.dim() > 0}
    if len({x.device for x in away.values()}) > 1:
        listed = ", ".join(f"{name} on {x.device}" for name, x in away.items())
        raise ValueError(f"{', '.join(values)} must be on one device, got {listed}")


def _check_shapes(values: Mapping[str, Number]) -> None:
    tensors = {name: x for name, x in values.items() if isinstance(x, Tensor) and x.dim() > 0}
    if len(tensors) > 1 and not _broadcast(*(x.shape for x in tensors.values())):
        listed = ", ".join(f"{name} of shape {tuple(x.shape)}" for name, x in tensors.items())
        raise ValueError(f"{', '.join(values)} must broadcast, got {listed}")


def _broadcast(*shapes: Sequence[int]) -> bool:
    """Whether shapes fit; torch.broadcast_shapes imports SymPy, NumPy's takes no symbolic sizes."""
    for axis in range(1, max(map(len, shapes)) + 1):
        common = 1
        for shape in shapes:
            size = shape[-axis] if axis <= len(shape) else 1
            if size not in (1, common) and common != 1:
                return False
            common = size if common == 1 else common
    return True


def _promoted(values: Sequence[Number], last: Number) -> torch.dtype:
    others = [x for x in values if isinstance(x, Tensor) and x.is_floating_point()]
    ranked = [x for x in others if x.dim() > 0] or others
    if not ranked:
        if isinstance(last, Tensor) and last.is_floating_point():
            return last.dtype
        return torch.get_default_dtype()
    dtype = ranked[0].dtype
    for x in ranked[1:]:
        dtype = torch.promote_types(dtype, x.dtype)
    return dtype


def _refuse_gradients(operation: str, operands: Mapping[str, Any]) -> None:
    from torch.autograd import forward_ad

    for name, x in operands.items():
        if not isinstance(x, Tensor):
            continue
        tracked = torch.is_grad_enabled() and x.requires_grad
        if tracked or forward_ad.unpack_dual(x).tangent is not None:
            what = "requires grad" if tracked else "has a tangent"
            instead = _DIFFERENTIABLE.get(operation, "hyp2f1")
            raise TypeError(
                f"{name} {what}, which hypgeo would lose: "
                f"use hypgeo_torch.{instead}, or pass {name}.detach()"
            )
