"""Codes from elsewhere: a UMAP or a t-SNE of the same digits, in a file that a person brings.

The file is CSV or safetensors, so nothing in it is executed. Its rows stand for digits: the first
test digits in order, or the test digits and then the training digits, or those an index names.
"""

from __future__ import annotations

import csv
import io
import secrets
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from safetensors.numpy import load

from pcae.data.cells import is_number
from pcae.data.dataset import DataError, Dataset, reading
from pcae.data.uploads import ONE_READER

MOST_NUMBERS = 100  # a digit
FORMATS = ("csv", "safetensors")
_GREATEST = 1e30  # of codes: squares of the planes' scales still fit a browser's numbers
_LONGEST_HEADER = 2**20  # of safetensors, bytes
_LONGEST_LINE, _LONGEST_TITLE, _LONGEST_CELL = 5_000, 32, 20  # characters
_DELIMITERS = (",", ";", "\t")
# "digit" is what the explorer's own table calls its index, and many others their label
_INDEX = ("index", "idx", "id", "number", "digit")
_LABEL = ("label", "labels", "class", "target", "digit")


@dataclass(frozen=True, eq=False)
class Codes:
    """Codes of some digits of a data set.

    Attributes
    ----------
    title : str
        The file's name, short enough for the title of a plane.
    digest : str
        The data set's.
    indices : ndarray of int, shape (n,)
        Of the digits: test digits, then training digits.
    values : ndarray of float32, shape (n, k)
    token : str
        What nobody can guess, for their address.
    """

    title: str
    digest: str
    indices: np.ndarray
    values: np.ndarray
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def of_first(self, size: int) -> np.ndarray:
        """The codes of the first `size` digits, NaN for those without, shape (size, k)."""
        found = np.full((size, self.values.shape[1]), np.nan, np.float32)
        there = self.indices < size
        found[self.indices[there]] = self.values[there]
        return found


@dataclass(frozen=True, eq=False)
class _Table:
    """What a file holds: codes (n, k), and an index and a label of each row if it has them."""

    values: np.ndarray
    index: np.ndarray | None
    labels: list[str] | None


def read(name: str, content: bytes, data: Dataset) -> Codes:
    """Read a file of codes of a data set's digits.

    Parameters
    ----------
    name : str
        The file's; its ending says which of the `FORMATS` it is in.
    content : bytes
    data : Dataset

    Raises
    ------
    DataError
        It cannot be read, or is not of these digits; with at most `LONGEST_SENTENCE` characters,
        whatever the file is.
    """
    with ONE_READER, reading("The file", "Choose CSV or safetensors with a row for each digit."):
        return _read(name, content, data)


def _read(name: str, content: bytes, data: Dataset) -> Codes:
    if not content:
        raise DataError("The file is empty: choose one with a row of numbers for each digit.")
    if name.lower().endswith(".safetensors"):
        table = _from_safetensors(content)
    else:
        table = _from_csv(content, len(data.test) + len(data.train))
    rows, k = table.values.shape
    if not rows:
        raise DataError("There is no row of codes: choose a file with one for each digit.")
    if not 1 <= k <= MOST_NUMBERS:
        raise DataError(
            f"There are {k:,} numbers a digit: choose a file with 1 to {MOST_NUMBERS} of them."
        )
    indices = _indices(table, data)
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(table.values, np.float32)
    if not (usable := (np.abs(values) <= _GREATEST).all(axis=1)).all():
        row = int(np.argmin(usable))
        raise DataError(
            f"The code in row {row + 1:,} is not finite (NaN, infinite or above {_GREATEST:g}): "
            "mend that row, or leave it out and name the others' digits in a column “index”."
        )
    _check_labels(table.labels, indices, data)
    return Codes(_title(name), data.digest, indices, values)


def _title(name: str) -> str:
    printable = "".join(filter(str.isprintable, name))
    if len(printable) <= _LONGEST_TITLE:
        return printable
    end = _LONGEST_TITLE // 2 - 1
    return f"{printable[:end]}…{printable[-end:]}"


def _indices(table: _Table, data: Dataset) -> np.ndarray:
    """Which digits the rows stand for."""
    rows, tests = len(table.values), len(data.test)
    everything = tests + len(data.train)
    if table.index is None:
        if rows <= tests or rows == everything:
            return np.arange(rows)
        raise DataError(
            f"There are {rows:,} rows for {tests:,} test digits, {everything:,} with the training "
            "digits after them: bring as many, or fewer than test digits, or name the digits in a "
            "column “index”."
        )
    with np.errstate(invalid="ignore"):
        known = (table.index >= 0) & (table.index < everything) & (table.index % 1 == 0)
    if not known.all():
        row = int(np.argmin(known))
        raise DataError(
            f"The index in row {row + 1:,} is {table.index[row]:g}: the digits' numbers go from 0 "
            f"to {everything - 1:,}, first the {tests:,} test digits and then the training digits."
        )
    indices = table.index.astype(int)
    digits, counts = np.unique(indices, return_counts=True)
    if (counts > 1).any():
        twice = digits[np.argmax(counts)]
        raise DataError(f"The index {twice:,} is there more than once: give each digit one row.")
    return indices


def _check_labels(labels: list[str] | None, indices: np.ndarray, data: Dataset) -> None:
    """Refuse rows in another order, which the labels show."""
    if labels is None:
        return
    known = np.concatenate([data.test.labels, data.train.labels])[indices]
    given = [label.strip().removesuffix(".0") for label in labels]
    differ = sum(
        label not in (str(of), data.classes[of]) for label, of in zip(given, known, strict=True)
    )
    if 2 * differ > len(given):
        raise DataError(
            f"In {differ:,} of {len(given):,} rows the label is not the digit's: bring the rows "
            "into the order of the test digits, or name the digits in a column “index”."
        )


# ------------------------------------------------------------------ safetensors


def _from_safetensors(content: bytes) -> _Table:
    """The array “codes”, else the only one of two dimensions; “index” if that is there."""
    try:
        if int.from_bytes(content[:8], "little") > _LONGEST_HEADER:
            raise ValueError("a header of very many arrays")
        arrays = load(content)
    except Exception:  # types that NumPy lacks raise several
        raise DataError(
            "This is no safetensors file of NumPy's numbers, or it is cut short: save the codes "
            "with safetensors.numpy.save_file, or as CSV."
        ) from None
    arrays = {name: of for name, of in arrays.items() if of.dtype.kind in "buif"}
    planes = [name for name, of in arrays.items() if of.ndim == 2]
    name = "codes" if "codes" in planes else planes[0] if len(planes) == 1 else None
    if name is None:
        names = ", ".join(f"“{_short(of)}”" for of in sorted(planes)[:3])
        found = f"several arrays of rows and columns ({names})" if planes else "no such array"
        raise DataError(
            f"The file holds {found}: save one with a row a digit, under the name “codes”."
        )
    index = arrays.get("index")
    if index is not None and index.shape != arrays[name].shape[:1]:
        raise DataError(
            f"The array “index” has the shape {index.shape}: give it one number for each of the "
            f"{len(arrays[name]):,} rows of “{_short(name)}”."
        )
    return _Table(arrays[name], None if index is None else index.astype(float), None)


# ------------------------------------------------------------------ CSV


def _from_csv(content: bytes, most: int) -> _Table:
    """Columns of numbers, `most` rows at most, with a line of names above them or without."""
    lines = _lines(content, most)
    above = []
    for line in lines:
        above.append(line)
        if line.strip():
            break
    delimiter = max(_DELIMITERS, key="".join(above).count)
    rows = _rows(csv.reader(chain(above, lines), delimiter=delimiter))
    place, cells = next(rows, (0, []))
    width = len(cells)
    names = _names(cells)
    if not names:
        rows = chain([(place, cells)], rows)
    label = _column(_LABEL, names)
    index = _column(_INDEX, [name if j != label else "" for j, name in enumerate(names)])
    if index is None and names and not names[0]:
        index = 0  # as pandas writes it
    codes = [j for j in range(width) if j not in (index, label)]
    if not codes:
        raise DataError("There is no column of codes: choose a file with two or three of them.")
    if len(codes) > MOST_NUMBERS:
        raise _too_wide(place)
    numbers = codes if index is None else [index, *codes]
    values, labels = array("d"), []
    for place, cells in rows:
        if len(cells) != width:
            raise DataError(
                f"The first line and line {place:,} have {width} and {len(cells):,} columns: give "
                "every line as many."
            )
        found = [cells[j] for j in numbers]
        if not all(map(is_number, found)):
            raise _no_number(place, cells, numbers)
        values.extend(map(float, found))
        if label is not None:
            labels.append(cells[label])
    table = np.frombuffer(values).reshape(-1, len(numbers))
    shown = None if label is None else labels
    return _Table(table, None, shown) if index is None else _Table(table[:, 1:], table[:, 0], shown)


def _lines(content: bytes, most: int) -> Iterator[str]:
    try:
        for place, line in enumerate(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig"), 1):
            if len(line) > _LONGEST_LINE:
                raise _too_wide(place)
            if place > 2 * most + 2:  # some write an empty line after each
                raise DataError(f"There are more rows than the {most:,} digits: leave some out.")
            yield line
    except UnicodeDecodeError:
        raise DataError(
            "This is no CSV file: it is not text in UTF-8. Save the codes as CSV or safetensors."
        ) from None


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The lines' numbers and cells, without empty lines."""
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield reader.line_num, cells
    except csv.Error as problem:
        raise DataError(
            f"Line {reader.line_num:,} cannot be read as CSV ({problem}): save the codes as CSV "
            "again."
        ) from None


def _names(cells: Sequence[str]) -> list[str]:
    """The columns' names, if these are names: words, or the numbers that pandas gives columns."""
    names = [cell.removeprefix("#").strip().lower() for cell in cells]
    given = [name for name in names if name]
    counted = len(given) > 1 and given == [str(j) for j in range(len(given))]
    return names if counted or not all(map(is_number, given)) else []


def _column(known: Sequence[str], names: Sequence[str]) -> int | None:
    """The column with the first of the known names that there is."""
    return next((names.index(name) for name in known if name in names), None)


def _no_number(place: int, cells: Sequence[str], numbers: Sequence[int]) -> DataError:
    column = next(j for j in numbers if not is_number(cells[j]))
    if not cells[column].strip():
        return DataError(
            f"Line {place:,} has nothing in column {column + 1}: fill that column, or take it out."
        )
    return DataError(
        f"Line {place:,} has “{_short(cells[column])}” in column {column + 1}, which is not a "
        "number: leave columns of numbers with commas between, and name others “index” or “label”."
    )


def _too_wide(place: int) -> DataError:
    return DataError(
        f"Line {place:,} is too long: give every digit a line of its own, with at most "
        f"{MOST_NUMBERS} columns of codes."
    )


def _short(text: str) -> str:
    """A few characters of what a file holds, for a sentence."""
    printable = "".join(of if of.isprintable() else "�" for of in text)
    return printable if len(printable) <= _LONGEST_CELL else f"{printable[:_LONGEST_CELL]}…"
