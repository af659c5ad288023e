"""Charts as every page shows them: the browser draws them in the page's look, with downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pcae.figures.charts import Figure, plain
from pcae.figures.codes import Coded
from pcae.server.routes import code
from pcae.ui.mounting import component

_LINKS = 26  # pixels, of the row of downloads
_chart = component("share/chart")
_codes = component("share/codes")


def chart(
    figure: Figure, name: str, label: str, height: int, *, csv: bool = True, timed: bool = False
) -> None:
    """Draw a figure, `height` pixels high, with links to it as PNG and SVG and to its data as CSV.

    Parameters
    ----------
    name : str
        Of the element on the page and of the files.
    label : str
        What it shows, for those who do not see it.
    csv : bool, default=True
        Whether its points are data.
    timed : bool, default=False
        Whether it marks the epoch whose codes are played on the page.
    """
    drawn = {"figure": plain(figure), "csv": csv, "timed": timed}
    _mount(_chart, name, label, height, drawn)


def codes(networks: Sequence[Coded], name: str, label: str, height: int) -> None:
    """Draw codes as small planes, `height` pixels high; those of several moments can be played."""
    drawn = {
        "moments": list(networks[0].moments),
        "panels": [network.to_dict() for network in networks],
    }
    _mount(_codes, name, label, height, drawn)


def _mount(draw: Callable, name: str, label: str, height: int, drawn: dict) -> None:
    data = {"code": code(), "name": name, "label": label, "height": height} | drawn
    draw(key=f"chart_{name}", data=data, height=height + _LINKS)
