"""Removing something: a person is asked first, and can have it back for some seconds."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pcae.removal import SECONDS, Removed
from pcae.rights import Denied
from pcae.training.jobs import JobError

_KEPT, _PROBLEM = "removed", "removal_problem"
# over the page, which stays where it is; away by itself, even where nothing is drawn anew
_STYLE = """<style>
[data-testid="stLayoutWrapper"]:has(>.st-key-undo){{position:absolute}}
.st-key-undo{{position:fixed;right:1.5rem;bottom:1.5rem;z-index:1000;width:fit-content!important;
 max-width:min(40rem,90vw);background:Canvas;border-radius:6px;
 animation:pcae-undo-{number} 1s {seconds:.1f}s forwards}}
.st-key-undo .stMarkdown{{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}}
@keyframes pcae-undo-{number}{{to{{opacity:0;visibility:hidden}}}}
</style>"""


def ask(question: str, words: str, label: str, act: Callable[[], None]) -> None:
    """Ask in a dialog before `act` removes something; it may raise OSError, JobError or Denied.

    Parameters
    ----------
    label : str
        Of the button that says yes.
    """

    @st.dialog(question)
    def dialog() -> None:
        st.write(words)
        done = st.button(label, key="remove_it", type="primary", on_click=_do, args=(act,))
        if not _say_problem() and done:
            st.rerun()

    dialog()


def _say_problem() -> bool:
    """Say in the dialog, or on the page where that has closed it, why something is still there."""
    problem = st.session_state.pop(_PROBLEM, "")
    if problem:
        st.error(problem)
    return bool(problem)


def _do(act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as problem:
        why = problem.strerror or str(problem)
        st.session_state[_PROBLEM] = f"It could not be removed: {why}."
    except (JobError, Denied) as problem:
        st.session_state[_PROBLEM] = str(problem)


def offer(words: str, removed: Removed | None) -> None:
    """Offer, from the next drawing on, to have back what was removed; `words` say what that was."""
    if removed is not None:
        st.session_state[_KEPT] = [*st.session_state.get(_KEPT, []), (words, removed)]


def show() -> None:
    """Draw the offers that still hold."""
    _say_problem()
    found: list[tuple[str, Removed]] = st.session_state.get(_KEPT, [])
    offers = [(words, of) for words, of in found if of.seconds_left > 0]
    if not offers:
        st.session_state.pop(_KEPT, None)
        return
    number = st.session_state["undo_drawn"] = st.session_state.get("undo_drawn", 0) + 1
    last = max(of.seconds_left for _, of in offers)
    st.html(_STYLE.format(number=number, seconds=last))
    with st.container(border=True, key="undo", gap="xsmall"):
        for words, of in offers:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(words)
                key = f"undo_{of.away.name}"
                st.button("Undo", key=key, type="tertiary", on_click=_undo, args=(words, of))


def _undo(words: str, removed: Removed) -> None:
    kept: list[tuple[str, Removed]] = st.session_state.get(_KEPT, [])
    if (words, removed) not in kept:
        return  # a second click
    kept.remove((words, removed))
    if not removed.restore():
        st.toast(
            f"{words} It is not brought back: more than {SECONDS:.0f} seconds have passed, or it "
            "was made again meanwhile."
        )
