"""Nearest-neighbour graphs of torch tensors, on their device."""

from __future__ import annotations

import torch

from graphcut._neighbors import LOST_DIGITS

# Distances held at once: 128 MiB in single precision.
_BLOCK_ELEMENTS = 2**25


def tensor_graph(
    X: torch.Tensor, n_neighbors: int, metric: str, kernel: str, symmetry: str
) -> torch.Tensor:
    """Graph of a tensor's rows; see `graphcut.knn_graph`.

    Parameters
    ----------
    X : torch.Tensor, shape (n, d)
        Points.
    n_neighbors, metric, kernel, symmetry
        As for `graphcut.knn_graph`.

    Returns
    -------
    torch.Tensor, sparse COO, coalesced
        Weights.
    """
    X = _check_points(X, n_neighbors, metric)
    indices, distances = _nearest(X, n_neighbors)
    if metric == "cosine":
        distances = distances**2 / 2
    weights = _weights(indices, distances, kernel)
    return _symmetric(indices, weights, symmetry)


def _check_points(X: torch.Tensor, n_neighbors: int, metric: str) -> torch.Tensor:
    from graphcut.graphs import check_neighbors

    if X.ndim != 2 or X.is_complex() or X.layout != torch.strided:
        raise TypeError(
            f"X has dtype {X.dtype}, {X.ndim} dimensions and the layout {X.layout}; a real dense "
            f"two-dimensional tensor is needed"
        )
    if X.shape[1] == 0:
        raise ValueError(f"X has shape {tuple(X.shape)}; at least one column is needed")
    check_neighbors(n_neighbors, X.shape[0])
    if metric not in ("euclidean", "cosine"):
        raise ValueError(f"metric is {metric!r}; euclidean and cosine are allowed for tensors")
    X = X.detach()
    if X.dtype not in (torch.float32, torch.float64):
        X = X.to(torch.float32)
    if not bool(torch.isfinite(X).all()):
        raise ValueError("X holds NaN or infinity; points are finite")
    if metric == "cosine":
        if not bool((X != 0).any(dim=1).all()):
            raise ValueError("X holds a row of zeros; the metric cosine needs nonzero rows")
        X = X / _power_of_two(X.abs().amax(dim=1, keepdim=True))
        X = X / X.norm(dim=1, keepdim=True)
    else:
        # A unit in which no square overflows or vanishes; no weight depends on it.
        X = X / _power_of_two(X.abs().max())
    return X - X.mean(dim=0)


def _power_of_two(x: torch.Tensor) -> torch.Tensor:
    """At most x and more than half of it, if its inverse is neither subnormal nor infinite."""
    mantissa, _ = torch.frexp(x)
    tiny = torch.finfo(x.dtype).tiny
    return torch.where(x > 0, x / (2 * mantissa), 1).clamp(tiny, 1 / tiny)


def _nearest(X: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    n = len(X)
    indices, distances = _search(X, torch.arange(n, device=X.device), k)
    if X.dtype == torch.float32:
        lost = distances[:, -1] ** 2 < LOST_DIGITS * (X * X).sum(dim=1)
        rows = lost.nonzero().ravel()
        if len(rows):
            found, exact = _search(X.double(), rows, k)
            indices[rows], distances[rows] = found, exact.float()
    return indices, distances


def _search(X: torch.Tensor, rows: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    n, d = X.shape
    squares = (X * X).sum(dim=1)
    parts = []
    for some in rows.split(max(1, _BLOCK_ELEMENTS // n)):
        expanded = squares - 2 * (X[some] @ X.T)
        expanded[torch.arange(len(some), device=X.device), some] = float("inf")
        parts.append(expanded.topk(k, dim=1, largest=False).indices)
    indices = torch.cat(parts)
    # Distances from differences: the expanded squares cancel for close points.
    step = max(1, _BLOCK_ELEMENTS // (k * d))
    blocks = [
        (X[near] - X[some, None]).norm(dim=2)
        for near, some in zip(indices.split(step), rows.split(step), strict=True)
    ]
    distances, order = torch.cat(blocks).sort(dim=1, stable=True)
    return indices.gather(1, order), distances


def _weights(indices: torch.Tensor, distances: torch.Tensor, kernel: str) -> torch.Tensor:
    if kernel == "connectivity":
        return torch.ones_like(distances)
    if kernel == "shared_neighbors":
        return _jaccard(indices, distances.dtype)
    if kernel == "rbf":
        scale = _positive(distances[:, -1].quantile(0.5)[None])
        return torch.exp(-((distances / scale) ** 2))
    scale = _positive(distances[:, -1])
    return torch.exp(-(distances / scale[:, None]) * (distances / scale[indices]))


def _positive(scale: torch.Tensor) -> torch.Tensor:
    """Zeros, which only lumps of duplicates have, replaced by the smallest other; else by 1."""
    smallest = torch.where(scale > 0, scale, torch.inf).min()
    smallest = torch.where(torch.isinf(smallest), torch.ones_like(smallest), smallest)
    return torch.where(scale > 0, scale, smallest)


def _jaccard(indices: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    n, k = indices.shape
    members = torch.cat([torch.arange(n, device=indices.device)[:, None], indices], dim=1)
    parts = []
    every = torch.arange(n, device=indices.device)
    for rows in every.split(max(1, _BLOCK_ELEMENTS // (k * (k + 1) ** 2))):
        equal = members[rows][:, None, :, None] == members[indices[rows]][:, :, None, :]
        common = equal.sum(dim=(2, 3)).to(dtype)
        parts.append(common / (2 * (k + 1) - common))
    return torch.cat(parts)


def _symmetric(indices: torch.Tensor, weights: torch.Tensor, how: str) -> torch.Tensor:
    n, k = indices.shape
    rows = torch.arange(n, device=indices.device).repeat_interleave(k)
    columns, values = indices.ravel(), weights.ravel()
    # Each directed edge is entered both ways; duplicates then stand for "both directions".
    keys = torch.cat([rows * n + columns, columns * n + rows])
    unique, inverse = torch.unique(keys, return_inverse=True)
    count = torch.zeros(len(unique), dtype=values.dtype, device=values.device)
    both = torch.cat([values, values])
    if how == "mean":
        merged = count.index_add(0, inverse, both * 0.5)
    else:
        reduce = "amax" if how == "union" else "amin"
        merged = count.scatter_reduce(0, inverse, both, reduce, include_self=False)
        if how == "mutual":
            merged = merged * (count.index_add(0, inverse, torch.ones_like(both)) > 1)
    keep = merged > 0
    unique = unique[keep]
    graph = torch.sparse_coo_tensor(
        torch.stack([unique // n, unique % n]), merged[keep], (n, n), check_invariants=False
    )
    return graph.coalesce()
