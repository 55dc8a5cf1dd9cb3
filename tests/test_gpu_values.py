"""Every backend against the exact tables, within the promise of hypgeo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from accuracy import (
    EPS,
    SMALL_F,
    general_promise,
    promise,
    read_columns,
    read_conditioned,
    read_table,
    ulp32_distance,
    ulp_error,
    worst,
)
from backends import BASELINES, OF_KERNELS, Backend, parameters, poison

from hypgeo import methods


@pytest.fixture(autouse=True)
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    poison(monkeypatch)


@pytest.fixture(params=parameters())
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.param


@pytest.fixture(params=parameters(OF_KERNELS))
def kernels(request: pytest.FixtureRequest) -> Backend:
    return request.param


# A double has no 53 bits beyond these.
LEAST, MOST = 1e-290, 1e290
# Largest error of derivatives, in eps times the condition number over the parameter.
DERIVATIVE_EPS = 16.0
# Of a logarithm or of F - 1, relative to itself or to what the arguments allow.
LOG_EPS = 16.0
# The lanes and the plain products of the baselines lose about m eps.
BASELINE_EPS = 8.0


@pytest.mark.parametrize("name", ["home", "negative_z"])
def test_tables(backend, name):
    t = read_table(name)
    (value,) = backend("hyp2f1", -t.m, t.b, t.c, t.z)
    assert value.dtype == np.float64
    assert not worst(ulp_error(value, t.hi, t.lo), promise(t.hi), t, value)


@pytest.mark.parametrize("name", ["home", "negative_z"])
def test_float32_arguments_round_once(backend, name):
    t = read_table(name)
    rows = np.stack([-t.m, t.b, t.c, t.z])
    fits = np.all((rows == 0) | ((np.abs(rows) > 1e-37) & (np.abs(rows) < 1e37)), axis=0)
    single = list(rows[:, fits].astype(np.float32))
    (value,) = backend("hyp2f1", *single)
    (expected,) = backend("hyp2f1", *(x.astype(np.float64) for x in single))
    assert value.dtype == np.float32
    kept = np.isfinite(expected)
    assert np.all(ulp32_distance(value[kept], expected[kept]) <= 1)
    np.testing.assert_array_equal(np.isnan(value), np.isnan(expected))


def test_general_table(kernels):
    """Without more than double-double a few elements are short of digits: the error says so."""
    t, kappa = read_conditioned("general")
    (value,) = kernels("hyp2f1", -t.m, t.b, t.c, t.z)
    error = ulp_error(value, t.hi, t.lo)
    used = methods.used(-t.m, t.b, t.c, t.z)
    wide = np.isin(used, ["wide", "short_of_digits", "unknown"])
    assert np.mean(wide) < 0.5
    with np.errstate(invalid="ignore"):
        error = np.where(wide, 0.0, error)
    assert not worst(error, general_promise(t.m, kappa), t, value)
    assert not np.isnan(value[~wide]).any()


def test_error_bounds(kernels):
    """The bound holds everywhere, also where digits are lost."""
    for name in ("general", "home"):
        t = read_conditioned(name)[0] if name == "general" else read_table(name)
        value, bound = kernels("value_and_error", -t.m, t.b, t.c, t.z)
        known = np.isfinite(value) & np.isfinite(t.hi)
        with np.errstate(all="ignore"):
            off = np.abs((value - t.hi) - t.lo)
        assert np.all(off[known] <= bound[known])
        assert np.all(bound >= 0)


def test_logarithms_and_excess(kernels):
    columns = read_columns("log")
    m, b, c, z = (columns[key][0] for key in "mbcz")
    log, sign = kernels("log_hyp2f1_and_sign", -m, b, c, z)
    (excess,) = kernels("hyp2f1m1", -m, b, c, z)
    used = methods.used(-m, b, c, z)
    kept = ~np.isin(used, ["wide", "short_of_digits", "unknown"])
    assert np.mean(kept) > 0.5
    expected_log, expected_sign, expected_excess = methods_of_host(m, b, c, z)
    np.testing.assert_array_equal(sign[kept], expected_sign[kept])
    close = {"rtol": LOG_EPS * EPS, "atol": 0, "equal_nan": True}
    np.testing.assert_allclose(log[kept], expected_log[kept], **close)
    np.testing.assert_allclose(excess[kept], expected_excess[kept], **close)


def methods_of_host(m: Any, b: Any, c: Any, z: Any) -> tuple[Any, Any, Any]:
    import hypgeo

    log, sign = hypgeo.log_hyp2f1(-m, b, c, z, return_sign=True)
    return log, sign, hypgeo.hyp2f1m1(-m, b, c, z)


def test_derivatives(backend):
    columns = read_columns("derivatives")
    m, b, c, z = (columns[key][0] for key in "mbcz")
    found = backend("hyp2f1_derivatives", -m, b, c, z)
    names = ("value", "d_b", "d_c", "d_z", "d_zz")
    true = {name: columns[name][0] for name in names}
    moves = sum(np.abs(x * true[name]) for name, x in (("d_b", b), ("d_c", c), ("d_z", z)))
    condition = np.abs(true["value"]) + moves
    with np.errstate(all="ignore"):
        small = np.where(np.abs(true["value"]) < SMALL_F, np.abs(np.log(np.abs(true["value"]))), 0)
    used = methods.used(-m, b, c, z)
    small[~np.isfinite(small)] = 0  # F underflows: not compared
    for name, value in zip(names, found, strict=True):
        size = np.where(np.isfinite(true[name]), np.abs(true[name]), 0)
        kept = (size > LEAST) & (size < MOST) & ~np.isnan(value)
        kept &= ~np.isin(used, ["wide", "short_of_digits", "unknown"])
        assert np.mean(kept) > 0.8, name
        relative = (DERIVATIVE_EPS + small) * size
        parameter = {"d_b": np.abs(b), "d_c": np.abs(c)}.get(name)
        if parameter is not None:
            relative = np.maximum(relative, (DERIVATIVE_EPS + small) * condition / parameter)
        if name == "value":
            relative = (DERIVATIVE_EPS + small) * condition
        with np.errstate(all="ignore"):
            error = np.abs((value - true[name]) - columns[name][1]) / EPS
            excess = np.where(kept, error / relative, 0)
        i = int(np.argmax(excess))
        assert excess[i] <= 1, (name, m[i], b[i], c[i], z[i], value[i], true[name][i])


PLANS = [(512, 1.0, 2.0), (10**6, 1.0, 2.0), (512, 1.0, 100.0), (300, 5.0, 9.0), (4096, 0.5, 0.51)]


def plan_arguments(rng: np.random.Generator) -> Any:
    ends = np.array(
        [0.0, 1.0, 0.5, np.nextafter(0.5, 1), 5e-324, 1 - 2.0**-53, np.nan, -0.25, -0.0]
    )
    logs = np.exp(rng.uniform(np.log(1e-12), 0, 3000))
    return np.concatenate([ends, rng.random(3000), logs, 1 - logs])


@pytest.mark.parametrize("p", PLANS)
def test_plans(backend, rng, p):
    m, b, c = p
    z = plan_arguments(rng)
    (value,) = backend("hyp2f1", -m, b, c, z)
    expected = methods.hyp2f1(np.full(z.shape, -float(m)), b, c, z)
    np.testing.assert_array_equal(np.isnan(value), np.isnan(z))
    inside = ~np.isnan(z)
    error = ulp_error(value[inside], expected[inside])
    assert np.all(error <= 2 * promise(expected[inside]))


@pytest.mark.parametrize("p", PLANS)
def test_plans_in_float32(backend, rng, p):
    m, b, c = p
    z = plan_arguments(rng).astype(np.float32)
    (value,) = backend("hyp2f1", -m, b, c, z)
    assert value.dtype == np.float32
    expected = methods.hyp2f1(np.full(z.shape, -float(m)), b, c, z.astype(np.float64))
    inside = ~np.isnan(z)
    assert np.all(ulp32_distance(value[inside], expected[inside]) <= 1)


@pytest.mark.parametrize("method", BASELINES)
def test_baselines(kernels, home, method):
    t = home
    some = np.flatnonzero((t.m <= 700) & (t.z >= 1e-3) & (t.hi > 1e-200) & (t.b <= 1e3))[::7]
    if method in ("direct", "reflected_auto"):
        some = some[(t.m * t.z)[some] <= 0.5] if method == "direct" else some
    m, b, c, z = (x[some] for x in (t.m, t.b, t.c, t.z))
    (value,) = kernels("hyp2f1", -m, b, c, z, method)
    error = ulp_error(value, t.hi[some], t.lo[some])
    assert some.size > 5
    assert np.all(error <= BASELINE_EPS * (m + 8))


@pytest.mark.parametrize("degree", [1, 64, 65, 512, 1500])
def test_precomputed_ratios(kernels, degree):
    z = np.linspace(0.01, 1.0, 40)
    (value,) = kernels("hyp2f1", -degree, 1.5, 4.0, z, "parallel_precomputed")
    (expected,) = kernels("hyp2f1", -degree, 1.5, 4.0, z, "varying")
    assert np.all(ulp_error(value, expected) <= BASELINE_EPS * (degree + 8))
