"""The frame around the pages: the navigation, and pages that only ever run inside it.

Until an app has called `st.navigation` once, Streamlit takes a folder named pages beside the
main script for its older kind of multipage app: the first visitor of a new server who follows
a link to a page would get that page alone, without app.py.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PLOTLY = "PlotlyChart.*.js"  # among the scripts of Streamlit's page
_FRAMED = "page_framed"


def prepare() -> None:
    """Set the page's margins, and let the browser fetch Plotly while the server reads the data.

    Streamlit's page fetches it, megabytes of script, when the first chart arrives: too late by
    half a second on the first visit.
    """
    script = ""
    for file in sorted((Path(st.__file__).parent / "static" / "static" / "js").glob(PLOTLY)):
        script = f"import(new URL('static/js/{file.name}', document.baseURI))"
    st.html(
        "<style>.stMainBlockContainer{padding-left:1.5rem;padding-right:1.5rem}"
        ".stElementContainer:has(.pcae-fetch){display:none}</style>"
    )
    st.html(
        f'<div class="pcae-fetch"></div><script type="module">{script}</script>',
        unsafe_allow_javascript=True,
    )


def navigation() -> st.Page:
    """Draw the navigation; the page to show."""
    # without icons: Streamlit fetches a page's icon from the network for the browser's tab
    return st.navigation(
        [
            st.Page("pages/explore.py", title="Explore", default=True),
            st.Page("pages/train.py", title="Train"),
            st.Page("pages/reconstructions.py", title="Reconstructions"),
        ],
        position="top",
    )


def run(page: st.Page) -> None:
    """Run a page inside the frame."""
    st.session_state[_FRAMED] = True
    page.run()


def need_frame() -> None:
    """Where a page runs outside the frame, start again with it; the first line of every page."""
    if not st.session_state.pop(_FRAMED, False):
        navigation()
        st.rerun()
