"""Operands of any shape and strides without a copy: offsets on the device, layout on the host."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_jit import jit

#: Dimensions that a kernel walks; more are left to a loop on the host.
MOST_DIMENSIONS = 4
#: Names of the arguments that describe a layout; a kernel is not compiled again for other values.
SIZE_ARGUMENTS = (
    *("n", "n1", "n2", "n3"),
    *(f"{operand}{axis}" for operand in "mbczw" for axis in range(MOST_DIMENSIONS)),
)

#: Pointers to any element of a tensor: a kernel is not compiled again for an odd one.
OPERAND_POINTERS = (*"mbcz", "weight", "out", "codes", "order", "flags")


@jit
def offset_of(i, sizes, strides, dimensions: tl.constexpr):
    """Where element `i` of the result, counted in C order, lies in an operand; 64 bits."""
    offset = i * 0
    rest = i
    for k in tl.static_range(dimensions - 1):
        d: tl.constexpr = dimensions - 1 - k
        quotient = rest // sizes[d - 1]
        offset += (rest - quotient * sizes[d - 1]) * strides[d]
        rest = quotient
    return offset + rest * strides[0]


@jit
def load_operand(operand, i, mask, sizes, dimensions: tl.constexpr):
    """Elements `i` of ``(pointer, strides)`` as float64; 0 where `mask` does not hold."""
    pointer, strides = operand
    place = pointer + offset_of(i, sizes, strides, dimensions)
    return tl.load(place, mask=mask, other=0.0).to(tl.float64)


@jit
def load_operands(operands, i, mask, sizes, dimensions: tl.constexpr):
    """Elements `i` of m, b, c and z."""
    m, b, c, z = operands
    return (
        load_operand(m, i, mask, sizes, dimensions),
        load_operand(b, i, mask, sizes, dimensions),
        load_operand(c, i, mask, sizes, dimensions),
        load_operand(z, i, mask, sizes, dimensions),
    )


Layout = tuple[list[int], list[list[int]]]


def coalesced(shape: tuple[int, ...], strides: list[tuple[int, ...]]) -> Layout:
    """The same elements in the same order with as few dimensions as possible.

    Parameters
    ----------
    shape : tuple of int
        Common shape of the operands, without a 0.
    strides : list of tuple of int
        Of each operand, in elements.

    Returns
    -------
    sizes : list of int
        Never empty.
    strides : list of list of int
        Of each operand, one for each size.

    Examples
    --------
    >>> coalesced((2, 3, 4), [(12, 4, 1), (0, 0, 0)])
    ([24], [[1], [0]])
    """
    sizes: list[int] = []
    kept: list[list[int]] = [[] for _ in strides]
    for axis, size in enumerate(shape):
        if size == 1:
            continue
        steps = [s[axis] for s in strides]
        if sizes and all(k[-1] == step * size for k, step in zip(kept, steps, strict=True)):
            sizes[-1] *= size
            for k, step in zip(kept, steps, strict=True):
                k[-1] = step
        else:
            sizes.append(size)
            for k, step in zip(kept, steps, strict=True):
                k.append(step)
    if not sizes:
        return [1], [[0] for _ in strides]
    return sizes, kept


def launch_arguments(sizes: list[int], strides: list[list[int]]) -> tuple[int, tuple[int, ...]]:
    """Number of dimensions, then the inner sizes and the strides that a kernel takes, padded.

    One dimension or all of them: no more variants of a kernel than that are compiled.
    """
    missing = MOST_DIMENSIONS - len(sizes)
    inner = sizes[1:] + [1] * missing
    dimensions = 1 if len(sizes) == 1 else MOST_DIMENSIONS
    return dimensions, (*inner, *(s for operand in strides for s in operand + [0] * missing))
