"""The published baseline `scan`: the reflected series by a scan over 32 lanes.

    2F1(-m, b; c; z) = (d)_m / (c)_m 2F1(-m, b; 1-d-m; 1-z),  d = c - b           DLMF 15.8.7

A run of ratios r_0 .. r_j of neighbouring terms is the pair of its product and of the sum of its
partial products; runs join by (p, s) + (q, t) = (p q, s + p t), which is associative
(hypgeo/csrc/series_lanes.h, series_terms.h). It costs O(m), and loses about m eps.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-decorators
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_elementary import from_bits
from hypgeo.gpu.triton_jit import any_of, jit
from hypgeo.gpu.triton_operands import SIZE_ARGUMENTS, load_operand

LANES = tl.constexpr(32)
BIG = tl.constexpr(4294967296.0)  # 2^32
SMALL = tl.constexpr(2.0**-32)
FAR = tl.constexpr(4400)  # beyond every exponent range


@jit
def join(p, s, q, t):
    """Two neighbouring runs."""
    return p * q, s + p * t


@jit
def multiply(p, q):
    """Two products."""
    return p * q


@jit
def normalised(value, exponent):
    """``value 2^exponent`` with a value of moderate size."""
    size = tl.abs(value)
    up, down = size > BIG, size < SMALL
    factor = tl.where(up, SMALL, tl.where(down, BIG, 1.0)).to(value.dtype)
    return value * factor, exponent + tl.where(up, 32, tl.where(down, -32, 0))


@jit
def unscaled(value, exponent):
    """``value 2^exponent``, rounded into the range in steps."""
    e = tl.minimum(tl.maximum(exponent, -FAR), FAR).to(tl.int64)
    step = e >> 3
    factor = from_bits((step + 1023) << 52)
    result = value.to(tl.float64)
    for _ in tl.static_range(7):
        result = result * factor
    return result * from_bits((e - 7 * step + 1023) << 52)


@jit
def prefactor(m, c, d, real: tl.constexpr):
    """``(d)_m / (c)_m`` as value and exponent; a product over 32 lanes at a time."""
    value = (m * 0.0 + 1.0).to(real)
    exponent = (m * 0.0).to(tl.int32)
    lane = tl.arange(0, LANES)[None, :].to(tl.float64)
    start = m * 0.0
    while any_of(start < m):
        k = start[:, None] + lane
        factor = (d[:, None] + k.to(real)) / (c[:, None] + k.to(real))
        factor = tl.where(k < m[:, None], factor, 1.0)
        # Lane by lane a factor may be as small as d / c; four at a time stay in the range.
        value = value * tl.reduce(factor, 1, multiply)
        value, exponent = normalised(value, exponent)
        value, exponent = normalised(value, exponent)
        value, exponent = normalised(value, exponent)
        start += LANES
    return value, exponent


@jit
def ratios(m, b, d, w, w_low, k, real: tl.constexpr):
    """Term k + 1 over term k; 1 - z = w + w_low, because an error of w alone would grow with k."""
    x = k.to(real)
    up = (m[:, None].to(real) - x) * (b[:, None] + x)
    base = up / ((x + 1.0) * (d[:, None] + (m[:, None].to(real) - 1.0 - x)))
    return tl.where(k < m[:, None], base * w[:, None] + base * w_low[:, None], 0.0)


@jit
def remains(m, b, d, w, term, total, k, real: tl.constexpr):
    """Whether more than a quarter eps of the sum may follow (series_terms.h)."""
    eps = 2.220446049250313e-16 if real == tl.float64 else 1.1920929e-07
    x = k.to(real)
    q = w * tl.maximum((b + x) / (x + 1.0), 1.0)
    growth = tl.where(d < 1.0, (m.to(real) - x) / d, 1.0)
    small = (term <= eps * total) & (q < 1.0)
    return (small & (term * growth * q <= eps / 4 * total * (1.0 - q))) == 0


@jit
def reflected_sum(m, b, d, w, w_low, real: tl.constexpr):
    """1 + the sum of all terms, tile by tile with a carried term, as value and exponent."""
    term = (m * 0.0 + 1.0).to(real)
    total = term
    exponent = (m * 0.0).to(tl.int32)
    last = tl.arange(0, LANES)[None, :] == LANES - 1
    lane = tl.arange(0, LANES)[None, :].to(tl.float64)
    start = m * 0.0
    going = m > 0.0
    while any_of(going):
        r = ratios(m, b, d, w, w_low, start[:, None] + lane, real)
        p, s = tl.associative_scan((r, r), 1, join)
        tile = tl.sum(tl.where(last, s, 0.0), 1)
        total = tl.where(going, total + term * tile, total)
        term = tl.where(going, term * tl.sum(tl.where(last, p, 0.0), 1), term)
        start += LANES
        grown = total > BIG
        factor = tl.where(grown, SMALL, 1.0).to(real)
        total = total * factor
        term = term * factor
        exponent += tl.where(grown, 32, 0)
        going = going & (start < m) & remains(m, b, d, w, term, total, start, real)
    return total, exponent


@jit(do_not_specialize=SIZE_ARGUMENTS)
def scan_kernel(
    m, b, c, z, out,
    n: tl.int64, n1: tl.int64, n2: tl.int64, n3: tl.int64,
    m0: tl.int64, m1: tl.int64, m2: tl.int64, m3: tl.int64,
    b0: tl.int64, b1: tl.int64, b2: tl.int64, b3: tl.int64,
    c0: tl.int64, c1: tl.int64, c2: tl.int64, c3: tl.int64,
    z0: tl.int64, z1: tl.int64, z2: tl.int64, z3: tl.int64,
    DIMENSIONS: tl.constexpr, ROWS: tl.constexpr,
):  # fmt: skip
    """`ROWS` elements a program, in the arithmetic of the output; NaN where m is no degree."""
    real: tl.constexpr = out.dtype.element_ty
    sizes = (n1, n2, n3)
    i = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    mask = i < n
    degree = load_operand((m, (m0, m1, m2, m3)), i, mask, sizes, DIMENSIONS)
    beta = load_operand((b, (b0, b1, b2, b3)), i, mask, sizes, DIMENSIONS).to(real)
    gamma = load_operand((c, (c0, c1, c2, c3)), i, mask, sizes, DIMENSIONS).to(real)
    x = load_operand((z, (z0, z1, z2, z3)), i, mask, sizes, DIMENSIONS).to(real)
    proper = (degree >= 0.0) & (degree == tl.floor(degree)) & (degree < 9007199254740993.0)
    known = proper & (beta == beta) & (gamma == gamma) & (x == x)
    degree = tl.where(known, degree, 0.0)
    d = gamma - beta
    w = 1.0 - x
    front, front_exponent = prefactor(degree, gamma, d, real)
    total, exponent = reflected_sum(degree, beta, d, w, (1.0 - w) - x, real)
    value = unscaled(front.to(tl.float64) * total.to(tl.float64), front_exponent + exponent)
    tl.store(out + i, tl.where(known, value, float("nan")).to(real), mask=mask)
