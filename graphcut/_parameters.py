"""What the estimator's parameters mean: checks, defaults, and the pieces they choose."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from graphcut._checks import check_integer
from graphcut._fitting import Choices, rank_of_labels
from graphcut._training import Recipe
from graphcut.features import FeatureMap
from graphcut.objectives import OBJECTIVES

if TYPE_CHECKING:
    from graphcut._fitting import Fitted
    from graphcut.estimator import ProbabilisticCut

RATES = {"linear": 0.05, "free": 0.1}
OTHER_RATE = 0.01
# A linear model has to trade clusters against each other and is slower to settle.
STEPS = {"linear": 200}
OTHER_STEPS = 100
_WORDS = {
    "objective": OBJECTIVES,
    "affinity": ("nearest_neighbors", "precomputed"),
    "edge_term": ("xor", "cross_entropy"),
    "mixing": ("tensor", "global", "plain"),
}
_COUNTS = {"n_clusters": 1, "n_neighbors": 1, "n_components": 1, "hidden": 1, "n_init": 1}


def check(estimator: ProbabilisticCut) -> None:
    """Refuse parameters that are not allowed, by name.

    Parameters
    ----------
    estimator : ProbabilisticCut
        Its parameters are looked at.

    Raises
    ------
    TypeError, ValueError
        If one is not as documented.
    """
    for name, allowed in _WORDS.items():
        value = getattr(estimator, name)
        if value not in allowed:
            raise ValueError(f"{name} is {value!r}; one of {', '.join(allowed)} is allowed")
    for name, least in {**_COUNTS, "max_iter": 0}.items():
        value = getattr(estimator, name)
        if name == "max_iter" and value == "auto":
            continue
        check_integer(value, least, name)
    batch: Any = estimator.batch_size
    if batch is not None and (not isinstance(batch, Integral) or batch < 1):
        raise ValueError(f"batch_size is {batch!r}; None or a positive integer is allowed")
    for name in ("balance", "tol"):
        value = getattr(estimator, name)
        if not isinstance(value, Real) or not 0 <= float(value) < np.inf:
            raise ValueError(f"{name} is {value!r}; a number from 0 on is allowed")
    for name in ("refine", "standardize"):
        value = getattr(estimator, name)
        if value not in (True, False, "auto"):
            raise ValueError(f"{name} is {value!r}; True, False or 'auto' is allowed")
    rate: Any = estimator.learning_rate
    if rate != "auto" and (not isinstance(rate, Real) or not 0 < float(rate) < np.inf):
        raise ValueError(f"learning_rate is {rate!r}; 'auto' or a positive number is allowed")
    temperatures(estimator.temperature)


def temperatures(value: Any) -> tuple[float, float]:
    """First and last temperature.

    Parameters
    ----------
    value : float or tuple of two floats
        Both, or each.

    Returns
    -------
    tuple of two floats
        Positive.
    """
    pair = (value, value) if isinstance(value, Real) else value
    try:
        first, last = (float(x) for x in pair)
    except (TypeError, ValueError):
        first = last = -1.0
    if not (0 < first < np.inf and 0 < last < np.inf):
        raise ValueError(f"temperature is {value!r}; one or two positive numbers are allowed")
    return first, last


def seed(random_state: Any) -> int:
    """A seed for everything.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        As in scikit-learn.

    Returns
    -------
    int
        From 0 to 2^31 - 1.
    """
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def choices(estimator: ProbabilisticCut, seed: int) -> Choices:
    """Parameters with every "auto" resolved.

    Parameters
    ----------
    estimator : ProbabilisticCut
        The estimator.
    seed : int
        Of this fit.

    Returns
    -------
    Choices
        For `graphcut._fitting.fit`.
    """
    model = estimator.model
    if isinstance(model, str) and model == "auto":
        model = "free" if estimator.affinity == "precomputed" else "mlp"
    rate = estimator.learning_rate
    if isinstance(rate, str):
        rate = RATES.get(model, OTHER_RATE) if isinstance(model, str) else OTHER_RATE
    steps = estimator.max_iter
    if isinstance(steps, str):
        steps = STEPS.get(model, OTHER_STEPS) if isinstance(model, str) else OTHER_STEPS
    recipe = Recipe(
        steps=steps,
        learning_rate=float(rate),
        batch_size=estimator.batch_size,
        temperature=temperatures(estimator.temperature),
        balance=float(estimator.balance),
        mixing=estimator.mixing,
        tol=float(estimator.tol),
    )
    return Choices(
        model=model,
        hidden=int(estimator.hidden),
        init=estimator.init,
        n_init=int(estimator.n_init),
        objective=estimator.objective,
        edge_term=estimator.edge_term,
        size="degree",
        recipe=recipe,
        device=estimator.device,
        verbose=int(estimator.verbose),
        seed=seed,
    )


def fit_features(estimator: ProbabilisticCut, X: NDArray[Any]) -> NDArray[np.float64]:
    """Features of the first points, whose map the estimator keeps.

    Parameters
    ----------
    estimator : ProbabilisticCut
        Changed in place.
    X : ndarray, shape (n, d)
        Validated points.

    Returns
    -------
    ndarray of float64, shape (n, c)
        What the model sees.
    """
    features = FeatureMap(estimator.n_components, estimator._seed, estimator.standardize).fit(X)
    estimator._features, estimator.standardized_ = features, features.standardized
    return features.transform(X)


def graph_of(
    estimator: ProbabilisticCut, X: Any, features: NDArray[np.float64], seed: int
) -> sp.csr_array:
    """Nearest-neighbour graph: of the principal components where the metric allows it.

    Parameters
    ----------
    estimator : ProbabilisticCut
        Its neighbours, kernel and metric.
    X, features : ndarray
        Points and their components.
    seed : int
        Of approximate searches.

    Returns
    -------
    scipy.sparse.csr_array
        Weights.
    """
    from graphcut.graphs import knn_graph

    if len(X) < 2:
        raise ValueError(f"X has n_samples=1; a graph needs at least 2 of them, X is {X!r}")
    points = features if estimator.metric == "euclidean" else X
    neighbours = min(estimator.n_neighbors, len(X) - 1)
    graph: sp.csr_array = knn_graph(
        points, neighbours, estimator.metric, estimator.kernel, seed=seed
    )
    return graph


def refined(
    estimator: ProbabilisticCut, W: sp.csr_array, labels: NDArray[np.int64], fitted: Fitted
) -> NDArray[np.int64]:
    """Labels after vertices have moved to lower the cut, and borders were drawn anew.

    The start and a partition are refined as well, and the best of those goes on that have neither
    more empty clusters nor a higher cut than `labels`: training of a model without features may
    leave worse labels than it began with. Bounds that the start kept stay, and so do the numbers of
    the clusters.

    Parameters
    ----------
    estimator : ProbabilisticCut
        Its objective says which cut.
    W : scipy.sparse.csr_array
        Graph.
    labels : ndarray of int64
        Labels.
    fitted : Fitted
        Its start, and what `labels` are worth.

    Returns
    -------
    ndarray of int64
        New labels.
    """
    from graphcut._search import numbered_as, recombine
    from graphcut.refine import refine_labels
    from graphcut.starts import balanced_partition

    if estimator.objective in ("rcut", "prcut"):
        return refine_labels(W, labels, "count", balance=fitted.begin.balance)
    k, balance = estimator.n_clusters, fitted.begin.balance
    parents = [labels, fitted.start]
    if balance is None:
        parents.append(balanced_partition(W, k, estimator._seed))

    def rank(one: NDArray[np.int64]) -> tuple[int, float]:
        return rank_of_labels(W, one, k, "degree")

    refined = [refine_labels(W, one, balance=balance) for one in parents]
    allowed = [one for one in refined if rank(one) <= fitted.key] or [labels]
    found = recombine(W, allowed, k, balance)
    best = found if rank(found) <= fitted.key else min(allowed, key=rank)
    return numbered_as(labels, best, k)


def expectations(
    estimator: ProbabilisticCut, W: sp.csr_array, logits: NDArray[np.float64]
) -> tuple[float, float]:
    """Exact expected cut and the objective, both of the final assignments.

    Parameters
    ----------
    estimator : ProbabilisticCut
        Its objective and temperature.
    W : scipy.sparse.csr_array
        Graph.
    logits : ndarray of float64, shape (n, K)
        Logits of its vertices.

    Returns
    -------
    tuple of two floats
        Expected cut and objective.
    """
    import torch

    from graphcut.expected import expected_cut
    from graphcut.objectives import CutObjective

    P = softmax(logits, estimator.temperature)
    objective = CutObjective(estimator.objective)
    expected = float(expected_cut(W, P, size=objective.size))
    if estimator.objective == "exact":
        return expected, expected
    return expected, float(objective(W, torch.from_numpy(P)))


def softmax(logits: NDArray[np.float64], temperature: Any) -> NDArray[np.float64]:
    """Probabilities at the last temperature of training.

    Parameters
    ----------
    logits : ndarray of float64, shape (n, K)
        Logits.
    temperature : float or tuple of two floats
        The estimator's.

    Returns
    -------
    ndarray of float64, shape (n, K)
        Rows on the simplex.
    """
    scaled = logits / temperatures(temperature)[1]
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def mean_logits(weights: Any, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted means of the training vertices' logits.

    Parameters
    ----------
    weights : array or SciPy sparse, shape (m, n)
        Weights of new vertices to training vertices; a row without any gets zeros.
    logits : ndarray of float64, shape (n, K)
        Logits of the training vertices.

    Returns
    -------
    ndarray of float64, shape (m, K)
        Logits.
    """
    table = sp.csr_array(weights)
    if table.nnz and table.data.min() < 0:
        raise ValueError(f"X holds {table.data.min():g}; weights are nonnegative")
    total = np.asarray(table.sum(axis=1)).ravel()[:, None]
    sums = np.asarray(table @ logits)
    means: NDArray[np.float64] = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    return means
