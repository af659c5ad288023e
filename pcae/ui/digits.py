"""Digits as pictures in HTML: crisp at any size, white ink on black as MNIST has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from pcae import scripts
from pcae.figures.colors import LIGHT
from pcae.figures.pictures import data_uri
from pcae.server.routes import code
from pcae.ui.mounting import component

_close_ups = component("share/closeup")
_HEAD = 128  # pixels for the rows' heads
_STYLE = f"<style>{(scripts.FOLDER / 'share' / 'rows.css').read_text('utf-8')}</style>"


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
