"""The exact reference: closed forms, exact rationals, forms against one another, the tables."""

from __future__ import annotations

import csv
import importlib
import math
import random
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

flint = pytest.importorskip("flint", reason="the exact reference needs python-flint")
mpmath = pytest.importorskip("mpmath", reason="the exact reference needs mpmath")

from hypgeo import reference  # noqa: E402
from hypgeo._reference_general import SERIES  # noqa: E402
from hypgeo._reference_rational import exact  # noqa: E402

TABLES = Path(__file__).parent / "tables"
# The text of a table carries 30 digits, rounded: half a unit of the 30th at worst 5e-30.
TABLE_ERROR = mpmath.mpf("5.1e-30")
# What `digits=30` promises, with the margin of the agreement test.
PROMISE = mpmath.mpf("1e-30")
SAMPLE = 150
M_MAX = 2**53
NEAR_ONE = 1 - 2.0**-53


def error(value, truth) -> mpmath.mpf:
    """Relative error against a rational or an mpf, at 60 digits."""
    with mpmath.workdps(60):
        if isinstance(truth, Fraction):
            truth = mpmath.mpf(truth.numerator) / truth.denominator
        return abs(value / truth - 1) if truth else abs(value)


def rational(m, b, c, z) -> Fraction:
    """The sum itself, in Fractions."""
    b, c, z = Fraction(b), Fraction(c), Fraction(z)
    term = total = Fraction(1)
    for k in range(m):
        term = term * (k - m) * (b + k) * z / ((c + k) * (k + 1))
        total += term
    return total


@pytest.mark.parametrize("m", [0, 1, 2, 3, 17])
@pytest.mark.parametrize(
    ("b", "c", "z"),
    [
        (1.0, 2.0, 0.5),
        (1e-8, 2e-8, NEAR_ONE),
        (1e6, 1.01e8, 0.3),
        (0.1, 0.7, 5e-324),
        (2.5, 3.25, 1.0),
        (2.5, 0.3, -7.1),
        (0.3, 2.5, -1e300),
        (-3.7, 2.2, 1.9),
        (0.3, -20.0, 4.0),
        (-2.5, -0.5, 0.25),
    ],
)
def test_low_degrees_equal_the_rational_sum(m, b, c, z):
    truth = rational(m, b, c, z)
    assert error(reference.hyp2f1(-m, b, c, z), truth) < PROMISE
    try:
        nearest = float(truth)
    except OverflowError:
        nearest = math.copysign(math.inf, 1 if truth > 0 else -1)
    assert reference.hyp2f1_float(-m, b, c, z) == nearest


def test_binary_splitting_equals_the_rational_sum():
    args = (41, Fraction(7, 3), Fraction(-83, 2), Fraction(9, 5))
    assert exact(*args) == (rational(*args), 0)


@pytest.mark.parametrize("m", [1, 64, 10_001, 10**9, 10**12, M_MAX - 1, M_MAX])
@pytest.mark.parametrize("z", [5e-324, 1e-300, 2.0**-53, 1e-9, 1e-4, 0.3, 0.9, NEAR_ONE, 1.0])
def test_closed_form_at_b_1_c_2(m, z):
    """(1 - (1-z)^(m+1)) / ((m+1) z)."""
    with mpmath.workdps(60):
        if z == 1:
            truth = mpmath.mpf(1) / (m + 1)
        else:
            truth = -mpmath.expm1((m + 1) * mpmath.log1p(-mpmath.mpf(z))) / (
                (m + 1) * mpmath.mpf(z)
            )
    assert error(reference.hyp2f1(-m, 1, 2, z), truth) < PROMISE


@pytest.mark.parametrize("m", [1, 50, 3000, 10**10, M_MAX])
@pytest.mark.parametrize(("b", "d"), [(1e-8, 1e-8), (0.5, 3.0), (1e6, 1e-3), (4.0, 1e8)])
def test_z_1_is_the_pochhammer_ratio(m, b, d):
    c = b + d
    with mpmath.workdps(80):
        gap = mpmath.mpf(c) - mpmath.mpf(b)
        logs = [mpmath.loggamma(x) for x in (gap + m, gap, mpmath.mpf(c) + m, mpmath.mpf(c))]
        truth = mpmath.exp(logs[0] - logs[1] - logs[2] + logs[3])
    assert error(reference.hyp2f1(-m, b, c, 1.0), truth) < PROMISE


FORM_POINTS = [
    (25, 0.5, 1.25, 0.4),
    (300, 3.5, 5.0, 0.9),
    (300, 1e-8, 2e-8, 0.3),
    (1000, 900.0, 1000.5, 0.6),
    (10**6, 2.5, 7.0, 1e-3),
    (10**12, 0.7, 30.0, 0.5),
    (400, 0.7, 30.0, -2.5),
    (400, 30.0, 0.7, -2.5),
    (200, 1e-7, 1e-8, -1e-3),
    (10**10, 300.0, 2.0, -1e-6),
    (700, 2.5, 2.5, 0.3),
    (90, -2.5, 3.3, 1.7),
]


@pytest.mark.parametrize(("m", "b", "c", "z"), FORM_POINTS)
def test_every_form_gives_the_same_value(m, b, c, z):
    value = reference.hyp2f1(-m, b, c, z)
    names = reference.form_names(-m, b, c, z)
    if m > 2000:
        names = [name for name in names if name not in {*SERIES, "recurrence"}]
    compared = 0
    for name in names:
        try:
            other = reference.hyp2f1_form(name, -m, b, c, z, digits=32)
        except ArithmeticError:
            continue
        assert error(other, value) < PROMISE, name
        compared += 1
    assert compared >= 2


def test_every_form_is_compared_somewhere():
    names = {name for m, b, c, z in FORM_POINTS for name in reference.form_names(-m, b, c, z)}
    assert names == {
        *("pfaff", "reflected", "euler", "positive", "contour"),
        *("direct", "one_minus_z", "pfaff_series", "recurrence", "power", "power_by_log"),
    }


@pytest.mark.parametrize("digits", [3, 15, 30, 60, 200])
def test_more_digits_refine_the_same_value(digits):
    best = reference.hyp2f1(-12_345, 0.7, 2.9, 0.123, digits=220)
    with mpmath.workdps(240):
        gap = abs(reference.hyp2f1(-12_345, 0.7, 2.9, 0.123, digits=digits) / best - 1)
        assert gap < mpmath.mpf(10) ** -digits


@pytest.mark.parametrize(("name", "size"), [("home.csv", 2500), ("negative_z.csv", 500)])
def test_tables_are_reproduced(name, size):
    with (TABLES / name).open(encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > size
    for row in random.Random(len(rows)).sample(rows, SAMPLE):
        b, c, z = (float(row[key]) for key in ("b", "c", "z"))
        with mpmath.workdps(40):
            tabulated = mpmath.mpf(row["value"])
        assert error(reference.hyp2f1(-int(row["m"]), b, c, z), tabulated) < TABLE_ERROR, row


def test_arguments_are_exact_in_every_type():
    want = reference.hyp2f1(-7, Fraction(1, 4), Fraction(3, 2), Fraction(1, 8))
    for made in (float, np.float64, np.float32, mpmath.mpf, str):
        b, c, z = made(0.25), made(1.5), made(0.125)
        assert reference.hyp2f1(-7, b, c, z) == want
    assert reference.hyp2f1(np.int64(-7), 0.25, 1.5, 0.125) == want
    assert reference.hyp2f1(0.25, -7, 1.5, 0.125) == want
    tenth = reference.hyp2f1(-1, "1/10", 1, 1)
    assert error(tenth, Fraction(9, 10)) < PROMISE


def test_exact_zeros_and_ones():
    assert reference.hyp2f1(-1, 2, 1, 0.5) == 0
    assert reference.hyp2f1(-5, 3, 1, 1) == 0
    assert reference.hyp2f1(-(2**53), 3, 3, 1) == 0
    assert reference.hyp2f1(-(2**53), 3, 9, 0) == 1
    assert reference.hyp2f1(0, 3, 9, 7) == 1
    assert reference.hyp2f1(-9, 0, 9, 7) == 1


def test_lower_degree_terminates_and_c_minus_n_truncates():
    """DLMF 15.2.5: with c = -n the sum stops at m <= n."""
    assert reference.hyp2f1(-9, -2, -4, 1.5) == reference.hyp2f1(-2, -9, -4, 1.5)
    assert error(reference.hyp2f1(-3, 2, -3, 0.5), rational(3, 2, -3, 0.5)) < PROMISE


def test_a_pole_is_infinite():
    """C = -n with n < m, except at z = 0 and where b = 0 leaves one term."""
    assert reference.hyp2f1(-5, 2, -3, 0.5) == mpmath.inf
    assert reference.hyp2f1_float(-5, 2, -3, 0.5) == math.inf
    assert reference.hyp2f1(-5, 2, -3, 0) == 1
    assert reference.hyp2f1(-5, 0, -3, 0.5) == 1
    with pytest.raises(ValueError, match="c=-3 is a pole"):
        reference.hyp2f1_form("direct", -5, 2, -3, 0.5)


def test_float_is_rounded_once():
    # 1 - z/2 with z = 2^-52 is exact; with z = 2^-53 it is a tie, to even.
    assert reference.hyp2f1_float(-1, 1, 2, 2.0**-52) == NEAR_ONE
    assert reference.hyp2f1_float(-1, 1, 2, 2.0**-53) == 1.0
    assert reference.hyp2f1_float(-(10**9), 1e6, 2e6, 1.0) == 0.0
    assert reference.hyp2f1_float(-(10**9), 3.0, 2.0, -5.0) == math.inf
    assert reference.hyp2f1_float(-3, 1e200, 1.0, 1e100) == -math.inf
    small = reference.hyp2f1_float(-(2**40), 28.5, 29.0, 0.75)
    assert 0 < small < sys.float_info.min  # subnormal
    assert small == float(reference.hyp2f1(-(2**40), 28.5, 29.0, 0.75, digits=60))


def test_array_gives_pairs():
    m = np.array([[-3.0], [-1000.0]])
    z = np.array([0.0, 0.25, 1.0, np.nan])
    hi, lo = reference.hyp2f1_array(m, 0.3, 1.7, z)
    assert hi.shape == lo.shape == (2, 4)
    assert np.isnan(hi[:, 3]).all()
    assert np.isnan(lo[:, 3]).all()
    for i, j in np.ndindex(2, 3):
        value = reference.hyp2f1(m[i, 0], 0.3, 1.7, z[j], digits=40)
        with mpmath.workdps(50):
            assert abs((mpmath.mpf(hi[i, j]) + lo[i, j]) / value - 1) < 1e-31
        assert hi[i, j] == reference.hyp2f1_float(m[i, 0], 0.3, 1.7, z[j])


@pytest.mark.parametrize(
    ("args", "kind", "words"),
    [
        ((-1.5, 2, 3, 0.5), ValueError, "a .or b. must be a nonpositive integer"),
        ((-5, 2, 3, math.nan), ValueError, "z must be a finite real"),
        ((-5, 2, math.inf, 1), ValueError, "c must be a finite real"),
        ((-5, "two", 3, 1), ValueError, "b must be a finite real"),
        ((-5, 2j, 3, 1), TypeError, "b must be a real number"),
        ((-(10**9), 2.5, 3.5, 1.5), ArithmeticError, "fewer than two forms"),
    ],
)
def test_errors_name_the_argument(args, kind, words):
    with pytest.raises(kind, match=words):
        reference.hyp2f1(*args)


def test_bad_digits_and_bad_form():
    with pytest.raises(ValueError, match="digits must be at least 1"):
        reference.hyp2f1(-1, 1, 2, 0.5, digits=0)
    with pytest.raises(ValueError, match="name must be one of"):
        reference.hyp2f1_form("contour", -1, 1, 2, 0.5)


def test_without_flint_the_error_says_what_to_install(monkeypatch):
    for name in list(sys.modules):
        if name.startswith(("hypgeo.reference", "hypgeo._reference")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(ImportError, match=r"pip install hypgeo\[reference\]"):
        importlib.import_module("hypgeo.reference")


def test_negative_mpf_arguments():
    """Multiprecision numbers keep their sign: 1 + 3/4 + 1/4 + 1/32."""
    assert reference.hyp2f1_float(-3, 1, 2, mpmath.mpf(-0.5)) == 2.03125
