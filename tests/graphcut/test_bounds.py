"""jensen <= exact <= binned <= hoelder, the gap, the minibatch; and what is false elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from cut_problems import CutProblem, count_problems, enumerated, problems, random_problem
from hypothesis import given, settings
from scipy.special import beta
from scipy.stats import binom

from graphcut import (
    binned_bound,
    envelope_bound,
    expected_cut,
    gap_bound,
    hoelder_bound,
    jensen_bound,
    minibatch_bound,
    prcut_bound,
)
from graphcut._bins import size_bins
from hypgeo import hyp2f1

# Rounding of a few hundred operations; the bounds are often equal to what they bound.
ROUNDING = 1e-11


def at_most(a, b, scale=None):
    """a <= b up to rounding."""
    return bool((a <= b + ROUNDING * np.abs(b if scale is None else scale)).all())


@given(problems)
@settings(max_examples=150)
def test_order(problem):
    W, P, size, _ = problem
    exact = enumerated(problem)
    jensen = jensen_bound(W, P, size, per_cluster=True)
    assert at_most(jensen, exact)
    for n_bins in (1, 2, 16):
        for bins in ("log_kmeans", "equal_frequency"):
            binned = binned_bound(W, P, size, n_bins, bins, per_cluster=True)
            hoelder = hoelder_bound(W, P, size, n_bins, bins, per_cluster=True)
            assert at_most(exact, binned)
            assert at_most(binned, hoelder)
    assert at_most(exact, envelope_bound(W, P, size, per_cluster=True))


@given(count_problems)
@settings(max_examples=100)
def test_ratio_cut(problem):
    exact = enumerated(problem)
    envelope = envelope_bound(problem.W, problem.P, per_cluster=True)
    assert at_most(exact, envelope)
    assert at_most(exact, prcut_bound(problem.W, problem.P, per_cluster=True))
    binned = binned_bound(problem.W, problem.P, "count", 5, per_cluster=True)
    np.testing.assert_allclose(binned, envelope, rtol=ROUNDING)


@given(problems)
@settings(max_examples=10)
def test_gap_holds_the_true_gap(problem):
    W, P, size, _ = problem
    exact = enumerated(problem)
    for n_bins in (1, 2):
        bound = binned_bound(W, P, size, n_bins, per_cluster=True)
        low, high = gap_bound(W, P, size, n_bins, per_cluster=True)
        assert (low >= 0).all()
        assert np.isfinite(high).all()
        assert at_most(low, bound - exact, bound)
        assert at_most(bound - exact, high, bound)


def test_gap_is_tight_for_small_spread():
    rng = np.random.default_rng(0)
    n = 40
    W = np.ones((n, n)) - np.eye(n)
    column = 0.5 + 0.05 * rng.uniform(-1, 1, n)
    P = np.column_stack([column, 1 - column])
    low, high = gap_bound(W, P, "count")
    true = binned_bound(W, P, "count") - expected_cut(W, P, "count")
    assert 0 < low <= true <= high
    assert high <= 1.5 * low


def test_bins_of_single_sizes_and_equal_probabilities_are_exact():
    problem = random_problem(21)
    P = np.full((len(problem.W), 2), 0.5)
    binned = binned_bound(problem.W, P, "degree", len(P))
    assert binned == pytest.approx(expected_cut(problem.W, P, "degree"), rel=ROUNDING)


def test_more_bins_are_tighter():
    rng = np.random.default_rng(5)
    n = 60
    W = np.triu(rng.random((n, n)) < 0.2, 1) * np.exp(rng.normal(size=(n, 1)))
    W = np.triu(W, 1) + np.triu(W, 1).T
    P = rng.dirichlet([1, 1, 1], n)
    values = [binned_bound(W, P, "degree", b) for b in (1, 4, 16, 60)]
    exact = expected_cut(W, P, "degree")
    assert values == sorted(values, reverse=True)
    assert exact < values[-1] < 1.1 * exact


def test_minibatch_bound_holds_as_often_as_it_says():
    rng = np.random.default_rng(1)
    n = 40
    W = np.triu(rng.random((n, n)), 1)
    P = rng.dirichlet([0.2, 0.2], n)
    W = W + W.T
    exact = expected_cut(W, P)
    envelope = envelope_bound(W, P)
    bounds = [
        minibatch_bound(W, P, rng.choice(n, 10, replace=False), confidence=0.5) for _ in range(200)
    ]
    held = np.mean([bound >= exact * (1 - ROUNDING) for bound in bounds])
    assert held >= 0.5
    # It is no bound of everything: larger batches come nearer.
    whole = minibatch_bound(W, P, np.arange(n), confidence=0.5)
    assert envelope <= whole < np.median(bounds)


def test_no_edges():
    W, P = np.zeros((3, 3)), np.full((3, 2), 0.5)
    for bound in (jensen_bound, envelope_bound, binned_bound, hoelder_bound):
        assert bound(W, P, "degree") == 0
        assert bound(W, P, "count") == 0
    assert prcut_bound(W, P) == 0
    assert gap_bound(W, P) == (0.0, 0.0)


def test_isolated_vertices_change_nothing_in_degrees():
    problem = random_problem(13)
    n, clusters = problem.P.shape
    W = np.pad(problem.W, (0, 1))
    P = np.vstack([problem.P, np.full(clusters, 1 / clusters)])
    for bound in (jensen_bound, envelope_bound, binned_bound, hoelder_bound):
        assert bound(W, P, "degree") == pytest.approx(bound(W[:n, :n], P[:n], "degree"), rel=1e-13)


def test_isolated_vertices_of_a_minibatch_are_left_out():
    W, P = 1 - np.eye(6), np.random.default_rng(3).dirichlet([1, 1], 8)
    W = np.pad(W, 1)
    inner = minibatch_bound(W[1:-1, 1:-1], P[1:-1], [0, 4, 5], "degree", per_cluster=True)
    outer = minibatch_bound(W, P, [0, 1, 5, 6, 7], "degree", per_cluster=True)
    np.testing.assert_array_equal(outer, inner)


def test_bins():
    sizes = np.array([5.0, 1, 1, 1.5, 100, 110])
    groups = size_bins(sizes, 3, "log_kmeans")
    assert groups.of.tolist() == [1, 0, 0, 0, 2, 2]
    assert groups.smallest.tolist() == [1, 5, 100]
    assert groups.largest.tolist() == [1.5, 5, 110]
    assert groups.counts.tolist() == [3, 1, 2]
    assert size_bins(sizes, 3, "equal_frequency").of.tolist() == [1, 0, 0, 1, 2, 2]
    assert len(size_bins(np.ones(9), 4, "log_kmeans").counts) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda W, P: binned_bound(W, P, n_bins=0), "n_bins is 0; an integer from 1 on"),
        (lambda W, P: binned_bound(W, P, n_bins=None), "n_bins is None"),
        (lambda W, P: hoelder_bound(W, P, bins="kmeans"), "bins is 'kmeans'"),
        (lambda W, P: minibatch_bound(W, P, [0, 0]), "batch holds 0 more than once"),
        (lambda W, P: minibatch_bound(W, P, [2]), "batch holds 2; integers from 0 to 1"),
        (lambda W, P: minibatch_bound(W, P, [1, -1]), "batch holds -1"),
        (lambda W, P: minibatch_bound(0 * W, P, [1], "degree"), "vertices of size 0 only, 1 first"),
        (lambda W, P: minibatch_bound(W, P, []), r"batch has shape \(0,\)"),
        (lambda W, P: minibatch_bound(W, P, [0], confidence=0), "confidence is 0"),
        (lambda W, P: minibatch_bound(W, P, [0], confidence="all"), "confidence is 'all'"),
    ],
)
def test_arguments_are_checked(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.array([[0, 1], [1, 0]]), np.full((2, 2), 0.5))


# Published statements that are false, each beside ours on the same graph (docs/cuts.md).


def star(leaves: int, p: float) -> CutProblem:
    """Hub 0 with degree `leaves`; every vertex in cluster 0 with probability p."""
    W = np.zeros((leaves + 1, leaves + 1))
    W[0, 1:] = W[1:, 0] = 1
    P = np.tile([p, 1 - p], (leaves + 1, 1))
    return CutProblem(W, P, "degree", W.sum(axis=1))


def flows(problem: CutProblem):
    """Edges and their weights in cluster 0."""
    i, j = np.nonzero(problem.W)
    p = problem.P[:, 0]
    return i, j, problem.W[i, j] * p[i] * (1 - p[j])


def others_mean(p, i, j):
    return (p.sum() - p[i] - p[j]) / (len(p) - 2)


def test_false_relaxing_c_to_two():
    """2F1(-m, 1; c; a) increases with c: 2 for c = s_i/beta + 1 gives less than the exact value."""
    problem = star(10, 0.3)
    i, j, flow = flows(problem)
    z = others_mean(problem.P[:, 0], i, j)
    relaxed = (flow / problem.sizes[i] * hyp2f1(-9, 1, 2, z)).sum()
    exact = enumerated(problem)[0]
    assert relaxed < 0.9 * exact
    assert at_most(exact, envelope_bound(problem.W, problem.P, "degree", per_cluster=True)[0])
    assert (np.diff(hyp2f1(-9, 1, np.arange(2, 12), 0.3)) > 0).all()


def test_false_gap_that_diverges():
    """V/2 int t^(q-1) (1 - t^b)^2 / t^(2b) dt = V B(q/b - 2, 3) / (2 b) is no bound for q <= 2b."""
    for q in (1.0, 2.0):
        x = np.array([10.0, 20.0, 40.0])
        # The integrand in x = -log t is exp((2 - q) x) (1 - exp(-x))^2: it does not decay.
        assert (np.exp((2 - q) * x) * (1 - np.exp(-x)) ** 2 >= 0.99).all()
    assert np.isfinite(beta(2.5 - 2, 3))
    rng = np.random.default_rng(3)
    W = np.ones((6, 6)) - np.eye(6)
    P = rng.dirichlet([1, 1], 6)
    low, high = gap_bound(W, P, "count")
    true = envelope_bound(W, P) - expected_cut(W, P)
    assert 0 <= low <= true <= high < envelope_bound(W, P)


def test_false_mean_over_all_vertices():
    """The own probabilities of i and j raise the mean: the value falls below the exact one."""
    W = np.zeros((5, 5))
    W[0, 1] = W[1, 0] = 1
    column = np.array([0.6, 0.4, 0.1, 0.1, 0.1])
    problem = CutProblem(W, np.column_stack([column, 1 - column]), "count", np.ones(5))
    _, _, flow = flows(problem)
    careless = (flow * hyp2f1(-3, 1, 2, column.mean())).sum()
    exact = enumerated(problem)[0]
    assert exact > 1.15 * careless
    assert at_most(exact, envelope_bound(W, problem.P, per_cluster=True)[0])


def test_false_early_exit_of_the_alternating_series():
    """Terms below eps of the partial sum end the series; its digits had cancelled long before."""
    m, z = 128, 0.5
    total = term = largest = 1.0
    for k in range(m):
        term *= (k - m) * z / (k + 2)
        total += term
        largest = max(largest, abs(term))
        if abs(term) < 1e-16 * abs(total):
            break
    exact = (1 - (1 - z) ** (m + 1)) / ((m + 1) * z)
    assert largest > 1e-3 * (1 + z) ** (m + 1)
    assert abs(total - exact) > exact
    assert hyp2f1(-m, 1, 2, z) == pytest.approx(exact, rel=1e-14)


def test_false_mean_degree_of_a_bin():
    """2F1(-m, 1; q/beta + 1; a) / s_i with the mean degree as q is too small above the mean."""
    problem = star(10, 0.3)
    i, j, flow = flows(problem)
    z = others_mean(problem.P[:, 0], i, j)
    q = problem.sizes.mean()
    values = flow / problem.sizes[i] * hyp2f1(-9, 1, q + 1, z)
    hub = i == 0
    exact = enumerated(problem)[0]
    assert values[hub].sum() < expected_of_hub(problem)
    assert expected_of_hub(problem) < exact
    assert at_most(exact, hoelder_bound(problem.W, problem.P, "degree", 1, per_cluster=True)[0])


def expected_of_hub(problem: CutProblem) -> float:
    """Part of the hub's edges in the expected cut of cluster 0: X ~ Binomial(leaves - 1, p)."""
    leaves, p = len(problem.W) - 1, problem.P[0, 0]
    x = np.arange(leaves)
    return float(leaves * p * (1 - p) * (binom.pmf(x, leaves - 1, p) / (leaves + x)).sum())
