"""What a row is: how an array lies, which form a picture has, the numbers of a table's columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import isqrt, prod

import numpy as np

from pcae.counts import counted
from pcae.data import columns
from pcae.data.choices import Choices, Judged
from pcae.data.contents import Column, Part
from pcae.data.dataset import DataError
from pcae.data.judging import labels
from pcae.data.judging.scaling import CHANNELS
from pcae.data.limits import MOST_MADE, made
from pcae.names import MAX_COLUMNS, MAX_SIDE

LEAST_ROWS = 50
_LEAST_SIDE, _LIKELY_SIDE, _LEAST_COLOURS = 4, 8, 16  # of pictures that could be columns as well
_MOST_ONE_HOT = 30  # classes with a column each behind pixels
_BESIDE = 5  # columns at most that a table has beside pixels
_COMPARED = 300  # rows
_ALIKE = 0.3  # what neighbouring pixels of pictures correlate by at least

Shape = tuple[int, int]


def bare(array: np.ndarray) -> np.ndarray:
    """An array without lengths of 1 after the first."""
    return np.squeeze(array, tuple(i for i, length in enumerate(array.shape) if i and length == 1))


def lies_across(array: np.ndarray, counts: set[int]) -> tuple[bool | None, str]:
    """Whether the last axis of an array has the rows, and what speaks for that.

    Parameters
    ----------
    counts : set of int
        How many labels there are, in whatever can be labels.

    Returns
    -------
    bool or None
        None where it is to be asked.
    str
        A sentence; "" where nothing speaks for it.
    """
    array = bare(array)
    first, last = len(array), array.shape[-1]
    able = array.ndim == 2 or _are_sides(array.shape[:-1])
    if able and last in counts and last >= LEAST_ROWS and first not in counts:
        return True, f"There are {last:,} labels, and so many columns."
    if first in counts:
        return False, ""
    if array.ndim > 2:
        across = _are_sides(array.shape[:-1]) and not _are_sides(array.shape[1:])
        return across, f"The last axis has {counted(last, 'picture')}." if across else ""
    square = _side(last) or _side(last - 1)
    if first < LEAST_ROWS <= last:
        are = "is" if first == 1 else "are"
        why = f"There {are} {counted(first, 'row')} alone, and {last:,} columns"
    elif last > MAX_COLUMNS >= first:
        why = f"There are {last:,} columns"
    elif _side(first) and not square:
        why = f"{first:,} rows could be the pixels of {_side(first)} × {_side(first)}"
    else:
        return None if first < last and not square else False, ""
    return None, f"{why}: perhaps there is a column for every image, instead of a row."


def _are_sides(lengths: tuple[int, ...]) -> bool:
    """Whether lengths can be those of a picture, perhaps with channels."""
    if len(lengths) == 3:
        channels = [at for at in (0, 2) if lengths[at] in CHANNELS]
        return any(_are_sides(lengths[1:] if at == 0 else lengths[:2]) for at in channels)
    return len(lengths) == 2 and max(lengths) <= MAX_SIDE and prod(lengths) > 1


def _side(pixels: int) -> int:
    """The side of a square picture with so many pixels; 0 where there is none that is likely."""
    side = isqrt(pixels)
    return side if side * side == pixels and _LIKELY_SIDE <= side <= MAX_SIDE else 0


def picture_shape(name: str, array: np.ndarray) -> Shape:
    """Rows and columns of pictures (n, rows, columns), perhaps with channels, last or first.

    Raises
    ------
    DataError
        They are no pictures, or too large.
    """
    lengths = array.shape[1:]
    if len(lengths) == 3 and lengths[-1] in CHANNELS:
        lengths = lengths[:2]
    elif len(lengths) == 3 and lengths[0] in CHANNELS:
        lengths = lengths[1:]
    if len(lengths) != 2:
        raise DataError(
            f"“{name}” has the shape {array.shape}: it has to be (images, rows, columns), with "
            "colours last if there are any, or (images, pixels)."
        )
    if not _are_sides(lengths):
        raise DataError(
            f"The pictures of “{name}” have {lengths[0]} × {lengths[1]} pixels: make them 2 pixels "
            f"to {MAX_SIDE} × {MAX_SIDE}."
        )
    return lengths[0], lengths[1]


def shapes(pixels: int) -> list[Shape]:
    """The forms of pictures with so many pixels, the squarest first."""
    sides = range(_LEAST_SIDE, MAX_SIDE + 1)
    found = [(a, pixels // a) for a in sides if pixels % a == 0 and pixels // a in sides]
    found.sort(key=lambda of: (abs(of[0] - of[1]), of))
    colours = _colours(pixels)
    return [(colours, colours), *found] if colours else found


def _colours(numbers: int) -> int:
    """The side of a square picture in three colours that has so many numbers; 0 without."""
    return 0 if numbers % 3 or _side(numbers // 3) < _LEAST_COLOURS else _side(numbers // 3)


def flattened(array: np.ndarray, shape: Shape) -> np.ndarray:
    """Rows (n, p) as pictures, with colours if there are three numbers a pixel.

    Colours come one after the other, as in CIFAR-10, or beside each other: those of one pixel
    differ less than others.
    """
    pixels = shape[0] * shape[1]
    if array.shape[1] == pixels:
        return array.reshape(-1, *shape)
    few = array[:_COMPARED].astype(float)
    apart = np.nanmean(np.abs(few[:, pixels:] - few[:, :-pixels]))
    if apart < np.nanmean(np.abs(few[:, 1::3] - few[:, ::3])):
        return array.reshape(-1, 3, *shape)
    return array.reshape(-1, *shape, 3)


def are_pixels(features: Sequence[np.ndarray] | np.ndarray, names: Sequence[str] = ()) -> bool:
    """Whether numbers are likely the pixels of square pictures.

    They are where none is negative; else where most share the least value, as a ground does, or
    where a pixel resembles the one below it more than one further off. Columns with names of their
    own are none.

    Parameters
    ----------
    features : sequence of ndarray (n,), or ndarray, shape (p, n)
        What each pixel is.
    names : sequence of str
        What the columns are called.
    """
    side = _side(len(features)) or _colours(len(features))
    if not side or len({re.sub(r"[\W\d_]+", "", name).lower() for name in names}) > 2:
        return False
    lows = np.array(
        np.fmin.reduce(features, axis=1)
        if isinstance(features, np.ndarray)
        else [np.fmin.reduce(of) for of in features],
        float,
    )
    if lows.min() >= 0 or np.mean(lows == lows.min()) > 0.5:
        return True
    few = np.stack([of[:_COMPARED] for of in features]).astype(float)
    far = side * (side // 2) + side // 2
    with np.errstate(all="ignore"):
        few = few - few.mean(axis=1, keepdims=True)
        few /= np.maximum(np.sqrt((few**2).sum(axis=1, keepdims=True)), 1e-12)
        near, off = (np.abs((few[:-by] * few[by:]).sum(axis=1)).mean() for by in (side, far))
    return bool(near > max(_ALIKE, 1.5 * off))


# ---------------------------------------------------------------- tables


def judged(part: Part, choices: Choices) -> tuple[list[Judged], bool]:
    """What each column of a table is, and whether its features are likely a picture's pixels."""
    roles, numbers = dict(choices.roles), sum(not of.is_text for of in part.columns)
    near = any(shapes(numbers - beside)[:1] for beside in range(min(numbers, _BESIDE) + 1))
    if choices.shape != "columns" and (near or choices.shape):
        as_pixels = columns.judge(part.columns, roles, pixels=True)
        found = features(part, as_pixels)
        likely = are_pixels([of.values for of in found], [of.name for of in found])
        if likely or choices.shape in [in_short(of) for of in shapes(len(found))]:
            return as_pixels, likely
    return columns.judge(part.columns, roles, pixels=False), False


def features(part: Part, roles: Sequence[Judged]) -> list[Column]:
    """The columns of a table that are features, under the names that they are judged by."""
    return [
        Column(role.name, column.values)
        for column, role in zip(part.columns if roles else (), roles, strict=True)
        if role.role == "feature" and not column.is_text
    ]


def named_columns(part: Part) -> dict[str, Column]:
    """The columns of a table by the names that they are judged by."""
    return dict(zip(columns.named(part.columns), part.columns, strict=True))


def matrix(found: Sequence[Column]) -> np.ndarray:
    """Columns side by side, shape (n, p)."""
    array = np.empty(
        (len(found[0].values), len(found)), np.result_type(*(of.values for of in found))
    )
    for at, column in enumerate(found):
        array[:, at] = column.values
    return array


def as_table(part: Part) -> Part | None:
    """An array (n, p) as a table whose columns have no names; None where it cannot be one."""
    if (
        part.kind != "array"
        or part.array is None
        or bare(part.array).ndim != 2
        or not part.array.size
        or bare(part.array).shape[1] > MAX_COLUMNS + _BESIDE
        or made(part.array, columns=True) > MOST_MADE
    ):
        return None
    by_columns = np.ascontiguousarray(bare(part.array).T)  # each is read several times
    found = [Column("", _whole(values)) for values in by_columns]
    return replace(part, kind="table", array=None, columns=tuple(found))


def _whole(values: np.ndarray) -> np.ndarray:
    """Numbers that are whole as whole numbers."""
    if values.dtype.kind == "f" and _are_whole(values[:_COMPARED]) and _are_whole(values):
        return values.astype(np.int32)
    return values.astype(np.uint8) if values.dtype.kind == "b" else values


def _are_whole(values: np.ndarray) -> bool:
    wide = values.astype(np.float64)
    return bool((np.abs(wide) < 2**31).all() and (np.floor(wide) == wide).all())


def as_array(part: Part) -> Part | None:
    """A table of numbers without names as an array; None where it is none."""
    if part.kind != "table" or any(of.name or of.is_text for of in part.columns):
        return None
    return replace(part, kind="array", array=matrix(part.columns), columns=())


def with_classes(part: Part) -> Part:
    """A table of pixels and then a column for every class, as UCI's Semeion, with one for all."""
    p = len(part.columns)
    if part.kind != "table" or any(of.is_text for of in part.columns[-2:]):
        return part
    for classes in range(2, min(_MOST_ONE_HOT, p) + 1):
        if _side(p - classes):
            last = labels.one_hot(matrix(part.columns[p - classes :]))
            if last is not None:
                first = p - classes
                note = f"The last {classes} columns of “{part.name}” are of one class each."
                kept = (*part.columns[:first], Column("label", last.astype(np.uint8)))
                return replace(part, columns=kept, notes=(*part.notes, note))
    return part


def in_short(shape: Shape | None) -> str:
    """A form as `Choices.shape` names it."""
    return f"{shape[0]}x{shape[1]}" if shape else "columns"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first of some names."""
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
