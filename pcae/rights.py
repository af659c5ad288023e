"""Who does something, and what is whose: the rights in a class on one server.

Alone on one's own machine, on the command line and in the worker everything is one's own. On a
server that others reach there is a teacher, who may do everything, and there are students, who see
everything that is not another's upload and change what is their own. `pcae.server.visitors` knows
who a visitor is; what changes something asks here, where it is done.

What is whose stands in the folder of a network or a data set, in `owners.json`: names of visitors,
several where several asked for the same, and an empty one where the teacher did too. Where there is
no such file it is the teacher's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Set
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from pcae.files import DamagedFile, home, read_json, write_json
from pcae.forms import several, text
from pcae.readings import once

_FILE = "owners.json"
_TEACHER = ""  # among the names
_UNKNOWN = (
    "{what} by those whom the server knows again: let this browser keep the cookies of this site, "
    "and reload the page."
)
_FORM = {"owners": several(text(64), 0, 10_000)}


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks for something: a name that a cookie holds, and whether they teach."""

    name: str
    teacher: bool = False


OWNER = Visitor("", teacher=True)  # whoever runs this machine
NOBODY = Visitor("nobody")  # of whom the server knows nothing


class Denied(Exception):
    """What somebody has no right to; a sentence that says who has."""


_acting: ContextVar[Visitor | None] = ContextVar("acting", default=None)


def _find() -> Visitor:
    return OWNER


def find_with(find: Callable[[], Visitor]) -> None:
    """Have a server say who asks, where `acting` does not: from now on, in every thread."""
    global _find
    _find = find


@contextlib.contextmanager
def acting(visitor: Visitor) -> Iterator[None]:
    """Do what follows, in this thread, as somebody."""
    before = _acting.set(visitor)
    try:
        yield
    finally:
        _acting.reset(before)


def who() -> Visitor:
    """Who asks for what is being done."""
    return _acting.get() or _find()


def teaches() -> bool:
    """Whether the teacher asks, or somebody alone on their own machine."""
    return who().teacher


def only_teacher(what: str) -> None:
    """Let nobody but the teacher go on.

    Parameters
    ----------
    what : str
        The beginning of the sentence, as in "The queue is paused".

    Raises
    ------
    Denied
        Somebody else asks.
    """
    if not teaches():
        raise Denied(f"{what} by the teacher alone.")


def only_known(what: str) -> None:
    """Let nobody go on of whom the server knows nothing; see `only_teacher`."""
    if who() == NOBODY:
        raise Denied(_UNKNOWN.format(what=what))


def owners(folder: Path) -> frozenset[str]:
    """The students whose a folder is; none where it is the teacher's alone."""
    return _names(folder) - {_TEACHER}


def is_the_teachers(folder: Path) -> bool:
    """Whether a folder is the teacher's, be it beside students'."""
    return _TEACHER in _names(folder)


def is_own(folder: Path) -> bool:
    """Whether who asks may change what a folder holds."""
    return teaches() or who().name in owners(folder)


def only_own(folder: Path, what: str) -> None:
    """Let nobody go on but the teacher and those whose a folder is; see `only_teacher`."""
    if not is_own(folder):
        raise Denied(not_own(what))


def not_own(what: str) -> str:
    """The sentence that says to whom something is left; see `only_teacher`."""
    return f"{what} by those whose it is, or by the teacher."


def claim(folder: Path, visitor: Visitor, *, made: bool = False) -> None:
    """Have a visitor count among those whose a folder is.

    Parameters
    ----------
    made : bool, default=False
        Whether the folder was made for them, and is nobody's yet.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    name = _TEACHER if visitor.teacher else visitor.name
    if made:
        _write(folder, {name})
    elif name not in _names(folder):
        with _changing():
            _write(folder, _names(folder) | {name})


def leave(folder: Path, visitor: Visitor) -> bool:
    """Have a student not count among them any more; whether others are left whose it is."""
    with _changing():
        left = _names(folder) - {visitor.name}
        if left:
            write_json(folder / _FILE, {"owners": sorted(left)}, durable=False)
    return bool(left)


def _write(folder: Path, found: Set[str]) -> None:
    """Keep whose a folder is; the teacher's alone has no file."""
    if found != {_TEACHER}:
        write_json(folder / _FILE, {"owners": sorted(found)}, durable=False)


def _changing() -> FileLock:
    """Held while somebody's name comes or goes: of two at the same moment none is lost."""
    return FileLock(home() / "locks" / "owners.lock", is_singleton=False)


def _names(folder: Path) -> frozenset[str]:
    """Whose a folder is; nobody's where the file that says it is damaged: for the teacher alone."""
    try:
        return _read(folder / _FILE)
    except FileNotFoundError:
        return frozenset({_TEACHER})
    except DamagedFile:
        return frozenset()


@once
def _read(path: Path) -> frozenset[str]:
    return frozenset(read_json(path, _FORM)["owners"])
