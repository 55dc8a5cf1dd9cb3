"""Jacobi, Krawtchouk and Meixner polynomials against exact values."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import polynomial_values as exact
import pytest
from accuracy import EPS
from polynomial_values import PREFACTOR, PROMISE, Hypergeometric, relative_error

from hypgeo._binomial import generalized_binomial, split
from hypgeo.polynomials import eval_jacobi, eval_krawtchouk, eval_meixner

# Above and below -1, at the poles of the 2F1, next to them, and where n+alpha+beta+1 vanishes.
PARAMETERS = (0.0, -0.5, 1.3, 25.25, -1.0, -3.0, -2.5, -4 + 2.0**-40, -7.0, -30.0)
ONE = mpmath.mpf(1)
ARGUMENTS = (0.0, 1.0, -1.0, 0.3, -0.8, 1 - 2.0**-30, 2.0**-60 - 1, -1.7, 40.0)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 12])
def test_jacobi_is_its_definition(n):
    for alpha, beta, x in itertools.product(PARAMETERS, PARAMETERS, ARGUMENTS):
        truth = exact.jacobi(n, alpha, beta, x)
        f = exact.jacobi_hypergeometric(n, alpha, beta, x)
        value = eval_jacobi(n, alpha, beta, x)
        hypergeometric = f.value()
        if hypergeometric == 0 or truth == 0:
            # A zero of the 2F1, or a polynomial that vanishes identically.
            bound = max(1.0, abs(float(exact.jacobi(n, alpha, beta, 3.0))))
            assert abs(value - float(truth)) <= PROMISE * EPS * f.spread() * bound
            continue
        allowed = PROMISE * f.kappa() + PREFACTOR
        assert relative_error(value, truth) <= allowed, (n, alpha, beta, x, value, float(truth))


LARGE = [
    (100, 0.0, 0.0, 0.7),
    (1000, 0.5, -0.5, -0.2),
    (1000, 40.25, 3.5, 0.9),
    (1001, -0.75, 12.0, 0.999),
    (5000, 2.5, 1.5, -0.99),
    (10_000, 0.0, 0.0, 0.5),
    (10_000, -0.5, 10.5, -0.3),
    (10_000, 1e-3, 300.25, 0.95),
    (10_000, 0.0, 0.0, 1 - 1e-9),
    # Cost and accuracy for |x| > 1 do not depend on the degree.
    (10**6, 0.25, 2.0, 1 + 1e-12),
    (10**6 + 1, 0.25, 2.0, -1 - 1e-11),
    (10**8, -0.5, 0.5, 1 + 2.0**-52),
]


@pytest.mark.parametrize("arguments", LARGE, ids=str)
def test_jacobi_of_large_degree(arguments):
    truth = exact.jacobi_of_large_degree(*arguments)
    kappa = exact.jacobi_hypergeometric(*arguments).kappa()
    error = relative_error(eval_jacobi(*arguments), truth)
    assert error <= PROMISE * kappa + PREFACTOR, (error, kappa)


@pytest.mark.parametrize("alpha", [0.0, 0.5, -0.3, 1e-20, 17.125, -12.75])
@pytest.mark.parametrize("n", [1, 31, 34, 10**5, 10**9, 2**53])
def test_jacobi_at_one_is_a_binomial_coefficient(n, alpha):
    with mpmath.workdps(40):
        truth = mpmath.gammaprod([mpmath.mpf(n) + 1 + alpha], [mpmath.mpf(1) + alpha, n + 1])
    assert relative_error(eval_jacobi(n, alpha, 2.0, 1.0), truth) <= PREFACTOR
    sign = 1 if n % 2 == 0 else -1
    assert eval_jacobi(n, 2.0, alpha, -1.0) == sign * eval_jacobi(n, alpha, 2.0, 1.0)


@pytest.mark.parametrize("n", [0, 1, 20, 33, 100, 1000, 3000])
def test_generalized_binomial(n):
    alphas = [-1e18, -5000.5, -2000.25, -1.7 * n, -n - 0.5, -0.5 * n - 0.125, -33.3, -5.0, -1e-9]
    alphas += [0.0, 1e-300, 0.49, 0.51, 33.0, 700.1, 2500.25, 1e12, 1e18, 1e300]
    for alpha in alphas:
        with np.errstate(all="ignore"):
            value = generalized_binomial(np.asarray(float(n)), *split(np.asarray(alpha)))
        with mpmath.workdps(50):
            truth = math.prod(((k + mpmath.mpf(alpha)) / k for k in range(1, n + 1)), start=ONE)
            got = mpmath.ldexp(mpmath.mpf(float(value.mantissa)), int(value.exponent))
            if truth == 0:
                assert got == 0
                continue
            error = float(abs(got / truth - 1)) / EPS
            log = float(abs(mpmath.log(abs(truth))))
        allowed = PREFACTOR + (log if min(n, abs(alpha)) > 2048 else 0)
        assert error <= allowed, (n, alpha)


def test_jacobi_where_the_factors_leave_the_range():
    """Prefactor 1e600, 2F1 1e-600: logarithms, whose rounding counts."""
    for n, alpha, beta, x in [(1000, 1000.0, 1000.0, 0.01), (1200, 1500.5, 900.25, -0.3)]:
        truth = exact.jacobi_of_large_degree(n, alpha, beta, x)
        kappa = exact.jacobi_hypergeometric(n, alpha, beta, x).kappa()
        allowed = PROMISE * kappa + 4 * math.log(4) * n
        assert relative_error(eval_jacobi(n, alpha, beta, x), truth) <= allowed


@pytest.mark.parametrize("n", [0, 1, 2, 5, 20])
def test_krawtchouk_is_its_generating_function(n):
    for x, p, trials in itertools.product(
        (0, 1, 7, 20, 2.5, -3.75, 31.0), (0.5, 0.1, 0.875, 1.0), (20, 33)
    ):
        truth = exact.krawtchouk(n, x, p, trials)
        f = Hypergeometric(n, -Fraction(x), -trials, 1 / Fraction(p))
        value = eval_krawtchouk(n, x, p, trials)
        check_zero_or_relative(value, truth, f)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 20])
def test_meixner_is_its_generating_function(n):
    for x, beta, c in itertools.product(
        (0, 1, 7, 40, 2.5, -3.75), (0.5, 3.0, 1e-3, 100.0, -0.5), (0.5, 0.1, 0.99, 3.0, -2.0, 1.0)
    ):
        truth = exact.meixner(n, x, beta, c)
        f = Hypergeometric(n, -Fraction(x), Fraction(beta), 1 - 1 / Fraction(c))
        check_zero_or_relative(eval_meixner(n, x, beta, c), truth, f)


def check_zero_or_relative(value, truth: Fraction, f: Hypergeometric) -> None:
    if truth == 0:
        assert abs(value) <= PROMISE * EPS * f.spread()
        return
    error = relative_error(value, truth)
    assert error <= PROMISE * f.kappa(), (f.arguments, value, float(truth), error)


@pytest.mark.parametrize(
    ("n", "x", "p", "trials"),
    [
        (100, 30.5, 0.3, 200),
        (1000, 700, 0.5, 2000),
        (1000, 401.5, 0.4, 1000),
        (10_000, 30.5, 0.3, 10**5),
        (10_000, 250, 0.5, 10**5),
        (10**6, 12, 1e-6, 10**9),
    ],
)
def test_krawtchouk_of_large_degree(n, x, p, trials):
    f = Hypergeometric(n, -Fraction(x), -trials, 1 / Fraction(p))
    assert relative_error(eval_krawtchouk(n, x, p, trials), f.value()) <= PROMISE * f.kappa()


@pytest.mark.parametrize(
    ("n", "x", "beta", "c"),
    [
        (100, 30.5, 2.5, 0.3),
        (1000, 500, 1.0, 0.5),
        (10_000, 345.5, 3.0, 0.99),
        (10**6, 9, 0.5, 0.999),
    ],
)
def test_meixner_of_large_degree(n, x, beta, c):
    f = Hypergeometric(n, -Fraction(x), Fraction(beta), 1 - 1 / Fraction(c))
    assert relative_error(eval_meixner(n, x, beta, c), f.value()) <= PROMISE * f.kappa()


@pytest.mark.parametrize("n", [10**4, 10**6, 10**9])
def test_meixner_left_of_zero_needs_no_condition_number(n):
    """x < 0 < beta and 0 < c < 1: the domain of positive terms, 8 eps for any degree."""
    for x, beta, c in [
        (-2.5, 3.0, 1 - 1 / n),
        (-0.25, 40.5, 1 - 1e-3 / n),
        (-30.0, 5.0, 1 - 9 / n),
    ]:
        c = float(c)
        f = Hypergeometric(n, -Fraction(x), Fraction(beta), 1 - 1 / Fraction(c))
        assert relative_error(eval_meixner(n, x, beta, c), f.value()) <= 12


def test_krawtchouk_is_self_dual():
    """K_n(x; p, N) = K_x(n; p, N) for integers, DLMF 18.21.1, bit for bit."""
    n, x = np.mgrid[0:30, 0:30]
    np.testing.assert_array_equal(eval_krawtchouk(n, x, 0.3, 40), eval_krawtchouk(x, n, 0.3, 40))


def test_meixner_pole():
    assert eval_meixner(5, 7.5, -3.0, 0.5) == np.inf
    assert np.isfinite(eval_meixner(5, 3, -3.0, 0.5))  # the sum ends before the pole


def test_jacobi_agrees_with_scipy():
    special = pytest.importorskip("scipy.special")
    n, x = np.arange(25)[:, None], np.linspace(-1, 1, 41)
    for alpha, beta in [(0.0, 0.0), (0.5, -0.5), (3.25, 10.0)]:
        ours, theirs = eval_jacobi(n, alpha, beta, x), special.eval_jacobi(n, alpha, beta, x)
        size = np.maximum(np.abs(theirs).max(axis=1, keepdims=True), 1.0)
        assert (np.abs(ours - theirs) <= 1e-12 * size).all()


def test_scalars_arrays_and_shapes():
    value = eval_jacobi(3, 0.5, 1, 0.25)
    assert isinstance(value, np.float64)
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    table = eval_jacobi(np.arange(4)[:, None, None], 0.5, 1, x)
    assert table.shape == (4, 2, 3)
    assert table.dtype == np.float64
    assert table[3, 1, 2] == eval_jacobi(3, 0.5, 1, x[1, 2])
    assert eval_jacobi(3, [0.5, 1.5], 1, np.zeros((0, 2))).shape == (0, 2)
    assert eval_krawtchouk(2, [[1], [2]], 0.5, [5, 6, 7]).shape == (2, 3)
    assert eval_meixner(np.arange(3), 1.5, 2, 0.5).shape == (3,)


def test_float32_is_the_rounded_double():
    x = np.linspace(-1, 1, 101, dtype=np.float32)
    single = eval_jacobi(20, 0.5, 1.25, x)
    assert single.dtype == np.float32
    double = eval_jacobi(20, 0.5, 1.25, x.astype(float))
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert eval_krawtchouk(3, x, np.float32(0.5), 10).dtype == np.float32
    assert eval_meixner(3, x, 2, np.float32(0.5)).dtype == np.float32
    assert eval_jacobi(20, np.float64(0.5), 1.25, x).dtype == np.float64


def test_elements_that_are_not_allowed_are_nan():
    n = [2.0, 2.5, -1.0, np.nan, np.inf, 2.0**60]
    bad = [False, True, True, True, True, True]
    np.testing.assert_array_equal(np.isnan(eval_jacobi(n, 0, 0, 0.3)), bad)
    np.testing.assert_array_equal(np.isnan(eval_meixner(n, 1.5, 2, 0.3)), bad)
    np.testing.assert_array_equal(np.isnan(eval_krawtchouk(n, 1.5, 0.3, 9)), bad)
    assert np.isnan(eval_krawtchouk([5], 1.5, 0.3, 4)).all()
    assert np.isnan(eval_krawtchouk(2, 1.5, [0.0, -0.1, 1.1, np.nan], 4)).all()
    assert np.isnan(eval_meixner(2, 1.5, 3, [0.0, np.nan])).all()
    assert np.isnan(eval_jacobi(2, np.nan, 0, 0.3))
    assert np.isnan(eval_jacobi(2, 0, np.inf, 0.3))
    assert np.isnan(eval_jacobi(2, 0, 0, np.nan))
    np.testing.assert_array_equal(eval_jacobi(3, 0, 0, [-np.inf, np.inf]), [-np.inf, np.inf])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: eval_jacobi(2.5, 0, 0, 0.5), ValueError, "n must be a nonnegative integer.*2.5"),
        (lambda: eval_jacobi(-1, 0, 0, 0.5), ValueError, "n must be a nonnegative integer.*-1"),
        (lambda: eval_jacobi(2**60, 0, 0, 0.5), ValueError, r"n must be .* up to 2\*\*53"),
        (lambda: eval_jacobi(2, "a", 0, 0.5), TypeError, "alpha must be a real number"),
        (lambda: eval_jacobi(2, 0, 0, 1j), TypeError, "x must be real"),
        (lambda: eval_jacobi([1, 2], 0, 0, [1, 2, 3]), ValueError, r"x of shape \(3,\)"),
        (lambda: eval_krawtchouk(2, 1, 1.5, 4), ValueError, r"p must be in \(0, 1\], got 1.5"),
        (lambda: eval_krawtchouk(2, 1, 0, 4), ValueError, r"p must be in \(0, 1\], got 0.0"),
        (lambda: eval_krawtchouk(5, 1, 0.5, 4), ValueError, "n must not exceed N, got 5 and 4"),
        (lambda: eval_krawtchouk(2, 1, 0.5, 4.5), ValueError, "N must be a nonnegative.*4.5"),
        (lambda: eval_meixner(2, 1, 0.5, 0), ValueError, "c must be different from 0, got 0.0"),
    ],
)
def test_errors_name_argument_and_value(call, error, words):
    with pytest.raises(error, match=words):
        call()
