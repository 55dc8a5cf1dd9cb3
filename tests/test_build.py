"""The sdist and the wheel, and the wheel in an environment that has nothing but NumPy."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = str(ROOT / "constraints.txt")

TERMINATING = """
import shutil, hypgeo
assert shutil.which("g++") is None and shutil.which("cc") is None
assert hypgeo.__file__.startswith({prefix!r}), hypgeo.__file__
assert abs(hypgeo.hyp2f1(-5, 1, 2, .5) - 0.328125) < 1e-15
"""

# Scalar and ufunc loop report a missing SciPy in different ways.
WITHOUT_SCIPY = """
import numpy as np, hypgeo
for z in (0.5, np.full(3, 0.5), np.full(20_000, np.float32(0.5))):
    try:
        hypgeo.hyp2f1(0.3, 1, 2, z)
    except ImportError as error:
        assert "pip install hypgeo[scipy]" in str(error), error
    else:
        raise AssertionError("no ImportError")
"""


def run(*command: str, **options: object) -> None:
    env = {**os.environ, "PIP_CONSTRAINT": CONSTRAINTS, "PIP_BUILD_CONSTRAINT": CONSTRAINTS}
    options = {"env": env, **options}
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("dist")
    werror = "-Ccmake.define.HYPGEO_WERROR=ON"
    run(sys.executable, "-m", "build", werror, "--outdir", str(to), str(ROOT), cwd=to)
    return to


@pytest.fixture(scope="module")
def clean_python(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    run(str(python), "-m", "pip", "install", "-q", str(next(dist.glob("*.whl"))), cwd=home)
    return python


@pytest.mark.parametrize("script", [TERMINATING, WITHOUT_SCIPY], ids=["terminating", "no scipy"])
def test_wheel_runs_without_a_compiler(script: str, clean_python: Path) -> None:
    home = clean_python.parent.parent
    code = script.replace("{prefix!r}", repr(str(home)))
    env = {"PATH": str(clean_python.parent)}
    run(str(clean_python), "-W", "error", "-c", code, cwd=home, env=env)


def test_wheel_has_the_kernel_text_but_not_the_glue(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    headers = {f"hypgeo/csrc/{path.name}" for path in (ROOT / "hypgeo" / "csrc").glob("*.h")}
    modules = {f"hypgeo/{path.name}" for path in (ROOT / "hypgeo").glob("*.py")}
    gpu = {str(path.relative_to(ROOT)) for path in (ROOT / "hypgeo" / "gpu").rglob("*.[cp]*")}
    gpu = {name for name in gpu if "__pycache__" not in name}
    assert {"hypgeo/gpu/cuda/value.cu", "hypgeo/gpu/cuda/call.cuh", "hypgeo/gpu/__init__.py"} <= gpu
    assert headers | modules | gpu | {"hypgeo/py.typed", "hypgeo/_core.pyi"} <= names
    assert not any(name.startswith("hypgeo/_ext/") for name in names)


def test_sdist_has_what_a_build_needs(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"pyproject.toml", "CMakeLists.txt", "LICENSE", "hypgeo/_ext/module.cpp"} <= names
