"""Which start is the best: judged by edges that it has not seen, and by the points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import check_size
from graphcut._density import density_advantage
from graphcut._information import edge_information, edge_loss, held_out_edges
from graphcut._moves import descend, limits
from graphcut._spectral import large_components
from graphcut.starts import balanced_partition, both_spectral, check_problem, kmeans, place, start

__all__ = ["StartChoice", "choose_start"]

# Small graphs are split more than once: their scores are noisy.
EDGES_JUDGED = 100_000
MOST_SPLITS = 8
# Within these shares of the score, and of the rest that edges leave open, edges cannot decide
# between k-means and another candidate. Edges of a nearest-neighbour graph depend on each other
# through the points they share, so unseen ones still flatter labels that were made from the seen
# ones; k-means has seen no edge.
SCORE_MARGIN = 0.025
LOSS_MARGIN = 0.125
# Then k-means stays unless the points are less likely under it by more standard errors than this.
STANDARD_ERRORS = 1.5
# Labels whose score on all edges falls short of that on unseen ones by this share are distrusted.
UNSTEADY = 0.1
MOVES = "+moves"

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class StartChoice:
    """Labels to start from and why these.

    Attributes
    ----------
    labels : ndarray of int64, shape (n,)
        Clusters.
    method : str
        "kmeans", "spectral", "walk", "partition" or "components".
    moved : bool
        Whether vertex moves on the graph followed.
    scores : dict of str to float
        Score of each candidate on edges that it had not seen; "+moves" marks moves. Empty where
        nothing had to be chosen.
    """

    labels: Labels
    method: str
    moved: bool
    scores: dict[str, float]

    @property
    def by_edges(self) -> bool:
        """Whether edges had a part in the labels: if not, lowering the cut further fits noise."""
        return self.method != "kmeans" or self.moved


def choose_start(W: Any, X: Any, n_clusters: int, seed: int = 0) -> StartChoice:
    """Best of k-means, two spectral clusterings and partitions, with and without vertex moves.

    Each candidate is computed from three quarters of the edges and scored on the others by the
    edge information I / sqrt(H log K): the mutual information of the clusters at both ends of an
    edge, over the geometric mean of their entropy and its maximum. It sees the cut and the
    balance, and as the judging edges are unseen, a method that fits the noise of a graph loses
    to one that does not. The winner is then computed from the whole graph. No class is used.

    k-means, which has not seen any edge, needs less: if its score is at most a fortieth below that
    of the best other candidate, and the share 1 - I / H that edges leave open at most an eighth
    above, it wins unless the points are less likely, by more than 1.5 standard errors, under
    Gaussians of its clusters. The points also decide where its score is higher by less than that.
    Where the graph falls into `n_clusters` large components, these are the clusters. A method
    whose labels of the whole graph score a tenth worse on all edges than its labels of parts did
    on unseen ones has found something else there, and the next best takes its place.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    X : array, SciPy sparse, torch tensor or None, shape (n, d)
        Points; None leaves k-means out.
    n_clusters : int
        From 1 to n.
    seed : int
        Of all random choices.

    Returns
    -------
    StartChoice
        Labels, the method behind them and all scores.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import choose_start
    >>> W = np.kron(np.eye(2), np.ones((9, 9)) - np.eye(9))
    >>> sorted(np.bincount(choose_start(W, None, 2).labels).tolist())
    [9, 9]
    """
    graph, X = check_problem(W, X, n_clusters)
    if n_clusters == 1:
        return StartChoice(np.zeros(graph.shape[0], dtype=np.int64), "partition", False, {})
    component, count = large_components(graph, n_clusters)
    if count == n_clusters:
        return StartChoice(place(graph, X, component, n_clusters), "components", False, {})
    means = None if X is None else kmeans(X, n_clusters, seed)
    scores, losses = _judged(graph, X, means, n_clusters, seed)
    best, labels = _best_of_edges(graph, X, means, n_clusters, scores, seed)
    if means is not None:
        gain = scores["kmeans"] / scores[best] - 1 if scores[best] > 0 else np.inf
        near = gain >= 0 or losses["kmeans"] <= (1 + LOSS_MARGIN) * losses[best]
        if gain > SCORE_MARGIN or (
            gain >= -SCORE_MARGIN and near and _as_likely(X, means, labels, n_clusters, seed)
        ):
            return StartChoice(means, "kmeans", False, scores)
    return StartChoice(labels, best.removesuffix(MOVES), best.endswith(MOVES), scores)


def _best_of_edges(
    graph: sp.csr_array,
    X: Any,
    means: Labels | None,
    clusters: int,
    scores: dict[str, float],
    seed: int,
) -> tuple[str, Labels]:
    """The highest score whose method does no worse on the edges that it was computed from.

    One that does has found something else in the whole graph than in its parts: in a graph of
    several components, the leading eigenvectors turn with a few edges.
    """
    order = sorted((key for key in scores if key != "kmeans"), key=lambda key: -scores[key])
    found: dict[str, Labels] = {}
    for key in order:
        found[key] = _computed(graph, X, means, clusters, key, seed)
        if edge_information(graph, found[key], clusters) >= (1 - UNSTEADY) * scores[key]:
            return key, found[key]
    return order[0], found[order[0]]


def _as_likely(X: Any, means: Labels, labels: Labels, clusters: int, seed: int) -> bool:
    """Whether the points speak for k-means, or not clearly against it."""
    return density_advantage(X, means, labels, clusters, seed) >= -STANDARD_ERRORS


def _judged(
    graph: sp.csr_array, X: Any, means: Labels | None, clusters: int, seed: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Mean edge information and mean loss of each candidate on unseen edges."""
    splits = int(np.clip(EDGES_JUDGED // max(graph.nnz, 1), 1, MOST_SPLITS))
    scores: dict[str, float] = {}
    losses: dict[str, float] = {}
    for learn, judge in held_out_edges(graph, splits, seed):
        for name, labels in _candidates(learn, X, means, clusters, seed).items():
            for key, found in ((name, labels), (name + MOVES, _move(learn, labels, seed))):
                score = edge_information(judge, found, clusters)
                scores[key] = scores.get(key, 0.0) + score / splits
                loss = edge_loss(judge, found, clusters)
                losses[key] = losses.get(key, 0.0) + loss / splits
    return scores, losses


def _candidates(
    graph: sp.csr_array, X: Any, means: Labels | None, clusters: int, seed: int
) -> dict[str, Labels]:
    # Without the search for better borders, which changes scores by less than methods differ.
    found = {"partition": balanced_partition(graph, clusters, seed, attempts=0)}
    found |= both_spectral(graph, X, clusters, seed)
    return found if means is None else found | {"kmeans": means}


def _computed(
    graph: sp.csr_array, X: Any, means: Labels | None, clusters: int, key: str, seed: int
) -> Labels:
    """Labels of a candidate from the whole graph."""
    name = key.removesuffix(MOVES)
    labels = means if name == "kmeans" else start(graph, X, clusters, name, seed)
    assert labels is not None
    return _move(graph, labels, seed) if key.endswith(MOVES) else labels


def _move(graph: sp.csr_array, labels: Labels, seed: int) -> Labels:
    sizes = check_size("degree", graph)
    rng = np.random.default_rng(seed)
    return descend(graph, labels, sizes, limits(sizes, 1, None), rng)[0]
