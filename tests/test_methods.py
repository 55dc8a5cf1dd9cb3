"""Every method against every other where each is valid."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from accuracy import EPS, PROMISE_EPS, promise_of, read_table, ulp_error

import hypgeo
from hypgeo import methods

FULL = ("auto", "quadrature", "plan")
REFLECTED = ("reflected_auto", "reflected", "parallel", "parallel_precomputed", "scan")
# A term of a series is a product of up to m ratios, and the prefactor (d)_m/(c)_m one of m more;
# a ratio takes 6 roundings (3 of them products), each at most eps/2. The sum of positive terms
# adds one rounding a term.
ROUNDINGS_A_TERM = 8
# Direct series: valid where no term of the alternating sum exceeds the first, m z b / c <= 1/2.
DIRECT_MZ = 0.5
DEGREES = (0, 1, 2, 5, 12, 13, 31, 32, 33, 64, 65, 511, 512, 4096)
PARAMETERS = ((1.0, 2.0), (0.5, 1.0), (1.0, 1.5), (3.0, 5.5), (12.5, 20.0), (1e-3, 1e3))
ARGUMENTS = (0.0, 1e-300, 1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 2.0**-53, 1.0)


def series_error(m: float) -> float:
    """Error of the O(m) series, in eps: linear in m."""
    return PROMISE_EPS + ROUNDINGS_A_TERM * m


@pytest.fixture(scope="module")
def grid():
    rows = np.array([(m, *bc, z) for m, bc, z in itertools.product(DEGREES, PARAMETERS, ARGUMENTS)])
    return rows.T


def test_names():
    expected = {"auto", "direct", *REFLECTED, "quadrature", "plan"}
    assert set(methods.METHODS) == expected
    assert len(methods.METHODS) == len(expected)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations([*FULL, *REFLECTED], 2)))
def test_pairs_agree_in_the_home_domain(first, second, grid):
    m, b, c, z = grid
    if "quadrature" in (first, second):
        m, b, c, z = grid[:, c > b]
    x = methods.hyp2f1(-m, b, c, z, method=first)
    y = methods.hyp2f1(-m, b, c, z, method=second)
    allowed = sum(
        promise_of(name, y) if name in FULL else series_error(m) for name in (first, second)
    )
    error = ulp_error(x, y)
    bad = np.flatnonzero(~(error <= allowed))
    assert not bad.size, [(*grid[:, i], x[i], y[i], error[i]) for i in bad[:5]]


@pytest.mark.parametrize("method", REFLECTED)
def test_series_against_the_table(method):
    table = read_table("home")
    # Pure products of ratios lose gradual underflow, and b up to 1e6 overflows the 64-term tiles.
    table = table.where(
        (table.m <= 5000) & (table.hi > 1e-290) & (table.b <= 1e3) & (table.c > table.b)
    )
    assert table.m.size > 200
    value = methods.hyp2f1(*table.arguments, method=method)
    error = ulp_error(value, table.hi, table.lo)
    # c - b is rounded once: the terms move by as much as (d)_m/(c)_m does, at most m times.
    bad = np.flatnonzero(~(error <= 2 * series_error(table.m)))
    assert not bad.size, [
        (table.m[i], table.b[i], table.c[i], table.z[i], value[i], error[i]) for i in bad[:5]
    ]


@pytest.mark.parametrize("method", ["direct", "reflected_auto"])
def test_direct_series_where_it_is_safe(method, grid):
    m, b, c, z = grid[:, grid[0] * grid[3] <= DIRECT_MZ]
    assert m.size > 100
    value = methods.hyp2f1(-m, b, c, z, method=method)
    exact = hypgeo.hyp2f1(-m, b, c, z)
    # Few terms count there: their sum of absolute values is at most e^(2 m z) F.
    allowed = PROMISE_EPS + math.exp(2 * DIRECT_MZ) * ROUNDINGS_A_TERM * 16
    assert (ulp_error(value, exact) <= allowed).all()


def test_direct_series_cancels_where_it_is_not_safe():
    """Kept to show it: the others agree where the plain alternating sum has no digit left."""
    exact = hypgeo.hyp2f1(-200, 1.0, 2.0, 0.9)
    assert ulp_error(methods.hyp2f1(-200, 1.0, 2.0, 0.9, method="direct"), exact) > 1 / EPS
    assert ulp_error(methods.hyp2f1(-200, 1.0, 2.0, 0.9, method="reflected_auto"), exact) < 1e4


@pytest.mark.parametrize("method", ["direct", "reflected_auto", "plan", "quadrature"])
def test_negative_z(method):
    table = read_table("negative_z")
    keep = (table.m <= 5000) & np.isfinite(table.hi) & (table.z > -1e100)
    if method == "quadrature":
        keep &= table.c > table.b
    table = table.where(keep)
    assert table.m.size > 50
    value = methods.hyp2f1(*table.arguments, method=method)
    error = ulp_error(value, table.hi, table.lo)
    allowed = promise_of(method, table.hi) if method in FULL else series_error(table.m)
    bad = np.flatnonzero(~(error <= allowed))
    assert not bad.size, [
        (table.m[i], table.b[i], table.c[i], table.z[i], value[i], table.hi[i]) for i in bad[:5]
    ]


def test_precomputed_ratios_change_no_bit(grid):
    m, b, c, z = grid
    one = methods.hyp2f1(-m, b, c, z, method="parallel")
    other = methods.hyp2f1(-m, b, c, z, method="parallel_precomputed")
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("method", methods.METHODS)
class TestEveryMethod:
    def test_polynomial_of_degree_two(self, method):
        assert ulp_error(methods.hyp2f1(-2, 1, 2, 0.75, method=method), 0.4375) <= PROMISE_EPS

    def test_a_and_b_are_symmetric(self, method):
        one = methods.hyp2f1(-7, 1.5, 3.0, [0.1, 0.6], method=method)
        np.testing.assert_array_equal(one, methods.hyp2f1(1.5, -7, 3.0, [0.1, 0.6], method=method))

    def test_of_two_integers_the_nearer_to_zero_ends_the_series(self, method):
        exact = 1 + 2 * 5 / 9 * 0.25 + (2 * 1 * 5 * 4) / (9 * 10) / 2 * 0.25**2
        value = methods.hyp2f1(-2, -5, 9, 0.25, method=method)
        if method != "quadrature" or not np.isnan(value):
            assert ulp_error(value, exact) <= PROMISE_EPS

    def test_nan_in_nan_out(self, method):
        nan = np.nan
        for arguments in [(nan, 1, 2, 0.5), (-3, nan, 2, 0.5), (-3, 1, nan, 0.5), (-3, 1, 2, nan)]:
            assert np.isnan(methods.hyp2f1(*arguments, method=method))

    def test_shapes_and_types(self, method):
        value = methods.hyp2f1(-np.array([[2], [3]]), 1, 2, [0.1, 0.2, 0.3], method=method)
        assert value.shape == (2, 3)
        assert isinstance(methods.hyp2f1(-2, 1, 2, 0.5, method=method), np.float64)
        assert methods.hyp2f1(-2, 1, 2, np.empty((0, 3)), method=method).shape == (0, 3)
        single = [np.float32(x) for x in (-2, 1, 2, 0.5)]
        assert isinstance(methods.hyp2f1(*single, method=method), np.float32)

    def test_out_and_where(self, method):
        out = np.full(3, 9.0)
        z = [0.1, 0.2, 0.3]
        got = methods.hyp2f1(-2, 1, 2, z, method=method, out=out, where=[True, False, True])
        assert got is out
        assert out[1] == 9.0
        assert ulp_error(out[0], hypgeo.hyp2f1(-2, 1, 2, 0.1)) <= PROMISE_EPS

    def test_errors_name_the_argument(self, method):
        with pytest.raises(TypeError, match=r"^b must be a real number"):
            methods.hyp2f1(-2, "x", 2, 0.5, method=method)
        with pytest.raises(ValueError, match=r"^z of shape \(3,\) does not broadcast"):
            methods.hyp2f1([-2, -3], 1, 2, [0.1, 0.2, 0.3], method=method)
        with pytest.raises((TypeError, ValueError), match=r"^out must have"):
            methods.hyp2f1(-2, 1, 2, [0.1, 0.2], method=method, out=np.empty(3))

    def test_terminating_only(self, method):
        value = methods.hyp2f1(-2.5, 1, 2, 0.5, method=method)
        assert np.isnan(value) == (method != "auto")


@pytest.mark.parametrize("method", ["", "Auto", "kummer", None, 3, ["auto"]])
def test_unknown_method(method):
    with pytest.raises(ValueError, match=r"^method must be one of auto, direct, .*, plan, got "):
        methods.hyp2f1(-2, 1, 2, 0.5, method=method)


def test_reflected_auto_takes_the_series_by_the_size_of_m_z():
    m, b, c = 100.0, 1.0, 2.0
    for z, like in [(0.004, "direct"), (0.0051, "reflected"), (0.7, "reflected"), (-0.5, "direct")]:
        other = methods.hyp2f1(-m, b, c, z, method=like)
        assert methods.hyp2f1(-m, b, c, z, method="reflected_auto") == other
    # 15.8.7 needs c - b > 0.
    outside = (-20.0, 3.0, 2.5, 0.3)
    direct = methods.hyp2f1(*outside, method="direct")
    assert methods.hyp2f1(*outside, method="reflected_auto") == direct


# A point of each method; those of the forms that run late depend on rounding and are left out.
USED_AT = {
    "power": (100, 2.0, 2.0, 0.5),
    "finite": (48, 1.0, 2.0, 0.5),
    "alternating": (100, 1.0, 2.0, 0.005),
    "short_pfaff": (100, 1.0, 2.0, 0.03),
    "medium_pfaff": (100, 1.0, 2.0, 0.3),
    "laguerre": (100, 1.0, 2.0, 0.4),
    "asymptotic": (1000, 1.0, 2.0, 0.5),
    "gamma_like": (1000, 20.0, 60.0, 0.1),
    "general": (1000, 300.0, 900.0, 0.5),
    "small_d": (640, 300.0, 300.5, 0.99),
    "small_d_flat": (1000, 300.0, 300.5, 0.5),
    "negative_finite": (48, 1.0, 2.0, -0.5),
    "negative_short": (100, 1.0, 2.0, -0.03),
    "negative_medium": (100, 1.0, 2.0, -0.5),
    "negative_long": (100, 2.0, 1.0, -0.5),
    "negative_gamma_like": (1000, 60.0, 80.0, -0.2),
    "negative_general": (1000, 300.0, 900.0, -0.5),
    "negative_small_d": (1000, 0.5, 300.5, -2.0),
    "one": (0, 1.0, 2.0, 0.5),
    "zero": (3, 2.0, 2.0, 1.0),
    "infinite": (3, 1.0, 2.0, -np.inf),
    "undefined": (3, 1.0, 2.0, np.inf),
    "pole": (3, 1.0, -2.0, 0.5),
    "short_by_pfaff": (100, 7.5, 4.5, 0.5),
    "far": (10**9, -1.5, 2.25, 0.5),
    "series": (20, -3.0, 2.5, 0.5),
    "recurrence": (200, 201.0, 1.0, 0.3),
    "contour": (2**53, 2.0**53, 1.5, 0.3),
}


class TestUsed:
    @pytest.mark.parametrize("name", USED_AT)
    def test_known_points(self, name):
        m, b, c, z = USED_AT[name]
        assert methods.used(-m, b, c, z) == name

    def test_names(self):
        assert len(set(methods.USED)) == len(methods.USED)
        assert set(USED_AT) < set(methods.USED)

    def test_arrays(self):
        found = methods.used([[-3], [-3.5], [np.nan]], 1, 2, [0.0, 0.5])
        assert found.tolist() == [["one", "finite"], ["scipy"] * 2, ["undefined"] * 2]
        assert methods.used([], 1, 2, 0.5).shape == (0,)

    def test_only_what_is_undefined_is_nan(self):
        names = list(USED_AT)
        m, b, c, z = np.array([USED_AT[name] for name in names]).T
        is_nan = np.isnan(hypgeo.hyp2f1(-m, b, c, z))
        assert {names[i] for i in np.flatnonzero(is_nan)} == {"undefined"}

    def test_errors_name_the_argument(self):
        with pytest.raises(TypeError, match=r"^z must be a real number"):
            methods.used(-2, 1, 2, "x")
        with pytest.raises(TypeError, match=r"^z"):
            methods.used(-2, 1, 2, 1j)
