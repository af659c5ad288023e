"""A plane of codes as it changes during a training, to play in the browser."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pcae.figures.charts import CLASS_COLORS, Plane

_OPACITY = 0.75
_TIME_COLOR = "#808894"
_CODES_SHARE, _LEGEND_SHARE = 0.5, 0.27  # of the height, with a legend of three rows


def _axes(planes: Sequence[Plane], number: int) -> dict:
    """Axes and legend of the codes, and room for the losses above them where they are second."""
    every = np.concatenate([plane.points for plane in planes])
    legend = {"orientation": "h", "yanchor": "bottom", "itemsizing": "constant"}
    axes: dict = {f"legend{number}": legend | {"y": 1.02 if number == 1 else _CODES_SHARE}}
    for axis, title, values in zip("xy", planes[-1].axes, every.T, strict=True):
        axes[f"{axis}axis{number}"] = {
            "title": {"text": title, "standoff": 4},
            "range": _range(values),
            "zeroline": False,
            "automargin": True,
            "anchor": f"{'y' if axis == 'x' else 'x'}{number}",
        }
    if number == 2:
        axes["yaxis2"]["domain"] = [0, _CODES_SHARE]
        axes["yaxis"] = {"domain": [_CODES_SHARE + _LEGEND_SHARE, 1]}
        axes["xaxis"] = {"title": None}
    return axes


def codes_timeline(
    planes: Sequence[Plane],
    labels: np.ndarray,
    classes: Sequence[str],
    places: Sequence[float] = (),
    losses: go.Figure | None = None,
) -> go.Figure:
    """One plane as it changes, with a slider and a play button that need no server.

    Parameters
    ----------
    planes : sequence of Plane
        The same digits at several times, each named by its title; the last is drawn first. The
        axes hold all of them.
    labels : ndarray of int, shape (n,)
    classes : sequence of str
        What each label stands for.
    places : sequence of float
        The times, in epochs, where there are losses.
    losses : Figure, optional
        From `learning_curves`, drawn above; a line in them shows the time.
    """
    rows = [np.flatnonzero(labels == label) for label in range(len(classes))]
    figure = losses or go.Figure()
    still, number = len(figure.data), 2 if losses else 1
    below = {"xaxis": f"x{number}", "yaxis": f"y{number}", "legend": f"legend{number}"}

    def moved(at: int) -> list[dict]:
        x, y = planes[at].points.astype(np.float32).T
        moving = [{"type": "scattergl", "x": x[of], "y": y[of]} for of in rows]
        if losses:
            top = losses.layout.yaxis.range[1]
            moving.append({"type": "scatter", "x": [places[at]] * 2, "y": [0, top]})
        return moving

    fixed: list[dict] = [
        below
        | {
            "mode": "markers",
            "name": name,
            "marker": {"size": 5, "color": CLASS_COLORS[label], "opacity": _OPACITY},
            "hovertemplate": f"<b>{name}</b><extra></extra>",
        }
        for label, name in enumerate(classes)
    ]
    if losses:
        line = {"color": _TIME_COLOR, "width": 2}
        fixed.append({"mode": "lines", "showlegend": False, "line": line, "hoverinfo": "skip"})
    figure.add_traces([look | at for look, at in zip(fixed, moved(len(planes) - 1), strict=True)])
    axes = _axes(planes, number)
    margin = {"l": 8, "r": 8, "t": 32, "b": 8}
    figure.update_layout(margin=margin, hovermode="closest", uirevision="keep", **axes)
    if len(planes) == 1:
        return figure
    figure.update_layout(_controls([plane.title for plane in planes]))
    traces = list(range(still, still + len(fixed)))
    figure.frames = [
        {"name": plane.title, "data": moved(at), "traces": traces}
        for at, plane in enumerate(planes)
    ]
    return figure


def _controls(titles: Sequence[str]) -> dict:
    """The buttons and the slider of a figure whose frames have these names."""
    at_once = {"mode": "immediate", "transition": {"duration": 0}, "fromcurrent": True}
    play = at_once | {"frame": {"duration": 250, "redraw": True}}
    jump = at_once | {"frame": {"duration": 0, "redraw": True}}
    button = {"method": "animate"}
    menus = [
        {
            "type": "buttons",
            "showactive": False,
            "bgcolor": "rgba(0,0,0,0)",
            "direction": "left",
            "x": 0,
            "y": -0.2,
            "xanchor": "left",
            "yanchor": "top",
            "pad": {"t": 10},
            "buttons": [
                button | {"label": "Play", "args": [None, play]},
                button | {"label": "Pause", "args": [[None], jump]},
            ],
        }
    ]
    sliders = [
        {
            "active": len(titles) - 1,
            "x": 0.24,
            "y": -0.2,
            "len": 0.76,
            "currentvalue": {"visible": True, "prefix": "after epoch "},
            "steps": [button | {"label": title, "args": [[title], jump]} for title in titles],
        }
    ]
    return {"updatemenus": menus, "sliders": sliders}


def _range(values: np.ndarray) -> list[float]:
    """Fixed limits with a little air, so that what is drawn later moves nothing."""
    low, high = float(values.min()), float(values.max())
    air = 0.04 * (high - low) or 1.0
    return [low - air, high + air]
