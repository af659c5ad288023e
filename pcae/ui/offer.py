"""The offer to train the networks that a link names, where they are not on this machine."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile
from pcae.server import loading
from pcae.store import Status
from pcae.training import jobs
from pcae.ui import link, run_picker, shell, training_view
from pcae.ui.notice import missing_notice
from pcae.ui.words import as_text

_POLL_SECONDS = 1.0
_NOT_HERE = "**This network is not on this machine: {name}.** The link has its settings."
_THEN_OPENS = "Train it here, and this page opens on it."
_THEN_COMPARED = "Train it here, and it is compared with the others."


def show() -> None:
    """Offer the link's network, or show it in training, instead of the page; else nothing."""
    config = link.linked()
    if config is None or run_picker.wanted() != config.key:
        return
    if (found := store.find(config.key)) and found.trained:
        return
    link.hold_run(config)
    other = _ask(config, _THEN_OPENS)
    other.button("Show another", width="stretch", on_click=run_picker.forget)
    missing_notice(config.dataset, loading.view(config.dataset))
    _say_what_hinders()
    if jobs.state(store.own_run(config.key)) != "new":
        training_view.show(config)
    raise shell.PageEnds


def compared() -> list[RunConfig]:
    """Offer those of the networks to compare that are not here; once trained they join the rest.

    Returns
    -------
    list of RunConfig
        The settings of those that are offered.
    """
    offered: list[RunConfig] = st.session_state.get("linked_compare", [])
    for config in [of for of in offered if _finished(of)]:
        offered.remove(config)
        st.session_state["compare"].add(config.key)
        if "compared" in st.session_state:
            joined = dict.fromkeys([*st.session_state["compared"], config.key])
            st.session_state["compared"] = list(joined)
    if any(map(_active, offered)):
        _live()
    elif offered:
        _offers()
    return offered


@shell.polled(_POLL_SECONDS)
def _live() -> None:
    offered = st.session_state["linked_compare"]
    if any(map(_finished, offered)) or not any(map(_active, offered)):
        st.rerun(scope="app")
    _offers()


def _offers() -> None:
    offered: list[RunConfig] = st.session_state["linked_compare"]
    for config in offered:
        room = _ask(config, _THEN_COMPARED)
        try:
            seen = jobs.status(store.own_run(config.key))
        except DamagedFile as problem:
            seen = Status("interrupted", str(problem))
        if seen.active:
            room.caption(f"{seen.state}, epoch {seen.epoch} of {config.epochs}")
            continue
        leave = f"leave_{config.key}"
        name = shell.named("Leave out", config.name)
        room.button(name, leave, width="stretch", on_click=_leave_out, args=(config,))
        if seen.message:
            st.warning(seen.message)
    for dataset in {config.dataset for config in offered}:
        missing_notice(dataset, loading.view(dataset))
    _say_what_hinders()


def _leave_out(config: RunConfig) -> None:
    offered = st.session_state["linked_compare"]
    offered[:] = [of for of in offered if of != config]


def _active(config: RunConfig) -> bool:
    return jobs.active(store.own_run(config.key))


def _finished(config: RunConfig) -> bool:
    found = store.find(config.key)
    return found is not None and found.trained and not jobs.active(found)


def _ask(config: RunConfig, then: str) -> DeltaGenerator:
    """Say that a network is not here, with a button that trains it; room for more beside it."""
    words, train, room = st.columns([7, 2, 2], vertical_alignment="center")
    words.markdown(f"{_NOT_HERE.format(name=as_text(config.name))} {then}")
    train.button(
        shell.named("Train it", config.name),
        key=f"train_{config.key}",
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        disabled=loading.view(config.dataset).problem is not None or _active(config),
        on_click=training_view.submit,
        args=(config,),
    )
    return room


def _say_what_hinders() -> None:
    if refused := st.session_state.get("train_problem"):
        st.error(refused)
