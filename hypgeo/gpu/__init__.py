"""Backends that compute on a GPU: which of them there are, and which one a call takes.

=======  =============================================================================
triton   torch tensors, kernels written in Triton; the default
cuda     torch tensors, the C++ of the CPU compiled for the GPU; all arguments, all
         functions, the published baselines by name
cupy     CuPy arrays, the same kernels
=======  =============================================================================

None of the frameworks is imported before a caller has passed one of its arrays.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hypgeo.gpu._availability import reasons

__all__ = ["METHODS", "OPERATIONS", "dispatch", "is_gpu_array", "reasons", "weighted"]

#: Operations and how many results each has.
OPERATIONS = {
    "hyp2f1": 1,
    "hyp2f1m1": 1,
    "log_hyp2f1": 1,
    "log_hyp2f1_and_sign": 2,
    "value_and_error": 2,
    "hyp2f1_derivatives": 5,
    "slopes_in_c_and_z": 2,
}
#: What `method` may be: the backend, or a method of the CUDA kernels by name.
BASELINES = (
    *("direct", "reflected_auto", "reflected"),
    *("parallel", "parallel_precomputed", "scan"),
)
METHODS = ("auto", "triton", "cuda", "plan", "varying", *BASELINES)

#: Operations that the Triton kernels have.
_OF_TRITON = frozenset({"hyp2f1", "hyp2f1_derivatives", "slopes_in_c_and_z"})


def is_gpu_array(x: Any) -> bool:
    """Whether `x` is a CUDA tensor of torch or a CuPy array, without an import.

    Parameters
    ----------
    x : object
        Anything.

    Returns
    -------
    bool
        True for arrays that `dispatch` takes.

    Examples
    --------
    >>> is_gpu_array(0.5)
    False
    """
    return _is_cupy(x) or (_is_torch(x) and x.device.type == "cuda")


def _is_torch(x: Any) -> bool:
    # Parameters and other subclasses come from modules of their own.
    return any(t.__module__ == "torch" and t.__name__ == "Tensor" for t in type(x).__mro__)


def _is_cupy(x: Any) -> bool:
    return any(
        t.__module__.partition(".")[0] == "cupy" and t.__name__ == "ndarray"
        for t in type(x).__mro__
    )


def dispatch(operation: str, a: Any, b: Any, c: Any, z: Any, method: str = "auto") -> Any:
    """Compute an operation of arrays on a GPU, on their current stream.

    Parameters
    ----------
    operation : str
        Key of `OPERATIONS`.
    a, b, c, z : tensor, cupy.ndarray or number
        Arrays of one framework on one device, of float64, float32, int64 or int32 (`a` of any real
        type), and numbers; they broadcast without being copied.
    method : str
        One of `METHODS`: a backend, or a method of the CUDA kernels. `plan` is the table for
        fixed a, b, c (where they are not, or `auto` finds z too short for one, each element is
        evaluated by itself, as by `varying`).

    Returns
    -------
    array or tuple of arrays
        One or several results, as `OPERATIONS` has it: float32 if all floating-point arrays are,
        else float64. NaN where neither a nor b is a nonpositive integer.

    Raises
    ------
    TypeError
        Arrays of two frameworks or devices, an array on the CPU among them, or a wrong type.
    ValueError
        The shapes do not broadcast, neither of the numbers a and b is a nonpositive integer, or
        `operation` or `method` is unknown.
    RuntimeError
        The backend asked for is not available; the message says why and what to install.
    """
    _check_names(operation, method)
    wanted = "log_hyp2f1" if operation == "log_hyp2f1_and_sign" else operation
    run = _by_cupy if _framework(a, b, c, z) == "cupy" else _by_torch
    results = run(wanted, a, b, c, z, method)[: OPERATIONS[operation]]
    return results if len(results) > 1 else results[0]


def weighted(a: Any, b: Any, c: Any, z: Any, weight: Any, scale: float) -> Any:
    """`weight` times `scale` times 2F1(a, b; c; z), in the pass that computes it.

    What a backward pass needs: a slope is F of other parameters, DLMF 15.5.2.

    Parameters
    ----------
    a, b, c, z : tensor or number
        As for `dispatch`, CUDA tensors.
    weight : tensor
        Of the shape of the result and of its dtype.
    scale : float
        Finite.

    Returns
    -------
    tensor
        As `dispatch` has it.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        As for `dispatch`.
    """
    from hypgeo.gpu import cuda_torch

    if _triton_reason() is None:
        from hypgeo.gpu import _by_triton

        return _by_triton.evaluate("hyp2f1", a, b, c, z, weight, scale)[0]
    return cuda_torch.evaluate("hyp2f1", a, b, c, z, weight=weight, scale=scale)[0]


def _check_names(operation: str, method: str) -> None:
    if operation not in OPERATIONS:
        raise ValueError(f"operation must be one of {', '.join(OPERATIONS)}, got {operation!r}")
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if operation != "hyp2f1" and method in ("plan", *BASELINES):
        raise ValueError(f"method {method!r} is for hyp2f1 only, not for {operation}")


def _framework(a: Any, b: Any, c: Any, z: Any) -> str:
    named = {"a": a, "b": b, "c": c, "z": z}
    torch_ones = [name for name, x in named.items() if _is_torch(x)]
    cupy_ones = [name for name, x in named.items() if _is_cupy(x)]
    if torch_ones and cupy_ones:
        raise TypeError(
            f"{torch_ones[0]} is a torch tensor and {cupy_ones[0]} is a CuPy array: "
            "a, b, c and z must be of one framework"
        )
    if not any(map(is_gpu_array, named.values())):
        raise TypeError("none of a, b, c, z is a CUDA tensor or a CuPy array")
    return "cupy" if cupy_ones else "torch"


def _by_cupy(operation: str, a: Any, b: Any, c: Any, z: Any, method: str) -> tuple[Any, ...]:
    from hypgeo.gpu import cupy_backend

    if method == "triton":
        raise RuntimeError("the triton backend takes torch tensors, not CuPy arrays")
    return cupy_backend.evaluate(operation, a, b, c, z, "auto" if method == "cuda" else method)


def _by_torch(operation: str, a: Any, b: Any, c: Any, z: Any, method: str) -> tuple[Any, ...]:
    from hypgeo.gpu import _torch_frame, cuda_torch

    a, b, c, z = map(_torch_frame.number, (a, b, c, z))
    a = _torch_frame.widened(a)
    if method == "triton" or (method == "auto" and operation in _OF_TRITON):
        why = _triton_reason()
        if why is None and operation in _OF_TRITON:
            from hypgeo.gpu import _by_triton

            return _by_triton.evaluate(operation, a, b, c, z)
        if method == "triton":
            missing = f"it has no {operation}" if why is None else why
            raise RuntimeError(f"the triton backend is not available: {missing}")
    chosen = "auto" if method == "cuda" else method
    return cuda_torch.evaluate(operation, a, b, c, z, chosen)


def _triton_reason() -> str | None:
    why: str | None = import_module("hypgeo.gpu.triton_backend").reason()
    return why
