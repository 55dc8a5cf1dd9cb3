"""Every CUDA file under nvcc, its pasted text under NVRTC; why a backend is not available."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import hypgeo
from hypgeo.gpu import _availability, _launch, _nvrtc, _source, reasons

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "hypgeo" / "gpu" / "cuda"
ARCHITECTURES = ("sm_80", "sm_90")
FILES = sorted(path.name for path in FOLDER.glob("*.cu"))
#: Machine code that takes its compiler minutes, and half a minute for value.cu, which one of the
#: architectures is enough for: PTX, unless slow tests are asked for.
LONG = ("minus_one.cu", "logarithm.cu", "with_error.cu", "derivatives.cu")
SLOW = [(name, arch) for name in LONG for arch in ARCHITECTURES] + [("value.cu", "sm_80")]
QUICK = [(name, arch) for name in FILES for arch in ARCHITECTURES if (name, arch) not in SLOW]

needs_nvcc = pytest.mark.skipif(_availability.nvcc() is None, reason=_availability.NO_NVCC)
needs_nvrtc = pytest.mark.skipif(_nvrtc.library() is None, reason=_nvrtc.NO_LIBRARY)


def compile_file(name: str, arch: str, kind: str, tmp_path: Path) -> None:
    nvcc = _availability.nvcc()
    assert nvcc is not None
    flags = ["-std=c++17", f"-arch={arch}", "-Werror", "all-warnings", f"-I{ROOT}"]
    command = [nvcc, *flags, f"-{kind}", "-o", str(tmp_path / "out"), str(FOLDER / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "out").stat().st_size > 1000


@needs_nvcc
@pytest.mark.parametrize(("name", "arch"), QUICK)
def test_nvcc(name, arch, tmp_path):
    compile_file(name, arch, "cubin", tmp_path)


@needs_nvcc
@pytest.mark.parametrize("name", [name for name, arch in SLOW if arch == "sm_80"])
def test_nvcc_up_to_ptx(name, tmp_path):
    compile_file(name, "sm_80", "ptx", tmp_path)


@needs_nvcc
@pytest.mark.slow
@pytest.mark.parametrize(("name", "arch"), SLOW)
def test_nvcc_of_long_files(name, arch, tmp_path):
    compile_file(name, arch, "cubin", tmp_path)


@needs_nvrtc
@pytest.mark.parametrize("capability", [80, 90])
@pytest.mark.parametrize("name", ["plan.cu", "baselines.cu", "value.cu"])
def test_nvrtc(name, capability):
    cubin = _nvrtc.compile_text(_source.pasted(name), name, capability)
    assert cubin.startswith(b"\x7fELF")
    for kernel in _launch.SOURCES[name]:
        assert kernel.encode() in cubin


@needs_nvrtc
@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_nvrtc_of_long_files(name):
    assert _nvrtc.compile_text(_source.pasted(name), name, 90).startswith(b"\x7fELF")


@needs_nvrtc
def test_nvrtc_keeps_what_it_has_compiled(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = _nvrtc.cubin("plan.cu", 90)
    assert [x.suffix for x in (tmp_path / "hypgeo").iterdir()] == [".cubin"]
    monkeypatch.setattr(_nvrtc, "compile_text", None)
    assert _nvrtc.cubin("plan.cu", 90) == first


@needs_nvrtc
def test_nvrtc_reports_errors():
    with pytest.raises(_nvrtc.CompileError, match=r"NVRTC does not compile x\.cu: .*undefined"):
        _nvrtc.compile_text("__global__ void k() { nothing(); }", "x.cu", 80)


@pytest.mark.parametrize("name", _launch.SOURCES)
def test_pasted_text_is_complete(name):
    text = _source.pasted(name)
    assert "#include" not in text
    assert "#pragma once" not in text
    assert re.findall(r"_KERNEL\((hypgeo_\w+)[^\n]*\) \{", text) == list(_launch.SOURCES[name])
    # Every header once: its guard is gone.
    assert text.count("struct Operand {") == 1


@pytest.mark.parametrize("name", _launch.SOURCES)
def test_nvrtc_knows_all_standard_names(name):
    """What stands for the standard headers has every name, also where no NVRTC can tell."""
    text = (FOLDER / "nvrtc_std.cuh").read_text(encoding="utf-8")
    known = set(re.findall(r"(?:using ::|using |inline bool |struct )(\w+)[;<( ]", text))
    assert set(re.findall(r"\bstd::(\w+)", _source.pasted(name))) <= known


def test_launcher_knows_every_kernel():
    text = (FOLDER / "launch.cu").read_text(encoding="utf-8")
    named = set(re.findall(r"X\((hypgeo_\w+)\)", text))
    assert named == {kernel for kernels in _launch.SOURCES.values() for kernel in kernels}


def test_constants_are_those_of_the_kernels():
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.cuh"))
    numbers = dict(re.findall(r"constexpr int (\w+) = (\d+);", text))
    assert int(numbers["tile_threads"]) == _launch.TILE_THREADS
    assert int(numbers["most_tile"]) == _launch.MOST_TILE
    assert int(numbers["tile_blocks"]) == _launch.TILE_BLOCKS["hypgeo_value"]
    assert int(numbers["plan_threads"]) == _launch.PLAN_THREADS
    assert int(numbers["plan_unroll"]) == _launch.PLAN_UNROLL
    assert int(numbers["baseline_threads"]) == _launch.BASELINE_THREADS
    row_bytes = [int(x) for x in re.findall(r"int bytes = (\d+);", text)]
    assert row_bytes == [_launch.ROW_BYTES["float64"], _launch.ROW_BYTES["float32"]]


def test_backends_lists_the_reasons():
    assert hypgeo.backends() == {"numpy": None, **reasons()}


@pytest.mark.parametrize("missing", ["torch", "triton", "cupy"])
def test_reason_names_what_to_install(missing, monkeypatch):
    find_spec = _availability.find_spec
    monkeypatch.setattr(
        _availability, "find_spec", lambda name: None if name == missing else find_spec(name)
    )
    monkeypatch.setattr(_availability, "torch_reason", lambda: None)
    assert "pip install" in str(reasons()[missing] or _availability.NO_TORCH)


def test_torch_without_cuda_is_told_by_its_version(tmp_path, monkeypatch):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").touch()
    version = tmp_path / "torch" / "version.py"
    spec = type("Spec", (), {"origin": str(tmp_path / "torch" / "__init__.py")})
    monkeypatch.setattr(_availability, "find_spec", lambda name: spec)
    monkeypatch.setattr(_availability, "device_reason", lambda: None)
    monkeypatch.setattr(_availability, "compiler_reason", lambda: None)
    version.write_text("__version__ = '2.9.1+cpu'\ncuda: Optional[str] = None\n")
    assert _availability.cuda_reason() == _availability.NO_CUDA_TORCH.format("2.9.1+cpu")
    version.write_text("__version__ = '2.9.1'\ncuda: Optional[str] = '13.0'\n")
    assert _availability.cuda_reason() is None


def test_nothing_is_imported_to_find_reasons():
    code = (
        "import sys, hypgeo; hypgeo.backends()\n"
        "print(*{'torch', 'triton', 'cupy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
