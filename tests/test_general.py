"""Any real b, c and any z: every row of the tables, zeros, poles, bounds of the error, extremes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import scipy.special
from accuracy import (
    EPS,
    complex_error,
    general_promise,
    promise,
    read_columns,
    read_conditioned,
    ulp_error,
    worst,
)
from hypothesis import given
from hypothesis import strategies as st

import hypgeo

#: log|F| is rounded from F or from a sum of two logarithms, each to a few eps; and what is lost in
#: F itself, eps kappa, stays.
LOG_EPS = 16.0
#: F - 1 comes from sums of one sign or from a recurrence, both in double-double, or in the home
#: domain from a few hundred terms in double.
MINUS_ONE_EPS = 32.0


def home(table):
    """Rows with the stronger promise."""
    return (table.b > 0) & (table.c > 0) & ((table.z < 0) | ((table.c > table.b) & (table.z <= 1)))


class TestTables:
    def test_real(self):
        table, kappa = read_conditioned("general")
        value = hypgeo.hyp2f1(*table.arguments)
        error = ulp_error(value, table.hi, table.lo)
        allowed = np.where(home(table), promise(table.hi), general_promise(table.m, kappa))
        zero = table.hi == 0
        assert (value[zero] == 0).all()
        failures = worst(np.where(zero, 0, error), allowed, table, value)
        assert not failures, failures

    def test_complex(self):
        table, kappa = read_conditioned("complex")
        value = hypgeo.hyp2f1(*table.arguments)
        error = complex_error(value, table.hi, table.lo)
        failures = worst(error, general_promise(table.m, kappa), table, value)
        assert not failures, failures

    def test_error_bounds_are_honest(self):
        table, _ = read_conditioned("general")
        value, bound = hypgeo.value_and_error(*table.arguments)
        with np.errstate(invalid="ignore"):  # inf - inf where F overflows
            error = np.abs((value - table.hi) - table.lo)
        finite = np.isfinite(table.hi)
        assert (error[finite] <= bound[finite]).all()
        # And useful: within 100 times the error, or half an ulp where the error happens to be less.
        least = np.maximum(np.maximum(error, np.spacing(np.abs(value)) / 2), 5e-324)[finite]
        assert np.quantile(bound[finite] / least, 0.99) <= 100

    def test_logarithms(self):
        columns = read_columns("log")
        m, b, c, z = (columns[key][0] for key in "mbcz")
        log, sign = hypgeo.log_hyp2f1(-m, b, c, z, return_sign=True)
        np.testing.assert_array_equal(sign, columns["sign"][0])
        assert ulp_error(log, *columns["log"]).max() <= LOG_EPS

    def test_minus_one(self):
        columns = read_columns("log")
        m, b, c, z = (columns[key][0] for key in "mbcz")
        value = hypgeo.hyp2f1m1(-m, b, c, z)
        hi, lo = columns["minus_one"]
        finite = np.abs(hi) < 1e300
        assert ulp_error(value[finite], hi[finite], lo[finite]).max() <= MINUS_ONE_EPS
        assert (np.abs(value[~finite]) > 1e299).all()


def exact(m, b, c, z):
    """The polynomial in rational arithmetic."""
    b, c, z = Fraction(b), Fraction(c), Fraction(z)
    term = total = Fraction(1)
    for k in range(m):
        term *= (b + k) * (k - m) * z / ((c + k) * (k + 1))
        total += term
    return total


@given(
    st.integers(1, 40),
    st.floats(-60, 60),
    st.floats(-60, 60).filter(lambda c: c != int(c) or c > 0),
    st.floats(-50, 50),
)
def test_small_degrees_are_right_to_an_ulp(m, b, c, z):
    """All double-double forms and the wider ones together leave one rounding."""
    want = exact(m, b, c, z)
    value = float(hypgeo.hyp2f1(-m, b, c, z))
    on_home = b > 0 and c > 0 and (z < 0 or (c > b and z <= 1))
    allowed = (8 if on_home else 1) * Fraction(EPS) * abs(want) + Fraction(2) ** -1074
    assert abs(want) > 1e308 or abs(Fraction(value) - want) <= allowed


class TestConventions:
    @pytest.mark.parametrize(
        ("a", "b", "c", "z"), [(-1, 2, 1, 0.5), (-3, 4, 1, 0.5), (-2, 1, 1, 1.0), (-4, 1, 1, 1.0)]
    )
    def test_exact_zeros(self, a, b, c, z):
        assert hypgeo.hyp2f1(a, b, c, z) == 0.0
        assert hypgeo.log_hyp2f1(a, b, c, z, return_sign=True) == (-np.inf, 0.0)

    def test_c_a_nonpositive_integer(self):
        assert hypgeo.hyp2f1(-5, 1, -3, 0.5) == np.inf  # a pole
        assert hypgeo.hyp2f1(-5, 1, -3, 0.0) == 1.0
        assert hypgeo.hyp2f1(-3, 2, -3, 0.5) == float(exact(3, 2, -3, 0.5))  # DLMF 15.2.5
        assert hypgeo.hyp2f1(-3, 2, -7, 0.5) == float(exact(3, 2, -7, 0.5))

    def test_nothing_is_snapped(self):
        near = -4 + 2.0**-40
        assert hypgeo.hyp2f1(-7, 1.5, near, 0.5) == pytest.approx(
            float(exact(7, 1.5, near, 0.5)), rel=4 * EPS
        )
        assert abs(hypgeo.hyp2f1(-7, 1.5, near, 0.5)) > 1e8

    def test_two_nonpositive_integers(self):
        assert hypgeo.hyp2f1(-9, -3, 2.5, 1.25) == float(exact(3, -9, 2.5, 1.25))
        assert hypgeo.hyp2f1(-3, -9, 2.5, 1.25) == float(exact(3, -9, 2.5, 1.25))


class TestLargeDegrees:
    @pytest.mark.parametrize("n", [5, 80, 2000, 50_000])
    def test_legendre_polynomials(self, n):
        x = np.linspace(-0.99, 0.99, 23)
        value = hypgeo.hyp2f1(-n, n + 1, 1, (1 - x) / 2)
        # |P_n| <= 1, and x -> (1 - x) / 2 rounds: n eps is what its slope makes of that.
        np.testing.assert_allclose(
            value, scipy.special.eval_legendre(n, x), rtol=0, atol=4 * n * EPS
        )

    @pytest.mark.parametrize("m", [10**7, 10**9, 2**53])
    @pytest.mark.parametrize(("b", "c"), [(-1.5, 2.25), (2.5, 0.75), (-0.3, -1.7), (3.5, -2.25)])
    def test_the_recurrence_in_b_holds_where_no_sum_ends(self, m, b, c):
        """b (F(b+1) - F(b)) = z dF/dz (DLMF 15.5.3, 15.5.1), over a fixed cost."""
        z = np.array([0.25, 0.75, 1.5])
        up, down = hypgeo.hyp2f1(-m, b + 1, c, z), hypgeo.hyp2f1(-m, b, c, z)
        slope = -m * b / c * z * hypgeo.hyp2f1(-(m - 1), b + 1, c + 1, z)
        scale = abs(b) * (np.abs(up) + np.abs(down)) + np.abs(slope)
        assert (np.abs(b * (up - down) - slope) <= 256 * EPS * scale).all()

    @pytest.mark.parametrize("z", [-5.0, 7.5])
    def test_logarithms_of_what_overflows(self, z):
        m, b, c = 10**9, 2.5, 0.75
        assert np.isinf(hypgeo.hyp2f1(-m, b, c, z))
        log = hypgeo.log_hyp2f1(-m, b, c, z)
        # F ~ Gamma(c) / Gamma(b) (m (1 - 1/z))^(b-c) |1 - z|^m, hence the leading part.
        assert log == pytest.approx(m * np.log(abs(1 - z)), rel=1e-6)


@pytest.mark.parametrize("m", [1, 7, 60, 3000])
def test_extreme_parameters_never_give_nan(m):
    sizes = [1e-308, 1e-200, 1e-20, 0.3, 1.0, 17.5, 1e10, 1e150, 1e300]
    x = np.array([*sizes, *(-v for v in sizes)])
    b, c, z = (v.ravel() for v in np.meshgrid(x, x, x, indexing="ij"))
    assert not np.isnan(hypgeo.hyp2f1(-m, b, c, z)).any()
    assert not np.isnan(hypgeo.hyp2f1m1(-m, b, c, z)).any()
    assert not np.isnan(hypgeo.log_hyp2f1(-m, b, c, z)).any()


def test_nothing_takes_long():
    z = np.linspace(0.1, 0.9, 2000)
    assert (np.abs(hypgeo.hyp2f1(-(10**12), 1e12 + 1.5, 1.0, z)) < 1e-5).all()
    # Few terms matter, or few there are.
    assert hypgeo.hyp2f1(-(10**12), 1e12, 1.5, 1e-25) == pytest.approx(1 - 1e-1 / 1.5, rel=2e-3)
    assert np.isfinite(hypgeo.log_hyp2f1(-(10**12), 7.5, 2.5, 0.25))


@pytest.mark.parametrize(
    ("m", "b", "c", "z"),
    [
        *[(3, 1e-300, 1.0, -1e100), (60, 1e-20, 1.5, -1.0), (400, 1e-25, 2.5, -0.2)],
        *[(60, 30.0, 30.0 + 2.0**-45, 0.5), (200, 2e-18, 2.5, 0.3), (90, 1e-30, 1e-6, -0.7)],
    ],
)
def test_tiny_first_terms_do_not_end_a_series(m, b, c, z):
    """b makes the first term as small as it likes; those after it grow."""
    want = exact(m, b, c, z)
    assert abs(Fraction(float(hypgeo.hyp2f1(-m, b, c, z))) - want) <= 8 * Fraction(EPS) * want


def test_arrays_and_scalars_take_the_same_way():
    z = np.linspace(0.1, 0.9, 9)
    one = [hypgeo.hyp2f1(-200, 201, 1, x) for x in z]
    np.testing.assert_array_equal(hypgeo.hyp2f1(-200, 201, 1, z), one)
    long = np.concatenate([np.linspace(0, 1, 3000), [1.5]])
    assert not np.isnan(hypgeo.hyp2f1(-300, 1, 2, long)).any()
