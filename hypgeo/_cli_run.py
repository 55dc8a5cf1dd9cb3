"""Evaluation piece by piece, so that progress can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from hypgeo import methods
from hypgeo._cli_io import FloatArray, Points

# Long enough for hyp2f1 to use a table, short enough for several updates a second. The pieces do
# not depend on the time they take, so that the results do not either.
PIECE = 4096
# Where the cost of one element grows with m.
SHORT_PIECE = 64
FLAT_COST = ("auto", "plan", "quadrature")


def evaluate(points: Points, method: str, dtype: str) -> FloatArray:
    """Evaluate at all points; the progress bar needs tqdm and a terminal.

    Parameters
    ----------
    points : Points
        Where.
    method : str
        One of `hypgeo.methods.METHODS`.
    dtype : str
        Of the results, which are computed in double precision and rounded once.

    Returns
    -------
    ndarray
        As long as ``points.z``.
    """
    size = PIECE if method in FLAT_COST else SHORT_PIECE
    values = np.empty(points.z.shape)
    for piece in watched(pieces(values.size, size), -(-values.size // size)):
        a, b, c, z = (_cut(x, piece) for x in (points.a, points.b, points.c, points.z))
        values[piece] = methods.hyp2f1(a, b, c, z, method)
    with np.errstate(over="ignore", under="ignore"):
        return values.astype(dtype)


def pieces(total: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover `total` elements."""
    return (slice(start, min(start + size, total)) for start in range(0, total, size))


def _cut(x: float | FloatArray, piece: slice) -> float | FloatArray:
    return x if isinstance(x, float) else x[piece]


def watched(items: Iterable[Any], total: int, label: str | None = None) -> Iterable[Any]:
    """Show a progress bar on a terminal, if tqdm is installed."""
    try:
        from tqdm import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return items
    # disable=None: no bar where standard error is no terminal; delay: none for short work.
    bar: Iterable[Any] = tqdm(
        items, total=total, desc=label, disable=None, delay=1.0, leave=False, unit="piece"
    )
    return bar
