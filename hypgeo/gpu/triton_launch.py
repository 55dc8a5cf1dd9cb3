"""Launches of the Triton kernels: grids, layouts, scratch memory, the current stream."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
import triton

from hypgeo.gpu.tables import DevicePlan, device_plan, shared_constants
from hypgeo.gpu.triton_derivatives import derivatives_kernel
from hypgeo.gpu.triton_evaluate import evaluate_kernel
from hypgeo.gpu.triton_jit import OPTIONS
from hypgeo.gpu.triton_operands import MOST_DIMENSIONS, coalesced, launch_arguments
from hypgeo.gpu.triton_plan import plan_kernel
from hypgeo.gpu.triton_scan import scan_kernel

#: Whether the kernels run in Triton's interpreter, on the CPU.
INTERPRETED = bool(triton.knobs.runtime.interpret)

# Elements of a program; the interpreter's time goes by the number of operations, not of elements.
CHUNK = 4096 if INTERPRETED else 1024
# Programs that look for the chunks which a plan has not done: some times what runs at once.
RESUMING = 2048
# Elements that run together: one warp, so that a vote costs one instruction.
PACK = 512 if INTERPRETED else 32
WARPS = 1
PLAN_WARPS = 4
SCAN_ROWS = 64 if INTERPRETED else 8


class Planned(NamedTuple):
    """What a plan gives, and where elements are left to the methods for all arguments.

    `flags` has an int32 for each `run` neighbouring elements, not 0 where some are left; None if
    several launches have mixed that up.
    """

    out: torch.Tensor
    flags: torch.Tensor | None
    run: int


def on_device(device: torch.device) -> Any:
    """Make `device` current: Triton launches on the current stream of the current device."""
    return torch.cuda.device(device) if device.type == "cuda" else contextlib.nullcontext()


def as_operand(x: Any, like: torch.Tensor) -> torch.Tensor:
    """A tensor of the shape of `like`; a number becomes one element on its device."""
    if not isinstance(x, torch.Tensor):
        x = torch.full((), x, dtype=torch.float64, device=like.device)
    expanded: torch.Tensor = x.expand(like.shape)
    return expanded


def kernel_slices(
    operands: Sequence[torch.Tensor],
) -> Iterator[tuple[int, int, list[torch.Tensor], int, tuple[int, ...]]]:
    """Parts of the operands that one launch covers; one for almost all layouts.

    Yields
    ------
    first, count : int
        Elements of the result, in C order.
    operands : list of torch.Tensor
        Whose first elements they begin at.
    dimensions : int
        As `launch_arguments` gives them.
    arguments : tuple of int
        Inner sizes and strides.
    """
    shape = tuple(operands[0].shape)
    sizes, strides = coalesced(shape, [tuple(x.stride()) for x in operands])
    outer = max(len(sizes) - MOST_DIMENSIONS, 0)
    dimensions, arguments = launch_arguments(sizes[outer:], [s[outer:] for s in strides])
    count = torch.Size(sizes[outer:]).numel()
    flat = [x.as_strided((1,), (1,)) for x in operands]
    for number, index in enumerate(itertools.product(*map(range, sizes[:outer]))):
        offsets = [sum(i * s for i, s in zip(index, step, strict=False)) for step in strides]
        moved = [
            x if offset == 0 else x.as_strided((1,), (1,), x.storage_offset() + offset)
            for x, offset in zip(flat, offsets, strict=True)
        ]
        yield number * count, count, moved, dimensions, arguments


def first_flag(first: int, count: int) -> int:
    """Number of programs before element `first`, which begins a slice of `count` elements."""
    return first // count * -(-count // CHUNK)


def scratch(out: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Routes and order of `count` elements, three bytes each."""
    codes = torch.empty(count, dtype=torch.int8, device=out.device)
    return codes, torch.empty(count, dtype=torch.int16, device=out.device)


def run_evaluate(
    operands: Sequence[torch.Tensor],
    out: torch.Tensor,
    flags: torch.Tensor | None = None,
    weight: torch.Tensor | None = None,
    scale: float = 1.0,
) -> None:
    """`triton_evaluate` over all elements, or over those that a plan has flagged."""
    tables = shared_constants(out.device)
    codes, order = scratch(out, out.numel())
    with_weight = [*operands, operands[-1] if weight is None else weight]
    for first, count, (m, b, c, z, w), dimensions, arguments in kernel_slices(with_weight):
        programs = triton.cdiv(count, CHUNK)
        evaluate_kernel[(programs if flags is None else min(programs, RESUMING),)](
            *(m, b, c, z, out[first:], codes[first:], order[first:]),
            codes if flags is None else flags[first_flag(first, count) :],
            tables,
            count,
            *arguments[:-MOST_DIMENSIONS],
            w,
            *arguments[-MOST_DIMENSIONS:],
            scale,
            DIMENSIONS=dimensions,
            CHUNK=CHUNK,
            PACK=PACK,
            RESUME=flags is not None,
            WEIGHTED=weight is not None,
            num_warps=WARPS,
            **OPTIONS,
        )


def evaluate(
    m: Any, b: Any, c: Any, z: torch.Tensor, weight: torch.Tensor | None = None, scale: float = 1.0
) -> torch.Tensor:
    """2F1(-m, b; c; z) element by element, times `scale` and `weight` if that is given."""
    out = torch.empty(z.shape, dtype=z.dtype, device=z.device)
    if out.numel():
        operands = [as_operand(x, z) for x in (m, b, c, z)]
        with on_device(z.device):
            run_evaluate(operands, out.view(-1), None, weight, scale)
    return out


def run_plan(
    plan: DevicePlan,
    z: torch.Tensor,
    out: torch.Tensor,
    flags: torch.Tensor,
    weight: torch.Tensor | None,
    scale: float,
) -> None:
    """The plan kernel alone."""
    (small_shift, small_first), (large_shift, large_first) = plan.small, plan.large
    slices = kernel_slices([z, z if weight is None else weight])
    for first, count, (x, w), dimensions, arguments in slices:
        plan_kernel[(triton.cdiv(count, CHUNK),)](
            *(x, out[first:], flags[first_flag(first, count) :], plan.coefficient, 1, count),
            *arguments[:-MOST_DIMENSIONS],
            *(plan.key_shift, small_first, large_first, small_shift, large_shift),
            w,
            *arguments[-MOST_DIMENSIONS:],
            scale,
            DIMENSIONS=dimensions,
            TERMS=plan.coefficient.shape[1],
            BLOCK=CHUNK,
            WEIGHTED=weight is not None,
            num_warps=PLAN_WARPS,
            **OPTIONS,
        )


def kept(plan: DevicePlan) -> DevicePlan:
    """The same, for good where a CUDA graph is being made: that may run at any time."""
    on_device = plan.coefficient.device.type == "cuda"
    if on_device and torch.cuda.is_current_stream_capturing():
        _captured[id(plan)] = plan
    return plan


_captured: dict[int, DevicePlan] = {}


def evaluate_plan(
    m: float,
    b: float,
    c: float,
    z: torch.Tensor,
    weight: torch.Tensor | None = None,
    scale: float = 1.0,
) -> Planned | None:
    """The same for numbers m, b and c by a table, or None where there is none.

    With `weight`, of the shape of z, every result is multiplied by it and by `scale`.
    """
    plan = device_plan(m, b, c, z.device, z.dtype == torch.float32)
    if plan is None:
        return None
    out = torch.empty(z.shape, dtype=z.dtype, device=z.device)
    left = None
    if out.numel():
        flat = out.view(-1)
        # One for each program; slices whose size is no multiple of CHUNK have more.
        _, count, *_ = next(kernel_slices([z, z if weight is None else weight]))
        programs = first_flag(flat.numel(), count)
        flags = torch.empty(programs, dtype=torch.int32, device=z.device)
        left = flags if count == flat.numel() else None
        operands = [*(x.expand(z.shape) for x in plan.parameters), z]
        with on_device(z.device):
            run_plan(kept(plan), z, flat, flags, weight, scale)
            run_evaluate(operands, flat, flags, weight, scale)
    return Planned(out, left, CHUNK)


def derivatives(
    m: Any, b: Any, c: Any, z: torch.Tensor, whole: bool = True
) -> tuple[torch.Tensor, ...]:
    """F, F_b, F_c, F_z and F_zz, element by element; F_c and F_z unless `whole`."""
    out = torch.empty((5 if whole else 2, *z.shape), dtype=z.dtype, device=z.device)
    if z.numel():
        tables = shared_constants(z.device)
        flat = out.view(-1)
        with on_device(z.device):
            codes, order = scratch(out, z.numel())
            operands = [as_operand(x, z) for x in (m, b, c, z)]
            for first, count, moved, dimensions, arguments in kernel_slices(operands):
                derivatives_kernel[(triton.cdiv(count, CHUNK),)](
                    *moved,
                    flat[first:],
                    codes[first:],
                    order[first:],
                    tables,
                    z.numel(),
                    count,
                    *arguments,
                    DIMENSIONS=dimensions,
                    CHUNK=CHUNK,
                    PACK=PACK,
                    WHOLE=whole,
                    num_warps=WARPS,
                    **OPTIONS,
                )
    return tuple(out)


def scan(m: Any, b: Any, c: Any, z: torch.Tensor) -> torch.Tensor:
    """The baseline `triton_scan`."""
    out = torch.empty(z.shape, dtype=z.dtype, device=z.device)
    if not out.numel():
        return out
    flat = out.view(-1)
    with on_device(z.device):
        operands = [as_operand(x, z) for x in (m, b, c, z)]
        for first, count, moved, dimensions, arguments in kernel_slices(operands):
            scan_kernel[(triton.cdiv(count, SCAN_ROWS),)](
                *moved,
                flat[first:],
                count,
                *arguments,
                DIMENSIONS=dimensions,
                ROWS=SCAN_ROWS,
                num_warps=WARPS,
                **OPTIONS,
            )
    return out
