"""Orthogonal polynomials that are terminating 2F1: Jacobi, Krawtchouk and Meixner.

Relative errors are bounded in units of ``eps kappa``, where ``eps = 2^-52`` and

    kappa = 1 + |z F_z / F| + |b F_b / F| + |c F_c / F|

is the condition number of the 2F1 behind the polynomial, at the arguments given below. Next to a
zero of the polynomial, kappa grows like one over the distance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hypgeo._jacobi import jacobi
from hypgeo._operands import Operands
from hypgeo._pairs import quotient, two_sum
from hypgeo._terminating import terminating

__all__ = ["eval_jacobi", "eval_krawtchouk", "eval_meixner"]


def eval_jacobi(n: Any, alpha: Any, beta: Any, x: Any) -> Any:
    """Jacobi polynomial of any degree.

        P_n^(alpha,beta)(x) = (alpha+1)_n / n! 2F1(-n, n+alpha+beta+1; alpha+1; (1-x)/2),

    DLMF 18.5.7, taken at the nearer end: for ``x < 0`` it is
    ``(-1)^n P_n^(beta,alpha)(-x)`` (DLMF 18.6.1).

    Parameters
    ----------
    n : array_like
        Degree, an integer in 0..2^53.
    alpha, beta : array_like
        Real parameters, not only those above -1.
    x : array_like
        Real argument, inside [-1, 1] or not.

    Returns
    -------
    ndarray or scalar
        float32 if all arguments of a floating type are float32, else float64. NaN where `n` is no
        degree.

    Raises
    ------
    TypeError
        An argument is not real and numeric.
    ValueError
        `n` is one number and no degree, or the shapes do not broadcast.

    See Also
    --------
    scipy.special.eval_jacobi : the same for real degrees too.

    Notes
    -----
    The relative error is at most ``24 eps kappa`` for ``n <= 10^4``, with kappa at
    ``z = (1-|x|)/2``, and 16 eps for ``|x| > 1`` and parameters above -1, whatever `n` is. The
    rounding of `b`, `c` and `z` is made good by the derivatives of the 2F1. Where the first
    parameter (after the exchange) is one of -1, ..., -n, the factor ``((x-1)/2)^k`` that it brings
    is split off (Szego, Orthogonal Polynomials, 4.22.2), and kappa is that of what remains.
    Where the prefactor or the 2F1 alone leaves the range of doubles, their logarithms are added,
    at an error of ``|ln (alpha+1)_n / n!| eps`` more. The cost grows with `n` except for
    ``|x| > 1``.

    Examples
    --------
    >>> from hypgeo.polynomials import eval_jacobi
    >>> round(float(eval_jacobi(2, 0, 0, 0.5)), 12)  # (3 x^2 - 1) / 2
    -0.125
    >>> float(eval_jacobi(1, 2, 5, -1))
    -6.0
    """
    given = Operands(n=n, alpha=alpha, beta=beta, x=x)
    with np.errstate(all="ignore"):
        value = jacobi(given.degree("n"), given.real("alpha"), given.real("beta"), given.real("x"))
        return given.result(value)


def eval_krawtchouk(n: Any, x: Any, p: Any, N: Any) -> Any:
    """Krawtchouk polynomial, orthogonal for the binomial distribution.

        K_n(x; p, N) = 2F1(-n, -x; -N; 1/p),    n = 0, 1, ..., N,    DLMF 18.20.6.

    Parameters
    ----------
    n : array_like
        Degree, an integer in 0..N.
    x : array_like
        Real argument; the weights sit at 0, 1, ..., N.
    p : array_like
        Probability of the binomial distribution, in (0, 1].
    N : array_like
        Number of its trials, an integer up to 2^53.

    Returns
    -------
    ndarray or scalar
        Normalised to 1 at ``x = 0``. float32 if all arguments of a floating type are float32, else
        float64. NaN where `n`, `p` or `N` is not allowed.

    Raises
    ------
    TypeError
        An argument is not real and numeric.
    ValueError
        One of `n`, `p`, `N` is one number that is not allowed, or the shapes do not broadcast.

    Notes
    -----
    The relative error is at most ``16 eps kappa`` for ``min(n, x) <= 10^4``. Where both `n` and `x`
    are integers the sum ends at the smaller.

    Examples
    --------
    >>> from hypgeo.polynomials import eval_krawtchouk
    >>> round(float(eval_krawtchouk(1, 3, 0.5, 10)), 12)  # 1 - x / (p N)
    0.4
    """
    given = Operands(n=n, x=x, p=p, N=N)
    trials, probability = given.degree("N"), given.real("p")
    degree = given.degree("n")
    allowed = (probability > 0) & (probability <= 1)
    probability = given.where("p", allowed, "in (0, 1]")
    given.ordered("n", degree, "N", trials)
    with np.errstate(all="ignore"):
        degree = np.where(degree <= trials, degree, np.nan)
        z = quotient(np.ones_like(probability), 0.0, probability)
        value = terminating(degree, (-given.real("x"), 0.0), (-trials, 0.0), z)
        return given.result(value)


def eval_meixner(n: Any, x: Any, beta: Any, c: Any) -> Any:
    """Meixner polynomial, orthogonal for the negative binomial distribution.

        M_n(x; beta, c) = 2F1(-n, -x; beta; 1 - 1/c),    DLMF 18.20.7.

    Parameters
    ----------
    n : array_like
        Degree, an integer in 0..2^53.
    x : array_like
        Real argument; the weights sit at 0, 1, 2, ...
    beta : array_like
        Real parameter; above 0 for the orthogonality.
    c : array_like
        Real, not 0; in (0, 1) for the orthogonality.

    Returns
    -------
    ndarray or scalar
        Normalised to 1 at ``x = 0``. float32 if all arguments of a floating type are float32, else
        float64. NaN where `n` is no degree or `c` is 0; inf where `beta` is one of 0, -1, ...,
        1 - min(n, x).

    Raises
    ------
    TypeError
        An argument is not real and numeric.
    ValueError
        `n` is one number and no degree, `c` is the number 0, or the shapes do not broadcast.

    Notes
    -----
    The relative error is at most ``16 eps kappa`` for ``n <= 10^4``, and 12 eps for any `n` where
    ``x < 0``, ``beta > 0`` and ``0 < c < 1``, kappa or not.

    Examples
    --------
    >>> from hypgeo.polynomials import eval_meixner
    >>> round(float(eval_meixner(1, 3, 2, 0.5)), 12)  # 1 + (1 - 1/c) x / beta
    -0.5
    """
    given = Operands(n=n, x=x, beta=beta, c=c)
    degree = given.degree("n")
    ratio = given.where("c", given.real("c") != 0, "different from 0")
    with np.errstate(all="ignore"):
        z = quotient(*two_sum(ratio, -1.0), ratio)
        value = terminating(degree, (-given.real("x"), 0.0), (given.real("beta"), 0.0), z)
        return given.result(value)
