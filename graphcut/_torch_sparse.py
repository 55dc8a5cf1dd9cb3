"""Sparse matrices of SciPy as torch tensors, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import torch


def torch_to_scipy(W: torch.Tensor) -> sp.csr_array:
    """SciPy CSR of a dense or sparse torch tensor.

    Parameters
    ----------
    W : torch.Tensor, shape (n, n)
        Any layout, any device.

    Returns
    -------
    scipy.sparse.csr_array
        The same numbers, unchecked.

    Examples
    --------
    >>> import torch
    >>> from graphcut.formats import torch_to_scipy
    >>> torch_to_scipy(torch.eye(2)).toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    import torch

    W = W.detach().cpu()
    if W.layout == torch.sparse_csr:
        parts = (W.values(), W.col_indices(), W.crow_indices())
        return sp.csr_array(tuple(x.numpy() for x in parts), shape=tuple(W.shape))
    if W.layout != torch.strided:
        W = W.to_sparse().coalesce()
        rows, columns = W.indices().numpy()
        return sp.coo_array((W.values().numpy(), (rows, columns)), tuple(W.shape)).tocsr()
    return sp.csr_array(W.numpy())


def scipy_to_torch(W: Any, dtype: torch.dtype | None = None, device: Any = None) -> torch.Tensor:
    """Coalesced torch COO tensor of a SciPy sparse array.

    Parameters
    ----------
    W : SciPy sparse, shape (n, n)
        Weights.
    dtype : torch.dtype, optional
        Of the values.
    device : optional
        Of the tensor.

    Returns
    -------
    torch.Tensor, sparse COO
        The same numbers.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from graphcut.formats import scipy_to_torch
    >>> scipy_to_torch(sp.eye_array(2)).to_dense().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    import torch

    graph = sp.csr_array(W)
    graph.sum_duplicates()
    edges = graph.tocoo()
    indices = torch.from_numpy(np.stack([np.asarray(x, dtype=np.int64) for x in edges.coords]))
    values = torch.as_tensor(edges.data, dtype=dtype)
    tensor = torch.sparse_coo_tensor(indices, values, graph.shape, check_invariants=False)
    return tensor.to(device).coalesce()
