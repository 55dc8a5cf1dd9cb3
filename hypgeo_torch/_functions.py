"""The public functions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hypgeo._torch_call import check_degree
from hypgeo_torch import _operators
from hypgeo_torch._arguments import tensors


def hyp2f1(a: Any, b: Any, c: Any, z: Any) -> Tensor:
    """Gauss hypergeometric function 2F1(a, b; c; z) for a = -m, differentiable in b, c and z.

    For a nonpositive integer ``a = -m`` the series ends,

        F(m, b, c; z) = sum_{k=0}^{m} (-m)_k (b)_k / (c)_k  z^k / k!,           DLMF 15.2.1,
        dF/db    = sum_k T_k (psi(b + k) - psi(b)),    T_k the terms above,
        dF/dc    = -sum_k T_k (psi(c + k) - psi(c)),
        d^nF/dz^n = (-m)_n (b)_n / (c)_n  F(m-n, b+n, c+n; z),                  DLMF 15.5.2.

    Parameters
    ----------
    a : int, float or Tensor
        Nonpositive integers; a tensor of any real dtype. It has no derivative.
    b, c, z : float or Tensor
        Real; all arguments broadcast.

    Returns
    -------
    Tensor
        Contiguous, of the dtype that torch promotes the floating-point tensors among `b`, `c`, `z`
        to (if there are none, that of `a`, or else torch's default), on their device. float16 and
        bfloat16 are computed in float32 and rounded once; under autocast the result is float32.

    Raises
    ------
    ValueError
        `a` is a number but not a nonpositive integer, tensors are on several devices, or the
        shapes do not broadcast.
    TypeError
        An argument is neither a real number nor a tensor, is complex, or `a` requires grad.

    See Also
    --------
    hypgeo.hyp2f1 : the same without derivatives; says how accurate it is.

    Notes
    -----
    An element of a tensor `a` that is not a nonpositive integer gives NaN. Python numbers are not
    rounded to the dtype of the tensors.

    Reverse and forward mode, `torch.func`, `torch.vmap` and `torch.compile` work to any order; only
    the derivatives that are asked for are computed, and nothing but the arguments is saved. First
    derivatives, and all in z, have full precision. Second ones in `b` and `c` are differences of
    first ones, right to about 1e-12 relative for moderate parameters (docs/torch.md).

    Examples
    --------
    >>> import torch
    >>> import hypgeo_torch
    >>> z = torch.tensor([0.25, 0.75], dtype=torch.float64, requires_grad=True)
    >>> value = hypgeo_torch.hyp2f1(-2, 1.0, 2.0, z)  # 1 - z + z^2/3
    >>> print(value.detach())
    tensor([0.7708, 0.4375], dtype=torch.float64)
    >>> value.sum().backward()
    >>> print(z.grad)  # -1 + 2z/3
    tensor([-0.8333, -0.5000], dtype=torch.float64)
    """
    given, dtype = _terminating(a, b, c, z)
    value: Tensor = _operators.hyp2f1(*given)
    return value.to(dtype)


def hyp2f1m1(a: Any, b: Any, c: Any, z: Any) -> Tensor:
    """2F1(a, b; c; z) - 1 without the cancellation, for a = -m; differentiable in b, c and z.

        F(m, b, c; z) - 1 = sum_{k=1}^{m} (-m)_k (b)_k / (c)_k  z^k / k!,       DLMF 15.2.1.

    Parameters
    ----------
    a : int, float or Tensor
        Nonpositive integers. It has no derivative.
    b, c, z : float or Tensor
        Real; all arguments broadcast.

    Returns
    -------
    Tensor
        Of dtype and device as for `hyp2f1`.

    Raises
    ------
    ValueError, TypeError
        As `hyp2f1`.

    Examples
    --------
    >>> import torch
    >>> import hypgeo_torch
    >>> z = torch.tensor(1e-30, dtype=torch.float64)
    >>> print(hypgeo_torch.hyp2f1m1(-3, 1.0, 2.0, z))  # -3/2 z
    tensor(-1.5000e-30, dtype=torch.float64)
    """
    given, dtype = _terminating(a, b, c, z)
    value: Tensor = _operators.hyp2f1m1(*given)
    return value.to(dtype)


def log_hyp2f1(
    a: Any, b: Any, c: Any, z: Any, return_sign: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Logarithm of abs(2F1(a, b; c; z)) for a = -m; differentiable in b, c and z.

        log|F(m, b, c; z)|,    F as in DLMF 15.2.1,

    also where F overflows or underflows.

    Parameters
    ----------
    a : int, float or Tensor
        Nonpositive integers. It has no derivative.
    b, c, z : float or Tensor
        Real; all arguments broadcast.
    return_sign : bool, optional
        Whether to return the sign of F too, which has no derivative.

    Returns
    -------
    Tensor, or a tuple of two
        ``log|F|``, or ``(log|F|, sign)`` with `return_sign`; of dtype and device as for `hyp2f1`.

    Raises
    ------
    ValueError, TypeError
        As `hyp2f1`.

    Notes
    -----
    Where F is in range its derivatives are quotients. Where it is not, and ``z < 0 < b < c``, they
    are those of ``F(-m, c-b; c; z/(z-1))``, which is (Pfaff, DLMF 15.8.1). Else the one in `z` is
    ``-(m b / c) exp(log F(m-1, b+1, c+1; z) - log F)``, right to some ``|log F|`` eps, and those in
    `b` and `c` are differences of the logarithm for ``0 < b < c, 0 < z < 1`` and for
    ``z < 0 < c < b``, right to about 1e-11, and NaN elsewhere, and on GPUs.

    Examples
    --------
    >>> import torch
    >>> import hypgeo_torch
    >>> z = torch.tensor(-1e6, dtype=torch.float64, requires_grad=True)
    >>> value = hypgeo_torch.log_hyp2f1(-1000, 1.0, 2.0, z)  # F is about 1e5997
    >>> value.backward()
    >>> print(f"{value.item():.6g} {z.grad.item():.6g}")
    13808.6 -0.000999999
    """
    given, dtype = _terminating(a, b, c, z)
    log, sign = _operators.log_hyp2f1(*given)
    return (log.to(dtype), sign.to(dtype)) if return_sign else log.to(dtype)


def expected_inverse(q: Any, beta: Any, m: Any, p: Any) -> Tensor:
    """E[1 / (q + beta X)] for binomial X, the envelope of a cut; differentiable in q, beta and p.

        E[1 / (q + beta X)] = 1/q 2F1(-m, 1; q/beta + 1; p),    X ~ Binomial(m, p),

    by Euler's integral, DLMF 15.6.1.

    Parameters
    ----------
    q, beta : float or Tensor
        Positive.
    m : int, float or Tensor
        Number of trials, an integer in 0..2^53. It has no derivative.
    p : float or Tensor
        Probability of success, in [0, 1].

    Returns
    -------
    Tensor
        Of dtype and device as `hyp2f1` has them for `q`, `beta`, `p`. NaN where an element is not
        allowed.

    Raises
    ------
    ValueError
        An argument is one number that is not allowed, tensors are on several devices, or the shapes
        do not broadcast.
    TypeError
        An argument is neither a real number nor a tensor, or `m` requires grad.

    See Also
    --------
    hypgeo.probability.expected_inverse : the same without derivatives.

    Notes
    -----
    The derivative in `p`, ``-(m / (q c)) F(m-1, 2, c+1; p)`` with ``c = q/beta + 1``, has full
    precision, and so have the others for ``q >= beta``; below, the one in `q` has an error of some
    ``(1 + beta / q)`` eps for ``m p beta > q``.

    Examples
    --------
    >>> import torch
    >>> import hypgeo_torch
    >>> p = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    >>> value = hypgeo_torch.expected_inverse(1.0, 1.0, 2, p)  # 1 - p + p^2/3
    >>> value.backward()
    >>> print(f"{value.item():.10f} {p.grad.item():.10f}")
    0.5833333333 -0.6666666667
    """
    for name, x in (("q", q), ("beta", beta)):
        if isinstance(x, int | float) and not 0 < x < float("inf") and x == x:
            raise ValueError(f"{name} must be positive and finite, got {x!r}")
    if isinstance(m, int | float) and not (0 <= m <= 2**53 and m == int(m)) and m == m:
        raise ValueError(f"m must be a nonnegative integer up to 2**53, got {m!r}")
    if isinstance(p, int | float) and not 0 <= p <= 1 and p == p:
        raise ValueError(f"p must be in [0, 1], got {p!r}")
    given, dtype = tensors({"m": m, "q": q, "beta": beta, "p": p})
    value: Tensor = _operators.expected_inverse(*given)
    return value.to(dtype)


def _terminating(a: Any, b: Any, c: Any, z: Any) -> tuple[list[Tensor], torch.dtype]:
    given = tensors({"a": a, "b": b, "c": c, "z": z})
    if not isinstance(a, Tensor):
        check_degree(float(a))
    return given
