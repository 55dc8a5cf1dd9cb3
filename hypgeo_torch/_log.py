"""Derivatives of log|F|, also where F leaves the range of a double."""

from __future__ import annotations

import torch
from torch import Tensor

from hypgeo._torch_call import numbers
from hypgeo_torch._evaluate import evaluate, factor_and_degree
from hypgeo_torch._library import result_dtype
from hypgeo_torch._second import is_home, slope

# Where |F| is between these, F and its derivatives have all their digits.
LEAST, MOST = 1e-250, 1e250
LOG_MOST = 500.0
# The nearest singularity of log F in b or c is 4 half lengths away: 16 points give 7.9^-16.
FROM_ZERO = 0.25

Full = tuple[Tensor, Tensor, Tensor, Tensor]  # a, b, c, z in double precision


def log_and_sign(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """log|F| and the sign of F."""
    given = numbers(a, b, c, z)
    log, sign = evaluate("log_hyp2f1_and_sign", given, result_dtype(b, c, z))
    return log, sign


def log_gradient(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> tuple[Tensor, ...]:
    """Partial derivatives of log|F| in b, c and z.

    Those of F over F where F is in range, or the function that Pfaff's transformation leaves.
    Elsewhere the one in z is a ratio of two values, known by their logarithms (DLMF 15.5.1), and
    those in b and c are differences of log|F| for b, c > 0.
    """
    dtype = result_dtype(b, c, z)
    full = _double(a), _double(b), _double(c), _double(z)
    if _is_idle(grows := _grows(*full)):
        slopes, lost = _quotients(*full)
    else:
        slopes, lost = _pfaff_quotients(*full, grows)
    if lost.device.type != "cpu":
        # The host must not wait to see which elements are lost, and 34 evaluations of all for
        # the others are too many.
        slopes[2] = torch.where(lost, _ratio(*full), slopes[2])
        slopes[:2] = [torch.where(lost, torch.nan, x) for x in slopes[:2]]
    elif lost.any():
        _replace(slopes, lost, full)
    return tuple(x.to(dtype) for x in slopes)


def _is_idle(mask: Tensor) -> bool:
    """Whether a mask of the CPU selects nothing; others are not waited for."""
    return mask.device.type == "cpu" and not mask.any()


def _grows(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> Tensor:
    """Where F may overflow while F(-m, c-b; c; z/(z-1)) lies between 0 and 1."""
    return (z < 0) & (b > 0) & (b < c) & (-a * torch.log1p(-z) > LOG_MOST)


def _quotients(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> tuple[list[Tensor], Tensor]:
    """F_b / F, F_c / F, F_z / F, and where they are lost."""
    given = numbers(a, b, c, z)
    f, f_b, f_c, f_z, _ = evaluate("hyp2f1_derivatives", given, torch.float64)
    size = f.abs()
    return [f_b / f, f_c / f, f_z / f], ~((size > LEAST) & (size < MOST))


def _pfaff_quotients(
    a: Tensor, b: Tensor, c: Tensor, z: Tensor, where: Tensor
) -> tuple[list[Tensor], Tensor]:
    """`_quotients`, by F = (1-z)^m F(-m, c-b; c; z/(z-1)) (DLMF 15.8.1) where asked for."""
    slopes, lost = _quotients(
        a, torch.where(where, c - b, b), c, torch.where(where, z / (z - 1), z)
    )
    by_b, by_c, by_z = slopes
    whole = (-by_b, by_c + by_b, a / (1 - z) - by_z / (z - 1) ** 2)
    return [torch.where(where, x, y) for x, y in zip(whole, slopes, strict=True)], lost


def _replace(slopes: list[Tensor], lost: Tensor, full: Full) -> None:
    """Put in place what does without F, for the elements that are lost."""
    a, b, c, z = (x.expand(lost.shape)[lost] for x in full)
    some = a, b, c, z
    log = evaluate("log_hyp2f1", some, torch.float64)[0]
    regular = torch.isfinite(log)
    half_b, half_c = _halves(b, c, z)
    middle = torch.zeros_like(b)
    (by_b,) = slope(
        lambda x: evaluate("log_hyp2f1", (a, x, c, z), torch.float64), b, middle, half_b
    )
    (by_c,) = slope(
        lambda x: evaluate("log_hyp2f1", (a, b, x, z), torch.float64), c, middle, half_c
    )
    for old, new in zip(slopes, (by_b, by_c, _ratio(*some)), strict=True):
        # At a zero of F the quotient is what there is: an infinity.
        old[lost] = torch.where(regular, new, old[lost])


def _halves(b: Tensor, c: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """Half lengths free of zeros of F and poles: of (0, c) in b, of (b, inf) or (0, inf) in c."""
    home, negative = is_home(b, c, z), (b > 0) & (c > 0) & (z < 0)
    half_b = torch.where(home, torch.minimum(b, c - b), torch.where(negative, b, torch.nan))
    half_c = torch.where(home, c - b, torch.where(negative, c, torch.nan))
    return FROM_ZERO * half_b, FROM_ZERO * half_c


def _ratio(a: Tensor, b: Tensor, c: Tensor, z: Tensor) -> Tensor:
    """F_z / F = -(m b / c) F(m-1, b+1, c+1; z) / F(m, b, c; z)."""
    factor, a_1 = factor_and_degree(a, b, c, 1)
    low, sign = evaluate("log_hyp2f1_and_sign", (a, b, c, z), torch.float64)
    high, other = evaluate("log_hyp2f1_and_sign", (a_1, b + 1, c + 1, z), torch.float64)
    ratio: Tensor = factor * sign * other * torch.exp(high - low)
    return ratio


def _double(x: Tensor) -> Tensor:
    return x.to(torch.float64)
