"""Errors of the polynomials and expectations against exact values, beside SciPy; their time.

python -m bench.polynomials [--points N] [--seed S]

SciPy has the Jacobi polynomials, by a recurrence for an integer degree and by its 2F1 for a real
one. For the rest stand the same formulas with its 2F1, and sums over its distributions. Also writes
the table of docs/polynomials.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from scipy import special, stats

from bench import _harness as harness
from bench import _polynomial_table as table
from hypgeo import reference
from hypgeo.polynomials import eval_jacobi, eval_krawtchouk, eval_meixner
from hypgeo.probability import betabinom_pgf, expected_inverse, nhypergeom_pgf

DIGITS = 30
# hyp2f1's 16 eps kappa (8 eps where no kappa counts), and the prefactor, as the docstrings have it.
PROMISE = 24.0
PROMISE_WITHOUT_KAPPA = 16.0
# Exact values closer to the ends of the range say nothing about relative errors.
SMALLEST, LARGEST = 1e-290, 1e290
TIMED = 2000

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Subject:
    """A function, where to evaluate it, the 2F1 behind it with its factor, and SciPy's ways."""

    name: str
    ours: Callable[..., Any]
    draw: Callable[[np.random.Generator, float, float], Arguments]
    exact: Callable[..., tuple[Any, tuple[Any, Any, Any, Any]]]
    scipy: dict[str, Callable[..., Any]]
    degrees: tuple[tuple[float, float], ...]
    needs_kappa: bool


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def degree(rng: np.random.Generator, low: float, high: float) -> int:
    return int(log_uniform(rng, low, high))


def ratio(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def draw_jacobi(rng: np.random.Generator, low: float, high: float) -> Arguments:
    n = degree(rng, low, high)
    alpha, beta = (float(rng.choice([0, 0.5, -0.5, rng.uniform(-1, 40)])) for _ in range(2))
    x = rng.choice([rng.uniform(-1, 1), 1 - log_uniform(rng, 1e-9, 1), 1 + 30 / n**2])
    return n, alpha, beta, float(x)


def draw_jacobi_right(rng: np.random.Generator, low: float, high: float) -> Arguments:
    n, alpha, beta, _ = draw_jacobi(rng, low, high)
    return n, alpha, beta, 1 + log_uniform(rng, 1, 1e4) / n**2


def exact_jacobi(n: int, alpha: float, beta: float, x: float) -> Any:
    al, be = (Fraction(v) for v in ((alpha, beta) if x >= 0 else (beta, alpha)))
    sign = -1 if x < 0 and n % 2 else 1
    factor = sign * mpmath.gammaprod([ratio(al + n + 1)], [ratio(al + 1), n + 1])
    return factor, (-n, n + al + be + 1, al + 1, (1 - abs(Fraction(x))) / 2)


def draw_krawtchouk(rng: np.random.Generator, low: float, high: float) -> Arguments:
    n = degree(rng, low, high)
    trials = n + degree(rng, 1, 10 * n)
    x = float(rng.choice([rng.integers(0, min(trials, 500)), rng.uniform(0, 50)]))
    return n, x, float(rng.uniform(0.05, 1)), trials


def exact_krawtchouk(n: int, x: float, p: float, trials: int) -> Any:
    return mpmath.mpf(1), (-n, -Fraction(x), -trials, 1 / Fraction(p))


def draw_meixner(rng: np.random.Generator, low: float, high: float) -> Arguments:
    n = degree(rng, low, high)
    x = float(rng.choice([rng.integers(0, 500), rng.uniform(0, 50)]))
    return n, x, log_uniform(rng, 0.1, 100), float(1 - log_uniform(rng, 0.5 / n, 0.9))


def exact_meixner(n: int, x: float, beta: float, c: float) -> Any:
    return mpmath.mpf(1), (-n, -Fraction(x), Fraction(beta), 1 - 1 / Fraction(c))


def draw_betabinom(rng: np.random.Generator, low: float, high: float) -> Arguments:
    n = degree(rng, low, high)
    s = rng.choice([rng.uniform(0, 1), 1 - log_uniform(rng, 0.1 / n, 0.9), 1 + 5 / n])
    return float(s), n, log_uniform(rng, 0.01, 30), log_uniform(rng, 0.01, 100)


def exact_betabinom(s: float, n: int, a: float, b: float) -> Any:
    return mpmath.mpf(1), (-n, Fraction(a), Fraction(a) + Fraction(b), 1 - Fraction(s))


def draw_nhypergeom(rng: np.random.Generator, low: float, high: float) -> Arguments:
    n = degree(rng, low, high)
    failures = degree(rng, 1, 10 * n)
    s = rng.choice([rng.uniform(0, 1), 1 - log_uniform(rng, 0.1 / n, 0.9)])
    return float(s), n + failures, n, degree(rng, 1, min(failures, 40) + 0.5)


def exact_nhypergeom(s: float, M: int, n: int, r: int) -> Any:
    return mpmath.mpf(1), (-n, r, M - n + 1, 1 - Fraction(s))


def draw_inverse(rng: np.random.Generator, low: float, high: float) -> Arguments:
    m = degree(rng, low, high)
    p = rng.choice([rng.uniform(0, 1), log_uniform(rng, 0.1 / m, 1)])
    return log_uniform(rng, 0.01, 100), log_uniform(rng, 0.01, 100), m, float(p)


def exact_inverse(q: float, beta: float, m: int, p: float) -> Any:
    ratio_of = Fraction(q) / Fraction(beta)
    return 1 / mpmath.mpf(q), (-m, 1, ratio_of + 1, Fraction(p))


def scipy_betabinom(s: float, n: int, a: float, b: float) -> float:
    k = np.arange(n + 1)
    return float((stats.betabinom.pmf(k, n, a, b) * s**k).sum())


def scipy_nhypergeom(s: float, M: int, n: int, r: int) -> float:
    k = np.arange(n + 1)
    return float((stats.nhypergeom.pmf(k, M, n, r) * s**k).sum())


def scipy_inverse(q: float, beta: float, m: int, p: float) -> float:
    k = np.arange(m + 1)
    return float((stats.binom.pmf(k, m, p) / (q + beta * k)).sum())


TO_10_000 = ((1, 100), (100, 10_000))
TO_A_BILLION = (*TO_10_000, (10_000, 1e9))
TWO_WAYS = {
    "eval_jacobi, integer n": special.eval_jacobi,
    "eval_jacobi, real n": lambda n, a, b, x: special.eval_jacobi(float(n), a, b, x),
}
SUBJECTS = (
    Subject("eval_jacobi", eval_jacobi, draw_jacobi, exact_jacobi, TWO_WAYS, TO_10_000, True),
    Subject(
        *("eval_jacobi, x > 1", eval_jacobi, draw_jacobi_right, exact_jacobi),
        *(TWO_WAYS, ((10_000, 1e8),), False),
    ),
    Subject(
        *("eval_krawtchouk", eval_krawtchouk, draw_krawtchouk, exact_krawtchouk),
        {"hyp2f1": lambda n, x, p, trials: special.hyp2f1(-n, -x, -trials, 1 / p)},
        *(TO_10_000, True),
    ),
    Subject(
        *("eval_meixner", eval_meixner, draw_meixner, exact_meixner),
        {"hyp2f1": lambda n, x, beta, c: special.hyp2f1(-n, -x, beta, 1 - 1 / c)},
        *(TO_10_000, True),
    ),
    Subject(
        *("betabinom_pgf", betabinom_pgf, draw_betabinom, exact_betabinom),
        {"sum over betabinom.pmf": scipy_betabinom},
        *(TO_A_BILLION, False),
    ),
    Subject(
        *("nhypergeom_pgf", nhypergeom_pgf, draw_nhypergeom, exact_nhypergeom),
        {"sum over nhypergeom.pmf": scipy_nhypergeom},
        *(TO_A_BILLION, False),
    ),
    Subject(
        *("expected_inverse", expected_inverse, draw_inverse, exact_inverse),
        {"sum over binom.pmf": scipy_inverse},
        *(TO_A_BILLION, False),
    ),
)


def relative_error(value: float, exact: Any) -> float:
    """In eps; NaN for a value that is NaN."""
    if not np.isfinite(value):
        return float("nan") if np.isnan(value) else float("inf")
    return float(abs(mpmath.mpf(float(value)) - exact) / abs(exact) / harness.EPS)


def statistics(errors: list[float]) -> dict[str, Any]:
    """Median and maximum of those that are numbers, and how many are not."""
    array = np.array(errors)
    kept = array[~np.isnan(array)]
    low, high = (
        float(np.quantile(kept, q, method="higher")) if kept.size else None for q in (0.5, 1)
    )
    return {"median": low, "max": high, "nan": int(array.size - kept.size)}


def sweep(subject: Subject, low: float, high: float, points: int, seed: int) -> dict[str, Any]:
    """Errors at random points of one range of degrees."""
    rng = np.random.default_rng(seed)
    ours: list[float] = []
    in_kappa: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in subject.scipy}
    while len(ours) < points:
        arguments = subject.draw(rng, low, high)
        with mpmath.workdps(DIGITS):
            factor, f = subject.exact(*arguments)
            exact = factor * reference.hyp2f1(*f, digits=DIGITS)
            if not SMALLEST < abs(exact) < LARGEST:
                continue
            ours.append(relative_error(subject.ours(*arguments), exact))
            kappa = reference.condition(*f) if subject.needs_kappa else 1.0
            in_kappa.append(ours[-1] / kappa)
            if high <= 10_000 or subject.name.startswith("eval"):
                with np.errstate(all="ignore"):
                    for name, call in subject.scipy.items():
                        theirs[name].append(relative_error(float(call(*arguments)), exact))
    result = {
        "degrees": [low, high],
        "points": points,
        "eps": statistics(ours),
        "eps_kappa": statistics(in_kappa),
        "scipy_eps": {name: statistics(errors) for name, errors in theirs.items() if errors},
    }
    worst, nan = result["eps_kappa"]["max"], result["eps"]["nan"]
    print(f"{subject.name}, degree {low:g} to {high:g}: {result['eps']}, {worst:.3g} eps kappa")
    if nan or not worst <= (PROMISE if subject.needs_kappa else PROMISE_WITHOUT_KAPPA):
        raise harness.RedError(f"{subject.name}: {worst:.3g} eps kappa, {nan} NaN")
    return result


def times() -> dict[str, Any]:
    """Nanoseconds per element, one set of parameters and many arguments."""
    x = np.random.default_rng(2).uniform(-1, 1, TIMED)
    fields: list[harness.Contender] = []
    for n in (20, 1000, 10_000):
        for name, call in (("ours", eval_jacobi), *TWO_WAYS.items()):

            def run(call: Any = call, n: int = n) -> object:
                return call(n, 0.5, -0.25, x)

            fields.append(harness.Contender(f"{name}, n={n}", run, TIMED))
    with np.errstate(all="ignore"):
        return harness.timings(fields, harness.interleave(fields, 5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    options = parser.parse_args()
    where = harness.environment()
    harness.use_one_core()
    errors = {
        subject.name: [
            sweep(subject, low, high, options.points, options.seed) for low, high in subject.degrees
        ]
        for subject in SUBJECTS
    }
    results = {"seed": options.seed, "errors": errors, "jacobi_times": times()}
    worst = [x["eps_kappa"]["max"] for s in SUBJECTS for x in errors[s.name] if s.needs_kappa]
    rest = [x["eps"]["max"] for s in SUBJECTS for x in errors[s.name] if not s.needs_kappa]
    results["goals"] = [
        harness.goal("largest error of the polynomials, eps kappa", max(worst), PROMISE),
        harness.goal("largest error of the others, eps", max(rest), PROMISE_WITHOUT_KAPPA),
    ]
    harness.write_record("polynomials", where, results)
    table.write(errors, {subject.name for subject in SUBJECTS if subject.needs_kappa})


if __name__ == "__main__":
    main()
