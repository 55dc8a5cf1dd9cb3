"""Exact reference values of the terminating 2F1(-m, b; c; z), to any number of digits.

Arguments are taken exactly: a double is the rational that it stands for.  A value is returned
only when two independent forms agree to the digits asked for; until they do, the working
precision doubles.  The forms, and where each is eligible:

- ``pfaff``: (1-z)^m sum_k C(m,k) (c-b)_k/(c)_k (z/(1-z))^k, positive terms (0 < z < 1, 0 < b < c);
- ``reflected``: sum_k C(m,k) (b)_k (c-b)_{m-k}/(c)_m (1-z)^k (DLMF 15.8.7), positive (same);
- ``euler``: Euler's integral by the trapezoidal rule in logit t (same, and z = 1);
- ``positive``: the plain series (z < 0 and b, c > 0);
- ``contour``: Cauchy's integral of the generating function (z < 0 < c < b);
- ``power``, ``power_by_log``: (1-z)^m, where b = c > 0;
- ``direct``, ``one_minus_z``, ``pfaff_series``: the series in z, 1 - z and z/(z-1) in ball
  arithmetic, with as many bits as they cancel, and ``recurrence``: the recurrence in m (any real
  b and c, any real or complex z; cost O(m), more where much cancels).

For z < 0 and 0 < b < c, Pfaff's transformation first maps z to z/(z-1) in (0, 1).  The two forms
with the lowest estimated cost are used; a form that turns out unusable gives way to the next.

Where c = -n the sum stops at m if n >= m (DLMF 15.2.5), and the value is infinite if n < m; if both
a and b are nonpositive integers the shorter polynomial counts; at z = 0 the value is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

try:
    import mpmath
    from flint import ctx

    from ._reference_condition import condition, condition_array
    from ._reference_derivatives import Derivatives, derivatives
    from ._reference_logarithm import hyp2f1m1, log_hyp2f1
    from ._reference_output import nearest_double, to_mpmath, value_pair
    from ._reference_problem import forms_of, make_problem
    from ._reference_settle import DOUBLINGS, bits_of, guard_bits, settle
except ImportError as error:  # pragma: no cover - needs an environment without the extra
    raise ImportError(
        "hypgeo.reference needs python-flint and mpmath: pip install hypgeo[reference]"
    ) from error

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Derivatives",
    "condition",
    "condition_array",
    "derivatives",
    "form_names",
    "hyp2f1",
    "hyp2f1_array",
    "hyp2f1_float",
    "hyp2f1_form",
    "hyp2f1m1",
    "log_hyp2f1",
]


def hyp2f1(a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> mpmath.mpf | mpmath.mpc:
    """Exact value of a terminating 2F1(a, b; c; z).

    Parameters
    ----------
    a, b, c : float, int, Fraction, str, mpmath.mpf or NumPy scalar
        Taken exactly.  `a` or `b` must be a nonpositive integer; if both are, the one of lower
        degree terminates the sum.  c = -n is a pole unless the degree is at most n (DLMF 15.2.5).
    z : as `a`, or complex, mpmath.mpc or NumPy complex
        A complex type gives a complex value.
    digits : int
        Significant decimal digits on which two independent forms must agree; of a complex value,
        relative to its absolute value.

    Returns
    -------
    mpmath.mpf or mpmath.mpc
        The value, correct to `digits` digits whatever ``mpmath.mp.dps`` is; infinite at a pole.

    Raises
    ------
    TypeError, ValueError
        An argument is not a finite number, or nothing terminates.
    ArithmeticError
        No two forms agree (degree above 2000000 outside 0 <= z <= 1 and z < 0 with b, c > 0).

    Examples
    --------
    >>> from hypgeo import reference
    >>> print(reference.hyp2f1(-1, 1, 2, 0.5))
    0.75
    >>> print(reference.hyp2f1(-1, 1, 2, 1j))
    (1.0 - 0.5j)
    """
    bits = bits_of(digits)
    value = settle(make_problem(a, b, c, z), bits)
    return to_mpmath(value, bits, complex_result=_is_complex(z))


def _is_complex(z: Any) -> bool:
    return isinstance(z, complex | np.complexfloating | mpmath.mpc)


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
    return [form.name for form in forms_of(make_problem(a, b, c, z), bits_of(30))]


def hyp2f1_form(name: str, a: Any, b: Any, c: Any, z: Any, digits: int = 30) -> Any:
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
    mpmath.mpf or mpmath.mpc

    Examples
    --------
    >>> from hypgeo.reference import hyp2f1_form
    >>> print(hyp2f1_form("direct", -1, 1, 2, 0.5, digits=10))
    0.75
    """
    problem, bits = make_problem(a, b, c, z), bits_of(digits)
    if problem.pole and not problem.trivial:
        raise ValueError(f"c={c!r} is a pole: no form has a value there")
    work = bits + 12
    for _ in range(DOUBLINGS):
        with ctx.workprec(work + guard_bits(problem)):
            forms = {form.name: form for form in forms_of(problem, work)}
            if name not in forms:
                raise ValueError(f"name must be one of {list(forms)}, not {name!r}")
            value = forms[name].value(work)
            if value.rel_accuracy_bits() >= bits:
                return to_mpmath(value, bits, complex_result=_is_complex(z))
        work *= 2
    raise ArithmeticError(f"{name} does not reach {digits} digits for {problem}")


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
    return nearest_double(make_problem(a, b, c, z))


def hyp2f1_array(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    z: ArrayLike,
    *,
    progress: bool = False,
    processes: int = 1,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Exact values on broadcast arrays, as unevaluated sums of two doubles.

    Parameters
    ----------
    a, b, c : array_like of float
        Broadcast against one another.
    z : array_like of float or complex
        Complex arguments give complex results.
    progress : bool
        Show a progress bar (needs tqdm).
    processes : int
        Worker processes; 1 works in this process.

    Returns
    -------
    hi, lo : ndarray of float64 or complex128
        ``hi`` is the nearest double (0 or inf beyond the range, with ``lo`` = 0) and ``hi + lo``
        the value to about 1e-32 relative, as far as ``lo`` does not underflow; for complex `z`,
        relative to the absolute value.

    Examples
    --------
    >>> from hypgeo.reference import hyp2f1_array
    >>> hi, lo = hyp2f1_array(-1, 1, 2, [0.0, 0.5])
    >>> hi
    array([1.  , 0.75])
    """
    kind = np.complex128 if np.iscomplexobj(z) else np.float64
    reals = [np.asarray(x, dtype=np.float64) for x in (a, b, c)]
    arrays = np.broadcast_arrays(*reals, np.asarray(z, dtype=kind))
    rows: Iterable[tuple[Any, ...]] = list(zip(*(x.ravel().tolist() for x in arrays), strict=True))
    pairs = list(_mapped(value_pair, rows, arrays[0].size, progress, processes))
    out = np.array(pairs, dtype=kind).reshape(*arrays[0].shape, 2)
    return out[..., 0], out[..., 1]


def _mapped(
    function: Callable[[Any], Any], rows: Iterable[Any], size: int, progress: bool, processes: int
) -> Iterable[Any]:
    """The function on every row, in this process or in several."""
    if processes == 1:
        yield from _watched(map(function, rows), size, progress)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from _watched(pool.map(function, rows, chunksize=64), size, progress)


def _watched(items: Iterable[Any], total: int, progress: bool) -> Iterable[Any]:
    if not progress:
        return items
    try:
        from tqdm import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from error
    watched: Iterable[Any] = tqdm(items, total=total)
    return watched
