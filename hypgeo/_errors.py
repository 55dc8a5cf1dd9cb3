"""Turns what a ufunc raises into an error that names the argument; imported only then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hypgeo import _core

_REAL_KINDS = "biuf"
_LARGEST = int(np.finfo(np.float64).max)
_REAL_DTYPES = ("float64", "float32")
# NumPy finds no loop for complex64: such results come from complex64 z, or by `out`.
_COMPLEX_DTYPE = "complex128"


def explain(
    error: Exception,
    operands: Mapping[str, Any],
    out: Any,
    where: Any,
    dtype: Any,
    *,
    complex_operand: str = "",
    results: Sequence[str] = ("value",),
) -> BaseException:
    """Find the clearest exception for a failed call: `error` itself if nothing is known better.

    `complex_operand` names the one that may be complex; `results` are those of the ufunc.
    """
    # A ufunc loop cannot return an error: NumPy reports the one that it set as a cause.
    if isinstance(error, SystemError) and error.__cause__ is not None:
        return error.__cause__
    if not isinstance(error, (TypeError, ValueError, OverflowError)):
        return error
    outs = out if isinstance(out, tuple) else (out,)
    if _core.has_foreign(*operands.values()):  # hypgeo._dispatch has named the argument
        return error
    if any(_has_own_ufunc(x) for x in (*operands.values(), *outs)):
        return error
    return (
        _operand_error(operands, complex_operand)
        or _shape_error(operands)
        or dtype_error(dtype, bool(complex_operand))
        or _complex_dtype_error(operands, dtype)
        or _outs_error(operands, out, dtype, results)
        or _where_error(operands, where)
        or error
    )


def real_array(
    name: str, value: Any, reason: str = "complex arguments are not supported"
) -> np.ndarray[Any, Any]:
    """Make an array of a real type that casts to float64, or raise an error naming `name`."""
    array = _array(name, value)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must be real, got {_show(array)}: {reason}")
    _check_kind(name, array, "real number", _REAL_KINDS)
    _check_size(name, array, np.float64)
    return array


def _complex_array(name: str, value: Any) -> None:
    array = _array(name, value)
    _check_kind(name, array, "number", _REAL_KINDS + "c")
    _check_size(name, array, np.complex128 if array.dtype.kind == "c" else np.float64)


def _array(name: str, value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, int) and abs(value) > _LARGEST:
        bits = value.bit_length()
        raise ValueError(f"{name} must fit into float64, got an integer of {bits} bits")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a number or a rectangular array: {error}") from None


def _check_kind(name: str, array: np.ndarray[Any, Any], what: str, kinds: str) -> None:
    if array.dtype.kind not in kinds:
        raise TypeError(f"{name} must be a {what} or an array of them, got {_show(array)}")


def _check_size(name: str, array: np.ndarray[Any, Any], largest: type[np.generic]) -> None:
    if not np.can_cast(array.dtype, largest):
        kind = "complex" if array.dtype.kind == "c" else "float"
        raise TypeError(
            f"{name} must fit into {np.dtype(largest)}, got {_show(array)}: "
            f"convert it with astype({kind})"
        )


def _show(array: np.ndarray[Any, Any]) -> str:
    if array.ndim == 0:
        return f"{array[()]!r} of dtype {array.dtype}"
    return f"an array of shape {array.shape} and dtype {array.dtype}"


def _has_own_ufunc(x: Any) -> bool:
    return hasattr(x, "__array_ufunc__") and not isinstance(x, (np.ndarray, np.generic))


def _operand_error(operands: Mapping[str, Any], complex_operand: str) -> Exception | None:
    reason = {"reason": f"only {complex_operand} may be complex"} if complex_operand else {}
    for name, value in operands.items():
        try:
            if name == complex_operand:
                _complex_array(name, value)
            else:
                real_array(name, value, **reason)
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


def dtype_error(dtype: Any, complex_too: bool = False) -> Exception | None:
    """Find what is wrong with the dtype asked for: None if nothing is."""
    if dtype is None:
        return None
    allowed = (*_REAL_DTYPES, _COMPLEX_DTYPE) if complex_too else _REAL_DTYPES
    try:
        known = np.dtype(dtype) in map(np.dtype, allowed)
    except TypeError:
        known = False
    names = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
    return None if known else TypeError(f"dtype must be {names}, got {dtype!r}")


def _is_complex(operands: Mapping[str, Any], dtype: Any = None) -> bool:
    return any(map(np.iscomplexobj, operands.values())) or np.dtype(dtype).kind == "c"


def _complex_dtype_error(operands: Mapping[str, Any], dtype: Any) -> Exception | None:
    if dtype is None or np.dtype(dtype).kind == "c" or not _is_complex(operands):
        return None
    return TypeError(f"dtype must be {_COMPLEX_DTYPE} for complex z, got {dtype!r}")


def _outs_error(
    operands: Mapping[str, Any], out: Any, dtype: Any, results: Sequence[str]
) -> Exception | None:
    result = np.complex128 if _is_complex(operands, dtype) else np.float64
    if len(results) == 1:
        return _out_error("out", operands, out[0] if _is_tuple(out, 1) else out, result)
    if out is None:
        return None
    if not _is_tuple(out, len(results)):
        return TypeError(
            f"out must be a tuple of {len(results)}, each an array or None, for "
            f"{', '.join(results)}; got {_kind(out)}"
        )
    errors = (_out_error(f"out[{i}]", operands, x, result) for i, x in enumerate(out))
    return next((error for error in errors if error is not None), None)


def _is_tuple(out: Any, length: int) -> bool:
    return isinstance(out, tuple) and len(out) == length


def _kind(out: Any) -> str:
    return f"a tuple of {len(out)}" if isinstance(out, tuple) else type(out).__name__


def _out_error(
    name: str, operands: Mapping[str, Any], out: Any, result: type[np.generic]
) -> Exception | None:
    if out is None:
        return None
    if not isinstance(out, np.ndarray):
        return TypeError(f"{name} must be a NumPy array, got {type(out).__name__}")
    if not np.can_cast(result, out.dtype, "same_kind"):
        kind = "floating-point" if result is np.float64 else "complex"
        return TypeError(f"{name} must have a {kind} dtype, got {out.dtype}")
    if not out.flags.writeable:
        return ValueError(f"{name} must be writeable, got a read-only array")
    needed = np.broadcast_shapes(*map(np.shape, operands.values()))
    try:
        fits = np.broadcast_shapes(needed, out.shape) == out.shape
    except ValueError:
        fits = False
    if fits:
        return None
    names = ", ".join(operands)
    return ValueError(f"{name} must have the shape {needed} of {names} broadcast, got {out.shape}")


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
