"""The way of torch tensors to the kernels, on tensors of the CPU and the emulated device."""

from __future__ import annotations

from types import SimpleNamespace

import emulated
import numpy as np
import pytest
from accuracy import assert_same, one_by_one

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytestmark = pytest.mark.skipif(emulated.reason() is not None, reason=str(emulated.reason()))

from hypgeo.gpu import _evaluate, _torch_frame, cuda_torch, dispatch  # noqa: E402


@pytest.fixture
def frame(monkeypatch):
    """Tensors on the CPU stand for those on a device."""

    def launcher(launch, device, stream):
        assert stream == 7
        emulated.EmulatedFrame().launch([launch], device)

    class Poisoned(_torch_frame.TorchFrame):
        def upload(self, array, device):
            return torch.from_numpy(emulated.EmulatedFrame().upload(array, device))

        def empty(self, shape, kind, device):
            return super().empty(shape, kind, device).fill_(torch.nan)

    current = SimpleNamespace(cuda_stream=7)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: current)
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: False)
    monkeypatch.setattr(_torch_frame, "processors", lambda device: 2)
    return Poisoned(launcher)


def value(frame, *arguments, method="varying"):
    return _evaluate.evaluate(frame, "hyp2f1", *arguments, method)[0]


@pytest.mark.parametrize("method", ["varying", "plan", "scan"])
def test_any_strides(frame, rng, method):
    z = torch.from_numpy(rng.random((4, 6, 10)) * 0.9 + 0.05)
    for view in (
        z,
        z[::2],
        z.permute(2, 0, 1),
        z[:, :1].expand(4, 5, 10),
        z[0, 0, :0],
        z[1, 2, 3:4],
    ):
        got = value(frame, -90, 1.0, 2.5, view, method=method)
        assert got.shape == view.shape
        assert got.is_contiguous()
        np.testing.assert_allclose(
            got.numpy(), one_by_one(-90.0, 1.0, 2.5, view.numpy()), rtol=1e-13, atol=0
        )


def test_types(frame, rng):
    z, m = torch.from_numpy(rng.random(30)), torch.arange(30)
    expected = one_by_one(-m.numpy(), 1.5, 4.0, z.numpy())
    assert_same(value(frame, -m, 1.5, 4.0, z).numpy(), expected)
    assert_same(value(frame, -m.int(), 1.5, 4.0, z).numpy(), expected)
    assert value(frame, -m, 1.5, 4.0, z.float()).dtype == torch.float32
    assert value(frame, -m, z + 1, 4.0, z.float()).dtype == torch.float64
    for bad in (torch.float16, torch.bool, torch.complex64):
        with pytest.raises(TypeError, match="z must be float64, float32, int64 or int32"):
            value(frame, -3, 1.5, 4.0, torch.ones(3, dtype=bad))


def test_a_degree_in_place_of_a(frame, rng):
    z = torch.from_numpy(rng.random(20))
    got = _evaluate.evaluate(frame, "hyp2f1", 50, 1.5, 4.0, z, "auto", 1)[0]
    assert torch.equal(got, value(frame, -50, 1.5, 4.0, z))


def test_a_backend_that_is_not_there_says_why(monkeypatch):
    monkeypatch.setattr(cuda_torch, "reason", lambda: "no reason at all")
    cuda_torch._frame.cache_clear()
    with pytest.raises(RuntimeError, match="the cuda backend is not available: no reason at all"):
        cuda_torch.hyp2f1(3, 1.0, 2.0, torch.ones(3))


def test_tensors_on_the_cpu_are_not_for_a_gpu():
    with pytest.raises(TypeError, match="none of a, b, c, z is a CUDA tensor"):
        dispatch("hyp2f1", -3, 1.0, 2.0, torch.ones(3))


def test_degrees_of_small_types():
    assert _torch_frame.widened(torch.ones(2, dtype=torch.int16)).dtype == torch.float64
    for kept in (torch.ones(2), torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.bool)):
        assert _torch_frame.widened(kept) is kept


def test_numbers_in_tensors():
    assert _torch_frame.number(torch.tensor(2.5)) == 2.5
    assert _torch_frame.look(torch.tensor(2.5)) is None
    array = torch.ones(2)
    assert _torch_frame.number(array) is array


def test_a_toolkit_that_does_not_build(monkeypatch):
    """NVRTC stands in, if there is one; else the error is the builder's."""

    def fail():
        raise RuntimeError("the detected CUDA version mismatches")

    monkeypatch.setattr(cuda_torch, "_builder_reason", lambda: None)
    monkeypatch.setattr(cuda_torch, "_extension", fail)
    monkeypatch.setattr(cuda_torch, "_nvrtc_reason", lambda: None)
    cuda_torch.is_built_by_nvcc.cache_clear()
    assert not cuda_torch.is_built_by_nvcc()
    monkeypatch.setattr(cuda_torch, "_nvrtc_reason", lambda: "no NVRTC")
    cuda_torch.is_built_by_nvcc.cache_clear()
    with pytest.raises(RuntimeError, match="mismatches"):
        cuda_torch.is_built_by_nvcc()
    cuda_torch.is_built_by_nvcc.cache_clear()
