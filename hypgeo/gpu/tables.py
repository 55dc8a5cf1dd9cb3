"""Tables of the kernels, on the host and on each device.

The constants are those of `hypgeo/csrc/tables.h`; this module reads it, so that no number is
written twice. Tables of plans come from the compiled core. What has been copied to a device stays
there until newer plans displace it, so that later calls need no copy and no synchronisation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hypgeo import _core

_HEADER = Path(__file__).resolve().parent.parent / "csrc" / "tables.h"
_TABLE = re.compile(r"HYPGEO_(?:TABLE|LOOKUP) double (\w+)\[\d+\] = \{([^}]*)\}")

#: Where each of the tables that kernels address by the element begins in `shared_constants`.
LOG_AT, GAMMA_AT, DIGAMMA_AT = 0, 512, 624

#: Plans kept on devices; the largest table has about 1 MiB.
KEPT_PLANS = 64

Floats = npt.NDArray[np.floating[Any]]


@cache
def _tables() -> dict[str, tuple[float, ...]]:
    found = _TABLE.findall(_HEADER.read_text(encoding="utf-8"))
    return {name: tuple(map(float.fromhex, body.split(","))) for name, body in found}


def constants(name: str) -> tuple[float, ...]:
    """One table of ``csrc/tables.h``.

    Parameters
    ----------
    name : str
        As in the header.

    Returns
    -------
    tuple of float
        Its numbers.

    Raises
    ------
    KeyError
        The header has no such table.

    Examples
    --------
    >>> len(constants("log_table"))
    512
    """
    return _tables()[name]


@cache
def shared_constants(device: Any) -> Any:
    """The tables that kernels address by the element, as one float64 tensor on `device`."""
    import torch

    names = ("log_table", "gamma_table", "digamma_table")
    return torch.from_numpy(np.concatenate([constants(name) for name in names])).to(device)


@dataclass(frozen=True)
class DevicePlan:
    """What the plan kernel reads (hypgeo/csrc/plan_table.h).

    Attributes
    ----------
    coefficient : torch.Tensor
        Shape (rows, 8) or (rows, 4), float64 or float32; NaN where no polynomial is good enough.
    key_shift : int
        Bits below the panel key.
    small, large : tuple of (float, int)
        ``shift`` and ``first`` of either side.
    parameters : tuple of torch.Tensor
        m, b and c as 0-d float64 tensors on the device.
    """

    coefficient: Any
    key_shift: int
    small: tuple[float, int]
    large: tuple[float, int]
    parameters: tuple[Any, Any, Any]


@lru_cache(maxsize=KEPT_PLANS)
def device_plan(m: float, b: float, c: float, device: Any, single: bool) -> DevicePlan | None:
    """The plan of (m, b, c) on `device`, or None where there are no tables.

    Parameters
    ----------
    m, b, c : float
        Parameters of 2F1(-m, b; c; z).
    device : torch.device
        With an index, so that each device has its own.
    single : bool
        Whether results are float32: a smaller table does for them.

    Returns
    -------
    DevicePlan or None
    """
    import torch

    table = _core.plan_table(m, b, c)
    if table is None:
        return None
    rows, key_shift, small, large = table
    coefficient = single_rows(rows) if single else rows
    parameters = tuple(torch.full((), x, dtype=torch.float64, device=device) for x in (m, b, c))
    on_device = torch.from_numpy(coefficient).to(device)
    return DevicePlan(on_device, key_shift, small, large, parameters)  # type: ignore[arg-type]


# Limits under which a row of float32 keeps a result to 2 ulp; docs/triton.md adds up the errors.
_SINGLE_TRUNCATION = 1.25 * 2.0**-27
_SINGLE_VARIATION = 1 / 16
# Below this, coefficients would be subnormal.
_SINGLE_LEAST = 2.0**-100
# Share of the rows that may be left to the slower kernel for the sake of the shorter table.
_SINGLE_LEFT = 1 / 16


def single_rows(rows: Floats) -> Floats:
    """Rows of float32 for float32 results: degree 3 where that is enough, else degree 7.

    Parameters
    ----------
    rows : ndarray, shape (rows, 8)
        Coefficients in powers of the place u in [-1, 1] on the panel.

    Returns
    -------
    ndarray of float32, shape (rows, 4) or (rows, 8)
        NaN where 2 ulp cannot be promised, or the double table has NaN.
    """
    from numpy.polynomial import chebyshev

    chebyshev_rows = rows @ _conversion(chebyshev.poly2cheb, 8)
    variation = np.abs(chebyshev_rows[:, 1:]).sum(axis=1)
    least = np.abs(chebyshev_rows[:, 0]) - variation
    usable = (variation <= _SINGLE_VARIATION * least) & (least >= _SINGLE_LEAST)
    short = usable & (np.abs(chebyshev_rows[:, 4:]).sum(axis=1) <= _SINGLE_TRUNCATION * least)
    if (usable & ~short).sum() <= _SINGLE_LEFT * usable.sum():
        cubic = chebyshev_rows[:, :4] @ _conversion(chebyshev.cheb2poly, 4)
        return np.where(short[:, None], cubic, np.nan).astype(np.float32)
    return np.where(usable[:, None], rows, np.nan).astype(np.float32)


def _conversion(convert: Callable[[Any], Any], terms: int) -> Floats:
    """The matrix that turns rows of coefficients into those of another basis."""
    matrix = np.zeros((terms, terms))
    for k, unit in enumerate(np.eye(terms)):
        # Without the zeros at its end, which the conversion would keep or drop as it likes.
        row = convert(unit[: k + 1])
        matrix[k, : len(row)] = row
    return matrix
