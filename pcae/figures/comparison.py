"""Plotly figures of several networks: their codes side by side, and the errors of a sweep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pcae.figures.charts import CLASS_COLORS, LAYOUT, PCA_COLOR, Plane, curve_color
from pcae.settings import LABELS
from pcae.training.sweep import Line, Sweep

_MOST_IN_LEGEND = 12
_SMALL = {"size": 11}


@dataclass(frozen=True, eq=False)
class Coded:
    """A network's codes as a plane, with the label of every digit and what the labels stand for."""

    plane: Plane
    labels: np.ndarray
    classes: Sequence[str]


def scatters(networks: Sequence[Coded]) -> go.Figure:
    """Small scatters side by side, each under its title with the dot of its curve's colour.

    One figure, so that all share the browser's WebGL contexts and one legend, whose classes are
    hidden and shown everywhere.
    """
    columns = len(networks) if len(networks) <= 3 else math.ceil(len(networks) / 2)
    rows = math.ceil(len(networks) / columns)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=[
            f'<span style="color:{curve_color(number)}">●</span> {network.plane.title}'
            for number, network in enumerate(networks)
        ],
        horizontal_spacing=0.12 / columns,
        vertical_spacing=0.19,
    )
    figure.update_annotations(font=_SMALL)
    traces = []
    for number, network in enumerate(networks):
        axis = str(number + 1) if number else ""
        x, y = network.plane.points.astype(np.float32).T
        for label, name in enumerate(network.classes):
            of = network.labels == label
            traces.append(
                {
                    "type": "scattergl",
                    "x": x[of],
                    "y": y[of],
                    "xaxis": f"x{axis}",
                    "yaxis": f"y{axis}",
                    "mode": "markers",
                    "name": name,
                    "legendgroup": str(label),
                    "showlegend": number == 0,
                    "marker": {"size": 3, "color": CLASS_COLORS[label], "opacity": 0.7},
                    "hovertemplate": f"<b>{name}</b><extra></extra>",
                }
            )
        for letter, title in zip("xy", network.plane.axes, strict=True):
            figure.layout[f"{letter}axis{axis}"].update(
                title={"text": title, "standoff": 2, "font": _SMALL},
                showticklabels=False,
                showgrid=False,
                zeroline=False,
            )
    figure.add_traces(traces)
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        legend={"orientation": "h", "y": -0.09, "yanchor": "top", "itemsizing": "constant"},
        hovermode="closest",
    )
    return figure


def _add_pca(figure: go.Figure, sweep: Sweep, pca_error: np.ndarray) -> None:
    if sweep.across == "k":
        ks = np.arange(max(sweep.k[0] - 1, 0), sweep.k[-1] + 2).clip(max=len(pca_error) - 1)
        figure.add_scatter(
            x=ks,
            y=pca_error[ks],
            name="PCA",
            mode="lines",
            line={"color": PCA_COLOR, "width": 3},
            hovertemplate="PCA, k = %{x}: %{y:.5f}<extra></extra>",
        )
        return
    for k in sweep.k:
        figure.add_hline(
            y=float(pca_error[k]),
            line={"color": PCA_COLOR, "width": 2, "dash": "dash"},
            annotation={"text": f"PCA, k = {k}", "font": {"color": PCA_COLOR, "size": 14}},
            annotation_position="top left",
        )


def _add_line(figure: go.Figure, sweep: Sweep, number: int, line: Line) -> None:
    """A point a network, and a line through the medians."""
    shared = {"name": line.name, "legendgroup": str(number)}
    places = [place for place in sweep.places if place in line.errors]
    points = [(place, error) for place in places for error in line.errors[place]]
    medians = [float(np.median(line.errors[place])) for place in places]
    figure.add_scatter(
        x=places if places else [None],  # a line without a point would not be in the legend
        y=medians if places else [None],
        mode="lines",
        line={"color": curve_color(number), "width": 2},
        hoverinfo="skip",
        **shared,
    )
    figure.add_scatter(
        x=[place for place, _ in points],
        y=[error for _, error in points],
        mode="markers",
        marker={"color": curve_color(number), "size": 8, "opacity": 0.75},
        hovertemplate=f"{line.name}<br>{sweep.across} %{{x}}: %{{y:.5f}}<extra></extra>",
        showlegend=False,
        **shared,
    )


def sweep_errors(sweep: Sweep, lines: Sequence[Line], pca_error: np.ndarray | None) -> go.Figure:
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
    figure = go.Figure()
    tops = [error for line in lines for errors in line.errors.values() for error in errors]
    if pca_error is not None:
        tops.append(float(pca_error[sweep.k[0]]))
        _add_pca(figure, sweep, pca_error)
    for number, line in enumerate(lines):
        _add_line(figure, sweep, number, line)
    figure.update_layout(LAYOUT, showlegend=len(lines) <= _MOST_IN_LEGEND, uirevision="keep")
    figure.update_xaxes(title=LABELS[sweep.across], zeroline=False)
    if sweep.across == "hidden":
        figure.update_xaxes(type="category", categoryorder="array", categoryarray=sweep.places)
        figure.update_xaxes(range=[-0.5, len(sweep.places) - 0.5])
    else:
        low, high = sweep.places[0], sweep.places[-1]
        air = 0.04 * (high - low) or 0.5
        figure.update_xaxes(range=[low - air, high + air])
        if high - low <= 12:
            figure.update_xaxes(dtick=1)
    top = 1.08 * max(tops, default=0.1)
    figure.update_yaxes(title="test error", automargin=True, zeroline=False, range=[0, top])
    return figure
