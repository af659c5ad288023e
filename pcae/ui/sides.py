"""The networks that Compare puts beside each other, with their data and codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pcae.data.datasets import DataError
from pcae.figures.sides import Side
from pcae.files import DamagedFile
from pcae.server import loading
from pcae.store import Run
from pcae.training import quality
from pcae.training.quality import Subject
from pcae.ui import run_picker


@dataclass(frozen=True, eq=False)
class Shown(Side):
    """A network among others, the data it is shown on, and the codes of the first test images."""

    view: loading.View
    codes: np.ndarray


def sides(runs: list[Run]) -> list[Shown]:
    """What is shown of each run; of a damaged one it is said why it is not."""
    found, titles = [], run_picker.titles(runs)
    for run in runs:
        try:
            found.append(_shown(run, titles[run.key]))
        except (DamagedFile, DataError) as problem:
            st.error(str(problem))
    return found


def _shown(run: Run, title: str) -> Shown:
    """What is shown of a run."""
    config = run.config
    view = loading.view(config.dataset)
    worth, codes = loading.worth(run, view), loading.first_codes(run, view.data)
    return Shown(
        config=config,
        title=title,
        history=run.history,
        test_error=worth.test_error,
        equivalent_k=worth.equivalent_k,
        recorded=worth.recorded,
        quality=quality.kept(Subject(config.dataset, config.k, run), view.data),
        tests=len(view.data.test),
        pca_error=None if view.problem else view.pca.test_error,
        view=view,
        codes=codes,
    )
