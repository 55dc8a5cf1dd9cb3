"""Write tests/tables/hard_cases.csv and docs/hard_cases.md: cases that others published.

    python tools/make_hard_cases.py

The columns up to `remark` are the record of what was published, kept by hand: to add a case, add a
line and leave the rest empty.  This command fills in the rest.  The value is exact rational (for
complex z Gaussian rational) arithmetic, rounded once; a series of balls has to contain it and, for
real z, two forms of hypgeo.reference have to equal it.  `scale` is |F| + |z F_z| + |b F_b| +
|c F_c|, the size of the change of F under relative changes of the arguments; kappa = scale / |F|.
`published_error` is the relative error of the published value, or 0 if it is right to the last
digit printed for the arguments as doubles or as decimals; absolute where the value is zero.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import inf, lcm
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import scipy
from flint import acb, arb, ctx, fmpq, fmpz

import hypgeo
from hypgeo import reference

HERE = Path(__file__).resolve().parent.parent
TABLE = HERE / "tests" / "tables" / "hard_cases.csv"
PAGE = HERE / "docs" / "hard_cases.md"
DIGITS, WORK_DIGITS = 30, 40
# Bits of the balls when they are compared with the exact value, and of the scale.
AGREE_BITS, SCALE_BITS = 110, 40
# A published value further off than this, and than the promise, is called wrong.
WRONG = 1e-12
EPS = 2.0**-52
PROMISE = 16
# The test grid of SciPy: on the page one line sums it up.
GRID = "test_hyp2f1_real_some"

Gauss = tuple[Fraction, Fraction]
Triple = tuple[fmpz, fmpz, fmpz]


@dataclass(frozen=True)
class Case:
    """Arguments, exactly: the degree, the other numerator parameter, c, and z = x + iy."""

    m: int
    b: Fraction
    c: Fraction
    x: Fraction
    y: Fraction

    @property
    def one(self) -> bool:
        """Whether F is 1 whatever the other arguments are, c a pole included."""
        return self.m == 0 or self.x == self.y == 0

    @property
    def pole(self) -> bool:
        return self.c.denominator == 1 and -self.m < self.c <= 0 and not self.one


def parts(text: str) -> tuple[str, str]:
    """Real and imaginary part of a number as written."""
    if not text.endswith("j"):
        return text, "0"
    at = max(i for i, ch in enumerate(text) if ch in "+-" and i and text[i - 1] not in "eE")
    return text[:at], text[at:-1]


def case_of(row: dict[str, str], decimal: bool) -> Case:
    """Case with its arguments as doubles, or as the decimals that the table holds."""

    def number(text: str) -> Fraction:
        return Fraction(text) if decimal else Fraction(float(text))

    a, b, c = (number(row[key]) for key in "abc")
    x, y = (number(text) for text in parts(row["z"]))
    m, other = min((int(-p), q) for p, q in ((a, b), (b, a)) if p.denominator == 1 and p <= 0)
    return Case(m, other, c, x, y)


def exact(p: Case) -> Gauss:
    """The polynomial by binary splitting: every number an integer until the last division."""
    if p.one:
        return Fraction(1), Fraction(0)
    den, zd = lcm(p.b.denominator, p.c.denominator), lcm(p.x.denominator, p.y.denominator)
    b0, c0, x0, y0 = int(p.b * den), int(p.c * den), int(p.x * zd), int(p.y * zd)

    def mul(u: tuple[fmpz, fmpz], v: tuple[fmpz, fmpz]) -> tuple[fmpz, fmpz]:
        return u[0] * v[0] - u[1] * v[1], u[0] * v[1] + u[1] * v[0]

    def split(lo: int, hi: int) -> tuple[Any, fmpz, Any]:
        # (product of numerators, product of denominators, sum of products times the latter)
        if hi - lo == 1:
            w = (lo - p.m) * (b0 + lo * den)
            num = fmpz(w * x0), fmpz(w * y0)
            return num, fmpz((lo + 1) * (c0 + lo * den) * zd), num
        mid = (lo + hi) // 2
        (p1, q1, s1), (p2, q2, s2) = split(lo, mid), split(mid, hi)
        tail = mul(p1, s2)
        return mul(p1, p2), q1 * q2, (s1[0] * q2 + tail[0], s1[1] * q2 + tail[1])

    _, q, s = split(0, p.m)
    pair = fmpq(q + s[0], q), fmpq(s[1], q)
    return Fraction(int(pair[0].p), int(pair[0].q)), Fraction(int(pair[1].p), int(pair[1].q))


def to_arb(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def balls(p: Case) -> tuple[acb, arb]:
    """F and its scale at the current precision, from the series and its derivatives by terms."""
    b, c, z = to_arb(p.b), to_arb(p.c), acb(to_arb(p.x), to_arb(p.y))
    term, harmonic_b, harmonic_c = acb(1), arb(0), arb(0)
    f, zf, bf, cf = acb(1), acb(0), acb(0), acb(0)
    if p.one:
        return f, arb(1)
    for k in range(p.m):
        harmonic_b += b / (b + k)
        harmonic_c += c / (c + k)
        term = term * z * ((b + k) * (k - p.m)) / ((c + k) * (k + 1))
        f, zf = f + term, zf + (k + 1) * term
        bf, cf = bf + term * harmonic_b, cf - term * harmonic_c
    return f, sum((abs(v) for v in (f, zf, bf, cf)), arb(0))


def settle(p: Case) -> tuple[Gauss, mpmath.mpf]:
    """Exact value, confirmed by the balls, and the scale."""
    value = exact(p)
    bits = 200
    while True:
        with ctx.workprec(bits):
            f, scale = balls(p)
            truth = acb(to_arb(value[0]), to_arb(value[1]))
            gap = abs(f - truth).abs_upper() * arb(2) ** AGREE_BITS
            if scale.rel_accuracy_bits() >= SCALE_BITS and bool(gap < scale.abs_lower()):
                if not (f.contains(truth) or f.overlaps(truth)):
                    raise ArithmeticError(f"the series does not contain the exact value of {p}")
                return value, mpmath.mpf(scale.mid().str(12, radius=False))
        bits *= 2


def as_mpf(x: Fraction) -> mpmath.mpf:
    return mpmath.mpf(x.numerator) / x.denominator


def check_reference(p: Case, value: Fraction) -> None:
    """Two independent forms of the exact reference, real z."""
    if p.one:  # c may be a pole there, which hypgeo.reference refuses
        return
    got = reference.hyp2f1(-p.m, p.b, p.c, p.x, digits=WORK_DIGITS)
    if abs(got - as_mpf(value)) > abs(got) * mpmath.mpf(10) ** (1 - WORK_DIGITS):
        raise ArithmeticError(f"hypgeo.reference has {got} for {p}")


def published_error(text: str, row: dict[str, str]) -> str:
    """See the module's docstring."""
    if text == "" or text == "inf":
        return "" if text == "" else str(0.0 if case_of(row, False).pole else inf)
    given = [Fraction(part) for part in parts(text)]
    units = [Fraction(10) ** int(Decimal(part).as_tuple().exponent) for part in parts(text)]
    for decimal in (False, True):
        gaps = [abs(g - v) for g, v in zip(given, exact(case_of(row, decimal)), strict=True)]
        if all(gap <= unit for gap, unit in zip(gaps, units, strict=True)):
            return "0.0"
    value = exact(case_of(row, False))
    gap = mpmath.hypot(*(as_mpf(g - v) for g, v in zip(given, value, strict=True)))
    return mpmath.nstr(gap / (mpmath.hypot(*map(as_mpf, value)) or 1), 3)


def fill(row: dict[str, str]) -> None:
    """Compute the columns that are not kept by hand."""
    p = case_of(row, False)
    row["published_error"] = published_error(row["published"], row)
    if p.pole:
        row.update(value="inf", value_imag="", scale="inf", kappa="inf")
        return
    value, scale = settle(p)
    if row["z"].endswith("j"):
        row["value_imag"] = mpmath.nstr(as_mpf(value[1]), DIGITS)
    else:
        row["value_imag"] = ""
        check_reference(p, value[0])
    size = mpmath.hypot(*map(as_mpf, value))
    row["value"] = mpmath.nstr(as_mpf(value[0]), DIGITS)
    row["scale"] = mpmath.nstr(scale, 8)
    row["kappa"] = mpmath.nstr(scale / size, 6) if size else "inf"


def error_of(got: Any, row: dict[str, str]) -> mpmath.mpf:
    """Relative error, absolute where the value is or rounds to 0; 0 for the infinity due."""
    given, want = mpmath.mpc(got), mpmath.mpc(row["value"], row["value_imag"] or "0")
    double = not isinstance(got, mpmath.mpf | mpmath.mpc)
    if mpmath.isnan(given):
        return mpmath.nan
    if mpmath.isinf(given) or mpmath.isinf(want):
        top = max(abs(want.real), abs(want.imag)) >= mpmath.mpf(2) ** 1024
        due = mpmath.isinf(given) and (mpmath.isinf(want) or (double and top))
        return mpmath.mpf(0 if due else inf)
    zero = want == 0 or (double and abs(want) <= mpmath.mpf(2) ** -1075)
    return abs(given - want) / (1 if zero else abs(want))


def competitor(name: str, row: dict[str, str]) -> mpmath.mpf | str:
    """Error of one library, or the name of its exception."""
    args = [float(row[key]) for key in "abc"]
    z = complex(row["z"]) if row["z"].endswith("j") else float(row["z"])
    calls = {"hypgeo": hypgeo.hyp2f1, "SciPy": scipy.special.hyp2f1, "mpmath": mpmath.hyp2f1}
    with np.errstate(all="ignore"), mpmath.workdps(15):
        try:
            got = calls[name](*args, z)
        except (ValueError, ZeroDivisionError, TypeError, mpmath.mp.NoConvergence) as error:
            return type(error).__name__
    return error_of(got, row)


def shown(x: mpmath.mpf | str) -> str:
    if isinstance(x, str) or mpmath.isnan(x) or mpmath.isinf(x) or x == 0:
        return x if isinstance(x, str) else "NaN" if mpmath.isnan(x) else "inf" if x else "0"
    return mpmath.nstr(x, 2, min_fixed=0, max_fixed=0)


def cells(row: dict[str, str], errors: Iterable[mpmath.mpf | str]) -> list[str]:
    """One line of the table of the page."""
    call = ", ".join(f"{float(row[key]):.10g}" for key in "abc")
    z = row["z"] if row["z"].endswith("j") else f"{float(row['z']):.10g}"
    value = mpmath.nstr(mpmath.mpf(row["value"]), 8)
    if row["value_imag"]:
        imag = mpmath.mpf(row["value_imag"])
        value += f" {'-' if imag < 0 else '+'} {mpmath.nstr(abs(imag), 8)}i"
    said = [row["remark"]] if row["remark"] else []
    limit = max(WRONG, PROMISE * EPS * float(row["kappa"])) if row["kappa"] != "inf" else WRONG
    if row["published_error"] and float(row["published_error"]) > limit:
        said.insert(0, f"**published as {row['published']}: off by {row['published_error']}**")
    if row["returned"]:
        said.append(row["returned"])
    kappa = f"{float(row['kappa']):.2g}"
    return [row["source"], f"({call}; {z})", value, kappa, *map(shown, errors), "; ".join(said)]


def write_page(rows: list[dict[str, str]]) -> None:
    """docs/hard_cases.md: the text before the table stays, the tables are made anew."""
    text = PAGE.read_text(encoding="utf-8")
    head = text[: text.index("<!-- generated -->")]
    names = ("hypgeo", "SciPy", "mpmath")
    header = ["source", "(a, b, c; z)", "value", "kappa", *names, "remarks, as published"]
    lines = [
        "<!-- generated -->",
        "",
        f"SciPy {scipy.__version__}, mpmath {mpmath.__version__} at 15 digits. Errors are",
        "relative, absolute where the value is 0; 0 is an exact result or the infinity due.",
        "",
    ]
    table = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    worst: dict[str, list[mpmath.mpf | str]] = {name: [] for name in names}
    for row in rows:
        errors = [competitor(name, row) for name in names]
        if GRID in row["source"]:
            for name, error in zip(names, errors, strict=True):
                worst[name].append(error)
            continue
        table.append(f"| {' | '.join(cells(row, errors))} |")
    lines += [*table, "", f"## The grid of `{GRID}`", ""]
    titles = ["", "points", "NaN or exception", "error > 1e-13", "largest error"]
    lines += [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    for name, errors_of in worst.items():
        numbers = [e for e in errors_of if not isinstance(e, str) and e == e]
        counts = len(errors_of), len(errors_of) - len(numbers), sum(e > 1e-13 for e in numbers)
        lines.append(f"| {name} | {' | '.join(map(str, counts))} | {shown(max(numbers))} |")
    PAGE.write_text(head + "\n".join([*lines, ""]), encoding="utf-8")


def main() -> None:
    """Fill in the table, then write the page."""
    mpmath.mp.dps = WORK_DIGITS
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        fill(row)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    write_page(rows)


if __name__ == "__main__":
    main()
