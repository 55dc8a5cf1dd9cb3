"""Plans: functions of z alone."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest
from accuracy import ULP32, promise, ulp32_distance, ulp_error

import hypgeo
from hypgeo import Plan, _core

GRID = np.concatenate([np.linspace(0, 1, 301), np.geomspace(1e-18, 1, 100), [5e-324, 1 - 2**-53]])
PARAMETERS = [
    (0.0, 1.0, 2.0),
    (-1.0, 0.5, 1.5),
    (-12.0, 1.0, 2.0),
    (-13.0, 1e-8, 2e-8),
    (-64.0, 1.0, 1.5),
    (-1e6, 3.0, 100.0),
    (-1e9, 1.5, 2.0),
    (-1e9, 2e5, 3e5),
    (-(2.0**53), 1.0, 2.0),
]


def within(value, exact, factor=2):
    """Two values that keep the promise are at most twice as far from each other."""
    return bool((ulp_error(value, exact) <= factor * promise(exact)).all())


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_equals_the_elementwise_evaluation(parameters):
    p = hypgeo.plan(*parameters)
    alone = np.array([hypgeo.hyp2f1(*parameters, float(z)) for z in GRID])
    assert within(p(GRID), alone)
    assert (p(GRID) <= 1).all()
    assert p.m == -parameters[0]


def test_results_do_not_depend_on_neighbours():
    p = hypgeo.plan(-1000, 1, 2)
    whole = p(GRID)
    np.testing.assert_array_equal([p(z) for z in GRID], whole)
    np.testing.assert_array_equal(p(GRID[::-1])[::-1], whole)


@pytest.mark.parametrize("parameters", [(-1000, 1.0, 2.0), (-1000, 50.0, 90.0), (-20, 3.0, 2.5)])
def test_z_outside_the_unit_interval(parameters):
    z = np.array([-1e300, -3.0, -1e-5, -5e-324, 0.25, 1.0, 1 + 2.0**-52, 1.5])
    value = hypgeo.plan(*parameters)(z)
    np.testing.assert_array_equal(value[:4], [hypgeo.hyp2f1(*parameters, x) for x in z[:4]])
    np.testing.assert_array_equal(value[6:], [hypgeo.hyp2f1(*parameters, x) for x in z[6:]])
    assert value[0] == np.inf or parameters[0] == -20
    assert (value[1:4] >= 1).all()


def test_nan_and_infinity():
    p = hypgeo.plan(-1000, 1, 2)
    value = p([np.nan, -np.inf, 0.5])
    assert np.isnan(value[0])
    assert value[1] == np.inf
    assert within(value[2], hypgeo.hyp2f1(-1000, 1, 2, 0.5))


def test_scalars_shapes_and_empty():
    p = hypgeo.plan(-9, 1, 2)
    assert type(p(0.5)) is np.float64
    assert type(p(np.array(0.5))) is np.float64
    assert p(np.empty((0, 4))).shape == (0, 4)
    assert p([[0.1], [0.2]]).shape == (2, 1)
    assert p(1) == p(1.0)
    assert p(True) == p(1.0)


def test_out_and_where():
    p = hypgeo.plan(-70, 1, 2)
    z = np.linspace(0, 1, 700)
    out = np.full(700, 5.0)
    assert p(z, out) is out
    np.testing.assert_array_equal(out, p(z))
    out[:] = 5.0
    mask = np.arange(700) % 3 == 0
    assert p(z, out=out, where=mask) is out
    assert (out[~mask] == 5).all()
    np.testing.assert_array_equal(out[mask], p(z)[mask])
    z_copy = z.copy()
    p(z_copy, out=z_copy)
    np.testing.assert_array_equal(z_copy, p(z))
    # Overlapping by one element.
    buffer = np.append(z, 0.0)
    p(buffer[:-1], out=buffer[1:])
    np.testing.assert_array_equal(buffer[1:], p(z))


@pytest.mark.parametrize("order", ["C", "F"])
def test_strides(order):
    p = hypgeo.plan(-70, 1, 2)
    z = np.asarray(np.random.default_rng(1).random((40, 50)), order=order)
    expected = p(z.ravel(order="C"))
    for view in (np.s_[::-1, ::-1], np.s_[::2, 3::7], np.s_[5, :], np.s_[:, 5]):
        np.testing.assert_array_equal(p(z[view]), expected.reshape(40, 50)[view])
    np.testing.assert_array_equal(p(z.T), expected.reshape(40, 50).T)
    np.testing.assert_array_equal(p(z.astype(">f8")), expected.reshape(40, 50))


def test_float32():
    p = hypgeo.plan(-4096, 1, 2, dtype="float32")
    double = hypgeo.plan(-4096, 1, 2)
    z = np.linspace(0, 1, 999, dtype=np.float32)
    assert p(z).dtype == np.float32
    assert p.dtype == np.float32
    assert type(p(0.5)) is np.float32
    assert ulp32_distance(p(z), double(z.astype(np.float64))).max() <= ULP32
    # float64 z is not rounded first: F of the rounded z is 4 float32 values off and more.
    z64 = np.geomspace(1e-7, 1e-2, 500)
    assert ulp32_distance(p(z64), double(z64)).max() <= ULP32
    assert double(z).dtype == np.float64


def test_pickle_and_copy():
    p = hypgeo.plan(-512, 1.5, 3.25, dtype=np.float32)
    twins = [pickle.loads(pickle.dumps(p, protocol)) for protocol in range(2, 6)]
    for twin in (*twins, copy.copy(p), copy.deepcopy(p)):
        assert twin == p
        assert hash(twin) == hash(p)
        assert twin.dtype == p.dtype
        np.testing.assert_array_equal(twin(GRID), p(GRID))


def test_cloudpickle():
    cloudpickle = pytest.importorskip("cloudpickle", reason="cloudpickle is not installed")
    p = hypgeo.plan(-512, 1.5, 3.25)
    twin = cloudpickle.loads(cloudpickle.dumps(lambda z: p(z)))
    assert twin(0.5) == p(0.5)


def test_equality_and_hash():
    p = hypgeo.plan(-3, 1, 2)
    assert p == hypgeo.plan(-3.0, 1.0, 2.0)
    assert len({p, Plan(-3, 1, 2), hypgeo.plan(-3, 1, 2, dtype=np.float32)}) == 2
    for other in [(-4, 1, 2), (-3, 2, 2), (-3, 1, 3)]:
        assert p != hypgeo.plan(*other)
    assert p != (-3, 1, 2)


def test_repr_makes_the_plan_again():
    p = hypgeo.plan(-3, 0.1, 2, dtype="f4")
    assert repr(p) == "Plan(a=-3.0, b=0.1, c=2.0, dtype='float32')"
    assert eval(repr(p), {"Plan": Plan}) == p


def test_immutable():
    p = hypgeo.plan(-3, 1, 2)
    with pytest.raises(AttributeError, match="immutable: cannot set 'a'"):
        p.a = -4.0
    with pytest.raises(AttributeError, match="immutable: cannot delete 'a'"):
        del p.a
    with pytest.raises(AttributeError):
        p.other = 1


def test_b_may_end_the_series():
    p = hypgeo.plan(1.5, -70, 2.5)
    assert p.m == 70
    assert (p.a, p.b) == (1.5, -70.0)
    np.testing.assert_array_equal(p(GRID), hypgeo.plan(-70, 1.5, 2.5)(GRID))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((-2.5, 1, 2), ValueError, r"^a or b must be a nonpositive integer .*a=-2\.5, b=1\.0"),
        ((3, 1, 2), ValueError, r"^a or b must be a nonpositive integer"),
        ((np.nan, 1, 2), ValueError, "none of a, b, c NaN"),
        ((-2, np.nan, 2), ValueError, "none of a, b, c NaN"),
        ((-2, 1, np.nan), ValueError, "none of a, b, c NaN"),
        ((-np.inf, 1, 2), ValueError, "nonpositive integer"),
        (([-2, -3], 1, 2), ValueError, r"^a must be a scalar, got an array of shape \(2,\)"),
        ((-2, "x", 2), TypeError, r"^b must be a real number"),
        ((-2, 1, 2j), TypeError, r"^c must be real"),
        ((-2, 1, None), TypeError, r"^c must be a real number"),
        ((-2, 1, 2, "int32"), TypeError, r"^dtype must be float64 or float32, got 'int32'"),
        ((-2, 1, 2, "nonsense"), TypeError, r"^dtype must be float64 or float32"),
        ((-2, 1, 2, None), TypeError, r"^dtype must not be None"),
    ],
)
def test_errors_of_building(arguments, error, words):
    with pytest.raises(error, match=words):
        hypgeo.plan(*arguments)


def test_errors_of_calling():
    p = hypgeo.plan(-3, 1, 2)
    with pytest.raises(TypeError, match=r"^z must be a real number"):
        p("x")
    with pytest.raises(TypeError, match=r"^z must be real"):
        p(1j)
    with pytest.raises(ValueError, match=r"^out must have the shape \(2,\)"):
        p([0.1, 0.2], out=np.empty(3))
    with pytest.raises(TypeError, match=r"^out must have a floating-point dtype"):
        p([0.1, 0.2], out=np.empty(2, int))
    with pytest.raises(TypeError, match=r"^out must be a NumPy array, got list"):
        p([0.1, 0.2], out=[0, 0])


def test_threads_share_a_plan():
    p = hypgeo.plan(-100_000, 1.5, 2.5)
    z = np.random.default_rng(3).random(50_000)
    expected = p(z)
    results: list = [None] * 8

    def work(i: int) -> None:
        results[i] = p(z)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(results))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        np.testing.assert_array_equal(result, expected)


def test_cache_is_bounded_and_plans_outlive_it():
    _core.plan_cache_clear()
    p = hypgeo.plan(-1000, 1.0, 2.0)
    expected = p(GRID)
    sizes = []
    for m in range(100, 160):
        hypgeo.plan(-m, 1.0, 2.0)
        sizes.append(_core.plan_cache_size())
    assert max(sizes) == sizes[-1] < 60
    _core.plan_cache_clear()
    assert _core.plan_cache_size() == 0
    np.testing.assert_array_equal(p(GRID), expected)


def test_passes_through_dask_and_xarray():
    da = pytest.importorskip("dask.array", reason="dask is not installed")
    xr = pytest.importorskip("xarray", reason="xarray is not installed")
    p = hypgeo.plan(-70, 1, 2)
    z = np.linspace(0, 1, 100)
    lazy = p(da.from_array(z, chunks=30))
    assert isinstance(lazy, da.Array)
    np.testing.assert_array_equal(lazy.compute(scheduler="synchronous"), p(z))
    labelled = p(xr.DataArray(z, dims="z"))
    assert labelled.dims == ("z",)
    np.testing.assert_array_equal(labelled.values, p(z))
