"""From the rows and labels of files to a data set: without gaps, scaled, mended, divided.

What is left out and what is done is told to the `Understood` that comes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pcae.counts import counted
from pcae.data import owndata
from pcae.data.choices import Judged, Question, Understood
from pcae.data.contents import Left
from pcae.data.dataset import DataError, Dataset, Split, divided
from pcae.data.judging import labels, mending
from pcae.data.judging.labels import Labelled
from pcae.data.judging.rows import LEAST_ROWS, listed
from pcae.data.judging.scaling import are_bytes, blocks, scaled
from pcae.data.limits import MOST_MADE, MOST_ROWS, MOST_VALUES, made
from pcae.names import MAX_COLUMNS

LEAST_TEST_ROWS = 10
_MOST_COUNTED = 40  # classes whose rows are told
_EXACT = 2**53  # up to which float64 has every whole number

Shape = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one part.

    Attributes
    ----------
    name : str
        The part's.
    array : ndarray, shape (n, p)
    labels : ndarray, shape (n,), or None
    is_test : bool
    """

    name: str
    array: np.ndarray
    labels: np.ndarray | None
    is_test: bool = False

    def __len__(self) -> int:
        return len(self.array)

    def only(self, kept: np.ndarray) -> Rows:
        """The rows (n,) of a mask."""
        labels = None if self.labels is None else self.labels[kept]
        return replace(self, array=self.array[kept], labels=labels)


def whole(
    found: Understood, parts: Sequence[Rows], shape: Shape | None, columns: Sequence[str]
) -> tuple[list[Rows], list[str]]:
    """The rows that have a label if others do, and no gaps; or the columns that have none.

    Parameters as of `make`, and the columns' names as they are then.
    """
    parts = _with_labels(found, [replace(of, array=_exact(of.array)) for of in parts])
    return _without_gaps(found, parts, shape, list(columns))


def make(
    found: Understood,
    parts: Sequence[Rows],
    shape: Shape | None,
    columns: Sequence[str],
    label: str,
    source: str,
) -> tuple[Dataset, str]:
    """A data set of rows without gaps, and how its values came to lie in [0, 1].

    Parameters
    ----------
    found : Understood
        What is told of it, besides `Understood.choices`, which are followed.
    parts : sequence of Rows
        As of `whole`. The first have the rows to train on; rows for the test are last.
    shape : tuple of int, or None
        Rows and columns of pictures before they are turned; None for plain columns.
    columns : sequence of str
        The names of plain columns; "" where they have none.
    label : str
        What the labels are called.

    Raises
    ------
    DataError
        Rows are too few or too many, all the same, or the like.
    """
    choices = found.choices
    for part in parts:
        _check(part, shape, columns, label, first=part is parts[0])
    told = labels.labelled([of.labels for of in parts], [len(of) for of in parts])
    if told.why_not:
        found.left.append(Left(f"the labels “{label}”", told.why_not))
    _check_memory(parts, shape)
    arrays, limits, scaling = scaled([of.array for of in parts], shape)
    said = [scaling]
    if shape is not None:
        found.questions.extend(mending.questions(arrays[0], shape, choices))
        for array in arrays:
            for few in blocks(array):
                array[few] = mending.mended(array[few], shape, choices)
        shape = mending.mended_shape(shape, choices)
        said += mending.in_words(choices)
    train, test = _divided(found, arrays, told, parts[-1].is_test)
    names = () if shape else owndata.plain_names(columns, "column")
    target = (owndata.plain(label) or "target") if told.targets else ""
    data = Dataset(
        name=owndata.name_of(train, test, shape, told.classes, names, target),
        train=train,
        test=test,
        classes=told.classes,
        source=owndata.plain(source, 80),
        licence="one's own",
        columns=names,
        limits=limits,
        target=target,
    )
    found.sentences[:0] = [_form(data)]
    found.sentences.extend([*told.said, *([_counts(data)] if data.labelled else []), *said])
    found.sentences.append(_division(data, parts[-1].is_test))
    return data, scaling


def _exact(array: np.ndarray) -> np.ndarray:
    """Whole numbers that float64 does not have as such, as float64."""
    long = array.dtype.kind in "ui" and array.dtype.itemsize == 8 and array.size
    if long and (array.max() > _EXACT or array.min() < -_EXACT):
        return array.astype(np.float64)
    return array


def _with_labels(found: Understood, parts: Sequence[Rows]) -> list[Rows]:
    """The rows that have a label, if others of their part do."""
    kept = []
    for part in parts:
        missing = None if part.labels is None else labels.gaps(part.labels)
        if missing is not None and missing.any():
            if missing.all():
                part = replace(part, labels=None)
                found.left.append(Left(f"the labels of “{part.name}”", "all of them are gaps"))
            else:
                many = int(missing.sum())
                what = f"{counted(many, 'row')} of “{part.name}”"
                found.left.append(Left(what, f"{'it has' if many == 1 else 'they have'} no label"))
                part = part.only(~missing)
        kept.append(part)
    return kept


def _without_gaps(
    found: Understood, parts: list[Rows], shape: Shape | None, columns: list[str]
) -> tuple[list[Rows], list[str]]:
    """The rows, or the columns, that have a finite number everywhere."""
    masks = [mending.gaps(of.array) for of in parts]
    if all(of is None for of in masks):
        return parts, columns
    wide = np.zeros(parts[0].array.shape[1], bool)  # columns with gaps
    long = [np.zeros(len(of), bool) for of in parts]  # rows with gaps
    for mask, rows in zip(masks, long, strict=True):
        if mask is not None:
            wide |= mask.any(axis=0)
            rows |= mask.any(axis=1)
    lost = int(sum(of.sum() for of in long))
    way = _way(found, len(wide), int(wide.sum()), sum(map(len, parts)), lost, shape)
    if way == "columns":
        names = [name or f"column {at}" for at, name in enumerate(columns, 1)]
        gone = [name for name, has in zip(names, wide, strict=True) if has]
        what = f"{counted(len(gone), 'column')} ({listed(gone)})"
        found.left.append(Left(what, "they have gaps" if len(gone) > 1 else "it has gaps"))
        found.columns[:] = [
            Judged(of.name, "left out", "it has gaps") if of.name in gone else of
            for of in found.columns
        ]
        kept = [name for name, has in zip(names, wide, strict=True) if not has]
        return [replace(of, array=of.array[:, ~wide]) for of in parts], kept
    for part, rows in zip(parts, long, strict=True):
        if rows.any():
            many = int(rows.sum())
            what = f"{counted(many, 'row')} of “{part.name}”"
            found.left.append(Left(what, "it has gaps" if many == 1 else "they have gaps"))
    return [of.only(~rows) for of, rows in zip(parts, long, strict=True)], columns


def _way(found: Understood, p: int, wide: int, n: int, lost: int, shape: Shape | None) -> str:
    """Whether rows or columns with gaps are left out: what keeps more, if nobody chooses."""
    if shape is not None or p - wide < 2:
        return "rows"
    way = found.choices.gaps or ("rows" if (n - lost) * p >= n * (p - wide) else "columns")
    options = (
        ("rows", f"{counted(lost, 'row')} of {n:,} left out"),
        ("columns", f"{counted(wide, 'column')} of {p:,} left out"),
    )
    why = "Some values are missing, or are no finite numbers."
    found.questions.append(Question("gaps", "Gaps", options, way, why))
    return way


def _check(
    part: Rows, shape: Shape | None, columns: Sequence[str], label: str, *, first: bool
) -> None:
    """Refuse what is too little or too much."""
    n, p = part.array.shape
    least = LEAST_ROWS if first else LEAST_TEST_ROWS if part.is_test else 0
    if n < least:
        raise DataError(f"“{part.name}” has {counted(n, 'row')}: bring at least {least}.")
    if n > MOST_ROWS or n * p > MOST_VALUES:
        most = min(MOST_ROWS, MOST_VALUES // p)
        raise DataError(
            f"“{part.name}” has {n:,} rows of {p:,} numbers: choose at most {most:,} rows."
        )
    if shape is None and p < 2:
        found = (
            f"one column of numbers, “{columns[0]}”" if p and columns[0] else counted(p, "column")
        )
        beside = f", beside the label “{label}”" if part.labels is not None else ""
        raise DataError(
            f"“{part.name}” has {found}{beside}, and two or more are needed: choose another as a "
            "feature, or bring more."
        )
    if shape is None and p > MAX_COLUMNS:
        raise DataError(f"“{part.name}” has {p:,} columns of numbers: choose 2 to {MAX_COLUMNS:,}.")


def _check_memory(parts: Sequence[Rows], shape: Shape | None) -> None:
    """Refuse rows of which a data set would take more memory to make than there is."""
    size, rows = 0, sum(map(len, parts))
    for part in parts:
        stays = shape is not None and are_bytes(part.array)
        size += 3 * part.array.nbytes if stays else made(part.array, columns=shape is None)
    if size > MOST_MADE:
        raise DataError(
            f"“{parts[0].name}” is too large to make a data set of: choose at most "
            f"{rows * MOST_MADE // size:,} of the {rows:,} rows."
        )


def _divided(
    found: Understood, arrays: list[np.ndarray], told: Labelled, has_test: bool
) -> tuple[Split, Split]:
    """The rows to train on, and those for the test.

    Raises
    ------
    DataError
        Too few are left for the test, or those to train on do not differ.
    """
    targets: Sequence[Any] = told.targets or (None,) * len(arrays)
    end = len(arrays) - has_test
    images = _joined(arrays[:end])
    codes, values = _joined(told.codes[:end]), _joined(targets[:end])
    if has_test:
        train, test = Split(images, codes, values), Split(arrays[-1], told.codes[-1], targets[-1])
    else:
        train, test = _split(images, codes, values)
    if len(test) < LEAST_TEST_ROWS:
        raise DataError(
            f"{counted(len(test), 'row')} would be left for the test, and {LEAST_TEST_ROWS} are "
            "needed: bring more rows, or choose other labels, or none."
        )
    if (train.images.min(axis=0) == train.images.max(axis=0)).all():
        raise DataError("All rows to train on are the same: bring rows that differ.")
    return train, test


def _split(images: np.ndarray, codes: np.ndarray, values: Any) -> tuple[Split, Split]:
    """A fifth of the rows for the test; those to train on move up in place, for want of memory."""
    first, second = divided(codes, LEAST_TEST_ROWS)
    test, moved = images[second], images[: len(first)]
    for few in blocks(moved):
        moved[few] = images[first[few]]
    of_both = ((moved, first), (test, second))
    train, test = (
        Split(array, codes[rows], None if values is None else values[rows])
        for array, rows in of_both
    )
    return train, test


def _joined(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 or parts[0] is None else np.concatenate(parts)


# ---------------------------------------------------------------- in words


def _form(data: Dataset) -> str:
    """What there is, in words."""
    n = f"{len(data.train) + len(data.test):,}"
    kind = (
        f"pictures of {data.shape[0]} × {data.shape[1]} pixels"
        if data.shape
        else f"rows of {data.inputs:,} columns"
    )
    told = f"{len(data.classes)} classes" if data.labelled else "unlabelled"
    return f"{n} {kind}, {f'with values of “{data.target}”' if data.target else told}."


def _counts(data: Dataset) -> str:
    """How many rows each class has."""
    counts = np.bincount(np.concatenate([data.train.labels, data.test.labels]))
    each = [f"{name} ({n:,})" for name, n in zip(data.classes, counts, strict=True)]
    more = [f"and {len(each) - _MOST_COUNTED} more"] if len(each) > _MOST_COUNTED else []
    return f"Classes: {', '.join(each[:_MOST_COUNTED] + more)}."


def _division(data: Dataset, has_test: bool) -> str:
    """Which rows are for the test."""
    counts = f"{len(data.train):,} to train on, {len(data.test):,} for the test"
    if has_test:
        return f"The files say which are for the test: {counts}."
    of = "each class" if data.labelled else "them"
    return f"A fifth of {of} is kept for the test, drawn with a fixed seed: {counts}."
