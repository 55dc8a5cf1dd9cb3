"""CUDA kernels without a toolkit: NVRTC compiles their text, the driver starts them.

Both are C libraries with a stable interface, called by `ctypes`: torch's CUDA wheels bring the
first, every machine with a CUDA device has the second. What has been compiled is kept on disk.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypgeo._files import write_atomically
from hypgeo.gpu._launch import SOURCES, Launch
from hypgeo.gpu._source import pasted

OPTIONS = ("-std=c++17", "-default-device")
#: Larger amounts of shared memory have to be asked for.
USUAL_SHARED = 48 * 1024
MAX_DYNAMIC_SHARED = 8  # CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES


NO_LIBRARY = "libnvrtc was not found: pip install nvidia-cuda-nvrtc"


class CompileError(RuntimeError):
    """NVRTC did not take the text."""


def _places() -> Iterator[str]:
    """Where libnvrtc may be: beside torch's libraries, in the toolkit, where the linker looks."""
    for root in map(Path, sys.path):
        yield from sorted(map(str, root.glob("nvidia/*/lib/libnvrtc.so.[0-9]*")), reverse=True)
    home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    yield from sorted(map(str, Path(home).glob("lib64/libnvrtc.so.[0-9]*")), reverse=True)
    found = ctypes.util.find_library("nvrtc")
    if found:
        yield found


@cache
def library() -> Any:
    """libnvrtc, or None where there is none."""
    for place in _places():
        try:
            return ctypes.CDLL(place)
        except OSError:
            continue
    return None


@cache
def _driver() -> Any:
    try:
        return ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None


def reason() -> str | None:
    """Why kernels cannot be compiled and started this way; None if they can.

    Returns
    -------
    str or None
        A sentence that says what to install.

    Examples
    --------
    >>> reason() is None or len(reason()) > 20
    True
    """
    if library() is None:
        return NO_LIBRARY
    if _driver() is None:
        return "libcuda was not found: install the driver of the CUDA device"
    return None


def compile_text(text: str, name: str, capability: int) -> bytes:
    """Compile CUDA text for one kind of device.

    Parameters
    ----------
    text : str
        Without includes.
    name : str
        For messages.
    capability : int
        As 90 for sm_90.

    Returns
    -------
    bytes
        A cubin.

    Raises
    ------
    CompileError
        With NVRTC's log.
    """
    nvrtc = library()
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), text.encode(), name.encode(), 0, None, None)
    try:
        options = [x.encode() for x in (*OPTIONS, f"-arch=sm_{capability}")]
        array = (ctypes.c_char_p * len(options))(*options)
        status = nvrtc.nvrtcCompileProgram(program, len(options), array)
        if status != 0:
            log = _read(nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog, program)
            raise CompileError(f"NVRTC does not compile {name}: {log.decode(errors='replace')}")
        return _read(nvrtc.nvrtcGetCUBINSize, nvrtc.nvrtcGetCUBIN, program)
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


def _read(size: Any, get: Any, program: ctypes.c_void_p) -> bytes:
    count = ctypes.c_size_t()
    size(program, ctypes.byref(count))
    buffer = ctypes.create_string_buffer(count.value)
    get(program, buffer)
    return buffer.raw


def _version() -> tuple[int, int]:
    major, minor = ctypes.c_int(), ctypes.c_int()
    library().nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    return major.value, minor.value


def cache_folder() -> Path:
    """Where cubins are kept: ``$XDG_CACHE_HOME/hypgeo``, by default ``~/.cache/hypgeo``.

    Returns
    -------
    Path
        It may not exist yet.

    Examples
    --------
    >>> cache_folder().name
    'hypgeo'
    """
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hypgeo"


def cubin(source: str, capability: int) -> bytes:
    """One file of kernels for one kind of device, compiled at most once.

    Parameters
    ----------
    source : str
        Key of `hypgeo.gpu._launch.SOURCES`.
    capability : int
        As 90 for sm_90.

    Returns
    -------
    bytes
        A cubin.
    """
    text = pasted(source)
    key = hashlib.sha256(repr((text, OPTIONS, capability, _version())).encode()).hexdigest()
    path = cache_folder() / f"{key[:32]}.cubin"
    try:
        return path.read_bytes()
    except OSError:
        made = compile_text(text, source, capability)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(made))
    except OSError:
        pass  # compiled again next time
    return made


def _check(status: int, what: str) -> None:
    if status == 0:
        return
    text = ctypes.c_char_p()
    _driver().cuGetErrorString(status, ctypes.byref(text))
    message = text.value.decode() if text.value else f"error {status}"
    raise RuntimeError(f"{what}: {message}")


@cache
def _function(kernel: str, device: int, capability: int) -> ctypes.c_void_p:
    """The kernel in a module that belongs to the device's context, which is the current one."""
    source = next(name for name, kernels in SOURCES.items() if kernel in kernels)
    module = _module(source, device, capability)
    function = ctypes.c_void_p()
    status = _driver().cuModuleGetFunction(ctypes.byref(function), module, kernel.encode())
    _check(status, kernel)
    return function


@cache
def _module(source: str, device: int, capability: int) -> ctypes.c_void_p:
    module = ctypes.c_void_p()
    data = cubin(source, capability)
    _check(_driver().cuModuleLoadData(ctypes.byref(module), data), source)
    return module


def launch(x: Launch, device: int, capability: int, stream: int) -> None:
    """Start a kernel in the current context.

    Parameters
    ----------
    x : Launch
        The kernel, its grid and its argument.
    device : int
        Number of the device whose context is the current one.
    capability : int
        Of that device, as 90 for sm_90.
    stream : int
        Address of the stream.

    Raises
    ------
    RuntimeError
        The driver reports an error.
    """
    function = _function(x.kernel, device, capability)
    driver = _driver()
    if x.shared > USUAL_SHARED:
        _check(driver.cuFuncSetAttribute(function, MAX_DYNAMIC_SHARED, x.shared), x.kernel)
    arguments = (ctypes.c_void_p * 1)(ctypes.addressof(x.call))
    status = driver.cuLaunchKernel(
        function,
        *(x.blocks, 1, 1, x.threads, 1, 1, x.shared),
        ctypes.c_void_p(stream),
        arguments,
        None,
    )
    _check(status, x.kernel)
