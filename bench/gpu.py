"""The GPU backends on a CUDA machine: their tests, then time per element, a record, a page.

python -m bench.gpu [--no-tests] [--shapes]

Needs torch, NumPy and SciPy; triton and cupy where they are. Builds hypgeo with g++ if it is not
installed, and the kernels with nvcc or NVRTC. Exits with an error, in one sentence, where there is
no CUDA device.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench._build import ensure_core

ROOT = Path(__file__).resolve().parent.parent
# The whole bench is to end within 8 minutes, compilers included.
MOST_TEST_S = 240
TESTS = tuple(f"tests/test_gpu_{name}.py" for name in ("values", "graphs", "gradients"))


def reason() -> str | None:
    """Why nothing can be measured here."""
    from hypgeo.gpu import reasons

    why = reasons()
    return why["cuda"] if why["triton"] is not None else None


def run_tests() -> str:
    """Run the tests that need a GPU; returns their last line."""
    missing = [name for name in ("pytest", "hypothesis") if find_spec(name) is None]
    if missing:
        return f"not run: {' and '.join(missing)} not installed"
    paths = [path for path in TESTS if (ROOT / path).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", *paths]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=MOST_TEST_S
        )
    except subprocess.TimeoutExpired:
        return f"not finished in {MOST_TEST_S} s"
    print(done.stdout[-3000:])
    if done.returncode != 0:
        raise SystemExit(f"RED: {' '.join(command)} failed\n{done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


def environment() -> dict[str, Any]:
    """Where this was measured."""
    import torch

    from bench import _harness as harness
    from hypgeo.gpu import reasons

    device = torch.cuda.get_device_properties(0)
    where = {
        **harness.environment(),
        "gpu": device.name,
        "multiprocessors": device.multi_processor_count,
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "backends": {name: why or "available" for name, why in reasons().items()},
    }
    if find_spec("triton") is not None:
        import triton

        where["triton"] = triton.__version__
    return where


def compile_side_by_side() -> None:
    """Without nvcc, all kernels by NVRTC at once: one after the other they take minutes."""
    import torch

    from hypgeo.gpu import _nvrtc, cuda_torch
    from hypgeo.gpu._launch import SOURCES

    if cuda_torch.reason() is not None or cuda_torch.is_built_by_nvcc():
        return
    major, minor = torch.cuda.get_device_capability()
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda source: _nvrtc.cubin(source, major * 10 + minor), SOURCES))


def warm_up() -> float:
    """Seconds until each backend has given its first result: mostly compilers."""
    import torch

    from bench import _gpu_cases as cases

    start = time.perf_counter()
    compile_side_by_side()
    z = torch.rand(5000, device="cuda", dtype=torch.float64)
    for name in cases.backends():
        cases.value(-100, 1.0, 2.0, z, method=name)
        cases.value(-100, 1.0, z + 2.0, z, method=name)
    torch.cuda.synchronize()
    return time.perf_counter() - start


def measure(every_shape: bool = False) -> dict[str, Any]:
    """All timings that issue 4 asks for, and its goals."""
    from bench import _gpu_cases as cases
    from bench import _gpu_shapes

    plans, varying, base = cases.plans(), cases.varying(), cases.baselines()
    scipy = cases.offloading()
    goals = [
        *cases.plan_goals(plans),
        *cases.varying_goals(varying),
        *cases.baseline_goals(base),
        *cases.offloading_goals(scipy, base),
        *cases.triton_goals(plans, varying),
    ]
    measured = {"plans": plans, "varying": varying, "baselines": base, "scipy": scipy}
    return {**measured, "shapes": _gpu_shapes.shapes(every_shape), "goals": goals}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-tests", action="store_true", help="only the timings")
    parser.add_argument(
        "--shapes", action="store_true", help="more launch shapes of Triton: minutes of compiling"
    )
    options = parser.parse_args()
    ensure_core()
    why = reason()
    if why is not None:
        sys.exit(f"bench.gpu cannot run here: {why}")
    from bench import _harness as harness

    start = time.perf_counter()
    compiled = warm_up()
    tests = "not run" if options.no_tests else run_tests()
    results = {"first_results_s": compiled, "tests": tests, **measure(options.shapes)}
    results["seconds"] = time.perf_counter() - start
    harness.write_record("gpu", environment(), results)
    subprocess.run([sys.executable, "-m", "bench.table"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
