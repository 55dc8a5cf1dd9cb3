"""How far from the truth: the promise, and an error that is defined for every pair of doubles."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

import hypgeo

TABLES = Path(__file__).parent / "tables"

EPS = 2.0**-52
# The promise: 8 eps where F >= 1e-20. Below, the exponent ln F itself is rounded, which costs
# eps |ln F|.
PROMISE_EPS = 8.0
SMALL_F = 1e-20
# Half the spacing of subnormal numbers, 2^-1075, is what the final rounding costs, whatever the
# method; times 2^100, because it is no double itself.
HALF_SPACING_SCALED = 2.0**-975
# Half an ulp of float32 is 2^-24 relative at most; one ulp is twice that. The result may be the
# neighbour of the nearest float32, never further.
ULP32 = 1


def promise(f: Any) -> Any:
    """Largest error allowed at a true value f, in eps."""
    f = np.abs(np.asarray(f, dtype=float))
    # ln of the smallest subnormal stands for that of everything that underflows.
    small = np.abs(np.log(np.clip(f, 5e-324, 1.0)))
    return PROMISE_EPS + np.where(f < SMALL_F, small, 0.0)


LONG = 5000  # past the length from which one (a, b, c) goes by a table

#: `quadrature` by name also runs where `hyp2f1` takes a series: near z = 0 its integrand has long
#: tails, and the rounding of a few hundred points adds up to more than that of forty.
QUADRATURE_FACTOR = 2


def promise_of(method: str, f: Any) -> Any:
    """Largest error allowed to a method of full precision, in eps."""
    return promise(f) * (QUADRATURE_FACTOR if method == "quadrature" else 1)


def ulp_error(value: Any, hi: Any, lo: Any = 0.0) -> Any:
    """Relative error of `value` against hi + lo, in eps = 2^-52; 0 to inf, never NaN.

    NaN against NaN is 0, against a number inf. An infinity stands for 2^1024, the first number
    that overflows. Where hi + lo underflows to 0, only 0 is right. The rounding to a subnormal
    number is free.
    """
    value, hi, lo = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (value, hi, lo)))
    size = np.abs(hi)
    with np.errstate(all="ignore"):
        # Scaled so that neither 2^1024 nor eps times a subnormal number leaves the range.
        scale = np.select([size > 1, size < 2.0**-900], [0.25, 2.0**100], 1.0)
        v, h = _scaled(value, scale), _scaled(hi, scale)
        free = np.where(size < 2.0**-1021, HALF_SPACING_SCALED, 0.0)
        error = np.maximum(np.abs((v - h) - lo * scale) - free, 0.0) / (EPS * np.abs(h))
    error = np.where(h == 0, np.where(v == 0, 0.0, np.inf), error)
    both = np.isnan(value) & np.isnan(hi)
    return np.where(both, 0.0, np.where(np.isnan(error), np.inf, error))


def assert_same(value: Any, other: Any) -> None:
    """Equal up to the promised errors: elements that share a vector may differ in the last digit.

    An element at the wrong place is off by far more.
    """
    assert np.shape(value) == np.shape(other)
    np.testing.assert_array_less(ulp_error(value, other), 2 * promise(other) + 1e-9)


def one_by_one(a: Any, b: Any, c: Any, z: Any) -> Any:
    """hyp2f1 by the scalar call on every element."""
    arrays = np.broadcast_arrays(a, b, c, z)
    rows = zip(*(x.ravel() for x in arrays), strict=True)
    flat = [hypgeo.hyp2f1(*map(float, row)) for row in rows]
    return np.array(flat, dtype=float).reshape(arrays[0].shape)


def _scaled(x: Any, scale: Any) -> Any:
    infinity = np.where(scale < 1, 2.0**1022, np.inf)
    return np.where(np.isinf(x), np.copysign(infinity, x), x * scale)


def ulp32_distance(value: Any, exact: Any) -> Any:
    """Number of float32 values from `value` to the float32 nearest to `exact`."""
    with np.errstate(all="ignore"):
        nearest = np.asarray(exact, dtype=np.float64).astype(np.float32)
    return np.abs(_ordered(np.asarray(value, dtype=np.float32)) - _ordered(nearest))


def _ordered(x: Any) -> Any:
    """float32 as integers in the order of their values; 0.0 and -0.0 are one."""
    bits = x.view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)


@dataclass(frozen=True)
class Table:
    """Rows of a reference table; hi + lo is the value."""

    m: Any
    b: Any
    c: Any
    z: Any
    hi: Any
    lo: Any

    @property
    def arguments(self) -> tuple[Any, Any, Any, Any]:
        """(a, b, c, z) as hyp2f1 takes them."""
        return -self.m, self.b, self.c, self.z

    def where(self, mask: Any) -> Table:
        return Table(*(getattr(self, name)[mask] for name in ("m", "b", "c", "z", "hi", "lo")))


def read_table(name: str) -> Table:
    """Read tests/tables/<name>.csv; the 30 digits become two doubles."""
    with (TABLES / f"{name}.csv").open(newline="", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    columns = [np.array([float(row[key]) for row in rows]) for key in ("m", "b", "c", "z")]
    hi = np.array([float(row["value"]) for row in rows])
    lo = np.array([_rest(row["value"], h) for row, h in zip(rows, hi, strict=True)])
    return Table(*columns, hi, lo)


def _rest(text: str, hi: float) -> float:
    if hi == 0 or not np.isfinite(hi):
        return 0.0
    return float(Fraction(text) - Fraction(float(hi)))


def worst(error: Any, allowed: Any, table: Table, value: Any, count: int = 8) -> str:
    """The worst rows, for the message of a failed test; empty if all are within `allowed`."""
    excess = np.asarray(error) / allowed
    bad = np.flatnonzero(~(excess <= 1))
    lines = [f"{bad.size} of {excess.size} beyond the promise"] if bad.size else []
    for i in bad[np.argsort(-excess[bad])][:count]:
        lines.append(
            f"m={table.m[i]:.0f} b={table.b[i]!r} c={table.c[i]!r} z={table.z[i]!r}: "
            f"got {value[i]!r}, want {table.hi[i]!r}, {np.asarray(error)[i]:.3g} eps"
        )
    return "\n".join(lines)


# The promise outside the home domain, in eps kappa: up to degree 10^4, and up to 10^6.
GENERAL_EPS = 16.0
LONG_EPS = 64.0


def general_promise(m: Any, kappa: Any) -> Any:
    """Largest error allowed at condition number kappa, in eps."""
    return np.where(np.asarray(m) <= 10**4, GENERAL_EPS, LONG_EPS) * kappa


def read_columns(name: str) -> dict[str, tuple[Any, Any]]:
    """Columns of tests/tables/<name>.csv, each as two doubles hi + lo; inf beyond the range."""
    with (TABLES / f"{name}.csv").open(newline="", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    columns = {}
    for key in rows[0]:
        hi = [float(row[key]) for row in rows]
        lo = [_rest(row[key], h) for row, h in zip(rows, hi, strict=True)]
        columns[key] = np.array(hi), np.array(lo)
    return columns


def read_conditioned(name: str) -> tuple[Table, Any]:
    """general or complex: the table, z and the values complex in the latter, and kappa."""
    columns = read_columns(name)
    m, b, c = (columns[key][0] for key in "mbc")
    if "z" in columns:
        z, (hi, lo) = columns["z"][0], columns["value"]
    else:
        z = _complex(columns["x"][0], columns["y"][0])
        hi, lo = (_complex(columns["real"][i], columns["imag"][i]) for i in (0, 1))
    return Table(m, b, c, z, hi, lo), columns["kappa"][0]


def _complex(real: Any, imag: Any) -> Any:
    out = np.empty(np.shape(real), dtype=complex)
    out.real, out.imag = real, imag
    return out


def complex_error(value: Any, hi: Any, lo: Any) -> Any:
    """|value - (hi + lo)| / |hi| in eps; both beyond the range of a double count as 0."""
    value, hi, lo = np.broadcast_arrays(*(np.asarray(x, dtype=complex) for x in (value, hi, lo)))
    with np.errstate(all="ignore"):
        # Parts by their own exponents: |hi|^2 may leave the range where |hi| does not.
        size = np.maximum(np.abs(hi.real), np.abs(hi.imag))
        gap = [abs((v - h) / size - t / size) for v, h, t in _parts(value, hi, lo)]
        error = np.hypot(*gap) / (EPS * np.hypot(hi.real / size, hi.imag / size))
    error = np.where(size == 0, np.where(value == 0, 0.0, np.inf), error)
    beyond = np.isinf(size) & (np.isinf(value.real) | np.isinf(value.imag))
    return np.where(beyond, 0.0, np.where(np.isnan(error), np.inf, error))


def _parts(*values: Any) -> list[tuple[Any, ...]]:
    return [tuple(v.real for v in values), tuple(v.imag for v in values)]
