"""Figures from arrays, as plotly.js takes them: traces under "data", and "layout".

Colours that depend on light or dark are left to the page's theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pcae.figures.colors import AUTOENCODER, MUTED, PCA, of_network
from pcae.figures.markup import as_markup, shortened

Figure = dict[str, Any]
LAYOUT: Figure = {  # of a chart with its legend above
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    "hovermode": "closest",
}
_DASHES = ("solid", "dot", "dash", "dashdot")  # of the angles of a plane
_MARKED = 60  # epochs on a curve, at most
_NAME_ROOM = 0.1  # of an axis, that the name of a level line takes at most
_NAMES_WIDTH = 84  # pixels beside the plot
_WITHIN = {"xanchor": "right", "y": 1, "yanchor": "top"}  # where curves leave room for a legend
_FEW = 20  # classes on an axis, that are all named
_BETWEEN = 0.045  # half of what is between two plots, of both


def plain(value: Any) -> Any:
    """A part of a figure as JSON has it: arrays as lists, and null for what is no finite number."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        numbers = value.dtype.kind in "biu" or (
            value.dtype.kind == "f" and np.isfinite(value).all()
        )
        return value.tolist() if numbers else plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


@dataclass(frozen=True, eq=False)
class Plane:
    """Points in one plane: two coordinates of every digit shown, and the axes' names.

    Attributes
    ----------
    title : str
    points : ndarray, shape (n, 2)
    axes : tuple of str, length 2
    """

    title: str
    points: np.ndarray
    axes: tuple[str, str]


def plane(
    title: str, kind: str, values: np.ndarray, labels: np.ndarray, pair: tuple[int, int] = (0, 1)
) -> Plane:
    """Two columns of `values`, shape (n, k), as a plane; one alone is drawn against the label."""
    if values.shape[1] == 1:
        return Plane(title, np.column_stack([values[:, 0], labels]), (f"{kind} 1", "label"))
    return Plane(title, values[:, pair], (f"{kind} {pair[0] + 1}", f"{kind} {pair[1] + 1}"))


@dataclass(frozen=True, eq=False)
class Curve:
    """Losses of a run by epoch: `train` may be empty where only the test error is shown.

    `within` goes on with the train loss inside the epoch that is in training: places, in epochs,
    and losses.
    """

    name: str
    epochs: Sequence[float]
    test: Sequence[float]
    train: Sequence[float] = ()
    within: Sequence[Sequence[float]] = ()


def learning_curves(
    curves: Sequence[Curve], lines: Sequence[tuple[str, float]], last_epoch: int
) -> Figure:
    """Test error (and train loss) against the epoch, with PCA's errors as level lines.

    Parameters
    ----------
    lines : sequence of (name, error)
        What to draw across, such as the error of two principal components.
    last_epoch : int
        Where the axis ends, so that it does not jump while a run is in training. For the same
        reason `within`, whose first losses are large, does not move the other axis.
    """
    traces: list[Figure] = []
    for number, curve in enumerate(curves):
        color = of_network(number) if len(curves) > 1 else AUTOENCODER
        traces.append(
            {
                "x": curve.epochs,
                "y": curve.test,
                "name": as_markup(curve.name),
                "mode": "lines+markers" if len(curve.epochs) <= _MARKED else "lines",
                "line": {"color": color, "width": 3},
                "hovertemplate": "epoch %{x}: %{y:.5f}<extra></extra>",
            }
        )
        if len(curve.train) or len(curve.within):
            traces.append(
                {
                    "x": [*curve.epochs[: len(curve.train)], *(place for place, _ in curve.within)],
                    "y": [*curve.train, *(loss for _, loss in curve.within)],
                    "name": "train loss",
                    "mode": "lines",
                    "line": {"color": color, "width": 2, "dash": "dot"},
                    "hovertemplate": "epoch %{x:.3~g}: %{y:.5f}<extra></extra>",
                }
            )
    values = [v for curve in curves for v in (*curve.test, *curve.train)] + [e for _, e in lines]
    top = 1.15 * max((v for v in values if np.isfinite(v)), default=0.1)
    axes = {
        "xaxis": titled("epoch", range=[0, last_epoch + 0.3], dtick=_tick(last_epoch)),
        "yaxis": titled("error", zeroline=False, range=[0, top]),
    }
    return {"data": traces, "layout": LAYOUT | axes | levels(lines, top)}


def titled(title: str, **more: Any) -> Figure:
    """An axis with its title."""
    return {"title": {"text": title}} | more


def levels(lines: Sequence[tuple[str, float]], top: float) -> Figure:
    """PCA's errors as lines across a figure whose axis ends at `top`, with their names beside it.

    Returns
    -------
    dict
        Parts of a layout; none where there are no lines.
    """
    if not lines:
        return {}
    shapes, names, place = [], [], np.inf
    for name, error in sorted(lines, key=lambda line: -line[1]):
        place = min(error, place - _NAME_ROOM * top)
        line = {"color": PCA, "width": 2, "dash": "dash"}
        across = {"x0": 0, "x1": 1, "xref": "paper", "y0": error, "y1": error}
        shapes.append({"type": "line", "line": line} | across)
        beside = {"x": 1, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "middle"}
        font = {"color": PCA, "size": 13}
        names.append({"text": name, "font": font, "showarrow": False} | beside)
    margin = LAYOUT["margin"] | {"r": _NAMES_WIDTH}
    return {"margin": margin, "shapes": shapes, "annotations": names}


def explained_variance(variance: np.ndarray, last: int) -> Figure:
    """The share of the variance that k components explain, k from 0 to `last`.

    Parameters
    ----------
    variance : ndarray, shape (n,)
        Of every component.
    """
    share = np.concatenate([[0.0], np.cumsum(variance) / variance.sum()])[: last + 1]
    curve = {
        "x": np.arange(len(share)),
        "y": share,
        "mode": "lines",
        "line": {"color": PCA, "width": 3},
        "hovertemplate": "k = %{x}: %{y:.1%}<extra></extra>",
    }
    axes = {
        "xaxis": titled("components k", range=[0, last], zeroline=False),
        "yaxis": titled("variance explained (train)", range=[0, 1], tickformat=".0%"),
    }
    return {"data": [curve], "layout": LAYOUT | axes}


def error_by_class(classes: Sequence[str], errors: Sequence[tuple[str, Sequence[float]]]) -> Figure:
    """Bars of the mean error in each class, PCA's first and then the networks'.

    Parameters
    ----------
    errors : sequence of (name, errors by label)
    """
    several = len(errors) > 2
    networks = (of_network(number) if several else AUTOENCODER for number in range(len(errors) - 1))
    colors = [PCA, *networks][: len(errors)]
    bars = [
        {
            "type": "bar",
            "x": [as_markup(of) for of in classes],
            "y": list(values),
            "name": as_markup(name),
            "marker": {"color": color},
            "hovertemplate": "%{x}: %{y:.4f}<extra>" + as_markup(name) + "</extra>",
        }
        for (name, values), color in zip(errors, colors, strict=True)
    ]
    across: Figure = {"type": "category"}
    if len(classes) > _FEW:
        some = range(0, len(classes), -(-len(classes) // _FEW))
        named = [as_markup(shortened(classes[at])) for at in some]
        across |= {"tickvals": list(some), "ticktext": named}
    axes = {"xaxis": across, "yaxis": titled("test error")}
    return {"data": bars, "layout": LAYOUT | {"barmode": "group"} | axes}


def linear_timeline(
    angles: np.ndarray,
    errors: Sequence[float],
    pca_error: float,
    last_epoch: int,
    by_component: np.ndarray | None = None,
) -> Figure:
    """Angles between a linear decoder's plane and PCA's, and its test error beside PCA's, by epoch.

    Parameters
    ----------
    angles : ndarray, shape (n, k)
        Principal angles in degrees after epochs 0 to n - 1.
    errors : sequence of m floats
        Test errors after epochs 1 to m.
    by_component : ndarray, shape (n, k), optional
        Of ordered codes: the angles between the decoder's directions and the components. They are
        drawn strong, and the plane's stand back.
    """
    of_angles, traces = "principal angle", _angles(angles, "angle", AUTOENCODER, 3)
    if by_component is not None:
        of_angles, traces = "angle", _angles(angles, "plane, angle", MUTED, 2)
        traces += _angles(by_component, "component", AUTOENCODER, 3)
    second = {"xaxis": "x2", "yaxis": "y2", "legend": "legend2"}
    traces.append(
        {
            "x": np.arange(1, len(errors) + 1),
            "y": errors,
            "name": "test error",
            "mode": "lines+markers",
            "line": {"color": AUTOENCODER, "width": 3},
            "hovertemplate": "epoch %{x}: %{y:.5f}<extra></extra>",
        }
        | second
    )
    traces.append(
        {
            "x": [0, last_epoch],
            "y": [pca_error] * 2,
            "name": "PCA's test error",
            "mode": "lines",
            "line": {"color": PCA, "width": 2, "dash": "dash"},
            "hovertemplate": "%{y:.5f}<extra>PCA</extra>",
        }
        | second
    )
    epochs = titled("epoch", range=[0, last_epoch + 0.3], dtick=_tick(last_epoch))
    top = max([1.08 * pca_error, *errors[:1]])
    left, right = 0.5 - _BETWEEN, 0.5 + _BETWEEN
    return {
        "data": traces,
        "layout": LAYOUT
        | {
            "xaxis": epochs | {"domain": [0, left]},
            "xaxis2": epochs | {"domain": [right, 1], "anchor": "y2"},
            "yaxis": titled(f"{of_angles}, degrees", range=[0, 92], dtick=15),
            "yaxis2": titled("test error", range=[0.99 * pca_error, 1.01 * top], anchor="x2"),
            "legend": _WITHIN | {"x": left},
            "legend2": _WITHIN | {"x": 1},
        },
    }


def _angles(angles: np.ndarray, name: str, color: str, width: int) -> list[Figure]:
    """A curve of each column of angles (n, k) in degrees, after epochs 0 to n - 1."""
    return [
        {
            "x": np.arange(len(angles)),
            "y": angles[:, number],
            "name": f"{name} {number + 1}",
            "mode": "lines+markers",
            "line": {"color": color, "width": width, "dash": _DASHES[number % len(_DASHES)]},
            "hovertemplate": f"{name} {number + 1}, epoch %{{x}}: %{{y:.2f}}°<extra></extra>",
        }
        for number in range(angles.shape[1] if angles.size else 0)
    ]


def _tick(last: int) -> int:
    return next((step for step in (1, 2, 5, 10, 20, 50, 100) if last / step <= 12), 200)
