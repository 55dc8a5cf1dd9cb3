"""Generalised binomial coefficients (alpha + 1)_n / n! to a few eps, and beyond the range.

The prefactor of the Jacobi polynomials. Differences of logarithms of gamma functions would lose
``log2(n log n)`` bits; a product of quotients and Stirling's *difference* lose none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hypgeo._pairs import Array, two_product, two_sum

LN2 = float(np.log(2.0))
# Degrees to which the whole product is taken; above, Stirling's series with the terms below has an
# error below 2^-60 at n + 1/2.
PRODUCT_DEGREE = 32
# Longer products lie outside the range of doubles: binom(2k, k) > 2^1024 from k = 515 on.
MOST_STEPS = 2048
# Numbers held at once while factors are multiplied.
BLOCK = 2**14
# Taylor coefficients of 1/Gamma(1 + f), DLMF Table 5.7.1; the next is below 2^-58 at f = 1/2.
RECIPROCAL_GAMMA = (
    *(1.0, 0.5772156649015329, -0.6558780715202539, -0.04200263503409524, 0.16653861138229148),
    *(-0.04219773455554433, -0.009621971527876973, 0.0072189432466631, -0.0011651675918590652),
    *(-0.00021524167411495098, 0.0001280502823881162, -2.013485478078824e-05),
    *(-1.2504934821426706e-06, 1.133027231981696e-06, -2.056338416977607e-07),
    *(6.116095104481416e-09, 5.002007644469223e-09, -1.18127457048702e-09),
    *(1.0434267116911005e-10, 7.782263439905071e-12),
)
# DLMF 5.11.1: log Gamma(x) = (x - 1/2) log x - x + log(2 pi)/2 + sum_k c_k / x^(2k+1).
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)


class Scaled(NamedTuple):
    """mantissa * 2**exponent, outside the range of doubles too."""

    mantissa: Array
    exponent: Array

    def log(self) -> Array:
        """Logarithm of the absolute value."""
        return np.asarray(np.log(np.abs(self.mantissa)) + self.exponent * LN2)

    def times(self, other: Array) -> Array:
        """The product with doubles, rounded once more; inf and 0 beyond the range."""
        mantissa, exponent = np.frexp(other)
        # Two steps, because an exponent of ldexp must be an int32 and may meet another.
        power = np.clip(self.exponent + exponent, -5000.0, 5000.0).astype(np.int32)
        return np.asarray(np.ldexp(self.mantissa * mantissa, power))


def split(x: Array) -> tuple[Array, Array]:
    """Nearest integer and the rest, both exact."""
    whole = np.rint(x)
    return whole, np.asarray(x - whole)


def generalized_binomial(n: Array, whole: Array, part: Array) -> Scaled:
    """(alpha + 1)_n / n! for alpha = whole + part, n a nonnegative integer.

    Parameters
    ----------
    n : ndarray
        Nonnegative integers.
    whole, part : ndarray
        An integer and a rest in [-1/2, 1/2].

    Returns
    -------
    Scaled
        Relative error below 8 eps; where more than 2048 factors would be needed, which puts it
        outside the range of doubles, ``|ln value|`` eps more.
    """
    n, whole, part = np.broadcast_arrays(n, whole, part)
    all_factors = (n <= np.maximum(np.abs(whole), PRODUCT_DEGREE)) & (n <= MOST_STEPS)
    # (alpha + 1)_n = (-1)^n (-alpha - n)_n: brings alpha above -(n + 1)/2.
    mirror = ~all_factors & (whole < -(n + 1) / 2)
    sign = np.where(mirror & (n % 2 == 1), -1.0, 1.0)
    whole = np.where(mirror, -(n + 1) - whole, whole)
    part = np.where(mirror, -part, part)
    steps = np.where(all_factors, n, np.abs(whole))
    zero = np.zeros_like(part)
    # With alpha = whole + part, Gamma(n + 1 + alpha) / Gamma(1 + alpha) steps from alpha = part:
    # prod (n + part + i) / (part + i) upwards, prod (part - i) / (n + part - i) downwards.
    up = whole >= 0
    top = np.select([all_factors, up], [whole, n], zero)
    first = np.where(up | all_factors, 1.0, 0.0)
    bottom = np.select([all_factors, up], [zero + 1, zero + 1], -n)
    rest = np.where(up | all_factors, part, -part)
    long = steps > MOST_STEPS
    product = _pochhammer_ratio(
        (top, first, rest),
        (bottom, zero, np.where(all_factors, zero, rest)),
        np.where(long, 0, steps),
    )
    start = np.where(all_factors, 1.0, _near_one(n, part))
    far = _far(n, whole, part)
    return Scaled(
        sign * np.where(long, far.mantissa, product.mantissa * start),
        np.where(long, far.exponent, product.exponent),
    )


def _pochhammer_ratio(
    top: tuple[Array, Array, Array], bottom: tuple[Array, Array, Array], steps: Array
) -> Scaled:
    """prod_{i < steps} (top + i) / (bottom + i), top and bottom unevaluated sums.

    The first two of each are integers, the second small; the third is below 1.

    The rounding error of each quotient and product is carried along.
    """
    mantissa, exponent, error = np.ones_like(steps), np.zeros_like(steps), np.zeros_like(steps)
    # Few elements: many factors at once, on a new last axis.
    width = int(np.clip(BLOCK // max(steps.size, 1), 1, 64))
    for start in range(0, int(np.max(np.nan_to_num(steps), initial=0.0)), width):
        i = np.arange(start, start + width, dtype=float)
        factors = _quotients(tuple(x[..., None] for x in (*top, *bottom, steps)), i)
        while factors[0].shape[-1] > 1:
            half = factors[0].shape[-1] // 2
            odd = [x[..., 2 * half :] for x in factors]
            pairs = _joined(
                [x[..., :half] for x in factors], [x[..., half : 2 * half] for x in factors]
            )
            factors = [np.concatenate(x, axis=-1) for x in zip(pairs, odd, strict=True)]
        mantissa, exponent, error = _joined(
            (mantissa, exponent, error), [x[..., 0] for x in factors]
        )
    return Scaled(mantissa + mantissa * error, exponent)


def _quotients(terms: tuple[Array, ...], i: Array) -> list[Array]:
    """Mantissa, exponent and relative error of factors i; 1 where i >= steps, the last term."""
    up, up_error = _three_sum(terms[0], terms[1] + i, terms[2])
    down, down_error = _three_sum(terms[3], terms[4] + i, terms[5])
    quotient = up / down
    back, back_error = two_product(quotient, down)
    missing = ((up - back) - back_error + up_error - quotient * down_error) / up
    mantissa, exponent = np.frexp(quotient)
    used = i < terms[6]
    return [
        np.where(used, mantissa, 1.0),
        np.where(used, exponent, 0.0),
        np.where(used & np.isfinite(missing), missing, 0.0),
    ]


def _joined(x: Sequence[Array], y: Sequence[Array]) -> list[Array]:
    """Product of two numbers (mantissa, exponent, relative error)."""
    product, rounding = two_product(x[0], y[0])
    mantissa, exponent = np.frexp(product)
    lost = np.where(product == 0, 0.0, rounding / product)
    return [mantissa, x[1] + y[1] + exponent, x[2] + y[2] + lost]


def _three_sum(x: Array, y: Array, z: Array) -> tuple[Array, Array]:
    """x + y + z and its error, for |z| < 1 and integers x and y."""
    whole, lost = two_sum(x, y)
    total, error = two_sum(whole, z)
    return total, error + lost


def _near_one(n: Array, part: Array) -> Array:
    """(part + 1)_n / n! = Gamma(n + 1 + part) / (Gamma(n + 1) Gamma(1 + part)), n > 32."""
    x = np.maximum(n, PRODUCT_DEGREE) + 1.0
    reciprocal = np.zeros_like(part)
    for coefficient in reversed(RECIPROCAL_GAMMA):
        reciprocal = reciprocal * part + coefficient
    bend = (x + part - 0.5) * np.log1p(part / x) - part
    return np.asarray(reciprocal * x**part * np.exp(bend + _mu(x + part) - _mu(x)))


def _mu(x: Array) -> Array:
    """What log Gamma(x) has beyond Stirling's formula, DLMF 5.11.1, for x >= 32."""
    y, total = 1 / (x * x), np.zeros_like(x)
    for coefficient in reversed(STIRLING):
        total = total * y + coefficient
    return np.asarray(total / x)


def _log_far_binomial(x: Array, y: Array) -> Array:
    """log (Gamma(x+y+1) / (Gamma(x+1) Gamma(y+1))) for x and y > 32, by DLMF 5.11.1."""
    bulk = x * np.log1p(y / x) + y * np.log1p(x / y)
    # Not x y / (x + y), which may overflow.
    middle = -0.5 * np.log(2 * np.pi * np.minimum(x, y) / (1 + np.minimum(x, y) / np.maximum(x, y)))
    return np.asarray(bulk + middle + _mu(x + y) - _mu(x) - _mu(y))


def _far(n: Array, whole: Array, part: Array) -> Scaled:
    """(alpha + 1)_n / n! for n and |alpha| above 2048, whole > -(n + 1)/2, by its logarithm."""
    alpha = whole + part
    size = np.maximum(np.abs(alpha), MOST_STEPS)
    degree = np.maximum(n, MOST_STEPS)
    # Below 0: Gamma(n+1-k) Gamma(k) sin(pi k) / (pi n!), k = -alpha (DLMF 5.5.3).
    wave = np.where(whole % 2 == 0, -1.0, 1.0) * np.sin(np.pi * part)
    factor = np.where(alpha < 0, wave / (np.pi * size), 1.0)
    upper = _log_far_binomial(degree, size)
    lower = -_log_far_binomial(np.maximum(n - size, MOST_STEPS / 2), size)
    octaves = np.where(alpha < 0, lower, upper) / LN2
    exponent = np.floor(octaves)
    return Scaled(factor * np.exp2(octaves - exponent), exponent)
