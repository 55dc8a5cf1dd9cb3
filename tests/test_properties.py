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
    MANY,
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
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hypgeo

reference = pytest.importorskip("hypgeo.reference", reason="needs the exact reference")

SOME = settings(max_examples=120)  # where the exact reference is asked


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
    assume(len({p.z, second, third}) == 3)
    left, middle, right = sorted((p.z, second, third))
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
