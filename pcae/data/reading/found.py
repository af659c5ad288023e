"""What has been read of an upload so far: parts, pictures to be decoded, and what is left out.

What is left out is told together where it is for one reason, so that a thousand files of a kind are
one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pcae import names
from pcae.counts import counted
from pcae.data.contents import Contents, Left, Part
from pcae.data.limits import Spent
from pcae.data.reading import folders
from pcae.data.reading.folders import Picture

KINDS = "a table (.csv), arrays (.npz, .npy, .mat, IDX), pictures, or a zip of such files"
_CHOOSE = re.compile(rf"[.:] [Cc]hoose {re.escape(KINDS)}")
_LONGEST_NAME, _LONGEST_SHORT, _LONGEST_READ = 60, 32, 4096
_SHOWN, _MOST_LEFT = 3, 50


class Place(NamedTuple):
    """Where something is: its name for people, the chosen file, and the folders in that."""

    name: str
    file: str
    folders: tuple[str, ...] = ()
    depth: int = 0  # archives that it is in

    @property
    def last(self) -> str:
        return self.name.rsplit(": ", 1)[-1]

    @property
    def short(self) -> str:
        """The name for sentences."""
        return _shortened(self.name, _LONGEST_SHORT)


def called(name: str) -> str:
    """A file's name for people, with its ending."""
    return _shortened(names.plain(name[-_LONGEST_READ:], _LONGEST_READ), _LONGEST_NAME) or "file"


def _shortened(name: str, most: int) -> str:
    """A name with its middle left out where it is long."""
    half = most // 2
    return name if len(name) <= most else f"{name[: half - 1]}…{name[-half:]}"


@dataclass(eq=False)
class Upload:
    """What has been read so far."""

    side: int | None
    headed: bool | None
    spent: Spent = field(default_factory=Spent)
    contents: Contents = field(default_factory=Contents)
    pictures: list[Picture] = field(default_factory=list)
    left: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    opened: int = 0  # files in archives that are no pictures
    first: str = ""  # what is wrong with the first file that cannot be read

    def leave(self, place: Place, why: str, what: str = "file") -> None:
        """Name something that is not read: `why` is what follows its name, or a sentence."""
        self.first = self.first or (f"“{place.short}” {why}." if why[0].islower() else why)
        why = _CHOOSE.sub("", re.sub(r"^“[^”]*” ", "", why)).rstrip(".")
        archive = "" if place.name == place.file else place.file
        self.left.setdefault((what, why, archive), []).append(place.name)

    def add(self, part: Part, place: Place, key: str = "") -> None:
        """Take a part, under a name that no other has."""
        name = first = f"{place.name}: {key}" if key else place.name
        taken, number = {of.name for of in self.contents.parts}, 2
        while name in taken:
            name, number = f"{first} ({number})", number + 1
        split = part.split or folders.split(place.folders)
        self.contents.parts.append(replace(part, name=name, file=place.file, split=split))

    def listed(self) -> list[Left]:
        """What is not read, together what is so for one reason."""
        found = []
        for (what, why, archive), those in self.left.items():
            several = len(those) > 1
            shown = those[0]
            if several:
                lasts = ", ".join(of.rsplit(": ", 1)[-1] for of in those[:_SHOWN])
                more = ", …" if len(those) > _SHOWN else ""
                shown = (
                    f"{len(those):,} {what}s{f' of {archive}' if archive else ''} ({lasts}{more})"
                )
            clause = f"{'each of them' if several else 'it'} {why}" if why[0].islower() else why
            found.append(Left(shown, clause))
        if len(found) > _MOST_LEFT:
            more = counted(len(found) - _MOST_LEFT, "more file or array", "more files and arrays")
            found[_MOST_LEFT:] = [Left(more, "not read either")]
        return found
