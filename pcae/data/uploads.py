"""Files that a visitor brings, read into arrays; nothing in them is executed or unpacked to disk.

.npy and .npz, tables (.csv), IDX as MNIST is published in, and zips of pictures in class folders,
each perhaps gzipped. What kind a file is, its first bytes say. Sizes that a file declares are
checked before what it holds is read, and no more than that is read (`pcae.data.limits`).
"""

from __future__ import annotations

import io
import math
import re
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from pcae.data import limits, owndata
from pcae.data.columns import named
from pcae.data.dataset import DataError, reading
from pcae.data.limits import MOST_UPLOADED, MOST_VALUES, PIECE, File, Spent, in_words
from pcae.data.picture_files import MixedSizes, read_pictures
from pcae.data.tables import read_table

__all__ = ["KINDS", "MOST_UPLOADED", "ONE_READER", "Contents", "MixedSizes", "read"]

KINDS = "a .npz, .npy, .csv or IDX file, or a zip of PNG or JPEG pictures"
ONE_READER = threading.RLock()  # what is read at a time, however many visitors bring something
_ENTRY = b"PK\1\2"
_LONGEST_NAME, _LONGEST_HEADER = 32, 4096
_MOST_LENGTH = 2**40  # of a dimension
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # which unpack by no more than is asked for


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
    """Read files by their names; another thread's files wait until these are read.

    Parameters
    ----------
    side : int, optional
        Fit the pictures of a zip into squares of this side; else they keep their size.

    Raises
    ------
    DataError
        A file is of no kind that is read, damaged, too large, or holds what is not plain numbers;
        with at most `LONGEST_SENTENCE` characters, whatever the files are.
    """
    total = sum(map(len, files.values()))
    if total > MOST_UPLOADED:
        raise DataError(
            f"The files have {in_words(total)}: choose at most {in_words(MOST_UPLOADED)}."
        )
    contents, spent = Contents(), Spent()
    with ONE_READER:
        for full, raw in files.items():
            name = owndata.plain(full, 60)
            with reading(f"“{_short(name)}”", f"Choose {KINDS}."):
                _read_file(contents, spent, name, raw, side)
    return contents


def _short(name: str) -> str:
    """A name with its middle left out where it is long."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def _read_file(contents: Contents, spent: Spent, full: str, raw: bytes, side: int | None) -> None:
    name, stem = _short(full), PurePosixPath(full).name
    spent.begin(name)
    file = File(name, raw, spent)
    if file.packed:
        stem = re.sub(r"\.gz$", "", stem, flags=re.IGNORECASE)
    stem = re.sub(r"\.(npy|npz|csv|tsv|txt|zip)$", "", stem, flags=re.IGNORECASE) or "data"
    start = file.start
    if not start:
        raise DataError(f"“{name}” is empty: choose {KINDS}.")
    if start.startswith(b"PK"):
        _read_zip(contents, spent, name, file.whole(MOST_UPLOADED), side)
    elif start.startswith(b"\x93NUMPY"):
        contents.arrays[stem] = _read_npy(spent, name, file)
    elif start.startswith(b"\0\0") and len(start) > 3 and start[2] in _IDX_TYPES:
        contents.arrays[stem] = _read_idx(spent, name, file)
    elif b"\0" not in start[:4096]:
        columns = read_table(spent, name, file).columns
        names = named(columns)
        found = {of: column.values for of, column in zip(names, columns, strict=True)}
        texts = {of: values for of, values in found.items() if values.dtype.kind == "U"}
        numbers = [of for of in found if of not in texts]
        contents.arrays[stem] = np.column_stack([found[of] for of in numbers])
        contents.columns[stem], contents.texts[stem] = tuple(numbers), texts
    else:
        raise DataError(f"“{name}” is of a kind that is not read: choose {KINDS}.")


# ---------------------------------------------------------------- arrays


def _check_array(spent: Spent, name: str, shape: tuple[int, ...], dtype: np.dtype) -> int:
    """How many bytes an array has; refuse what is too large or no plain array, by what it says."""
    if dtype.hasobject:
        raise DataError(
            f"“{name}” holds pickled Python objects, which could execute code and are never "
            "loaded: save plain numbers, as with numpy.savez(file, images=..., labels=...)."
        )
    if dtype.names or dtype.kind not in "buifU":
        raise DataError(f"“{name}” holds values of the type {dtype}: save plain numbers.")
    if any(type(length) is not int or length < 0 for length in shape):
        raise ValueError("no shape")
    count = math.prod(shape)
    size = count * dtype.itemsize
    spent.hold(name, size)
    if count > 4 * MOST_VALUES:  # pictures have four channels at most
        raise DataError(f"“{name}” has {count:,} values: choose fewer rows.")
    if max(shape, default=0) > _MOST_LENGTH:
        raise ValueError("no shape")
    spent.count_rows(name, shape[0] if shape else 1)
    return size


def _read_npy(spent: Spent, name: str, file: File) -> np.ndarray:
    shape, by_columns, dtype, at = _npy_header(file.start)
    size = _check_array(spent, name, shape, dtype)
    return _array(file.whole(at + size), at, shape, by_columns, dtype)


def _npy_header(start: bytes) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    """Shape, whether columns come first, type, and where the values start."""
    file = io.BytesIO(start[:_LONGEST_HEADER])  # NumPy evaluates its text
    version = np.lib.format.read_magic(file)
    header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    return *header(file), file.tell()


def _array(
    raw: bytes | bytearray, at: int, shape: tuple[int, ...], by_columns: bool, dtype: np.dtype
) -> np.ndarray:
    array = np.frombuffer(raw, dtype, math.prod(shape), at)
    return array.reshape(shape[::-1]).T if by_columns else array.reshape(shape)


def _read_idx(spent: Spent, name: str, file: File) -> np.ndarray:
    dtype, dimensions = np.dtype(_IDX_TYPES[file.start[2]]), file.start[3]
    shape = tuple(int(side) for side in np.frombuffer(file.start, ">u4", dimensions, offset=4))
    at = 4 + 4 * dimensions
    size = at + _check_array(spent, name, shape, dtype)
    raw = file.whole(size)
    if len(raw) != size:
        sides = " × ".join(map(str, shape[:9]))
        raise DataError(
            f"“{name}” says that it has {sides} values and has other: choose a whole IDX file."
        )
    return _array(raw, at, shape, False, dtype).astype(dtype.newbyteorder("="), copy=False)


def _read_zip(
    contents: Contents, spent: Spent, name: str, raw: bytes | bytearray, side: int | None
) -> None:
    if len(raw) > MOST_UPLOADED:
        raise DataError(f"“{name}” holds an archive of more than {in_words(MOST_UPLOADED)}.")
    spent.count_files(name, raw.count(_ENTRY))
    file = _Archive(raw)
    with zipfile.ZipFile(file) as archive:
        file.most = len(raw)
        entries = [of for of in archive.infolist() if not of.is_dir()]
        if any(of.compress_type not in _PACKINGS for of in entries):
            raise DataError(
                f"“{name}” is packed in an unusual way: pack it anew as a plain zip (deflate)."
            )
        spent.unpack(name, sum(of.file_size for of in entries))
        arrays = [of for of in entries if of.filename.endswith(".npy")]
        if not arrays:
            found, notes = read_pictures(spent, name, archive, entries, side)
            contents.arrays.update(found)
            contents.notes.extend(notes)
        for entry in arrays:
            key = owndata.plain(entry.filename.removesuffix(".npy"))
            with archive.open(entry) as member:
                start = member.read(_LONGEST_HEADER)
                shape, by_columns, dtype, at = _npy_header(start)
                size = _check_array(spent, _short(f"{name}: {key}"), shape, dtype)
                member.seek(at)
                values = bytearray()
                while len(values) < size and (piece := member.read(PIECE)):
                    values += piece
                contents.arrays[key] = _array(values, 0, shape, by_columns, dtype)


class _Archive(io.BytesIO):
    """The bytes of a zip, of whose table of contents no more than is allowed is read."""

    most = limits.MOST_DIRECTORY

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > self.most:
            raise DataError("The archive's table of contents is too long: give files short names.")
        return super().read(size)
