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

_KEY, _WATCH = "room", "room_watch"
_DRAWN, _GO = "room_drawn", "room_go"
_room = component("room/room")


def begin() -> None:
    """Begin a drawing of a page, which shows nothing of the room yet."""
    st.session_state[_DRAWN] = set()


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
    """Draw, at the end of a page, what leads and follows; nothing where there is no class."""
    if visitors.has_class():
        _watch()


@shell.fragment(key=_WATCH)
def _watch() -> None:
    teacher = rights.teaches()
    _room(
        key=_KEY,
        data={
            "code": code(),
            "teacher": teacher,
            "mark": live.mark(room.now(), teacher),
            "listens": bool(st.session_state[_DRAWN]),
        },
        on_go_change=_keep_address,
        on_news_change=_draw_anew,
    )
    if address := st.session_state.pop(_GO, None):
        link.open(address)


def _keep_address() -> None:
    """The teacher is elsewhere: the drawing goes there, which a callback cannot."""
    address = st.session_state[_KEY].get("go")
    st.session_state[_GO] = address if isinstance(address, str) else None


def _draw_anew() -> None:
    st.rerun([*sorted(st.session_state[_DRAWN]), _WATCH])
