"""Where pcae keeps its files, and the only ways it writes them.

Every file is written beside its place and then moved onto it, so a reader sees the
old file or the new one and never half of one. Arrays are safetensors, settings JSON;
nothing here can execute what it reads.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
from platformdirs import user_cache_path
from safetensors import safe_open
from safetensors.numpy import save

from pcae.forms import Form, misfit

FREE_SPACE = "free space in the cache folder, or set PCAE_HOME to a folder that can be written."
_MOST_TEXT = 4 * 2**20  # bytes: the names of 4,096 columns take a quarter of it
_PATIENCE_SECONDS = 2

T = TypeVar("T")


class DamagedFile(Exception):
    """A file of ours that cannot be read; the message names it and what to do."""


def home() -> Path:
    """The folder of the run store and the caches: `PCAE_HOME`, else the platform's cache folder."""
    named = os.environ.get("PCAE_HOME")
    return Path(named).expanduser().absolute() if named else user_cache_path("pcae")


def write(path: Path, content: bytes | memoryview | str, *, durable: bool = True) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    durable : bool, default=True
        Wait until the disk has it. Progress that is rewritten several times a second
        need not.

    Raises
    ------
    OSError
        The folder is not there or cannot be written, or the disk is full. The old file is
        untouched.
    """
    with writing(path, durable=durable) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def writing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write piece by piece, which is in its place once it is whole; see `write`."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        _patiently(lambda: Path(temporary).replace(path))
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def write_json(path: Path, value: Any, *, durable: bool = True) -> None:
    """Write a JSON file, keys sorted, whole or not at all."""
    write(path, json.dumps(value, indent=1, sort_keys=True) + "\n", durable=durable)


def read_json(
    path: Path, form: Form | None = None, usual: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Read a JSON object.

    Parameters
    ----------
    form : mapping of str to function, optional
        What the value of each name has to be; see `pcae.forms`. There may be more names.
    usual : mapping, optional
        The values of names that may be missing.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    DamagedFile
        It is cut short, not a JSON object of finite numbers, or not of this form.
    """
    words = read_text(path)
    try:
        value = json.loads(words, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as problem:
        raise damaged(path, problem) from None
    if not isinstance(value, dict):
        raise damaged(path, "no JSON object")
    found = {**(usual or {}), **value}
    if wrong := misfit(found, form or {}):
        raise damaged(path, wrong)
    return found


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(f"{word[:20]} is no number that can be used")
    return number


def write_arrays(
    path: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, str] | None = None
) -> None:
    """Write named arrays, with a few words about them, as one safetensors file."""
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write(path, save(whole, metadata=dict(about or {})))


def read_arrays(
    path: Path, *, prefix: str | tuple[str, ...] = ""
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Read the arrays whose names start with `prefix`, and the words about the file.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    DamagedFile
        It is cut short or not a safetensors file.
    """

    def read() -> tuple[dict[str, np.ndarray], dict[str, str]]:
        _size(path)
        path.open("rb").close()  # safetensors says "not found" whatever hinders it
        with safe_open(path, framework="numpy") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118
            return {name: file.get_tensor(name) for name in names}, dict(file.metadata() or {})

    try:
        return _patiently(read)
    except FileNotFoundError:
        raise
    except Exception as problem:  # a damaged file can make its reader fail in any way
        raise damaged(path, problem) from None


def read_text(path: Path) -> str:
    """Read a text file; see `read_json` for what it raises."""

    def read() -> str:
        if (size := _size(path)) > _MOST_TEXT:
            raise ValueError(f"it has {size:,} bytes, and such a file has {_MOST_TEXT:,} at most")
        return path.read_text("utf-8")

    try:
        return _patiently(read)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as problem:
        raise damaged(path, problem) from None


def is_there(path: Path) -> bool:
    """Whether there is something of this name; not where the system will not say."""
    try:
        return path.exists()
    except OSError:
        return False


def _size(path: Path) -> int:
    """Bytes of a file; of what would be read without an end, such as a pipe, there are none."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is no file")
    return found.st_size


def clock_of(folder: Path) -> float:
    """The time by which files in a folder are dated now, in seconds since 1970.

    A shared disk may go by another clock than this machine.
    """
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".") as file:
            return os.fstat(file.fileno()).st_mtime
    except OSError:
        return time.time()


def damaged(path: Path, why: object) -> DamagedFile:
    """The error for a file of ours that cannot be read."""
    return DamagedFile(f"{path} is damaged ({why}). Delete it and make it again.")


def _patiently(act: Callable[[], T]) -> T:
    """Do it, for a while again where Windows refuses since another process has the file open."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return act()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > end:
                raise
            time.sleep(0.02)
