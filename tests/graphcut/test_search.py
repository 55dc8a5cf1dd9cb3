"""The search behind partitions: blocks, new borders, costs that never rise."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcut import ProbabilisticCut, knn_graph, normalized_cut
from graphcut._checks import check_graph
from graphcut._moves import descend, limits
from graphcut._search import Problem, common_blocks, improve, recombine

ROUNDING = 1e-12


def problem_of(W, clusters, balance):
    graph = check_graph(W)
    sizes = np.asarray(graph.sum(axis=1)).ravel()
    return Problem(graph, sizes, clusters, limits(sizes, clusters, balance))


def random_graph(seed, n, share=0.4):
    rng = np.random.default_rng(seed)
    W = np.triu(rng.random((n, n)) < share, 1) * rng.integers(1, 9, (n, n))
    return (W + W.T).astype(float)


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=12, max_size=12), min_size=1, max_size=4),
)
def test_blocks_are_what_no_partition_separates(partitions):
    blocks = common_blocks([np.array(one) for one in partitions])
    together = np.logical_and.reduce([np.equal.outer(one, one) for one in partitions])
    np.testing.assert_array_equal(np.equal.outer(blocks, blocks), together)
    assert set(blocks) == set(range(blocks.max() + 1))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("clusters", [2, 5])
def test_the_cost_never_rises(seed, clusters):
    problem = problem_of(random_graph(seed, 60, 0.1), clusters, 0.25)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(60) % clusters)
    labels, _ = descend(problem.graph, labels, problem.sizes, problem.bounds, rng)
    found = improve(problem, labels, np.arange(60), rng)
    assert problem.cost(found) <= problem.cost(labels)
    assert set(found) == set(range(clusters))


@pytest.mark.parametrize("seed", range(5))
def test_small_graphs_get_their_best_partition(seed):
    planted = np.kron(np.eye(2), np.ones((5, 5))) > 0
    W = random_graph(seed, 10, 0.3) * np.where(planted, 5.0, 1.0) + planted
    np.fill_diagonal(W, 0)
    problem = problem_of(W, 2, 0.25)
    every = [np.array((0, *rest)) for rest in product((0, 1), repeat=9)]
    volumes = [np.bincount(labels, problem.sizes, minlength=2) for labels in every]
    low, high = problem.bounds
    within = [one.min() >= low and one.max() <= high for one in volumes]
    lowest = min(
        normalized_cut(W, labels) for labels, is_in in zip(every, within, strict=True) if is_in
    )
    rng = np.random.default_rng(seed)
    first, _ = descend(problem.graph, np.arange(10) % 2, problem.sizes, problem.bounds, rng)
    found = improve(problem, first, np.arange(10), rng)
    assert normalized_cut(W, found) == pytest.approx(lowest, rel=ROUNDING)


def test_borders_in_the_wrong_place_are_drawn_anew():
    # Four dense groups in a ring; two clusters that each cut through two groups are stuck: no
    # single move helps, and only a new border between the two finds the cheap one.
    group = np.ones((20, 20)) - np.eye(20)
    W = np.kron(np.eye(4), group)
    for a in range(4):
        b = (a + 1) % 4
        W[20 * a, 20 * b] = W[20 * b, 20 * a] = 1.0
    problem = problem_of(W, 2, 0.25)
    labels = np.tile(np.repeat([0, 1], 10), 4)
    found = recombine(problem.graph, [labels], 2, 0.25)
    assert normalized_cut(W, found) < 0.1 < normalized_cut(W, labels)
    improved = improve(problem, labels, np.arange(80), np.random.default_rng(0))
    assert normalized_cut(W, improved) < 0.01


def test_nothing_is_cut_and_nothing_changes():
    W = np.kron(np.eye(3), np.ones((4, 4)) - np.eye(4))
    labels = np.repeat([0, 1, 2], 4)
    np.testing.assert_array_equal(recombine(check_graph(W), [labels], 3, 0.25), labels)
    empty = check_graph(np.zeros((6, 6)))
    labels = np.arange(6) % 2
    np.testing.assert_array_equal(recombine(empty, [labels], 2, 0.25), labels)


def test_recombination_begins_with_the_better_parent_and_keeps_the_bounds():
    W = check_graph(knn_graph(np.random.default_rng(0).normal(size=(400, 3)), 10))
    problem = problem_of(W, 4, 0.25)
    rng = np.random.default_rng(1)
    parents = [
        descend(W, rng.permutation(np.arange(400) % 4), problem.sizes, problem.bounds, rng)[0]
        for _ in range(2)
    ]
    lump = np.minimum(np.arange(400), 3)
    found = recombine(W, [*parents, lump], 4, 0.25)
    assert problem.cost(found) <= min(problem.cost(one) for one in parents)
    volume = np.bincount(found, weights=problem.sizes)
    assert volume.max() <= problem.bounds[1] * (1 + ROUNDING)
    assert volume.min() >= problem.bounds[0] * (1 - ROUNDING)


def test_clusters_keep_the_numbers_of_the_first_partition():
    W = check_graph(np.kron(np.eye(3), np.ones((6, 6)) - np.eye(6)))
    y = np.repeat([2, 0, 1], 6)
    nearly = np.where(np.arange(18) == 7, 1, y)
    found = recombine(W, [nearly, np.repeat([0, 1, 2], 6)], 3, 0.25)
    np.testing.assert_array_equal(found, y)


def test_refinement_of_a_partition_keeps_its_bounds_and_lowers_its_cut():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4)) + 2.0 * np.eye(3, 4)[np.arange(300) % 3]
    plain = ProbabilisticCut(3, init="partition", model="linear", random_state=0).fit(X)
    refined = ProbabilisticCut(
        3, init="partition", model="linear", refine=True, random_state=0
    ).fit(X)
    volume = np.bincount(refined.labels_, np.asarray(refined.graph_.sum(axis=1)).ravel())
    assert volume.max() <= 1.25 * volume.mean() * (1 + ROUNDING)
    problem = problem_of(refined.graph_, 3, 0.25)
    assert problem.cost(refined.labels_) <= problem.cost(plain.labels_)
    assert problem.cost(refined.labels_) <= problem.cost(refined.start_labels_)
