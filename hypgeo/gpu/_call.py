"""The argument of the CUDA kernels (``cuda/call.cuh``): operands that broadcast by strides."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_DIMENSIONS = 12
MOST_RESULTS = 5

#: Element types as ``cuda/call.cuh`` numbers them; a constant is an operand without an array.
CONSTANT = 0
TYPES = {"float64": 1, "float32": 2, "int64": 3, "int32": 4}
ITEM_BYTES = {"float64": 8, "float32": 4, "int64": 8, "int32": 4}


@dataclass(frozen=True)
class Strided:
    """An array on the device, or a number; `strides` are those of the common shape, in bytes."""

    type: str = ""
    pointer: int = 0
    strides: tuple[int, ...] = ()
    value: float = 0.0


class Operand(ctypes.Structure):
    """One of a, b, c, z."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("value", ctypes.c_double),
        ("stride", ctypes.c_longlong * MOST_DIMENSIONS),
        ("type", ctypes.c_int),
        ("unused", ctypes.c_int),
    )


class PlanSide(ctypes.Structure):
    """``hypgeo/csrc/plan_view.h``."""

    _fields_ = (("shift", ctypes.c_double), ("first", ctypes.c_longlong))


class PlanView(ctypes.Structure):
    """``hypgeo/csrc/plan_view.h``."""

    _fields_ = (
        ("coefficient", ctypes.c_void_p),
        ("key_shift", ctypes.c_int),
        ("small_z", PlanSide),
        ("large_z", PlanSide),
    )


class Call(ctypes.Structure):
    """Everything a kernel is told."""

    _fields_ = (
        ("count", ctypes.c_longlong),
        ("shape", ctypes.c_longlong * MOST_DIMENSIONS),
        ("operands", Operand * 4),
        ("weight", Operand),
        ("scale", ctypes.c_double),
        ("out", ctypes.c_void_p * MOST_RESULTS),
        ("plan", PlanView),
        ("rows", ctypes.c_longlong),
        ("ratio", ctypes.c_void_p),
        ("ratio_count", ctypes.c_longlong),
        ("front_value", ctypes.c_double),
        ("front_exponent", ctypes.c_longlong),
        ("missing", ctypes.c_void_p),
        ("run", ctypes.c_longlong),
        ("dimensions", ctypes.c_int),
        ("out_type", ctypes.c_int),
        ("degree_sign", ctypes.c_int),
        ("tile", ctypes.c_int),
        ("only_missing", ctypes.c_int),
        ("unused", ctypes.c_int),
    )


def joined(
    shape: Sequence[int], strides: Sequence[Sequence[int]]
) -> tuple[list[int], list[list[int]]]:
    """The same elements in the same order with as few dimensions as possible.

    Parameters
    ----------
    shape : sequence of int
        Common shape, without a 0.
    strides : sequence of sequence of int
        Of each operand, one to each size.

    Returns
    -------
    sizes : list of int
        At least one.
    strides : list of list of int
        Of each operand.

    Examples
    --------
    >>> joined((2, 3, 4), [(96, 32, 8), (0, 0, 0)])
    ([24], [[8], [0]])
    >>> joined((2, 3), [(24, 8), (8, 0)])
    ([2, 3], [[24, 8], [8, 0]])
    """
    sizes: list[int] = []
    kept: list[list[int]] = [[] for _ in strides]
    for axis, size in enumerate(shape):
        if size == 1:
            continue
        steps = [s[axis] for s in strides]
        fits = all(k[-1] == step * size for k, step in zip(kept, steps, strict=True) if k)
        if sizes and fits:
            sizes[-1] *= size
        else:
            sizes.append(size)
        for k, step in zip(kept, steps, strict=True):
            k[len(sizes) - 1 :] = [step]
    return (sizes, kept) if sizes else ([1], [[0] for _ in strides])


def make_call(
    shape: Sequence[int],
    operands: Sequence[Strided],
    out: Sequence[int],
    out_type: str,
    *,
    degree_sign: int = -1,
    weight: Strided | None = None,
    scale: float = 1.0,
) -> Call:
    """Describe a call to a kernel.

    Parameters
    ----------
    shape : sequence of int
        Of the results, without a 0.
    operands : sequence of Strided
        a (or m), b, c, z.
    out : sequence of int
        Addresses of the results, which are contiguous; 0 for what is not asked for.
    out_type : {"float64", "float32"}
        Of the results.
    degree_sign : {-1, 1}
        -1 if the first operand is a, 1 if it is m = -a.
    weight : Strided, optional
        An array that all results are multiplied by, and by `scale`.
    scale : float
        Counts only beside a weight.

    Returns
    -------
    Call
        Without a plan and without a tile.

    Raises
    ------
    ValueError
        More than `MOST_DIMENSIONS` dimensions are left after neighbours have been joined.

    Examples
    --------
    >>> number = Strided(value=2.0)
    >>> make_call((3, 4), [number] * 4, [0], "float64").dimensions
    1
    """
    arrays = [*operands, weight or Strided(value=1.0)]
    sizes, strides = joined(shape, [x.strides or (0,) * len(shape) for x in arrays])
    if len(sizes) > MOST_DIMENSIONS:
        raise ValueError(
            f"a, b, c, z must need at most {MOST_DIMENSIONS} dimensions after neighbouring ones "
            f"have been joined, got {len(sizes)} for the shape {tuple(shape)}: make them contiguous"
        )
    call = Call(count=math.prod(shape), dimensions=len(sizes), degree_sign=degree_sign, scale=scale)
    call.out_type = TYPES[out_type]
    call.shape[: len(sizes)] = sizes
    call.out[: len(out)] = list(out)
    for into, x, steps in zip((*call.operands, call.weight), arrays, strides, strict=True):
        into.data, into.value = x.pointer, x.value
        into.type = TYPES[x.type] if x.type else CONSTANT
        into.stride[: len(steps)] = steps
    return call
