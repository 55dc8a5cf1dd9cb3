"""Kernels of the operators: F, its derivatives in z of any order, and their slopes in b and c."""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import Tensor

from hypgeo._dispatch import weighted_on_gpu
from hypgeo._torch_call import Arguments, Number, compute, numbers
from hypgeo_torch._library import result_dtype

EPS = 2.0**-52
# Plan tables, for which a shift of the parameters pays, end at b = 30 (plan_build.h).
SHIFTED_UP_TO = 30.0
# How much the rounding of b + n and c + n may change c - b, on which F depends by its ratio.
SHIFT_EPS = 4.0


def evaluate(operation: str, given: Arguments, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Results of a ufunc of hypgeo at a, b, c, z; NaN where `a` does not end the series."""
    return compute(operation, (_ending(given[0]), *given[1:]), dtype)


def value(a: Tensor, b: Tensor, c: Tensor, z: Tensor, order: int = 0) -> Tensor:
    """The derivative of F of this order in z.

    By DLMF 15.5.2, ``(-m)_n (b)_n / (c)_n F(n-m, b+n; c+n; z)``, where parameters are numbers and
    a shift of them loses nothing: plans make that fast. Else by the derivatives of F.
    """
    dtype = result_dtype(b, c, z)
    given = numbers(a, b, c, z)
    if order == 0:
        return evaluate("hyp2f1", given, dtype)[0]
    if order > 2 or _is_shiftable(given, order):
        return shifted(given, order, dtype)
    if order == 1:
        return evaluate("slopes_in_c_and_z", given, dtype)[1]
    return evaluate("hyp2f1_derivatives", given, dtype)[4]


def weighted(a: Tensor, b: Tensor, c: Tensor, z: Tensor, weight: Tensor, order: int = 0) -> Tensor:
    """`value` times a weight, with no other temporary than the result."""
    given, factor = numbers(a, b, c, z), 1.0
    dtype = result_dtype(b, c, z, weight)
    if order > 0 and _is_shiftable(given, order):
        factor, (a_n, b_n, c_n, _) = _shift(given, order)
        if _is_for_gpu(given[3], weight):
            return cast(Tensor, weighted_on_gpu(_ending(a_n), b_n, c_n, given[3], weight, factor))
        result = evaluate("hyp2f1", (a_n, b_n, c_n, given[3]), result_dtype(b, c, z))[0]
    else:
        result = value(a, b, c, z, order)
    if dtype == result.dtype and _fits(weight, result):
        # In one pass over the memory.
        return torch.addcmul(result.new_zeros(()), result, weight, value=factor, out=result)
    return (result * weight * factor).to(dtype)


def _is_for_gpu(z: Number, weight: Tensor) -> bool:
    """Whether the kernels of a device can multiply where they compute."""
    if not isinstance(z, Tensor) or z.device.type != "cuda":
        return False
    return (z.shape, z.dtype, z.device) == (weight.shape, weight.dtype, weight.device)


def _fits(x: Tensor, into: Tensor) -> bool:
    """Whether x broadcasts to the shape of the other."""
    missing = into.dim() - x.dim()
    return missing >= 0 and all(
        n in (1, m) for n, m in zip(x.shape, into.shape[missing:], strict=True)
    )


def slopes(a: Tensor, b: Tensor, c: Tensor, z: Tensor, order: int = 0) -> tuple[Tensor, ...]:
    """Of `gradient`, the derivatives in c and z: without the one in b they take less."""
    if order > 0:
        return gradient(a, b, c, z, order)[1:]
    return evaluate("slopes_in_c_and_z", numbers(a, b, c, z), result_dtype(b, c, z))


def gradient(a: Tensor, b: Tensor, c: Tensor, z: Tensor, order: int = 0) -> tuple[Tensor, ...]:
    """Partial derivatives in b, c, z of the derivative of F of this order in z.

    With ``P = (-m)_n (b)_n / (c)_n`` and ``G = F(n-m, b+n; c+n; z)``, the one in b is
    ``P (G_b + G sum_{j<n} 1/(b+j))``, the one in c ``P (G_c - G sum_{j<n} 1/(c+j))``.
    """
    dtype = result_dtype(b, c, z)
    given = numbers(a, b, c, z)
    if order == 0:
        return evaluate("hyp2f1_derivatives", given, dtype)[1:4]
    factor, shift = _shift(given, order)
    g, g_b, g_c, g_z, _ = evaluate("hyp2f1_derivatives", shift, torch.float64)
    rise_b = sum(1 / (shift[1] - j) for j in range(1, order + 1))
    rise_c = sum(1 / (shift[2] - j) for j in range(1, order + 1))
    results = (factor * (g_b + g * rise_b), factor * (g_c - g * rise_c), factor * g_z)
    return tuple(x.to(dtype) for x in results)


def minus_one(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> Tensor:
    """F - 1 without the cancellation."""
    return evaluate("hyp2f1m1", numbers(a, b, c, z), result_dtype(b, c, z))[0]


def shifted(given: Arguments, order: int, dtype: torch.dtype) -> Tensor:
    """DLMF 15.5.2 as it stands."""
    factor, shift = _shift(given, order)
    if isinstance(factor, Tensor):
        return (factor * evaluate("hyp2f1", shift, torch.float64)[0]).to(dtype)
    return evaluate("hyp2f1", (*shift[:3], given[3]), dtype)[0].mul_(factor)


def _shift(given: Arguments, order: int) -> tuple[Any, Arguments]:
    """(a)_n (b)_n / (c)_n and a + n, b + n, c + n, z, in double precision."""
    a, b, c, z = (x.to(torch.float64) if isinstance(x, Tensor) else x for x in given)
    factor, a_n = factor_and_degree(a, b, c, order)
    return factor, (a_n, b + order, c + order, z)


def factor_and_degree(a: Any, b: Any, c: Any, order: int) -> tuple[Any, Any]:
    """(a)_n (b)_n / (c)_n and a + n; 0 and 0 where the degree is below the order."""
    factor: Any = 1.0
    over: Any = False
    for j in range(order):
        over = (a + j == 0) | over
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


def _is_shiftable(given: Arguments, order: int) -> bool:
    """Whether a, b, c are numbers that allow for 15.5.2 without loss."""
    a, b, c, _ = given
    if isinstance(a, Tensor) or isinstance(b, Tensor) or isinstance(c, Tensor):
        return False
    gap = c - b
    lost = abs(((c + order) - (b + order)) - gap)
    return 0 < b <= SHIFTED_UP_TO and lost <= SHIFT_EPS * EPS * abs(gap)


def _ending(a: Number) -> Number:
    """`a`, NaN where it is no nonpositive integer; no copy where it always is."""
    if not isinstance(a, Tensor):
        return a if a <= 0 and a == math.floor(a) else math.nan
    wrong = a > 0
    if a.is_floating_point():
        wrong = wrong | (a != a.floor())
    if a.device.type == "cpu" and not wrong.any():
        return a
    return torch.where(wrong, torch.nan, a.to(torch.float64))
