"""Degrees above 10^6 where no series ends: the contour integral, and that nothing is NaN."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import hypgeo
from hypgeo.methods import used

EPS = 2.0**-52
#: Error of a sum of three terms over the largest of them: each is good to some 30 eps, more
#: where two saddles cancel or the exponents are those of 10^15.
RELATION = 2048 * EPS
DEGREES = (10**7 + 1, 10**9, 10**12, 2**53 - 1)


def jacobi_like(rng, m, n):
    """b and c of the size of m, of both signs, multiples of 1/4, so that b +- 1 are exact."""
    b = np.round(m * rng.uniform(-2, 2, n)) + 0.25
    c = np.round(m * rng.uniform(-2, 2, n)) + 0.5
    return b, c, rng.uniform(-3, 3, n)


@pytest.mark.parametrize("m", [10**7 + 1, 10**9])
def test_neighbours_in_b(m):
    """(c-b) F(b-1) + (2b-c-(m+b) z) F + b (z-1) F(b+1) = 0 (DLMF 15.5.12)."""
    b, c, z = jacobi_like(np.random.default_rng(1), float(m), 200)
    terms = []
    for k, factor in ((-1, c - b), (0, 2 * b - c - (m + b) * z), (1, b * (z - 1))):
        log, sign = hypgeo.log_hyp2f1(-m, b + k, c, z, return_sign=True)
        terms.append((log + np.log(np.abs(factor)), sign * np.sign(factor)))
    largest = np.max([log for log, _ in terms], axis=0)
    total = sum(sign * np.exp(log - largest) for log, sign in terms)
    # The logarithms are rounded at their size.
    assert (np.abs(total) <= RELATION + 4 * EPS * np.abs(largest)).all()


@pytest.mark.parametrize("m", DEGREES)
@pytest.mark.parametrize(("shift", "z"), [(0.0, 0.25), (1.0, -0.5), (-3.0, 0.75), (0.5, 2.5)])
def test_powers(m, shift, z):
    """F(-m, b; b; z) = (1-z)^m, with b beyond -m, where nothing is said of it in advance."""
    b = -1.5 * m + shift
    log = hypgeo.log_hyp2f1(-m, b, b, z)
    with mpmath.workprec(200):
        want = m * mpmath.log(abs(1 - mpmath.mpf(z)))
        assert abs(log / want - 1) <= 4 * EPS


def test_exact_values():
    """Legendre's polynomials by the first terms of their expansion (DLMF 18.15.13)."""
    n, angle = 10**8, 1.0
    z = np.sin(angle / 2) ** 2
    value, bound = hypgeo.value_and_error(-n, n + 1.0, 1.0, z)
    with mpmath.workprec(200):
        t = mpmath.acos(1 - 2 * mpmath.mpf(z))
        up = mpmath.sqrt(2 / (mpmath.pi * n * mpmath.sin(t)))
        lead = (1 - mpmath.mpf(1) / (4 * n)) * mpmath.cos((n + 0.5) * t - mpmath.pi / 4)
        want = up * (lead + mpmath.cot(t) / (8 * n) * mpmath.cos((n + 0.5) * t - 3 * mpmath.pi / 4))
        tail = up / mpmath.mpf(n) ** 2
        assert abs(value - want) <= bound + tail
        assert bound <= 1e-12 * up
    assert used(-n, n + 1.0, 1.0, z) == "contour"


def random_arguments(rng, n):
    m = np.floor(10 ** rng.uniform(0, np.log10(2.0**53), n))

    def parameter():
        size = np.choose(
            rng.integers(0, 4, n),
            [
                10 ** rng.uniform(-3, 15, n),
                m * 10 ** rng.uniform(-1, 1, n),
                m + rng.uniform(-9, 9, n),
                np.floor(10 ** rng.uniform(0, 15, n)),
            ],
        )
        return size * rng.choice([-1.0, 1.0], n)

    b, c = parameter(), parameter()
    c = np.where(rng.random(n) < 0.2, b + parameter(), c)
    size = np.where(
        rng.random(n) < 0.8, 10 ** rng.uniform(-4, 4, n), 10 ** rng.uniform(-300, 300, n)
    )
    return m, b, c, size * rng.choice([-1.0, 1.0], n)


def test_nothing_is_nan():
    m, b, c, z = random_arguments(np.random.default_rng(3), 4000)
    large = m > 1e6
    value, bound = hypgeo.value_and_error(-m[large], b[large], c[large], z[large])
    assert not np.isnan(value).any()
    assert not np.isnan(bound).any()
    assert not np.isnan(hypgeo.log_hyp2f1(-m[large], b[large], c[large], z[large])).any()


def test_chu_vandermonde():
    """z = 1: (c-b)_m / (c)_m (DLMF 15.4.24)."""
    m, b, c = 10**8, -3.5e8, 0.25
    with mpmath.workprec(300):
        want = mpmath.loggamma(c - b + m) - mpmath.loggamma(c - b)
        want -= mpmath.loggamma(c + m) - mpmath.loggamma(c)
        assert abs(hypgeo.log_hyp2f1(-m, b, c, 1.0) / want - 1) <= 4 * EPS
