"""What comes along with pcae and what can be fetched, as the page Data lists it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import names, rights
from pcae.data import datasets
from pcae.data.dataset import DataError
from pcae.server import loading
from pcae.ui import shell
from pcae.ui.notice import watch
from pcae.ui.words import as_text

WIDTHS = [6, 3]
_ASKED = "downloads"  # what this visitor asked for, whose end this visitor's page looks out for


def entry(title: str, form: str, source: str) -> DeltaGenerator:
    """A line about a data set; the place of its buttons."""
    words, place = st.columns(WIDTHS, vertical_alignment="center")
    words.markdown(f"**{as_text(title)}**  \n:small[{form}. {source}]")
    return place


def train_button(place: DeltaGenerator, name: str) -> None:
    """The button that leads to Train with a data set chosen."""
    label = shell.named("Train on it", names.title(name))
    place.button(label, key=f"on_{name}", width="stretch", on_click=_use, args=(name,))


def _use(name: str) -> None:
    st.session_state["train_on"] = name


def built_in(name: str) -> None:
    """A data set that comes along or can be downloaded, and be fetched anew where it is damaged."""
    train, test = names.ROWS[name]
    height, width = names.shape(name) or (1, 1)
    form = f"{train:,} training and {test:,} test images of {height}×{width} pixels, 10 classes"
    place = entry(names.title(name), form, datasets.LICENCES[name])
    asked = st.session_state.setdefault(_ASKED, set())
    download = loading.fetching(name) if name in asked else None
    if download and download.running:
        with place:
            watch(name, f"the full {names.title(name)}")
        return
    if download and download.done:
        asked.discard(name)
        loading.look_again(name)
    problem = download.problem if download else ""
    if not _is_here(name):
        _button(place, "Download", "get", name)
    elif damage := datasets.damage(name) if name in datasets.DOWNLOADED else "":
        _button(place, "Fetch it anew", "anew", name, of_teacher=True)
        problem = problem or damage
    else:
        train_button(place, name)
    if problem:
        st.error(problem)


def _is_here(name: str) -> bool:
    try:
        return datasets.is_here(name)
    except DataError:  # PCAE_DATA names no folder, which a download says
        return False


def _button(
    place: DeltaGenerator, label: str, key: str, name: str, *, of_teacher: bool = False
) -> None:
    may = rights.teaches() or not of_teacher
    place.button(
        shell.named(label, names.title(name)),
        key=f"{key}_{name}",
        width="stretch",
        disabled=not may,
        help=None if may else "The teacher fetches it.",
        on_click=_ask,
        args=(name,),
    )


def _ask(name: str) -> None:
    """Have a data set downloaded, once more if that went wrong or if it is damaged."""
    loading.fetch(name, datasets.fetch_anew if _is_here(name) else datasets.download)
    st.session_state[_ASKED].add(name)
