"""Starts: every method, the choice among them, the score behind it, odd graphs."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest
from scipy.stats import entropy

from graphcut import _partition, choose_start, graph_cut, knn_graph, nmi, start
from graphcut._balanced import balanced_kmeans
from graphcut._checks import check_graph
from graphcut._coarsen import contract, matching
from graphcut._information import edge_information, held_out_edges, partition_information
from graphcut._spectral import large_components, spectral_embedding
from graphcut.starts import METHODS

HAS_METIS = importlib.util.find_spec("pymetis") is not None
needs_metis = pytest.mark.skipif(not HAS_METIS, reason="pymetis is not installed")
ROUNDING = 1e-12


def blobs(sizes, seed=0, gap=25.0, d=2):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(sizes)), sizes)
    return rng.normal(size=(len(y), d)) + gap * y[:, None], y


def same(a, b):
    return nmi(a, b) == pytest.approx(1, abs=ROUNDING)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_equal_blobs(method, seed):
    if method == "metis" and not HAS_METIS:
        pytest.skip("pymetis is not installed")
    X, y = blobs([50, 50, 50, 50], seed)
    assert same(start(knn_graph(X, 10), X, 4, method=method, seed=seed), y)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("with_points", [True, False])
def test_blobs_of_unequal_sizes_are_found_by_the_default(seed, with_points):
    X, y = blobs([300, 60, 40], seed)
    choice = choose_start(knn_graph(X, 10), X if with_points else None, 3, seed=seed)
    assert same(choice.labels, y)
    assert choice.method == "components"


def test_sizes_may_differ_where_clusters_touch():
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1, 2], [400, 60, 60])
    X = rng.normal(size=(520, 8)) + 4.5 * np.eye(3, 8)[y]
    choice = choose_start(knn_graph(X), X, 3)
    assert nmi(y, choice.labels) > 0.9
    assert choice.scores["partition"] < max(choice.scores.values())


def test_kmeans_wins_where_neighbours_are_noise():
    # 40 dimensions: a third of the neighbours is of another class, means are still apart.
    rng = np.random.default_rng(0)
    y = rng.integers(8, size=1500)
    X = (0.5 * rng.normal(size=(8, 40)))[y] + rng.normal(size=(1500, 40))
    choice = choose_start(knn_graph(X), X, 8)
    assert choice.method == "kmeans"
    assert not choice.moved
    assert nmi(y, choice.labels) > nmi(y, start(knn_graph(X), X, 8, method="partition")) + 0.02


def test_graphs_win_on_rings():
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 600)
    y = np.repeat([0, 1], 300)
    X = np.column_stack([np.cos(angle), np.sin(angle)]) * np.where(y == 0, 1.0, 3.0)[:, None]
    assert same(choose_start(knn_graph(X, 10), X, 2).labels, y)
    noisy = X + 0.28 * np.random.default_rng(1).normal(size=X.shape)
    choice = choose_start(knn_graph(noisy, 10), noisy, 2)
    assert nmi(y, choice.labels) > 0.8
    assert choice.scores["kmeans"] < choice.scores["spectral"]


def test_own_partition_without_metis(monkeypatch):
    X, y = blobs([40] * 5)
    monkeypatch.setattr(_partition, "find_spec", lambda name: None)
    assert same(start(knn_graph(X, 10), None, 5, method="partition"), y)


def test_metis_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymetis", None)
    with pytest.raises(ImportError, match="pymetis"):
        start(knn_graph(blobs([20, 20])[0], 5), None, 2, method="metis")


@pytest.mark.parametrize("own", [True, False])
def test_partition_is_balanced_and_better_than_slices(monkeypatch, own):
    if own:
        monkeypatch.setattr(_partition, "find_spec", lambda name: None)
    elif not HAS_METIS:
        pytest.skip("pymetis is not installed")
    X = np.random.default_rng(0).uniform(size=(800, 2))
    W = knn_graph(X, 8)
    labels = start(W, None, 6, method="partition")
    volume = np.bincount(labels, weights=np.asarray(W.sum(axis=1)).ravel())
    assert volume.max() <= 1.25 * volume.mean() * (1 + ROUNDING)
    slices = np.argsort(np.argsort(X[:, 0])) * 6 // 800
    assert graph_cut(W, labels, "degree") < graph_cut(W, slices, "degree")


def test_embedding_meets_the_dense_eigenvectors():
    rng = np.random.default_rng(0)
    W = check_graph(knn_graph(rng.normal(size=(400, 3)), 10))
    component, count = large_components(W, 5)
    assert count == 1
    rows = spectral_embedding(W, 5, component, seed=0)
    d = np.asarray(W.sum(axis=1)).ravel()
    vectors = np.linalg.eigh(W.toarray() / np.sqrt(np.outer(d, d)))[1][:, :-6:-1]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Inner products of rows do not depend on the basis; the iteration stops at 1e-4.
    np.testing.assert_allclose(rows @ rows.T, vectors @ vectors.T, atol=2e-2)


def test_embedding_of_components_is_their_indicator():
    W = check_graph(knn_graph(blobs([300, 100, 50])[0], 10))
    component, count = large_components(W, 3)
    assert count == 3
    rows = spectral_embedding(W, 3, component, seed=0)
    np.testing.assert_allclose(rows, np.eye(3)[component], atol=ROUNDING)


def test_small_components_and_lone_vertices_get_labels():
    W = np.zeros((64, 64))
    W[:30, :30] = W[30:60, 30:60] = 1
    W[60, 61] = W[61, 60] = 1
    np.fill_diagonal(W, 0)
    y = np.repeat([0, 1], 30)
    for method in ("spectral", "partition", "auto"):
        labels = start(W, None, 2, method=method)
        assert same(labels[:60], y)
        assert set(labels[60:]) <= {0, 1}
    X = np.r_[np.zeros((30, 1)), np.ones((30, 1)), np.full((4, 1), 0.9)]
    labels = start(W, X, 2, method="spectral")
    assert (labels[60:] == labels[30]).all()


def test_information_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    W = np.triu(rng.random((30, 30)) < 0.3, 1) * rng.random((30, 30))
    W += W.T
    labels = rng.integers(3, size=30)
    Z = np.eye(3)[labels]
    joint = Z.T @ W @ Z / W.sum()
    p = joint.sum(axis=1)
    expected = entropy(joint.ravel(), np.outer(p, p).ravel()) / np.sqrt(entropy(p) * np.log(3))
    assert edge_information(check_graph(W), labels, 3) == pytest.approx(expected, rel=1e-10)


def test_information_of_extremes():
    W = check_graph(np.kron(np.eye(4), np.ones((5, 5)) - np.eye(5)))
    y = np.repeat(np.arange(4), 5)
    assert edge_information(W, y, 4) == pytest.approx(1, abs=ROUNDING)
    assert edge_information(W, np.zeros(20, dtype=int), 4) == 0
    assert edge_information(W, y // 2, 4) == pytest.approx(np.sqrt(0.5), abs=ROUNDING)
    assert edge_information(check_graph(np.zeros((20, 20))), y, 4) == 0


def test_information_survives_contraction():
    W = check_graph(knn_graph(np.random.default_rng(0).normal(size=(200, 2)), 10))
    degrees = np.asarray(W.sum(axis=1)).ravel()
    pairs = matching(W, degrees, np.inf, np.random.default_rng(0))
    coarse, sizes = contract(W, degrees, pairs)
    labels = np.arange(coarse.shape[0]) % 4
    found = partition_information(coarse, labels, sizes, 4)
    assert found == pytest.approx(edge_information(W, labels[pairs], 4), rel=1e-10)
    assert found > 0


def test_each_edge_is_held_out_once():
    W = check_graph(knn_graph(np.random.default_rng(0).normal(size=(300, 2)), 10))
    judges = []
    for learn, judge in held_out_edges(W, 4, 0):
        assert abs(learn + judge - W).max() == 0
        assert judge.nnz == pytest.approx(W.nnz / 4, abs=2)
        assert (learn.multiply(judge)).nnz == 0
        assert abs(judge - judge.T).max() == 0
        judges.append(judge)
    assert abs(sum(judges[1:], judges[0]) - W).max() == 0


def test_prices_bind_sizes():
    X, _ = blobs([300, 30, 30])
    rng = np.random.default_rng(0)
    free = balanced_kmeans(X, np.ones(360), 3, (0.0, np.inf), rng)
    assert np.bincount(free).max() > 160
    bound = balanced_kmeans(X, np.ones(360), 3, (60.0, 160.0), rng)
    counts = np.bincount(bound, minlength=3)
    assert counts.min() >= 60
    assert counts.max() <= 160


def test_seeds_decide():
    X = np.random.default_rng(0).normal(size=(200, 3))
    W = knn_graph(X)
    for method in ("kmeans", "spectral", "partition", "auto"):
        first = start(W, X, 4, method=method, seed=3)
        np.testing.assert_array_equal(first, start(W, X, 4, method=method, seed=3))
        assert first.shape == (200,)
        assert first.max() < 4


def test_one_cluster_and_as_many_as_points():
    X = np.arange(6.0)[:, None]
    W = knn_graph(X, 2)
    assert start(W, X, 1).tolist() == [0] * 6
    assert start(W, X, 1, method="spectral").tolist() == [0] * 6
    assert sorted(start(W, X, 6, method="kmeans")) == list(range(6))
    assert start(W, X, 6).shape == (6,)


def test_duplicates_leave_clusters_empty_without_a_warning():
    X = np.repeat([[0.0], [5.0]], 20, axis=0)
    labels = start(knn_graph(X, 5), X, 3, method="kmeans")
    assert len(set(labels)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_clusters": 0}, "n_clusters is 0; an integer from 1 to 40"),
        ({"n_clusters": 41}, "n_clusters is 41"),
        ({"n_clusters": 2, "method": "louvain"}, "method is 'louvain'; one of auto, kmeans"),
        ({"n_clusters": 2, "method": "kmeans", "X": None}, "needs points"),
        ({"n_clusters": 2, "X": np.zeros((3, 2))}, r"X has shape \(3, 2\); \(40, d\)"),
    ],
)
def test_errors(arguments, message):
    X, _ = blobs([20, 20])
    with pytest.raises(ValueError, match=message):
        start(knn_graph(X, 5), **{"X": X, **arguments})
