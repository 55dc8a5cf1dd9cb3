"""Checks arguments of functions built on hyp2f1: an error for a bad scalar, NaN for an element."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from hypgeo._errors import real_array

Array = np.ndarray[Any, Any]

# Every integer up to here is a double.
LARGEST_DEGREE = 2.0**53


class Operands:
    """Arguments as double arrays that broadcast, and the dtype of the result.

    Parameters
    ----------
    **values : array_like
        Real numbers by the name of the argument, in its order.
    """

    def __init__(self, **values: Any) -> None:
        arrays = {name: real_array(name, value) for name, value in values.items()}
        _check_shapes({name: array.shape for name, array in arrays.items()})
        self.dtype = _result_dtype(values.values())
        self.arrays = {name: array.astype(np.float64) for name, array in arrays.items()}

    def real(self, name: str) -> Array:
        """Any real number."""
        return self.arrays[name]

    def degree(self, name: str) -> Array:
        """Integers in 0..2^53."""
        x = self.arrays[name]
        integer = (x >= 0) & (x <= LARGEST_DEGREE) & (x == np.floor(x))
        return self.where(name, integer, "a nonnegative integer up to 2**53")

    def positive(self, name: str) -> Array:
        """Finite numbers above 0."""
        x = self.arrays[name]
        return self.where(name, (x > 0) & (x < np.inf), "positive and finite")

    def where(self, name: str, allowed: Array, what: str) -> Array:
        """The argument, NaN where it is not allowed; an error if it is one number."""
        x = self.arrays[name]
        if allowed.ndim == 0 and not allowed and not np.isnan(x).any():
            raise ValueError(f"{name} must be {what}, got {x[()]!s}")
        return np.asarray(np.where(allowed, x, np.nan))

    def ordered(self, low: str, x: Array, high: str, y: Array) -> None:
        """Raise an error if x and y are numbers and x > y."""
        if x.ndim == np.ndim(y) == 0 and x > y:
            raise ValueError(f"{low} must not exceed {high}, got {x:.0f} and {y:.0f}")

    def result(self, value: Array) -> Any:
        """Value rounded once to the dtype of the result; a scalar if all arguments are."""
        return value.astype(self.dtype)[()]


def _check_shapes(shapes: Mapping[str, tuple[int, ...]]) -> None:
    common: tuple[int, ...] = ()
    for name, shape in shapes.items():
        try:
            common = np.broadcast_shapes(common, shape)
        except ValueError:
            raise ValueError(
                f"{name} of shape {shape} does not broadcast with the arguments before it, "
                f"of common shape {common}"
            ) from None


def _result_dtype(values: Iterable[Any]) -> np.dtype[Any]:
    """float32 if all floating-point arguments are, as NumPy promotes; integers do not count."""
    kinds: list[Any] = [x if type(x) is float else np.asarray(x).dtype for x in values]
    floating = [x for x in kinds if type(x) is float or x.kind == "f"]
    single = bool(floating) and np.result_type(*floating).itemsize <= 4
    return np.dtype(np.float32 if single else np.float64)
