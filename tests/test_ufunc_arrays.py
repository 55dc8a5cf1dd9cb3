"""Long arrays, threads, other array libraries, and errors that name the argument."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from accuracy import (
    LONG,
    assert_same,
    one_by_one,
)

import hypgeo

pytestmark = pytest.mark.usefixtures("no_floating_point_flag_reaches_numpy")


class TestErrors:
    @pytest.mark.parametrize("name", "abcz")
    @pytest.mark.parametrize(
        ("bad", "error", "words"),
        [
            ("text", TypeError, "must be a (real )?number or an array of them, got .*'text'"),
            (None, TypeError, "must be a (real )?number or an array of them, got None"),
            ([[1, 2], [3]], ValueError, "must be a number or a rectangular array"),
            ([object()], TypeError, "must be a (real )?number or an array of them"),
            (np.array(["2020"], "M8"), TypeError, "must be a (real )?number"),
            (np.ones(2, np.longdouble), TypeError, r"must fit into float64.*astype\(float\)"),
            (np.ones((3, 5)), ValueError, r"of shape \(3, 5\)|does not broadcast"),
        ],
        ids=["str", "None", "ragged", "object", "date", "longdouble", "shape"],
    )
    def test_operands(self, name, bad, error, words):
        arguments = {"a": -3, "b": np.ones(2), "c": 2.0, "z": np.array([0.1, 0.5])}
        arguments[name] = bad
        with pytest.raises(error, match=words) as caught:
            hypgeo.hyp2f1(*arguments.values())
        if error is TypeError:
            assert str(caught.value).startswith(f"{name} must")
        assert name in str(caught.value)

    @pytest.mark.parametrize(
        ("out", "error", "words"),
        [
            (np.empty(3), ValueError, r"^out must have the shape \(2,\) of a, b, c, z"),
            (np.empty(2, int), TypeError, "^out must have a floating-point dtype, got int64"),
            (np.empty(2, bool), TypeError, "^out must have a floating-point dtype, got bool"),
            ([0.0, 0.0], TypeError, "^out must be a NumPy array, got list"),
            ("text", TypeError, "^out must be a NumPy array, got str"),
        ],
        ids=["shape", "int", "bool", "list", "str"],
    )
    def test_out(self, out, error, words):
        with pytest.raises(error, match=words):
            hypgeo.hyp2f1(-3, 1, 2, [0.1, 0.5], out=out)

    def test_read_only_out(self):
        out = np.empty(2)
        out.flags.writeable = False
        with pytest.raises(ValueError, match=r"^out must be writeable"):
            hypgeo.hyp2f1(-3, 1, 2, [0.1, 0.5], out=out)

    def test_where(self):
        out = np.empty(2)
        with pytest.raises(TypeError, match=r"^where must be boolean"):
            hypgeo.hyp2f1(-3, 1, 2, [0.1, 0.5], out=out, where=np.array([0.5, 1.5]))
        with pytest.raises(ValueError, match=r"^where of shape \(3,\) does not broadcast"):
            hypgeo.hyp2f1(-3, 1, 2, [0.1, 0.5], out=out, where=[True, False, True])

    def test_dtype(self):
        with pytest.raises(TypeError, match=r"^dtype must be float64, float32 or complex128"):
            hypgeo.hyp2f1(-3, 1, 2, 0.5, dtype=np.int64)

    @pytest.mark.parametrize("arguments", [(), (-3, 1, 2), (-3, 1, 2, 0.5, None, 7)])
    def test_number_of_arguments(self, arguments):
        with pytest.raises(TypeError, match="hyp2f1"):
            hypgeo.hyp2f1(*arguments)

    def test_a_failed_call_writes_no_warning_and_leaves_the_next_alone(self):
        with pytest.raises(TypeError):
            hypgeo.hyp2f1("x", 1, 2, 0.5)
        assert hypgeo.hyp2f1(-3, 1, 2, 1) == 0.25


class TestLongArrays:
    @pytest.mark.parametrize("a", [-1.0, -30.0, -4096.0, -1e9])
    @pytest.mark.parametrize("b", [0.5, 1.0, 25.0, 1000.0])
    def test_equal_short_ones_within_the_error(self, rng, a, b):
        z = rng.random(LONG)
        for parameters in [(a, b, b + 1.5), (np.full(LONG, a), b, np.full(LONG, b + 1.5))]:
            whole = hypgeo.hyp2f1(*parameters, z)
            pieces = [hypgeo.hyp2f1(a, b, b + 1.5, z[i : i + 100]) for i in range(0, LONG, 100)]
            assert_same(whole, np.concatenate(pieces))

    def test_strided_and_float32_take_the_same_way(self, rng):
        z = rng.random(2 * LONG)
        np.testing.assert_array_equal(
            hypgeo.hyp2f1(-4096, 1, 2, z[::2]), hypgeo.hyp2f1(-4096, 1, 2, z[::2].copy())
        )

    def test_parameters_that_vary_at_the_first_or_last_element_only(self, rng):
        z = rng.random(LONG)
        for position in (0, 1, LONG - 2, LONG - 1):
            a = np.full(LONG, -4096.0)
            a[position] = -7
            value = hypgeo.hyp2f1(a, 1.0, 2.0, z)
            assert_same(value[position], hypgeo.hyp2f1(-7.0, 1.0, 2.0, z[position]))
            rest = np.delete(z, position)[:50]
            assert_same(np.delete(value, position)[:50], one_by_one(-4096, 1, 2, rest))

    def test_negative_zero_and_swapped_parameters(self, rng):
        z = rng.random(LONG)
        np.testing.assert_array_equal(hypgeo.hyp2f1(-0.0, 1, 2, z), np.ones(LONG))
        np.testing.assert_array_equal(
            hypgeo.hyp2f1(1.5, -700, 2.5, z), hypgeo.hyp2f1(-700, 1.5, 2.5, z)
        )


def test_threads_give_identical_results(rng):
    """More distinct (a, b, c) than the cache of tables holds, from all threads at once."""
    z = rng.random(LONG)
    cases = [(-float(m), 1.5, 2.5 + m % 3) for m in range(40, 1000, 40)]
    expected = [hypgeo.hyp2f1(*case, z) for case in cases]
    failures: list = []

    def work(shift: int) -> None:
        for i in range(len(cases)):
            j = (i * 7 + shift) % len(cases)
            if not np.array_equal(hypgeo.hyp2f1(*cases[j], z), expected[j]):
                failures.append(cases[j])

    threads = [threading.Thread(target=work, args=(3 * k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


class TestOtherArrays:
    def test_dask(self, rng):
        da = pytest.importorskip("dask.array", reason="dask is not installed")
        z = rng.random((60, 50))
        expected = hypgeo.hyp2f1(-4096, 1.5, 4, z)
        for a in (-4096, np.full(50, -4096.0)):
            lazy = hypgeo.hyp2f1(a, 1.5, 4, da.from_array(z, chunks=(20, 25)))
            assert isinstance(lazy, da.Array)
            assert lazy.dtype == np.float64
            assert_same(lazy.compute(scheduler="threads", num_workers=2), expected)

    def test_xarray(self, rng):
        xr = pytest.importorskip("xarray", reason="xarray is not installed")
        z = xr.DataArray(rng.random(5), dims="z", coords={"z": np.arange(5)})
        m = xr.DataArray([-3.0, -9.0], dims="m")
        value = hypgeo.hyp2f1(m, 1.0, 2.0, z)
        assert value.dims == ("m", "z")
        assert_same(value.values, hypgeo.hyp2f1(m.values[:, None], 1.0, 2.0, z.values))
        assert (value.coords["z"] == z.coords["z"]).all()

    def test_any_class_with_array_ufunc(self):
        class Recorder:
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return ufunc.__name__, method, len(inputs), kwargs

        for position in range(4):
            arguments: list = [-3, 1, 2, 0.5]
            arguments[position] = Recorder()
            name, method, count, kwargs = hypgeo.hyp2f1(*arguments)
            assert (name, method, count, kwargs) == ("hyp2f1", "__call__", 4, {})

        class Refuses:
            __array_ufunc__ = None

        with pytest.raises(TypeError):
            hypgeo.hyp2f1(-3, 1, 2, Refuses())


def test_same_bits_each_time():
    """Elements that take 100 ms do not change which others are computed side by side."""
    rng = np.random.default_rng(0)
    n = 600
    m, b, z = 10.0 ** rng.uniform(2, 4, n), 10.0 ** rng.uniform(-3, 1, n), rng.random(n)
    c = b + 10.0 ** rng.uniform(0, 3, n)
    slow = np.arange(n) < 20
    a, b = -np.floor(np.where(slow, 2e5, m)), np.where(slow, 1.3e5, b)
    c = np.where(slow, -2.5e5 + 0.3 * np.arange(n), c)
    first = hypgeo.hyp2f1(a, b, c, z)
    for _ in range(3):
        np.testing.assert_array_equal(hypgeo.hyp2f1(a, b, c, z), first)
