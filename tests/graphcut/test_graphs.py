"""Neighbour graphs: against brute force, by backend, on hard input."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from graphcut import _neighbors, graph_quality, knn_graph, local_knn_graph

KERNELS = ("self_tuning_rbf", "rbf", "connectivity", "shared_neighbors")
# PyNNDescent compiles for a minute when it is first used.
BACKENDS = ("exact", "faiss", pytest.param("pynndescent", marks=pytest.mark.slow))
# Distances come from differences in double precision, weights from exp of their squares.
ROUNDING = 1e-12


def points(n=120, d=4, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def brute_force(X, k, kernel):
    """Straight from the docstring, dense."""
    d = np.sqrt(((X[:, None] - X[None]) ** 2).sum(axis=2))
    np.fill_diagonal(d, np.inf)
    near = np.argsort(d, axis=1)[:, :k]
    A = np.zeros_like(d)
    r = np.sort(d, axis=1)[:, k - 1]
    for i in range(len(X)):
        for j in near[i]:
            one, other = {i, *near[i]}, {j, *near[j]}
            A[i, j] = {
                "self_tuning_rbf": np.exp(-(d[i, j] ** 2) / (r[i] * r[j])),
                "rbf": np.exp(-(d[i, j] ** 2) / np.median(r) ** 2),
                "connectivity": 1.0,
                "shared_neighbors": len(one & other) / len(one | other),
            }[kernel]
    return A


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_against_brute_force(kernel, backend):
    X = points()
    A = brute_force(X, 7, kernel)
    for symmetry, expected in (
        ("mean", (A + A.T) / 2),
        ("union", np.maximum(A, A.T)),
        ("mutual", np.minimum(A, A.T)),
    ):
        W = knn_graph(X, 7, kernel=kernel, backend=backend, symmetry=symmetry)
        np.testing.assert_allclose(W.toarray(), expected, atol=ROUNDING)
        assert W.has_canonical_format
        assert W.data.min() > 0


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("symmetry", ["mean", "union", "mutual"])
def test_tensors(kernel, symmetry):
    X = points()
    W = knn_graph(torch.tensor(X), 7, kernel=kernel, symmetry=symmetry)
    assert W.is_coalesced()
    assert W.dtype == torch.float64
    expected = knn_graph(X, 7, kernel=kernel, backend="exact", symmetry=symmetry).toarray()
    np.testing.assert_allclose(W.to_dense().numpy(), expected, atol=ROUNDING)


@pytest.mark.parametrize("backend", BACKENDS)
def test_cosine(backend):
    X = points() * np.random.default_rng(1).uniform(0.1, 9, (120, 1))
    W = knn_graph(X, 5, "cosine", backend=backend)
    expected = knn_graph(X, 5, "cosine", backend="exact")
    np.testing.assert_allclose(W.toarray(), expected.toarray(), atol=ROUNDING)
    tensor = knn_graph(torch.tensor(X), 5, "cosine").to_dense().numpy()
    np.testing.assert_allclose(tensor, expected.toarray(), atol=ROUNDING)
    sparse = knn_graph(sp.csr_array(X), 5, "cosine")
    np.testing.assert_allclose(sparse.toarray(), expected.toarray(), atol=ROUNDING)


def test_other_metrics_are_those_of_scikit_learn():
    X = points()
    d = np.abs(X[:, None] - X[None]).sum(axis=2)
    np.fill_diagonal(d, np.inf)
    A = np.zeros_like(d)
    np.put_along_axis(A, np.argsort(d, axis=1)[:, :3], 1.0, axis=1)
    W = knn_graph(X, 3, "manhattan", "connectivity")
    np.testing.assert_array_equal(W.toarray(), (A + A.T) / 2)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_duplicates_have_finite_weights(backend, kernel):
    X = points(60)
    X[:30] = X[0]
    W = knn_graph(X, 5, kernel=kernel, backend=backend)
    assert np.isfinite(W.data).all()
    assert not W.diagonal().any()
    # The lump is joined to itself with full weight, and each of the others has an edge.
    if kernel != "shared_neighbors":
        assert W[:30, :30].max() == 1
    assert (W.sum(axis=1) > 0).all()
    tensor = knn_graph(torch.tensor(X), 5, kernel=kernel).to_dense()
    assert torch.isfinite(tensor).all()


def test_all_points_equal():
    W = knn_graph(np.ones((8, 2)), 3)
    assert set(W.data) <= {0.5, 1.0}


@pytest.mark.parametrize("far", [1e4, 1e8])
def test_far_from_the_origin(far):
    X = points()
    W = knn_graph(X + far, 7, kernel="connectivity", backend="faiss").toarray()
    expected = knn_graph(X, 7, kernel="connectivity", backend="exact").toarray()
    assert (expected != W).mean() < 1e-3


@pytest.mark.parametrize(
    "X", [points().astype(np.float32), (points() * 50).astype(np.int8), points().astype(np.float16)]
)
def test_dtypes(X):
    W = knn_graph(X, 6, kernel="rbf")
    expected = knn_graph(X.astype(np.float64), 6, kernel="rbf")
    np.testing.assert_allclose(W.toarray(), expected.toarray(), atol=1e-4)
    assert W.dtype == np.float64


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("unit", [1e-300, 1e-160, 1e-30, 1e-22, 1e19, 1e30, 1e160, 1e300])
def test_units_do_not_matter(unit, metric):
    X = points()
    expected = knn_graph(X, 6, metric).toarray()
    cases = [X * unit, sp.csr_array(X * unit), torch.tensor(X * unit)]
    if 1e-30 <= unit <= 1e30:
        cases += [(X * unit).astype(np.float32), torch.tensor(X * unit, dtype=torch.float32)]
    for Y in cases:
        W = knn_graph(Y, 6, metric)
        W = W.to_dense().numpy() if isinstance(W, torch.Tensor) else W.toarray()
        np.testing.assert_allclose(W, expected, atol=1e-5 if "32" in str(Y.dtype) else ROUNDING)


@pytest.mark.parametrize("d", [3, 20])
@pytest.mark.parametrize("apart", [1e3, 1e5])
def test_clusters_far_apart(apart, d):
    """Single precision, which the search uses, does not see the distances within a cluster."""
    X = points(600, d).astype(np.float32).astype(np.float64)
    X[300:, 0] = np.float32(X[300:, 0] + apart)
    expected = knn_graph(X, 8, kernel="connectivity", backend="exact").toarray()
    single = torch.tensor(X, dtype=torch.float32)
    for Y in (X, X.astype(np.float32), torch.tensor(X), single):
        W = knn_graph(Y, 8, kernel="connectivity")
        W = W.to_dense().numpy() if isinstance(W, torch.Tensor) else W.toarray()
        # What centring rounds in single precision may swap ties.
        assert np.count_nonzero(expected != W) <= (8 if "32" in str(Y.dtype) else 0)


def test_local_graphs():
    X = torch.tensor(points(20), dtype=torch.float32, requires_grad=True)
    W = local_knn_graph(X, 4)
    assert not W.requires_grad
    assert W.dtype == torch.float32
    whole = local_knn_graph(X[:3], 15, kernel="connectivity").to_dense()
    assert torch.equal(whole, torch.ones(3, 3) - torch.eye(3))
    with pytest.raises(TypeError, match="X is a ndarray"):
        local_knn_graph(points())


def test_quality():
    y = np.repeat([0, 1, 2], 20)
    blocks = np.kron(np.eye(3), np.ones((20, 20))) - np.eye(60)
    assert graph_quality(blocks, y) == 1
    # Everything joined to everything: a step is chance, but for the vertex itself.
    q = 19 / 59
    complete = np.ones((60, 60)) - np.eye(60)
    assert graph_quality(complete, y) == pytest.approx((q - 1 / 3) / (1 - 1 / 3), rel=1e-12)
    isolated = np.pad(blocks, (0, 1))
    assert graph_quality(isolated, np.append(y, 0)) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("W", "y", "message"),
    [
        (np.zeros((2, 2)), [0, 1], "W has no edges"),
        (1 - np.eye(2), [0, 0], "y holds one class"),
        (1 - np.eye(2), [0, -1], r"y\[1\] is -1"),
    ],
)
def test_quality_is_checked(W, y, message):
    with pytest.raises(ValueError, match=message):
        graph_quality(W, y)


@pytest.mark.parametrize("as_tensor", [False, True])
@pytest.mark.parametrize(
    ("X", "keywords", "error", "message"),
    [
        (np.ones(3), {}, TypeError, "1 dimensions"),
        (
            np.ones((3, 2)),
            {"n_neighbors": 3},
            ValueError,
            "n_neighbors is 3; an integer from 1 to 2",
        ),
        (np.ones((3, 2)), {"n_neighbors": 0}, ValueError, "n_neighbors is 0"),
        (np.full((3, 2), np.nan), {"n_neighbors": 1}, ValueError, "X holds NaN"),
        (np.ones((3, 2)), {"n_neighbors": 1.0}, ValueError, "n_neighbors is 1.0; an integer"),
        (np.ones((3, 2)), {"n_neighbors": None}, ValueError, "n_neighbors is None; an integer"),
        (np.ones((1, 2)), {}, ValueError, "X has 1 rows; neighbours need at least 2"),
        (np.ones((3, 0)), {}, ValueError, r"X has shape \(3, 0\); at least one column"),
        (np.eye(3), {"n_neighbors": 1, "kernel": "gauss"}, ValueError, "kernel is 'gauss'"),
        (np.eye(3), {"n_neighbors": 1, "symmetry": "max"}, ValueError, "symmetry is 'max'"),
        (np.diag([1.0, 1, 0]), {"n_neighbors": 1, "metric": "cosine"}, ValueError, "zero"),
    ],
)
def test_arguments_are_checked(as_tensor, X, keywords, error, message):
    with pytest.raises(error, match=message):
        knn_graph(torch.tensor(X) if as_tensor else X, **keywords)


def test_backends_are_checked():
    with pytest.raises(ValueError, match="backend is 'gpu'"):
        knn_graph(points(), backend="gpu")
    with pytest.raises(ValueError, match="backend 'faiss' takes dense rows"):
        knn_graph(points(), metric="manhattan", backend="faiss")
    with pytest.raises(ValueError, match="backend is 'faiss'; a tensor"):
        knn_graph(torch.tensor(points()), backend="faiss")
    with pytest.raises(ValueError, match=r"metric is 'taxi'; a function or one of .*manhattan"):
        knn_graph(points(), metric="taxi")
    with pytest.raises(TypeError, match=r"layout torch\.sparse_coo"):
        knn_graph(torch.tensor(points()).to_sparse())
    with pytest.raises(ValueError, match="metric is 'manhattan'"):
        knn_graph(torch.tensor(points()), metric="manhattan")


@pytest.mark.parametrize("missing", ["faiss", "pynndescent"])
def test_missing_packages_are_named(monkeypatch, missing):
    monkeypatch.setattr("graphcut._neighbors.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=f"needs the package {missing}"):
        knn_graph(points(), backend=missing)
    # Without any of them scikit-learn searches.
    expected = knn_graph(points(), backend="exact")
    assert (knn_graph(points()) != expected).nnz == 0


# By its work this search falls to PyNNDescent.
@pytest.mark.parametrize("backend", ["faiss", pytest.param("auto", marks=pytest.mark.slow)])
def test_large_searches_are_approximate(monkeypatch, backend):
    monkeypatch.setattr("graphcut._neighbors.EXACT_WORK", 1e4)
    X = points(500)
    exact = knn_graph(X, 10, kernel="connectivity", backend="exact")
    W = knn_graph(X, 10, kernel="connectivity", backend=backend)
    assert (W.multiply(exact) > 0).sum() >= 0.97 * exact.nnz


def test_the_search_by_default_goes_by_the_work(monkeypatch):
    monkeypatch.setattr("graphcut._neighbors.find_spec", lambda name: name)
    assert _neighbors._choose(points(500), "euclidean", "auto") == "faiss"
    monkeypatch.setattr("graphcut._neighbors.EXACT_WORK", 1e4)
    assert _neighbors._choose(points(500), "euclidean", "auto") == "pynndescent"
    assert _neighbors._choose(points(500), "manhattan", "auto") == "exact"
