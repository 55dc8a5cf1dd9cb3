"""Spectral embedding of a graph, component by component."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import LinearOperator, eigsh

from graphcut._checks import check_size

# Angles between rows matter to k-means; 1e-4 is a hundredth of what separates clusters.
EIGENVALUE_TOLERANCE = 1e-4
# ARPACK needs more vertices than Lanczos vectors; smaller graphs are solved densely.
DENSE_BELOW = 200
# A component smaller than this share of a mean cluster is no cluster of its own.
SMALLEST_COMPONENT = 0.1


def large_components(graph: sp.csr_array, clusters: int) -> tuple[NDArray[np.int64], int]:
    """Components large enough to be clusters, numbered by falling number of vertices.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    clusters : int
        Number of clusters.

    Returns
    -------
    component : ndarray of int64, shape (n,)
        Number of the component; -1 in a small one.
    count : int
        Number of large components, at least 1 for n >= 1.
    """
    found, component = connected_components(graph, directed=False)
    counts = np.bincount(component, minlength=found)
    order = np.argsort(-counts, kind="stable")
    least = SMALLEST_COMPONENT * graph.shape[0] / clusters
    count = max(1, int((counts >= least).sum()))
    number = np.full(found, -1)
    number[order[:count]] = np.arange(count)
    return number[component].astype(np.int64), count


def spectral_embedding(
    graph: sp.csr_array, dimensions: int, component: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """Rows of the leading eigenvectors of D^-1/2 W D^-1/2, scaled to length 1.

    Ng, Jordan and Weiss (2001).

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    dimensions : int
        Number of eigenvectors.
    component : ndarray of int64, shape (n,)
        Component of each vertex, from 0 on; -1 leaves a vertex out.
    seed : int
        Of the starting vector.

    Returns
    -------
    ndarray of float64, shape (n, max(dimensions, number of components))
        Rows of length 1; 0 for vertices left out.
    """
    return unit_rows(eigenvectors(graph, dimensions, component, seed))


def unit_rows(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to length 1, where they are not 0.

    Parameters
    ----------
    vectors : ndarray of float64, shape (n, c)
        Eigenvectors in columns.

    Returns
    -------
    ndarray of float64, shape (n, c)
        Only angles are left, so degrees and how deep a vertex lies in its cluster do not count.
    """
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: NDArray[np.float64] = vectors / np.where(length > 0, length, 1.0)
    return rows


def walk_rows(graph: sp.csr_array, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of the eigenvectors of the random walk D^-1 W (Shi and Malik 2000).

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    vectors : ndarray of float64, shape (n, c)
        Eigenvectors of D^-1/2 W D^-1/2.

    Returns
    -------
    ndarray of float64, shape (n, c)
        D^-1/2 times the vectors. Small clusters lie far out, which finds them where sizes differ.
    """
    degrees = check_size("degree", graph)
    mean = float(degrees.mean()) if degrees.size else 1.0
    rows: NDArray[np.float64] = (
        vectors
        * np.sqrt(np.divide(mean, degrees, out=np.zeros_like(degrees), where=degrees > 0))[:, None]
    )
    return rows


def eigenvectors(
    graph: sp.csr_array, dimensions: int, component: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """Leading eigenvectors of D^-1/2 W D^-1/2, component by component.

    The eigenvectors of eigenvalue 1 are known: sqrt(D) on each component. They are projected out,
    so that Lanczos iteration, which finds one vector of a multiple eigenvalue, meets none.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    dimensions : int
        Number of eigenvectors.
    component : ndarray of int64, shape (n,)
        Component of each vertex, from 0 on; -1 leaves a vertex out.
    seed : int
        Of the starting vector.

    Returns
    -------
    ndarray of float64, shape (n, max(dimensions, number of components))
        Columns of length 1, rows of 0 for vertices left out.
    """
    alive = component >= 0
    degrees = check_size("degree", graph)
    scale = np.where(alive & (degrees > 0), 1 / np.sqrt(np.where(degrees > 0, degrees, 1)), 0.0)
    normalised = sp.csr_array(sp.diags_array(scale) @ graph @ sp.diags_array(scale))
    count = int(component.max()) + 1
    known = np.zeros((component.size, count))
    known[alive, component[alive]] = np.sqrt(degrees[alive])
    known /= np.maximum(np.linalg.norm(known, axis=0), np.finfo(float).tiny)
    if dimensions <= count:
        return known
    rest = _leading(normalised, known, dimensions - count, seed)
    return np.hstack([known, rest]) * alive[:, None]


def _leading(
    normalised: sp.csr_array, known: NDArray[np.float64], count: int, seed: int
) -> NDArray[np.float64]:
    """Eigenvectors of the largest eigenvalues beside the known ones."""
    n = normalised.shape[0]
    if n <= max(DENSE_BELOW, 3 * count):
        # Shifted by -2, the known ones (eigenvalue 1, now -1) stand behind no other.
        dense = normalised.toarray() - 2 * known @ known.T
        found: NDArray[np.float64] = np.linalg.eigh(dense)[1][:, ::-1][:, :count]
        return found

    def apply(x: NDArray[np.float64]) -> NDArray[np.float64]:
        y = normalised @ x - 2 * (known @ (known.T @ x))
        return np.asarray(y)

    operator = LinearOperator((n, n), matvec=apply, dtype=np.float64)
    start = np.random.default_rng(seed).standard_normal(n)
    vectors: NDArray[np.float64] = eigsh(
        operator, count, which="LA", tol=EIGENVALUE_TOLERANCE, v0=start
    )[1]
    return vectors[:, ::-1]
