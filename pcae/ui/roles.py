"""The columns of a table with their roles: each can be given another with a click.

A picture's pixels, or thousands of measurements, are not thousands of lines: of what is plainly a
feature the first few columns have a line each where there are many, and any other can be called for
by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pcae.counts import counted
from pcae.data.choices import ROLES, Judged, Role
from pcae.ui.words import as_text

MOST_LINES = 40
_FETCHED = "roles_fetched"
_TALLEST = 330
_STYLE = """<style>
.st-key-roles p{font-size:.875rem;line-height:1.3;overflow-wrap:anywhere}
.st-key-roles button{min-height:1.7rem;padding:.1rem .5rem}
</style>"""


def choose(columns: Sequence[Judged], change: Callable[[str, Role], None]) -> None:
    """Draw the columns; `change` is called with a column's name and its new role."""
    if not columns:
        return
    st.html(_STYLE)
    shown, summed = _lines(columns)
    st.markdown(f"**{counted(len(columns), 'column')}**")
    many = len(shown) > 9
    with st.container(key="roles", gap="xxsmall", height=_TALLEST if many else "content"):
        for number, column in enumerate(shown):
            _line(number, column, change)
    if summed:
        first, last = as_text(summed[0].name), as_text(summed[-1].name)
        count = f"{len(summed):,} more" if shown else "All"
        features = (
            f"are features: {first} to {last}" if len(summed) > 1 else f"is a feature: {first}"
        )
        st.markdown(f":small[{count} {features}.]")
        st.selectbox(
            "Another column",
            [column.name for column in summed],
            None,
            key=_FETCHED + "_next",
            placeholder="Change another column …" if shown else "Change a column …",
            label_visibility="collapsed",
            on_change=_fetch,
        )


def _lines(columns: Sequence[Judged]) -> tuple[list[Judged], list[Judged]]:
    """The columns with a line each, and those that are summed up."""
    if len(columns) <= MOST_LINES:
        return list(columns), []
    fetched = st.session_state.get(_FETCHED, ())
    special = [of for of in columns if of.role != "feature" or of.name in fetched]
    shown = special[:MOST_LINES]
    names = {of.name for of in shown}
    return shown, [of for of in columns if of.name not in names]


def _fetch() -> None:
    name = st.session_state[_FETCHED + "_next"]
    st.session_state[_FETCHED] = {*st.session_state.get(_FETCHED, ()), name}
    st.session_state[_FETCHED + "_next"] = None


def _line(number: int, column: Judged, change: Callable[[str, Role], None]) -> None:
    key = f"role_{number}"
    st.session_state[key] = column.role
    line = st.container(horizontal=True, wrap=False, vertical_alignment="center")
    line.markdown(f"**{as_text(column.name)}**  \n:small[{as_text(column.why)}]", width="stretch")
    line.segmented_control(
        f"Role of {as_text(column.name)}",
        ROLES,
        required=True,
        key=key,
        label_visibility="collapsed",
        on_change=_changed,
        args=(key, column.name, change),
    )


def _changed(key: str, name: str, change: Callable[[str, Role], None]) -> None:
    change(name, st.session_state[key])
