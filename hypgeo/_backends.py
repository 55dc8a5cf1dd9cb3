"""Where hypgeo can compute, and why not elsewhere."""

from __future__ import annotations


def backends() -> dict[str, str | None]:
    """List every backend, with None or the sentence that says why it is not available.

    ======  ============================================================================
    numpy   the compiled ufuncs
    torch   tensors on the CPU: the same, without a copy
    triton  torch tensors on a CUDA device, the default there
    cuda    torch tensors on a CUDA device, for all arguments and functions
    cupy    CuPy arrays
    ======  ============================================================================

    Returns
    -------
    dict
        Name to None (available) or to the reason. No framework is imported to find out.

    Examples
    --------
    >>> import hypgeo
    >>> hypgeo.backends()["numpy"] is None
    True
    """
    from hypgeo.gpu._availability import reasons

    return {"numpy": None, **reasons()}
