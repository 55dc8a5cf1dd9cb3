"""Agreement of clusters with true classes; for reports, never for training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ari", "clustering_accuracy", "nmi", "purity"]


def _table(y: Any, labels: Any) -> NDArray[np.float64]:
    """Counts of each class (rows) in each cluster (columns)."""
    y, labels = np.asarray(y), np.asarray(labels)
    for name, array in (("y", y), ("labels", labels)):
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"{name} has shape {array.shape}; (n,) with n >= 1 is needed")
    if len(y) != len(labels):
        raise ValueError(f"y has length {len(y)}, labels {len(labels)}; equal ones are needed")
    classes, row = np.unique(y, return_inverse=True)
    clusters, column = np.unique(labels, return_inverse=True)
    shape = len(classes), len(clusters)
    counts = np.bincount(row * shape[1] + column, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def clustering_accuracy(y: Any, labels: Any) -> float:
    """Share of vertices in their class under the best one-to-one match (Kuhn 1955).

    Parameters
    ----------
    y : array_like, shape (n,)
        True classes.
    labels : array_like, shape (n,)
        Clusters, of any names and number.

    Returns
    -------
    float
        In (0, 1]. A cluster beyond the number of classes counts as wrong.

    Raises
    ------
    ValueError
        If the shapes are not as described.

    Examples
    --------
    >>> from graphcut import clustering_accuracy
    >>> clustering_accuracy([0, 0, 1, 1], [7, 7, 3, 7])
    0.75
    """
    from scipy.optimize import linear_sum_assignment

    table = _table(y, labels)
    return float(table[linear_sum_assignment(-table)].sum() / table.sum())


def purity(y: Any, labels: Any) -> float:
    """Share of vertices in the most frequent class of their cluster.

    It never falls when clusters are split: n clusters have the purity 1.

    Parameters
    ----------
    y : array_like, shape (n,)
        True classes.
    labels : array_like, shape (n,)
        Clusters.

    Returns
    -------
    float
        In (0, 1].

    Raises
    ------
    ValueError
        If the shapes are not as described.

    Examples
    --------
    >>> from graphcut import purity
    >>> purity([0, 0, 1, 1], [0, 1, 2, 3])
    1.0
    """
    table = _table(y, labels)
    return float(table.max(axis=0).sum() / table.sum())


def nmi(y: Any, labels: Any) -> float:
    """Mutual information over the arithmetic mean of both entropies.

    I(y; labels) / ((H(y) + H(labels)) / 2), 1 if both have a single class.

    Parameters
    ----------
    y : array_like, shape (n,)
        True classes.
    labels : array_like, shape (n,)
        Clusters.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        If the shapes are not as described.

    Examples
    --------
    >>> from graphcut import nmi
    >>> nmi([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    joint = _table(y, labels)
    joint /= joint.sum()
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    entropies = -(rows @ np.log(rows)) - (columns @ np.log(columns))
    if entropies == 0:
        return 1.0
    seen = joint > 0
    information = joint[seen] @ np.log((joint / np.multiply.outer(rows, columns))[seen])
    return float(np.clip(2 * information / entropies, 0, 1))


def ari(y: Any, labels: Any) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985).

    (sum_kl C(n_kl, 2) - E) / ((A + B) / 2 - E), A and B the pairs within classes and within
    clusters, E = A B / C(n, 2).

    Parameters
    ----------
    y : array_like, shape (n,)
        True classes.
    labels : array_like, shape (n,)
        Clusters.

    Returns
    -------
    float
        At most 1; 0 on average by chance; 1 if both partitions are trivial in the same way.

    Raises
    ------
    ValueError
        If the shapes are not as described.

    Examples
    --------
    >>> from graphcut import ari
    >>> ari([0, 0, 1, 1], [0, 0, 1, 2]).__round__(6)
    0.571429
    """
    table = _table(y, labels)

    def pairs(counts: Any) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, total = pairs(table), pairs(table.sum())
    classes, clusters = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = classes * clusters / total if total else 0.0
    largest = (classes + clusters) / 2
    return 1.0 if largest == expected else (both - expected) / (largest - expected)
