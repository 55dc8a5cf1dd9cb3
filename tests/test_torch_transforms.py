"""hypgeo_torch under torch.library, torch.func, torch.compile, fake tensors and autocast."""

from __future__ import annotations

from itertools import product

import pytest
from accuracy import EPS
from torch_cases import DEGREES, FUNCTIONS, MARKS, arguments, functions, torch

import hypgeo_torch

pytestmark = MARKS
operators = torch.ops.hypgeo

WEIGHT = torch.tensor([[0.5], [-2.0], [1.5]], dtype=torch.float64)
OPERATORS = {
    "hyp2f1": (operators.hyp2f1, ()),
    "hyp2f1, order 1": (operators.hyp2f1, (1,)),
    "hyp2f1_gradient": (operators.hyp2f1_gradient, ()),
    "hyp2f1_gradient, order 2": (operators.hyp2f1_gradient, (2,)),
    "hyp2f1_slopes": (operators.hyp2f1_slopes, ()),
    "hyp2f1_slopes, order 1": (operators.hyp2f1_slopes, (1,)),
    "hyp2f1_weighted": (operators.hyp2f1_weighted, (WEIGHT,)),
    "hyp2f1_weighted, order 1": (operators.hyp2f1_weighted, (WEIGHT, 1)),
    "hyp2f1m1": (operators.hyp2f1m1, ()),
    "log_hyp2f1": (operators.log_hyp2f1, ()),
    "log_hyp2f1_gradient": (operators.log_hyp2f1_gradient, ()),
    "expected_inverse": (operators.expected_inverse, ()),
}
# Second derivatives in b and c take seconds to trace: once, for hyp2f1_gradient.
LONG_GRAPHS = ("hyp2f1_gradient, order 2", "hyp2f1_slopes, order 1", "log_hyp2f1_gradient")
# Elements that share a vector may differ in the last digits; shapes decide who shares.
SAME = {"rtol": 64 * EPS, "atol": 64 * EPS}


@pytest.fixture(params=FUNCTIONS)
def function(request):
    return FUNCTIONS[request.param]


def _name_of(function):
    return next(name for name, f in FUNCTIONS.items() if f is function)


#: The derivative of a function of one number, in forward and in reverse mode.
DERIVATIVE = {
    "f": lambda g: lambda t: torch.func.jvp(g, (t,), (torch.ones_like(t),))[1],
    "r": torch.func.grad,
}


def compiled(function):
    return torch.compile(function, fullgraph=True, backend="aot_eager")


@pytest.fixture(autouse=True)
def _fresh_compiler():
    yield
    torch._dynamo.reset()


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_opcheck(name, requires_grad):
    operator, more = OPERATORS[name]
    first = DEGREES if name == "expected_inverse" else -DEGREES
    given = arguments(requires_grad)
    if requires_grad and name in LONG_GRAPHS:
        given = tuple(x.detach() for x in given[:2]) + given[2:]
    torch.library.opcheck(operator.default, (first, *given, *more))
    if requires_grad and ("gradient" in name or "slopes" in name):
        return
    b, c, z = (x.detach() for x in given)
    mixed = [x.requires_grad_(requires_grad) for x in (b[0, 0].clone(), c[0].clone(), z.float())]
    number = torch.tensor(float(first[0]), dtype=torch.float64)
    torch.library.opcheck(operator.default, (number, *mixed, *more))


class TestFunc:
    def test_grad_and_jacobians(self, function):
        b, c, z = arguments(False)
        ours = torch.func.grad(lambda *x: function(*x).sum(), (0, 1, 2))(b, c, z)
        tracked = arguments()
        expected = torch.autograd.grad(function(*tracked).sum(), tracked)
        for x, y in zip(ours, expected, strict=True):
            torch.testing.assert_close(x, y, **SAME)
        for by in range(3):
            reverse = torch.func.jacrev(function, by)(b, c, z)
            forward = torch.func.jacfwd(function, by)(b, c, z)
            torch.testing.assert_close(reverse, forward, **SAME)

    @pytest.mark.parametrize("modes", list(product("fr", repeat=2)), ids="".join)
    def test_levels_see_each_other(self, function, modes):
        """Every order of forward and reverse gives what autograd gives of the second order.

        The logarithm multiplies what levels pass on: a lost tangent would not be zero but wrong.
        """
        b, c, z = (x.flatten()[0].clone() for x in arguments(False))
        one = functions(7)[_name_of(function)]

        def composed(t):
            return torch.log(4 + one(b * t, c + t, z * t * t))

        t = torch.tensor(0.9, dtype=torch.float64)
        nested = composed
        for mode in modes:
            nested = DERIVATIVE[mode](nested)
        x = t.clone().requires_grad_()
        (slope,) = torch.autograd.grad(composed(x), x, create_graph=True)
        (expected,) = torch.autograd.grad(slope, x)
        torch.testing.assert_close(nested(t), expected, rtol=1e-10, atol=0)

    @pytest.mark.parametrize("modes", list(product("fr", repeat=3)), ids="".join)
    def test_three_levels(self, modes):
        def f(z):
            return hypgeo_torch.hyp2f1(-7, 1.5, 4.0, z)

        nested = f
        for mode in modes:
            nested = DERIVATIVE[mode](nested)
        z = torch.tensor(0.3, dtype=torch.float64)
        exact = operators.hyp2f1(*(torch.tensor(x).double() for x in (-7, 1.5, 4.0)), z, 3)
        torch.testing.assert_close(nested(z), exact, rtol=64 * EPS, atol=0)

    def test_reverse_over_a_dual_level(self):
        """The same by tensors with tangents, outside torch.func."""
        forward = torch.autograd.forward_ad
        z = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
        with forward.dual_level():
            dual = forward.make_dual(z, torch.ones_like(z))
            value = torch.log(hypgeo_torch.hyp2f1(-7, 1.5, 4.0, dual))
            (second,) = torch.autograd.grad(forward.unpack_dual(value).tangent, z)
        log = hypgeo_torch.log_hyp2f1
        expected = torch.func.hessian(lambda z: log(-7, 1.5, 4.0, z))(z.detach())
        torch.testing.assert_close(second, expected, rtol=1e-12, atol=0)

    def test_hessian(self, function):
        b, c, z = (x.flatten()[0] for x in arguments(False))
        whole = torch.func.hessian(lambda *x: function(*x).sum(), (0, 1, 2))(b, c, z)
        for i in range(3):
            for j in range(i):
                torch.testing.assert_close(whole[i][j], whole[j][i], rtol=1e-9, atol=1e-12)

    def test_jvp_is_the_gradient_along_a_direction(self, function):
        given = arguments(False)
        direction = tuple(torch.ones_like(x) for x in given)
        value, tangent = torch.func.jvp(function, given, direction)
        pulled = torch.func.vjp(function, *given)[1](torch.ones_like(value))
        total = sum(x.sum() for x in pulled)
        torch.testing.assert_close(tangent.sum(), total, rtol=1e-12, atol=0)

    @pytest.mark.parametrize("dims", [(None, None, 0), (0, None, 1), (0, None, None)])
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_vmap(self, name, dims):
        function, given = functions(7)[name], arguments(False)
        if dims[2] is None:
            given = (*given[:2], given[2][0, 0])
        mapped = torch.vmap(function, dims)(*given)
        for i in range(mapped.shape[0]):
            one = [x if d is None else x.select(d, i) for x, d in zip(given, dims, strict=True)]
            torch.testing.assert_close(mapped[i], function(*one), **SAME)

    def test_vmap_over_degrees(self):
        value = torch.vmap(lambda m: hypgeo_torch.hyp2f1(-m, 1.5, 4.0, 0.25))(DEGREES)
        torch.testing.assert_close(value, hypgeo_torch.hyp2f1(-DEGREES, 1.5, 4.0, 0.25))

    def test_vmap_of_gradients(self, function):
        b, c, z = arguments(False)
        slopes = torch.func.grad(lambda z: function(b, c, z).sum())
        expected = torch.stack([slopes(x) for x in z])
        torch.testing.assert_close(torch.vmap(slopes)(z), expected, **SAME)
        torch.testing.assert_close(
            torch.vmap(torch.vmap(lambda z: function(b[0], c, z)))(z), function(b[0], c, z), **SAME
        )


class TestCompile:
    def test_forward_and_backward(self, function):
        given = arguments()
        value, expected = compiled(function)(*given), function(*given)
        torch.testing.assert_close(value, expected, **SAME)
        slopes = torch.autograd.grad(value.sum(), given)
        torch.testing.assert_close(slopes, torch.autograd.grad(expected.sum(), given), **SAME)

    def test_transforms_inside(self, function):
        b, c, z = arguments(False)

        def slopes(z):
            return torch.func.grad(lambda z: function(b, c, z).sum())(z)

        def tangent(z):
            return torch.func.jvp(lambda z: function(b, c, z), (z,), (torch.ones_like(z),))[1]

        for inner in (slopes, tangent, torch.vmap(lambda z: function(b, c, z))):
            torch.testing.assert_close(compiled(inner)(z), inner(z), **SAME)

    @pytest.mark.parametrize("modes", list(product("fr", repeat=2)), ids="".join)
    def test_nested_transforms_inside(self, modes):
        def nested(t):
            g = lambda t: torch.log(hypgeo_torch.hyp2f1(-7, 1.5, 4.0, t))  # noqa: E731
            for mode in modes:
                g = DERIVATIVE[mode](g)
            return g(t)

        t = torch.tensor(0.3, dtype=torch.float64)
        torch.testing.assert_close(compiled(nested)(t), nested(t), **SAME)

    def test_sizes_and_degrees_may_change(self):
        f = torch.compile(
            lambda m, z: hypgeo_torch.hyp2f1(-m, 1.5, 4.0, z),
            fullgraph=True,
            backend="aot_eager",
            dynamic=True,
        )
        for m, n in ((3, 5), (7, 9), (40, 11)):
            z = torch.linspace(0.1, 0.9, n, dtype=torch.float64)
            torch.testing.assert_close(f(m, z), hypgeo_torch.hyp2f1(-m, 1.5, 4.0, z), **SAME)


def test_fake_and_meta_tensors(function):
    from torch._subclasses.fake_tensor import FakeTensorMode

    given = arguments()
    value = function(*given)
    with FakeTensorMode() as mode:
        fake = [mode.from_tensor(x) for x in given]
        result = hypgeo_torch.hyp2f1(-3, *fake)
        assert (result.shape, result.dtype, result.device.type) == (
            value.shape,
            value.dtype,
            "cpu",
        )
        slopes = torch.autograd.grad(result.sum(), fake)
        assert [x.shape for x in slopes] == [x.shape for x in given]
    meta = [x.detach().to("meta").requires_grad_() for x in given]
    result = hypgeo_torch.log_hyp2f1(-3, *meta)
    assert (result.shape, result.device.type) == (value.shape, "meta")
    result.sum().backward()
    assert [x.grad.shape for x in meta] == [x.shape for x in given]


class TestAutocast:
    def test_half_precision_becomes_single(self, function):
        half = [x.bfloat16() for x in arguments(False)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            value = function(*half)
            full = function(*(x.double() for x in half))
        assert value.dtype == torch.float32
        assert torch.equal(value, function(*(x.float() for x in half)))
        assert full.dtype == torch.float64

    def test_operators(self):
        half = [x.bfloat16() for x in arguments(False)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            value = operators.hyp2f1(-DEGREES, *half)
        assert value.dtype == torch.float32


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_inductor():
    """The compiler that torch.compile takes by itself, around the operators."""

    def f(c, z):
        return torch.sin(hypgeo_torch.hyp2f1(-30, 1.5, 2 * c + 1, z / 2)) + 1

    _, c, z = (x.detach() for x in arguments())
    first, second = z.clone().requires_grad_(), z.clone().requires_grad_()
    value, expected = torch.compile(f, fullgraph=True)(c, first), f(c, second)
    torch.testing.assert_close(value, expected, **SAME)
    value.sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(first.grad, second.grad, **SAME)
