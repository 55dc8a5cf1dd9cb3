"""Every way to evaluate 2F1(-m, b; c; z) by name: checks on each other, and baselines.

=====================  ===========================================================================
auto                   what `hypgeo.hyp2f1` does
direct                 DLMF 15.2.1 term by term; cancels or overflows for large ``m z``
reflected              DLMF 15.8.7, all terms positive for ``0 < b < c``, ``0 <= z <= 1``
reflected_auto         direct for ``m z <= 1/2`` (and where 15.8.7 does not apply), else reflected
parallel               15.8.7 in the order of an 8-lane GPU kernel
parallel_precomputed   the same with the ratios that do not depend on z computed once
scan                   15.8.7 in the order of a 32-lane inclusive scan
quadrature             Euler's integral, DLMF 15.6.1, at a cost independent of m
plan                   a plan for each distinct (a, b, c)
=====================  ===========================================================================

`auto` and `plan` keep the accuracy that `hypgeo.hyp2f1` promises, and so does `quadrature` where
`auto` takes it; by name it also runs where `auto` prefers a series, and there it may lose twice as
much. The series cost O(m) an element and cannot be interrupted; the rounding of their plain
products adds up to about ``m eps``. They take terminating parameters only: other elements give NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hypgeo import _api, _core
from hypgeo._errors import explain, real_array
from hypgeo._plan import Plan

__all__ = ["METHODS", "USED", "hyp2f1", "used"]

_UFUNCS = {
    "direct": _core.method_direct,
    "reflected_auto": _core.method_reflected_auto,
    "reflected": _core.method_reflected,
    "parallel": _core.method_parallel,
    "parallel_precomputed": _core.method_parallel_precomputed,
    "scan": _core.method_scan,
    "quadrature": _core.method_quadrature,
}

METHODS = ("auto", *_UFUNCS, "plan")

# As hypgeo/csrc/which.h counts them.
_ROUTES = (
    *("power", "finite", "alternating", "short_pfaff", "medium_pfaff", "asymptotic"),
    *("laguerre", "gamma_like", "general", "general_flat", "small_d", "small_d_flat"),
    *("negative_finite", "negative_short", "negative_medium", "negative_long"),
    *("negative_gamma_like", "negative_general", "negative_small_d"),
    *("one", "zero", "infinite", "undefined"),
)
_GENERAL = (
    *("pole", "short_by_pfaff", "far"),
    *("series", "recurrence", "reflected_series", "pfaff_series", "reversed_series"),
    *("reflected_recurrence", "reversed_recurrence", "pfaff_of_reflected", "pfaff_of_reversed"),
    *("wide", "contour", "short_of_digits", "unknown"),
)
USED = (*_ROUTES, *_GENERAL, "scipy")


def hyp2f1(
    a: Any, b: Any, c: Any, z: Any, method: str = "auto", *, out: Any = None, where: Any = True
) -> Any:
    """2F1(a, b; c; z) by the method named.

    Parameters
    ----------
    a, b, c, z : array_like
        As for `hypgeo.hyp2f1`.
    method : str
        One of `METHODS`.
    out : ndarray, optional
        Where the result goes.
    where : array_like of bool, optional
        Elements to evaluate; the others keep what `out` holds.

    Returns
    -------
    ndarray or scalar
        As `hypgeo.hyp2f1` returns; NaN where neither `a` nor `b` is a nonpositive integer,
        except for ``method="auto"``.

    Raises
    ------
    ValueError
        `method` is unknown, or the shapes do not broadcast.
    TypeError
        An argument is not real and numeric, or `out` has the wrong type.

    Examples
    --------
    >>> from hypgeo import methods
    >>> [round(float(methods.hyp2f1(-9, 1, 2, 0.5, method=name)), 12) for name in methods.METHODS]
    [0.1998046875, 0.1998046875, 0.1998046875, 0.1998046875, 0.1998046875, 0.1998046875, \
0.1998046875, 0.1998046875, 0.1998046875]
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if method == "auto":
        return _api.hyp2f1(a, b, c, z, out=out, where=where)
    try:
        if method == "plan":
            return _by_plan(a, b, c, z, out, where)
        return _UFUNCS[method](a, b, c, z, out=out, where=where)
    except Exception as error:
        clearer = explain(error, {"a": a, "b": b, "c": c, "z": z}, out, where, None)
        if clearer is error:
            raise
        raise clearer from error


def used(a: Any, b: Any, c: Any, z: Any) -> Any:
    """Name of the method that `hypgeo.hyp2f1` takes for each element of real arguments.

    docs/parameter_space.md says where each is taken. To find out costs as much as the value.

    Parameters
    ----------
    a, b, c, z : array_like
        As for `hypgeo.hyp2f1`, real.

    Returns
    -------
    ndarray of str, or str
        Each one of `USED`: ``"short_of_digits"`` where no form reaches its precision within the
        work allowed, ``"unknown"`` where there is no form at all, ``"undefined"`` for NaN and
        infinite arguments, ``"scipy"`` where neither `a` nor `b` is a nonpositive integer. A long
        run of z with constant `a`, `b`, `c` is looked up in a table instead where there is one.

    Raises
    ------
    ValueError
        The shapes do not broadcast.
    TypeError
        An argument is not real and numeric.

    Examples
    --------
    >>> from hypgeo.methods import used
    >>> used(-20, 1, 2, 0.5)
    'finite'
    >>> print(used(-100, 101, 1, [0.0, 0.2, -3.0]))
    ['one' 'recurrence' 'negative_long']
    """
    try:
        codes = np.asarray(_core.method_used(a, b, c, z))
    except Exception as error:
        clearer = explain(error, {"a": a, "b": b, "c": c, "z": z}, None, True, None)
        if clearer is error:
            raise
        raise clearer from error
    is_nan = np.logical_or.reduce(np.broadcast_arrays(*(np.isnan(x) for x in (a, b, c, z))))
    other = np.where(is_nan, USED.index("undefined"), USED.index("scipy"))
    names = np.array(USED)[np.where(np.isnan(codes), other, codes).astype(np.intp)]
    return names if names.shape else str(names)


def _by_plan(a: Any, b: Any, c: Any, z: Any, out: Any, where: Any) -> Any:
    operands = [real_array(name, x) for name, x in zip("abcz", (a, b, c, z), strict=True)]
    single = all(x.dtype == np.float32 for x in operands)
    parameters = np.broadcast_arrays(*operands)
    flat = np.stack([x.ravel().astype(np.float64) for x in parameters])
    values = _planned(flat[:3].T, flat[3], np.dtype(np.float32 if single else np.float64))
    shaped = values.reshape(parameters[0].shape)
    if out is None and where is True:
        return shaped[()]
    return np.positive(shaped, out=out, where=where)


def _planned(
    parameters: np.ndarray[Any, Any], z: np.ndarray[Any, Any], dtype: np.dtype[Any]
) -> np.ndarray[Any, Any]:
    distinct, group, counts = np.unique(parameters, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.ravel(), kind="stable")
    values = np.full(z.shape, np.nan, dtype)
    if not z.size:
        return values
    for (a, b, c), members in zip(distinct, np.split(order, np.cumsum(counts)[:-1]), strict=True):
        try:
            values[members] = Plan(a, b, c, dtype)(z[members])
        except ValueError:  # does not terminate, or NaN: stays NaN, as for every named method
            continue
    return values
