"""Probabilistic graph cuts: exact expected cuts, proven bounds, clustering."""

from __future__ import annotations

from typing import Any

# Module of each public name; a name is imported when it is asked for.
_HOMES = {
    "CutObjective": "objectives",
    "ExpectedCut": "expected",
    "GradientMixer": "mixing",
    "KMeansCut": "baselines",
    "PartitionCut": "baselines",
    "ProbabilisticCut": "estimator",
    "SpectralCut": "baselines",
    "StartChoice": "choice",
    "ari": "metrics",
    "binned_bound": "bounds",
    "choose_start": "choice",
    "clustering_accuracy": "metrics",
    "entropy_balance": "objectives",
    "envelope_bound": "bounds",
    "expected_cut": "expected",
    "expected_cut_gradient": "expected",
    "gap_bound": "bounds",
    "graph_cut": "cuts",
    "graph_quality": "graphs",
    "hoelder_bound": "bounds",
    "jensen_bound": "bounds",
    "knn_graph": "graphs",
    "local_knn_graph": "graphs",
    "minibatch_bound": "bounds",
    "monte_carlo_cut": "sampling",
    "nmi": "metrics",
    "normalized_cut": "cuts",
    "prcut_bound": "bounds",
    "purity": "metrics",
    "ratio_cut": "cuts",
    "refine_labels": "refine",
    "start": "starts",
}

__all__ = [
    *sorted(_HOMES),
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"graphcut.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'graphcut' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
