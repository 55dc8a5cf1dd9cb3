"""Baselines: scikit-learn's rules, their cuts, new points."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from graphcut import KMeansCut, PartitionCut, SpectralCut, normalized_cut, ratio_cut

BASELINES = (KMeansCut, SpectralCut, PartitionCut)


def blobs(seed=0, sizes=(60, 40, 20)):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(sizes)), sizes)
    return rng.normal(size=(len(y), 3)) + 20 * y[:, None], y


@parametrize_with_checks([baseline(n_clusters=3, random_state=0) for baseline in BASELINES])
def test_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("baseline", BASELINES[:2])
def test_separate_blobs_are_found_and_predicted(baseline):
    X, y = blobs()
    for seed in range(5):
        found = baseline(3, random_state=seed).fit(X)
        assert len(set(zip(found.labels_, y, strict=True))) == 3
        assert found.ncut_ == 0
        new, classes = blobs(seed=1, sizes=(5, 5, 5))
        assert len(set(zip(found.predict(new), classes, strict=True))) == 3


@pytest.mark.parametrize("baseline", BASELINES)
def test_cuts_are_those_of_the_labels(baseline):
    X = np.random.default_rng(0).normal(size=(80, 2))
    found = baseline(4, random_state=0).fit(X)
    assert found.ncut_ == normalized_cut(found.graph_, found.labels_) > 0
    assert found.rcut_ == ratio_cut(found.graph_, found.labels_)
    moved = baseline(4, random_state=0, refine=True).fit(X)
    assert moved.ncut_ <= found.ncut_


def test_a_graph_has_no_new_points():
    W = np.kron(np.eye(2), np.ones((4, 4)) - np.eye(4))
    found = SpectralCut(2, affinity="precomputed", random_state=0).fit(W)
    with pytest.raises(ValueError, match="only points can be predicted"):
        found.predict(W)
    with pytest.raises(ValueError, match="needs points"):
        KMeansCut(2, affinity="precomputed").fit(W)
    with pytest.raises(ValueError, match="affinity is 'graph'"):
        SpectralCut(2, affinity="graph").fit(W)


def test_given_graph_is_used():
    X, _ = blobs()
    W = np.ones((120, 120)) - np.eye(120)
    assert KMeansCut(3, random_state=0).fit(X, graph=W).graph_.nnz == 120 * 119


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_clusters": 2.0}, "n_clusters is 2.0; an integer from 1 on"),
        ({"n_clusters": True}, "n_clusters is True"),
        ({"n_neighbors": 0}, "n_neighbors is 0; an integer from 1 on"),
        ({"refine": "nope"}, "refine is 'nope'; True or False is allowed"),
    ],
)
def test_parameters_are_checked(parameters, message):
    with pytest.raises(ValueError, match=message):
        KMeansCut(**{"n_clusters": 3, **parameters}).fit(blobs()[0])


def test_what_was_fitted_survives_a_fit_that_fails():
    X, _ = blobs()
    found = SpectralCut(3, random_state=0).fit(X)
    known = dict(vars(found))
    with pytest.raises(ValueError, match="graph"):
        found.fit(X[:, :2], graph=np.ones((120, 120)))
    assert vars(found) == known
