"""Cuts of hard labels."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import scipy.sparse as sp

from graphcut import graph_cut, normalized_cut, ratio_cut

PATH = np.array([[0.0, 1, 0], [1, 0, 2], [0, 2, 0]])


def test_against_networkx():
    G = networkx.les_miserables_graph()
    nodes = list(G)
    W = networkx.to_numpy_array(G, weight="weight")
    labels = np.random.default_rng(0).integers(0, 3, len(nodes))
    parts = [{v for v, k in zip(nodes, labels, strict=True) if k == c} for c in range(3)]
    cuts = [networkx.cut_size(G, part, weight="weight") for part in parts]
    volumes = [networkx.volume(G, part, weight="weight") for part in parts]
    ratio = sum(cut / len(part) for cut, part in zip(cuts, parts, strict=True))
    normalized = sum(cut / volume for cut, volume in zip(cuts, volumes, strict=True))
    assert ratio_cut(W, labels) == pytest.approx(ratio, rel=1e-14)
    assert normalized_cut(W, labels) == pytest.approx(normalized, rel=1e-14)


def test_by_hand():
    assert graph_cut(PATH, [0, 0, 1], per_cluster=True).tolist() == [1.0, 2.0]
    assert graph_cut(PATH, [0, 0, 1], size=[1, 3, 4], per_cluster=True).tolist() == [0.5, 0.5]
    assert normalized_cut(PATH, [0, 1, 1]) == pytest.approx(1 / 1 + 1 / 5, rel=1e-15)


def test_one_cluster_is_not_cut():
    assert ratio_cut(PATH, [0, 0, 0]) == 0


def test_empty_clusters_and_isolated_vertices_add_nothing():
    W = sp.block_diag([PATH, np.zeros((1, 1))], format="csr")
    assert graph_cut(W, [0, 0, 2, 4], "degree", per_cluster=True).tolist() == [0.5, 0, 1, 0, 0]


def test_names_may_be_permuted():
    labels = np.array([0, 2, 1])
    assert ratio_cut(PATH, labels) == ratio_cut(PATH, np.array([5, 0, 1])[labels])


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 1], ValueError, r"labels has shape \(2,\)"),
        ([0, 1, -1], ValueError, r"labels\[2\] is -1"),
        ([0.0, 1, 1], TypeError, "labels has dtype float64"),
    ],
)
def test_labels_are_checked(labels, error, message):
    with pytest.raises(error, match=message):
        ratio_cut(PATH, labels)


@pytest.mark.parametrize(
    ("W", "error", "message"),
    [
        (np.ones((2, 3)), ValueError, r"W has shape \(2, 3\)"),
        (np.eye(2), ValueError, r"W\[0, 0\] is 1; self-loops"),
        ([[0, 1], [0, 0]], ValueError, r"W\[0, 1\] is 1 and W\[1, 0\] is 0"),
        ([[0, 1], [2, 0]], ValueError, "a graph is symmetric"),
        ([[0, -1], [-1, 0]], ValueError, r"W holds -1 at \(0, 1\)"),
        ([[0, np.nan], [np.nan, 0]], ValueError, "W holds nan"),
        ([[0, 1j], [1j, 0]], TypeError, "W has dtype complex128"),
        (["ab", "cd"], TypeError, "1 dimensions"),
    ],
)
def test_graphs_are_checked(W, error, message):
    with pytest.raises(error, match=message):
        ratio_cut(W, [0, 1])


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("volume", "size is 'volume'"),
        ([1, 2], r"size has shape \(2,\)"),
        ([1, 0, 1], r"size\[1\] is .*0\.0"),
        ([1, np.inf, 1], r"size\[1\]"),
    ],
)
def test_sizes_are_checked(size, message):
    with pytest.raises(ValueError, match=message):
        graph_cut(PATH, [0, 0, 1], size)


@pytest.mark.parametrize("dtype", [np.uint8, np.bool_, np.int8])
def test_duplicates_of_small_integers_add_up(dtype):
    most = 1 if dtype is np.bool_ else np.iinfo(dtype).max
    i, j = [0, 0, 1, 1], [1, 1, 0, 0]
    W = sp.coo_array((np.full(4, most, dtype), (i, j)), shape=(2, 2))
    assert ratio_cut(W, [0, 1]) == 4.0 * most
