"""Nearest neighbours of every row: exact or approximate search, distances in double precision."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Distances = NDArray[np.float64]

BACKENDS = ("auto", "faiss", "pynndescent", "exact")
# Multiplications up to which an exact search stays within minutes on one core.
EXACT_WORK = 5e12
# Rows whose differences are formed at once: 64 MiB.
_BLOCK_ELEMENTS = 2**23


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
        Indices (int64) and distances (float64). A row never is its own neighbour; its
        duplicates are, at distance 0.
    """
    chosen = _choose(X, metric, backend)
    if chosen == "exact":
        return _scikit_learn(X, k, metric)
    if metric == "cosine":
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
    # Centred rows lose the fewest digits when squares are expanded in single precision.
    X = X - X.mean(axis=0)
    found = _faiss(X, k + 1) if chosen == "faiss" else _pynndescent(X, k + 1, seed)
    indices = without_self(found, k)
    distances = _distances(X, indices)
    order = np.argsort(distances, axis=1, kind="stable")
    indices = np.take_along_axis(indices, order, axis=1)
    distances = np.take_along_axis(distances, order, axis=1)
    return indices, distances**2 / 2 if metric == "cosine" else distances


def _choose(X: Any, metric: str, backend: str) -> str:
    if backend not in BACKENDS:
        raise ValueError(f"backend is {backend!r}; one of {', '.join(BACKENDS)} is allowed")
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
    work = float(X.shape[0]) ** 2 * X.shape[1]
    order = ("faiss",) if work <= EXACT_WORK else ("pynndescent", "faiss")
    return next((name for name in order if find_spec(name) is not None), "exact")


def _scikit_learn(X: Any, k: int, metric: str) -> tuple[Indices, Distances]:
    try:
        from sklearn.neighbors import NearestNeighbors
    except ImportError as error:
        raise ImportError('backend "exact" needs scikit-learn') from error
    search = NearestNeighbors(n_neighbors=k, metric=metric).fit(X)
    # Without an argument a row is not its own neighbour, duplicates included.
    distances, indices = search.kneighbors()
    return indices.astype(np.int64), distances.astype(np.float64)


def _faiss(X: NDArray[Any], k: int) -> Indices:
    import faiss

    rows = np.ascontiguousarray(X, dtype=np.float32)
    index: Any = faiss.IndexFlatL2(rows.shape[1])
    if float(rows.shape[0]) ** 2 * rows.shape[1] > EXACT_WORK:
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


def without_self(found: Indices, k: int) -> Indices:
    """Drop each row's own index, or its last neighbour where duplicates hide the row itself.

    Parameters
    ----------
    found : ndarray of int64, shape (n, k + 1)
        Neighbours, nearest first.
    k : int
        Number kept.

    Returns
    -------
    ndarray of int64, shape (n, k)
        The others.
    """
    own = found == np.arange(len(found))[:, None]
    own[~own.any(axis=1), k] = True
    kept: Indices = found[~own].reshape(len(found), k)
    return kept


def _distances(X: NDArray[Any], indices: Indices) -> Distances:
    """Euclidean distances from differences: exact zeros for duplicates, no cancellation."""
    n, k = indices.shape
    result = np.empty((n, k))
    rows = max(1, _BLOCK_ELEMENTS // (k * X.shape[1]))
    for start in range(0, n, rows):
        block = slice(start, start + rows)
        difference = X[indices[block]] - X[block, None]
        result[block] = np.sqrt(np.einsum("ikd,ikd->ik", difference, difference))
    return result
