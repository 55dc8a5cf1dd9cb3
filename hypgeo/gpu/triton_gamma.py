"""The gamma function relative to Stirling's formula (hypgeo/csrc/gamma.h)."""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.tables import GAMMA_AT as _GAMMA_AT
from hypgeo.gpu.tables import constants
from hypgeo.gpu.triton_elementary import bits_of, exp, from_bits, horner, log1p
from hypgeo.gpu.triton_jit import any_of, jit

STIRLING = tl.constexpr(constants("stirling_table"))
GAMMA_AT = tl.constexpr(_GAMMA_AT)
# From here on ten terms of the series are good to 2^-57.
STIRLING_FROM = tl.constexpr(8.0)
TERMS = tl.constexpr(16)


@jit
def stirling_remainder(x):
    """``ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi)/2`` for x >= STIRLING_FROM (DLMF 5.11.1)."""
    r = 1.0 / x
    return r * horner(r * r, STIRLING, 10)


@jit
def row_horner(row, u):
    """The polynomial of degree 15 whose coefficients begin at `row`.

    A loop that LLVM unrolls: Triton's layout passes take time for every load that they see.
    """
    s = u * 0.0
    place = row + (TERMS - 1)
    for _ in tl.range(TERMS):
        s = tl.fma(s, u, tl.load(place))
        place -= 1
    return s


@jit
def small_gamma_factor(x, tables):
    """``sqrt(x) e^(-mu(x))`` for 0 < x < 8: a polynomial on [0, 1] and on each half octave."""
    below_one = x < 1.0
    octave = bits_of(x) >> 51
    lo = tl.where(below_one, 0.0, from_bits(octave << 51))
    hi = tl.where(below_one, 1.0, from_bits((octave + 1) << 51))
    u = ((x - lo) - (hi - x)) / (hi - lo)
    panel = tl.where(below_one, 0, octave - (2 * 1023 - 1))
    s = row_horner(tables + GAMMA_AT + panel * TERMS, u)
    small = tl.minimum(x, 1.0)
    return tl.where(below_one, s * small * exp(small * log1p(small - 1.0, small)), s)


@jit
def gamma_factor(x, tables):
    """``sqrt(x) e^(-mu(x))`` for any x > 0."""
    small = x < STIRLING_FROM
    large = tl.maximum(x, STIRLING_FROM)
    result = tl.sqrt(large) * exp(-stirling_remainder(large))
    if any_of(small):
        below = small_gamma_factor(tl.where(small, x, 1.0), tables)
        result = tl.where(small, below, result)
    return result


@jit
def gamma_factor_ratio(x, y, tables):
    """``gamma_factor(x) / gamma_factor(y)``, y >= x."""
    small = x < STIRLING_FROM
    large_x = tl.maximum(x, STIRLING_FROM)
    large_y = tl.maximum(y, STIRLING_FROM)
    rest = stirling_remainder(large_y) - stirling_remainder(large_x)
    result = tl.sqrt(large_x / large_y) * exp(rest)
    if any_of(small):
        apart = gamma_factor(x, tables) / gamma_factor(y, tables)
        result = tl.where(small, apart, result)
    return result
