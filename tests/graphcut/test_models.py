"""The models' shapes."""

from __future__ import annotations

import pytest
import torch

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
