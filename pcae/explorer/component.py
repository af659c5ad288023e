"""What the browser draws on a Streamlit page: a few hundred bytes say where the parts are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pcae.explorer import serving
from pcae.explorer.mounting import component
from pcae.imports import Codes
from pcae.store import Run
from pcae.ui import loading, shell

Chosen = Literal["selected", "pinned"]

_KEY = "explorer"
_mount = component("explorer")
_mount_pad = component("draw")


@shell.fragment()  # what is chosen there concerns nothing else on the page
def show(run: Run, view: loading.View, codes: Codes | None = None) -> None:
    """Draw a run's codes, or others, beside PCA's scores.

    What is chosen there goes to `chosen_digits`.
    """
    _mount(
        key=_KEY,
        data=serving.addresses(run, view, codes) | st.session_state.get("linked_digits", {}),
        on_selected_change=_keep("selected"),
        on_pinned_change=_keep("pinned"),
    )


def draw(run: Run, view: loading.View) -> None:
    """Draw a pad to draw a digit on, and where that lies in both planes."""
    _mount_pad(key="draw", data=serving.addresses(run, view))


def chosen_digits(kind: Chosen) -> list[int]:
    """Indices of the digits selected or pinned: test digits, then training digits."""
    return st.session_state.get(kind, [])


def _keep(kind: Chosen) -> Callable[[], None]:
    """Keep indices where they outlive the page: a widget's state does not."""

    def keep() -> None:
        found = st.session_state[_KEY].get(kind) or []
        st.session_state[kind] = [i for i in found if isinstance(i, int)]

    return keep
