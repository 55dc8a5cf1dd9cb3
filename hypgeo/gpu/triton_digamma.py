"""The digamma function as a logarithm and a small rest (hypgeo/csrc/digamma.h).

psi(x) = log(X) - below, X = x from 1 on, else x + 1 (DLMF 5.11.2, 5.5.2), so that differences lose
nothing to the size of the logarithms.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.tables import DIGAMMA_AT as _DIGAMMA_AT
from hypgeo.gpu.tables import constants
from hypgeo.gpu.triton_dd import dd_add_d, dd_sub
from hypgeo.gpu.triton_elementary import bits_of, from_bits, horner, log1p
from hypgeo.gpu.triton_gamma import TERMS, row_horner
from hypgeo.gpu.triton_jit import any_of, jit

DIGAMMA_SERIES = tl.constexpr(constants("digamma_series"))
DIGAMMA_AT = tl.constexpr(_DIGAMMA_AT)
DIGAMMA_FROM = tl.constexpr(8.0)  # where ten terms of the series are good to 2^-57


@jit
def small_digamma_factor(x, tables):
    """``x (log(x) - psi(x))`` for 1 <= x < 8: a polynomial on each half octave."""
    octave = bits_of(x) >> 51
    lo = from_bits(octave << 51)
    hi = from_bits((octave + 1) << 51)
    u = ((x - lo) - (hi - x)) / (hi - lo)
    return row_horner(tables + DIGAMMA_AT + (octave - 2 * 1023) * TERMS, u)


@jit
def split_digamma(x, tables):
    """``(X, below)``, X double-double; x > 0."""
    shifted = x[0] < 1.0
    base = dd_add_d(x, tl.where(shifted, 1.0, 0.0).to(tl.float64))
    inverse = 1.0 / base[0]
    factor = tl.fma(inverse, horner(inverse * inverse, DIGAMMA_SERIES, 10), 0.5)
    small = base[0] < DIGAMMA_FROM
    if any_of(small):
        below_from = small_digamma_factor(tl.where(small, base[0], 1.0), tables)
        factor = tl.where(small, below_from, factor)
    below = factor * inverse
    return base, tl.where(shifted, below + 1.0 / tl.where(shifted, x[0], 1.0), below)


@jit
def log_ratio(x, y):
    """``log(x / y)`` for positive double-doubles, however close they are."""
    inverse = 1.0 / y[0]
    return log1p(dd_sub(x, y)[0] * inverse, x[0] * inverse)
