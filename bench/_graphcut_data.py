"""Sets that clusterings are measured on: bundled, synthetic, and `../shared/data` if present."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from graphcut import knn_graph

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
COMPONENTS = 50
PARTS_OF_4ELT = 16


@dataclass(frozen=True)
class Problem:
    """Points or None, graph, number of clusters, classes or None."""

    X: Any
    W: sp.csr_array
    clusters: int
    y: Any

    def save(self, path: Path) -> None:
        """Write what a child process needs."""
        parts = {"data": self.W.data, "indices": self.W.indices, "indptr": self.W.indptr}
        for key, value in (("X", self.X), ("y", self.y)):
            if value is not None:
                parts[key] = value
        np.savez(path, clusters=self.clusters, **parts)

    @staticmethod
    def load(path: Path) -> Problem:
        """Read what `save` wrote."""
        with np.load(path) as file:
            n = file["indptr"].size - 1
            W = sp.csr_array((file["data"], file["indices"], file["indptr"]), shape=(n, n))
            X, y = (file.get(key) for key in ("X", "y"))
            return Problem(X, W, int(file["clusters"]), y)


def principal(X: np.ndarray) -> np.ndarray:
    """Scores of the leading principal components."""
    from sklearn.decomposition import PCA

    if X.shape[1] <= COMPONENTS:
        return np.asarray(X, dtype=np.float64)
    return np.asarray(PCA(COMPONENTS, random_state=0).fit_transform(X.astype(np.float32)))


def _points(X: np.ndarray, y: np.ndarray) -> Problem:
    return Problem(X, sp.csr_array(knn_graph(X)), len(np.unique(y)), y)


def _edges(n: int, edges: np.ndarray) -> sp.csr_array:
    one = sp.coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n)).tocsr()
    W = sp.csr_array(one.maximum(one.T))
    W.setdiag(0)
    W.eliminate_zeros()
    return W


def digits() -> Problem:
    """Images of 8 x 8 pixels, 10 classes."""
    from sklearn.datasets import load_digits

    return _points(*load_digits(return_X_y=True))


def wine() -> Problem:
    """Standardised measurements, 3 classes."""
    from sklearn.datasets import load_wine

    X, y = load_wine(return_X_y=True)
    return _points((X - X.mean(axis=0)) / X.std(axis=0), y)


def breast_cancer() -> Problem:
    """Standardised measurements, 2 classes of unequal size."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    return _points((X - X.mean(axis=0)) / X.std(axis=0), y)


def rings() -> Problem:
    """20 closed curves of 72 points in 60 dimensions, as objects on a turntable."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    curves = []
    for _ in range(20):
        middle = 0.6 * rng.normal(size=60)
        waves = [f(h * angle)[:, None] / h for h in (1, 2, 3) for f in (np.cos, np.sin)]
        curves.append(middle + sum(wave * rng.normal(size=60) for wave in waves))
    X = np.vstack(curves)
    return _points(X + 0.25 * rng.normal(size=X.shape), np.repeat(np.arange(20), 72))


def unequal() -> Problem:
    """Five Gaussians of 1000 to 50 points in 10 dimensions."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(5), [1000, 300, 100, 50, 50])
    return _points((2.2 * rng.normal(size=(5, 10)))[y] + rng.normal(size=(1500, 10)), y)


def noisy() -> Problem:
    """Ten Gaussians of unequal size in 50 dimensions, where many neighbours are strangers."""
    rng = np.random.default_rng(7)
    share = rng.dirichlet(np.full(10, 5.0))
    y = rng.choice(10, 4000, p=share)
    return _points((0.45 * rng.normal(size=(10, 50)))[y] + rng.normal(size=(4000, 50)), y)


def titles() -> Problem:
    """Documents of about 12 words, a fifth of them of their class; LSA scores of length 1."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer

    rng = np.random.default_rng(0)
    classes, words, key, n = 20, 3000, 25, 4000
    common, own = 1 / np.arange(1, words + 1), 1 / np.arange(1, key + 1)
    y = rng.integers(classes, size=n)
    document = np.repeat(np.arange(n), 2 + rng.poisson(10, size=n))
    is_own = rng.random(document.size) < 0.2
    word = np.where(
        is_own,
        words + y[document] * key + rng.choice(key, document.size, p=own / own.sum()),
        rng.choice(words, document.size, p=common / common.sum()),
    )
    counts = sp.coo_array((np.ones(word.size), (document, word)), shape=(n, words + classes * key))
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(sp.csr_matrix(counts))
    X = TruncatedSVD(100, random_state=0).fit_transform(weights)
    return _points(X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12), y)


def mnist(data: Path, test_only: bool) -> Problem:
    """Images of 28 x 28 pixels, 10 classes, 50 principal components."""
    with np.load(data / "mnist_70k.npz", allow_pickle=False) as file:
        X, y, is_test = file["X"], file["y"], file["is_test"].astype(bool)
    if test_only:
        X, y = X[is_test], y[is_test]
    return _points(principal(X), y.astype(np.int64))


def news(data: Path) -> Problem:
    """Sentence embeddings of 11,314 posts, 20 groups."""
    with np.load(data / "20news_train_minilm.npz", allow_pickle=False) as file:
        return _points(file["X"].astype(np.float32), file["y"].astype(np.int64))


def cora(data: Path) -> Problem:
    """Citations among 2,708 papers, 7 subjects, words as features."""
    with np.load(data / "cora.npz", allow_pickle=False) as file:
        words = (file["x_data"], file["x_indices"], file["x_indptr"])
        X = sp.csr_array(words, shape=tuple(file["x_shape"])).toarray()
        y = file["labels"].astype(np.int64)
        return Problem(X, _edges(int(file["n"]), file["edges"]), 7, y)


def polblogs(data: Path) -> Problem:
    """Links among 1,490 blogs, 2 parties, no features."""
    with np.load(data / "polblogs.npz", allow_pickle=False) as file:
        y = file["labels"].astype(np.int64)
        return Problem(None, _edges(int(file["n"]), file["edges"]), 2, y)


def mesh(data: Path) -> Problem:
    """Finite-element mesh, no features, no classes."""
    from graphcut.formats import read_graph

    return Problem(None, sp.csr_array(read_graph(data / "4elt.graph")), PARTS_OF_4ELT, None)


def problems(data: Path) -> dict[str, Callable[[], Problem]]:
    """Every set at hand, by name."""
    found: dict[str, Callable[[], Problem]] = {
        "digits": digits,
        "wine": wine,
        "breast cancer": breast_cancer,
        "rings (synthetic)": rings,
        "unequal Gaussians (synthetic)": unequal,
        "noisy Gaussians (synthetic)": noisy,
        "titles (synthetic)": titles,
    }
    if data.is_dir():
        found |= {
            "MNIST 10k": lambda: mnist(data, True),
            "20 Newsgroups": lambda: news(data),
            "Cora": lambda: cora(data),
            "polblogs": lambda: polblogs(data),
            "4elt": lambda: mesh(data),
        }
    return found
