"""What is told of networks beside each other: what differs, what came of it, and their curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pcae import names
from pcae.config import RunConfig
from pcae.figures.charts import Curve, Figure, learning_curves, plain
from pcae.settings import LABELS, in_words
from pcae.store import EpochRecord
from pcae.training.quality import Quality

MOST_DRAWN = 8  # networks in a legend, and whose codes are drawn
_MOST_LINES = 3
_LONGEST_NAME = 26  # above a small scatter
_UNKNOWN = "–"
_QUALITIES = {
    "10-NN accuracy": "knn_accuracy",
    "Trustworthiness": "trustworthiness",
    "Continuity": "continuity",
}


@dataclass(frozen=True, eq=False)
class Side:
    """A network among others.

    Attributes
    ----------
    config : RunConfig
    title : str
    history : list of EpochRecord
    test_error, equivalent_k : float
    recorded : bool
        Whether these are of the data it was trained with, while other data is shown.
    quality : Quality or None
        Of its codes, where that was measured.
    tests : int
        How many test images are shown.
    pca_error : ndarray, shape (p + 1,), or None
        PCA's test error by k; None where that is of other data than the history.
    """

    config: RunConfig
    title: str
    history: list[EpochRecord]
    test_error: float
    equivalent_k: float
    recorded: bool
    quality: Quality | None
    tests: int
    pca_error: np.ndarray | None

    @property
    def source(self) -> str:
        """Of which images the errors are."""
        title = names.title(self.config.dataset)
        if self.recorded:
            return f"Errors of the test images of {title}, as recorded in training."
        return f"Errors of the {self.tests:,} test images of {title}."

    @property
    def settings(self) -> dict[str, str]:
        """All settings in words, by their names."""
        return {name: in_words(name, getattr(self.config, name)) for name in LABELS}

    @property
    def figures(self) -> dict[str, str | None]:
        """What came of them in words, by what it is called; None for what was not measured."""
        return {
            "Parameters": f"{self.config.parameters:,}",
            "Test error": f"{self.test_error:.5f}",
            "Equivalent k, test": f"{self.equivalent_k:.1f}",
            **{label: self._quality(name) for label, name in _QUALITIES.items()},
            "Train seconds": f"{sum(row.seconds for row in self.history):.1f}",
        }

    def _quality(self, name: str) -> str | None:
        if self.quality is None:
            return None
        value = getattr(self.quality, name)
        return _UNKNOWN if value is None else f"{value:.3f}"

    def to_dict(self) -> dict[str, Any]:
        """What a browser that puts it beside others has to be told (`Side` in `types.d.ts`)."""
        drawn = plain(curves([self], [self.title]))
        return {"source": self.source, "figures": self.figures, "curves": drawn}


def short_names(shown: Sequence[Side]) -> list[str]:
    """Their titles, numbered and cut where they are long."""
    titles = [of.title for of in shown]
    if len(shown) == 1 or max(map(len, titles)) <= _LONGEST_NAME:
        return titles
    return [
        f"{number}: {title[: _LONGEST_NAME - 4].rstrip(' ,')}…"
        for number, title in enumerate(titles, 1)
    ]


def differ(shown: Sequence[Side], name: str) -> bool:
    """Whether the networks differ in a setting."""
    return len({getattr(of.config, name) for of in shown}) > 1


def rows(shown: Sequence[Side]) -> list[tuple[str, list[str]]]:
    """The settings that differ and what came of them: a name and a value a network."""
    settings, figures = [of.settings for of in shown], [of.figures for of in shown]
    return [
        *((LABELS[name], [of[name] for of in settings]) for name in LABELS if differ(shown, name)),
        *(
            (label, [of[label] or _UNKNOWN for of in figures])
            for label in figures[0]
            if any(of[label] for of in figures)
        ),
    ]


def curves(shown: Sequence[Side], called: Sequence[str]) -> Figure:
    """Test errors by epoch; the train loss too where there is one network."""
    drawn = []
    for of, name in zip(shown, called, strict=True):
        alone = len(shown) == 1 and of.config.loss_is_error
        train = [row.train_loss for row in of.history] if alone else []
        epochs, errors = [row.epoch for row in of.history], [row.test_error for row in of.history]
        drawn.append(Curve(f"{name}, test error" if alone else name, epochs, errors, train))
    lines, ks = [], sorted({of.config.k for of in shown})
    pca_error = shown[0].pca_error
    if len(ks) <= _MOST_LINES and not differ(shown, "dataset") and pca_error is not None:
        lines = [(f"PCA, k = {k}", float(pca_error[k])) for k in ks]
    last = max(len(of.history) for of in shown)
    figure = learning_curves(drawn, lines, last)
    figure["layout"] |= {"showlegend": len(shown) <= MOST_DRAWN}
    figure["layout"]["yaxis"]["title"] = {"text": "test error"}
    return figure
