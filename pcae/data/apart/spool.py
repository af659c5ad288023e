"""Files that visitors have brought and not added yet: on disk, under names of ours.

Streamlit keeps what is uploaded in the memory of its server. So a page puts files here as soon as
they come, in a folder of its visit that nobody else may read, from where a process of its own reads
them. They go when they are taken away or added, three minutes after their visitor's last page was
closed, and half an hour after a page was last drawn. What a server that was killed leaves, the next
one removes.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from pcae.files import home, write

MOST_HELD = 4 * 2**30  # bytes of all visitors' files
MOST_FILES = 1_000  # of one visit
SECONDS_UNSEEN = 180.0  # a page that has lost its connection may come back for two minutes
SECONDS_UNUSED = 1_800.0
_PAUSE = 15.0  # between looks at what is to go
_LONGEST_NAME = 200  # characters: of its end, which says the kind


class Full(OSError):
    """There is no room for more files; a sentence that says what to do."""


@dataclass(frozen=True)
class File:
    """A file that was brought: its name for people, where it is, its bytes, and their digest."""

    name: str
    path: Path
    size: int
    digest: str


class Spool:
    """The files of one visit.

    Parameters
    ----------
    owner : str
        Whose they are, by the name that `pcae.rights` has.
    is_open : function
        Whether one of the visit's pages is open in a browser.

    Attributes
    ----------
    was_left : bool
        Whether files went since nobody looked at them.
    at_end : function
        Called when all files go.
    """

    def __init__(self, owner: str = "", is_open: Callable[[], bool] = lambda: False) -> None:
        self.owner, self.files = owner, list[File]()
        self.folder: Path | None = None
        self.was_left = False
        self.at_end: Callable[[], None] = lambda: None
        self._is_open = is_open
        self.look()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.copy())

    @property
    def digest(self) -> str:
        """Stands for what the files hold, whatever they are called and in whichever order."""
        each = sorted(file.digest for file in self.files)
        return hashlib.sha256(json.dumps(each).encode()).hexdigest()

    def look(self) -> None:
        """The visitor looks at a page: the files are kept for longer."""
        self._seen = self._drawn = time.monotonic()

    def add(self, name: str, content: bytes | memoryview) -> None:
        """Keep a file; one that is here already is kept once, one of another's name beside it.

        Raises
        ------
        OSError
            The folder cannot be written, or the disk is full: nothing is kept of the file.
        """
        digest = hashlib.sha256(content).hexdigest()
        with _changing:
            if any(file.name == name and file.digest == digest for file in self.files):
                return
            if len(self.files) >= MOST_FILES:
                raise Full(f"At most {MOST_FILES:,} files are read at a time: pack them as a .zip.")
            if held() + len(content) > MOST_HELD:
                raise Full(
                    f"The files that wait to be added have {MOST_HELD // 2**30} GB: take some away."
                )
            self.look()  # before there is anything to let go
            _all.add(self)
            _watch()
        path = self.place() / uuid.uuid4().hex
        write(path, content, durable=False)
        self.was_left = False
        self.files.append(File(self._unused(name[-_LONGEST_NAME:]), path, len(content), digest))
        self.look()

    def place(self) -> Path:
        """The folder of the files and of what is made of them."""
        if self.folder is None:
            self.folder = _own_folder(home()) / uuid.uuid4().hex
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder

    def _unused(self, name: str) -> str:
        taken, number, of = {file.name for file in self.files}, 2, PurePosixPath(name)
        while name in taken:
            name, number = f"{of.stem} ({number}){of.suffix}", number + 1
        return name

    def take_away(self, file: File) -> None:
        """Remove one of the files."""
        with contextlib.suppress(ValueError):  # it was taken away in another run of the page
            self.files.remove(file)
        with contextlib.suppress(OSError):
            file.path.unlink()

    def empty(self) -> None:
        """Remove all files, and what was made of them."""
        self.files.clear()
        with _changing:
            _all.discard(self)
        self.at_end()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def is_left(self) -> bool:
        """Whether nobody looks at the files any more."""
        now = time.monotonic()
        if self._is_open():
            self._seen = now
        return now - self._seen > SECONDS_UNSEEN or now - self._drawn > SECONDS_UNUSED


_all: set[Spool] = set()
_changing = threading.Lock()
_watching: threading.Thread | None = None


def of(owner: str) -> list[Spool]:
    """What a visitor's pages have here."""
    return [spool for spool in _all.copy() if spool.owner == owner]


def held() -> int:
    """Bytes of everybody's files."""
    return sum(spool.size for spool in _all.copy())


def let_go() -> None:
    """Remove the files that nobody looks at any more."""
    for spool in _all.copy():
        if spool.is_left():
            spool.was_left = True
            spool.empty()


def _watch() -> None:
    """Have a thread let files go for as long as there are any."""
    global _watching
    if _watching is None:
        _watching = threading.Thread(target=_let_go_again_and_again, daemon=True)
        _watching.start()


def _let_go_again_and_again() -> None:
    global _watching
    while True:
        time.sleep(_PAUSE)
        let_go()
        with _changing:
            if not _all:
                _watching = None
                return


# ---------------------------------------------------------------- the folders of servers


def tidy() -> None:
    """Remove what servers left that are not there any more."""
    for left in (home() / "brought").glob("*"):
        lock = _lock(home(), left.name)
        with contextlib.suppress(Timeout, OSError), lock.acquire(blocking=False):
            shutil.rmtree(left, ignore_errors=True)
            Path(lock.lock_file).unlink(missing_ok=True)


def _lock(of: Path, name: str) -> FileLock:
    """The lock that a server holds while it is there: the system takes it back from the dead."""
    place = of / "locks" / f"brought-{name}.lock"
    return FileLock(place, is_singleton=False, thread_local=False)


_own: dict[Path, tuple[Path, FileLock]] = {}  # this server's folders, by the store that they are in


def _own_folder(of: Path) -> Path:
    """This server's folder in a store, with its lock."""
    with _changing:
        if of not in _own:
            folder = of / "brought" / uuid.uuid4().hex
            lock = _lock(of, folder.name)
            Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()  # before the folder is there, which another server could remove
            folder.mkdir(mode=0o700, parents=True)
            _own[of] = folder, lock
        return _own[of][0]


@atexit.register
def leave() -> None:
    """Remove all that this server has of visitors' files: it ends."""
    while _own:
        _, (folder, lock) = _own.popitem()
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        with contextlib.suppress(OSError):
            Path(lock.lock_file).unlink()
