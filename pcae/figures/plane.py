"""The figure of a decoded plane: a picture of all tiles, its axes, and what lies over it."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from pcae.figures.charts import Figure
from pcae.figures.colors import DARK, MUTED, RISING
from pcae.figures.markup import as_markup, shortened
from pcae.methods.plane import Axis, Decoded

_PIXELS = 560  # across the picture, about
_GROUND, _INK = "#14181f", "#ffffff"  # on a light page too, with the dark theme's colours
_SAYS = f"font-size:.8em;font-weight:400;color:{MUTED}"
_TINT = 0.5  # how much of a class's colour its region has
_LEVELS, _PALETTE = 23, 256  # of ink at most, on one ground; of ink on all grounds
_LEAST_LEVELS = 8  # of ink on a ground; with fewer a picture has no palette
_FEW = 20  # classes, that are all named
_WHOLE = {  # a picture over the whole plane
    "xref": "x",
    "yref": "y",
    "x": 0,
    "y": 1,
    "sizex": 1,
    "sizey": 1,
    "sizing": "stretch",
    "layer": "below",
}


@dataclass(frozen=True, eq=False)
class Shades:
    """Values that the ground of a plane shows, in the colours from `low` to `high`.

    Attributes
    ----------
    name : str
        Of what is shown.
    values : ndarray, shape (rows, columns)
        NaN where there is none; the lowest row first.
    low, high : float
    """

    name: str
    values: np.ndarray
    low: float
    high: float


def _pointed(plane: Decoded, names: Sequence[str]) -> dict:
    """What is said where the pointer is: the place of a tile."""
    rows, columns, d = plane.coordinates.shape
    middles = np.meshgrid(*((np.arange(n) + 0.5) / n for n in (columns, rows)))
    says_where = [f"{of}: %{{customdata[{i}]:.3~g}}" for i, of in enumerate(names)]
    return {
        "type": "scatter",
        "mode": "none",
        "x": middles[0].ravel(),
        "y": middles[1].ravel(),
        "customdata": plane.coordinates.reshape(-1, d).astype(np.float32),
        "hovertemplate": "<br>".join(says_where) + "<extra></extra>",
    }


def _line(x: np.ndarray, y: np.ndarray, *, cliponaxis: bool) -> list[dict]:
    """The way from digit to digit, dark on a light edge."""
    line = {"type": "scatter", "x": x, "y": y, "hoverinfo": "skip", "cliponaxis": cliponaxis}
    dot = {"color": _INK, "size": 7, "line": {"color": _GROUND, "width": 1.5}}
    return [
        line | {"mode": "lines", "line": {"color": _GROUND, "width": 6}},
        line | {"mode": "lines+markers", "line": {"color": _INK, "width": 2.5}, "marker": dot},
    ]


def decoded_plane(
    title: str,
    color: str,
    says: str,
    kind: str,
    plane: Decoded,
    shape: tuple[int, int] | None,
    classes: Sequence[str],
    way: np.ndarray,
    *,
    tinted: bool = True,
    shades: Shades | None = None,
) -> Figure:
    """The tiles of a plane, or of one axis, white on the colours of the classes' regions.

    Parameters
    ----------
    title, color, says : str
        The method, its colour, and a few words about it.
    kind : str
        What an axis is called, such as "code".
    shape : tuple of int, or None
        Rows and columns of a tile; None where tiles are no pictures and the shades all there is.
    classes : sequence of str
    way : ndarray, shape (steps, k)
        Codes from digit A to digit B, drawn over it.
    tinted : bool, default=True
        Whether the regions are shown.
    shades : Shades, optional
        Shown in their place.
    """
    rows, columns, d = plane.coordinates.shape
    flat = d == 1  # then the names stand above the tiles, and the way below
    x, y = np.column_stack([plane.places(way), np.zeros(len(way))]).T[:2]
    names = [f"{kind} {number + 1}" for number in plane.grid.numbers]
    marks = [
        _mark(f"<b>{as_markup(name)}</b>", [*at, 1], _GROUND, _INK, DARK.classes[label])
        | ({"yanchor": "bottom"} if flat else {})
        for label, name, at in _roomy(plane, classes)
        if tinted and shades is None
    ]
    marks += [
        _mark(f"<b>{n}</b>", [x[at], y[at]], _INK, _GROUND) for n, at in (("A", 0), ("B", -1))
    ]
    if shades is not None:
        source = _shaded(plane, shape, shades)
    else:
        source = _picture(plane, shape or (1, 1), DARK.classes[: len(classes)] if tinted else ())
    high, wide = shape or (1, 1)
    still = {"fixedrange": True, "constrain": "domain"}
    ratio = rows * high / (columns * wide)
    square = {"scaleanchor": "x", "scaleratio": ratio, "constraintoward": "top"}
    up = _ticked(plane.axes[-1], names[-1]) if not flat else {"visible": False, "range": [0, 1]}
    name = {"text": f"{title} <span style='{_SAYS}'>{says}</span>", "font": {"color": color}}
    key = [] if shades is None else [_key(shades)]
    right = 90 if key else 24 if flat else 8
    return {
        "data": [_pointed(plane, names), *_line(x, y, cliponaxis=not flat), *key],
        "layout": {
            "title": name,
            "margin": {"l": 24, "r": right, "t": 52, "b": 8}
            if flat
            else {"l": 58, "r": right, "t": 32, "b": 48},
            "showlegend": False,
            "hovermode": "closest",
            "hoverdistance": -1,
            "images": [_WHOLE | {"source": source}],
            "annotations": marks,
            "xaxis": _ticked(plane.axes[0], names[0]) | still,
            "yaxis": up | still | square,
        },
    }


def _mark(text: str, at: Sequence[float], ground: str, ink: str, edge: str = _GROUND) -> dict:
    """A word on a plate."""
    return {
        "text": text,
        "x": at[0],
        "y": at[1],
        "showarrow": False,
        "font": {"color": ink, "size": 13},
        "bgcolor": ground,
        "bordercolor": edge,
        "borderwidth": 2,
        "borderpad": 2,
    }


def _ticked(axis: Axis, title: str) -> dict:
    values = axis.ticks()
    return {
        "title": {"text": title, "standoff": 4},
        "range": [0, 1],
        "tickvals": axis.position(values),
        "ticktext": [f"{value + 0.0:g}".replace("-", "−") for value in values],
        "ticks": "outside",
        "showgrid": False,
        "zeroline": False,
        "ticklabeloverflow": "allow",
        "automargin": False,  # so that both planes are as large
    }


_LETTER, _LINE = 0.016, 0.05  # of a plane: a letter's width and a plate's height, with its edge


def _roomy(plane: Decoded, classes: Sequence[str]) -> list[tuple[int, str, np.ndarray]]:
    """Classes, their names and where these stand; of many those that lie over no larger one's."""
    named = [(label, classes[label], at) for label, at in plane.regions.names.items()]
    if len(named) <= _FEW:
        return named
    sizes = np.bincount(plane.regions.labels[plane.regions.labels >= 0], minlength=len(classes))
    kept: list[tuple[int, str, np.ndarray]] = []
    for label, name, at in sorted(named, key=lambda of: -sizes[of[0]]):
        short = shortened(name)
        if not any(
            abs(at[0] - there[0]) < _LETTER * (len(short) + len(other) + 4) / 2
            and (len(at) == 1 or abs(at[1] - there[1]) < _LINE)
            for _, other, there in kept
        ):
            kept.append((label, short, at))
    return kept


def _key(shades: Shades) -> Figure:
    """A bar that says what the colours mean: beside the plane, of a trace without points."""
    stops = RISING["dark"]
    scale = [[at / (len(stops) - 1), color] for at, color in enumerate(stops)]
    bar = {
        "thickness": 10,
        "len": 0.8,
        "x": 1.01,
        "y": 1,
        "yanchor": "top",
        "xpad": 0,
        "outlinewidth": 0,
        "title": {"text": as_markup(shades.name), "side": "right"},
    }
    marker = {"color": [shades.low], "cmin": shades.low, "cmax": shades.high, "showscale": True}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "hoverinfo": "skip",
        "marker": marker | {"colorscale": scale, "colorbar": bar},
    }


def _shaded(plane: Decoded, shape: tuple[int, int] | None, shades: Shades) -> str:
    """The tiles as a PNG in a data URI, on the colours of values."""
    stops = np.stack([_rgb(color) for color in RISING["dark"]])
    span = (shades.high - shades.low) or 1.0
    share = np.clip((shades.values - shades.low) / span, 0, 1) * (len(stops) - 1)
    at = np.arange(len(stops))
    ground = np.stack([np.interp(share, at, channel) for channel in stops.T], axis=-1)
    strength = _TINT if shape else 1.0
    ground = (1 - strength) * _rgb(_GROUND) + strength * ground
    ground = np.where(np.isnan(shades.values)[..., None], _rgb(_GROUND), ground)
    return _on(ground, plane, shape)


def _on(ground: np.ndarray, plane: Decoded, shape: tuple[int, int] | None) -> str:
    """The tiles, if they are pictures, on colours (rows, columns, 3), the lowest row first."""
    rows, columns, _ = plane.coordinates.shape
    high, wide = shape or (1, 1)
    scale = max(1, round(_PIXELS / (columns * max(high, wide))))
    size = (rows * high * scale, columns * wide * scale)
    down, across = (
        np.arange(pixels) * cells // pixels
        for pixels, cells in zip(size, ground.shape, strict=False)
    )
    picture = ground[::-1][down][:, across]
    if shape:
        tiles = plane.images.reshape(rows, columns, *shape)[::-1].swapaxes(1, 2)
        ink = np.clip(tiles.reshape(rows * high, columns * wide), 0, 1)[..., None]
        ink = ink.repeat(scale, axis=0).repeat(scale, axis=1)
        picture = (1 - ink) * picture + ink * _rgb(_INK)
    return _png(Image.fromarray(np.rint(picture).astype(np.uint8)))


def _png(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _picture(plane: Decoded, shape: tuple[int, int], tints: Sequence[str]) -> str:
    """The tiles as a PNG in a data URI, of 256 colours if they do, on those of classes' regions."""
    if len(tints) >= _PALETTE // _LEAST_LEVELS:
        plain = _rgb(_GROUND)
        grounds = [*((1 - _TINT) * plain + _TINT * _rgb(color) for color in tints), plain]
        return _on(np.stack(grounds)[plane.regions.labels], plane, shape)  # -1 is the plain one
    rows, columns, _ = plane.coordinates.shape
    tiles = plane.images.reshape(rows, columns, *shape)[::-1]
    ink = tiles.swapaxes(1, 2).reshape(rows * shape[0], columns * shape[1])
    most = min(_LEVELS, _PALETTE // (1 + len(tints)))
    levels = np.rint(np.clip(ink, 0, 1) * (most - 1)).astype(np.uint8)
    scale = max(1, round(_PIXELS / (columns * max(shape))))
    levels = levels.repeat(scale, axis=0).repeat(scale, axis=1)
    if tints:
        labels = plane.regions.labels[::-1]
        from_row, from_column = (
            np.arange(pixels) * cells // pixels
            for pixels, cells in zip(levels.shape, labels.shape, strict=True)
        )
        levels += (most * (labels + 1)).astype(np.uint8)[from_row][:, from_column]
    image = Image.fromarray(levels, "P")
    image.putpalette(_palette(tints, most))
    return _png(image)


def _palette(tints: Sequence[str], most: int) -> bytes:
    """Every ground from no ink to full ink: the plain one, then each class's."""
    plain, ink = _rgb(_GROUND), _rgb(_INK)
    grounds = [plain, *((1 - _TINT) * plain + _TINT * _rgb(color) for color in tints)]
    share = np.linspace(0, 1, most)[:, None]
    colors = np.concatenate([(1 - share) * ground + share * ink for ground in grounds])
    return np.rint(colors).astype(np.uint8).tobytes()


def _rgb(color: str) -> np.ndarray:
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], float)
