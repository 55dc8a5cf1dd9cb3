"""2F1(-m, b; c; z) where everything varies: one kernel, the elements of one method in packs.

A program owns `CHUNK` neighbouring elements. It finds the route of each (triton_routes), sorts the
elements by route, and evaluates them in packs of `PACK`: no element waits for a method that it does
not use, and loops end when the slowest of a pack is done. After the plan kernel the same kernel
completes what that has left NaN (RESUME).
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-decorators
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_asymptotic import asymptotic
from hypgeo.gpu.triton_elementary import exp_scaled
from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_operands import (
    OPERAND_POINTERS,
    SIZE_ARGUMENTS,
    load_operand,
    load_operands,
)
from hypgeo.gpu.triton_packs import classify, element_of, sort_by_route
from hypgeo.gpu.triton_quadrature import quadrature
from hypgeo.gpu.triton_routes import (
    ALTERNATING,
    ASYMPTOTIC,
    FINITE,
    GAMMA_LIKE,
    LONG,
    PACKED,
    POWER,
)
from hypgeo.gpu.triton_series import (
    alternating_series,
    finite,
    long_value,
    positive_series,
)


@jit
def run_route(route, m, b, c, z, tables):
    """2F1 by one method, the same for the whole pack.

    0 < F <= 1 for z >= 0 and F >= 1 for z < 0: rounding must not pass 1.
    """
    if route == FINITE:
        value = finite(m, b, c, z)
    elif route == ALTERNATING:
        value = alternating_series(m, b, c, z) + 1.0
    elif route <= POWER:
        value = positive_series(m, b, c, z, route, tables)
    elif route == ASYMPTOTIC:
        value = asymptotic(m, b, c, z, tables)
    elif route == LONG:
        value = long_value(m, b, c, -z)
    else:
        x, y = quadrature(m, b, c, z, route == GAMMA_LIKE, tables)
        value = exp_scaled(x, y)
    past = tl.where(z >= 0.0, value > 1.0, value < 1.0)
    return tl.where(past, 1.0, value)


@jit
def run_packs(
    route,
    operands,
    sizes,
    out,
    order,
    tables,
    weight,
    scale,
    first,
    begin,
    count,
    dimensions: tl.constexpr,
    pack: tl.constexpr,
    weighted: tl.constexpr,
):
    """One method over its elements; the last pack is filled up with its last element."""
    for start in tl.range(0, count, pack):
        lane = start + tl.arange(0, pack)
        place = begin + tl.minimum(lane, count - 1)
        i = first + tl.load(order + first + place)
        m, b, c, z = load_operands(operands, i, lane >= 0, sizes, dimensions)
        value = run_route(route, m, b, c, z, tables)
        if weighted:
            value *= load_operand(weight, i, lane >= 0, sizes, dimensions) * scale
        tl.store(out + i, value.to(out.dtype.element_ty), mask=lane < count)


@jit
def run_chunk(
    operands,
    sizes,
    out,
    codes,
    order,
    tables,
    weight,
    scale,
    first,
    n,
    dimensions: tl.constexpr,
    chunk: tl.constexpr,
    pack: tl.constexpr,
    resume: tl.constexpr,
    weighted: tl.constexpr,
):
    """All elements of a chunk, method by method."""
    counts = classify(operands, sizes, out, codes, first, n, dimensions, chunk, pack, resume, False)
    begins = sort_by_route(
        out, codes, order, first, n, counts, sizes, weight, scale,
        dimensions, chunk, pack, PACKED, weighted,
    )  # fmt: skip
    for r in tl.range(PACKED):
        begin, count = element_of(begins, r), element_of(counts, r)
        run_packs(
            r, operands, sizes, out, order, tables, weight, scale,
            first, begin, count, dimensions, pack, weighted,
        )  # fmt: skip


@jit(do_not_specialize=SIZE_ARGUMENTS, do_not_specialize_on_alignment=OPERAND_POINTERS)
def evaluate_kernel(
    m, b, c, z, out, codes, order, flags, tables,
    n: tl.int64, n1: tl.int64, n2: tl.int64, n3: tl.int64,
    m0: tl.int64, m1: tl.int64, m2: tl.int64, m3: tl.int64,
    b0: tl.int64, b1: tl.int64, b2: tl.int64, b3: tl.int64,
    c0: tl.int64, c1: tl.int64, c2: tl.int64, c3: tl.int64,
    z0: tl.int64, z1: tl.int64, z2: tl.int64, z3: tl.int64,
    weight, w0: tl.int64, w1: tl.int64, w2: tl.int64, w3: tl.int64, scale: tl.float64,
    DIMENSIONS: tl.constexpr, CHUNK: tl.constexpr, PACK: tl.constexpr, RESUME: tl.constexpr,
    WEIGHTED: tl.constexpr,
):  # fmt: skip
    """`flags` are those of a plan, for RESUME: there are fewer programs than chunks then.

    If WEIGHTED, results are multiplied by `weight` and `scale`, for gradients.
    """
    operands = (
        (m, (m0, m1, m2, m3)),
        (b, (b0, b1, b2, b3)),
        (c, (c0, c1, c2, c3)),
        (z, (z0, z1, z2, z3)),
    )
    sizes = (n1, n2, n3)
    by = (weight, (w0, w1, w2, w3))
    program = tl.program_id(0).to(tl.int64)
    if RESUME:
        for k in tl.range(program, (n + CHUNK - 1) // CHUNK, tl.num_programs(0).to(tl.int64)):
            if tl.load(flags + k) != 0:
                run_chunk(
                    operands, sizes, out, codes, order, tables, by, scale, k * CHUNK, n,
                    DIMENSIONS, CHUNK, PACK, RESUME, WEIGHTED,
                )  # fmt: skip
    else:
        run_chunk(
            operands, sizes, out, codes, order, tables, by, scale, program * CHUNK, n,
            DIMENSIONS, CHUNK, PACK, RESUME, WEIGHTED,
        )  # fmt: skip
