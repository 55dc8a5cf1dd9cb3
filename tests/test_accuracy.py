"""Every row of the reference tables, by every way to the full-precision evaluation."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from accuracy import (
    EPS,
    ULP32,
    Table,
    promise,
    promise_of,
    read_table,
    ulp32_distance,
    ulp_error,
    worst,
)
from domain import gap

import hypgeo
from hypgeo import _core, methods

TABLES = ("home", "negative_z")
# Past the length from which hyp2f1 makes a table of its own (kPlanRun in _ext/loops.cpp).
LONG_RUN = 4000
LEVELS = ("baseline", "avx2", "avx512")


def check(value, table: Table, method: str = "auto") -> None:
    error = ulp_error(value, table.hi, table.lo)
    failures = worst(error, promise_of(method, table.hi), table, np.asarray(value))
    assert not failures, failures


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Table:
    return request.getfixturevalue(request.param)


class TestMetric:
    """The measure itself: it must see an error of one unit, and be total."""

    @pytest.mark.parametrize("x", [1.0, 1e-20, 2.0**-1000, 2.0**1023, 1.7e308])
    def test_one_unit_in_the_last_place(self, x):
        error = ulp_error(np.nextafter(x, np.inf), x)
        assert error == np.spacing(x) / x / EPS
        assert ulp_error(x, x) == 0

    def test_lo_counts(self):
        assert ulp_error(1.0, 1.0, 2.0**-54) == 0.25
        assert ulp_error(1.0 + EPS, 1.0, 2.0**-54) == 0.75

    def test_special_values(self):
        inf, nan = np.inf, np.nan
        assert ulp_error(nan, nan) == 0
        assert ulp_error(nan, 1.0) == inf
        assert ulp_error(1.0, nan) == inf
        assert ulp_error(0.0, 0.0) == 0
        assert ulp_error(5e-324, 0.0) == inf
        assert ulp_error(0.0, 1.0) == 1 / EPS
        assert ulp_error(inf, inf) == 0
        assert ulp_error(-inf, inf) == 2 / EPS
        assert ulp_error(inf, sys.float_info.max) == pytest.approx(0.5, rel=1e-15)
        assert ulp_error(sys.float_info.max, inf) == 0.5

    def test_subnormal_rounding_is_free_and_no_more(self):
        spacing = 5e-324
        for x in (spacing, 1e-320, 1e-315, 1e-310):
            assert ulp_error(x, x) == 0
            # Half a spacing is free, the other half counts.
            assert ulp_error(x + spacing, x) == pytest.approx(2.0**-975 / (x * 2.0**100) / EPS)
        assert ulp_error(1e-315 + spacing, 1e-315) > promise(1e-315)

    def test_promise(self):
        assert promise(1.0) == promise(1e300) == promise(1e-20) == 8
        assert promise(1e-30) == pytest.approx(8 + 30 * np.log(10))
        assert np.isfinite(promise(0.0))

    def test_float32_distance(self):
        one = np.float32(1)
        assert ulp32_distance(one, 1.0) == 0
        assert ulp32_distance(np.nextafter(one, np.float32(2)), 1.0) == 1
        assert ulp32_distance(np.float32(np.nan), 1.0) > ULP32
        assert ulp32_distance(np.float32(1e-45), 0.0) == 1
        assert ulp32_distance(np.float32(-0.0), 0.0) == 0
        assert ulp32_distance(np.float32(np.inf), 1e39) == 0


def test_tables_cover_what_is_promised(home, negative_z):
    assert home.m.max() == 2**53
    assert home.z.min() == 0
    assert home.z.max() == 1
    assert home.b.min() <= 1e-8
    assert home.b.max() >= 1e6
    assert (home.hi == 0).any()
    for low, high in [(0, 1e-308), (1e-308, 1e-290), (1e-290, 1e-20), (1e-20, 0.5), (0.5, 1)]:
        assert ((home.hi > low) & (home.hi <= high)).sum() >= 20, (low, high)
    assert np.isinf(negative_z.hi).any()
    assert (negative_z.c < negative_z.b).any()
    assert (negative_z.c > negative_z.b).any()


@pytest.mark.parametrize("method", ["auto", "quadrature", "plan"])
def test_float64(method, table):
    if method == "plan":
        table = table.where(slice(None, None, 3))  # test_plan_objects has all rows
    if method == "quadrature":
        # Euler's integral, DLMF 15.6.1, exists for c > b > 0.
        table = table.where(table.c > table.b)
    check(methods.hyp2f1(*table.arguments, method=method), table, method)


def test_scalar_calls_are_as_good(table):
    sample = table.where(slice(None, None, 7))
    rows = zip(*sample.arguments, strict=True)
    check(np.array([hypgeo.hyp2f1(*map(float, row)) for row in rows]), sample)


def test_plan_objects(table):
    parameters = np.stack([table.m, table.b, table.c], axis=1)
    distinct, group = np.unique(parameters, axis=0, return_inverse=True)
    value = np.full(table.z.shape, np.nan)
    for i, (m, b, c) in enumerate(distinct):
        mine = group.ravel() == i
        value[mine] = hypgeo.plan(-m, b, c)(table.z[mine])
    check(value, table)


def test_float32_arguments_and_results(table):
    """Rounded arguments are other arguments: only those that float32 holds can be compared."""
    with np.errstate(over="ignore", under="ignore"):
        single = [x.astype(np.float32) for x in table.arguments]
    held = np.all([x == y for x, y in zip(single, table.arguments, strict=True)], axis=0)
    assert held.sum() > 20
    value = hypgeo.hyp2f1(*(x[held] for x in single))
    assert value.dtype == np.float32
    assert ulp32_distance(value, table.hi[held]).max() <= ULP32


def test_float32_results_of_float64_arguments(table):
    value = np.empty(table.hi.shape, np.float32)
    with np.errstate(over="ignore"):  # NumPy's cast of what float32 does not hold
        hypgeo.hyp2f1(*table.arguments, out=value)
    assert ulp32_distance(value, table.hi).max() <= ULP32


@pytest.mark.parametrize("m", [0, 1, 3, 17, 512, 10_001, 10**6, 10**9, 2**53])
@pytest.mark.parametrize(("b", "c"), [(1.0, 2.0), (0.5, 1.0), (1.0, 1.5), (2.5, 100.0), (3.0, 3.5)])
def test_long_runs_agree_with_the_reference(m, b, c):
    """Long runs of one (a, b, c) go by a table; a sample of them is compared."""
    reference = pytest.importorskip("hypgeo.reference", reason="needs the exact reference")
    rng = np.random.default_rng(m + 1)
    z = np.where(
        rng.random(LONG_RUN) < 0.5,
        rng.random(LONG_RUN),
        np.exp(rng.uniform(np.log(1e-12), 0, LONG_RUN)),
    )
    z[:3] = 0.0, 1.0, 1 - 2.0**-53
    value = hypgeo.hyp2f1(-m, b, c, z)
    some = slice(None, None, LONG_RUN // 40)
    hi, lo = reference.hyp2f1_array(-m, b, c, z[some])
    full = np.full(hi.shape, 1.0)
    check(value[some], Table(m * full, b * full, c * full, z[some], hi, lo))


@pytest.mark.parametrize("limit", ["mz 1/2", "decay 4", "decay 60", "fall", "alternation"])
def test_borders_between_methods(limit):
    """Just on either side of the conditions in routes.h, where a method is at its worst."""
    reference = pytest.importorskip("hypgeo.reference", reason="needs the exact reference")
    rng = np.random.default_rng(3)
    n = 400
    b = np.exp(rng.uniform(np.log(1e-6), np.log(300), n))
    b[::4] = rng.integers(1, 5, b[::4].size)
    d = np.exp(rng.uniform(np.log(1e-8), np.log(1e5), n))
    m = np.floor(np.exp(rng.uniform(np.log(300), np.log(1e12), n)))
    border = {
        "mz 1/2": np.full(n, 0.5),
        "decay 4": -m * np.expm1(-4 / m),
        "decay 60": -m * np.expm1(-60 / m),
        "fall": 2 * b + np.where(d < 0.01, 80, 60),
        "alternation": np.maximum(b, 1) * np.maximum(d, 1) * 2,
    }[limit]
    z = np.minimum(border * (1 + rng.uniform(-0.05, 0.05, n)) / m, 1.0)
    c = np.array([gap(*pair) for pair in zip(b, d, strict=True)])
    hi, lo = reference.hyp2f1_array(-m, b, c, z)
    check(hypgeo.hyp2f1(-m, b, c, z), Table(m, b, c, z, hi, lo))


CODE = """
import sys, numpy as np
from hypgeo import _core, methods
assert _core.instruction_set() == sys.argv[1]
name, out = sys.argv[2:]
arguments = np.load(name)
value = methods.hyp2f1(*arguments)
some = slice(None, None, 4)  # a table for each row takes time
value[some] = methods.hyp2f1(*arguments[:, some], method="plan")
np.save(out, value)
"""


def run_level(level: str, *arguments: str, code: str = CODE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code, level, *arguments]
    env = {**os.environ, "HYPGEO_CPU": level}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("level", LEVELS)
def test_every_instruction_set(level, tmp_path):
    if run_level(level, code="import hypgeo").returncode != 0:
        assert level != "baseline", "baseline must run everywhere"
        pytest.skip(f"this CPU does not support {level}")
    for name in TABLES:
        table = read_table(name)
        source, target = tmp_path / f"{name}.npy", tmp_path / f"{name}-out.npy"
        np.save(source, np.stack(table.arguments))
        done = run_level(level, str(source), str(target))
        assert done.returncode == 0, done.stderr
        check(np.load(target), table)


def test_an_unknown_instruction_set_is_refused():
    done = run_level("mmx", code="import hypgeo")
    assert done.returncode != 0
    assert "HYPGEO_CPU must be baseline, avx2 or avx512" in done.stderr


def test_instruction_set_in_use_is_known():
    assert _core.instruction_set() in LEVELS


@pytest.mark.slow
def test_sweep_over_the_home_domain():
    """10^5 random points of the whole home domain."""
    reference = pytest.importorskip("hypgeo.reference", reason="needs the exact reference")
    rng = np.random.default_rng(2)
    n = 100_000
    m = np.floor(np.exp(rng.uniform(0, 53 * np.log(2), n)))
    b = np.exp(rng.uniform(np.log(1e-8), np.log(1e6), n))
    near = rng.random(n) < 0.2
    b[near] = np.clip(m[near] * np.exp(rng.uniform(-1, 1, near.sum())), 1e-8, 1e6)
    c = b + np.exp(rng.uniform(np.log(1e-8), np.log(1e8), n))
    c = np.where(c - b < 1e-8, np.nextafter(c, np.inf), c)
    kind, u = rng.integers(0, 3, n), rng.random(n)
    z = np.choose(kind, [u, 10 ** (-18 * u), 1 - 2.0 ** (-53 * u)])
    hi, lo = reference.hyp2f1_array(-m, b, c, z, processes=os.cpu_count() or 1)
    check(hypgeo.hyp2f1(-m, b, c, z), Table(m, b, c, z, hi, lo))
