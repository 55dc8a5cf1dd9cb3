"""From a graph and features to a trained model: starts, training, choice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from graphcut._adjacency import Adjacency
from graphcut._training import Recipe, Training, distil, train
from graphcut.cuts import graph_cut
from graphcut.models import FreeAssignments, build_model
from graphcut.objectives import CutObjective


@dataclass(frozen=True)
class Problem:
    """What is to be clustered.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Weights.
    features : ndarray of float64, shape (n, c), or None
        What the model sees; None where only the graph is known.
    points : ndarray or None
        What starts such as k-means see.
    n_clusters : int
        Clusters.
    """

    graph: sp.csr_array
    features: NDArray[np.float64] | None
    points: NDArray[Any] | None
    n_clusters: int


@dataclass(frozen=True)
class Choices:
    """How it is to be clustered; see `ProbabilisticCut`.

    Parameters
    ----------
    model, hidden, init, n_init, objective, edge_term, size, recipe, device, verbose, seed
        As the parameters of the estimator, resolved.
    """

    model: str | nn.Module
    hidden: int
    init: Any
    n_init: int
    objective: str
    edge_term: str
    size: str
    recipe: Recipe
    device: str
    verbose: int
    seed: int


@dataclass(frozen=True)
class Begin:
    """Where the first of the restarts begins.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
        Clusters.
    again : Any
        `init` of further restarts: they differ in their seed, as the cut is no judge of methods.
    by_edges : bool
        Whether the cut may be lowered from here.
    balance : float or None
        Bounds of the sizes of the clusters, as for `refine_labels`.
    """

    labels: NDArray[np.int64]
    again: Any
    by_edges: bool
    balance: float | None


@dataclass
class Fitted:
    """The best of the restarts.

    Parameters
    ----------
    model : torch.nn.Module
        In double precision, unless it is a module of the caller's.
    logits : ndarray of float64, shape (n, K)
        Of the training vertices.
    start : ndarray of int, shape (n,)
        Labels it was trained from.
    training : Training
        Its history.
    key : tuple
        Empty clusters and cut, which the restarts are compared by.
    begin : Begin
        Where the first restart began.
    """

    model: nn.Module
    logits: NDArray[np.float64]
    start: NDArray[np.int64]
    training: Training
    key: tuple[int, float]
    begin: Begin


def fit(problem: Problem, choices: Choices) -> Fitted:
    """Train from every start and keep the model whose labels have the lowest cut.

    Parameters
    ----------
    problem : Problem
        What.
    choices : Choices
        How.

    Returns
    -------
    Fitted
        The best restart; the first ones only, if Ctrl-C ended the training.
    """
    graph = Adjacency(problem.graph, choices.device, _dtype(choices.model))
    inputs = _inputs(problem, choices)
    first = begin(problem, choices.init, choices.seed)
    if not first.by_edges:
        choices = replace(choices, recipe=replace(choices.recipe, steps=0))
    best: Fitted | None = None
    with _progress(choices) as bar:
        for restart in range(choices.n_init):
            seed = choices.seed + restart
            labels = first.labels if not restart else start_labels(problem, first.again, seed)
            found = _fit_once(problem, choices, graph, inputs, first, labels, seed, bar)
            if best is None or found.key < best.key:
                best = found
            if found.training.interrupted:
                best.training.interrupted = True
                break
    assert best is not None
    return best


def begin(problem: Problem, init: Any, seed: int) -> Begin:
    """Labels to start from, and whether unseen edges say that the cut is worth lowering.

    Parameters
    ----------
    problem : Problem
        What is to be clustered.
    init : str or array_like of int, shape (n,)
        As for `start_labels`. Only "auto" asks the edges; other starts are always trained.
    seed : int
        Of the method.

    Returns
    -------
    Begin
        The start.
    """
    from graphcut.choice import choose_start
    from graphcut.starts import BALANCE, BALANCED

    if not isinstance(init, str) or init != "auto":
        balance = BALANCE if isinstance(init, str) and init in BALANCED else None
        return Begin(start_labels(problem, init, seed), init, True, balance)
    choice = choose_start(problem.graph, problem.points, problem.n_clusters, seed)
    again = choice.labels if choice.method == "components" else choice.method
    balance = BALANCE if choice.method in BALANCED and not choice.moved else None
    return Begin(choice.labels, again, choice.by_edges, balance)


def start_labels(problem: Problem, init: Any, seed: int) -> NDArray[np.int64]:
    """Labels to start from.

    Parameters
    ----------
    problem : Problem
        What is to be clustered.
    init : str or array_like of int, shape (n,)
        Method of `graphcut.starts.start`, or the labels themselves.
    seed : int
        Of the method.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels from 0 to n_clusters - 1.
    """
    from graphcut._checks import check_labels
    from graphcut.starts import start

    n, k = problem.graph.shape[0], problem.n_clusters
    if isinstance(init, str):
        init = start(problem.graph, problem.points, k, method=init, seed=seed)
    labels = check_labels(init, n, "init")
    if labels.max() >= k:
        raise ValueError(f"init holds the label {labels.max()}; 0 to {k - 1} are allowed")
    return labels


def _fit_once(
    problem: Problem,
    choices: Choices,
    graph: Adjacency,
    inputs: Tensor,
    first: Begin,
    labels: NDArray[np.int64],
    seed: int,
    bar: Any,
) -> Fitted:
    n, k = graph.n, problem.n_clusters
    width = 0 if problem.features is None else problem.features.shape[1]
    model = build_model(choices.model, n, width, k, choices.hidden, seed).to(choices.device)
    check_outputs(model, inputs, k)
    momentum = None if choices.recipe.batch_size is None else 0.9
    objective = CutObjective(choices.objective, choices.edge_term, choices.size, momentum)

    def report(value: float) -> None:
        if bar is not None:
            bar.update()
            bar.set_postfix(objective=f"{value:.4f}", refresh=False)

    distil(model, inputs, labels, choices.recipe, seed)
    training = train(model, inputs, graph, objective, choices.recipe, seed, report)
    if not isinstance(choices.model, nn.Module):
        model = model.double()
    logits = evaluate(model, problem.features, choices.device)
    key = rank_of_labels(problem.graph, logits.argmax(axis=1), k, objective.size)
    return Fitted(model, logits, labels, training, key, first)


def rank_of_labels(
    graph: sp.csr_array, labels: NDArray[np.int64], n_clusters: int, size: str
) -> tuple[int, float]:
    """Empty clusters and cut: what labels of one graph are compared by.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Weights.
    labels : ndarray of int64, shape (n,)
        Labels from 0 to n_clusters - 1.
    n_clusters : int
        Clusters that there should be.
    size : str
        Of a cluster, "degree" or "count".

    Returns
    -------
    tuple of int and float
        The lower the better.
    """
    return n_clusters - len(np.unique(labels)), float(graph_cut(graph, labels, size))


def check_outputs(model: nn.Module, inputs: Tensor, n_clusters: int) -> None:
    """Refuse a model whose logits have another shape.

    Parameters
    ----------
    model : torch.nn.Module
        Model.
    inputs : Tensor
        Its inputs.
    n_clusters : int
        Wanted columns.
    """
    # In evaluation mode neither statistics of batches nor torch's generator move.
    training = model.training
    with torch.no_grad():
        shape = tuple(model.eval()(inputs[:2]).shape)
    model.train(training)
    if shape != (min(2, len(inputs)), n_clusters):
        raise ValueError(
            f"model maps {min(2, len(inputs))} rows to the shape {shape}; "
            f"({min(2, len(inputs))}, {n_clusters}) is needed"
        )


def evaluate(
    model: nn.Module, features: NDArray[np.float64] | None, device: str
) -> NDArray[np.float64]:
    """Logits, less their mean over the clusters, which no softmax can see.

    Parameters
    ----------
    model : torch.nn.Module
        Model.
    features : ndarray of float64, shape (n, c), or None
        Its inputs; None asks a table of free assignments for all of its rows.
    device : str
        Where the model lies.

    Returns
    -------
    ndarray of float64, shape (n, K)
        Logits.
    """
    model.eval()
    with torch.no_grad():
        if isinstance(model, FreeAssignments):
            logits = model.logits
        else:
            assert features is not None
            dtype = next(model.parameters()).dtype
            logits = model(torch.from_numpy(features).to(device, dtype))
        centred = logits - logits.mean(dim=1, keepdim=True)
    return np.asarray(centred.cpu().double().numpy())


def _dtype(model: str | nn.Module) -> torch.dtype:
    # A module without parameters is refused by name when it is built.
    parameters = model.parameters() if isinstance(model, nn.Module) else ()
    return next((parameter.dtype for parameter in parameters), torch.float32)


def _inputs(problem: Problem, choices: Choices) -> Tensor:
    if choices.model == "free":
        return torch.arange(problem.graph.shape[0], device=choices.device)
    if problem.features is None:
        raise ValueError(
            f"model is {choices.model!r}; without features only 'free' is allowed (give them as X "
            f"and the graph as fit(X, graph=W) to train another one)"
        )
    return torch.from_numpy(problem.features).to(choices.device, _dtype(choices.model))


@contextmanager
def _progress(choices: Choices) -> Iterator[Any]:
    if not choices.verbose:
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=choices.n_init * choices.recipe.steps, desc=choices.objective) as bar:
        yield bar
