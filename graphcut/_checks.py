"""What every public function asks of graphs, labels, assignments and sizes."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Size: TypeAlias = Literal["count", "degree"] | Any

# Rows of float32 softmaxes add to one within a few hundred ulp; a wrong table is off by far more.
SIMPLEX_TOLERANCE = 1e-4
# Two sums of the same weights in different orders differ by this, relative to the larger one.
SYMMETRY_TOLERANCE = 64 * float(np.finfo(np.float32).eps)


def is_torch(x: Any) -> bool:
    """Tell torch tensors apart without importing torch."""
    return type(x).__module__.partition(".")[0] == "torch" or any(
        base.__module__ == "torch" and base.__name__ == "Tensor" for base in type(x).__mro__
    )


def to_numpy(x: Any) -> Array:
    """NumPy array of what may be a torch tensor.

    Parameters
    ----------
    x : array_like or torch.Tensor
        On any device, with or without gradients.

    Returns
    -------
    ndarray
        The same numbers.
    """
    return np.asarray(x.detach().cpu().numpy() if is_torch(x) else x)


def check_graph(W: Any, name: str = "W") -> sp.csr_array:
    """Symmetric nonnegative weights with zero diagonal, as CSR.

    Parameters
    ----------
    W : SciPy sparse array or matrix, array or torch tensor, shape (n, n)
        Weights. Explicit zeros are dropped, duplicate entries added.
    name : str
        Name of the argument in error messages.

    Returns
    -------
    scipy.sparse.csr_array
        float32 if `W` is, else float64; indices sorted, no explicit zeros, no copy where none is
        needed.

    Raises
    ------
    TypeError
        If `W` is not a matrix of numbers.
    ValueError
        If `W` is not square, or has a negative or infinite weight, a self-loop or a weight
        without an equal partner across the diagonal.
    """
    graph = _as_csr(W, name)
    rows, columns = graph.shape
    if rows != columns:
        raise ValueError(f"{name} has shape {graph.shape}; a graph is square")
    if not np.isfinite(graph.data).all():
        raise ValueError(f"{name} holds {_first(graph, ~np.isfinite(graph.data))}; finite allowed")
    if (graph.data < 0).any():
        raise ValueError(f"{name} holds {_first(graph, graph.data < 0)}; weights are nonnegative")
    loops = graph.diagonal()
    if loops.any():
        i = int(np.flatnonzero(loops)[0])
        raise ValueError(
            f"{name}[{i}, {i}] is {loops[i]:g}; self-loops are not allowed, "
            f"graphcut.formats.clean_graph removes them"
        )
    _check_symmetry(graph, name)
    return graph


def _as_csr(W: Any, name: str) -> sp.csr_array:
    if is_torch(W):
        from graphcut._torch_sparse import torch_to_scipy

        W = torch_to_scipy(W)
    if not sp.issparse(W):
        W = np.asarray(W)
        if W.ndim != 2 or W.dtype.kind not in "fiub":
            raise TypeError(
                f"{name} has dtype {W.dtype} and {W.ndim} dimensions; a SciPy sparse or a real "
                f"two-dimensional array is needed"
            )
    if W.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {W.dtype}; real numbers are allowed")
    dtype = np.float32 if W.dtype == np.float32 else np.float64
    # Converted first: sums of duplicates overflow in small integers.
    graph = sp.csr_array(W.astype(dtype, copy=False))
    if not graph.has_canonical_format or (graph.data == 0).any():
        graph = graph.copy()
        graph.sum_duplicates()
        graph.eliminate_zeros()
    return graph


def _first(graph: sp.csr_array, bad: Array) -> str:
    k = int(np.flatnonzero(bad)[0])
    i = int(np.searchsorted(graph.indptr, k, side="right")) - 1
    return f"{graph.data[k]:g} at ({i}, {graph.indices[k]})"


def _check_symmetry(graph: sp.csr_array, name: str) -> None:
    mirror = graph.T.tocsr()
    mirror.sort_indices()
    # Equal patterns are the rule and compare in a single pass.
    if np.array_equal(graph.indptr, mirror.indptr) and np.array_equal(
        graph.indices, mirror.indices
    ):
        gap = np.abs(graph.data - mirror.data)
        bad = gap > SYMMETRY_TOLERANCE * np.maximum(graph.data, mirror.data)
        if not bad.any():
            return
    difference = sp.coo_array(abs(graph - mirror))
    k = int(np.argmax(difference.data))
    i, j = int(difference.coords[0][k]), int(difference.coords[1][k])
    raise ValueError(
        f"{name}[{i}, {j}] is {graph[i, j]:g} and {name}[{j}, {i}] is {graph[j, i]:g}; a graph is "
        f"symmetric, graphcut.formats.clean_graph makes it so"
    )


def check_integer(value: Any, least: int, name: str, most: float = np.inf) -> int:
    """An integer, of Python or NumPy.

    Parameters
    ----------
    value : Any
        Argument.
    least : int
        Smallest that is allowed.
    name : str
        Name of the argument in error messages.
    most : float
        Largest that is allowed.

    Returns
    -------
    int
        The argument.

    Raises
    ------
    ValueError
        If it is none, too small or too large.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, Integral)
        or not least <= int(value) <= most
    ):
        end = f"to {most}" if most < np.inf else "on"
        raise ValueError(f"{name} is {value!r}; an integer from {least} {end} is allowed")
    return int(value)


def check_confidence(value: Any) -> float:
    """A probability between 0 and 1.

    Parameters
    ----------
    value : Any
        Argument `confidence`.

    Returns
    -------
    float
        The argument.

    Raises
    ------
    ValueError
        If it is another one.
    """
    if not (isinstance(value, Real) and 0 < float(value) < 1):
        raise ValueError(f"confidence is {value!r}; between 0 and 1 is allowed")
    return float(value)


def check_labels(labels: Any, n: int, name: str = "labels") -> NDArray[np.int64]:
    """Cluster of each vertex: integers from 0 on, gaps allowed.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Labels.
    n : int
        Number of vertices.
    name : str
        Name of the argument in error messages.

    Returns
    -------
    ndarray of int64, shape (n,)
        The labels.

    Raises
    ------
    TypeError
        If a label is no integer.
    ValueError
        If the shape is another one or a label is negative.
    """
    array = to_numpy(labels)
    if array.shape != (n,):
        raise ValueError(f"{name} has shape {array.shape}; ({n},) is needed, one per vertex")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {array.dtype}; integers from 0 on are allowed")
    if array.size and array.min() < 0:
        i = int(np.argmin(array))
        raise ValueError(f"{name}[{i}] is {array[i]}; integers from 0 on are allowed")
    return array.astype(np.int64, copy=False)


def check_assignments(P: Any, n: int, name: str = "P") -> NDArray[np.float64]:
    """Rows on the simplex, as float64.

    Parameters
    ----------
    P : array_like, shape (n, K)
        Probability of each cluster for each vertex.
    n : int
        Number of vertices.
    name : str
        Name of the argument in error messages.

    Returns
    -------
    ndarray of float64, shape (n, K)
        The probabilities, not renormalised.

    Raises
    ------
    TypeError
        If it is no dense array of real numbers.
    ValueError
        If the shape is another one, an entry lies outside [0, 1], or a row does not add to 1
        within `SIMPLEX_TOLERANCE`.
    """
    array = _real(P, name)
    if array.ndim != 2 or array.shape[0] != n or array.shape[1] == 0:
        raise ValueError(f"{name} has shape {array.shape}; ({n}, K) with K >= 1 is needed")
    outside = ~((array >= 0) & (array <= 1))
    if outside.any():
        i, k = (int(x[0]) for x in np.nonzero(outside))
        raise ValueError(f"{name}[{i}, {k}] is {float(array[i, k])!r}; probabilities lie in [0, 1]")
    off = np.abs(array.sum(axis=1) - 1)
    if array.size and off.max() > SIMPLEX_TOLERANCE:
        i = int(np.argmax(off))
        raise ValueError(f"{name}[{i}] adds to {array[i].sum():.9g}; rows add to 1")
    return array


def _real(values: Any, name: str) -> NDArray[np.float64]:
    array = to_numpy(values)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {array.dtype}; a dense array of real numbers is needed")
    return array.astype(np.float64, copy=False)


def check_size(size: Size, graph: sp.csr_array, name: str = "size") -> NDArray[np.float64]:
    """Size of each vertex.

    Parameters
    ----------
    size : {"count", "degree"} or array_like, shape (n,)
        1 for each vertex (ratio cut), its degree (normalised cut), or the sizes themselves.
    graph : scipy.sparse.csr_array, shape (n, n)
        Checked weights.
    name : str
        Name of the argument in error messages.

    Returns
    -------
    ndarray of float64, shape (n,)
        Positive; 0 is possible for vertices without edges only.

    Raises
    ------
    TypeError
        If it is neither a word nor an array of real numbers.
    ValueError
        If the word is another one, the shape is wrong, or a size is not positive and finite.
    """
    n = graph.shape[0]
    degrees = np.asarray(graph.sum(axis=1, dtype=np.float64)).ravel()
    if isinstance(size, str):
        if size not in ("count", "degree"):
            raise ValueError(f'{name} is {size!r}; "count", "degree" or an array is allowed')
        return np.ones(n) if size == "count" else degrees
    sizes = _real(size, name)
    if sizes.shape != (n,):
        raise ValueError(f"{name} has shape {sizes.shape}; ({n},) is needed, one per vertex")
    bad = ~np.isfinite(sizes) | (sizes < 0) | ((sizes == 0) & (degrees > 0))
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"{name}[{i}] is {float(sizes[i])!r}; vertices with edges have positive sizes"
        )
    return sizes
