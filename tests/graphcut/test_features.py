"""What the models see: components, units, and columns of different kinds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from graphcut import ProbabilisticCut, nmi
from graphcut.features import FeatureMap


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


# Columns of different kinds ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "expected"),
    [(load_breast_cancer, True), (load_wine, True), (load_iris, False), (load_digits, False)],
)
def test_columns_in_units_of_their_own_are_seen(load, expected):
    X = load().data
    assert FeatureMap().fit(X).standardized is expected
    assert not FeatureMap().fit(X / X.std(axis=0).clip(1e-9)).standardized


@pytest.mark.parametrize("shape", [(200, 5), (4, 7), (30, 2100)])
def test_standardised_columns_have_no_units(rng, shape):
    X = rng.standard_normal(shape) @ rng.standard_normal((shape[1], shape[1]))
    X[:, 1] = 3.25
    units = 10.0 ** rng.integers(-30, 30, shape[1])
    one, other = (FeatureMap(standardize=True).fit(x) for x in (X, X * units - units))
    assert one.standardized
    assert other.standardized
    for k in range(one.components.shape[1]):
        sign = np.sign(one.components[:, k] @ other.components[:, k])
        found = other.transform(X * units - units)[:, k] * sign
        np.testing.assert_allclose(found, one.transform(X)[:, k], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_a_decomposition_keep_their_lengths(rng, dtype):
    X = rng.standard_normal((400, 8)) * 10.0 ** -np.arange(8) @ rng.standard_normal((8, 8))
    left, lengths, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    scores = (left * lengths).astype(dtype)
    assert lengths[0] > 1000 * lengths[-1]
    assert not FeatureMap().fit(scores).standardized
    assert FeatureMap(standardize=True).fit(scores).standardized
    # Columns of these lengths that are no scores.
    scores[:, 1] += 0.1 * scores[:, 0]
    assert FeatureMap().fit(scores).standardized


def test_many_long_columns_hide_nothing(rng):
    X = rng.standard_normal((300, 12)) * np.array([1e3] * 6 + [1.0] * 6)
    assert not FeatureMap().fit(X).standardized


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_outlier_is_no_unit(rng, dtype):
    X = rng.standard_normal((600, 50)).astype(dtype)
    X[0, 0] = 1e5
    assert not FeatureMap().fit(X).standardized
    # Columns that are 0 but for a few rows, so that nothing is left without the tails.
    rare = np.zeros((600, 3), dtype)
    rare[:3] = np.diag([1e5, 1.0, 1.0])
    assert not FeatureMap().fit(rare).standardized


def test_clusters_in_short_columns_are_found(rng):
    y = np.repeat(np.arange(3), 60)
    X = np.column_stack([rng.standard_normal((180, 2)) + 8.0 * np.eye(3)[y][:, :2], np.zeros(180)])
    X[:, 2] = 1e4 * rng.random(180) + 100.0 * X[:, 0]
    cut = ProbabilisticCut(3, random_state=0).fit(X)
    assert cut.standardized_
    assert nmi(y, cut.labels_) == pytest.approx(1.0)
    np.testing.assert_array_equal(cut.predict(X), cut.labels_)
    raw = ProbabilisticCut(3, random_state=0, standardize=False).fit(X)
    assert not raw.standardized_
    assert nmi(y, raw.labels_) < 0.9


def test_a_stream_is_standardised_by_its_first_batch(rng):
    X = np.column_stack([rng.standard_normal((60, 2)), 1e5 * rng.standard_normal(60)])
    X[:, 2] += 1e4 * X[:, 0]
    cut = ProbabilisticCut(2, random_state=0, max_iter=5).partial_fit(X)
    assert cut.standardized_
    np.testing.assert_allclose(cut._features.scale * cut._features.unit, X.std(axis=0), rtol=1e-9)
