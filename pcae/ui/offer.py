"""The offer to train the networks that a link names, where they are not on this machine."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import jobs, store
from pcae.config import RunConfig
from pcae.ui import link, loading, run_picker, shell, training_view
from pcae.ui.notice import missing_notice

_POLL_SECONDS = 1.0


def show() -> None:
    """Offer the link's network, or show it in training, instead of the page; else nothing."""
    config = link.linked()
    if config is None or run_picker.wanted() != config.key:
        return
    if (found := store.find(config.key)) and found.trained:
        return
    link.hold_run(config)
    other = _ask(config, "and this page opens on it")
    other.button("Show another", width="stretch", on_click=run_picker.forget)
    missing_notice(config.dataset, loading.view(config.dataset))
    _say_what_hinders()
    if jobs.state(store.own_run(config.key)) != "new":
        training_view.show(config)
    raise shell.PageEnds


def compared() -> None:
    """Offer those of the networks to compare that are not here; once trained they join the rest."""
    offered: list[RunConfig] = st.session_state.get("linked_compare", [])
    for config in [of for of in offered if _finished(of)]:
        offered.remove(config)
        st.session_state["compare"].add(config.key)
        if "compared" in st.session_state:
            joined = dict.fromkeys([*st.session_state["compared"], config.key])
            st.session_state["compared"] = list(joined)
    if any(jobs.active(store.own_run(of.key)) for of in offered):
        _live()
    elif offered:
        _offers()


@st.fragment(run_every=_POLL_SECONDS)
def _live() -> None:
    if any(map(_finished, st.session_state["linked_compare"])):
        st.rerun(scope="app")
    _offers()


def _offers() -> None:
    for config in st.session_state["linked_compare"]:
        room = _ask(config, "and it is compared with the others")
        seen = jobs.status(store.own_run(config.key))
        if seen.active:
            room.caption(f"{seen.state}, epoch {seen.epoch} of {config.epochs}")
    for dataset in {config.dataset for config in st.session_state["linked_compare"]}:
        missing_notice(dataset, loading.view(dataset))
    _say_what_hinders()


def _finished(config: RunConfig) -> bool:
    found = store.find(config.key)
    return found is not None and found.trained and not jobs.active(found)


def _ask(config: RunConfig, then: str) -> DeltaGenerator:
    """Say that a network is not here, with a button that trains it; room for more beside it."""
    words, train, room = st.columns([7, 2, 2], vertical_alignment="center")
    words.markdown(
        f"**This network is not on this machine: {config.name}.** The link has its settings: train "
        f"it here, {then}."
    )
    train.button(
        "Train it",
        key=f"train_{config.key}",
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        disabled=loading.view(config.dataset).problem is not None
        or jobs.active(store.own_run(config.key)),
        on_click=training_view.submit,
        args=(config,),
    )
    return room


def _say_what_hinders() -> None:
    if refused := st.session_state.get("train_problem"):
        st.error(refused)
