"""hyp2f1_derivatives against exact derivatives, and the relations among them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from accuracy import EPS, SMALL_F, assert_same, ulp_error
from domain import MANY, Point, home_points, log_uniform, negative_points
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hypgeo

mpmath = pytest.importorskip("mpmath", reason="the exact derivatives need mpmath")
pytest.importorskip("flint", reason="the exact derivatives need python-flint")
from hypgeo import reference  # noqa: E402
from hypgeo._reference_derivatives import derivatives as exact_derivatives  # noqa: E402

NAMES = ("value", "d_b", "d_c", "d_z", "d_zz")
# The promise, in units of eps times the condition number over the parameter.
PROMISED = 16.0
# Beyond these numbers a double has no 53 bits to be compared.
LEAST, MOST = 1e-290, 1e290

FEW = settings(max_examples=120)


def derivatives(m: float, b: float, c: float, z: float) -> list[float]:
    return [float(x) for x in hypgeo.hyp2f1_derivatives(-float(m), b, c, z)]


def condition(p: Point, exact: Any) -> Any:
    """1 + |z F_z / F| + |b F_b / F| + |c F_c / F|, times |F|."""
    moves = ((p.z, exact.d_z), (p.b, exact.d_b), (p.c, exact.d_c))
    return abs(exact.value) + sum(abs(mpmath.mpf(x) * slope) for x, slope in moves)


def allowed(p: Point, exact: Any, name: str, small: float) -> Any:
    """Largest absolute error of the derivative `name`; `small` is |ln F| where F is tiny."""
    true = abs(getattr(exact, name))
    relative = (PROMISED + small) * EPS * true
    if name not in ("d_b", "d_c"):
        return relative
    parameter = abs(mpmath.mpf(p.b if name == "d_b" else p.c))
    return max(relative, (PROMISED + small) * EPS * condition(p, exact) / parameter)


def logarithm(value: Any) -> float:
    """|ln F| below 1e-20, where the exponent itself is rounded (see accuracy.promise)."""
    return 0.0 if value == 0 or abs(value) > SMALL_F else float(abs(mpmath.log(abs(value))))


def compare(p: Point) -> None:
    """Every derivative within what is promised; F as hyp2f1 has it."""
    exact = exact_derivatives(*p.arguments, digits=20)
    found = derivatives(p.m, p.b, p.c, p.z)
    assert_same(found[0], float(hypgeo.hyp2f1(*p.arguments)))
    small = logarithm(exact.value)
    for name, value in zip(NAMES[1:], found[1:], strict=True):
        true = getattr(exact, name)
        if true != 0 and not LEAST < abs(true) < MOST:
            tiny = abs(true) < 1
            assert abs(value) <= 2 * LEAST if tiny else abs(value) >= MOST / 2, (p, name, value)
            continue
        error = abs(mpmath.mpf(value) - true)
        bound = allowed(p, exact, name, small)
        assert error <= bound, (p, name, value, mpmath.nstr(true, 20), float(error / bound))


# The home domain and z < 0 ----------------------------------------------------------------------

# (m, b, c, z), at least one for each method of derivative_routes.h.
HOME = [
    (7, 1.5, 4.0, 0.3),  # finite
    (48, 0.25, 0.26, 1.0),
    (1000, 2.5, 7.0, 1e-4),  # alternating
    (200, 1.0, 1e6, 0.5),
    (300, 1.5, 2.25, 0.01),  # Pfaff's series
    (300, 0.7, 1.9, 0.15),
    (500, 4.5, 4.51, 0.3),
    (10**6, 2.0, 5.5, 0.5),  # large m z
    (10**6, 7.3, 9.8, 0.01),
    (2**53, 0.125, 3.0, 1e-9),
    (400, 3.25, 11.0, 0.4),  # gamma-like
    (132, 1.0, 3.8113358361042193, 0.3851783160469884),
    (112, 21.431500781876007, 129495.85595580736, 0.7460281241830862),
    (75, 24583.21017553836, 5671851.237285873, 0.999999610918544),  # general
    (10**5, 3000.0, 4500.0, 0.03),
    (600, 900.0, 900.5, 0.75),  # small d
    (5000, 50.0, 50.001, 0.999),
]
NEGATIVE = [
    (7, 1.5, 4.0, -3.0),  # finite
    (200, 1.5, 4.0, -0.01),  # the series
    (100, 1.5, 4.0, -0.5),
    (300, 5.0, 2.0, -0.5),  # c < b
    (12, 1e-3, 2.0, -1e25),
    (400, 3.0, 8.0, -0.9),  # gamma-like
    (160, 96.3855671511719, 96.38556720408536, -2.0189480585855004),
    (300, 40.0, 140.0, -4.0),  # general
    (300, 0.02, 30.0, -4.0),  # small b
    (200, 1e6, 1e6 + 1, -1.0),  # T hardly leaves 1
    (2**53, 1.5, 4.0, -5e-324),  # next to zero
    (2, 7.5, 7.5, -5e-324),
]


@pytest.mark.parametrize("row", HOME + NEGATIVE)
def test_every_method(row):
    compare(Point(*row))


@FEW
@given(p=home_points())
def test_home(p):
    compare(p)


# Where jets do not reach, derivatives in b and c are differences that carry as many bits as z has
# zeros: up to ten seconds a point.
TINY_Z, MOST_TINY = 1e-100, 2000


@FEW
@given(p=negative_points())
def test_negative_z(p):
    assume(abs(p.z) < 1e100)
    assume(abs(p.z) > TINY_Z or p.m <= MOST_TINY)
    compare(p)


@pytest.mark.slow
@FEW
@given(p=negative_points())
def test_negative_z_up_to_zero(p):
    assume(abs(p.z) < 1e100)
    compare(p)


@MANY
@given(p=home_points())
def test_signs_at_home(p):
    value, d_b, d_c, d_z, d_zz = derivatives(p.m, p.b, p.c, p.z)
    assert 0 <= value <= 1
    assert d_z <= 0 <= d_zz
    # Their absolute error is that of F / b and F / c.
    slack = 32 * EPS * (value + abs(p.z * d_z) + abs(p.b * d_b) + abs(p.c * d_c)) + 1e-300
    assert d_b <= slack / p.b
    assert d_c >= -slack / p.c


@MANY
@given(p=negative_points())
def test_signs_for_negative_z(p):
    value, d_b, d_c, d_z, d_zz = derivatives(p.m, p.b, p.c, p.z)
    assert value >= 1
    assert d_b >= 0 >= d_c
    assert d_z <= 0 <= d_zz


@settings(max_examples=200)
@given(p=home_points(m=st.integers(2, 10**6), b_max=100.0))
def test_differential_equation(p):
    """z (1-z) F'' + (c - (b+1-m) z) F' + m b F = 0 (DLMF 15.10.1), up to rounding of its terms."""
    m, b, c, z = p.m, p.b, p.c, p.z
    value, _, _, d_z, d_zz = derivatives(m, b, c, z)
    assume(value > LEAST)
    terms = [z * (1 - z) * d_zz, c * d_z, -(b + 1 - m) * z * d_z, m * b * value]
    assert abs(math.fsum(terms)) <= 2 * PROMISED * EPS * sum(map(abs, terms))


# Special arguments ------------------------------------------------------------------------------


def test_degree_zero_and_one():
    assert derivatives(0, 3.0, 2.0, 0.5) == [1, 0, 0, 0, 0]
    # F = 1 - b z / c.
    assert derivatives(1, 3.0, 4.0, 0.5) == [0.625, -0.125, 0.09375, -0.75, 0]
    assert derivatives(1, 3.0, 4.0, -0.5) == [1.375, 0.125, -0.09375, -0.75, 0]


@pytest.mark.parametrize("m", [1, 2, 30, 1000, 10**9])
@pytest.mark.parametrize(("b", "c"), [(1.5, 2.5), (2.0, 2.0), (3.0, 1.0), (-0.5, 2.0)])
def test_at_zero(m, b, c):
    d_z, d_zz = -m * b / c, m * (m - 1) * b * (b + 1) / (c * (c + 1))
    found = derivatives(m, b, c, 0.0)
    assert found[:3] == [1, 0, 0]
    assert np.all(ulp_error(found[3:], [d_z, d_zz]) <= 4)


@pytest.mark.parametrize("z", [0.5, 1e-3, 1.0, -0.25, -3.0])
@pytest.mark.parametrize("m", [1, 5, 48, 49, 300])
@pytest.mark.parametrize("b", [0.5, 2.0, 300.0])
def test_equal_parameters(m, b, z):
    """b = c: F = (1-z)^m, and F does not change as both grow together."""
    value, d_b, d_c, d_z, d_zz = derivatives(m, b, b, z)
    exact = exact_derivatives(-m, b, b, z, digits=20)
    assert d_b != 0
    assert ulp_error(d_b, -d_c) <= 2 * PROMISED
    for found, true in zip((value, d_b, d_z, d_zz), (exact[i] for i in (0, 1, 3, 4)), strict=True):
        bound = (PROMISED + logarithm(exact.value)) * EPS
        assert abs(mpmath.mpf(found) - true) <= bound * abs(true)


@pytest.mark.parametrize("m", [1, 20, 60, 500, 10**6])
@pytest.mark.parametrize("z", [1e-6, 0.3, 1.0, -1e-8])
def test_b_almost_zero(m, z):
    """F = 1 up to rounding, but its derivative in b has all digits."""
    b = 1e-30
    value, d_b, _, _, _ = derivatives(m, b, 2.5, z)
    exact = reference.hyp2f1(-m, b, 2.5, z, digits=60)
    with mpmath.workdps(70):
        true = (exact - 1) / mpmath.mpf(b)  # up to a relative 1e-28
        assert value == 1
        assert abs(mpmath.mpf(d_b) - true) <= PROMISED * EPS * abs(true)


def test_b_zero_ends_the_series():
    value, d_b, d_c, d_z, d_zz = derivatives(20, 0.0, 2.5, 0.5)
    assert (value, d_c, d_z, d_zz) == (1, 0, 0, 0)
    assert math.isnan(d_b)


def test_poles_and_infinite_arguments():
    value, *slopes = derivatives(5, 1.5, -3.0, 0.5)
    assert value == math.inf
    assert all(map(math.isnan, slopes))
    assert all(map(math.isnan, derivatives(5, 1.5, -3.0, 0.0)[1:]))
    assert derivatives(5, 1.5, 2.0, -math.inf) == [
        math.inf, math.inf, -math.inf, -math.inf, math.inf
    ]  # fmt: skip
    assert derivatives(1, 3.0, 4.0, -math.inf)[3:] == [-0.75, 0]
    assert all(map(math.isnan, derivatives(5, 1.5, 2.0, math.nan)))
    # Beyond the range each has its sign.
    assert derivatives(10**6, 1.5, 2.0, -3.0) == [
        math.inf, math.inf, -math.inf, -math.inf, math.inf
    ]  # fmt: skip
    assert derivatives(10**9, 1e-3, 1.5e-3, 0.9)[3] < 0


# All other real arguments -----------------------------------------------------------------------


@st.composite
def general_points(draw: Any, most: int) -> Point:
    """Any signs of b and c, any real z; c near and at -m, b near -m."""
    m = draw(st.integers(1, most))
    sign = st.sampled_from([-1.0, 1.0])
    free = st.builds(lambda s, x: s * x, sign, log_uniform(1e-3, 1e3))
    near = st.sampled_from([0.0, 1e-6, 0.3, 7.0]).map(lambda x: -m - x)
    b = draw(st.one_of(free, st.sampled_from([1e-8, 0.5, 3.25]).map(lambda x: -m + x)))
    c = draw(st.one_of(free, near))
    z = draw(st.one_of(free, st.floats(0, 3)))
    return Point(m, b, c, z)


def class_errors(p: Point, exact: Any, found: list[float]) -> dict[str, float]:
    """Errors of F_b, F_c and F_z in units of eps kappa |F| over the parameter."""
    unit = EPS * condition(p, exact)
    names = {"d_b": p.b, "d_c": p.c, "d_z": p.z}
    errors = {}
    for name, parameter in names.items():
        value = found[NAMES.index(name)]
        error = abs(mpmath.mpf(value) - getattr(exact, name)) * abs(mpmath.mpf(parameter)) / unit
        errors[name] = float(error)
    return errors


def usable(p: Point, exact: Any) -> bool:
    """Whether no derivative is near the ends of the range."""
    sizes = [abs(x) for x in exact] + [condition(p, exact)]
    return all(x == 0 or LEAST < x < MOST for x in sizes) and p.z != 0


def is_ended_by_b(p: Point) -> bool:
    return p.b <= 0 and p.b == int(p.b) and -p.b <= p.m


@settings(max_examples=300)
@given(p=general_points(60))
def test_everywhere_else(p):
    """Low degrees have all digits that there are."""
    assume(not is_ended_by_b(p))
    exact = exact_derivatives(*p.arguments, digits=20)
    assume(mpmath.isfinite(exact.value) and usable(p, exact))
    errors = class_errors(p, exact, derivatives(p.m, p.b, p.c, p.z))
    assert all(error <= PROMISED for error in errors.values()), (p, errors)


@settings(max_examples=100)
@given(p=general_points(1000))
def test_everywhere_else_at_higher_degrees(p):
    """Where double-double loses the digits of F_b or F_c, more are carried."""
    assume(not is_ended_by_b(p))
    exact = exact_derivatives(*p.arguments, digits=20)
    assume(mpmath.isfinite(exact.value) and usable(p, exact))
    errors = class_errors(p, exact, derivatives(p.m, p.b, p.c, p.z))
    assert all(error <= PROMISED for error in errors.values()), (p, errors)


def test_oscillating_polynomials_have_all_derivatives(rng):
    count = 1000
    m = rng.integers(50, 1000, count).astype(float)
    b, c = rng.normal(0, 30, (2, count))
    found = hypgeo.hyp2f1_derivatives(-m, b, c, rng.uniform(0, 3, count))
    for name, values in zip(NAMES, found, strict=True):
        assert not np.isnan(values).any(), name


# Of these no form in double-double has both slopes.
WIDE = [
    (977, -808.5, -1001.875, 0.90625),
    (304, -157.375, 63.875, 29.5),
    (890, 301.90625, 1.859375, 1.0625),
    (986, -0.8359375, 54.21875, 2.890625),
    (498, 23.203125, 0.014953613, 1.6328125),
]


@pytest.mark.parametrize("point", WIDE)
def test_slopes_in_more_than_double_double(point):
    m, b, c, z = point
    exact = exact_derivatives(-m, b, c, z, digits=20)
    found = derivatives(m, b, c, z)
    for name in ("d_b", "d_c"):
        value, true = found[NAMES.index(name)], getattr(exact, name)
        assert abs(value - true) <= EPS * abs(true), name


# Arrays -----------------------------------------------------------------------------------------


def test_elements_do_not_depend_on_their_neighbours(rng):
    """One array of every method, in any order, and one by one."""
    rows = np.array(HOME + NEGATIVE, dtype=float)
    order = rng.integers(0, len(rows), 3 * len(rows))
    m, b, c, z = rows[order].T
    together = np.array(hypgeo.hyp2f1_derivatives(-m, b, c, z))
    alone = np.array([derivatives(*row) for row in rows]).T[:, order]
    # Elements of one vector run until the slowest is done.
    one_sign = [0, 3, 4]
    difference = np.abs(together - alone)[one_sign]
    assert np.all(difference <= 2 * PROMISED * EPS * np.abs(alone[one_sign]))
    scale = np.abs(alone[0]) + np.abs(z * alone[3]) + np.abs(b * alone[1]) + np.abs(c * alone[2])
    for k, parameter in ((1, b), (2, c)):
        difference = np.abs(together[k] - alone[k])
        promised = np.maximum(scale / parameter, np.abs(alone[k]))
        assert np.all(difference <= 2 * PROMISED * EPS * promised)


def test_one_b_for_many(rng):
    """A long run of one b shares its points; the results are those of single elements."""
    c, z = rng.uniform(2, 40, 500), rng.uniform(0.2, 0.4, 500)
    shared = np.array(hypgeo.hyp2f1_derivatives(-250.0, 1.25, c, z))
    alone = np.array([derivatives(250, 1.25, x, y) for x, y in zip(c, z, strict=True)]).T
    np.testing.assert_allclose(shared, alone, rtol=4 * PROMISED * EPS)
