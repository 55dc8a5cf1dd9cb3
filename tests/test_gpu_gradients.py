"""hypgeo_torch on a CUDA device: gradients as on the CPU, nothing waits, graphs, memory."""

from __future__ import annotations

import pytest
from accuracy import EPS

from hypgeo.gpu import _availability

WHY_NOT = _availability.cuda_reason()
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"cuda: {WHY_NOT}"),
]
if WHY_NOT is None:
    import torch

    import hypgeo_torch

# Twice what a derivative promises, beside F for those in b and c.
ALLOWED = 64 * EPS
COUNT = 100_000

# Which of b, c, z are tensors that require grad.
CASES = {"z": (False, False, True), "c, z": (False, True, True), "all": (True, True, True)}


def arguments(which, device="cuda", dtype=None):
    make = torch.Generator().manual_seed(4)
    draw = [torch.rand(COUNT, generator=make, dtype=torch.float64) for _ in range(3)]
    full = (1.5 + draw[0], 4.0 + 9 * draw[1], draw[2])
    numbers = (1.5, 4.0, None)
    chosen = [x if tracked else y for x, y, tracked in zip(full, numbers, which, strict=True)]
    return [
        x.to(device, dtype or x.dtype).requires_grad_() if isinstance(x, torch.Tensor) else x
        for x in chosen
    ]


def gradients(given, m=512):
    tracked = [x for x in given if isinstance(x, torch.Tensor)]
    value = hypgeo_torch.hyp2f1(-m, *given)
    weight = torch.linspace(-1, 2, value.numel(), device=value.device, dtype=value.dtype)
    return value.detach(), torch.autograd.grad(value, tracked, weight)


@pytest.mark.parametrize("case", CASES)
def test_as_on_the_cpu(case):
    value, found = gradients(arguments(CASES[case]))
    exact_value, exact = gradients(arguments(CASES[case], "cpu"))
    for x, y in zip((value, *found), (exact_value, *exact), strict=True):
        size = y.abs() + 3 * exact_value.abs()
        assert ((x.cpu() - y).abs() <= ALLOWED * size).all()


@pytest.mark.parametrize("case", CASES)
def test_single_precision(case):
    single = gradients(arguments(CASES[case], dtype=torch.float32))[1]
    rounded = [
        x.detach().double().requires_grad_() if isinstance(x, torch.Tensor) else x
        for x in arguments(CASES[case], dtype=torch.float32)
    ]
    for x, y in zip(single, gradients(rounded)[1], strict=True):
        torch.testing.assert_close(x.double(), y, rtol=4 * 2.0**-24, atol=2.0**-120)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore:Synchronization debug mode")
def test_backward_does_not_wait(case):
    given = arguments(CASES[case])
    gradients(given)
    torch.cuda.synchronize()
    before = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode("error")
    try:
        gradients(given)
    finally:
        torch.cuda.set_sync_debug_mode(before)


@pytest.mark.parametrize("case", CASES)
def test_captured_with_backward(case):
    given = arguments(CASES[case])
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        expected = gradients(given)[1]
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = gradients(given)[1]
    for x in found:
        x.zero_()
    graph.replay()
    torch.cuda.synchronize()
    for x, y in zip(found, expected, strict=True):
        assert torch.equal(x, y)


def test_memory_of_a_backward_pass():
    """In z alone: the result and its gradient, and scratch of three bytes an element."""
    z = torch.rand(1 << 22, device="cuda", dtype=torch.float64, requires_grad=True)
    weight = torch.ones_like(z)

    def both():
        value = hypgeo_torch.hyp2f1(-512, 1.0, 2.0, z)
        return torch.autograd.grad(value, z, weight)

    both()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    start = torch.cuda.memory_allocated()
    both()
    torch.cuda.synchronize()
    assert torch.cuda.max_memory_allocated() - start <= 3 * z.nbytes + (8 << 20)
