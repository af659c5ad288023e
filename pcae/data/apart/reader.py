"""Reading what visitors have brought in a process of its own, with limits on memory, time and disk.

A file that is damaged, or made to do harm, ends that process at the worst: what it was is said in a
sentence, and the dashboard goes on. The process keeps what it has read for a while, so that what is
chosen shows at once; one that is started anew reads the same files, and comes to the same.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from pcae import names, rights
from pcae.data.apart import processes
from pcae.data.apart.budget import ARRAYS, MOST_SECONDS, UNDERSTOOD
from pcae.data.apart.handing_over import read_contents
from pcae.data.apart.processes import ENDED, Ended, Process
from pcae.data.apart.spool import File, Spool
from pcae.data.choices import Choices, Understood, as_json, understood_from_json
from pcae.data.contents import Contents
from pcae.data.dataset import DataError, Dataset, Split
from pcae.files import FREE_SPACE, DamagedFile, read_arrays, read_json

FIRST_ROWS = 12  # of each split, which are here before a data set is added
NOT_WRITTEN = f"The files cannot be read now ({{why}}): {FREE_SPACE}"
BUSY = "Others' files are read first, and take long: try again in a minute."
_SECONDS_TO_WAIT = 2.0 * MOST_SECONDS
GONE = "The files are not here any more: choose them again."


class Reading:
    """Files that are being read, or were.

    Attributes
    ----------
    share : float
        How much of it is done.
    words : str
        What it is at.
    waiting : bool
        Whether others' files are read first.
    found : Understood or None
        What came of it. Of its data there are the first rows alone; see `whole`.
    problem : str
        Why nothing came of it, as a sentence.
    cut_off : bool
        Whether that is since it ended before it was done: to try again may help.
    stopped : bool
        Whether somebody did not want it any more.
    """

    def __init__(self, files: tuple[File, ...], choices: Choices | None) -> None:
        self.files, self.choices = files, choices
        self.share, self.words, self.waiting = 0.0, "", False
        self.found: Understood | None = None
        self.problem, self.cut_off, self.stopped = "", False, False
        self.place = Path()
        self._done = threading.Event()

    @property
    def done(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self._done.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is done, no longer than so many seconds; whether it is."""
        return self._done.wait(seconds)

    def end(self) -> None:
        """Have nobody wait any more."""
        self._done.set()

    def tell(self, share: float, words: str) -> None:
        """Take note of how far it is."""
        self.share, self.words, self.waiting = share, words, False

    def queue(self) -> None:
        """Take note that others come first."""
        self.waiting = True

    def whole(self) -> Dataset:
        """All of the data set.

        Raises
        ------
        DataError
            What came of the files is not here any more.
        """
        try:
            arrays, _ = read_arrays(self.place / ARRAYS)
            return _dataset(_about(self.place)["data"], arrays)
        except (FileNotFoundError, DamagedFile, LookupError, TypeError, ValueError):
            raise DataError(GONE) from None


class Reader:
    """Reads the files of one visit; of what is asked of it the last counts."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        spool.at_end = self.close
        self.last: Reading | None = None
        self._process: Process | None = None
        self._wanted: Reading | None = None  # to be read next
        self._at: Reading | None = None  # being read
        self._works = False
        self._changing = threading.Lock()

    def ask(self, choices: Choices | None) -> Reading:
        """Have the files read with these choices, unless they are, or were just now.

        None for what they hold, of which nothing is judged; see `contents`.
        """
        files = tuple(self.spool.files)
        with self._changing:
            last = self.last
            if last and (last.files, last.choices) == (files, choices):
                return last
            self._give_up(self._wanted)
            if self._at and self._at.files != files:
                self._give_up(self._at)
            reading = self.last = self._wanted = Reading(files, choices)
            if not self._works:
                self._works = True
                threading.Thread(target=self._work, daemon=True).start()
        return reading

    def stop(self) -> None:
        """Do not go on with what is being read."""
        with self._changing:
            self._give_up(self._wanted)
            self._give_up(self._at)

    def forget(self) -> None:
        """Have the files be read anew for whoever asks next; what is being read is stopped."""
        self.stop()
        self.last = None

    def close(self) -> None:
        """Let go of everything."""
        self.forget()
        if self._process:
            self._process.end()

    def _give_up(self, reading: Reading | None) -> None:
        if reading is None:
            return
        reading.stopped = True
        if reading is self._wanted:  # it has not begun
            self._wanted = None
            reading.end()
        elif self._process and self._process.busy:
            self._process.end()
        with processes.turn:
            processes.turn.notify_all()

    def _work(self) -> None:
        while True:
            with self._changing:
                reading = self._at = self._wanted
                self._wanted = None
                if reading is None:
                    self._works = False
                    return
            try:
                self._read(reading)
            except Ended as problem:
                if not reading.stopped:
                    reading.problem, reading.cut_off = str(problem), True
            except (OSError, DamagedFile) as problem:
                why = getattr(problem, "strerror", None) or type(problem).__name__
                reading.problem, reading.cut_off = NOT_WRITTEN.format(why=why), True
            except Exception as problem:  # a process that was taken over writes what it likes
                why = type(problem).__name__[:30]
                reading.problem, reading.cut_off = ENDED.format(why=why), True
            finally:
                reading.end()

    def _read(self, reading: Reading) -> None:
        if not all(file.path.exists() for file in reading.files):
            reading.problem = GONE
            return
        process = self._process = processes.take(
            self._process, lambda: not reading.stopped, reading.queue
        )
        try:
            if reading.stopped:
                return
            before = list(self.spool.place().glob("made-*"))
            reading.place = self.spool.place() / f"made-{uuid.uuid4().hex}"
            reading.place.mkdir(mode=0o700)
            asked = {
                "files": [[file.name, str(file.path)] for file in reading.files],
                "choices": None if reading.choices is None else as_json(reading.choices),
                "place": str(reading.place),
            }
            reading.problem = process.ask(asked, reading.tell)
        finally:
            processes.rest(process)
        if not reading.problem and reading.choices is not None:
            reading.found = load(reading.place)
        for each in before:  # nobody shows anything of it any more
            shutil.rmtree(each, ignore_errors=True)


def contents(name: str, content: bytes) -> Contents:
    """What a single file holds, which is waited for.

    Raises
    ------
    DataError
        It cannot be read, or holds too much; or there is no room to read it.
    """
    spool = Spool(rights.who().name)
    try:
        spool.add(name, content)
        reading = Reader(spool).ask(None)
        reading.wait(_SECONDS_TO_WAIT)
        if not reading.done:
            raise DataError(BUSY)
        if reading.problem:
            raise DataError(reading.problem)
        return read_contents(reading.place)
    except (OSError, DamagedFile, LookupError, TypeError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or type(problem).__name__
        raise DataError(NOT_WRITTEN.format(why=why)) from None
    finally:
        spool.empty()


def load(place: Path) -> Understood:
    """What a process has written, with the first rows of its data alone.

    Raises
    ------
    OSError, DamagedFile, LookupError, TypeError, ValueError
        It is not what such a process writes.
    """
    plain, data = _about(place), None
    if plain["data"] is not None:
        with safe_open(place / ARRAYS, framework="numpy") as file:
            arrays = {name: _first(name, file) for name in file.keys()}  # noqa: SIM118
        data = _dataset(plain["data"], arrays)
    return understood_from_json(plain, data)


def _about(place: Path) -> dict[str, Any]:
    plain = read_json(place / UNDERSTOOD)
    if plain["data"] is not None and not names.is_own(plain["data"]["name"]):
        raise ValueError("no name")
    return plain


def _first(name: str, file: Any) -> np.ndarray:
    rows = file.get_slice(name)
    return rows[: min(FIRST_ROWS, rows.get_shape()[0])]  # limits are two rows


def _dataset(about: dict[str, Any], arrays: dict[str, np.ndarray]) -> Dataset:
    train, test = (
        Split(arrays[f"{of}.images"], arrays[f"{of}.labels"], arrays.get(f"{of}.targets"))
        for of in ("train", "test")
    )
    return Dataset(
        name=about["name"],
        train=train,
        test=test,
        classes=tuple(about["classes"]),
        source=about["source"],
        licence=about["licence"],
        columns=tuple(about["columns"]),
        limits=arrays.get("limits"),
        target=about["target"],
    )
