"""What the folders of archives say: which class a picture is of, and which rows are for the test.

A picture's class is the innermost folder in which pictures differ: of "train/7/0.png" it is 7, and
of "train/7/images/0.png" as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pcae.data.called import SPLITS
from pcae.data.contents import Column, Part, Which
from pcae.data.reading.picture_files import Encoded, Pictures

_LONGEST = 100  # characters of a folder's name
_MOST_NAMED = 2  # files
_NUMBER = re.compile(r"\d+")


class Picture(NamedTuple):
    """A picture's file, the chosen file that it is in, and the folders in that."""

    encoded: Encoded
    name: str
    file: str
    folders: tuple[str, ...]
    in_table: bool = False

    @property
    def archive(self) -> tuple[str, ...]:
        """The chosen file as a folder, if it is an archive; the pieces of a table are one."""
        name = self.file.split(".")[0]
        if self.in_table:
            name = _NUMBER.sub("#", name)
        return () if self.name == self.file else (name,)


def split(folders: Sequence[str]) -> Which:
    """Which rows lie in these folders, outermost first."""
    return next((SPLITS[of.lower()] for of in folders if of.lower() in SPLITS), "")


def together(pictures: Sequence[Picture]) -> str:
    """What all pictures are called: the files that they are in, or what they are themselves."""
    files = list(dict.fromkeys(of.file for of in pictures))
    if len(files) > 1 and not all(of.archive for of in pictures):
        return "pictures"
    more = f" and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else ""
    return ", ".join(files[:_MOST_NAMED]) + more


def parts(pictures: Sequence[Picture], found: Pictures, *, named: bool) -> list[Part]:
    """The pictures that were read, a part for each split.

    Parameters
    ----------
    named : bool
        Whether a column has the names of their files, for tables that have labels beside them.
    """
    kept = [pictures[i] for i in found.kept]
    several = len({of.archive for of in kept if of.archive}) > 1
    paths = [of.archive * several + of.folders for of in kept]
    splits = np.array([split(path) for path in paths])
    classes = _classes(paths)
    files = np.array([of.name[:_LONGEST] for of in kept]) if named else None
    every, made = list(dict.fromkeys(splits.tolist())), []
    called = {
        which: together([of for of, its in zip(kept, splits, strict=True) if its == which])
        for which in every
    }
    apart = len(set(called.values())) == len(every)
    for which in every:
        rows = splits == which
        columns = [] if classes is None else [Column("folder", classes[rows])]
        if files is not None:
            columns.append(Column("file", files[rows]))
        made.append(
            Part(
                called[which] if apart else f"{called[which]}: {which or 'others'}",
                called[which],
                "pictures",
                found.images if rows.all() else found.images[rows],
                tuple(columns),
                which,
            )
        )
    return made


def _classes(paths: list[tuple[str, ...]]) -> np.ndarray | None:
    """The folders that tell pictures apart, shape (n,); None where none does."""
    bare = [[of for of in path if of.lower() not in SPLITS] for path in paths]
    while True:
        last = {path[-1] if path else "" for path in bare}
        if len(last) > 1:
            return np.array([path[-1][:_LONGEST] if path else "" for path in bare])
        if last in ({""}, set()):
            return None
        bare = [path[:-1] for path in bare]
