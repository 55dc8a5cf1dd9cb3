"""The picture of the demo: error and time against m."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hypgeo._files import write_atomically

if TYPE_CHECKING:
    from hypgeo._demo import Curves, FloatArray

OURS, THEIRS, MUTED = "#0b62a4", "#d1622b", "#5a5a5a"
MARKERS = ("o", "s", "^")
PROMISE = 8.0
# An exact result has no place on a log axis: drawn at the foot.
FOOT = 0.1
DPI = 160


def draw(curves: Curves) -> Figure:
    """Draw error (left) and time (right) against m."""
    figure = Figure(figsize=(11.5, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(curves.degrees[0] / 1.6, curves.degrees[-1] * 1.6)
        axes.set_xlabel("degree m")
        axes.grid(True, which="major", color="#e4e4e4", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    _draw_errors(left, curves)
    _draw_times(right, curves)
    return figure


def save(path: Path, figure: Figure) -> None:
    """Write the figure as a PNG."""
    write_atomically(path, lambda file: figure.savefig(file, format="png", dpi=DPI))


def _draw_errors(axes: Any, curves: Curves) -> None:
    top = _nan_level(curves)
    for marker, zone in zip(MARKERS, curves.errors, strict=True):
        for color, errors in ((THEIRS, curves.scipy_errors), (OURS, curves.errors)):
            if zone in errors:
                _draw_error_line(axes, curves.degrees, errors[zone], color, marker, top)
    axes.axhline(PROMISE, color=MUTED, linewidth=1, linestyle="--")
    axes.annotate("8 ulp: what hypgeo promises", (1, PROMISE), (-4, 4), **_AT_RIGHT)
    axes.axhspan(top / 3, top * 3, color="#f3f1ee", zorder=0)
    axes.annotate("NaN", (0, top), (6, 0), **_AT_LEFT)
    axes.set_ylim(FOOT / 1.6, top * 3)
    axes.set_title("Largest relative error, in ulp ($2^{-52}$)", loc="left", fontsize=11)
    axes.legend(handles=_error_legend(curves), loc="center right", frameon=False, fontsize=9)


_AT_RIGHT: dict[str, Any] = {
    "xycoords": ("axes fraction", "data"),
    "textcoords": "offset points",
    "ha": "right",
    "fontsize": 9,
    "color": MUTED,
}
_AT_LEFT: dict[str, Any] = {**_AT_RIGHT, "ha": "left", "va": "center"}


def _nan_level(curves: Curves) -> float:
    """Height of the band for NaN, above every finite error."""
    series = [*curves.errors.values(), *curves.scipy_errors.values()]
    largest = max(float(np.nanmax(x, initial=PROMISE)) for x in series)
    return float(10.0 ** (np.ceil(np.log10(largest)) + 1.5))


def _draw_error_line(
    axes: Any, degrees: FloatArray, errors: FloatArray, color: str, marker: str, top: float
) -> None:
    axes.plot(degrees, np.maximum(errors, FOOT), color=color, marker=marker, **_LINE)
    lost = np.isnan(errors)
    axes.plot(degrees[lost], np.full(lost.sum(), top), color=color, marker="x", linestyle="none")


def _error_legend(curves: Curves) -> list[Line2D]:
    handles = [_color_key("hypgeo", OURS)]
    if curves.scipy_errors:
        handles.append(_color_key("SciPy", THEIRS))
    for marker, zone in zip(MARKERS, curves.errors, strict=True):
        handles.append(Line2D([], [], color=MUTED, marker=marker, linestyle="none", label=zone))
    return handles


def _color_key(label: str, color: str) -> Line2D:
    return Line2D([], [], color=color, linewidth=3, label=label)


def _draw_times(axes: Any, curves: Curves) -> None:
    ns, x = 1e9, curves.degrees
    for times, look, label in (
        (curves.times_varying, "s--", "hypgeo, every argument varying"),
        (curves.times, "o-", "hypgeo, many z with a, b, c fixed"),
    ):
        axes.plot(x, times * ns, look, color=OURS, **_LINE)
        place = {"xytext": (0, 9), "textcoords": "offset points", "ha": "right"}
        axes.annotate(label, (x[-1], times[-10:].max() * ns), fontsize=10, color=OURS, **place)
    shown = np.flatnonzero(~np.isnan(curves.scipy_times))
    if shown.size:
        end = (x[shown[-1]], curves.scipy_times[shown[-1]] * ns)
        axes.plot(x, curves.scipy_times * ns, "o-", color=THEIRS, **_LINE)
        place = {"xytext": (9, 0), "textcoords": "offset points", "va": "center"}
        axes.annotate("SciPy (NaN for larger m)", end, fontsize=10, color=THEIRS, **place)
    slowest = np.nanmax([curves.scipy_times, curves.times_varying])
    axes.set_ylim(1.0, 5 * ns * slowest)
    axes.set_title("Time per element, in ns, one thread", loc="left", fontsize=11)


_LINE: dict[str, Any] = {"markersize": 4.5, "linewidth": 1.4}
