"""A link is the state: what an address asks for on arrival, and what it says of what is shown.

What the server knows stands before the "#" of the address; the browser puts it there
(`pcae/browser/share/share.js`), without a step in its history. What the explorer shows stands after
it (`pcae/browser/explorer/link.js`). Whatever comes in a link may be anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae import store
from pcae.config import RunConfig
from pcae.server.routes import code
from pcae.settings import LABELS, ConfigError
from pcae.ui import course, lesson, run_picker, shell
from pcae.ui.mounting import component

_SETTINGS = "settings"
_INDICES = re.compile(r"[0-9]{1,6}(,[0-9]{1,6})*")
_MOST_CHOSEN = {"pinned": 12, "selected": 40}
_MOST_DIGITS = 70_000
_MOST_COMPARED = 50
_share = component("share/share")


def read() -> None:
    """Begin a drawing of a page; the first of a visit takes over what the address asks for."""
    st.session_state["held"] = {}
    if "asked" in st.session_state:
        return
    asked = st.session_state["asked"] = st.query_params.to_dict()
    wrong = st.session_state["wrong"] = lesson.read(asked) + course.read(asked)
    try:
        config = settings()
    except ConfigError:
        config = None
        wrong.append(_SETTINGS)
    for name in LABELS:
        asked.pop(name, None)
    if (key := asked.pop("run", None)) is not None:
        known = (config is not None and config.key == key) or key in store.trained_runs()
        if known:
            run_picker.choose(key)
        else:
            wrong.append("run (not on this machine, and without its settings)")
    st.session_state["linked"] = config
    linked = st.session_state["linked_digits"] = {}
    for kind, most in _MOST_CHOSEN.items():
        if (text := asked.pop(kind, None)) is None:
            continue
        indices = list(map(int, text.split(","))) if _INDICES.fullmatch(text) else []
        if 0 < len(indices) <= most and max(indices) < _MOST_DIGITS:
            st.session_state[kind] = linked[kind] = indices
        else:
            wrong.append(kind)
    if (texts := asked.pop("compare", None)) is not None:
        try:
            configs = _compared(texts)
        except ConfigError:
            wrong.append("compare")
        else:
            here = store.trained_runs()
            st.session_state["compare"] = {of.key for of in configs if of.key in here}
            st.session_state["linked_compare"] = [of for of in configs if of.key not in here]


def open(address: str) -> None:
    """Show what an address of this app says; the drawing ends here."""
    found = urlsplit(address)
    del st.session_state["asked"]
    st.switch_page(shell.path(found.path), query_params=dict(parse_qsl(found.query, True)))


def settings() -> RunConfig | None:
    """The settings of a run in the address; None where there are none.

    Raises
    ------
    ConfigError
        They make no run.
    """
    found = {name: text for name, text in st.query_params.items() if name in LABELS}
    return RunConfig.from_query(found) if found or "run" in st.query_params else None


def _compared(texts: str) -> list[RunConfig]:
    """The settings that `hold_compared` wrote."""
    parts = texts.split("|")
    if len(parts) > _MOST_COMPARED:
        raise ConfigError(f"More than {_MOST_COMPARED} networks are compared.")
    found = [RunConfig.from_query(dict(parse_qsl(part, True))) for part in parts]
    return list(dict.fromkeys(found))


def hold_compared(configs: Iterable[RunConfig]) -> None:
    """Have the address give the settings of several runs: queries, with bars between."""
    if texts := [urlencode(config.to_query()) for config in configs]:
        hold({"compare": "|".join(texts)})


def linked() -> RunConfig | None:
    """The settings that this visit's link came with."""
    return st.session_state.get("linked")


def hold_run(config: RunConfig) -> None:
    """Have the address name a run and give its settings."""
    hold({"run": config.key} | config.to_query())


def hold(parameters: Mapping[str, str]) -> None:
    """Have the address say this of what the page shows."""
    st.session_state["held"] |= parameters


def widgets(of: Mapping[str, tuple[Any, Iterable[Any]]]) -> None:
    """Set a page's widgets, before they are drawn, as the link says, and hold what they show.

    Parameters
    ----------
    of : mapping
        By the widget's key: what it is at first, and all that it can be.
    """
    for key, (usual, possible) in of.items():
        text = st.session_state["asked"].pop(key, None)
        if text is not None:
            known = {str(value): value for value in possible}
            if text in known:
                st.session_state[key] = known[text]
            else:
                st.session_state["wrong"].append(key)
        if usual is not None:  # which a widget would take for nothing chosen
            st.session_state.setdefault(key, usual)
        if (value := st.session_state.get(key)) != usual:
            hold({key: str(value)})


def complain(page: StreamlitPage) -> None:
    """Say in a sentence what of the link could not be used, as long as its page is open."""
    wrong, unknown = st.session_state["wrong"], st.session_state["asked"]
    words = [*wrong, *(["unknown parts"] if unknown else [])]
    if shell.name(page) == "train" and _SETTINGS in words:
        words.remove(_SETTINGS)  # the page says what is wrong with them
    if words:
        text = f"The link's {', '.join(words)} cannot be used: the usual is shown instead."
        st.session_state["notice"] = (shell.name(page), text)
    wrong.clear()
    unknown.clear()
    about, text = st.session_state.get("notice", ("", ""))
    if about == shell.name(page):
        st.warning(text)
    elif about:
        del st.session_state["notice"]


def show(page: StreamlitPage) -> None:
    """Put what is held into the address, and offer to share it and to go back to the link."""
    hold(lesson.to_query() | course.to_query())
    pinned = st.session_state.get("pinned")
    if pinned and shell.shows_a_run(page) and shell.name(page) != "explore":
        hold({"pinned": ",".join(map(str, pinned))})
    groups = [
        [lesson.title(page), [[f"{page}.{name}", of.label] for name, of in group.items()]]
        for page, group in lesson.CONTROLS.items()
    ]
    with st.container(key="link_bar"):
        _share(
            key="link_buttons",
            data={
                "code": code(),
                "page": shell.name(page),
                "query": st.session_state["held"],
                "pages": list(shell.TITLES.items()),
                "controls": groups,
            },
        )
