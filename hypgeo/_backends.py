"""Where hypgeo can compute, and why not elsewhere."""

from __future__ import annotations

# The sentence is both what `backends` reports and what a test prints when it skips.
_ABSENT = "this version of hypgeo computes on the CPU only and has no {} backend"
_PLANNED = {"cupy": "CuPy", "cuda": "CUDA", "triton": "Triton", "torch": "PyTorch"}


def backends() -> dict[str, str | None]:
    """List every backend, with None or the sentence that says why it is not available.

    Returns
    -------
    dict
        Name to None (available) or to the reason.

    Examples
    --------
    >>> import hypgeo
    >>> [name for name, reason in hypgeo.backends().items() if reason is None]
    ['numpy']
    """
    absent = {name: _ABSENT.format(title) for name, title in _PLANNED.items()}
    return {"numpy": None, **absent}
