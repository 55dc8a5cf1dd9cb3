"""bench.gpu from end to end without a device: tensors of the CPU stand for those of one."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
from accuracy import EPS

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("scipy", reason="SciPy is what offloading is compared with")

from torch.overrides import TorchFunctionMode  # noqa: E402

import hypgeo  # noqa: E402
import hypgeo.gpu  # noqa: E402
from bench import _gpu_cases, _gpu_page, _gpu_shapes, _harness, gpu  # noqa: E402


class OnTheCpu(TorchFunctionMode):
    """device="cuda" means the CPU."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if kwargs.get("device") == "cuda":
            kwargs["device"] = "cpu"
        args = tuple("cpu" if isinstance(x, str) and x == "cuda" else x for x in args)
        return function(*args, **kwargs)


class Event:
    def __init__(self, enable_timing):
        assert enable_timing

    def record(self):
        pass

    def synchronize(self):
        pass

    def elapsed_time(self, end):
        return 1.5


def dispatch(operation, a, b, c, z, method="auto"):
    assert method in hypgeo.gpu.METHODS
    if method != "triton" and "cuda" not in _gpu_cases.backends():
        raise RuntimeError("the cuda backend is not available")
    return hypgeo.hyp2f1(a, b, c, z)


@pytest.fixture
def device(monkeypatch, tmp_path):
    for name in ("synchronize", "empty_cache"):
        monkeypatch.setattr(torch.cuda, name, lambda: None)
    properties = SimpleNamespace(name="none", multi_processor_count=1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: properties)
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(_gpu_cases, "dispatch", dispatch)
    monkeypatch.setattr(_gpu_cases, "PLAN_ELEMENTS", 5000)
    monkeypatch.setattr(_gpu_cases, "SHAPE", (8, 4, 10))
    monkeypatch.setattr(_gpu_cases, "SCIPY_ELEMENTS", 50)
    monkeypatch.setattr(_harness, "RECORDS", tmp_path)
    monkeypatch.setattr(gpu, "ensure_core", lambda: None)
    monkeypatch.setattr(gpu.subprocess, "run", lambda *x, **y: None)
    monkeypatch.setattr(sys, "argv", ["gpu", "--no-tests"])
    return tmp_path


@pytest.mark.parametrize("there", [("triton", "cuda"), ("triton",), ("cuda",)])
def test_a_record_and_a_page(device, monkeypatch, there):
    reasons = {name: None if name in there else "not here" for name in ("triton", "cuda", "cupy")}
    monkeypatch.setattr(hypgeo.gpu, "reasons", lambda: reasons)
    monkeypatch.setattr(_gpu_cases, "reasons", lambda: reasons)
    with OnTheCpu():
        gpu.main()
    record = json.loads((device / "gpu.json").read_text())
    page = "\n".join(_gpu_page.gpu(record))
    assert "GPU" in page
    timed = [x for case in record["plans"]["cases"] for x in case["timings"]]
    assert set(there) <= set(timed)
    plan = [3] if "triton" in there else []
    assert [len(case["timings"]) for case in record["shapes"]] == plan
    assert all(x <= 8 for case in record["plans"]["cases"] for x in case["checked_ulp"].values())
    assert len(record["goals"]) >= 10
    asked = " ".join(line["what"] for line in record["goals"])
    for words in ("over torch.exp", "forward and backward", "SciPy there and back"):
        assert words in asked


def test_every_launch_shape_is_measured_and_none_stays(device, monkeypatch):
    triton_launch = pytest.importorskip("hypgeo.gpu.triton_launch", reason="no Triton")
    monkeypatch.setattr(_gpu_cases, "reasons", lambda: {"triton": None, "cuda": None})
    seen = []

    def noted(*x, method):
        seen.append((triton_launch.CHUNK, triton_launch.PLAN_WARPS))
        return dispatch(*x, method=method)

    monkeypatch.setattr(_gpu_cases, "dispatch", noted)
    in_use = (triton_launch.CHUNK, triton_launch.PLAN_WARPS)
    with OnTheCpu():
        plan, varied = _gpu_shapes.shapes(every=True)
    assert len(plan["timings"]) >= 9
    assert len(varied["timings"]) >= 3
    assert set(seen) >= {(n, w) for n in _gpu_shapes.CHUNKS for w in _gpu_shapes.PLAN_WARPS}
    assert in_use == (triton_launch.CHUNK, triton_launch.PLAN_WARPS)
    assert plan["in_use_over_best"] == 1


def test_tests_that_do_not_end(device, monkeypatch):
    def run(command, timeout, **options):
        assert [x for x in command if x.startswith("tests/")] == list(gpu.TESTS)
        raise gpu.subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(gpu.subprocess, "run", run)
    assert gpu.run_tests() == "not finished in 240 s"
    assert all((gpu.ROOT / name).exists() for name in gpu.TESTS)


def test_a_wrong_result_stops_it(device, monkeypatch):
    monkeypatch.setattr(_gpu_cases, "reasons", lambda: {"triton": None, "cuda": None})
    monkeypatch.setattr(
        _gpu_cases, "dispatch", lambda *x, method: hypgeo.hyp2f1(*x[1:]) * (1 + 100 * EPS)
    )
    with OnTheCpu(), pytest.raises(SystemExit, match=r"^RED: plan, m = 512, float64, triton"):
        gpu.measure()
