"""The Triton backend: 2F1(-m, b; c; z) for tensors on a CUDA device.

Arguments are real tensors of one dtype (float64 or float32), broadcast to one shape on one
device; m is a float64 tensor, and m, b, c may be Python numbers. Results are new contiguous
tensors. Covered are ``b, c > 0`` with ``z <= 1`` and, for ``z > 0``, ``b <= c``; other elements are
NaN, as are those whose m is no nonnegative integer. Nothing here waits for the device, except that
a table is copied to it when parameters are new.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

__all__ = ["METHODS", "hyp2f1", "reason"]

#: Elements from which a table is made for parameters that are numbers.
PLAN_FROM = 1 << 16


def reason() -> str | None:
    """Why the backend is not available.

    Returns
    -------
    str or None
        A sentence that says what to install, or None.
    """
    for name in ("torch", "triton"):
        if find_spec(name) is None:
            return f"{name} is not installed (pip install {name})"
    import torch

    from hypgeo.gpu.triton_launch import INTERPRETED

    if torch.cuda.is_available() or INTERPRETED:
        return None
    return "PyTorch finds no CUDA device (torch.cuda.is_available() is False)"


def hyp2f1(m: Any, b: Any, c: Any, z: Any) -> Any:
    """2F1(-m, b; c; z), DLMF 15.2.1.

    Parameters
    ----------
    m, b, c : torch.Tensor or float
        Degree and parameters; numbers, all three, are looked up in a table where that pays.
    z : torch.Tensor
        Argument; its shape, dtype and device are those of the result.

    Returns
    -------
    torch.Tensor
        NaN outside the domain of this backend.
    """
    from hypgeo.gpu import triton_launch

    if all(isinstance(x, int | float) for x in (m, b, c)) and z.numel() >= PLAN_FROM:
        planned = triton_launch.evaluate_plan(float(m), float(b), float(c), z)
        if planned is not None:
            return planned
    return triton_launch.evaluate(m, b, c, z)


def _scan(m: Any, b: Any, c: Any, z: Any) -> Any:
    """The reflected series in the order of a 32-lane scan; O(m), see `hypgeo.methods`."""
    from hypgeo.gpu import triton_launch

    return triton_launch.scan(m, b, c, z)


#: The named baselines, as `hypgeo.methods` names them.
METHODS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {"scan": _scan}
