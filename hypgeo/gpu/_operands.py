"""Arguments of a call on a GPU: what is allowed, on which device, of which shape and type."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from hypgeo.gpu._call import TYPES, Strided

NAMES = ("a", "b", "c", "z")


@dataclass(frozen=True)
class Array:
    """What is known of an array on a device; `strides` are in bytes."""

    device: Any
    type: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    pointer: int


class Inspector(Protocol):
    """How a framework's arrays are looked at."""

    what: str

    def look(self, x: Any) -> Array | None:
        """Describe an array of the framework; None for everything else."""


@dataclass(frozen=True)
class Operands:
    """The four arguments, broadcast by strides."""

    device: Any
    shape: tuple[int, ...]
    strided: tuple[Strided, Strided, Strided, Strided]
    out_type: str

    @property
    def count(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    def number(self, index: int) -> float | None:
        """Argument `index` if it is a number."""
        x = self.strided[index]
        return None if x.type else x.value


def inspect(frame: Inspector, *values: Any) -> Operands:
    """Check the arguments a, b, c, z and broadcast them.

    Parameters
    ----------
    frame : Inspector
        Of the framework whose arrays they are.
    *values : array or number
        Four.

    Returns
    -------
    Operands
        float32 if all floating-point arrays are, else float64; where some have dimensions, those
        without do not count, and neither do numbers.

    Raises
    ------
    TypeError
        An argument has a type or is on a device that does not go with the others.
    ValueError
        The shapes do not broadcast.
    """
    arrays = [frame.look(x) for x in values]
    found = [(name, x) for name, x in zip(NAMES, arrays, strict=True) if x is not None]
    for name, x in found:
        _check_type(name, x)
    _check_devices(found)
    shape = _common_shape(found)
    strided = tuple(
        _strided(frame, name, value, x, shape)
        for name, value, x in zip(NAMES, values, arrays, strict=True)
    )
    assert len(strided) == 4
    return Operands(found[0][1].device, shape, strided, _result_type([x for _, x in found]))


def beside(frame: Inspector, x: Operands, weight: Any) -> Strided:
    """Check an array that goes with the arguments element by element.

    Parameters
    ----------
    frame : Inspector
        Of the framework.
    x : Operands
        The arguments.
    weight : array
        Of their common shape, on their device.

    Returns
    -------
    Strided
        Where it lies.

    Raises
    ------
    TypeError, ValueError
        Its type, device or shape does not go with the arguments.
    """
    array = frame.look(weight)
    if array is None or array.device != x.device or not array.type.startswith("float"):
        raise TypeError(f"weight must be {frame.what} like the other arguments, got {weight!r}")
    _check_type("weight", array)
    if array.shape != x.shape:
        raise ValueError(f"weight must have the shape {x.shape} of the result, got {array.shape}")
    return _strided(frame, "weight", weight, array, x.shape)


def _check_type(name: str, x: Array) -> None:
    if x.type not in TYPES:
        reason = ": complex z is evaluated on the CPU only" if x.type.startswith("complex") else ""
        raise TypeError(f"{name} must be {_listed(TYPES)} on a GPU, got {x.type}{reason}")


def _check_devices(found: list[tuple[str, Array]]) -> None:
    name, first = found[0]
    for other, x in found[1:]:
        if x.device != first.device:
            raise TypeError(
                f"{name} is on {first.device} and {other} is on {x.device}: "
                "a, b, c and z must be on one device"
            )


def _common_shape(found: list[tuple[str, Array]]) -> tuple[int, ...]:
    common: tuple[int, ...] = ()
    for name, x in found:
        try:
            common = np.broadcast_shapes(common, x.shape)
        except ValueError:
            raise ValueError(
                f"{name} of shape {x.shape} does not broadcast with the arguments before it, "
                f"of common shape {common}"
            ) from None
    return common


def _strided(
    frame: Inspector, name: str, value: Any, x: Array | None, shape: tuple[int, ...]
) -> Strided:
    if x is None:
        return Strided(value=_number(frame, name, value))
    padded = (0,) * (len(shape) - len(x.shape))
    steps = tuple(0 if n == 1 else s for n, s in zip(x.shape, x.strides, strict=True))
    return Strided(x.type, x.pointer, padded + steps)


def _number(frame: Inspector, name: str, value: Any) -> float:
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(value)
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iuf":
        return float(value)
    raise TypeError(
        f"{name} must be {frame.what} like the other arguments, or a real number, "
        f"got {_kind(value)}"
    )


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape} and dtype {value.dtype}"
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _result_type(arrays: list[Array]) -> str:
    floating = [x for x in arrays if x.type.startswith("float")]
    counted = [x for x in floating if x.shape] or floating
    single = bool(counted) and all(x.type == "float32" for x in counted)
    return "float32" if single else "float64"


def _listed(names: Any) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}"
