"""Codes from elsewhere: a UMAP or a t-SNE of the same digits, in a file that a person brings.

Any table or array that is read as data is read here, and nothing in it is executed. Its rows stand
for digits: those that an index names, the first test digits, or all digits. Of all, nothing may say
in which order they come: it is judged by how many neighbours among the codes are of one class.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pcae import names
from pcae.counts import counted
from pcae.data import row_orders
from pcae.data.columns import judge, named
from pcae.data.contents import Contents, Part
from pcae.data.dataset import DataError, Dataset, reading
from pcae.data.reading import uploads

MOST_NUMBERS = 100  # a digit
FORMATS = (
    "csv", "tsv", "txt", "tab", "npy", "npz", "safetensors", "parquet", "feather", "arrow", "xlsx",
    "gz",
)  # fmt: skip
_ADVICE = "Choose a table with a row of numbers for each digit."
_GREATEST = 1e30  # of codes: squares of the planes' scales still fit a browser's numbers
_LONGEST_TITLE = 32  # characters
_BY_LABELS = "The labels in the file are those of the digits in this order alone."
_BY_NEIGHBOURS = (
    "Nothing in the file says which digit a row is. Among the codes, neighbours are mostly of one "
    "class: the order in which clearly most of them are was taken at first."
)
_ASKED = (
    "Nothing in the file says which digit a row is, and neighbours among the codes do not tell it "
    "either: choose the order that the rows were saved in."
)
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
    order : str
        Which order of `row_orders.ORDERS` the rows are taken in; "" where that is plain, or has to
        be asked.
    shares : mapping of str to float
        In each order that they may have, where that is not plain: the share of the nearest
        neighbours among the codes that are of one class.
    why : str
        What speaks for the order, or why it is asked, in sentences; "" where it is plain.
    left : tuple of str
        The columns that are no axes, and why, as clauses.
    token : str
        What nobody can guess, for their address.
    """

    title: str
    digest: str
    indices: np.ndarray
    values: np.ndarray
    order: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    why: str = ""
    left: tuple[str, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def is_asked(self) -> bool:
        """Whether nobody knows yet which digits the rows are."""
        return bool(self.shares) and not self.order

    def of_first(self, size: int) -> np.ndarray:
        """The codes of the first `size` digits, NaN for those without, shape (size, k)."""
        found = np.full((size, self.values.shape[1]), np.nan, np.float32)
        there = self.indices < size
        found[self.indices[there]] = self.values[there]
        return found

    def in_order(self, order: str, data: Dataset) -> Codes:
        """The same rows in another of the orders that they may have."""
        token = secrets.token_hex(16)
        return replace(self, order=order, indices=row_orders.orders(data)[order], token=token)


@dataclass(frozen=True, eq=False)
class _Table:
    """What a file holds: codes (n, k), and an index and a label of each row if it has them."""

    values: np.ndarray
    axes: Sequence[str]
    index: np.ndarray | None
    labels: list[str] | None
    left: tuple[str, ...] = ()


def read(name: str, content: bytes, data: Dataset) -> Codes:
    """Read a file of codes of a data set's digits in this process; see `of_contents`."""
    with reading("The file", _ADVICE):
        contents = uploads.read({name: content})
    return of_contents(name, contents, data)


def of_contents(name: str, contents: Contents, data: Dataset) -> Codes:
    """The codes of a data set's digits that a file holds.

    Raises
    ------
    DataError
        It cannot be read, or is not of these digits; with at most `LONGEST_SENTENCE` characters,
        whatever the file is.
    """
    with reading("The file", _ADVICE):
        return _of_parts(name, contents.parts, data)


def _of_parts(name: str, parts: Sequence[Part], data: Dataset) -> Codes:
    table = _table(parts, data)
    rows, k = table.values.shape
    if not rows or not k:
        raise DataError("There are no codes: choose a file with a row of numbers for each digit.")
    if k > MOST_NUMBERS:
        raise DataError(
            f"There are {k:,} numbers a digit: choose a file with 1 to {MOST_NUMBERS} of them."
        )
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(table.values, np.float32)
    if not (usable := (np.abs(values) <= _GREATEST).all(axis=1)).all():
        row = int(np.argmin(usable))
        raise DataError(
            f"The code in row {row + 1:,} is not finite (a gap, infinite or above {_GREATEST:g}): "
            "mend that row, or leave it out and name the others' digits in a column “index”."
        )
    shown = names.plain(name, len(name))
    half = _LONGEST_TITLE // 2 - 1
    title = shown if len(shown) <= _LONGEST_TITLE else f"{shown[:half]}…{shown[-half:]}"
    codes = Codes(title, data.digest, np.arange(0), values, left=table.left)
    codes = _placed(codes, table, data)
    _check_labels(table.labels, codes.indices, data)
    return codes


# ------------------------------------------------------------------ what the file holds


def _table(parts: Sequence[Part], data: Dataset) -> _Table:
    """The table with codes, or the array “codes”, else the only one with rows and columns."""
    tables = [of for of in parts if of.kind == "table"]
    arrays = {of.name.rpartition(": ")[2].lower(): of.array for of in parts if of.kind == "array"}
    numbers = {of: array for of, array in arrays.items() if array is not None}
    planes = [of for of, array in numbers.items() if array.ndim == 2 and array.dtype.kind in "buif"]
    if tables and not planes:
        return _of_columns(tables[0], data)
    if len(numbers) == 1 and not planes:
        planes = [of for of, array in numbers.items() if array.ndim == 1]
    name = "codes" if "codes" in planes else planes[0] if len(planes) == 1 else None
    if name is None:
        several = ", ".join(f"“{names.plain(of, 20)}”" for of in sorted(planes)[:3])
        found = f"several arrays of rows and columns ({several})" if planes else "no such array"
        raise DataError(
            f"The file holds {found}: save one with a row a digit, under the name “codes”."
        )
    values = numbers[name].reshape(len(numbers[name]), -1)
    index = next((numbers[of] for of in _INDEX[:3] if of in numbers and of != name), None)
    if index is not None and (index.shape != (len(values),) or index.dtype.kind not in "uif"):
        raise DataError(
            f"The array “index” has the shape {index.shape}: give it one number for each of the "
            f"{len(values):,} rows of “{names.plain(name, 20)}”."
        )
    axes = [f"column {j}" for j in range(1, values.shape[1] + 1)]
    labels = next((numbers[of] for of in (*_LABEL, "y") if of in numbers and of != name), None)
    fit = labels is not None and labels.shape == (len(values),)
    said = list(map(str, labels)) if fit and labels is not None else None
    return _Table(values, axes, None if index is None else index.astype(float), said)


def _of_columns(part: Part, data: Dataset) -> _Table:
    """The columns that are axes, an index, and a label; all others are named."""
    called = [of.strip().lower() for of in named(part.columns)]
    judged = judge(part.columns, pixels=True)
    label = next((called.index(of) for of in _LABEL if of in called), None)
    for j, of in enumerate(judged):
        if label is None and of.role == "label" and not (called[j] == "y" and "x" in called):
            values = set(map(_as_label, part.columns[j].values.tolist()))
            label = j if values <= _known_labels(data) else None
    named_so = (called.index(of) for of in _INDEX if of in called)
    index = next((j for j in named_so if j != label), None)
    axes, left = [], []
    for j, (of, column) in enumerate(zip(judged, part.columns, strict=True)):
        counts = of.role == "left out" and not column.is_text and not column.gaps.all()
        if counts and index is None and j != label:
            index = j
        if counts or column.is_text or column.gaps.all() or j in (label, index):
            if j not in (label, index) or counts:
                left.append(f"“{of.name}” is no axis: {of.why}")
        elif column.gaps.any():
            gap = f"row {int(column.gaps.argmax()) + 1:,} has no number"
            raise DataError(
                f"In the column “{names.plain(of.name, 20)}” {column.note or gap}: mend it, or "
                "leave that row out and name the others' digits in a column “index”."
            )
        else:
            axes.append(j)
    if not axes:
        raise DataError("There is no column of codes: choose a file with two or three of them.")
    labels = None if label is None else list(map(str, part.columns[label].values))
    numbers = None if index is None else part.columns[index].values
    if numbers is not None and numbers.dtype.kind == "U":
        raise DataError("The index has words: give the digits' numbers, or leave that column out.")
    if numbers is not None and _only_counts(numbers, data):
        numbers = None
    return _Table(
        np.column_stack([part.columns[j].values for j in axes]),
        [judged[j].name for j in axes],
        None if numbers is None else numbers.astype(float),
        labels,
        tuple(left),
    )


def _only_counts(numbers: np.ndarray, data: Dataset) -> bool:
    """Whether an index says no more than how many rows there are: which digits they are is open."""
    rows = len(numbers)
    if np.array_equal(numbers, np.arange(1, rows + 1)):
        return True
    all_of_them = rows == len(data.test) + len(data.train)
    return all_of_them and np.array_equal(numbers, np.arange(rows))


# ------------------------------------------------------------------ which digits the rows are


def _placed(codes: Codes, table: _Table, data: Dataset) -> Codes:
    """The codes with the digits that their rows stand for."""
    rows, tests, trains = len(codes.values), len(data.test), len(data.train)
    everything = tests + trains
    if table.index is not None:
        return replace(codes, indices=_indexed(table.index, tests, everything))
    if rows == everything:
        return _ordered(codes, table, data)
    if rows <= tests:
        return replace(codes, indices=np.arange(rows))
    if rows == trains:
        return replace(codes, indices=np.arange(tests, everything))
    raise DataError(
        f"There are {rows:,} rows for {tests:,} test digits, {everything:,} with the training "
        "digits: bring as many, or fewer than test digits, or name the digits in a column “index”."
    )


def _ordered(codes: Codes, table: _Table, data: Dataset) -> Codes:
    """Codes of all digits, in the order that labels or neighbours tell; else it is to be asked."""
    orders = row_orders.orders(data)
    found = row_orders.check(codes.values, orders, data)
    fits = {of: _agreeing(table.labels, indices, data) for of, indices in orders.items()}
    fitting = [of for of in orders if fits[of] == max(fits.values())]
    order, why = found.best, _BY_NEIGHBOURS if found.best else _ASKED
    if len(fitting) == 1:
        [order], why = fitting, _BY_LABELS
    elif found.counting:
        axes = ", ".join(f"“{names.plain(table.axes[j], 20)}”" for j in found.counting[:3])
        why = f"{why} What goes by the rows ({axes}) has no say in that."
    shares = {of: found.shares[of] for of in fitting}
    return replace(codes, indices=orders[order or "test"], order=order, shares=shares, why=why)


def _indexed(index: np.ndarray, tests: int, everything: int) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        known = (index >= 0) & (index < everything) & (index % 1 == 0)
    if not known.all():
        row = int(np.argmin(known))
        raise DataError(
            f"The index in row {row + 1:,} is {index[row]:g}: the digits' numbers go from 0 "
            f"to {everything - 1:,}, first the {tests:,} test digits and then the training digits."
        )
    indices = index.astype(int)
    digits, counts = np.unique(indices, return_counts=True)
    if (counts > 1).any():
        twice = digits[np.argmax(counts)]
        raise DataError(f"The index {twice:,} is there more than once: give each digit one row.")
    return indices


def _as_label(value: object) -> str:
    return str(value).strip().removesuffix(".0")


def _known_labels(data: Dataset) -> set[str]:
    return {*data.classes, *map(str, range(len(data.classes)))}


def _agreeing(labels: list[str] | None, indices: np.ndarray, data: Dataset) -> int:
    """How many of the labels in a file are those of the digits."""
    known = np.concatenate([data.test.labels, data.train.labels])[indices]
    return sum(
        _as_label(label) in (str(of), data.classes[of])
        for label, of in zip(labels or [], known, strict=False)
    )


def _check_labels(labels: list[str] | None, indices: np.ndarray, data: Dataset) -> None:
    """Refuse rows in another order, which the labels show."""
    if labels and 2 * (differ := len(labels) - _agreeing(labels, indices, data)) > len(labels):
        raise DataError(
            f"In {differ:,} of {counted(len(labels), 'row')} the label is not the digit's: bring "
            "the rows into the order of the test digits, or name the digits in a column “index”."
        )
