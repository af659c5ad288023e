"""Pictures in a zip, with the folders that they are in for labels.

A first round reads the pictures' sizes from their starts and counts what there will be to decode;
a second decodes one after the other.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from typing import NamedTuple

import numpy as np
from PIL import Image

from pcae.data import owndata
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_PICTURE_BYTES, MOST_PICTURE_PIXELS, MOST_VALUES, Spent
from pcae.names import MAX_SIDE

_FORMATS = ("PNG", "JPEG")
_ENDINGS = (".png", ".jpg", ".jpeg")
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")  # of which pixels are made
_SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
_SCANS = 12  # of a progressive JPEG take about as long as decoding it


class MixedSizes(DataError):
    """Pictures of several sizes, or too large: a side has to be chosen to fit them into."""


class _Picture(NamedTuple):
    """A picture in an archive; its size is columns and rows."""

    info: zipfile.ZipInfo
    folders: list[str]
    size: tuple[int, int]


def read_pictures(
    spent: Spent,
    name: str,
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    side: int | None,
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Grey pictures and their labels, by their names, and what was done on the way, as sentences.

    Parameters
    ----------
    side : int, optional
        Fit the pictures into squares of this side; else they keep their size.

    Raises
    ------
    MixedSizes
        No side is given, and they have several sizes or are too large.
    DataError
        There is none, one cannot be read, or they are more than is read.
    """
    pictures = _listed(spent, name, archive, entries)
    if not pictures:
        raise DataError(
            f"“{name}” holds no PNG or JPEG pictures: put them into a folder for each class."
        )
    _check(spent, name, pictures, side)
    found: dict[str, tuple[list[np.ndarray], list[str]]] = {}
    for picture in pictures:
        grey = _decoded(spent, name, archive, picture)
        if side:
            grey = _fit(grey, side)
        splits = [_SPLITS[of.lower()] for of in picture.folders if of.lower() in _SPLITS]
        folders = [of for of in picture.folders if of.lower() not in _SPLITS]
        images, labels = found.setdefault(splits[0] if splits else "train", ([], []))
        images.append(np.asarray(grey))
        labels.append(folders[-1] if folders else "")
    if "train" not in found:
        found = {"train": found["test"]}
    arrays = {}
    for split, (images, labels) in found.items():
        start = "test " if split == "test" else ""
        arrays[f"{start}images"] = np.stack(images)
        if len(set(labels)) > 1 or split == "test":
            arrays[f"{start}labels"] = np.array([label[:100] for label in labels])
    done = f"Every picture was fitted into {side}×{side} pixels, with its proportions and black"
    return arrays, [f"{done} around it."] if side else []


def _listed(
    spent: Spent, name: str, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> list[_Picture]:
    """The pictures of an archive; hidden ones, as macOS adds them, are none."""
    pictures = []
    for info in entries:
        if info.filename.lower().endswith(_ENDINGS):
            parts = [part for part in info.filename.split("/") if part not in ("", ".")]
            if not any(part.startswith((".", "__MACOSX")) for part in parts):
                size = _size(spent, name, archive, info)
                pictures.append(_Picture(info, parts[:-1], size))
    return pictures


def _size(
    spent: Spent, name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo
) -> tuple[int, int]:
    """Columns and rows of a picture, of which nothing is decoded."""
    if info.file_size > MOST_PICTURE_BYTES:
        raise _too_large(name, info)
    with archive.open(info) as file:
        start = file.read(24)
        if start.startswith(_PNG) and start[12:16] == b"IHDR":
            columns, rows = struct.unpack(">II", start[16:])
        else:
            columns, rows = _jpeg_size(spent, name, info, start + file.read())
    if columns * rows > MOST_PICTURE_PIXELS:
        raise _too_large(name, info)
    return columns, rows


def _jpeg_size(spent: Spent, name: str, info: zipfile.ZipInfo, raw: bytes) -> tuple[int, int]:
    """The same of a JPEG; work for many scans counts as pixels."""
    spent.count_parts(name, raw.count(b"\xff") - raw.count(b"\xff\0"))
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
            size = image.size
    except Image.DecompressionBombError:
        raise _too_large(name, info) from None
    except Exception:  # Pillow's readers raise whatever they come upon
        raise _unreadable(name, info) from None
    spent.decode(name, raw.count(b"\xff\xda") // _SCANS * math.prod(size))
    return size


def _check(spent: Spent, name: str, pictures: list[_Picture], side: int | None) -> None:
    """Refuse what would be too much, before anything is decoded."""
    sizes = {picture.size for picture in pictures}
    if side is None and (len(sizes) > 1 or max(max(sizes)) > MAX_SIDE):
        columns, rows = max(sizes, key=math.prod)
        raise MixedSizes(
            f"The pictures of “{name}” have {len(sizes):,} different sizes, up to {columns}×{rows} "
            "pixels: choose a size that they are fitted into, with their proportions and black "
            "around."
        )
    pixels = side**2 if side else math.prod(next(iter(sizes)))
    if len(pictures) * pixels > MOST_VALUES:
        raise DataError(
            f"“{name}” holds {len(pictures):,} pictures of {pixels:,} pixels: choose at most "
            f"{MOST_VALUES // pixels:,}."
        )
    spent.hold(name, len(pictures) * pixels)
    spent.decode(name, sum(math.prod(picture.size) for picture in pictures))


def _decoded(spent: Spent, name: str, archive: zipfile.ZipFile, picture: _Picture) -> Image.Image:
    """A picture in grey."""
    with archive.open(picture.info) as file:
        raw = file.read()
    if raw.startswith(_PNG):
        raw = _bare(spent, name, raw)
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
            if image.size != picture.size:
                raise _unreadable(name, picture.info)
            if image.has_transparency_data:
                ground = Image.new("RGBA", image.size, "black")
                return Image.alpha_composite(ground, image.convert("RGBA")).convert("L")
            if image.mode.startswith("I"):  # 16 bits
                return Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
            return image.convert("L")
    except Exception:  # Pillow's readers raise whatever they come upon
        raise _unreadable(name, picture.info) from None


def _bare(spent: Spent, name: str, raw: bytes) -> bytes:
    """A PNG file without texts, profiles and the like, which Pillow would unpack."""
    at, kept, parts = len(_PNG), [_PNG], 0
    while at + 8 <= len(raw):
        end = at + 12 + int.from_bytes(raw[at : at + 4], "big")
        if raw[at + 4 : at + 8] in _CHUNKS:
            kept.append(raw[at:end])
        at, parts = end, parts + 1
    spent.count_parts(name, parts)
    return raw if len(kept) > parts else b"".join(kept)


def _called(name: str, info: zipfile.ZipInfo) -> str:
    """A picture of an archive, for a sentence."""
    file = owndata.plain(info.filename.rsplit("/", 1)[-1])
    return f"“{name}: {file}”"


def _too_large(name: str, info: zipfile.ZipInfo) -> DataError:
    return DataError(f"{_called(name, info)} has more than 16 million pixels: make it smaller.")


def _unreadable(name: str, info: zipfile.ZipInfo) -> DataError:
    return DataError(
        f"{_called(name, info)} cannot be read as a picture: take it out, or put a whole PNG or "
        "JPEG file in its place."
    )


def _fit(picture: Image.Image, side: int) -> Image.Image:
    """Scale a picture so that it fits into a square, and put it into its middle."""
    scale = side / max(picture.size)
    size = [max(1, round(scale * length)) for length in picture.size]
    square = Image.new("L", (side, side))
    fitted = picture.resize((size[0], size[1]), Image.Resampling.BOX if scale < 1 else None)
    square.paste(fitted, ((side - size[0]) // 2, (side - size[1]) // 2))
    return square
