"""2F1(-m, b; c; z) where everything varies: one kernel, the elements of one method in packs.

A program owns `CHUNK` neighbouring elements. It writes the route of each (triton_routes) into the
output, sorts the elements by route, and evaluates them in packs of `PACK`: no element waits for a
method that it does not use, and loops end when the slowest of a pack is done.
"""

from __future__ import annotations

from typing import Any

import triton.language as tl

from hypgeo.gpu.triton_asymptotic import asymptotic
from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_operands import SIZE_ARGUMENTS, load_operands
from hypgeo.gpu.triton_quadrature import by_quadrature
from hypgeo.gpu.triton_routes import (
    ALTERNATING,
    ASYMPTOTIC,
    FINITE,
    GAMMA_LIKE,
    GENERAL,
    INFINITE,
    LONG,
    MEDIUM,
    ONE,
    PACKED,
    POWER,
    SHORT,
    UNDEFINED,
    ZERO,
    best_route,
)
from hypgeo.gpu.triton_series import (
    alternating_series,
    finite,
    long_value,
    medium,
    power_of_complement,
    short,
)

COUNTERS = tl.constexpr(16)  # a power of two above PACKED


@jit
def run_route(route: tl.constexpr, m: Any, b: Any, c: Any, z: Any, tables: Any) -> Any:
    """2F1 by one method; 0 < F <= 1 for z >= 0 and F >= 1 for z < 0: rounding must not pass 1."""
    if route == FINITE:
        value = finite(m, b, c, z)
    elif route == ALTERNATING:
        value = alternating_series(m, b, c, z) + 1.0
    elif route == SHORT:
        value = short(m, b, c, z, tables)
    elif route == MEDIUM:
        value = medium(m, b, c, z, tables)
    elif route == ASYMPTOTIC:
        value = asymptotic(m, b, c, z, tables)
    elif route == LONG:
        value = long_value(m, b, c, -z)
    elif route == POWER:
        value = power_of_complement(m, z, m * 0.0 + 1.0, tables)
    else:
        value = by_quadrature(m, b, c, z, tables, route == GAMMA_LIKE)
    past = tl.where(z >= 0.0, value > 1.0, value < 1.0)
    return tl.where(past, 1.0, value)


@jit
def constant_value(route: Any) -> Any:
    """What needs no arithmetic."""
    value = tl.where(route == ONE, 1.0, float("nan"))
    value = tl.where(route == ZERO, 0.0, value)
    return tl.where(route == INFINITE, float("inf"), value)


@jit
def classify(
    operands: Any,
    sizes: Any,
    out: Any,
    first: Any,
    n: Any,
    dimensions: tl.constexpr,
    chunk: tl.constexpr,
    pack: tl.constexpr,
) -> Any:
    """Writes the route of each element of the chunk into the output."""
    for start in tl.range(0, chunk, pack):
        i = first + start + tl.arange(0, pack)
        inside = i < n
        m, b, c, z = load_operands(operands, i, inside, sizes, dimensions)
        tl.store(out + i, best_route(m, b, c, z).to(out.dtype.element_ty), mask=inside)
    tl.debug_barrier()


@jit
def sort_by_route(out: Any, order: Any, first: Any, n: Any, chunk: tl.constexpr) -> Any:
    """The elements of the chunk, route by route, and how many each route has.

    Constant values take the place of their routes at once.
    """
    local = tl.arange(0, chunk)
    i = first + local
    route = tl.load(out + i, mask=i < n, other=UNDEFINED).to(tl.int32)
    tl.debug_barrier()
    tl.store(out + i, constant_value(route), mask=(i < n) & (route >= PACKED))
    counts = tl.zeros((COUNTERS,), tl.int32)
    begin = 0
    for r in tl.static_range(PACKED):
        mine = (route == r).to(tl.int32)
        place = begin + tl.cumsum(mine, 0) - 1
        tl.store(order + first + place, local.to(order.dtype.element_ty), mask=mine > 0)
        count = tl.sum(mine, 0)
        counts = tl.where(tl.arange(0, COUNTERS) == r, count, counts)
        begin += count
    tl.debug_barrier()
    return counts


@jit
def run_packs(
    route: tl.constexpr,
    operands: Any,
    sizes: Any,
    out: Any,
    order: Any,
    tables: Any,
    first: Any,
    counts: Any,
    dimensions: tl.constexpr,
    pack: tl.constexpr,
) -> Any:
    """One method over its elements; the last pack is filled up with its last element."""
    counter = tl.arange(0, COUNTERS)
    begin = tl.sum(tl.where(counter < route, counts, 0), 0)
    count = tl.sum(tl.where(counter == route, counts, 0), 0)
    for start in tl.range(0, count, pack):
        lane = start + tl.arange(0, pack)
        place = begin + tl.minimum(lane, count - 1)
        i = first + tl.load(order + first + place)
        m, b, c, z = load_operands(operands, i, lane >= 0, sizes, dimensions)
        value = run_route(route, m, b, c, z, tables)
        tl.store(out + i, value.to(out.dtype.element_ty), mask=lane < count)


@jit(do_not_specialize=SIZE_ARGUMENTS)
def evaluate_kernel(
    m: Any, b: Any, c: Any, z: Any, out: Any, order: Any, tables: Any,
    n: tl.int64, n1: tl.int64, n2: tl.int64, n3: tl.int64,
    m0: tl.int64, m1: tl.int64, m2: tl.int64, m3: tl.int64,
    b0: tl.int64, b1: tl.int64, b2: tl.int64, b3: tl.int64,
    c0: tl.int64, c1: tl.int64, c2: tl.int64, c3: tl.int64,
    z0: tl.int64, z1: tl.int64, z2: tl.int64, z3: tl.int64,
    DIMENSIONS: tl.constexpr, CHUNK: tl.constexpr, PACK: tl.constexpr,  # noqa: N803
) -> Any:  # fmt: skip
    """See above. `order` has room for one int16 for each element."""
    operands = (
        (m, (m0, m1, m2, m3)),
        (b, (b0, b1, b2, b3)),
        (c, (c0, c1, c2, c3)),
        (z, (z0, z1, z2, z3)),
    )
    sizes = (n1, n2, n3)
    first = tl.program_id(0).to(tl.int64) * CHUNK
    classify(operands, sizes, out, first, n, DIMENSIONS, CHUNK, PACK)
    counts = sort_by_route(out, order, first, n, CHUNK)
    for r in tl.static_range(PACKED):
        run_packs(r, operands, sizes, out, order, tables, first, counts, DIMENSIONS, PACK)
