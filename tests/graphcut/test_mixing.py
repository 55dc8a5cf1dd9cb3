"""Lengths of mixed gradients, one traversal or several."""

from __future__ import annotations

import pytest
import torch

from graphcut import GradientMixer


def layers():
    first = torch.tensor([[1.0, 2.0], [0.5, -1.0]], dtype=torch.float64, requires_grad=True)
    second = torch.tensor([3.0, -2.0], dtype=torch.float64, requires_grad=True)
    return first, second


def losses(first, second):
    hidden = torch.tanh(first @ torch.tensor([0.3, 0.7], dtype=torch.float64))
    out = hidden * second
    return 1000 * (out**2).sum(), 1e-3 * out.sum()


def plain(index):
    parameters = layers()
    losses(*parameters)[index].backward()
    return [p.grad for p in parameters]


@pytest.mark.parametrize("mode", ["tensor", "global", "plain"])
def test_contexts_add_scaled_gradients(mode):
    parameters = layers()
    mixer = GradientMixer({"cut": 1.0, "balance": 0.25}, parameters, mode)
    cut, balance = losses(*parameters)
    with mixer.loss("cut"):
        cut.backward(retain_graph=True)
    with mixer.loss("balance"):
        balance.backward()
    wanted = [torch.zeros_like(p) for p in parameters]
    for index, weight in enumerate((1.0, 0.25)):
        gradients = plain(index)
        whole = torch.cat([g.ravel() for g in gradients]).norm()
        for total, g in zip(wanted, gradients, strict=True):
            length = {"tensor": g.norm(), "global": whole, "plain": 1.0}[mode]
            total += weight * g / length
    for parameter, total in zip(parameters, wanted, strict=True):
        torch.testing.assert_close(parameter.grad, total, rtol=1e-12, atol=0)


def test_hooks_are_gone_after_the_context():
    x = torch.tensor([2.0], requires_grad=True)
    mixer = GradientMixer({"a": 1.0}, [x])
    with pytest.raises(RuntimeError, match="inside"), mixer.loss("a"):
        raise RuntimeError("inside")
    (5 * x).backward()
    assert x.grad.item() == 5.0


def test_taps_scale_in_a_single_traversal():
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    common = 2 * x
    visits = []
    common.register_hook(lambda g: visits.append(g))
    mixer = GradientMixer({"steep": 1.0, "flat": 0.5})
    steep = 1000 * mixer.tap(common, "steep")[0]
    flat = 0.001 * mixer.tap(common, "flat")[1]
    (steep + flat).backward()
    assert len(visits) == 1
    torch.testing.assert_close(x.grad, torch.tensor([2.0, 1.0]))


def test_zero_gradients_stay_zero():
    x = torch.tensor([1.0], requires_grad=True)
    mixer = GradientMixer({"none": 1.0}, [x], "global")
    with mixer.loss("none"):
        (0 * x).backward()
    assert x.grad.item() == 0.0


def test_frozen_parameters_are_passed_over():
    frozen, free = torch.tensor([2.0]), torch.tensor([3.0], requires_grad=True)
    mixer = GradientMixer({"a": 0.5}, [frozen, free])
    with mixer.loss("a"):
        (frozen * free).sum().backward()
    assert frozen.grad is None
    assert free.grad.item() == 0.5


@pytest.mark.parametrize("mode", ["tensor", "global"])
@pytest.mark.parametrize("size", [1e-44, 1e-37, 1e-24, 1e-16, 1e16, 1e20, 1e38])
def test_lengths_of_gradients_whose_squares_leave_the_range(mode, size):
    x = torch.tensor([1.0, 1.0], requires_grad=True)
    mixer = GradientMixer({"a": 1.0}, [x], mode)
    with mixer.loss("a"):
        (mixer.tap(x, "a") * torch.tensor([size, -size])).sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([0.5**0.5, -(0.5**0.5)]))


@pytest.mark.parametrize("size", [1e-17, 1.0, 1e17])
def test_lengths_are_the_same_bits_as_by_the_plain_norm(size):
    gradient = size * torch.randn(500, generator=torch.Generator().manual_seed(0))
    x = torch.zeros(500, requires_grad=True)
    mixer = GradientMixer({"a": 0.3})
    (mixer.tap(x, "a") * gradient).sum().backward()
    power = 2.0 ** -round(torch.tensor(size).log2().item())
    near = power * gradient
    assert torch.equal(x.grad, near * (0.3 / torch.linalg.vector_norm(near)))


@pytest.mark.parametrize("mode", ["tensor", "global", "plain"])
def test_weight_zero_leaves_out_an_infinite_loss(mode):
    x = torch.tensor([0.0], requires_grad=True)
    mixer = GradientMixer({"none": 0.0, "some": 1.0}, [x], mode)
    with mixer.loss("none"):
        mixer.tap(x, "none").log().sum().backward()
    with mixer.loss("some"):
        x.sum().backward()
    assert x.grad.item() == 1.0
    x.grad = None
    mixer.tap(x, "none").log().sum().backward()
    assert x.grad.item() == 0.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GradientMixer({"a": -1.0}), r"weights\['a'\] is -1.0"),
        (lambda: GradientMixer({"a": 1.0}, mode="sum"), "mode is 'sum'"),
        (lambda: GradientMixer({"a": 1.0}).tap(torch.zeros(1), "b"), "name is 'b'"),
    ],
)
def test_errors_name_the_argument(make, message):
    with pytest.raises(ValueError, match=message):
        make()
