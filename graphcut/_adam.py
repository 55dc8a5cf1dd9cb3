"""Adam, without the seconds that constructing one of `torch.optim` takes.

Those import torch's compiler when the first optimiser is made, which takes longer than clustering a
few thousand points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

# Kingma and Ba (2015), algorithm 1.
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """Kingma and Ba (2015), with a rate that falls to 0 along a cosine where `steps` is given.

    Parameters
    ----------
    parameters : iterable of Tensor
        Leaves that are changed in place.
    rate : float
        First rate.
    steps : int or None
        Step at which the rate is 0; None keeps it.
    """

    def __init__(self, parameters: Iterable[Tensor], rate: float, steps: int | None = None) -> None:
        self.parameters = [p for p in parameters if p.requires_grad]
        self.rate, self.steps, self.taken = rate, steps, 0
        self._first = [torch.zeros_like(p) for p in self.parameters]
        self._second = [torch.zeros_like(p) for p in self.parameters]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take a step along the gradients; parameters without one stay."""
        rate = self.rate
        if self.steps is not None:
            rate *= 0.5 * (1 + math.cos(math.pi * min(1.0, self.taken / self.steps)))
        self.taken += 1
        correction_1, correction_2 = 1 - BETA_1**self.taken, 1 - BETA_2**self.taken
        for p, first, second in zip(self.parameters, self._first, self._second, strict=True):
            if p.grad is None:
                continue
            first.lerp_(p.grad, 1 - BETA_1)
            second.mul_(BETA_2).addcmul_(p.grad, p.grad, value=1 - BETA_2)
            scale = (second / correction_2).sqrt_().add_(EPSILON)
            p.addcdiv_(first, scale, value=-rate / correction_1)
