"""Files that a visitor brings, read into arrays; nothing in them is executed or unpacked to disk.

.npy and .npz, tables (.csv), IDX as MNIST is published in, and zips of pictures in class folders,
each perhaps gzipped. What kind a file is, its first bytes say. Sizes that a file declares are
checked before what it holds is read, and no more than that is read.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from pcae import owndata
from pcae.dataset import DataError
from pcae.names import MAX_COLUMNS, MAX_SIDE

MOST_UPLOADED = 200 * 2**20  # bytes, of all files together
MOST_BYTES = 2**30  # unpacked
MOST_ROWS = 200_000
KINDS = "a .npz, .npy, .csv or IDX file, or a zip of PNG or JPEG pictures"
_MOST_PICTURE_PIXELS = 16_000_000
_MOST_PICTURE_BYTES = 32 * 2**20
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_PICTURES = (".png", ".jpg", ".jpeg")
_SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
_RAGGED = re.compile(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)")


@dataclass(eq=False)
class Contents:
    """What files hold.

    Attributes
    ----------
    arrays : dict of str to ndarray
        By their names; of tables, the columns with numbers, shape (n, p).
    columns : dict of str to tuple of str
        Of tables: what those columns are called.
    texts : dict of str to dict of str to ndarray
        Of tables: the columns with text, each of shape (n,).
    notes : list of str
        What was done on the way, as sentences.
    """

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read(files: Mapping[str, bytes], side: int | None = None) -> Contents:
    """Read files by their names.

    Parameters
    ----------
    side : int, optional
        Fit the pictures of a zip into squares of this side; else they keep their size.

    Raises
    ------
    DataError
        A file is of no kind that is read, damaged, too large, or holds what is not plain numbers.
    """
    total = sum(map(len, files.values()))
    if total > MOST_UPLOADED:
        raise DataError(f"The files have {_size(total)}: choose at most {_size(MOST_UPLOADED)}.")
    contents = Contents()
    for full, raw in files.items():
        name = owndata.plain(full, 60)
        try:
            _read_file(contents, name, raw, side)
        except (
            *(EOFError, OSError, ValueError, KeyError, RuntimeError, NotImplementedError),
            *(zipfile.BadZipFile, zlib.error, SyntaxError, OverflowError, MemoryError),
        ) as problem:
            raise DataError(
                f"“{name}” cannot be read: it is damaged or of another kind "
                f"({type(problem).__name__}). Choose {KINDS}."
            ) from None
    return contents


def _read_file(contents: Contents, name: str, raw: bytes, side: int | None) -> None:
    stem = PurePosixPath(name).name
    if raw.startswith(b"\x1f\x8b"):
        with gzip.open(io.BytesIO(raw)) as file:
            raw = file.read(MOST_BYTES + 1)
        _check_size(name, len(raw))
        stem = re.sub(r"\.gz$", "", stem, flags=re.IGNORECASE)
    stem = re.sub(r"\.(npy|npz|csv|tsv|txt|zip)$", "", stem, flags=re.IGNORECASE) or "data"
    if not raw:
        raise DataError(f"“{name}” is empty: choose {KINDS}.")
    if raw.startswith(b"PK"):
        _read_zip(contents, name, raw, side)
    elif raw.startswith(b"\x93NUMPY"):
        contents.arrays[stem] = _read_npy(name, io.BytesIO(raw))
    elif raw.startswith(b"\0\0") and len(raw) > 3 and raw[2] in _IDX_TYPES:
        contents.arrays[stem] = _read_idx(name, raw)
    elif b"\0" not in raw[:4096]:
        _read_table(contents, name, stem, raw)
    else:
        raise DataError(f"“{name}” is of a kind that is not read: choose {KINDS}.")


def _size(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"


def _check_size(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise DataError(
            f"“{name}” holds more than {_size(MOST_BYTES)} when unpacked: choose fewer rows."
        )


def _check_array(name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse what is too large or no plain array, by what is declared."""
    if dtype.hasobject:
        raise DataError(
            f"“{name}” holds pickled Python objects, which could execute code and are never "
            "loaded: save plain numbers, as with numpy.savez(file, images=..., labels=...)."
        )
    if dtype.names or dtype.kind not in "buifU":
        raise DataError(f"“{name}” holds values of the type {dtype}: save plain numbers.")
    _check_size(name, math.prod(shape) * dtype.itemsize)
    if shape and shape[0] > MOST_ROWS:
        raise DataError(f"“{name}” has {shape[0]:,} rows: choose at most {MOST_ROWS:,}.")


# ---------------------------------------------------------------- arrays


def _read_npy(name: str, file) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, by_columns, dtype = header(file)
    _check_array(name, shape, dtype)
    count = math.prod(shape)
    raw = file.read(count * dtype.itemsize)
    array = np.frombuffer(raw, dtype, count)
    return array.reshape(shape[::-1]).T if by_columns else array.reshape(shape)


def _read_idx(name: str, raw: bytes) -> np.ndarray:
    dtype, dimensions = np.dtype(_IDX_TYPES[raw[2]]), raw[3]
    shape = tuple(int(side) for side in np.frombuffer(raw, ">u4", dimensions, offset=4))
    _check_array(name, shape, dtype)
    start, size = 4 + 4 * dimensions, math.prod(shape) * dtype.itemsize
    if len(raw) != start + size:
        sides = " × ".join(map(str, shape))
        raise DataError(
            f"“{name}” says that it has {sides} values and has other: choose a whole IDX file."
        )
    return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def _read_zip(contents: Contents, name: str, raw: bytes, side: int | None) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = [of for of in archive.infolist() if not of.is_dir()]
        if len(entries) > MOST_ROWS:
            raise DataError(
                f"“{name}” holds {len(entries):,} files: at most {MOST_ROWS:,} are read."
            )
        _check_size(name, sum(of.file_size for of in entries))
        arrays = [of for of in entries if of.filename.endswith(".npy")]
        if not arrays:
            return _read_pictures(contents, name, archive, entries, side)
        for entry in arrays:
            key = owndata.plain(entry.filename.removesuffix(".npy"))
            with archive.open(entry) as file:
                contents.arrays[key] = _read_npy(f"{name}: {key}", file)
    return None


# ---------------------------------------------------------------- pictures


def _read_pictures(
    contents: Contents,
    name: str,
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    side: int | None,
) -> None:
    """Grey pictures with the folders that they are in for labels."""
    found: dict[str, tuple[list[np.ndarray], list[str]]] = {}
    sizes: set[tuple[int, ...]] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if hidden or path.suffix.lower() not in _PICTURES:
            continue
        picture = _read_picture(f"{name}: {owndata.plain(path.name)}", archive, entry)
        sizes.add(picture.size[::-1])
        folders = [part for part in path.parts[:-1] if part.lower() not in _SPLITS]
        split = next((_SPLITS[p.lower()] for p in path.parts if p.lower() in _SPLITS), "train")
        pictures, labels = found.setdefault(split, ([], []))
        if side or max(picture.size) > MAX_SIDE:
            picture = _fit(picture, side or MAX_SIDE)
        pictures.append(np.asarray(picture))
        labels.append(folders[-1] if folders else "")
    if not found:
        raise DataError(
            f"“{name}” holds no PNG or JPEG pictures: put them into a folder for each class."
        )
    if side is None and (len(sizes) > 1 or max(max(sizes)) > MAX_SIDE):
        raise MixedSizes(
            f"The pictures of “{name}” have {len(sizes)} different sizes, up to "
            f"{max(sizes, key=math.prod)[1]}×{max(sizes, key=math.prod)[0]} pixels: choose a size "
            "that they are fitted into, with their proportions and black around them."
        )
    if "train" not in found:
        found = {"train": found["test"]}
    for split, (pictures, labels) in found.items():
        start = "test " if split == "test" else ""
        contents.arrays[f"{start}images"] = np.stack(pictures)
        if len(set(labels)) > 1 or split == "test":
            contents.arrays[f"{start}labels"] = np.array(labels)
    if side:
        contents.notes.append(
            f"Every picture was fitted into {side}×{side} pixels, with its proportions and black "
            "around it."
        )


class MixedSizes(DataError):
    """Pictures of several sizes, or too large: a side has to be chosen to fit them into."""


def _read_picture(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Image.Image:
    """A picture in grey."""
    with archive.open(entry) as file:
        raw = file.read(_MOST_PICTURE_BYTES + 1)
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as image:
            if len(raw) > _MOST_PICTURE_BYTES or math.prod(image.size) > _MOST_PICTURE_PIXELS:
                raise Image.DecompressionBombError
            if image.has_transparency_data:
                ground = Image.new("RGBA", image.size, "black")
                return Image.alpha_composite(ground, image.convert("RGBA")).convert("L")
            if image.mode.startswith("I"):  # 16 bits
                return Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
            return image.convert("L")
    except Image.DecompressionBombError:
        raise DataError(f"“{name}” has more than 16 million pixels: make it smaller.") from None
    except (OSError, ValueError, SyntaxError):
        raise DataError(
            f"“{name}” cannot be read as a picture: take it out, or put a whole PNG or JPEG file "
            "in its place."
        ) from None


def _fit(picture: Image.Image, side: int) -> Image.Image:
    """Scale a picture so that it fits into a square, and put it into its middle."""
    scale = side / max(picture.size)
    size = [max(1, round(scale * length)) for length in picture.size]
    square = Image.new("L", (side, side))
    fitted = picture.resize((size[0], size[1]), Image.Resampling.BOX if scale < 1 else None)
    square.paste(fitted, ((side - size[0]) // 2, (side - size[1]) // 2))
    return square


# ---------------------------------------------------------------- tables


def _read_table(contents: Contents, name: str, stem: str, raw: bytes) -> None:
    """The columns of a table: those with numbers, and those with text."""
    from pyarrow import ArrowInvalid, BufferReader
    from pyarrow import csv as tables

    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        start = raw[: 2**20].decode(errors="strict" if len(raw) <= 2**20 else "ignore")
    except UnicodeDecodeError:
        raise DataError(f"“{name}” is not text in UTF-8: save the table as CSV in UTF-8.") from None
    lines = [line for line in start.splitlines()[:2] if line.strip()]
    if len(lines) < 2:
        raise DataError(f"“{name}” has a single line: a table has a line for every row.")
    delimiter = max(",;\t", key=lines[0].count)
    first, second = (next(csv.reader([line], delimiter=delimiter)) for line in lines)
    if len(first) > MAX_COLUMNS + 1:
        raise DataError(f"“{name}” has {len(first):,} columns: at most {MAX_COLUMNS:,} are read.")
    if len(first) < 2:
        raise DataError(f"“{name}” has a single column: separate columns by commas.")
    headed = not any(map(is_number, first)) and (
        any(map(is_number, second)) or len(set(first)) == len(first)
    )
    names = list(owndata.plain_names(first if headed else [""] * len(first), "column"))
    try:
        table = tables.read_csv(
            BufferReader(raw),
            tables.ReadOptions(column_names=names, skip_rows=int(headed), use_threads=False),
            tables.ParseOptions(delimiter=delimiter),
        )
    except ArrowInvalid as problem:
        ragged = _RAGGED.search(str(problem))
        if not ragged:
            raise
        where = f"line {ragged[1]}" if ragged[1] else "a line"
        raise DataError(
            f"“{name}” is ragged: {where} has {ragged[3]} values and the first has {ragged[2]}. "
            "Give every line as many."
        ) from None
    if table.num_rows > MOST_ROWS:
        raise DataError(f"“{name}” has {table.num_rows:,} rows: choose at most {MOST_ROWS:,}.")
    _check_size(name, 8 * table.num_rows * table.num_columns)
    numbers, texts = {}, {}
    for column, values in zip(names, table.columns, strict=True):
        if values.null_count == len(values):
            raise DataError(f"The column “{column}” of “{name}” is empty: take it out.")
        if values.null_count:
            row = values.is_null().to_pylist().index(True) + 1
            raise DataError(
                f"The column “{column}” of “{name}” has no number in row {row:,}: fill the gaps, "
                "or take such rows out."
            )
        array = values.to_numpy()
        if array.dtype.kind in "buif":
            numbers[column] = array
        else:
            texts[column] = _checked_text(name, column, array.astype(str))
    if not numbers:
        raise DataError(f"“{name}” has no column of numbers: choose a table of numbers.")
    whole = all(array.dtype.kind in "bui" for array in numbers.values())
    kind = np.int64 if whole else np.float64
    contents.arrays[stem] = np.column_stack([array.astype(kind) for array in numbers.values()])
    contents.columns[stem] = tuple(numbers)
    contents.texts[stem] = texts


def _checked_text(name: str, column: str, values: np.ndarray) -> np.ndarray:
    """A column of text; refused where it is one of numbers with something else in it."""
    are = [is_number(value) for value in values[:1000]]
    if sum(are) > len(are) / 2:
        row = next(i for i, value in enumerate(values) if not is_number(value))
        raise DataError(
            f"Row {row + 1:,} of the column “{column}” of “{name}” is “{values[row][:30]}” and not "
            "a number: correct it, or take the row out."
        )
    return values


def is_number(text: str) -> bool:
    """Whether a cell is written as a number, be it infinite or none."""
    try:
        float(text)
    except ValueError:
        return False
    return True
