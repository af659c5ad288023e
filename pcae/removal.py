"""Removing what a person can have back for a while: set aside at once, really removed later.

What is set aside stays in its folder under a name that no reader looks for, so that to every reader
it is gone with one rename and back with another, whole either way. A process that ends takes what
it has set aside with it; what one that is killed leaves is removed by the next, see `sweep`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from pcae.files import clock_of

SECONDS = 10.0  # in which it can be had back
_LATER = 5.0  # after which nobody is at it any more
_SECONDS_TO_WRITE = 60  # no write, and no wait for a person, takes longer
_pending: dict[Path, threading.Timer] = {}


@dataclass(frozen=True)
class Removed:
    """What was set aside: where it was, where it is, when that was, and how old it looked."""

    place: Path
    away: Path
    at: float
    modified: float

    @property
    def seconds_left(self) -> float:
        """How long it can still be had back."""
        return SECONDS - (time.monotonic() - self.at)

    def restore(self) -> bool:
        """Put it back; False where it is too late, or where its like was made again meanwhile."""
        try:
            if self.seconds_left < -_LATER / 2 or _is_there(self.place):
                return False
            self.away.rename(self.place)
        except OSError:  # its like came between, or the folder cannot be written
            return False
        _date(self.place, self.modified)
        if timer := _pending.pop(self.away, None):
            timer.cancel()
        return True


def beside(place: Path) -> Path:
    """A name beside a place that no reader looks for, and that nothing has yet."""
    return place.with_name(f".{place.name}-{uuid.uuid4().hex[:8]}")


def set_aside(place: Path) -> Removed:
    """Remove a folder or a file, at once as far as any reader sees.

    Raises
    ------
    OSError
        It is gone already, or what it lies in cannot be written.
    """
    sweep(place.parent)
    away = beside(place)
    modified = place.lstat().st_mtime
    _date(place, None)  # what is set aside is as old as its removal
    place.rename(away)
    timer = _pending[away] = threading.Timer(SECONDS + _LATER, remove, [away])
    timer.daemon = True
    timer.start()
    return Removed(place, away, time.monotonic(), modified)


def sweep(*folders: Path, seconds: float = _SECONDS_TO_WRITE) -> None:
    """Remove what killed processes left in folders of one disk half-written or set aside.

    Parameters
    ----------
    seconds : float
        What was touched so lately may be somebody's yet.
    """
    now = clock_of(folders[0])
    for left in [left for folder in folders for left in folder.glob(".*")]:
        with contextlib.suppress(OSError):
            # what is dated ahead was left before the clock was set back, or came from elsewhere
            if abs(left.lstat().st_mtime - now) > seconds:
                remove(left)


def _is_there(place: Path) -> bool:
    """Whether there is something at a place; a folder that is about to be filled is not."""
    return any(place.iterdir()) if place.is_dir() else place.exists()


def remove(path: Path) -> None:
    """Remove a folder or a file for good, as far as the system lets it."""
    _pending.pop(path, None)
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _date(path: Path, modified: float | None) -> None:
    """Date it, None for now as its disk has it; of a link not what it leads to."""
    times = None if modified is None else (modified, modified)
    with contextlib.suppress(OSError, NotImplementedError):
        os.utime(path, times, follow_symlinks=not path.is_symlink())


@atexit.register
def _remove_all() -> None:
    for path in list(_pending):
        remove(path)
