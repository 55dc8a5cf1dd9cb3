"""Nearest neighbours of every row: exact or approximate search, distances in double precision."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._units import power_of_two

Indices = NDArray[np.int64]
Distances = NDArray[np.float64]

BACKENDS = ("auto", "faiss", "pynndescent", "exact")
# Multiplications up to which an exact search stays within minutes on one core.
EXACT_WORK = 5e12
# Rows whose differences are formed at once: 64 MiB.
_BLOCK_ELEMENTS = 2**23
# Squares expanded in single precision are off by some 1e-7 of a row's square: where the last
# neighbour is nearer than this share of it, order is rounding to more than some 1e-4.
LOST_DIGITS = 2.0**-10


def nearest(X: Any, k: int, metric: str, backend: str, seed: int) -> tuple[Indices, Distances]:
    """Indices and distances of the k nearest other rows, nearest first.

    Parameters
    ----------
    X : ndarray or SciPy sparse, shape (n, d)
        Rows, finite, k < n.
    k : int
        Number of neighbours.
    metric : str
        "euclidean", "cosine", or for the backend "exact" any metric of scikit-learn.
    backend : str
        One of `BACKENDS`.
    seed : int
        Of approximate searches.

    Returns
    -------
    tuple of ndarray, shape (n, k)
        Indices (int64) and distances (float64), euclidean ones in some power of two as unit. A row
        never is its own neighbour; its duplicates are, at distance 0.
    """
    chosen = _choose(X, metric, backend)
    if metric in ("euclidean", "cosine"):
        X = _scaled(X, metric)
    if chosen == "exact":
        return _scikit_learn(X, k, metric)
    # Centred rows lose the fewest digits when squares are expanded in single precision.
    X -= X.mean(axis=0)
    found = _faiss(X, k + 1) if chosen == "faiss" else _pynndescent(X, k + 1, seed)
    indices = without_self(found, k)
    distances = _distances(X, indices)
    order = np.argsort(distances, axis=1, kind="stable")
    indices = np.take_along_axis(indices, order, axis=1)
    distances = np.take_along_axis(distances, order, axis=1)
    # Approximate searches may find fewer.
    unsure = (found < 0).any(axis=1)
    if chosen == "faiss" and _work(X) <= EXACT_WORK:
        unsure |= distances[:, -1] ** 2 < LOST_DIGITS * np.einsum("id,id->i", X, X)
    if unsure.any():
        indices[unsure], distances[unsure] = _exactly(X, np.flatnonzero(unsure), k)
    return indices, distances**2 / 2 if metric == "cosine" else distances


def _scaled(X: Any, metric: str) -> Any:
    """Copy in a unit in which no square overflows or vanishes; rows of length 1 for the cosine."""
    if metric == "euclidean":
        return X / power_of_two(abs(X).max())
    largest = abs(X).max(axis=1)
    if sp.issparse(X):
        X = sp.csr_array(X, copy=True)
        X.data /= np.repeat(power_of_two(largest.toarray().ravel()), np.diff(X.indptr))
        return X
    X = X / power_of_two(largest)[:, None]
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return X


def _work(X: Any) -> float:
    """Multiplications of an exact search."""
    return float(X.shape[0] ** 2 * X.shape[1])


def _choose(X: Any, metric: str, backend: str) -> str:
    dense = not sp.issparse(X) and metric in ("euclidean", "cosine")
    if backend in ("faiss", "pynndescent"):
        if not dense:
            raise ValueError(
                f"backend {backend!r} takes dense rows and the metrics euclidean and cosine, "
                f'not {metric!r} on {type(X).__name__}; backend="exact" does'
            )
        if find_spec(backend) is None:
            raise ImportError(f"backend {backend!r} needs the package {backend}")
        return backend
    if backend == "exact" or not dense:
        return "exact"
    order = ("faiss",) if _work(X) <= EXACT_WORK else ("pynndescent", "faiss")
    return next((name for name in order if find_spec(name) is not None), "exact")


def _scikit_learn(X: Any, k: int, metric: str) -> tuple[Indices, Distances]:
    try:
        from sklearn.neighbors import VALID_METRICS, NearestNeighbors
    except ImportError as error:
        raise ImportError('backend "exact" needs scikit-learn') from error
    known = sorted({name for names in VALID_METRICS.values() for name in names})
    if not callable(metric) and metric not in known:
        raise ValueError(
            f"metric is {metric!r}; a function or one of {', '.join(known)} is allowed"
        )
    search = NearestNeighbors(n_neighbors=k, metric=metric).fit(X)
    # Without an argument a row is not its own neighbour, duplicates included.
    distances, indices = search.kneighbors()
    return indices.astype(np.int64), distances.astype(np.float64)


def _exactly(X: NDArray[Any], rows: Indices, k: int) -> tuple[Indices, Distances]:
    """Neighbours of some rows, in double precision."""
    try:
        from sklearn.neighbors import NearestNeighbors
    except ImportError as error:
        raise ImportError("points in clusters that far apart need scikit-learn") from error
    X = X.astype(np.float64, copy=False)
    found = NearestNeighbors(n_neighbors=k + 1).fit(X).kneighbors(X[rows], return_distance=False)
    indices = without_self(found, k, rows)
    return indices, _distances(X, indices, rows)


def _faiss(X: NDArray[Any], k: int) -> Indices:
    import faiss

    rows = np.ascontiguousarray(X, dtype=np.float32)
    index: Any = faiss.IndexFlatL2(rows.shape[1])
    if _work(rows) > EXACT_WORK:
        # 32 links a vertex and these depths find more than 99% of the neighbours.
        index = faiss.IndexHNSWFlat(rows.shape[1], 32)
        index.hnsw.efConstruction, index.hnsw.efSearch = 80, max(64, 2 * k)
    index.add(rows)
    return np.asarray(index.search(rows, k)[1], dtype=np.int64)


def _pynndescent(X: NDArray[Any], k: int, seed: int) -> Indices:
    from pynndescent import NNDescent

    rows = np.ascontiguousarray(X, dtype=np.float32)
    index = NNDescent(rows, n_neighbors=max(k, 16), random_state=seed)
    return np.asarray(index.neighbor_graph[0][:, :k], dtype=np.int64)


def without_self(found: Indices, k: int, rows: Indices | None = None) -> Indices:
    """Drop each row's own index, or its last neighbour where duplicates hide the row itself.

    Parameters
    ----------
    found : ndarray of int64, shape (n, k + 1)
        Neighbours, nearest first.
    k : int
        Number kept.
    rows : ndarray of int64, shape (n,), optional
        Whose neighbours these are; 0 to n - 1 without.

    Returns
    -------
    ndarray of int64, shape (n, k)
        The others.
    """
    rows = np.arange(len(found)) if rows is None else rows
    own = found == rows[:, None]
    own[~own.any(axis=1), k] = True
    kept: Indices = found[~own].reshape(len(found), k)
    return kept


def _distances(X: NDArray[Any], indices: Indices, rows: Indices | None = None) -> Distances:
    """Euclidean distances from differences: exact zeros for duplicates, no cancellation."""
    n, k = indices.shape
    rows = np.arange(n) if rows is None else rows
    result = np.empty((n, k))
    step = max(1, _BLOCK_ELEMENTS // (k * X.shape[1]))
    for start in range(0, n, step):
        block = slice(start, start + step)
        difference = X[indices[block]] - X[rows[block], None]
        result[block] = np.sqrt(np.einsum("ikd,ikd->ik", difference, difference))
    return result
