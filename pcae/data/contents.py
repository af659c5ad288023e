"""What files hold, as their readers found it: parts with rows, and what of them is not used.

A reader says what is there and judges nothing: which part has the images, which column the labels,
is for `pcae.data.judging.understanding` and `pcae.data.columns`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Which = Literal["", "train", "test", "valid"]


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        As the file has it; "" where it has none.
    values : ndarray, shape (n,)
        Whole numbers (the smallest type that holds them), float64 with NaN for gaps, or text with
        "" for gaps.
    note : str
        What was done with its cells, as a clause: "with decimal commas"; "" where nothing was.
    """

    name: str
    values: np.ndarray
    note: str = ""

    @property
    def is_text(self) -> bool:
        return self.values.dtype.kind == "U"

    @property
    def gaps(self) -> np.ndarray:
        """Which cells have no value, shape (n,)."""
        if self.is_text:
            return self.values == ""
        if self.values.dtype.kind == "f":
            return np.isnan(self.values)
        return np.zeros(len(self.values), bool)


@dataclass(frozen=True, eq=False)
class Part:
    """A table, an array or the pictures of some folders: n rows.

    Attributes
    ----------
    name : str
        As people know it, there once: "train.csv", "mnist.npz: x_train", "digits.zip: test".
    file : str
        The file that it came in.
    kind : str
    array : ndarray, shape (n, …), or None
        Of an array: numbers, or text of shape (n,). Of pictures: uint8, shape (n, rows, columns).
    columns : tuple of Column
        Of a table. Of pictures: the folders that they lie in, as a column "folder", if these
        differ; and the names of their files, as a column "file".
    split : str
        The rows that these are by a folder's name or a key's; "" where nothing says so.
    headed : bool or None
        Of a table whose file does not say whether its first line has names: whether it was taken
        so.
    notes : tuple of str
        What was done on the way, as sentences: "3 lines of “a.csv” above its table were left out."
    """

    name: str
    file: str
    kind: Literal["table", "array", "pictures"]
    array: np.ndarray | None = None
    columns: tuple[Column, ...] = ()
    split: Which = ""
    headed: bool | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        if self.array is None:
            return len(self.columns[0].values) if self.columns else 0
        return len(self.array) if self.array.ndim else 1


@dataclass(frozen=True)
class Left:
    """What is not used, and why: "3 pictures (a.png, b.png, …)", "they cannot be read"."""

    what: str
    why: str


@dataclass(eq=False)
class Contents:
    """What files hold.

    Attributes
    ----------
    parts : list of Part
    left : list of Left
        What was not read: files of other kinds, arrays of objects, damaged pictures.
    notes : list of str
        What was done on the way, as sentences: "Decimal commas were read as such."
    side : int or None
        Of pictures of several sizes: the squares that they were fitted into.
    ground : int
        Of those: the grey of 0 to 255 that stands around them.
    """

    parts: list[Part] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    side: int | None = None
    ground: int = 0
