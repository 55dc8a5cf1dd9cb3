"""What the command reads: bundled data, points, graphs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.lib.format import MAGIC_PREFIX
from numpy.typing import NDArray

from graphcut._reading import check_zip, is_number, naming, read_lines, to_numbers

POINTS = (".npy", ".csv", ".npz")
GRAPHS = (".mtx", ".graph", ".metis", ".npz", ".txt", ".edges", ".edgelist", ".el", ".tsv")


class UsageError(ValueError):
    """The command line does not say what to do."""


@dataclass(frozen=True)
class Data:
    """What is to be clustered.

    Parameters
    ----------
    name : str
        For titles.
    points : ndarray, shape (n, d), or None
        Features.
    graph : scipy.sparse.csr_array, shape (n, n), or None
        Weights; exactly one of both is there.
    labels : ndarray of int, shape (n,), or None
        True classes, to compare with.
    n_clusters : int
        Clusters wanted.
    """

    name: str
    points: NDArray[Any] | None
    graph: sp.csr_array | None
    labels: NDArray[Any] | None
    n_clusters: int


def load(name: str, as_graph: bool, n_clusters: int | None) -> Data:
    """Read a data set.

    Parameters
    ----------
    name : str
        "digits" or a path.
    as_graph : bool
        Whether a .csv is an edge list.
    n_clusters : int or None
        None: as many as there are true classes.

    Returns
    -------
    Data
        The data.
    """
    points, graph, labels = _read(name, as_graph)
    n = len(points) if points is not None else graph.shape[0]
    if labels is not None and labels.shape != (n,):
        raise UsageError(f"{name} holds labels of the shape {labels.shape}; ({n},) is needed")
    if n_clusters is None:
        if labels is None:
            raise UsageError(f"--n-clusters is needed: {name} says nothing of classes")
        n_clusters = len(np.unique(labels))
    if not 1 <= n_clusters <= n:
        raise UsageError(f"--n-clusters is {n_clusters}; 1 to {n} is allowed for {n} points")
    if labels is not None:
        labels = np.unique(labels, return_inverse=True)[1]
    return Data(Path(name).stem, points, graph, labels, n_clusters)


def _read(name: str, as_graph: bool) -> tuple[Any, Any, Any]:
    from graphcut.formats import read_graph

    if name == "digits":
        from sklearn.datasets import load_digits

        digits = load_digits()
        return digits.data, None, digits.target
    path = Path(name)
    if not path.exists():
        raise UsageError(f"{name} does not exist; 'digits' or a file is needed")
    ending = path.suffix.lower()
    if as_graph or (ending in GRAPHS and ending not in POINTS):
        return None, read_graph(path), None
    with naming(path):
        if ending == ".npy":
            return _read_npy(path), None, None
        if ending == ".csv":
            return _read_csv(path), None, None
        if ending == ".npz":
            return _read_npz(path)
    known = ", ".join(dict.fromkeys((*POINTS, *GRAPHS)))
    raise UsageError(f"{name} ends in {ending!r}; {known} are known")


def _read_npy(path: Path) -> NDArray[Any]:
    with path.open("rb") as file:
        # NumPy would take another file for pickled data, and say so.
        if file.read(len(MAGIC_PREFIX)) != MAGIC_PREFIX:
            raise ValueError("the file is no .npy array")
    return _checked(np.load(path, allow_pickle=False))


def _read_csv(path: Path) -> NDArray[np.float64]:
    """Numbers separated by commas; a first line of words, none of which is one, is a header."""
    lines = [line.partition("#")[0].replace('"', "") for line in read_lines(path)]
    rows = [(i, line.split(",")) for i, line in enumerate(lines, start=1) if line.strip()]
    if rows and _is_header(rows[0][1]):
        del rows[0]
    if not rows:
        raise ValueError("the file holds no numbers")
    return to_numbers(rows)


def _is_header(words: list[str]) -> bool:
    return any(word.strip() for word in words) and not any(is_number(word) for word in words)


def _read_npz(path: Path) -> tuple[Any, Any, Any]:
    from graphcut.formats import read_graph

    check_zip(path)
    with np.load(path, allow_pickle=False) as archive:
        if "X" not in archive.files:
            labels = archive["labels"] if "labels" in archive.files else None
            return None, read_graph(path), labels
        X = archive["X"]
        points = _checked(X.reshape(len(X), -1))
        return points, None, archive["y"] if "y" in archive.files else None


def _checked(points: NDArray[Any]) -> NDArray[Any]:
    if points.ndim != 2 or points.dtype.kind not in "fiub":
        raise ValueError(
            f"the array has dtype {points.dtype} and shape {points.shape}; real numbers, a row "
            f"for each point, are needed"
        )
    return points
