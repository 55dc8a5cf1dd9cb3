"""What the command line reads and writes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np

from hypgeo._files import write_atomically

FloatArray = np.ndarray[Any, np.dtype[np.floating[Any]]]

DTYPES = ("float64", "float32")
SUFFIXES = (".npy", ".csv")
COLUMNS = ["a", "b", "c", "z"]


class UsageError(ValueError):
    """Wrong arguments of the command line."""

    def __init__(self, argument: str, problem: str) -> None:
        super().__init__(f"argument {argument}: {problem}")


@dataclass(frozen=True)
class Points:
    """Where to evaluate: a, b, c scalars or columns as long as z."""

    a: float | FloatArray
    b: float | FloatArray
    c: float | FloatArray
    z: FloatArray
    listed: bool = False  # z was typed: results are printed without z

    @property
    def columns(self) -> list[str]:
        """Names of what varies."""
        return ["z"] if isinstance(self.a, float) else COLUMNS

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """Return what varies, point by point."""
        return zip(*(getattr(self, name) for name in self.columns), strict=True)


def read_points(
    numbers: Sequence[str], file: str | None, grid: Sequence[str] | None, log: bool
) -> Points:
    """Collect the points from positional numbers, a file or a grid."""
    if file is not None and grid is not None:
        raise UsageError("--grid", "cannot be combined with --input")
    if log and grid is None:
        raise UsageError("--log", "needs --grid START STOP N")
    names = ["A", "B", "C", *["Z"] * (len(numbers) - 3)]
    values = [_number(name, text) for name, text in zip(names, numbers, strict=False)]
    if file is not None:
        return _points_of_table(values, _read_table(Path(file)))
    needed = 3 if grid is not None else 4
    if len(values) < needed:
        raise UsageError(names[len(values)] if len(values) < 3 else "Z", "is missing")
    a, b, c, *z = values
    if grid is None:
        return Points(a, b, c, np.array(z), listed=True)
    if z:
        raise UsageError("Z", f"cannot be combined with --grid, got {z[0]!r}")
    return Points(a, b, c, _grid(grid, log))


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(name, f"must be a number, got {text.strip()!r}") from None


def _grid(grid: Sequence[str], log: bool) -> FloatArray:
    start, stop = _number("--grid START", grid[0]), _number("--grid STOP", grid[1])
    for name, value in (("START", start), ("STOP", stop)):
        if not np.isfinite(value):
            raise UsageError(f"--grid {name}", f"must be finite, got {value!r}")
    count = _number("--grid N", grid[2])
    if count < 1 or not count.is_integer():
        raise UsageError("--grid N", f"must be a positive integer, got {grid[2].strip()!r}")
    if not log:
        return np.linspace(start, stop, int(count))
    if not start * stop > 0:
        raise UsageError(
            "--log", f"needs START and STOP of one sign and not 0, got {start!r} and {stop!r}"
        )
    return np.geomspace(start, stop, int(count))


def _points_of_table(parameters: list[float], table: FloatArray) -> Points:
    if table.shape[1] == 1:
        if len(parameters) != 3:
            raise UsageError(
                "--input", f"has one column, z, and needs A B C besides, got {len(parameters)} of 3"
            )
        a, b, c = parameters
        return Points(a, b, c, table[:, 0])
    if parameters:
        raise UsageError("A", f"cannot be combined with a file of four columns, got {parameters}")
    return Points(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def _read_table(path: Path) -> FloatArray:
    """Return the rows of a file, of one or four columns."""
    if path.suffix not in SUFFIXES:
        raise UsageError("--input", f"must end in {' or '.join(SUFFIXES)}, got {str(path)!r}")
    try:
        table = np.load(path, allow_pickle=False) if path.suffix == ".npy" else _read_csv(path)
    except (OSError, ValueError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UsageError("--input", f"cannot read {str(path)!r}: {reason}") from None
    if table.ndim == 1:
        table = table[:, np.newaxis]
    if table.dtype.kind not in "biuf":
        raise UsageError("--input", f"must hold real numbers, got {path.name} of {table.dtype}")
    if table.ndim != 2 or table.shape[1] not in (1, 4):
        raise UsageError(
            "--input", f"must have one column (z) or four (a, b, c, z), got the shape {table.shape}"
        )
    return table.astype(np.float64)


def _read_csv(path: Path) -> FloatArray:
    """Numbers of a CSV file; a first line of names may order the four columns."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = [cell.strip() for cell in next(csv.reader(file), [])]
    if not first:
        raise ValueError("the file is empty")
    named = not any(is_number(cell) for cell in first)
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = file.readlines()[1 if named else 0 :]
    if not any(line.strip() for line in lines):
        return np.empty((0, len(first)))
    table = np.loadtxt(lines, delimiter=",", ndmin=2)
    if not named or len(first) != 4:
        return table
    if sorted(first) != COLUMNS:
        raise ValueError(f"the columns must be named a, b, c, z, got {', '.join(first)}")
    return table[:, [first.index(name) for name in COLUMNS]]


def is_number(text: str) -> bool:
    """Tell whether `float` reads the text."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def check_folder(argument: str, path: Path, suffixes: tuple[str, ...]) -> Path:
    """Refuse a path that cannot be written before any time is spent."""
    if path.suffix not in suffixes:
        raise UsageError(argument, f"must end in {' or '.join(suffixes)}, got {str(path)!r}")
    if not path.parent.is_dir():
        raise UsageError(argument, f"the folder {str(path.parent)!r} does not exist")
    if path.is_dir():
        raise UsageError(argument, f"{str(path)!r} is a folder")
    return path


def check_output(name: str | None) -> Path | None:
    """Path of ``--output``, if given and fit to be written."""
    return None if name is None else check_folder("--output", Path(name), SUFFIXES)


def csv_lines(points: Points, values: FloatArray) -> Iterable[str]:
    """Arguments and results as CSV, in the shortest decimals that read back the same."""
    yield ",".join([*points.columns, "value"]) + "\n"
    for row, value in zip(points.rows(), values, strict=True):
        yield ",".join([*(str(x) for x in row), str(value)]) + "\n"


def write_values(path: Path, points: Points, values: FloatArray) -> None:
    """Write the results as ``.npy`` or, with their arguments, as ``.csv``."""

    def write(file: BinaryIO) -> None:
        if path.suffix == ".npy":
            np.save(file, values)
            return
        for line in csv_lines(points, values):
            file.write(line.encode("ascii"))

    write_atomically(path, write)


def print_values(file: TextIO, points: Points, values: FloatArray) -> None:
    """Print the results: one a line, or as CSV where z was not typed."""
    if points.listed:
        file.writelines(f"{value}\n" for value in values)
    else:
        file.writelines(csv_lines(points, values))
