"""Random arguments with m above 10^6, without exact values: what results say of themselves.

Checked first are values that are known: powers of 1 - z, and the relation between neighbours in b.
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

import hypgeo
from bench import _harness as harness

LOW, HIGH = 1e6, 2.0**53
POINTS = 4000
# Sums of three terms over the largest of them, and powers, in eps.
RELATION, POWER = 4096.0, 16.0
SMALLEST, LARGEST = 1e-290, 1e305
LOST = 1e-9
# m, what b = c is off from -1.5 m by, and the argument of z.
POWERS = ((10**7 + 1, 0.5, 0.3), (10**12, -3.0, 2.0), (2**53 - 1, 0.0, 3.0))

Arguments = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def draw(rng: np.random.Generator, n: int) -> Arguments:
    """b and c of all sizes up to 10^15, a third of them like m, of both signs; z likewise."""
    m = np.floor(10 ** rng.uniform(np.log10(LOW) + 1e-9, np.log10(HIGH), n))

    def parameter() -> np.ndarray:
        like_m = np.where(
            rng.random(n) < 0.5, m * 10 ** rng.uniform(-1, 1, n), m + rng.uniform(-9, 9, n)
        )
        free = 10 ** rng.uniform(-3, 15, n)
        picked = np.where(rng.random(n) < 0.5, like_m, free)
        whole = np.where(rng.random(n) < 0.25, np.ceil(picked), picked)
        return np.asarray(whole * rng.choice([-1.0, 1.0], n))

    b, c = parameter(), parameter()
    c = np.where(rng.random(n) < 0.2, b + parameter(), c)
    size = np.where(
        rng.random(n) < 0.8, 10 ** rng.uniform(-4, 4, n), 10 ** rng.uniform(-300, 300, n)
    )
    return m, b, c, size * rng.choice([-1.0, 1.0], n)


def check() -> None:
    """Stop the run if a known value or relation does not hold."""
    rng = np.random.default_rng(1)
    m = np.floor(10 ** rng.uniform(6.1, 15, 100))
    b = np.round(m * rng.uniform(-2, 2, m.size)) + 0.25
    turn = np.exp(1j * rng.uniform(-np.pi, np.pi, m.size))
    # Such that F and its neighbours are in range.
    c = np.round(m * rng.uniform(0.5, 2, m.size)) * rng.choice([-1, 1], m.size) + 0.5
    z = 10 ** rng.uniform(0, 2, m.size) / m * turn
    f = {k: hypgeo.hyp2f1(-m, b + k, c, z) for k in (-1, 0, 1)}
    factor = {-1: c - b, 0: 2 * b - c - (m + b) * z, 1: b * (z - 1)}
    terms = np.array([factor[k] * f[k] for k in (-1, 0, 1)])
    off = np.abs(terms.sum(axis=0)) / np.abs(terms).max(axis=0) / harness.EPS
    if not off.max() <= RELATION:
        raise harness.RedError(f"neighbours in b: {off.max():.3g} eps")
    with mpmath.workprec(200):
        for degree, shift, angle in (
            (10**7 + 1, 0.5, 0.3),
            (10**12, -3.0, 2.0),
            (2**53 - 1, 0.0, 3.0),
        ):
            point = complex(np.exp(1j * angle) * 300 / degree)
            same = -1.5 * degree + shift
            want = mpmath.power(1 - mpmath.mpc(point), degree)
            found = mpmath.mpc(complex(hypgeo.hyp2f1(-degree, same, same, point)))
            error = float(abs(found / want - 1)) / harness.EPS
            if not error <= POWER:
                raise harness.RedError(f"(1 - z)^{degree}: {error:.3g} eps")


def counts(seed: int) -> dict[str, Any]:
    """NaN among values, derivatives and complex values, and how good the bounds say values are."""
    check()
    rng = np.random.default_rng(seed)
    m, b, c, z = draw(rng, POINTS)
    # A degree has no derivative.
    ended_by_b = (b <= 0) & (b == np.floor(b)) & (-b < m)
    turn = np.exp(1j * rng.uniform(-np.pi, np.pi, POINTS))
    value, bound = hypgeo.value_and_error(-m, b, c, z)
    plane = hypgeo.hyp2f1(-m, b, c, z * turn)
    slopes = hypgeo.hyp2f1_derivatives(-m, b, c, z)
    pole = np.isinf(value) & (c <= 0) & (c == np.floor(c)) & (-c < m)
    size = np.abs(value)
    inside = (size >= SMALLEST) & (size <= LARGEST)
    relative = bound[inside] / size[inside]

    def nans(x: np.ndarray, where: np.ndarray) -> dict[str, int]:
        return {"points": int(where.sum()), "nan": int(np.isnan(x[where]).sum())}

    everywhere = np.ones(POINTS, bool)
    return {
        "real": nans(value, everywhere),
        "complex": nans(plane, everywhere),
        "d_b": nans(slopes.d_b, ~pole & ~ended_by_b),
        "d_c": nans(slopes.d_c, ~pole),
        "d_z": nans(slopes.d_z, ~pole),
        "inside": int(inside.sum()),
        "bound_median_eps": float(np.median(relative) / harness.EPS),
        "bound_p99_eps": float(np.percentile(relative, 99) / harness.EPS),
        "bound_lost": int((relative > LOST).sum()),
    }
