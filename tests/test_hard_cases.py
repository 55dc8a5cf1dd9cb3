"""Cases that others published, tests/tables/hard_cases.csv: the table itself, then every row."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from accuracy import EPS, TABLES, promise

import hypgeo
from hypgeo import reference

# Outside the home domain: this many eps of the change of F under relative changes of the arguments.
PROMISE_SCALE = 16
# Half the smallest subnormal, what rounding costs at the bottom of the range; and the range's top.
HALF_SUBNORMAL, OVERFLOW = Fraction(1, 2**1075), Fraction(2**1024)
# The table prints 30 digits of a value, 8 of a scale, 6 of kappa, 3 of a published error.
VALUE_ULP, SCALE_ULP, KAPPA_ULP, ERROR_ULP = Fraction(1, 10**29), 1e-7, 1e-5, 1e-2
# Above this degree the sums in rational arithmetic below take too long.
PLAIN_DEGREE = 100
# Published doubles come from sums that lost a few digits; a deviation up to here is no mistake.
WRONG = 1e-12

Gauss = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Row:
    """One line of the table, its arguments as doubles."""

    text: dict[str, str]

    @property
    def abc(self) -> tuple[float, float, float]:
        return float(self.text["a"]), float(self.text["b"]), float(self.text["c"])

    @property
    def complex(self) -> bool:
        return self.text["z"].endswith("j")

    @property
    def z(self) -> Any:
        return complex(self.text["z"]) if self.complex else float(self.text["z"])

    @property
    def pole(self) -> bool:
        return self.text["value"] == "inf"

    @property
    def value(self) -> Gauss:
        return Fraction(self.text["value"]), Fraction(self.text["value_imag"] or "0")

    @property
    def degree(self) -> tuple[int, float]:
        """m, and the numerator parameter that does not end the sum."""
        a, b, _ = self.abc
        return min((int(-p), q) for p, q in ((a, b), (b, a)) if p <= 0 and p == int(p))

    @property
    def home(self) -> bool:
        _, b = self.degree
        c = self.abc[2]
        return not self.complex and ((0 < b < c and 0 <= self.z <= 1) or (self.z < 0 < min(b, c)))

    @property
    def allowed(self) -> Fraction:
        """Largest absolute error that the promise leaves, the rounding of the result included."""
        limit = Fraction(EPS) * PROMISE_SCALE * Fraction(self.text["scale"])
        if self.home:
            size = abs(self.value[0])
            limit = min(limit, Fraction(EPS) * Fraction(float(promise(float(size)))) * size)
        return limit + HALF_SUBNORMAL


def read() -> list[Row]:
    with (TABLES / "hard_cases.csv").open(newline="", encoding="utf-8") as file:
        return [Row(line) for line in csv.DictReader(file)]


ROWS = read()
REAL = [row for row in ROWS if not row.complex]
COMPLEX = [row for row in ROWS if row.complex]


def log10(x: Fraction) -> float:
    """Of numbers beyond the range of doubles, too."""
    return math.log10(x.numerator) - math.log10(x.denominator)


def complaint(row: Row, got: Any) -> str:
    """Empty if `got` is within the promise."""
    here = f"{row.text['source']} {row.abc} {row.z}: got {got}, want {row.text['value']}"
    here += f" {row.text['value_imag']}i" if row.complex else ""
    if row.pole:
        return "" if got == math.inf else here
    given = complex(got)
    square = Fraction(0)
    for part, truth in zip((given.real, given.imag), row.value, strict=True):
        if abs(truth) >= OVERFLOW:
            if part != (math.inf if truth > 0 else -math.inf):
                return here
        elif not math.isfinite(part):
            return here
        else:
            square += (Fraction(part) - truth) ** 2
    allowed = f"{here}, 10^{log10(row.allowed):.1f} is allowed"
    return "" if square <= row.allowed**2 else allowed


def check(rows: list[Row], values: Any) -> None:
    said = [complaint(row, got) for row, got in zip(rows, values, strict=True)]
    bad = [line for line in said if line]
    assert not bad, f"{len(bad)} of {len(rows)}\n" + "\n".join(bad[:20])


def columns(rows: list[Row]) -> list[Any]:
    return [np.array(x) for x in zip(*((*row.abc, row.z) for row in rows), strict=True)]


def test_real_scalars() -> None:
    check(REAL, [hypgeo.hyp2f1(*row.abc, row.z) for row in REAL])


def test_real_arrays() -> None:
    check(REAL, hypgeo.hyp2f1(*columns(REAL)))


def test_real_with_a_and_b_exchanged() -> None:
    a, b, c, z = columns(REAL)
    check(REAL, hypgeo.hyp2f1(b, a, c, z))


def test_complex_scalars() -> None:
    check(COMPLEX, [hypgeo.hyp2f1(*row.abc, row.z) for row in COMPLEX])


def test_complex_arrays() -> None:
    check(COMPLEX, hypgeo.hyp2f1(*columns(COMPLEX)))


def test_real_arguments_as_complex() -> None:
    rows = [row for row in REAL if not row.pole and not row.home]
    a, b, c, z = columns(rows)
    check(rows, hypgeo.hyp2f1(a, b, c, z.astype(complex)))


def test_conjugate_arguments_give_conjugate_values() -> None:
    a, b, c, z = columns(COMPLEX)
    np.testing.assert_array_equal(
        hypgeo.hyp2f1(a, b, c, z.conj()), hypgeo.hyp2f1(a, b, c, z).conj()
    )


def terms(row: Row) -> Iterator[tuple[Gauss, Fraction, Fraction, int]]:
    """Terms of the series, with the derivatives of their logarithms in ln b and ln c."""
    m, other = row.degree
    b, c, z = Fraction(other), Fraction(row.abc[2]), complex(row.z)
    x, y = Fraction(z.real), Fraction(z.imag)
    t, in_b, in_c = (Fraction(1), Fraction(0)), Fraction(0), Fraction(0)
    yield t, in_b, in_c, 0
    for k in range(m):
        if (x == 0 and y == 0) or b == 0:
            return
        ratio = (b + k) * (k - m) / ((c + k) * (k + 1))
        t = ratio * (t[0] * x - t[1] * y), ratio * (t[0] * y + t[1] * x)
        in_b, in_c = in_b + b / (b + k), in_c + c / (c + k)
        yield t, in_b, in_c, k + 1


def plain_sums(row: Row) -> list[Gauss]:
    """F, z F_z, b F_b and c F_c, each a sum of fractions."""
    sums = [[Fraction(0), Fraction(0)] for _ in range(4)]
    for t, in_b, in_c, k in terms(row):
        for total, weight in zip(sums, (1, k, in_b, -in_c), strict=True):
            total[0], total[1] = total[0] + weight * t[0], total[1] + weight * t[1]
    return [(total[0], total[1]) for total in sums]


def assert_thirty_digits(row: Row, truth: Fraction, part: int = 0) -> None:
    assert abs(row.value[part] - truth) <= VALUE_ULP * abs(truth), row.text


SMALL = [row for row in ROWS if not row.pole and row.degree[0] <= PLAIN_DEGREE]


def test_values_are_those_of_the_plain_series() -> None:
    for row in SMALL:
        for part, truth in enumerate(plain_sums(row)[0]):
            assert_thirty_digits(row, truth, part)


@pytest.mark.parametrize(
    "row",
    [row for row in REAL if not row.pole and row.degree[0] > PLAIN_DEGREE],
    ids=lambda row: row.text["source"],
)
def test_values_are_those_of_the_reference(row: Row) -> None:
    truth = reference.hyp2f1(*row.abc, row.z, digits=40)
    assert_thirty_digits(row, Fraction(mpmath.nstr(truth, 40)))


def size(pair: Gauss) -> Fraction:
    """Modulus, to more digits than any column has."""
    square = pair[0] ** 2 + pair[1] ** 2
    shift = 10**40
    root = math.isqrt(square.numerator * square.denominator * shift**2)
    return Fraction(root, square.denominator * shift)


def test_scale_and_kappa() -> None:
    for row in SMALL:
        sums = plain_sums(row)
        scale = sum(map(size, sums), Fraction(0))
        assert log10(Fraction(row.text["scale"]) / scale) == pytest.approx(0, abs=SCALE_ULP)
        kappa = float(scale / size(sums[0])) if size(sums[0]) else math.inf
        assert float(row.text["kappa"]) == pytest.approx(kappa, rel=KAPPA_ULP), row.text


def test_a_pole_is_where_the_denominator_vanishes_first() -> None:
    for row in ROWS:
        m, c = row.degree[0], row.abc[2]
        assert row.pole == (c <= 0 and c == int(c) and -c < m and row.z != 0)


def published(row: Row) -> Gauss:
    text = row.text["published"]
    if not text.endswith("j"):
        return Fraction(text), Fraction(0)
    found = re.fullmatch(r"(.*[^eE])([+-].+)j", text)
    assert found is not None, text
    return Fraction(found[1]), Fraction(found[2])


def test_published_errors_are_as_stated() -> None:
    for row in ROWS:
        if row.text["published"] == "" or row.pole:
            continue
        stated = Fraction(row.text["published_error"])
        (u, v), (x, y) = published(row), row.value
        error = size((u - x, v - y)) / (size(row.value) or 1)
        if stated:
            assert log10(error / stated) == pytest.approx(0, abs=ERROR_ULP), row.text
        else:  # right to its last digit, if need be for arguments that are no doubles
            digits = Fraction(1, 10 ** (len(re.findall(r"\d", row.text["published"])) - 1))
            change = PROMISE_SCALE * EPS * Fraction(row.text["scale"]) / (size(row.value) or 1)
            assert error <= digits + change, row.text


def test_published_values_that_are_wrong() -> None:
    wrong = {
        row.text["source"]
        for row in ROWS
        if row.text["published_error"] and float(row.text["published_error"]) > WRONG
    }
    assert wrong == {
        "scipy/scipy#26089",
        "scipy/xsf#85",
        "JuliaMath/HypergeometricFunctions.jl:test/regression_tests.jl",
    }


def test_every_row_names_a_thread_or_a_file() -> None:
    for row in ROWS:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+(#\d+|:[\w./-]+(::\w+)?)", row.text["source"])
