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
        A module is copied, and has to map (b, n_features) to (b, n_clusters). What its layers draw
        while it is trained, such as the masks of dropout, comes from the seed of the training;
        learning from a stream draws from torch's own generator.
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
        return check_module(copy.deepcopy(model), n_features)
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


def check_module(model: nn.Module, n_features: int) -> nn.Module:
    """Refuse a module of the caller's that cannot be trained on these features.

    Parameters
    ----------
    model : torch.nn.Module
        Module.
    n_features : int
        Width of its inputs.

    Returns
    -------
    torch.nn.Module
        The same one.

    Raises
    ------
    ValueError
        If it has no parameter that requires a gradient, or does not take the features.
    """
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ValueError(
            f"model is {model!r}, without a parameter that requires a gradient; at least one is "
            f"needed, or there is nothing to train"
        )
    first = next(model.parameters())
    rows = torch.zeros(2, n_features, dtype=first.dtype, device=first.device)
    try:
        # A copy that is asked in evaluation mode keeps statistics of batches and generators alone.
        with torch.no_grad():
            copy.deepcopy(model).eval()(rows)
    except RuntimeError as error:
        raise ValueError(
            f"model is {model!r}, which fails on rows of {n_features} features: {error}"
        ) from error
    return model
