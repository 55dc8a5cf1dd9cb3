"""Reverse and forward mode of an operator, from its partial derivatives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch._C import _AutoDispatchBelowAutograd as _below_autograd
from torch._C._functorch import get_interpreter_stack as _levels
from torch._functorch.utils import enable_single_level_autograd_function
from torch.autograd import forward_ad
from torch.autograd.forward_ad import _set_fwd_grad_enabled, unpack_dual

# What an operator registers under the key Autograd runs at one level of torch.func's transforms,
# one call for each level. torch.autograd.Function would start at the uppermost level again, and
# is refused there (pytorch/pytorch#179652); this is the class below it, which does what is needed.
from torch.autograd.function import _SingleLevelFunction

#: slopes(inputs, wanted, by) gives rows: row o, column i is the partial derivative of result o by
#: input i, differentiable itself. It may be None unless wanted[o] and by[i]. `inputs` are all
#: arguments of the operator.
Slopes = Callable[[tuple[Any, ...], Sequence[bool], Sequence[bool]], Sequence[Sequence[Any]]]

#: pull(inputs, grads, by) gives what slopes times gradients add up to, one for each tensor, where
#: that takes less than the slopes; else None.
Pull = Callable[[tuple[Any, ...], Sequence[Tensor | None], Sequence[bool]], Sequence[Any] | None]


def autograd_kernel(
    operator: Any, outputs: int, slopes: Slopes, without_slope: tuple[int, ...], pull: Pull | None
) -> Callable[..., Any]:
    """Kernel for the key Autograd: `operator` below it, and its derivatives by `slopes`."""
    # Tensors come first; numbers may follow.
    count = sum(str(x.type) == "Tensor" for x in operator._schema.arguments)

    class Function(_SingleLevelFunction):
        @staticmethod
        def forward(keyset: Any, *inputs: Any) -> Any:
            # A Function turns both modes off for what is below, which may be the next level.
            with torch.enable_grad(), _set_fwd_grad_enabled(True), _below_autograd():
                return operator.redispatch(keyset & torch._C._after_autograd_keyset, *inputs)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            _, *arguments = inputs
            ctx.save_for_backward(*arguments[:count])
            ctx.save_for_forward(*arguments[:count])
            ctx.others = tuple(arguments[count:])
            ctx.set_materialize_grads(False)
            if without_slope:
                ctx.mark_non_differentiable(*(output[i] for i in without_slope))

        @staticmethod
        def backward(ctx: Any, *grads: Tensor | None) -> tuple[Any, ...]:
            inputs = (*ctx.saved_tensors, *ctx.others)
            by = ctx.needs_input_grad[1 : count + 1]
            wanted = [g is not None and o not in without_slope for o, g in enumerate(grads)]
            pulled = pull(inputs, grads, by) if pull is not None and any(wanted) else None
            if pulled is None:
                pulled = _reverse(grads, slopes(inputs, wanted, by), wanted, by)
            columns = [
                None if x is None else _reduced(x, like)
                for x, like in zip(pulled, inputs, strict=False)
            ]
            return (None, *columns, *(None for _ in ctx.others))

        @staticmethod
        def jvp(ctx: Any, *tangents: Tensor | None) -> Any:
            moving = tangents[1 : count + 1]
            by = [t is not None for t in moving]
            wanted = [o not in without_slope for o in range(outputs)]
            with _next_levels():
                inputs = (*(_primal(x) for x in ctx.saved_tensors), *ctx.others)
                rows = slopes(inputs, wanted, by)
                results = [_forward(moving, rows[o]) if wanted[o] else None for o in range(outputs)]
            return results[0] if outputs == 1 else tuple(results)

    # The dispatcher leaves out what equals its default.
    defaults = [argument.default_value for argument in operator._schema.arguments]

    def kernel(keyset: Any, *inputs: Any) -> Any:
        inputs = (*inputs, *defaults[len(inputs) :])
        if _level() in _IN_JVP.levels or not _is_tracked(inputs):
            return Function.forward(keyset, *inputs)
        with enable_single_level_autograd_function():
            return Function.apply(keyset, *inputs)  # type: ignore[attr-defined]

    return kernel


def _is_tracked(inputs: tuple[Any, ...]) -> bool:
    """Whether a derivative may be asked for; to keep its means takes 40 us."""
    if _level() or forward_ad._current_level >= 0:
        return True
    return torch.is_grad_enabled() and any(
        isinstance(x, Tensor) and x.requires_grad for x in inputs
    )


class _Levels(threading.local):
    """Levels of torch.func whose tangents are being computed, in this thread."""

    def __init__(self) -> None:
        self.levels: set[int] = set()


_IN_JVP = _Levels()


def _level() -> int:
    """The level of torch.func that runs, 0 without one."""
    levels = _levels()
    return levels[-1].level() if levels else 0


def _is_nested() -> bool:
    return len(_levels() or ()) > 1


@contextmanager
def _next_levels() -> Iterator[None]:
    """Forward mode is off in a jvp; the tangents of further levels, if any, must go on.

    Those of this level must not: while torch.compile traces, `_primal` does not take them off.
    """
    if not _is_nested():
        yield
        return
    level = _level()
    _IN_JVP.levels.add(level)
    try:
        with _set_fwd_grad_enabled(True):
            yield
    finally:
        _IN_JVP.levels.discard(level)


def _primal(x: Tensor) -> Tensor:
    """Without the tangent of this level, which the slopes must not follow again."""
    return unpack_dual(x).primal if _is_nested() else x


def _reverse(
    grads: Sequence[Tensor | None],
    rows: Sequence[Sequence[Any]],
    wanted: Sequence[bool],
    by: Sequence[bool],
) -> list[Tensor | None]:
    """Sum over the results of gradient times slope."""
    columns: list[Tensor | None] = []
    for i in range(len(by)):
        terms = [
            grads[o] * rows[o][i]
            for o in range(len(rows))
            if wanted[o] and by[i] and rows[o][i] is not None
        ]
        columns.append(_sum(terms) if terms else None)
    return columns


def _reduced(x: Tensor, like: Tensor) -> Tensor:
    return x.sum_to_size(like.shape).to(like.dtype)


def _forward(tangents: Sequence[Tensor | None], row: Sequence[Any]) -> Tensor | None:
    terms = [t * s for t, s in zip(tangents, row, strict=True) if t is not None and s is not None]
    return _sum(terms) if terms else None


def _sum(terms: Sequence[Tensor]) -> Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
