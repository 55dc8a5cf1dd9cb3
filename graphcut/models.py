"""Models of the assignments: features, or vertices, to logits."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

__all__ = ["FreeAssignments", "build_model"]

MODELS = ("linear", "mlp", "free")


class FreeAssignments(nn.Module):
    """One row of logits for each vertex, and nothing that new points could use.

    Parameters
    ----------
    n : int
        Vertices.
    n_clusters : int
        Clusters.
    """

    def __init__(self, n: int, n_clusters: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n, n_clusters))

    def forward(self, vertices: Tensor) -> Tensor:
        """Logits of these vertices.

        Parameters
        ----------
        vertices : Tensor of int64, shape (b,)
            Vertices.

        Returns
        -------
        Tensor, shape (b, n_clusters)
            Their logits.
        """
        return self.logits[vertices]


def build_model(
    model: str | nn.Module, n: int, n_features: int, n_clusters: int, hidden: int, seed: int
) -> nn.Module:
    """A fresh model with weights drawn from `seed`, leaving torch's own generator alone.

    Parameters
    ----------
    model : {"linear", "mlp", "free"} or torch.nn.Module
        A module is copied, and has to map (b, n_features) to (b, n_clusters).
    n, n_features, n_clusters : int
        Sizes.
    hidden : int
        Width of the single hidden layer of "mlp".
    seed : int
        Of the weights.

    Returns
    -------
    torch.nn.Module
        Maps features, or for "free" vertices, to logits.

    Raises
    ------
    TypeError, ValueError
        If the model is none of these.
    """
    if isinstance(model, nn.Module):
        return copy.deepcopy(model)
    if not isinstance(model, str) or model not in MODELS:
        raise ValueError(
            f"model is {model!r}; one of {', '.join(MODELS)} or a torch.nn.Module is allowed"
        )
    if model == "free":
        return FreeAssignments(n, n_clusters)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if model == "mlp":
            return nn.Sequential(
                nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_clusters)
            )
        linear = nn.Linear(n_features, n_clusters)
    # From zero, distillation of a start is a convex problem with one answer.
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
