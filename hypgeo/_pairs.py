"""Sums, products and quotients of doubles with what their rounding left."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SPLITTER = 2.0**27 + 1.0


def two_sum(x: Any, y: Any) -> tuple[Array, Array]:
    """x + y as a rounded sum and its error (Knuth)."""
    total = np.asarray(x + y)
    part = total - x
    return total, np.asarray((x - (total - part)) + (y - part))


def two_product(x: Array, y: Array) -> tuple[Array, Array]:
    """x y as a rounded product and its error (Dekker)."""
    product = x * y
    a, b = SPLITTER * x, SPLITTER * y
    x1, y1 = a - (a - x), b - (b - y)
    x2, y2 = x - x1, y - y1
    return product, np.asarray(((x1 * y1 - product) + x1 * y2 + x2 * y1) + x2 * y2)


def quotient(x: Array, x_rest: Any, y: Array) -> tuple[Array, Array]:
    """(x + x_rest) / y as a rounded quotient and its error."""
    result = np.asarray(x / y)
    back, back_rest = two_product(result, y)
    return result, np.asarray(((x - back) - back_rest + x_rest) / y)
