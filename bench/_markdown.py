"""Records of the benches as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench._gpu_page import gpu

Record = dict[str, Any]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table: first column to the left, the others to the right."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)] + [""]


def duration(ns: float) -> str:
    """Three digits with a unit."""
    for unit, scale in (("ns", 1.0), ("µs", 1e3), ("ms", 1e6)):
        if ns < 1e3 * scale or unit == "ms":
            return f"{number(ns / scale)} {unit}"
    raise AssertionError


def number(x: float | str | None) -> str:
    """Three digits, thousands apart; a record holds what is not finite as text."""
    if x is None:
        return "-"
    x = float(x)
    if x != x or abs(x) == float("inf"):
        return str(x)
    if abs(x) >= 1e6:
        return f"{x:.1e}"
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


def measured(timing: Record) -> str:
    """Median and interquartile range."""
    return f"{duration(timing['median_ns'])} (± {duration(timing['iqr_ns'])})"


def degree(m: int | str) -> str:
    """Powers of ten as such."""
    text = str(m)
    power = len(text) - 1
    return f"10^{power}" if power > 3 and text == "1" + "0" * power else f"{int(text):,}"


def levels(timings: Record) -> list[str]:
    """Degrees that hypgeo was timed at."""
    return [name.partition("m=")[2] for name in timings if name.startswith("hypgeo")]


def versus(case: Record, m: str) -> tuple[str, str]:
    """SciPy's time and how many times ours it is; what stands there where it returns NaN."""
    if m in case["scipy_nan"]:
        return "NaN", ""
    faster = case["faster_than_scipy"].get(m)
    if faster is None:
        return "", ""
    return measured(case["timings"][f"SciPy m={m}"]), number(faster["median"])


def environment(record: Record) -> list[str]:
    where = record["environment"]
    return [
        f"{where['cpu']}, {where['cores']} cores, {where['system']}; Python {where['python']}, "
        f"NumPy {where['numpy']}, SciPy {where['scipy']}, hypgeo {where['hypgeo']} "
        f"({where['instruction_set']}); load when started {where['load_before']}.",
        "",
    ]


def goals(record: Record) -> list[str]:
    """Requirements, measured values, verdicts."""
    rows = [
        (
            line["what"],
            f"{'at least' if line['at_least'] else 'at most'} {number(line['limit'])}",
            number(line["value"]),
            "yes" if line["met"] else "**no**",
        )
        for line in record["goals"]
    ]
    return table(("requirement", "limit", "measured", "met"), rows)


def plan(record: Record) -> list[str]:
    lines = [
        "## Constant a, b, c",
        "",
        f"{record['elements']:,} values of z, uniform in [0, 1]; one thread; time per element.",
        "",
    ]
    for case in record["cases"]:
        timings = case["timings"]
        lines += [f"b = {case['b']:g}, c = {case['c']:g}; np.exp {measured(timings['np.exp'])}", ""]
        rows = [_plan_row(case, m) for m in levels(timings)]
        lines += table(("m", "hypgeo", "over np.exp", "SciPy", "SciPy over hypgeo"), rows)
    return lines + goals(record)


def _plan_row(case: Record, m: str) -> tuple[str, ...]:
    exp = f"{case['ratio_to_exp'][m]['median']:.2f}"
    ours = measured(case["timings"][f"hypgeo m={m}"])
    return degree(m), ours, exp, *versus(case, m)


def varying(record: Record) -> list[str]:
    lines = [
        "## Parameters that vary",
        "",
        f"{record['elements']:,} elements; one thread; time per element. Where everything varies: "
        "m within a factor of 2 of the level, b and c - b log-uniform in [0.1, 100], z uniform.",
        "",
    ]
    for case in record["cases"]:
        timings = case["timings"]
        rows = [
            (degree(m), measured(timings[f"hypgeo m={m}"]), *versus(case, m))
            for m in levels(timings)
        ]
        lines += [
            f"**{case['name']}**",
            "",
            *table(("m", "hypgeo", "SciPy", "SciPy over hypgeo"), rows),
        ]
    return lines + goals(record)


def scalar(record: Record) -> list[str]:
    rows = [
        *((f"scalar call, {k}", measured(v)) for k, v in record["scalar"]["timings"].items()),
        *((f"building a plan, {k}", measured(v)) for k, v in record["plan"]["timings"].items()),
    ]
    for what, key in (("first plan of a process", "first_plan"), ("import after NumPy", "import")):
        ms = record[key]
        shown = {"median_ns": 1e6 * ms["median_ms"], "iqr_ns": 1e6 * ms["iqr_ms"]}
        rows.append((what, measured(shown)))
    return ["## Fixed costs", "", *table(("what", "time"), rows), *goals(record)]


def accuracy(record: Record) -> list[str]:
    home, negative = record["home"], record["negative"]
    lines = [
        "## Accuracy",
        "",
        f"{home['all']['points']:,} random points of the home domain and "
        f"{negative['all']['points']:,} with z < 0, against the exact value. Errors in ulp "
        "(2^-52, relative) where F >= 1e-20; the promise is 8 ulp there and 8 + |ln F| below, and "
        "its last column counts all points. SciPy: points that are NaN, and points in error by "
        "more than 1e-13.",
        "",
    ]
    rows = [_accuracy_row("home domain", home["all"])]
    rows += [_accuracy_row(line["region"], line) for line in home["regions"]]
    rows += [_accuracy_row("z < 0", negative["all"])]
    header = ("region", "points", "max", "99.9 %", "median", "of the promise")
    theirs = ("SciPy max", "SciPy median", "SciPy NaN", "SciPy > 1e-13")
    lines += table((*header, *theirs), rows)
    lines += ["![Error over m and z, hypgeo and SciPy](error_map.png)", ""]
    lines += ["### By m, z, b and c - b together", "", *_crossed(home["crossed"])]
    return lines + goals(record)


def _accuracy_row(name: str, line: Record) -> tuple[str, ...]:
    ours, theirs = line["ours"], line["scipy"]
    return (
        name,
        f"{line['points']:,}",
        *(number(ours[key]) for key in ("max", "p999", "median")),
        f"{line['ratio']:.3f}",
        number(theirs["max"]),
        number(theirs["median"]),
        f"{theirs['nan']:,}",
        f"{theirs['bad']:,}",
    )


def _crossed(lines: list[Record]) -> list[str]:
    """Largest error and 99.9th percentile, one row for m and z, one column for b and c - b."""
    columns = list(dict.fromkeys((line["b"], line["d"]) for line in lines))
    rows: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        cell = "-" if line["max"] is None else f"{number(line['max'])} / {number(line['p999'])}"
        rows.setdefault((line["m"], line["z"]), []).append(cell)
    header = ("max / 99.9 %, ulp", *(f"{b}, {d}" for b, d in columns))
    return table(header, [(f"{m}, {z}", *cells) for (m, z), cells in rows.items()])


def space(record: Record) -> list[str]:
    real, far, plane = (
        record[part]["all"]["ours"]["points"] for part in ("real", "far", "complex")
    )
    return [
        "## All of the parameter space",
        "",
        f"{real:,} random real points with m <= 10^4, {far:,} with 10^4 < m <= 10^6 and {plane:,} "
        "with complex z (m <= 10^4), against the exact value, where that is within 1e-290..1e305. "
        "Errors of hypgeo in eps kappa (see [parameter_space.md](parameter_space.md), which says "
        "which method runs where). wrong inf: infinite where the value is not. SciPy "
        f"{record['environment']['scipy']}; mpmath {record['mpmath']} at 15 digits, some hundred "
        f"of the points with m <= 300; JAX: {record['jax']}.",
        "",
        *space_regions(record),
        *goals(record),
    ]


def space_regions(record: Record) -> list[str]:
    """One row for each region and each kind of points."""
    rows = []
    for part, prefix in (("real", ""), ("far", "10^4 < m, "), ("complex", "complex z, ")):
        names = [] if part == "far" else record[part]["regions"]
        rows += [_space_row(prefix, line) for line in (record[part]["all"], *names)]
    ours = ("points", "max", "99.9 %", "median", "NaN / wrong inf / > 1e-9 / > 1e-13")
    others = tuple(f"{name} (points: {ours[-1]})" for name in ("SciPy", "mpmath"))
    jax = ("JAX",) if "jax" in record["real"]["all"] else ()
    return table(("region", *ours, *others, *jax), rows)


def _space_row(prefix: str, line: Record) -> tuple[str, ...]:
    ours = line["ours"]

    def faults(counts: Record) -> str:
        return " / ".join(f"{counts[key]:,}" for key in ("nan", "inf", "lost", "bad"))

    theirs = [
        f"{line[name]['points']:,}: {faults(line[name])}" if name in line else "-"
        for name in ("scipy", "mpmath")
    ]
    if "jax" in line:
        theirs.append(f"{line['jax']['points']:,}: {faults(line['jax'])}")
    errors = (number(ours[key]) for key in ("max", "p999", "median"))
    return (f"{prefix}{line['region']}", f"{ours['points']:,}", *errors, faults(ours), *theirs)


SECTIONS: dict[str, Callable[[Record], list[str]]] = {
    "plan": plan,
    "varying": varying,
    "scalar": scalar,
    "accuracy": accuracy,
    "space": space,
    "gpu": gpu,
}
