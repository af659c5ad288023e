"""A stand-in until the one judgement of tables' columns is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pcae.data import owndata
from pcae.data.choices import Judged, Role
from pcae.data.contents import Column

_LABELS = {"label", "class", "target", "species", "digit", "kind", "activity"}


def named(columns: Sequence[Column]) -> list[str]:
    """Their names, each there once and none empty."""
    return list(owndata.plain_names([of.name for of in columns], "column"))


def judge(
    columns: Sequence[Column], changed: Mapping[str, Role] = {}, pixels: bool | None = None
) -> list[Judged]:
    """What each column is."""
    found = []
    names = named(columns)
    label = next((n for n in names if n.lower() in _LABELS), None)
    texts = [n for n, c in zip(names, columns, strict=True) if c.is_text]
    few = [n for n in texts if len(np.unique(columns[names.index(n)].values)) <= 200]
    if label is None and few:
        label = few[0]
    if label is None:
        for at in (0, -1):
            values = columns[at].values
            if 1 < len(np.unique(values)) <= 20 and (values == np.rint(values)).all():
                label = names[at]
                break
    for name, column in zip(names, columns, strict=True):
        role: Role = "feature"
        why = "numbers"
        values = column.values
        if name == label:
            role, why = "label", "few different values"
        elif column.is_text:
            role, why = "left out", "text"
        elif np.isnan(values.astype(float)).all():
            role, why = "left out", "it is empty"
        elif np.array_equal(values, np.arange(len(values)) + values[0]) and values[0] in (0, 1):
            role, why = "left out", "it counts the rows"
        elif not pixels and (values == values[0]).all():
            role, why = "left out", "it is constant"
        if name in changed:
            role, why = changed[name], "you chose so"
        found.append(Judged(name, role, why))
    return found
