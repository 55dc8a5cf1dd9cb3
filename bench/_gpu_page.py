"""The record of bench.gpu as Markdown."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def gpu(record: Record) -> list[str]:
    """Lines of the section on GPUs."""
    from bench import _markdown as markdown

    where = record["environment"]
    lines = [
        "## GPU",
        "",
        f"{where['gpu']}, torch {where['torch']}, CUDA {where['cuda']}, Triton "
        f"{where.get('triton', '-')}; events on the device, medians. Tests: {record['tests']}. "
        f"First results, compilers included, after {record['first_results_s']:.0f} s.",
        "",
        f"a, b, c fixed, {record['plans']['elements']:,} values of z:",
        "",
    ]
    for case in (*record["plans"]["cases"], *record["varying"]["cases"]):
        lines += _timings(markdown, case["name"], case["timings"])
    for case in record["baselines"]["cases"]:
        lines += _timings(markdown, f"Baselines, m = {case['m']:,}", case["timings"])
    for case in record["shapes"]:
        title = f"Launch shapes of Triton, {case['name']} (the first is in use)"
        lines += _timings(markdown, title, case["timings"])
    spent = markdown.duration(record["scipy"]["ns_per_element"])
    lines += [f"Copied to the CPU, SciPy at m = 512, copied back: {spent} an element.", ""]
    return lines + markdown.goals(record)


def _timings(markdown: Any, title: str, timings: Record) -> list[str]:
    rows = [
        (name, markdown.duration(x["median_ms"] * 1e6), markdown.duration(x["ns_per_element"]))
        for name, x in timings.items()
    ]
    return [f"{title}:", "", *markdown.table(("", "time", "an element"), rows)]
