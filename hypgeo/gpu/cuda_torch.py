"""The CUDA kernels for torch tensors: an extension of torch, built on first use.

With a CUDA toolkit (nvcc) the sources under ``hypgeo/gpu/cuda`` are built by
`torch.utils.cpp_extension.load`, which keeps the result (``TORCH_EXTENSIONS_DIR``). Without one
NVRTC compiles them, the compiler that comes with torch's own CUDA libraries; `hypgeo.gpu._nvrtc`.

All kernels run on the current stream, without waiting for anything; they can be captured in a CUDA
graph after one call outside of it, which builds what has to be built.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from hypgeo.gpu import _evaluate
from hypgeo.gpu._availability import NO_CUDA_TORCH, NO_NVCC, NO_TORCH
from hypgeo.gpu._launch import BASELINES, SOURCES, Launch
from hypgeo.gpu._source import FOLDER, ROOT

__all__ = [
    "METHODS",
    "complete",
    "evaluate",
    "hyp2f1",
    "hyp2f1_derivatives",
    "hyp2f1m1",
    "log_hyp2f1",
    "reason",
]


@cache
def reason() -> str | None:
    """Why these kernels cannot run here; None if they can.

    Returns
    -------
    str or None
        A sentence that says what to install.

    Examples
    --------
    >>> reason() is None or len(reason()) > 20
    True
    """
    try:
        import torch
    except ImportError:
        return NO_TORCH
    if torch.version.cuda is None:
        return NO_CUDA_TORCH.format(torch.__version__)
    if not torch.cuda.is_available():
        return f"torch {torch.__version__} finds no CUDA device: one and its driver are needed"
    if _builder_reason() is None or _nvrtc_reason() is None:
        return None
    return f"{_builder_reason()}; {_nvrtc_reason()}"


def _builder_reason() -> str | None:
    from torch.utils import cpp_extension

    if cpp_extension.CUDA_HOME is None:
        return NO_NVCC
    if not cpp_extension.is_ninja_available():
        return "the build of the CUDA kernels needs ninja: pip install ninja"
    return None


def _nvrtc_reason() -> str | None:
    from hypgeo.gpu import _nvrtc

    return _nvrtc.reason()


@cache
def _extension() -> Any:
    from torch.utils import cpp_extension

    sources = [FOLDER / name for name in ("binding.cpp", "launch.cu", *SOURCES)]
    with warnings.catch_warnings():
        # That it builds for the devices that are here is what is wanted.
        warnings.simplefilter("ignore")
        return cpp_extension.load(
            name="hypgeo_cuda",
            sources=[str(path) for path in sources],
            extra_include_paths=[str(ROOT)],
            extra_cflags=["-O2"],
            extra_cuda_cflags=["-O3"],
            with_cuda=True,
        )


def _by_extension(launch: Launch, device: Any, stream: int) -> None:
    _extension().launch(
        launch.kernel,
        bytes(launch.call),
        launch.blocks,
        launch.threads,
        launch.shared,
        device.index,
        stream,
    )


def _by_nvrtc(launch: Launch, device: Any, stream: int) -> None:
    import torch

    from hypgeo.gpu import _nvrtc

    with torch.cuda.device(device):  # its context has to be the current one
        major, minor = torch.cuda.get_device_capability(device)
        _nvrtc.launch(launch, device.index, major * 10 + minor, stream)


@cache
def is_built_by_nvcc() -> bool:
    """Whether the kernels come from the extension; builds it.

    Returns
    -------
    bool
        False where NVRTC compiles them: without a toolkit, or with one that does not build the
        extension, because it is not of the CUDA of torch, say.

    Raises
    ------
    RuntimeError, OSError, ImportError
        The build fails, and there is no NVRTC.
    """
    if _builder_reason() is not None:
        return False
    try:
        _extension()
    except (RuntimeError, OSError, ImportError):
        if _nvrtc_reason() is not None:
            raise
        return False
    return True


@cache
def _frame() -> Any:
    why = reason()
    if why is not None:
        raise RuntimeError(f"the cuda backend is not available: {why}")
    from hypgeo.gpu._torch_frame import TorchFrame

    return TorchFrame(_by_extension if is_built_by_nvcc() else _by_nvrtc)


def evaluate(
    operation: str,
    a: Any,
    b: Any,
    c: Any,
    z: Any,
    method: str = "auto",
    degree_sign: int = -1,
    **weighting: Any,
) -> tuple[Any, ...]:
    """Compute an operation; see `hypgeo.gpu.dispatch`.

    Parameters
    ----------
    operation : str
        hyp2f1, hyp2f1m1, log_hyp2f1, value_and_error, hyp2f1_derivatives or slopes_in_c_and_z.
    a, b, c, z : tensor or number
        CUDA tensors of float64, float32, int64 or int32 that broadcast.
    method : str
        One of `hypgeo.gpu._evaluate.METHODS`.
    degree_sign : {-1, 1}
        1 if `a` stands for the degree m = -a.
    **weighting
        `weight` and `scale` of `hypgeo.gpu._evaluate.evaluate`.

    Returns
    -------
    tuple of tensor
        The results.

    Raises
    ------
    RuntimeError
        The kernels cannot run here.
    TypeError, ValueError
        An argument is not allowed; the message names it.
    """
    return _evaluate.evaluate(_frame(), operation, a, b, c, z, method, degree_sign, **weighting)


def complete(
    operation: str,
    results: Any,
    a: Any,
    b: Any,
    c: Any,
    z: Any,
    degree_sign: int = -1,
    **more: Any,
) -> None:
    """Compute the elements of results of which the first is NaN so far.

    Parameters
    ----------
    operation : str
        As for `evaluate`.
    results : sequence of tensor
        Contiguous, of the common shape.
    a, b, c, z : tensor or number
        As for `evaluate`.
    degree_sign : {-1, 1}
        1 if `a` stands for the degree m = -a.
    **more
        `weight`, `scale`, `flags` and `run` of `hypgeo.gpu._evaluate.complete`.
    """
    _evaluate.complete(_frame(), operation, results, a, b, c, z, degree_sign, **more)


def hyp2f1(m: Any, b: Any, c: Any, z: Any) -> Any:
    """2F1(-m, b; c; z).

    Parameters
    ----------
    m, b, c, z : tensor or number
        As for `evaluate`.

    Returns
    -------
    tensor
        The values; NaN where neither -m nor b is a nonpositive integer.
    """
    return evaluate("hyp2f1", m, b, c, z, degree_sign=1)[0]


def hyp2f1m1(m: Any, b: Any, c: Any, z: Any) -> Any:
    """2F1(-m, b; c; z) - 1, see `hypgeo.hyp2f1m1`.

    Parameters
    ----------
    m, b, c, z : tensor or number
        As for `evaluate`.

    Returns
    -------
    tensor
        The values.
    """
    return evaluate("hyp2f1m1", m, b, c, z, degree_sign=1)[0]


def log_hyp2f1(m: Any, b: Any, c: Any, z: Any) -> tuple[Any, ...]:
    """log|2F1(-m, b; c; z)| and its sign, see `hypgeo.log_hyp2f1`.

    Parameters
    ----------
    m, b, c, z : tensor or number
        As for `evaluate`.

    Returns
    -------
    tuple of tensor
        Logarithm and sign.
    """
    return evaluate("log_hyp2f1", m, b, c, z, degree_sign=1)


def hyp2f1_derivatives(m: Any, b: Any, c: Any, z: Any) -> tuple[Any, ...]:
    """2F1(-m, b; c; z) and its derivatives, see `hypgeo.hyp2f1_derivatives`.

    Parameters
    ----------
    m, b, c, z : tensor or number
        As for `evaluate`.

    Returns
    -------
    tuple of tensor
        F, F_b, F_c, F_z, F_zz.
    """
    return evaluate("hyp2f1_derivatives", m, b, c, z, degree_sign=1)


def _named(method: str) -> Callable[[Any, Any, Any, Any], Any]:
    def run(m: Any, b: Any, c: Any, z: Any) -> Any:
        return evaluate("hyp2f1", m, b, c, z, method, degree_sign=1)[0]

    run.__doc__ = f"2F1(-m, b; c; z) by the method {method}."
    return run


#: Every method by name, as functions of m, b, c, z.
METHODS = {name: _named(name) for name in ("plan", "varying", *BASELINES)}
