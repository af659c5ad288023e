"""What the browser draws on a Streamlit page: a few hundred bytes say where the parts are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pcae.data.codes import Codes
from pcae.server import loading, routes
from pcae.store import Run
from pcae.ui import course, questions, shell
from pcae.ui.mounting import component

Chosen = Literal["selected", "pinned"]

_KEY, _PLACED = "explorer", "digit_placed"
_mount = component("explorer/explorer")
_mount_pad = component("draw/draw")


@shell.fragment()  # what is chosen there concerns nothing else on the page
def show(run: Run, view: loading.View, codes: Codes | None = None) -> None:
    """Draw a run's codes, or others, beside PCA's scores.

    What is chosen there goes to `chosen_digits`.
    """
    linked = st.session_state.get("linked_digits", {})
    if opening := st.session_state.get("opening"):
        linked = {"opening": opening}
    if st.session_state.pop(_PLACED, False):
        st.rerun(scope="app")  # the step above says what came of it
    _mount(
        key=_KEY,
        data=routes.addresses(run, view, codes) | linked | questions.place(),
        on_selected_change=_keep("selected"),
        on_pinned_change=_keep("pinned"),
        on_placed_change=_place,
    )


def _place() -> None:
    """A click has answered where a digit will fall."""
    if found := course.asked("explore", "place"):
        course.give(found[0], st.session_state[_KEY].get("placed"))
        st.session_state[_PLACED] = True


def draw(run: Run, view: loading.View) -> None:
    """Draw a pad to draw a digit on, and where that lies in both planes."""
    _mount_pad(key="draw", data=routes.addresses(run, view))


def chosen_digits(kind: Chosen) -> list[int]:
    """Indices of the digits selected or pinned: test digits, then training digits."""
    return st.session_state.get(kind, [])


def _keep(kind: Chosen) -> Callable[[], None]:
    """Keep indices where they outlive the page: a widget's state does not."""

    def keep() -> None:
        found = st.session_state[_KEY].get(kind) or []
        st.session_state[kind] = [i for i in found if isinstance(i, int)]

    return keep
