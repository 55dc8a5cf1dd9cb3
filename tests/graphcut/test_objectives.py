"""Objectives against the exact expectation, and minibatches against the whole graph."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graphcut import CutObjective, entropy_balance, expected_cut, normalized_cut, ratio_cut
from graphcut._adjacency import Adjacency
from graphcut._envelopes import _places
from graphcut.objectives import EDGE_TERMS, OBJECTIVES, exact, ncut, prcut, rcut

# The trapezoidal rule's error, see graphcut._envelopes.STEP.
QUADRATURE = 5e-8
SIZES = {"ncut": "degree", "hoelder": "degree", "rcut": "count"}


def random_graph(rng, n, spread=0.7, density=0.4):
    pull = np.exp(spread * rng.standard_normal(n))
    upper = np.triu(rng.random((n, n)) * (rng.random((n, n)) < density) * np.outer(pull, pull), 1)
    return upper + upper.T


def assignments(rng, n, k):
    return torch.from_numpy(rng.dirichlet(np.full(k, 0.4), n))


@pytest.mark.parametrize("size", ["count", "degree"])
@pytest.mark.parametrize("n", [5, 12, 150])
def test_exact_is_the_expectation(rng, n, size):
    W, P = random_graph(rng, n), assignments(rng, n, 3)
    expected = expected_cut(W, P.numpy(), size=size)
    assert float(exact(W, P, size=size)) == pytest.approx(expected, rel=QUADRATURE)


@pytest.mark.parametrize("spread", [1.0, 1.7, 30.0, 1e4, 1e8])
def test_the_trapezoidal_rule_is_as_near_for_every_size(spread):
    # Expectations are means of 1 / q: within this for every q from the least to the total size.
    x, weight = np.array(_places(1.0, spread)).T
    q = np.geomspace(1.0, spread, 200)
    assert np.abs(1 - q * (np.exp(-np.outer(q, x)) @ weight)).max() < QUADRATURE


@pytest.mark.parametrize("kind", SIZES)
def test_envelopes_are_upper_bounds_per_cluster(rng, kind):
    for n in (4, 5, 7, 11, 60):
        for _ in range(8):
            W, P = random_graph(rng, n), assignments(rng, n, 3)
            bound = CutObjective(kind)(W, P, per_cluster=True).numpy()
            below = expected_cut(W, P.numpy(), size=SIZES[kind], per_cluster=True)
            assert (bound >= below * (1 - QUADRATURE)).all()


def test_the_convex_order_is_tight_and_hoelder_is_not(rng):
    W, P = random_graph(rng, 600, density=0.1), assignments(rng, 600, 3)
    expected = expected_cut(W, P.numpy(), size="degree")
    assert 1 <= float(ncut(W, P)) / expected < 1.1
    assert float(ncut(W, P, envelope="hoelder")) / expected > 1.3


def test_prcut_is_no_bound_on_small_graphs():
    W = np.ones((4, 4)) - np.eye(4)
    P = torch.full((4, 2), 0.5, dtype=torch.float64)
    assert float(prcut(W, P)) < expected_cut(W, P.numpy(), size="count")
    # Equal assignments make the binomial exact.
    assert float(rcut(W, P)) == pytest.approx(3.5, rel=1e-14)
    assert expected_cut(W, P.numpy(), size="count") == pytest.approx(3.5, rel=1e-12)


def test_cross_entropy_lies_above_xor(rng):
    W, P = random_graph(rng, 30), assignments(rng, 30, 3)
    for kind in OBJECTIVES:
        xor, entropy = (float(CutObjective(kind, term)(W, P)) for term in EDGE_TERMS)
        assert entropy > xor


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_gradients(rng, kind):
    W, P = random_graph(rng, 7), assignments(rng, 7, 3).requires_grad_()
    objective = CutObjective(kind)
    assert torch.autograd.gradcheck(lambda p: objective(W, p), (P,))


def test_hard_labels_give_the_hard_cut(rng):
    W, labels = random_graph(rng, 40), rng.integers(0, 3, 40)
    P = torch.eye(3, dtype=torch.float64)[labels]
    assert float(exact(W, P)) == pytest.approx(normalized_cut(W, labels), rel=QUADRATURE)
    assert float(exact(W, P, size="count")) == pytest.approx(ratio_cut(W, labels), rel=QUADRATURE)


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_vertices_without_edges_add_nothing(rng, kind):
    W = np.zeros((9, 9))
    W[:6, :6] = random_graph(rng, 6, density=1.0)
    P = assignments(rng, 9, 2)
    value = CutObjective(kind)(W, P)
    assert torch.isfinite(value)


@pytest.mark.parametrize("kind", OBJECTIVES)
@pytest.mark.parametrize(("n", "k"), [(9, 2), (9, 1), (1, 2), (2, 2)])
def test_graphs_without_edges_cost_nothing_and_can_be_trained_on(rng, kind, n, k):
    P = assignments(rng, n, k).requires_grad_()
    value = CutObjective(kind)(np.zeros((n, n)), P)
    value.backward()
    assert value.item() == 0.0
    assert (P.grad == 0).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("term", EDGE_TERMS)
@pytest.mark.parametrize("kind", OBJECTIVES)
def test_an_empty_cluster_adds_nothing_and_leaves_gradients_finite(rng, kind, term, dtype):
    W, logits = random_graph(rng, 9), torch.zeros(9, 3, dtype=dtype)
    logits[:4, 0] = logits[4:, 1] = 800
    logits.requires_grad_()
    P = torch.softmax(logits, dim=1)
    P.retain_grad()
    values = CutObjective(kind, term)(W, P, per_cluster=True)
    (values.sum() + entropy_balance(P)).backward()
    assert values[2] == 0.0
    assert (values[:2] > 0).all()
    assert torch.isfinite(P.grad).all()
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize("unit", [2.0**-199, 2.0**199])
@pytest.mark.parametrize("kind", OBJECTIVES)
def test_the_unit_of_the_weights(rng, kind, unit):
    W, P = random_graph(rng, 20), assignments(rng, 20, 3)
    ratio = kind in ("prcut", "rcut")
    one = CutObjective(kind)(W, P).item()
    far = CutObjective(kind)(unit * W, P).item()
    assert far == pytest.approx(one * unit if ratio else one, rel=1e-12)
    if ratio:
        with pytest.raises(ValueError, match=r"W holds weights up to about .* torch.float32"):
            CutObjective(kind)(unit * W, P.float())
    else:
        graph = Adjacency(_csr(unit * W))
        rows = graph.batch(np.arange(20))
        expected = CutObjective(kind)(W, P.float()).item()
        for near in (graph, rows):
            found = CutObjective(kind)(near, P.float()).item()
            assert found == pytest.approx(expected, rel=1e-5)


def test_a_ratio_cut_is_right_or_refused_at_the_end_of_the_range(rng):
    W, P = random_graph(rng, 20), assignments(rng, 20, 3)
    W /= W.max()
    exponent = 120
    assert rcut(2.0**exponent * W, P.float()).item() == pytest.approx(
        rcut(W, P).item() * 2.0**exponent, rel=1e-5
    )
    with pytest.raises(ValueError, match="scale W, or give P in float64"):
        rcut(2.0**127 * W, P.float())


def test_running_volumes_of_graphs_in_other_units_do_not_mix(rng):
    W, P = random_graph(rng, 20), assignments(rng, 20, 3).float()
    objective = CutObjective("ncut", momentum=0.5)
    alone = float(CutObjective("ncut")(W, P))
    for unit in (1.0, 1e60, 1.0):
        assert float(objective(unit * W, P)) == pytest.approx(alone, rel=1e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(rng, dtype):
    W, P = torch.from_numpy(random_graph(rng, 20)).to(dtype), assignments(rng, 20, 3)
    whole = float(ncut(W.double(), P))
    for half in (W, W.to_sparse()):
        assert float(ncut(half, P)) == pytest.approx(whole, rel=1e-5)
    P = P.to(dtype).requires_grad_()
    value = ncut(W, P)
    value.backward()
    assert value.item() == pytest.approx(whole, rel=0.02)
    assert torch.isfinite(P.grad).all()


@pytest.mark.parametrize("kind", ["prcut", "rcut"])
def test_minibatches_estimate_the_whole_without_bias(rng, kind):
    # With means fixed by the whole graph the objective is a sum over rows.
    n = 24
    graph = Adjacency(_csr(random_graph(rng, n)), dtype=torch.float64)
    P = assignments(rng, n, 3)
    objective = CutObjective(kind)
    whole = objective(graph, P)
    share = P.mean(dim=0)
    objective.means = lambda name, mean: share
    if kind == "rcut":
        two = P.topk(2, dim=0).values.sum(dim=0)
    values = []
    for rows in np.split(rng.permutation(n), 4):
        part = graph.batch(np.sort(rows))
        table = P[torch.from_numpy(part.vertices)]
        if kind == "rcut":
            own = table.topk(2, dim=0).values.sum(dim=0)
            objective.means = lambda name, mean, own=own: share + (own - two) / n
        values.append(objective(part, table))
    assert float(torch.stack(values).mean()) == pytest.approx(float(whole), rel=1e-12)


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_a_batch_of_all_rows_is_the_graph(rng, kind):
    graph = Adjacency(_csr(random_graph(rng, 20)), dtype=torch.float64)
    P = assignments(rng, 20, 3)
    part = graph.batch(np.arange(20))
    assert float(CutObjective(kind)(part, P[torch.from_numpy(part.vertices)])) == pytest.approx(
        float(CutObjective(kind)(graph, P)), rel=1e-12
    )


def test_running_means_average_batches_and_keep_the_gradient():
    objective = CutObjective("rcut", momentum=0.5)
    x = torch.tensor([4.0], requires_grad=True)
    assert float(objective.means("share", torch.tensor([2.0]))) == 2.0
    mean = objective.means("share", x)
    assert mean.item() == pytest.approx((0.5 * 0.5 * 2 + 0.5 * 4) / 0.75)
    mean.backward()
    assert x.grad.item() == 1.0


def test_entropy_balance():
    assert float(entropy_balance(torch.eye(5))) == 0.0
    lopsided = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert float(entropy_balance(lopsided)) == pytest.approx(np.log(2), rel=1e-6)


def test_entropy_balance_wants_an_empty_cluster_to_grow():
    P = torch.tensor([[1.0, 0.0], [1.0, 0.0]], requires_grad=True)
    entropy_balance(P).backward()
    assert torch.isfinite(P.grad).all()
    assert (P.grad[:, 1] < -10).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "best"}, "kind is 'best'"),
        ({"term": "and"}, "term is 'and'"),
        ({"size": "big"}, "size is 'big'"),
        ({"momentum": 1.0}, r"momentum is 1.0"),
    ],
)
def test_errors_name_the_argument(arguments, message):
    with pytest.raises(ValueError, match=message):
        CutObjective(**arguments)


@pytest.mark.parametrize(
    ("P", "message"),
    [(np.eye(4), "P has type ndarray"), (torch.eye(4, dtype=torch.int64), "P has dtype torch.int")],
)
@pytest.mark.parametrize("function", [lambda P: ncut(np.zeros((4, 4)), P), entropy_balance])
def test_assignments_that_are_no_tensor_of_floats_are_refused(function, P, message):
    with pytest.raises(TypeError, match=message):
        function(P)


def test_assignments_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"P has shape \(3, 2\)"):
        rcut(np.zeros((4, 4)), torch.full((3, 2), 0.5))


def _csr(W):
    import scipy.sparse as sp

    return sp.csr_array(W)
