"""ProbabilisticCut: clustering by a model of the assignments, trained on the expected cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import Tags

from graphcut import _parameters
from graphcut._fitting import Fitted, Problem, fit
from graphcut._prediction import Prediction
from graphcut._restoring import restored_on_failure
from graphcut.cuts import normalized_cut, ratio_cut

if TYPE_CHECKING:
    from graphcut.online import Stream

__all__ = ["ProbabilisticCut"]


class ProbabilisticCut(Prediction, ClusterMixin, BaseEstimator):
    """Clusters of low normalised cut, predicted by a model.

    A nearest-neighbour graph is built, a good partition of it found (k-means, spectral or
    multilevel), a model taught to predict it, and the model then trained on an envelope of the
    expected cut. The model predicts new points.

    Parameters
    ----------
    n_clusters : int
        Number of clusters.
    objective : {"ncut", "rcut", "prcut", "hoelder", "exact"}
        What is minimised; see `graphcut.objectives`.
    affinity : {"nearest_neighbors", "precomputed"}
        Whether `X` holds points or a graph: symmetric weights with zero diagonal.
    model : {"auto", "linear", "mlp", "free"} or torch.nn.Module
        "auto" is "mlp" for points and "free" (a row of logits for each vertex) for a graph. A
        module maps (b, c) to (b, n_clusters), c = min(n_components, d), and is copied.
    edge_term : {"xor", "cross_entropy"}
        Cost of an edge.
    n_neighbors : int
        Neighbours of a point, at most n - 1.
    kernel, metric : str
        Of `graphcut.knn_graph`.
    n_components : int
        Principal components that the model sees, and the graph where the metric is Euclidean.
    standardize : bool or "auto"
        Whether the columns of `X` are divided by their standard deviations before. "auto" does so
        where they seem to be in units of their own: where one or two hide the others; see
        `graphcut.features.FeatureMap`.
    hidden : int
        Width of the hidden layer of "mlp".
    init : str or array_like of int, shape (n,)
        Method of `graphcut.starts.start`, or labels to start from. Where "auto" finds k-means best,
        the graph is noise to it: the model learns the labels of k-means, and neither training nor
        refinement lowers the cut from there.
    n_init : int
        Restarts of the same method, compared by the cut of their labels.
    refine : bool or "auto"
        Whether vertices are moved at the end while that lowers the cut. `labels_` may then differ
        from `predict(X)`. "auto" does so for graphs without features.
    max_iter : int or "auto"
        Steps of training; "auto" is 200 for "linear" and 100 for others.
    tol : float
        Training of all rows ends when 25 steps lowered the objective by less than this share.
    learning_rate : float or "auto"
        "auto" is .05 for "linear", .1 for "free" and .01 for others.
    batch_size : int or None
        Rows of a step; None: all, which is faster up to 10^5 points.
    temperature : float or tuple of two floats
        Divisor of the logits in training, or its first and last value.
    balance : float
        Weight of the entropy of the cluster sizes.
    mixing : {"tensor", "global", "plain"}
        How the gradients of cut and balance are added; see `GradientMixer`.
    device : str
        Where torch computes.
    verbose : int
        Whether a bar shows the progress.
    random_state : int, RandomState instance or None
        Of starts, weights and minibatches.

    Attributes
    ----------
    labels_ : ndarray of int64, shape (n,)
        Cluster of each training point.
    ncut_, rcut_ : float
        Normalised and ratio cut of `labels_`.
    expected_cut_ : float
        Exact expectation of the cut under the training assignments.
    bound_ : float
        Objective, with the edge term "xor", of the training assignments; an upper bound of
        `expected_cut_` for "ncut", "rcut" and "hoelder".
    history_ : dict of lists
        "objective", "balance" and "temperature" of each step of the chosen restart; empty where
        the cut was not lowered.
    interrupted_ : bool
        Whether Ctrl-C ended the training or the refinement; the best state was kept.
    start_labels_ : ndarray of int64, shape (n,)
        Labels that the chosen restart began with.
    graph_ : scipy.sparse.csr_array, shape (n, n)
        The graph. Neither it nor `start_labels_` is there after `partial_fit`.
    standardized_ : bool
        Whether columns were divided by their standard deviations.
    model_ : torch.nn.Module
        The trained model.
    n_iter_ : int
        Steps taken.
    n_features_in_ : int
        Columns of `X`.

    Examples
    --------
    >>> import numpy as np
    >>> from graphcut import ProbabilisticCut
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(place, 1.0, (50, 2)) for place in (0.0, 20.0, 40.0)])
    >>> cut = ProbabilisticCut(n_clusters=3, random_state=0).fit(X)
    >>> np.bincount(cut.labels_).tolist(), cut.ncut_
    ([50, 50, 50], 0.0)
    >>> len(set(cut.predict([[0.0, 0.0], [20.0, 20.0], [40.0, 40.0]])))
    3
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        objective: str = "ncut",
        affinity: str = "nearest_neighbors",
        model: Any = "auto",
        edge_term: str = "xor",
        n_neighbors: int = 15,
        kernel: str = "self_tuning_rbf",
        metric: str = "euclidean",
        n_components: int = 50,
        standardize: bool | str = "auto",
        hidden: int = 128,
        init: Any = "auto",
        n_init: int = 1,
        refine: bool | str = "auto",
        max_iter: int | str = "auto",
        tol: float = 1e-3,
        learning_rate: float | str = "auto",
        batch_size: int | None = None,
        temperature: float | tuple[float, float] = 1.0,
        balance: float = 0.0,
        mixing: str = "tensor",
        device: str = "cpu",
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.objective = objective
        self.affinity = affinity
        self.model = model
        self.edge_term = edge_term
        self.n_neighbors = n_neighbors
        self.kernel = kernel
        self.metric = metric
        self.n_components = n_components
        self.standardize = standardize
        self.hidden = hidden
        self.init = init
        self.n_init = n_init
        self.refine = refine
        self.max_iter = max_iter
        self.tol = tol
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.temperature = temperature
        self.balance = balance
        self.mixing = mixing
        self.device = device
        self.verbose = verbose
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:  # noqa: D105 (scikit-learn's protocol)
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
        ProbabilisticCut
            Itself. Where the fit fails, or Ctrl-C comes before the training, it is what it was.
        """
        _parameters.check(self)
        with restored_on_failure(self):
            X = self._validated(X, reset=True)
            self._seed = _parameters.seed(self.random_state)
            problem = self._problem(X, graph)
            best = fit(problem, _parameters.choices(self, self._seed))
            self._store(problem, best)
        return self

    def _problem(self, X: Any, graph: Any) -> Problem:
        from graphcut._checks import check_graph

        if self.affinity == "precomputed":
            if graph is not None:
                raise ValueError("graph is given and affinity is 'precomputed': X is the graph")
            self._features, self.standardized_ = None, False
            return Problem(check_graph(X, "X"), None, None, self.n_clusters)
        features = _parameters.fit_features(self, X)
        if graph is None:
            W = _parameters.graph_of(self, X, features, self._seed)
        else:
            W = check_graph(graph, "graph")
            if W.shape[0] != X.shape[0]:
                raise ValueError(f"graph has shape {W.shape}; X has {X.shape[0]} rows")
        return Problem(W, features, features, self.n_clusters)

    def _store(self, problem: Problem, best: Fitted) -> None:
        W = problem.graph
        self.graph_, self.model_ = W, best.model
        self.start_labels_ = best.start
        self._fit_logits(problem.features, best.logits)
        self._stream: Stream | None = None
        training = best.training
        self.labels_ = labels = self._final_labels(problem, best)
        self.ncut_, self.rcut_ = normalized_cut(W, labels), ratio_cut(W, labels)
        self.expected_cut_, self.bound_ = _parameters.expectations(self, W, best.logits)
        self.history_ = {
            "objective": training.objective,
            "balance": training.balance,
            "temperature": training.temperature,
        }
        self.interrupted_ = training.interrupted
        self.n_iter_ = max(1, len(training.objective))
        self._n_features_out = self.n_clusters

    def _final_labels(self, problem: Problem, best: Fitted) -> NDArray[np.int64]:
        labels: NDArray[np.int64] = best.logits.argmax(axis=1)
        wanted = self.refine is True or (self.refine == "auto" and problem.features is None)
        if not wanted or not best.begin.by_edges:
            return labels
        try:
            return _parameters.refined(self, problem.graph, labels, best)
        except KeyboardInterrupt:
            best.training.interrupted = True
            return labels

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn from a batch of a stream, whose graph is forgotten afterwards.

        Parameters
        ----------
        X : array_like, shape (b, d)
            Points, in the first batch at least `n_clusters`.
        y : ignored
            Labels never influence the result.

        Returns
        -------
        ProbabilisticCut
            Itself; `labels_` are those of the batch. See `graphcut.online`. Where the first batch
            fails or is interrupted, it is what it was.
        """
        from graphcut.online import partial_fit

        _parameters.check(self)
        with restored_on_failure(self):
            first = not hasattr(self, "model_")
            partial_fit(self, self._validated(X, reset=first))
        return self
