"""Shapes, strides, types, order of threads, errors: the GPU kernels as g++ compiles them."""

from __future__ import annotations

import ctypes

import emulated
import numpy as np
import pytest
from accuracy import EPS, assert_same, one_by_one, read_table, ulp32_distance
from backends import BASELINES

from hypgeo.gpu import METHODS, OPERATIONS, _evaluate, _launch, dispatch
from hypgeo.gpu._call import Call, Strided, make_call

pytestmark = pytest.mark.skipif(emulated.reason() is not None, reason=str(emulated.reason()))


def value(*arguments, method="varying", **frame):
    return emulated.evaluate("hyp2f1", *arguments, method, **frame)[0]


def test_python_and_cpp_have_one_layout():
    assert emulated.library().call_bytes() == ctypes.sizeof(Call)


@pytest.mark.parametrize("method", ["varying", "plan"])
def test_strides_and_broadcasting(rng, method):
    z = rng.random((6, 5, 8))
    views = [z, z[::2], z[:, ::-1], z.transpose(2, 0, 1), z[:, :1], z[1:1], z[..., 3]]
    for view in views:
        got = value(-100, 1.0, 2.5, view, method=method)
        assert got.shape == view.shape
        assert_same(got, one_by_one(-100.0, 1.0, 2.5, view))
    a = -np.array([3, 70, 1000])[:, None, None]
    b, c = rng.random((4, 1)) + 0.5, rng.random(5) + 2.0
    got = value(a, b, c, 0.3)
    assert got.shape == (3, 4, 5)
    assert_same(got, one_by_one(a, b, c, 0.3))


def test_integers_and_both_precisions(rng):
    z = rng.random(50)
    m = rng.integers(1, 300, 50)
    expected = one_by_one(-m, 1.25, 3.0, z)
    for kind in (np.int64, np.int32, np.float64, np.float32):
        assert_same(value(-m.astype(kind), 1.25, 3.0, z), expected)
    single = z.astype(np.float32)
    assert value(-m, 1.25, 3.0, single).dtype == np.float32
    assert value(-m, np.full(50, 1.25), 3.0, single).dtype == np.float64


def test_what_ends_the_series(rng):
    a = np.array([-3.0, 0.5, -7.0, -2.0, 0.0, 0.5, np.nan, -3.5])
    b = np.array([1.0, -4.0, -3.0, -5.0, 2.0, 0.5, 1.0, np.nan])
    got = value(a, b, 2.5, 0.25)
    ends = ~np.isnan([1, 1, 1, 1, 1, np.nan, np.nan, np.nan])
    assert np.all(np.isnan(got[~ends]))
    assert_same(got[ends], one_by_one(a[ends], b[ends], 2.5, 0.25))
    d_b = emulated.evaluate("hyp2f1_derivatives", a, b, 2.5, 0.25)[1]
    np.testing.assert_array_equal(np.isnan(d_b), [0, 1, 1, 0, 0, 1, 1, 1])


def test_b_that_ends_the_series_has_tables_too(rng):
    z = rng.random(3000)
    assert_same(value(1.5, -200, 4.0, z, method="plan"), value(-200, 1.5, 4.0, z))


@pytest.mark.parametrize("operation", [x for x in OPERATIONS if x != "log_hyp2f1_and_sign"])
def test_every_result_is_written_whatever_the_order(operation):
    t = read_table("home")
    some = slice(None, None, 5)
    arguments = [x[some] for x in (-t.m, t.b, t.c, t.z)]
    first, *others = (
        emulated.evaluate(operation, *arguments, order=order) for order in emulated.ORDERS
    )
    for other in others:
        for x, y in zip(first, other, strict=True):
            np.testing.assert_array_equal(x, y)
    assert not np.isnan(first[0]).any()


@pytest.mark.parametrize("method", ["plan", *BASELINES])
def test_methods_whatever_the_order(method, rng):
    z = rng.random(200) * 0.9 + 0.05
    first, *others = (
        value(-130, 1.5, 4.0, z, method=method, order=order) for order in emulated.ORDERS
    )
    for other in others:
        np.testing.assert_array_equal(first, other)


def test_shared_points_change_nothing(rng):
    """Where b is a number, the points of the trapezoidal rule are made once for a block."""
    z, c = rng.uniform(0.15, 0.4, 300), rng.uniform(20, 60, 300)
    assert_same(value(-400, 7.5, c, z), value(-400, np.full(300, 7.5), c, z))


def test_tables_in_shared_and_in_global_memory(rng, monkeypatch):
    z = rng.random(5000)
    wide = value(-512, 1.0, 2.0, z, method="plan")
    single = value(-512, 1.0, 2.0, z.astype(np.float32), method="plan")
    monkeypatch.setattr(_launch, "SHARED_FROM", 1)
    frame = emulated.EmulatedFrame()
    for arguments, expected in ((z, wide), (z.astype(np.float32), single)):
        (got,) = _evaluate.evaluate(frame, "hyp2f1", -512, 1.0, 2.0, arguments, "plan")
        # In float32 the two have different numbers of coefficients.
        assert np.all(ulp32_distance(got, expected) <= 1)
        assert got.dtype == np.float32 or np.array_equal(got, expected)
    assert frame.launched[::2] == ["hypgeo_plan_float64", "hypgeo_plan_float32"]


def test_completion_leaves_the_rest_alone(rng):
    z = rng.random(700)
    result = np.where(z < 0.3, np.nan, 7.0)
    _evaluate.complete(emulated.EmulatedFrame(), "hyp2f1", [result], -50, 1.0, 2.0, z)
    assert np.all(result[z >= 0.3] == 7.0)
    assert_same(result[z < 0.3], one_by_one(-50, 1.0, 2.0, z[z < 0.3]))


def test_completion_looks_where_flags_are(rng):
    z, run = rng.random(700), 128
    flags = np.array([0, 1, 0, 0, 7, 0], np.int32)
    result = np.full(700, np.nan)
    frame = emulated.EmulatedFrame(processors=1)
    before, _launch.MOST_TILE = _launch.MOST_TILE, run
    try:
        _evaluate.complete(frame, "hyp2f1", [result], -50, 1.0, 2.0, z, flags=flags, run=run)
    finally:
        _launch.MOST_TILE = before
    np.testing.assert_array_equal(~np.isnan(result), np.repeat(flags != 0, run)[:700])


@pytest.mark.parametrize("method", ["plan", "varying"])
def test_weights(rng, method):
    """A weight of any strides, also where a plan leaves elements to the second kernel."""
    z = rng.random((4, 700)) * 1.2 - 0.1
    weights = [rng.standard_normal((700, 4)).T, np.broadcast_to(2.5, z.shape)]
    plain = value(-100, 1.0, 2.5, z, method=method)
    for weight in weights:
        frame = emulated.EmulatedFrame()
        (got,) = _evaluate.evaluate(
            frame, "hyp2f1", -100, 1.0, 2.5, z, method, weight=weight, scale=-0.5
        )
        np.testing.assert_allclose(got, plain * weight * -0.5, rtol=4 * EPS, atol=0)


def test_weights_that_do_not_fit(rng):
    z, frame = rng.random(5), emulated.EmulatedFrame()
    with pytest.raises(ValueError, match=r"weight must have the shape \(5,\) of the result"):
        _evaluate.evaluate(frame, "hyp2f1", -3, 1.0, 2.0, z, "auto", weight=rng.random(4))
    with pytest.raises(TypeError, match="weight must be a NumPy array"):
        _evaluate.evaluate(frame, "hyp2f1", -3, 1.0, 2.0, z, "auto", weight=2.0)


def test_slopes_are_those_of_all_derivatives():
    columns = read_table("home")
    arguments = (-columns.m, columns.b, columns.c, columns.z)
    whole = emulated.evaluate("hyp2f1_derivatives", *arguments)
    for got, expected in zip(
        emulated.evaluate("slopes_in_c_and_z", *arguments), whole[2:4], strict=True
    ):
        np.testing.assert_allclose(got, expected, rtol=4 * EPS, atol=0)


def test_no_index_is_cut_to_32_bits():
    big = 3 * 2**31 + 5
    operand = Strided("float64", 0, (big * 24, 24, 8))
    call = make_call((4, big, 3), [operand, Strided("float64", 0, (0, 8, 0))] * 2, [0], "float64")
    assert call.count == 12 * big
    out = (ctypes.c_longlong * 4)()
    for i in (2**31, 2**32 + 7, 12 * big - 1):
        emulated.library().offsets(ctypes.byref(call), ctypes.c_longlong(i), out)
        rows, middle = i // (3 * big), i // 3 % big
        assert list(out) == [rows * big * 24 + (i - rows * 3 * big) * 8, middle * 8] * 2


def test_many_blocks_and_small_tiles(rng):
    z = rng.random(9000)
    m = np.where(z < 0.5, 20, 2000)
    expected = value(-m, 1.5, 4.0, z, processors=1)
    np.testing.assert_array_equal(value(-m, 1.5, 4.0, z, processors=50), expected)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((-3, 1.0, 2.0, np.zeros(3, complex)), TypeError, "z must be .* complex z is evaluated"),
        ((-3, 1.0, 2.0, np.zeros(3, np.int8)), TypeError, "z must be float64, .* got int8"),
        ((-3, 1j, 2.0, np.zeros(3)), TypeError, "b must be a NumPy array .* got builtins.complex"),
        ((-3, [1.0], 2.0, np.zeros(3)), TypeError, "b must be .* got builtins.list"),
        ((-3, np.ones(2), 2.0, np.zeros(3)), ValueError, r"z of shape \(3,\) does not broadcast"),
        ((-3.5, 1.0, 2.0, np.zeros(3)), ValueError, "a must be a nonpositive integer .* a = -3.5"),
    ],
)
def test_errors_name_the_argument(arguments, error, message):
    with pytest.raises(error, match=message):
        value(*arguments)


def test_too_many_dimensions():
    steps = tuple(8 if i % 2 else 0 for i in range(26))
    with pytest.raises(ValueError, match="at most 12 dimensions"):
        make_call((2,) * 26, [Strided("float64", 0, steps)] * 4, [0], "float64")


def test_dispatch_checks_names():
    with pytest.raises(ValueError, match="operation must be one of"):
        dispatch("sin", -1, 1.0, 2.0, 0.5)
    with pytest.raises(ValueError, match="method must be one of"):
        dispatch("hyp2f1", -1, 1.0, 2.0, 0.5, method="magic")
    with pytest.raises(ValueError, match="'scan' is for hyp2f1 only"):
        dispatch("hyp2f1m1", -1, 1.0, 2.0, 0.5, method="scan")
    with pytest.raises(TypeError, match="none of a, b, c, z is a CUDA tensor"):
        dispatch("hyp2f1", -1, 1.0, 2.0, np.zeros(3))
    assert set(BASELINES) == set(_launch.BASELINES) < set(METHODS)
