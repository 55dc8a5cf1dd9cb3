"""Vertex moves: they lower the cut, end in a local optimum, keep bounds."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcut import graph_cut, refine_labels
from graphcut._checks import check_graph
from graphcut._coarsen import contract, hierarchy, matching
from graphcut._moves import Cut, limits

# Two sums of the same weights in different orders.
ROUNDING = 1e-11


def random_graph(seed, n=40, density=0.2):
    rng = np.random.default_rng(seed)
    W = np.triu(rng.random((n, n)) * (rng.random((n, n)) < density), 1)
    return W + W.T


def sizes_of(W, size):
    return W.sum(axis=1) if size == "degree" else np.ones(len(W))


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10**6),
    clusters=st.integers(2, 5),
    size=st.sampled_from(["count", "degree"]),
    cycles=st.integers(0, 2),
)
def test_ends_where_no_move_along_an_edge_lowers_the_cut(seed, clusters, size, cycles):
    W = random_graph(seed)
    labels = np.random.default_rng(seed + 1).integers(clusters, size=40)
    found = refine_labels(W, labels, size=size, cycles=cycles, max_rounds=1000)
    value = graph_cut(W, found, size)
    assert value <= graph_cut(W, labels, size) * (1 + ROUNDING)
    assert set(found) == set(labels)
    for i in range(40):
        if np.count_nonzero(found == found[i]) == 1:
            continue
        for k in set(found[W[i] > 0]):
            other = found.copy()
            other[i] = k
            assert graph_cut(W, other, size) >= value * (1 - ROUNDING)


def test_moves_to_clusters_without_an_edge_to_the_vertex_are_not_tried():
    W = np.zeros((6, 6))
    for i, weight in enumerate((1.0, 0.1, 1.0)):
        W[i, i + 1] = W[i + 1, i] = weight
    labels = np.array([0, 0, 1, 1, 0, 0])
    np.testing.assert_array_equal(refine_labels(W, labels, size="count"), labels)
    other = labels.copy()
    other[4] = 1
    assert graph_cut(W, other, "count") < graph_cut(W, labels, "count")


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), balance=st.sampled_from([0.1, 0.2, 0.4]))
def test_balance_is_kept(seed, balance):
    W = random_graph(seed, n=60)
    labels = np.arange(60) % 3
    found = refine_labels(W, labels, size="count", balance=balance)
    counts = np.bincount(found, minlength=3)
    assert counts.max() <= (1 + balance) * 20
    assert counts.min() >= (1 - 2 * balance) * 20


def test_balance_binds():
    # One clique of 12 and a tail: without bounds the clique is one cluster.
    W = np.zeros((16, 16))
    W[:12, :12] = 1 - np.eye(12)
    for i in range(11, 15):
        W[i, i + 1] = W[i + 1, i] = 1
    labels = np.repeat([0, 1], 8)
    assert sorted(np.bincount(refine_labels(W, labels, size="count", cycles=0)))[-1] >= 12
    bound = refine_labels(W, labels, size="count", balance=0.25, cycles=0)
    assert np.bincount(bound).max() <= 10


def test_outside_the_bounds_clusters_come_nearer_only():
    W = random_graph(3, n=60)
    labels = np.r_[np.zeros(50, dtype=int), np.ones(10, dtype=int)]
    found = refine_labels(W, labels, size="count", balance=0.1)
    assert 10 <= np.bincount(found)[1] <= 33


def test_moved_is_the_cut_of_the_new_labels():
    rng = np.random.default_rng(0)
    W = check_graph(random_graph(0, n=50))
    degrees = np.asarray(W.sum(axis=1)).ravel()
    for _ in range(20):
        labels = rng.integers(4, size=50)
        state = Cut(W, labels.copy(), degrees)
        vertices = rng.choice(50, 17, replace=False)
        targets = rng.integers(4, size=17)
        cut, total = state.moved(vertices, targets)
        labels[vertices] = targets
        expected = Cut(W, labels, degrees)
        np.testing.assert_allclose(cut, expected.cut, rtol=ROUNDING, atol=ROUNDING)
        np.testing.assert_allclose(total, expected.total, rtol=ROUNDING)


def test_wanted_foretells_the_change():
    W = check_graph(random_graph(1, n=50))
    labels = np.random.default_rng(1).integers(4, size=50)
    state = Cut(W, labels, np.asarray(W.sum(axis=1)).ravel())
    vertices, targets, change = state.wanted(np.arange(50), (0.0, np.inf))
    assert vertices.size
    for i, b, delta in zip(vertices, targets, change, strict=True):
        other = labels.copy()
        other[i] = b
        got = graph_cut(W, other, "degree") - graph_cut(W, labels, "degree")
        assert got == pytest.approx(delta, rel=1e-9, abs=ROUNDING)


def test_contraction_keeps_cuts_and_sizes():
    rng = np.random.default_rng(0)
    W = check_graph(random_graph(0, n=60))
    sizes = np.asarray(W.sum(axis=1)).ravel()
    pairs = matching(W, sizes, np.inf, rng)
    assert np.bincount(pairs).max() == 2
    assert 30 <= pairs.max() + 1 < 45
    coarse, grouped = contract(W, sizes, pairs)
    labels = rng.integers(3, size=coarse.shape[0])
    assert graph_cut(coarse, labels, grouped) == pytest.approx(
        graph_cut(W, labels[pairs], sizes), rel=ROUNDING
    )


def test_hierarchy_keeps_blocks_apart_and_vertices_small():
    W = check_graph(random_graph(0, n=400, density=0.05))
    sizes = np.asarray(W.sum(axis=1)).ravel()
    blocks = np.arange(400) % 3
    levels = hierarchy(W, sizes, 20, 2, np.random.default_rng(0), blocks)
    assert len(levels) >= 3
    seen = blocks
    for level in levels:
        assert level.sizes.max() <= sizes.sum() / 16
        if level.parents is not None:
            np.testing.assert_array_equal(level.prolong(level.restrict(seen)), seen)
            seen = level.restrict(seen)


def test_cycles_move_groups_that_single_moves_leave():
    # Four cliques of 6 in a ring; labels split two of them between far clusters.
    W = np.kron(np.eye(4), np.ones((6, 6)) - np.eye(6))
    for a in range(4):
        i, j = 6 * a, 6 * ((a + 1) % 4) + 5
        W[i, j] = W[j, i] = 0.1
    labels = np.repeat([0, 1, 0, 1], 6)
    single = graph_cut(W, refine_labels(W, labels, cycles=0), "degree")
    group = graph_cut(W, refine_labels(W, labels, cycles=3), "degree")
    assert group <= single


def test_seed_decides_and_inputs_stay():
    W, labels = random_graph(5), np.random.default_rng(5).integers(3, size=40)
    before = labels.copy()
    np.testing.assert_array_equal(
        refine_labels(W, labels, seed=1), refine_labels(W, labels, seed=1)
    )
    np.testing.assert_array_equal(labels, before)


def test_isolated_vertices_and_empty_graphs_stay():
    W = np.zeros((5, 5))
    assert refine_labels(W, [0, 1, 2, 0, 1]).tolist() == [0, 1, 2, 0, 1]
    assert refine_labels(np.zeros((0, 0)), np.zeros(0, dtype=int)).size == 0
    W[0, 1] = W[1, 0] = 1
    assert refine_labels(W, [0, 0, 2, 2, 2]).tolist() == [0, 0, 2, 2, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_rounds": 0}, "max_rounds is 0; an integer from 1"),
        ({"cycles": 1.5}, "cycles is 1.5; an integer from 0"),
        ({"balance": -0.1}, "balance is -0.1; None or a number from 0"),
        ({"balance": float("nan")}, "balance is nan"),
        ({"size": "volume"}, "size is 'volume'"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        refine_labels(random_graph(0), np.zeros(40, dtype=int), **arguments)


def test_limits():
    assert limits(np.ones(20), 4, 0.2) == (pytest.approx(3.0), pytest.approx(6.0))
    assert limits(np.ones(20), 4, None) == (0.0, np.inf)
    assert limits(np.ones(20), 4, 0.7)[0] == 0.0


def test_seventy_thousand_vertices():
    """A grid of 70,000 vertices with 15 neighbours and 10 stripes, 5% of the labels wrong."""
    n, k = 70_000, 10
    offsets = (1, 2, 3, 4, 5, 6, 7)
    parts = [np.arange(n - d) for d in offsets]
    i = np.concatenate(parts)
    j = np.concatenate([p + d for p, d in zip(parts, offsets, strict=True)])
    half = sp.coo_array((np.ones(i.size), (i, j)), shape=(n, n)).tocsr()
    W = sp.csr_array(half + half.T)
    rng = np.random.default_rng(0)
    truth = np.arange(n) * k // n
    labels = np.where(rng.random(n) < 0.05, rng.integers(k, size=n), truth)
    found = refine_labels(W, labels, cycles=0)
    assert np.mean(found == truth) > 0.99
    assert graph_cut(W, found, "degree") < 1.02 * graph_cut(W, truth, "degree")
