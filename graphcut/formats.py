"""Graphs from files and from other libraries, as symmetric CSR with zero diagonal."""

from __future__ import annotations

import operator
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from graphcut._checks import check_graph, is_torch, to_numpy
from graphcut._metis import read_metis
from graphcut._reading import (
    check_vertex_count,
    check_zip,
    naming,
    read_lines,
    shortest,
    to_numbers,
)
from graphcut._torch_sparse import scipy_to_torch, torch_to_scipy
from graphcut._weights import SYMMETRIES, symmetrize

__all__ = [
    "clean_graph",
    "from_edge_index",
    "from_networkx",
    "read_graph",
    "read_metis",
    "scipy_to_torch",
    "torch_to_scipy",
]

_EDGE_LISTS = (".txt", ".edges", ".edgelist", ".csv", ".tsv", ".el")
_SEPARATOR = re.compile(r"\s*,\s*|\s+")


def clean_graph(W: Any, symmetry: str = "mean") -> sp.csr_array:
    """Drop self-loops and make the weights symmetric.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Nonnegative weights, possibly directed, possibly with self-loops.
    symmetry : {"mean", "union", "mutual"}
        (A + A^T) / 2, the larger or the smaller of both directions.

    Returns
    -------
    scipy.sparse.csr_array
        A graph that every function here takes.

    Raises
    ------
    TypeError
        If `W` holds no real numbers.
    ValueError
        If `W` is not square, has a negative or infinite weight, or the word is another one.

    Examples
    --------
    >>> from graphcut.formats import clean_graph
    >>> clean_graph([[5, 1], [0, 0]]).toarray().tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    if symmetry not in SYMMETRIES:
        raise ValueError(f"symmetry is {symmetry!r}; one of {', '.join(SYMMETRIES)} is allowed")
    return _clean(_as_float(W, "W"), symmetry, "W")


def _clean(W: Any, symmetry: str, name: str) -> sp.csr_array:
    if W.ndim != 2 or W.shape[0] != W.shape[1]:
        raise ValueError(f"{name} has shape {W.shape}; a graph is square")
    edges = sp.csr_array(W).tocoo()
    # Checked here: the larger of a negative weight and a missing one is 0.
    if not (np.isfinite(edges.data).all() and (edges.data >= 0).all()):
        worst = edges.data[~(edges.data >= 0) | np.isinf(edges.data)][0]
        raise ValueError(f"{name} holds {shortest(worst)}; weights are nonnegative and finite")
    rows, columns = edges.coords
    keep = rows != columns
    graph = sp.coo_array((edges.data[keep], (rows[keep], columns[keep])), edges.shape).tocsr()
    return check_graph(symmetrize(graph, symmetry), name)


def _as_float(W: Any, name: str) -> Any:
    """As float32 or float64 of NumPy or SciPy: sums of duplicates overflow in narrow integers."""
    if is_torch(W):
        import torch

        W = torch_to_scipy(W if W.is_complex() or W.dtype == torch.float32 else W.double())
    if not sp.issparse(W):
        W = np.asarray(W)
    if W.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {W.dtype}; real numbers are allowed")
    return W.astype(np.float32 if W.dtype == np.float32 else np.float64)


def from_edge_index(edge_index: Any, edge_weight: Any = None, n: int | None = None) -> sp.csr_array:
    """Graph of a list of edges (PyTorch Geometric's `edge_index`, NumPy or torch).

    Edges are undirected: listed once or in both directions, they count once, with the larger
    weight. Weights of an edge repeated in the same direction add up. Self-loops are dropped.

    Parameters
    ----------
    edge_index : array_like or torch.Tensor of int, shape (2, E) or (E, 2)
        Vertices from 0 to n - 1; for E = 2 the shape is read as (2, E).
    edge_weight : array_like or torch.Tensor, shape (E,), optional
        Nonnegative weights; 1 without.
    n : int, optional
        Number of vertices; the largest index + 1 without. More than 10^8 are refused where that
        is more than 1000 for each edge: such indices are identifiers, to be relabelled.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
        Symmetric weights with zero diagonal.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> from graphcut.formats import from_edge_index
    >>> from_edge_index([[0, 1, 1], [1, 0, 2]]).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    edges = to_numpy(edge_index)
    if edges.ndim == 2 and edges.shape[0] != 2 and edges.shape[1] == 2:
        edges = edges.T
    if edges.ndim != 2 or edges.shape[0] != 2:
        raise ValueError(f"edge_index has shape {edges.shape}; (2, E) or (E, 2) is needed")
    if edges.size and edges.dtype.kind not in "iu":
        raise TypeError(f"edge_index has dtype {edges.dtype}; integers from 0 on are allowed")
    if edges.size and edges.min() < 0:
        raise ValueError(f"edge_index holds {edges.min()}; vertices count from 0 on")
    n = _vertex_count(n, int(edges.max(initial=0)) + 1 if edges.size else 0)
    check_vertex_count(n, edges.shape[1])
    weights = np.ones(edges.shape[1]) if edge_weight is None else to_numpy(edge_weight)
    if weights.shape != (edges.shape[1],):
        raise ValueError(f"edge_weight has shape {weights.shape}; ({edges.shape[1]},) is needed")
    rows, columns = edges.astype(np.int64)
    weights = _as_float(weights, "edge_weight")
    return _clean(sp.coo_array((weights, (rows, columns)), (n, n)), "union", "edge_weight")


def _vertex_count(n: Any, least: int) -> int:
    if n is None:
        return least
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"n is {n!r}; None or an integer is allowed") from None
    if count < 0:
        raise ValueError(f"n is {count}; integers from 0 on are allowed")
    if count < least:
        raise ValueError(f"n is {count}; edge_index holds the vertex {least - 1}")
    return count


def from_networkx(G: Any, weight: str | None = "weight") -> sp.csr_array:
    """Graph of a NetworkX graph, vertices in the order of `G.nodes`.

    Parameters
    ----------
    G : networkx.Graph or DiGraph
        Directed edges become undirected with the larger weight; self-loops are dropped.
    weight : str, optional
        Attribute with the weight, 1 where an edge has none; None for weights of 1.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
        Symmetric weights with zero diagonal.

    Raises
    ------
    ValueError
        If a weight is negative or infinite.

    Examples
    --------
    >>> import networkx
    >>> from graphcut.formats import from_networkx
    >>> from_networkx(networkx.path_graph(3)).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    import networkx

    W = networkx.to_scipy_sparse_array(G, weight=weight, dtype=np.float64, format="csr")
    return _clean(W, "union", "G")


def read_graph(path: str | os.PathLike[str], first: int = 0) -> sp.csr_array:
    r"""Graph of a file, by the ending of its name.

    - `.mtx`: Matrix Market; `.graph`, `.metis`: METIS, whose vertex weights `read_metis` gives;
    - `.npz`: `scipy.sparse.save_npz`, or arrays `edges` (E, 2) with optional `weights` and `n`;
    - `.txt`, `.edges`, `.edgelist`, `.el`, `.csv`, `.tsv`: lines "i j" or "i j weight",
      separated by blanks or commas; lines from # or % are comments.

    Self-loops are dropped; edges are undirected, listed once or in both directions. Vertices are
    numbered up to n - 1: more than 10^8 are refused where that is more than 1000 for each edge.

    Parameters
    ----------
    path : str or path
        The file.
    first : int
        The first vertex's number in edge lists.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, n)
        Symmetric weights with zero diagonal.

    Raises
    ------
    TypeError, ValueError
        If the ending is another one or the content is not a graph.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from graphcut.formats import read_graph
    >>> path = pathlib.Path(tempfile.mkdtemp(), "triangle.txt")
    >>> _ = path.write_text("0 1\n1 2\n0 2\n")
    >>> read_graph(path).nnz
    6
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in (".graph", ".metis"):
        return read_metis(path)[0]
    with naming(path):
        if ending == ".mtx":
            return _read_mtx(path)
        if ending == ".npz":
            return _read_npz(path)
        if ending in _EDGE_LISTS:
            return _read_edges(path, first)
    known = ", ".join((".mtx", ".graph", ".metis", ".npz", *_EDGE_LISTS))
    raise ValueError(f"path is {str(path)!r}; the endings {known} are known")


def _read_mtx(path: Path) -> sp.csr_array:
    from scipy.io import mmread

    W = mmread(path)
    if sp.issparse(W):
        check_vertex_count(max(W.shape), W.nnz)
    return _clean(_as_float(W, "the matrix"), "union", "the matrix")


def _read_npz(path: Path) -> sp.csr_array:
    check_zip(path)
    with np.load(path, allow_pickle=False) as file:
        names = set(file.files)
        if "edges" in names:
            edges = file["edges"]
            # Always (E, 2) here, where `from_edge_index` reads two edges as (2, E).
            edges = edges.T if edges.shape == (2, 2) else edges
            weights = file["weights"] if "weights" in names else None
            return from_edge_index(edges, weights, file["n"] if "n" in names else None)
    if not {"data", "shape", "format"} <= names:
        raise ValueError(
            f"the archive holds {', '.join(sorted(names))}; edges, or a matrix of "
            f"scipy.sparse.save_npz, is needed"
        )
    return _clean(_as_float(sp.load_npz(path), "the matrix"), "union", "the matrix")


def _read_edges(path: Path, first: int) -> sp.csr_array:
    rows = [
        (number, _SEPARATOR.split(line.strip()) if "," in line else line.split())
        for number, line in enumerate(read_lines(path), start=1)
        if line.strip() and line.lstrip()[0] not in "#%"
    ]
    table = to_numbers(rows)
    if table.ndim != 2 or table.shape[1] not in (2, 3):
        raise ValueError(f'the table has the shape {table.shape}; lines "i j" or "i j weight"')
    ids = table[:, :2]
    # Beyond 2^53 neighbouring integers are the same number.
    bad = (ids != np.floor(ids)) | ~((ids >= first) & (ids < 2.0**53))
    if bad.any():
        raise ValueError(
            f"an edge holds the vertex {shortest(ids[bad][0])}; integers from {first} on are needed"
        )
    weights = table[:, 2] if table.shape[1] == 3 else None
    return from_edge_index(ids.astype(np.int64).T - first, weights)
