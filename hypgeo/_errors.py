"""Turns what a ufunc raises into an error that names the argument; imported only then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_REAL_KINDS = "biuf"
_LARGEST = int(np.finfo(np.float64).max)


def explain(
    error: Exception, operands: Mapping[str, Any], out: Any, where: Any, dtype: Any
) -> Exception:
    """Find the clearest exception for a failed call: `error` itself if nothing is known better."""
    # A ufunc loop cannot return an error: NumPy reports the one that it set as a cause.
    if isinstance(error, SystemError) and isinstance(error.__cause__, Exception):
        return error.__cause__
    if not isinstance(error, (TypeError, ValueError, OverflowError)):
        return error
    if any(_has_own_ufunc(x) for x in (*operands.values(), out)):
        return error
    return (
        _operand_error(operands)
        or _shape_error(operands)
        or dtype_error(dtype)
        or _out_error(operands, out)
        or _where_error(operands, where)
        or error
    )


def real_array(name: str, value: Any) -> np.ndarray[Any, Any]:
    """Make an array of a real type that casts to float64, or raise an error naming `name`."""
    if isinstance(value, int) and abs(value) > _LARGEST:
        bits = value.bit_length()
        raise ValueError(f"{name} must fit into float64, got an integer of {bits} bits")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a number or a rectangular array: {error}") from None
    if array.dtype.kind == "c":
        raise TypeError(
            f"{name} must be real, got {_show(array)}: complex arguments are not supported"
        )
    if array.dtype.kind not in _REAL_KINDS:
        raise TypeError(f"{name} must be a real number or an array of them, got {_show(array)}")
    if not np.can_cast(array.dtype, np.float64):
        raise TypeError(
            f"{name} must fit into float64, got {_show(array)}: convert it with astype(float)"
        )
    return array


def _show(array: np.ndarray[Any, Any]) -> str:
    if array.ndim == 0:
        return f"{array[()]!r} of dtype {array.dtype}"
    return f"an array of shape {array.shape} and dtype {array.dtype}"


def _has_own_ufunc(x: Any) -> bool:
    return hasattr(x, "__array_ufunc__") and not isinstance(x, (np.ndarray, np.generic))


def _operand_error(operands: Mapping[str, Any]) -> Exception | None:
    for name, value in operands.items():
        try:
            real_array(name, value)
        except (TypeError, ValueError) as error:
            return error
    return None


def _shape_error(operands: Mapping[str, Any]) -> Exception | None:
    common: tuple[int, ...] = ()
    seen: list[str] = []
    for name, value in operands.items():
        shape = np.shape(value)
        try:
            common = np.broadcast_shapes(common, shape)
        except ValueError:
            return ValueError(
                f"{name} of shape {shape} does not broadcast with {', '.join(seen)} "
                f"of common shape {common}"
            )
        seen.append(name)
    return None


def dtype_error(dtype: Any) -> Exception | None:
    if dtype is None:
        return None
    try:
        known = np.dtype(dtype) in (np.dtype(np.float64), np.dtype(np.float32))
    except TypeError:
        known = False
    return None if known else TypeError(f"dtype must be float64 or float32, got {dtype!r}")


def _out_error(operands: Mapping[str, Any], out: Any) -> Exception | None:
    if isinstance(out, tuple) and len(out) == 1:
        out = out[0]
    if out is None:
        return None
    if not isinstance(out, np.ndarray):
        return TypeError(f"out must be a NumPy array, got {type(out).__name__}")
    if not np.can_cast(np.float64, out.dtype, "same_kind"):
        return TypeError(f"out must have a floating-point dtype, got {out.dtype}")
    if not out.flags.writeable:
        return ValueError("out must be writeable, got a read-only array")
    needed = np.broadcast_shapes(*map(np.shape, operands.values()))
    try:
        fits = np.broadcast_shapes(needed, out.shape) == out.shape
    except ValueError:
        fits = False
    if fits:
        return None
    names = ", ".join(operands)
    return ValueError(f"out must have the shape {needed} of {names} broadcast, got {out.shape}")


def _where_error(operands: Mapping[str, Any], where: Any) -> Exception | None:
    mask = np.asarray(where)
    if mask.dtype != np.bool_:
        return TypeError(f"where must be boolean, got {_show(mask)}")
    shape = np.broadcast_shapes(*map(np.shape, operands.values()))
    try:
        np.broadcast_shapes(shape, mask.shape)
    except ValueError:
        return ValueError(f"where of shape {mask.shape} does not broadcast with shape {shape}")
    return None
