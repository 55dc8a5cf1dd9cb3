"""The table of docs/polynomials.md from the record of bench.polynomials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "polynomials.md"
BEGIN, END = "<!-- bench.polynomials begins -->", "<!-- bench.polynomials ends -->"
HEAD = [
    "| function | degree | points | median, eps | largest, eps | largest, eps kappa | SciPy's way "
    "| its median, eps | its largest, eps | its NaN |",
    "|---|---|---:|---:|---:|---:|---|---:|---:|---:|",
]


def number(x: float | None) -> str:
    """Three digits; nothing for what does not exist."""
    return "" if x is None else f"{x:.3g}"


def rows(name: str, part: dict[str, Any], needs_kappa: bool) -> list[str]:
    """One row for each way of SciPy's, at least one."""
    low, high = part["degrees"]
    ours = part["eps"]
    in_kappa = number(part["eps_kappa"]["max"]) if needs_kappa else ""
    first = [f"`{name}`", f"{low:g} to {high:g}", f"{part['points']}"]
    first += [number(ours["median"]), number(ours["max"]), in_kappa]
    lines = []
    for way, errors in part["scipy_eps"].items() or [("", None)]:
        theirs = (
            [number(errors["median"]), number(errors["max"]), f"{errors['nan']}"]
            if errors
            else 3 * [""]
        )
        lines.append("| " + " | ".join([*first, way, *theirs]) + " |")
        first = [""] * len(first)
    return lines


def write(errors: dict[str, list[dict[str, Any]]], with_kappa: set[str]) -> None:
    """Replace what stands between the two marks of the page."""
    body = [
        row
        for name, parts in errors.items()
        for p in parts
        for row in rows(name, p, name in with_kappa)
    ]
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text("\n".join([before + BEGIN, *HEAD, *body, END]) + after, encoding="utf-8")
