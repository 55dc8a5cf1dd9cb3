"""Time on a CUDA device by events, the contenders in turns, and what a result has to agree with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import hypgeo
from bench import _harness as harness

SAMPLE = 20_000
# float32 results are compared in units of its last place.
FLOAT32_ULP = 2.0**-23
FLOAT32_PROMISE = 2.0


@dataclass(frozen=True)
class Contender:
    """A call to be timed, and how many elements it stands for."""

    name: str
    run: Callable[[], Any]
    elements: int
    repeats: int = 30


def milliseconds(run: Callable[[], Any]) -> float:
    """Time of one call on the device."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    run()
    end.record()
    end.synchronize()
    return float(start.elapsed_time(end))


def interleave(contenders: Sequence[Contender]) -> dict[str, np.ndarray]:
    """Milliseconds of every repeat; a turn runs all contenders that have repeats left."""
    for x in contenders:
        x.run()
    torch.cuda.synchronize()
    samples: dict[str, list[float]] = {x.name: [] for x in contenders}
    for repeat in range(max(x.repeats for x in contenders)):
        for x in contenders:
            if repeat < x.repeats:
                samples[x.name].append(milliseconds(x.run))
    return {name: np.array(times) for name, times in samples.items()}


def summary(contenders: Sequence[Contender], samples: dict[str, np.ndarray]) -> dict[str, Any]:
    """Medians and interquartile ranges, for a record."""
    found = {}
    for x in contenders:
        median, iqr = harness.spread(samples[x.name])
        ns = median * 1e6 / x.elements
        found[x.name] = {"median_ms": median, "iqr_ms": iqr, "ns_per_element": ns}
        print(f"  {x.name}: {median:.4g} ms (± {iqr:.2g}), {ns:.3g} ns an element")
    return found


def _sampled(x: Any, shape: torch.Size, where: torch.Tensor) -> Any:
    if not isinstance(x, torch.Tensor):
        return x
    places = np.unravel_index(where.cpu().numpy(), tuple(shape))
    full = x.expand(shape)
    return full[tuple(torch.from_numpy(p).to(x.device) for p in places)].cpu().numpy()


def check(name: str, result: torch.Tensor, a: Any, b: Any, c: Any, z: Any) -> float:
    """Compare a sample with the CPU and stop the bench where it is worse than promised.

    Returns the largest difference in ulp, of the type of the result.
    """
    generator = torch.Generator().manual_seed(3)
    where = torch.randint(result.numel(), (SAMPLE,), generator=generator)
    arguments = [_sampled(x, result.shape, where) for x in (a, b, c, z)]
    got = _sampled(result, result.shape, where)
    doubles = [np.asarray(x, dtype=np.float64) for x in arguments]
    expected = hypgeo.hyp2f1(*np.broadcast_arrays(*doubles))
    off = harness.errors(got.astype(np.float64), expected, np.zeros_like(expected))
    # Two values of full precision may differ by twice the promise.
    allowed = 2 * harness.promise(expected)
    if got.dtype == np.float32:
        off, allowed = off * (harness.EPS / FLOAT32_ULP), FLOAT32_PROMISE + 0 * allowed
    worst = int(np.argmax(np.where(np.isnan(off), np.inf, off / allowed)))
    if not off[worst] <= allowed[worst]:
        at = [np.broadcast_to(x, off.shape)[worst] for x in doubles]
        raise harness.RedError(
            f"{name}: a, b, c, z = {at} gives {got[worst]!r}, the CPU {expected[worst]!r}"
        )
    return float(np.max(off))
