"""Feature maps and the models' shapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graphcut.models import FeatureMap, FreeAssignments, build_model


@pytest.mark.parametrize("shape", [(50, 6), (20, 60), (40, 2500)])
def test_components_keep_distances(rng, shape):
    X = rng.standard_normal(shape) * np.arange(1, shape[1] + 1) + 7.0
    n = shape[0]
    Z = FeatureMap(n_components=n).fit(X).transform(X)
    assert Z.shape == (n, min(shape))
    apart, found = X[0] - X[1], Z[0] - Z[1]
    other, beside = X[2] - X[3], Z[2] - Z[3]
    ratio = np.linalg.norm(found) / np.linalg.norm(apart)
    assert np.linalg.norm(beside) / np.linalg.norm(other) == pytest.approx(ratio, rel=1e-9)
    assert (Z**2).sum(axis=1).mean() == pytest.approx(10.0, rel=1e-9)


def test_wide_tables_use_the_randomised_decomposition(rng):
    signal = rng.standard_normal((300, 2)) @ rng.standard_normal((2, 3000)) * 10
    X = signal + 1e-3 * rng.standard_normal(signal.shape)
    Z = FeatureMap(2).fit(X).transform(X)
    left, *_ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    overlap = np.linalg.svd(left[:, :2].T @ (Z / np.linalg.norm(Z, axis=0)), compute_uv=False)
    np.testing.assert_allclose(overlap, 1.0, rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-200, 1.0, 1e200])
def test_units_cancel_even_near_the_ends_of_the_range(rng, factor):
    X = rng.standard_normal((30, 4))
    np.testing.assert_allclose(
        np.abs(FeatureMap().fit(factor * X).transform(factor * X)),
        np.abs(FeatureMap().fit(X).transform(X)),
        rtol=1e-9,
        atol=1e-9,
    )


def test_constant_features_are_zeros():
    assert (FeatureMap().fit(np.full((5, 3), 2.5)).transform(np.full((2, 3), 2.5)) == 0).all()


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
