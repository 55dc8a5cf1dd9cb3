"""What only a CUDA device can show: graphs, streams, no waiting, no memory but the result's."""

from __future__ import annotations

import numpy as np
import pytest
from accuracy import assert_same

from hypgeo.gpu import _availability, dispatch

WHY_NOT = _availability.cuda_reason()
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"cuda: {WHY_NOT}"),
]
if WHY_NOT is None:
    import torch

CASES = {
    "plan": ("hyp2f1", "plan", (-512, 1.0, 2.0)),
    "varying": ("hyp2f1", "varying", (-512, 1.5, 4.0)),
    "derivatives": ("hyp2f1_derivatives", "cuda", (-512, 1.5, 4.0)),
    "logarithm": ("log_hyp2f1", "cuda", (-512, 1.5, 4.0)),
    "triton": ("hyp2f1", "triton", (-512, 1.0, 2.0)),
}


@pytest.fixture(params=CASES)
def case(request):
    if request.param == "triton" and (why := _availability.triton_reason()) is not None:
        pytest.skip(f"triton: {why}")
    operation, method, parameters = CASES[request.param]

    def run(z):
        results = dispatch(operation, *parameters, z, method=method)
        return results[0] if isinstance(results, tuple) else results

    return run


@pytest.fixture
def z():
    return torch.rand(200_000, device="cuda", dtype=torch.float64)


def test_captured_in_a_graph(case, z):
    expected = case(z).clone()
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        case(z)  # builds what has to be built
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = case(z)
    z.copy_(z.flip(0))
    graph.replay()
    torch.cuda.synchronize()
    assert torch.equal(result, expected.flip(0))


def test_runs_on_the_current_stream(case, z):
    expected = case(z)
    torch.cuda.synchronize()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(100_000_000)
        other = torch.empty_like(z)
        other.copy_(z)  # waits for the sleep; a kernel on another stream would not
        result = case(other)
    stream.synchronize()
    assert torch.equal(result, expected)


@pytest.mark.filterwarnings("ignore:Synchronization debug mode")
def test_does_not_wait(case, z):
    case(z)
    torch.cuda.synchronize()
    before = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode("error")
    try:
        case(z)
    finally:
        torch.cuda.set_sync_debug_mode(before)


def test_memory_is_the_result_and_a_constant(case):
    z = torch.rand(1 << 22, device="cuda", dtype=torch.float64)
    case(z)
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    start = torch.cuda.memory_allocated()
    results = case(z)
    torch.cuda.synchronize()
    used = torch.cuda.max_memory_allocated() - start
    assert results.numel() == z.numel()
    assert used <= 5 * z.nbytes + (8 << 20)  # five results at most


def test_more_elements_than_32_bits_count():
    free, _ = torch.cuda.mem_get_info()
    count = 2**31 + 3000
    if free < 4 * count * 3:
        pytest.skip(f"needs {12 * count >> 30} GiB of free memory on the device")
    z = torch.rand(3001, device="cuda", dtype=torch.float32)
    long = z.repeat(-(-count // z.numel()))[:count]
    result = dispatch("hyp2f1", -512, 1.0, 2.0, long, method="plan")
    short = dispatch("hyp2f1", -512, 1.0, 2.0, z, method="plan")
    tail = result[-5000:]
    places = torch.arange(count - 5000, count, device="cuda") % z.numel()
    assert torch.equal(tail, short[places])


def test_arrays_of_several_places_are_refused(z):
    with pytest.raises(TypeError, match="b is on cpu"):
        dispatch("hyp2f1", z * 0 - 3, torch.ones(200_000), 2.0, z)
    with pytest.raises(
        TypeError, match=r"b must be a CUDA tensor .* a NumPy array of shape \(3,\)"
    ):
        dispatch("hyp2f1", -3, np.ones(3), 2.0, z[:3])


def test_numbers_in_tensors_on_the_cpu(z):
    m, b = torch.tensor(-512), torch.tensor(1.0)
    result = dispatch("hyp2f1", m, b, 2.0, z, method="cuda")
    assert_same(
        result.cpu().numpy(), dispatch("hyp2f1", -512, 1.0, 2.0, z, method="cuda").cpu().numpy()
    )
