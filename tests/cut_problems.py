"""Random small graphs with assignments, and what is true of them by enumeration."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st


class CutProblem(NamedTuple):
    """W (n, n), P (n, K), the argument `size` and the sizes that it stands for."""

    W: np.ndarray
    P: np.ndarray
    size: object
    sizes: np.ndarray


def random_problem(seed: int, n_max: int = 9, counts_only: bool = False) -> CutProblem:
    """Graph with 2..n_max vertices; soft, nearly hard, hard and empty clusters among them."""
    rng = np.random.default_rng(seed)
    n, clusters = rng.integers(2, n_max + 1), rng.integers(1, 4)
    W = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.7), 1) * 10 ** rng.uniform(-3, 3)
    W = W + W.T
    P = rng.dirichlet(np.full(clusters, 10 ** rng.uniform(-1.5, 1)), n)
    corners = np.eye(clusters)[rng.integers(0, clusters, n)]
    P = np.where(rng.random((n, 1)) < rng.choice([0, 0.3, 1], p=[0.5, 0.3, 0.2]), corners, P)
    kind = 0 if counts_only else rng.integers(3)
    given = 10 ** rng.uniform(-2, 2, n)
    size = ("count", "degree", given)[kind]
    return CutProblem(W, P, size, (np.ones(n), W.sum(axis=1), given)[kind])


problems = st.integers(0, 2**32).map(random_problem)
count_problems = st.integers(0, 2**32).map(lambda seed: random_problem(seed, counts_only=True))


def enumerated(problem: CutProblem) -> np.ndarray:
    """Expected cut of each cluster: the mean over all 2^n subsets."""
    W, P, _, sizes = problem
    inside = np.array(list(itertools.product((0.0, 1.0), repeat=len(P))))
    total = inside @ sizes
    cut = ((inside @ W) * (1 - inside)).sum(axis=1)
    ratio = np.divide(cut, total, out=np.zeros_like(cut), where=cut > 0)
    chances = (np.where(inside == 1, p, 1 - p).prod(axis=1) for p in P.T)
    return np.array([chance @ ratio for chance in chances])
