"""Where the command writes: a folder that takes files, and files that are complete or untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from graphcut._cli_data import UsageError
from hypgeo._files import write_atomically


def prepare_folder(folder: Path, names: Iterable[str]) -> None:
    """Make the folder, and refuse one that cannot be written before any time is spent.

    Parameters
    ----------
    folder : Path
        Of ``--output``.
    names : iterable of str
        Files that will be written there.

    Raises
    ------
    UsageError
        If they cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"--output is {str(folder)!r}; a folder that takes files is needed: {error.strerror}"
        ) from error
    for name in names:
        if (folder / name).is_dir():
            raise UsageError(f"--output is {str(folder)!r}; {name} in it is a folder")


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file atomically, with errors that name it instead of a temporary one or of none.

    Parameters
    ----------
    path : Path
        The file.
    write : callable
        Takes the open binary file.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    try:
        write_atomically(path, write)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
