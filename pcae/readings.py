"""What small files said, given again while they are the same: a page reads hundreds of them.

A store of thirty students has six hundred networks, each with settings, a status, a history and a
record in files of their own, and every drawing of a page looks at most of them. To read and check
one takes a hundred times as long as to ask the system whether it has changed.

A file is the same while its inode, size and dates are. One that was written within the last
moments is read again each time: two writes so close together may have the same date.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

MOST_BYTES = 4 * 2**20  # of all files that are remembered
_OVERHEAD = 500  # bytes of a small file's values, beside its text
_SETTLED = 0.2  # seconds: many times as long as any file system's clock takes to move on


class _Signature(NamedTuple):
    """What changes when a file does."""

    inode: int
    size: int
    modified: int
    changed: int

    @property
    def settled(self) -> bool:
        """Whether another write would now be told by another date."""
        return time.time_ns() - max(self.modified, self.changed) > _SETTLED * 1e9


_found: dict[tuple[Callable, str], tuple[_Signature, Any]] = {}  # the oldest first
_bytes = 0
_changing = threading.Lock()


def once(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """Have a reader of a file read it once while it is the same.

    All who ask are given the same value, which nobody may change. What `read` raises is raised each
    time.
    """

    @functools.wraps(read)
    def reads(path: Path) -> T:
        place = (read, str(path))
        found = _found.get(place)
        signature = _signature(path)  # before it is read: what comes after shows next time
        if found is not None and found[0] == signature:
            return found[1]
        value = read(path)
        if signature is not None and signature.settled:
            _remember(place, signature, value)
        return value

    return reads


def _signature(path: Path) -> _Signature | None:
    try:
        of = path.stat()
    except OSError:
        return None
    return _Signature(of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns)


def _remember(place: tuple[Callable, str], signature: _Signature, value: Any) -> None:
    global _bytes
    with _changing:
        _forget(place)
        _found[place] = signature, value
        _bytes += signature.size + _OVERHEAD
        while _bytes > MOST_BYTES:
            _forget(next(iter(_found)))


def _forget(place: tuple[Callable, str]) -> None:
    global _bytes
    found = _found.pop(place, None)
    if found is not None:
        _bytes -= found[0].size + _OVERHEAD
