"""Models of the assignments: features, or vertices, to logits."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["FeatureMap", "FreeAssignments", "build_model"]

MODELS = ("linear", "mlp", "free")
# Mean square of a row of features: logits of order one at weights of order one.
_ROW_SQUARE = 10.0
_BLOCK_ROWS = 8192
# The eigenvectors of a covariance of this many features take seconds.
_WIDE = 2000


class FeatureMap:
    """Centred principal components with one common scale, not whitened.

    Whitening lifts directions of noise to the height of the signal; a common scale makes training
    independent of the units of the data and leaves its geometry alone.

    Parameters
    ----------
    n_components : int
        Most components kept.
    seed : int
        Of the randomised decomposition, which only wide tables need.

    Examples
    --------
    >>> import numpy as np
    >>> Z = FeatureMap(2).fit(np.array([[0.0, 0], [2, 0], [0, 1], [2, 1]])).transform([[1.0, 0.5]])
    >>> Z.round(12).tolist()
    [[0.0, 0.0]]
    """

    def __init__(self, n_components: int = 50, seed: int = 0) -> None:
        self.n_components = n_components
        self.seed = seed

    def fit(self, X: NDArray[Any]) -> FeatureMap:
        """Learn the mean, the components and the scale.

        Parameters
        ----------
        X : ndarray, shape (n, d)
            Features.

        Returns
        -------
        FeatureMap
            Itself.
        """
        # Powers of two lose no digit; squares of features near the end of the range stay in it.
        largest = max(abs(float(X.max(initial=0.0))), abs(float(X.min(initial=0.0))))
        self.unit = 2.0 ** np.floor(np.log2(largest)) if largest > 0 else 1.0
        self.mean = np.zeros(X.shape[1])
        self.mean = sum(block.sum(axis=0) for block in self._centred(X)) / len(X)
        self.components, self.factor = self._components(X), 1.0
        square = float((self.transform(X) ** 2).sum(axis=1).mean())
        self.factor = float(np.sqrt(_ROW_SQUARE / square)) if square > 0 else 1.0
        return self

    def _centred(self, X: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
        """Rows less the mean, a few at a time: wide tables need not lie in memory twice."""
        for start in range(0, len(X), _BLOCK_ROWS):
            block = X[start : start + _BLOCK_ROWS] / self.unit
            yield np.subtract(block, self.mean, dtype=np.float64)

    def _components(self, X: NDArray[Any]) -> NDArray[Any]:
        n, d = X.shape
        keep = min(self.n_components, n, d)
        if n >= d and d <= _WIDE:
            gram = np.zeros((d, d))
            for block in self._centred(X):
                gram += block.T @ block
            return np.asarray(np.linalg.eigh(gram)[1][:, ::-1][:, :keep])
        centred = np.concatenate(list(self._centred(X)))
        if keep * 10 < min(n, d):
            from sklearn.utils.extmath import randomized_svd

            return np.asarray(randomized_svd(centred, keep, random_state=self.seed)[2].T)
        return np.asarray(np.linalg.svd(centred, full_matrices=False)[2][:keep].T)

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Scores of the rows.

        Parameters
        ----------
        X : array_like, shape (n, d)
            Features.

        Returns
        -------
        ndarray of float64, shape (n, at most n_components)
            Scores.
        """
        weights = self.components * self.factor
        blocks = [block @ weights for block in self._centred(np.asarray(X))]
        return np.concatenate([*blocks, np.empty((0, weights.shape[1]))])


class FreeAssignments(nn.Module):
    """One row of logits for each vertex, and nothing that new points could use.

    Parameters
    ----------
    n : int
        Vertices.
    n_clusters : int
        Clusters.
    """

    def __init__(self, n: int, n_clusters: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n, n_clusters))

    def forward(self, vertices: Tensor) -> Tensor:
        """Logits of these vertices.

        Parameters
        ----------
        vertices : Tensor of int64, shape (b,)
            Vertices.

        Returns
        -------
        Tensor, shape (b, n_clusters)
            Their logits.
        """
        return self.logits[vertices]


def build_model(
    model: str | nn.Module, n: int, n_features: int, n_clusters: int, hidden: int, seed: int
) -> nn.Module:
    """A fresh model with weights drawn from `seed`, leaving torch's own generator alone.

    Parameters
    ----------
    model : {"linear", "mlp", "free"} or torch.nn.Module
        A module is copied, and has to map (b, n_features) to (b, n_clusters).
    n, n_features, n_clusters : int
        Sizes.
    hidden : int
        Width of the single hidden layer of "mlp".
    seed : int
        Of the weights.

    Returns
    -------
    torch.nn.Module
        Maps features, or for "free" vertices, to logits.

    Raises
    ------
    TypeError, ValueError
        If the model is none of these.
    """
    if isinstance(model, nn.Module):
        return copy.deepcopy(model)
    if not isinstance(model, str) or model not in MODELS:
        raise ValueError(
            f"model is {model!r}; one of {', '.join(MODELS)} or a torch.nn.Module is allowed"
        )
    if model == "free":
        return FreeAssignments(n, n_clusters)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if model == "mlp":
            return nn.Sequential(
                nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_clusters)
            )
        linear = nn.Linear(n_features, n_clusters)
    # From zero, distillation of a start is a convex problem with one answer.
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
