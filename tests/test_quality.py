"""Linters, types, and every kernel header under each compiler that is here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEADERS = sorted((ROOT / "hypgeo" / "csrc").glob("*.h"))
STRICT = ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]

# Names every baseline and every route once, so that nvcc generates their device code.
DEVICE_CODE = """
__global__ void every_kernel(double* x, const double* ratio, int r) {
  using namespace hypgeo::portable;
  const double m = x[0], b = x[1], c = x[2], z = x[3];
  x[4] = direct(m, b, c, z);
  x[5] = reflected(m, b, c, z);
  x[6] = reflected_auto(m, b, c, z);
  x[7] = parallel(m, b, c, z);
  x[8] = scan(m, b, c, z);
  x[9] = parallel_precomputed(ratio, 8, series::prefactor(m, b, c), m, b, c, z);
  x[10] = run_route<as_value, double>(route(r), m, b, c, z, nullptr);
}
"""


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def find_nvcc() -> str | None:
    home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    return shutil.which("nvcc") or shutil.which("nvcc", path=f"{home}/bin")


needs_gxx = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
needs_nvcc = pytest.mark.skipif(find_nvcc() is None, reason="nvcc is not installed")


def test_lint() -> None:
    run(sys.executable, "-m", "ruff", "check", "--no-cache", ".")


def test_format() -> None:
    run(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")


def test_types(tmp_path: Path) -> None:
    run(sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path))


@needs_gxx
@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_header_alone_compiles(header: Path, tmp_path: Path) -> None:
    unit = tmp_path / "unit.cpp"
    unit.write_text(f'#include "hypgeo/csrc/{header.name}"\n')
    run("g++", *STRICT, f"-I{ROOT}", "-fsyntax-only", str(unit))


@needs_nvcc
@pytest.mark.parametrize("arch", [pytest.param("sm_80", marks=pytest.mark.slow), "sm_90"])
def test_headers_compile_for_the_device(arch: str, tmp_path: Path) -> None:
    unit = tmp_path / "unit.cu"
    includes = "".join(f'#include "hypgeo/csrc/{header.name}"\n' for header in HEADERS)
    unit.write_text(includes + DEVICE_CODE)
    nvcc = find_nvcc()
    assert nvcc is not None
    flags = ["-std=c++17", f"-arch={arch}", "-Werror", "all-warnings", f"-I{ROOT}"]
    run(nvcc, *flags, "-cubin", "-o", str(tmp_path / "unit.cubin"), str(unit))
