"""How much one upload may hold, all its files together.

What files declare is counted before anything of it is unpacked, decoded or parsed, so that a small
file that grows when it is read, a "bomb", costs next to nothing (D. Fifield, "A better zip bomb",
WOOT 2019). A few limits are of a single array, table or picture.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from pcae.data.dataset import DataError

MOST_UPLOADED = 200 * 2**20  # bytes as they come
MOST_BYTES = 2**30  # unpacked
MOST_HELD = 448 * 2**20  # bytes in memory as numbers: as float64 70,000 pictures of 28 × 28
MOST_MADE = 900 * 2**20  # bytes in memory while a data set is made of them
MOST_ROWS = 200_000  # of an array or a table
MOST_ROWS_TOGETHER = 4 * MOST_ROWS  # pictures and labels, to train on and to test
MOST_VALUES = 160_000_000  # of the rows to train on, or to test
MOST_FILES = 80_000  # with those in archives
MOST_OPENED = 200  # of these, tables and arrays
MOST_PICTURES = 20_000  # to decode; of more, so many are drawn
MOST_SMALL = 64 * 2**20  # bytes of picture files that are kept between two looks at them
MOST_DIRECTORY = 64 * 2**20  # bytes of a zip's table of contents
MOST_LINE = 2**20  # bytes of a line of a table
MOST_TEXT = 160 * 2**20  # bytes of all tables' text
MOST_JUDGED = 2 * 2**20  # letters of first lines, by which the forms of tables are judged
MOST_PICTURE_PIXELS, MOST_PICTURE_BYTES = 16_000_000, 32 * 2**20
MOST_PIXELS = 50 * MOST_PICTURE_PIXELS  # to decode: the fewest pictures that do, all of them large
MOST_PARTS = 2_000_000  # chunks of PNG and markers of JPEG files, which cost time one by one
PIECE = 2**20  # bytes that are unpacked and counted at a time
_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
_FED = 2**16  # bytes of a packed file at a time
_SLOWER = 2  # times that bzip2 and xz take to unpack as much
_XZ_MEMORY = 2**27  # bytes

_UNPACKERS: dict[bytes, Callable[[], Any]] = {
    _GZIP: lambda: zlib.decompressobj(wbits=31),
    _BZIP2: bz2.BZ2Decompressor,
    _XZ: lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
}

Text = bytes | bytearray
Raw = Text | memoryview
Stream = IO[bytes]


@dataclass
class Spent:
    """What the files of an upload have used so far; what goes beyond a limit is a `DataError`.

    What is refused is not counted, so that smaller files after it are read; work that was done is.
    """

    unpacked: int = 0  # bytes
    held: int = 0  # bytes, as numbers
    rows: int = 0
    files: int = 0
    pixels: int = 0
    parts: int = 0
    text: int = 0  # bytes
    judged: int = 0  # letters
    alone: bool = True  # whether what is read is the first of the files

    def begin(self, name: str) -> None:
        """Count a file that is read from here on."""
        self.alone = not self.files
        self.count_files(name, 1)

    def unpack(self, name: str, size: int) -> None:
        """Count bytes that come out of a gzipped file or an archive."""
        self._check_bytes(name, self.unpacked + size, MOST_BYTES)
        self.unpacked += size

    def hold(self, name: str, size: int) -> None:
        """Count bytes of an array."""
        self._check_bytes(name, self.held + size, MOST_HELD)
        self.held += size

    def _check_bytes(self, name: str, used: int, most: int) -> None:
        if used > most:
            together = "" if self.alone else ", with what came before it,"
            raise DataError(
                f"“{name}”{together} holds more than {in_words(most)} when unpacked: choose "
                "fewer rows."
            )

    def count_rows(self, name: str, rows: int) -> None:
        """Count the rows of an array or a table."""
        if rows > MOST_ROWS:
            raise DataError(f"“{name}” has {rows:,} rows: choose at most {MOST_ROWS:,}.")
        if self.rows + rows > MOST_ROWS_TOGETHER:
            raise DataError(
                f"With “{name}” the files have more than {MOST_ROWS_TOGETHER:,} rows together: "
                "bring fewer."
            )
        self.rows += rows

    def count_files(self, name: str, files: int) -> None:
        """Count files, and those that an archive holds."""
        if self.files + files > MOST_FILES:
            raise DataError(
                f"With “{name}” there are {self.files + files:,} files: at most {MOST_FILES:,} are "
                "read."
            )
        self.files += files

    def parse(self, name: str, size: int) -> None:
        """Count bytes of a table's text."""
        if self.text + size > MOST_TEXT:
            together = "" if self.alone else ", with the tables before it,"
            raise DataError(
                f"“{name}”{together} has more than {in_words(MOST_TEXT)} of text: choose fewer "
                "rows, or save it as .npz or Parquet."
            )
        self.text += size

    def judge(self, name: str, letters: int) -> None:
        """Count letters of a table's first lines."""
        self.judged += letters

    def check_judged(self, name: str) -> None:
        """Refuse a table after very many others."""
        if self.judged >= MOST_JUDGED:
            raise DataError(f"“{name}” comes after too many other tables: choose it by itself.")

    def decode(self, name: str, pixels: int) -> None:
        """Count pixels that are to be decoded."""
        if self.pixels + pixels > MOST_PIXELS:
            raise DataError(
                f"Up to “{name}” the pictures are as much work as more than "
                f"{MOST_PIXELS // 10**6} million pixels: make them smaller."
            )
        self.pixels += pixels

    def count_parts(self, name: str, parts: int) -> None:
        """Count the parts that picture files are made of."""
        self.parts += parts
        if self.parts > MOST_PARTS:
            raise DataError(
                f"“{name}” is made of too many parts: save the pictures anew, without anything "
                "that is not picture."
            )


class File:
    """A file that may be packed, and is unpacked as far as somebody asks for it.

    Attributes
    ----------
    name : str
        For sentences.
    packed : bool
        Whether it comes out of a gzip, bzip2 or xz file, or of an archive.
    start : bytes
        Its first megabyte, unpacked.
    content : bytes or bytearray
        What has been unpacked so far; of a file that is not packed, all of it.
    """

    def __init__(self, name: str, raw: Raw | Stream, spent: Spent) -> None:
        """Of bytes, or of a stream out of an archive, whose size has been counted."""
        self.name, self.packed, self._spent = name, not isinstance(raw, Raw), spent
        self.content: Text = b""
        self._pieces: Iterator[bytes] = iter(())
        if isinstance(raw, Raw):
            self.content = bytes(raw) if isinstance(raw, memoryview) else raw
        else:
            self._unpack_from(iter(lambda: raw.read(PIECE), b""))
        if packing := _packing(bytes(self.content[:6])):
            self._unpack(packing)
        self.start = bytes(self.content[:PIECE])

    def _unpack_from(self, pieces: Iterator[bytes]) -> None:
        self.content = self._grown = bytearray()
        self.packed, self._pieces = True, pieces
        self._next()

    def _unpack(self, packing: bytes) -> None:
        raw = self.whole(MOST_UPLOADED)
        if len(raw) > MOST_UPLOADED:
            raise DataError(f"“{self.name}” holds a packed file of more than 200 MB.")
        if packing == _GZIP:  # it may be several in a row
            self._spent.count_files(self.name, raw.count(_GZIP + b"\x08"))
        self._unpack_from(self._counted(_unpacked(raw, _UNPACKERS[packing]), packing))

    def _counted(self, pieces: Iterator[bytes], packing: bytes) -> Iterator[bytes]:
        for piece in pieces:
            cost = len(piece) * (1 if packing == _GZIP else _SLOWER)
            self._spent.unpack(self.name, cost)
            yield piece

    def _next(self) -> bytes:
        piece = next(self._pieces, b"")
        self._grown += piece
        return piece

    def pieces(self) -> Iterator[bytes | memoryview]:
        """All of it, a megabyte at a time; of a packed file once."""
        if not self.packed:
            view = memoryview(self.content)
            yield from (view[at : at + PIECE] for at in range(0, len(view), PIECE))
            return
        piece = self.start
        while piece:
            yield piece
            piece = self._next()

    def whole(self, most: int) -> Text:
        """All of it; of a packed file with more than `most` bytes, no less than these."""
        while self.packed and len(self.content) <= most and self._next():
            pass
        return self.content


def _packing(start: bytes) -> bytes:
    """What a file is packed with; nothing if it is not."""
    return next((sign for sign in _UNPACKERS if start.startswith(sign)), b"")


def inflated(raw: Raw) -> Iterator[bytes]:
    """What was packed with zlib, at most a megabyte at a time."""
    return _unpacked(raw, zlib.decompressobj)


def _unpacked(raw: Raw, make: Callable[[], Any]) -> Iterator[bytes]:
    """What a packed file holds, at most a megabyte at a time; it may be several in a row.

    Python's own readers of such files take a header letter by letter, or all that they are given.
    """
    view, at = memoryview(raw), 0
    while at < len(view):
        unpacker, waiting = make(), b""
        while not unpacker.eof:
            fed: Raw = waiting
            if getattr(unpacker, "needs_input", not waiting):
                fed = view[at : at + _FED]
                at += len(fed)
                if not fed:
                    raise EOFError("cut off")
            if piece := unpacker.decompress(fed, PIECE):
                yield piece
            waiting = getattr(unpacker, "unconsumed_tail", b"")
        at -= len(unpacker.unused_data)
        if at < len(view) and not view[at]:  # tape's blocks are filled with zeros
            if bytes(view[at:]).strip(b"\0"):
                raise EOFError("no packed file")
            break


def made(array: np.ndarray, *, columns: bool) -> int:
    """Bytes that it takes to make a data set of an array, with the array itself.

    Columns are looked at one by one, which takes long as well, and put side by side again; rows
    are scaled as float32, and some of these copied.
    """
    return 3 * array.nbytes + 7 * array.size if columns else array.nbytes + 5 * array.size


def in_words(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 2**20:,.0f} MB"
