"""Whether the goal of a lesson's step is reached: by a network that the visitor has trained.

Any of one's own networks that meets all of the goal will do, be it trained before the step.
"""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from pcae import rights, store
from pcae.classroom.lessons import Condition
from pcae.data.dataset import DataError
from pcae.files import DamagedFile
from pcae.server import loading
from pcae.store import Run
from pcae.ui import run_picker
from pcae.ui.words import as_text

_MOST = 50  # networks that are looked at, the newest first
_REACHED = ":material/check_circle: **Goal reached:** {goal}, with {name}."
_OPEN = ":material/flag: **Goal:** {goal}."
_LAST = " Your last network, {name}: {values}."
_SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": "&gt;", "<": "&lt;"}
_NAMES = {
    "equivalent_k": "equivalent k",
    "test_error": "test error",
    "layers": "hidden layers",
    "angle": "angle to PCA's plane",
}


def show(goal: tuple[Condition, ...]) -> None:
    """Say the goal, and how far one is."""
    said = " and ".join(map(_words, goal))
    names, last = [of.metric for of in goal], ""
    for run in _own():
        try:
            if not run.record:
                continue  # in training yet
            found = _values(run, names)
        except (DamagedFile, DataError):
            continue
        name = as_text(run_picker.title(run))
        if all(of.holds(found[of.metric]) for of in goal):
            st.markdown(_REACHED.format(goal=said, name=name))
            return
        if not last:
            values = ", ".join(f"{_name(of)} {_said(found[of])}" for of in dict.fromkeys(names))
            last = _LAST.format(name=name, values=values)
    st.markdown(_OPEN.format(goal=said) + last)


def _words(of: Condition) -> str:
    return f"{_name(of.metric)} {_SIGNS[of.operator]} {_said(of.number)}"


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"


def _name(metric: str) -> str:
    return _NAMES.get(metric, metric)


def _own() -> Iterator[Run]:
    """The visitor's own trained networks, the newest first."""
    visitor, left = rights.who(), _MOST
    for run in store.runs():
        owners = rights.owners(run.folder)
        own = not owners if visitor.teacher else visitor.name in owners
        if not run.shipped and own and run.trained and left:
            left -= 1
            yield run


def _values(run: Run, names: list[str]) -> dict[str, float]:
    """What a run has reached of these metrics."""
    config, view = run.config, loading.view(run.config.dataset)
    found: dict[str, float] = {
        "k": config.k,
        "epochs": len(run.history),
        "layers": len(config.hidden),
        "parameters": config.parameters,
        "angle": float("nan"),
    }
    if {"equivalent_k", "test_error"} & set(names):
        worth = loading.worth(run, view)
        found |= {"equivalent_k": worth.equivalent_k, "test_error": worth.test_error}
    if "angle" in names and not config.hidden:
        angles, _ = loading.angles_to_pca(run, view.pca)
        found["angle"] = float(angles[-1].max()) if len(angles) else float("nan")
    return found
