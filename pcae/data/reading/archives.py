"""Archives, zip and tar, as the files in them; nothing is written to disk, and no name is a path.

A zip's table of contents is counted before it is read, and its files are unpacked no further than
it says. Tars are read here and not by Python's `tarfile`, which takes quadratic time over a hostile
header (CVE-2024-6232) and runs in circles over another (CVE-2025-8194).
"""

from __future__ import annotations

import contextlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from pcae.data import limits
from pcae.data.dataset import DataError
from pcae.data.limits import (
    MOST_UPLOADED,
    PIECE,
    File,
    Raw,
    Spent,
    Stream,
    Text,
    in_words,
)

_ENTRY = b"PK\1\2"
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # which unpack by no more than is asked for
_UTF8, _ENCRYPTED = 0x800, 0x1
_BLOCK = 512  # bytes of a tar
_FILES, _LONG_NAME, _PAX = (b"0", b"\0", b"7"), b"L", b"x"
_PAX_PATH = re.compile(rb"(?:^|\n)\d+ path=([^\n]*)\n")
_LONGEST_PATH = 4096  # bytes
_NOWHERE = {"", ".", ".."}
_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/|(Thumbs\.db|desktop\.ini|Icon\r)$)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Member:
    """A file in an archive.

    Attributes
    ----------
    path : str
        Its folders and its name, parted by "/", for people: it is no path on any disk.
    size : int
        Bytes that it says it has, unpacked.
    open : callable
        Gives its bytes or a stream of them, as often as it is called.
    trouble : str
        Why it cannot be read, as what follows its name in a sentence; "" where it can.
    """

    path: str
    size: int
    open: Callable[[], Raw | Stream]
    trouble: str = ""

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[:-1])

    @cached_property
    def hidden(self) -> bool:
        """Whether a system has put it there, as macOS and Windows do."""
        return _HIDDEN.search(self.path) is not None

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, as many as it says, a megabyte at a time where they are unpacked."""
        found = self.open()
        if isinstance(found, Raw):
            yield bytes(found)
            return
        with found:
            yield from iter(lambda: found.read(PIECE), b"")

    def whole(self) -> bytes:
        """All of its bytes."""
        return b"".join(self.pieces())


def is_archive(start: bytes) -> bool:
    """Whether a file with this start is a zip or a tar."""
    return start.startswith((b"PK\3\4", b"PK\5\6")) or _is_tar(start)


def members(spent: Spent, name: str, file: File) -> list[Member]:
    """The files of an archive, in its order, without folders and links.

    Raises
    ------
    DataError
        They are more than is read.
    """
    raw = file.whole(MOST_UPLOADED)
    if len(raw) > MOST_UPLOADED:
        raise DataError(f"“{name}” holds an archive of more than {in_words(MOST_UPLOADED)}.")
    if _is_tar(file.start):
        return _of_tar(spent, name, memoryview(raw))
    return _of_zip(spent, name, raw)


def _plain(path: str) -> str:
    """A path as people know it: macOS writes an umlaut as two letters, Windows has backslashes."""
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
    return "/".join([part for part in parts if part not in _NOWHERE])


# ---------------------------------------------------------------- zip


def _of_zip(spent: Spent, name: str, raw: Text) -> list[Member]:
    spent.count_files(name, raw.count(_ENTRY))
    file = _Directory(raw)
    archive = zipfile.ZipFile(file)
    file.most = len(raw)
    entries = [of for of in archive.infolist() if not of.filename.endswith(("/", "\\"))]
    readable = [of for of in entries if not _trouble(of)]
    spent.unpack(name, sum(of.file_size for of in readable))
    if sum(of.compress_size for of in readable) > len(raw):
        raise DataError(f"“{name}” has files that share their bytes: pack it anew as a plain zip.")
    return [
        Member(_path(of), of.file_size, partial(archive.open, of), _trouble(of)) for of in entries
    ]


def _path(entry: zipfile.ZipInfo) -> str:
    """The path of an entry; where it does not say so, it may be UTF-8 all the same."""
    path = entry.filename
    if not (entry.flag_bits & _UTF8 or path.isascii()):
        with contextlib.suppress(UnicodeError):
            path = path.encode("cp437").decode()
    return _plain(path)


def _trouble(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _ENCRYPTED:
        return "is protected by a password: pack it anew without one"
    if entry.compress_type not in _PACKINGS:
        return "is packed in an unusual way: pack it anew as a plain zip (deflate)"
    return ""


class _Directory(io.BytesIO):
    """The bytes of a zip, of whose table of contents no more than is allowed is read."""

    most = limits.MOST_DIRECTORY

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > self.most:
            raise DataError("The archive's table of contents is too long: give files short names.")
        return super().read(size)


# ---------------------------------------------------------------- tar


def _same(raw: memoryview) -> memoryview:
    return raw


def _is_tar(start: bytes) -> bool:
    """Whether a header's sum is right; what it sums has blanks in the sum's place."""
    header = start[:_BLOCK]
    if len(header) < _BLOCK or not header[0]:
        return False
    try:
        return int(header[148:156].strip(b" \0"), 8) == sum(header) - sum(header[148:156]) + 256
    except ValueError:
        return False


def _of_tar(spent: Spent, name: str, raw: memoryview) -> list[Member]:
    found, named = [], b""
    for header, at, size in _entries(spent, name, raw):
        kind = header[156:157]
        if kind == _LONG_NAME:
            named = bytes(raw[at : at + min(size, _LONGEST_PATH)]).split(b"\0")[0]
        elif kind == _PAX:
            path = _PAX_PATH.search(bytes(raw[at : at + min(size, 4 * _LONGEST_PATH)]))
            named = path[1] if path else named
        else:
            if kind in _FILES:
                path_of = named or _ustar_path(header)
                plain = _plain(path_of.decode("utf-8", "replace"))
                found.append(Member(plain, size, partial(_same, raw[at : at + size])))
            named = b""
    return found


def _entries(spent: Spent, name: str, raw: memoryview) -> Iterator[tuple[bytes, int, int]]:
    """The headers of a tar, where what belongs to each starts, and its size."""
    at = 0
    while at + _BLOCK <= len(raw):
        header = bytes(raw[at : at + _BLOCK])
        if not any(header):
            return
        size = _number(header[124:136])
        at += _BLOCK
        if not 0 <= size <= len(raw) - at:
            raise EOFError("cut off")
        spent.count_files(name, 1)
        yield header, at, size
        at += -(-size // _BLOCK) * _BLOCK


def _number(field: bytes) -> int:
    """A number as tars have it: octal, or in base 256 where it is large."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    return int(field.strip(b" \0") or b"0", 8)


def _ustar_path(header: bytes) -> bytes:
    path = header[:100].split(b"\0")[0]
    prefix = header[345:500].split(b"\0")[0] if header[257:262] == b"ustar" else b""
    return prefix + b"/" + path if prefix else path
