"""The recurrence in m differentiated: F and its partial derivatives in one pass over the degrees.

Rounded to the working precision at every step, like the recurrence itself; the radii come from a
second pass at a higher precision.
"""

from __future__ import annotations

from typing import NamedTuple

from flint import ctx

from ._reference_general import SECOND_RUN_BITS, check_degree, with_radius
from ._reference_problem import Problem
from ._reference_sums import Point, Unusable, to_arb


class Jet(NamedTuple):
    """A value and its partial derivatives; `lower` is the value at degree m - 1."""

    value: Point
    lower: Point
    d_b: Point
    d_c: Point


class Balls(NamedTuple):
    """Balls of the value and of the derivatives in b, c, z and twice in z."""

    value: Point
    d_b: Point
    d_c: Point
    d_z: Point
    d_zz: Point


def one_jet(p: Problem) -> Jet:
    """(c+n) F_{n+1} = (2n+c-(b+n)z) F_n - n(1-z) F_{n-1} (15.5.11) and its derivatives.

    By b: (c+n) F'_{n+1} = (...) F'_n - z F_n - n(1-z) F'_{n-1};
    by c: (c+n) F'_{n+1} = (...) F'_n + F_n - F_{n+1} - n(1-z) F'_{n-1}.
    """
    check_degree(p.m)
    z, down = p.point, to_arb(p.c)
    zero, q, step = 0 * z, 1 - z, 2 - z
    middle, back = down - to_arb(p.b) * z, zero
    older, old, older_b, old_b, older_c, old_c = zero, zero + 1, zero, zero, zero, zero
    for _ in range(p.m):
        new = ((middle * old - back * older) / down).mid()
        new_b = ((middle * old_b - back * older_b - z * old) / down).mid()
        new_c = ((middle * old_c - back * older_c + old - new) / down).mid()
        older, old, older_b, old_b, older_c, old_c = old, new, old_b, new_b, old_c, new_c
        middle, back, down = (middle + step).mid(), (back + q).mid(), (down + 1).mid()
    return Jet(old, older, old_b, old_c)


def _in_z(p: Problem, jet: Jet) -> tuple[Point, Point]:
    """F_z from z F_z = m (F_m - F_{m-1}) (15.5.19 without F_c), F_zz from the equation 15.10.1."""
    z, b, c, m = p.point, to_arb(p.b), to_arb(p.c), p.m
    slope = m * (jet.value - jet.lower) / z
    across = c + (m - 1 - b) * z
    if (1 - z).contains(0):
        # The equation differentiated, at z = 1.
        last = p.c + m - p.b - 2
        if last == 0:
            raise Unusable("the equation says nothing of F_zz at z = 1")
        return slope, (1 - m) * (b + 1) * slope / to_arb(last)
    return slope, (-m * b * jet.value - across * slope) / (z * (1 - z))


def jet_balls(p: Problem) -> Balls:
    """All derivatives by the differentiated recurrence, z != 0; radii from a second precision."""

    def run() -> Balls:
        jet = one_jet(p)
        slope, curve = _in_z(p, jet)
        return Balls(jet.value, jet.d_b, jet.d_c, slope, curve)

    first = run()
    with ctx.extraprec(SECOND_RUN_BITS):
        pairs = zip(first, run(), strict=True)
        return Balls(*(with_radius(y, 4 * abs(y - x)) for x, y in pairs))
