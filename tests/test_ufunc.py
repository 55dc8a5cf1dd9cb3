"""hyp2f1 behaves as a NumPy ufunc and as a drop-in replacement of SciPy's."""

from __future__ import annotations

import itertools
import signal

import numpy as np
import pytest
from accuracy import (
    LONG,
    PROMISE_EPS,
    assert_same,
    one_by_one,
    ulp_error,
)

import hypgeo

pytestmark = pytest.mark.usefixtures("no_floating_point_flag_reaches_numpy")


class TestBroadcasting:
    @pytest.mark.parametrize("axes", list(itertools.permutations(range(4))))
    def test_every_argument_along_its_own_axis(self, axes):
        shapes = [
            tuple(n if k == axis else 1 for k in range(4))
            for n, axis in zip((2, 3, 4, 5), axes, strict=True)
        ]
        values = ([-3, -800], [0.5, 1, 7], [8, 9.5, 100, 1e4], [0, 0.1, 0.5, 0.9, 1])
        arguments = [
            np.array(x, float).reshape(shape) for x, shape in zip(values, shapes, strict=True)
        ]
        value = hypgeo.hyp2f1(*arguments)
        assert value.shape == np.broadcast_shapes(*shapes)
        assert_same(value, one_by_one(*arguments))

    def test_lists_scalars_and_zero_dimensions(self):
        assert hypgeo.hyp2f1([[-3], [-4]], (1, 2, 3), 5, np.float64(0.5)).shape == (2, 3)
        assert type(hypgeo.hyp2f1(-3, 1, 2, 0.5)) is np.float64
        assert type(hypgeo.hyp2f1(np.array(-3), 1, 2, 0.5)) is np.float64
        assert type(hypgeo.hyp2f1(*(np.float32(x) for x in (-3, 1, 2, 0.5)))) is np.float32
        out = np.array(0.0)
        assert hypgeo.hyp2f1(-3, 1, 2, 0.5, out=out) is out
        assert out.shape == ()
        assert out == hypgeo.hyp2f1(-3, 1, 2, 0.5)

    @pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)])
    def test_empty(self, shape):
        assert hypgeo.hyp2f1(-3, 1, 2, np.empty(shape)).shape == shape
        assert hypgeo.hyp2f1(np.empty(shape), 1, 2, 0.5).dtype == np.float64
        assert hypgeo.hyp2f1(0.5, 1, 2, np.empty(shape, np.float32)).shape == shape

    def test_one_call_may_mix_everything(self, rng):
        a = -np.floor(np.exp(rng.uniform(0, 36, 900)))
        b, d = np.exp(rng.uniform(-18, 13, 900)), np.exp(rng.uniform(-10, 18, 900))
        z = rng.uniform(-1e-3, 1, 900)
        a[::50] = 0.5
        z[7::90] = np.nan
        assert_same(hypgeo.hyp2f1(a, b, b + d, z), one_by_one(a, b, b + d, z))


class TestMemory:
    @pytest.fixture
    def arguments(self, rng):
        shape = (12, 14)
        b, d = rng.uniform(0.1, 9, shape), rng.uniform(0.1, 9, shape)
        return -rng.integers(0, 5000, shape).astype(float), b, b + d, rng.random(shape)

    @pytest.mark.parametrize(
        "view",
        [np.s_[::-1], np.s_[:, ::-1], np.s_[::3, 1::2], np.s_[::-2, ::-3], np.s_[4], np.s_[:, 3]],
        ids=str,
    )
    def test_any_strides(self, arguments, view):
        whole = hypgeo.hyp2f1(*arguments)
        assert_same(hypgeo.hyp2f1(*(x[view] for x in arguments)), whole[view])

    def test_transposed_and_fortran(self, arguments):
        whole = hypgeo.hyp2f1(*arguments)
        assert_same(hypgeo.hyp2f1(*(x.T for x in arguments)), whole.T)
        fortran = hypgeo.hyp2f1(*(np.asfortranarray(x) for x in arguments))
        assert_same(fortran, whole)
        assert fortran.flags.f_contiguous
        assert hypgeo.hyp2f1(*arguments, order="F").flags.f_contiguous
        mixed = [np.asfortranarray(arguments[0]), *arguments[1:]]
        assert_same(hypgeo.hyp2f1(*mixed), whole)

    def test_fields_of_a_record_and_unaligned(self, arguments):
        whole = hypgeo.hyp2f1(*arguments).ravel()
        record = np.zeros(whole.size, dtype="i1,f8,f8,f8,f8")
        for name, x in zip(("f1", "f2", "f3", "f4"), arguments, strict=True):
            record[name] = x.ravel()
        fields = [record[name] for name in ("f1", "f2", "f3", "f4")]
        assert not fields[0].flags.aligned
        assert_same(hypgeo.hyp2f1(*fields), whole)

    @pytest.mark.parametrize("dtype", [">f8", "<f8", ">i8"])
    def test_byte_order(self, arguments, dtype):
        a, b, c, z = arguments
        swapped = [a.astype(dtype), b.astype(">f8"), c.astype("<f8"), z.astype(">f8")]
        assert_same(hypgeo.hyp2f1(*swapped), hypgeo.hyp2f1(*arguments))

    def test_read_only_input(self, arguments):
        expected = hypgeo.hyp2f1(*arguments)
        for x in arguments:
            x.flags.writeable = False
        assert_same(hypgeo.hyp2f1(*arguments), expected)

    def test_input_is_left_alone(self, arguments):
        before = [x.copy() for x in arguments]
        hypgeo.hyp2f1(*arguments)
        hypgeo.hyp2f1(-300, 1, 2, np.linspace(0, 1, LONG))
        for x, y in zip(arguments, before, strict=True):
            np.testing.assert_array_equal(x, y)


class TestOut:
    @pytest.mark.parametrize("n", [7, 700, LONG])
    @pytest.mark.parametrize("position", range(4))
    def test_may_be_an_input(self, rng, n, position):
        arguments = [np.full(n, -70.0), np.full(n, 1.5), np.full(n, 4.0), rng.random(n)]
        expected = hypgeo.hyp2f1(*arguments)
        result = hypgeo.hyp2f1(*arguments, out=arguments[position])
        assert result is arguments[position]
        np.testing.assert_array_equal(result, expected)

    @pytest.mark.parametrize("n", [700, LONG])
    def test_may_overlap_an_input(self, rng, n):
        buffer = rng.random(n + 1)
        expected = hypgeo.hyp2f1(-70, 1.5, 4, buffer[:-1])
        hypgeo.hyp2f1(-70, 1.5, 4, buffer[:-1], out=buffer[1:])
        np.testing.assert_array_equal(buffer[1:], expected)
        reverse = rng.random(n)
        expected = hypgeo.hyp2f1(-70, 1.5, 4, reverse)
        hypgeo.hyp2f1(-70, 1.5, 4, reverse, out=reverse[::-1])
        np.testing.assert_array_equal(reverse[::-1], expected)

    def test_positional_tuple_and_strided(self, rng):
        z = rng.random(40)
        expected = hypgeo.hyp2f1(-70, 1.5, 4, z)
        out = np.full(80, np.nan)
        assert hypgeo.hyp2f1(-70, 1.5, 4, z, out[::2]).base is out
        np.testing.assert_array_equal(out[::2], expected)
        assert np.isnan(out[1::2]).all()
        other = np.empty(40)
        assert hypgeo.hyp2f1(-70, 1.5, 4, z, out=(other,)) is other
        np.testing.assert_array_equal(other, expected)

    def test_broadcasts_the_input(self):
        out = np.empty((3, 4))
        hypgeo.hyp2f1(-3, 1, 2, [0.1, 0.2, 0.3, 0.4], out=out)
        np.testing.assert_array_equal(out[0], out[2])

    def test_float32_out_is_rounded_once(self, rng):
        z = rng.random(300)
        out = np.empty(300, np.float32)
        hypgeo.hyp2f1(-700, 1.5, 4, z, out=out)
        np.testing.assert_array_equal(out, hypgeo.hyp2f1(-700, 1.5, 4, z).astype(np.float32))

    @pytest.mark.parametrize("n", [10, LONG])
    def test_where(self, rng, n):
        z, mask = rng.random(n), rng.random(n) < 0.6
        out = np.full(n, 7.0)
        assert hypgeo.hyp2f1(-70, 1.5, 4, z, out=out, where=mask) is out
        assert (out[~mask] == 7).all()
        assert_same(out[mask], hypgeo.hyp2f1(-70, 1.5, 4, z)[mask])

    def test_where_hides_what_scipy_would_get(self):
        out = np.zeros(2)
        hypgeo.hyp2f1([-2, 0.5], 1, 2, 0.75, out=out, where=[True, False])
        assert ulp_error(out[0], 0.4375) <= PROMISE_EPS
        assert out[1] == 0


def _raise_interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timers")
@pytest.mark.parametrize("dtype", [float, complex])
def test_long_calls_can_be_interrupted(dtype):
    """Oscillating polynomials cost O(m): this call would take half a minute."""
    m, z = 20_000, np.linspace(0.2, 0.8, 20_000).astype(dtype)
    before = signal.signal(signal.SIGALRM, _raise_interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            hypgeo.hyp2f1(-m, m + 1, 1, z)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
