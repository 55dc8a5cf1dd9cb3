"""Generating functions and the expected inverse against exact sums over the distributions."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import polynomial_values as exact
import pytest
from accuracy import EPS, promise
from polynomial_values import PROMISE, Hypergeometric, relative_error

from hypgeo.probability import betabinom_pgf, expected_inverse, nhypergeom_pgf

# The 8 eps of hyp2f1 in its home domain, and the products around it.
HOME = 12.0

SHAPES = ((1.0, 1.0), (0.5, 3.25), (40.0, 0.125), (1.0, 1e-8), (1e-8, 2.0), (0.3, 1e-7))
S = (0.0, 0.25, 1e-12, 0.1, 1 - 1e-9, 1.0, 1.5, 20.0)


def allowed(truth) -> float:
    return HOME - 8 + float(promise(float(truth)))


@pytest.mark.parametrize("n", [0, 1, 2, 17, 60])
def test_betabinom_is_the_sum_over_the_distribution(n):
    for s, (a, b) in itertools.product(S, SHAPES):
        truth = exact.betabinom(s, n, a, b)
        error = relative_error(betabinom_pgf(s, n, a, b), truth)
        assert error <= allowed(truth), (s, n, a, b, error)


@pytest.mark.parametrize("n", [1, 2, 17, 60])
@pytest.mark.parametrize("s", [-0.3, -1.0, -4.0])
def test_betabinom_for_negative_s(n, s):
    for a, b in SHAPES[:3]:
        truth = exact.betabinom(s, n, a, b)
        f = Hypergeometric(n, Fraction(a), Fraction(a) + Fraction(b), 1 - Fraction(s))
        value = betabinom_pgf(s, n, a, b)
        if truth == 0:
            assert abs(value) <= PROMISE * EPS * f.spread()
        else:
            assert relative_error(value, truth) <= PROMISE * f.kappa(), (s, n, a, b)


@pytest.mark.parametrize("n", [10**4, 10**6, 10**9])
def test_betabinom_of_many_trials(n):
    for s, a, b in [(0.3, 2.5, 7.0), (1 - 10 / n, 0.5, 0.5), (0.75, 100.25, 3.0), (1e-5, 1.0, 0.1)]:
        s = float(s)
        f = Hypergeometric(n, Fraction(a), Fraction(a) + Fraction(b), 1 - Fraction(s))
        truth = f.value()
        assert relative_error(betabinom_pgf(s, n, a, b), truth) <= allowed(truth), (s, a, b)


@pytest.mark.parametrize(
    ("M", "n", "r"), [(1, 0, 1), (5, 3, 2), (20, 7, 0), (20, 7, 13), (90, 40, 9)]
)
def test_nhypergeom_is_the_sum_over_the_distribution(M, n, r):
    for s in S:
        truth = exact.nhypergeom(s, M, n, r)
        error = relative_error(nhypergeom_pgf(s, M, n, r), truth)
        assert error <= allowed(truth), (s, M, n, r, error)


@pytest.mark.parametrize(
    ("s", "M", "n", "r"),
    [(0.99, 10**5, 10**4, 500), (0.9999, 10**7, 10**6, 50), (0.5, 10**10, 10**9, 3)],
)
def test_nhypergeom_of_a_large_population(s, M, n, r):
    f = Hypergeometric(n, r, M - n + 1, 1 - Fraction(s))
    truth = f.value()
    assert relative_error(nhypergeom_pgf(s, M, n, r), truth) <= allowed(truth)


def test_distributions_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    k, s = np.arange(31), 0.7
    betabinom = (stats.betabinom.pmf(k, 30, 2.5, 4.0) * s**k).sum()
    assert betabinom_pgf(s, 30, 2.5, 4.0) == pytest.approx(betabinom, rel=1e-11)
    nhypergeom = (stats.nhypergeom.pmf(k, 80, 30, 12) * s**k).sum()
    assert nhypergeom_pgf(s, 80, 30, 12) == pytest.approx(nhypergeom, rel=1e-11)


@pytest.mark.parametrize("m", [0, 1, 2, 17, 60])
def test_expected_inverse_is_the_sum_over_the_distribution(m):
    sizes = ((1.0, 1.0), (1e-8, 1.0), (3.0, 0.7), (1e7, 0.1), (0.1, 1e7), (1e300, 1e299))
    for (q, beta), p in itertools.product(sizes, (0.0, 1e-12, 0.25, 0.9, 1 - 2.0**-50, 1.0)):
        truth = exact.expected_inverse(q, beta, m, p)
        error = relative_error(expected_inverse(q, beta, m, p), truth)
        assert error <= HOME, (q, beta, m, p, error)


@pytest.mark.parametrize("m", [10**4, 10**6, 10**9])
def test_expected_inverse_of_many_trials(m):
    for q, beta, p in [(1.0, 1.0, 0.3), (1.0, 3.0, 5 / m), (50.5, 0.7, 0.9), (1e-6, 1.0, 1 / m)]:
        p = float(p)
        f = Hypergeometric(m, 1, Fraction(q) / Fraction(beta) + 1, Fraction(p))
        truth = f.value() / q
        assert relative_error(expected_inverse(q, beta, m, p), truth) <= HOME, (q, beta, p)


def test_expected_inverse_is_above_jensen():
    """1/(q + beta m p) <= E, with equality only where X is certain."""
    m, p = np.arange(1, 200)[:, None], np.linspace(0, 1, 21)
    value = expected_inverse(1.5, 0.5, m, p)
    bound = 1 / (1.5 + 0.5 * m * p)
    assert (value >= bound * (1 - HOME * EPS)).all()
    np.testing.assert_allclose(value[:, [0, -1]], bound[:, [0, -1]], rtol=HOME * EPS)


def test_shapes_and_dtypes():
    assert isinstance(betabinom_pgf(0.5, 3, 1, 2), np.float64)
    assert betabinom_pgf([[0.1], [0.2]], np.arange(4), 1, 2).shape == (2, 4)
    s = np.linspace(0, 1, 33, dtype=np.float32)
    single = betabinom_pgf(s, 30, 0.5, 2)
    assert single.dtype == np.float32
    np.testing.assert_array_equal(single, betabinom_pgf(s.astype(float), 30, 0.5, 2).astype("f4"))
    assert nhypergeom_pgf(s, 20, 5, 3).dtype == np.float32
    assert expected_inverse(1, 1, 5, s).dtype == np.float32
    assert expected_inverse(1, 1, [5, 6], np.zeros((0, 2))).shape == (0, 2)


def test_elements_that_are_not_allowed_are_nan():
    n = [3.0, 2.5, -1.0, np.nan]
    bad = [False, True, True, True]
    np.testing.assert_array_equal(np.isnan(betabinom_pgf(0.5, n, 1, 2)), bad)
    np.testing.assert_array_equal(np.isnan(nhypergeom_pgf(0.5, 20, n, 2)), bad)
    np.testing.assert_array_equal(np.isnan(expected_inverse(1, 1, n, 0.5)), bad)
    assert np.isnan(betabinom_pgf(0.5, 3, [0.0, -1.0, np.inf], 2)).all()
    assert np.isnan(betabinom_pgf(0.5, 3, 1, [0.0, np.nan])).all()
    assert np.isnan(nhypergeom_pgf(0.5, [3, 9], [4, 4], [0, 6])).all()
    assert np.isnan(expected_inverse(1, 1, 5, [-0.1, 1.1, np.nan])).all()
    assert np.isnan(betabinom_pgf(np.nan, 3, 1, 2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: betabinom_pgf(0.5, 1.5, 1, 2), "n must be a nonnegative integer.*1.5"),
        (lambda: betabinom_pgf(0.5, 3, 0, 2), "a must be positive and finite, got 0.0"),
        (lambda: betabinom_pgf(0.5, 3, 1, -2), "b must be positive and finite, got -2.0"),
        (lambda: nhypergeom_pgf(0.5, 3, 4, 0), "n must not exceed M, got 4 and 3"),
        (lambda: nhypergeom_pgf(0.5, 9, 4, 6), "r must not exceed M - n, got 6 and 5"),
        (lambda: nhypergeom_pgf(0.5, 9.5, 4, 6), "M must be a nonnegative integer.*9.5"),
        (lambda: expected_inverse(0, 1, 5, 0.5), "q must be positive and finite, got 0.0"),
        (lambda: expected_inverse(1, -1, 5, 0.5), "beta must be positive and finite, got -1.0"),
        (lambda: expected_inverse(1, 1, 5, 1.5), r"p must be in \[0, 1\], got 1.5"),
    ],
)
def test_errors_name_argument_and_value(call, words):
    with pytest.raises(ValueError, match=words):
        call()
