"""hypgeo_torch on the CPU against the NumPy ufunc: forward, and forward with backward.

python -m bench.torch_cpu
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import hypgeo
import hypgeo_torch
from bench import _harness as harness

ELEMENTS = 10**6
VARYING = 10**5
REPEATS = 11
FORWARD_LIMIT = 1.2
BOTH_LIMIT = 3.0
# Derivatives are compared with those of hypgeo, which bench.derivatives checks: 16 eps, and what
# a shift of the parameters costs.
PROMISED = 64 * 2.0**-52


@dataclass(frozen=True)
class Case:
    """Arguments, and the positions of those that require grad."""

    name: str
    arguments: tuple[Any, Any, Any, Any]
    by: tuple[int, ...]


def cases() -> list[Case]:
    """Plans, and parameters that vary."""
    rng = np.random.default_rng(4)
    z, few = torch.tensor(rng.random(ELEMENTS)), torch.tensor(rng.random(VARYING))
    b = torch.tensor(np.exp(rng.uniform(np.log(0.1), np.log(100), VARYING)))
    c = torch.tensor(b.numpy() + np.exp(rng.uniform(np.log(0.1), np.log(100), VARYING)))
    found = []
    for m in (512, 10**6):
        m_few = torch.tensor(rng.integers(m // 2, m, VARYING))
        found += [
            Case(f"b = 1, c = 2, m = {m}; by z", (-m, 1.0, 2.0, z), (3,)),
            Case(f"c, z vary, m = {m}; by z", (-m, 1.0, 1 + c, few), (3,)),
            Case(f"c, z vary, m = {m}; by c, z", (-m, 1.0, 1 + c, few), (2, 3)),
            Case(f"everything varies, m about {m}; by b, c, z", (-m_few, b, c, few), (1, 2, 3)),
        ]
    return found


def plain(arguments: Sequence[Any]) -> list[Any]:
    """The same memory as NumPy arrays."""
    return [x.detach().numpy() if isinstance(x, torch.Tensor) else x for x in arguments]


def check(case: Case) -> float:
    """Compare values with exact ones and gradients with those of hypgeo; the largest error."""
    a, b, c, z = plain(case.arguments)
    value = hypgeo_torch.hyp2f1(*case.arguments).numpy()
    worst = harness.check(case.name, value, -a, b, c, z)
    tracked = tracking(case)
    hypgeo_torch.hyp2f1(*tracked).sum().backward()
    exact = hypgeo.hyp2f1_derivatives(a, b, c, z)
    for i in case.by:
        found, true = tracked[i].grad.numpy(), exact[i]
        allowed = PROMISED * (np.abs(true) + (np.abs(exact.value) if i < 3 else 0))
        small = np.abs(np.log(np.clip(np.abs(true), 1e-300, 1.0))) * harness.EPS * np.abs(true)
        if not (np.abs(found - true) <= allowed + small).all():
            raise harness.RedError(f"{case.name}: gradient in {'abcz'[i]} is off")
    return worst


def tracking(case: Case) -> list[Any]:
    """Arguments of which some require grad."""
    return [x.clone().requires_grad_() if i in case.by else x for i, x in enumerate(case.arguments)]


def contenders(case: Case) -> list[harness.Contender]:
    """NumPy, forward, forward and backward."""
    arrays, tracked = plain(case.arguments), tracking(case)
    size = case.arguments[3].numel()
    upstream = torch.ones(size, dtype=torch.float64)

    def both() -> None:
        for i in case.by:
            tracked[i].grad = None
        hypgeo_torch.hyp2f1(*tracked).backward(upstream)

    return [
        harness.Contender("NumPy", lambda: hypgeo.hyp2f1(*arrays), size),
        harness.Contender("forward", lambda: hypgeo_torch.hyp2f1(*case.arguments), size),
        harness.Contender("forward and backward", both, size),
    ]


def measure(case: Case) -> dict[str, Any]:
    """Check and time one case."""
    checked = check(case)
    field = contenders(case)
    samples = harness.interleave(field, REPEATS)
    return {
        "name": case.name,
        "checked_ulp": checked,
        "timings": harness.timings(field, samples),
        "forward_over_numpy": harness.ratio(samples["forward"], samples["NumPy"]),
        "both_over_forward": harness.ratio(samples["forward and backward"], samples["forward"]),
    }


def keep_memory() -> None:
    """Let glibc keep what is freed, for all contenders.

    Whether it returns two free results of 8 MB to the system after each call, to fault them in
    again at the next, depends on what else lies there: 8 or 13 ns an element, by chance.
    """
    trim_threshold, mmap_threshold, most = -1, -3, 1 << 30
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(trim_threshold, most)
        mallopt(mmap_threshold, most)


def goals(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The requirements on one case."""
    name = case["name"]
    forward, both = case["forward_over_numpy"]["median"], case["both_over_forward"]["median"]
    return [
        harness.goal(f"{name}: forward over NumPy", forward, FORWARD_LIMIT),
        harness.goal(f"{name}: forward and backward over forward", both, BOTH_LIMIT),
    ]


def main() -> None:
    where = {**harness.environment(), "torch": torch.__version__}
    harness.use_one_core()
    keep_memory()
    torch.set_num_threads(1)
    results = [measure(case) for case in cases()]
    met = [line for case in results for line in goals(case)]
    harness.write_record("torch_cpu", where, {"cases": results, "goals": met})


if __name__ == "__main__":
    main()
