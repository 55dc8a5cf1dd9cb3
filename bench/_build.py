"""Build hypgeo's compiled module where it is missing, with a C++ compiler and nothing else.

A machine with a GPU and without a package registry may have no CMake and no build backend.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
# As in CMakeLists.txt.
FLAGS = (
    *("-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off"),
    *("-fno-math-errno", "-fno-trapping-math"),
)
WIDE = {
    "kernels_avx2.cpp": ("-mavx2", "-mfma", "-mbmi2"),
    "kernels_avx512.cpp": ("-mavx512f", "-mavx512dq", "-mavx512vl", "-mfma", "-mbmi2"),
}


def ensure_core() -> None:
    """Make ``hypgeo._core`` importable."""
    if find_spec("hypgeo._core") is None:
        print("building hypgeo._core", file=sys.stderr)
        _build()


def _build() -> None:
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        raise SystemExit("hypgeo is not installed, and there is no g++ to build it with")
    import numpy

    is_x86 = platform.machine().lower() in {"x86_64", "amd64"}
    sources = sorted((ROOT / "hypgeo" / "_ext").glob("*.cpp"))
    # The portable ones first: see CMakeLists.txt.
    sources = [x for x in sources if x.name not in WIDE] + [
        x for x in sources if x.name in WIDE and is_x86
    ]
    include = [f"-I{path}" for path in (ROOT, numpy.get_include(), sysconfig.get_path("include"))]
    defines = ["-DHYPGEO_X86"] if is_x86 else []
    with TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        objects = [str(Path(folder) / f"{x.stem}.o") for x in sources]
        commands = [
            [compiler, *FLAGS, *defines, *WIDE.get(x.name, ()), *include, "-c", str(x), "-o", to]
            for x, to in zip(sources, objects, strict=True)
        ]
        list(pool.map(_run, commands))
        target = ROOT / "hypgeo" / f"_core{sysconfig.get_config_var('EXT_SUFFIX')}"
        _run([compiler, "-shared", *objects, "-o", str(target)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
