"""Files made of runs and of data, each made once and kept in the cache folder.

The name of a file tells of which run, with which weights, and of which data set it is. What is of
a run or of data that is not here any more goes when the next file is made, and what was not used
for the longest time goes where there is more than the limit.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from pcae import names, removal, rights, store
from pcae.files import DamagedFile, home, writing
from pcae.store import Run

MOST_BYTES, MOST_FILES = 2**30, 500
NOT_TAKEN = (
    "Files of this network are taken home by those whose it is, or by the teacher: train one of "
    "your own, or open one that ships."
)
_NONE = "any"  # in place of a run
_PACKAGE = Path(__file__).parent
_SOURCES = {".py", ".js", ".css", ".html"}
_PACKAGES = ("numpy", "plotly")
_SECONDS_TO_WAIT = 60.0  # for another server that makes the same file
_SECONDS_TO_MAKE = 3_600  # a file that was not touched for so long is nobody's any more

log = logging.getLogger(__name__)


def name(run: Run | None, dataset: str, *details: object) -> str:
    """The name of a file of a run, or of none, and of a data set.

    Parameters
    ----------
    details
        All else that it depends on, besides pcae's own code and what is known of data of one's own.

    Raises
    ------
    DamagedFile
        The run has no weights any more.
    """
    of = (_code(), _about(dataset), details)
    sha = hashlib.sha256(repr(of).encode()).hexdigest()
    return f"{_version(run) if run else _NONE}_{dataset}_{sha[:24]}"


def find(name: str) -> BinaryIO | None:
    """The file, opened, if it is there."""
    path = _folder() / name
    try:
        file = path.open("rb")
    except OSError:
        return None
    with contextlib.suppress(OSError):
        path.touch()  # it was used
    return file


def find_or_make(name: str, write: Callable[[BinaryIO], None]) -> BinaryIO:
    """The file, opened; where it is not there, `write` writes it, whole or not at all.

    Where the cache folder cannot be written, the file is one that goes when it is closed.

    Raises
    ------
    OSError
        The folder of temporary files cannot be written either; whatever `write` raises.
    """
    if found := find(name):
        return found
    path = _folder() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            if found := find(name):
                return found
            with writing(path) as file:
                write(file)
            made: BinaryIO = path.open("rb")
    except FileNotFoundError:
        raise
    except OSError as problem:
        log.warning("%s is not kept: %s", path, problem)
        _shrink(0, 0)  # a full disk has a better use for it
        return _passing(write)
    sweep()
    return made


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Make a file while no other server does; one that takes minutes is not waited for."""
    few = home() / "locks" / f"made-{path.name[-2:]}.lock"  # some files share one
    lock = FileLock(few, timeout=_SECONDS_TO_WAIT, is_singleton=False)
    with contextlib.suppress(Timeout):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def sweep() -> None:
    """Remove what is of runs or data that are not here any more, and what is over the limit."""
    current = {_NONE}
    for run in store.all_runs():
        with contextlib.suppress(DamagedFile):
            current.add(_version(run))
    for path in _files():
        of, dataset, _ = path.name.split("_")
        if of not in current or not _is_there(dataset):
            _remove(path)
    removal.sweep(_folder(), seconds=_SECONDS_TO_MAKE)
    _shrink(MOST_BYTES, MOST_FILES)


def is_here(dataset: str) -> bool:
    """Whether a data set can be asked for: those of one's own can be removed, or be another's."""
    return _is_there(dataset) and names.is_seen(dataset)


def _is_there(dataset: str) -> bool:
    return dataset in names.DATASETS or names.folder(dataset).is_dir()


def is_takeable(run: Run) -> bool:
    """Whether who asks may take files of a run home: of what ships and of their own."""
    return run.shipped or rights.is_own(run.folder)


def only_takeable(run: Run) -> None:
    """Raise `Denied` where a student asks for files of what is not theirs."""
    if not is_takeable(run):
        raise rights.Denied(NOT_TAKEN)


def _about(dataset: str) -> object:
    """What is known of data of one's own, which whoever makes a file of it says if it is gone."""
    with contextlib.suppress(DamagedFile, FileNotFoundError):
        return names.about(dataset) if names.is_own(dataset) else None
    return None


def _passing(write: Callable[[BinaryIO], None]) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    try:
        write(file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _shrink(most_bytes: int, most_files: int) -> None:
    """Remove those that were not used for the longest time, until the others are few enough."""
    sizes = []
    for path in _files():
        with contextlib.suppress(OSError):
            found = path.stat()
            sizes.append((found.st_mtime, found.st_size, path))
    total = 0
    for count, (_, size, path) in enumerate(sorted(sizes, reverse=True), 1):
        total += size
        if total > most_bytes or count > most_files:
            _remove(path)


def _files() -> list[Path]:
    return [path for path in _folder().glob("[!.]*") if path.name.count("_") == 2]


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows keeps what somebody reads; it goes the next time
        path.unlink()


def _folder() -> Path:
    return home() / "made"


def _version(run: Run) -> str:
    return f"{run.key}-{run.version}"


@functools.cache
def _code() -> str:
    """What stands for all code that makes files."""
    sha = hashlib.sha256(repr([metadata.version(of) for of in _PACKAGES]).encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _SOURCES:
            sha.update(path.read_bytes())
    return sha.hexdigest()
