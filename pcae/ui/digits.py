"""Digits as pictures in HTML: crisp at any size, white ink on black as MNIST has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from pcae.figures.colors import LIGHT
from pcae.figures.pictures import data_uri
from pcae.server.routes import code
from pcae.ui.mounting import component

_close_ups = component("share/closeup")
_HEAD = 128  # pixels for the rows' heads
# the pictures shrink with the window, down to 44 pixels; then the panel scrolls in its own box,
# where each row's head stands above it and stays in sight
_STYLE = """<style>
.pcae-panel-box{container-type:inline-size;overflow-x:auto}
.pcae-panel{border-collapse:separate;border-spacing:4px 2px;margin:0;width:auto}
.pcae-panel td,.pcae-panel th{border:0;padding:0;text-align:center;font-weight:400;
 font-variant-numeric:tabular-nums;line-height:1.25}
.pcae-panel th{text-align:left;padding-right:.6rem;font-size:.95rem;
 min-width:104px;max-width:124px;overflow-wrap:break-word}
.pcae-panel th b{font-weight:600}
.pcae-panel-bar{display:block;height:.6rem;min-width:2px;border-radius:3px;opacity:.6;
 background:currentColor}
.pcae-panel small{display:block;font-size:.78rem;opacity:.8}
.pcae-panel img{image-rendering:pixelated;border-radius:3px;display:block;margin:0 auto;height:auto;
 width:clamp(min(44px,var(--size)),(100cqi - var(--head))/var(--columns) - 5px,var(--size))}
@container (max-width:820px){
.pcae-panel{--head:0px}
.pcae-panel tr{display:flex;flex-wrap:wrap;gap:0 4px;width:max-content}
.pcae-panel th{flex:0 0 100%;max-width:none;padding-top:.5rem}
.pcae-panel th>span{position:sticky;left:4px}
.pcae-panel th small{display:inline;margin-left:.6rem}
.pcae-panel td{box-sizing:border-box;flex:none;
 width:max(44px,min(var(--size),(100cqi - var(--head))/var(--columns) - 5px))}
}
</style>"""


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a panel: a title, one image (p,) a column, and a word under each.

    Attributes
    ----------
    title, subtitle : str
    images : ndarray of float, shape (n, p)
        In [0, 1]; what lies outside is cut.
    captions : sequence of str
        Empty, or one for each image.
    span : tuple of float
        What black and white stand for.
    share : float or None
        Drawn as a bar below the title: how many of a class took the row for PCA's.
    """

    title: str
    images: np.ndarray
    captions: Sequence[str] = ()
    subtitle: str = ""
    span: tuple[float, float] = (0.0, 1.0)
    share: float | None = None


def signed(values: np.ndarray, most: np.ndarray | float) -> np.ndarray:
    """Values from -most to most as images in [0, 1]: nothing is grey, more white, less black."""
    return 0.5 + values / (2 * most)


@st.cache_resource
def favicon() -> Image.Image:
    """The product's sign: a dot of PCA's colour beside one of the autoencoder's."""
    image = Image.new("RGBA", (64, 64))
    draw = ImageDraw.Draw(image)
    draw.ellipse((2, 16, 32, 46), fill=LIGHT.pca)
    draw.ellipse((30, 16, 60, 46), fill=LIGHT.autoencoder)
    return image


def panel(
    rows: Sequence[Row],
    size: int,
    shape: tuple[int, int],
    heads: Sequence[str] = (),
    *,
    close_up: bool = False,
) -> None:
    """Draw rows of digits under each other.

    Parameters
    ----------
    size : int
        The longer side of each, in pixels of the page.
    shape : tuple of int
        Rows and columns of each.
    heads : sequence of str
        A word above each column, such as its label.
    close_up : bool, default=False
        Whether a click opens a column; the page has `close_ups` then.
    """
    titled = any(row.title for row in rows)
    height, width = (round(size * side / max(shape)) for side in shape)
    lines = []
    if heads:
        first = "<td></td>" if titled else ""
        lines.append(f"<tr>{first}" + "".join(f"<td>{escape(h)}</td>" for h in heads) + "</tr>")
    for row in rows:
        captions = list(row.captions) or [""] * len(row.images)
        opening = f'tabindex="0" role="button" data-span="{row.span[0]} {row.span[1]}"'
        more = f'alt="{escape(row.title or row.subtitle)}" {opening if close_up else ""}'
        cells = "".join(
            f'<td><img src="{data_uri(image, shape)}" width="{width}" height="{height}" {more}>'
            f"<small>{escape(caption)}</small></td>"
            for image, caption in zip(row.images, captions, strict=True)
        )
        subtitle = f"<small>{escape(row.subtitle)}</small>" if row.subtitle else ""
        if row.share is not None:
            subtitle += f'<i class="pcae-panel-bar" style="width:{100 * row.share:.0f}%"></i>'
        head = f"<th><span><b>{escape(row.title)}</b>{subtitle}</span></th>"
        first = head if titled else ""
        lines.append(f"<tr>{first}{cells}</tr>")
    kind = "pcae-panel pcae-open" if close_up else "pcae-panel"
    columns = max(len(row.images) for row in rows)
    sizes = f"--columns:{columns};--size:{width}px;--head:{_HEAD if titled else 0}px"
    table = f'<table class="{kind}" style="{sizes}">{"".join(lines)}</table>'
    # a box that scrolls is reached by keyboard
    st.html(f'{_STYLE}<div class="pcae-panel-box" tabindex="0" role="group">{table}</div>')


def close_ups() -> None:
    """Let a click on a digit of a panel open its column, large, with the values of its pixels."""
    _close_ups(key="close_ups", data={"code": code()})
