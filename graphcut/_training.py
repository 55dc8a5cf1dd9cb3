"""The loop that trains a model of the assignments on a graph."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from graphcut._adam import Adam
from graphcut._adjacency import Adjacency
from graphcut.mixing import GradientMixer
from graphcut.models import FreeAssignments
from graphcut.objectives import CutObjective, entropy_balance

# Logit of the start's cluster for free assignments: p = e^4 / (e^4 + K - 1), .86 for K = 10.
_FREE_LOGIT = 4.0
# A mean cross entropy below this says that every label is known with little doubt.
_LEARNED = 0.01
# Steps that may pass without progress: the first ones after the start often climb.
PATIENCE = 25
# Rows of a step of distillation: more make a step dearer and the outcome no better.
_DISTIL_ROWS = 2048


@dataclass(frozen=True)
class Recipe:
    """How a model is trained.

    Parameters
    ----------
    steps : int
        Steps on the objective.
    distil_steps : int
        Steps on the labels of the start, before.
    learning_rate : float
        Of Adam; falls to 0 along a cosine.
    batch_size : int or None
        Rows of a step; None: all.
    temperature : tuple of two floats
        First and last divisor of the logits; geometric in between.
    balance : float
        Weight of `entropy_balance`.
    mixing : str
        Mode of `GradientMixer`.
    tol : float
        Training of all rows ends when `PATIENCE` steps lowered the objective by less than this
        share of it.
    """

    steps: int = 200
    distil_steps: int = 500
    learning_rate: float = 0.01
    batch_size: int | None = None
    temperature: tuple[float, float] = (1.0, 1.0)
    balance: float = 0.0
    mixing: str = "plain"
    tol: float = 0.0


@dataclass
class Training:
    """What training left behind.

    Parameters
    ----------
    objective, balance, temperature : list of float
        One entry for each step.
    interrupted : bool
        Whether Ctrl-C ended it; the model is in its best state all the same.
    """

    objective: list[float] = field(default_factory=list)
    balance: list[float] = field(default_factory=list)
    temperature: list[float] = field(default_factory=list)
    interrupted: bool = False


class NotFiniteError(ArithmeticError):
    """A loss or a gradient is infinite or NaN; a step along it would put NaN into the weights."""


class _Best:
    """The state with the lowest value, among those at the latest temperature."""

    def __init__(self, model: nn.Module) -> None:
        self.model, self.value, self.temperature = model, math.inf, math.nan
        self.state: dict[str, Tensor] | None = None
        self._mark, self._mark_temperature, self._waited = math.inf, math.nan, 0

    def offer(self, value: float, temperature: float) -> None:
        # Values at different temperatures do not compare: a later temperature wins.
        if math.isfinite(value) and (value < self.value or temperature != self.temperature):
            self.value, self.temperature = value, temperature
            self.state = {k: v.detach().clone() for k, v in self.model.state_dict().items()}

    def stalled(self, tol: float) -> bool:
        """Whether `PATIENCE` offers in a row brought less than the share `tol`."""
        if self.temperature != self._mark_temperature or self.value < (1 - tol) * self._mark:
            self._mark, self._mark_temperature, self._waited = self.value, self.temperature, 0
            return False
        self._waited += 1
        return tol > 0 and self._waited >= PATIENCE

    def restore(self) -> None:
        if self.state is not None:
            self.model.load_state_dict(self.state)


def distil(
    model: nn.Module, inputs: Tensor, labels: NDArray[Any], recipe: Recipe, seed: int
) -> None:
    """Teach a model the labels of a start by cross entropy.

    Ends with a warning before a step whose loss or gradient is not finite.

    Parameters
    ----------
    model : torch.nn.Module
        Changed in place.
    inputs : Tensor
        Its inputs, one row for each label.
    labels : ndarray of int, shape (n,)
        Labels of the start.
    recipe : Recipe
        Steps and rate.
    seed : int
        Of the rows of each step, and of torch's generators while the model runs.
    """
    targets = torch.from_numpy(np.asarray(labels, dtype=np.int64)).to(inputs.device)
    if isinstance(model, FreeAssignments):
        with torch.no_grad():
            model.logits.zero_()
            model.logits[inputs, targets] = _FREE_LOGIT
        return
    optimizer = Adam(model.parameters(), recipe.learning_rate, recipe.distil_steps)
    batches = _batches(len(targets), min(_DISTIL_ROWS, recipe.batch_size or _DISTIL_ROWS), seed)
    with seeded(inputs.device, seed):
        for _ in range(recipe.distil_steps):
            rows = torch.from_numpy(next(batches)).to(inputs.device)
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
            loss.backward()
            value = float(loss.detach())
            try:
                _check_finite(model, {"cross entropy": value})
            except NotFiniteError as error:
                _warn_of_end("distillation", error)
                break
            optimizer.step()
            if value < _LEARNED:
                break


def train(
    model: nn.Module,
    inputs: Tensor,
    graph: Adjacency,
    objective: CutObjective,
    recipe: Recipe,
    seed: int = 0,
    report: Callable[[float], None] = lambda value: None,
) -> Training:
    """Minimise the objective; the model ends in the best state seen, also after Ctrl-C.

    Where a loss or a gradient is not finite, no step is taken along it: training ends there with a
    warning. That step is not in the history.

    Parameters
    ----------
    model : torch.nn.Module
        Maps rows of `inputs` to logits; changed in place.
    inputs : Tensor, shape (n, ...)
        Features, or vertices for free assignments.
    graph : Adjacency
        The whole graph.
    objective : CutObjective
        What is minimised.
    recipe : Recipe
        How.
    seed : int
        Of the minibatches, and of torch's generators while the model runs.
    report : callable
        Called with the objective after each step.

    Returns
    -------
    Training
        The history.
    """
    optimizer = Adam(model.parameters(), recipe.learning_rate, recipe.steps)
    best, done = _Best(model), Training()
    batches = _graph_batches(graph, recipe.batch_size, seed)
    steps_per_value = max(1, math.ceil(graph.n / (recipe.batch_size or graph.n)))
    try:
        with seeded(inputs.device, seed):
            for step in range(recipe.steps):
                part, chosen = next(batches)
                rows = inputs if chosen is None else inputs[chosen]
                temperature = annealed(recipe.temperature, step, recipe.steps)
                optimizer.zero_grad()
                value, balance = backward(model, rows, part, objective, recipe, temperature)
                done.objective.append(value)
                done.balance.append(balance)
                done.temperature.append(temperature)
                report(value)
                if steps_per_value == 1:
                    # The state that the value belongs to, before the step changes it.
                    best.offer(value + recipe.balance * balance, temperature)
                    if best.stalled(recipe.tol):
                        break
                optimizer.step()
    except NotFiniteError as error:
        _warn_of_end(f"training ({len(done.objective)} of {recipe.steps} steps)", error)
    except KeyboardInterrupt:
        done.interrupted = True
    if steps_per_value == 1:
        best.restore()
    return done


def backward(
    model: nn.Module,
    rows: Tensor,
    graph: Adjacency,
    objective: CutObjective,
    recipe: Recipe,
    temperature: float,
) -> tuple[float, float]:
    """One traversal forwards and one backwards; gradients of the losses part at the assignments.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    rows : Tensor
        Inputs of the graph's columns.
    graph : Adjacency
        Graph or minibatch.
    objective : CutObjective
        The cut.
    recipe : Recipe
        Weight of the balance and how gradients are mixed.
    temperature : float
        Divisor of the logits.

    Returns
    -------
    tuple of two floats
        The cut and the balance.

    Raises
    ------
    NotFiniteError
        If one of them or a gradient is not finite.
    """
    P = torch.softmax(model(rows) / temperature, dim=1)
    if recipe.balance == 0:
        loss = objective(graph, P)
        loss.backward()
        value = float(loss.detach())
        _check_finite(model, {"objective": value})
        return value, 0.0
    mixer = GradientMixer({"cut": 1.0, "balance": recipe.balance}, mode=recipe.mixing)
    cut = objective(graph, mixer.tap(P, "cut"))
    mean = objective.means("balance", graph.of_rows(mixer.tap(P, "balance")).mean(dim=0))
    balance = entropy_balance(P, mean.clamp_min(0))
    (cut + balance).backward()
    values = float(cut.detach()), float(balance.detach())
    _check_finite(model, dict(zip(("objective", "balance"), values, strict=True)))
    return values


@contextmanager
def seeded(device: torch.device, seed: int) -> Iterator[None]:
    """Context in which layers such as dropout draw from a seed; torch's own state is put back.

    Parameters
    ----------
    device : torch.device
        Where the model runs; of the accelerators, only CUDA's generators are seeded.
    seed : int
        Seed.

    Yields
    ------
    None
        Run the model inside.
    """
    on_cuda = device.type == "cuda"
    with torch.random.fork_rng(devices=[device] if on_cuda else []):
        # torch.manual_seed would also seed the generators of devices that are not put back.
        torch.default_generator.manual_seed(seed)
        if on_cuda:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield


def _check_finite(model: nn.Module, losses: dict[str, float]) -> None:
    bad = [f"the {name} is {value}" for name, value in losses.items() if not math.isfinite(value)]
    gradients = {k: p.grad for k, p in model.named_parameters() if p.grad is not None}
    finite = [torch.isfinite(gradient).all() for gradient in gradients.values()]
    # Asked together: a question for each tensor would wait for the device each time.
    if finite and not torch.stack(finite).all():
        name = next(name for name, good in zip(gradients, finite, strict=True) if not good)
        bad.append(f"the gradient of the model's {name} is not finite")
    if bad:
        raise NotFiniteError(
            f"{' and '.join(bad)}; no step is taken along it. A smaller learning_rate or a larger "
            f"temperature may help"
        )


def _warn_of_end(what: str, error: NotFiniteError) -> None:
    warnings.warn(f"{what} ended early: {error}", RuntimeWarning, stacklevel=3)


def annealed(ends: tuple[float, float], step: int, steps: int) -> float:
    """Geometric from the first temperature to the last, reached after three quarters.

    Parameters
    ----------
    ends : tuple of two floats
        First and last, positive.
    step, steps : int
        This step of so many.

    Returns
    -------
    float
        The temperature.

    Examples
    --------
    >>> [annealed((4.0, 1.0), step, 8) for step in (0, 3, 6, 7)]
    [4.0, 2.0, 1.0, 1.0]
    """
    first, last = ends
    return float(first * (last / first) ** min(1.0, step / max(1.0, 0.75 * steps)))


def _batches(n: int, size: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Rows of one step after another; every row once an epoch, a short rest joins no batch."""
    rng = np.random.default_rng(seed)
    size = min(n, size)
    while True:
        order = rng.permutation(n)
        for start in range(0, n - size + 1, size):
            yield np.sort(order[start : start + size])


def _graph_batches(
    graph: Adjacency, size: int | None, seed: int
) -> Iterator[tuple[Adjacency, Tensor | None]]:
    if size is None or size >= graph.n:
        while True:
            yield graph, None
    for chosen in _batches(graph.n, size, seed):
        part = graph.batch(chosen)
        assert part.vertices is not None
        yield part, torch.from_numpy(part.vertices).to(graph.device)
