"""Training stops before a step would write NaN, and draws from its own seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from graphcut import ProbabilisticCut, knn_graph
from graphcut._adjacency import Adjacency
from graphcut._training import NotFiniteError, Recipe, backward, distil, train
from graphcut.models import build_model
from graphcut.objectives import CutObjective


class Spoiled(nn.Module):
    """A linear model whose logits, or gradients, are NaN from a call on."""

    def __init__(self, call, gradient=False):
        super().__init__()
        self.linear = nn.Linear(2, 3)
        self.call, self.gradient, self.calls = call, gradient, 0

    def forward(self, x):
        self.calls += 1
        logits = self.linear(x)
        if self.calls < self.call:
            return logits
        if not self.gradient:
            return logits * torch.nan
        # sqrt at 0: the value is 0, the gradient NaN.
        return logits + torch.sqrt(0 * logits)


@pytest.fixture
def problem(rng):
    X = rng.standard_normal((60, 2))
    return torch.from_numpy(X).float(), Adjacency(knn_graph(X, 5))


def finite(model):
    return all(torch.isfinite(p).all() for p in model.parameters())


@pytest.mark.parametrize("gradient", [False, True])
@pytest.mark.parametrize("batch_size", [None, 20])
def test_training_ends_with_a_warning_before_it_writes_nan(problem, gradient, batch_size):
    model = Spoiled(4, gradient)
    recipe = Recipe(steps=10, batch_size=batch_size, balance=0.2, mixing="tensor")
    with pytest.warns(RuntimeWarning, match=r"training \(3 of 10 steps\) ended early: the "):
        done = train(model, *problem, CutObjective(), recipe)
    assert finite(model)
    assert len(done.objective) == 3
    assert np.isfinite(done.objective).all()


def test_distillation_ends_with_a_warning_before_it_writes_nan(problem):
    model = Spoiled(3)
    with pytest.warns(RuntimeWarning, match="distillation ended early: the cross entropy is nan"):
        distil(model, problem[0], np.arange(60) % 3, Recipe(), seed=0)
    assert finite(model)


def test_a_single_traversal_says_what_is_not_finite(problem):
    with pytest.raises(NotFiniteError, match=r"gradient of the model's linear.weight"):
        backward(Spoiled(1, gradient=True), *problem, CutObjective(), Recipe(), 1.0)


@pytest.mark.parametrize("objective", ["ncut", "prcut"])
def test_a_cluster_that_is_empty_from_the_start(rng, objective):
    X = rng.standard_normal((60, 3))
    cut = ProbabilisticCut(
        3, objective=objective, init=np.arange(60) % 2, balance=0.2, temperature=0.01,
        max_iter=60, tol=0.0, random_state=0,
    ).fit(X)  # fmt: skip
    assert np.isfinite(cut.history_["objective"]).all()
    assert len(cut.history_["objective"]) == 60
    assert finite(cut.model_)


def test_training_of_an_edgeless_graph():
    for k in (1, 2):
        for objective in ("ncut", "exact"):
            cut = ProbabilisticCut(
                k, affinity="precomputed", objective=objective, random_state=0
            ).fit(np.zeros((6, 6)))
            assert cut.ncut_ == cut.bound_ == 0.0


@pytest.mark.parametrize("batch_size", [None, 20])
def test_dropout_draws_from_the_seed(problem, batch_size):
    inputs, graph = problem
    module = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 3))
    recipe = Recipe(steps=5, distil_steps=5, batch_size=batch_size)
    histories = []
    for seed in (0, 0, 1):
        model = build_model(module, 60, 2, 3, 8, seed)
        state = torch.get_rng_state()
        distil(model, inputs, np.arange(60) % 3, recipe, seed)
        histories.append(train(model, inputs, graph, CutObjective(), recipe, seed).objective)
        assert (torch.get_rng_state() == state).all()
        torch.rand(3)
    assert histories[0] == histories[1] != histories[2]
