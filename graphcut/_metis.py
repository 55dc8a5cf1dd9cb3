"""The graph format of METIS."""

from __future__ import annotations

import os

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import check_graph
from graphcut._reading import (
    check_vertex_count,
    naming,
    read_lines,
    refuse_words,
    shortest,
    to_numbers,
)


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
    with naming(path):
        lines = [line.split() for line in read_lines(path) if not line.lstrip().startswith("%")]
        n, edges, flags, constraints = _header(lines[0] if lines else [])
        check_vertex_count(n, edges)
        # Empty lines are vertices without edges; those at the end of the file may be missing.
        rows = lines[1:] + [[]] * (n - len(lines) + 1)
        if any(rows[n:]):
            raise ValueError(f"the header says {n} vertices, there are more lines")
        first = int(flags[0])
        skip = first + constraints
        lacking = [i for i, row in enumerate(rows[:n]) if constraints and len(row) < skip]
        if lacking:
            i = lacking[0]
            raise ValueError(
                f"vertex {i + 1} holds {len(rows[i])} numbers; {skip} come before its neighbours"
            )
        graph = _graph([row[skip:] for row in rows[:n]], edges, flags[2] == "1")
        if not constraints:
            return graph, None
        sizes = [(i, row[first:skip]) for i, row in enumerate(rows[:n], start=1)]
        return graph, to_numbers(sizes, "vertex").reshape(n, constraints)


def _header(words: list[str]) -> tuple[int, int, str, int]:
    """Numbers of vertices and of edges, the flags of the format, and weights of a vertex."""
    if not (2 <= len(words) <= 4 and all(word.isdecimal() for word in words)):
        raise ValueError(
            f'the header is {" ".join(words)!r}; "n m [format [constraints]]" is needed'
        )
    flags = words[2].zfill(3) if len(words) > 2 else "000"
    if len(flags) > 3 or not set(flags) <= {"0", "1"}:
        raise ValueError(f"the format is {words[2]!r}; three digits, each 0 or 1, are allowed")
    constraints = int(words[3]) if len(words) > 3 else int(flags[1])
    if (constraints > 0) != (flags[1] == "1"):
        raise ValueError(
            f"the header says {constraints} weights of a vertex and the format {words[2]!r}; the "
            f"second of its three digits is 1 where there are some, and 0 else"
        )
    return int(words[0]), int(words[1]), flags, constraints


def _graph(words: list[list[str]], edges: int, weighted: bool) -> sp.csr_array:
    """Graph of the neighbours, and weights where there are, that each vertex lists."""
    n, step = len(words), 2 if weighted else 1
    counts = np.array([len(row) for row in words], dtype=np.int64)
    if (counts % step).any():
        i = int(np.flatnonzero(counts % step)[0])
        raise ValueError(f"vertex {i + 1} lacks the weight of an edge")
    try:
        flat = np.array([word for row in words for word in row], dtype=np.float64)
    except ValueError:
        refuse_words(list(enumerate(words, start=1)), "vertex")
        raise
    neighbours = flat[::step]
    weights = flat[1::2] if weighted else np.ones_like(flat)
    pointers = np.concatenate([[0], np.cumsum(counts // step)])
    if len(neighbours) != 2 * edges:
        raise ValueError(f"the header says {edges} edges, found {len(neighbours) / 2:.15g}")
    bad = (neighbours != np.floor(neighbours)) | ~((neighbours >= 1) & (neighbours <= n))
    if bad.any():
        k = int(np.flatnonzero(bad)[0])
        i = int(np.searchsorted(pointers, k, side="right"))
        found = shortest(neighbours[k])
        raise ValueError(f"vertex {i} lists {found}; neighbours are integers from 1 to {n}")
    columns = neighbours.astype(np.int64) - 1
    return check_graph(sp.csr_array((weights, columns, pointers), shape=(n, n)))
