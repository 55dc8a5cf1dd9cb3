"""Several losses in one step, each with a gradient of known length.

The gradient of a cut shrinks with the cut, that of a balance term does not: in a plain weighted sum
one of them rules, and which one changes during training. A mixer scales each loss's gradient to the
length of its weight before they are added.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from graphcut._units import power_of_two

__all__ = ["GradientMixer"]

_MODES = ("tensor", "global", "plain")


class GradientMixer:
    """Adds the gradients of named losses, each of length `weights[name]`.

    Two ways lead to the same kind of sum. `loss(name)` is a context in which `backward` runs once
    for each loss; hooks scale what arrives at the parameters. `tap(x, name)` marks the place where
    a loss leaves the common part of the graph; one `backward` of the sum of all losses then goes
    through the common part once, with gradients scaled at the taps.

    Parameters
    ----------
    weights : mapping of str to float
        Length of each loss's gradient, not negative; 0 leaves the loss out, even an infinite one.
    parameters : iterable of Tensor
        What `loss` mixes at, such as `model.parameters()`; not needed for `tap`. Those that require
        no gradient are passed over.
    mode : {"tensor", "global", "plain"}
        Each parameter tensor scaled on its own, all by their common length, or no normalisation:
        the plain weighted sum.

    Examples
    --------
    >>> import torch
    >>> from graphcut.mixing import GradientMixer
    >>> x = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> mixer = GradientMixer({"steep": 1.0, "flat": 0.5}, [x])
    >>> with mixer.loss("steep"):
    ...     (1000 * x[0]).backward()
    >>> with mixer.loss("flat"):
    ...     (0.001 * x[1]).backward()
    >>> x.grad
    tensor([1.0000, 0.5000])
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        parameters: Iterable[Tensor] = (),
        mode: str = "tensor",
    ) -> None:
        if mode not in _MODES:
            raise ValueError(f"mode is {mode!r}; one of {', '.join(_MODES)} is allowed")
        for name, weight in weights.items():
            if not 0 <= weight < float("inf"):
                raise ValueError(f"weights[{name!r}] is {weight!r}; 0 or more is allowed")
        self.weights = dict(weights)
        self.parameters = list(parameters)
        self.mode = mode

    @contextmanager
    def loss(self, name: str) -> Iterator[None]:
        """Context in which the gradients of one loss reach the parameters.

        Parameters
        ----------
        name : str
            One of `weights`.

        Yields
        ------
        None
            Call `backward` inside, once; call it with `retain_graph=True` where losses share it.
        """
        weight = self._weight(name)
        held: list[tuple[Tensor, Tensor]] = []
        trained = [p for p in self.parameters if p.requires_grad]
        hooks = [p.register_hook(self._hook(p, weight, held)) for p in trained]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
        scaled = _scaled([gradient for _, gradient in held], weight)
        for (parameter, _), gradient in zip(held, scaled, strict=True):
            assert parameter.grad is not None
            parameter.grad.add_(gradient)

    def _hook(
        self, parameter: Tensor, weight: float, held: list[tuple[Tensor, Tensor]]
    ) -> Callable[[Tensor], Tensor]:
        def scale(gradient: Tensor) -> Tensor:
            if self.mode != "global":
                return self._alone(gradient, weight)
            # The common length is known when the last of them has come.
            held.append((parameter, gradient))
            return torch.zeros_like(gradient)

        return scale

    def tap(self, x: Tensor, name: str) -> Tensor:
        """`x` for one loss only: the gradient that comes back through it is scaled.

        Parameters
        ----------
        x : Tensor
            Where the losses part, such as the assignments.
        name : str
            One of `weights`.

        Returns
        -------
        Tensor
            The same values. Modes "tensor" and "global" are the same here.
        """
        weight = self._weight(name)
        tapped = x.view_as(x)
        if tapped.requires_grad:
            tapped.register_hook(lambda gradient: self._alone(gradient, weight))
        return tapped

    def _alone(self, gradient: Tensor, weight: float) -> Tensor:
        """One gradient that shares its length with no other."""
        if self.mode == "plain":
            # 0 times infinity is NaN.
            return weight * gradient if weight else torch.zeros_like(gradient)
        return _scaled([gradient], weight)[0]

    def _weight(self, name: str) -> float:
        if name not in self.weights:
            raise ValueError(f"name is {name!r}; one of {', '.join(self.weights)} is allowed")
        return self.weights[name]


def _length(gradients: list[Tensor]) -> Tensor:
    if not gradients:
        return torch.zeros(())
    lengths = [torch.linalg.vector_norm(gradient) for gradient in gradients]
    length: Tensor = torch.linalg.vector_norm(
        torch.stack([x.to(lengths[0].device) for x in lengths])
    )
    return length


def _scaled(gradients: list[Tensor], weight: float) -> list[Tensor]:
    """weight * gradient / (length of all); gradients of zeros stay so."""
    if weight == 0:
        return [torch.zeros_like(gradient) for gradient in gradients]
    length = _length(gradients)
    limits = torch.finfo(length.dtype)
    # Squares leave the range of float32 long before the gradients do: some underflow below this.
    if not math.sqrt(limits.tiny / limits.eps) <= float(length) <= limits.max:
        gradients = _near_one(gradients)
        length = _length(gradients)
    factor = torch.where(length > 0, weight / length, 0.0)
    return [gradient * factor.to(gradient) for gradient in gradients]


def _near_one(gradients: list[Tensor]) -> list[Tensor]:
    """The gradients divided by the power of two next below their largest magnitude."""
    largest = max((float(x.abs().max()) for x in gradients if x.numel()), default=0.0)
    if not 0 < largest < math.inf:
        return gradients
    unit = float(power_of_two(largest))
    # A tensor, as CUDA multiplies by the reciprocal of a number, which may overflow.
    return [
        gradient / torch.tensor(unit, dtype=torch.float64).to(gradient) for gradient in gradients
    ]
