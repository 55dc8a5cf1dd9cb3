"""The public function hyp2f1: the compiled ufunc, with errors that name the argument."""

from __future__ import annotations

from typing import Any

from hypgeo import _core

_call = _core.call
_ufunc = _core.hyp2f1


def hyp2f1(
    a: Any,
    b: Any,
    c: Any,
    z: Any,
    /,
    out: Any = None,
    *,
    where: Any = True,
    casting: str = "same_kind",
    order: str = "K",
    dtype: Any = None,
    subok: bool = True,
) -> Any:
    """Gauss hypergeometric function 2F1(a, b; c; z), made for a = -m.

    For a nonpositive integer ``a = -m`` (or ``b``, by symmetry) the series ends,

        2F1(-m, b; c; z) = sum_{k=0}^{m} (-m)_k (b)_k / (c)_k  z^k / k!,    DLMF 15.2.1,

    a polynomial in z. For ``0 < b < c`` and ``z <= 1`` it is the mean of ``(1 - z T)^m`` over
    ``T ~ Beta(b, c - b)`` (DLMF 15.6.1), and the cost does not grow with `m`; see Notes for the
    rest. Parameters that do not terminate are handed to `scipy.special.hyp2f1`, element by
    element.

    Parameters
    ----------
    a, b, c : array_like
        Real parameters; they broadcast against each other and `z`. Of two nonpositive integers
        among `a` and `b` the one nearer to zero ends the series.
    z : array_like
        Real or complex argument.
    out : ndarray, or tuple of one ndarray, optional
        Where the result goes.
    where : array_like of bool, optional
        Elements to evaluate; the others keep what `out` holds.
    casting, order, dtype, subok
        As for every `numpy.ufunc`.

    Returns
    -------
    ndarray or scalar, or an array of torch or CuPy
        For real `z` float32 if all of `a`, `b`, `c`, `z` are float32, else float64. For complex
        `z` complex64 if `a`, `b`, `c` are float32 and `z` is complex64, else complex128. Single
        precision is computed in double precision and rounded once. A torch tensor or a CuPy array
        among the arguments gives one of the same library and device (see Notes).

    Raises
    ------
    TypeError
        An argument is not numeric, `a`, `b` or `c` is complex, or `out` has the wrong type. Arrays
        of two libraries, or a tensor that requires grad (`hypgeo_torch.hyp2f1` takes it).
    ValueError
        The shapes do not broadcast.
    ImportError
        Neither `a` nor `b` is a nonpositive integer and SciPy is not installed
        (``pip install hypgeo[scipy]``).

    See Also
    --------
    hypgeo.hyp2f1m1 : F - 1, accurate where F is near 1.
    hypgeo.log_hyp2f1 : log|F|, also where F overflows or underflows.
    hypgeo.value_and_error : F and a bound of its error.
    hypgeo.hyp2f1_derivatives : F and its derivatives in b, c and z.

    Notes
    -----
    For integer ``m`` in 0..2^53, ``b`` in [1e-8, 1e6], ``c - b`` in [1e-8, 1e8] and
    ``0 <= z <= 1`` the relative error is at most 8 eps where the value is at least 1e-20 and
    ``(8 + |ln F|)`` eps below, ``eps = 2^-52``. The same holds for ``z < 0`` with ``b, c > 0``,
    where the value may overflow to inf. For all other real parameters and real or complex `z`
    the error is at most ``16 kappa`` eps up to ``m = 10^4`` and ``64 kappa`` eps up to
    ``m = 10^6``, with the condition number

        kappa = 1 + |z F_z / F| + |b F_b / F| + |c F_c / F|,

    at a cost that may grow with `m`. NaN in gives NaN out; finite arguments never give NaN where
    the series terminates. No warning is raised.

    A nonpositive integer ``c = -n`` means the truncated polynomial for ``n >= m`` (DLMF 15.2.5)
    and a pole for ``n < m``: inf, and 1 at ``z = 0``. SciPy has ``(1 - z)^(-b)`` instead for
    ``n = m``, the limit with ``c = a``; mpmath truncates. No parameter is rounded to a nearby
    integer.

    Where a terminating element has complex `z` with an imaginary part of zero, its value is that
    of the real function. Where neither `a` nor `b` terminates it is SciPy's complex one, which
    differs from the real one on the cut ``z > 1``.

    Of torch tensors the floating-point ones among `b`, `c`, `z` decide the dtype of the result, as
    torch promotes, or torch's default dtype where there are none; float16 and bfloat16 are computed
    in float32 and rounded once. Tensors of the CPU are not copied. On other devices, see
    `hypgeo.backends`, `a` must be a nonpositive integer. The options of a ufunc are for NumPy only.

    Where `a`, `b`, `c` are constant along a long real `z`, a table is made once and kept
    (see `hypgeo.plan`); results may differ from those of a short call in the last digit, within
    the error above.

    The reflection ``F(-m, b; c; z) = (c-b)_m/(c)_m F(-m, b; b-c-m+1; 1-z)`` (DLMF 15.8.7) and the
    other published series are available by name in `hypgeo.methods`.

    Examples
    --------
    >>> import numpy as np
    >>> import hypgeo
    >>> round(float(hypgeo.hyp2f1(-2, 1, 2, 0.75)), 12)  # 1 - z + z^2/3
    0.4375
    >>> z = np.array([0.0, 0.5, 1.0])
    >>> np.round(hypgeo.hyp2f1(-9, 1, 2, z), 6)
    array([1.      , 0.199805, 0.1     ])
    >>> m = np.array([[1], [10**9]])
    >>> hypgeo.hyp2f1(-m, 1, 2, [0.25, 1.0]).shape
    (2, 2)
    >>> print(np.round(hypgeo.hyp2f1(-2, 1, 2, 3j), 12))  # 1 - 3j - 3
    (-2-3j)
    """
    try:
        if (
            out is None
            and where is True
            and dtype is None
            and subok is True
            and casting == "same_kind"
            and order == "K"
        ):
            return _call(a, b, c, z)
        options = given(where=where, casting=casting, order=order, dtype=dtype, subok=subok)
        if _core.has_foreign(a, b, c, z):
            from hypgeo._dispatch import foreign

            return foreign("hyp2f1", (a, b, c, z), {**given(out=out), **options})
        return _ufunc(a, b, c, z, out=out, **options)
    except Exception as error:
        from hypgeo._errors import explain

        operands = {"a": a, "b": b, "c": c, "z": z}
        clearer = explain(error, operands, out, where, dtype, complex_operand="z")
        if clearer is error:
            raise
        raise clearer from error


# Array libraries refuse keywords they do not know, so only those that say something are passed on.
_DEFAULTS = {
    "out": None,
    "where": True,
    "casting": "same_kind",
    "order": "K",
    "dtype": None,
    "subok": True,
}


def given(**options: Any) -> dict[str, Any]:
    """Drop the options that say what a ufunc assumes anyway."""
    return {name: value for name, value in options.items() if value is not _DEFAULTS[name]}
