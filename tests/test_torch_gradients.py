"""Derivatives of hypgeo_torch: numerically, exactly, of second order, beyond the range of F."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from accuracy import EPS, read_columns
from torch_cases import DEGREES, FUNCTIONS, MARKS, arguments, column, torch

import hypgeo
import hypgeo_torch

pytestmark = MARKS
operators = torch.ops.hypgeo

# Of first derivatives: what hypgeo.hyp2f1_derivatives promises.
PROMISED = 16 * EPS
# Second derivatives in b and c: weights of the differences add up to 420 over half a length of
# 1/20 at least, times the error of a first derivative.
SECOND = 2e-9
# The same for most arguments.
SECOND_MEDIAN = 5e-12
# Beyond the range of F: logarithms of some 1e4 carry 1e-12, differences of them 1e-11.
LOG_Z, LOG_PARAMETER = 1e-11, 1e-9
# By Pfaff's transformation nothing is lost.
LOG_PFAFF = 1e-13


@pytest.fixture(params=FUNCTIONS)
def function(request):
    return FUNCTIONS[request.param]


def test_gradcheck(function):
    assert torch.autograd.gradcheck(
        function,
        arguments(),
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
    )


def test_gradgradcheck(function):
    assert torch.autograd.gradgradcheck(
        function, arguments(), check_fwd_over_rev=True, check_rev_over_rev=True
    )


@pytest.mark.parametrize("m", [1, 2, 10**6])
def test_other_degrees(m):
    b, c, z = arguments()

    def small(b, c, z):
        return hypgeo_torch.hyp2f1(-m, b, c, z * (10 / m))

    assert torch.autograd.gradcheck(small, (b, c, z), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(small, (b, c, z))


def test_third_derivatives():
    b, c, z = (x.detach()[..., :1].reshape(-1)[:2].clone() for x in arguments())
    b, c, z = (x.requires_grad_() for x in (b, c[:1], z))

    def slopes(b, c, z):
        value = hypgeo_torch.hyp2f1(-7, b, c, z).sum()
        return torch.autograd.grad(value, (b, c, z), create_graph=True)

    assert torch.autograd.gradgradcheck(lambda *x: slopes(*x)[2], (b, c, z))


# Against exact values ----------------------------------------------------------------------------


def test_table_of_derivatives():
    """Gradients are the numbers of hyp2f1_derivatives, which its own tests judge."""
    columns = read_columns("derivatives")
    given = [columns[key][0] for key in ("m", "b", "c", "z")]
    m, b, c, z = column(*given)
    slopes = operators.hyp2f1_gradient(-m, b, c, z)
    expected = hypgeo.hyp2f1_derivatives(-given[0], *given[1:])
    for found, name in zip(slopes, ("d_b", "d_c", "d_z"), strict=True):
        np.testing.assert_array_equal(found.numpy(), getattr(expected, name))
    for found, other in zip(operators.hyp2f1_slopes(-m, b, c, z), slopes[1:], strict=True):
        # One loop ends where the terms of F_b and F_zz do not matter yet.
        torch.testing.assert_close(found, other, rtol=2 * EPS, atol=0, equal_nan=True)


@pytest.mark.parametrize("c", [2.0, 1.5 + 1e-7, 40.0, 1.0 + 2.0**-20])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("m", [0, 1, 2, 30, 10**6])
def test_constant_parameters(m, c, order, rng):
    """A shift of parameters gives the same as the fused derivatives, also for tiny c - b."""
    z = rng.random(300)
    found = operators.hyp2f1(*column(-float(m), 1.0, c, z), order).numpy()
    exact = hypgeo.hyp2f1_derivatives(-float(m), 1.0, c, z)[2 + order]
    small = np.abs(np.log(np.clip(np.abs(exact), 1e-300, 1)))
    assert (np.abs(found - exact) <= (2 * PROMISED + small * EPS) * np.abs(exact)).all()


def terms(m, b, c, z):
    """F and F_bb, F_bc, F_cc from the series (DLMF 15.2.1), in as many digits as it cancels."""
    with mpmath.workdps(60 + int(m * max(1.0, abs(z)) / 2)):
        b, c, z = mpmath.mpf(b), mpmath.mpf(c), mpmath.mpf(z)
        term, total = mpmath.mpf(1), [mpmath.mpf(0)] * 4
        by_b = by_bb = by_c = by_cc = mpmath.mpf(0)
        for k in range(m + 1):
            parts = (1, by_b**2 - by_bb, -by_b * by_c, by_c**2 + by_cc)
            total = [t + term * part for t, part in zip(total, parts, strict=True)]
            by_b, by_bb = by_b + 1 / (b + k), by_bb + 1 / (b + k) ** 2
            by_c, by_cc = by_c + 1 / (c + k), by_cc + 1 / (c + k) ** 2
            term *= (k - m) * (b + k) * z / ((c + k) * (k + 1))
        return total


def test_second_derivatives_in_parameters(rng):
    count = 40
    m = rng.choice([3, 20, 100], count)
    b = np.exp(rng.uniform(np.log(0.01), np.log(50), count))
    c = b + np.exp(rng.uniform(np.log(0.01), np.log(50), count))
    z = np.where(rng.random(count) < 0.7, rng.random(count), -2 * rng.random(count))
    b_, c_ = (x.requires_grad_() for x in column(b, c))
    value = hypgeo_torch.hyp2f1(torch.tensor(-m), b_, c_, torch.tensor(z))
    d_b, d_c = torch.autograd.grad(value.sum(), (b_, c_), create_graph=True)
    bb, bc = torch.autograd.grad(d_b.sum(), (b_, c_), create_graph=True)
    cb, cc = torch.autograd.grad(d_c.sum(), (b_, c_))
    assert torch.equal(bc, cb)
    errors = []
    for i in range(count):
        exact = terms(int(m[i]), b[i], c[i], z[i])[1:]
        for found, true in zip((bb, bc, cc), exact, strict=True):
            errors.append(float(abs(mpmath.mpf(found[i].item()) - true) / abs(true)))
    assert max(errors) < SECOND
    assert np.median(errors) < SECOND_MEDIAN


# log|F| beyond the range of F --------------------------------------------------------------------

# (m, b, c, z)
PFAFF = [(2000, 3.0, 8.0, -4.0), (10**4, 2.0, 2.5, -3.0), (3000, 0.5, 4.0, -0.8)]
OVERFLOW = [(3000, 5.0, 2.0, -0.8)]
UNDERFLOW = [(2000, 500.0, 900.0, 0.9), (10**5, 1e3, 3e3, 0.5), (3000, 700.0, 701.0, 1.0)]
IN_RANGE = [(500, 1.5, 4.0, 3.0), (30, 1.5, 4.0, 0.5), (9, 3.0, 2.0, 0.5), (7, 1.5, -2.5, 0.3)]


def slopes_of_log(m, b, c, z):
    """Errors of the derivatives of log|F| relative to the exact ones."""
    exact_derivatives = pytest.importorskip(
        "hypgeo._reference_derivatives", reason="the exact derivatives need python-flint"
    ).derivatives
    b_, c_, z_ = (x.requires_grad_() for x in column(b, c, z))
    hypgeo_torch.log_hyp2f1(-m, b_, c_, z_).backward()
    exact = exact_derivatives(-m, b, c, z, digits=25)
    found = (b_.grad, c_.grad, z_.grad)
    true = [x / exact.value for x in (exact.d_b, exact.d_c, exact.d_z)]
    return [float(abs(mpmath.mpf(x.item()) / y - 1)) for x, y in zip(found, true, strict=True)]


@pytest.mark.parametrize("row", IN_RANGE + PFAFF)
def test_slopes_of_logarithms(row):
    assert max(slopes_of_log(*row)) < LOG_PFAFF


@pytest.mark.parametrize("row", OVERFLOW + UNDERFLOW)
def test_slopes_of_logarithms_beyond_the_range(row):
    by_b, by_c, by_z = slopes_of_log(*row)
    assert max(by_b, by_c) < LOG_PARAMETER
    assert by_z < LOG_Z


def test_what_is_not_known_is_nan():
    b, c, z = (x.requires_grad_() for x in column(1.5, -2.5, -3.0))
    hypgeo_torch.log_hyp2f1(-3000, b, c, z).backward()
    assert torch.isnan(b.grad)
    assert torch.isnan(c.grad)
    assert torch.isfinite(z.grad)


def test_second_derivatives_of_logarithms_beyond_the_range():
    """log F = m log(1-z) + log F(-m, c-b; c; z/(z-1)): those of the moderate part."""
    m, b, c, z = -4000.0, *(x.requires_grad_() for x in column(2.0, 5.0, -3.0))

    def moderate(b, c, z):
        return 4000 * torch.log1p(-z) + torch.log(hypgeo_torch.hyp2f1(m, c - b, c, z / (z - 1)))

    direct = torch.func.hessian(lambda *x: hypgeo_torch.log_hyp2f1(m, *x), (0, 1, 2))(b, c, z)
    other = torch.func.hessian(moderate, (0, 1, 2))(b, c, z)
    for row, expected in zip(direct, other, strict=True):
        for x, y in zip(row, expected, strict=True):
            torch.testing.assert_close(x, y, rtol=1e-8, atol=1e-10)


# The cut envelope ---------------------------------------------------------------------------------


def inverse_square(m, r, p):
    """E[1/(r+X)^2], X ~ Binomial(m, p), summed as it stands: no term is negative."""
    with mpmath.workdps(40):
        r, p = mpmath.mpf(r), mpmath.mpf(p)
        weight, total = (1 - p) ** m, mpmath.mpf(0)
        for k in range(m + 1):
            total += weight / (r + k) ** 2
            weight *= p * (m - k) / ((1 - p) * (k + 1))
        return total


@pytest.mark.parametrize(("least", "eps"), [(1.0, 16), (0.1, 64), (1e-3, 16e3)])
def test_envelope_in_q(least, eps, rng):
    """dE/dq = -E[1/(q + beta X)^2], also where m p beta >> q and two terms would cancel."""
    count = 40
    r = least * np.exp(rng.uniform(0, np.log(100), count))
    beta = np.exp(rng.uniform(-2, 2, count))
    m = rng.choice([3, 40, 500], count)
    p = np.where(rng.random(count) < 0.5, rng.random(count), np.exp(-10 * rng.random(count)))
    q, b, z = column(r * beta, beta, p)
    value = hypgeo_torch.expected_inverse(q.requires_grad_(), b, torch.tensor(m), z)
    (found,) = torch.autograd.grad(value.sum(), q)
    for i in range(count):
        exact = -inverse_square(int(m[i]), q[i].item() / mpmath.mpf(beta[i]), p[i]) / beta[i] ** 2
        assert abs(found[i].item() - exact) <= eps * EPS * abs(exact), (m[i], r[i], p[i])


def test_envelope_at_the_ends_of_p():
    q, p = torch.tensor([0.5, 2.0, 0.5]).double(), torch.tensor([0.0, 1.0, 1.0]).double()
    value = hypgeo_torch.expected_inverse(q.requires_grad_(), 1.0, 7, p)
    (found,) = torch.autograd.grad(value.sum(), q)
    exact = [-1 / 0.25, -1 / 81, -1 / 56.25]
    torch.testing.assert_close(found, column(exact)[0], rtol=16 * EPS, atol=0)


# Only what is asked for --------------------------------------------------------------------------


def test_z_alone_needs_no_derivatives_in_parameters(monkeypatch):
    from hypgeo_torch import _evaluate

    seen = []
    compute = _evaluate.compute
    monkeypatch.setattr(_evaluate, "compute", lambda *x: seen.append(x[0]) or compute(*x))
    z = torch.rand(5, dtype=torch.float64, requires_grad=True)
    hypgeo_torch.hyp2f1(-40, 1.0, 2.0, z).sum().backward()
    assert seen == ["hyp2f1", "hyp2f1"]
    b = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    hypgeo_torch.hyp2f1(-40, b, 2.0, z).sum().backward()
    assert seen[2:] == ["hyp2f1", "hyp2f1_derivatives"]
    c = torch.tensor([2.0, 3, 4, 5, 6], dtype=torch.float64, requires_grad=True)
    hypgeo_torch.hyp2f1(-40, 1.0, c, z.detach()).sum().backward()
    assert seen[4:] == ["hyp2f1", "slopes_in_c_and_z"]


def test_a_device_multiplies_where_it_computes(monkeypatch):
    """One kernel reads z and the gradient: backward moves as much memory as it must."""
    from hypgeo_torch import _evaluate

    def kernel(a, b, c, z, weight, scale):
        seen.append((a, b, c, scale))
        return operators.hyp2f1(*column(a, b, c), z) * weight * scale

    seen = []
    monkeypatch.setattr(_evaluate, "_is_for_gpu", lambda z, weight: True)
    monkeypatch.setattr(_evaluate, "weighted_on_gpu", kernel)
    z = torch.rand(5, dtype=torch.float64, requires_grad=True)
    hypgeo_torch.hyp2f1(-40, 1.0, 2.0, z).sum().backward()
    assert seen == [(-39.0, 2.0, 3.0, -20.0)]
    exact = hypgeo.hyp2f1_derivatives(-40.0, 1.0, 2.0, z.detach().numpy()).d_z
    np.testing.assert_allclose(z.grad.numpy(), exact, rtol=2 * PROMISED)


def test_weighted(rng):
    """What a backward pass takes instead of a slope and its product with the gradient."""
    z, weight = column(rng.random((3, 4)), rng.standard_normal((3, 4)))
    for c in (torch.tensor(2.0), torch.tensor(rng.uniform(2, 5, (4,)))):
        given = *(torch.tensor(x).double() for x in (-30.0, 1.0)), c.double(), z
        for order in (0, 1, 2):
            found = operators.hyp2f1_weighted(*given, weight, order)
            expected = operators.hyp2f1(*given, order) * weight
            torch.testing.assert_close(found, expected, rtol=4 * EPS, atol=0)
    tracked = [x.requires_grad_() for x in (*arguments(False), torch.rand(3, 1).double())]
    assert torch.autograd.gradcheck(
        lambda *x: operators.hyp2f1_weighted(-DEGREES, *x, 1), tracked, check_forward_ad=True
    )


def test_nothing_but_the_arguments_is_saved():
    b, c, z = arguments()
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: saved.append(x) or x, lambda x: x):
        hypgeo_torch.hyp2f1(-DEGREES, b, c, z)
    assert {x.data_ptr() for x in saved} - {x.data_ptr() for x in (b, c, z)} <= {
        saved[0].data_ptr()
    }
    assert sum(x.numel() for x in saved) == sum(x.numel() for x in (DEGREES, b, c, z))


@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1), (3, 4), (1, 1, 4), (2, 3, 4)])
def test_gradients_are_summed_to_the_shape(shape, rng):
    base = torch.tensor(rng.uniform(3, 5, shape), requires_grad=True)
    full = base.detach().expand(2, 3, 4).clone().requires_grad_()
    z = torch.tensor(rng.random((2, 3, 4)))
    weights = torch.tensor(rng.random((2, 3, 4)))
    for c in (base, full):
        (hypgeo_torch.hyp2f1(-9, 1.5, c, z) * weights).sum().backward()
    assert base.grad.shape == shape
    torch.testing.assert_close(base.grad, full.grad.sum_to_size(shape), rtol=1e-13, atol=0)
