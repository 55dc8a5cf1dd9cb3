"""hypgeo of tensors and CuPy arrays: kind, dtype, device, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from siblings import FUNCTIONS, results

import hypgeo
from hypgeo import _dispatch

torch_missing = "PyTorch is not installed: pip install hypgeo[torch]"
torch = pytest.importorskip("torch", reason=torch_missing)

EVERY = {"hyp2f1": hypgeo.hyp2f1, **FUNCTIONS}


@pytest.fixture(params=EVERY)
def function(request):
    return EVERY[request.param]


@pytest.fixture
def z():
    return torch.linspace(0.05, 0.95, 7, dtype=torch.float64)


class TestTensors:
    def test_the_same_numbers_as_of_numpy(self, function, z):
        found = function(-40, 1.5, 4.0, z)
        expected = results(function(-40, 1.5, 4.0, z.numpy()))
        for x, y in zip(results(found), expected, strict=True):
            assert isinstance(x, torch.Tensor)
            np.testing.assert_array_equal(x.numpy(), y)
        assert type(found) is type(function(-40, 1.5, 4.0, z.numpy())) or torch.is_tensor(found)

    @pytest.mark.parametrize("position", range(4))
    def test_a_tensor_at_any_place(self, position):
        given: list = [-40, 1.5, 4.0, 0.25]
        given[position] = torch.tensor([given[position]] * 2, dtype=torch.float64)
        found = hypgeo.hyp2f1(*given)
        assert torch.is_tensor(found)
        np.testing.assert_array_equal(found.numpy(), hypgeo.hyp2f1(-40, 1.5, 4.0, [0.25, 0.25]))

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
    @pytest.mark.parametrize("name", sorted(set(EVERY) - {"value_and_error"}))
    def test_dtype(self, name, z, dtype):
        function = EVERY[name]
        exact = results(function(-8, 1.5, 4.0, z.to(dtype).double()))
        for x, y in zip(results(function(-8, 1.5, 4.0, z.to(dtype))), exact, strict=True):
            assert x.dtype == dtype
            if dtype.itemsize == 2:
                assert torch.equal(x, y.float().to(dtype))
            else:
                np.testing.assert_allclose(x, y, rtol=3 * torch.finfo(dtype).eps, atol=0)

    def test_error_bounds(self, z):
        value, error = hypgeo.value_and_error(-8, 1.5, 4.0, z.float())
        exact = hypgeo.hyp2f1(-8, 1.5, 4.0, z.float().double())
        assert (abs(value.double() - exact) <= error.double()).all()
        with pytest.raises(TypeError, match=r"^value_and_error takes float32 and float64 tensors"):
            hypgeo.value_and_error(-8, 1.5, 4.0, z.half())

    def test_integers_take_the_default_dtype(self):
        found = hypgeo.hyp2f1(torch.tensor([-3]), 1, 2, torch.tensor([1]))
        assert found.dtype == torch.get_default_dtype()
        assert found.item() == 0.25

    def test_of_0d_tensors_and_numpy_numbers(self, z):
        found = hypgeo.hyp2f1(np.int64(-3), np.float32(1), torch.tensor(2.0), z)
        assert found.dtype == torch.float64
        assert hypgeo.hyp2f1(-3, 1, 2, torch.tensor(1.0)).shape == ()

    def test_nothing_terminates(self, z):
        pytest.importorskip("scipy", reason="SciPy evaluates what does not terminate")
        found = hypgeo.hyp2f1(0.5, 1.5, 4.0, z)
        np.testing.assert_array_equal(found.numpy(), hypgeo.hyp2f1(0.5, 1.5, 4.0, z.numpy()))

    def test_no_gradient_wanted(self, z):
        z.requires_grad_()
        with torch.no_grad():
            assert not hypgeo.hyp2f1(-3, 1, 2, z).requires_grad


class TestPlans:
    """`hypgeo.plan` at tensors: their memory is read where it is."""

    @pytest.mark.parametrize("kind", ["float64", "float32"])
    def test_results_have_the_dtype_of_the_plan(self, z, kind):
        plan = hypgeo.plan(-512, 1, 2, dtype=kind)
        for x in (z, z.float(), z[::2], z.half(), z.reshape(7, 1).T):
            found = plan(x)
            assert (found.shape, str(found.dtype)) == (x.shape, f"torch.{kind}")
            np.testing.assert_array_equal(found.numpy(), plan(x.double().numpy()))
        assert plan(torch.tensor(0.5)).shape == ()
        assert plan(torch.ones(3, dtype=torch.int64))[0].item() == pytest.approx(1 / 513)

    def test_its_other_functions(self, z):
        for kind in ("float64", "float32"):
            plan = hypgeo.plan(-5, 1, 2, dtype=kind)
            logs, signs = plan.log(z, return_sign=True)
            for found in (plan.m1(z), logs, signs, *plan.derivatives(z)):
                assert str(found.dtype) == f"torch.{kind}"

    def test_refused(self, z):
        plan = hypgeo.plan(-5, 1, 2)
        with pytest.raises(TypeError, match=r"^out must not be given where z is a torch array"):
            plan(z, out=z)
        with pytest.raises(TypeError, match=r"^where must not be given where z is a torch array"):
            plan(z, where=False)
        with pytest.raises(TypeError, match=r"^z requires grad, which hypgeo would lose"):
            plan(z.requires_grad_())
        with pytest.raises(ValueError, match="on the CPU or a CUDA device, got meta"):
            plan(torch.ones(3, device="meta"))


class TestRefused:
    @pytest.mark.parametrize("position", range(4))
    def test_requires_grad(self, position):
        given: list = [-3, 1.0, 2.0, 0.5]
        given[position] = torch.tensor(given[position], dtype=torch.float64, requires_grad=True)
        with pytest.raises(TypeError, match=f"^{'abcz'[position]} requires .*hypgeo_torch.hyp2f1,"):
            hypgeo.hyp2f1(*given)

    def test_the_function_named_is_the_one_called(self, z):
        z.requires_grad_()
        for name in ("hyp2f1m1", "log_hyp2f1"):
            with pytest.raises(TypeError, match=f"use hypgeo_torch.{name}, or pass z.detach"):
                getattr(hypgeo, name)(-3, 1, 2, z)
        with pytest.raises(TypeError, match=r"use hypgeo_torch.hyp2f1, or"):
            hypgeo.hyp2f1_derivatives(-3, 1, 2, z)

    @pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
    def test_tangents_and_batches(self, z):
        forward = torch.autograd.forward_ad
        with forward.dual_level(), pytest.raises(TypeError, match=r"^z has a tangent"):
            hypgeo.hyp2f1(-3, 1, 2, forward.make_dual(z, z))
        with pytest.raises(TypeError, match="under vmap: use hypgeo_torch"):
            torch.vmap(lambda x: hypgeo.hyp2f1(-3, 1, 2, x))(z.reshape(7, 1))

    def test_two_libraries(self, z):
        message = (
            "^a, b, c, z must be arrays of one library, got: c is a numpy.ndarray, z is a torch"
        )
        with pytest.raises(TypeError, match=message):
            hypgeo.hyp2f1(-3, 1, np.ones(7), z)

    @pytest.mark.parametrize(
        ("bad", "words"),
        [
            ([1.0, 2.0], "^c must be a real number or a torch.Tensor, got"),
            ("text", "^c must be a real number or a torch.Tensor, got 'text'"),
            (torch.ones(1, dtype=torch.complex64), "^c must be real, got a tensor of .*complex64"),
        ],
    )
    def test_operands(self, function, z, bad, words):
        with pytest.raises(TypeError, match=words):
            function(-3, 1.0, bad, z)

    def test_shapes_and_sizes(self, z):
        with pytest.raises(ValueError, match=r"must broadcast, got c of shape \(3,\), z of shape"):
            hypgeo.hyp2f1(-3, 1.0, torch.ones(3), z)
        with pytest.raises(ValueError, match=r"^b must fit into float64"):
            hypgeo.hyp2f1(-3, 10**400, 2.0, z)

    def test_devices(self, z):
        meta = z.to("meta")
        with pytest.raises(ValueError, match="must be on one device, got c on meta, z on cpu"):
            hypgeo.hyp2f1(-3, 1.0, meta, z)
        with pytest.raises(ValueError, match="on the CPU or a CUDA device, got meta"):
            hypgeo.hyp2f1(-3, 1.0, 2.0, meta)

    def test_options_of_ufuncs(self, z):
        with pytest.raises(TypeError, match=r"^out must not be given where .* a torch array"):
            hypgeo.hyp2f1(-3, 1, 2, z, out=z)
        with pytest.raises(TypeError, match=r"^dtype must not be given"):
            hypgeo.hyp2f1_derivatives(-3, 1, 2, z, dtype="float32")


class TestOtherLibraries:
    def test_cupy_arrays_go_to_the_gpu(self, monkeypatch):
        class Array:
            def __dlpack__(self):
                raise NotImplementedError

        calls = []
        monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(ndarray=Array))
        gpu = ModuleType("hypgeo.gpu")
        gpu.dispatch = lambda *x: calls.append(x) or "result"
        monkeypatch.setitem(sys.modules, "hypgeo.gpu", gpu)
        x = Array()
        assert hypgeo.hyp2f1(-3, 1, 2, x) == "result"
        assert hypgeo.hyp2f1m1(-3, 1, 2, x) == "result"
        assert calls == [("hyp2f1", -3, 1, 2, x), ("hyp2f1m1", -3, 1, 2, x)]

    def test_numpy_converts_what_is_not_known(self):
        class Exported:
            def __init__(self, array):
                self.array = array

            def __dlpack__(self, **options):
                return self.array.__dlpack__(**options)

            def __array__(self, dtype=None, copy=None):
                return self.array

        z = np.linspace(0, 1, 5)
        out = np.empty(5)
        expected = hypgeo.hyp2f1(-3, 1, 2, z)
        np.testing.assert_array_equal(hypgeo.hyp2f1(-3, 1, 2, Exported(z)), expected)
        np.testing.assert_array_equal(hypgeo.hyp2f1(-3, 1, 2, Exported(z), out=out), expected)
        np.testing.assert_array_equal(
            hypgeo.hyp2f1m1(-3, 1, 2, Exported(z)), hypgeo.hyp2f1m1(-3, 1, 2, z)
        )

    def test_owner_of_numbers(self):
        assert _dispatch.library_of({"a": 1, "b": np.float64(2), "c": np.array(3.0)}) is None


@pytest.mark.parametrize("module", ["hypgeo", "hypgeo._dispatch"])
def test_no_array_library_is_imported(module):
    code = (
        f"import sys, {module}, hypgeo, numpy as np\n"
        "hypgeo.hyp2f1(-3, 1, 2, np.ones(5)); hypgeo.log_hyp2f1(-3, 1, 2, [0.5])\n"
        "assert not {'torch', 'cupy', 'triton', 'hypgeo_torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
