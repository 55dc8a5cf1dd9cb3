"""ProbabilisticCut: scikit-learn's checks, quality on known answers, parameters."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits, make_circles, make_moons
from sklearn.utils.estimator_checks import parametrize_with_checks

from graphcut import (
    ProbabilisticCut,
    _search,
    _training,
    clustering_accuracy,
    knn_graph,
    nmi,
    normalized_cut,
    ratio_cut,
    refine_labels,
    start,
)
from graphcut._fitting import Begin

# KaHIP's NMI on a graph of 15 neighbours less the .02 that a model may lose to a partitioner.
DIGITS_NMI = 0.914 - 0.02
MODELS = ("linear", "mlp", "free")


def blobs(seed, k=5, each=40, d=3):
    """Unit Gaussians whose centres lie 20 or more apart."""
    rng = np.random.default_rng(seed)
    centres = 20.0 * np.stack(np.unravel_index(rng.permutation(3**d)[:k], (3,) * d), axis=1)
    y = np.repeat(np.arange(k), each)
    return centres[y] + rng.standard_normal((k * each, d)), y


@pytest.fixture
def starts_judged_once(monkeypatch):
    """Every step of the choice of a start, but on one of the eight sets of unseen edges."""
    monkeypatch.setattr("graphcut.choice.MOST_SPLITS", 1)


@pytest.mark.usefixtures("starts_judged_once")
@parametrize_with_checks([ProbabilisticCut(n_clusters=3, max_iter=5)])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@pytest.mark.parametrize("model", MODELS)
def test_blobs_are_perfect_for_every_seed(model):
    for seed in range(5):
        X, y = blobs(seed)
        cut = ProbabilisticCut(5, model=model, random_state=seed).fit(X)
        assert clustering_accuracy(y, cut.labels_) == 1.0
        assert cut.ncut_ == 0.0
        assert clustering_accuracy(y, cut.predict(X)) == 1.0


@pytest.mark.parametrize("make", [make_moons, make_circles])
def test_shapes_that_k_means_cannot_see(make):
    more = {"factor": 0.5} if make is make_circles else {}
    X, y = make(400, noise=0.04, random_state=0, **more)
    assert clustering_accuracy(y, ProbabilisticCut(2, random_state=0).fit_predict(X)) == 1.0


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e9])
def test_units_do_not_matter(scale):
    X, y = blobs(1)
    assert clustering_accuracy(y, ProbabilisticCut(5, random_state=0).fit_predict(scale * X)) == 1.0


def test_digits_and_what_the_attributes_say():
    X, y = load_digits(return_X_y=True)
    cut = ProbabilisticCut(10, random_state=0).fit(X)
    assert nmi(y, cut.labels_) > DIGITS_NMI
    assert (cut.predict(X) == cut.labels_).all()
    assert cut.ncut_ == normalized_cut(cut.graph_, cut.labels_)
    assert cut.rcut_ == ratio_cut(cut.graph_, cut.labels_)
    assert cut.expected_cut_ <= cut.bound_
    assert 25 < len(cut.history_["objective"]) == cut.n_iter_ < 200
    P = cut.predict_proba(X)
    assert (np.abs(P.sum(axis=1) - 1) < 1e-12).all()
    np.testing.assert_allclose(np.log(P[:, :1] / P), cut.transform(X)[:, :1] - cut.transform(X))
    assert cut.score(X) == pytest.approx(-cut.ncut_, rel=1e-12)


def test_training_lowers_the_objective_and_never_ends_above_the_start():
    X, _ = load_digits(return_X_y=True)
    for objective in ("ncut", "rcut", "prcut", "hoelder"):
        cut = ProbabilisticCut(10, objective=objective, init="kmeans", random_state=0).fit(X[:600])
        history = cut.history_["objective"]
        assert min(history) < 0.9 * history[0]
        # The final state is the best one; its value in double precision is bound_.
        assert cut.bound_ == pytest.approx(min(history), rel=1e-4)


def test_training_ends_where_it_stalls():
    X, _ = load_digits(return_X_y=True)
    options = {"init": "kmeans", "random_state": 0, "learning_rate": 0.02, "max_iter": 200}
    short, long = (ProbabilisticCut(10, tol=tol, **options).fit(X[:600]) for tol in (1e-4, 0.0))
    assert short.n_iter_ < long.n_iter_ == 200
    assert short.bound_ < 1.02 * long.bound_
    annealed = ProbabilisticCut(10, temperature=(4.0, 1.0), tol=10.0, **options).fit(X[:300])
    # The temperature stands still from three quarters of the steps on.
    assert annealed.n_iter_ == 150 + 1 + _training.PATIENCE


@pytest.mark.parametrize("model", MODELS)
def test_seeds_reproduce(model):
    X, _ = load_digits(return_X_y=True)
    first, second = (
        ProbabilisticCut(10, model=model, random_state=3, max_iter=20).fit(X[:400])
        for _ in range(2)
    )
    assert (first.labels_ == second.labels_).all()
    assert first.history_ == second.history_


def test_the_global_generator_of_torch_is_left_alone():
    X, _ = blobs(0)
    torch.manual_seed(5)
    state = torch.get_rng_state()
    ProbabilisticCut(5, random_state=0, max_iter=2).fit(X)
    assert (torch.get_rng_state() == state).all()


def test_precomputed_graphs_are_refined():
    X, y = blobs(2)
    W = knn_graph(X, 10)
    cut = ProbabilisticCut(5, affinity="precomputed", random_state=0).fit(W)
    assert clustering_accuracy(y, cut.labels_) == 1.0
    assert (cut.predict(W) == cut.labels_).all()
    assert cut.score(W) == 0.0
    assert cut.predict_proba(sp.csr_array((2, 200))).tolist() == [[0.2] * 5] * 2


def test_refinement_never_raises_the_cut():
    X, _ = load_digits(return_X_y=True)
    plain = ProbabilisticCut(10, model="linear", init="kmeans", random_state=0).fit(X[:800])
    moved = clone(plain).set_params(refine=True).fit(X[:800])
    assert moved.ncut_ < plain.ncut_


def test_labels_of_more_information_but_a_higher_cut_are_not_taken(monkeypatch, rng):
    X, y = blobs(3)
    worse = rng.permutation(y)
    monkeypatch.setattr("graphcut._search.recombine", lambda *_: worse)
    cut = ProbabilisticCut(5, init=y, max_iter=0, refine=True, random_state=0).fit(X)
    assert (cut.labels_ == y).all()


def test_a_partition_of_a_higher_cut_is_not_refined_further(monkeypatch):
    # Balance has to break the large group, and single moves do not mend that.
    y = np.repeat([0, 1, 2], [400, 30, 30])
    X = np.random.default_rng(0).standard_normal((460, 2)) + 30.0 * y[:, None]
    plain = ProbabilisticCut(3, init=y, max_iter=0, random_state=0).fit(X)
    partition = refine_labels(plain.graph_, start(plain.graph_, X, 3, "partition", seed=0))
    assert normalized_cut(plain.graph_, partition) > plain.ncut_
    handed = []
    recombine = _search.recombine

    def record(W, labels, *rest):
        handed.extend(labels)
        return recombine(W, labels, *rest)

    monkeypatch.setattr("graphcut._search.recombine", record)
    ProbabilisticCut(3, init=y, max_iter=0, refine=True, random_state=0).fit(X)
    assert handed
    assert all(normalized_cut(plain.graph_, one) <= plain.ncut_ for one in handed)


def test_a_partition_that_is_taken_gets_the_numbers_of_the_model(monkeypatch, rng):
    X, y = blobs(3)
    wrong = y.copy()
    wrong[:3] = (y[:3] + 1) % 5
    monkeypatch.setattr("graphcut.refine.refine_labels", lambda W, labels, **_: labels)
    monkeypatch.setattr("graphcut.starts.balanced_partition", lambda *_: (y + 2) % 5)
    monkeypatch.setattr("graphcut._search.recombine", lambda *_: rng.permutation(y))
    cut = ProbabilisticCut(5, init=wrong, model="free", max_iter=0, refine=True, random_state=0)
    assert (cut.fit(X).labels_ == y).all()


def test_an_empty_cluster_is_worse_than_any_cut(rng):
    X = rng.standard_normal((90, 2))
    merged = ProbabilisticCut(3, init=np.zeros(90, int), max_iter=0, random_state=0).fit(X)
    assert merged.ncut_ == 0.0
    cut = clone(merged).set_params(refine=True).fit(X)
    assert len(np.unique(cut.labels_)) == 3


def test_a_graph_of_ones_own(rng):
    X, y = blobs(3)
    noise = rng.standard_normal(X.shape)
    cut = ProbabilisticCut(5, model="free", random_state=0).fit(noise, graph=knn_graph(X, 10))
    assert clustering_accuracy(y, cut.labels_) == 1.0


def test_restarts_are_picked_by_the_cut(monkeypatch):
    X, y = blobs(4)
    starts = {0: np.arange(len(y)) % 5, 1: y, 2: np.zeros_like(y)}
    monkeypatch.setattr("graphcut._parameters.seed", lambda random_state: 0)
    monkeypatch.setattr("graphcut._fitting.start_labels", lambda problem, init, seed: starts[seed])
    monkeypatch.setattr("graphcut._fitting.begin", lambda *_: Begin(starts[0], "any", True, None))
    cut = ProbabilisticCut(5, n_init=3, max_iter=0, random_state=0).fit(X)
    assert (cut.start_labels_ == y).all()
    assert cut.ncut_ == 0.0


def test_modules_are_copied_and_trained():
    X, y = blobs(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.Tanh(), torch.nn.Linear(16, 5))
    before = [p.clone() for p in module.parameters()]
    cut = ProbabilisticCut(5, model=module, random_state=0).fit(X)
    assert clustering_accuracy(y, cut.labels_) == 1.0
    assert all((p == q).all() for p, q in zip(module.parameters(), before, strict=True))


def test_modules_of_another_width_are_refused():
    X, _ = blobs(0)
    with pytest.raises(ValueError, match=r"model maps 2 rows to the shape \(2, 4\)"):
        ProbabilisticCut(5, model=torch.nn.Linear(3, 4)).fit(X)


def test_modules_with_nothing_to_train_are_refused():
    X, _ = blobs(0)
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=r"model is ReLU\(\), without a parameter"):
            getattr(ProbabilisticCut(5, model=torch.nn.ReLU()), method)(X)


def test_modules_that_draw_leave_the_global_generator_alone():
    X, _ = blobs(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Dropout(0.2))
    state = torch.get_rng_state()
    found = [ProbabilisticCut(5, model=model, max_iter=3, random_state=0).fit(X) for _ in range(2)]
    assert torch.equal(state, torch.get_rng_state())
    assert found[0].history_ == found[1].history_


def test_ctrl_c_keeps_the_best_state(monkeypatch):
    X, y = blobs(0)
    steps = []

    def interrupted(*arguments):
        if len(steps) == 7:
            raise KeyboardInterrupt
        steps.append(0)
        return original(*arguments)

    original = _training.backward
    monkeypatch.setattr(_training, "backward", interrupted)
    cut = ProbabilisticCut(5, n_init=4, random_state=0).fit(X)
    assert cut.interrupted_
    assert cut.n_iter_ == 7
    assert clustering_accuracy(y, cut.labels_) == 1.0


def test_ctrl_c_in_the_refinement_keeps_the_model_and_its_labels(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 2)) + 2.5 * (np.arange(90) % 3)[:, None]
    monkeypatch.setattr("graphcut._parameters.refined", interrupted)
    cut = ProbabilisticCut(3, init="partition", refine=True, random_state=0).fit(X)
    assert cut.interrupted_
    np.testing.assert_array_equal(cut.labels_, cut.predict(X))


def test_refinement_of_fewer_labels_than_clusters():
    X = np.repeat([[0.0], [5.0]], 20, axis=0)
    cut = ProbabilisticCut(3, n_neighbors=5, refine=True, random_state=0).fit(X)
    assert nmi(cut.labels_, np.repeat([0, 1], 20)) > 0.5
    assert set(cut.labels_) <= {0, 1, 2}


@pytest.mark.parametrize("options", [{"batch_size": 64}, {"temperature": (4.0, 1.0)}])
@pytest.mark.parametrize("balance", [0.0, 0.5])
def test_batches_annealing_and_balance(options, balance):
    X, y = blobs(5)
    cut = ProbabilisticCut(5, balance=balance, random_state=0, **options).fit(X)
    assert clustering_accuracy(y, cut.labels_) == 1.0


def test_the_bar_shows_the_objective(capfd):
    X, _ = blobs(0)
    ProbabilisticCut(5, verbose=1, max_iter=3, random_state=0).fit(X)
    assert "objective=" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("objective", "cut"),
        ("affinity", "rbf"),
        ("edge_term", "or"),
        ("model", "cnn"),
        ("refine", "maybe"),
        ("n_init", 0),
        ("batch_size", 0),
        ("balance", -1.0),
        ("tol", -1.0),
        ("learning_rate", 0.0),
        ("temperature", (1.0, 0.0)),
        ("n_clusters", 2.5),
        ("n_clusters", True),
    ],
)
def test_errors_name_the_parameter(parameter, value):
    X, _ = blobs(0)
    estimator = ProbabilisticCut(5).set_params(**{parameter: value})
    with pytest.raises(ValueError, match=parameter):
        estimator.fit(X)


def test_models_need_features():
    W = knn_graph(blobs(0)[0], 10)
    with pytest.raises(ValueError, match="model is 'linear'"):
        ProbabilisticCut(5, affinity="precomputed", model="linear").fit(W)
    with pytest.raises(ValueError, match="graph has shape"):
        ProbabilisticCut(5).fit(blobs(0)[0], graph=knn_graph(blobs(0, each=10)[0], 5))


def interrupt(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("fails", ["model", "interrupt"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_what_was_fitted_survives_a_fit_that_fails(monkeypatch, fails, method):
    X, _ = blobs(0)
    cut = ProbabilisticCut(5, init="spectral", max_iter=5, random_state=0)
    before = cut.fit(X).predict(X) if method == "fit" else None
    known = dict(vars(cut))
    if fails == "model":
        cut.set_params(model=torch.nn.Linear(3, 4))
    else:
        monkeypatch.setattr("graphcut.starts.start", interrupt)
    with pytest.raises((ValueError, KeyboardInterrupt)):
        getattr(cut, method)(X * 5 + 100)
    cut.set_params(model="auto")
    assert vars(cut) == known
    if before is not None:
        assert (cut.predict(X) == before).all()


def test_arguments_that_would_be_ignored_are_refused():
    X, _ = blobs(0)
    W = knn_graph(X, 5)
    with pytest.raises(ValueError, match="graph is given and affinity is 'precomputed'"):
        ProbabilisticCut(5, affinity="precomputed").fit(W, graph=W)
    cut = ProbabilisticCut(5, affinity="precomputed", max_iter=1, random_state=0).fit(W)
    with pytest.raises(ValueError, match="X holds -1; weights are nonnegative"):
        cut.predict(-np.eye(len(X)))
