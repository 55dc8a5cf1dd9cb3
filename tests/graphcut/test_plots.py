"""Plots draw what they return, and it is in order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from graphcut import graph_cut, knn_graph
from graphcut.plots import plot_temperature, plot_tightness, softmax
from graphcut.report import plot_blocks, plot_embedding


@pytest.fixture
def blobs():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(20, 2)), rng.normal(size=(30, 2)) + 6])
    return knn_graph(X, 5), np.repeat(np.eye(2), [20, 30], axis=0) + rng.normal(0, 0.2, (50, 2))


def lines(ax):
    return {line.get_label(): list(line.get_ydata()) for line in ax.get_lines()}


def test_temperature(blobs):
    W, logits = blobs
    ax = Figure().subplots()
    drawn = plot_temperature(ax, W, logits, temperatures=(1e-3, 0.3, 1.0), n_bins=4)
    assert lines(ax)["exact"] == drawn["exact"]
    order = np.array([drawn[name] for name in ("jensen", "exact", "binned", "hoelder")])
    assert (np.diff(order, axis=0) >= -1e-11 * order[1:]).all()
    # At low temperature the labels are certain.
    hard = graph_cut(W, logits.argmax(axis=1), "degree")
    assert drawn["hard"] == [hard]
    assert drawn["exact"][0] == pytest.approx(hard, rel=1e-6)
    assert drawn["low"][2] <= drawn["exact"][2] <= drawn["high"][2]
    # The band is drawn between its ends.
    (band,) = ax.collections
    assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx(max(drawn["high"]))


def test_tightness(blobs):
    W, logits = blobs
    ax = Figure().subplots()
    drawn = plot_tightness(ax, W, softmax(logits), n_bins=(1, 4, 50))
    assert lines(ax)["binned"] == drawn["binned"]
    assert drawn["binned"][0] > drawn["binned"][1] > drawn["binned"][2] >= 1 - 1e-11
    assert (np.array(drawn["hoelder"]) >= np.array(drawn["binned"]) * (1 - 1e-11)).all()


def test_softmax():
    P = softmax([[1e4, -1e4], [2.0, 1.0]], 0.5)
    np.testing.assert_allclose(P, [[1, 0], [1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2))]], rtol=1e-15)
    with pytest.raises(ValueError, match="temperature is 0"):
        softmax([[1.0]], 0)


def test_no_cut_has_no_tightness(blobs):
    with pytest.raises(ValueError, match="expected cut of P is 0"):
        plot_tightness(Figure().subplots(), blobs[0], np.ones((50, 1)))


def test_torch_and_iterators(blobs):
    W, logits = blobs
    tensor, ax = torch.tensor(logits, requires_grad=True), Figure().subplots()
    wanted = plot_temperature(ax, W, logits, temperatures=(0.5, 2.0), n_samples=10)
    drawn = plot_temperature(ax, W, tensor, temperatures=(t for t in (0.5, 2.0)), n_samples=10)
    assert drawn == wanted
    P = torch.softmax(tensor, dim=1)
    drawn = plot_tightness(ax, W, P, n_bins=(b for b in (1, 4)))
    assert drawn == plot_tightness(ax, W, P.detach().numpy(), n_bins=(1, 4))
    assert {type(x) for values in drawn.values() for x in values} == {float}


def test_something_is_drawn(blobs):
    ax = Figure().subplots()
    with pytest.raises(ValueError, match="temperatures is empty"):
        plot_temperature(ax, *blobs, temperatures=[])
    with pytest.raises(ValueError, match="n_bins is empty"):
        plot_tightness(ax, blobs[0], softmax(blobs[1]), n_bins=[])


@pytest.mark.parametrize(
    "convert", [lambda x: x, lambda x: x.toarray(), lambda x: torch.tensor(x.toarray())]
)
def test_blocks_of_any_graph(blobs, convert):
    W, logits = blobs
    ax = Figure().subplots()
    plot_blocks(ax, convert(W), logits.argmax(axis=1).tolist())
    (image,) = ax.get_images()
    assert np.expm1(image.get_array()).sum() == pytest.approx(W.sum())
    with pytest.raises(ValueError, match=r"labels has shape \(2,\); \(50,\) is needed"):
        plot_blocks(ax, W, [0, 1])


def test_embedding_of_lists():
    ax = Figure().subplots()
    plot_embedding(ax, [[1.0, 2.0], [3.0, 4.0]], [0, 1])
    (points,) = ax.collections
    assert sorted(points.get_offsets().tolist()) == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match=r"features has shape \(2,\); \(n, c\)"):
        plot_embedding(ax, [1.0, 2.0], [0, 1])
    with pytest.raises(ValueError, match=r"labels has shape \(1,\)"):
        plot_embedding(ax, [[1.0], [2.0]], [0])
