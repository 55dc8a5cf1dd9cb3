"""The plan kernel: a panel by the bits of z, and Horner's rule (hypgeo/csrc/plan.h).

The coefficients of a panel are read two (float64) or four (float32) at a time by the thread that
needs them. An element without a panel becomes NaN and sets the flag of its program, which
`triton_evaluate` looks at. If WEIGHTED, results are multiplied by `weight` and `scale`.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-decorators
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_elementary import bits_of, from_bits
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_operands import load_operand

# Biased exponent of two panels of width 1, plus that of 2^52.
PANEL_SCALE = tl.constexpr(2047 + 52)

#: Numbers that describe a table; a kernel is not compiled again for other values.
TABLE_ARGUMENTS = ("key_shift", "small_first", "large_first")
Z_ARGUMENTS = (
    *("step", "n", "n1", "n2", "n3"),
    *(f"{operand}{axis}" for operand in "zw" for axis in range(4)),
)


@jit
def find_panel(z, small_shift, large_shift, small_first, large_first, key_shift):
    """``(row of the table, place on the panel in [-1, 1])`` of 0 <= z <= 1."""
    right = z > 0.5
    v = tl.where(right, 1.0 - z, z)
    shift = tl.where(right, large_shift, small_shift)
    bits = bits_of(v + shift)
    key = bits >> key_shift
    low = from_bits(key << key_shift) - shift
    scale = from_bits((-(bits >> 52) - key_shift + PANEL_SCALE) << 52)
    return key - tl.where(right, large_first, small_first), tl.fma(v - low, scale, -1.0)


@jit
def panel_double(row, u):
    """The polynomial of degree 7 of a row of 8 doubles."""
    pair = row[:, None] + tl.arange(0, 2)[None, :]
    c6, c7 = tl.split(tl.load(pair + 6))
    c4, c5 = tl.split(tl.load(pair + 4))
    c2, c3 = tl.split(tl.load(pair + 2))
    c0, c1 = tl.split(tl.load(pair))
    high = tl.fma(tl.fma(tl.fma(c7, u, c6), u, c5), u, c4)
    return tl.fma(tl.fma(tl.fma(tl.fma(high, u, c3), u, c2), u, c1), u, c0)


@jit
def four_of(place):
    """Four neighbouring floats."""
    four = tl.load(place[:, None] + tl.arange(0, 4)[None, :])
    even, odd = tl.split(tl.reshape(four, (four.shape[0], 2, 2)))
    c0, c2 = tl.split(even)
    c1, c3 = tl.split(odd)
    return c0, c1, c2, c3


@jit
def panel_single(row, u, terms: tl.constexpr):
    """The polynomial of degree 3 or 7 of a row of floats."""
    c0, c1, c2, c3 = four_of(row)
    if terms == 8:
        c4, c5, c6, c7 = four_of(row + 4)
        c3 = tl.fma(tl.fma(tl.fma(tl.fma(c7, u, c6), u, c5), u, c4), u, c3)
    return tl.fma(tl.fma(tl.fma(c3, u, c2), u, c1), u, c0)


@jit(
    do_not_specialize=(*Z_ARGUMENTS, *TABLE_ARGUMENTS),
    do_not_specialize_on_alignment=("z", "weight", "out", "flags"),
)
def plan_kernel(
    z, out, flags, table, step: tl.int64,
    n: tl.int64, n1: tl.int64, n2: tl.int64, n3: tl.int64,
    z0: tl.int64, z1: tl.int64, z2: tl.int64, z3: tl.int64,
    key_shift: tl.int64, small_first: tl.int64, large_first: tl.int64,
    small_shift: tl.float64, large_shift: tl.float64,
    weight, w0: tl.int64, w1: tl.int64, w2: tl.int64, w3: tl.int64, scale: tl.float64,
    DIMENSIONS: tl.constexpr, TERMS: tl.constexpr, BLOCK: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """One flag for each program: whether elements without a panel are left to others.

    `step` is 1. Because the compiler does not know that, threads store the elements that they have,
    and not pairs of neighbours, which would go through shared memory first.
    """
    program = tl.program_id(0).to(tl.int64)
    i = program * BLOCK + tl.arange(0, BLOCK)
    mask = i < n
    x = load_operand((z, (z0, z1, z2, z3)), i, mask, (n1, n2, n3), DIMENSIONS)
    inside = (x >= 0.0) & (x <= 1.0)
    harmless = tl.where(inside, x, 0.25)
    row, u = find_panel(harmless, small_shift, large_shift, small_first, large_first, key_shift)
    if table.dtype.element_ty == tl.float64:
        s = panel_double(table + row * TERMS, u)
    else:
        s = panel_single(table + row * TERMS, u.to(tl.float32), TERMS)
    # 0 < F <= 1 on the home domain: rounding must not pass 1.
    s = tl.where((s > 1.0) | (x == 0.0), 1.0, s)
    s = tl.where(inside, s, float("nan"))
    missing = mask & (s != s) & (x == x)
    if WEIGHTED:
        by = load_operand((weight, (w0, w1, w2, w3)), i, mask, (n1, n2, n3), DIMENSIONS)
        s = s * (by * scale)
    tl.store(out + i * step, s.to(out.dtype.element_ty), mask=mask)
    tl.store(flags + program, any_of(missing).to(tl.int32))
