"""Data: what networks can be trained on, and data of one's own."""

import contextlib
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import names, rights, store
from pcae.data import datasets, owndata
from pcae.files import DamagedFile
from pcae.methods import pca
from pcae.server import loading, routes
from pcae.ui import own_data, shell, training_view, undo
from pcae.ui.notice import watch

WIDTHS = [6, 3]


def trained_on(name: str) -> int:
    """How many networks were trained on a data set."""
    count = 0
    for run in store.runs():
        try:
            count += run.config.dataset == name
        except DamagedFile:
            continue
    return count


def entry(name: str, form: str, source: str) -> DeltaGenerator:
    """A line about a data set; the place of its buttons."""
    words, place = st.columns(WIDTHS, vertical_alignment="center")
    words.markdown(f"**{names.title(name)}**  \n:small[{form}. {source}]")
    return place


def built_in(name: str) -> None:
    """A data set that comes along or can be downloaded."""
    train, test = names.ROWS[name]
    height, width = names.shape(name) or (1, 1)
    form = f"{train:,} training and {test:,} test images of {height}×{width} pixels, 10 classes"
    place = entry(name, form, datasets.LICENCES[name])
    asked = st.session_state.setdefault("downloads", set())
    if datasets.is_here(name):
        if name in asked:
            asked.discard(name)
            loading.look_again(name)
        train_button(place, name)
        return
    download = loading.download(name) if name in asked else None
    with place:
        if download and download.running:
            watch(name)
        else:
            label = shell.named("Download", names.title(name))
            st.button(label, key=f"get_{name}", width="stretch", on_click=ask, args=(name,))
    if download and download.problem:
        st.error(download.problem)


def train_button(place: DeltaGenerator, name: str) -> None:
    """The button that leads to Train with a data set chosen."""
    label = shell.named("Train on it", names.title(name))
    place.button(label, key=f"on_{name}", width="stretch", on_click=use, args=(name,))


def ask(name: str) -> None:
    """Have a data set downloaded, once more if that went wrong."""
    loading.download.clear(name)
    st.session_state["downloads"].add(name)


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
    networks = trained_on(name)
    more = f" Networks trained on it: {networks}." if networks else ""
    try:
        about = names.about(name)
    except FileNotFoundError:
        return  # removed meanwhile
    except DamagedFile:
        place = entry(name, "What was kept of it is damaged", f"Remove it, and add it again.{more}")
    else:
        place = entry(name, in_words(name, about), f"From {about['source']}.{more}")
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
                f"“{names.title(name)}” is removed from the machine that serves this page"
                f"{', for all who use it' if rights.teaches() else ''}.{more}{stay}",
                "Remove it",
                lambda: remove(name),
            )


def use(name: str) -> None:
    """Choose a data set on the page Train."""
    st.session_state["train_on"] = name


def remove(name: str) -> None:
    """Remove a data set of one's own with what was computed of it."""
    title, digest = names.title(name), ""
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
        built_in(each)


if "train_on" in st.session_state:
    st.switch_page(shell.path("train"))
own_data.add(what_there_is)
