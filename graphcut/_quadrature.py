"""Sums of exponentials for 1/q, and the range of q that a cluster needs.

1/q = int_0^inf exp(-q x) dx. A rule with nodes x_k and weights w_k that has a relative error of at
most delta for every q in a range integrates *every* mixture of such exponentials over that range,
hence every expected cut, with a relative error of at most delta: the error is known before the
graph is seen.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# NumPy's Gauss-Laguerre nodes hold their digits up to here; above R = 13 it would need more.
_LAGUERRE_NODES = 32
# The trapezoidal rule in y errs by at most 60 exp(-pi^2 / h): the poles of the integrand in y are
# at a distance of pi/2, the factor is measured over h in [.25, 1] and R in [1, 1e12].
_TRAPEZOID_FACTOR = 60.0
# Points per factor e of q at which the error of a rule is looked at; its waves are longer than h.
_SAMPLES = 64
_MOST_SAMPLES = 4096


# No sum of some dozen terms is better than this.
_ROUNDING = 1e-14


class Rule(NamedTuple):
    """Nodes and weights with |1 - q sum_k w_k exp(-q x_k)| <= error for 1 <= q <= ratio."""

    nodes: Vector
    weights: Vector
    error: float
    ratio: float


@lru_cache(maxsize=256)
def exponential_sum(ratio: float, rtol: float) -> Rule:
    """Few terms w_k exp(-q x_k) whose sum is 1/q to rtol for 1 <= q <= ratio.

    Gauss-Laguerre scaled to the geometric middle of the range, whose error is
    ((sqrt(R) - 1) / (sqrt(R) + 1))^(2n); for wide ranges the trapezoidal rule after
    x = exp(y - exp(-y)) (Takahasi and Mori 1974), whose number of terms grows with log R only.

    Parameters
    ----------
    ratio : float
        R >= 1.
    rtol : float
        Relative error, at least 1e-15.

    Returns
    -------
    Rule
        Positive weights, and the largest error found in the range.
    """
    root = np.sqrt(ratio)
    # log((root + 1) / (root - 1)) = 2 artanh(1 / root); at R = 1 a few terms do anyway.
    terms = int(np.ceil(np.log(4 / rtol) / (4 * np.arctanh(min(1 / root, 0.99))))) + 1
    rules = [_measured(*_doubly(ratio, rtol), ratio)]
    if terms <= min(_LAGUERRE_NODES, len(rules[0].nodes)):
        rules.append(_measured(*_laguerre(terms, root), ratio))
    fit = [rule for rule in rules if rule.error <= 2 * max(rtol, _ROUNDING)]
    return min(fit or rules, key=lambda rule: len(rule.nodes))


def _measured(nodes: Vector, weights: Vector, ratio: float) -> Rule:
    q = np.geomspace(1, ratio, min(2 + int(_SAMPLES * np.log(ratio)), _MOST_SAMPLES))
    off = np.abs(1 - q * (np.exp(-np.outer(q, nodes)) @ weights))
    for array in (nodes, weights):
        array.flags.writeable = False
    return Rule(nodes, weights, float(off.max()), ratio)


def _laguerre(terms: int, root: float) -> tuple[Vector, Vector]:
    nodes, weights = np.polynomial.laguerre.laggauss(terms)
    return nodes / root, weights * np.exp(nodes) / root


def _doubly(ratio: float, rtol: float) -> tuple[Vector, Vector]:
    nodes, weights = trapezoid(ratio, np.pi**2 / np.log(_TRAPEZOID_FACTOR / rtol))
    # The largest share of a term in 1/q is at q = 1/x, inside the range.
    q = np.clip(1 / nodes, 1, ratio)
    keep = q * weights * np.exp(-q * nodes) > rtol / 100
    return nodes[keep], weights[keep]


def trapezoid(ratio: float, step: float) -> tuple[Vector, Vector]:
    """Trapezoidal rule in y for the integral over x = exp(y - exp(-y)) / ratio.

    Parameters
    ----------
    ratio : float
        R >= 1: exp(-q x) with 1 <= q <= R is integrated to about 60 exp(-pi^2 / step).
    step : float
        Step in y.

    Returns
    -------
    tuple of ndarray
        Nodes and weights in x.
    """
    # Below y = -5 the weight is under exp(-150); above, exp(-x) of the smallest q has vanished.
    y = np.arange(-5.0, np.log(ratio) + 5.0, step)
    shrink = np.exp(-y)
    nodes = np.exp(y - shrink) / ratio
    return nodes, step * nodes * (1 + shrink)


def size_ranges(
    P: NDArray[np.float64], sizes: Vector, rtol: float, smallest: float, largest: float
) -> tuple[Vector, Vector]:
    """Range of q = s_i + sum_{l != i, j} s_l a_l outside which a share of rtol of E is left.

    By Chernoff's bound P(S <= q) <= exp(x q) E[exp(-x S)] at a few x, see docs/cuts.md; the
    factors of i and j change E[exp(-x S)] by at most exp(2 x max s), for the gradient too.

    Parameters
    ----------
    P : ndarray, shape (n, K)
        Probabilities.
    sizes : ndarray, shape (n,)
        Sizes of the vertices.
    rtol : float
        Relative tolerance.
    smallest : float
        Smallest size of a vertex with edges.
    largest : float
        Largest size of a vertex; `sizes` may be rounded down.

    Returns
    -------
    tuple of ndarray, shape (K,)
        Lower and upper ends, at least `smallest`.
    """
    # In units of the largest size no square overflows.
    s, first = sizes / largest, smallest / largest
    mean, square = s @ P, s**2 @ P
    tail = np.log((mean + 2) / (rtol * first))
    # The best x for a tail like Gauss's is sqrt(2 T / v); for one like Poisson's it is larger.
    middle = np.sqrt(2 * tail / (square + 1))
    low = np.full(P.shape[1], first)
    # Vertex i counts with its own size, the others may stand for larger ones.
    high = np.full(P.shape[1], float(s.sum()) + 1 - float(s.min()))
    for factor in (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0):
        x = factor * middle
        low = np.maximum(low, (-log_transform(P, s, x) - tail) / x - 2)
        # Beyond, exp(s x) may overflow.
        x = np.minimum(x, 300)
        high = np.minimum(high, (log_transform(P, s, -x) + tail) / x + 2)
    return low * largest, np.maximum(high, low) * largest


def log_transform(P: NDArray[np.float64], sizes: Vector, x: Vector) -> Any:
    """log E[exp(-x S)] = sum_l log(1 - p_l + p_l exp(-s_l x)), each column with its own x.

    Parameters
    ----------
    P : ndarray, shape (n, K)
        Probabilities.
    sizes : ndarray, shape (n,)
        Sizes.
    x : ndarray, shape (K,)
        Real.

    Returns
    -------
    ndarray, shape (K,)
        The logarithms, to n eps.
    """
    decay = np.multiply.outer(sizes, x)
    g = (1 - P) + P * np.exp(-decay)
    full = P == 1
    return np.where(full, -decay, np.log(np.where(full, 1.0, g))).sum(axis=0)
