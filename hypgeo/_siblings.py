"""What else is asked of a terminating 2F1: its logarithm, F - 1, its error, its derivatives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hypgeo import _core
from hypgeo._api import given


class ValueAndError(NamedTuple):
    """A value and a bound of its absolute error."""

    value: Any
    error: Any


class Derivatives(NamedTuple):
    """F and its partial derivatives in b, c and z, the last also twice."""

    value: Any
    d_b: Any
    d_c: Any
    d_z: Any
    d_zz: Any


def hyp2f1m1(
    a: Any, b: Any, c: Any, z: Any, /, out: Any = None, *, where: Any = True, dtype: Any = None
) -> Any:
    """2F1(a, b; c; z) - 1 without the cancellation, for terminating series.

        F(-m, b; c; z) - 1 = sum_{k=1}^{m} (-m)_k (b)_k / (c)_k  z^k / k!,    DLMF 15.2.1.

    Parameters
    ----------
    a, b, c, z : array_like
        Real; as for `hypgeo.hyp2f1`.
    out : ndarray, or tuple of one ndarray, optional
        Where the result goes.
    where : array_like of bool, optional
        Elements to evaluate; the others keep what `out` holds.
    dtype : float64 or float32, optional
        As for every `numpy.ufunc`.

    Returns
    -------
    ndarray or scalar
        float32 if all arguments are float32, else float64. Where neither `a` nor `b` is a
        nonpositive integer it is SciPy's value minus one, which loses digits near 1.

    Raises
    ------
    TypeError, ValueError, ImportError
        As `hypgeo.hyp2f1`, and for complex `z`.

    Examples
    --------
    >>> import hypgeo
    >>> print(f"{hypgeo.hyp2f1m1(-3, 1, 2, 1e-30):.12g}")  # -3/2 z
    -1.5e-30
    >>> print(hypgeo.hyp2f1(-3, 1, 2, 1e-30) - 1)
    0.0
    """
    return _evaluate(_core.hyp2f1m1, ("value",), (a, b, c, z), out, where, dtype)


def log_hyp2f1(
    a: Any,
    b: Any,
    c: Any,
    z: Any,
    /,
    return_sign: bool = False,
    *,
    out: Any = None,
    where: Any = True,
    dtype: Any = None,
) -> Any:
    """Logarithm of abs(2F1(a, b; c; z)), also where that overflows or underflows.

        log|F(-m, b; c; z)|,    F as in DLMF 15.2.1.

    Near ``F = 1`` it is ``log1p(F - 1)`` and has full relative precision there.

    Parameters
    ----------
    a, b, c, z : array_like
        Real; as for `hypgeo.hyp2f1`.
    return_sign : bool, optional
        Whether to return the sign of F too.
    out : ndarray, or tuple of one ndarray, optional
        Where the result goes; a tuple of two if `return_sign`.
    where : array_like of bool, optional
        Elements to evaluate; the others keep what `out` holds.
    dtype : float64 or float32, optional
        As for every `numpy.ufunc`.

    Returns
    -------
    ndarray or scalar, or a tuple of two
        ``log|F|``, or ``(log|F|, sign)`` with `return_sign`. The sign is 1, -1, or 0 where F is
        0 and its logarithm -inf. float32 if all arguments are float32, else float64. Where
        neither `a` nor `b` is a nonpositive integer it is the logarithm of SciPy's value.

    Raises
    ------
    TypeError, ValueError, ImportError
        As `hypgeo.hyp2f1`, and for complex `z`; with `return_sign` for dask arrays too (dask takes
        functions of one result only).

    Examples
    --------
    >>> import hypgeo
    >>> round(float(hypgeo.log_hyp2f1(-2, 1, 2, 0.75)), 12)  # log 7/16
    -0.826678573184
    >>> logarithm, sign = hypgeo.log_hyp2f1(-1, 1, 1, 3, return_sign=True)  # log|1 - 3|
    >>> round(float(logarithm), 12), float(sign)
    (0.69314718056, -1.0)
    """
    if not return_sign:
        return _evaluate(_core.log_hyp2f1, ("log",), (a, b, c, z), out, where, dtype)
    names = ("log", "sign")
    return _evaluate(_core.log_hyp2f1_and_sign, names, (a, b, c, z), out, where, dtype)


def value_and_error(
    a: Any, b: Any, c: Any, z: Any, /, *, out: Any = None, where: Any = True, dtype: Any = None
) -> ValueAndError:
    """2F1(a, b; c; z) (DLMF 15.2.1) and a bound of its absolute error, for terminating series.

    The bound belongs to the value returned, which may differ from `hypgeo.hyp2f1` within it.

    Parameters
    ----------
    a, b, c, z : array_like
        Real; as for `hypgeo.hyp2f1`.
    out : tuple of two, each an ndarray or None, optional
        Where the results go.
    where : array_like of bool, optional
        Elements to evaluate; the others keep what `out` holds.
    dtype : float64 or float32, optional
        As for every `numpy.ufunc`.

    Returns
    -------
    ValueAndError
        Named tuple ``(value, error)`` of arrays or scalars; float32 if all arguments are float32,
        else float64. The error includes the rounding to float32. It is NaN where neither `a` nor
        `b` is a nonpositive integer: nothing is known of the error of SciPy's value.

    Raises
    ------
    TypeError, ValueError, ImportError
        As `hypgeo.hyp2f1`, and for complex `z` and dask arrays (dask takes functions of one result
        only).

    Examples
    --------
    >>> import hypgeo
    >>> value, error = hypgeo.value_and_error(-2, 1, 2, 0.75)
    >>> bool(abs(value - 7 / 16) <= error <= 1e-13)
    True
    """
    names = ValueAndError._fields
    return ValueAndError(*_evaluate(_core.value_and_error, names, (a, b, c, z), out, where, dtype))


def hyp2f1_derivatives(
    a: Any, b: Any, c: Any, z: Any, /, *, out: Any = None, where: Any = True, dtype: Any = None
) -> Derivatives:
    """2F1(a, b; c; z) and its partial derivatives in b, c and z, for terminating series.

    With ``F = 2F1(-m, b; c; z)`` and the terms ``T_k = (-m)_k (b)_k / (c)_k z^k / k!`` (DLMF
    15.2.1), psi the digamma function,

        dF/db    = sum_k T_k (psi(b + k) - psi(b)),
        dF/dc    = -sum_k T_k (psi(c + k) - psi(c)),
        dF/dz    = -(m b / c) F(1-m, b+1; c+1; z),                            DLMF 15.5.1,
        d2F/dz2  = m (m-1) b (b+1) / (c (c+1)) F(2-m, b+2; c+2; z),           DLMF 15.5.2.

    Parameters
    ----------
    a, b, c, z : array_like
        Real; as for `hypgeo.hyp2f1`.
    out : tuple of five, each an ndarray or None, optional
        Where the results go.
    where : array_like of bool, optional
        Elements to evaluate; the others keep what `out` holds.
    dtype : float64 or float32, optional
        As for every `numpy.ufunc`.

    Returns
    -------
    Derivatives
        Named tuple ``(value, d_b, d_c, d_z, d_zz)`` of arrays or scalars; float32 if all arguments
        are float32, else float64.

    Raises
    ------
    TypeError, ValueError, ImportError
        As `hypgeo.hyp2f1`, and for complex `z` and dask arrays (dask takes functions of one result
        only).

    Notes
    -----
    ``d_b`` is the derivative in the argument named `b`. It is NaN where `b` is what ends the
    series, that is where `b` is a nonpositive integer and `a` is not, or is further from zero: a
    degree has no derivative. Write the parameter that ends the series as `a`.

    Where neither `a` nor `b` is a nonpositive integer, ``d_b`` and ``d_c`` are NaN, and ``value``,
    ``d_z`` and ``d_zz`` come from SciPy's values by DLMF 15.5.1 and 15.5.2.

    Examples
    --------
    >>> import hypgeo
    >>> d = hypgeo.hyp2f1_derivatives(-1, 3, 2, 0.5)  # F = 1 - b z / c
    >>> [round(float(x), 12) + 0.0 for x in d]
    [0.25, -0.25, 0.375, -1.5, 0.0]
    >>> round(float(d.d_z), 12)
    -1.5
    """
    names = Derivatives._fields
    return Derivatives(*_evaluate(_core.hyp2f1_derivatives, names, (a, b, c, z), out, where, dtype))


def _evaluate(
    ufunc: np.ufunc,
    results: tuple[str, ...],
    operands: tuple[Any, Any, Any, Any],
    out: Any,
    where: Any,
    dtype: Any,
) -> Any:
    if _core.has_foreign(*operands):
        from hypgeo._dispatch import foreign

        return foreign(ufunc.__name__, operands, given(out=out, where=where, dtype=dtype))
    # NumPy warns of `where` without `out`, and does not take None for a tuple.
    if out is None and where is not True:
        out = (None,) * len(results)
    try:
        return ufunc(*operands, **given(out=out, where=where, dtype=dtype))
    except Exception as error:
        from hypgeo._errors import explain

        named = dict(zip("abcz", operands, strict=True))
        clearer = explain(error, named, out, where, dtype, results=results)
        if clearer is error:
            raise
        raise clearer from error
