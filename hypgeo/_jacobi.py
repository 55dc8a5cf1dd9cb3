"""Jacobi polynomials from the end of [-1, 1] that is nearer to the argument."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import hypgeo
from hypgeo._binomial import Scaled, generalized_binomial, split
from hypgeo._pairs import Array, two_sum
from hypgeo._terminating import Pair, terminating

# Smaller numbers have lost digits to the end of the range.
SMALLEST = float(np.finfo(np.float64).tiny)


class _Form(NamedTuple):
    """factor 2**exponent (-z)^power 2F1(-degree, b + b_rest; c + c_rest; z)."""

    factor: Array
    exponent: Array
    power: Array
    degree: Array
    b: Array
    b_rest: Array
    c: Array
    c_rest: Array


def jacobi(n: Array, alpha: Array, beta: Array, x: Array) -> Array:
    """P_n^(alpha,beta)(x), DLMF 18.5.7; NaN where n is NaN."""
    left = x < 0
    form = _form(n, alpha, beta)
    if left.any():
        mirrored = _form(n, beta, alpha)  # DLMF 18.6.1
        form = _Form(*(np.where(left, v, u) for u, v in zip(form, mirrored, strict=True)))
    head, rest = two_sum(1.0, -np.abs(x))
    value = _evaluate(form, (head / 2, rest / 2))
    sign = np.where(left & (n % 2 == 1), -1.0, 1.0)
    usable = np.isfinite(alpha) & np.isfinite(beta)
    return np.asarray(np.where(usable, sign * value, np.nan))


def _form(n: Array, alpha: Array, beta: Array) -> _Form:
    """The representation about x = 1.

    For alpha = -1, ..., -n the 2F1 has a pole and (alpha+1)_n a zero; their product is

        binom(n+beta, k) ((x-1)/2)^k 2F1(k-n, n+beta+1; k+1; (1-x)/2),    k = -alpha

    (Szego, Orthogonal Polynomials, 4.22.2).
    """
    n, alpha, beta = np.broadcast_arrays(n, alpha, beta)
    whole, part = split(alpha)
    beta_whole, beta_part = split(beta)
    vanishes = (part == 0) & (whole < 0) & (whole >= -n)
    power = np.where(vanishes, -whole, 0.0)
    degree = n - power
    factor = generalized_binomial(
        np.where(vanishes, power, n),
        np.where(vanishes, degree + beta_whole, whole),
        np.where(vanishes, beta_part, part),
    )
    alpha = np.where(vanishes, power, alpha)
    partial, lost = two_sum(degree + 1, alpha)
    b, b_rest = two_sum(partial, beta)
    b, b_rest = two_sum(b, b_rest + lost)
    return _Form(*factor, power, degree, b, b_rest, *two_sum(alpha, 1.0))


def _evaluate(form: _Form, z: Pair) -> Array:
    form = _Form(*np.broadcast_arrays(*form, z[0])[:-1])
    value = terminating(form.degree, (form.b, form.b_rest), (form.c, form.c_rest), z)
    # z is rounded; its power would feel that `power` times.
    change = np.where(z[1] != 0, form.power * (z[1] / z[0]), 0.0)
    raised = np.where(form.power > 0, (-z[0]) ** form.power * np.exp(change), 1.0)
    product = value * raised
    result = np.array(Scaled(form.factor, form.exponent).times(product))
    lost = ((np.abs(product) < SMALLEST) | np.isinf(product)) & (z[0] != 0)
    if lost.any():
        chosen = _Form(*(x[lost] for x in form))
        result[lost] = _by_logarithms(chosen, np.broadcast_to(z[0], lost.shape)[lost])
    # A polynomial that vanishes identically is 0 where the 2F1 overflows, too.
    return np.asarray(np.where((form.factor == 0) & ~np.isnan(value), 0.0, result))


def _by_logarithms(form: _Form, z: Array) -> Array:
    """The product of factors of which one leaves the range of doubles."""
    log, sign = hypgeo.log_hyp2f1(-form.degree, form.b, form.c, z, return_sign=True)
    total = log + Scaled(form.factor, form.exponent).log()
    total = total + np.where(form.power > 0, form.power * np.log(np.abs(z)), 0.0)
    odd = (form.power % 2 == 1) & (z > 0)
    return np.asarray(sign * np.sign(form.factor) * np.where(odd, -1.0, 1.0) * np.exp(total))
