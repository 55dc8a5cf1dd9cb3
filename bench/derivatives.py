"""F with all its derivatives against F alone: time per element, after a check of both.

python -m bench.derivatives
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

import hypgeo
from bench import _harness as harness
from bench.varying import CASES, ELEMENTS, Arguments, Case
from hypgeo._reference_derivatives import derivatives as exact_derivatives

LEVELS = (16, 128, 512, 10**6)
LIMIT = 3.0
REPEATS = 11
CHECKED = 25  # elements of each case, about 0.1 s each
# In units of eps times the condition number over the parameter, and of eps for F_z and F_zz.
PROMISED = 16.0


def units(row: tuple[float, ...], exact: Any) -> list[Any]:
    """What one unit of error is for F_b, F_c, F_z, F_zz."""
    _, b, c, z = row
    size = abs(exact.value) + abs(z * exact.d_z) + abs(b * exact.d_b) + abs(c * exact.d_c)
    by_b, by_c = max(size / b, abs(exact.d_b)), max(size / c, abs(exact.d_c))
    return [x * harness.EPS for x in (by_b, by_c, abs(exact.d_z), abs(exact.d_zz))]


def check(name: str, arguments: Arguments) -> float:
    """Compare some elements with exact derivatives; the largest error in the units promised."""
    degree, b, c, z = (np.ravel(x) for x in np.broadcast_arrays(*arguments))
    some = np.random.default_rng(0).permutation(z.size)[:CHECKED]
    found = hypgeo.hyp2f1_derivatives(-degree, b, c, z)
    worst = 0.0
    for i in some:
        row = (float(degree[i]), float(b[i]), float(c[i]), float(z[i]))
        exact = exact_derivatives(-row[0], *row[1:], digits=20)
        for k, unit in enumerate(units(row, exact), start=1):
            error = float(abs(mpmath.mpf(float(found[k][i])) - exact[k]) / unit)
            worst = max(worst, error)
            if not error <= PROMISED:
                which = found._fields[k]
                raise harness.RedError(f"{name}: {which} at {row} is off by {error:.3g} units")
    return worst


def contenders(drawn: dict[int, Arguments]) -> list[harness.Contender]:
    """F, and F with its derivatives, at every level."""
    value, all_of_them = np.empty(ELEMENTS), tuple(np.empty((5, ELEMENTS)))
    field = []
    for m, (degree, b, c, z) in drawn.items():
        one = lambda a=-degree, b=b, c=c, z=z: hypgeo.hyp2f1(a, b, c, z, out=value)  # noqa: E731
        five = lambda a=-degree, b=b, c=c, z=z: hypgeo.hyp2f1_derivatives(  # noqa: E731
            a, b, c, z, out=all_of_them
        )
        field.append(harness.Contender(f"F m={m}", one, ELEMENTS))
        field.append(harness.Contender(f"derivatives m={m}", five, ELEMENTS))
    return field


def measure(case: Case) -> dict[str, Any]:
    """Check and time one family of arguments."""
    rng = np.random.default_rng(2)
    drawn = {m: case.draw(rng, m) for m in LEVELS}
    checked = {str(m): check(f"{case.name}, m={m}", x) for m, x in drawn.items()}
    field = contenders(drawn)
    samples = harness.interleave(field, REPEATS)
    ratios = {
        str(m): harness.ratio(samples[f"derivatives m={m}"], samples[f"F m={m}"]) for m in LEVELS
    }
    return {
        "name": case.name,
        "checked_units": checked,
        "timings": harness.timings(field, samples),
        "derivatives_over_value": ratios,
    }


def goals(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The requirement on one family."""
    return [
        harness.goal(f"{case['name']}: derivatives over F at m = {m}", ratio["median"], LIMIT)
        for m, ratio in case["derivatives_over_value"].items()
    ]


def main() -> None:
    where = harness.environment()
    harness.use_one_core()
    cases = [measure(case) for case in CASES]
    met = [line for case in cases for line in goals(case)]
    harness.write_record("derivatives", where, {"elements": ELEMENTS, "cases": cases, "goals": met})


if __name__ == "__main__":
    main()
