"""A link is the state: what an address asks for on arrival, and what it says of what is shown.

What the server knows stands before the "#" of the address; the browser puts it there
(`pcae/browser/share/share.js`), without a step in its history. What the explorer shows stands after
it (`pcae/browser/explorer/link.js`). A visit begins with an address, and a lesson or a teacher who
leads opens others within it. Whatever comes in a link may be anybody's.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae import store
from pcae.classroom.lessons import LessonError
from pcae.config import RunConfig
from pcae.server.routes import code
from pcae.settings import LABELS, ConfigError
from pcae.ui import course, hidden, run_picker, shell, uploaded, visit
from pcae.ui.mounting import component

_SETTINGS = "settings"
_INDICES = re.compile(r"[0-9]{1,6}(,[0-9]{1,6})*")
_MOST_CHOSEN = {"pinned": 12, "selected": 40}
_MOST_DIGITS = 70_000
_MOST_COMPARED = 50
_MOST_LETTERS = 20_000  # of an address
_USUAL = "at=0"  # after the "#": the explorer shows all as usual
_KEPT = "It is step {number} of the lesson that you write on the page Lessons."
_share = component("share/share")


def read() -> None:
    """Begin a drawing of a page; the first of a visit takes over what the address asks for."""
    st.session_state["held"] = {}
    if "asked" not in st.session_state:
        _take_over(st.query_params.to_dict())


def open(address: str) -> None:
    """Show what an address of this app says as if the visit began with it; the drawing ends here.

    What the address does not name of a page's widgets is as usual there; the run that is open stays
    where it names none. An address that cannot be one of this app's is refused in a sentence.

    Parameters
    ----------
    address : str
        Relative to the app's, as in "components?run=0123456789ab&k=2#zoom=…".
    """
    found = _parts(address)
    if found is None:
        st.session_state["wrong"].append("address")
        return
    page, query, shown = found
    bound: set[str] = st.session_state.setdefault("bound", set())
    before = {key for key in bound if st.session_state.pop(key, None) is not None}
    st.session_state["anew"] = before
    st.session_state["form_anew"] = page == "train"
    if page in {"compare", "reconstructions"}:
        for kind in ("compare", "compared", "linked_compare"):
            st.session_state.pop(kind, None)
    if page in shell.OF_A_RUN - {"explore"}:
        st.session_state["pinned"] = []
    st.session_state.pop("notice", None)
    st.session_state["opened"] = query
    st.session_state["opening"] = (secrets.token_hex(4), shown)  # the explorer shows each once
    _take_over(dict(query))
    visit.stay(page)
    # with the parameters that the browser has: a change of them would be a step in its history
    st.switch_page(shell.path(page), query_params=st.session_state.get("in_address", {}))


def resume() -> None:
    """Show what the browser's address said when the server forgot the visit, if it did."""
    address = st.session_state.pop("address_before", None)
    if isinstance(address, str) and (found := _parts(address)):
        st.session_state["in_address"] = found[1]
        open(address)


def _parts(address: str) -> tuple[str, dict[str, str], str] | None:
    """Page, parameters, and what stands after the "#"; None where there is no such address."""
    try:
        found = urlsplit(address)
        query = dict(parse_qsl(found.query, True, max_num_fields=100))
    except ValueError:
        return None
    page = found.path.removeprefix("./") or "explore"
    elsewhere = found.scheme or found.netloc or page not in shell.offered()
    if elsewhere or len(address) > _MOST_LETTERS or not address.isprintable():
        return None
    query = {name: text for name, text in query.items() if not name.startswith("embed")}
    shown = found.fragment or (_USUAL if page == "explore" else "")
    return page, query, shown


def _take_over(asked: dict[str, str]) -> None:
    """Set what is kept of a visit as an address asks for it, but for the widgets of its page."""
    st.session_state["asked"] = asked
    wrong = st.session_state["wrong"] = hidden.read(asked) + course.read(asked)
    try:
        config = _settings(asked)
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


def settings() -> RunConfig | None:
    """The settings of a run in the address; None where there are none.

    Raises
    ------
    ConfigError
        They make no run.
    """
    return _settings(st.session_state.get("opened", st.query_params))


def _settings(query: Mapping[str, Any]) -> RunConfig | None:
    found = {name: text for name, text in query.items() if name in LABELS}
    return RunConfig.from_query(found) if found or "run" in query else None


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
    anew: set[str] = st.session_state.get("anew", set())
    st.session_state.setdefault("bound", set()).update(of)
    for key, (usual, possible) in of.items():
        if key in anew:
            anew.remove(key)
            st.session_state[key] = usual  # the browser shows what it was before
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


def _keep() -> None:
    """Keep the view that the browser hands over as a step of one's own lesson."""
    view = st.session_state["link_buttons"].get("kept")
    try:
        number = course.append(str(view))
        said = _KEPT.format(number=number)
    except LessonError as problem:
        said = str(problem)
    except OSError as problem:
        said = f"It could not be kept: {problem.strerror or problem}."
    st.session_state["kept_view"] = said


def _go_back() -> None:
    """The browser has another address than this visit began with: the drawing goes there."""
    st.session_state["address_before"] = st.session_state["link_buttons"].get("before")


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
    hold(hidden.to_query() | course.to_query())
    pinned = st.session_state.get("pinned")
    if pinned and shell.shows_a_run(page) and shell.name(page) != "explore":
        hold({"pinned": ",".join(map(str, pinned))})
    groups = [
        [hidden.title(page), [[f"{page}.{name}", of.label] for name, of in group.items()]]
        for page, group in hidden.CONTROLS.items()
    ]
    st.session_state["in_address"] = dict(st.session_state["held"])
    _share(
        key="link_buttons",
        data={
            "code": code(),
            "page": shell.name(page),
            "query": st.session_state["held"],
            "pages": list(shell.TITLES.items()),
            "controls": groups,
            "opening": st.session_state.get("opening"),  # after which the address is to be set
            "kept": st.session_state.get("kept_view", ""),
            "visit": st.session_state.setdefault("visit", secrets.token_hex(4)),
            "files": uploaded.chosen(),
        },
        on_kept_change=_keep,
        on_before_change=_go_back,
        on_lost_change=uploaded.lose,
    )
