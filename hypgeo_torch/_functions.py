"""The public functions."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from hypgeo._torch_call import check_degree
from hypgeo_torch import _operators
from hypgeo_torch._arguments import tensors


def hyp2f1(a: Any, b: Any, c: Any, z: Any) -> Tensor:
    """Hyp."""
    given, dtype = _terminating(a, b, c, z)
    return _operators.hyp2f1(*given).to(dtype)


def hyp2f1m1(a: Any, b: Any, c: Any, z: Any) -> Tensor:
    """Hyp."""
    given, dtype = _terminating(a, b, c, z)
    return _operators.hyp2f1m1(*given).to(dtype)


def log_hyp2f1(
    a: Any, b: Any, c: Any, z: Any, return_sign: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Hyp."""
    given, dtype = _terminating(a, b, c, z)
    log, sign = _operators.log_hyp2f1(*given)
    return (log.to(dtype), sign.to(dtype)) if return_sign else log.to(dtype)


def expected_inverse(q: Any, beta: Any, m: Any, p: Any) -> Tensor:
    """Hyp."""
    given, dtype = tensors({"m": m, "q": q, "beta": beta, "p": p})
    return _operators.expected_inverse(*given).to(dtype)


def _terminating(a: Any, b: Any, c: Any, z: Any) -> tuple[list[Tensor], Any]:
    given = tensors({"a": a, "b": b, "c": c, "z": z})
    if not isinstance(a, Tensor):
        check_degree(float(a))
    return given
