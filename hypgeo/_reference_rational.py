"""The sum as an exact rational, by binary splitting: settles whether a value is zero."""

from __future__ import annotations

import math
from fractions import Fraction

from flint import fmpq, fmpz

from ._reference_general import check_degree

Gauss = tuple[fmpz, fmpz]


def _times(x: Gauss, y: Gauss) -> Gauss:
    if not x[1] and not y[1]:
        return x[0] * y[0], fmpz(0)
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def exact(
    m: int, b: Fraction, c: Fraction, z: Fraction, y: Fraction = Fraction(0)
) -> tuple[Fraction, Fraction]:
    """Real and imaginary part of 2F1(-m, b; c; z + i y)."""
    check_degree(m)
    den = math.lcm(b.denominator, c.denominator)
    b0, c0 = int(b * den), int(c * den)
    zd = math.lcm(z.denominator, y.denominator)
    zn = fmpz(int(z * zd)), fmpz(int(y * zd))

    def split(lo: int, hi: int) -> tuple[Gauss, fmpz, Gauss]:
        # (product of numerators, product of denominators, sum of partial products times the latter)
        if hi - lo == 1:
            scale = fmpz((lo - m) * (b0 + lo * den))
            num = scale * zn[0], scale * zn[1]
            return num, fmpz((lo + 1) * (c0 + lo * den) * zd), num
        mid = (lo + hi) // 2
        p1, q1, s1 = split(lo, mid)
        p2, q2, s2 = split(mid, hi)
        joined = _times(p1, s2)
        return _times(p1, p2), q1 * q2, (s1[0] * q2 + joined[0], s1[1] * q2 + joined[1])

    if m == 0:
        return Fraction(1), Fraction(0)
    _, q, s = split(0, m)
    real, imag = fmpq(q + s[0], q), fmpq(s[1], q)
    return Fraction(int(real.p), int(real.q)), Fraction(int(imag.p), int(imag.q))


def equals(integer: int, m: int, b: Fraction, c: Fraction, z: Fraction, y: Fraction) -> bool:
    """Whether 2F1(-m, b; c; z + i y) is that integer."""
    return exact(m, b, c, z, y) == (Fraction(integer), Fraction(0))


# Degrees above this are not settled exactly: the rationals would be too long.
SLOPE_LIMIT = 400


def exact_parameter_slopes(
    m: int, b: Fraction, c: Fraction, z: Fraction, y: Fraction
) -> dict[str, Fraction]:
    """dF/db and dF/dc at real z, term by term: settles whether they are zero."""
    if m > SLOPE_LIMIT or y:
        raise ArithmeticError(f"no digit of a derivative is found for m={m}, b={b}, c={c}, z={z}")
    term, by_b, by_c = Fraction(1), Fraction(0), Fraction(0)
    total_b, total_c = Fraction(0), Fraction(0)
    for k in range(m):
        ratio = (k - m) * z / ((c + k) * (k + 1))
        by_c = ratio * (b + k) * (by_c - term / (c + k))
        by_b = ratio * ((b + k) * by_b + term)
        term *= ratio * (b + k)
        total_b += by_b
        total_c += by_c
    return {"d_b": total_b, "d_c": total_c}
