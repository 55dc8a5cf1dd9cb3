"""What a fitted ProbabilisticCut says of points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from graphcut import _parameters
from graphcut._fitting import evaluate
from graphcut.cuts import normalized_cut, ratio_cut
from graphcut.features import FeatureMap
from graphcut.models import FreeAssignments


class Prediction(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Logits, probabilities, labels and score of new points."""

    # Set by ProbabilisticCut, its constructor and its fit.
    affinity: str
    n_clusters: int
    n_neighbors: int
    objective: str
    device: str
    temperature: Any
    model_: Any
    _features: FeatureMap | None
    _seed: int

    def _validated(self, X: Any, reset: bool) -> Any:
        pairwise = self.affinity == "precomputed"
        X = validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr" if pairwise else False,
            dtype=[np.float64, np.float32],
        )
        if reset and X.shape[0] < self.n_clusters:
            raise ValueError(f"n_samples={X.shape[0]} should be >= n_clusters={self.n_clusters}")
        return X

    def _fit_logits(self, features: Any, logits: NDArray[np.float64]) -> None:
        """What new points ask where the model is a table of the training vertices."""
        self._logits = logits
        self._neighbours = None
        if isinstance(self.model_, FreeAssignments) and features is not None:
            from sklearn.neighbors import KNeighborsRegressor

            near = KNeighborsRegressor(min(self.n_neighbors, len(features)), weights="distance")
            self._neighbours = near.fit(features, logits)

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Logits: the scores before the softmax, less their mean over the clusters.

        Free assignments give new points the mean of their neighbours' logits.

        Parameters
        ----------
        X : array_like, shape (m, d), or with affinity "precomputed" weights, shape (m, n)
            Points, or their weights to the training vertices.

        Returns
        -------
        ndarray of float64, shape (m, n_clusters)
            Logits.
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        if self._features is None:
            return _parameters.mean_logits(X, self._logits)
        features = self._features.transform(X)
        if self._neighbours is not None:
            return np.asarray(self._neighbours.predict(features), dtype=np.float64)
        return evaluate(self.model_, features, self.device)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each cluster.

        Parameters
        ----------
        X : array_like, shape (m, d), or with affinity "precomputed" weights, shape (m, n)
            Points, or their weights to the training vertices.

        Returns
        -------
        ndarray of float64, shape (m, n_clusters)
            Rows on the simplex.
        """
        return _parameters.softmax(self.transform(X), self.temperature)

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Most probable cluster.

        Parameters
        ----------
        X : array_like, shape (m, d), or with affinity "precomputed" weights, shape (m, n)
            Points, or their weights to the training vertices.

        Returns
        -------
        ndarray of int64, shape (m,)
            Labels.
        """
        return np.asarray(self.transform(X).argmax(axis=1), dtype=np.int64)

    def score(self, X: Any, y: Any = None) -> float:
        """Minus the cut of the predicted labels on the graph of `X`: higher is better.

        Parameters
        ----------
        X : array_like, shape (m, d), or with affinity "precomputed" the training graph
            Points, more than one.
        y : ignored
            Labels never influence the result.

        Returns
        -------
        float
            Minus the ratio cut for the objectives "rcut" and "prcut", else minus the normalised
            cut.
        """
        labels = self.predict(X)
        X = self._validated(X, reset=False)
        if self._features is None:
            W = X
        else:
            W = _parameters.graph_of(self, X, self._features.transform(X), self._seed)
        return -(ratio_cut if self.objective in ("rcut", "prcut") else normalized_cut)(W, labels)
