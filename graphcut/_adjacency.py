"""Rows of a graph as a linear operator on torch tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphcut._checks import check_size
from graphcut._units import power_of_two


class Adjacency:
    """All rows of a graph, or those of a minibatch, ready to be multiplied with assignments.

    A minibatch of rows B needs the columns N = B and its neighbours: `vertices` lists N, `rows`
    says where B lies in it, and tables of assignments have one row for each vertex of N. The whole
    graph is the case B = N = all.

    Parameters
    ----------
    W : scipy.sparse.csr_array, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    device, dtype : torch.device, torch.dtype
        Where products are computed and in which precision.

    Attributes
    ----------
    n : int
        Vertices of the whole graph.
    unit : float
        What the weights were divided by: 1, or where they leave the range that `dtype` computes
        well in, the power of two next below the largest. Degrees and products are in this unit.
    scale : float
        n over the number of rows: what turns a sum over the rows into an estimate for the graph.
    vertices : ndarray of int or None
        Vertices that the columns stand for; None: all of them.
    rows : Tensor of int64 or None
        Positions of the rows among `vertices`; None: all of them.
    degrees : Tensor, shape (rows,)
        Degrees in the whole graph.
    column_degrees : Tensor, shape (columns,)
        The same for the columns.
    """

    def __init__(
        self,
        W: sp.csr_array,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.device, self.dtype = torch.device(device), dtype
        self.n, self.unit = int(W.shape[0]), _unit(W, dtype)
        if self.unit != 1:
            W = W.astype(np.float64) / self.unit
        self._all = W
        self._table = check_size("degree", W)
        self._restrict(W, None, None)

    def _restrict(
        self, part: sp.csr_array, rows: NDArray[Any] | None, vertices: NDArray[Any] | None
    ) -> None:
        degrees = torch.from_numpy(self._table).to(self.device, self.dtype)
        self.vertices = vertices
        self.scale = self.n / max(1, part.shape[0])
        self.column_degrees = degrees if vertices is None else degrees[torch.from_numpy(vertices)]
        self.rows = None if rows is None else torch.from_numpy(rows).to(self.device)
        self.degrees = self.of_rows(self.column_degrees)
        self._matrix = _Matrix(part, self.device, self.dtype)
        self._known: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What depends on the graph alone, made when it is first asked for.

        Parameters
        ----------
        name : str
            What.
        make : callable
            Makes it.

        Returns
        -------
        object
            The same one every time.
        """
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

    def of_rows(self, table: Tensor) -> Tensor:
        """Entries of a table over the columns that belong to the rows.

        Parameters
        ----------
        table : Tensor, shape (columns, ...)
            One entry for each column.

        Returns
        -------
        Tensor, shape (rows, ...)
            One entry for each row.
        """
        return table if self.rows is None else table[self.rows]

    def neighbours(self, table: Tensor) -> Tensor:
        """W @ table, differentiable in `table`.

        Parameters
        ----------
        table : Tensor, shape (columns, K)
            One row for each column of the operator.

        Returns
        -------
        Tensor, shape (rows, K)
            Weighted sums over the neighbours.
        """
        product: Tensor = _Product.apply(self._matrix, table)  # type: ignore[no-untyped-call]
        return product

    def batch(self, chosen: NDArray[np.int64]) -> Adjacency:
        """Only some rows, with the columns that they need.

        Parameters
        ----------
        chosen : ndarray of int64, shape (b,)
            Different vertices.

        Returns
        -------
        Adjacency
            The operator of these rows.
        """
        some = self._all[chosen]
        vertices = np.union1d(chosen, some.indices)
        columns = np.searchsorted(vertices, some.indices)
        part = sp.csr_array((some.data, columns, some.indptr), shape=(len(chosen), len(vertices)))
        result = object.__new__(Adjacency)
        result._all, result._table = self._all, self._table
        result.device, result.dtype = self.device, self.dtype
        result.n, result.unit = self.n, self.unit
        result._restrict(part, np.searchsorted(vertices, chosen), vertices)
        return result


def _unit(W: sp.csr_array, dtype: torch.dtype) -> float:
    """1, or a power of two near the largest weight where `dtype` has no room around it.

    Degrees, sums over all vertices and their reciprocals need room too, so that a quarter of the
    exponents at each end is kept free: from 2^-96 to 2^96 float32 takes the weights as they are.
    """
    # What is no float32 is multiplied in float64, see `_Matrix`.
    limit = 0.75 * math.log2(
        torch.finfo(torch.float32 if dtype == torch.float32 else torch.float64).max
    )
    largest = float(W.data.max()) if W.nnz else 0.0
    if largest == 0 or abs(math.log2(largest)) <= limit:
        return 1.0
    return float(power_of_two(largest))


class _Matrix:
    """A sparse matrix and its transpose, in SciPy's form on the CPU and torch's elsewhere."""

    def __init__(self, part: sp.csr_array, device: torch.device, dtype: torch.dtype) -> None:
        real = np.float32 if dtype == torch.float32 else np.float64
        self.forward, self.backward = self._place(part.astype(real), device)

    @staticmethod
    def _place(part: sp.csr_array, device: torch.device) -> tuple[Any, Any]:
        turned = part.T.tocsr()
        if device.type == "cpu":
            return part, turned
        first, second = (
            torch.sparse_csr_tensor(
                torch.from_numpy(x.indptr.astype(np.int64)),
                torch.from_numpy(x.indices.astype(np.int64)),
                torch.from_numpy(x.data),
                size=x.shape,
                device=device,
                check_invariants=False,
            )
            for x in (part, turned)
        )
        return first, second


def _multiply(matrix: Any, table: Tensor) -> Tensor:
    if isinstance(matrix, Tensor):
        return matrix @ table
    # SciPy multiplies neither float16 nor bfloat16.
    wide = table if table.dtype in (torch.float32, torch.float64) else table.double()
    product = matrix @ wide.detach().contiguous().numpy()
    return torch.from_numpy(product).to(table.dtype)


class _Product(torch.autograd.Function):
    """Torch forms a dense gradient of a sparse matrix; the weights here are constants."""

    @staticmethod
    def forward(ctx: Any, matrix: _Matrix, table: Tensor) -> Tensor:
        ctx.matrix = matrix
        return _multiply(matrix.forward, table)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor]:
        return None, _multiply(ctx.matrix.backward, gradients[0])
