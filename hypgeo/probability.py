"""Expectations over discrete distributions that are terminating 2F1."""

from __future__ import annotations

from typing import Any

import numpy as np

from hypgeo._operands import Operands
from hypgeo._pairs import quotient, two_sum
from hypgeo._terminating import terminating

__all__ = ["betabinom_pgf", "expected_inverse", "nhypergeom_pgf"]


def betabinom_pgf(s: Any, n: Any, a: Any, b: Any) -> Any:
    """Probability generating function E[s^X] of the beta-binomial distribution.

        E[s^X] = E[(1 - T + s T)^n] = 2F1(-n, a; a+b; 1-s),    T ~ Beta(a, b),

    by Euler's integral, DLMF 15.6.1.

    Parameters
    ----------
    s : array_like
        Real argument, not only in [0, 1].
    n : array_like
        Number of trials, an integer in 0..2^53.
    a, b : array_like
        Shapes of the beta distribution, positive, as in `scipy.stats.betabinom`.

    Returns
    -------
    ndarray or scalar
        float32 if all arguments of a floating type are float32, else float64. NaN where `n`, `a` or
        `b` is not allowed.

    Raises
    ------
    TypeError
        An argument is not real and numeric.
    ValueError
        One of `n`, `a`, `b` is one number that is not allowed, or the shapes do not broadcast.

    See Also
    --------
    scipy.stats.betabinom : the distribution; it has no generating function.

    Notes
    -----
    The relative error is at most ``16 eps`` for ``s >= 0``, `a` in [1e-8, 1e6], `b` in
    [1e-8, 1e8] and any `n`; below a value of 1e-20 ``|ln E| eps`` more. The rounding of ``1-s`` and
    ``a+b`` is made good by the derivatives of the 2F1. For ``s < 0``, where terms of both signs
    meet, it is at most ``16 eps kappa`` for ``n <= 10^4``, with
    ``kappa = 1 + |z F_z / F| + |a F_a / F| + |c F_c / F|`` at ``z = 1-s``, ``c = a+b``.

    Examples
    --------
    >>> from hypgeo.probability import betabinom_pgf
    >>> round(float(betabinom_pgf(0.5, 2, 1, 1)), 12)  # (1 + s + s^2) / 3
    0.583333333333
    """
    given = Operands(s=s, n=n, a=a, b=b)
    trials, first, second = given.degree("n"), given.positive("a"), given.positive("b")
    with np.errstate(all="ignore"):
        z = two_sum(1.0, -given.real("s"))
        value = terminating(trials, (first, 0.0), two_sum(first, second), z)
        return given.result(value)


def nhypergeom_pgf(s: Any, M: Any, n: Any, r: Any) -> Any:
    """Probability generating function E[s^X] of the negative hypergeometric distribution.

        E[s^X] = 2F1(-n, r; M-n+1; 1-s):

    the beta-binomial law with ``a = r`` and ``b = M-n-r+1``.

    Parameters
    ----------
    s : array_like
        Real argument, not only in [0, 1].
    M, n, r : array_like
        As in `scipy.stats.nhypergeom`: of `M` objects `n` are successes; X is the number of
        successes drawn, without replacement, before `r` failures. Integers with
        ``0 <= n <= M`` and ``0 <= r <= M - n``, `M` up to 2^53.

    Returns
    -------
    ndarray or scalar
        float32 if all arguments of a floating type are float32, else float64. NaN where `M`, `n` or
        `r` is not allowed.

    Raises
    ------
    TypeError
        An argument is not real and numeric.
    ValueError
        One of `M`, `n`, `r` is one number that is not allowed, or the shapes do not broadcast.

    See Also
    --------
    scipy.stats.nhypergeom : the distribution; it has no generating function.

    Notes
    -----
    The relative error is that of `betabinom_pgf`.

    Examples
    --------
    >>> from hypgeo.probability import nhypergeom_pgf
    >>> round(float(nhypergeom_pgf(0.5, 2, 1, 1)), 12)  # (1 + s) / 2
    0.75
    """
    given = Operands(s=s, M=M, n=n, r=r)
    total, successes, stop = given.degree("M"), given.degree("n"), given.degree("r")
    given.ordered("n", successes, "M", total)
    given.ordered("r", stop, "M - n", total - successes)
    with np.errstate(all="ignore"):
        possible = (successes <= total) & (stop <= total - successes)
        degree = np.where(possible, successes, np.nan)
        z = two_sum(1.0, -given.real("s"))
        value = terminating(degree, (stop, 0.0), (total - successes + 1, 0.0), z)
        return given.result(value)


def expected_inverse(q: Any, beta: Any, m: Any, p: Any) -> Any:
    """E[1 / (q + beta X)] for binomial X.

        E[1 / (q + beta X)] = 1/q 2F1(-m, 1; q/beta + 1; p),    X ~ Binomial(m, p),

    because ``1/(q + beta X)`` is the integral of ``t^(q-1+beta X)`` over [0, 1] (DLMF 15.6.1).

    Parameters
    ----------
    q, beta : array_like
        Positive.
    m : array_like
        Number of trials, an integer in 0..2^53.
    p : array_like
        Probability of success, in [0, 1].

    Returns
    -------
    ndarray or scalar
        float32 if all arguments of a floating type are float32, else float64. NaN where an argument
        is not allowed.

    Raises
    ------
    TypeError
        An argument is not real and numeric.
    ValueError
        An argument is one number that is not allowed, or the shapes do not broadcast.

    Notes
    -----
    The relative error is at most ``16 eps`` for any `m` and ``q/beta`` in [1e-8, 1e8]. The rounding
    of ``q/beta + 1`` is made good by the derivative of the 2F1.

    Examples
    --------
    >>> from hypgeo.probability import expected_inverse
    >>> round(float(expected_inverse(1, 1, 2, 0.5)), 12)  # 1/4 + 1/2 / 2 + 1/4 / 3
    0.583333333333
    """
    given = Operands(q=q, beta=beta, m=m, p=p)
    start, step, trials = given.positive("q"), given.positive("beta"), given.degree("m")
    probability = given.real("p")
    probability = given.where("p", (probability >= 0) & (probability <= 1), "in [0, 1]")
    with np.errstate(all="ignore"):
        ratio, lost = quotient(start, 0.0, step)
        c, c_rest = two_sum(ratio, 1.0)
        value = terminating(trials, (1.0, 0.0), (c, c_rest + lost), (probability, 0.0))
        return given.result(value / start)
