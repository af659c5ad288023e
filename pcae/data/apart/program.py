"""The process that reads what a visitor has brought: a damaged or hostile file takes no more down.

`pcae.data.apart.processes` starts it and asks by lines of JSON at its standard input: which files
and what was chosen. By lines of JSON it says how far it is, and then that it is done, or why not.
What came of it lies in a folder by then: `arrays.safetensors`, and `understood.json` with all else.
What files hold it keeps while it is asked about the same ones, so that another choice is quick.

It has limits on memory, time and disk where the system sets them. It ends with whoever started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pcae.data.apart.budget import ARRAYS, MOST_MEMORY, MOST_SECONDS, MOST_WRITTEN, UNDERSTOOD
from pcae.data.apart.handing_over import write_arrays, write_contents
from pcae.data.choices import Choices, Understood, from_json, understood_as_json
from pcae.data.contents import Contents
from pcae.data.dataset import DataError, Dataset, Told, reading
from pcae.data.judging import understanding
from pcae.data.reading import uploads
from pcae.files import write_json

_TELL_SECONDS = 0.1  # at most so often


class Program:
    """What it reads, and what it keeps of it."""

    def __init__(self) -> None:
        self._read: tuple[object, Contents] | None = None

    def answer(self, asked: dict[str, Any], told: Told) -> None:
        """Understand files, and write what came of it into the folder that is named.

        Where nothing is to be chosen, that is what they hold.

        Raises
        ------
        DataError
            They cannot be read.
        """
        choices = from_json(asked["choices"])
        contents = self._contents(asked["files"], choices, told)
        if asked["choices"] is None:
            return write_contents(Path(asked["place"]), contents)
        told(1.0, "Making the data of it")
        source = ", ".join(name for name, _ in asked["files"])
        write(Path(asked["place"]), understanding.understand(contents, choices, source))

    def _contents(self, files: list[list[str]], choices: Choices, told: Told) -> Contents:
        key = (files, choices.side, choices.headed)
        if self._read is None or self._read[0] != key:
            self._read = None  # before as much again is taken
            paths = {name: Path(path) for name, path in files}
            found = uploads.read(paths, side=choices.side, headed=choices.headed, told=told)
            self._read = key, found
        return self._read[1]


def write(place: Path, found: Understood) -> None:
    """Write what came of files into a folder."""
    about = None
    if found.data is not None:
        about = _about(found.data)
        write_arrays(place / ARRAYS, found.data.arrays)
    write_json(place / UNDERSTOOD, understood_as_json(found) | {"data": about}, durable=False)


def _about(data: Dataset) -> dict[str, Any]:
    names = ("name", "classes", "source", "licence", "columns", "target")
    return {name: getattr(data, name) for name in names}


# ---------------------------------------------------------------- the process


def _limit() -> None:
    """Have the system refuse more memory than allowed, and files that are too large."""
    if sys.platform == "win32":
        return
    import resource

    def limit(kind: int, most: int) -> None:
        with contextlib.suppress(OSError, ValueError):  # macOS has some by name alone
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most, hard))

    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, MOST_WRITTEN)
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit(resource.RLIMIT_AS, pages * resource.getpagesize() + MOST_MEMORY)


def _limit_time() -> None:
    """Have the system end this process when one answer takes too long."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + MOST_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _lines() -> queue.SimpleQueue[str]:
    """What is asked, line by line; when nobody can ask any more, this process ends at once."""
    found: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            found.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return found


def main() -> None:
    """Answer until nobody asks any more."""
    asked, out, program = _lines(), os.fdopen(os.dup(1), "w", encoding="utf-8"), Program()
    os.dup2(2, 1)  # what a library prints is no answer
    last = 0.0

    def say(**words: object) -> None:
        out.write(json.dumps(words) + "\n")
        out.flush()

    def told(share: float, words: str) -> None:
        nonlocal last
        if time.monotonic() - last > _TELL_SECONDS:
            last = time.monotonic()
            say(share=float(share), words=words)

    _limit()
    while True:
        line = asked.get()
        _limit_time()
        try:
            with reading("What was brought", "Bring other files."):
                program.answer(json.loads(line), told)
            say(done=True)
        except DataError as problem:
            say(problem=str(problem))


if __name__ == "__main__":
    main()
