"""Where the command writes: a folder that takes files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

from graphcut._cli_data import UsageError


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
