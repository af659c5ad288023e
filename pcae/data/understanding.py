"""From what a visitor's files hold to a data set: what is guessed, and what can be chosen instead.

Every step is said in a sentence; where something cannot be, a sentence says why and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from pcae.data import owndata
from pcae.data.dataset import DataError, Dataset, Split, reading, split
from pcae.data.limits import MOST_ROWS, MOST_VALUES
from pcae.data.scaling import CHANNELS, in_grey, scaled
from pcae.data.uploads import KINDS, ONE_READER, Contents
from pcae.names import MAX_COLUMNS, MAX_SIDE

MOST_CLASSES, LEAST_ROWS, LEAST_TEST_ROWS = 20, 50, 10
_LABELS = ("label", "labels", "class", "classes", "target", "targets", "species", "digit", "y")
_TESTS = ("test", "t10k", "valid")
_LEAST_SIDE = 4  # of pictures that could be columns as well
_EXACT = 2**53  # up to which float64 has every whole number

Shape = tuple[int, int]

_guarded = reading("What the files hold", f"Choose {KINDS}.")


@dataclass(frozen=True)
class Choices:
    """What is what.

    Attributes
    ----------
    images : str
        The array or the table with the rows.
    labels : str or None
        The array, or the column of the table, with their labels.
    test, test_labels : str or None
        The same of test rows, if there are.
    shape : tuple of int, or None
        Rows and columns of a picture; None for plain columns.
    """

    images: str
    labels: str | None = None
    test: str | None = None
    test_labels: str | None = None
    shape: Shape | None = None


@dataclass(frozen=True, eq=False)
class Understood:
    """A data set that was made of files, and how, as sentences."""

    data: Dataset
    scaling: str
    sentences: list[str]


@_guarded
def candidates(contents: Contents) -> list[str]:
    """The arrays that can be the images or rows, those for training first.

    Raises
    ------
    DataError
        There is none.
    """
    found = [name for name, array in contents.arrays.items() if array.ndim > 1]
    found = [name for name in found if contents.arrays[name].dtype.kind in "buif"]
    if not found:
        raise DataError(
            "There is no array of numbers with a row for each image: its shape has to be "
            "(images, rows, columns) or (images, pixels)."
        )
    trains = [name for name in found if not _is_test(name)]
    return trains or found


@_guarded
def guess(contents: Contents, images: str) -> Choices:
    """What is likely what, given which array has the images."""
    array = contents.arrays[images]
    test = next(
        (
            name
            for name, other in contents.arrays.items()
            if _is_test(name) and name != images and other.shape[1:] == array.shape[1:] != ()
        ),
        None,
    )
    options = label_options(contents, images)
    labels = _first_named(options)
    if labels is None and images in contents.columns:
        labels = _label_column(contents, images)
    elif labels is None and len(options) == 1:
        labels = options[0]
    choices = Choices(images, labels, test)
    choices = with_labels(contents, choices, labels)
    shapes = shape_options(contents, choices)
    return replace(choices, shape=shapes[0])


@_guarded
def with_labels(contents: Contents, choices: Choices, labels: str | None) -> Choices:
    """The choices with other labels, and the test rows' to them."""
    test_labels = None
    if labels and choices.test:
        if choices.images in contents.columns:
            test_labels = labels
        else:
            others = label_options(contents, choices.test, of_tests=True)
            test_labels = others[0] if others else None
    return replace(choices, labels=labels, test_labels=test_labels)


@_guarded
def label_options(contents: Contents, images: str, *, of_tests: bool = False) -> list[str]:
    """The arrays, or the columns of the table, that can be the labels of the rows."""
    if images in contents.columns:
        return [*contents.texts[images], *contents.columns[images]]
    n = len(contents.arrays[images])
    return [
        name
        for name, array in contents.arrays.items()
        if array.ndim and array.size == n == len(array)
        if name != images and _is_test(name) == of_tests
    ]


@_guarded
def shape_options(contents: Contents, choices: Choices) -> list[Shape | None]:
    """The forms that a row can have, the likeliest first: of pictures, or None for columns."""
    array = contents.arrays[choices.images]
    if array.ndim > 2:
        return [_picture_shape(choices.images, array)]
    p = array.shape[1] - (choices.labels in contents.columns.get(choices.images, ()))
    sides = range(_LEAST_SIDE, MAX_SIDE + 1)
    pictures = [(a, p // a) for a in sides if p % a == 0 and p // a in sides]
    pictures.sort(key=lambda of: (abs(of[0] - of[1]), of))
    likely = pictures and pictures[0][0] == pictures[0][1] >= 8 and array.min(initial=0) >= 0
    return [*pictures, None] if likely else [None, *pictures]


@_guarded
def make(contents: Contents, choices: Choices, source: str) -> Understood:
    """The data set of these choices; another thread's files wait until it is made.

    Raises
    ------
    DataError
        It cannot be: a value is no number, rows are missing or too many, or the like.
    """
    with ONE_READER:
        return _made(contents, choices, source)


def _made(contents: Contents, choices: Choices, source: str) -> Understood:
    rows, columns = _rows(contents, choices, choices.images)
    parts = [rows]
    labels = [_labels(contents, choices.images, choices.labels, len(rows))]
    if choices.test:
        parts.append(_rows(contents, choices, choices.test)[0])
        labels.append(_labels(contents, choices.test, choices.test_labels, len(parts[1])))
    classes, codes, said = _classes(labels, [len(part) for part in parts])
    parts, limits, scaling = scaled(parts, choices.shape)
    if choices.test:
        train, test = (Split(part, its) for part, its in zip(parts, codes, strict=True))
        divided = "The files say which are for the test"
    else:
        train, test = split(parts[0], codes[0])
        of = "each class" if len(classes) > 1 else "them"
        divided = f"A fifth of {of} is kept for the test, drawn with a fixed seed"
    if len(test) < LEAST_TEST_ROWS:
        raise DataError(
            f"{len(test)} rows would be left for the test, and {LEAST_TEST_ROWS} are needed: bring "
            "more rows, or choose other labels, or none."
        )
    if (train.images.min(axis=0) == train.images.max(axis=0)).all():
        raise DataError("All rows to train on are the same: bring rows that differ.")
    data = Dataset(
        name=owndata.name_of(train, test, choices.shape, classes, columns),
        train=train,
        test=test,
        classes=classes,
        source=owndata.plain(source, 80),
        licence="one's own",
        columns=columns,
        limits=limits,
    )
    counts = f"{len(train):,} to train on, {len(test):,} for the test"
    if data.labelled:
        said = [_counts(data)]
    return Understood(
        data, scaling, [_form(data), *contents.notes, *said, scaling, f"{divided}: {counts}."]
    )


def _form(data: Dataset) -> str:
    """What there is, in words."""
    n = f"{len(data.train) + len(data.test):,}"
    kind = (
        f"pictures of {data.shape[0]} × {data.shape[1]} pixels"
        if data.shape
        else f"rows of {data.inputs:,} columns"
    )
    classes = f"{len(data.classes)} classes" if data.labelled else "unlabelled"
    return f"**{n} {kind}, {classes}.**"


def _counts(data: Dataset) -> str:
    """How many rows each class has."""
    counts = np.bincount(np.concatenate([data.train.labels, data.test.labels]))
    each = zip(data.classes, counts, strict=True)
    return "Classes: " + ", ".join(f"{name} ({count:,})" for name, count in each) + "."


def _is_test(name: str) -> bool:
    return any(word in name.lower() for word in _TESTS)


def _first_named(names: Iterable[str]) -> str | None:
    """The likeliest of some labels: the first of one of the usual names."""
    found = list(names)
    for name in found:
        words = name.lower().replace("_", " ").replace("-", " ").replace(".", " ").split()
        if any(word in _LABELS for word in words):
            return name
    return None


def _label_column(contents: Contents, table: str) -> str | None:
    """The column that is likely a table's labels: one of few texts, or what frames a picture."""
    for name, values in contents.texts[table].items():
        if len(np.unique(values)) <= MOST_CLASSES:
            return name
    array, names = contents.arrays[table], contents.columns[table]
    side = round((len(names) - 1) ** 0.5)
    if side**2 != len(names) - 1 or side < 8:
        return None
    for at in (0, -1):
        if len(np.unique(array[:, at])) <= MOST_CLASSES:
            return names[at]
    return None


def _picture_shape(name: str, array: np.ndarray) -> Shape:
    shape = array.shape
    if array.ndim == 4 and shape[-1] in CHANNELS:
        sides = shape[1:3]
    elif array.ndim == 4 and shape[1] in CHANNELS:
        sides = shape[2:]
    elif array.ndim == 3:
        sides = shape[1:]
    else:
        raise DataError(
            f"“{name}” has the shape {shape}: it has to be (images, rows, columns), with colours "
            "last if there are any, or (images, pixels)."
        )
    if max(sides) > MAX_SIDE or prod(sides) < 2:
        raise DataError(
            f"The pictures of “{name}” have {sides[0]} × {sides[1]} pixels: make them 2 pixels to "
            f"{MAX_SIDE} × {MAX_SIDE}."
        )
    return sides[0], sides[1]


def _rows(contents: Contents, choices: Choices, which: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The rows (n, p), checked, and the names of plain columns."""
    array = contents.arrays[which]
    named = contents.columns.get(which)
    if named is not None:
        if which != choices.images and named != contents.columns[choices.images]:
            raise DataError(
                f"“{which}” has other columns than “{choices.images}”: make them equal."
            )
        kept = [i for i, name in enumerate(named) if name != choices.labels]
        beside = kept and kept[-1] - kept[0] < len(kept)  # and then need no copy
        array = array[:, kept[0] : kept[-1] + 1] if beside else array[:, kept]
        named = tuple(named[i] for i in kept)
    elif array.ndim > 2:
        _picture_shape(which, array)
    long = array.dtype.kind in "ui" and array.dtype.itemsize == 8 and array.size
    if long and (array.max() > _EXACT or array.min() < -_EXACT):
        array = array.astype(np.float64)
    if array.ndim == 4:
        array = in_grey(array)
    n, p = len(array), prod(array.shape[1:])
    least = LEAST_ROWS if which == choices.images else LEAST_TEST_ROWS
    if n < least:
        raise DataError(f"“{which}” has {n} rows: bring at least {least}.")
    if n > MOST_ROWS or n * p > MOST_VALUES:
        most = min(MOST_ROWS, MOST_VALUES // p)
        raise DataError(f"“{which}” has {n:,} rows of {p:,} numbers: choose at most {most:,} rows.")
    if choices.shape is None and not 2 <= p <= MAX_COLUMNS:
        raise DataError(f"“{which}” has {p:,} columns of numbers: choose 2 to {MAX_COLUMNS:,}.")
    array = array.reshape(n, p)
    if array.dtype.kind == "f":
        finite = np.isfinite(array)
        if not finite.all():
            row, column = (int(of) + 1 for of in np.unravel_index(finite.argmin(), (n, p)))
            raise DataError(
                f"Row {row:,} of “{which}” has a value that is no number (NaN or infinite), its "
                f"{column:,}th: fill the gaps, or take such rows out."
            )
    if choices.shape is not None:
        return array, ()
    return array, owndata.plain_names(named or [""] * p, "column")


def _labels(contents: Contents, which: str, labels: str | None, n: int) -> np.ndarray | None:
    if labels is None:
        return None
    if which in contents.columns:
        if labels in contents.texts[which]:
            return contents.texts[which][labels]
        if labels not in contents.columns[which]:
            raise DataError(f"“{which}” has no column “{labels}”: give it one.")
        found = contents.arrays[which][:, contents.columns[which].index(labels)]
    else:
        found = contents.arrays[labels].reshape(-1)
    if len(found) != n:
        raise DataError(f"There are {n:,} rows and {len(found):,} labels: bring one for each row.")
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        row = int(np.argmax(~np.isfinite(found))) + 1
        raise DataError(f"The label of row {row:,} is no number: fill the gap.")
    return found


def _classes(
    labels: list[np.ndarray | None], counts: list[int]
) -> tuple[tuple[str, ...], list[np.ndarray], list[str]]:
    """The classes, each part's labels as their numbers, and what is to be said of them."""
    there = [of for of in labels if of is not None]
    said = []
    if len(there) == len(labels):
        every = np.concatenate(there)
        found, codes = np.unique(every, return_inverse=True)
        if 1 < len(found) <= MOST_CLASSES:
            texts = [f"{of:g}" if isinstance(of, float) else str(of) for of in found.tolist()]
            parts = np.split(codes.astype(np.uint8), np.cumsum(counts)[:-1])
            return owndata.plain_names(texts, "class"), parts, []
        said = [
            f"The labels have {len(found):,} different values, and 2 to {MOST_CLASSES} classes can "
            "be told apart: they are left out."
        ]
    elif there:
        said = ["Of training and test rows one part alone has labels: they are left out."]
    return ("all",), [np.zeros(count, np.uint8) for count in counts], said
