"""A folder of files that is written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

_MOST_TEXT = 2**24  # bytes of an index


class NotWritten(Exception):
    """Why a folder was not written, as a sentence."""


def check(folder: Path, index: str) -> None:
    """See that a folder is new, empty, or one of ours: with an index that names all its files.

    Raises
    ------
    NotWritten
        It holds something else, or there is no folder that it could be in.
    """
    if not folder.parent.is_dir():
        raise NotWritten(f"There is no folder {folder.parent}: make it, or name another.")
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise NotWritten(f"{folder} is no folder: name another, or remove it.")
    there = {path.relative_to(folder).as_posix() for path in _files(folder)}
    others = sorted(there - _named(folder / index))
    if others:
        raise NotWritten(
            f"{folder} holds something else ({others[0][:80]}), which would be lost: name a new "
            "folder, or an earlier one of this kind."
        )


def write(folder: Path, index: str, files: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write files into a new folder, or in place of an earlier one; how many, and their bytes.

    Raises
    ------
    NotWritten
        See `check`.
    OSError
        The disk is full, or the folder cannot be written. What was there is untouched.
    """
    folder = folder.absolute()
    check(folder, index)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    count = size = 0
    try:
        for address, content in files:
            path = made / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            count, size = count + 1, size + len(content)
        made.chmod(0o755)  # a web server may be another user
        check(folder, index)
        _put(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return count, size


def _put(made: Path, folder: Path) -> None:
    """Move a folder to its place, and what is there out of it."""
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.old."))
    folder.rename(old / folder.name)
    try:
        made.rename(folder)
    except BaseException:
        (old / folder.name).rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _named(index: Path) -> set[str]:
    """The files that an index names; none where it is no index."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if index.stat().st_size <= _MOST_TEXT:
            found = json.loads(index.read_text("utf-8"))
            files = found.get("files") if isinstance(found, dict) else None
            if isinstance(files, list):
                return {of for of in files if isinstance(of, str)}
    return set()
