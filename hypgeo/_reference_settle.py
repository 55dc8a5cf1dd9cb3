"""Two forms that agree: the precision doubles until they do."""

from __future__ import annotations

import math

from flint import arb, ctx

from ._reference_problem import Form, Problem, forms_of
from ._reference_rational import equals
from ._reference_sums import Point, Unusable

# Doublings of the working precision before giving up; 2**12 times 130 bits is beyond any use.
DOUBLINGS = 12
# Past this precision two balls that still contain zero are settled by exact rational arithmetic.
ZERO_SUSPECT_BITS = 2_000


def bits_of(digits: int) -> int:
    """Bits of so many decimal digits, with a margin."""
    if digits < 1:
        raise ValueError(f"digits must be at least 1, not {digits!r}")
    return math.ceil(digits * math.log2(10)) + 4


def agree(x: Point, y: Point, bits: int) -> bool:
    """Whether both balls are small and their difference is below 2**-bits of the value."""
    if min(x.rel_accuracy_bits(), y.rel_accuracy_bits()) < bits:
        return False
    gap = arb(abs(x - y).abs_upper()) * (arb(2) ** bits)
    return bool(gap < abs(x).abs_lower())


def guard_bits(p: Problem) -> int:
    """Bits lost to the size of the exponents and of lgamma: their integer parts, and a margin."""
    size = max(p.m, int(abs(p.b)), int(abs(p.c)), 2)
    tails = [x.denominator.bit_length() for x in (p.b, p.c - p.b) if x]
    return size.bit_length() + 40 + min(max(tails, default=0), 64) // 2


def known_value(p: Problem) -> Point | None:
    """Values that no form is needed for: 1 where one term is left, infinity at a pole."""
    if p.trivial:
        return arb(1)
    if p.pole:
        return arb.pos_inf()
    if p.b == p.c and p.z == 1 and p.y == 0:
        return arb(0)
    return None


def _two_values(forms: list[Form], work: int, refused: list[str]) -> list[Point]:
    """Values of the two cheapest forms; those that turn out unusable join `refused`."""
    values: list[Point] = []
    for form in forms:
        if form.name in refused:
            continue
        try:
            values.append(form.value(work))
        except Unusable:
            refused.append(form.name)
        if len(values) == 2:
            break
    return values


def settle(p: Problem, bits: int) -> Point:
    """Ball on which two forms agree to `bits` bits."""
    known = known_value(p)
    if known is not None:
        return known
    work = bits + 12
    refused: list[str] = []
    for _ in range(DOUBLINGS):
        with ctx.workprec(work + guard_bits(p)):
            values = _two_values(forms_of(p, work), work, refused)
            if len(values) < 2:
                raise ArithmeticError(f"fewer than two forms reach {p}: refused {refused}")
            if agree(values[0], values[1], bits):
                return values[0]
            suspect = work > ZERO_SUSPECT_BITS and all(v.contains(0) for v in values)
            if suspect and equals(0, p.m, p.b, p.c, p.z, p.y):
                return arb(0)
        work *= 2
    raise ArithmeticError(f"two forms do not agree to {bits} bits for {p}")
