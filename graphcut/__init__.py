"""Probabilistic graph cuts: exact expected cuts, proven bounds, clustering."""

from __future__ import annotations

from typing import Any

# Module of each public name; a name is imported when it is asked for.
_HOMES = {
    "ExpectedCut": "expected",
    "expected_cut": "expected",
    "expected_cut_gradient": "expected",
    "graph_cut": "cuts",
    "graph_quality": "graphs",
    "knn_graph": "graphs",
    "local_knn_graph": "graphs",
    "monte_carlo_cut": "sampling",
    "normalized_cut": "cuts",
    "ratio_cut": "cuts",
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
