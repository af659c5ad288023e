"""Data: what networks can be trained on, and data of one's own."""

import contextlib
from typing import Any

import streamlit as st

from pcae import names, rights, store
from pcae.data import owndata
from pcae.files import DamagedFile
from pcae.methods import pca
from pcae.server import loading, routes
from pcae.ui import gallery, own_data, shell, sources, training_view, undo
from pcae.ui.sources import entry, train_button
from pcae.ui.words import as_text


def trained_on(name: str) -> int:
    """How many networks were trained on a data set."""
    count = 0
    for run in store.runs():
        try:
            count += run.config.dataset == name
        except DamagedFile:
            continue
    return count


def in_words(name: str, about: dict[str, Any]) -> str:
    """What a data set of one's own holds."""
    shape, classes = names.shape(name), len(about["classes"])
    kind = (
        f"images of {shape[0]}×{shape[1]} pixels"
        if shape
        else f"rows of {names.inputs(name)} columns"
    )
    return (
        f"{about['train']:,} training and {about['test']:,} test {kind}, "
        f"{classes if classes > 1 else 'no'} classes"
    )


def own(name: str) -> None:
    """A data set of one's own."""
    networks, title = trained_on(name), names.title(name)
    more = f" Networks trained on it: {networks}." if networks else ""
    try:
        about = names.about(name)
    except FileNotFoundError:
        return  # removed meanwhile
    except DamagedFile:
        place = entry(
            title, "What was kept of it is damaged", f"Remove it, and add it again.{more}"
        )
    else:
        licence = f" {as_text(about['licence'])}." if about["licence"] != names.OWN_LICENCE else ""
        source = as_text(about["source"])
        place = entry(title, in_words(name, about), f"From {source}.{licence}{more}")
    with place:
        train_button(place, name)
        may = rights.is_own(names.folder(name))
        label = shell.named("Remove my data", names.title(name))
        why = None if may else training_view.NOT_OWN
        key = f"remove_{name}"
        if st.button(label, key=key, width="stretch", disabled=not may, help=why):
            stay = " They stay on Train, and show again once it is added anew." if networks else ""
            undo.ask(
                "Remove this data?",
                f"“{as_text(names.title(name))}” is removed from the machine that serves this page"
                f"{', for all who use it' if rights.teaches() else ''}.{more}{stay}",
                "Remove it",
                lambda: remove(name),
            )


def remove(name: str) -> None:
    """Remove a data set of one's own with what was computed of it."""
    title, digest = as_text(names.title(name)), ""
    with contextlib.suppress(DamagedFile, FileNotFoundError):
        digest = names.about(name)["digest"]
    removed = owndata.remove(name)
    st.session_state.pop("data_added", None)
    if names.folder(name).exists():
        st.toast(f"“{title}” is not yours any more: others brought it too, and keep it.")
        return
    if digest:
        pca.forget(digest)
    undo.offer(f"“{title}” is removed.", removed)
    loading.look_again(name)
    routes.forget()


def what_there_is() -> None:
    """List data of one's own, and what comes along."""
    st.header("What there is", anchor=False)
    owndata.expire()
    for each in names.own():
        own(each)
    for each in names.DATASETS:
        sources.built_in(each)
    gallery.show()


if "train_on" in st.session_state:
    st.switch_page(shell.path("train"))
own_data.add(what_there_is)
