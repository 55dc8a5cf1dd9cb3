"""k-means, spectral clustering and balanced partitions with the estimator's interface."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from graphcut._checks import check_graph, check_integer
from graphcut._restoring import restored_on_failure
from graphcut.cuts import normalized_cut, ratio_cut
from graphcut.graphs import knn_graph
from graphcut.refine import refine_labels
from graphcut.starts import start

__all__ = ["KMeansCut", "PartitionCut", "SpectralCut"]


class _Baseline(ClusterMixin, BaseEstimator):
    """Hard labels of one method, and their cuts.

    The graph is that of `X` as it stands, not of its principal components; to compare cuts with
    those of another estimator, give its graph: `fit(X, graph=other.graph_)`.

    Parameters
    ----------
    n_clusters : int
        Number of clusters.
    affinity : {"nearest_neighbors", "precomputed"}
        Whether `X` holds points or a graph: symmetric weights with zero diagonal.
    n_neighbors : int
        Neighbours of a point, at most n - 1.
    kernel, metric : str
        Of `graphcut.knn_graph`.
    refine : bool
        Whether vertices are moved at the end while that lowers the normalised cut.
    random_state : int, RandomState instance or None
        Of all random choices.

    Attributes
    ----------
    labels_ : ndarray of int64, shape (n,)
        Clusters.
    ncut_, rcut_ : float
        Normalised and ratio cut of `labels_`.
    graph_ : scipy.sparse.csr_array, shape (n, n)
        The graph.
    n_features_in_ : int
        Columns of `X`.
    """

    _method: ClassVar[str]

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        affinity: str = "nearest_neighbors",
        n_neighbors: int = 15,
        kernel: str = "self_tuning_rbf",
        metric: str = "euclidean",
        refine: bool = False,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.affinity = affinity
        self.n_neighbors = n_neighbors
        self.kernel = kernel
        self.metric = metric
        self.refine = refine
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.affinity == "precomputed"
        tags.input_tags.sparse = self.affinity == "precomputed"
        return tags

    def fit(self, X: Any, y: Any = None, *, graph: Any = None) -> Self:
        """Cluster.

        Parameters
        ----------
        X : array_like, shape (n, d), or with affinity "precomputed" a graph, shape (n, n)
            Points or weights.
        y : ignored
            Labels never influence the result.
        graph : SciPy sparse or array, shape (n, n), optional
            Graph of the points, instead of the one built from them.

        Returns
        -------
        object
            Itself.
        """
        self._check_parameters()
        with restored_on_failure(self):
            X = self._validated(X, reset=True)
            W, points = self._graph_and_points(X, graph)
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
            labels = start(W, points, self.n_clusters, method=self._method, seed=seed)
            if self.refine:
                labels = refine_labels(W, labels, seed=seed)
            self.labels_, self.graph_, self._points = labels, W, points
            self.ncut_, self.rcut_ = normalized_cut(W, labels), ratio_cut(W, labels)
        return self

    def _check_parameters(self) -> None:
        for name in ("n_clusters", "n_neighbors"):
            check_integer(getattr(self, name), 1, name)
        if self.refine not in (True, False):
            raise ValueError(f"refine is {self.refine!r}; True or False is allowed")
        if self.affinity not in ("nearest_neighbors", "precomputed"):
            raise ValueError(
                f"affinity is {self.affinity!r}; nearest_neighbors or precomputed is allowed"
            )

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Clusters of new points: k-means asks the nearest mean, others the nearest neighbours.

        Parameters
        ----------
        X : array_like, shape (m, d)
            Points.

        Returns
        -------
        ndarray of int64, shape (m,)
            Labels.

        Raises
        ------
        ValueError
            If the fit was to a graph without points.
        """
        check_is_fitted(self)
        if self._points is None:
            raise ValueError('affinity is "precomputed"; only points can be predicted')
        predicted: NDArray[np.int64] = self._ask(self._validated(X, reset=False))
        return predicted

    def _ask(self, X: Any) -> Any:
        from sklearn.neighbors import KNeighborsClassifier

        near = min(self.n_neighbors, len(self._points))
        known = KNeighborsClassifier(near, weights="distance").fit(self._points, self.labels_)
        return known.predict(X)

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

    def _graph_and_points(self, X: Any, graph: Any) -> tuple[sp.csr_array, Any]:
        if self.affinity == "precomputed":
            if graph is not None:
                raise ValueError("graph is given and affinity is 'precomputed': X is the graph")
            return check_graph(X, "X"), None
        if graph is not None:
            return check_graph(graph, "graph"), X
        if X.shape[0] == 1:
            return sp.csr_array((1, 1)), X
        near = min(self.n_neighbors, X.shape[0] - 1)
        return check_graph(knn_graph(X, near, self.metric, self.kernel)), X


class KMeansCut(_Baseline):
    """k-means (Lloyd 1982, ten k-means++ starts), which sees the points only.

    Parameters and attributes mean what they mean for `ProbabilisticCut`; `refine` is False or
    True.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import KMeansCut
    >>> X = np.repeat([[0.0], [1.0], [9.0]], 5, axis=0)
    >>> np.bincount(KMeansCut(3, n_neighbors=4, random_state=0).fit_predict(X)).tolist()
    [5, 5, 5]
    """

    _method = "kmeans"

    def _ask(self, X: Any) -> Any:
        from sklearn.metrics import pairwise_distances_argmin

        known = np.unique(self.labels_)
        means = np.vstack([self._points[self.labels_ == k].mean(axis=0) for k in known])
        return known[pairwise_distances_argmin(X, means)]


class SpectralCut(_Baseline):
    """Spectral clustering (Ng, Jordan and Weiss 2001) of the normalised weights.

    Parameters and attributes mean what they mean for `ProbabilisticCut`; `refine` is False or
    True.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import SpectralCut
    >>> W = np.kron(np.eye(2), np.ones((4, 4)) - np.eye(4))
    >>> SpectralCut(2, affinity="precomputed", random_state=0).fit(W).ncut_
    0.0
    """

    _method = "spectral"


class PartitionCut(_Baseline):
    """Recombined multilevel partitions with clusters of 0.5 to 1.25 mean degree sums.

    Parameters and attributes mean what they mean for `ProbabilisticCut`; `refine` is False or
    True and heeds no balance.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import PartitionCut
    >>> W = np.kron(np.eye(2), np.ones((4, 4)) - np.eye(4))
    >>> PartitionCut(2, affinity="precomputed", random_state=0).fit(W).ncut_
    0.0
    """

    _method = "partition"
