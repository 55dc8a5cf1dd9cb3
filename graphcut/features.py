"""What a model sees of the points: their principal components, in units that do not matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcut._units import power_of_two

__all__ = ["FeatureMap"]

# Mean square of a row of features: logits of order one at weights of order one.
_ROW_SQUARE = 10.0
_BLOCK_ROWS = 8192
# The eigenvectors of a covariance of this many features take seconds.
_WIDE = 2000
# Columns are of different kinds where fewer than this many make up the variance between them, and
# the largest standard deviation is so many times the least.
_FEW, _APART = 2.0, 100.0
# Both tails that are cut off where columns are compared, and the most rows that are looked at.
_TAIL, _CENTRAL_ROWS = 0.01, 10_000
# Scores of a decomposition differ in length for a reason; single precision leaves correlations of
# some 1e-6 among them.
_UNCORRELATED = 1e-4
# A column whose standard deviation is this share of its largest value is constant but for rounding.
_CONSTANT = 1e-12


def _hidden(variance: NDArray[np.float64]) -> bool:
    """Whether one or two columns make up the variance and another has next to none."""
    if not variance.any():
        return False
    shares = variance / variance.max()
    few = shares.sum() ** 2 < _FEW * (shares**2).sum()
    return bool(few and shares.min() < _APART**-2)


def _central_variance(X: NDArray[Any]) -> NDArray[np.float64]:
    """Variances of the columns without their tails: an outlier says nothing about units."""
    some = X[:: -(-len(X) // _CENTRAL_ROWS)].astype(np.float64, copy=False)
    low, high = np.quantile(some, [_TAIL, 1 - _TAIL], axis=0)
    largest = np.abs([low, high]).max(initial=np.finfo(np.float64).tiny)
    return np.asarray((np.clip(some, low, high) / largest).var(axis=0))


class FeatureMap:
    """Centred principal components with one common scale, not whitened.

    Whitening lifts directions of noise to the height of the signal; a common scale makes training
    independent of the units of the data and leaves its geometry alone. Columns in units of their
    own are divided by their standard deviations before.

    Parameters
    ----------
    n_components : int
        Most components kept.
    seed : int
        Of the randomised decomposition, which only wide tables need.
    standardize : bool or "auto"
        Whether columns are divided by their standard deviations s_j. "auto" does so where one or
        two hide the others, (sum_j s_j^2)^2 < 2 sum_j s_j^4 and max_j s_j > 100 min_j s_j, also
        where the outer hundredths of every column are pulled in (no outlier decides), unless the
        longest is uncorrelated with all others: then the columns are scores of a
        decomposition, whose lengths mean something. Constant columns do not count.

    Attributes
    ----------
    scale : ndarray of float64, shape (d,)
        What columns were divided by after `unit`, a power of two; ones where none was.

    Examples
    --------
    >>> import numpy as np
    >>> Z = FeatureMap(2).fit(np.array([[0.0, 0], [2, 0], [0, 1], [2, 1]])).transform([[1.0, 0.5]])
    >>> Z.round(12).tolist()
    [[0.0, 0.0]]
    """

    def __init__(
        self, n_components: int = 50, seed: int = 0, standardize: bool | str = "auto"
    ) -> None:
        self.n_components = n_components
        self.seed = seed
        self.standardize = standardize

    def fit(self, X: NDArray[Any]) -> FeatureMap:
        """Learn the mean, the scales and the components.

        Parameters
        ----------
        X : ndarray, shape (n, d)
            Features.

        Returns
        -------
        FeatureMap
            Itself.
        """
        largest = max(abs(float(X.max(initial=0.0))), abs(float(X.min(initial=0.0))))
        self.unit = power_of_two(largest) if largest > 0 else 1.0
        self.mean = np.zeros(X.shape[1])
        self.mean = sum(block.sum(axis=0) for block in self._centred(X)) / len(X)
        self.scale = self._scale(X)
        self.components, self.factor = self._components(X), 1.0
        square = float((self.transform(X) ** 2).sum(axis=1).mean())
        self.factor = float(np.sqrt(_ROW_SQUARE / square)) if square > 0 else 1.0
        return self

    @property
    def standardized(self) -> bool:
        """Whether columns are divided by their standard deviations."""
        return bool((self.scale != 1.0).any())

    def _centred(self, X: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
        """Rows less the mean, a few at a time: wide tables need not lie in memory twice."""
        for start in range(0, len(X), _BLOCK_ROWS):
            block = X[start : start + _BLOCK_ROWS] / self.unit
            yield np.subtract(block, self.mean, dtype=np.float64)

    def _scale(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Standard deviations of the columns if they are to be divided by them, or ones."""
        ones = np.ones(X.shape[1])
        if not self.standardize:
            return ones
        variance = sum(((block**2).sum(axis=0) for block in self._centred(X)), 0 * ones) / len(X)
        varies = variance > (_CONSTANT * self.mean) ** 2
        if not varies.any() or (
            self.standardize == "auto" and not self._mixed(X, variance, varies)
        ):
            return ones
        return np.sqrt(np.where(varies, variance, 1.0))

    def _mixed(
        self, X: NDArray[Any], variance: NDArray[np.float64], varies: NDArray[np.bool_]
    ) -> bool:
        """Whether the columns seem to be of different kinds, one or two hiding the others."""
        if not (_hidden(variance[varies]) and _hidden(_central_variance(X)[varies])):
            return False
        top = int(variance.argmax())
        together = sum(
            ((block[:, [top]] * block).sum(axis=0) for block in self._centred(X)), 0 * variance
        )
        correlation = together[varies] / len(X) / np.sqrt(variance[top] * variance[varies])
        # All but the correlation of the column with itself.
        return bool((np.abs(correlation) > _UNCORRELATED).sum() > 1)

    def _components(self, X: NDArray[Any]) -> NDArray[Any]:
        n, d = X.shape
        keep = min(self.n_components, n, d)
        if n >= d and d <= _WIDE:
            gram = np.zeros((d, d))
            for block in self._centred(X):
                gram += block.T @ block
            gram /= np.outer(self.scale, self.scale)
            return np.asarray(np.linalg.eigh(gram)[1][:, ::-1][:, :keep])
        centred = np.concatenate(list(self._centred(X))) / self.scale
        if keep * 10 < min(n, d):
            from sklearn.utils.extmath import randomized_svd

            return np.asarray(randomized_svd(centred, keep, random_state=self.seed)[2].T)
        return np.asarray(np.linalg.svd(centred, full_matrices=False)[2][:keep].T)

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Scores of the rows.

        Parameters
        ----------
        X : array_like, shape (n, d)
            Features.

        Returns
        -------
        ndarray of float64, shape (n, at most n_components)
            Scores.
        """
        weights = self.components * self.factor / self.scale[:, None]
        blocks = [block @ weights for block in self._centred(np.asarray(X))]
        return np.concatenate([*blocks, np.empty((0, weights.shape[1]))])
