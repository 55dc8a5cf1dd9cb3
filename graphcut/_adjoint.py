"""One pass over the nodes: expected cut of all clusters and its gradient, NumPy or torch.

With e = exp(-s x), g = 1 - p + p e, r = e / g, u = p r, v = (1 - p) / g:

    E   = sum_x w exp(sum_l log g_l) u^T W v,
    dE/dp_l = sum_x w exp(sum_{k != l} log g_k) (r_l ((W v)_l - (W u)_l) - (1 - e_l) u^T W v),

by du/dp = e / g^2, dv/dp = -e / g^2, dg/dp = -(1 - e), and W = W^T.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Product = Callable[[Any], Any]


class Sums(NamedTuple):
    """Value (K,), gradient (n, K) or None, and the values weighted with |log of the product|."""

    value: Any
    gradient: Any
    spread: Any


def integrate(
    xp: Any, product: Product, P: Any, sizes: Any, nodes: Iterable[tuple[Any, Any]], adjoint: bool
) -> Sums:
    """Sum the integrand over some nodes.

    Parameters
    ----------
    xp : module
        numpy or torch.
    product : callable
        (n, k) -> W times it.
    P : array, shape (n, K)
        Probabilities in double precision.
    sizes : array, shape (n,)
        Sizes.
    nodes : iterable of (x, w), each of shape (K,)
        Nodes and weights, for each cluster its own.
    adjoint : bool
        Whether the gradient is wanted.

    Returns
    -------
    Sums
        The sums over these nodes.
    """
    clusters = P.shape[1]
    value, spread = xp.zeros_like(P[0]), xp.zeros_like(P[0])
    gradient = xp.zeros_like(P) if adjoint else None
    rest, full = 1 - P, P == 1
    for x, weight in nodes:
        decay = sizes[:, None] * x
        g, logs, r, fall = _factors(xp, P, rest, full, decay)
        v = rest / g
        exponent = logs.sum(0)
        term = weight * xp.exp(exponent)
        u = P * r
        if gradient is None:
            flow = (u * product(v)).sum(0)
        else:
            both = product(xp.concatenate((v, u), 1))
            flow = (u * both[:, :clusters]).sum(0)
            # Here the product of all others: exp(exponent) / g may be 0 / 0.
            r *= both[:, :clusters] - both[:, clusters:]
            r -= fall * flow
            gradient += weight * xp.exp(exponent - logs) * r
        value = value + term * flow
        spread = spread + term * flow * abs(exponent)
    return Sums(value, gradient, spread)


def _factors(xp: Any, P: Any, rest: Any, full: Any, decay: Any) -> tuple[Any, Any, Any, Any]:
    """g (1 where p is 1), log g, e / g and 1 - e without cancellation or 0 / 0."""
    e = xp.exp(-decay)
    fall = -xp.expm1(-decay)
    lost = P * fall
    g = xp.where(full, 1.0, rest + P * e)
    # Both forms are exact to rounding where they are used: g near 1, and g a sum of positives.
    logs = xp.where(lost < 0.5, xp.log1p(-xp.where(full, 0.0, lost)), xp.log(g))
    logs = xp.where(full, -decay, logs)
    return g, logs, xp.where(full, 1.0, e / g), fall
