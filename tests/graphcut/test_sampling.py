"""Draws against the exact expectation."""

from __future__ import annotations

import numpy as np
import pytest
from cut_problems import random_problem

from graphcut import expected_cut, graph_cut, monte_carlo_cut


def test_intervals_cover():
    covered = 0
    for seed in range(60):
        problem = random_problem(seed)
        exact = expected_cut(*problem[:3])
        _, (low, high) = monte_carlo_cut(*problem[:3], n_samples=200, seed=seed)
        covered += low - 1e-12 * exact <= exact <= high + 1e-12 * exact
    # 95% intervals of skewed means: 49 or fewer of 60 have a chance below 1e-3.
    assert covered >= 50


def test_hard_labels_have_no_spread():
    problem = random_problem(1)
    labels = problem.P.argmax(axis=1)
    hard = np.eye(problem.P.shape[1])[labels]
    mean, (low, high) = monte_carlo_cut(problem.W, hard, problem.size, 5)
    cut = graph_cut(problem.W, labels, problem.size)
    assert mean == pytest.approx(cut, rel=1e-14)
    assert high - low <= 1e-14 * cut


def test_seeds():
    problem = random_problem(4, n_max=9)
    first, again, other = (
        monte_carlo_cut(*problem[:3], n_samples=20, seed=s)[0] for s in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_samples": 1}, "n_samples is 1"),
        ({"n_samples": None}, "n_samples is None; an integer from 2 on"),
        ({"confidence": 1.0}, "confidence is 1.0"),
        ({"confidence": "high"}, "confidence is 'high'"),
    ],
)
def test_arguments_are_checked(change, message):
    with pytest.raises(ValueError, match=message):
        monte_carlo_cut([[0, 1], [1, 0]], [[1, 0], [0, 1]], **change)
