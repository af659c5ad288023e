"""Rows of plain columns as tables, where pictures are shown of other data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from pcae.data.dataset import Dataset
from pcae.ui.digits import Row

MOST_COLUMNS = 100
_FIRST = ("Row", "Class", "Shown as", "Error")
_ROW_PIXELS = 35
_TALLEST = 560


def values_table(data: Dataset, rows: Sequence[Row], heads: Sequence[str]) -> None:
    """Draw each row of the data as it is and as each method shows it, in its own units.

    Parameters
    ----------
    rows : sequence of Row
        The originals with their names for captions, then the reconstructions with their errors.
    heads : sequence of str
        Each row's class.
    """
    lines: list[dict] = []
    shown = [f"{of} (column)" if of in _FIRST else of for of in data.columns[:MOST_COLUMNS]]
    values = [data.values(row.images) for row in rows]
    for i, head in enumerate(heads):
        for number, row in enumerate(rows):
            error = float(row.captions[i]) if number else None
            first = zip(_FIRST, (rows[0].captions[i], head, row.title, error), strict=True)
            figures = zip(shown, map(float, values[number][i]), strict=False)
            lines.append(dict(first) | dict(figures))
    height = min(_TALLEST, _ROW_PIXELS * (len(lines) + 1) + 3)
    st.dataframe(lines, hide_index=True, placeholder="", height=height)
    _say_more(data)


def columns_table(data: Dataset, figures: Mapping[str, np.ndarray]) -> None:
    """Draw figures of each column (p,), by their names."""
    table: dict[str, list] = {"column": list(data.columns[:MOST_COLUMNS])}
    table |= {name: list(map(float, values[:MOST_COLUMNS])) for name, values in figures.items()}
    st.dataframe(
        table,
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.4f") for name in figures},
    )
    _say_more(data)


def classes_table(classes: Sequence[str], errors: Mapping[str, Sequence[float]]) -> None:
    """Draw errors of many classes, a row each, by the methods' names; a click sorts them."""
    column = st.column_config.NumberColumn(format="%.4f")
    st.dataframe(
        {"class": list(classes), **errors},
        hide_index=True,
        height=_TALLEST,
        column_config=dict.fromkeys(errors, column),
    )


def _say_more(data: Dataset) -> None:
    if data.inputs > MOST_COLUMNS:
        st.caption(f"The first {MOST_COLUMNS} of {data.inputs:,} columns are shown.")
