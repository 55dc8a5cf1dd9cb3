"""What takes the place of E[1 / size of a cluster] in an objective.

An envelope gets the graph, the assignments P, the cost `other` of an edge's far end (1 - P or
-log P), the sizes of the columns and a filter for means, and returns one value per cluster: the
sum over the graph's rows, in the graph's unit. Without edges it is a zero that depends on P.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from graphcut._adjacency import Adjacency
from hypgeo_torch import expected_inverse

# Distinct sizes that envelopes are evaluated at; a vertex takes the next one below its own.
SIZE_BINS = 16
# Step of the trapezoidal rule in v, x = exp(v - exp(-v - v0)): the integrand is analytic for
# |Im v| < pi/2, so the error falls as exp(-pi^2 / STEP) = 3e-9; with its factor it is below 5e-8.
STEP = 0.5
# exp(-q x) is below 1e-17 beyond x = LAST / q; below FIRST / (sum of sizes) lies as much.
LAST, FIRST = 40.0, 3e-3


class RunningMeans:
    """Exponential means over batches, with the gradient of the batch at hand.

    Parameters
    ----------
    momentum : float or None
        Share of the old mean that is kept; None keeps nothing.
    """

    def __init__(self, momentum: float | None = None) -> None:
        if momentum is not None and not 0 <= momentum < 1:
            raise ValueError(f"momentum is {momentum!r}; None or a number in [0, 1) is allowed")
        self.momentum = momentum
        self._kept: dict[str, Tensor] = {}
        self._seen: dict[str, int] = {}

    def __call__(self, name: str, mean: Tensor) -> Tensor:
        """Value of the running mean, gradient of `mean`.

        Parameters
        ----------
        name : str
            What is averaged.
        mean : Tensor
            Its mean over the batch.

        Returns
        -------
        Tensor
            Of the same shape.
        """
        if self.momentum is None:
            return mean
        live = mean.detach()
        old = self._kept.get(name)
        if old is None or old.shape != live.shape:
            old, self._seen[name] = torch.zeros_like(live), 0
        self._seen[name] += 1
        kept = self.momentum * old + (1 - self.momentum) * live
        self._kept[name] = kept
        # Divided by 1 - momentum^t, the weights of the first t batches add to 1.
        return kept / (1 - self.momentum ** self._seen[name]) + (mean - live)


def _leaks(graph: Adjacency, P: Tensor, other: Tensor) -> Tensor:
    """p_i sum_j W_ij other_j: what each row loses from each cluster."""
    return graph.of_rows(P) * graph.neighbours(other)


def _by_bin(leaks: Tensor, member: Tensor, bins: int) -> Tensor:
    """Sums over the rows of each bin: cheaper both ways than a factor for each row."""
    return leaks.new_zeros(bins, leaks.shape[1]).index_add(0, member, leaks)


def _without_edges(graph: Adjacency, P: Tensor) -> Tensor:
    """Zeros that `backward` may start from."""
    return 0 * graph.of_rows(P).sum(dim=0)


def _rest(graph: Adjacency, weighted: Tensor, name: str, means: RunningMeans) -> Tensor:
    """Least sum over n - 2 vertices, per cluster: that of all without the two largest entries."""
    mean = means(name, graph.of_rows(weighted).double().mean(dim=0))
    two = weighted.double().topk(min(2, weighted.shape[0]), dim=0).values.sum(dim=0)
    return (graph.n * mean - two).clamp_min(0)


def prcut_envelope(
    graph: Adjacency, P: Tensor, other: Tensor, sizes: Tensor, means: RunningMeans
) -> Tensor:
    """1 / (n mean p); an empty cluster adds 0, with gradient 0.

    As p falls to 0 the gradient grows without bound, and its product with that of a softmax, which
    falls to 0, would be NaN. Below the square root of the least normal number p counts as 0.
    """
    total = graph.n * means("share", graph.of_rows(P).mean(dim=0))
    empty = total < math.sqrt(torch.finfo(P.dtype).tiny)
    # Both branches stay finite: a gradient of 0 times infinity would be NaN here too.
    shares = _leaks(graph, P, other).sum(dim=0) / total.masked_fill(empty, 1.0)
    return shares.masked_fill(empty, 0.0)


def rcut_envelope(
    graph: Adjacency, P: Tensor, other: Tensor, sizes: Tensor, means: RunningMeans
) -> Tensor:
    """H_1(1; a, n - 2), a the least mean over n - 2 vertices."""
    m = max(graph.n - 2, 1)
    share = (_rest(graph, P, "share", means) / m).clamp_max(1)
    inverse = expected_inverse(1.0, 1.0, max(graph.n - 2, 0), share)
    return _leaks(graph, P, other).sum(dim=0) * inverse.to(P.dtype)


def ncut_envelope(
    graph: Adjacency, P: Tensor, other: Tensor, sizes: Tensor, means: RunningMeans
) -> Tensor:
    """H_S(q; v / ((n - 2) S), n - 2), S the largest size, q rounded down to a bin's least size."""
    # Running volumes of graphs in different units do not mix.
    volume = _rest(graph, sizes[:, None] * P, f"volume in {graph.unit}", means)
    largest = float(sizes.max())
    if largest == 0:
        return _without_edges(graph, P)
    share = (volume / (max(graph.n - 2, 1) * largest)).clamp_max(1)
    least, member = graph.once("bins", lambda: _size_bins(graph.degrees))
    inverse = expected_inverse(least[:, None], largest, graph.n - 2, share[None, :])
    return (_by_bin(_leaks(graph, P, other), member, len(least)) * inverse.to(P.dtype)).sum(dim=0)


def hoelder_envelope(
    graph: Adjacency, P: Tensor, other: Tensor, sizes: Tensor, means: RunningMeans
) -> Tensor:
    """prod_b H_{s_b}(q; mean_b p, n - 2)^{n_b / n}, both bins and q by size."""
    mine, p = graph.of_rows(sizes), graph.of_rows(P).double()
    least, member = graph.once("bins", lambda: _size_bins(graph.degrees))
    alive = (mine > 0).double()
    counts = torch.zeros_like(least).index_add(0, member, alive)
    sums = torch.zeros(len(least), P.shape[1], dtype=torch.float64, device=P.device)
    sums = sums.index_add(0, member, p * alive[:, None])
    # Two vertices of a bin may be the ends of the edge: the largest two are left out of its mean.
    two = p.topk(min(2, p.shape[0]), dim=0).values.sum(dim=0)
    share = (sums - two).clamp_min(0) / (counts - 2).clamp_min(1)[:, None]
    share = means("bins", share).clamp(0, 1)
    m = max(graph.n - 2, 1)
    inverse = expected_inverse(least[:, None, None], least[None, :, None], m, share[None])
    weights = (counts / counts.sum().clamp_min(1))[None, :, None]
    product = torch.exp((weights * inverse.log()).sum(dim=1))
    return (_by_bin(_leaks(graph, P, other), member, len(least)) * product.to(P.dtype)).sum(dim=0)


def exact_envelope(
    graph: Adjacency, P: Tensor, other: Tensor, sizes: Tensor, means: RunningMeans
) -> Tensor:
    """sum_x w_x G_k(x) u^T W v, G_k = prod_l g_l, u = p e^{-sx} / g, v = other / g."""
    p, cost, s = P.double(), other.double(), sizes.double()[:, None]
    total = p.new_zeros(P.shape[1])
    positive = graph.of_rows(s)[graph.of_rows(s) > 0]
    if positive.numel() == 0:
        return _without_edges(graph, P)
    places = _places(float(positive.min()), graph.n * float(positive.mean()))
    for number, (x, weight) in enumerate(places):
        decay = torch.exp(-s * x)
        # 1 - p + p e^{-sx} is 0 for p = 1 beyond the range of exp only.
        g = (1 - p + p * decay).clamp_min(torch.finfo(torch.float64).tiny)
        inside = graph.n * means(f"log {number}", graph.of_rows(g.log()).mean(dim=0))
        reached = graph.neighbours((cost / g).to(P.dtype)).double()
        total = total + weight * torch.exp(inside) * (graph.of_rows(p * decay / g) * reached).sum(0)
    return total.to(P.dtype)


def _places(least: float, total: float) -> list[tuple[float, float]]:
    """Nodes and weights for int_0^inf f(x) dx; f falls no faster than exp(-total x)."""
    low, high = math.log(FIRST / total), math.log(LAST / least)
    # Below `low` the nodes fall double exponentially, so three more units of v are enough.
    steps = math.ceil((high - low + 3) / STEP)
    result = []
    for k in range(steps + 1):
        v = high - k * STEP
        tail = math.exp(low - v)
        x = math.exp(v - tail)
        result.append((x, STEP * x * (1 + tail)))
    return result


def _size_bins(sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Least size of each of a few equally full bins, and the bin of each vertex.

    Vertices of size 0 have no edges; they go into the first bin.
    """
    positive = sizes[sizes > 0].double()
    if positive.numel() == 0:
        return torch.ones(1, dtype=torch.float64, device=sizes.device), torch.zeros_like(
            sizes, dtype=torch.int64
        )
    ordered = positive.sort().values
    places = torch.arange(SIZE_BINS, device=sizes.device) * len(ordered) // SIZE_BINS
    least = torch.unique(ordered[places])
    member = torch.searchsorted(least, sizes.double(), right=True) - 1
    return least, member.clamp_min(0)


ENVELOPES: dict[str, Callable[..., Tensor]] = {
    "prcut": prcut_envelope,
    "rcut": rcut_envelope,
    "ncut": ncut_envelope,
    "hoelder": hoelder_envelope,
    "exact": exact_envelope,
}
