"""Relations between values, and closed forms, over the home domain and for z < 0."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from accuracy import promise, ulp_error
from domain import (
    B_MAX,
    B_MIN,
    D_MAX,
    M_MAX,
    MANY,
    Point,
    degrees,
    gap,
    home_points,
    log_uniform,
    negative_points,
    not_above,
    slack,
    unit,
    value,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import hypgeo

mpmath = pytest.importorskip("mpmath", reason="the closed forms need mpmath")


# Contiguous relations ---------------------------------------------------------------------------

# With F = F(m, b, c) and a = -m: every term on both sides is positive in the home domain.
# (m, b, c) offsets; coefficient of each.
CONTIGUOUS = {
    "15.5.11": lambda m, b, c, z: (
        [((1, 0, 0), c + m), ((-1, 0, 0), m * (1 - z))],
        [((0, 0, 0), 2 * m + c - (b + m) * z)],
    ),
    "15.5.12": lambda m, b, c, z: (
        [((-1, 0, 0), m), ((0, 1, 0), b)],
        [((0, 0, 0), b + m)],
    ),
    "15.5.13": lambda m, b, c, z: (
        [((-1, 0, 0), m * (1 - z)), ((0, -1, 0), c - b)],
        [((0, 0, 0), c - b + m)],
    ),
    "15.5.14": lambda m, b, c, z: (
        [((-1, 0, 0), m * c * (1 - z)), ((0, 0, 1), (c + m) * (c - b) * z)],
        [((0, 0, 0), c * (m + (c - b) * z))],
    ),
    "15.5.15": lambda m, b, c, z: (
        [((-1, 0, 0), m), ((0, 0, -1), c - 1)],
        [((0, 0, 0), c + m - 1)],
    ),
    "15.5.16": lambda m, b, c, z: (
        [((0, 0, 0), c * (1 - z)), ((0, 0, 1), (c - b) * z)],
        [((1, 0, 0), c)],
    ),
    "15.5.17": lambda m, b, c, z: (
        [((0, 0, -1), (c - 1) * (1 - z)), ((0, 0, 0), m + 1 + (c - b - 1) * z)],
        [((1, 0, 0), c + m)],
    ),
}


def rational(m: int, b: Fraction, c: Fraction, z: Fraction) -> Fraction:
    """The sum itself (DLMF 15.2.1)."""
    term = total = Fraction(1)
    for k in range(m):
        term = term * (k - m) * (b + k) * z / ((c + k) * (k + 1))
        total += term
    return total


def sides(name, m, b, c, z, function):
    """Exact coefficients times function(m, b, c, z), for the left and the right side."""
    return [
        [(factor, function(m + dm, b + db, c + dc, z)) for (dm, db, dc), factor in side if factor]
        for side in CONTIGUOUS[name](m, b, c, z)
    ]


@pytest.mark.parametrize("name", CONTIGUOUS)
@pytest.mark.parametrize("m", [1, 2, 5, 11])
def test_contiguous_relations_hold_exactly(name, m):
    """The relations as they are written above, in rational arithmetic."""
    b, c = Fraction(7, 3), Fraction(37, 8)
    for z in (Fraction(0), Fraction(1, 7), Fraction(1)):
        left, right = sides(name, m, b, c, z, rational)
        assert sum(x * f for x, f in left) == sum(x * f for x, f in right)
        assert all(x > 0 for x, _ in left + right)


def dyadic(x: float, most: float) -> float:
    """A multiple of 2^-25: sums of two of these and 1 are exact doubles below 2^27."""
    return min(max(round(x * 2.0**25), 1) / 2.0**25, most)


@st.composite
def exact_points(draw):
    """Home points at which b + 1, c - b, c + 1 are exact."""
    p = draw(home_points(m=degrees(M_MAX - 1)))
    b = dyadic(p.b, B_MAX - 1)
    return p.moved(m=max(p.m, 1), b=b, c=b + dyadic(p.c - p.b, D_MAX - 1))


@pytest.mark.parametrize("name", CONTIGUOUS)
@settings(max_examples=100)
@given(p=exact_points())
def test_contiguous_relations(name, p):
    b, c, z = Fraction(p.b), Fraction(p.c), Fraction(p.z)
    if name == "15.5.13":  # b - 1 in the home domain
        assume(b > 1)
    if name in ("15.5.12", "15.5.15", "15.5.17"):  # c > b + 1, c - 1 > b
        assume(c - b > 1)

    def computed(m, b, c, z):
        return value(Point(m, float(b), float(c), float(z)))

    left, right = sides(name, p.m, b, c, z, computed)
    gap_ = abs(sum(x * Fraction(f) for x, f in left) - sum(x * Fraction(f) for x, f in right))
    assert gap_ <= sum(x * slack(f) for x, f in left + right)


@MANY
@given(exact_points(), unit())
def test_slope_lies_between_the_derivatives(p, z):
    """DLMF 15.5.1, dF/dz = -(m b / c) F(m-1, b+1, c+1), through the slope of a convex function."""
    assume(z != p.z)
    left, right = sorted((p.z, z))
    f = [value(p.moved(z=x)) for x in (left, right)]
    up = Point(p.m - 1, p.b + 1, p.c + 1, left)
    g = [value(up.moved(z=x)) for x in (left, right)]
    factor = p.m * Fraction(p.b) / Fraction(p.c) * (Fraction(right) - Fraction(left))
    fall, error = Fraction(f[0]) - Fraction(f[1]), slack(f[0]) + slack(f[1])
    assert fall <= factor * (Fraction(g[0]) + slack(g[0])) + error
    assert fall >= factor * (Fraction(g[1]) - slack(g[1])) - error


# Closed forms -----------------------------------------------------------------------------------


@MANY
@given(degrees(), unit())
@example(M_MAX, 5e-324)
@example(M_MAX, 1 - 2.0**-53)
def test_closed_form_at_b_1_c_2(m, z):
    """(1 - (1-z)^(m+1)) / ((m+1) z)."""
    with mpmath.workdps(60):
        if z == 0:
            exact = mpmath.mpf(1)
        else:
            log = mpmath.log1p(-mpmath.mpf(z)) if z < 1 else -mpmath.inf
            exact = -mpmath.expm1((m + 1) * log) / ((m + 1) * mpmath.mpf(z))
        hi = float(exact)
        lo = float(exact - hi)
    assert ulp_error(value(Point(m, 1.0, 2.0, z)), hi, lo) <= promise(hi)


@MANY
@given(home_points(z=st.just(1.0)))
def test_z_1_is_the_pochhammer_ratio(p):
    """(c-b)_m / (c)_m, DLMF 15.4.24."""
    with mpmath.workdps(80):
        d, c = mpmath.mpf(p.c) - mpmath.mpf(p.b), mpmath.mpf(p.c)
        logs = [mpmath.loggamma(x) for x in (d + p.m, d, c + p.m, c)]
        exact = mpmath.exp(logs[0] - logs[1] - logs[2] + logs[3])
        hi = float(exact)
        lo = float(exact - hi)
    assert ulp_error(value(p), hi, lo) <= promise(hi)


@MANY
@given(st.integers(1, M_MAX), log_uniform(B_MIN, B_MAX), unit())
def test_degree_one(m, b, z):
    """1 - z b / c, also with the roles of a and b exchanged (b = -1, a = -m)."""
    c = gap(b, 1.0)
    exact = 1 - Fraction(z) * Fraction(b) / Fraction(c)
    hi = float(exact)
    assert ulp_error(value(Point(1, b, c, z)), hi, float(exact - Fraction(hi))) <= promise(hi)
    # 1 + m z / c of two negative integers: positive too.
    exact = 1 + m * Fraction(z) / Fraction(c)
    hi = float(exact)
    assert ulp_error(hypgeo.hyp2f1(-m, -1, c, z), hi, float(exact - Fraction(hi))) <= promise(hi)


# z < 0 ------------------------------------------------------------------------------------------


@MANY
@given(negative_points())
def test_at_least_1_for_negative_z(p):
    assert value(p) >= 1


@MANY
@given(negative_points(), st.floats(0, 1))
def test_increases_in_minus_z(p, shorter):
    near, far = value(p.moved(z=p.z * shorter)), value(p)
    assert math.isinf(far) or not_above(near, far)


@MANY
@given(exact_points(), st.integers(1, 53))
def test_pfaff_relates_negative_z_to_the_home_domain(p, j):
    """DLMF 15.8.1: F(m, b, c; z) = (1-z)^m F(m, c-b, c; z/(z-1)), at z = 1 - 2^j exact."""
    assume(p.c - p.b <= B_MAX)
    home = value(p.moved(b=p.c - p.b, z=1 - 2.0**-j))
    f = value(p.moved(z=1 - 2.0**j))
    assume(home > 1e-300)
    scale = p.m * j
    if math.isinf(f):
        assert math.log2(home) + scale > 1024 - 1e-9
        return
    assert scale < 2200
    exact = Fraction(home) * 2**scale
    assert abs(Fraction(f) - exact) <= slack(f) + slack(home) * 2**scale
