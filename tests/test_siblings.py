"""log_hyp2f1, hyp2f1m1, value_and_error, hyp2f1_derivatives: results and ufunc behaviour."""

from __future__ import annotations

import pickle
from fractions import Fraction
from math import log

import numpy as np
import pytest
from accuracy import LONG, ULP32, ulp32_distance
from siblings import CLOSE, COUNTS, FUNCTIONS, assert_close, results

import hypgeo

pytestmark = pytest.mark.usefixtures("no_floating_point_flag_reaches_numpy")

POINTS = [(-1, 3.0, 2.0, 0.5), (-3, 0.5, 2.5, 0.75), (-5, 1.5, 4.0, -2.0), (-8, 2.0, 11.0, 0.25)]


@pytest.fixture(params=FUNCTIONS)
def name(request):
    return request.param


@pytest.fixture
def function(name):
    return FUNCTIONS[name]


@pytest.fixture
def count(name):
    return COUNTS[name]


def exact(a, b, c, z):
    """(F, dF/db, dF/dc, dF/dz, d2F/dz2) of rational arguments, from the terms."""
    b, c, z = Fraction(b), Fraction(c), Fraction(z)
    total = [Fraction(0)] * 5
    coefficient, in_b, in_c = Fraction(1), Fraction(0), Fraction(0)
    for k in range(-a + 1):
        power = [z ** max(k - j, 0) for j in range(3)]
        parts = (1, in_b, -in_c, 0, 0)
        for j, part in enumerate(parts):
            total[j] += coefficient * part * power[0]
        total[3] += coefficient * k * power[1]
        total[4] += coefficient * k * (k - 1) * power[2]
        in_b, in_c = in_b + 1 / (b + k), in_c + 1 / (c + k)
        coefficient *= (a + k) * (b + k) / ((c + k) * (k + 1))
    return total


class TestValues:
    @pytest.mark.parametrize("point", POINTS)
    def test_against_rational_arithmetic(self, point):
        value, *derivatives = exact(*point)
        assert_close(hypgeo.hyp2f1m1(*point), value - 1)
        assert_close(hypgeo.log_hyp2f1(*point), log(value))
        assert_close(hypgeo.log_hyp2f1(*point, return_sign=True), (log(value), 1))
        assert_close(hypgeo.hyp2f1_derivatives(*point), (value, *derivatives))
        found, error = hypgeo.value_and_error(*point)
        assert abs(Fraction(float(found)) - value) <= Fraction(float(error))
        assert error <= CLOSE * abs(value)

    def test_sign_and_zero(self):
        z = [0.0, 1.0, 2.0, 3.0]  # F = 1 - z
        logarithm, sign = hypgeo.log_hyp2f1(-1, 1, 1, z, True)
        np.testing.assert_array_equal(sign, [1, 0, -1, -1])
        np.testing.assert_array_equal(logarithm[:3], [0, -np.inf, 0])
        assert_close(logarithm[3], log(2))
        np.testing.assert_array_equal(hypgeo.log_hyp2f1(-1, 1, 1, z), logarithm)

    def test_near_one(self):
        tiny = hypgeo.hyp2f1m1(-3, 1, 2, 2.0**-600)
        assert_close(tiny, -3 * 2.0**-601)
        assert_close(hypgeo.log_hyp2f1(-3, 1, 2, 2.0**-600), -3 * 2.0**-601)

    def test_one_at_degree_zero(self):
        assert hypgeo.hyp2f1m1(0, 1, 2, 0.5) == 0
        assert hypgeo.log_hyp2f1(0, 1, 2, 0.5) == 0
        assert hypgeo.hyp2f1_derivatives(0, 1, 2, 0.5) == (1, 0, 0, 0, 0)

    def test_value_is_that_of_hyp2f1_within_the_errors(self, rng):
        z = rng.random(700)
        value, error = hypgeo.value_and_error(-4096, 1.5, 4, z)
        assert (np.abs(value - hypgeo.hyp2f1(-4096, 1.5, 4, z)) <= 2 * error).all()


class TestWhichParameterEndsTheSeries:
    def test_b_is_the_degree(self):
        swapped = hypgeo.hyp2f1_derivatives(0.5, -3, 2.5, 0.75)
        straight = hypgeo.hyp2f1_derivatives(-3, 0.5, 2.5, 0.75)
        assert np.isnan(swapped.d_b)
        assert np.isfinite(straight).all()
        for name in ("value", "d_c", "d_z", "d_zz"):
            assert getattr(swapped, name) == getattr(straight, name)

    def test_of_two_integers_a_must_be_the_nearer_to_zero(self):
        d_b = hypgeo.hyp2f1_derivatives([-3, -3, -5], [-5, -3, -3], 2.5, 0.75).d_b
        assert_close(d_b[0], exact(-3, -5, 2.5, 0.75)[1])
        assert np.isfinite(d_b[:2]).all()
        assert np.isnan(d_b[2])

    def test_the_others_do_not_mind(self):
        for function in (hypgeo.hyp2f1m1, hypgeo.log_hyp2f1, hypgeo.value_and_error):
            assert function(0.5, -3, 2.5, 0.75) == function(-3, 0.5, 2.5, 0.75)


class TestUfunc:
    def test_broadcasts(self, function, count):
        a, b = np.array([-3.0, -800.0])[:, None, None], np.array([0.5, 1.0, 7.0])[:, None]
        z = [0.0, 0.1, 0.5, 0.9]
        value = results(function(a, b, 9.5, z))
        assert len(value) == count
        assert {x.shape for x in value} == {(2, 3, 4)}
        alone = results(function(-800, 7, 9.5, 0.5))
        for x, y in zip(value, alone, strict=True):
            np.testing.assert_allclose(x[1, 2, 2], y, rtol=CLOSE)

    def test_scalars(self, function):
        assert {type(x) for x in results(function(-3, 1, 2, 0.5))} == {np.float64}
        single = [np.float32(x) for x in (-3, 1, 2, 0.5)]
        assert {type(x) for x in results(function(*single))} == {np.float32}

    @pytest.mark.parametrize("shape", [(0,), (3, 0)])
    def test_empty(self, function, shape):
        assert {x.shape for x in results(function(-3, 1, 2, np.empty(shape)))} == {shape}

    @pytest.mark.parametrize("n", [9, 700])
    def test_float32_is_the_rounded_double(self, rng, name, function, n):
        arguments = [np.full(n, x, np.float32) for x in (-40, 1.5, 4.25)]
        arguments.append(rng.random(n).astype(np.float32))
        double = results(function(*(x.astype(float) for x in arguments)))
        single = results(function(*arguments))
        if name == "value_and_error":
            error, bound = single[1].astype(float), np.abs(single[0] - double[0]) + double[1]
            assert single[1].dtype == np.float32
            assert (error >= bound).all()
            assert (error <= bound * (1 + 2.0**-22)).all()
            single, double = single[:1], double[:1]
        for x, y in zip(single, double, strict=True):
            assert x.dtype == np.float32
            assert ulp32_distance(x, y).max() <= ULP32

    def test_float32_overflow_is_silent_and_its_error_is_infinite(self):
        arguments = [np.float32(x) for x in (-1000, 300, 400, -1)]
        assert hypgeo.hyp2f1m1(*arguments) == np.inf
        assert 100 < hypgeo.log_hyp2f1(*arguments) < 1000
        assert hypgeo.value_and_error(*arguments) == (np.inf, np.inf)
        assert hypgeo.hyp2f1_derivatives(*arguments).d_z == -np.inf

    def test_any_strides(self, rng, function):
        z = rng.random((40, 30))
        whole = results(function(-300, 1.5, 4, z))
        for view in (np.s_[::-1, ::-2], np.s_[3], np.s_[:, 7]):
            for x, y in zip(results(function(-300, 1.5, 4, z[view])), whole, strict=True):
                np.testing.assert_allclose(x, y[view], rtol=CLOSE)

    @pytest.mark.parametrize("n", [7, LONG])
    def test_out_and_where(self, rng, function, count, n):
        z, mask = rng.random(n), rng.random(n) < 0.6
        expected = results(function(-70, 1.5, 4, z))
        out = tuple(np.full(n, 7.0) for _ in range(count))
        given = out if count > 1 else out[0]
        value = results(function(-70, 1.5, 4, z, out=given, where=mask))
        for x, y, w in zip(value, out, expected, strict=True):
            assert x is y
            assert (x[~mask] == 7).all()
            np.testing.assert_allclose(x[mask], w[mask], rtol=CLOSE)
        # The input may be an output.
        first = (z, *(None,) * (count - 1)) if count > 1 else z
        assert results(function(-70, 1.5, 4, z, out=first))[0] is z
        np.testing.assert_array_equal(z, expected[0])

    def test_dtype(self, function):
        value = results(function(-3, 1, 2, [0.5], dtype=np.float32))
        assert {x.dtype for x in value} == {np.dtype(np.float32)}

    @pytest.mark.parametrize("position", range(4))
    def test_nan_in_nan_out(self, function, position):
        arguments = [np.full(300, x) for x in (-3.0, 1.0, 2.0, 0.5)]
        arguments[position][150] = np.nan
        for x in results(function(*arguments)):
            assert np.isnan(x).sum() == 1
            assert np.isnan(x[150])

    def test_poles_and_infinite_arguments_are_silent(self, function):
        function(-5, 1, -3, 0.5)
        for arguments in [(-3, 1, 2, np.inf), (-3, np.inf, 2, 0.5), (-3, 1, np.inf, 0.5)]:
            function(*arguments)

    def test_pole(self):
        assert hypgeo.hyp2f1m1(-5, 1, -3, 0.5) == np.inf
        assert hypgeo.log_hyp2f1(-5, 1, -3, 0.5, True) == (np.inf, 1)

    def test_subclass(self, function):
        masked = np.ma.masked_array([0.1, 0.2], mask=[True, False])
        for x in results(function(-3, 1, 2, masked)):
            assert x.mask.tolist() == [True, False]

    def test_named_tuples(self):
        value = hypgeo.value_and_error(-3, 1, 2, [0.5])
        assert value._fields == ("value", "error")
        derivatives = hypgeo.hyp2f1_derivatives(-3, 1, 2, [0.5])
        assert derivatives._fields == ("value", "d_b", "d_c", "d_z", "d_zz")
        twin = pickle.loads(pickle.dumps(derivatives))
        assert type(twin) is type(derivatives)
