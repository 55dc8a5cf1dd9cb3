"""The graph format of METIS."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import check_graph


def read_metis(
    path: str | os.PathLike[str],
) -> tuple[sp.csr_array, NDArray[np.float64] | None]:
    r"""Graph and vertex weights of a METIS file (METIS manual, section 4.1.1).

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    W : scipy.sparse.csr_array, shape (n, n)
        Weights of the edges, 1 where the file gives none.
    vertex_weights : ndarray of float64, shape (n, constraints), or None
        None where the file gives none.

    Raises
    ------
    ValueError
        If the file is not as its header says.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from graphcut.formats import read_metis
    >>> path = pathlib.Path(tempfile.mkdtemp(), "path.graph")
    >>> _ = path.write_text("3 2\n2\n1 3\n2\n")
    >>> read_metis(path)[0].toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    text = Path(path).read_text(encoding="utf-8").splitlines()
    lines = [line for line in text if not line.lstrip().startswith("%")]
    header = [int(word) for word in lines[0].split()] if lines else []
    if not 2 <= len(header) <= 4:
        raise ValueError(f'{path}: the header is {lines[:1]}; "n m [format [constraints]]"')
    n, edges = header[:2]
    flags = f"{header[2] if len(header) > 2 else 0:03d}"
    constraints = (header[3] if len(header) > 3 else 1) if flags[1] == "1" else 0
    # Empty lines are vertices without edges; those at the end of the file may be missing.
    rows = [line.split() for line in lines[1:]] + [[]] * (n - len(lines) + 1)
    if any(rows[n:]):
        raise ValueError(f"{path}: the header says {n} vertices, there are more lines")
    skip = (flags[0] == "1") + constraints
    weighted = flags[2] == "1"
    words = [row[skip:] for row in rows[:n]]
    counts = np.array([len(row) for row in words], dtype=np.int64)
    flat = np.array([word for row in words for word in row], dtype=np.float64)
    if weighted and (counts % 2).any():
        raise ValueError(f"{path}: a line lacks the weight of an edge")
    columns, data = (flat[::2], flat[1::2]) if weighted else (flat, np.ones_like(flat))
    pointers = np.concatenate([[0], np.cumsum(counts // (2 if weighted else 1))])
    if len(columns) != 2 * edges:
        raise ValueError(f"{path}: the header says {edges} edges, found {len(columns) / 2:g}")
    if len(columns) and not (columns.min() >= 1 and columns.max() <= n):
        raise ValueError(f"{path}: neighbours lie from 1 to {n}, found {columns.min():g}")
    W = sp.csr_array((data, columns.astype(np.int64) - 1, pointers), shape=(n, n))
    first = int(flags[0] == "1")
    sizes = [row[first:skip] for row in rows[:n]]
    return check_graph(W, str(path)), np.array(sizes, dtype=np.float64) if constraints else None
