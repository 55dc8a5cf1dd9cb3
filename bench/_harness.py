"""What the benches share: interleaved timing, the check before it, goals, records."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import hypgeo
from hypgeo import _core
from hypgeo._files import write_atomically

RECORDS = Path(__file__).resolve().parent / "records"
EPS = 2.0**-52
# The promise: 8 eps, and |ln F| eps more below 1e-20.
PROMISED_ULP = 8.0
SMALL_VALUE = 1e-20
# Points compared with the exact value before anything is timed.
CHECKED = 200


class RedError(SystemExit):
    """A result is wrong: nothing is timed or recorded."""

    def __init__(self, message: str) -> None:
        super().__init__(f"RED: {message}")


@dataclass(frozen=True)
class Contender:
    """A call to be timed, and how many elements (or inner calls) it stands for."""

    name: str
    run: Callable[[], object]
    elements: int


@dataclass(frozen=True)
class Timing:
    """Nanoseconds per element: median and interquartile range over the repeats."""

    median_ns: float
    iqr_ns: float
    elements: int
    repeats: int


def use_one_core() -> None:
    """Stay on one core, so that the contenders share its clock and caches."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def interleave(contenders: Sequence[Contender], repeats: int = 15) -> dict[str, np.ndarray]:
    """Nanoseconds per element of every repeat; each repeat runs all contenders once."""
    for contender in contenders:
        contender.run()
    samples: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for repeat in range(repeats):
        # Another one goes first each time: none is always behind the same neighbour.
        first = repeat % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            start = time.perf_counter_ns()
            contender.run()
            spent = time.perf_counter_ns() - start
            samples[contender.name].append(spent / contender.elements)
    return {name: np.array(values) for name, values in samples.items()}


def spread(values: np.ndarray) -> tuple[float, float]:
    """Median and interquartile range."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(middle), float(high - low)


def timing(values: np.ndarray, elements: int) -> Timing:
    """Summarise the repeats of one contender."""
    return Timing(*spread(values), elements=elements, repeats=values.size)


def ratio(values: np.ndarray, base: np.ndarray) -> dict[str, float]:
    """Median and interquartile range of the ratios within each repeat."""
    median, iqr = spread(values / base)
    return {"median": median, "iqr": iqr}


def timings(contenders: Sequence[Contender], samples: dict[str, np.ndarray]) -> dict[str, Any]:
    """Timings of all contenders, for a record."""
    return {x.name: asdict(timing(samples[x.name], x.elements)) for x in contenders}


def flatness(medians: Sequence[float]) -> float:
    """Largest over smallest."""
    return max(medians) / min(medians)


def goal(what: str, value: float, limit: float, at_least: bool = False) -> dict[str, Any]:
    """One requirement with its measured value."""
    met = value >= limit if at_least else value <= limit
    line = {"what": what, "value": value, "limit": limit, "at_least": at_least, "met": bool(met)}
    sign = ">=" if at_least else "<="
    print(f"{'ok    ' if met else 'MISSED'} {what}: {value:.3g} ({sign} {limit:g})")
    return line


def promise(values: np.ndarray) -> np.ndarray:
    """Promised relative error in eps at these exact values."""
    size = np.maximum(np.abs(values), np.finfo(float).tiny)
    below = np.where(size < SMALL_VALUE, -np.log(size), 0.0)
    return np.where(np.isfinite(size), PROMISED_ULP + below, PROMISED_ULP)


def errors(values: np.ndarray, hi: np.ndarray, lo: np.ndarray) -> np.ndarray:
    """Relative errors in eps against hi + lo; 0 where both are 0 or inf, NaN where the value is."""
    with np.errstate(all="ignore"):
        result = np.abs(((values - hi) - lo) / hi) / EPS
    return np.where((values == hi) & (lo == 0), 0.0, result)


def check(name: str, values: Any, m: Any, b: Any, c: Any, z: Any, seed: int = 0) -> float:
    """Compare a sample with the exact values and stop the bench if it breaks the promise.

    Returns the largest error in ulp.
    """
    arrays = [np.ravel(x) for x in np.broadcast_arrays(values, m, b, c, z)]
    some = np.random.default_rng(seed).permutation(arrays[0].size)[:CHECKED]
    v, m, b, c, z = (x[some] for x in arrays)
    from hypgeo import reference  # bench.gpu does without

    hi, lo = reference.hyp2f1_array(-m, b, c, z)
    found = errors(v, hi, lo)
    worst = int(np.argmax(np.where(np.isnan(found), np.inf, found / promise(hi))))
    if not found[worst] <= promise(hi)[worst]:
        raise RedError(
            f"{name}: m={m[worst]:.0f} b={b[worst]!r} c={c[worst]!r} z={z[worst]!r} gives "
            f"{v[worst]!r}, exact {hi[worst]!r}: {found[worst]:.3g} ulp"
        )
    return float(found.max())


def scipy_gives_nan(m: Any, b: Any, c: Any, z: np.ndarray) -> bool:
    """Tell whether SciPy has no value for any of the first elements, z > 0."""
    from scipy.special import hyp2f1

    return bool(np.isnan(hyp2f1(-m, b, c, z)[:CHECKED]).all())


def environment() -> dict[str, Any]:
    """Where this was measured."""
    import scipy

    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "hypgeo": hypgeo.__version__,
        "instruction_set": _core.instruction_set(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def write_record(name: str, where: dict[str, Any], results: dict[str, Any]) -> None:
    """Write bench/records/<name>.json, complete or not at all."""
    RECORDS.mkdir(exist_ok=True)
    text = json.dumps({"bench": name, "environment": where, **_rounded(results)}, indent=1) + "\n"
    path = RECORDS / f"{name}.json"
    write_atomically(path, lambda file: file.write(text.encode()))
    print(f"wrote {path.relative_to(RECORDS.parent.parent)}", file=sys.stderr)


def _rounded(x: Any) -> Any:
    """Four digits are more than any measurement here holds; JSON has no NaN and no infinity."""
    if isinstance(x, dict):
        return {key: _rounded(value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        return [_rounded(value) for value in x]
    if isinstance(x, float | np.floating):
        return float(f"{x:.4g}") if np.isfinite(x) else str(float(x))
    return x
