"""Errors over all of the parameter space, by region and by method, beside other libraries.

python -m bench.space [--points N] [--seed S]

The unit is eps kappa: what the last digits of the arguments are worth. The exact values are kept
in bench/.cache. Also writes docs/parameter_space.md and docs/parameter_space.png.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from scipy.special import hyp2f1 as scipy_hyp2f1

import hypgeo
from bench import _harness as harness
from bench import _space_beyond, _space_map, _space_page, table
from bench import _space_points as space
from hypgeo import methods
from hypgeo._files import write_atomically

# Promised, in eps kappa, up to these degrees.
PROMISED, PROMISED_FAR = 16.0, 64.0
M_NEAR, M_FAR = 1e4, 1e6
FAR_POINTS = 200
COMPLEX_SHARE = 1 / 6
# mpmath takes up to a second where terms cancel.
SLOW_POINTS, SLOW_DEGREE = 600, 300
# Relative errors that are counted.
LOST, BAD = 1e-9, 1e-13
# Values closer to the ends of the range say nothing about relative errors.
SMALLEST, LARGEST = 1e-290, 1e305
WORST_SHOWN = 6

Function = Callable[..., np.ndarray]


def by_mpmath(a: np.ndarray, b: np.ndarray, c: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Evaluate with mpmath at its 15 digits; NaN where it gives up."""

    def one(*point: Any) -> Any:
        try:
            return z.dtype.type(mpmath.hyp2f1(*point))
        except (mpmath.libmp.NoConvergence, ValueError, TypeError, ZeroDivisionError):
            return z.dtype.type(np.nan)

    with mpmath.workdps(15):
        return np.array(
            [one(*row) for row in zip(*(x.tolist() for x in (a, b, c, z)), strict=True)]
        )


def by_jax() -> tuple[Function | None, str]:
    """JAX's function for real arguments on the CPU, or why there is none."""
    try:
        import jax
        from jax.scipy.special import hyp2f1 as jax_hyp2f1
    except ImportError as error:
        return None, f"{type(error).__name__}: {error}"
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    return lambda *x: np.asarray(jax_hyp2f1(*x)), f"JAX {jax.__version__}"


class Result:
    """The values of one contender at some points, compared with the exact ones."""

    def __init__(self, points: space.Points, values: np.ndarray) -> None:
        p = self.points = points
        self.values = values
        with np.errstate(all="ignore"):
            size = np.abs(p.hi)
            self.is_ordinary = (size >= SMALLEST) & (size <= LARGEST)
            self.relative = harness.errors(values, p.hi, p.lo) * harness.EPS
            self.scaled = self.relative / (harness.EPS * p.kappa)
            too_large = np.isinf(values) & (size < LARGEST)
            too_small = np.isinf(p.hi) & (np.abs(values) < LARGEST)
        self.is_nan = np.isnan(values) & ~np.isinf(values)
        self.is_wrong_inf = too_large | too_small

    def counts(self, where: np.ndarray) -> dict[str, int]:
        """What went wrong over some of the points."""
        error = self.relative[where & self.is_ordinary & ~self.is_nan]
        return {
            "points": int(where.sum()),
            "exact": int((where & ~np.isnan(self.points.hi)).sum()),
            "nan": int((where & self.is_nan).sum()),
            "inf": int((where & self.is_wrong_inf).sum()),
            "lost": int((error > LOST).sum()),
            "bad": int((error > BAD).sum()),
        }

    def statistics(self, where: np.ndarray) -> dict[str, Any]:
        """Largest error, 99.9th percentile and median, in eps kappa."""
        error = self.scaled[where & self.is_ordinary & ~self.is_nan]
        if error.size == 0:
            return {"max": None, "p999": None, "median": None}
        names = {"max": 100, "p999": 99.9, "median": 50}
        return {k: float(np.percentile(error, q, method="higher")) for k, q in names.items()}


class Sweep:
    """All contenders at one set of points."""

    def __init__(self, points: space.Points, seed: int, others: dict[str, Function]) -> None:
        p = self.points = points
        self.is_real = not np.iscomplexobj(p.z)
        if self.is_real:
            values, bound = self._with_bound()
            with np.errstate(all="ignore"):
                off = np.abs((values - p.hi) - p.lo)
            self.too_small = np.isfinite(p.hi) & (off > bound)
            self.bound = bound
        else:
            values, self.too_small = hypgeo.hyp2f1(-p.m, p.b, p.c, p.z), np.zeros(p.m.size, bool)
        self.ours = Result(p, values)
        slow = np.random.default_rng(seed).permutation(np.flatnonzero(p.m <= SLOW_DEGREE))
        self.theirs = {}
        for name, function in others.items():
            chosen = np.arange(p.m.size) if name != "mpmath" else np.sort(slow[:SLOW_POINTS])
            some = p.where(chosen)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values = function(-some.m, some.b, some.c, some.z)
            self.theirs[name] = Result(some, values)

    def _with_bound(self) -> tuple[np.ndarray, np.ndarray]:
        """Values and bounds of their error; of both functions that give the value, one suffices."""
        p = self.points
        result = hypgeo.value_and_error(-p.m, p.b, p.c, p.z)
        short = p.m <= M_NEAR
        again = hypgeo.hyp2f1(-p.m[short], p.b[short], p.c[short], p.z[short])
        if not np.array_equal(again, result.value[short], equal_nan=True):
            raise harness.RedError("hyp2f1 and value_and_error differ")
        return result.value, result.error

    def region(self, name: str, holds: Callable[[space.Points], np.ndarray]) -> dict[str, Any]:
        """One line of the table."""
        where = holds(self.points)
        line = {**self.ours.counts(where), **self.ours.statistics(where)}
        line["bound_too_small"] = int((where & self.too_small).sum())
        theirs = {k: r.counts(holds(r.points)) for k, r in self.theirs.items()}
        return {"region": name, "ours": line, **theirs}

    def without_exact(self) -> dict[str, int]:
        """Points whose exact value takes too long, and what the bounds of ours say there."""
        size = np.abs(self.ours.values)
        missing = np.isnan(self.points.hi)
        inside = missing & (size >= SMALLEST) & (size <= LARGEST)
        lost = inside & ~(self.bound <= LOST * size)
        counts = {"points": missing, "inside": inside, "lost": lost}
        return {name: int(mask.sum()) for name, mask in counts.items()}

    def by_method(self) -> dict[str, dict[str, Any]]:
        """Points and errors of each method."""
        p = self.points
        names = methods.used(-p.m, p.b, p.c, p.z)
        return {
            str(name): {"points": int((names == name).sum()), **self.ours.statistics(names == name)}
            for name in np.unique(names)
        }

    def print_worst(self) -> None:
        """Print the points with the largest errors."""
        p, r = self.points, self.ours
        error = np.where(r.is_ordinary, r.scaled, 0.0)
        error = np.where(r.is_nan | r.is_wrong_inf | self.too_small, np.inf, error)
        for i in np.argsort(-error)[:WORST_SHOWN]:
            print(
                f"  {error[i]:8.3g} eps kappa  kappa={p.kappa[i]:.3g} m={p.m[i]:.0f} b={p.b[i]!s} "
                f"c={p.c[i]!s} z={p.z[i]!s} F={p.hi[i]:.4g} got {r.values[i]:.4g}"
            )


def everywhere(points: space.Points) -> np.ndarray:
    return np.ones(points.m.size, bool)


def sweep(
    name: str, arguments: space.Arguments, seed: int, others: dict[str, Function]
) -> tuple[Sweep, dict[str, Any]]:
    """Evaluate one set of points; stop the run if a result of ours is NaN that must not be."""
    found = Sweep(space.with_values(name, arguments), seed, others)
    whole = found.region("all", everywhere)
    ours = whole["ours"]
    print(f"{name}: {ours}")
    found.print_worst()
    if (nan := int((found.ours.is_nan & (found.points.m <= M_NEAR)).sum())) > 0:
        raise harness.RedError(f"{name}: {nan} of {ours['points']} are NaN")
    regions = [found.region(region, holds) for region, holds in space.REGIONS.items()]
    regions = [line for line in regions if line["ours"]["points"] > 0]
    return found, {"all": whole, "regions": regions}


def goals(near: Any, far: Any, plane: Any, beyond: Any) -> list[dict[str, Any]]:
    """Requirements on our results."""
    parts = {"real, m <= 10^4": near, "real, 10^4 < m <= 10^6": far, "complex": plane}
    lines = []
    for name, part in parts.items():
        ours = part["all"]["ours"]
        limit = PROMISED_FAR if part is far else PROMISED
        lines += [
            harness.goal(f"{name}: NaN", ours["nan"], 0),
            harness.goal(f"{name}: wrong infinities", ours["inf"], 0),
            harness.goal(f"{name}: largest error, eps kappa", ours["max"], limit),
        ]
        if part is not plane:
            what = f"{name}: error bounds below the error"
            lines.append(harness.goal(what, ours["bound_too_small"], 0))
    lines += [
        harness.goal(f"m > 10^6, {kind}: NaN", beyond[kind]["nan"], 0)
        for kind in ("real", "complex")
    ]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=6000, help="real ones (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    options = parser.parse_args()
    n, seed = options.points, options.seed
    where = harness.environment()
    jax, jax_status = by_jax()
    on_plane = {"scipy": scipy_hyp2f1, "mpmath": by_mpmath}
    on_line = {**on_plane, "jax": jax} if jax else on_plane
    near_points = space.real(n, seed, 1, M_NEAR)
    found, near = sweep(f"space-{n}-{seed}", near_points, seed, on_line)
    far_points = space.real(FAR_POINTS, seed, M_NEAR + 1, M_FAR)
    found_far, far = sweep(f"space-far-{FAR_POINTS}-{seed}", far_points, seed, {})
    count = round(n * COMPLEX_SHARE)
    plane_points = space.on_the_plane(count, seed, 1, M_NEAR)
    _, plane = sweep(f"space-complex-{count}-{seed}", plane_points, seed, on_plane)
    beyond = _space_beyond.counts(seed)
    print(f"m > 10^6: {beyond}")
    results = {
        "seed": seed,
        "jax": jax_status,
        "mpmath": mpmath.__version__,
        "real": near,
        "far": far,
        "complex": plane,
        "methods": found.by_method(),
        "far_methods": found_far.by_method(),
        "far_without_exact": found_far.without_exact(),
        "beyond": beyond,
        "slices": _space_map.write(),
        "goals": goals(near, far, plane, beyond),
    }
    harness.write_record("space", where, results)
    page = _space_page.page(table.load("space") or {})
    write_atomically(_space_page.PAGE, lambda file: file.write(page.encode()))


if __name__ == "__main__":
    main()
