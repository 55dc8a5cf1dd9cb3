"""The expected cut against enumeration, differences, draws and limits."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from cut_problems import enumerated, problems, random_problem
from hypothesis import given, settings

from graphcut import expected_cut, expected_cut_gradient, graph_cut, knn_graph
from graphcut._quadrature import exponential_sum, log_transform, size_ranges, trapezoid
from graphcut.expected import RTOL

# The promise of the bench: some digits above the tolerance of the quadrature.
EXACT = 1e-12
# Central differences with this step lose about its square and eps over it.
STEP, DIFFERENCES = 1e-5, 1e-8


@given(problems)
@settings(max_examples=200)
def test_equals_enumeration(problem):
    value, error = expected_cut(*problem[:3], per_cluster=True, return_error=True)
    exact = enumerated(problem)
    np.testing.assert_allclose(value, exact, rtol=EXACT, atol=0)
    assert (np.abs(value - exact) <= error).all()
    assert (error <= 10 * RTOL * value).all()


@pytest.mark.parametrize("rtol", [1e-10, 1e-6, 1e-2])
def test_error_holds_at_any_tolerance(rtol):
    for seed in range(40):
        problem = random_problem(seed)
        value, error = expected_cut(*problem[:3], per_cluster=True, return_error=True, rtol=rtol)
        assert (np.abs(value - enumerated(problem)) <= error).all()
        assert (error <= 2 * rtol * value).all()


def test_sixteen_vertices():
    problem = random_problem(3, n_max=16)
    rng = np.random.default_rng(3)
    W = np.triu(rng.random((16, 16)), 1)
    problem = problem._replace(W=W + W.T, P=rng.dirichlet([0.5, 0.5], 16), size="degree")
    problem = problem._replace(sizes=problem.W.sum(axis=1))
    value = expected_cut(*problem[:3], per_cluster=True)
    np.testing.assert_allclose(value, enumerated(problem), rtol=EXACT)


@pytest.mark.parametrize("size", ["count", "degree"])
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_hard_assignments_give_the_cut(size, scale):
    rng = np.random.default_rng(0)
    W = knn_graph(rng.normal(size=(200, 3)), 10)
    labels = rng.integers(0, 5, 200)
    cut = graph_cut(W * scale, labels, size)
    assert expected_cut(W * scale, np.eye(6)[labels], size) == pytest.approx(cut, rel=EXACT)


def test_sizes_over_a_hundred_decades():
    problem = random_problem(11)
    sizes = np.geomspace(1e-60, 1e60, len(problem.W))
    problem = problem._replace(size=sizes, sizes=sizes)
    value = expected_cut(*problem[:3], per_cluster=True)
    np.testing.assert_allclose(value, enumerated(problem), rtol=EXACT)


def test_equal_probabilities_are_binomial():
    n, p = 500, 0.3
    W = sp.csr_array(np.ones((n, n)) - np.eye(n))
    value = expected_cut(W, np.full((n, 2), [p, 1 - p]), per_cluster=True)
    # sum_ij p (1 - p) E[1 / (1 + X)], X ~ Binomial(n - 2, p).
    exact = [
        n * (n - 1) * a * (1 - a) * -np.expm1((n - 1) * np.log1p(-a)) / ((n - 1) * a)
        for a in (p, 1 - p)
    ]
    np.testing.assert_allclose(value, exact, rtol=EXACT)


@given(problems)
@settings(max_examples=60)
def test_gradient_is_that_of_the_enumeration(problem):
    gradient = expected_cut_gradient(*problem[:3]).gradient
    rng = np.random.default_rng(0)
    # The expectation is a polynomial of degree one in each probability: differences are exact.
    for _ in range(4):
        i = rng.integers(len(problem.P))
        ends = []
        for p in (0.0, 1.0):
            P = problem.P.copy()
            P[i] = p
            ends.append(enumerated(problem._replace(P=P)))
        scale = np.abs(ends).max(axis=0) + 1e-300
        np.testing.assert_allclose((ends[1] - ends[0]) / scale, gradient[i] / scale, atol=EXACT)


def test_parts_agree():
    problem = random_problem(5)
    whole = expected_cut_gradient(*problem[:3])
    np.testing.assert_array_equal(expected_cut(*problem[:3], per_cluster=True), whole.value)
    assert expected_cut(*problem[:3]) == whole.value.sum()


def test_graphs_without_edges():
    W, P = np.zeros((3, 3)), np.full((3, 2), 0.5)
    assert expected_cut(W, P, "degree", return_error=True) == (0.0, 0.0)
    assert expected_cut_gradient(W, P).gradient.tolist() == np.zeros((3, 2)).tolist()


@pytest.mark.parametrize("size", ["count", "degree"])
def test_torch_gradient(size):
    problem = random_problem(7)
    shape = problem.P.shape
    torch.manual_seed(0)
    logits = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    W = torch.tensor(problem.W).to_sparse()

    def cut(x):
        return expected_cut(W, torch.softmax(x, 1), size, per_cluster=True)

    assert torch.autograd.gradcheck(cut, (logits,))


def test_torch_equals_numpy():
    problem = random_problem(9)
    P = torch.tensor(problem.P, requires_grad=True)
    value, error = expected_cut(problem.W, P, problem.size, return_error=True)
    value.backward()
    whole = expected_cut_gradient(*problem[:3])
    assert value.item() == whole.value.sum()
    assert error.item() == whole.error.sum()
    np.testing.assert_array_equal(P.grad.numpy(), whole.gradient)
    with torch.no_grad():
        assert not expected_cut(problem.W, P, problem.size).requires_grad
    single = expected_cut(problem.W, P.detach().float(), problem.size)
    assert single.dtype == torch.float32
    assert single.item() == pytest.approx(value.item(), rel=1e-5)


@pytest.mark.parametrize("per_cluster", [False, True])
def test_error_covers_the_rounding_to_the_dtype(per_cluster):
    for seed in range(20):
        problem = random_problem(seed)
        P = torch.tensor(problem.P).float()
        value, error = expected_cut(problem.W, P, problem.size, per_cluster, return_error=True)
        exact = expected_cut(problem.W, P.double(), problem.size, per_cluster)
        off = (value.double() - exact).abs()
        assert (off <= error).all()
        assert (error <= 1e-6 * value).all()


def test_torch_device_path_equals_numpy():
    from graphcut._torch_expected import _on_device

    problem = random_problem(9)
    whole = expected_cut_gradient(*problem[:3])
    W = sp.csr_array(problem.W)
    P = torch.tensor(problem.P)
    parts = _on_device(W, P, problem.P, problem.sizes, RTOL, True)
    for found, expected in zip(parts, whole, strict=True):
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"P": np.full((2, 2), 0.4)}, r"P\[0\] adds to 0\.8"),
        ({"P": np.array([[1.5, -0.5], [1, 0]])}, r"P\[0, 0\] is .*1\.5"),
        ({"P": np.array([[np.nan, 0], [1, 0]])}, r"P\[0, 0\] is .*nan"),
        ({"P": np.ones((3, 1))}, r"P has shape \(3, 1\); \(2, K\)"),
        ({"rtol": 1e-17}, "rtol is 1e-17"),
        ({"rtol": 1.0}, "rtol is 1.0"),
        ({"rtol": None}, "rtol is None"),
        ({"P": np.full((2, 2), 0.5 + 0j)}, "P has dtype complex128; a dense array of real numbers"),
        ({"P": sp.csr_array(np.full((2, 2), 0.5))}, "P has dtype object; a dense array"),
        ({"size": ["one", "two"]}, "size has dtype <U3"),
    ],
)
def test_arguments_are_checked(change, message):
    arguments = {"W": np.array([[0, 1], [1, 0]]), "P": np.full((2, 2), 0.5)} | change
    with pytest.raises((TypeError, ValueError), match=message):
        expected_cut(**arguments)


@pytest.mark.parametrize("rtol", [1e-14, 1e-10, 1e-4])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 7.0, 40.0, 1e4, 1e12])
def test_exponential_sums(ratio, rtol):
    rule = exponential_sum(ratio, rtol)
    # Other points than those the rule was judged at.
    q = np.exp(np.random.default_rng(0).uniform(0, np.log(ratio), 2000))
    off = np.abs(1 - q * (np.exp(-np.outer(q, rule.nodes)) @ rule.weights))
    assert off.max() <= 1.1 * rule.error + 1e-15
    assert rule.error <= 2 * max(rtol, 1e-14)
    assert (rule.weights > 0).all()
    # Beyond its range a rule errs by less than everything.
    far = np.geomspace(ratio, 1e3 * ratio, 50)
    assert np.abs(1 - far * (np.exp(-np.outer(far, rule.nodes)) @ rule.weights)).max() <= 1 + 1e-14
    near = np.geomspace(1e-6, 1, 50)
    assert (
        np.abs(1 - near * (np.exp(-np.outer(near, rule.nodes)) @ rule.weights)).max() <= 1 + 1e-14
    )


def test_trapezoid_converges_as_stated():
    q = np.geomspace(1, 1e3, 500)
    for step in (0.5, 0.4, 0.3):
        x, w = trapezoid(1e3, step)
        off = np.abs(1 - q * (np.exp(-np.outer(q, x)) @ w)).max()
        assert off <= 60 * np.exp(-(np.pi**2) / step)


def test_ranges_leave_nothing_outside():
    rng = np.random.default_rng(2)
    for _ in range(30):
        n = 12
        P, sizes = rng.dirichlet([0.3, 1.0], n), 10 ** rng.uniform(-1, 1, n)
        low, high = size_ranges(P, sizes, 1e-3, sizes.min(), sizes.max())
        inside = rng.random((20000, n, 1)) < P
        total = (inside * sizes[:, None]).sum(axis=1)
        # Exact counts would need far rarer tails; a share of 1e-3 shows in 20,000 draws.
        outside = ((total < low) | (total > high)) & (total > 0)
        assert (outside & (total >= sizes.min())).mean() <= 1e-3


def test_log_transform_of_certain_vertices():
    P, sizes = np.array([[1.0, 0.0], [0.5, 1.0]]), np.array([1000.0, 2.0])
    found = log_transform(P, sizes, np.array([3.0, 1000.0]))
    assert found.tolist() == [-3000 + np.log(0.5 + 0.5 * np.exp(-6)), -2000]
