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

__all__ = ["METHODS", "derivatives", "hyp2f1", "hyp2f1_derivatives", "reason", "values"]

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
    return values(m, b, c, z).out


def values(m: Any, b: Any, c: Any, z: Any, weight: Any = None, scale: float = 1.0) -> Any:
    """`hyp2f1`, times `scale` and `weight` where that is given, and where elements are left.

    Parameters
    ----------
    m, b, c, z : torch.Tensor or float
        As for `hyp2f1`.
    weight : torch.Tensor, optional
        Of the shape, dtype and device of z: the gradient that a backward pass brings, which takes
        no reading and writing of its own then.
    scale : float
        Counts only beside a weight.

    Returns
    -------
    hypgeo.gpu.triton_launch.Planned
        The result and what is known of the elements that are NaN.
    """
    from hypgeo.gpu import triton_launch

    if _are_numbers(m, b, c) and z.numel() >= PLAN_FROM:
        numbers = float(m), float(b), float(c)
        planned = triton_launch.evaluate_plan(*numbers, z, weight, scale)
        if planned is not None:
            return planned
    return triton_launch.Planned(triton_launch.evaluate(m, b, c, z, weight, scale), None, 0)


def hyp2f1_derivatives(m: Any, b: Any, c: Any, z: Any) -> tuple[Any, ...]:
    """2F1(-m, b; c; z) and its derivatives, in one pass.

    Parameters
    ----------
    m, b, c, z : torch.Tensor or float
        As for `hyp2f1`.

    Returns
    -------
    tuple of torch.Tensor
        ``(value, d_b, d_c, d_z, d_zz)``; d_b is at fixed c, d_c at fixed b. They share memory of
        five times the size of z. NaN outside the domain, and for b = 0.
    """
    return derivatives(m, b, c, z, whole=True)


def derivatives(m: Any, b: Any, c: Any, z: Any, whole: bool) -> tuple[Any, ...]:
    """`hyp2f1_derivatives`, or of these d_c and d_z alone, which takes less.

    Parameters
    ----------
    m, b, c, z : torch.Tensor or float
        As for `hyp2f1`.
    whole : bool
        Whether all five are wanted.

    Returns
    -------
    tuple of torch.Tensor
        Five or two.
    """
    from hypgeo.gpu import triton_launch

    return triton_launch.derivatives(m, b, c, z, whole)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(x, int | float) for x in values)


def _scan(m: Any, b: Any, c: Any, z: Any) -> Any:
    """The reflected series in the order of a 32-lane scan; O(m), see `hypgeo.methods`."""
    from hypgeo.gpu import triton_launch

    return triton_launch.scan(m, b, c, z)


#: The named baselines, as `hypgeo.methods` names them.
METHODS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {"scan": _scan}
