"""A fit that fails or is interrupted leaves the estimator as it was before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def restored_on_failure(estimator: Any) -> Iterator[None]:
    """Put all attributes back where the block raises, Ctrl-C included.

    Parameters
    ----------
    estimator : object
        The attributes themselves are kept, not what may change within them.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> estimator = SimpleNamespace(labels_=1)
    >>> try:
    ...     with restored_on_failure(estimator):
    ...         estimator.labels_ = 2
    ...         raise ValueError
    ... except ValueError:
    ...     print(estimator.labels_)
    1
    """
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
