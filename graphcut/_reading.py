"""What the readers of files share: text, numbers, and errors that name the file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

import numpy as np
from numpy.typing import NDArray

# Arrays with an entry for each of more vertices than these are made only for graphs with edges
# enough: the largest number of a short list is an identifier rather than a count.
MOST_VERTICES = 10**8
MOST_PER_EDGE = 1000


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let errors of what is done inside begin with the name of the file, once.

    Parameters
    ----------
    path : str or path
        The file.
    """
    try:
        yield
    except (TypeError, ValueError, BadZipFile, EOFError) as error:
        if str(error).startswith(f"{path}: "):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{path}: {error}") from error


def read_lines(path: str | os.PathLike[str]) -> list[str]:
    """Lines of a text in UTF-8, without the mark that Excel puts before it.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    list of str
        Without the ends of the lines.

    Raises
    ------
    ValueError
        If the file is no such text.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise ValueError(f"line {line} holds the byte {byte:#04x}; UTF-8 is needed") from None


def check_zip(path: Path) -> None:
    """Refuse what NumPy would take for something else than an archive.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    ValueError
        If it is no .npz archive.
    """
    with path.open("rb") as file:
        if not is_zipfile(file):
            raise ValueError("the file is no .npz archive")


def is_number(word: str) -> bool:
    """Tell whether `float` reads the word.

    Parameters
    ----------
    word : str
        A word.

    Returns
    -------
    bool
        Whether it does.
    """
    try:
        float(word)
    except ValueError:
        return False
    return True


def to_numbers(
    rows: Sequence[tuple[int, Sequence[str]]], unit: str = "line"
) -> NDArray[np.float64]:
    """Table of rows of words.

    Parameters
    ----------
    rows : sequence of (int, sequence of str)
        Numbers of the rows, for error messages, and their words.
    unit : str
        What is numbered.

    Returns
    -------
    ndarray of float64, shape (m, words of a row)
        The numbers.

    Raises
    ------
    ValueError
        If rows differ in length or a word is no number.
    """
    width = len(rows[0][1]) if rows else 0
    for number, words in rows:
        if len(words) != width:
            wanted = f"{width} as in {unit} {rows[0][0]}"
            raise ValueError(f"{unit} {number} holds {len(words)} numbers; {wanted} are needed")
    try:
        return np.array([words for _, words in rows], dtype=np.float64)
    except ValueError:
        refuse_words(rows, unit)
        raise


def refuse_words(rows: Sequence[tuple[int, Sequence[str]]], unit: str) -> None:
    """Name the first word that is no number.

    Parameters
    ----------
    rows, unit
        As for `to_numbers`.

    Raises
    ------
    ValueError
        If there is one.
    """
    for number, words in rows:
        for place, word in enumerate(words, start=1):
            if not is_number(word):
                what = repr(word) if word.strip() else "missing"
                raise ValueError(f"word {place} of {unit} {number} is {what}; a number is needed")


def shortest(number: float) -> str:
    """Decimals that read back the same, without an exponent.

    Parameters
    ----------
    number : float
        A number.

    Returns
    -------
    str
        "3" for 3.0.
    """
    return np.format_float_positional(number, trim="-")


def check_vertex_count(n: int, edges: int) -> None:
    """Refuse numbers of vertices that no list of so few edges means.

    Parameters
    ----------
    n, edges : int
        Vertices and edges.

    Raises
    ------
    ValueError
        If there are more than `MOST_VERTICES` vertices and more than `MOST_PER_EDGE` for an edge.
    """
    if n > MOST_VERTICES and n > MOST_PER_EDGE * edges:
        raise ValueError(
            f"n, the number of vertices, is {n} for {edges} edges; vertices are numbered from 0 to "
            f"n - 1, relabel others, as numpy.unique(ids, return_inverse=True)[1] does"
        )
