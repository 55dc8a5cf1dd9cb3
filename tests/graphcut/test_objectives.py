"""Objectives against the exact expectation, and minibatches against the whole graph."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graphcut import CutObjective, entropy_balance, expected_cut, normalized_cut, ratio_cut
from graphcut._adjacency import Adjacency
from graphcut.objectives import EDGE_TERMS, OBJECTIVES, exact, ncut, prcut, rcut

# The trapezoidal rule's error, see graphcut._envelopes.STEP.
QUADRATURE = 1e-7
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
    assert float(CutObjective(kind)(np.zeros((9, 9)), P)) == 0.0


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


def test_assignments_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"P has shape \(3, 2\)"):
        rcut(np.zeros((4, 4)), torch.full((3, 2), 0.5))


def _csr(W):
    import scipy.sparse as sp

    return sp.csr_array(W)
