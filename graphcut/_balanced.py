"""k-means whose clusters keep their sizes within bounds, by prices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ITERATIONS = 30
PRICE_STEPS = 60
# Relative to a difference of two costs, whose own rounding is below this.
PAST_TIES = 1e-9


def balanced_kmeans(
    points: Floats,
    sizes: Floats,
    clusters: int,
    bounds: tuple[float, float],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Lloyd's iteration in which a cluster outside the bounds changes its price.

    Each point chooses the cluster with the smallest squared distance plus price. The price of the
    cluster farthest outside the bounds is changed until just as much leaves or joins it as is
    needed (coordinate ascent of the dual of the assignment problem with bounds).

    Parameters
    ----------
    points : ndarray of float64, shape (n, d)
        Points.
    sizes : ndarray of float64, shape (n,)
        Weights of the points.
    clusters : int
        Number of clusters.
    bounds : tuple of float
        Smallest and largest sum of weights; not always reached.
    rng : numpy.random.Generator
        Chooses the first centres as k-means++ does.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels below `clusters`.
    """
    centres = points[_plus_plus(points, sizes, clusters, rng)]
    prices = np.zeros(clusters)
    labels = np.full(points.shape[0], -1)
    for _ in range(ITERATIONS):
        costs = _distances(points, centres)
        new, prices = _assign(costs, sizes, bounds, prices)
        if np.array_equal(new, labels):
            break
        labels = new
        weights = np.zeros((points.shape[0], clusters))
        weights[np.arange(labels.size), labels] = sizes
        total = weights.sum(axis=0)
        kept = total > 0
        centres[kept] = (weights.T @ points)[kept] / total[kept, None]
    return labels.astype(np.int64)


def _distances(points: Floats, centres: Floats) -> Floats:
    squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    distances: Floats = np.maximum(squares - 2 * points @ centres.T, 0.0)
    return distances


def _plus_plus(points: Floats, sizes: Floats, clusters: int, rng: np.random.Generator) -> list[int]:
    n = points.shape[0]
    weight = np.where(sizes > 0, sizes, np.finfo(float).tiny)
    chosen = [int(rng.choice(n, p=weight / weight.sum()))]
    nearest = _distances(points, points[chosen])[:, 0]
    for _ in range(clusters - 1):
        chance = weight * nearest
        total = chance.sum()
        chance = chance / total if total > 0 else weight / weight.sum()
        chosen.append(int(rng.choice(n, p=chance)))
        nearest = np.minimum(nearest, _distances(points, points[chosen[-1:]])[:, 0])
    return chosen


def _assign(
    costs: Floats, sizes: Floats, bounds: tuple[float, float], prices: Floats
) -> tuple[NDArray[np.intp], Floats]:
    """Cheapest clusters, after the prices of clusters outside the bounds were changed in turn."""
    offers = costs + prices
    labels = np.argmin(offers, axis=1)
    for _ in range(PRICE_STEPS):
        total = np.bincount(labels, weights=sizes, minlength=prices.size)
        over, under = total - bounds[1], bounds[0] - total
        worst = int(np.argmax(np.maximum(over, under)))
        need = max(over[worst], under[worst])
        if need <= 0:
            break
        offers[:, worst] += _change(offers, labels, sizes, worst, need, over[worst] > 0)
        labels = np.argmin(offers, axis=1)
    return labels, (offers - costs)[0]


def _change(
    offers: Floats, labels: NDArray[np.intp], sizes: Floats, k: int, need: float, over: bool
) -> float:
    """Change of the price of k after which points of `need` in sum leave or join it."""
    rest = np.delete(offers, k, axis=1).min(axis=1)
    some = np.flatnonzero((labels == k) == over)
    gap = np.abs(offers[some, k] - rest[some])
    order = np.argsort(gap)
    last = int(np.searchsorted(np.cumsum(sizes[some][order]), need))
    change = float(gap[order[min(last, order.size - 1)]])
    # Past the tie, so that the last of them does change.
    change = float(np.nextafter(change * (1 + PAST_TIES), np.inf))
    return change if over else -change
