"""Arrays of other libraries: whose they are, and who computes with them.

No library is imported here: an array of torch or CuPy can only be passed by a caller that has it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from hypgeo import _core

# Number of results of each ufunc.
RESULTS = {
    "hyp2f1": 1,
    "hyp2f1m1": 1,
    "log_hyp2f1": 1,
    "log_hyp2f1_and_sign": 2,
    "value_and_error": 2,
    "hyp2f1_derivatives": 5,
    "slopes_in_c_and_z": 2,
}
_ARRAY_CLASS = {"torch": "Tensor", "cupy": "ndarray"}


def dispatch(operation: str, a: Any, b: Any, c: Any, z: Any) -> Any:
    """Evaluate the ufunc `operation` where an argument is an array that is not NumPy's.

    Parameters
    ----------
    operation : str
        Name of the ufunc in `hypgeo._core`.
    a, b, c, z : array_like
        At least one of them an array of another library.

    Returns
    -------
    array or tuple of arrays
        Of the library of the arguments; NumPy's for libraries that are not known here.

    Raises
    ------
    TypeError
        Arrays of two libraries, or a tensor whose gradient would be lost.
    """
    operands = {"a": a, "b": b, "c": c, "z": z}
    library = library_of(operands)
    if library == "torch":
        from hypgeo import _torch_call

        return _torch_call.evaluate(operation, operands)
    if library == "cupy":
        return on_gpu(operation, a, b, c, z)
    return getattr(_core, operation)(a, b, c, z)


def on_gpu(operation: str, a: Any, b: Any, c: Any, z: Any) -> Any:
    """`operation` by the backend of a device.

    Parameters
    ----------
    operation : str
        Name of the ufunc in `hypgeo._core`.
    a, b, c, z : float or array
        Arrays of one CUDA device that broadcast: `b`, `c`, `z` of one dtype, float32 or float64,
        `a` of any real dtype. Floats are not rounded.

    Returns
    -------
    array or tuple of arrays
        Of the dtype of `b`, `c`, `z` and the broadcast shape.
    """
    return import_module("hypgeo.gpu").dispatch(operation, a, b, c, z)


def weighted_on_gpu(a: Any, b: Any, c: Any, z: Any, weight: Any, scale: float) -> Any:
    """`weight` times `scale` times F in one pass over the memory of a device.

    Parameters
    ----------
    a, b, c : float
        Parameters of F.
    z, weight : torch.Tensor
        On one CUDA device, of one shape and dtype.
    scale : float
        A factor.

    Returns
    -------
    torch.Tensor
        Of the shape and dtype of z.
    """
    return import_module("hypgeo.gpu").weighted(a, b, c, z, weight, scale)


def library_of(operands: Mapping[str, Any]) -> str | None:
    """torch, cupy or None; an error where arrays of several libraries meet."""
    owners = {name: owner for name, x in operands.items() if (owner := _owner(x)) is not None}
    found = sorted(set(owners.values()) & set(_ARRAY_CLASS))
    if not found:
        return None
    if len(set(owners.values())) > 1:
        listed = ", ".join(f"{name} is {_title(operands[name])}" for name in owners)
        raise TypeError(f"a, b, c, z must be arrays of one library, got: {listed}")
    return found[0]


def foreign(operation: str, operands: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """`dispatch` with the options of a ufunc, which only libraries that NumPy converts can have."""
    library = library_of(dict(zip("abcz", operands, strict=True)))
    if library is None:
        return getattr(_core, operation)(*operands, **options)
    if options:
        names = ", ".join(options)
        raise TypeError(f"{names} must not be given where an argument is a {library} array")
    return dispatch(operation, *operands)


def planned(plan: Any, z: Any, options: Mapping[str, Any]) -> Any:
    """A plan at an array that is not NumPy's.

    Parameters
    ----------
    plan : hypgeo.Plan
        What is to be evaluated.
    z : array
        Of any library that exports its memory.
    options : mapping
        `out` and `where`, if they are given.

    Returns
    -------
    array
        Of the dtype of the plan.

    Raises
    ------
    TypeError
        Options beside an array that NumPy does not convert, or a tensor whose gradient would be
        lost.
    """
    library = library_of({"z": z})
    if library is None:
        return plan._ufunc(z, **options)
    if options:
        raise TypeError(f"{', '.join(options)} must not be given where z is a {library} array")
    if library == "torch":
        from hypgeo import _torch_call

        return _torch_call.planned(plan, z)
    return on_gpu("hyp2f1", plan.a, plan.b, plan.c, z.astype(plan.dtype, copy=False))


def _owner(x: Any) -> str | None:
    """The library of an array, None for a number."""
    if isinstance(x, np.ndarray):
        return "numpy" if x.ndim else None
    for library, name in _ARRAY_CLASS.items():
        module = sys.modules.get(library)
        if module is not None and isinstance(x, getattr(module, name)):
            return library
    return None


def _title(x: Any) -> str:
    return f"a {type(x).__module__.partition('.')[0]}.{type(x).__name__}"
