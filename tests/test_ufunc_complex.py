"""hyp2f1 of complex z: types, special values, and what it hands to SciPy."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from accuracy import EPS, LONG, assert_same

import hypgeo

pytestmark = pytest.mark.usefixtures("no_floating_point_flag_reaches_numpy")

#: 16 eps kappa is promised; kappa < 40 at the low degrees taken here.
CLOSE = 640 * EPS


def exact(a, b, c, z):
    """2F1(a, b; c; z) as two rationals, its real and imaginary part, by Horner's rule."""
    b, c = Fraction(b), Fraction(c)
    x, y = Fraction(float(np.real(z))), Fraction(float(np.imag(z)))
    real, imag = Fraction(1), Fraction(0)
    for k in reversed(range(-a)):
        ratio = (a + k) * (b + k) / ((c + k) * (k + 1))
        real, imag = 1 + ratio * (real * x - imag * y), ratio * (real * y + imag * x)
    return complex(float(real), float(imag))


def assert_close(value, expected):
    np.testing.assert_array_less(np.abs(np.subtract(value, expected)), CLOSE * np.abs(expected))


@pytest.fixture
def z(rng):
    """Circles around 0 and 1."""
    turn = np.exp(2j * np.pi * rng.random(40))
    return np.concatenate([0.7 * turn, 2 * turn, 1 + 0.2 * turn])


class TestValues:
    @pytest.mark.parametrize("parameters", [(-1, 3.0, 2.0), (-4, 0.5, 2.5), (-9, 1.5, -20.5)])
    def test_against_rational_arithmetic(self, parameters, z):
        assert_close(hypgeo.hyp2f1(*parameters, z), [exact(*parameters, x) for x in z])

    def test_conjugates(self, z):
        value = hypgeo.hyp2f1(-6, 1.5, 4, z)
        np.testing.assert_array_equal(hypgeo.hyp2f1(-6, 1.5, 4, z.conj()), value.conj())

    @pytest.mark.parametrize("n", [1, 300, LONG])
    def test_no_imaginary_part_is_the_real_function(self, rng, n):
        x = rng.uniform(-0.1, 1, n)
        a, b = -rng.integers(0, 5000, n).astype(float), rng.uniform(0.1, 9, n)
        value = hypgeo.hyp2f1(a, b, b + 1.5, x + 0j)
        assert value.dtype == np.complex128
        assert (value.imag == 0).all()
        assert_same(value.real, hypgeo.hyp2f1(a, b, b + 1.5, x))

    def test_real_and_complex_z_may_mix(self, rng):
        z = rng.random(600) + 1j * (rng.random(600) * (np.arange(600) % 3 == 0))
        value = hypgeo.hyp2f1(-7, 1.5, 4, z)
        assert_close(value, [exact(-7, 1.5, 4, x) for x in z])

    def test_either_parameter_may_end_the_series(self, z):
        np.testing.assert_array_equal(hypgeo.hyp2f1(1.5, -6, 4, z), hypgeo.hyp2f1(-6, 1.5, 4, z))
        assert_close(hypgeo.hyp2f1(-9, -2, 4, z), [exact(-2, -9, 4, x) for x in z])


class TestTypes:
    @pytest.mark.parametrize("types", list(itertools.product("?bhilefd", "FDfd")))
    def test_result_type_is_scipys(self, types):
        special = pytest.importorskip("scipy.special", reason="SciPy is not installed")
        first, last = (np.dtype(t) for t in types)
        arguments = [np.zeros(2, first), np.ones(2, first), np.ones(2, first), np.ones(2, last)]
        assert hypgeo.hyp2f1(*arguments).dtype == special.hyp2f1(*arguments).dtype

    def test_scalars(self):
        assert type(hypgeo.hyp2f1(-3, 1, 2, 0.5j)) is np.complex128
        single = [np.float32(x) for x in (-3, 1, 2)]
        assert type(hypgeo.hyp2f1(*single, np.complex64(0.5j))) is np.complex64
        assert type(hypgeo.hyp2f1(-3, 1, 2, 0.5)) is np.float64

    def test_complex64_is_rounded_once(self, z):
        single = [np.float32(x) for x in (-40, 1.3, 4.7)]
        z = z.astype(np.complex64)
        value = hypgeo.hyp2f1(*single, z)
        double = hypgeo.hyp2f1(*map(float, single), z.astype(np.complex128))
        np.testing.assert_array_equal(value, double.astype(np.complex64))

    def test_dtype_asks_for_complex_results(self):
        value = hypgeo.hyp2f1(-3, 1, 2, [0.5], dtype=np.complex128)
        assert value.dtype == np.complex128
        assert value == hypgeo.hyp2f1(-3, 1, 2, 0.5)


class TestMemory:
    def test_strides_out_and_where(self, z):
        expected = hypgeo.hyp2f1(-6, 1.5, 4, z)
        np.testing.assert_array_equal(hypgeo.hyp2f1(-6, 1.5, 4, z[::-3]), expected[::-3])
        out, mask = np.full(z.size, 7j), np.arange(z.size) % 2 == 0
        assert hypgeo.hyp2f1(-6, 1.5, 4, z, out=out, where=mask) is out
        np.testing.assert_array_equal(out, np.where(mask, expected, 7j))
        assert hypgeo.hyp2f1(-6, 1.5, 4, z, out=z) is z
        np.testing.assert_array_equal(z, expected)

    def test_overlap(self, z):
        expected = hypgeo.hyp2f1(-6, 1.5, 4, z[:-1])
        hypgeo.hyp2f1(-6, 1.5, 4, z[:-1], out=z[1:])
        np.testing.assert_array_equal(z[1:], expected)

    def test_complex64_out_is_rounded_once(self, z):
        out = np.empty(z.size, np.complex64)
        hypgeo.hyp2f1(-6, 1.5, 4, z, out=out)
        np.testing.assert_array_equal(out, hypgeo.hyp2f1(-6, 1.5, 4, z).astype(np.complex64))

    def test_real_z_into_complex_out(self):
        out = np.empty(2, complex)
        hypgeo.hyp2f1(-3, 1, 2, [0.25, 0.5], out=out)
        np.testing.assert_array_equal(out, hypgeo.hyp2f1(-3, 1, 2, [0.25, 0.5]))

    def test_broadcasting_and_empty(self, z):
        a = np.array([[-3.0], [-5.0]])
        assert hypgeo.hyp2f1(a, 1.5, 4, z).shape == (2, z.size)
        assert hypgeo.hyp2f1(a, 1.5, 4, np.empty((2, 0), complex)).shape == (2, 0)


class TestSpecialValues:
    @pytest.mark.parametrize("bad", [complex(np.nan, 0), complex(0, np.nan), complex(np.nan, 1)])
    def test_nan_z(self, bad):
        value = hypgeo.hyp2f1(-3, 1, 2, np.array([0.5j, bad, 0.5]))
        assert np.isnan(value.real).tolist() == [False, True, False]
        assert np.isnan(value.imag).tolist() == [False, True, False]
        assert np.isnan(hypgeo.hyp2f1(0, 1, 2, bad))

    @pytest.mark.parametrize("position", range(3))
    def test_nan_parameter(self, position):
        parameters = [-3.0, 1.0, 2.0]
        parameters[position] = np.nan
        value = hypgeo.hyp2f1(*parameters, 0.5j)
        assert np.isnan(value.real)
        assert np.isnan(value.imag)

    def test_infinite_arguments_are_silent(self):
        for x, y in itertools.product([-np.inf, 0.5, np.inf], repeat=2):
            hypgeo.hyp2f1(-3, 1, 2, complex(x, y))

    def test_zero_degree(self):
        assert hypgeo.hyp2f1(0, 1, 2, 3j) == 1


class TestNotTerminating:
    @pytest.fixture(autouse=True)
    def _scipy(self):
        self.scipy = pytest.importorskip("scipy.special", reason="SciPy is not installed").hyp2f1

    def test_equals_scipy(self, rng):
        a, b, c = rng.uniform(0.1, 3, 300), rng.uniform(-0.9, 3, 300), rng.uniform(3, 9, 300)
        z = rng.uniform(-0.9, 0.9, 300) + 1j * rng.uniform(-0.5, 0.5, 300)
        np.testing.assert_array_equal(hypgeo.hyp2f1(a, b, c, z), self.scipy(a, b, c, z))
        a[::2] = -4
        value = hypgeo.hyp2f1(a, b, c, z)
        np.testing.assert_array_equal(value[1::2], self.scipy(a, b, c, z)[1::2])
        assert_close(value[::2], [exact(-4, *x) for x in zip(b[::2], c[::2], z[::2], strict=True)])

    def test_the_cut_is_scipys(self):
        value = hypgeo.hyp2f1(0.5, 1.5, 3.0, 2 + 0j)
        assert value == self.scipy(0.5, 1.5, 3.0, 2 + 0j)
        assert value.imag != 0


class TestErrors:
    @pytest.mark.parametrize("name", "abc")
    def test_parameters_must_be_real(self, name):
        arguments = {"a": -3, "b": 1, "c": 2, "z": 0.5j}
        arguments[name] = 1j
        words = f"^{name} must be real, got .*1j.*: only z may be complex"
        with pytest.raises(TypeError, match=words):
            hypgeo.hyp2f1(*arguments.values())

    def test_too_large_a_type(self):
        words = r"^z must fit into complex128.*astype\(complex\)"
        with pytest.raises(TypeError, match=words):
            hypgeo.hyp2f1(-3, 1, 2, np.ones(2, np.clongdouble))

    def test_real_out_or_dtype_for_complex_z(self):
        with pytest.raises(TypeError, match=r"^out must have a complex dtype, got float64"):
            hypgeo.hyp2f1(-3, 1, 2, [0.5j], out=np.empty(1))
        with pytest.raises(TypeError, match=r"^dtype must be complex128 for complex z"):
            hypgeo.hyp2f1(-3, 1, 2, [0.5j], dtype=np.float64)
