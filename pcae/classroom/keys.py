"""The teacher's token and the key of the signatures: two files in `PCAE_HOME/class/`.

Whoever has the token is the teacher, so only its owner may read the file: what is found wider is
mended, and said. Each is made when it is first asked for, and read again when its file changes.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import secrets
import sys
from pathlib import Path

from filelock import FileLock

from pcae.files import home, write

_FORM = re.compile(r"[A-Za-z0-9_-]{32,128}")
_OTHERS = 0o077  # what a file's mode lets others than its owner do
_read: dict[Path, tuple[tuple[int, ...], str]] = {}  # with what the file was like


def token() -> str:
    """The teacher's token.

    Raises
    ------
    OSError
        It cannot be kept: the folder cannot be written.
    """
    return _secret("token")


def key() -> str:
    """The key of the signatures; see `token`."""
    return _secret("key")


def renew() -> None:
    """Have another token from now on: who came with the one before is no teacher any more."""
    _folder()
    _make(_path("token"))


def _path(name: str) -> Path:
    return _place(name, os.environ.get("PCAE_HOME"))


@functools.lru_cache(16)
def _place(name: str, _: str | None) -> Path:  # asked for often, and slow to find
    return home() / "class" / name


def _secret(name: str) -> str:
    path = _path(name)
    with contextlib.suppress(OSError, ValueError):
        return _found(path)
    _folder()
    with FileLock(path.with_name(f".{name}.lock")):  # another process may make it at this moment
        try:
            return _found(path)
        except (FileNotFoundError, ValueError):
            _make(path)
        return _found(path)


def _found(path: Path) -> str:
    """What the file holds; of one that others may read, once it is its owner's alone."""
    of = path.stat()
    state = (of.st_ino, of.st_mtime_ns, of.st_size, of.st_mode)
    known, text = _read.get(path, (None, ""))
    if known == state:
        return text
    _mend(path.parent)
    _mend(path)
    text = path.read_text("ascii").strip()
    if not _FORM.fullmatch(text):
        raise ValueError
    _read[path] = (state, text)
    return text


def _make(path: Path) -> None:
    write(path, secrets.token_urlsafe(32))  # a new file of ours is its owner's alone


def _folder() -> None:
    folder = home() / "class"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _mend(folder)


def _mend(path: Path) -> None:
    """Let nobody but its owner read a file or a folder."""
    mode = path.stat().st_mode
    if os.name == "nt" or not mode & _OTHERS:  # Windows keeps a home for its owner by other means
        return
    try:
        path.chmod(mode & ~_OTHERS & 0o7777)
        done = "now only its owner can"
    except OSError as problem:
        done = f"that cannot be changed ({problem.strerror}): set PCAE_HOME to a folder of your own"
    print(
        f"{path} could be read by others; {done}. If the class is open already, "
        "`python -m pcae class --new-link` makes another link for the teacher.",
        file=sys.stderr,
        flush=True,
    )
