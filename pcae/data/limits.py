"""How much one upload may hold, all its files together.

What files declare is counted before anything of it is unpacked, decoded or parsed, so that a small
file that grows when it is read, a "bomb", costs next to nothing (D. Fifield, "A better zip bomb",
WOOT 2019). A few limits are of a single array, table or picture.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass

from pcae.data.dataset import DataError

MOST_UPLOADED = 200 * 2**20  # bytes as they come
MOST_BYTES = 2**30  # unpacked, and as many in memory as numbers
MOST_ROWS = 200_000  # of an array or a table
MOST_ROWS_TOGETHER = 4 * MOST_ROWS  # pictures and labels, to train on and to test
MOST_VALUES = 160_000_000  # of the rows to train on, or to test
MOST_FILES = 200_000  # with those in archives
MOST_DIRECTORY = 64 * 2**20  # bytes of a zip's table of contents
MOST_LINE = 2**20  # bytes of a line of a table
MOST_PICTURE_PIXELS, MOST_PICTURE_BYTES = 16_000_000, 32 * 2**20
MOST_PIXELS = 50 * MOST_PICTURE_PIXELS  # to decode: the fewest pictures that do, all of them large
MOST_PARTS = 2_000_000  # chunks of PNG and markers of JPEG files, which cost time one by one
PIECE = 2**20  # bytes that are unpacked and counted at a time
_GZIP = b"\x1f\x8b"


@dataclass
class Spent:
    """What the files of an upload have used so far; what goes beyond a limit is a `DataError`."""

    unpacked: int = 0  # bytes
    held: int = 0  # bytes, as numbers
    rows: int = 0
    files: int = 0
    pixels: int = 0
    parts: int = 0
    alone: bool = True  # whether what is read is the first of the files

    def begin(self, name: str) -> None:
        """Count a file that is read from here on."""
        self.alone = not self.files
        self.count_files(name, 1)

    def unpack(self, name: str, size: int) -> None:
        """Count bytes that come out of a gzipped file or an archive."""
        self.unpacked += size
        self._check_bytes(name, self.unpacked)

    def hold(self, name: str, size: int) -> None:
        """Count bytes of an array."""
        self.held += size
        self._check_bytes(name, self.held)

    def _check_bytes(self, name: str, used: int) -> None:
        if used > MOST_BYTES:
            together = "" if self.alone else ", with what came before it,"
            raise DataError(
                f"“{name}”{together} holds more than {in_words(MOST_BYTES)} when unpacked: choose "
                "fewer rows."
            )

    def count_rows(self, name: str, rows: int) -> None:
        """Count the rows of an array or a table."""
        if rows > MOST_ROWS:
            raise DataError(f"“{name}” has {rows:,} rows: choose at most {MOST_ROWS:,}.")
        self.rows += rows
        if self.rows > MOST_ROWS_TOGETHER:
            raise DataError(
                f"With “{name}” the files have more than {MOST_ROWS_TOGETHER:,} rows together: "
                "bring fewer."
            )

    def count_files(self, name: str, files: int) -> None:
        """Count files, and those that an archive holds."""
        self.files += files
        if self.files > MOST_FILES:
            raise DataError(
                f"With “{name}” there are {self.files:,} files: at most {MOST_FILES:,} are read."
            )

    def decode(self, name: str, pixels: int) -> None:
        """Count pixels that are to be decoded."""
        self.pixels += pixels
        if self.pixels > MOST_PIXELS:
            raise DataError(
                f"Up to “{name}” the pictures are as much work as more than "
                f"{MOST_PIXELS // 10**6} million pixels: make them smaller."
            )

    def count_parts(self, name: str, parts: int) -> None:
        """Count the parts that picture files are made of."""
        self.parts += parts
        if self.parts > MOST_PARTS:
            raise DataError(
                f"“{name}” is made of too many parts: save the pictures anew, without anything "
                "that is not picture."
            )


class File:
    """A file that may be gzipped, and is unpacked as far as somebody asks for it.

    Attributes
    ----------
    start : bytes
        Its first megabyte, unpacked.
    content : bytes or bytearray
        What has been unpacked so far; of a file that is not gzipped, all of it.
    """

    def __init__(self, name: str, raw: bytes, spent: Spent) -> None:
        self.name, self.packed, self._spent = name, raw.startswith(_GZIP), spent
        self.content: bytes | bytearray = raw
        if self.packed:
            spent.count_files(name, raw.count(_GZIP + b"\x08"))  # it may be several in a row
            self.content = bytearray()
            self._unpacked = gzip.GzipFile(fileobj=io.BytesIO(raw))
            self._next()
        self.start = bytes(self.content[:PIECE])

    def _next(self) -> bytes:
        piece = self._unpacked.read(PIECE)
        self._spent.unpack(self.name, len(piece))
        self.content += piece
        return piece

    def pieces(self) -> Iterator[bytes | memoryview]:
        """All of it, a megabyte at a time; of a gzipped file once."""
        if not self.packed:
            view = memoryview(self.content)
            yield from (view[at : at + PIECE] for at in range(0, len(view), PIECE))
            return
        piece = self.start
        while piece:
            yield piece
            piece = self._next()

    def whole(self, most: int) -> bytes | bytearray:
        """All of it; of a gzipped file with more than `most` bytes, no less than these."""
        for _ in self.pieces():
            if len(self.content) > most:
                break
        return self.content


def in_words(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 2**20:,.0f} MB"
