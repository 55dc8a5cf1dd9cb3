"""The tables of the whole parameter space, a sample of each recomputed in another way."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import pytest

flint = pytest.importorskip("flint", reason="the exact reference needs python-flint")
mpmath = pytest.importorskip("mpmath", reason="the exact reference needs mpmath")

from hypgeo import reference  # noqa: E402

TABLES = Path(__file__).parent / "tables"
# The text of a table carries 30 digits, rounded: half a unit of the 30th at worst 5e-30.
TABLE_ERROR = mpmath.mpf("5.1e-30")
# Condition numbers are written with 6 digits.
KAPPA_ERROR = 5.1e-6
SAMPLE = 60
# Degrees up to which a sample is recomputed: longer ones take seconds each.
SAMPLE_DEGREE = 3000


def error(value, truth):
    """Relative error, in the absolute value where complex; absolute where the truth is 0."""
    with mpmath.workdps(60):
        return abs(value - truth) / (abs(truth) or 1)


def rows_of(name: str, size: int) -> list[dict[str, str]]:
    """A sample of the shorter rows of a table, after a look at its size."""
    with (TABLES / f"{name}.csv").open(encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= size
    short = [row for row in rows if int(row["m"]) <= SAMPLE_DEGREE]
    return random.Random(len(rows)).sample(short, SAMPLE)


def as_mpf(text: str):
    with mpmath.workdps(40):
        return mpmath.mpf(text)


def test_general_table_is_reproduced_by_other_forms():
    """The table is from the best series and the recurrence; here by two forms chosen by cost."""
    for row in rows_of("general", 600):
        m, b, c, z = int(row["m"]), *(float(row[key]) for key in ("b", "c", "z"))
        value = reference.hyp2f1(-m, b, c, z)
        want = as_mpf(row["value"])
        assert value == want if mpmath.isinf(want) else error(value, want) < TABLE_ERROR, row
        if math.isinf(float(row["kappa"])):
            continue
        found = reference.derivatives(-m, b, c, z, digits=12)
        kappa = 1 + abs(c * found.d_c / value) + abs(z * found.d_z / value)
        # Where b is an integer of lower degree, the reference exchanges it with -m.
        other = -m if b <= 0 and b.is_integer() and -b < m else b
        kappa += abs(other * found.d_b / value)
        assert abs(float(kappa) / float(row["kappa"]) - 1) < KAPPA_ERROR, row


def test_complex_table_is_reproduced():
    for row in rows_of("complex", 200):
        m, b, c, x, y = int(row["m"]), *(float(row[key]) for key in ("b", "c", "x", "y"))
        value = reference.hyp2f1(-m, b, c, complex(x, y))
        with mpmath.workdps(40):
            want = mpmath.mpc(row["real"], row["imag"])
        if mpmath.isinf(want.real):
            assert value.real == mpmath.inf
        else:
            assert error(value, want) < TABLE_ERROR, row


def test_derivatives_table_is_reproduced_by_other_steps():
    """36 digits choose other precisions and steps than the 34 of the generator."""
    for row in rows_of("derivatives", 300)[: SAMPLE // 2]:
        m, b, c, z = int(row["m"]), *(float(row[key]) for key in ("b", "c", "z"))
        found = reference.derivatives(-m, b, c, z, digits=36)
        for name, value in found._asdict().items():
            assert error(value, as_mpf(row[name])) < TABLE_ERROR, (name, row)


def test_log_table_is_reproduced_from_the_values():
    for row in rows_of("log", 300):
        m, b, c, z = int(row["m"]), *(float(row[key]) for key in ("b", "c", "z"))
        value = reference.hyp2f1(-m, b, c, z, digits=90)
        with mpmath.workdps(90):
            log, less = mpmath.log(abs(value)), value - 1
        assert error(log, as_mpf(row["log"])) < TABLE_ERROR, row
        assert error(less, as_mpf(row["minus_one"])) < TABLE_ERROR, row
        assert int(row["sign"]) == mpmath.sign(value)
