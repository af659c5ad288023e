"""Train: choose the settings of a network, watch it learn, and keep what was trained."""

from dataclasses import fields, replace
from typing import Any

import streamlit as st

from pcae import jobs, names
from pcae.config import (
    CHOICES,
    LABELS,
    PRESETS,
    ConfigError,
    RunConfig,
    preset_name,
    to_text,
)
from pcae.datasets import DataError
from pcae.ui import lesson, link, loading, training_view
from pcae.ui.notice import missing_notice
from pcae.ui.runs_table import runs_table

OWN = "Settings of my own"
HELP = {
    "hidden": "Widths of the encoder's hidden layers, as in 512, 128; the decoder mirrors them. "
    "Empty: no hidden layer.",
    "k": "How many numbers stand for a digit: the same as PCA's number of components.",
    "epochs": "How often every training image is seen.",
    "activation": "Of the hidden layers. The bottleneck is linear.",
    "layer_norm": "Normalises each hidden layer before its activation.",
    "output": "Sigmoid keeps pixels between 0 and 1; linear is what PCA does.",
    "loss": "What training lowers. The test error is the mean squared error either way.",
    "optimizer": "How a step follows from the gradients; AdamW also lets weights decay.",
    "learning_rate": "Under one-cycle, its peak.",
    "weight_decay": "For AdamW.",
    "schedule": "One-cycle rises over the first 30 % of the steps and then falls to nothing.",
    "dataset": "Data of your own is added on the page Data.",
    "batch_size": "How many images each step is computed from.",
    "augmentation": "What is done to each training image, anew every epoch: shifts of up to one "
    "pixel, or turns of up to 7° and slants of up to one column in ten rows, as by other hands.",
    "seed": "Of the first weights, the order of the images and their augmentation.",
}
SETTINGS = (  # three a row
    *("hidden", "k", "epochs"),
    *("activation", "layer_norm", "output"),
    *("loss", "optimizer", "weight_decay"),
    *("schedule", "learning_rate", "batch_size"),
    *("dataset", "augmentation", "seed"),
)


def fill(config: RunConfig) -> None:
    """Put a config's values into the form."""
    for field in fields(RunConfig):
        value = getattr(config, field.name)
        is_choice = field.name in {*CHOICES, "dataset", "layer_norm"}
        st.session_state[f"form_{field.name}"] = value if is_choice else to_text(value)


def fill_from_preset() -> None:
    """Put the chosen preset's values into the form, which keeps its data where they fit it."""
    if st.session_state["preset"] in PRESETS:
        preset = PRESETS[st.session_state["preset"]]
        try:
            fill(replace(preset, dataset=st.session_state["form_dataset"]))
        except ConfigError:
            fill(loading.at_hand(preset))


def begin() -> None:
    """Fill the form: from the link on the first visit, later with what it had before."""
    if "form" not in st.session_state:
        config = link.linked() or loading.at_hand(RunConfig())
        try:
            config = link.settings() or config
        except ConfigError as problem:
            st.warning(f"The link's settings cannot be used: {problem} The usual ones are shown.")
        fill(config)
    else:  # Streamlit drops a widget's value while another page is open
        for name, value in st.session_state["form"].items():
            st.session_state.setdefault(f"form_{name}", value)
    if wanted := st.session_state.pop("train_on", None):  # chosen on the page Data
        st.session_state["form_dataset"] = wanted
    try:
        st.session_state["preset"] = preset_name(replace(read(), dataset="mnist")) or OWN
    except ConfigError:
        st.session_state["preset"] = OWN


def setting(name: str) -> None:
    """The widget of one setting."""
    key, label, explained = f"form_{name}", LABELS[name], HELP.get(name)
    if name == "layer_norm":
        st.selectbox(
            label, [False, True], format_func=lambda on: "on" if on else "off", key=key,
            help=explained,
        )  # fmt: skip
    elif name == "dataset":
        here, chosen = names.all_here(), st.session_state[key]
        st.selectbox(
            label, here if chosen in here else [*here, chosen], format_func=names.title, key=key,
            help=explained,
        )  # fmt: skip
    elif name in CHOICES:
        st.selectbox(
            label, list(CHOICES[name]), format_func=CHOICES[name].__getitem__, key=key,
            help=explained,
        )  # fmt: skip
    else:
        st.text_input(label, key=key, help=explained)


def read() -> RunConfig:
    """The settings that the form shows.

    Raises
    ------
    ConfigError
        They make no run.
    """
    return training_view.settings(shown())


def shown() -> dict[str, Any]:
    """What the form's widgets hold, by the settings' names."""
    return {field.name: st.session_state[f"form_{field.name}"] for field in fields(RunConfig)}


def form() -> RunConfig | None:
    """Presets, every setting, what they come to, and the button; the settings, if they hold."""
    preset, button = st.columns([5, 2], vertical_alignment="bottom")
    visible = [name for name in SETTINGS if not lesson.hides(f"train.{name}")]
    if len(visible) == len(SETTINGS) and not lesson.hides("train.preset"):
        preset.selectbox("Start from", [*PRESETS, OWN], key="preset", on_change=fill_from_preset)
        summary = st.container()
    else:
        summary = preset.container()  # a preset would change what is hidden
    for start in range(0, len(visible), 3):
        for column, name in zip(st.columns(3), visible[start : start + 3], strict=False):
            with column:
                setting(name)
    st.session_state["form"] = shown()
    try:
        config = read()
        view = loading.view(config.dataset)
    except (ConfigError, DataError) as problem:
        summary.error(str(problem))
        button.button("Train", type="primary", width="stretch", disabled=True)
        return None
    link.hold(config.to_query())
    with summary:
        st.markdown(training_view.summary(config))
        missing_notice(config.dataset, view)
    button.button(
        "Train",
        type="primary",
        width="stretch",
        disabled=view.problem is not None,
        icon=":material/play_arrow:",
        on_click=training_view.submit,
        args=(config,),
    )
    if refused := st.session_state.get("train_problem"):
        summary.error(refused)
    return config


begin()
settings, watching = st.columns([5, 6], gap="large")
with settings:
    config = form()
with watching:
    training_view.show(config)
if config and loading.view(config.dataset).problem is None:
    jobs.keep_warm(config)
if not lesson.hides("train.runs"):
    runs_table()
