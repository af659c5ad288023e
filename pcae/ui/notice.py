"""The line at the top of a page that says which digits are shown when it is not the full set."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pcae import names, rights
from pcae.data import datasets
from pcae.server import loading
from pcae.ui import shell


def stand_in_notice(name: str, view: loading.View) -> None:
    """Say plainly that the sample stands in for a data set, fetch that, and offer it."""
    train, test = len(view.data.train), len(view.data.test)
    _notice(
        "stand_in",
        name,
        view,
        f"**{train + test:,} real MNIST digits stand in for the full {names.title(name)}:** PCA is "
        f"fitted on {train:,}, and {test:,} are shown. The networks that ship have seen all of "
        "them in training.",
    )


def missing_notice(name: str, view: loading.View) -> None:
    """Say that a data set that is to be trained on is not here, fetch it, and offer it."""
    _notice(
        "missing",
        name,
        view,
        f"**The full {names.title(name)} is not here,** and these settings train on it. "
        f"The data set “{names.title('mnist-5k')}” always is.",
    )


def _notice(kind: str, name: str, view: loading.View, text: str) -> None:
    if view.problem is None:
        return
    download, key = loading.download(name), f"{kind}_{name}"
    words, button = st.columns([8, 2], vertical_alignment="center")
    with words:
        st.markdown(f":small[:material/info: {text}]")
    with button:
        if download and download.running:
            watch(name, f"the full {names.title(name)}")
        elif download and download.done:
            _button(f"Use the full {names.title(name)}", "primary", key)
        else:
            _again(name, key)
            words.caption(download.problem if download else view.problem)


def _again(name: str, key: str) -> None:
    """The button that tries once more: to fetch what is damaged, else to find it or to fetch it."""
    if datasets.damage(name) and rights.teaches():
        label = shell.named("Fetch it anew", names.title(name))
        st.button(label, f"anew_{key}", width="stretch", on_click=_fetch_anew, args=(name,))
    _button("Try again", "secondary", key)


@shell.fragment(run_every=2)
def watch(name: str, what: str) -> None:
    """Say how much of something is here by now, until it no longer comes.

    Parameters
    ----------
    name : str
        As it was fetched by.
    what : str
        What it is called within a sentence.
    """
    download = loading.fetching(name)
    if download is None or not download.running:
        st.rerun(scope="app")
    st.caption(f"Downloading {what} …")
    if download.words:
        st.progress(download.share, f":small[{download.words}]")


def _button(label: str, kind: Literal["primary", "secondary"], key: str) -> None:
    """The button of a notice, which looks for the data again."""
    st.button(label, key=key, type=kind, width="stretch", on_click=_look_again)


def _fetch_anew(name: str) -> None:
    loading.fetch(name, datasets.fetch_anew)


def _look_again() -> None:
    loading.look_again()
    loading.forget_downloads()
