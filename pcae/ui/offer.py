"""The offer to train the network that a link names, where it is not on this machine."""

from __future__ import annotations

import streamlit as st

from pcae import jobs, store
from pcae.ui import link, loading, run_picker, shell, training_view
from pcae.ui.notice import missing_notice


def show() -> None:
    """Offer the link's network, or show it in training, instead of the page; else nothing."""
    config = link.linked()
    if config is None or run_picker.wanted() != config.key:
        return
    if (found := store.find(config.key)) and found.trained:
        return
    link.hold_run(config)
    run = store.own_run(config.key)
    view = loading.view(config.dataset)
    words, train, other = st.columns([7, 2, 2], vertical_alignment="center")
    words.markdown(
        f"**This network is not on this machine: {config.name}.** The link has its settings: train "
        "it here, and this page opens on it."
    )
    train.button(
        "Train it",
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        disabled=view.problem is not None or jobs.active(run),
        on_click=training_view.submit,
        args=(config,),
    )
    other.button("Show another", width="stretch", on_click=run_picker.forget)
    missing_notice(config.dataset, view)
    if refused := st.session_state.get("train_problem"):
        st.error(refused)
    if jobs.state(run) != "new":
        training_view.show(config)
    raise shell.PageEnds
