"""Kernels of the operators: F, its derivatives in z of any order, and their slopes in b and c."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from hypgeo._torch_call import Number, compute, number
from hypgeo_torch._library import result_dtype

EPS = 2.0**-52
# Plan tables, for which a shift of the parameters pays, end at b = 30 (plan_build.h).
SHIFTED_UP_TO = 30.0
# How much the rounding of b + n and c + n may change c - b, on which F depends by its ratio.
SHIFT_EPS = 4.0


def evaluate(operation: str, a: Number, b: Number, c: Number, z: Number, dtype: torch.dtype) -> Any:
    """Results of a ufunc of hypgeo, of tensors and floats; NaN where `a` does not end the series."""
    if isinstance(a, Tensor):
        a = _ending(a)
    elif not (a <= 0 and a == math.floor(a)):
        a = math.nan
    return compute(operation, a, b, c, z, dtype)


def value(a: Tensor, b: Tensor, c: Tensor, z: Tensor, order: int = 0) -> Tensor:
    """The derivative of F of this order in z.

    By DLMF 15.5.2, ``(-m)_n (b)_n / (c)_n F(n-m, b+n; c+n; z)``, where parameters are numbers and
    a shift of them loses nothing: plans make that fast. Else by `hypgeo.hyp2f1_derivatives`.
    """
    dtype = result_dtype(b, c, z)
    given = [number(x) for x in (a, b, c, z)]
    if order == 0:
        return _first(evaluate("hyp2f1", *given, dtype))
    if order > 2 or _is_shiftable(*given[:3], order):
        return shifted(given, order, dtype)
    return _first(evaluate("hyp2f1_derivatives", *given, dtype)[2 + order :])


def gradient(a: Tensor, b: Tensor, c: Tensor, z: Tensor, order: int = 0) -> tuple[Tensor, ...]:
    """Partial derivatives in b, c, z of the derivative of F of this order in z.

    With ``P = (-m)_n (b)_n / (c)_n`` and ``G = F(n-m, b+n; c+n; z)``, the one in b is
    ``P (G_b + G sum_{j<n} 1/(b+j))``, the one in c ``P (G_c - G sum_{j<n} 1/(c+j))``.
    """
    dtype = result_dtype(b, c, z)
    given = [number(x) for x in (a, b, c, z)]
    if order == 0:
        return tuple(evaluate("hyp2f1_derivatives", *given, dtype)[1:4])
    a64, b64, c64, z64 = (_double(x) for x in given)
    factor, a_n = _factor(a64, b64, c64, order)
    shift = (a_n, b64 + order, c64 + order, z64)
    g, g_b, g_c, g_z, _ = evaluate("hyp2f1_derivatives", *shift, torch.float64)
    rise_b = sum(1 / (b64 + j) for j in range(order))
    rise_c = sum(1 / (c64 + j) for j in range(order))
    results = (factor * (g_b + g * rise_b), factor * (g_c - g * rise_c), factor * g_z)
    return tuple(x.to(dtype) for x in results)


def minus_one(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> Tensor:
    """F - 1 without the cancellation."""
    given = [number(x) for x in (a, b, c, z)]
    return _first(evaluate("hyp2f1m1", *given, result_dtype(b, c, z)))


def shifted(given: list[Number], order: int, dtype: torch.dtype) -> Tensor:
    """DLMF 15.5.2 as it stands, in double precision."""
    a, b, c, z = given
    if isinstance(a, float) and isinstance(b, float) and isinstance(c, float):
        factor, a_n = _factor(a, b, c, order)
        result = _first(evaluate("hyp2f1", a_n, b + order, c + order, z, dtype))
        return result.mul_(factor)
    a, b, c = _double(a), _double(b), _double(c)
    factor, a_n = _factor(a, b, c, order)
    result = _first(evaluate("hyp2f1", a_n, b + order, c + order, _double(z), torch.float64))
    return (factor * result).to(dtype)


def _factor(a: Any, b: Any, c: Any, order: int) -> tuple[Any, Any]:
    """(a)_n (b)_n / (c)_n and a + n; 0 and 0 where the degree is below the order."""
    factor: Any = 1.0
    over = False
    for j in range(order):
        over = over | (a + j == 0)
        lower = c + j
        # (c)_n may vanish only where the series has ended before, DLMF 15.2.5.
        factor = factor * ((a + j) * (b + j)) / _unless_zero(lower)
    if isinstance(over, Tensor):
        return torch.where(over, 0.0, factor), torch.where(over, 0.0, a + order)
    return (0.0, 0.0) if over else (factor, a + order)


def _unless_zero(x: Any) -> Any:
    if isinstance(x, Tensor):
        return torch.where(x == 0, torch.nan, x)
    return x if x != 0 else math.nan


def _is_shiftable(a: Number, b: Number, c: Number, order: int) -> bool:
    """Whether a, b, c are numbers that allow for 15.5.2 without loss."""
    if not (isinstance(a, float) and isinstance(b, float) and isinstance(c, float)):
        return False
    gap = c - b
    lost = abs(((c + order) - (b + order)) - gap)
    return 0 < b <= SHIFTED_UP_TO and lost <= SHIFT_EPS * EPS * abs(gap)


def _ending(a: Tensor) -> Tensor:
    """NaN for elements that are not nonpositive integers; no copy where there are none."""
    wrong = a > 0
    if a.is_floating_point():
        wrong = wrong | (a != a.floor())
    if a.device.type == "cpu" and not wrong.any():
        return a
    return torch.where(wrong, torch.nan, a.to(torch.float64))


def _double(x: Number) -> Any:
    return x.to(torch.float64) if isinstance(x, Tensor) else x


def _first(results: tuple[Tensor, ...]) -> Tensor:
    return results[0]
