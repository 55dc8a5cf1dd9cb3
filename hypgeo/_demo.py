"""The demo: hypgeo, the exact value and SciPy side by side."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

import hypgeo
from hypgeo import reference
from hypgeo._cli_run import watched

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Function = Callable[..., Any]

B, C = 1.5, 3.0
ULP = 2.0**-52
TABLE_DEGREES = (64, 512, 4096, 10**4, 10**6, 10**9)
QUICK_DEGREES = (64, 4096, 10**9)
# Where SciPy's recurrence stops (its step cap): beyond, it returns NaN at once.
SCIPY_LIMIT = 10_000
EXACT_DIGITS = 20
REPEATS = 5


@dataclass(frozen=True)
class Zone:
    """A part of 0 < z < 1, and the z that stands for it in the table."""

    name: str
    low: float
    high: float
    shown: float

    def sample(self, count: int, seed: int = 0) -> FloatArray:
        """Draw uniform values of z."""
        return np.random.default_rng(seed).uniform(self.low, self.high, count)


ZONES = (
    Zone("z near 0", 1e-6, 2e-3, 0.001),
    Zone("z in the middle", 0.4, 0.6, 0.5),
    Zone("z near 1", 0.998, 1 - 1e-6, 0.999),
)


@dataclass(frozen=True)
class Sizes:
    """How much work the demo does."""

    table_degrees: tuple[int, ...]
    plot_degrees: int  # number of degrees in the picture
    plot_points: int  # exact values for each degree and zone
    timed: int  # elements in a timed call of hypgeo
    timed_scipy: int


FULL = Sizes(TABLE_DEGREES, 22, 6, 100_000, 1000)
QUICK = Sizes(QUICK_DEGREES, 9, 2, 20_000, 200)


@dataclass(frozen=True)
class Row:
    """One line of the table; errors in ulp, times in seconds per element."""

    m: int
    zone: str
    z: float
    value: float
    exact: str
    error: float
    time: float
    scipy_error: float | None  # None: SciPy is not installed
    scipy_time: float | None  # None where SciPy returns NaN


def scipy_function() -> Function | None:
    """Return SciPy's hyp2f1, if it is installed."""
    try:
        from scipy.special import hyp2f1
    except ImportError:
        return None
    function: Function = hyp2f1
    return function


def errors_in_ulp(values: Any, hi: FloatArray, lo: FloatArray) -> FloatArray:
    """Relative errors against the exact hi + lo, in units of 2^-52; NaN stays NaN."""
    result: FloatArray = np.abs(((np.asarray(values) - hi) - lo) / hi) / ULP
    return result


def time_per_element(function: Function, z: FloatArray, repeats: int = REPEATS) -> float:
    """Median time of a call, in seconds per element of z."""
    function(z)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(z)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) / z.size


def compare(m: int, zone: Zone, sizes: Sizes) -> Row:
    """Values, errors and times at one degree and one zone."""
    z = zone.shown
    hi, lo = reference.hyp2f1_array(-m, B, C, z)
    value = float(hypgeo.hyp2f1(-m, B, C, z))
    scipy = scipy_function()
    scipy_error = scipy_time = None
    if scipy is not None:
        scipy_error = float(errors_in_ulp(scipy(-m, B, C, z), hi, lo))
        if not np.isnan(scipy_error):
            few = zone.sample(sizes.timed_scipy)
            scipy_time = time_per_element(lambda x: scipy(-m, B, C, x), few)
    return Row(
        m=m,
        zone=zone.name,
        z=z,
        value=value,
        exact=mpmath.nstr(reference.hyp2f1(-m, B, C, z, digits=EXACT_DIGITS + 5), EXACT_DIGITS),
        error=float(errors_in_ulp(value, hi, lo)),
        time=time_per_element(lambda x: hypgeo.hyp2f1(-m, B, C, x), zone.sample(sizes.timed)),
        scipy_error=scipy_error,
        scipy_time=scipy_time,
    )


def format_time(seconds: float | None) -> str:
    """Three digits with a unit, without a space: a line has one word for each column."""
    if seconds is None:
        return "-"
    unit, scale = ("ns", 1e9) if seconds < 1e-6 else ("us", 1e6) if seconds < 1e-3 else ("ms", 1e3)
    return f"{seconds * scale:.3g}{unit}"


def format_error(ulp: float | None) -> str:
    """Two digits in ulp, NaN said as such."""
    if ulp is None:
        return "-"
    if np.isnan(ulp):
        return "NaN"
    return f"{ulp:.1f}" if ulp < 1000 else f"{ulp:.1e}"


HEADER = ("m", "z", "hypgeo", "exact", "error", "SciPy's", "time", "SciPy's")
UNITS = ("", "", "", "", "in ulp", "in ulp", "each", "each")
WIDTHS = (10, 5, 22, 25, 6, 7, 7, 7)


def format_line(cells: tuple[str, ...]) -> str:
    """One line of the table, right-aligned."""
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def format_row(row: Row) -> str:
    """One comparison as a line of the table."""
    return format_line(
        (
            str(row.m),
            f"{row.z:g}",
            repr(row.value),
            row.exact,
            format_error(row.error),
            format_error(row.scipy_error),
            format_time(row.time),
            format_time(row.scipy_time),
        )
    )


@dataclass(frozen=True)
class Curves:
    """What the picture shows, by degree; errors are the largest of each zone, in ulp."""

    degrees: FloatArray
    errors: dict[str, FloatArray]
    scipy_errors: dict[str, FloatArray]
    times: FloatArray  # a, b, c fixed
    times_varying: FloatArray  # every argument varies
    scipy_times: FloatArray  # NaN where SciPy has no value to show for it


def curve_degrees(count: int) -> FloatArray:
    """Degrees from 8 to 10^9, evenly spaced in log m on either side of SciPy's last one."""
    below = np.geomspace(8, SCIPY_LIMIT, count // 2)
    above = np.geomspace(SCIPY_LIMIT, 1e9, count - count // 2)
    degrees: FloatArray = np.unique(np.round([*below, *above]))
    return degrees


def measure_curves(sizes: Sizes) -> Curves:
    """Measure errors and times against m."""
    degrees = curve_degrees(sizes.plot_degrees)
    curves = Curves(
        degrees,
        {zone.name: np.empty(degrees.size) for zone in ZONES},
        {zone.name: np.empty(degrees.size) for zone in ZONES},
        *(np.full(degrees.size, np.nan) for _ in range(3)),
    )
    for i, m in watched(enumerate(degrees), degrees.size, "picture"):
        for zone in ZONES:
            _measure_errors(curves, int(i), float(m), zone, sizes.plot_points)
        _measure_times(curves, int(i), float(m), sizes)
    return curves


def _measure_errors(curves: Curves, i: int, m: float, zone: Zone, count: int) -> None:
    z = zone.sample(count, seed=i)
    hi, lo = reference.hyp2f1_array(-m, B, C, z)
    curves.errors[zone.name][i] = errors_in_ulp(hypgeo.hyp2f1(-m, B, C, z), hi, lo).max()
    scipy = scipy_function()
    if scipy is not None:
        curves.scipy_errors[zone.name][i] = errors_in_ulp(scipy(-m, B, C, z), hi, lo).max()
    else:
        curves.scipy_errors.pop(zone.name, None)


def _measure_times(curves: Curves, i: int, m: float, sizes: Sizes) -> None:
    rng = np.random.default_rng(i)
    z = rng.uniform(0, 1, sizes.timed)
    curves.times[i] = time_per_element(lambda x: hypgeo.hyp2f1(-m, B, C, x), z)
    few = z[: sizes.timed // 10]
    b = np.exp(rng.uniform(np.log(0.1), np.log(100), few.size))
    c = b + np.exp(rng.uniform(np.log(0.1), np.log(100), few.size))
    degrees = np.round(m * rng.uniform(0.8, 1.2, few.size))
    curves.times_varying[i] = time_per_element(lambda x: hypgeo.hyp2f1(-degrees, b, c, x), few)
    scipy = scipy_function()
    if scipy is not None and m <= SCIPY_LIMIT:
        z = z[: sizes.timed_scipy]
        curves.scipy_times[i] = time_per_element(lambda x: scipy(-m, B, C, x), z)


def run(save: Path, quick: bool = False) -> None:
    """Print the table and save the picture.

    Parameters
    ----------
    save : Path
        The picture, a PNG.
    quick : bool
        Fewer points.
    """
    from hypgeo import _demo_plot  # a missing matplotlib should be known before the work starts

    sizes = QUICK if quick else FULL
    print(f"2F1(-m, {B:g}; {C:g}; z) by hypgeo {hypgeo.__version__}, one thread\n")
    print(format_line(HEADER))
    print(format_line(UNITS))
    for m in sizes.table_degrees:
        for zone in ZONES:
            print(format_row(compare(m, zone, sizes)))
        sys.stdout.flush()
    print("\nAn ulp is a relative error of 2^-52; times are medians of calls on many z.")
    if scipy_function() is None:
        print("SciPy is not installed: pip install hypgeo[scipy] adds it to the comparison.")
    _demo_plot.save(save, _demo_plot.draw(measure_curves(sizes)))
    print(f"Picture: {save}")
