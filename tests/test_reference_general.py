"""The exact reference over the whole space: complex z, derivatives, logarithms, conditioning."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

flint = pytest.importorskip("flint", reason="the exact reference needs python-flint")
mpmath = pytest.importorskip("mpmath", reason="the exact reference needs mpmath")

from hypgeo import reference  # noqa: E402

# What `digits=30` promises, with the margin of the agreement test.
PROMISE = mpmath.mpf("1e-30")


def number(x: Fraction | tuple[Fraction, Fraction]):
    """Rational, or pair of real and imaginary part, at 60 digits."""
    with mpmath.workdps(60):
        if isinstance(x, tuple):
            return mpmath.mpc(number(x[0]), number(x[1]))
        return mpmath.mpf(x.numerator) / x.denominator


def error(value, truth):
    """Relative error, in the absolute value where complex; absolute where the truth is 0."""
    with mpmath.workdps(60):
        return abs(value - truth) / (abs(truth) or 1)


def rational_jet(m: int, b, c, z) -> list[Fraction]:
    """F, dF/db, dF/dc, dF/dz and the second z derivative, by the sum itself in Fractions."""
    b, c, z = Fraction(b), Fraction(c), Fraction(z)
    sums = [Fraction(1)] + [Fraction(0)] * 4
    coefficient, by_b, by_c = Fraction(1), Fraction(0), Fraction(0)
    for k in range(1, m + 1):
        step = Fraction(k - 1 - m, k) / (c + k - 1)
        by_b = step * ((b + k - 1) * by_b + coefficient)
        by_c = step * (b + k - 1) * (by_c - coefficient / (c + k - 1))
        coefficient *= step * (b + k - 1)
        sums[0] += coefficient * z**k
        sums[1] += by_b * z**k
        sums[2] += by_c * z**k
        sums[3] += coefficient * k * z ** (k - 1)
        sums[4] += coefficient * k * (k - 1) * z ** (k - 2) if k > 1 else 0
    return sums


def rational_complex(m: int, b, c, z: complex) -> tuple[Fraction, Fraction]:
    """The sum itself, real and imaginary part."""
    b, c, x, y = Fraction(b), Fraction(c), Fraction(z.real), Fraction(z.imag)
    term, total = (Fraction(1), Fraction(0)), [Fraction(1), Fraction(0)]
    for k in range(m):
        r = Fraction(k - m) * (b + k) / ((c + k) * (k + 1))
        term = r * (term[0] * x - term[1] * y), r * (term[0] * y + term[1] * x)
        total = [s + t for s, t in zip(total, term, strict=True)]
    return total[0], total[1]


REAL_POINTS = [
    (1, 1.0, 2.0, 0.5),
    (2, -2.5, 3.25, 0.7),
    (5, 0.3, -7.0, 2.5),
    (5, -5.0, -5.0, 1.0),
    (17, -16.0 - 1e-13, 1e-13, 1.0),
    (40, 41.5, 1.0, 0.3),
    (40, 3.0, 3.0, 0.9),
    (40, 7.0, 9.0, 2.0),
    (64, -70.0, 64.0, -1e6),
    (64, 64.0, -64.0 + 1e-6, 1 + 1e-9),
    (64, 1e5, -1e5, 1e-4),
    (64, 9.5, 4.5, 1.5),
]


@pytest.mark.parametrize(("m", "b", "c", "z"), REAL_POINTS)
def test_value_and_derivatives_equal_the_rational_sums(m, b, c, z):
    want = [number(x) for x in rational_jet(m, b, c, z)]
    found = reference.derivatives(-m, b, c, z)
    assert found._fields == ("value", "d_b", "d_c", "d_z", "d_zz")
    for name, x, truth in zip(found._fields, found, want, strict=True):
        assert error(x, truth) < PROMISE, name
    assert error(reference.hyp2f1(-m, b, c, z), want[0]) < PROMISE
    kappa = reference.condition(-m, b, c, z)
    if want[0] == 0:
        assert kappa == math.inf
        return
    parts = [abs(x * d / want[0]) for x, d in zip((b, c, z), want[1:4], strict=True)]
    assert abs(kappa / float(1 + sum(parts)) - 1) < 1e-9


@pytest.mark.parametrize("m", [1, 2, 3, 17, 60])
@pytest.mark.parametrize(
    ("b", "c"), [(0.5, 1.25), (-70.5, 3.0), (61.0, -60.0), (5.0, 9.0), (4.0, 4.0), (9.0, -70.0)]
)
@pytest.mark.parametrize("z", [0.5 + 0.3j, 1j, 1 + 1e-9j, -40 + 1e-12j, 3e5 - 2e6j, 1e-300j])
def test_complex_values_equal_the_rational_sum(m, b, c, z):
    truth = number(rational_complex(m, b, c, z))
    value = reference.hyp2f1(-m, b, c, z)
    assert isinstance(value, mpmath.mpc)
    assert error(value, truth) < PROMISE
    x, y = rational_complex(m, b, c, z)
    assert error(reference.hyp2f1m1(-m, b, c, z), number((x - 1, y))) < PROMISE


@pytest.mark.parametrize(
    ("m", "b", "c", "z"),
    [
        (300, 300.5, 1.0, 0.3),
        (300, 4.0, 9.0, 0.5 + 0.5j),
        (300, -2.5, -300.0, 1.7),
        (300, 12.0, -400.0, 0.25 + 1e-9j),
        (200, -80.5, 3.5, -4.0),
    ],
)
def test_every_general_form_gives_the_same_value(m, b, c, z):
    value = reference.hyp2f1(-m, b, c, z)
    names = reference.form_names(-m, b, c, z)
    assert set(names) == {"direct", "one_minus_z", "pfaff_series", "recurrence"}
    for name in names:
        assert error(reference.hyp2f1_form(name, -m, b, c, z, digits=32), value) < PROMISE, name


def test_the_other_end_of_the_series_in_1_minus_z():
    """C - b a nonpositive integer above -m: the first terms of 15.8.7 vanish."""
    args = (-50, 7.25, 3.25, 0.75)
    assert "one_minus_z" in reference.form_names(*args)
    value = reference.hyp2f1_form("one_minus_z", *args)
    assert error(value, number(rational_jet(50, *args[1:])[0])) < PROMISE


@pytest.mark.parametrize("m", [50, 10**4, 10**9, 2**52])
@pytest.mark.parametrize("z", [1e-9, 0.3, 0.999, -1e-6, -0.4])
def test_derivatives_at_b_1_c_2_equal_the_closed_form(m, z):
    """F = (1 - q^(m+1)) / ((m+1) z), q = 1 - z, differentiated by hand."""
    with mpmath.workdps(120):
        x, n = mpmath.mpf(z), m + 1
        power = mpmath.exp(n * mpmath.log1p(-x))
        first = n * power / (1 - x)
        second = -n * (n - 1) * power / (1 - x) ** 2
        value = (1 - power) / (n * x)
        slope = first / (n * x) - value / x
        curve = second / (n * x) - 2 * slope / x
    found = reference.derivatives(-m, 1, 2, z)
    for got, want in zip((found.value, found.d_z, found.d_zz), (value, slope, curve), strict=True):
        assert error(got, want) < PROMISE


@pytest.mark.parametrize("m", [100, 10**6, 10**12])
@pytest.mark.parametrize(("b", "d"), [(0.5, 2.25), (30.0, 0.125), (2000.0, 7.0)])
def test_parameter_slopes_at_z_1_equal_digammas(m, b, d):
    """F = (c-b)_m / (c)_m: d log F/db = psi(c-b) - psi(c-b+m)."""
    c = b + d
    found = reference.derivatives(-m, b, c, 1.0)
    with mpmath.workdps(80):
        psi = [mpmath.digamma(mpmath.mpf(x)) for x in (d, c)]
        psi_m = [mpmath.digamma(mpmath.mpf(x) + m) for x in (d, c)]
        by_b = psi[0] - psi_m[0]
        by_c = psi_m[0] - psi[0] - psi_m[1] + psi[1]
        # The value itself carries 30 digits.
        assert abs(found.d_b / (by_b * found.value) - 1) < 3 * PROMISE
        assert abs(found.d_c / (by_c * found.value) - 1) < 3 * PROMISE


def test_exact_zeros_among_the_derivatives():
    assert reference.derivatives(-4, -1, 3, 0.5).d_zz == 0
    # The shorter polynomial counts: that of degree 0.
    assert reference.derivatives(-4, 0, 3, 0.5) == (1, 0, 0, 0, 0)
    # dF/db = -2z/c + (2b+1) z^2 / (c(c+1)) vanishes where (2b+1) z = 2(c+1).
    found = reference.derivatives(-2, 1.5, 3.0, 2.0)
    assert found.d_b == 0
    assert found.d_c != 0
    at_pole = reference.derivatives(-5, 2, -3, 0.5)
    assert at_pole.value == mpmath.inf
    assert mpmath.isnan(at_pole.d_b)


@pytest.mark.parametrize(
    ("m", "b", "c", "z"),
    [(7, 2.5, 9.0, 1e-300), (7, -2.5, 9.0, 5e-324), (7, 2.5, -8.5, 1e-20), (30, 3.0, 3.0, 2.0)],
)
def test_minus_one_and_logarithm_near_1(m, b, c, z):
    less = number(rational_jet(m, b, c, z)[0] - 1)
    assert error(reference.hyp2f1m1(-m, b, c, z), less) < PROMISE
    log, sign = reference.log_hyp2f1(-m, b, c, z)
    with mpmath.workdps(60):
        assert error(log, mpmath.log1p(less)) < PROMISE
    assert sign == 1


def test_logarithms_out_of_range():
    log, sign = reference.log_hyp2f1(-(10**9), 2.5, 2.5, -5.0)
    with mpmath.workdps(60):
        assert error(log, 10**9 * mpmath.log(6)) < PROMISE
    assert sign == 1
    log, sign = reference.log_hyp2f1(-1001, 2.5, 2.5, 1e300)
    with mpmath.workdps(60):
        assert error(log, 1001 * mpmath.log(mpmath.mpf(1e300) - 1)) < PROMISE
    assert sign == -1
    assert reference.log_hyp2f1(-1, 2, 1, 0.5) == (-mpmath.inf, 0)
    assert reference.log_hyp2f1(-5, 2, -3, 0.5) == (mpmath.inf, 1)
    assert reference.log_hyp2f1(-1, 1, 2, 4.0) == (0, -1)
    log, phase = reference.log_hyp2f1(-1, 1, 2, 2 - 8j)
    with mpmath.workdps(60):
        assert error(log, mpmath.log(4)) < PROMISE
    assert error(phase, mpmath.mpc(0, 1)) < PROMISE


def test_exact_zero_at_a_complex_point():
    """1 - 2 (b/c) z + (b/c) (b+1)/(c+1) z^2 at r (1 + i): b/c = 1/(2r), (b+1)/(c+1) = 1/r."""
    b, c, z = Fraction(-1, 3), Fraction(-1, 2), 0.75 + 0.75j
    assert rational_complex(2, b, c, z) == (0, 0)
    assert reference.hyp2f1(-2, b, c, z) == 0
    assert reference.condition(-2, b, c, z) == math.inf
    assert reference.hyp2f1(-2, b, c, z.conjugate()) == 0
    assert reference.hyp2f1(-2, b, c, z + 1e-16j) != 0


def test_arrays_of_complex_values_and_of_condition_numbers():
    z = np.array([0.25, 0.5 + 0.5j, complex(math.nan, 0)])
    hi, lo = reference.hyp2f1_array(-30, 0.3, [[1.7], [-2.5]], z)
    assert hi.dtype == lo.dtype == np.complex128
    assert hi.shape == (2, 3)
    assert np.isnan(hi[:, 2]).all()
    pair = reference.condition_array(-30, 0.3, [[1.7], [-2.5]], z[:2])
    np.testing.assert_array_equal(pair[0], hi[:, :2])
    for i, c in enumerate((1.7, -2.5)):
        for j in range(2):
            value = reference.hyp2f1(-30, 0.3, c, complex(z[j]), digits=40)
            with mpmath.workdps(50):
                assert abs((mpmath.mpc(hi[i, j]) + mpmath.mpc(lo[i, j])) / value - 1) < 1e-31
                assert abs((mpmath.mpc(hi[i, j]) + mpmath.mpc(pair[1][i, j])) / value - 1) < 1e-31
            kappa = reference.condition(-30, 0.3, c, complex(z[j]))
            assert abs(pair[2][i, j] / kappa - 1) < 1e-9


@pytest.mark.parametrize("m", [1500, 2500, 10**7])
def test_condition_is_continuous_across_methods(m):
    """By the jets and by the differences: both give 1 + sum |x F_x/F|."""
    b, c, z = 2.5, 4.25, 0.375
    found = reference.derivatives(-m, b, c, z)
    parts = ((b, found.d_b), (c, found.d_c), (z, found.d_z))
    kappa = 1 + sum(abs(x * d / found.value) for x, d in parts)
    assert abs(reference.condition(-m, b, c, z) / float(kappa) - 1) < 1e-9


@pytest.mark.parametrize(
    ("b", "c", "z"), [(2.5, -7.75, 0.9), (-19_999.5, 3.0, 1.5), (2.5, 9.0, 0.5 + 0.5j)]
)
def test_series_and_recurrence_agree_at_a_large_degree(b, c, z):
    m = 20_000
    assert "recurrence" not in reference.form_names(-m, b, c, z)[:2]
    other = reference.hyp2f1_form("recurrence", -m, b, c, z, digits=32)
    assert error(other, reference.hyp2f1(-m, b, c, z)) < PROMISE
