"""Labels of every kind: classes in their natural order under their own names, or measured values.

Few different values are classes, many numbers are measured; many texts are neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from pcae.names import MOST_CLASSES, plain, plain_names

_FEW = 20  # different values that are classes however few rows each of them has
_LONGEST = 100  # characters that are compared
_MOST_TARGET = 1e30  # whose squares float32 does not hold, but a colour's scale


@dataclass(eq=False)
class Labelled:
    """What the labels of some parts came to.

    Attributes
    ----------
    classes : tuple of str
        One where there are none.
    codes : list of ndarray of uint8, each of shape (n,)
        Each part's classes, as numbers.
    targets : list of ndarray of float32, each of shape (n,), or None
        Of measured values.
    why_not : str
        Why labels that there were are left out, as a clause.
    """

    classes: tuple[str, ...]
    codes: list[np.ndarray]
    targets: list[np.ndarray] | None = None
    why_not: str = ""
    said: list[str] = field(default_factory=list)


def one_hot(array: np.ndarray) -> np.ndarray | None:
    """The classes of an array (n, c) with a column for every class; None where it is none."""
    if array.ndim != 2 or array.dtype.kind not in "buif" or not 2 <= array.shape[1] <= MOST_CLASSES:
        return None
    ones = array == 1
    if not ((ones | (array == 0)).all() and (ones.sum(axis=1) == 1).all()):
        return None
    return ones.argmax(axis=1)


def gaps(labels: np.ndarray) -> np.ndarray:
    """Which rows (n,) have no label."""
    if labels.dtype.kind == "f":
        return ~np.isfinite(labels)
    return np.char.strip(labels) == "" if labels.dtype.kind == "U" else np.zeros(len(labels), bool)


def labelled(parts: list[np.ndarray | None], counts: list[int]) -> Labelled:
    """Classes or measured values of the labels (n,) of parts with so many rows."""
    none = Labelled(("all",), [np.zeros(count, np.uint8) for count in counts])
    there = [of for of in parts if of is not None]
    if len(there) < len(parts):
        if there:
            none.why_not = "the rows of one part alone have some"
        return none
    every = _together(there)
    found, codes = np.unique(every, return_inverse=True)
    if len(found) < 2:
        none.why_not = "all rows have the same"
    elif _are_classes(found, len(every)):
        texts = [_text(of) for of in found.tolist()]
        order = np.arange(len(found))
        if found.dtype.kind == "U":
            order = np.array(sorted(order, key=lambda at: natural(texts[at])))
        places = np.empty(len(order), np.uint8)
        places[order] = np.arange(len(order))
        ends = np.cumsum(counts)[:-1]
        names = plain_names([texts[at] for at in order], "class")
        return Labelled(names, np.split(places[codes.reshape(-1)], ends))
    elif found.dtype.kind == "U":
        none.why_not = (
            f"they are {len(found):,} different texts, and at most {MOST_CLASSES} classes can be "
            "told apart"
            if len(found) > MOST_CLASSES
            else "every row has another"
        )
    elif max(-float(found[0]), float(found[-1])) > _MOST_TARGET:
        none.why_not = f"they are as large as {max(found.tolist(), key=abs):.3g}"
    else:
        none.targets = np.split(every.astype(np.float32), np.cumsum(counts)[:-1])
        none.said = [
            f"The labels are {len(found):,} different numbers: they are no classes, but values "
            "that points can be coloured by."
        ]
    return none


def _together(parts: list[np.ndarray]) -> np.ndarray:
    """All labels: numbers if all are, else text without what cannot be seen."""
    if all(of.dtype.kind in "uif" for of in parts):
        return np.concatenate(parts)
    texts = []
    for part in parts:
        found, places = np.unique(part, return_inverse=True)
        words = [plain(_text(of), _LONGEST) for of in found.tolist()]
        texts.append(np.array(words or [""])[places.reshape(-1)])
    return np.concatenate(texts)


def _are_classes(found: np.ndarray, rows: int) -> bool:
    """Whether so few different values of so many rows are classes."""
    if len(found) > MOST_CLASSES:
        return False
    if found.dtype.kind == "U":
        return len(found) < rows
    if found.dtype.kind == "f" and (found != np.rint(found)).any():
        return len(found) <= _FEW and 5 * len(found) <= rows
    return len(found) <= _FEW or 2 * len(found) <= rows


def _text(value: object) -> str:
    """A label as people know it: 1.0 is 1."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else f"{value:.9g}"
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def natural(text: str) -> tuple[list[tuple[int, int, str]], str]:
    """What texts are ordered by as people order them: 2 before 10, and b after A."""
    pieces = filter(None, re.split(r"([0-9]+)", text))
    key = [(0, int(of), "") if of[0] in "0123456789" else (1, 0, of.casefold()) for of in pieces]
    return key, text
