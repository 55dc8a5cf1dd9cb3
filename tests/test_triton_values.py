"""The Triton kernels in Triton's interpreter: values against exact tables, layouts, baselines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from accuracy import EPS, SMALL_F, ULP32, promise, read_table, ulp32_distance, ulp_error, worst

import hypgeo
from hypgeo import methods

pytest.importorskip("torch", reason="the Triton kernels take torch tensors")
pytest.importorskip("triton", reason="Triton is not installed")
import triton_run

mpmath = pytest.importorskip("mpmath", reason="the exact derivatives need mpmath")

# Of derivatives, and where doubles have 53 bits, as in test_derivatives.py.
PROMISED = 16.0
LEAST, MOST = 1e-290, 1e290
# Results of the plan kernel may differ by a last bit more (docs/triton.md).
PLAN_ULP32 = 2


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All results, by one process."""
    target = tmp_path_factory.mktemp("triton") / "found.npz"
    script = Path(__file__).with_name("triton_run.py")
    command = [sys.executable, str(script), str(target), *triton_run.CASES]
    env = {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    env["PYTHONPATH"] = str(Path(hypgeo.__file__).parent.parent)  # wherever it came from
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return np.load(target)


@pytest.mark.parametrize("name", ["home", "negative_z"])
def test_every_row_of_the_tables(found, name):
    table = read_table(name)
    error = ulp_error(found[name], table.hi, table.lo)
    assert not worst(error, promise(table.hi), table, found[name])


def test_float32(found):
    """Rounded arguments are other arguments: only those that float32 holds can be compared."""
    exact = triton_run.held_by_float32().hi
    assert exact.size > 20
    assert found["home32"].dtype == np.float32
    assert ulp32_distance(found["home32"], exact).max() <= ULP32


@pytest.mark.parametrize("name", ["plans", "plans32"])
@pytest.mark.parametrize("which", range(len(triton_run.PLANS)))
def test_plans(found, name, which):
    m, b, c = triton_run.PLANS[which]
    values = found[name][which]
    z = triton_run.plan_points().astype(values.dtype).astype(float)
    exact = np.array([hypgeo.hyp2f1(-m, b, c, float(x)) for x in z])
    exact[z > 1] = np.nan
    if values.dtype == np.float32:
        assert ulp32_distance(values, exact).max() <= PLAN_ULP32
    else:
        # Both keep the promise.
        assert (ulp_error(values, exact) <= 2 * promise(exact)).all()


def test_elements_that_are_no_numbers(found):
    nan, inf = np.nan, np.inf
    expected = [nan, nan, nan, nan, nan, nan, inf, 1.0, 0.0, nan]
    np.testing.assert_array_equal(found["special"], expected)


@pytest.mark.parametrize("pair", [("strided", "dense"), ("plan", "plan_dense")])
def test_layouts(found, pair):
    strided, dense = (found[f"layouts.{name}"] for name in pair)
    assert strided.shape == (2, 3, 1, 2, 2, 3)
    assert strided.flags.c_contiguous
    assert np.unique(dense).size > 6
    np.testing.assert_array_equal(strided, dense)


def test_empty_and_scalar(found):
    assert found["layouts.empty"].shape == (0, 4)
    assert found["layouts.empty"].dtype == np.float32
    assert found["layouts.scalar"].shape == ()
    assert found["layouts.scalar"] == pytest.approx(0.4375, rel=1e-15)


def test_scan_is_the_published_order(found):
    m, *rest = map(np.array, triton_run.SCAN)
    expected = methods.hyp2f1(-m, *rest, "scan")
    # The product of m factors is taken in another order.
    np.testing.assert_array_less(ulp_error(found["scan"], expected), 2 * m + 2)
    assert np.isnan(expected).sum() == 2


# Derivatives ------------------------------------------------------------------------------------


def allowed(point, exact, name, small):
    """Largest absolute error of a derivative, as in test_derivatives.py."""
    relative = (PROMISED + small) * EPS * abs(exact[name])
    if name not in ("d_b", "d_c"):
        return relative
    _m, b, c, z = point
    moves = ((z, "d_z"), (b, "d_b"), (c, "d_c"))
    condition = abs(exact["value"]) + sum(abs(mpmath.mpf(x) * exact[key]) for x, key in moves)
    return max(relative, (PROMISED + small) * EPS * condition / (b if name == "d_b" else c))


@pytest.mark.parametrize("which", range(1, 5))
def test_every_row_of_the_derivatives(found, which):
    table = triton_run.read_derivatives()
    name = ("value", "d_b", "d_c", "d_z", "d_zz")[which]
    compared = 0
    for i, point in enumerate(zip(*table["arguments"], strict=True)):
        exact = {key: mpmath.mpf(table[key][i]) for key in table if key != "arguments"}
        if not LEAST < abs(exact[name]) < MOST:
            continue
        tiny = 0 < abs(exact["value"]) < SMALL_F
        small = abs(mpmath.log(abs(exact["value"]))) if tiny else 0
        error = abs(mpmath.mpf(found["derivatives"][which, i]) - exact[name])
        assert error <= allowed(point, exact, name, small), (name, point)
        compared += 1
    assert compared > 60


def test_values_beside_derivatives(found):
    m, b, c, z = triton_run.read_derivatives()["arguments"]
    expected = hypgeo.hyp2f1(-m, b, c, z)
    assert (ulp_error(found["derivatives"][0], expected) <= 2 * promise(expected)).all()


def test_corners_of_the_derivatives(found):
    """As the compiled core has them; a degree that is no integer is NaN."""
    m, b, c, z = np.array(triton_run.CORNERS, dtype=float).T
    whole = m == np.floor(m)
    expected = np.array(hypgeo.hyp2f1_derivatives(-np.floor(m), b, c, z))
    expected[:, ~whole] = np.nan
    np.testing.assert_allclose(found["corners"], expected, rtol=4 * PROMISED * EPS, atol=0)


def test_weighted_slope(found):
    z, weight = triton_run.plan_points()[:200], np.linspace(-2, 5, 200)
    with np.errstate(all="ignore"):
        expected = np.array([hypgeo.hyp2f1_derivatives(-512.0, 1.0, 2.5, x).d_z for x in z])
        expected = np.where(z > 1, np.nan, expected) * weight
    assert np.isfinite(expected).sum() > 150
    np.testing.assert_allclose(found["slope"], expected, rtol=4 * PROMISED * EPS)


def test_slopes_without_the_other_derivatives(found):
    """One loop ends where the terms of F_b and F_zz do not matter yet."""
    whole = found["derivatives"][2:4]
    known = np.isfinite(whole) & (np.abs(whole) > LEAST)
    np.testing.assert_allclose(found["slopes"][known], whole[known], rtol=4 * EPS, atol=0)


def test_few_factors_need_no_digamma(found):
    m, b, c, z, *whole = found["few"][:9]
    expected = hypgeo.hyp2f1_derivatives(-m, b, c, z)
    for got, exact in zip((*whole, *found["few"][9:]), (*expected, *expected[2:4]), strict=True):
        np.testing.assert_allclose(got, exact, rtol=2 * PROMISED * EPS, atol=0)


def test_a_plan_says_where_elements_are_left(found):
    z, out, run = found["flagged.z"], found["flagged.out"], int(found["flagged.run"])
    inside = z <= 1
    exact = hypgeo.hyp2f1(-512.0, 1.0, 2.5, z[inside])
    np.testing.assert_allclose(out[inside], exact, rtol=16 * EPS, atol=0)
    np.testing.assert_array_equal(np.isnan(out), ~inside)
    left = [False, True, False, True, False, True]
    np.testing.assert_array_equal(found["flagged.flags"] != 0, left)
    assert run == 512


# Together with the CUDA kernels, which complete what Triton leaves --------------------------------

# Of values and derivatives where b, c and z are anything: as hypgeo has them, to rounding.
COMPLETED = {"rtol": 64 * EPS, "atol": 0, "equal_nan": True}


def completed(*arguments):
    """As the host has it."""
    with np.errstate(all="ignore"):
        return hypgeo.hyp2f1(*arguments), np.array(hypgeo.hyp2f1_derivatives(*arguments))


def test_completed_values(found):
    z, b, c, weight = (triton_run.COMPLETED[key] for key in ("z", "b", "c", "weight"))
    planned, varying = completed(-200.0, 1.0, 2.5, z)[0], completed(-200.0, b, c, z)[0]
    expected = {
        "plan": planned,
        "weighted": planned * weight * -3.5,
        "spread": planned * weight[0] * 2.0,
        "varying": varying,
        "both": varying * weight * 0.5,
        "ended_by_b": completed(1.5, -200.0, 4.0, z)[0],
    }
    for name, value in expected.items():
        np.testing.assert_allclose(found[f"completed.{name}"], value, **COMPLETED, err_msg=name)


def test_completed_numbers_are_not_rounded(found):
    single = triton_run.COMPLETED["z"].astype(np.float32).astype(float)
    exact = completed(-200.0, 0.1, triton_run.COMPLETED["c"], single)[0]
    got = found["completed.single"]
    assert got.dtype == np.float32
    known = np.isfinite(exact)
    assert ulp32_distance(got[known], exact[known]).max() <= ULP32


def test_completed_derivatives(found):
    z, b, c = (triton_run.COMPLETED[key] for key in "zbc")
    straight, swapped = completed(-200.0, b, c, z)[1], completed(1.5, -200.0, c, z)[1]
    for name, exact in (("", straight), ("_ended_by_b", swapped)):
        whole, some = found[f"completed.derivatives{name}"], found[f"completed.slopes{name}"]
        kept = np.isfinite(exact) & np.isfinite(whole)
        assert kept[2:4].mean() > 0.75
        np.testing.assert_allclose(whole[kept], exact[kept], rtol=1e-11, atol=0)
        np.testing.assert_array_equal(np.isnan(some), np.isnan(whole[2:4]))
        np.testing.assert_allclose(some, whole[2:4], rtol=4 * EPS, atol=0, equal_nan=True)
