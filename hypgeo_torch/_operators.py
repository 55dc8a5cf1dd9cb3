"""The operators hypgeo::*, with the slopes that make one the derivative of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from hypgeo_torch import _evaluate, _log
from hypgeo_torch._inverse import inverse
from hypgeo_torch._library import define, result_dtype
from hypgeo_torch._second import hessian, pace_of

TENSORS = "Tensor a, Tensor b, Tensor c, Tensor z"
Rows = list[list[Any]]
Flags = Sequence[bool]

# Share of the distance to the ends of 0 < b < c that differences of F and of log F may use.
ROOM_OF_F = float("inf")
ROOM_OF_LOG = 0.25


def _value_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    a, b, c, z, order = inputs
    if by[1]:
        return [[None, *hyp2f1_gradient(a, b, c, z, order)]]
    if by[2]:
        return [[None, None, *hyp2f1_slopes(a, b, c, z, order)]]
    return [[None, None, None, hyp2f1(a, b, c, z, order + 1)]]


def _value_pull(inputs: tuple[Any, ...], grads: Sequence[Any], by: Flags) -> list[Any] | None:
    """In z alone: slope and gradient meet where the slope is computed."""
    a, b, c, z, order = inputs
    if by[1] or by[2]:
        return None
    return [None, None, None, hyp2f1_weighted(a, b, c, z, grads[0], order + 1)]


def _weighted_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    a, b, c, z, weight, order = inputs
    row: list[Any] = [None] * 5
    if by[1] or by[2]:
        [(_, *slopes)] = _value_slopes((a, b, c, z, order), wanted, by)
        row[1:4] = [x if x is None else weight * x for x in slopes]
    elif by[3]:
        row[3] = hyp2f1_weighted(a, b, c, z, weight, order + 1)
    if by[4]:
        row[4] = hyp2f1(a, b, c, z, order)
    return [row]


def _minus_one_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    return _value_slopes((*inputs, 0), wanted, by)


def _minus_one_pull(inputs: tuple[Any, ...], grads: Sequence[Any], by: Flags) -> list[Any] | None:
    return _value_pull((*inputs, 0), grads, by)


def _gradient_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    a, b, c, z, order = inputs
    by_parameter = by[1] or by[2]
    bb = bc = cc = bz = cz = zz = None
    if (wanted[0] or wanted[1]) and by_parameter:
        bb, bc, cc = _second_in_parameters(a, b, c, z, order)
    if by[3] or (wanted[2] and by_parameter):
        bz, cz, zz = hyp2f1_gradient(a, b, c, z, order + 1)
    return [[None, bb, bc, bz], [None, bc, cc, cz], [None, bz, cz, zz]]


def _slopes_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    return _gradient_slopes(inputs, (False, *wanted), by)[1:]


def _second_in_parameters(a: Tensor, b: Tensor, c: Tensor, z: Tensor, order: int) -> list[Tensor]:
    dtype = result_dtype(b, c, z)
    a, b, c, z = (x.to(torch.float64) for x in (a, b, c, z))

    def gradient(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        by_b, by_c, _ = hyp2f1_gradient(a, x, y, z, order)
        return by_b, by_c

    with torch.no_grad():
        f, (f_b, f_c, _) = hyp2f1(a, b, c, z), hyp2f1_gradient(a, b, c, z)
        pace = pace_of(a, b, c, z, f_b / f, f_c / f)
    return [x.to(dtype) for x in hessian(gradient, b, c, z, pace, ROOM_OF_F)]


def _log_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    return [[None, *log_hyp2f1_gradient(*inputs)], [None] * 4]


def _log_gradient_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    """With G = F(m-1, b+1, c+1; z), of which log|F_z| is log|G| + log(m b / c)."""
    dtype = result_dtype(*inputs[1:])
    a, b, c, z = (x.to(torch.float64) for x in inputs)
    bb = bc = cc = bz = cz = zz = None
    if (wanted[0] or wanted[1]) and (by[1] or by[2]):
        bb, bc, cc = _log_second_in_parameters(a, b, c, z)
    if by[3] or (wanted[2] and (by[1] or by[2])):
        l_b, l_c, l_z = log_hyp2f1_gradient(a, b, c, z)
        g_b, g_c, g_z = log_hyp2f1_gradient((a + 1).clamp(max=0), b + 1, c + 1, z)
        bz, cz, zz = l_z * (1 / b + g_b - l_b), l_z * (g_c - l_c - 1 / c), l_z * (g_z - l_z)
    rows = ((bb, bc, bz), (bc, cc, cz), (bz, cz, zz))
    return [[None, *(x if x is None else x.to(dtype) for x in row)] for row in rows]


def _log_second_in_parameters(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> Any:
    def gradient(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        by_b, by_c, _ = log_hyp2f1_gradient(a, x, y, z)
        return by_b, by_c

    with torch.no_grad():
        l_b, l_c, _ = log_hyp2f1_gradient(a, b, c, z)
        pace = pace_of(a, b, c, z, l_b, l_c)
    return hessian(gradient, b, c, z, pace, ROOM_OF_LOG)


def _inverse_slopes(inputs: tuple[Any, ...], wanted: Flags, by: Flags) -> Rows:
    """E = F/q at c = q/beta + 1; dE/dbeta = -F_c / beta^2."""
    dtype = result_dtype(*inputs[1:])
    m, q, beta, p = (x.to(torch.float64) for x in inputs)
    one = torch.scalar_tensor(1.0, dtype=torch.float64)
    c = q / beta + 1
    by_q = by_beta = None
    if by[1] or by[2]:
        f_c, f_z = hyp2f1_slopes(-m, one, c, p)
        by_beta = -f_c / (beta * beta)
        by_q = _inverse_by_q(m, q, beta, p, f_c) if by[1] else None
    else:
        f_z = hyp2f1(-m, one, c, p, 1)
    defined = (p >= 0) & (p <= 1) & (q > 0) & (beta > 0)
    row = (by_q, by_beta, f_z / q)
    return [
        [None, *(x if x is None else torch.where(defined, x, torch.nan).to(dtype) for x in row)]
    ]


def _inverse_by_q(m: Tensor, q: Tensor, beta: Tensor, p: Tensor, f_c: Tensor) -> Tensor:
    """(F_c / beta - F / q) / q, which cancels for m p beta >> q; there a sum of one sign.

    With r = q/beta, I(r) = E[1/(r+X)] = F(m, 1; r+1; p) / r. The derivative in s of
    s^r (1-p+ps)^(m+1), integrated over [0, 1], gives r (1-p) I(r) + (r+m+1) p I(r+1) = 1; that in r
    of this, at r-1,

        -I'(r) = (1-p) / (p (r+m)) F_c(m, 1; r; p) + I(r) / (r+m).
    """
    one = torch.scalar_tensor(1.0, dtype=torch.float64)
    r = q / beta
    f = hyp2f1(-m, one, r + 1, p)
    near = (f_c / beta - f / q) / q
    far = m * p * beta > q
    # What costs nothing where it is not far.
    r = torch.where(far, r, 1.0)
    before, _ = hyp2f1_slopes(-m, one, r, torch.where(far, p, 0.0))
    sum_of_both = (1 - p) / torch.where(far, p, 1.0) * before + f / r
    return torch.where(far, -sum_of_both / ((r + m) * (beta * beta)), near)


hyp2f1 = define(
    "hyp2f1", f"{TENSORS}, int order=0", 1, _evaluate.value, _value_slopes, pull=_value_pull
)
hyp2f1_weighted = define(
    *("hyp2f1_weighted", f"{TENSORS}, Tensor weight, int order=0", 1),
    *(_evaluate.weighted, _weighted_slopes),
)
hyp2f1_gradient = define(
    "hyp2f1_gradient", f"{TENSORS}, int order=0", 3, _evaluate.gradient, _gradient_slopes
)
hyp2f1_slopes = define(
    "hyp2f1_slopes", f"{TENSORS}, int order=0", 2, _evaluate.slopes, _slopes_slopes
)
hyp2f1m1 = define(
    "hyp2f1m1", TENSORS, 1, _evaluate.minus_one, _minus_one_slopes, pull=_minus_one_pull
)
log_hyp2f1 = define("log_hyp2f1", TENSORS, 2, _log.log_and_sign, _log_slopes, (1,))
log_hyp2f1_gradient = define(
    "log_hyp2f1_gradient", TENSORS, 3, _log.log_gradient, _log_gradient_slopes
)
expected_inverse = define(
    "expected_inverse", "Tensor m, Tensor q, Tensor beta, Tensor p", 1, inverse, _inverse_slopes
)
