"""Degrees above 10^6 where no series ends: the contour integral, and that nothing is NaN.

Real and complex z, and the derivatives in b and c.
"""

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


def turned(rng, z):
    return z * np.exp(1j * rng.uniform(-np.pi, np.pi, z.size))


@pytest.mark.parametrize("m", [10**7 + 1, 10**9, 10**12])
def test_complex_neighbours_in_b(m):
    """15.5.12 for complex z, on a circle where F and its neighbours are within the range."""
    rng = np.random.default_rng(2)
    b, _, size = jacobi_like(rng, float(m), 60)
    c = np.round(m * rng.uniform(0.5, 2, 60)) * rng.choice([-1, 1], 60) + 0.5
    z = turned(rng, np.abs(size) * 40 / m)
    values = [hypgeo.hyp2f1(-m, b + k, c, z) for k in (-1, 0, 1)]
    terms = np.array(values) * [c - b, 2 * b - c - (m + b) * z, b * (z - 1)]
    assert np.isfinite(terms).all()
    assert (np.abs(terms.sum(axis=0)) <= RELATION * np.abs(terms).max(axis=0)).all()


@pytest.mark.parametrize("m", DEGREES)
@pytest.mark.parametrize("angle", [1e-9, 0.7, -2.2, 3.1415926])
def test_complex_powers(m, angle):
    """F(-m, b; b; z) = (1-z)^m on a circle, also next to the real line."""
    z = complex(400 / m * np.exp(1j * angle))
    b = -1.5 * m
    found = hypgeo.hyp2f1(-m, b, b, z)
    with mpmath.workprec(200):
        want = mpmath.power(1 - mpmath.mpc(z), m)
        # eps times the condition number is what rounding z is worth.
        assert abs(mpmath.mpc(complex(found)) / want - 1) <= (16 + 800) * EPS


@pytest.mark.parametrize("m", [10**6 + 7, 10**9])
def test_complex_sums(m):
    """Against the series, where b and z leave it few terms and c is like -m."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        b, c = float(rng.uniform(-3, 3)), float(-m * rng.uniform(1.1, 3))
        z = complex(0.6 * np.exp(1j * rng.uniform(-np.pi, np.pi)))
        want, scale = direct_sum(m, b, c, z)
        found = mpmath.mpc(complex(hypgeo.hyp2f1(-m, b, c, z)))
        with mpmath.workprec(200):
            assert abs(found - want) <= 256 * EPS * scale


def direct_sum(m, b, c, z, up=0, down=0):
    """The series with b + up and c + down, and the sum of the sizes of its terms."""
    with mpmath.workprec(4000):
        b, c, z = mpmath.mpf(b) + up, mpmath.mpf(c) + down, mpmath.mpmathify(z)
        term = total = mpmath.mpc(1)
        size = mpmath.mpf(1)
        for k in range(20000):
            term *= (k - m) * (b + k) / ((c + k) * (k + 1)) * z
            total += term
            size = max(size, abs(total))
            if abs(term) < abs(total) * mpmath.mpf(2) ** -700:
                return total, size
    raise AssertionError("too many terms")


def test_complex_conjugates():
    """F of the conjugate is the conjugate: other paths, the same value."""
    rng = np.random.default_rng(5)
    m, b, c, z = random_arguments(rng, 400)
    z = turned(rng, np.abs(z))
    large = m > 1e6
    m, b, c, z = m[large], b[large], c[large], z[large]
    value, mirrored = hypgeo.hyp2f1(-m, b, c, z), hypgeo.hyp2f1(-m, b, c, z.conj()).conj()
    assert not (np.isnan(value.real) & np.isnan(value.imag)).any()
    ordinary = np.isfinite(value) & (np.abs(value) > 1e-290)
    assert ordinary.sum() > 30
    off = np.abs(value[ordinary] - mirrored[ordinary])
    assert (off <= 1e-9 * np.abs(value[ordinary])).all()


@pytest.mark.parametrize("m", [10**6 + 7, 10**8])
def test_derivatives_by_differences(m):
    """F_b and F_c of the series with many digits, where it has few terms."""
    rng = np.random.default_rng(6)
    h = mpmath.mpf(2) ** -300
    for _ in range(16):
        b = float(rng.choice([rng.uniform(-5, 5), 0.3 * rng.uniform(-1, 1) * m]))
        c = float(rng.choice([-m * rng.uniform(1.1, 4), m * rng.uniform(-2, 2)]))
        # Beyond 1000 the terms are no longer few, and the contour integral is taken for c > 0 too.
        z = float(rng.choice([-60, 60, -1500, 1500]) / m * min(1, abs(c / b)))
        with mpmath.workprec(4000):
            f = direct_sum(m, b, c, z)[0]
            d_b = (direct_sum(m, b, c, z, h, 0)[0] - direct_sum(m, b, c, z, -h, 0)[0]) / (2 * h)
            d_c = (direct_sum(m, b, c, z, 0, h)[0] - direct_sum(m, b, c, z, 0, -h)[0]) / (2 * h)
            found = hypgeo.hyp2f1_derivatives(-m, b, c, z)
            assert not np.isnan([found.d_b, found.d_c]).any() or -m < c < 0
            for name, slope, parameter in (("d_b", d_b, b), ("d_c", d_c, c)):
                value = getattr(found, name)
                if np.isnan(value):
                    continue
                others = abs(parameter * slope) + abs(f) + abs(z * found.d_z)
                assert abs(parameter * (value - slope)) <= 1e-9 * others, (name, b, c, z)


def test_derivatives_at_one():
    """F = (c-b)_m / (c)_m (15.4.24), and the limit of F_b where that is 0."""
    m, c = 10**7, 0.25
    with mpmath.workprec(400):
        for b in (-3.5e8, 1.5, -0.125, c + 2):
            d = mpmath.mpf(c) - mpmath.mpf(b)

            def value(d):
                return mpmath.rf(d, m) / mpmath.rf(mpmath.mpf(c), m)

            h = mpmath.mpf(2) ** -120
            want = -(value(d + h) - value(d - h)) / (2 * h)
            found = hypgeo.hyp2f1_derivatives(-m, b, c, 1.0).d_b
            if abs(want) > 1e308:
                assert np.isinf(found)
                assert np.sign(found) == mpmath.sign(want)
            else:
                assert abs(found / want - 1) <= 1e-12
