"""2F1(-m, b; c; z) and its derivatives in b, c and z, twice in z, in one pass over packs.

Of all that (WHOLE), or of F_c and F_z alone.
hypgeo/csrc/derivatives.h; the packs are those of `triton_evaluate`.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-decorators
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_jet_asymptotic import asymptotic_jet
from hypgeo.gpu.triton_jet_quadrature import quadrature_jet
from hypgeo.gpu.triton_jet_routes import CONSTANT, JETS, constant_jet
from hypgeo.gpu.triton_jet_series import long_jet, series_jet
from hypgeo.gpu.triton_jet_short import alternating_jet, finite_jet
from hypgeo.gpu.triton_jit import jit
from hypgeo.gpu.triton_operands import OPERAND_POINTERS, SIZE_ARGUMENTS, load_operands
from hypgeo.gpu.triton_packs import classify, element_of, sort_by_route
from hypgeo.gpu.triton_routes import (
    ALTERNATING,
    ASYMPTOTIC,
    FINITE,
    GAMMA_LIKE,
    LONG,
    MEDIUM,
)


@jit
def run_jet(route, m, b, c, z, tables, whole: tl.constexpr):
    """The jet by one method, the same for the whole pack."""
    if route == FINITE:
        j = finite_jet(m, b, c, z)
    elif route == ALTERNATING:
        j = alternating_jet(m, b, c, z, tables)
    elif route <= MEDIUM:
        j = series_jet(m, b, c, z, tables)
    elif route == ASYMPTOTIC:
        j = asymptotic_jet(m, b, c, z, tables, whole)
    elif route == LONG:
        j = long_jet(m, b, c, z)
    elif route == CONSTANT:
        j = constant_jet(m, b, c, z)
    else:
        j = quadrature_jet(m, b, c, z, route - GAMMA_LIKE, tables)
    # 0 < F <= 1 for z >= 0 and F >= 1 for z < 0: rounding must not pass 1.
    past = tl.where(z >= 0.0, j[0] > 1.0, j[0] < 1.0)
    d_zz = tl.where((m == 1.0) & (j[4] == j[4]), 0.0, j[4])
    return tl.where(past, 1.0, j[0]), j[1], j[2], j[3], d_zz


@jit
def store_jet(out, n, i, j, mask, whole: tl.constexpr):
    """Five results or two, each a row of n elements."""
    first: tl.constexpr = 0 if whole else 2
    for k in tl.static_range(5 if whole else 2):
        tl.store(out + (k * n + i), j[first + k].to(out.dtype.element_ty), mask=mask)


@jit
def run_jet_packs(
    route,
    operands,
    sizes,
    out,
    rows,
    order,
    tables,
    first,
    begin,
    count,
    dimensions: tl.constexpr,
    pack: tl.constexpr,
    whole: tl.constexpr,
):
    """One method over its elements, as `triton_evaluate.run_packs`."""
    for start in tl.range(0, count, pack):
        lane = start + tl.arange(0, pack)
        place = begin + tl.minimum(lane, count - 1)
        i = first + tl.load(order + first + place)
        m, b, c, z = load_operands(operands, i, lane >= 0, sizes, dimensions)
        j = run_jet(route, m, b, c, z, tables, whole)
        store_jet(out, rows, i, j, lane < count, whole)


@jit(do_not_specialize=("rows", *SIZE_ARGUMENTS), do_not_specialize_on_alignment=OPERAND_POINTERS)
def derivatives_kernel(
    m, b, c, z, out, codes, order, tables, rows: tl.int64,
    n: tl.int64, n1: tl.int64, n2: tl.int64, n3: tl.int64,
    m0: tl.int64, m1: tl.int64, m2: tl.int64, m3: tl.int64,
    b0: tl.int64, b1: tl.int64, b2: tl.int64, b3: tl.int64,
    c0: tl.int64, c1: tl.int64, c2: tl.int64, c3: tl.int64,
    z0: tl.int64, z1: tl.int64, z2: tl.int64, z3: tl.int64,
    DIMENSIONS: tl.constexpr, CHUNK: tl.constexpr, PACK: tl.constexpr, WHOLE: tl.constexpr,
):  # fmt: skip
    """`out` has rows of `rows` elements, `order` room for one int16 for each element."""
    operands = (
        (m, (m0, m1, m2, m3)),
        (b, (b0, b1, b2, b3)),
        (c, (c0, c1, c2, c3)),
        (z, (z0, z1, z2, z3)),
    )
    sizes = (n1, n2, n3)
    program = tl.program_id(0).to(tl.int64)
    first = program * CHUNK
    counts = classify(operands, sizes, out, codes, first, n, DIMENSIONS, CHUNK, PACK, False, True)
    begins = sort_by_route(
        out, codes, order, first, n, counts, sizes, operands[3], 1.0,
        DIMENSIONS, CHUNK, PACK, JETS, False,
    )  # fmt: skip
    for r in tl.range(JETS):
        begin, count = element_of(begins, r), element_of(counts, r)
        run_jet_packs(
            r, operands, sizes, out, rows, order, tables, first, begin, count, DIMENSIONS, PACK,
            WHOLE,
        )  # fmt: skip
