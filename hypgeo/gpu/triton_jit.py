"""How the Triton kernels of this package are compiled.

Arguments of device functions are blocks of float64 unless said otherwise, and a double-double
number is a pair ``(hi, lo)`` of them. Each Python file mirrors the C++ header of the same idea
under ``hypgeo/csrc``, which has the derivations.

A bare number in `tl.where`, `tl.maximum` or `tl.minimum` becomes a float32 first: only numbers that
float32 holds, or that are beyond its range, may stand there.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import triton
import triton.language as tl

#: Contraction of a product and a sum would change what an error-free transformation computes.
OPTIONS = {"enable_fp_fusion": False}


def jit(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """`triton.jit`, typed for callers."""
    return triton.jit(function, **options)


@jit
def all_of(mask):
    """Whether `mask` holds in the whole block."""
    return tl.min(mask.to(tl.int32), 0) > 0


@jit
def any_of(mask):
    """Whether `mask` holds anywhere in the block."""
    return tl.max(mask.to(tl.int32), 0) > 0
