"""Streams: quality, memory, refusals."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from graphcut import ProbabilisticCut, clustering_accuracy
from graphcut.online import LONGEST_HISTORY

CENTRES = 25.0 * np.eye(4)


def batch(rng, n=200):
    y = rng.integers(0, 4, n)
    return CENTRES[y] + rng.standard_normal((n, 4)), y


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_a_stream_is_learned(rng, model):
    cut = ProbabilisticCut(4, model=model, random_state=0)
    for _ in range(6):
        X, y = batch(rng)
        cut.partial_fit(X)
        assert clustering_accuracy(y, cut.labels_) == 1.0
    X, y = batch(rng, 1000)
    assert clustering_accuracy(y, cut.predict(X)) == 1.0
    first = 200 if model == "linear" else 100
    assert len(cut.history_["objective"]) == cut.n_iter_ == first + 5 * 10


def test_a_stream_follows_what_moves(rng):
    cut = ProbabilisticCut(4, random_state=0)
    shift = np.zeros(4)
    for _ in range(12):
        X, y = batch(rng)
        cut.partial_fit(X + shift)
        shift += 1.0
    assert clustering_accuracy(y, cut.predict(X + shift)) == 1.0


def test_memory_does_not_grow(rng):
    size = 2000
    cut = ProbabilisticCut(4, max_iter=2, random_state=0)
    for _ in range(5):
        cut.partial_fit(batch(rng, size)[0])
    tracemalloc.start()
    sizes = []
    for _ in range(3):
        for _ in range(10):
            cut.partial_fit(batch(rng, size)[0])
        # Cycles that wait for the collector, and its free lists, are not kept by the estimator.
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    # Ten batches lie between two measurements: their labels alone would be 160,000 bytes.
    assert sizes[2] - sizes[1] < 80_000
    assert not hasattr(cut, "graph_")


def test_the_history_is_bounded(rng, monkeypatch):
    monkeypatch.setattr("graphcut.online.LONGEST_HISTORY", 7)
    cut = ProbabilisticCut(4, max_iter=5, random_state=0)
    for _ in range(3):
        cut.partial_fit(batch(rng)[0])
    assert len(cut.history_["objective"]) == 7
    assert cut.n_iter_ == 15
    assert LONGEST_HISTORY == 10_000


def test_a_fit_is_continued_and_begins_anew(rng):
    X, _ = batch(rng)
    cut = ProbabilisticCut(4, random_state=0).fit(X)
    labels = cut.labels_
    cut.partial_fit(X)
    assert clustering_accuracy(labels, cut.labels_) == 1.0
    assert not hasattr(cut, "graph_")
    assert not hasattr(cut, "start_labels_")
    with pytest.raises(ValueError, match=r"n_clusters is 5; the model .* has 4"):
        cut.set_params(n_clusters=5).partial_fit(X)
    cut.set_params(n_clusters=4)
    again = cut.fit(X).labels_
    assert (again == labels).all()


def test_streams_need_models_of_points(rng):
    X, _ = batch(rng)
    with pytest.raises(ValueError, match="model is 'free'"):
        ProbabilisticCut(4, model="free").partial_fit(X)
    with pytest.raises(ValueError, match="n_samples=3 should be >= n_clusters=4"):
        ProbabilisticCut(4).partial_fit(X[:3])
