"""Text of the CUDA kernels in one piece, for compilers at run time.

The headers are pasted in front of a kernel rather than left to the compiler's search: NVRTC then
needs no files, and a cache whose key is the text (CuPy's, and `hypgeo.gpu._nvrtc`) sees an edit
in any of them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

#: Where ``hypgeo/csrc`` and ``hypgeo/gpu`` are found by their full names.
ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(__file__).resolve().parent / "cuda"

_INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<[^>]+>).*$')
_ONCE = re.compile(r"^\s*#\s*pragma\s+once\s*$")


@cache
def pasted(name: str) -> str:
    """One file of kernels with everything that it includes.

    Parameters
    ----------
    name : str
        Of a file in ``hypgeo/gpu/cuda``.

    Returns
    -------
    str
        Without any ``#include``: for standard headers stands ``nvrtc_std.cuh``.

    Examples
    --------
    >>> "#include" in pasted("baselines.cu")
    False
    """
    seen: set[Path] = set()
    return _inlined(FOLDER / "nvrtc_std.cuh", seen) + _inlined(FOLDER / name, seen)


def _inlined(path: Path, seen: set[Path]) -> str:
    if path in seen:
        return ""
    seen.add(path)
    pieces: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        found = _INCLUDE.match(line)
        if found is None:
            if not _ONCE.match(line):
                pieces.append(f"{line}\n")
        elif found[1] is not None:
            pieces.append(_inlined(_resolved(path, found[1]), seen))
    return "".join(pieces)


def _resolved(path: Path, name: str) -> Path:
    beside = path.parent / name
    return beside if beside.exists() else ROOT / name
