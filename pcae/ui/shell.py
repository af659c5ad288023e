"""The frame around the pages: the navigation, and pages that only ever run inside it.

Until an app has called `st.navigation` once, Streamlit takes a folder named pages beside the
main script for its older kind of multipage app: the first visitor of a new server who follows
a link to a page would get that page alone, without app.py.
"""

from __future__ import annotations

import streamlit as st

_FRAMED = "page_framed"


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
