"""Plans: everything that depends on a, b, c only, ready for many z."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hypgeo import _core
from hypgeo._api import given
from hypgeo._siblings import Derivatives, hyp2f1_derivatives, hyp2f1m1, log_hyp2f1


class Plan:
    """2F1(a, b; c; z) of fixed a, b, c as a function of z; made by `hypgeo.plan`.

    Immutable, picklable, hashable, and safe to call from several threads at once. A plan is as
    good as a `numpy.ufunc` of one argument: it broadcasts, takes `out` and `where`, and passes
    through dask and xarray.

    Attributes
    ----------
    a, b, c : float
        The parameters.
    dtype : numpy.dtype
        Of the results: float64 or float32.
    m : int
        Degree of the polynomial.

    Examples
    --------
    >>> import hypgeo
    >>> p = hypgeo.plan(-2, 1, 2)
    >>> round(float(p(0.75)), 12)
    0.4375
    >>> p
    Plan(a=-2.0, b=1.0, c=2.0, dtype='float64')
    """

    __slots__ = ("_has_table", "_ufunc", "a", "b", "c", "dtype", "m")

    a: float
    b: float
    c: float
    dtype: np.dtype[Any]
    m: int
    _ufunc: np.ufunc
    _has_table: bool

    def __init__(self, a: float, b: float, c: float, dtype: npt.DTypeLike = np.float64) -> None:
        values = {"a": _scalar("a", a), "b": _scalar("b", b), "c": _scalar("c", c)}
        kind = _result_dtype(dtype)
        made = _core.plan_ufunc(values["a"], values["b"], values["c"], kind == np.float32)
        if made is None:
            raise ValueError(
                "a or b must be a nonpositive integer and none of a, b, c NaN, got "
                f"a={values['a']!r}, b={values['b']!r}, c={values['c']!r}; "
                "hypgeo.hyp2f1 takes parameters that do not terminate"
            )
        ufunc, m, has_table = made
        fields = {**values, "dtype": kind, "m": int(m), "_ufunc": ufunc, "_has_table": has_table}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __call__(self, z: Any, out: Any = None, *, where: Any = True) -> Any:
        """Evaluate at `z`.

        Parameters
        ----------
        z : array_like
            Real arguments; also a torch tensor, which is read where it is, or a CuPy array.
        out : ndarray, optional
            Where the result goes; for NumPy only, as `where`.
        where : array_like of bool, optional
            Elements to evaluate; the others keep what `out` holds.

        Returns
        -------
        ndarray or scalar
            Of the plan's dtype; of the library of `z`.
        """
        try:
            if _core.has_foreign(z):
                from hypgeo._dispatch import planned

                return planned(self, z, given(out=out, where=where))
            if out is None and where is True:
                return self._ufunc(z)
            return self._ufunc(z, out=out, where=where)
        except Exception as error:
            from hypgeo._errors import explain

            clearer = explain(error, {"z": z}, out, where, None)
            if clearer is error:
                raise
            raise clearer from error

    def derivatives(self, z: Any) -> Derivatives:
        """F and its derivatives at `z`, see `hypgeo.hyp2f1_derivatives`.

        Parameters
        ----------
        z : array_like
            Real arguments.

        Returns
        -------
        Derivatives
            Named tuple ``(value, d_b, d_c, d_z, d_zz)`` of arrays or scalars of the plan's dtype;
            ``d_b`` is NaN for a plan whose `b` ends the series.

        Examples
        --------
        >>> import hypgeo
        >>> p = hypgeo.plan(-1, 3, 2)  # F = 1 - b z / c
        >>> [round(float(x), 12) + 0.0 for x in p.derivatives(0.5)]
        [0.25, -0.25, 0.375, -1.5, 0.0]
        """
        return Derivatives(*map(self._rounded, hyp2f1_derivatives(*self._doubles(), z)))

    def log(self, z: Any, return_sign: bool = False) -> Any:
        """log|F| at `z`, see `hypgeo.log_hyp2f1`.

        Parameters
        ----------
        z : array_like
            Real arguments.
        return_sign : bool, optional
            Whether to return the sign of F too.

        Returns
        -------
        ndarray or scalar, or a tuple of two
            ``log|F|``, or ``(log|F|, sign)`` with `return_sign`; of the plan's dtype.

        Examples
        --------
        >>> import hypgeo
        >>> round(float(hypgeo.plan(-2, 1, 2).log(0.75)), 12)  # log 7/16
        -0.826678573184
        """
        value = log_hyp2f1(*self._doubles(), z, return_sign=return_sign)
        return tuple(map(self._rounded, value)) if return_sign else self._rounded(value)

    def m1(self, z: Any) -> Any:
        """F - 1 at `z`, see `hypgeo.hyp2f1m1`.

        Parameters
        ----------
        z : array_like
            Real arguments.

        Returns
        -------
        ndarray or scalar
            Of the plan's dtype.

        Examples
        --------
        >>> import hypgeo
        >>> print(f"{hypgeo.plan(-3, 1, 2).m1(1e-30):.12g}")  # -3/2 z
        -1.5e-30
        """
        return self._rounded(hyp2f1m1(*self._doubles(), z))

    def _doubles(self) -> tuple[np.float64, np.float64, np.float64]:
        # A Python float would become float32 beside a float32 z.
        return np.float64(self.a), np.float64(self.b), np.float64(self.c)

    def _rounded(self, value: Any) -> Any:
        if self.dtype == np.float64:
            return value
        if not hasattr(value, "astype"):
            return value.float()  # a tensor
        with np.errstate(over="ignore", under="ignore"):  # inf and 0 are legal results
            return value.astype(self.dtype)

    def _key(self) -> tuple[float, float, float, str]:
        return self.a, self.b, self.c, self.dtype.name

    def __reduce__(self) -> tuple[type[Plan], tuple[float, float, float, str]]:
        return Plan, self._key()

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Plan) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Plan(a={self.a!r}, b={self.b!r}, c={self.c!r}, dtype={self.dtype.name!r})"

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Plan is immutable: cannot set {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Plan is immutable: cannot delete {name!r}")


def plan(a: float, b: float, c: float, dtype: npt.DTypeLike = np.float64) -> Plan:
    """Prepare 2F1(a, b; c; z) for many `z`.

    `hypgeo.hyp2f1` does this by itself when a, b, c are constant along a long z; a plan of
    one's own saves the search for it and gives a function of z alone to hand around.

    Parameters
    ----------
    a, b, c : float
        Scalars; `a` or `b` must be a nonpositive integer.
    dtype : float64 or float32, optional
        Of the results.

    Returns
    -------
    Plan
        Callable as ``plan(z, out=None, where=True)``.

    Raises
    ------
    TypeError
        A parameter is not a real number, or `dtype` is neither float64 nor float32.
    ValueError
        Neither `a` nor `b` is a nonpositive integer, or a parameter is NaN or no scalar.

    Examples
    --------
    >>> import numpy as np
    >>> import hypgeo
    >>> p = hypgeo.plan(-4096, 1, 2)
    >>> z = np.linspace(0, 1, 5)
    >>> bool(np.allclose(p(z[1:]) * 4097 * z[1:], 1, rtol=1e-14, atol=0))
    True
    """
    return Plan(a, b, c, dtype)


def _scalar(name: str, value: Any) -> float:
    if type(value) is float:
        return value
    from hypgeo._errors import real_array

    array = real_array(name, value)
    if array.ndim != 0:
        raise ValueError(f"{name} must be a scalar, got an array of shape {array.shape}")
    return float(array)


def _result_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    from hypgeo._errors import dtype_error

    error = dtype_error(dtype) if dtype is not None else TypeError("dtype must not be None")
    if error is not None:
        raise error
    return np.dtype(dtype)
