"""Whether a person has done something in this visit: a link that is opened starts no work.

Anybody can write a link, and any site can open one; what takes a processor for minutes waits until
a person changes a widget, presses a button, or goes from one page to another.
"""

from __future__ import annotations

import streamlit as st

_BEFORE, _ACTED = "page_before", "acted"


def see(page: str) -> None:
    """Take note of the page that is drawn: it is another than before when a person went there."""
    before = st.session_state.get(_BEFORE, page)
    st.session_state[_BEFORE] = page
    if before != page:
        act()


def stay(page: str) -> None:
    """Take a page for the one before: a link has opened it, and no person went there."""
    st.session_state[_BEFORE] = page


def act() -> None:
    """A person changed a widget or pressed a button; to be called from its callback."""
    st.session_state[_ACTED] = True


def acted() -> bool:
    """Whether a person has done something since this was last asked."""
    return st.session_state.pop(_ACTED, False)
