"""A bound with given confidence from the cluster means of a minibatch."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphcut._checks import Size, check_confidence
from graphcut._edges import edges_of, prepare
from hypgeo import hyp2f1


def minibatch_bound(
    W: Any,
    P: Any,
    batch: Any,
    size: Size = "count",
    confidence: float = 0.95,
    per_cluster: bool = False,
) -> Any:
    """Upper bound whose cluster means come from a minibatch, valid with the given confidence.

    For b of n vertices drawn without replacement Serfling (1974) gives
    P(mean_batch - mean >= e) <= exp(-2 b e^2 / (1 - (b - 1)/n)); the envelope decreases with the
    mean, so at n (mean_batch - e) - p_i - p_j, not below 0, over n - 2 vertices it is still an
    upper bound, for all K clusters at once if each has the risk (1 - confidence) / K.

    Parameters
    ----------
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like, shape (n, K)
        Rows on the simplex; means are taken over the batch only.
    batch : array_like of int, shape (b,)
        Different vertices, drawn uniformly without replacement.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices. Those of 0 are left out: what is left of the batch is drawn uniformly
        from the others.
    confidence : float
        In (0, 1).
    per_cluster : bool
        Whether to return one value for each cluster.

    Returns
    -------
    float or ndarray of float64, shape (K,)
        At least the expected cut of every cluster, with probability `confidence` at least.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import envelope_bound, minibatch_bound
    >>> W, P = 1 - np.eye(100), np.full((100, 2), 0.5)
    >>> minibatch_bound(W, P, range(50)) >= envelope_bound(W, P)
    True
    """
    graph, P, sizes, kept = prepare(W, P, size)
    n, clusters = P.shape
    batch = _check_batch(batch, kept)
    confidence = check_confidence(confidence)
    unseen = 1 - (len(batch) - 1) / n
    radius = np.sqrt(unseen * np.log(clusters / (1 - confidence)) / (2 * len(batch)))
    total = n * (P[batch].mean(axis=0) - radius)
    values, smallest = np.zeros(clusters), float(sizes.min(initial=np.inf))
    for edges in edges_of(graph, P):
        others = total - P[edges.i] - P[edges.j]
        mean = np.clip(others / max(n - 2, 1), 0, 1)
        q = sizes[edges.i, None]
        values += (edges.flow * hyp2f1(-(n - 2), 1.0, q / smallest + 1, mean) / q).sum(axis=0)
    return values if per_cluster else float(values.sum())


def _check_batch(batch: Any, kept: np.ndarray) -> np.ndarray:
    """Numbers that the vertices of the batch have among those of positive size."""
    n, vertices = len(kept), np.asarray(batch)
    if vertices.ndim != 1 or vertices.size == 0 or vertices.dtype.kind not in "iu":
        raise ValueError(
            f"batch has shape {vertices.shape} and dtype {vertices.dtype}; one or more integers"
        )
    outside = (vertices < 0) | (vertices >= n)
    if outside.any():
        raise ValueError(f"batch holds {vertices[outside][0]}; integers from 0 to {n - 1} allowed")
    different, times = np.unique(vertices, return_counts=True)
    if (times > 1).any():
        raise ValueError(f"batch holds {different[times.argmax()]} more than once; vertices differ")
    if not kept[vertices].any():
        raise ValueError(f"batch holds vertices of size 0 only, {vertices[0]} first; others needed")
    found = vertices[kept[vertices]]
    numbers: np.ndarray = np.cumsum(kept)[found] - 1
    return numbers
