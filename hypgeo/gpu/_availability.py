"""What a GPU backend needs and what is there, found out without importing a framework.

Reasons are sentences: what `hypgeo.backends` reports, what an error says and why a test is skipped.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path

NO_TORCH = "PyTorch is not installed: pip install torch"
NO_TRITON = "Triton is not installed: pip install triton"
NO_CUPY = "CuPy is not installed: pip install hypgeo[cupy]"
NO_CUDA_TORCH = "torch {} is built without CUDA: install a build for CUDA, see pytorch.org"
NO_DRIVER = "no driver of a CUDA device was found (libnvidia-ml.so.1): install NVIDIA's driver"
NO_DEVICE = "the driver knows no CUDA device"
NO_NVCC = "nvcc was not found: install the CUDA toolkit, or set CUDA_HOME to where it is"

_VERSION = re.compile(r"^__version__ = ['\"](.*?)['\"]", re.MULTILINE)
_WITHOUT_CUDA = re.compile(r"^cuda\b[^=]*= None\s*$", re.MULTILINE)


def torch_reason() -> str | None:
    """Why torch tensors cannot be used at all; None if they can."""
    return NO_TORCH if find_spec("torch") is None else None


@cache
def device_reason() -> str | None:
    """Why there is no CUDA device; None if there is one.

    NVIDIA's management library counts them: unlike the driver's own initialisation that leaves no
    state behind that a fork would break.
    """
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return NO_DRIVER
    if nvml.nvmlInit_v2() != 0:
        return NO_DEVICE
    count = ctypes.c_uint()
    status = nvml.nvmlDeviceGetCount_v2(ctypes.byref(count))
    nvml.nvmlShutdown()
    return NO_DEVICE if status != 0 or count.value == 0 else None


def _cuda_torch_reason() -> str | None:
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return NO_TORCH
    try:
        text = (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
    except OSError:
        return None  # torch itself will tell
    version = _VERSION.search(text)
    return (
        NO_CUDA_TORCH.format(version[1] if version else "") if _WITHOUT_CUDA.search(text) else None
    )


def nvcc() -> str | None:
    """Path of the compiler of the CUDA toolkit, or None."""
    home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    return shutil.which("nvcc") or shutil.which("nvcc", path=f"{home}/bin")


def compiler_reason() -> str | None:
    """Why the CUDA kernels cannot be compiled; None if they can."""
    from hypgeo.gpu import _nvrtc

    if nvcc() is not None or _nvrtc.library() is not None:
        return None
    return f"{NO_NVCC}; {_nvrtc.NO_LIBRARY}"


def cuda_reason() -> str | None:
    """Why the CUDA kernels cannot run on torch tensors; None if they can."""
    return _cuda_torch_reason() or device_reason() or compiler_reason()


def triton_reason() -> str | None:
    """Why the Triton kernels cannot run; None if they can."""
    if torch_reason() is None and find_spec("triton") is None:
        return NO_TRITON
    return _cuda_torch_reason() or device_reason()


def cupy_reason() -> str | None:
    """Why CuPy arrays cannot be used; None if they can."""
    return NO_CUPY if find_spec("cupy") is None else device_reason()


def reasons() -> dict[str, str | None]:
    """Why each backend beside NumPy is not available; None for those that are.

    Returns
    -------
    dict
        Of torch (tensors on the CPU), triton, cuda and cupy.

    Examples
    --------
    >>> sorted(reasons())
    ['cuda', 'cupy', 'torch', 'triton']
    """
    return {
        "torch": torch_reason(),
        "triton": triton_reason(),
        "cuda": cuda_reason(),
        "cupy": cupy_reason(),
    }
