"""The elements of a program in packs of one method each.

Scratch memory: `codes` has the route of each element as int8, `order` lists the elements of a
program route by route as int16.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_jet_routes import jet_route
from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_operands import load_operand, load_operands
from hypgeo.gpu.triton_routes import INFINITE, ONE, ZERO, best_route

COUNTERS = tl.constexpr(16)  # a power of two above the number of routes
KEPT = tl.constexpr(15)  # in place of a route: not to be touched


@jit
def constant_value(route):
    """What needs no arithmetic."""
    value = tl.where(route == ONE, 1.0, float("nan"))
    value = tl.where(route == ZERO, 0.0, value)
    return tl.where(route == INFINITE, float("inf"), value)


@jit
def element_of(values, i):
    """Element `i` of a block of COUNTERS integers, as a scalar."""
    return tl.sum(tl.where(tl.arange(0, COUNTERS) == i, values, 0), 0)


@jit
def classify(
    operands,
    sizes,
    out,
    codes,
    first,
    n,
    dimensions: tl.constexpr,
    chunk: tl.constexpr,
    pack: tl.constexpr,
    resume: tl.constexpr,
    jets: tl.constexpr,
):
    """Writes the route of each element; returns how many elements each has.

    If `resume`, only elements that are NaN so far count.
    """
    counts = tl.zeros((COUNTERS,), tl.int32)
    for start in tl.range(0, chunk, pack):
        i = first + start + tl.arange(0, pack)
        inside = i < n
        m, b, c, z = load_operands(operands, i, inside, sizes, dimensions)
        if resume:
            value = tl.load(out + i, mask=inside, other=0.0)
            inside = inside & (value != value)
        route = jet_route(m, b, c, z) if jets else best_route(m, b, c, z)
        route = tl.where(inside, route, KEPT)
        tl.store(codes + i, route.to(tl.int8), mask=i < n)
        counts += tl.histogram(route, COUNTERS)
    tl.debug_barrier()
    return counts


@jit
def sort_by_route(
    out,
    codes,
    order,
    first,
    n,
    counts,
    sizes,
    weight,
    scale,
    dimensions: tl.constexpr,
    chunk: tl.constexpr,
    pack: tl.constexpr,
    routes: tl.constexpr,
    weighted: tl.constexpr,
):
    """Lists the elements of the chunk route by route; returns where each route begins.

    Constant values take the place of their routes at once, times `scale` and `weight` if weighted.
    """
    begins = tl.cumsum(counts, 0) - counts
    free = begins
    for start in tl.range(0, chunk, pack):
        local = start + tl.arange(0, pack)
        i = first + local
        route = tl.load(codes + i, mask=i < n, other=KEPT).to(tl.int32)
        is_constant = (route >= routes) & (route < KEPT)
        constant = constant_value(route).to(tl.float64)
        if weighted:
            constant *= load_operand(weight, i, is_constant, sizes, dimensions) * scale
        tl.store(out + i, constant.to(out.dtype.element_ty), mask=is_constant)
        for r in tl.range(routes):
            mine = (route == r).to(tl.int32)
            place = element_of(free, r) + tl.cumsum(mine, 0) - 1
            tl.store(order + first + place, local.to(order.dtype.element_ty), mask=mine > 0)
        free += tl.histogram(route, COUNTERS)
    tl.debug_barrier()
    return begins
