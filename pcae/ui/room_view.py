"""The room of a class on every page: who leads and who follows, and what is new in it.

The browser hears of the room over one stream (`pcae/browser/room/`), and asks for a drawing only
where the teacher goes to another page, or the page shows something of the room that is new.
"""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

from pcae import rights
from pcae.classroom import room
from pcae.server import live, visitors
from pcae.server.routes import code
from pcae.ui import link, shell
from pcae.ui.mounting import component

_KEY = "room"
_DRAWING, _MEANT, _DRAWN = "room_drawing", "room_meant", "room_drawn"
_GO, _GONE = "room_go", "room_gone"
_room = component("room/room")


def begin(page: str) -> None:
    """Begin a drawing of a page; where the teacher is elsewhere, it goes there instead."""
    state = st.session_state
    state[_DRAWN] = set()
    if asked := state.pop(_GO, None):
        _go(asked)
    if (meant := state.pop(_MEANT, page)) != page:
        st.switch_page(shell.path(meant), query_params=state.get("in_address", {}))
    state[_DRAWING] = page


def end() -> None:
    """End the drawing: all of the page is there."""
    st.session_state[_DRAWING] = ""


def fragment(draw: shell.Draw) -> shell.Draw:
    """Have what a function draws be drawn anew within half a second of what is new in the room.

    New is, for the teacher, also every answer. The function is drawn at most once on a page.
    """
    key = f"room_{draw.__module__}_{draw.__qualname__}"
    again = shell.fragment(key=key)(draw)

    @functools.wraps(draw)
    def drawn(*arguments: Any) -> None:
        st.session_state[_DRAWN].add(key)
        again(*arguments)

    return drawn  # type: ignore[return-value]


def watch() -> None:
    """Draw, at the end of a page, what leads and follows; nothing where there is no class.

    It is no fragment: one is known to a session that has drawn it, and after a start of the server
    the browser goes on in another.
    """
    if not visitors.has_class():
        return
    teacher = rights.teaches()
    told = _room(
        key=_KEY,
        data={
            "code": code(),
            "teacher": teacher,
            "mark": live.mark(room.now(), teacher),
            "gone": st.session_state.get(_GONE, ""),
        },
        on_go_change=_keep_address,
        on_news_change=_draw_anew,
    )
    if told.go and told.go.partition(" ")[0] != st.session_state.get(_GONE):
        _go(told.go)  # of a session that had no page yet, and so no callback


def _keep_address() -> None:
    """The teacher is elsewhere: the next drawing goes there, which a callback cannot."""
    st.session_state[_GO] = st.session_state[_KEY].get("go")


def _go(asked: str) -> None:
    """Go to an address that the browser asks for: the request's name, a blank, and the address."""
    st.session_state[_GONE], _, address = str(asked).partition(" ")
    link.open(address)


def _draw_anew() -> None:
    """Draw what of the page is of the room; all of a page whose drawing was broken off for this.

    A browser that has not heard of that drawing yet names the page before.
    """
    if drawing := st.session_state[_DRAWING]:
        st.session_state[_MEANT] = drawing
    elif drawn := sorted(st.session_state[_DRAWN]):
        st.rerun(drawn)
