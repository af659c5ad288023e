"""The choice of the run that Explore and Reconstructions show, and what that run is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import names, store
from pcae.config import RunConfig
from pcae.data.datasets import DataError
from pcae.files import DamagedFile
from pcae.methods import metrics
from pcae.presets import FIRST
from pcae.server import loading
from pcae.store import Run
from pcae.ui import shell
from pcae.ui.notice import stand_in_notice

_KEY, _KEPT = "run_picked", "run"


@dataclass(frozen=True, eq=False)
class Chosen:
    """The run that is open, the data it is shown on, and room for what a page adds beside."""

    run: Run
    config: RunConfig
    view: loading.View
    room: DeltaGenerator


def choose(key: str) -> None:
    """Open this run on the pages that show one; to be called from a widget's callback."""
    st.session_state[_KEPT] = key
    st.session_state.pop(_KEY, None)


def wanted() -> str | None:
    """The key of the run that was opened last, if any was."""
    return st.session_state.get(_KEPT)


def forget() -> None:
    """Open no run in particular."""
    st.session_state.pop(_KEPT, None)
    st.session_state.pop(_KEY, None)


def show() -> None:
    """Draw the picker and the run's figures; `chosen` is what the page then shows."""
    runs = store.trained_runs()
    trained = titles(runs)
    st.session_state.pop("chosen", None)
    if not trained:
        st.info("There is no trained network yet. Train one on the page Train.")
        raise shell.PageEnds
    if (key := wanted()) is not None and key not in trained:
        st.warning(f"The run {key} is not there any more: it was deleted. Another is shown.")
        forget()
    keys = list(trained)
    picker, figures = st.columns([5, 6], vertical_alignment="bottom")
    key = picker.selectbox(
        "Network",
        keys,
        index=keys.index(st.session_state.get(_KEPT, _first(keys))),
        format_func=trained.__getitem__,
        key=_KEY,
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
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    with room:
        _say_worth(config, view, worth)
    stand_in_notice(config.dataset, view)
    st.session_state["chosen"] = Chosen(run, config, view, room)


def chosen() -> Chosen:
    """The run that is open on this page."""
    return st.session_state["chosen"]


def titles(runs: Mapping[str, Run]) -> dict[str, str]:
    """The names of runs by key."""
    return {key: title(run) for key, run in runs.items()}


def title(run: Run) -> str:
    """A run's name; a damaged one has its key for a name."""
    try:
        return run.title
    except DamagedFile:
        return f"{run.key} (damaged)"


def _first(keys: list[str]) -> str:
    """What a first visit opens on: the longer of the shipped networks, if it is there."""
    return FIRST.key if FIRST.key in keys else keys[0]


def _say_worth(config: RunConfig, view: loading.View, worth: loading.Worth) -> None:
    """The sentence that the whole page is about."""
    error = f"Test error {worth.test_error:.4f}"
    if worth.recorded:
        detail = f"{error} on {names.title(config.dataset)}'s test images, as recorded in training."
    else:
        detail = (
            f"{error} against {view.pca.test_error[config.k]:.4f} for PCA with k = {config.k} "
            f"({len(view.data.test):,} test images)."
        )
    st.markdown(f"**{metrics.worth(config.k, worth.equivalent_k)}.**  \n{detail}")
