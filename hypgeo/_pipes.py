"""Output whose reader has gone."""

from __future__ import annotations

import os
import sys


def abandon_stdout() -> None:
    """After BrokenPipeError (`| head`): close what is left without a second complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
