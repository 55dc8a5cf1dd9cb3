"""Forms of the exact reference for any real b, c and any real or complex z, at O(m) cost.

Three series, in ball arithmetic with as many more bits as the terms cancel, and a recurrence:

- ``direct``: 15.2.1, in powers of z;
- ``one_minus_z``: 15.8.7, in powers of 1 - z, or from its other end, in powers of 1/(1-z), where
  c - b is an integer that makes its first terms vanish;
- ``pfaff_series``: 15.8.1, in powers of z/(z-1);
- ``recurrence``: 15.5.11, upwards in m, rounded; the difference of two precisions is the radius.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
from flint import acb, arb, ctx, fmpz

from ._reference_sums import Point, Unusable, log_ratio, to_arb, to_point

# Degrees above this are left to the forms whose cost does not grow like m.
DEGREE_LIMIT = 2_000_000
SERIES = ("direct", "one_minus_z", "pfaff_series")
# Second run of the recurrence: so many bits more than the first.
SECOND_RUN_BITS = 48
LN2 = math.log(2.0)


def check_degree(m: int) -> None:
    """Refuse a degree whose cost is out of reach."""
    if m > DEGREE_LIMIT:
        raise Unusable(f"degree {m} is above {DEGREE_LIMIT}")


def _log2_steps(x: Fraction, m: int) -> np.ndarray:
    """log2 |x + k| for k = 0..m-1; at a large x the sum may round to 0, exactly or not."""
    whole = math.floor(x)
    near = abs(whole) < 2**52
    k = np.arange(m, dtype=float)
    with np.errstate(divide="ignore"):
        # The fraction joins last, so that a tiny distance to a zero is kept.
        return np.log2(np.abs((whole + k) + float(x - whole) if near else _float(x) + k))


def _float(x: Fraction) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.copysign(1e308, x)


def _log2_size(x: Fraction, y: Fraction) -> float:
    """log2 |x + i y|."""
    square = x * x + y * y
    return 0.5 * log_ratio(square) / LN2 if square else -math.inf


def _peak(steps: np.ndarray, start: float) -> float:
    return start + max(0.0, float(np.max(np.cumsum(steps))))


@lru_cache(maxsize=64)
def peaks_of(m: int, b: Fraction, c: Fraction, z: Fraction, y: Fraction) -> dict[str, float]:
    """log2 of the largest term of each series, roughly; series that do not exist are left out."""
    if m > DEGREE_LIMIT or m == 0:
        return {}
    k = np.arange(m, dtype=float)
    binomial = np.log2((m - k) / (k + 1))
    up, down, gap = (_log2_steps(x, m) for x in (b, c, c - b))
    size_z, size_q = _log2_size(z, y), _log2_size(1 - z, y)
    peaks = {"direct": _peak(binomial + up - down + size_z, 0.0)}
    if size_q == -math.inf:
        if not np.isinf(gap).any():
            peaks["one_minus_z"] = float(np.sum(gap) - np.sum(down))
    else:
        # From the end k = m, whose first term (b)_m/(c)_m (1-z)^m is not 0.
        start = float(np.sum(up) - np.sum(down)) + m * size_q
        peaks["one_minus_z"] = _peak(binomial + gap - up[::-1] - size_q, start)
        with np.errstate(invalid="ignore"):
            peaks["pfaff_series"] = _peak(binomial + gap - down + size_z - size_q, m * size_q)
    return {name: peak for name, peak in peaks.items() if not math.isnan(peak)}


def lost_bits(m: int, b: Fraction, c: Fraction, z: Fraction, y: Fraction) -> dict[str, float]:
    """Bits that each series loses at least: its largest term against that of the best one."""
    peaks = peaks_of(m, b, c, z, y)
    lowest = min(peaks.values(), default=0.0)
    return {name: peak - lowest for name, peak in peaks.items()}


def _is_index(x: Fraction, m: int) -> bool:
    """Whether x is one of 0, -1, ..., 1 - m, so that (x)_m is 0."""
    return x.denominator == 1 and -m < x <= 0


def _sum(m: int, p: Fraction, q: Fraction, w: Point) -> acb:
    """sum_k (-m)_k (p)_k / (q)_k w^k / k!, where (q)_m is not 0."""
    pa, qa, wa = to_arb(p), to_arb(q), acb(w)
    if q.denominator > 1 or q > 0:
        return wa.hypgeom([acb(-m), acb(pa)], [acb(qa)], n=m + 1)
    # flint takes every nonpositive integer q for a pole.
    term, total = acb(1), acb(1)
    for k in range(m):
        term = term * ((pa + k) * (k - m)) * wa / ((qa + k) * (k + 1))
        total += term
        if term.is_zero():
            break
    return total


def _direct(m: int, b: Fraction, c: Fraction, z: Point) -> acb:
    return _sum(m, b, c, z)


def _one_minus_z(m: int, b: Fraction, c: Fraction, z: Point) -> acb:
    down = to_arb(c).rising(m)
    if not _is_index(c - b, m):
        return to_arb(c - b).rising(m) / down * _sum(m, b, b - c - m + 1, 1 - z)
    if (1 - z).contains(0):
        raise Unusable("1/(1-z) at z = 1")
    scale = to_arb(b).rising(m) / down * acb(1 - z) ** m
    return scale * _sum(m, c - b, 1 - b - m, 1 / (1 - z))


def _pfaff_series(m: int, b: Fraction, c: Fraction, z: Point) -> acb:
    if (1 - z).contains(0):
        raise Unusable("z/(z-1) at z = 1")
    return acb(1 - z) ** m * _sum(m, c - b, c, z / (z - 1))


_SERIES = dict(zip(SERIES, (_direct, _one_minus_z, _pfaff_series), strict=True))


def series(name: str, m: int, b: Fraction, c: Fraction, z: Fraction, y: Fraction) -> Point:
    """One of the three series, with the bits that it is known to lose on top of the precision."""
    check_degree(m)
    if m == 0:
        return arb(1)
    lost = lost_bits(m, b, c, z, y)
    if name not in lost:
        raise Unusable(f"{name} does not exist here")
    more = min(max(lost[name], 0.0), 64.0 * m + 4096)
    with ctx.extraprec(math.ceil(more) + 2 * m.bit_length() + 8):
        value = _SERIES[name](m, b, c, to_point(z, y))
    return value if y else value.real


def log2_abs(x: Point) -> float:
    """log2 of an upper bound of |x|; -inf for 0."""
    size = arb(abs(x).abs_upper())
    return float(size.log() / arb.const_log2()) if bool(size > 0) else -math.inf


def one_run(m: int, b: Fraction, c: Fraction, z: Point) -> Point:
    """Upwards in the degree: (c+n) F_{n+1} = (2n+c-(b+n)z) F_n - n(1-z) F_{n-1} (DLMF 15.5.11).

    Every step is rounded to the precision: balls would grow with the absolute values.
    """
    down, q = to_arb(c), 1 - z
    middle, step, back = down - to_arb(b) * z, 2 - z, 0 * z
    older, old = 0 * z, 0 * z + 1
    for _ in range(m):
        older, old = old, ((middle * old - back * older) / down).mid()
        middle, back, down = (middle + step).mid(), (back + q).mid(), (down + 1).mid()
    return old


def recurrence(m: int, b: Fraction, c: Fraction, z: Point) -> Point:
    """The recurrence in m, with a radius of four times the difference of two precisions."""
    check_degree(m)
    first = one_run(m, b, c, z)
    with ctx.extraprec(SECOND_RUN_BITS):
        second = one_run(m, b, c, z)
        return with_radius(second, 4 * abs(second - first))


def with_radius(x: Point, radius: arb) -> Point:
    """Ball around x."""
    around = arb(0, radius.abs_upper())
    return x + (acb(around, around) if isinstance(x, acb) else around)


def power(m: int, z: Fraction) -> arb:
    """(1 - z)^m by repeated squaring: the value at b = c."""
    return to_arb(1 - z) ** fmpz(m)


def power_by_log(m: int, z: Fraction) -> arb:
    """(1 - z)^m by the logarithm."""
    size = (-to_arb(z)).log1p() if z < 1 else (to_arb(z) - 1).log()
    return (m * size).exp() * (-1 if z > 1 and m % 2 else 1)
