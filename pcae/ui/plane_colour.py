"""By what Latent plane colours its planes: classes, the target, or a table's columns."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pcae.data.dataset import Dataset
from pcae.figures.colors import span
from pcae.figures.plane import Shades
from pcae.methods.plane import Decoded, field
from pcae.ui import link
from pcae.ui.words import as_text

CLASS = "class"
_TARGET, _COLUMN = "target", "column-"  # and its number, from 1: as Explore's address has them
_CLASSES = "Colour: the class with most test {noun}s there. Black: no {noun}s."
_MEAN = "Colour: the mean *{name}* of the test {noun}s there. Black: no {noun}s."
_DECODED = "Colour: the *{name}* that each method makes of that place, in the units of the data."


def _measures(data: Dataset) -> dict[str, str]:
    """What planes can be coloured by besides classes, and what each is called."""
    found = {} if data.test.targets is None else {_TARGET: data.target}
    if data.shape is None:
        found |= {f"{_COLUMN}{n}": name for n, name in enumerate(data.columns, 1)}
    return found


def choose(data: Dataset) -> str:
    """Draw the choice: `CLASS`, one of the measures, or "" for no colour."""
    measures = _measures(data)
    if not measures:
        link.widgets({"regions": (True, [False])})
        return CLASS if st.toggle("Colour by class", key="regions") else ""
    words = ({CLASS: "class"} if data.labelled and data.shape else {}) | measures
    if data.shape:
        words[""] = "nothing"
    first, key = next(iter(measures)), f"colour_by_{data.digest}"
    link.widgets({key: (first, [of for of in words if of != first])})
    return st.selectbox("Colour", list(words), format_func=words.__getitem__, key=key)


def shades(data: Dataset, colour: str, plane: Decoded, points: np.ndarray) -> Shades | None:
    """The colours of a plane of these points (n, k), where they are of no classes."""
    name, targets = _measures(data).get(colour), data.test.targets
    if name is None:
        return None
    if colour == _TARGET and targets is not None:
        known, shown = targets, field(plane.places(points), targets)
    else:
        column = int(colour.removeprefix(_COLUMN)) - 1
        known = data.values(data.test.pixels())[:, column]
        shown = data.values(plane.images)[..., column]
    return Shades(name, shown, *span(known))


def say(data: Dataset, colour: str) -> None:
    """Say what the colours mean."""
    if colour == CLASS:
        st.caption(_CLASSES.format(noun=data.noun))
    elif colour:
        words = _MEAN if colour == _TARGET else _DECODED
        st.caption(words.format(name=as_text(_measures(data)[colour]), noun=data.noun))
