"""The guided tour: six steps, each said above the page it is about."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae.data.dataset import DataError
from pcae.files import DamagedFile
from pcae.methods import metrics
from pcae.presets import PRESETS
from pcae.server import loading
from pcae.ui import lesson, run_picker, shell

COOKIE = "pcae_tour"  # which `pcae/browser/share/toured.js` sets
_STEP = "tour_step"
_NEW_HERE = "New here? Six short steps show what this is about."
_WORTH = "Here {worth}."


@dataclass(frozen=True)
class Step:
    """What is said, and on which page; "{worth}" is a sentence about the network that is open."""

    page: str
    text: str


STEPS = (
    Step(
        "explore",
        "**The picture.** Every dot is a handwritten digit that both methods have squeezed into "
        "two numbers: left PCA, right the bottleneck of an autoencoder. Neither was told which "
        "digit is which; the colours are ours. Where are the classes apart?",
    ),
    Step(
        "explore",
        "**Point at a digit.** On the right: the digit, what PCA makes of its two numbers, what "
        "the autoencoder makes of its own. The ring is the same digit in the other plane. Point "
        "between the dots, too: a decoder draws something everywhere.",
    ),
    Step(
        "train",
        "**Train one yourself.** Change *k* or the widths and press *Train*: the error falls below "
        "that of PCA within the first epoch, and the codes, a heap at first, come apart.",
    ),
    Step(
        "components",
        "**What is a code worth?** A dot is a network at its *k*. Follow its line to PCA's "
        "curve: so many components reconstruct as well. {worth}",
    ),
    Step(
        "latent_plane",
        "**Decode the plane.** Every point of a plane is a picture. PCA's fade into each other, "
        "for they are sums of the same two; the autoencoder's turn from one digit into the "
        "next. Below, walk between two digits.",
    ),
    Step(
        "linear_pca",
        "**Where does it come from?** Take the nonlinear layers away and train: the network "
        "finds PCA's plane, and nothing better. So the rest is their work. That was the tour; "
        "the words are in the *Glossary*.",
    ),
)


def begin() -> None:
    """Start the tour: its first page is to be shown next."""
    st.session_state[_STEP] = 0
    run_picker.choose(PRESETS["Seed network, 25 epochs"].key)


def show(page: StreamlitPage) -> None:
    """Say the step the visitor is at, or offer the tour on the first visit."""
    if st.session_state.pop("tour_answered", False):
        shell.run("share/toured.js")
    step = st.session_state.get(_STEP)
    if step is not None:
        _say(step, page)
    elif shell.name(page) == "explore" and _is_new() and "hide" not in lesson.to_query():
        _offer()


def _is_new() -> bool:
    return "tour_known" not in st.session_state and st.context.cookies.get(COOKIE) != "seen"


def _offer() -> None:
    words, yes, no = st.columns([8, 2, 2], vertical_alignment="center")
    words.markdown(_NEW_HERE)
    yes.button("Take the tour", width="stretch", on_click=_answer, args=(True,))
    no.button("No, thanks", width="stretch", on_click=_answer, args=(False,))


def _answer(wanted: bool) -> None:
    st.session_state["tour_known"] = st.session_state["tour_answered"] = True
    if wanted:
        begin()


def _say(number: int, page: StreamlitPage) -> None:
    step = STEPS[number]
    text = step.text.format(worth=_worth()) if "{worth}" in step.text else step.text
    with st.container(border=True, key="tour"):
        words, back, on, leave = st.columns([17, 2, 2, 2], vertical_alignment="center")
        words.markdown(f":small[{number + 1} of {len(STEPS)}. {text}]")
        if back.button("Back", width="stretch", disabled=number == 0):
            _go(number - 1)
        if shell.name(page) != step.page:
            if on.button("Go there", width="stretch", type="primary"):
                _go(number)
        elif number + 1 < len(STEPS) and on.button("Next", width="stretch", type="primary"):
            _go(number + 1)
        leave.button("Leave", width="stretch", on_click=st.session_state.pop, args=(_STEP, None))


def _worth() -> str:
    """What the network is worth that the page opens; nothing where that is not known."""
    run = run_picker.opens()
    if run is None:
        return ""
    try:
        k, view = run.config.k, loading.view(run.config.dataset)
        return _WORTH.format(worth=metrics.worth(k, loading.worth(run, view).equivalent_k))
    except (DamagedFile, DataError):
        return ""


def _go(number: int) -> None:
    st.session_state[_STEP] = number
    st.switch_page(shell.path(STEPS[number].page))
