"""The figure of several networks: the errors of a sweep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pcae.figures.charts import LAYOUT, Figure, levels, titled
from pcae.figures.colors import PCA, of_network
from pcae.figures.markup import as_markup
from pcae.settings import LABELS
from pcae.training.sweep import Line, Sweep

_MOST_IN_LEGEND = 12


def _pcas_curve(sweep: Sweep, pca_error: np.ndarray) -> Figure:
    """PCA's errors along an axis of k."""
    ks = np.arange(max(sweep.k[0] - 1, 0), sweep.k[-1] + 2).clip(max=len(pca_error) - 1)
    return {
        "x": ks,
        "y": pca_error[ks],
        "name": "PCA",
        "mode": "lines",
        "line": {"color": PCA, "width": 3},
        "hovertemplate": "PCA, k = %{x}: %{y:.5f}<extra></extra>",
    }


def _points(sweep: Sweep, number: int, line: Line) -> list[Figure]:
    """A line through the medians, and a point a network."""
    name = as_markup(line.name)
    shared = {"name": name, "legendgroup": str(number)}
    places = [place for place in sweep.places if place in line.errors]
    points = [(place, error) for place in places for error in line.errors[place]]
    medians = [float(np.median(line.errors[place])) for place in places]
    return [
        {
            "x": places if places else [None],  # a line without a point would not be in the legend
            "y": medians if places else [None],
            "mode": "lines",
            "line": {"color": of_network(number), "width": 2},
            "hoverinfo": "skip",
        }
        | shared,
        {
            "x": [place for place, _ in points],
            "y": [error for _, error in points],
            "mode": "markers",
            "marker": {"color": of_network(number), "size": 8, "opacity": 0.75},
            "hovertemplate": f"{name}<br>{sweep.across} %{{x}}: %{{y:.5f}}<extra></extra>",
            "showlegend": False,
        }
        | shared,
    ]


def sweep_errors(sweep: Sweep, lines: Sequence[Line], pca_error: np.ndarray | None) -> Figure:
    """Test errors along an axis of a sweep: a point a network, lines through the seeds' medians.

    Parameters
    ----------
    lines : sequence of Line
        From `pcae.training.sweep.lines`. The axis has room for all values of the sweep, so that it
        does not move while results arrive.
    pca_error : ndarray, shape (785,), optional
        PCA's test error with k components at index k: a curve where the axis is k, else level
        lines.
    """
    tops = [error for line in lines for errors in line.errors.values() for error in errors]
    traces = [of for number, line in enumerate(lines) for of in _points(sweep, number, line)]
    level: list[tuple[str, float]] = []
    if pca_error is not None:
        tops.append(float(pca_error[sweep.k[0]]))
        if sweep.across == "k":
            traces.insert(0, _pcas_curve(sweep, pca_error))
        else:
            level = [(f"PCA, k = {k}", float(pca_error[k])) for k in sweep.k]
    across = titled(LABELS[sweep.across], zeroline=False)
    if sweep.across == "hidden":
        across |= {"type": "category", "categoryorder": "array", "categoryarray": sweep.places}
        across |= {"range": [-0.5, len(sweep.places) - 0.5]}
    else:
        low, high = sweep.places[0], sweep.places[-1]
        air = 0.04 * (high - low) or 0.5
        across |= {"range": [low - air, high + air]}
        if high - low <= 12:
            across |= {"dtick": 1}
    top = 1.08 * max(tops, default=0.1)
    up = titled("test error", zeroline=False, range=[0, top])
    shown = {"showlegend": len(lines) <= _MOST_IN_LEGEND, "xaxis": across, "yaxis": up}
    return {"data": traces, "layout": LAYOUT | shown | levels(level, top)}
