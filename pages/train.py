"""Train: choose the settings of a network, watch it learn, and keep what was trained."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import rights, store
from pcae.config import RunConfig
from pcae.data.datasets import DataError
from pcae.server import loading
from pcae.settings import ConfigError
from pcae.training import jobs, turns
from pcae.ui import cluster_view, hidden, link, settings_form, training_view, visit
from pcae.ui.notice import missing_notice
from pcae.ui.runs_table import runs_table

WIDTHS = [5, 2]


def wanted() -> RunConfig | None:
    """What the form asks for now; None where it asks for nothing that can be trained here."""
    try:
        config = settings_form.read()
        return config if loading.view(config.dataset).problem is None else None
    except (ConfigError, DataError):
        return None  # which the form says


def train() -> None:
    """Train what the form shows, unless that is trained already, as it then says."""
    settings_form.settle()
    config = wanted()
    if config and not training_view.is_trained(config):
        training_view.submit(config)


def train_again() -> None:
    """Train what ships anew; of what was trained here, which would be the same, the next seed.

    A student leaves what ships as it is, for all.
    """
    settings_form.settle()
    config = wanted()
    if config is None:
        return
    is_done = training_view.is_trained_here if rights.teaches() else training_view.is_trained
    if is_done(config):
        while is_done(config):
            config = replace(config, seed=(config.seed + 1) % 2**31)
        settings_form.fill(config)
    training_view.submit(config)


def form() -> RunConfig | None:
    """Presets, every setting, what they come to, and the button; the settings, if they hold."""
    preset, button = st.columns(WIDTHS, vertical_alignment="bottom")
    with preset:
        chosen = settings_form.choose_preset()
    summary = st.container() if chosen else preset.container()
    settings_form.settings()
    try:
        config = settings_form.read()
        view = loading.view(config.dataset)
    except (ConfigError, DataError) as problem:
        summary.error(str(problem))
        train_button(button, disabled=True)
        return None
    link.hold(config.to_query())
    trained = training_view.is_trained(config)
    with summary:
        if trained:
            words, again = st.columns(WIDTHS, vertical_alignment="center")
            words.markdown(training_view.summary(config))
            again_button(again, config, disabled=view.problem is not None)
        else:
            st.markdown(training_view.summary(config))
        missing_notice(config.dataset, view)
    if not trained:
        train_button(button, disabled=view.problem is not None)
    else:
        training_view.open_button(button, config.key)
    if refused := st.session_state.get("train_problem"):
        summary.error(refused)
    return config


def train_button(place: DeltaGenerator, *, disabled: bool) -> None:
    """The button that trains what the form shows."""
    place.button(
        "Train",
        key="train",
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        disabled=disabled,
        on_click=train,
    )


def again_button(place: DeltaGenerator, config: RunConfig, *, disabled: bool) -> None:
    """The button to watch a training of what is trained already, or of its like."""
    here = training_view.is_trained_here(config) or not rights.teaches()
    if here and hidden.hides("train.seed"):
        return
    place.button(
        "Another seed" if here else "Train again",
        key="train_again",
        width="stretch",
        disabled=disabled or jobs.active(store.own_run(config.key)),
        on_click=train_again,
    )


settings_form.begin()
settings, watching = st.columns([5, 6], gap="large")
with settings:
    config = form()
with watching:
    cluster_view.notice()
    training_view.show(config)
if (likely := wanted()) and visit.acted() and turns.is_small_enough(likely):
    jobs.keep_warm(likely)
if not hidden.hides("train.runs"):
    runs_table()
