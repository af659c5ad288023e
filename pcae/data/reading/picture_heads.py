"""What picture files say of themselves, read without decoding: their size and how they lie.

What in them is no picture (texts, profiles, thumbnails, notes of cameras) is taken out on the way,
since Pillow unpacks or copies it, which a file of a few kilobytes can make gigabytes of.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import NamedTuple

from pcae.data.limits import MOST_PARTS, Spent

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")  # of which pixels are made
_PNG_WORK = {b"\2": 2, b"\4": 2, b"\6": 4}  # colours, and what is seen through
_WEBP_BYTES, _SCANNED_BYTES = 10, 3  # pixels that a byte of these takes as long as
_SCANS = 12  # of a progressive JPEG take about as long as decoding it
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ORIENTATION, _SAMPLES, _BITS = 0x112, 277, 258
_HIDDEN_TAGS = {_ORIENTATION, 0x8769, 0x8825, 0xA005, 0x14A}  # besides, other lists of a TIFF's
_UNKNOWN_TAG, _MOST_TAGS = 0xFFFE, 1_000
_TAG_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


class Head(NamedTuple):
    """What a picture file says.

    Attributes
    ----------
    size : tuple of int
        Columns and rows, as it is stored.
    orientation : int
        How it lies, as EXIF has it: 1 is upright, 6 wants a quarter turn clockwise.
    raw : bytes
        The file without what is no picture.
    work : int
        Pixels, as what decoding it takes.
    several : bool
        Whether there are pictures after the first.
    quick : bool
        Whether it can be decoded at an eighth of its size in less time.
    """

    size: tuple[int, int]
    orientation: int
    raw: bytes
    work: int
    several: bool = False
    quick: bool = False


def is_picture(start: bytes) -> bool:
    """Whether a file with this start is one of a picture."""
    return _reader(start) is not None


def head(spent: Spent, name: str, raw: bytes) -> Head:
    """What a picture file says of itself.

    Raises
    ------
    DataError
        It is made of too many parts.
    Exception
        It is none, or damaged.
    """
    reader = _reader(raw)
    if reader is None:
        raise ValueError("no picture")
    found = reader(spent, name, raw)
    if min(found.size) < 1:
        raise ValueError("no size")
    return found


def _reader(start: bytes) -> Callable[[Spent, str, bytes], Head] | None:
    if start.startswith(_PNG):
        return _png
    if start.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if start.startswith((b"GIF87a", b"GIF89a")):
        return _gif
    if start.startswith((b"II*\0", b"MM\0*")):
        return _tiff
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0":
        return _bmp
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return _webp
    return None


def _png(spent: Spent, name: str, raw: bytes) -> Head:
    size: tuple[int, int] = struct.unpack(">II", raw[16:24])
    at, kept, parts, lies, several = len(_PNG), [_PNG], 0, 1, False
    while at + 8 <= len(raw):
        end = at + 12 + int.from_bytes(raw[at : at + 4], "big")
        kind = raw[at + 4 : at + 8]
        if (kind == b"IHDR") != (parts == 0):
            raise ValueError("no single header")
        if kind in _PNG_CHUNKS:
            kept.append(raw[at:end])
        elif kind == b"eXIf":
            lies = _orientation(raw[at + 8 : end - 4])
        several = several or kind == b"acTL"
        at, parts = end, parts + 1
    spent.count_parts(name, parts)
    work = _PNG_WORK.get(raw[25:26], 1) * max(1, raw[24] // 8) * math.prod(size)
    return Head(size, lies, b"".join(kept), work, several)


def _jpeg(spent: Spent, name: str, raw: bytes) -> Head:
    spent.count_parts(name, raw.count(b"\xff") - raw.count(b"\xff\0"))
    at, kept, size, lies = 2, [raw[:2]], (0, 0), 1
    while raw[at] == 0xFF and raw[at + 1] != 0xDA:
        marker, end = raw[at + 1], at + 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
        if marker == 0xFF:  # letters that fill up
            at += 1
            continue
        if marker in _FRAMES:
            rows, columns = struct.unpack(">HH", raw[at + 5 : at + 9])
            size = columns, rows
        elif marker == 0xE1 and raw[at + 4 : at + 10] == b"Exif\0\0" and lies == 1:
            lies = _orientation(raw[at + 10 : end])
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(raw[at:end])
        at = end
    kept.append(raw[at:])
    scans = raw.count(b"\xff\xda", at)
    work = (1 + (scans > 1) + scans // _SCANS) * math.prod(size)
    if scans > 1:
        work += _SCANNED_BYTES * len(raw)
    return Head(size, lies, b"".join(kept), work, quick=scans < 2)


def _gif(spent: Spent, name: str, raw: bytes) -> Head:
    columns, rows, flags = struct.unpack("<HHB", raw[6:11])
    at = 13 + _gif_colours(flags)
    kept = [raw[:at]]
    while raw[at] == 0x21:
        end = _gif_blocks(spent, name, raw, at + 2)
        if raw[at + 1] == 0xF9:  # which colour cannot be seen
            kept.append(raw[at:end])
        at = end
    if raw[at] != 0x2C:
        raise ValueError("no picture")
    left, top, width, height, flags = struct.unpack("<4HB", raw[at + 1 : at + 10])
    size = max(columns, left + width), max(rows, top + height)
    end = _gif_blocks(spent, name, raw, at + 11 + _gif_colours(flags))
    kept += [raw[at:end], b";"]
    return Head(size, 1, b"".join(kept), 2 * math.prod(size), raw[end : end + 1] != b";")


def _gif_colours(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_blocks(spent: Spent, name: str, raw: bytes, at: int) -> int:
    """Where blocks end."""
    parts = 0
    while raw[at] and parts <= MOST_PARTS:
        at, parts = at + 1 + raw[at], parts + 1
    spent.count_parts(name, parts)
    return at + 1


def _bmp(spent: Spent, name: str, raw: bytes) -> Head:
    if raw[14] == 12:
        columns, rows = struct.unpack("<HH", raw[18:22])
        return Head((columns, rows), 1, raw, columns * rows)
    columns, rows = struct.unpack("<ii", raw[18:26])
    if raw[30] in (1, 2):  # runs, which Pillow takes one by one
        spent.count_parts(name, len(raw) // 2)
    size = columns, abs(rows)
    return Head(size, 1, raw, math.prod(size))


def _webp(spent: Spent, name: str, raw: bytes) -> Head:
    kind, lies, several = raw[12:16], 1, False
    if kind == b"VP8X":
        size = tuple(int.from_bytes(raw[at : at + 3], "little") + 1 for at in (24, 27))
        several = bool(raw[20] & 2)
        at, parts = 12, 0
        while at + 8 <= len(raw):
            end = at + 8 + int.from_bytes(raw[at + 4 : at + 8], "little")
            if raw[at : at + 4] == b"EXIF":
                lies = _orientation(raw[at + 8 : end].removeprefix(b"Exif\0\0"))
            at, parts = end + end % 2, parts + 1
        spent.count_parts(name, parts)
    elif kind == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        columns, rows = struct.unpack("<HH", raw[26:30])
        size = columns & 0x3FFF, rows & 0x3FFF
    work = 3 * math.prod(size) + _WEBP_BYTES * len(raw)
    return Head((size[0], size[1]), lies, raw, work, several)


def _tiff(spent: Spent, name: str, raw: bytes) -> Head:
    order = "<" if raw.startswith(b"II") else ">"
    (at,) = struct.unpack(f"{order}I", raw[4:8])
    (tags,) = struct.unpack(f"{order}H", raw[at : at + 2])
    if tags > _MOST_TAGS:
        raise ValueError("no tags of a picture")
    found, values, taken, bare = {}, 0, 0, bytearray(raw)
    for entry in range(at + 2, at + 2 + 12 * tags, 12):
        tag, kind, count = struct.unpack(f"{order}HHI", raw[entry : entry + 8])
        short = struct.unpack(f"{order}H", raw[entry + 8 : entry + 10])[0]
        found[tag] = (
            short if kind == 3 else struct.unpack(f"{order}I", raw[entry + 8 : entry + 12])[0]
        )
        if tag in _HIDDEN_TAGS:
            bare[entry : entry + 2] = struct.pack(f"{order}H", _UNKNOWN_TAG)
        width = _TAG_BYTES.get(kind, 0)
        values += count if width > 1 else 0
        taken += width * count
    if taken > 2 * len(raw):
        raise ValueError("more than there is")
    spent.count_parts(name, tags + values)
    end = at + 2 + 12 * tags
    several = any(raw[end : end + 4])
    size = found[256], found[257]
    lies = found.get(_ORIENTATION, 1)
    samples = found.get(_SAMPLES, 1)
    depth = found.get(_BITS, 1) // 8 if samples == 1 else 1
    work = (1 + samples) * max(1, depth) * math.prod(size)
    return Head(size, lies, bytes(bare), work, several)


def _orientation(exif: bytes) -> int:
    """How a picture lies, by the notes of a camera."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    try:
        if order:
            (at,) = struct.unpack(f"{order}I", exif[4:8])
            (tags,) = struct.unpack(f"{order}H", exif[at : at + 2])
            for entry in range(at + 2, at + 2 + 12 * min(tags, _MOST_TAGS), 12):
                tag, value = struct.unpack(f"{order}H6xH", exif[entry : entry + 10])
                if tag == _ORIENTATION and 1 <= value <= 8:
                    return int(value)
    except struct.error:
        pass
    return 1
