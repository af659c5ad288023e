"""Who is here, where several servers share one store: each writes its students down for the others.

A server's students stand in a file of its own in `PCAE_HOME/class/here/`, by the names of their
cookies, which name nobody. It is dated anew while the server lives and goes when nobody is there
any more; what a server left that was killed counts for some seconds, and is removed.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from pcae.files import DamagedFile, home, read_json, write_json
from pcae.forms import several, text
from pcae.readings import once

_FORM = {"students": several(text(64), 0, 10_000)}
_SECONDS = 10.0  # for which a file counts
_SECONDS_TO_DATE = 3.0  # after which it is dated anew


def exchange(server: str, students: frozenset[str]) -> frozenset[str]:
    """Tell the others who is here, and be told whom they have.

    Parameters
    ----------
    server : str
        Another one for every start of a server.
    students : frozenset of str
        The students who have a page of this server open.
    """
    own, found = _folder() / f"{server}.json", frozenset[str]()
    with contextlib.suppress(OSError):  # then the others do not know
        _tell(own, students)
    for path in _folder().glob("*.json"):
        with contextlib.suppress(OSError, DamagedFile):
            if path == own:
                continue
            if _age(path) < _SECONDS:
                found |= _read(path)
            else:
                path.unlink()
    return found


def leave(server: str) -> None:
    """Nobody has a page of this server open any more."""
    with contextlib.suppress(OSError):
        (_folder() / f"{server}.json").unlink(missing_ok=True)


def _tell(path: Path, students: frozenset[str]) -> None:
    with contextlib.suppress(FileNotFoundError, DamagedFile):
        if _read(path) == students:
            if _age(path) > _SECONDS_TO_DATE:
                path.touch()
            return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_json(path, {"students": sorted(students)}, durable=False)


@once
def _read(path: Path) -> frozenset[str]:
    return frozenset(read_json(path, _FORM)["students"])


def _age(path: Path) -> float:
    """Seconds, be it by a clock that is ahead."""
    return abs(time.time() - path.stat().st_mtime)


def _folder() -> Path:
    return home() / "class" / "here"
