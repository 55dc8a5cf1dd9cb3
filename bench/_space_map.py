"""The picture of which method runs where, on slices of the parameter space."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bench._space_page import GROUPS, group_of
from hypgeo import methods
from hypgeo._files import write_atomically

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "parameter_space.png"
DPI = 150
WIDE, HIGH = 150, 110
# Off the integers, where one point would stand for its neighbours.
SHIFT = 0.0137
COLORS = (
    *("#2a5a8c", "#5b9bd0", "#a9cfe8", "#3f8f6b", "#8fcf9f"),
    *("#e9c46a", "#f2a65a", "#d96c4f", "#9c5fa8", "#d7aedd"),
    *("#7a5c3e", "#2b2b2b", "#c9c4bb"),
)
# Degree, what runs upwards, what stays.
SLICES = ((1000.0, "b", 2.5), (1000.0, "c", 2.5), (100_000.0, "b", 2.5))
LOW, HIGH_PARAMETER = -40.0, 40.0
Z_LOW, Z_HIGH = -1.5, 2.5
# Evaluations at this degree cost O(m) each; fewer of them do.
COARSE_FROM, COARSE = 1e4, 3


def grid(m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return z and the parameter that varies."""
    step = COARSE if m > COARSE_FROM else 1
    z = np.linspace(Z_LOW, Z_HIGH, WIDE // step) + SHIFT / WIDE
    return z, np.linspace(LOW, HIGH_PARAMETER, HIGH // step) + SHIFT


def slice_of(m: float, varies: str, other: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return z, the parameter, and the names of the methods."""
    z, parameter = grid(m)
    column = parameter[:, np.newaxis]
    b, c = (column, other) if varies == "b" else (other, column)
    return z, parameter, methods.used(-m, b, c, z)


def write() -> list[dict[str, Any]]:
    """Draw the slices; return how many points each method has on them."""
    slices = [(line, slice_of(*line)) for line in SLICES]
    figure = draw(slices)
    write_atomically(PICTURE, lambda file: figure.savefig(file, format="png", dpi=DPI))
    summary = []
    for (m, varies, other), (_, _, names) in slices:
        found, counts = np.unique(names, return_counts=True)
        shares = {str(k): int(v) for k, v in zip(found, counts, strict=True)}
        summary.append({"m": m, "varies": varies, "other": other, "points": shares})
    return summary


def draw(slices: list[Any]) -> Figure:
    """One panel for each slice, a common legend below."""
    figure = Figure(figsize=(13, 5.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(slices))
    groups = list(GROUPS)
    norm = BoundaryNorm(np.arange(len(groups) + 1) - 0.5, len(groups))
    colors = ListedColormap(COLORS[: len(groups)])
    seen: set[int] = set()
    for ax, ((m, varies, other), (z, parameter, names)) in zip(axes, slices, strict=True):
        code = np.vectorize(lambda name: groups.index(group_of(name)))(names)
        seen |= set(np.unique(code).tolist())
        ax.pcolormesh(z, parameter, code, cmap=colors, norm=norm, shading="nearest")
        fixed = "c" if varies == "b" else "b"
        ax.set_title(f"m = {m:,.0f},  {fixed} = {other:g}", loc="left")
        ax.set_xlabel("z")
        ax.set_ylabel(varies)
        ax.set_xticks([-1, 0, 1, 2])
    handles = [Patch(color=COLORS[i], label=groups[i]) for i in sorted(seen)]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    return figure
