"""The functions beside hyp2f1: errors, SciPy's part, methods of plans, other array libraries."""

from __future__ import annotations

import numpy as np
import pytest
from accuracy import ULP32, ulp32_distance
from siblings import CLOSE, COUNTS, FUNCTIONS, assert_close, results

import hypgeo
from hypgeo import _core

pytestmark = pytest.mark.usefixtures("no_floating_point_flag_reaches_numpy")


@pytest.fixture(params=FUNCTIONS)
def name(request):
    return request.param


@pytest.fixture
def function(name):
    return FUNCTIONS[name]


@pytest.fixture
def count(name):
    return COUNTS[name]


class TestErrors:
    @pytest.mark.parametrize("position", range(4))
    @pytest.mark.parametrize(
        ("bad", "words"),
        [
            ("text", "must be a real number or an array of them, got .*'text'"),
            (1j, "must be real, got .*1j.*: complex arguments are not supported"),
            (np.ones(2, np.longdouble), r"must fit into float64.*astype\(float\)"),
        ],
        ids=["str", "complex", "longdouble"],
    )
    def test_operands(self, function, position, bad, words):
        arguments: list = [-3, 1, 2, 0.5]
        arguments[position] = bad
        with pytest.raises(TypeError, match=f"^{'abcz'[position]} {words}"):
            function(*arguments)

    def test_shapes(self, function):
        with pytest.raises(ValueError, match=r"^z of shape \(3,\) does not broadcast with a, b, c"):
            function([-3, -4], 1, 2, np.ones(3))

    def test_out(self, function, count):
        place = r"out\[1\]" if count > 1 else "out"

        def call(out):
            whole = (None, out, *(None,) * (count - 2)) if count > 1 else out
            return function(-3, 1, 2, [0.1, 0.5], out=whole)

        with pytest.raises(ValueError, match=rf"^{place} must have the shape \(2,\) of a, b, c, z"):
            call(np.empty(3))
        with pytest.raises(TypeError, match=f"^{place} must have a floating-point dtype"):
            call(np.empty(2, int))
        with pytest.raises(TypeError, match=f"^{place} must be a NumPy array, got list"):
            call([0.0, 0.0])

    def test_out_must_be_a_tuple_of_as_many(self):
        with pytest.raises(TypeError, match=r"^out must be a tuple of 2, .* for value, error; got"):
            hypgeo.value_and_error(-3, 1, 2, [0.5], out=np.empty(1))
        with pytest.raises(TypeError, match=r"^out must be a tuple of 2, .* got a tuple of 3"):
            hypgeo.log_hyp2f1(-3, 1, 2, [0.5], True, out=(None, None, None))

    def test_where_and_dtype(self, function):
        with pytest.raises(TypeError, match=r"^where must be boolean"):
            function(-3, 1, 2, [0.1, 0.5], where=np.array([0.5, 1.5]))
        with pytest.raises(TypeError, match=r"^dtype must be float64 or float32, got "):
            function(-3, 1, 2, 0.5, dtype=np.int64)
        with pytest.raises(TypeError, match=r"^dtype must be float64 or float32, got "):
            function(-3, 1, 2, 0.5, dtype=np.complex128)


class TestNotTerminating:
    POINT = 0.5, 1.5, 3.0, 0.25

    @pytest.fixture(autouse=True)
    def _scipy(self):
        self.scipy = pytest.importorskip("scipy.special", reason="SciPy is not installed").hyp2f1

    def test_from_scipys_value(self):
        value = self.scipy(*self.POINT)
        assert hypgeo.hyp2f1m1(*self.POINT) == value - 1
        assert_close(hypgeo.log_hyp2f1(*self.POINT, True), (np.log(value), 1))
        found, error = hypgeo.value_and_error(*self.POINT)
        assert found == value
        assert np.isnan(error)

    def test_negative_value(self):
        point = 0.5, -3.5, 0.25, 0.9
        value = self.scipy(*point)
        assert value < 0
        assert_close(hypgeo.log_hyp2f1(*point, True), (np.log(-value), -1))

    def test_derivatives(self):
        a, b, c, z = self.POINT
        found = hypgeo.hyp2f1_derivatives(*self.POINT)
        assert found.value == self.scipy(*self.POINT)
        assert np.isnan(found.d_b)
        assert np.isnan(found.d_c)
        step = 1e-4
        left, right = self.scipy(a, b, c, [z - step, z + step])
        # Differences: the third and fourth derivative are about 1 here, and the rounding of the
        # values is magnified by step^-2.
        np.testing.assert_allclose(found.d_z, (right - left) / (2 * step), rtol=1e-6)
        second = (right - 2 * found.value + left) / step**2
        np.testing.assert_allclose(found.d_zz, second, rtol=1e-5)

    def test_mixed_with_terminating(self, function):
        value = results(function([-3, 0.5, -3], 1.5, 3.0, 0.25))
        for x, y, w in zip(
            value, results(function(-3, 1.5, 3, 0.25)), results(function(*self.POINT)), strict=True
        ):
            np.testing.assert_allclose(x[[0, 2]], [y, y], rtol=CLOSE)
            np.testing.assert_array_equal(x[1], w)


class TestPlan:
    @pytest.mark.parametrize("parameters", [(-70, 1.5, 4.0), (1.5, -70, 4.0)])
    def test_equals_the_functions(self, parameters):
        p, z = hypgeo.plan(*parameters), np.linspace(0, 1, 50)
        expected = hypgeo.hyp2f1_derivatives(*parameters, z)
        np.testing.assert_array_equal(p.derivatives(z), expected)
        assert p.derivatives(z)._fields == expected._fields
        np.testing.assert_array_equal(p.log(z), hypgeo.log_hyp2f1(*parameters, z))
        np.testing.assert_array_equal(p.log(z, True), hypgeo.log_hyp2f1(*parameters, z, True))
        np.testing.assert_array_equal(p.m1(z), hypgeo.hyp2f1m1(*parameters, z))

    def test_float32(self):
        single, double = (hypgeo.plan(-40, 1.1, 2.3, dtype=t) for t in ("f4", "f8"))
        z = np.linspace(0.1, 0.9, 20, dtype=np.float32)
        for found, exact_ in zip(single.derivatives(z), double.derivatives(z), strict=True):
            assert found.dtype == np.float32
            # 1.1 and 2.3 are not rounded to float32 first.
            assert ulp32_distance(found, exact_).max() <= ULP32
        assert type(single.log(0.5)) is np.float32
        assert single.m1(-1e300) == np.inf

    def test_errors_name_z(self):
        p = hypgeo.plan(-3, 1, 2)
        for call in (p.derivatives, p.log, p.m1):
            with pytest.raises(TypeError, match=r"^z must be a real number"):
                call("x")


class TestOtherArrays:
    @pytest.mark.parametrize("function", [hypgeo.hyp2f1m1, hypgeo.log_hyp2f1])
    def test_one_result_passes_through_dask_and_xarray(self, rng, function):
        da = pytest.importorskip("dask.array", reason="dask is not installed")
        xr = pytest.importorskip("xarray", reason="xarray is not installed")
        z = rng.random(50)
        expected = function(-70, 1.5, 4, z)
        lazy = function(-70, 1.5, 4, da.from_array(z, chunks=50))
        assert isinstance(lazy, da.Array)
        np.testing.assert_array_equal(lazy.compute(scheduler="synchronous"), expected)
        labelled = function(-70, 1.5, 4, xr.DataArray(z, dims="z"))
        assert labelled.dims == ("z",)
        np.testing.assert_array_equal(labelled.values, expected)

    def test_any_class_with_array_ufunc(self, function, count):
        class Recorder:
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                assert (method, len(inputs), kwargs) == ("__call__", 4, {})
                return (ufunc.__name__,) * ufunc.nout if ufunc.nout > 1 else ufunc.__name__

        names = set(results(function(-3, 1, 2, Recorder())))
        assert len(names) == 1
        assert hasattr(_core, names.pop())
