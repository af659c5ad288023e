"""The choice of the run that Explore and Reconstructions show, and what that run is worth."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import headings, names, presets, store
from pcae.config import RunConfig
from pcae.data.datasets import DataError
from pcae.files import DamagedFile
from pcae.methods import metrics
from pcae.presets import FIRST
from pcae.server import loading
from pcae.store import Run
from pcae.ui import shell
from pcae.ui.notice import stand_in_notice
from pcae.ui.words import as_text

_KEY, _KEPT, _ANEW = "run_picked", "run", "run_anew"
_ANSWER = "{worth}."
_NONE = "There is no trained network yet. Train one on the page Train."
_DELETED = "The run {key} is not there any more: it was deleted. Another is shown."


@dataclass(frozen=True, eq=False)
class Chosen:
    """The run that is open, its data, what it is worth, and room for what a page adds beside."""

    run: Run
    config: RunConfig
    view: loading.View
    answer: str
    room: DeltaGenerator


def choose(key: str) -> None:
    """Open this run on the pages that show one; to be called from a widget's callback."""
    st.session_state[_KEPT] = key
    st.session_state[_ANEW] = True
    st.session_state.pop(_KEY, None)


def wanted() -> str | None:
    """The key of the run that was opened last, if any was."""
    return st.session_state.get(_KEPT)


def forget() -> None:
    """Open no run in particular."""
    st.session_state.pop(_KEPT, None)
    st.session_state.pop(_KEY, None)


def show(*, answered: bool, veiled: bool = False) -> None:
    """Draw the picker and the run's figures; `chosen` is what the page then shows.

    Parameters
    ----------
    answered : bool
        Whether the page's heading says what the run is worth.
    veiled : bool
        Whether that is not said yet.
    """
    runs = store.trained_runs()
    trained = titles(runs.values())
    st.session_state.pop("chosen", None)
    if not trained:
        st.info(_NONE)
        raise shell.PageEnds
    if (key := wanted()) is not None and key not in trained:
        st.warning(_DELETED.format(key=key))
        forget()
    keys = list(trained)
    picker, figures = st.columns([4, 7], vertical_alignment="center")
    opened = st.session_state.get(_KEPT, _first(keys))
    anew = st.session_state.pop(_ANEW, False)
    if anew:  # by its index alone a browser that shows the page already stays with what it has
        st.session_state[_KEY] = opened
    key = picker.selectbox(
        "Network",
        keys,
        index=0 if anew else keys.index(opened),
        format_func=trained.__getitem__,
        key=_KEY,
        label_visibility="collapsed",
    )
    st.session_state[_KEPT] = key
    run = runs[key]
    try:
        config = run.config
        view = loading.view(config.dataset)
        loading.model(run)
        worth = loading.worth(run, view)
    except (DamagedFile, DataError) as problem:
        st.error(str(problem))
        raise shell.PageEnds from None
    room = figures.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="worth",
    )
    answer = "" if veiled else _ANSWER.format(worth=metrics.worth(config.k, worth.equivalent_k))
    lines = [f":small[{as_text(config.name)}]"]
    if not veiled:
        lines.append(f":small[{_errors(config, view, worth)}]")
    with room:
        st.markdown("  \n".join(lines if answered or veiled else [f"**{answer}**", *lines]))
    stand_in_notice(config.dataset, view)
    st.session_state["chosen"] = Chosen(run, config, view, answer, room)


def chosen() -> Chosen:
    """The run that is open on this page."""
    return st.session_state["chosen"]


def question() -> tuple[str, str]:
    """What Explore asks of the run that is open, and the answer."""
    of = chosen()
    return headings.question(of.config.k, of.view.data.noun), of.answer


def titles(runs: Iterable[Run]) -> dict[str, str]:
    """The names of runs by key, no two of the store's alike; a damaged one has its key for one."""
    names, found = _names(), {}
    for run in runs:
        try:
            found[run.key] = names[run.key] + run.so_far
        except (DamagedFile, KeyError):
            found[run.key] = _nameless(run)
    return found


def _names() -> dict[str, str]:
    """The names of the store's runs by key, without those that are damaged."""
    configs = {}
    for run in store.runs():
        with contextlib.suppress(DamagedFile):
            configs[run.key] = run.config
    return presets.titles(configs)


def _nameless(run: Run) -> str:
    return f"{run.key} (damaged)"


def title(run: Run) -> str:
    """The name of one run among all."""
    return titles([run])[run.key]


def name(run: Run) -> str:
    """The same without how far it is, so that it stays as it is while the run trains."""
    return _names().get(run.key) or _nameless(run)


def opens() -> Run | None:
    """The run that a page opens on, if there is one."""
    runs = store.trained_runs()
    return runs.get(wanted() or "") or (runs[_first(list(runs))] if runs else None)


def _first(keys: list[str]) -> str:
    """What a first visit opens on: the longer of the shipped networks, if it is there."""
    return FIRST.key if FIRST.key in keys else keys[0]


def _errors(config: RunConfig, view: loading.View, worth: loading.Worth) -> str:
    """The errors behind what the run is worth."""
    if worth.recorded:
        return headings.recorded(worth.test_error, as_text(names.title(config.dataset)))
    pca, data = view.pca.test_error[config.k], view.data
    return headings.errors(worth.test_error, config.k, pca, len(data.test), data.noun)
