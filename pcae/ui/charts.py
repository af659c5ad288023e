"""Plotly charts as every page shows them, with their downloads."""

from __future__ import annotations

# whole, before Plotly asks for it: two visitors' first pages may come at once, and Plotly takes it
# half imported from another's
import pandas  # noqa: F401
import plotly.graph_objects as go
import streamlit as st

from pcae.figures import charts
from pcae.server.routes import code
from pcae.ui import lesson
from pcae.ui.mounting import component

_CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d", "autoScale2d"],
}
_downloads = component("share/downloads")


def chart(figure: go.Figure, name: str, height: int, *, csv: bool = True) -> None:
    """Draw a figure, `height` pixels high, with links to it as PNG and SVG and to its data as CSV.

    Parameters
    ----------
    name : str
        Of the element on the page and of the files.
    csv : bool, default=True
        Whether its points are data.
    """
    figure.update_layout(height=height)
    if lesson.projector():
        figure = charts.enlarged(figure, lesson.TYPE)
    box = f"chart_{name}"
    with st.container(key=box, gap=None):
        st.plotly_chart(figure, key=name, config=_CONFIG)
        data = {"code": code(), "box": box, "name": name, "csv": csv}
        _downloads(key=f"downloads_{name}", data=data)
