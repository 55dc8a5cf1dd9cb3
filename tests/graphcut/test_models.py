"""The models' shapes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from graphcut.models import FreeAssignments, build_model


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_models_map_features_to_logits(model):
    built = build_model(model, 9, 4, 3, 8, seed=1)
    again = build_model(model, 9, 4, 3, 8, seed=1)
    x = torch.ones(2, 4)
    assert built(x).shape == (2, 3)
    assert torch.equal(built(x), again(x))


def test_free_assignments_are_rows():
    free = build_model("free", 5, 0, 3, 8, seed=0)
    assert isinstance(free, FreeAssignments)
    assert free(torch.tensor([4, 0])).shape == (2, 3)


def test_unknown_models_are_named():
    with pytest.raises(ValueError, match="model is 'forest'"):
        build_model("forest", 5, 2, 3, 8, seed=0)


def test_modules_are_copied():
    module = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(), nn.Linear(4, 3))
    state = torch.get_rng_state()
    built = build_model(module, 9, 4, 3, 8, seed=0)
    assert built is not module
    assert built.training
    assert built[0].num_batches_tracked == 0
    assert (torch.get_rng_state() == state).all()


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.ReLU(), r"model is ReLU\(\), without a parameter that requires a gradient"),
        (nn.Linear(4, 3).requires_grad_(False), "without a parameter that requires a gradient"),
        (nn.Linear(5, 3), r"model is Linear.* fails on rows of 4 features"),
    ],
)
def test_modules_that_cannot_be_trained_are_refused(module, message):
    with pytest.raises(ValueError, match=message):
        build_model(module, 9, 4, 3, 8, seed=0)
