"""What 2F1(-m, b; c; z) = E[(1 - zT)^m], T ~ Beta(b, c - b), must satisfy over the home domain.

Every inequality and identity is decided in exact rational arithmetic on the computed doubles, and
holds up to the error that is promised for each of them.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from accuracy import EPS, promise, ulp_error
from domain import (
    B_MAX,
    B_MIN,
    D_MAX,
    D_MIN,
    M_MAX,
    Point,
    degrees,
    gap,
    home_points,
    log_uniform,
    negative_points,
    unit,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import hypgeo

mpmath = pytest.importorskip("mpmath", reason="the closed forms need mpmath")
reference = pytest.importorskip("hypgeo.reference", reason="needs the exact reference")

MANY = settings(max_examples=400)
SOME = settings(max_examples=150)  # where the exact reference is asked
# Rounding to a subnormal number.
SPACING = Fraction(2) ** -1074


def value(p: Point) -> float:
    result = float(hypgeo.hyp2f1(*p.arguments))
    assert not math.isnan(result), p
    return result


def slack(f: float) -> Fraction:
    """The error that a computed value f may have."""
    return Fraction(float(promise(f)) * EPS) * Fraction(f) + SPACING


def not_above(x: float, y: float) -> bool:
    """x <= y up to the promised errors."""
    return Fraction(x) - slack(x) <= Fraction(y) + slack(y)


@MANY
@given(home_points())
def test_between_0_and_1(p):
    f = value(p)
    assert 0 <= f <= 1
    if p.m == 0 or p.z == 0:
        assert f == 1
    if f == 0:
        assert reference.hyp2f1_float(*p.arguments) == 0


@SOME
@given(home_points())
def test_equals_the_exact_value(p):
    hi, lo = reference.hyp2f1_array(*p.arguments)
    assert ulp_error(value(p), hi, lo) <= promise(hi)


@SOME
@given(negative_points())
def test_negative_z_equals_the_exact_value(p):
    hi, lo = reference.hyp2f1_array(*p.arguments)
    assert ulp_error(value(p), hi, lo) <= promise(hi)


@MANY
@given(home_points(), unit())
def test_decreases_in_z(p, z):
    low, high = sorted((p.z, z))
    assert not_above(value(p.moved(z=high)), value(p.moved(z=low)))


@MANY
@given(home_points(), st.integers(1, 8))
def test_decreases_over_neighbouring_z(p, steps):
    z = p.z
    for _ in range(steps):
        z = math.nextafter(z, 0.0)
    assert not_above(value(p), value(p.moved(z=z)))


@MANY
@given(home_points(), degrees())
def test_decreases_in_m(p, m):
    low, high = sorted((p.m, m))
    assert not_above(value(p.moved(m=high)), value(p.moved(m=low)))


@MANY
@given(home_points(), st.integers(0, 40))
def test_decreases_over_neighbouring_m(p, step):
    assume(p.m + step <= M_MAX)
    assert not_above(value(p.moved(m=p.m + step)), value(p))


@MANY
@given(home_points(), log_uniform(B_MIN, B_MAX))
def test_decreases_in_b(p, b):
    low, high = sorted((p.b, b))
    c = max(p.c, gap(high, D_MIN))
    assume(Fraction(c) - Fraction(low) <= D_MAX)
    assert not_above(value(p.moved(b=high, c=c)), value(p.moved(b=low, c=c)))


@MANY
@given(home_points(), log_uniform(D_MIN, D_MAX))
def test_increases_in_c(p, d):
    low, high = sorted((p.c, gap(p.b, d)))
    assert not_above(value(p.moved(c=low)), value(p.moved(c=high)))


@MANY
@given(home_points(), unit(), unit())
def test_convex_in_z(p, second, third):
    left, middle, right = sorted({p.z, second, third, 0.0, 1.0})[:3]
    f = [value(p.moved(z=z)) for z in (left, middle, right)]
    w = (Fraction(right) - Fraction(middle)) / (Fraction(right) - Fraction(left))
    chord = w * Fraction(f[0]) + (1 - w) * Fraction(f[2])
    allowed = w * slack(f[0]) + slack(f[1]) + (1 - w) * slack(f[2])
    assert Fraction(f[1]) <= chord + allowed


@MANY
@given(home_points())
def test_above_its_tangent_at_zero(p):
    """Jensen: E[(1-zT)^m] >= (1 - z b/c)^m >= 1 - m z b/c."""
    tangent = 1 - p.m * Fraction(p.z) * Fraction(p.b) / Fraction(p.c)
    f = value(p)
    assert Fraction(f) + slack(f) >= tangent


@MANY
@given(home_points())
def test_symmetric_in_a_and_b(p):
    a, b, c, z = p.arguments
    assert hypgeo.hyp2f1(b, a, c, z) == value(p)


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
@given(p=exact_points())
def test_contiguous_relations(name, p):
    b, c, z = Fraction(p.b), Fraction(p.c), Fraction(p.z)
    if name == "15.5.13":  # b - 1 in the home domain
        assume(b > 1)
    if name in ("15.5.15", "15.5.17"):  # c - 1 > b
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


# Whole arrays -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(home_points(z=st.just(0.5)), st.integers(0, 2**32 - 1))
def test_long_runs_are_as_good_as_single_elements(p, seed):
    """One (a, b, c) along many z goes another way (a table): same bounds, order and values."""
    rng = np.random.default_rng(seed)
    u = rng.random(3000)
    z = np.sort(np.concatenate([u[:1000], u[1000:2000] ** 20, 1 - u[2000:] ** 20, [0.0, 1.0]]))
    f = hypgeo.hyp2f1(-p.m, p.b, p.c, z)
    assert ((f >= 0) & (f <= 1)).all()
    allowed = promise(f) * EPS * f + 2.0**-1074
    assert (f[1:] - allowed[1:] <= f[:-1] + allowed[:-1]).all()
    some = slice(int(rng.integers(0, 50)), None, 50)
    alone = np.array([value(p.moved(z=x)) for x in z[some]])
    assert (np.abs(alone - f[some]) <= 2 * allowed[some]).all()
