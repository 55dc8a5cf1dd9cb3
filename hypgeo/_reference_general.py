"""Forms of the exact reference for any real b, c, z, at O(m) cost or worse.

Cancellation is met with precision: each form returns a ball, and the caller doubles the precision
until the ball is small.
"""

from __future__ import annotations

import math
from fractions import Fraction

from flint import arb, fmpq, fmpz

from ._reference_sums import Unusable, to_arb

# Degrees above this are left to the forms whose cost does not grow like m.
DEGREE_LIMIT = 200_000


def _check_degree(m: int) -> None:
    if m > DEGREE_LIMIT:
        raise Unusable(f"degree {m} is above {DEGREE_LIMIT}")


def direct(m: int, b: Fraction, c: Fraction, z: Fraction) -> arb:
    """sum_k (-m)_k (b)_k / (c)_k z^k / k! term by term (DLMF 15.2.1, 15.2.5)."""
    _check_degree(m)
    ba, ca, za = to_arb(b), to_arb(c), to_arb(z)
    term, total = arb(1), arb(1)
    for k in range(m):
        term = term * ((ba + k) * za * (k - m)) / ((ca + k) * (k + 1))
        total += term
        if term.is_zero():
            break
    return total


def recurrence(m: int, b: Fraction, c: Fraction, z: Fraction) -> arb:
    """Upwards in the degree: (c+n) F_{n+1} = (2n+c-(b+n)z) F_n - n(1-z) F_{n-1} (DLMF 15.5.11)."""
    _check_degree(m)
    ba, ca, za = to_arb(b), to_arb(c), to_arb(z)
    qa, two_z = to_arb(1 - z), 2 - za
    older, old = arb(0), arb(1)
    middle = ca - ba * za
    for n in range(m):
        older, old = old, ((middle + n * two_z) * old - n * qa * older) / (ca + n)
    return old


def power(m: int, z: Fraction) -> arb:
    """(1 - z)^m by repeated squaring: the value at b = c."""
    return to_arb(1 - z) ** fmpz(m)


def power_by_log(m: int, z: Fraction) -> arb:
    """(1 - z)^m by the logarithm."""
    size = (-to_arb(z)).log1p() if z < 1 else (to_arb(z) - 1).log()
    return (m * size).exp() * (-1 if z > 1 and m % 2 else 1)


def exact(m: int, b: Fraction, c: Fraction, z: Fraction) -> Fraction:
    """The value as a rational, by binary splitting: settles whether it is zero."""
    _check_degree(m)
    den = math.lcm(b.denominator, c.denominator)
    b0, c0 = int(b * den), int(c * den)
    zn, zd = z.numerator, z.denominator

    def split(lo: int, hi: int) -> tuple[fmpz, fmpz, fmpz]:
        # (product of numerators, product of denominators, sum of partial products times the latter)
        if hi - lo == 1:
            num = fmpz((lo - m) * (b0 + lo * den) * zn)
            return num, fmpz((lo + 1) * (c0 + lo * den) * zd), num
        mid = (lo + hi) // 2
        p1, q1, s1 = split(lo, mid)
        p2, q2, s2 = split(mid, hi)
        return p1 * p2, q1 * q2, s1 * q2 + p1 * s2

    if m == 0:
        return Fraction(1)
    _, q, s = split(0, m)
    value = fmpq(q + s, q)
    return Fraction(int(value.p), int(value.q))
