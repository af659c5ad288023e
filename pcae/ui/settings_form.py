"""The form of a network's settings: presets to start from, and a widget for every setting.

What the browser sends may be of an earlier drawing: with a press of *Train* come the values of the
widgets as they stood before a preset that was chosen a moment ago had filled them. So widgets that
are filled anew have new keys, for which such a message has no values; and whoever acts on the form
reads it when the button is pressed, not when it was drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from pcae import names
from pcae.config import RunConfig
from pcae.presets import PRESETS, preset_name
from pcae.server import loading
from pcae.settings import CHOICES, LABELS, ConfigError, parse, to_text
from pcae.ui import hidden, link, visit
from pcae.ui.words import as_text

_OWN, _MORE_LABEL = "Settings of my own", "More settings"
_HELP = {
    "hidden": "Widths of the encoder's hidden layers, as in 512, 128; the decoder mirrors them. "
    "Empty: no hidden layer.",
    "k": "How many numbers stand for a digit: the same as PCA's number of components.",
    "architecture": "Convolutional, for pictures: each hidden layer is a convolution of 3 × 3 "
    "pixels that halves the sides, and the decoder's transposed ones bring them back.",
    "code_order": "Nested: in training an image keeps its first codes alone, as many as are drawn "
    "for it. So the first codes reconstruct as well as they can, as PCA's components do.",
    "decoder_weights": "Tied, for linear networks: its matrix is the encoder's, transposed.",
    "beta": "0: a plain autoencoder. Above 0 a variational one: codes are drawn in training, and "
    "beta times their divergence from the standard normal distribution is in the loss, summed over "
    "an image's codes and divided by its pixels. So codes fill the plane, and can be sampled.",
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
    "noise": "What the encoder sees of each image in training, while the loss compares with the "
    "image itself: masking sets each pixel to 0 with a probability of 0.3, Gaussian adds noise "
    "with a standard deviation of 0.3.",
    "seed": "Of the first weights, the order of the images, and all else that is drawn.",
}
_CHANNELS = "Channels"  # what widths are called of a convolutional network
_CHANNELS_HELP = (
    "How many channels each convolution gives, as in 32, 64, 128; the decoder mirrors them."
)
_USUAL_WIDTHS = {"dense": to_text(RunConfig().hidden), "convolutional": "32, 64, 128"}
_FIRST = ("hidden", "k", "epochs")
_MORE = (  # three a row
    *("activation", "layer_norm", "output"),
    *("loss", "optimizer", "weight_decay"),
    *("schedule", "learning_rate", "batch_size"),
    *("code_order", "augmentation", "noise"),
    *("architecture", "beta", "decoder_weights"),
    *("dataset", "seed"),
)
_SETTINGS = (*_FIRST, *_MORE)


def begin() -> None:
    """Fill the form: from the link on the first visit, and where another link opens the page; else
    with what it had before."""
    anew = st.session_state.pop("form_anew", False)
    if anew and "form" in st.session_state:
        _renew("form")
    if anew or "form" not in st.session_state:
        config = link.linked() or loading.at_hand(RunConfig())
        try:
            config = link.settings() or config
        except ConfigError as problem:
            why = as_text(str(problem))
            st.warning(f"The link's settings cannot be used: {why} The usual ones are shown.")
        _put(config)
    else:  # Streamlit drops a widget's value while another page is open
        for name, value in st.session_state["form"].items():
            st.session_state.setdefault(_key(name), value)
    if wanted := st.session_state.pop("train_on", None):  # chosen on the page Data
        st.session_state[_key("dataset")] = wanted
        st.session_state["form_opens"] = True
    _name_preset()


def fill(config: RunConfig) -> None:
    """Put a config's values into the form that is drawn."""
    _renew("form")
    _put(config)


def choose_preset() -> bool:
    """Draw the choice of a preset, unless that would change what a lesson hides; whether it did."""
    if any(hidden.hides(f"train.{name}") for name in ("preset", *_SETTINGS)):
        return False
    key = _numbered("preset")
    st.selectbox("Start from", [*PRESETS, _OWN], key=key, on_change=_fill_from, args=(key,))
    return True


def settings() -> None:
    """Draw the widgets of all settings that a lesson does not hide: few, and the others behind."""
    first, more = (
        [name for name in group if not hidden.hides(f"train.{name}")] for group in (_FIRST, _MORE)
    )
    _draw(first or more)
    if first and more:
        with st.expander(_MORE_LABEL, expanded=st.session_state["form_opens"]):
            _draw(more)
    st.session_state["form"] = _shown()


def _draw(visible: list[str]) -> None:
    for start in range(0, len(visible), 3):
        for column, name in zip(st.columns(3), visible[start : start + 3], strict=False):
            with column:
                _setting(name)


def read() -> RunConfig:
    """The settings that the form's widgets hold now.

    Raises
    ------
    ConfigError
        They make no run.
    """
    return from_shown(_shown())


def settle() -> None:
    """Fill the form from a preset that was chosen a moment before a button was pressed."""
    _fill_from(_numbered("preset"))


def from_shown(shown: Mapping[str, Any]) -> RunConfig:
    """The settings that the form's values make, texts and choices by the settings' names.

    Raises
    ------
    ConfigError
        They make no run.
    """
    return RunConfig(
        **{
            name: parse(name, value) if isinstance(value, str) else value
            for name, value in shown.items()
        }
    )


def _put(config: RunConfig) -> None:
    usual = loading.at_hand(RunConfig())
    differs = any(getattr(config, name) != getattr(usual, name) for name in _MORE)
    st.session_state["form_opens"] = differs
    for field in fields(RunConfig):
        value = getattr(config, field.name)
        is_choice = field.name in {*CHOICES, "dataset", "layer_norm"}
        st.session_state[_key(field.name)] = value if is_choice else to_text(value)


def _shown() -> dict[str, Any]:
    return {field.name: st.session_state[_key(field.name)] for field in fields(RunConfig)}


def _setting(name: str) -> None:
    """The widget of one setting."""
    of: dict[str, Any] = {
        "label": LABELS[name],
        "key": _key(name),
        "help": _HELP.get(name),
        "on_change": _change_architecture if name == "architecture" else visit.act,
    }
    if name == "hidden" and st.session_state[_key("architecture")] == "convolutional":
        of |= {"label": _CHANNELS, "help": _CHANNELS_HELP}
    if name == "layer_norm":
        st.selectbox(options=[False, True], format_func=lambda on: "on" if on else "off", **of)
    elif name == "dataset":
        here, chosen = names.all_here(), st.session_state[of["key"]]
        options = here if chosen in here else [*here, chosen]
        st.selectbox(options=options, format_func=_called(options).__getitem__, **of)
    elif name in CHOICES:
        st.selectbox(options=list(CHOICES[name]), format_func=CHOICES[name].__getitem__, **of)
    else:
        st.text_input(**of)


def _change_architecture() -> None:
    """Where the widths are as usual for the other architecture, have those usual for this one."""
    visit.act()
    shown = _shown()
    if shown["hidden"] in set(_USUAL_WIDTHS.values()):
        shown["hidden"] = _USUAL_WIDTHS[shown["architecture"]]
    _renew("form")
    for name, value in shown.items():
        st.session_state[_key(name)] = value


def _called(datasets: Sequence[str]) -> dict[str, str]:
    """What people call data sets, told apart: from the browser comes what it shows of a choice."""
    titles = {name: names.title(name) for name in datasets}
    often = Counter(titles.values())
    return {name: f"{of} ({name})" if often[of] > 1 else of for name, of in titles.items()}


def _fill_from(key: str) -> None:
    """Put the chosen preset's values into the form, which keeps its data where they fit it."""
    chosen, known = st.session_state.get(key), st.session_state["presets_named"]
    if chosen is None or chosen == known.get(key):
        return  # nobody chose: this widget is not drawn any more, and the browser does not know yet
    known[key] = chosen
    visit.act()
    if chosen in PRESETS:
        try:
            fill(replace(PRESETS[chosen], dataset=st.session_state[_key("dataset")]))
        except ConfigError:
            fill(loading.at_hand(PRESETS[chosen]))


def _name_preset() -> None:
    """Have the choice of a preset say which one the settings are."""
    try:
        name = preset_name(replace(read(), dataset="mnist")) or _OWN
    except ConfigError:
        name = _OWN
    if st.session_state.get(_numbered("preset"), name) != name:
        _renew("preset")
    st.session_state[_numbered("preset")] = name
    st.session_state.setdefault("presets_named", {})[_numbered("preset")] = name


def _key(name: str) -> str:
    """The key of a setting's widget."""
    return _numbered("form", name)


def _numbered(group: str, *name: str) -> str:
    number = st.session_state.get(f"{group}_number", 0)
    return "_".join([group, *name, *([str(number)] if number else [])])


def _renew(group: str) -> None:
    """Give widgets new keys."""
    st.session_state[f"{group}_number"] = st.session_state.get(f"{group}_number", 0) + 1
