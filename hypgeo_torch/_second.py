"""Second derivatives in b and c, by differences of the first ones.

F is analytic in b and, off the nonpositive integers, in c. The derivative of its gradient is that
of the polynomial through 16 Chebyshev points of an interval that starts at b (or c), is centred
there or ends there, so that 0 < b < c where that holds at the point. Half of its length is a third
of the scale on which F changes; the 16th Chebyshev coefficient is then far below rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

POINTS = 16
# Share of the room before an end of the domain, or of the distance to a singularity, to be used.
ROOM = 0.9
FROM_POLE = 0.25

Gradient = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@cache
def nodes_and_weights() -> tuple[list[float], list[tuple[float, float, float]]]:
    """Points on [-1, 1], and weights of the derivative at -1, 0, 1 (all in units of the half)."""
    theta = np.pi * (np.arange(POINTS) + 0.5) / POINTS
    x = np.cos(theta)
    # p = sum_k' (2/N) sum_j f_j T_k(x_j) T_k; T_k'(t) by the recurrence of the second kind.
    k = np.arange(POINTS)
    values = np.cos(np.outer(k, theta))
    values[0] *= 0.5
    weights = []
    for t in (-1.0, 0.0, 1.0):
        second_kind = np.array([_second_kind(n - 1, t) for n in range(POINTS)])
        weights.append((2.0 / POINTS) * (k * second_kind) @ values)
    left, middle, right = (w.tolist() for w in weights)
    return x.tolist(), list(zip(left, middle, right, strict=True))


def _second_kind(n: int, t: float) -> float:
    """Chebyshev polynomial U_n(t)."""
    before, now = 0.0, 1.0
    if n < 0:
        return 0.0
    for _ in range(n):
        before, now = now, 2 * t * now - before
    return now


def window(x: Tensor, below: Tensor, above: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    """Centre and half length of an interval with x at its left end, middle or right end.

    `below` and `above` are the room on either side, inf where there is no end.
    """
    centred = (below > half / ROOM) & (above > half / ROOM)
    up = above >= below
    room = torch.where(up, above, below)
    half = torch.where(centred, half, torch.minimum(half, 0.5 * ROOM * room))
    side = torch.where(centred, 0.0, torch.where(up, 1.0, -1.0)).to(x.dtype)
    return side, half


def slope(
    gradient: Callable[[Tensor], tuple[Tensor, ...]], x: Tensor, side: Tensor, half: Tensor
) -> tuple[Tensor, ...]:
    """Derivatives of every component of gradient(x), from points around x."""
    nodes, weights = nodes_and_weights()
    sums: list[Any] = []
    for node, (left, middle, right) in zip(nodes, weights, strict=True):
        # x is at -1 of an interval that starts there (side 1), at 1 of one that ends there (-1).
        even, odd = (left + right) / 2 - middle, (left - right) / 2
        weight = (middle + side * (odd + side * even)) / half
        terms = [weight * g for g in gradient(x + half * (side + node))]
        sums = [s + t for s, t in zip(sums, terms, strict=True)] if sums else terms
    return tuple(sums)


def hessian(
    gradient: Gradient, b: Tensor, c: Tensor, z: Tensor, pace: tuple[Tensor, Tensor], room: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Second derivatives in b and b, b and c, c and c.

    Parameters
    ----------
    gradient : callable
        First derivatives in b and c at (b, c).
    b, c, z : Tensor
        float64.
    pace : tuple of Tensor
        How fast the function changes with b and with c: the inverses of the half lengths.
    room : float
        Share of b, c - b and c that the half lengths may not exceed, inf where F is regular.
    """
    with torch.no_grad():
        inside, negative = is_home(b, c, z), (b > 0) & (c > 0) & (z < 0)
        inf = torch.full_like(b + c + z, torch.inf)
        below_b = torch.where(inside | negative, b, inf)
        above_b = torch.where(inside, c - b, inf)
        below_c = torch.where(inside, c - b, inf)
        pole = torch.where(c > 0, c, (c - c.round()).abs())
        half_b = torch.minimum(1 / pace[0], room * torch.minimum(below_b, above_b))
        half_c = torch.minimum(1 / pace[1], torch.minimum(room * below_c, FROM_POLE * pole))
        at_b = window(b, below_b, above_b, half_b)
        at_c = window(c, below_c, inf, half_c)
    (bb, _) = slope(lambda x: gradient(x, c), b, *at_b)
    (bc, cc) = slope(lambda x: gradient(b, x), c, *at_c)
    return bb, bc, cc


def is_home(b: Tensor, c: Tensor, z: Tensor) -> Tensor:
    """0 < b < c and 0 <= z <= 1."""
    return (b > 0) & (b < c) & (z >= 0) & (z <= 1)


def pace_of(
    a: Tensor, b: Tensor, c: Tensor, z: Tensor, log_b: Tensor, log_c: Tensor
) -> tuple[Tensor, Tensor]:
    """How fast F changes with b and c, from its logarithmic derivatives there.

    These bound the change of the logarithm, except near zeros; its own scale is that of the gamma
    functions of large m z, (m z)^-b.
    """
    most = 2 + torch.log1p((a * z).abs())
    by_b = torch.nan_to_num(log_b.abs(), nan=torch.inf)
    by_c = torch.nan_to_num(log_c.abs(), nan=torch.inf)
    curve_b, curve_c = 4 / (1 + b.abs()), 4 / (1 + c.abs())
    return torch.minimum(by_b, most) + curve_b, torch.minimum(by_c, most) + curve_c
