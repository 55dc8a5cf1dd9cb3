"""The picture of error over (m, z), hypgeo and SciPy side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from scipy.special import hyp2f1 as scipy_hyp2f1

import hypgeo
from bench import _harness as harness
from bench import _points
from hypgeo._files import write_atomically

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "error_map.png"
PAIRS = ((1.0, 2.0), (5.0, 5.5))
DEGREES = 52
ARGUMENTS = 57
# Colours: half an ulp, which nothing can beat, to six digits.
LEAST, MOST = 0.5, 1e6
COLORS, LOST = "viridis", "#d9d4cc"
DPI = 150


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Degrees evenly spaced in log m; z in log(z / (1 - z))."""
    m = np.unique(np.round(np.geomspace(1, 1e9, DEGREES)))
    odds = np.geomspace(1e-9, 1e9, ARGUMENTS)
    return m, odds / (1 + odds)


def write() -> list[dict[str, Any]]:
    """Evaluate both on the grid, draw, and return what the maps hold."""
    m, z = grid()
    maps, summary = [], []
    for b, c in PAIRS:
        where = np.broadcast_arrays(m[np.newaxis], b, c, z[:, np.newaxis])
        flat = tuple(np.ravel(x) for x in where)
        exact = _points.with_values(f"map-{b:g}-{c:g}", flat)
        for name, function in (("hypgeo", hypgeo.hyp2f1), ("SciPy", scipy_hyp2f1)):
            ulp = harness.errors(function(-flat[0], *flat[1:]), exact.hi, exact.lo)
            normal = exact.hi >= np.finfo(float).tiny
            lost = np.isnan(ulp) & normal
            largest = float(np.max(ulp[normal & ~lost]))
            summary.append({"b": b, "c": c, "by": name, "max": largest, "nan": int(lost.sum())})
            maps.append(ulp.reshape(where[0].shape))
    figure = draw(m, z, maps)
    write_atomically(PICTURE, lambda file: figure.savefig(file, format="png", dpi=DPI))
    return summary


def draw(m: np.ndarray, z: np.ndarray, maps: list[np.ndarray]) -> Figure:
    """Draw one row for each pair of parameters: hypgeo left, SciPy right."""
    figure = Figure(figsize=(10, 7.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(PAIRS), 2, sharex=True, sharey=True)
    norm = LogNorm(LEAST, MOST)
    for ax, ulp, (row, column) in zip(axes.flat, maps, np.ndindex(len(PAIRS), 2), strict=True):
        b, c = PAIRS[row]
        ax.set_facecolor(LOST)
        shown = np.ma.masked_invalid(np.maximum(ulp, LEAST))
        image = ax.pcolormesh(m, z, shown, norm=norm, cmap=COLORS, shading="nearest")
        ax.set_xscale("log")
        ax.set_yscale("logit", use_overline=False)
        ax.set_yticks([1e-9, 1e-6, 1e-3, 0.5, 1 - 1e-3, 1 - 1e-6, 1 - 1e-9])
        ax.minorticks_off()
        ax.set_title(f"{('hypgeo', 'SciPy')[column]},  b = {b:g},  c = {c:g}", loc="left")
        if np.isnan(ulp).any():
            ax.text(0.97, 0.5, "NaN", transform=ax.transAxes, ha="right", va="center", size=12)
        if row == len(PAIRS) - 1:
            ax.set_xlabel("degree m")
        if column == 0:
            ax.set_ylabel("z")
    bar = figure.colorbar(image, ax=axes, extend="max", shrink=0.7)
    bar.set_label("relative error in ulp ($2^{-52}$)")
    return figure
