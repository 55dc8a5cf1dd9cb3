"""Learning from a stream: a graph for each batch, and no memory of the points.

What is kept is the map of features, learned from the first batch, the model with its optimiser, and
the running cluster means of the objective. None of it grows with the number of points seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from graphcut import _parameters
from graphcut._adam import Adam
from graphcut._adjacency import Adjacency
from graphcut._fitting import Choices, Problem, check_outputs, evaluate, start_labels
from graphcut._training import annealed, backward, distil
from graphcut.cuts import normalized_cut, ratio_cut
from graphcut.models import build_model
from graphcut.objectives import CutObjective

if TYPE_CHECKING:
    from graphcut.estimator import ProbabilisticCut

# Steps on a batch after the first: its graph costs about as much as these.
STEPS_PER_BATCH = 10
# Share of the old cluster means that a step keeps.
MOMENTUM = 0.9
# The rate of a stream does not fall; it is that of `fit` divided by this.
RATE_DIVISOR = 5
# Entries of `history_` that are kept.
LONGEST_HISTORY = 10_000


class Stream:
    """State between batches.

    Parameters
    ----------
    model : torch.nn.Module
        The estimator's model.
    choices : Choices
        Parameters.
    """

    def __init__(self, model: torch.nn.Module, choices: Choices) -> None:
        self.objective = CutObjective(
            choices.objective, choices.edge_term, choices.size, momentum=MOMENTUM
        )
        rate = choices.recipe.learning_rate / RATE_DIVISOR
        self.optimizer = Adam(model.parameters(), rate)
        self.seen = 0


def partial_fit(estimator: ProbabilisticCut, X: NDArray[Any]) -> None:
    """Learn from a batch; the first one also chooses features, start and model.

    Parameters
    ----------
    estimator : ProbabilisticCut
        Changed in place.
    X : ndarray, shape (b, d)
        Validated points.

    Raises
    ------
    ValueError
        If the model is "free" or the affinity "precomputed", which know training points only.
    """
    choices = _parameters.choices(estimator, getattr(estimator, "_seed", 0))
    if choices.model == "free" or estimator.affinity == "precomputed":
        raise ValueError(
            f"model is {choices.model!r} and affinity {estimator.affinity!r}; a stream needs "
            f"points and a model that predicts new ones, such as 'linear' or 'mlp'"
        )
    if not hasattr(estimator, "model_"):
        _begin(estimator, X)
    elif estimator._n_features_out != estimator.n_clusters:
        raise ValueError(
            f"n_clusters is {estimator.n_clusters}; the model that the stream goes on with has "
            f"{estimator._n_features_out}"
        )
    for name in ("graph_", "start_labels_"):
        if hasattr(estimator, name):
            delattr(estimator, name)
    if estimator._stream is None:
        estimator._stream = Stream(estimator.model_, choices)
    _learn(estimator, estimator._stream, X, choices)


def _begin(estimator: ProbabilisticCut, X: NDArray[Any]) -> None:
    estimator._seed = _parameters.seed(estimator.random_state)
    choices = _parameters.choices(estimator, estimator._seed)
    features = _parameters.fit_features(estimator, X)
    W = _parameters.graph_of(estimator, X, features, estimator._seed)
    problem = Problem(W, features, features, estimator.n_clusters)
    labels = start_labels(problem, choices.init, choices.seed)
    k, width = estimator.n_clusters, features.shape[1]
    model = build_model(choices.model, len(X), width, k, choices.hidden, choices.seed)
    model = model.to(choices.device)
    if isinstance(choices.model, str):
        model = model.double()
    inputs = torch.from_numpy(features).to(choices.device, next(model.parameters()).dtype)
    check_outputs(model, inputs, k)
    distil(model, inputs, labels, choices.recipe, choices.seed)
    estimator.model_ = model
    estimator.history_ = {"objective": [], "balance": [], "temperature": []}
    estimator.n_iter_, estimator._n_features_out = 0, k
    estimator._stream, estimator._neighbours = None, None
    estimator.interrupted_ = False


def _learn(estimator: ProbabilisticCut, stream: Stream, X: NDArray[Any], choices: Choices) -> None:
    assert estimator._features is not None
    features = estimator._features.transform(X)
    W = _parameters.graph_of(estimator, X, features, estimator._seed)
    model = estimator.model_
    dtype = next(model.parameters()).dtype
    graph = Adjacency(W, choices.device, dtype)
    inputs = torch.from_numpy(features).to(choices.device, dtype)
    model.train()
    first = stream.seen == 0 and estimator.n_iter_ == 0
    steps = choices.recipe.steps
    if not first:
        steps = min(STEPS_PER_BATCH, steps)
    for step in range(steps):
        # Only the first batch is annealed: later ones meet a model that has cooled.
        ends = choices.recipe.temperature
        temperature = annealed(ends, step, steps) if first else ends[1]
        stream.optimizer.zero_grad()
        values = backward(model, inputs, graph, stream.objective, choices.recipe, temperature)
        stream.optimizer.step()
        _remember(estimator, (*values, temperature))
    stream.seen += len(X)
    estimator.n_iter_ += steps
    _publish(estimator, W, evaluate(model, features, choices.device))


def _remember(estimator: ProbabilisticCut, values: tuple[float, float, float]) -> None:
    for name, value in zip(("objective", "balance", "temperature"), values, strict=True):
        history = estimator.history_[name]
        history.append(value)
        del history[:-LONGEST_HISTORY]


def _publish(estimator: ProbabilisticCut, W: Any, logits: NDArray[np.float64]) -> None:
    labels = np.asarray(logits.argmax(axis=1), dtype=np.int64)
    estimator.labels_ = labels
    estimator.ncut_, estimator.rcut_ = normalized_cut(W, labels), ratio_cut(W, labels)
    estimator.expected_cut_, estimator.bound_ = _parameters.expectations(estimator, W, logits)
