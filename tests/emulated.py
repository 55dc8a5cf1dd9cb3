"""The GPU kernels, compiled by g++ as they stand, on NumPy arrays as if these were on a device."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hypgeo.gpu import _evaluate
from hypgeo.gpu._operands import Array

ROOT = Path(__file__).resolve().parent.parent
ORDERS = ("forward", "backward", "shuffled")
FLAGS = ("-std=c++17", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror")


def reason() -> str | None:
    return "g++ is not installed" if shutil.which("g++") is None else None


def _key() -> str:
    """Of all that the library is made of, so that tests that run side by side share one build."""
    folders = ("hypgeo/csrc", "hypgeo/gpu/cuda", "tests")
    files = [p for name in folders for p in (ROOT / name).glob("*") if p.suffix in _SUFFIXES]
    text = b"".join(p.read_bytes() for p in sorted(files))
    return hashlib.sha256(text + repr(FLAGS).encode()).hexdigest()[:20]


_SUFFIXES = {".h", ".cuh", ".cu", ".cpp"}


@cache
def library() -> ctypes.CDLL:
    folder = Path(tempfile.gettempdir()) / f"hypgeo-emulated-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    built = folder / f"{_key()}.so"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes while it is built waits for it
        if not built.exists():
            new = built.with_suffix(".new")
            source = str(ROOT / "tests" / "emulated_kernels.cpp")
            command = ["g++", *FLAGS, "-fPIC", "-shared", f"-I{ROOT}", "-o", str(new), source]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            new.replace(built)
    return ctypes.CDLL(str(built))


class EmulatedFrame:
    """See `hypgeo.gpu._evaluate.Frame`. New arrays are full of NaN."""

    what = "a NumPy array"

    def __init__(self, order: str = "forward", processors: int = 2) -> None:
        self.order = order
        self.count = processors
        self.launched: list[str] = []

    def look(self, x: Any) -> Array | None:
        if not isinstance(x, np.ndarray) or x.ndim == 0:
            return None
        return Array("emulated", str(x.dtype), x.shape, x.strides, x.ctypes.data)

    def empty(self, shape: Any, kind: str, device: Any) -> Any:
        return np.full(tuple(shape), np.nan, kind)

    def zeros(self, count: int, device: Any) -> Any:
        return np.zeros(count, np.int32)

    def upload(self, array: Any, device: Any) -> Any:
        # The kernels read 16 bytes at a time.
        room = np.empty(array.nbytes + 16, np.uint8)
        start = -room.ctypes.data % 16
        copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
        copy[...] = array
        return copy

    def address(self, array: Any) -> int:
        return array.ctypes.data

    def processors(self, device: Any) -> int:
        return self.count

    def is_capturing(self, device: Any) -> bool:
        return False

    def launch(self, launches: Any, device: Any) -> None:
        for x in launches:
            self.launched.append(x.kernel)
            kernel = ctypes.cast(getattr(library(), x.kernel), ctypes.c_void_p)
            order = ORDERS.index(self.order)
            library().start_kernel(kernel, ctypes.byref(x.call), x.blocks, x.threads, order)


def evaluate(
    operation: str, a: Any, b: Any, c: Any, z: Any, method: str = "auto", **frame: Any
) -> tuple[Any, ...]:
    return _evaluate.evaluate(EmulatedFrame(**frame), operation, a, b, c, z, method)
