"""Plots of the expected cut: against temperature with its bounds, tightness against bins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcut._checks import Size, to_numpy
from graphcut.bounds import binned_bound, hoelder_bound, jensen_bound
from graphcut.cuts import graph_cut
from graphcut.expected import expected_cut
from graphcut.sampling import monte_carlo_cut

__all__ = ["plot_temperature", "plot_tightness", "softmax"]

_EXACT, _UPPER, _LOOSE, _MUTED = "#0b62a4", "#d1622b", "#b9a13a", "#5a5a5a"


def _listed(name: str, values: Iterable[Any]) -> list[Any]:
    values = list(values)
    if not values:
        raise ValueError(f"{name} is empty; at least one is needed")
    return values


def softmax(logits: Any, temperature: float = 1.0) -> NDArray[np.float64]:
    """exp(x_ik / T) / sum_l exp(x_il / T).

    Parameters
    ----------
    logits : array_like or torch.Tensor, shape (n, K)
        Finite.
    temperature : float
        Positive.

    Returns
    -------
    ndarray of float64, shape (n, K)
        Rows on the simplex.

    Raises
    ------
    ValueError
        If the temperature is not positive.

    Examples
    --------
    >>> from graphcut.plots import softmax
    >>> softmax([[0.0, 0.0]]).tolist()
    [[0.5, 0.5]]
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature!r}; positive numbers are allowed")
    scaled = np.asarray(to_numpy(logits), dtype=np.float64) / temperature
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return shares


def plot_temperature(
    ax: Any,
    W: Any,
    logits: Any,
    size: Size = "degree",
    temperatures: Iterable[float] = tuple(np.geomspace(0.03, 10, 20)),
    n_bins: int = 16,
    n_samples: int = 100,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Expected cut of softmax(logits / T) against T, with bounds and a Monte Carlo band.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    logits : array_like or torch.Tensor, shape (n, K)
        Of the assignments.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    temperatures : iterable of float
        Where to evaluate, at least once.
    n_bins : int
        Bins of the upper bounds.
    n_samples : int
        Draws for the band of 95%.
    seed : int
        Of the draws.

    Returns
    -------
    dict of list
        What was drawn: "temperature", "exact", "jensen", "binned", "hoelder", "low", "high", and
        "hard", the cut of the likeliest labels.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from graphcut.plots import plot_temperature
    >>> W = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> drawn = plot_temperature(Figure().subplots(), W, np.eye(3)[:, :2], temperatures=[0.1, 1])
    >>> sorted(drawn)
    ['binned', 'exact', 'hard', 'high', 'hoelder', 'jensen', 'low', 'temperature']
    """
    logits, places = to_numpy(logits), _listed("temperatures", temperatures)
    drawn: dict[str, list[float]] = {"temperature": [float(t) for t in places]}
    for temperature in places:
        P = softmax(logits, temperature)
        _, (low, high) = monte_carlo_cut(W, P, size, n_samples, seed)
        values = {
            "exact": expected_cut(W, P, size),
            "jensen": jensen_bound(W, P, size),
            "binned": binned_bound(W, P, size, n_bins),
            "hoelder": hoelder_bound(W, P, size, n_bins),
            **{"low": low, "high": high},
        }
        for name, value in values.items():
            drawn.setdefault(name, []).append(float(value))
    drawn["hard"] = [float(graph_cut(W, logits.argmax(axis=1), size))]
    _draw_temperature(ax, drawn, n_bins, n_samples)
    return drawn


def _draw_temperature(ax: Any, drawn: dict[str, list[float]], n_bins: int, n_samples: int) -> None:
    x = drawn["temperature"]
    band = f"Monte Carlo, {n_samples} draws, 95%"
    ax.fill_between(x, drawn["low"], drawn["high"], color=_EXACT, alpha=0.25, lw=0, label=band)
    ax.plot(x, drawn["hoelder"], ":", color=_LOOSE, label=f"Hölder, {n_bins} bins")
    ax.plot(x, drawn["binned"], "--", color=_UPPER, label=f"binned, {n_bins} bins")
    ax.plot(x, drawn["exact"], color=_EXACT, label="exact")
    ax.plot(x, drawn["jensen"], "-.", color=_MUTED, label="Jensen")
    ax.axhline(drawn["hard"][0], color="k", lw=0.8, label="likeliest labels")
    ax.set(xscale="log", xlabel="temperature", ylabel="expected cut")
    ax.legend(frameon=False, fontsize="small")


def plot_tightness(
    ax: Any,
    W: Any,
    P: Any,
    size: Size = "degree",
    n_bins: Iterable[int] = (1, 2, 4, 8, 16, 32, 64),
    bins: str = "log_kmeans",
) -> dict[str, list[float]]:
    """Upper bounds over the exact expected cut against the number of bins.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    W : SciPy sparse, array or torch tensor, shape (n, n)
        Symmetric nonnegative weights with zero diagonal.
    P : array_like or torch.Tensor, shape (n, K)
        Rows on the simplex, with a positive expected cut.
    size : {"count", "degree"} or array_like, shape (n,)
        Sizes of the vertices.
    n_bins : iterable of int
        Where to evaluate, at least once.
    bins : {"log_kmeans", "equal_frequency"}
        How sizes are binned.

    Returns
    -------
    dict of list
        What was drawn: "n_bins", "binned", "hoelder".

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or the expected cut is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from graphcut.plots import plot_tightness
    >>> W = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> drawn = plot_tightness(Figure().subplots(), W, np.full((3, 2), 0.5), n_bins=(1, 2))
    >>> np.round(drawn["binned"], 6).tolist()
    [1.0, 1.0]
    """
    P, counts = to_numpy(P), _listed("n_bins", n_bins)
    exact = expected_cut(W, P, size)
    if not exact > 0:
        raise ValueError("the expected cut of P is 0; bounds have no ratio to it")
    drawn: dict[str, list[float]] = {"n_bins": [float(b) for b in counts]}
    for name, bound in (("binned", binned_bound), ("hoelder", hoelder_bound)):
        drawn[name] = [float(bound(W, P, size, b, bins)) / float(exact) for b in counts]
    ax.plot(counts, drawn["hoelder"], "s:", color=_LOOSE, label="Hölder")
    ax.plot(counts, drawn["binned"], "o--", color=_UPPER, label="binned")
    ax.axhline(1, color=_EXACT, label="exact")
    ax.set(xscale="log", yscale="log", xlabel="number of bins", ylabel="over the exact value")
    ax.legend(frameon=False, fontsize="small")
    return drawn
