"""How well clusters describe the points themselves: a mixture of Gaussians on unseen points."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

FOLDS = 4
# Means and covariances need no more points than these.
ROWS = 20_000
# A covariance of more dimensions has too many entries for the points of a small cluster.
DIMENSIONS = 50
# Least variance in any direction, in shares of the mean one: clusters may be flat.
FLOOR = 1e-6
# Directions shorter than this share of the longest are rounding.
FLAT = 1e-6


def density_advantage(
    X: Any,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    clusters: int,
    seed: int,
) -> float:
    """By how many standard errors points are likelier under the first labels than the second.

    Each labelling stands for a mixture of Gaussians, one a cluster, with its mean, weight and
    covariance, which Ledoit and Wolf (2004) shrink to a multiple of the identity. They are
    estimated from three quarters of the points; the others are judged, pair by pair.

    Parameters
    ----------
    X : array or SciPy sparse, shape (n, d)
        Points.
    first, second : ndarray of int64, shape (n,)
        Clusters, below `clusters`.
    clusters : int
        Number of clusters.
    seed : int
        Of the choice of points.

    Returns
    -------
    float
        Mean difference of the log-density over its standard error; 0 where both are the same.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(X.shape[0], min(X.shape[0], ROWS), replace=False))
    points = _components(X[rows], seed)
    fold = rng.integers(FOLDS, size=len(rows))
    difference = _log_density(points, first[rows], clusters, fold)
    difference -= _log_density(points, second[rows], clusters, fold)
    error = float(difference.std()) / np.sqrt(len(rows))
    return float(difference.mean()) / error if error > 0 else 0.0


def _components(X: Any, seed: int) -> NDArray[np.float64]:
    """At most `DIMENSIONS` leading directions, without those in which nothing varies."""
    if X.shape[1] > DIMENSIONS:
        from sklearn.decomposition import TruncatedSVD

        keep = min(DIMENSIONS, X.shape[0])
        X = TruncatedSVD(keep, random_state=seed).fit_transform(X)
    elif sp.issparse(X):
        X = X.toarray()
    centred = np.asarray(X, dtype=np.float64)
    centred = centred - centred.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    varies = lengths > FLAT * lengths.max(initial=0.0)
    return np.asarray(centred @ directions[varies].T)


def _log_density(
    X: NDArray[np.float64], labels: NDArray[np.int64], clusters: int, fold: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Log-density of each point under the mixture that the other folds give."""
    from scipy.special import logsumexp

    if not X.shape[1]:
        return np.zeros(len(X))
    floor = FLOOR * float(X.var(axis=0).mean())
    found = np.zeros(len(X))
    for one in range(FOLDS):
        unseen = fold == one
        terms = []
        for k in range(clusters):
            members = X[~unseen & (labels == k)]
            if len(members) > 1:
                weight = np.log(len(members) / int(np.count_nonzero(~unseen)))
                terms.append(weight + _gaussian(X[unseen], members, floor))
        if terms:
            found[unseen] = logsumexp(np.array(terms), axis=0)
    return found


def _gaussian(
    X: NDArray[np.float64], members: NDArray[np.float64], floor: float
) -> NDArray[np.float64]:
    """Log-density, less d/2 log(2 pi), of points under the Gaussian of the members."""
    from scipy.linalg import cholesky, solve_triangular
    from sklearn.covariance import ledoit_wolf

    covariance = ledoit_wolf(members)[0] + floor * np.eye(X.shape[1])
    root = cholesky(covariance, lower=True)
    whitened = solve_triangular(root, (X - members.mean(axis=0)).T, lower=True)
    return np.asarray(-0.5 * (whitened**2).sum(axis=0) - np.log(np.diag(root)).sum())
