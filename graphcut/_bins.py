"""Groups of vertices with similar sizes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphcut._checks import check_integer

Vector = NDArray[np.float64]

_ROUNDS = 100


class Bins(NamedTuple):
    """Bin of each vertex, and the counts, smallest and largest size of bins, ascending."""

    of: NDArray[np.int64]
    counts: Vector
    smallest: Vector
    largest: Vector


def size_bins(sizes: Vector, n_bins: int, how: str) -> Bins:
    """Bin the vertices by size; equal sizes share a bin.

    Parameters
    ----------
    sizes : ndarray, shape (n,)
        Positive.
    n_bins : int
        At most so many; fewer where there are fewer different sizes.
    how : str
        "equal_frequency" or "log_kmeans": k-means of the logarithms.

    Returns
    -------
    Bins
        No bin is empty.

    Raises
    ------
    ValueError
        If `n_bins` is below 1 or the word is another one.
    """
    n_bins = check_integer(n_bins, 1, "n_bins")
    values, of, count = np.unique(sizes, return_inverse=True, return_counts=True)
    if how not in ("equal_frequency", "log_kmeans"):
        raise ValueError(f'bins is {how!r}; "equal_frequency" or "log_kmeans" is allowed')
    if not len(values):
        return Bins(of, values, values, values)
    if n_bins >= len(values):
        groups = np.arange(len(values))
    elif how == "equal_frequency":
        groups = (np.cumsum(count) - count) * n_bins // len(sizes)
    else:
        groups = _kmeans(np.log(values), count, int(n_bins))
    groups = np.unique(groups, return_inverse=True)[1]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    ends = np.append(starts[1:], len(values)) - 1
    of = groups[of]
    return Bins(of, np.bincount(of).astype(np.float64), values[starts], values[ends])


def _kmeans(points: Vector, weights: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Lloyd's rounds on sorted points from their quantiles: groups are intervals."""
    fractions = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    centres = np.unique(np.interp((np.arange(k) + 0.5) / k, fractions, points))
    groups = np.zeros(len(points), dtype=np.int64)
    for _ in range(_ROUNDS):
        found = np.searchsorted((centres[1:] + centres[:-1]) / 2, points)
        if np.array_equal(found, groups):
            break
        groups = found
        mass = np.bincount(groups, weights, len(centres))
        total = np.bincount(groups, weights * points, len(centres))
        centres = np.where(mass > 0, total / np.maximum(mass, 1), centres)
    return groups
