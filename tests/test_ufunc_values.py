"""Types and special values of hyp2f1, and what it hands to SciPy."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from accuracy import (
    LONG,
    ULP32,
    assert_same,
    one_by_one,
    ulp32_distance,
)

import hypgeo

pytestmark = pytest.mark.usefixtures("no_floating_point_flag_reaches_numpy")


class TestTypes:
    @pytest.mark.parametrize("types", list(itertools.product("?bBhHiIlLefd", repeat=2)))
    def test_result_type_is_scipys(self, types):
        special = pytest.importorskip("scipy.special", reason="SciPy is not installed")
        first, last = (np.dtype(t) for t in types)
        arguments = [np.zeros(2, first), np.ones(2, first), np.ones(2, last), np.ones(2, last)]
        assert hypgeo.hyp2f1(*arguments).dtype == special.hyp2f1(*arguments).dtype

    def test_integers_are_exact_doubles(self):
        assert hypgeo.hyp2f1(-3, 1, 2, 1) == 0.25
        assert hypgeo.hyp2f1(np.int8(-3), np.uint16(1), np.int32(2), True) == 0.25
        expected = hypgeo.hyp2f1(-(2.0**53), 1.0, 2.0, 0.25)
        assert hypgeo.hyp2f1(-(2**53), 1, 2, 0.25) == expected
        assert hypgeo.hyp2f1(np.array([-(2**53)]), 1, 2, 0.25) == expected

    def test_float16(self):
        z = np.linspace(0, 1, 33, dtype=np.float16)
        value = hypgeo.hyp2f1(*(np.float16(x) for x in (-3, 1, 2)), z)
        assert ulp32_distance(value, hypgeo.hyp2f1(-3, 1, 2, z.astype(float))).max() <= ULP32

    @pytest.mark.parametrize("n", [300, LONG])
    def test_float32_is_the_rounded_double(self, rng, n):
        a = np.full(n, -4096, np.float32)
        b, c = np.full(n, 1.5, np.float32), np.full(n, 4.25, np.float32)
        z = rng.random(n).astype(np.float32)
        value = hypgeo.hyp2f1(a, b, c, z)
        assert value.dtype == np.float32
        double = hypgeo.hyp2f1(*(x.astype(float) for x in (a, b, c, z)))
        assert ulp32_distance(value, double).max() <= ULP32

    def test_float32_overflow_and_underflow_are_silent(self):
        single = [np.float32(x) for x in (-1000, 300, 400)]
        with np.errstate(all="raise"):
            assert hypgeo.hyp2f1(*single, np.float32(-1)) == np.inf
            assert hypgeo.hyp2f1(*single, np.float32(0.9)) == 0
            assert np.isinf(hypgeo.hyp2f1(*single, np.full(LONG, -1, np.float32))).all()

    def test_dtype_and_casting(self):
        assert hypgeo.hyp2f1(-3, 1, 2, 0.5, dtype=np.float32).dtype == np.float32
        z = np.array([0.5], np.float32)
        assert hypgeo.hyp2f1(z * -6, z, z * 4, z, dtype="f8").dtype == np.float64
        with pytest.raises(TypeError):
            hypgeo.hyp2f1(-3, 1, 2, np.array([0.5]), dtype=np.float32, casting="safe")
        assert hypgeo.hyp2f1(-3, 1, 2, [0.5], casting="unsafe", dtype="f4").dtype == np.float32

    def test_subclasses(self):
        class Tagged(np.ndarray):
            pass

        z = np.linspace(0, 1, 5).view(Tagged)
        assert type(hypgeo.hyp2f1(-3, 1, 2, z)) is Tagged
        assert type(hypgeo.hyp2f1(-3, 1, 2, z, subok=False)) is np.ndarray
        masked = np.ma.masked_array([0.1, 0.2], mask=[True, False])
        assert hypgeo.hyp2f1(-3, 1, 2, masked).mask.tolist() == [True, False]


class TestSpecialValues:
    @pytest.mark.parametrize("n", [1, LONG])
    @pytest.mark.parametrize("position", range(4))
    def test_nan_in_nan_out(self, position, n):
        arguments = [np.full(n, x) for x in (-3.0, 1.0, 2.0, 0.5)]
        arguments[position][n // 2] = np.nan
        value = hypgeo.hyp2f1(*arguments)
        assert np.isnan(value[n // 2])
        assert np.isnan(value).sum() == 1
        scalar = [-3.0, 1.0, 2.0, 0.5]
        scalar[position] = np.nan
        assert np.isnan(hypgeo.hyp2f1(*scalar))
        assert np.isnan(hypgeo.hyp2f1(*(np.full(n, x) for x in scalar))).all()

    def test_nan_even_where_the_value_is_known(self):
        for arguments in [(0, np.nan, 2, 0.5), (0, 1, 2, np.nan), (-3, np.nan, 2, 0.0)]:
            assert np.isnan(hypgeo.hyp2f1(*arguments))

    def test_infinite_arguments(self):
        inf = np.inf
        assert hypgeo.hyp2f1(-3, 1, 2, -inf) == inf
        assert hypgeo.hyp2f1(0, 1, 2, -inf) == 1
        for a, b, c, z in [
            (-3, inf, 2, 0.5),
            (-3, 1, inf, 0.5),
            (-3, 1, 2, inf),
            (-inf, 1, 2, 0.5),
        ]:
            # Limits differ by direction: any answer but an exception or a warning.
            hypgeo.hyp2f1(a, b, c, z)
            hypgeo.hyp2f1(np.full(LONG, float(a)), b, c, z)

    def test_negative_zero(self):
        assert hypgeo.hyp2f1(-0.0, 1, 2, 0.5) == 1
        assert hypgeo.hyp2f1(-3, 1, 2, -0.0) == 1

    def test_of_two_nonpositive_integers_the_nearer_to_zero_ends_the_series(self):
        assert hypgeo.hyp2f1(-1, -(2**40), 1, 2.0**-40) == 2
        assert hypgeo.hyp2f1(-(2**40), -1, 1, 2.0**-40) == 2

    def test_overflow_and_underflow_are_silent(self):
        for n in (1, LONG):
            assert (hypgeo.hyp2f1(-(10**9), 3, 2.5, np.full(n, -1.0)) == np.inf).all()
            assert (hypgeo.hyp2f1(-(10**9), 1e5, 2e5, np.full(n, 0.9)) == 0).all()


class TestNotTerminating:
    @pytest.fixture(autouse=True)
    def _scipy(self):
        self.scipy = pytest.importorskip("scipy.special", reason="SciPy is not installed").hyp2f1

    def arguments(self, rng, n):
        a, b = rng.uniform(0.1, 3, n), rng.uniform(-0.9, 3, n)
        return a, b, rng.uniform(3, 9, n), rng.uniform(-0.9, 0.9, n)

    @pytest.mark.parametrize("n", [1, 300, LONG])
    def test_equals_scipy(self, rng, n):
        arguments = self.arguments(rng, n)
        np.testing.assert_array_equal(hypgeo.hyp2f1(*arguments), self.scipy(*arguments))
        scalar = [float(x[0]) for x in arguments]
        assert hypgeo.hyp2f1(*scalar) == self.scipy(*scalar)

    def test_constant_parameters(self, rng):
        z = rng.uniform(-0.9, 0.9, LONG)
        np.testing.assert_array_equal(hypgeo.hyp2f1(0.5, 1.5, 2.5, z), self.scipy(0.5, 1.5, 2.5, z))

    def test_mixed_with_terminating(self, rng):
        a, b, c, z = self.arguments(rng, 1000)
        a[::2] = -rng.integers(0, 90, 500)
        z = np.abs(z)
        value = hypgeo.hyp2f1(a, np.abs(b), c, z)
        np.testing.assert_array_equal(value[1::2], self.scipy(a, np.abs(b), c, z)[1::2])
        assert_same(value[::2], one_by_one(a, np.abs(b), c, z)[::2])

    def test_near_integers_are_not_integers(self):
        a = np.nextafter(-3.0, 0)
        assert hypgeo.hyp2f1(a, 1, 2, 0.5) == self.scipy(a, 1, 2, 0.5)

    def test_scipys_own_special_values(self):
        for arguments in [(1, 1, 2, 1.0), (1, 2, 4, 1.0), (0.5, 0.5, 1, 0.0), (2, 1, -1, 0.5)]:
            np.testing.assert_equal(hypgeo.hyp2f1(*arguments), self.scipy(*arguments))


BLOCKED = """
import sys
import importlib.abc

class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "scipy":
            raise ImportError("blocked")

sys.meta_path.insert(0, Block())
import numpy as np, hypgeo
assert hypgeo.hyp2f1(-3, 1, 2, 1) == 0.25
print(hypgeo.hyp2f1(*eval(sys.argv[1])))
"""


@pytest.mark.parametrize(
    "arguments",
    [f"0.3, 1, 2, {z}" for z in ("0.5", "np.full(3, 0.5)", "np.full(20000, np.float32(0.5))")],
)
def test_without_scipy_the_error_says_what_to_install(arguments):
    command = [sys.executable, "-W", "error", "-c", BLOCKED, arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: 2F1(a, b; c; z) with neither a nor b a nonpositive")
    assert "pip install hypgeo[scipy]" in last
