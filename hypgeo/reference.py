"""Exact reference values of the terminating 2F1(-m, b; c; z), to any number of digits.

Arguments are taken exactly: a double is the rational that it stands for.  A value is returned
only when two independent forms agree to the digits asked for; until they do, the working
precision doubles.  The forms, and where each is eligible:

- ``pfaff``: (1-z)^m sum_k C(m,k) (c-b)_k/(c)_k (z/(1-z))^k, positive terms (0 < z < 1, 0 < b < c);
- ``reflected``: sum_k C(m,k) (b)_k (c-b)_{m-k}/(c)_m (1-z)^k (DLMF 15.8.7), positive (same);
- ``euler``: Euler's integral by the trapezoidal rule in logit t (same, and z = 1);
- ``positive``: the plain series (z < 0 and b, c > 0);
- ``contour``: Cauchy's integral of the generating function (z < 0 < c < b);
- ``direct``, ``recurrence``: the plain series, and the recurrence in m (DLMF 15.5.11), by brute
  precision (any real b, c, z; cost O(m) or worse);
- ``power``, ``power_by_log``: (1-z)^m, where b = c.

For z < 0 and 0 < b < c, Pfaff's transformation first maps z to z/(z-1) in (0, 1).  The two forms
with the lowest estimated cost are used; a form that turns out unusable gives way to the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

try:
    import mpmath
    from flint import arb, ctx

    from . import _reference_general as general
    from ._reference_problem import Problem, forms_of, make_problem
    from ._reference_sums import Unusable
except ImportError as error:  # pragma: no cover - needs an environment without the extra
    raise ImportError(
        "hypgeo.reference needs python-flint and mpmath: pip install hypgeo[reference]"
    ) from error

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["form_names", "hyp2f1", "hyp2f1_array", "hyp2f1_float", "hyp2f1_form"]

# Doublings of the working precision before giving up; 2**12 times 130 bits is beyond any use.
DOUBLINGS = 12
# Past this precision two balls that still contain zero are settled by exact rational arithmetic.
ZERO_SUSPECT_BITS = 2_000
# Digits carried by the (hi, lo) pairs: two doubles hold about 106 bits.
PAIR_DIGITS = 34


def _agree(x: arb, y: arb, bits: int) -> bool:
    """Whether both balls are small and their difference is below 2**-bits of the value."""
    if min(x.rel_accuracy_bits(), y.rel_accuracy_bits()) < bits:
        return False
    gap = (x - y).abs_upper() * (arb(2) ** bits)
    return bool(gap < abs(x).abs_lower())


def _guard_bits(p: Problem) -> int:
    """Bits lost to the size of the exponents and of lgamma: their integer parts, and a margin."""
    size = max(p.m, int(abs(p.b)), int(abs(p.c)), 2)
    tails = [x.denominator.bit_length() for x in (p.b, p.c - p.b) if x]
    return size.bit_length() + 40 + min(max(tails, default=0), 64) // 2


def _settle(p: Problem, bits: int) -> arb:
    """Ball on which two forms agree to `bits` bits."""
    if p.m == 0 or p.z == 0 or p.b == 0:
        return arb(1)
    if p.b == p.c and p.z == 1:
        return arb(0)
    work = bits + 12
    refused: list[str] = []
    for _ in range(DOUBLINGS):
        with ctx.workprec(work + _guard_bits(p)):
            values: list[arb] = []
            for form in forms_of(p, work):
                if form.name in refused:
                    continue
                try:
                    values.append(form.value(work))
                except Unusable:
                    refused.append(form.name)
                if len(values) == 2:
                    break
            if len(values) < 2:
                raise ArithmeticError(f"fewer than two forms reach {p}: refused {refused}")
            if _agree(values[0], values[1], bits):
                return values[0]
            suspect = work > ZERO_SUSPECT_BITS and all(v.contains(0) for v in values)
            if suspect and general.exact(p.m, p.b, p.c, p.z) == 0:
                return arb(0)
        work *= 2
    raise ArithmeticError(f"two forms do not agree to {bits} bits for {p}")


def _bits(digits: int) -> int:
    if digits < 1:
        raise ValueError(f"digits must be at least 1, not {digits!r}")
    return math.ceil(digits * math.log2(10)) + 4


def _to_mpf(value: arb, bits: int) -> mpmath.mpf:
    man, exp = value.mid().man_exp()
    raw = mpmath.libmp.from_man_exp(int(man), int(exp), bits + 4, "n")
    return mpmath.make_mpf(raw)


def hyp2f1(a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> mpmath.mpf:
    """Exact value of a terminating 2F1(a, b; c; z).

    Parameters
    ----------
    a, b, c, z : float, int, Fraction, str, mpmath.mpf or NumPy scalar
        Taken exactly.  `a` or `b` must be a nonpositive integer; if both are, the one of lower
        degree terminates the sum.  If c = -n, the degree must not exceed n (DLMF 15.2.5).
    digits : int
        Significant decimal digits on which two independent forms must agree.

    Returns
    -------
    mpmath.mpf
        The value, correct to `digits` digits whatever ``mpmath.mp.dps`` is.

    Raises
    ------
    TypeError, ValueError
        An argument is not a finite real number, nothing terminates, or `c` is a pole.
    ArithmeticError
        No two forms agree (degree above 200000 outside 0 <= z <= 1 and z < 0 with b, c > 0).

    Examples
    --------
    >>> from hypgeo import reference
    >>> print(reference.hyp2f1(-1, 1, 2, 0.5))
    0.75
    """
    bits = _bits(digits)
    return _to_mpf(_settle(make_problem(a, b, c, z), bits), bits)


def form_names(a: Any, b: Any, c: Any, z: Any) -> list[str]:
    """Names of the forms eligible for these arguments, the cheapest first.

    Parameters
    ----------
    a, b, c, z : int, float, fractions.Fraction, str or mpmath.mpf
        As in :func:`hyp2f1`; floats are taken exactly.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from hypgeo.reference import form_names
    >>> "direct" in form_names(-5, 1, 2, 0.5)
    True
    """
    return [form.name for form in forms_of(make_problem(a, b, c, z), _bits(30))]


def hyp2f1_form(name: str, a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> mpmath.mpf:
    """Value by one form alone, unchecked: for comparing forms with one another.

    The precision doubles until the form's own rounding error is below the digits asked for.

    Parameters
    ----------
    name : str
        One of :func:`form_names`.
    a, b, c, z : int, float, fractions.Fraction, str or mpmath.mpf
        As in :func:`hyp2f1`; floats are taken exactly.
    digits : int, optional
        Significant digits.

    Returns
    -------
    mpmath.mpf

    Examples
    --------
    >>> from hypgeo.reference import hyp2f1_form
    >>> print(hyp2f1_form("direct", -1, 1, 2, 0.5, digits=10))
    0.75
    """
    problem, bits = make_problem(a, b, c, z), _bits(digits)
    work = bits + 12
    for _ in range(DOUBLINGS):
        with ctx.workprec(work + _guard_bits(problem)):
            forms = {form.name: form for form in forms_of(problem, work)}
            if name not in forms:
                raise ValueError(f"name must be one of {list(forms)}, not {name!r}")
            value = forms[name].value(work)
            if value.rel_accuracy_bits() >= bits:
                return _to_mpf(value, bits)
        work *= 2
    raise ArithmeticError(f"{name} does not reach {digits} digits for {problem}")


def _round_to_double(man: int, exp: int) -> float:
    """Nearest double of man * 2**exp, rounded once, ties to even."""
    top = abs(man).bit_length() + exp
    sign = -1.0 if man < 0 else 1.0
    if man == 0 or top < -1080:
        return sign * 0.0
    if top > 1024:
        return sign * math.inf
    try:
        return float(Fraction(man) * Fraction(2) ** exp)
    except OverflowError:
        return sign * math.inf


def hyp2f1_float(a: Any, b: Any, c: Any, z: Any) -> float:
    """Correctly rounded double of a terminating 2F1; signed 0 and inf beyond the range.

    Parameters
    ----------
    a, b, c, z : int, float, fractions.Fraction, str or mpmath.mpf
        As in :func:`hyp2f1`; floats are taken exactly.

    Returns
    -------
    float

    Examples
    --------
    >>> from hypgeo.reference import hyp2f1_float
    >>> hyp2f1_float(-1, 1, 2, 0.5)
    0.75
    """
    problem = make_problem(a, b, c, z)
    for digits in (22, 40, 80, 160, 320):
        bits = _bits(digits)
        value = _settle(problem, bits)
        man, exp = (int(x) for x in value.mid().man_exp())
        shift = max(0, bits + 2 - abs(man).bit_length())
        man, exp = man << shift, exp - shift
        slack = (abs(man) >> bits) + (1 if man else 0)
        low, high = (_round_to_double(man + s * slack, exp) for s in (-1, 1))
        if low == high:
            return low
    # Indistinguishable from the middle of two doubles at 320 digits: an exact tie.
    return _round_to_double(man, exp)


def _pair(args: tuple[float, float, float, float]) -> tuple[float, float]:
    """Value as hi + lo; (nan, nan) for NaN arguments."""
    if any(math.isnan(x) for x in args):
        return math.nan, math.nan
    value = _settle(make_problem(*args), _bits(PAIR_DIGITS))
    man, exp = (int(x) for x in value.mid().man_exp())
    hi = _round_to_double(man, exp)
    if math.isinf(hi) or hi == 0:
        return hi, 0.0
    rest = Fraction(man) * Fraction(2) ** exp - Fraction(hi)
    return hi, float(rest)


def hyp2f1_array(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    z: ArrayLike,
    *,
    progress: bool = False,
    processes: int = 1,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact values on broadcast arrays, as unevaluated sums of two doubles.

    Parameters
    ----------
    a, b, c, z : array_like of float
        Broadcast against one another.
    progress : bool
        Show a progress bar (needs tqdm).
    processes : int
        Worker processes; 1 works in this process.

    Returns
    -------
    hi, lo : ndarray of float64
        ``hi`` is the nearest double (0 or inf beyond the range, with ``lo`` = 0) and ``hi + lo``
        the value to about 1e-32 relative, as far as ``lo`` does not underflow.

    Examples
    --------
    >>> from hypgeo.reference import hyp2f1_array
    >>> hi, lo = hyp2f1_array(-1, 1, 2, [0.0, 0.5])
    >>> hi
    array([1.  , 0.75])
    """
    arrays = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (a, b, c, z)))
    rows: Iterable[tuple[Any, ...]] = list(zip(*(x.ravel().tolist() for x in arrays), strict=True))
    if processes > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            pairs = list(_watched(pool.map(_pair, rows, chunksize=64), arrays[0].size, progress))
    else:
        pairs = list(_watched(map(_pair, rows), arrays[0].size, progress))
    out = np.array(pairs, dtype=np.float64).reshape(*arrays[0].shape, 2)
    return out[..., 0], out[..., 1]


def _watched(items: Iterable[Any], total: int, progress: bool) -> Iterable[Any]:
    if not progress:
        return items
    try:
        from tqdm import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from error
    watched: Iterable[Any] = tqdm(items, total=total)
    return watched
