"""Descent on sum_C cut(C, rest) / size(C) by moves of single vertices, many in a round."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphcut._checks import check_size

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

# Gains below this share of the cut are rounding.
SMALLEST_GAIN = 1e-12
# Share of the wanted moves that a round makes at once: neighbours that both move may undo each
# other's gain, so half of them wait.
AT_ONCE = 0.5


def limits(sizes: Floats, clusters: int, balance: float | None) -> tuple[float, float]:
    """Smallest and largest size of a cluster under a balance b: 1 - 2b and 1 + b mean sizes.

    Parameters
    ----------
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    clusters : int
        Number of clusters.
    balance : float or None
        b, or None for no bounds.

    Returns
    -------
    tuple of float
        Bounds.
    """
    if balance is None:
        return 0.0, np.inf
    mean = float(sizes.sum()) / clusters
    return max(0.0, 1 - 2 * balance) * mean, (1 + balance) * mean


class Cut:
    """Clusters of a graph with their cuts and sizes, kept while vertices move.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Symmetric weights without diagonal.
    labels : ndarray of int64, shape (n,)
        Clusters; changed in place.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.

    Attributes
    ----------
    cut, total : ndarray of float64, shape (K,)
        cut(C, rest) and size(C).
    """

    def __init__(self, graph: sp.csr_array, labels: Labels, sizes: Floats) -> None:
        self.graph, self.labels, self.sizes = graph, labels, sizes
        self.clusters = int(labels.max()) + 1
        self.degrees = check_size("degree", graph)
        rows = np.repeat(labels, np.diff(graph.indptr))
        across = graph.data * (rows != labels[graph.indices])
        cut = np.bincount(rows, weights=across, minlength=self.clusters)
        self.cut = cut.astype(np.float64)
        total = np.bincount(labels, weights=sizes, minlength=self.clusters)
        self.total = total.astype(np.float64)

    def value(self) -> float:
        """sum_C cut(C, rest) / size(C); 0 for a cluster without edges to others."""
        return ratio_sum(self.cut, self.total)

    def wanted(
        self, vertices: Labels, bounds: tuple[float, float]
    ) -> tuple[Labels, Labels, Floats]:
        """Best allowed move of each of the vertices that has one, with the change of the cut."""
        i, b, toward, own = self._links(vertices)
        a, s, d = self.labels[i], self.sizes[i], self.degrees[i]
        # What a batch may do together is settled in `fitting`; here a move stands alone.
        low = np.maximum(bounds[0], SMALLEST_GAIN * self.total[a])
        allowed = (self.total[b] + s <= bounds[1]) & (self.total[a] - s >= low)
        i, b, toward, own = i[allowed], b[allowed], toward[allowed], own[allowed]
        a, s, d = a[allowed], s[allowed], d[allowed]
        before = self.cut / np.where(self.total > 0, self.total, 1)
        change = (self.cut[a] - d + 2 * own) / (self.total[a] - s) - before[a]
        change += (self.cut[b] + d - 2 * toward) / (self.total[b] + s) - before[b]
        good = change < -SMALLEST_GAIN * self.value()
        i, b, change = i[good], b[good], change[good]
        order = np.lexsort((change, i))
        i, b, change = i[order], b[order], change[order]
        first = np.ones(i.size, dtype=bool)
        first[1:] = i[1:] != i[:-1]
        return i[first], b[first], change[first]

    def _links(self, vertices: Labels) -> tuple[Labels, Labels, Floats, Floats]:
        """Vertex, foreign cluster, weight to it and weight to the own cluster, flat."""
        n = self.labels.size
        ones = np.ones(n)
        member = sp.csr_array((ones, self.labels, np.arange(n + 1)), shape=(n, self.clusters))
        links = self.graph[vertices] @ member
        place = np.repeat(np.arange(vertices.size), np.diff(links.indptr))
        rows = vertices[place]
        mine = links.indices == self.labels[rows]
        own = np.zeros(vertices.size)
        own[place[mine]] = links.data[mine]
        out = ~mine
        return rows[out], links.indices[out].astype(np.int64), links.data[out], own[place[out]]

    def moved(self, vertices: Labels, targets: Labels) -> tuple[Floats, Floats]:
        """Cuts and sizes as they would be after these moves together."""
        rows = self.graph[vertices]
        place = np.repeat(np.arange(vertices.size), np.diff(rows.indptr))
        new = self.labels.copy()
        new[vertices] = targets
        moving = np.zeros(new.size, dtype=bool)
        moving[vertices] = True
        # An edge with one moving end is met once and stands for two entries of W.
        weight = rows.data * np.where(moving[rows.indices], 1.0, 2.0)
        inside = np.zeros(self.clusters)
        for labels, sign in ((self.labels, -1.0), (new, 1.0)):
            mine = labels[vertices][place]
            same = mine == labels[rows.indices]
            inside += sign * np.bincount(mine[same], weight[same], self.clusters)
        volume, size = np.zeros(self.clusters), np.zeros(self.clusters)
        for labels, sign in ((self.labels[vertices], -1.0), (targets, 1.0)):
            volume += sign * np.bincount(labels, self.degrees[vertices], self.clusters)
            size += sign * np.bincount(labels, self.sizes[vertices], self.clusters)
        return np.maximum(self.cut + volume - inside, 0.0), self.total + size

    def fitting(
        self, i: Labels, b: Labels, change: Floats, bounds: tuple[float, float]
    ) -> NDArray[np.intp]:
        """Moves, best first, that together leave all sizes within the bounds."""
        keep = np.arange(i.size)
        low = np.maximum(bounds[0], SMALLEST_GAIN * self.total)
        for key, room in ((b, bounds[1] - self.total), (self.labels[i], self.total - low)):
            keep = keep[np.lexsort((change[keep], key[keep]))]
            groups = key[keep]
            running = np.cumsum(self.sizes[i[keep]])
            starts = np.flatnonzero(np.diff(groups, prepend=-1))
            base = np.repeat(
                running[starts] - self.sizes[i[keep[starts]]],
                np.diff(starts, append=groups.size),
            )
            keep = keep[running - base <= room[groups]]
        return keep


def ratio_sum(cut: Floats, total: Floats) -> float:
    """Sum of cut / total over clusters; 0 where nothing is cut, infinity for an emptied one.

    Parameters
    ----------
    cut, total : ndarray of float64, shape (K,)
        Cuts and sizes.

    Returns
    -------
    float
        The cut.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(cut > 0, cut / total, 0.0).sum())


def descend(
    graph: sp.csr_array,
    labels: Labels,
    sizes: Floats,
    bounds: tuple[float, float],
    rng: np.random.Generator,
    max_rounds: int = 100,
) -> tuple[Labels, float]:
    """Rounds of moves, each lowering the cut, until no move to a neighbouring cluster does.

    Parameters
    ----------
    graph : scipy.sparse.csr_array, shape (n, n)
        Symmetric weights without diagonal.
    labels : ndarray of int64, shape (n,)
        Clusters.
    sizes : ndarray of float64, shape (n,)
        Sizes of the vertices.
    bounds : tuple of float
        Smallest and largest size of a cluster; a cluster outside may only come nearer.
    rng : numpy.random.Generator
        Chooses among the moves of a round.
    max_rounds : int
        Largest number of rounds.

    Returns
    -------
    labels : ndarray of int64, shape (n,)
        New labels.
    cut : float
        sum_C cut(C, rest) / size(C).
    """
    state = Cut(graph, labels.copy(), sizes)
    everyone = np.arange(labels.size)
    active = everyone
    for _ in range(max_rounds):
        i, b, change = state.wanted(active, bounds)
        if not i.size:
            # Sizes and cuts have changed since the others were asked.
            if active.size == everyone.size:
                break
            active = everyone
            continue
        chosen = _round(state, i, b, change, bounds, rng)
        touched = state.graph[i[chosen]].indices
        active = np.unique(np.concatenate([i, touched]))
    return state.labels, state.value()


def _round(
    state: Cut,
    i: Labels,
    b: Labels,
    change: Floats,
    bounds: tuple[float, float],
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Make a random half of the moves, or fewer until they lower the cut; at least the best."""
    share, value = AT_ONCE, state.value()
    while True:
        pick = np.flatnonzero(rng.random(i.size) < share)
        if share * i.size < 1 or not pick.size:
            pick = np.array([int(np.argmin(change))])
        pick = pick[state.fitting(i[pick], b[pick], change[pick], bounds)]
        cut, total = state.moved(i[pick], b[pick])
        # A single move has the change that was promised, up to rounding.
        if ratio_sum(cut, total) < value or pick.size <= 1:
            state.labels[i[pick]] = b[pick]
            state.cut, state.total = cut, total
            return pick
        share /= 2
