"""hypgeo_torch: values against the exact tables, dtypes, layouts, errors."""

from __future__ import annotations

import numpy as np
import pytest
from accuracy import EPS, ULP32, promise, read_columns, ulp32_distance, ulp_error, worst
from torch_cases import FUNCTIONS, MARKS, SHAPES, arguments, column, torch

import hypgeo
import hypgeo_torch
from hypgeo import probability

pytestmark = MARKS

# A derivative in float32 is a product of two numbers that have been rounded.
ROUNDED_TWICE = 2


@pytest.mark.parametrize("name", ["home", "negative_z"])
def test_every_row_of_the_tables(name, request):
    table = request.getfixturevalue(name)
    a, b, c, z = column(*table.arguments)
    value = hypgeo_torch.hyp2f1(a, b, c, z).numpy()
    failures = worst(ulp_error(value, table.hi, table.lo), promise(table.hi), table, value)
    assert not failures, failures


@pytest.mark.parametrize("name", ["home", "negative_z"])
def test_single_precision(name, request):
    table = request.getfixturevalue(name)
    a, b, c, z = column(*table.arguments)
    single = [x.float() for x in (b, c, z)]
    value = hypgeo_torch.hyp2f1(a, *single)
    exact = hypgeo_torch.hyp2f1(a, *(x.double() for x in single))
    assert value.dtype == torch.float32
    assert (ulp32_distance(value.numpy(), exact.numpy()) <= ULP32).all()


def test_logarithms():
    columns = read_columns("log")
    b, c, z = column(*(columns[key][0] for key in "bcz"))
    m = torch.tensor(columns["m"][0]).long()
    log, sign = hypgeo_torch.log_hyp2f1(-m, b, c, z, return_sign=True)
    minus_one = hypgeo_torch.hyp2f1m1(-m, b, c, z)
    given = [-columns["m"][0], *(columns[key][0] for key in "bcz")]
    np.testing.assert_array_equal(log.numpy(), hypgeo.log_hyp2f1(*given))
    np.testing.assert_array_equal(sign.numpy(), columns["sign"][0])
    np.testing.assert_array_equal(minus_one.numpy(), hypgeo.hyp2f1m1(*given))


def test_expected_inverse(rng):
    q, beta, p = column(rng.uniform(0.1, 9, 50), rng.uniform(0.1, 9, 50), rng.random(50))
    m = torch.tensor(rng.integers(0, 10**6, 50))
    value = hypgeo_torch.expected_inverse(q, beta, m, p)
    expected = probability.expected_inverse(*(x.numpy() for x in (q, beta, m, p)))
    np.testing.assert_array_equal(value.numpy(), expected)
    assert hypgeo_torch.expected_inverse(1.0, 1, 2, torch.tensor(0.5)).dtype == torch.float32


# Dtypes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_rounded_once(name, dtype):
    half = [x.detach().to(dtype).requires_grad_() for x in arguments(False)]
    single = [x.detach().float().requires_grad_() for x in half]
    value, computed = FUNCTIONS[name](*half), FUNCTIONS[name](*single)
    assert value.dtype == dtype
    assert torch.equal(value, computed.to(dtype))
    value.sum().backward()
    computed.sum().backward()
    for x, y in zip(half, single, strict=True):
        assert torch.equal(x.grad, y.grad.to(dtype))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_in_single_precision(name):
    double = [x.float().double().requires_grad_() for x in arguments(False)]
    single = [x.detach().float().requires_grad_() for x in double]
    FUNCTIONS[name](*double)[0, 0, 0].backward()
    FUNCTIONS[name](*single)[0, 0, 0].backward()
    for x, y in zip(single, double, strict=True):
        assert (ulp32_distance(x.grad.numpy(), y.grad.numpy()) <= ROUNDED_TWICE * ULP32).all()


def test_promotion():
    one, half = torch.ones(1), torch.ones(1, dtype=torch.float16)
    f = hypgeo_torch.hyp2f1
    assert f(-3, 1, 2, one).dtype == torch.float32
    assert f(-3, one.double(), 2, one).dtype == torch.float64
    assert f(-3, torch.tensor(1.0, dtype=torch.float64), 2, one).dtype == torch.float32
    assert f(-3, half, 2, half.bfloat16()).dtype == torch.float32
    assert f(torch.tensor([-3.0]).double(), 1, 2, one).dtype == torch.float32
    assert f(torch.tensor([-3.0]).double(), 1, 2, 0.5).dtype == torch.float64
    assert f(torch.tensor([-3]), 1, 2, 0.5).dtype == torch.float32
    assert f(-3, 1, 2, torch.ones(1, dtype=torch.int64)).dtype == torch.float32
    assert f(-3, 1, 2, 1).dtype == torch.float32


def test_numbers_are_not_rounded():
    """0.1 is no float32; degrees beyond 2^24 are none either."""
    z, m = torch.tensor([0.3]), 2**24 + 1
    exact = hypgeo.hyp2f1(-float(m), 0.1, 2.0, np.float64(z.item()))
    assert ulp32_distance(hypgeo_torch.hyp2f1(-m, 0.1, 2.0, z).numpy(), exact) <= ULP32
    degrees = torch.tensor([-m])
    assert ulp32_distance(hypgeo_torch.hyp2f1(degrees, 0.1, 2.0, z).numpy(), exact) <= ULP32


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.int16, torch.float16])
def test_degrees_of_any_dtype(dtype):
    a = torch.tensor([0, -1, -5, -200]).to(dtype)
    expected = hypgeo.hyp2f1(a.numpy().astype(float), 1.5, 4.0, 0.25)
    z = torch.tensor(0.25, dtype=torch.float64)
    np.testing.assert_array_equal(hypgeo_torch.hyp2f1(a, 1.5, 4.0, z).numpy(), expected)


# Layouts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_strides(name, rng):
    base = torch.tensor(rng.uniform(0.1, 0.9, (8, 6)))
    b, c = torch.tensor(1.5).double(), torch.tensor(4.0).double()
    views = [base.t(), base[::2, 1:5], base[:, :1].expand(8, 4), base[:4].t().expand(3, 6, 4)]
    for view in views:
        z = view if view.shape[-1] == 4 else view[..., :4]
        other = z.clone(memory_format=torch.contiguous_format)
        value = FUNCTIONS[name](b, c, z)
        assert value.is_contiguous()
        # Elements that share a vector may differ in the last digit.
        torch.testing.assert_close(value, FUNCTIONS[name](b, c, other), rtol=32 * EPS, atol=0)


def test_negative_views():
    z = torch.tensor([0.2, 0.5, 0.7], dtype=torch.float64)
    view = torch.complex(torch.zeros_like(z), z).conj().imag
    assert view.is_neg()
    for function in (hypgeo_torch.hyp2f1, hypgeo.hyp2f1):
        assert torch.equal(function(-3, 1.0, 2.0, view), function(-3, 1.0, 2.0, -z))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_empty_and_0d(name):
    b, c, z = arguments(False)
    empty = z[:0].clone().requires_grad_()
    value = FUNCTIONS[name](b, c, empty)
    assert value.shape == (0, 3, 4)
    value.sum().backward()
    assert empty.grad.shape == empty.shape
    point = [x.flatten()[0].clone().requires_grad_() for x in (b, c, z)]
    value = hypgeo_torch.hyp2f1(-5, *point)
    assert value.shape == ()
    value.backward()
    assert all(x.grad.shape == () for x in point)


def test_nothing_is_copied(monkeypatch):
    """The ufunc gets the memory of the tensors, and writes into that of the result."""
    from hypgeo import _torch_call

    z = torch.rand(64, dtype=torch.float64)
    seen = {}

    def ufunc(*arrays, out, casting):
        seen["in"], seen["out"] = arrays[3].ctypes.data, out[0].ctypes.data
        out[0][...] = 7

    monkeypatch.setattr(_torch_call._core, "hyp2f1", ufunc)
    value = hypgeo_torch.hyp2f1(-5, 1.0, 2.0, z)
    assert seen == {"in": z.data_ptr(), "out": value.data_ptr()}
    assert (value == 7).all()


# Errors ------------------------------------------------------------------------------------------


class TestErrors:
    def test_degree(self):
        z = torch.rand(3)
        for bad in (0.5, 3, -2.5, np.float64(1.5)):
            with pytest.raises(ValueError, match=r"^a must be a nonpositive integer, got"):
                hypgeo_torch.hyp2f1(bad, 1.0, 2.0, z)
        value = hypgeo_torch.hyp2f1(torch.tensor([-2.0, -2.5, 3.0]), 1.0, 2.0, z)
        assert torch.isnan(value).tolist() == [False, True, True]
        assert torch.isnan(hypgeo_torch.hyp2f1(float("nan"), 1.0, 2.0, z)).all()

    def test_degree_has_no_derivative(self):
        a = torch.tensor([-3.0], requires_grad=True)
        with pytest.raises(TypeError, match=r"^a has no derivative: pass a.detach\(\)"):
            hypgeo_torch.hyp2f1(a, 1.0, 2.0, 0.5)

    def test_operands(self):
        with pytest.raises(
            TypeError, match=r"^b must be a real number or a torch.Tensor, got None"
        ):
            hypgeo_torch.hyp2f1(-3, None, 2.0, 0.5)
        with pytest.raises(TypeError, match=r"^z must be real, got a tensor of dtype"):
            hypgeo_torch.log_hyp2f1(-3, 1.0, 2.0, torch.ones(2, dtype=torch.complex64))
        with pytest.raises(ValueError, match=r"^a, b, c, z must broadcast, got c of shape \(2,\)"):
            hypgeo_torch.hyp2f1m1(-3, 1.0, torch.ones(2), torch.ones(3))
        with pytest.raises(ValueError, match="one device, got c on meta, z on cpu"):
            hypgeo_torch.hyp2f1(-3, 1.0, torch.ones(2, device="meta"), torch.ones(2))

    @pytest.mark.parametrize(
        ("name", "bad", "words"),
        [
            ("q", -1.0, "positive and finite, got -1.0"),
            ("beta", 0, "positive and finite, got 0"),
            ("m", 2.5, r"a nonnegative integer up to 2\*\*53, got 2.5"),
            ("p", 1.5, r"in \[0, 1\], got 1.5"),
        ],
    )
    def test_expected_inverse(self, name, bad, words):
        good = {"q": 1.0, "beta": 1.0, "m": 2, "p": 0.5}
        given = {**good, name: bad}
        with pytest.raises(ValueError, match=f"^{name} must be {words}"):
            hypgeo_torch.expected_inverse(**given)
        given[name] = torch.tensor([bad, good[name]], dtype=torch.float64)
        value = hypgeo_torch.expected_inverse(**given)
        assert torch.isnan(value).tolist() == [True, False]

    def test_operators_refuse_other_dtypes(self):
        z = torch.ones(SHAPES[1], dtype=torch.float16)
        with pytest.raises(TypeError, match=r"take float32 and float64 tensors, got torch.float16"):
            torch.ops.hypgeo.hyp2f1(z, z, z, z)
