"""Terminating arguments outside 0 < b < c, z <= 1: right, SciPy's value, or NaN, never garbage."""

import numpy as np
import pytest
import scipy.special
from accuracy import ulp_error

import hypgeo
from hypgeo.reference import hyp2f1_array

#: The sums keep 1e-12 where they cancel most; SciPy's recurrence, which takes over, loses more.
OUTSIDE_ERROR = 1e-9
EPS = 2.0**-52


@pytest.mark.parametrize(("a", "b", "c", "z"), [(-1, 2, 1, 0.5), (-3, 4, 1, 0.5), (-2, 1, 1, 1.0)])
def test_exact_zeros_of_the_polynomial(a, b, c, z):
    assert hypgeo.hyp2f1(a, b, c, z) == 0.0


@pytest.mark.parametrize("n", [5, 40, 80, 300, 2000])
def test_legendre_polynomials(n):
    x = np.linspace(-0.99, 0.99, 37)
    z = (1 - x) / 2
    legendre = hypgeo.hyp2f1(-n, n + 1, 1, z)
    # |P_n| <= 1: an absolute error is what a polynomial that oscillates can have.
    close = np.abs(legendre - scipy.special.eval_legendre(n, x)) <= 1e-11
    assert (close | np.isnan(legendre)).all()
    # NaN at most where SciPy has nothing either.
    assert not (np.isnan(legendre) & ~np.isnan(scipy.special.hyp2f1(-n, n + 1, 1, z))).any()


def test_random_arguments_of_low_degree():
    rng = np.random.default_rng(5)
    m = rng.integers(1, 30, 300)
    b, c = rng.uniform(-5, 5, (2, 300))
    z = rng.uniform(-3, 3, 300)
    hi, lo = hyp2f1_array(-m, b, c, z)
    error = ulp_error(hypgeo.hyp2f1(-m, b, c, z), hi, lo)
    assert (error * EPS <= OUTSIDE_ERROR).all()


def test_arrays_and_scalars_take_the_same_way():
    z = np.linspace(0.1, 0.9, 9)
    one = [hypgeo.hyp2f1(-200, 201, 1, x) for x in z]
    np.testing.assert_array_equal(hypgeo.hyp2f1(-200, 201, 1, z), one)
    long = np.concatenate([np.linspace(0, 1, 3000), [1.5]])
    assert not np.isnan(hypgeo.hyp2f1(-300, 1, 2, long)).any()


def test_a_degree_too_high_for_everyone_is_nan():
    assert np.isnan(hypgeo.hyp2f1(-200_000, 200_001, 1, 0.3))


def test_poles():
    assert np.isinf(hypgeo.hyp2f1(-5, 1, -3, 0.5))
