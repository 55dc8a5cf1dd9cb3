"""Graphs from files and from other libraries, as symmetric CSR with zero diagonal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from graphcut._checks import check_graph, is_torch
from graphcut._metis import read_metis
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
    W = torch_to_scipy(W) if is_torch(W) else W
    if not sp.issparse(W):
        W = np.asarray(W)
    edges = sp.csr_array(W, dtype=np.result_type(np.float32, W.dtype)).tocoo()
    if edges.shape[0] != edges.shape[1]:
        raise ValueError(f"W has shape {edges.shape}; a graph is square")
    # Checked here: the larger of a negative weight and a missing one is 0.
    if not (np.isfinite(edges.data).all() and (edges.data >= 0).all()):
        worst = edges.data[~(edges.data >= 0) | np.isinf(edges.data)][0]
        raise ValueError(f"W holds {worst:g}; weights are nonnegative and finite")
    rows, columns = edges.coords
    keep = rows != columns
    graph = sp.coo_array((edges.data[keep], (rows[keep], columns[keep])), edges.shape).tocsr()
    return check_graph(symmetrize(graph, symmetry))


def from_edge_index(edge_index: Any, edge_weight: Any = None, n: int | None = None) -> sp.csr_array:
    """Graph of a list of edges (PyTorch Geometric's `edge_index`, NumPy or torch).

    Edges are undirected: listed once or in both directions, they count once, with the larger
    weight. Weights of an edge repeated in the same direction add up. Self-loops are dropped.

    Parameters
    ----------
    edge_index : array_like or torch.Tensor of int, shape (2, E) or (E, 2)
        Vertices from 0 on; for E = 2 the shape is read as (2, E).
    edge_weight : array_like or torch.Tensor, shape (E,), optional
        Nonnegative weights; 1 without.
    n : int, optional
        Number of vertices; the largest index + 1 without.

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
    edges = _to_numpy(edge_index)
    if edges.ndim == 2 and edges.shape[0] != 2 and edges.shape[1] == 2:
        edges = edges.T
    if edges.ndim != 2 or edges.shape[0] != 2:
        raise ValueError(f"edge_index has shape {edges.shape}; (2, E) or (E, 2) is needed")
    if edges.size and edges.dtype.kind not in "iu":
        raise TypeError(f"edge_index has dtype {edges.dtype}; integers from 0 on are allowed")
    edges = edges.astype(np.int64)
    count = int(edges.max(initial=-1)) + 1
    if edges.size and edges.min() < 0:
        raise ValueError(f"edge_index holds {edges.min()}; vertices count from 0 on")
    n = count if n is None else int(n)
    if n < count:
        raise ValueError(f"n is {n}; edge_index holds the vertex {count - 1}")
    weights = np.ones(edges.shape[1]) if edge_weight is None else _to_numpy(edge_weight)
    if weights.shape != (edges.shape[1],):
        raise ValueError(f"edge_weight has shape {weights.shape}; ({edges.shape[1]},) is needed")
    return clean_graph(sp.coo_array((weights, (edges[0], edges[1])), (n, n)), "union")


def _to_numpy(x: Any) -> np.ndarray:
    return x.detach().cpu().numpy() if is_torch(x) else np.asarray(x)


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
    return clean_graph(W, "union")


def read_graph(path: str | os.PathLike[str], first: int = 0) -> sp.csr_array:
    r"""Graph of a file, by the ending of its name.

    - `.mtx`: Matrix Market; `.graph`, `.metis`: METIS, whose vertex weights `read_metis` gives;
    - `.npz`: `scipy.sparse.save_npz`, or arrays `edges` (E, 2) with optional `weights` and `n`;
    - `.txt`, `.edges`, `.edgelist`, `.el`, `.csv`, `.tsv`: lines "i j" or "i j weight",
      separated by blanks or commas; lines from # or % are comments.

    Self-loops are dropped; edges are undirected, listed once or in both directions.

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
    ValueError
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
    if ending == ".mtx":
        from scipy.io import mmread

        return clean_graph(mmread(path), "union")
    if ending in (".graph", ".metis"):
        return read_metis(path)[0]
    if ending == ".npz":
        return _read_npz(path)
    if ending in _EDGE_LISTS:
        return _read_edges(path, first)
    known = ", ".join((".mtx", ".graph", ".metis", ".npz", *_EDGE_LISTS))
    raise ValueError(f"path is {str(path)!r}; the endings {known} are known")


def _read_npz(path: Path) -> sp.csr_array:
    with np.load(path, allow_pickle=False) as file:
        names = set(file.files)
        if "edges" in names:
            n = int(file["n"]) if "n" in names else None
            weights = file["weights"] if "weights" in names else None
            return from_edge_index(file["edges"], weights, n)
    if not {"data", "shape", "format"} <= names:
        raise ValueError(
            f"{path} holds {', '.join(sorted(names))}; edges, or a matrix of "
            f"scipy.sparse.save_npz, is needed"
        )
    return clean_graph(sp.load_npz(path), "union")


def _read_edges(path: Path, first: int) -> sp.csr_array:
    lines = [
        line.replace(",", " ")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and line.lstrip()[0] not in "#%"
    ]
    try:
        table = np.array([line.split() for line in lines], dtype=np.float64)
    except ValueError as error:
        raise ValueError(f'{path} needs lines "i j" or "i j weight": {error}') from error
    if table.ndim != 2 or table.shape[1] not in (2, 3):
        raise ValueError(f'{path} has the shape {table.shape}; lines "i j" or "i j weight"')
    ids = table[:, :2]
    if (ids != np.floor(ids)).any() or ids.min() < first:
        raise ValueError(f"{path} holds the vertex {ids.min():g}; integers from {first} on")
    weights = table[:, 2] if table.shape[1] == 3 else None
    return from_edge_index(ids.astype(np.int64).T - first, weights)
