"""What the command reads: bundled data, points, graphs."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

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
    if n_clusters is None:
        if labels is None:
            raise UsageError(f"--n-clusters is needed: {name} says nothing of classes")
        n_clusters = len(np.unique(labels))
    n = len(points) if points is not None else graph.shape[0]
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
    if ending == ".npy":
        return np.load(path, allow_pickle=False), None, None
    if ending == ".csv":
        return _read_csv(path), None, None
    if ending == ".npz":
        return _read_npz(path)
    raise UsageError(f"{name} ends in {ending!r}; {', '.join({*POINTS, *GRAPHS})} are known")


def _read_csv(path: Path) -> NDArray[np.float64]:
    """Numbers separated by commas; a first line that holds none is a header."""
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    try:
        [float(word) for word in first.split(",")]
        header = 0
    except ValueError:
        header = 1
    return np.loadtxt(path, delimiter=",", skiprows=header, ndmin=2)


def _read_npz(path: Path) -> tuple[Any, Any, Any]:
    from graphcut.formats import read_graph

    if not zipfile.is_zipfile(path):
        raise UsageError(f"{path} is no .npz archive")
    with np.load(path, allow_pickle=False) as archive:
        if "X" not in archive.files:
            labels = archive["labels"] if "labels" in archive.files else None
            return None, read_graph(path), labels
        X = archive["X"]
        return X.reshape(len(X), -1), None, archive["y"] if "y" in archive.files else None
