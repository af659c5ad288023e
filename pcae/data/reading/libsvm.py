"""Tables as libsvm writes them: lines of a label, and of what is not 0 with its column's number."""

from __future__ import annotations

import re
from math import isqrt

import numpy as np

from pcae.counts import counted
from pcae.data.contents import Column, Part
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_LINE, MOST_UPLOADED, File, Spent
from pcae.data.reading.cells import smallest
from pcae.names import MAX_COLUMNS

_NUMBER = rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LINE = re.compile(rb"\s*" + _NUMBER + rb"(?:[ \t]+\d+:" + _NUMBER + rb")*[ \t]*(?:#.*)?")
_LOOKED_AT = 5  # lines
_LEAST_SIDE, _FILLED = 16, 0.98  # of a picture whose last pixels are 0 everywhere


def is_libsvm(start: bytes) -> bool:
    """Whether the first lines are a label, and numbers and values with colons between."""
    lines = [of for of in start[:MOST_LINE].split(b"\n", _LOOKED_AT)[:_LOOKED_AT] if of.strip()]
    if len(start) >= MOST_LINE and len(lines) == 1:
        return False
    return any(b":" in of for of in lines) and all(_LINE.fullmatch(of.rstrip()) for of in lines)


def read(spent: Spent, name: str, file: File) -> Part:
    """Its table: the label, and a column for every number up to the greatest.

    Raises
    ------
    DataError
        A line is of another form, or there is too much.
    """
    lines = [
        of.partition(b"#")[0].replace(b":", b" ").split()
        for of in bytes(file.whole(MOST_UPLOADED)).splitlines()
        if of.strip()
    ]
    lines = [of for of in lines if of]
    spent.count_rows(name, len(lines))
    rows = [np.array(of, np.float64) for of in lines]
    odd = next((i for i, row in enumerate(rows, 1) if len(row) % 2 == 0), None)
    if odd:
        raise DataError(f"“{name}” is of another form in row {odd:,}: save the table as CSV.")
    first, last = _ends(name, rows)
    if last > MAX_COLUMNS:
        raise DataError(
            f"“{name}” has columns {first:,} to {last:,}: at most {MAX_COLUMNS:,} are read."
        )
    start = min(first, 1)
    width, notes = last - start + 1, list[str]()
    side = isqrt(width - 1) + 1
    if side >= _LEAST_SIDE and width > _FILLED * side**2 and width < side**2:
        more, size = side**2 - width, f"{side} × {side}"
        were = counted(more, "column of 0 was", "columns of 0 were")
        notes = [f"{were} added at the end of “{name}”: {size}."]
        width = side**2
    spent.hold(name, 8 * len(rows) * width)
    dense = np.zeros((width, len(rows)))
    for i, row in enumerate(rows):
        dense[row[1::2].astype(np.int64) - start, i] = row[2::2]
    labels = np.array([row[0] for row in rows])
    whole = (dense == np.rint(dense)).all()
    columns = [Column("label", _compact(labels))]
    columns += [
        Column(str(start + j), _compact(values) if whole else values)
        for j, values in enumerate(dense)
    ]
    return Part(name, name, "table", columns=tuple(columns), notes=tuple(notes))


def _ends(name: str, rows: list[np.ndarray]) -> tuple[int, int]:
    """The least and the greatest number of a column; one that is none is a `DataError`."""
    for i, row in enumerate(rows, 1):
        odd = row[1::2][~((row[1::2] % 1 == 0) & (row[1::2] >= 0) & (row[1::2] < 2**31))]
        if len(odd):
            raise DataError(
                f"“{name}” has {odd[0]:g} for the number of a column in row {i:,}: save the table "
                "as CSV."
            )
    there = [row[1::2] for row in rows if len(row) > 1]
    numbers = np.concatenate(there) if there else np.ones(1)
    return int(numbers.min()), int(numbers.max())


def _compact(values: np.ndarray) -> np.ndarray:
    whole = np.isfinite(values).all() and (values == np.rint(values)).all()
    return smallest(values.astype(np.int64)) if whole and abs(values).max() < 2**53 else values
