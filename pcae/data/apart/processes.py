"""The processes that read what visitors bring: how they start, are asked, are shared, and end.

Two there are at a time; whoever comes later waits for a place, in the order of their coming. One
that has answered rests, with what it has read, for a minute or until its place is wanted.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcae.data.apart.budget import MOST_MEMORY, MOST_SECONDS
from pcae.data.dataset import Told

PROGRAM = "pcae.data.apart.program"
MOST_PROCESSES, IDLE_SECONDS = 2, 60.0
TOO_LONG = (
    f"These files take longer than {MOST_SECONDS} seconds to read: bring fewer rows, or pictures."
)
TOO_MUCH = (
    f"These files take more than {MOST_MEMORY // 2**30} GB of memory to read: bring fewer rows, or "
    "smaller pictures."
)
ENDED = (
    "What read these files has ended before it was done ({why}): one of them may be damaged. Take "
    "some away, or try again."
)
_MEMORY_SECONDS = 0.5  # between looks at what it takes, where the system sets no limit
_SECONDS_TO_END = 2.0
_LONGEST_LINE = 10_000
# one thread each: what there is of memory is for what is read
_ALONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
_ENVIRONMENT = _ALONE | {"ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONIOENCODING": "utf-8"}


class Ended(Exception):
    """The process is not there any more; the message is a sentence that says why."""


class Process:
    """A process that reads, and how it is asked."""

    def __init__(self) -> None:
        apart: dict[str, Any] = {"start_new_session": True}  # Ctrl+C is for the server
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NO_WINDOW}
        self.busy, self.since, self._why = True, 0.0, ""
        self.resting = threading.Timer(0, self.end)
        self._popen = subprocess.Popen(
            [sys.executable, "-m", PROGRAM],
            cwd=Path(__file__).parents[3],
            env=os.environ | _ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            **apart,
        )

    @property
    def pid(self) -> int:
        """The system's number of it."""
        return self._popen.pid

    def is_there(self) -> bool:
        """Whether it can be asked."""
        if self in _there and self._popen.poll() is not None:
            self.end()
        return self in _there

    def ask(self, asked: dict[str, Any], told: Told) -> str:
        """Have it read; why nothing came of it, as a sentence, or nothing.

        Raises
        ------
        Ended
            It is not there any more.
        """
        late = threading.Timer(MOST_SECONDS, self.end, [TOO_LONG])
        late.daemon = True
        late.start()
        if sys.platform == "darwin":  # which sets no limit to memory
            threading.Thread(target=self._weigh, daemon=True).start()
        try:
            return self._answer(json.dumps(asked), told)
        except (OSError, ValueError, LookupError, TypeError):  # it has ended, or says what it likes
            raise Ended(self._why_ended()) from None
        finally:
            late.cancel()

    def _answer(self, asked: str, told: Told) -> str:
        to, out = self._popen.stdin, self._popen.stdout
        if to is None or out is None:
            raise ValueError("no pipes")
        to.write(f"{asked}\n")
        to.flush()
        while said := json.loads(out.readline(_LONGEST_LINE)):
            if "share" not in said:
                break
            told(min(max(float(said["share"]), 0.0), 1.0), str(said["words"])[:100])
        return str(said.get("problem", ""))

    def end(self, why: str = "") -> None:
        """End it at once, if it has not ended, and give its place to others."""
        self._why = self._why or why
        self.resting.cancel()
        self._popen.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_SECONDS_TO_END)
        with turn:
            if self in _there:
                _there.remove(self)
            turn.notify_all()

    def _why_ended(self) -> str:
        """Why it ended, after making sure that it has."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_SECONDS_TO_END)  # it may be at it
        code = self._popen.poll()
        self.end()
        if self._why:
            return self._why
        if code is not None and -code == getattr(signal, "SIGXCPU", None):
            return TOO_LONG
        return ENDED.format(why="it said what it should not" if code is None else f"code {code}")

    def _weigh(self) -> None:
        """End it where it takes too much memory, for as long as it is at it."""
        first = self._resident()
        while self.busy and self._popen.poll() is None:
            if self._resident() - first > MOST_MEMORY:
                self.end(TOO_MUCH)
            time.sleep(_MEMORY_SECONDS)

    def _resident(self) -> int:
        """Bytes that it has in memory; 0 where nobody says so."""
        command = ["/bin/ps", "-o", "rss=", "-p", str(self.pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return int(found) * 1024 if found.strip().isdecimal() else 0


turn = threading.Condition()
_there: list[Process] = []
_waiting: list[object] = []  # in the order of their coming


def running() -> list[Process]:
    """The processes that there are."""
    with turn:
        return _there.copy()


def take(own: Process | None, is_wanted: Callable[[], bool], wait: Callable[[], None]) -> Process:
    """A process for somebody: the one that they had, if it is still there, or one of a free place.

    Parameters
    ----------
    is_wanted : function
        Whether they still want it.
    wait : function
        Called where they have to wait.

    Raises
    ------
    Ended
        They do not want it any more.
    OSError
        No process can be started.
    """
    with turn:
        if own and own.is_there():
            own.busy = True
            own.resting.cancel()
            return own
        _waiting.append(me := object())
        try:
            while is_wanted():
                if _waiting[0] is me and _has_place():
                    _there.append(process := Process())
                    return process
                wait()
                turn.wait()
            raise Ended("It is not wanted any more.")
        finally:
            _waiting.remove(me)
            turn.notify_all()


def _has_place() -> bool:
    """Whether another process may start; of those that rest the one that did so longest goes."""
    resting = [process for process in _there if not process.busy]
    if len(_there) >= MOST_PROCESSES and resting:
        min(resting, key=lambda of: of.since).end()
    return len(_there) < MOST_PROCESSES


def rest(process: Process) -> None:
    """Have a process wait for what is asked of it next, a minute at most."""

    def end() -> None:
        with turn:
            if not process.busy:
                process.end()

    with turn:
        process.busy, process.since = False, time.monotonic()
        process.resting = threading.Timer(IDLE_SECONDS, end)
        process.resting.daemon = True
        process.resting.start()
        turn.notify_all()
