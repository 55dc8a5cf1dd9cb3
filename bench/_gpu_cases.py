"""What bench.gpu measures: plans, everything varying, the published baselines, SciPy on the CPU."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from bench import _harness as harness
from bench._gpu_timing import Contender, check, interleave, summary
from hypgeo.gpu import dispatch, reasons

Record = dict[str, Any]

PLAN_ELEMENTS = 10**8
PLAN_DEGREES = (512, 10**6)
PLAN_LIMIT = 2.0
BACKWARD_LIMIT = 3.0
SHAPE = (8192, 16, 100)
VARYING_DEGREE = 512
VARYING_LIMIT_MS = 5.0
BASELINES = ("scan", "parallel_precomputed")
BASELINE_DEGREES = (512, 4096)
BASELINE_LIMIT = 50.0
SCIPY_ELEMENTS = 200_000
SCIPY_LIMIT = 1000.0
TRITON_LIMIT = 1.15


def backends() -> list[str]:
    """Backends for torch tensors that are there; the first is what a call takes by itself."""
    why = reasons()
    return [name for name in ("triton", "cuda") if why[name] is None]


def value(*arguments: Any, method: str) -> torch.Tensor:
    """Compute 2F1 by a backend or a method."""
    result: torch.Tensor = dispatch("hyp2f1", *arguments, method=method)
    return result


def uniform(low: float, high: float, shape: Any) -> torch.Tensor:
    return torch.rand(shape, device="cuda", dtype=torch.float64) * (high - low) + low


def log_uniform(low: float, high: float, shape: Any) -> Any:
    return torch.exp(uniform(float(np.log(low)), float(np.log(high)), shape))


# 1. Plans ----------------------------------------------------------------------------------------


def plans() -> Record:
    """Plan kernels against torch.exp on the same tensor."""
    cases = []
    for dtype in (torch.float64, torch.float32):
        z = torch.rand(PLAN_ELEMENTS, device="cuda", dtype=dtype)
        cases += [_plan(m, z) for m in PLAN_DEGREES]
        del z
        torch.cuda.empty_cache()
    return {"elements": PLAN_ELEMENTS, "cases": cases}


def _plan(m: int, z: torch.Tensor) -> Record:
    name = f"plan, m = {m}, {str(z.dtype).removeprefix('torch.')}"
    print(name)
    arguments = (-m, 1.0, 2.0, z)
    off = {x: check(f"{name}, {x}", value(*arguments, method=x), *arguments) for x in backends()}
    field = [Contender("torch.exp", lambda: torch.exp(z), z.numel())]
    field += [Contender(x, _call(arguments, x), z.numel()) for x in backends()]
    field += _with_backward(m, z)
    samples = interleave(field)
    return {"name": name, "checked_ulp": off, "timings": summary(field, samples)}


def _with_backward(m: int, z: torch.Tensor) -> list[Contender]:
    try:
        import hypgeo_torch
    except ModuleNotFoundError:
        print("  hypgeo_torch is not installed: no backward pass")
        return []
    leaf = z.detach().requires_grad_()
    ones = torch.ones_like(z)

    def forward() -> torch.Tensor:
        with torch.no_grad():
            result: torch.Tensor = hypgeo_torch.hyp2f1(-m, 1.0, 2.0, leaf)
        return result

    def both() -> None:
        torch.autograd.grad(hypgeo_torch.hyp2f1(-m, 1.0, 2.0, leaf), leaf, ones)

    return [
        Contender("hypgeo_torch forward", forward, z.numel()),
        Contender("hypgeo_torch forward and backward", both, z.numel()),
    ]


def plan_goals(record: Record) -> list[Record]:
    lines = []
    for case in record["cases"]:
        times = {name: x["median_ms"] for name, x in case["timings"].items()}
        for name in backends():
            ratio = times[name] / times["torch.exp"]
            lines.append(harness.goal(f"{case['name']}: {name} over torch.exp", ratio, PLAN_LIMIT))
        both = times.get("hypgeo_torch forward and backward")
        if both is not None:
            ratio = both / times["hypgeo_torch forward"]
            what = f"{case['name']}: forward and backward over forward"
            lines.append(harness.goal(what, ratio, BACKWARD_LIMIT))
    return lines


# 2, 3. Everything varies, and the baselines on the same tensors ----------------------------------


def families(m: int) -> dict[str, tuple[Any, Any, Any, Any]]:
    """Arguments of the shape asked for, as bench.varying has them on the CPU."""
    torch.manual_seed(2)
    b = log_uniform(0.1, 100, SHAPE)
    degree = torch.round(log_uniform(m / 2, 2 * m, SHAPE))
    gap = log_uniform(0.1, 100, SHAPE)
    z = uniform(0, 1, SHAPE)
    return {
        "m, b = 1 fixed; c, z vary": (-m, 1.0, uniform(2, 100, SHAPE), z),
        "everything varies": (-degree, b, b + gap, z),
    }


def varying() -> Record:
    """Elements of which each has its own parameters."""
    cases = []
    for name, arguments in families(VARYING_DEGREE).items():
        print(name)
        off = {
            x: check(f"{name}, {x}", value(*arguments, method=x), *arguments) for x in backends()
        }
        calls = {x: lambda x=x, y=arguments: value(*y, method=x) for x in backends()}
        field = [Contender(x, run, int(np.prod(SHAPE))) for x, run in calls.items()]
        timings = summary(field, interleave(field))
        cases.append({"name": name, "checked_ulp": off, "timings": timings})
    return {"shape": list(SHAPE), "m": VARYING_DEGREE, "cases": cases}


def varying_goals(record: Record) -> list[Record]:
    lines = []
    for case in record["cases"]:
        for name, x in case["timings"].items():
            what = f"{case['name']}, m = {record['m']}: {name}, ms"
            lines.append(harness.goal(what, x["median_ms"], VARYING_LIMIT_MS))
    return lines


def baselines() -> Record:
    """The published kernels; once for fixed b and c, which is all that ratios can be stored for."""
    cases = []
    has_kernels = "cuda" in backends()
    if not has_kernels:
        print(f"no baselines: {reasons()['cuda']}")
    for m in BASELINE_DEGREES:
        arguments = (-m, 1.0, 2.0, uniform(0.001, 1, SHAPE))
        print(f"baselines, m = {m}")
        field = [Contender(x, _call(arguments, x), int(np.prod(SHAPE))) for x in backends()]
        if has_kernels:
            field += [Contender("varying", _call(arguments, "varying"), int(np.prod(SHAPE)))]
            field += [
                Contender(x, _call(arguments, x), int(np.prod(SHAPE)), repeats=5) for x in BASELINES
            ]
        cases.append({"m": m, "timings": summary(field, interleave(field))})
    return {"shape": list(SHAPE), "cases": cases}


def _call(arguments: tuple[Any, ...], method: str) -> Callable[[], torch.Tensor]:
    return lambda: value(*arguments, method=method)


def baseline_goals(record: Record) -> list[Record]:
    lines = []
    for case in record["cases"]:
        times = {name: x["median_ms"] for name, x in case["timings"].items()}
        for name in [x for x in BASELINES if x in times]:
            ratio = times[name] / times[backends()[0]]
            what = f"m = {case['m']}: {name} over {backends()[0]}"
            lines.append(harness.goal(what, ratio, BASELINE_LIMIT, at_least=True))
    return lines


# 4. SciPy on the CPU, there and back -------------------------------------------------------------


def offloading() -> Record:
    """Copy to the CPU, SciPy, copy back; of fewer elements, since each takes a µs and more."""
    from scipy.special import hyp2f1

    z = uniform(0.001, 1, (SCIPY_ELEMENTS,))
    start = time.perf_counter()
    torch.from_numpy(hyp2f1(-VARYING_DEGREE, 1.0, 2.0, z.cpu().numpy())).to("cuda")
    torch.cuda.synchronize()
    spent = (time.perf_counter() - start) * 1e9 / SCIPY_ELEMENTS
    print(f"SciPy, there and back: {spent:.4g} ns an element")
    return {"elements": SCIPY_ELEMENTS, "ns_per_element": spent}


def offloading_goals(record: Record, base: Record) -> list[Record]:
    case = next(x for x in base["cases"] if x["m"] == VARYING_DEGREE)
    ours = case["timings"][backends()[0]]["ns_per_element"]
    what = f"m = {VARYING_DEGREE}: SciPy there and back over {backends()[0]}"
    ratio = record["ns_per_element"] / ours
    return [harness.goal(what, ratio, SCIPY_LIMIT, at_least=True)]


# 5. Triton beside CUDA C++ -----------------------------------------------------------------------


def triton_goals(*records: Record) -> list[Record]:
    """Triton's time over that of CUDA C++."""
    if len(backends()) < 2:
        return []
    lines = []
    for case in (case for record in records for case in record["cases"]):
        times = case["timings"]
        ratio = times["triton"]["median_ms"] / times["cuda"]["median_ms"]
        lines.append(harness.goal(f"{case['name']}: Triton over CUDA C++", ratio, TRITON_LIMIT))
    return lines
