"""Expected cut by drawing labels, with a confidence interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcut._checks import (
    Size,
    check_assignments,
    check_confidence,
    check_graph,
    check_integer,
    check_size,
)

__all__ = ["monte_carlo_cut"]


def monte_carlo_cut(
    W: Any,
    P: Any,
    size: Size = "count",
    n_samples: int = 1000,
    seed: int | np.random.Generator = 0,
    confidence: float = 0.95,
) -> tuple[float, tuple[float, float]]:
    """Mean of `graph_cut` over labels drawn from the rows of P, with its confidence interval.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    n_samples : int
        Draws, at least 2.
    seed : int or numpy.random.Generator
        Of the draws.
    confidence : float
        Of the interval, in (0, 1): mean +- t s / sqrt(n_samples), Student's t.

    Returns
    -------
    mean : float
        Mean of the cuts.
    interval : tuple of float
        Its ends.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import monte_carlo_cut
    >>> monte_carlo_cut(np.array([[0, 1], [1, 0]]), [[1, 0], [0, 1]], n_samples=10)
    (2.0, (2.0, 2.0))
    """
    graph = check_graph(W)
    P = check_assignments(P, graph.shape[0])
    sizes = check_size(size, graph)
    n_samples = check_integer(n_samples, 2, "n_samples")
    confidence = check_confidence(confidence)
    rng = np.random.default_rng(seed)
    draws = _draws(graph, P, sizes, n_samples, rng)
    from scipy.stats import t

    mean = float(draws.mean())
    half = t.ppf((1 + confidence) / 2, n_samples - 1) * draws.std(ddof=1) / np.sqrt(n_samples)
    return mean, (mean - float(half), mean + float(half))


def _draws(
    graph: Any, P: NDArray[np.float64], sizes: Any, n_samples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    n, clusters = P.shape
    ladder = np.cumsum(P, axis=1)
    ladder /= ladder[:, -1:]
    rows = np.repeat(np.arange(n), np.diff(graph.indptr))
    # Each edge once: it counts for the clusters of both ends.
    once = rows < graph.indices
    ends = rows[once], graph.indices[once]
    weights = graph.data[once]
    result = np.empty(n_samples)
    for k in range(n_samples):
        labels = (rng.random((n, 1)) >= ladder[:, :-1]).sum(axis=1)
        pair = labels[ends[0]] * clusters + labels[ends[1]]
        between = np.bincount(pair, weights, clusters**2).reshape(clusters, clusters)
        np.fill_diagonal(between, 0)
        cut = between.sum(axis=0) + between.sum(axis=1)
        total = np.bincount(labels, sizes, clusters)
        result[k] = np.divide(cut, total, out=np.zeros(clusters), where=cut > 0).sum()
    return result
