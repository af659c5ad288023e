"""What a table's columns are: features, the label, or left out; judged in this one place.

A name alone decides nothing: what it says has to agree with the values. What a person chose goes
before all that is judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isqrt

import numpy as np

from pcae import names
from pcae.counts import counted
from pcae.data.called import LABELS
from pcae.data.choices import Judged, Role
from pcae.data.contents import Column
from pcae.names import MOST_CLASSES

_COUNTING = re.compile(
    r"unnamed(: ?\d+)?(\.\d+)?(_level_\d+)?|index|idx|#|level_0|\.{3}1|"
    r"((row|line|lfd|record|sample|obs|observation|case)[ _.-]*)?"
    r"(n[or]|num|number|nummer|names?)?\.?"
)
_IDENTIFYING = re.compile(r"(.*[\W_])?ids?|.*[a-z0-9](?-i:I[dD])", re.IGNORECASE)
_LABELS = {
    *LABELS,
    *("diagnosis", "activity", "outcome", "survived", "variety", "letter", "klasse"),
}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MOST_BY_PLACE = 30  # values of a label that nothing but its place and its values speak for
_LEAST_SIDE = 8
_SHOWN = 16  # characters of a text


def named(columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns' names for people, each there once, and none empty."""
    return names.plain_names([column.name for column in columns], "column")


def judge(
    columns: Sequence[Column],
    changed: Mapping[str, Role] | None = None,
    pixels: bool | None = None,
) -> list[Judged]:
    """The role of each of a table's columns, and why.

    Parameters
    ----------
    changed : mapping of str to str, optional
        The roles that a person has chosen, by the names of `named`. Of several labels the last is
        one. Who takes the label's role from a column has none.
    pixels : bool, optional
        Whether the features are a picture's pixels, and those that never change stay; else that is
        judged by how many there are.

    Returns
    -------
    list of Judged
        One of them is the label at most. Text is the label or left out.
    """
    chosen = {of: role for of, role in (changed or {}).items()}
    called = named(columns)
    headed = have_names(columns)
    aside = {j: why for j, of in enumerate(columns) if (why := _aside(of, j, headed=headed))}
    label = _chosen_label(columns, called, chosen)
    if label is None:
        judged = _label(columns, [j for j in range(len(columns)) if j not in aside])
        if judged is not None and called[judged] not in chosen:
            label = judged
    numbers = [j for j, of in enumerate(columns) if not (j in aside or j == label or of.is_text)]
    if pixels is None:
        pixels = _side(len(numbers)) is not None
    found = []
    for j, (name, column) in enumerate(zip(called, columns, strict=True)):
        role: Role = "feature"
        if j == label:
            role, why = "label", f"the label: {_values(column)}"
        elif j in aside:
            role, why = "left out", aside[j]
        elif column.is_text:
            role, why = "left out", _constant(column) or f"text with {_values(column)}"
        elif not pixels and (same := _constant(column)):
            role, why = "left out", same
        else:
            why = _range(column)
        found.append(_as_chosen(Judged(name, role, why), column, chosen.get(name)))
    return found


def _as_chosen(judged: Judged, column: Column, role: Role | None) -> Judged:
    """The judgement as a person has changed it, if that can be."""
    if role is None or role == judged.role or judged.role == "label" or column.gaps.all():
        return judged
    if role == "left out":
        return Judged(judged.name, role, "as you chose")
    if role == "feature" and not column.is_text:
        return Judged(judged.name, role, f"as you chose: {_range(column)}")
    return judged


def _chosen_label(
    columns: Sequence[Column], called: Sequence[str], chosen: Mapping[str, Role]
) -> int | None:
    labels = [called.index(of) for of, role in chosen.items() if role == "label" and of in called]
    labels = [j for j in labels if not columns[j].gaps.all()]
    return labels[-1] if labels else None


# ------------------------------------------------------------------ what columns hold


def different(values: np.ndarray) -> np.ndarray:
    """The different values of a column without its gaps, sorted."""
    if values.dtype.kind == "U":
        found = np.unique(values)
        return found[found != ""]
    if values.dtype == np.uint8:
        return np.flatnonzero(np.bincount(values))
    found = np.unique(values)
    return found[~np.isnan(found)] if found.dtype.kind == "f" else found


def _is_whole(column: Column) -> bool:
    values = column.values
    if values.dtype.kind == "f":
        there = values[~np.isnan(values)]
        return bool(np.all(there == np.floor(there)) and np.isfinite(there).all())
    return values.dtype.kind in "ui"


def _constant(column: Column) -> str:
    """What is said of a column that is the same in every row; "" of another."""
    if column.gaps.any() or not len(column.values):
        return ""
    first = column.values[0]
    if column.is_text:
        same, shown = (column.values == first).all(), f"“{names.plain(first, _SHOWN)}”"
    else:
        same, shown = column.values.min() == column.values.max(), _number(first)
    return f"always {shown}" if same else ""


def _values(column: Column) -> str:
    count = len(different(column.values))
    return "a single value" if count == 1 else f"{count:,} different values{_gaps(column)}"


def _range(column: Column) -> str:
    """What numbers a column has."""
    there = column.values[~column.gaps]
    low, high = there.min(), there.max()
    kind = "whole numbers, " if column.values.dtype.kind in "ui" else ""
    same = _constant(column)
    return same or f"{kind}{_number(low)} to {_number(high)}{_gaps(column)}"


def _number(value: float) -> str:
    """A number for people: four digits, or all before the point."""
    return f"{value:,.0f}" if 9_999.5 <= abs(float(value)) < 1e15 else f"{value:.4g}"


def _gaps(column: Column) -> str:
    gaps = int(column.gaps.sum())
    said = f", {counted(gaps, 'gap')}" if gaps else ""
    return f"{said}, {column.note}" if column.note else said


# ------------------------------------------------------------------ columns beside the data


def have_names(columns: Sequence[Column]) -> bool:
    """Whether any of a table's columns has a name."""
    return any(of.name.strip() for of in columns)


def may_number(column: Column, place: int, *, headed: bool) -> bool:
    """Whether a column's name, or that it has none, lets it be one with the rows' numbers."""
    name = column.name.strip()
    if not headed:
        return place == 0  # of columns none of which has a name, the first may count
    return bool(_COUNTING.fullmatch(name.lower()) or _IDENTIFYING.fullmatch(name))


def _aside(column: Column, place: int, *, headed: bool) -> str:
    """Why a column is no data: it is empty, or its numbers are those of the rows; "" of another."""
    if column.gaps.all():
        return "empty"
    values = column.values
    if column.is_text or values.dtype.kind == "f" or len(values) < 2:
        return ""
    if not may_number(column, place, headed=headed):
        return ""
    start = int(values[0])
    if start in (0, 1) and np.array_equal(values, np.arange(start, start + len(values))):
        return f"it counts the rows from {start}"
    if not headed or len(different(values)) < len(values):
        return ""
    return "it numbers the rows: all different"


# ------------------------------------------------------------------ the label


def _label(columns: Sequence[Column], among: Sequence[int]) -> int | None:
    """The column that is likely the label: by its name, as text, or by its place."""
    able = [j for j in among if _can_be_label(columns[j])]
    for match in (_is_called_label, _names_a_label):
        for j in able:
            if match(columns[j].name):
                return j
    texts = [j for j in able if columns[j].is_text]
    ends = [j for j in (among[-1], among[0]) if j in able] if among else []
    for j in ends:
        if columns[j].is_text:
            return j
    if texts:
        return texts[0]
    numbers = [j for j in among if not columns[j].is_text]
    if _side(len(numbers)) is not None:
        return None  # a picture without a label
    if _side(len(numbers) - 1) is not None:
        return min(ends, key=lambda j: _unlikely(columns[j]), default=None)
    classes = [j for j in able if _are_classes(columns[j])]
    if len(classes) == 1 and classes[0] in ends:
        return classes[0]
    whole = [j for j in numbers if _is_whole(columns[j])]
    alone = len(whole) == 1 and whole[0] in able and whole[0] in ends
    few = alone and len(different(columns[whole[0]].values)) <= _MOST_BY_PLACE
    return whole[0] if few else None  # 3 to 8 beside what is measured


def _can_be_label(column: Column) -> bool:
    """Whether there are few different values: words or whole numbers, each twice or more."""
    if not column.is_text and not _is_whole(column):
        return False
    return 2 <= len(different(column.values)) <= min(MOST_CLASSES, len(column.values) // 2)


def _is_called_label(name: str) -> bool:
    return name.strip().lower() in _LABELS


def _names_a_label(name: str) -> bool:
    return any(of.lower() in _LABELS and len(of) > 1 for of in _WORD.findall(name))


def _are_classes(column: Column) -> bool:
    """Whether numbers are those of classes: 0, 1, 2, … or 1, 2, 3, …, or −1 and 1."""
    found = different(column.values)
    if len(found) > _MOST_BY_PLACE:
        return False
    if len(found) == 2 and tuple(found) == (-1, 1):
        return True
    return found[0] in (0, 1) and found[-1] - found[0] == len(found) - 1


def _unlikely(column: Column) -> tuple[bool, float]:
    """Least for what is likely a label, beside pixels: classes, none of which has most rows."""
    counts = np.unique(column.values, return_counts=True)[1]
    return not _are_classes(column), counts.max() / len(column.values)


def _side(count: int) -> int | None:
    """The side of a square picture of that many pixels, in grey or in colours."""
    for pixels in (count, count // 3 if count % 3 == 0 else 0):
        side = isqrt(max(pixels, 0))
        if side >= _LEAST_SIDE and side**2 == pixels:
            return side
    return None
