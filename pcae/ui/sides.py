"""What Compare tells of each network: its settings, its figures, and a name short enough."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import streamlit as st

from pcae.config import RunConfig
from pcae.data.datasets import DataError
from pcae.files import DamagedFile
from pcae.server import loading
from pcae.settings import LABELS, in_words
from pcae.store import EpochRecord, Run
from pcae.training import quality
from pcae.training.quality import Quality, Subject
from pcae.ui import run_picker

_LONGEST_NAME = 26  # above a small scatter


@dataclass(frozen=True, eq=False)
class Side:
    """All that is shown of one network."""

    config: RunConfig
    title: str
    history: list[EpochRecord]
    view: loading.View
    worth: loading.Worth
    codes: np.ndarray
    quality: Quality | None


def sides(runs: list[Run]) -> list[Side]:
    """What is shown of each run; of a damaged one it is said why it is not."""
    found, titles = [], run_picker.titles(runs)
    for run in runs:
        try:
            found.append(_side(run, titles[run.key]))
        except (DamagedFile, DataError) as problem:
            st.error(str(problem))
    return found


def _side(run: Run, title: str) -> Side:
    """What is shown of a run."""
    config = run.config
    view = loading.view(config.dataset)
    worth, codes = loading.worth(run, view), loading.first_codes(run, view.data)
    kept = quality.kept(Subject(config.dataset, config.k, run), view.data)
    return Side(config, title, run.history, view, worth, codes, kept)


def short_names(shown: list[Side]) -> list[str]:
    """Their titles, numbered and cut where they are long."""
    titles = [of.title for of in shown]
    if len(shown) == 1 or max(map(len, titles)) <= _LONGEST_NAME:
        return titles
    return [
        f"{number}: {title[: _LONGEST_NAME - 4].rstrip(' ,')}…"
        for number, title in enumerate(titles, 1)
    ]


def differ(shown: list[Side], name: str) -> bool:
    """Whether the networks differ in a setting."""
    return len({getattr(of.config, name) for of in shown}) > 1


def rows(shown: list[Side]) -> list[tuple[str, list[str]]]:
    """The settings that differ and what came of them: a name and a value a network."""
    settings = [
        (LABELS[of.name], [in_words(of.name, getattr(side.config, of.name)) for side in shown])
        for of in fields(RunConfig)
        if differ(shown, of.name)
    ]
    return [
        *settings,
        ("Parameters", [f"{of.config.parameters:,}" for of in shown]),
        ("Test error", [f"{of.worth.test_error:.5f}" for of in shown]),
        ("Equivalent k, test", [f"{of.worth.equivalent_k:.1f}" for of in shown]),
        *_qualities(shown),
        ("Train seconds", [f"{sum(row.seconds for row in of.history):.1f}" for of in shown]),
    ]


def _qualities(shown: list[Side]) -> list[tuple[str, list[str]]]:
    """What the codes keep of the digits, where that was measured."""
    named = {"10-NN accuracy": "knn_accuracy"} | {
        name.capitalize(): name for name in ("trustworthiness", "continuity")
    }
    return [
        (label, [_figure(getattr(of.quality, name, None)) for of in shown])
        for label, name in named.items()
        if any(of.quality for of in shown)
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
