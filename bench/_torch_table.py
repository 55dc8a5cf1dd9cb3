"""The record of bench.torch_cpu as Markdown."""

from __future__ import annotations

from typing import Any

from bench._markdown import goals, measured, table

HEADER = (
    "arguments; derivatives",
    "NumPy",
    "forward",
    "over NumPy",
    "with backward",
    "over forward",
)


def torch_cpu(record: dict[str, Any]) -> list[str]:
    """Times per element of every case, and the goals."""
    rows = []
    for case in record["cases"]:
        timings = case["timings"]
        both = measured(timings["forward and backward"])
        forward, ratio = case["forward_over_numpy"]["median"], case["both_over_forward"]["median"]
        numpy, ours = measured(timings["NumPy"]), measured(timings["forward"])
        rows.append((case["name"], numpy, ours, f"{forward:.2f}", both, f"{ratio:.2f}"))
    lines = ["## PyTorch on the CPU", "", "One thread; time per element, float64.", ""]
    return lines + table(HEADER, rows) + goals(record)
