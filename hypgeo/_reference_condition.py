"""Condition numbers of the exact reference, with the value in the same pass: quick, for sweeps.

The value is the best of the three series, proven by its ball; the differentiated recurrence, whose
precision is raised until it reproduces that value, gives the slopes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import acb, arb, ctx

from ._reference_derivatives import JETS_LIMIT, derivative_balls
from ._reference_general import log2_abs, peaks_of, series
from ._reference_jets import Jet, one_jet
from ._reference_output import pair_of
from ._reference_problem import Problem, is_special, make_problem
from ._reference_rational import equals
from ._reference_settle import ZERO_SUSPECT_BITS, guard_bits, known_value
from ._reference_sums import Point, Unusable

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ROUNDS = 16
# Bits of the value that goes with a condition number.
VALUE_BITS = 116
# Bits of the value where only its condition number is asked for.
KAPPA_BITS = 48


def _series_value(p: Problem, bits: int, lost: float) -> Point:
    """The value by the series that cancels least, `lost` bits at a guess; 0 only if exact."""
    peaks = peaks_of(p.m, p.b, p.c, p.z, p.y)
    order = sorted(peaks, key=lambda name: peaks[name])
    more = max(0.0, min(lost, 4.0 * p.m + 4096)) + 32
    for _ in range(ROUNDS):
        with ctx.workprec(int(bits + more) + guard_bits(p)):
            for name in order:
                try:
                    value = series(name, p.m, p.b, p.c, p.z, p.y)
                except Unusable:
                    continue
                break
            else:
                raise ArithmeticError(f"no series reaches {p}")
        if value.rel_accuracy_bits() >= bits:
            return value
        suspect = more > ZERO_SUSPECT_BITS and value.contains(0)
        if suspect and equals(0, p.m, p.b, p.c, p.z, p.y):
            return arb(0)
        more *= 2
    raise ArithmeticError(f"no series reaches {bits} bits for {p}")


def _value_and_jet(p: Problem, bits: int) -> tuple[Point, Jet]:
    """The value, and a jet that reproduces it to `bits` bits."""
    # Rounding errors of the recurrence grow like a power of the degree where it is stable.
    work = bits + guard_bits(p) + 3 * p.m.bit_length()
    with ctx.workprec(work):
        jet = one_jet(p)
    lowest = min(peaks_of(p.m, p.b, p.c, p.z, p.y).values(), default=0.0)
    size = log2_abs(jet.value)
    value = _series_value(p, bits, lowest - size if math.isfinite(size) else 0.0)
    for _ in range(ROUNDS):
        if value.is_zero():
            return value, jet
        with ctx.workprec(bits + 40):
            missing = bits + log2_abs((jet.value - value) / value)
        if missing <= 0:
            return value, jet
        work += math.ceil(missing) + 32
        with ctx.workprec(work):
            jet = one_jet(p)
    raise ArithmeticError(f"series and recurrence do not agree for {p}")


def _kappa(parts: list[Point], value: Point) -> float:
    with ctx.workprec(80):
        return float((1 + sum((abs(x / value).mid() for x in parts), arb(0))).mid())


def value_and_kappa(p: Problem, bits: int) -> tuple[Point, float]:
    """Value to `bits` bits and condition number."""
    known = known_value(p)
    if known is not None and not p.trivial:
        return known, math.inf
    if p.at_zero or p.m == 0:
        return arb(1), 1.0
    b, c = (arb(x.numerator) / x.denominator for x in (p.b, p.c))
    if p.b == 0:
        # F stays 1 and b F_b, c F_c are 0, whatever the slope in b itself.
        return arb(1), 1.0
    if p.m > JETS_LIMIT and is_special(p):
        balls = derivative_balls(p, bits)
        return balls.value, _kappa([p.point * balls.d_z, b * balls.d_b, c * balls.d_c], balls.value)
    value, jet = _value_and_jet(p, bits)
    if value.is_zero():
        return value, math.inf
    return value, _kappa([p.m * (jet.value - jet.lower), b * jet.d_b, c * jet.d_c], value)


def value_and_condition(m: int, b: Any, c: Any, z: Any, bits: int = 100) -> tuple[acb, float]:
    """F as a ball of `bits` relative bits, and kappa = 1 + sum |x F_x / F| over z, b and c.

    A pole gives (inf, inf), an exact zero (0, inf).  Cost: some 0.1 s at m = 10^4.
    """
    value, kappa = value_and_kappa(make_problem(-int(m), b, c, z), bits)
    return acb(value), kappa


def condition(a: Any, b: Any, c: Any, z: Any) -> float:
    """Condition number 1 + |z F_z/F| + |b F_b/F| + |c F_c/F| of a terminating F = 2F1(a, b; c; z).

    Parameters
    ----------
    a, b, c : float, int, Fraction, str, mpmath.mpf or NumPy scalar
        As in :func:`hypgeo.reference.hyp2f1`.
    z : the same, or complex
        As in :func:`hypgeo.reference.hyp2f1`.

    Returns
    -------
    float
        At least 1; infinite where F is zero or at a pole.

    Examples
    --------
    >>> from hypgeo.reference import condition
    >>> round(condition(-1, 1, 2, 0.5), 6)
    2.0
    """
    return value_and_kappa(make_problem(a, b, c, z), KAPPA_BITS)[1]


def condition_array(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, z: ArrayLike
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """Exact values and condition numbers on broadcast arrays.

    Parameters
    ----------
    a, b, c : array_like of float
        Broadcast against one another.
    z : array_like of float or complex
        Complex arguments give complex values.

    Returns
    -------
    hi, lo : ndarray of float64 or complex128
        The value as in :func:`hypgeo.reference.hyp2f1_array`.
    kappa : ndarray of float64
        As :func:`condition` gives it.

    Examples
    --------
    >>> from hypgeo.reference import condition_array
    >>> hi, lo, kappa = condition_array(-1, 1, 2, [0.0, 0.5])
    >>> kappa.round(6)
    array([1., 2.])
    """
    kind = np.complex128 if np.iscomplexobj(z) else np.float64
    reals = [np.asarray(x, dtype=np.float64) for x in (a, b, c)]
    arrays = np.broadcast_arrays(*reals, np.asarray(z, dtype=kind))
    hi, lo = np.zeros(arrays[0].shape, kind), np.zeros(arrays[0].shape, kind)
    kappa = np.zeros(arrays[0].shape)
    for i in np.ndindex(*arrays[0].shape):
        value, kappa[i] = value_and_kappa(make_problem(*(x[i] for x in arrays)), VALUE_BITS)
        hi[i], lo[i] = pair_of(value)
    return hi, lo, kappa
