"""Clusterings side by side: ours, scikit-learn's, partitioners, communities."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from bench._graphcut_data import Problem

Method = Callable[[Problem, int], np.ndarray]
# Integer weights of partitioners: the mean weight becomes this.
MEAN_WEIGHT = 100
IMBALANCE = 0.2
# Modes of KaHIP.
ECO, STRONG = 1, 2
# Halvings of the interval of resolutions in which Leiden's number of clusters is met.
HALVINGS = 30


def kmeans(problem: Problem, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return KMeans(problem.clusters, n_init=10, random_state=seed).fit_predict(problem.X)


def spectral(problem: Problem, seed: int) -> np.ndarray:
    from sklearn.cluster import SpectralClustering

    model = SpectralClustering(problem.clusters, affinity="precomputed", random_state=seed)
    with warnings.catch_warnings():
        # It warns of disconnected graphs.
        warnings.simplefilter("ignore", UserWarning)
        return model.fit_predict(_old_style(problem))


def _old_style(problem: Problem) -> object:
    import scipy.sparse as sp

    return sp.csr_matrix(problem.W)


def start_of(method: str) -> Method:
    def run(problem: Problem, seed: int) -> np.ndarray:
        from graphcut import start

        return start(problem.W, problem.X, problem.clusters, method=method, seed=seed)

    return run


def started_and_refined(problem: Problem, seed: int) -> np.ndarray:
    from graphcut import choose_start, refine_labels

    choice = choose_start(problem.W, problem.X, problem.clusters, seed)
    return refine_labels(problem.W, choice.labels, balance=IMBALANCE, seed=seed)


def on_its_own(problem: Problem, seed: int) -> np.ndarray:
    """What a user gets who gives points and nothing else."""
    from graphcut import ProbabilisticCut

    return ProbabilisticCut(problem.clusters, random_state=seed).fit(problem.X).labels_


def probabilistic(**arguments: object) -> Method:
    def run(problem: Problem, seed: int) -> np.ndarray:
        from graphcut import ProbabilisticCut

        if problem.X is None:
            model = ProbabilisticCut(
                problem.clusters, affinity="precomputed", random_state=seed, **arguments
            )
            return model.fit(problem.W).labels_
        model = ProbabilisticCut(problem.clusters, random_state=seed, **arguments)
        return model.fit(problem.X, graph=problem.W).labels_

    return run


def taught(model: str) -> Method:
    """The predicting model trained on the classes themselves: what its capacity allows."""

    def run(problem: Problem, seed: int) -> np.ndarray:
        from graphcut import ProbabilisticCut, _fitting, _parameters

        estimator = ProbabilisticCut(problem.clusters, model=model, random_state=seed)
        estimator._seed = seed
        choices = _parameters.choices(estimator, seed)
        choices = replace(choices, init=problem.y, recipe=replace(choices.recipe, steps=0))
        given = estimator._problem(problem.X, problem.W)
        return _fitting.fit(given, choices).logits.argmax(axis=1)

    return run


def integers(problem: Problem) -> np.ndarray:
    scale = MEAN_WEIGHT / problem.W.data.mean()
    return np.maximum(np.rint(problem.W.data * scale), 1).astype(np.int64)


def pymetis(problem: Problem, seed: int) -> np.ndarray:
    import pymetis as library

    adjacency = library.CSRAdjacency(problem.W.indptr, problem.W.indices)
    options = library.Options(seed=seed)
    found = library.part_graph(
        problem.clusters, adjacency, eweights=integers(problem), options=options
    )
    return np.array(found[1])


def kahip(mode: int) -> Method:
    def run(problem: Problem, seed: int) -> np.ndarray:
        import kahip as library

        W = problem.W
        n = W.shape[0]
        found = library.kaffpa(
            *(np.ones(n, dtype=int), W.indptr.astype(int)),
            *(integers(problem), W.indices.astype(int)),
            *(problem.clusters, IMBALANCE, True, seed, mode),
        )
        return np.array(found[1])

    return run


def leiden(problem: Problem, seed: int) -> np.ndarray:
    """Leiden with the resolution that gives the number of clusters, or the nearest found."""
    import igraph
    import leidenalg
    import scipy.sparse as sp

    upper = sp.triu(problem.W, 1).tocoo()
    graph = igraph.Graph(n=problem.W.shape[0], edges=list(zip(upper.row, upper.col, strict=True)))
    low, high = -9.0, 3.0
    best: tuple[int, np.ndarray] | None = None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = leidenalg.find_partition(
            graph,
            leidenalg.RBConfigurationVertexPartition,
            weights=upper.data,
            resolution_parameter=float(np.exp(middle)),
            seed=seed,
        )
        labels = np.array(found.membership)
        off = int(labels.max()) + 1 - problem.clusters
        if best is None or abs(off) < best[0]:
            best = abs(off), labels
        if off == 0:
            break
        low, high = (middle, high) if off < 0 else (low, middle)
    assert best is not None
    return best[1]


METHODS: dict[str, Method] = {
    "k-means": kmeans,
    "spectral (scikit-learn)": spectral,
    "pymetis": pymetis,
    "KaHIP": kahip(ECO),
    "KaHIP strong": kahip(STRONG),
    "Leiden to K": leiden,
    "start: spectral": start_of("spectral"),
    "start: partition": start_of("partition"),
    "start: auto": start_of("auto"),
    "start: auto, refined": started_and_refined,
    "ProbabilisticCut": probabilistic(),
    "ProbabilisticCut linear": probabilistic(model="linear"),
    "ProbabilisticCut refine=True": probabilistic(refine=True),
    "ProbabilisticCut, own graph": on_its_own,
    "linear, taught the classes": taught("linear"),
    "MLP, taught the classes": taught("mlp"),
}
NEEDS = {
    "pymetis": "pymetis",
    "KaHIP": "kahip",
    "KaHIP strong": "kahip",
    "Leiden to K": "leidenalg",
}
# The models, and the same trained on the classes.
TAUGHT = {
    "ProbabilisticCut linear": "linear, taught the classes",
    "ProbabilisticCut": "MLP, taught the classes",
}
NEED_POINTS = (
    *("k-means", "ProbabilisticCut linear", "ProbabilisticCut, own graph"),
    *TAUGHT.values(),
)


def methods_for(problem: Problem) -> list[str]:
    """Names of the methods that are installed and can take the problem."""
    return [
        name
        for name in METHODS
        if (name not in NEEDS or find_spec(NEEDS[name]) is not None)
        and (problem.X is not None or name not in NEED_POINTS)
        and (problem.y is not None or name not in TAUGHT.values())
    ]
