"""Metrics against scikit-learn and by enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from graphcut import ari, clustering_accuracy, nmi, purity

pairs = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 4), min_size=n, max_size=n),
        st.lists(st.integers(-2, 3), min_size=n, max_size=n),
    )
)


@given(pairs)
@settings(max_examples=150)
def test_against_scikit_learn(pair):
    y, labels = pair
    # The edges of both: one class, or every vertex alone.
    assert nmi(y, labels) == pytest.approx(
        metrics.normalized_mutual_info_score(y, labels), abs=1e-12
    )
    assert ari(y, labels) == pytest.approx(metrics.adjusted_rand_score(y, labels), abs=1e-12)
    table = metrics.cluster.contingency_matrix(y, labels)
    assert purity(y, labels) == pytest.approx(table.max(axis=0).sum() / len(y), abs=1e-15)


@given(pairs)
@settings(max_examples=60)
def test_accuracy_is_the_best_match(pair):
    y, labels = np.array(pair[0]), np.array(pair[1])
    clusters = np.unique(labels)
    names = [*np.unique(y), *[-9] * len(clusters)]
    best = max(
        np.mean(y == np.array(match)[np.searchsorted(clusters, labels)])
        for match in set(itertools.permutations(names, len(clusters)))
    )
    assert clustering_accuracy(y, labels) == pytest.approx(best, abs=1e-15)


def test_purity_is_not_accuracy():
    assert purity([0, 0, 1], [0, 1, 2]) == 1
    assert clustering_accuracy([0, 0, 1], [0, 1, 2]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("metric", [ari, clustering_accuracy, nmi, purity])
def test_arguments_are_checked(metric):
    with pytest.raises(ValueError, match="y has length 2, labels 3"):
        metric([0, 1], [0, 1, 1])
    with pytest.raises(ValueError, match=r"labels has shape \(1, 2\)"):
        metric([0, 1], [[0, 1]])
    with pytest.raises(ValueError, match=r"y has shape \(0,\)"):
        metric([], [])
