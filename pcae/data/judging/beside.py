"""Labels that come beside the rows: an array, a table of few columns, the folders of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np

from pcae.data.called import same_but_split, says_answers, says_labels, split_of
from pcae.data.columns import named
from pcae.data.contents import Part
from pcae.data.judging import labels, rows

_TABLES = (".parquet", ".arrow", ".feather", ".ipc")  # whose pictures lie in no folders
_MOST = 100  # columns that are offered
FEW = 3  # columns of a table that has labels for other rows: their number or file, and two


class Beside(NamedTuple):
    """Labels (n,), the part that they are in, and whether it is there for them."""

    part: str
    values: np.ndarray
    sure: bool


def beside(part: Part, parts: Sequence[Part]) -> dict[str, Beside]:
    """The labels that a part's rows can have, by their names, the likeliest first."""
    split, ranked = split_of(part), []
    for other in parts:
        its = split_of(other)
        fits = its in ("", split) or (its == "train" and not split)
        if says_answers(other.name) or not (fits or other.name == part.name):
            continue
        far = (its != split, other.file != part.file)
        wide = other.array is None and len(other.columns) > FEW
        for name, values in _in(other, part).items():
            key = says_labels(name.rpartition(": ")[2])
            rank = (wide and not key, not key, not says_labels(name), *far)
            sure = key or not wide or name == other.name
            ranked.append((rank, name, Beside(other.name, values, sure)))
    ranked.sort(key=lambda of: of[0])
    return {name: found for _, name, found in ranked}


def likely(found: dict[str, Beside]) -> str:
    """The likeliest of some labels; what only counts the rows is none."""
    for name, (_, values, sure) in found.items():
        whole = values.dtype.kind in "ui"
        if sure and (says_labels(name) or not whole or len(np.unique(values)) < len(values)):
            return name
    return ""


def counterpart(name: str, found: dict[str, Beside]) -> str:
    """Of some labels those that are called most like these, which are of other rows."""
    same = [other for other in found if same_but_split(name, other)]
    return next(iter(same or [of for of in found if says_labels(of)] or found), "")


def count(part: Part) -> int:
    """How many labels a part has that has nothing but labels; 0 if it has more."""
    if part.array is None:
        return len(part) if len(part.columns) <= FEW else 0
    if is_vector(part.array):
        return part.array.size
    return 0 if labels.one_hot(part.array) is None else len(part.array)


def is_vector(array: np.ndarray) -> bool:
    """Whether an array has a single value in all axes but one."""
    return max(array.shape, default=1) == array.size


def _in(other: Part, part: Part) -> dict[str, np.ndarray]:
    """What a part has of labels for another's rows, or for its own pictures."""
    n = len(part)
    if other.name == part.name:
        if part.kind != "pictures":
            return {}
        folders = (of.values for of in part.columns if of.name == "folder")
        kind = "labels" if part.file.lower().endswith(_TABLES) else "folders"
        return {f"{part.name}: {kind}": values for values in folders}
    if other.array is None:
        return _in_table(other, part)
    array = other.array
    if is_vector(array):
        fits = array.size == n and array.dtype.kind in "buifUS"
        return {other.name: array.reshape(-1)} if fits else {}
    for turned in (array, array.T) if array.ndim == 2 and n in array.shape else ():
        if len(turned) == n and (ones := labels.one_hot(turned)) is not None:
            return {other.name: ones}
    return {}


def _in_table(other: Part, part: Part) -> dict[str, np.ndarray]:
    """The columns of a table beside rows that are no table, or of one that has few.

    They come in the order of the rows, if one of the columns says that; columns that are different
    in every row are no labels if there are others.
    """
    n, names, values = len(part), named(other.columns), [of.values for of in other.columns]
    wide = len(names) > FEW
    if wide and len(other) == n and not any(of.is_text for of in other.columns):
        ones = labels.one_hot(rows.matrix(other.columns))
        if ones is not None:
            return {other.name: np.array(names)[ones]}
    if len(names) > _MOST or (wide and part.kind == "table"):
        return {}
    files = next(
        (of.values for of in part.columns if part.kind == "pictures" and of.name == "file"), None
    )
    orders = [_order(of, files, n) if len(names) > 1 else None for of in values]
    order = next((of for of in orders if of is not None), None)
    if order is None and len(other) != n:
        return {}
    found = dict(zip(names, values, strict=True))
    if len(found) > 1:
        told = [of for of in found if len(np.unique(found[of])) < len(other)]
        numbering = [of for of, its in zip(names, orders, strict=True) if its is not None]
        found = {of: found[of] for of in told or names if of not in numbering}
    if order is not None:
        found = {name: _taken(its, order) for name, its in found.items()}
    if len(found) == 1:
        return {other.name: next(iter(found.values()))}
    return {f"{other.name}: {name}": its for name, its in found.items()}


def _order(values: np.ndarray, files: np.ndarray | None, n: int) -> np.ndarray | None:
    """Which row of a table belongs to each of n rows, by a column that counts or names them."""
    if values.dtype.kind in "ui" and len(values) == n > 0:
        order = np.argsort(values, kind="stable")
        first = values[order[0]]
        if first < 2 and np.array_equal(values[order], np.arange(n) + first):
            return order
    if files is None or values.dtype.kind == "f":
        return None
    places = {_stem(of): at for at, of in enumerate(values.tolist())}
    order = np.array([places.get(_stem(of), -1) for of in files.tolist()])
    return order if 2 * np.count_nonzero(order >= 0) > n else None


def _stem(file: object) -> str:
    """A file's name without folders and ending."""
    return PurePosixPath(str(file)).stem.lower()


def _taken(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The values in an order; gaps where it has -1."""
    there = order >= 0
    if there.all():
        return values[order]
    if values.dtype.kind == "U":
        return np.where(there, values[order], "")
    return np.where(there, values[order].astype(float), np.nan)
