"""Other launch shapes of the Triton kernels beside those in use: would tuning pay?

Nothing is tuned at run time, so that no new shape of a tensor compiles anything; the numbers in
`hypgeo.gpu.triton_launch` are meant to do for all. This measures what that costs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import torch

from bench import _gpu_cases as cases
from bench._gpu_timing import Contender, check, interleave, summary

Record = dict[str, Any]

CHUNKS = (512, 1024, 2048)
PLAN_WARPS = (2, 4, 8)
REPEATS = 15


def shapes(every: bool) -> list[Record]:
    """Time of each shape, of a plan and where everything varies; empty without Triton.

    Unless `every`, plans only and as many elements a program as in use: the kernel for all
    arguments would be compiled again for each other number.
    """
    if "triton" not in cases.backends():
        return []
    from hypgeo.gpu import triton_launch as now

    z = torch.rand(cases.PLAN_ELEMENTS, device="cuda", dtype=torch.float64)
    chunks = CHUNKS if every else (now.CHUNK,)
    planned = [{"CHUNK": n, "PLAN_WARPS": w} for n, w in itertools.product(chunks, PLAN_WARPS)]
    in_use = {"CHUNK": now.CHUNK, "PLAN_WARPS": now.PLAN_WARPS}
    found = [_compared("a plan", (-cases.VARYING_DEGREE, 1.0, 2.0, z), planned, in_use)]
    if not every:
        return found
    del z
    arguments = cases.families(cases.VARYING_DEGREE)["everything varies"]
    varied = [{"CHUNK": n} for n in CHUNKS]
    found.append(_compared("everything varies", arguments, varied, {"CHUNK": now.CHUNK}))
    return found


def _compared(
    name: str, arguments: tuple[Any, ...], tried: list[dict[str, int]], in_use: dict[str, int]
) -> Record:
    print(f"launch shapes, {name}")
    elements = arguments[-1].numel()
    field = []
    with patch.multiple("hypgeo.gpu.triton_launch", **in_use):
        for sizes in [in_use, *(x for x in tried if x != in_use)]:
            text = ", ".join(f"{key} {value}" for key, value in sizes.items())
            run = _launched(arguments, sizes)
            check(f"{name}, {text}", run(), *arguments)
            field.append(Contender(text, run, elements, REPEATS))
        timings = summary(field, interleave(field))
    medians = [line["median_ms"] for line in timings.values()]
    return {"name": name, "in_use_over_best": medians[0] / min(medians), "timings": timings}


def _launched(arguments: tuple[Any, ...], sizes: dict[str, int]) -> Callable[[], torch.Tensor]:
    """A call with other numbers in `hypgeo.gpu.triton_launch`, which it leaves there."""
    from hypgeo.gpu import triton_launch

    def run() -> torch.Tensor:
        vars(triton_launch).update(sizes)
        return cases.value(*arguments, method="triton")

    return run
