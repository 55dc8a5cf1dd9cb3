"""Constant tables of the kernels, on the host and on each device.

`hypgeo/csrc/tables.h` is where they are; this module reads it, so that no number is written twice.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

_HEADER = Path(__file__).resolve().parent.parent / "csrc" / "tables.h"
_TABLE = re.compile(r"HYPGEO_TABLE double (\w+)\[\d+\] = \{([^}]*)\}")


@cache
def _tables() -> dict[str, tuple[float, ...]]:
    text = _HEADER.read_text(encoding="utf-8")
    found = _TABLE.findall(text)
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


#: Tables that kernels address by the element, in one array: where each begins.
LOG_AT = 0
GAMMA_AT = LOG_AT + 512
DIGAMMA_AT = GAMMA_AT + 112


@cache
def shared_constants(device: Any) -> Any:
    """The tables that kernels address by the element, as one float64 tensor on `device`."""
    import torch

    names = ("log_table", "gamma_table", "digamma_table")
    together = np.concatenate([constants(name) for name in names])
    return torch.from_numpy(together).to(device)
