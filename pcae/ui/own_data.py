"""Adding data of one's own: the files, what was understood of them, and what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pcae import rights, rules
from pcae.data import owndata, understanding
from pcae.data.dataset import DataError
from pcae.data.owndata import LONGEST_TITLE
from pcae.data.understanding import Choices, Shape, Understood
from pcae.data.uploads import Contents, MixedSizes, read
from pcae.rights import Denied
from pcae.ui import uploaded
from pcae.ui.digits import Row, panel
from pcae.ui.uploaded import Kept
from pcae.ui.values import values_table

T = TypeVar("T")

_SIDES = [16, 20, 28, 32, 48, 64]
_PREVIEWED, _PICTURE = {"pictures": 12, "rows": 5}, 42
_FORMS = """
:small[**Arrays:** `.npz` or `.npy`, of the shape (images, rows, columns) or (images, pixels), and
labels as an array of their own. **Tables:** `.csv`, a line a row, labels as a column. **IDX**, as
MNIST is published, plain or gzipped. **Pictures:** a `.zip` of PNG or JPEG files, in a folder for
each class. Labels are optional. At most 64×64 pixels or 4,096 columns, 200,000 rows, and {most} MB.
What you bring is never executed; it is kept on the machine that serves this page, {whose}.]
"""
_FOR_ALL = "for all who use it, until you remove it"
_FOR_A_STUDENT = "for you and the teacher alone, and removed after {hours:g} hours"


def add() -> None:
    """Draw the place for files and, once there are some, what was understood of them."""
    uploaded.say_too_large()
    number = st.session_state.setdefault("uploads", 0)
    files = st.file_uploader(
        "Files of one data set",
        accept_multiple_files=True,
        max_upload_size=uploaded.most_megabytes(),
        key=f"upload_{number}",
    )
    if not files:
        st.session_state.pop("uploaded", None)
        if added := st.session_state.get("data_added"):
            st.success(added)
        whose = _FOR_ALL
        if not rights.teaches():
            whose = _FOR_A_STUDENT.format(hours=rules.current().upload_hours)
        st.markdown(_FORMS.format(most=uploaded.most_megabytes(), whose=whose))
        return
    st.session_state.pop("data_added", None)
    try:
        contents = _contents(files)
        choices = _choose(contents)
        found = _once(
            "understood",
            (_ids(files), choices),
            lambda: understanding.make(contents, choices, ", ".join(of.name for of in files)),
        )
    except DataError as problem:
        st.error(str(problem))
        return
    _preview(found)
    _keep(found, files[0].name)


def _contents(files: list[UploadedFile]) -> Contents:
    """What the files hold, with a choice of a size where pictures have several."""
    try:
        return _read(files, None)
    except MixedSizes as problem:
        st.info(str(problem))
        side = st.selectbox("Size", _SIDES, 2, lambda of: f"{of}×{of} pixels", key="upload_side")
        return _read(files, side)


def _read(files: list[UploadedFile], side: int | None) -> Contents:
    def now() -> Contents:
        return read({file.name: file.getvalue() for file in files}, side)

    return _once("fitted" if side else "whole", (_ids(files), side), now)


def _ids(files: list[UploadedFile]) -> tuple[str, ...]:
    return tuple(file.file_id for file in files)


def _once(kind: str, key: tuple, act: Callable[[], T]) -> T:
    """What `act` gives, or the problem that it raises: of each kind the last is kept."""

    def now() -> T | DataError:
        with st.spinner("Reading the files …"):
            try:
                return act()
            except DataError as problem:
                return problem

    found = st.session_state.setdefault("uploaded", Kept()).once(kind, key, now, _size)
    if isinstance(found, DataError):
        raise found
    return found


def _size(found: Contents | Understood | DataError) -> int:
    """How many bytes of arrays there are."""
    if isinstance(found, Contents):
        texts = (text for table in found.texts.values() for text in table.values())
        return sum(array.nbytes for array in (*found.arrays.values(), *texts))
    if isinstance(found, Understood):
        return found.data.train.images.nbytes + found.data.test.images.nbytes
    return 0


def _choose(contents: Contents) -> Choices:
    """What is what, as guessed, with a choice where that is unclear."""
    candidates = understanding.candidates(contents)
    images = candidates[0]
    places = iter(st.columns(3))
    if len(candidates) > 1:
        images = next(places).selectbox("Images", candidates, key=f"upload_images_{candidates}")
    choices = understanding.guess(contents, images)
    options = understanding.label_options(contents, images)
    if len(options) > 1:
        guessed = options.index(choices.labels) + 1 if choices.labels else 0
        labels = next(places).selectbox(
            "Labels",
            [None, *options],
            guessed,
            lambda of: "none" if of is None else of,
            key=f"upload_labels_{images}_{len(options)}",
        )
        choices = understanding.with_labels(contents, choices, labels)
    shapes = understanding.shape_options(contents, choices)
    words = {_in_words(shape): shape for shape in shapes}
    chosen = _in_words(shapes[0])
    if len(words) > 1:
        key = f"upload_shape_{images}_{len(words)}"
        chosen = next(places).selectbox("A row is", list(words), key=key)
    return replace(choices, shape=words[chosen])


def _in_words(shape: Shape | None) -> str:
    return "plain columns" if shape is None else f"a picture, {shape[0]} × {shape[1]} pixels"


def _preview(found: Understood) -> None:
    data = found.data
    st.markdown("  \n".join(found.sentences))
    shape = data.shape
    few = slice(0, _PREVIEWED["pictures" if shape else "rows"])
    images = data.test.pixels(few)
    heads = data.class_names(data.test.labels[few])
    if shape:
        panel([Row("", images, heads)], _PICTURE, shape)
    else:
        names = [f"no. {i}" for i in range(len(images))]
        values_table(data, [Row("Original", images, names)], heads)


def _keep(found: Understood, file: str) -> None:
    name, button = st.columns([5, 2], vertical_alignment="bottom")
    suggested = owndata.plain(PurePath(file).name.split(".")[0]) or "My data"
    key = f"upload_title_{file}"
    title = name.text_input("What it is called", suggested, LONGEST_TITLE, key=key)
    # not in a callback: that would add what was understood before a choice was changed
    if button.button("Add this data", key="add_data", type="primary", width="stretch"):
        _add(found, title)


def _add(found: Understood, title: str) -> None:
    try:
        owndata.keep(found.data, title, found.scaling)
    except OSError as problem:
        st.error(
            f"The data could not be kept ({problem.strerror}): free space in the cache folder, or "
            "set PCAE_HOME to a folder that can be written."
        )
        return
    except Denied as problem:
        st.error(str(problem))
        return
    st.session_state["uploads"] += 1
    st.session_state["data_added"] = (
        f"“{found.data.title}” is added: it stands under *Data set* on the page Train."
    )
    st.rerun()
