"""The gallery on the page Data: sources that others publish, fetched by the teacher."""

from __future__ import annotations

import streamlit as st

from pcae import rights
from pcae.data.published import gallery
from pcae.data.published.gallery import Source
from pcae.server import loading
from pcae.ui import shell
from pcae.ui.notice import watch
from pcae.ui.sources import entry

_ASKED = "fetched"  # what this visitor asked for, whose end this visitor's page looks out for
_INTRO = """
:small[Fetched from where they are published, with their sums checked, and kept like data of your
own.]
"""


def show() -> None:
    """List the sources that are not here, for those who may fetch them."""
    if not rights.teaches():
        return
    absent = [source for key, source in gallery.SOURCES.items() if gallery.here(key) is None]
    if not absent:
        return
    st.header("To be fetched", anchor=False)
    st.markdown(_INTRO)
    for source in absent:
        _source(source)


def _source(source: Source) -> None:
    train, test = source.rows
    height, width = source.shape
    form = (
        f"{train:,} training and {test:,} test images of {height}×{width} pixels, "
        f"{len(source.classes)} classes"
    )
    place = entry(source.title, form, f"{source.licence}. From {source.home}.")
    asked = st.session_state.setdefault(_ASKED, set())
    found = loading.fetching(source.key) if source.key in asked else None
    if found and found.running:
        with place:
            watch(source.key, source.title)
        return
    label = shell.named(f"Fetch {source.megabytes:,} MB", source.title)
    place.button(label, key=f"get_{source.key}", width="stretch", on_click=_ask, args=(source.key,))
    if found and found.problem:
        st.error(found.problem)


def _ask(key: str) -> None:
    loading.fetch(key, gallery.fetch)
    st.session_state[_ASKED].add(key)
