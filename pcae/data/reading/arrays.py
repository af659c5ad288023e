"""Arrays in the files that hold them: .npy (and so .npz), IDX, safetensors and MATLAB's .mat.

What a file says that it holds is counted before any of it is read. Nothing is unpickled: arrays of
Python objects are refused, and those beside them stay usable.
"""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from pcae.data.dataset import DataError
from pcae.data.limits import MOST_BYTES, File, Raw, Spent, inflated

_LONGEST_HEADER = 4096  # NumPy evaluates its text
_LONGEST_LIST = 2**20  # bytes of what a safetensors file says of its arrays
_MOST_LENGTH = 2**40  # of a dimension
_MOST_ARRAYS = 1_000  # of a file
_LONGEST_TEXT = 100  # characters
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_TENSOR_TYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "F16": "<f2", "U32": "<u4",
    "I32": "<i4", "F32": "<f4", "U64": "<u8", "I64": "<i8", "F64": "<f8",
}  # fmt: skip
_MATLAB = b"MATLAB 5.0 MAT-file"
_MAT_TYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_MAT_LETTERS, _MAT_COMPLEX = 4, 0x800
_MAT_LETTER_TYPES = {2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_MAT_CLASSES = {_MAT_LETTERS, *range(6, 16)}
_MAT_OTHERS = {1: "a cell array", 2: "a struct", 5: "a sparse matrix"}
_MAT_HEADER, _MAT_PACKED = 128, 15  # bytes; the type of an element that is packed with zlib


class Found(NamedTuple):
    """An array with its key in the file, "" where it is the only one; or why it is not read."""

    key: str
    array: np.ndarray | None
    problem: str = ""


def reader(start: bytes) -> Callable[[Spent, str, File], list[Found]] | None:
    """What reads a file with this start, if it is one of arrays.

    It takes what was spent, the file's name for sentences and the file, and raises `DataError` or
    whatever damaged bytes lead to.
    """
    if start.startswith(b"\x93NUMPY"):
        return _npy
    if start.startswith(b"\0\0") and len(start) > 3 and start[2] in _IDX_TYPES and start[3]:
        return _idx
    if start.startswith(_MATLAB):
        return _mat
    if start[8:9] == b"{" and 2 < int.from_bytes(start[:8], "little") <= _LONGEST_LIST:
        return _safetensors
    return None


# ---------------------------------------------------------------- what an array may be


def _checked(spent: Spent, name: str, shape: tuple[int, ...], dtype: np.dtype) -> int:
    """How many bytes an array has; refuse what is too large or no plain array, by what it says."""
    if dtype.hasobject:
        raise DataError(
            f"“{name}” holds pickled Python objects, which could execute code and are never "
            "loaded: save plain numbers, as with numpy.savez(file, images=..., labels=...)."
        )
    if dtype.names or dtype.kind not in "buifUS":
        raise DataError(f"“{name}” holds values of the type {str(dtype)[:40]}: save plain numbers.")
    if any(type(length) is not int or not 0 <= length <= _MOST_LENGTH for length in shape):
        raise ValueError("no shape")
    if not shape:
        raise DataError(f"“{name}” is a single value: choose an array with a row for each image.")
    count = math.prod(shape)
    if not count:
        raise DataError(f"“{name}” has no rows: choose an array that has some.")
    size = count * dtype.itemsize
    copied = dtype.kind == "S" or not dtype.isnative
    spent.hold(name, size * 5 if dtype.kind == "S" else size * 2 if copied else size)
    spent.count_rows(name, shape[0])
    return size


def _made(
    raw: Raw, at: int, shape: tuple[int, ...], by_columns: bool, dtype: np.dtype
) -> np.ndarray:
    """The array whose values start at `at`: numbers in this machine's order, or text."""
    array = np.frombuffer(raw, dtype, math.prod(shape), at)
    array = array.reshape(shape[::-1]).T if by_columns else array.reshape(shape)
    if dtype.kind in "US":
        return _text(array)
    if dtype.itemsize > 8:
        return array.astype(np.float64)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _text(array: np.ndarray) -> np.ndarray:
    """Text of shape (n,) where there is one for each row; bytes are UTF-8, or what Windows has."""
    if array.dtype.kind == "S":
        letters: Any = array.astype(f"S{min(_LONGEST_TEXT, array.itemsize)}", copy=False)
        try:
            array = np.char.decode(letters, "utf-8")
        except UnicodeDecodeError:
            array = np.char.decode(letters, "cp1252", "replace")
    else:
        array = array.astype(f"U{min(_LONGEST_TEXT, array.itemsize // 4)}")
        points = array.reshape(-1).view(np.uint32)
        points[(points > 0x10FFFF) | (points >> 11 == 0xD800 >> 11)] = ord("?")
    return array.reshape(-1) if array.size == len(array) else array


# ---------------------------------------------------------------- npy and IDX


def _npy(spent: Spent, name: str, file: File) -> list[Found]:
    shape, by_columns, dtype, at = _npy_header(file.start)
    size = _checked(spent, name, shape, dtype)
    return [Found("", _made(file.whole(at + size), at, shape, by_columns, dtype))]


def _npy_header(start: bytes) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    """Shape, whether columns come first, type, and where the values start."""
    file = io.BytesIO(start[:_LONGEST_HEADER])
    version = np.lib.format.read_magic(file)
    header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    return *header(file), file.tell()


def _idx(spent: Spent, name: str, file: File) -> list[Found]:
    dtype, dimensions = np.dtype(_IDX_TYPES[file.start[2]]), file.start[3]
    shape = tuple(int(side) for side in np.frombuffer(file.start, ">u4", dimensions, offset=4))
    at = 4 + 4 * dimensions
    size = at + _checked(spent, name, shape, dtype)
    raw = file.whole(size)
    if len(raw) != size:
        sides = " × ".join(map(str, shape[:9]))
        raise DataError(
            f"“{name}” says that it has {sides} values and has other: choose a whole IDX file."
        )
    return [Found("", _made(raw, at, shape, False, dtype))]


# ---------------------------------------------------------------- safetensors


def _safetensors(spent: Spent, name: str, file: File) -> list[Found]:
    start = 8 + int.from_bytes(file.start[:8], "little")
    listed: dict[str, Any] = json.loads(file.whole(start)[8:start])
    listed.pop("__metadata__", None)
    if len(listed) > _MOST_ARRAYS:
        raise DataError(f"“{name}” has {len(listed):,} arrays: at most {_MOST_ARRAYS:,} are read.")
    end = start + max(said["data_offsets"][1] for said in listed.values())
    if end - start > MOST_BYTES:
        spent.hold(name, end - start)
    raw = file.whole(end)
    return [_each(spent, name, key, raw, start, said) for key, said in listed.items()]


def _each(spent: Spent, name: str, key: str, raw: Raw, start: int, said: Any) -> Found:
    try:
        if said["dtype"] not in _TENSOR_TYPES:
            kind = str(said["dtype"])[:10]
            raise DataError(f"“{name}” holds values of the type {kind}: save plain numbers.")
        dtype, shape = np.dtype(_TENSOR_TYPES[said["dtype"]]), tuple(said["shape"])
        size = _checked(spent, name, shape, dtype)
        first, last = said["data_offsets"]
        if last - first != size or first < 0:
            raise ValueError("no offsets")
        return Found(key, _made(raw, start + first, shape, False, dtype))
    except DataError as problem:
        return Found(key, None, str(problem))


# ---------------------------------------------------------------- MATLAB


def _mat(spent: Spent, name: str, file: File) -> list[Found]:
    """Arrays of numbers and of letters. SciPy's reader is none for strangers' files: it crashes."""
    raw = memoryview(file.whole(MOST_BYTES))
    order = "<" if raw[126:128] == b"IM" else ">"
    found = [_matrix(spent, order, of) for of in _elements(spent, name, order, raw)]
    if not found:
        raise DataError(
            f"“{name}” begins as a MATLAB file and holds no arrays: it is damaged or empty. "
            "Download it again, or save it anew."
        )
    return found


def _elements(spent: Spent, name: str, order: str, raw: memoryview) -> Iterator[Raw]:
    """What the arrays of a file are written as, unpacked as far as they say that they reach."""
    at, count = _MAT_HEADER, 0
    while at + 8 <= len(raw) and count < _MOST_ARRAYS:
        kind, size = struct.unpack(f"{order}II", raw[at : at + 8])
        if not kind or not size:
            break
        content = raw[at + 8 : at + 8 + size]
        at, count = at + 8 + size, count + 1
        if len(content) < size:
            raise EOFError("cut off")
        yield _inflated(spent, name, order, content) if kind == _MAT_PACKED else content


def _inflated(spent: Spent, name: str, order: str, packed: memoryview) -> bytearray:
    found, size = bytearray(), 0
    for piece in inflated(packed):
        if not found:
            size = 8 + struct.unpack(f"{order}I", piece[4:8])[0]
            spent.unpack(name, size)
        found += piece[: size - len(found)]
        if len(found) == size:
            break
    return found[8:]


def _matrix(spent: Spent, order: str, raw: Raw) -> Found:
    """An array, or why it is not read: what it is, its lengths, its name, its values."""
    _, at, _, end = _mat_part(order, raw, 0)
    (flags,) = struct.unpack(f"{order}I", raw[at : at + 4])
    _, at, size, end = _mat_part(order, raw, end)
    shape = tuple(np.frombuffer(raw, f"{order}i4", size // 4, at).tolist())
    _, at, size, end = _mat_part(order, raw, end)
    key = bytes(raw[at : at + size]).decode("latin-1")
    try:
        if (kind := flags & 0xFF) not in _MAT_CLASSES:
            words = _MAT_OTHERS.get(kind, "no array")
            raise DataError(f"“{key[:40]}” is {words}: save a plain array of numbers.")
        if flags & _MAT_COMPLEX:
            raise DataError(f"“{key[:40]}” has complex numbers: save real ones.")
        stored, at, size, _ = _mat_part(order, raw, end)
        if kind == _MAT_LETTERS:
            encoding = _MAT_LETTER_TYPES[stored]
            if encoding[-2:] in ("16", "32"):
                encoding += "-le" if order == "<" else "-be"
            letters = bytes(raw[at : at + size]).decode(encoding)
            return Found(key, _mat_text(spent, key[:40], shape, letters))
        dtype = np.dtype(order + _MAT_TYPES[stored])
        _checked(spent, key[:40], shape, dtype)
        return Found(key, _made(raw, at, shape, True, dtype))
    except DataError as problem:
        return Found(key, None, str(problem))


def _mat_part(order: str, raw: Raw, at: int) -> tuple[int, int, int, int]:
    """Type, start and bytes of what begins at `at`, and where the next does; a short one is 8."""
    kind, size = struct.unpack(f"{order}II", raw[at : at + 8])
    if kind >> 16:
        return kind & 0xFFFF, at + 4, kind >> 16, at + 8
    return kind, at + 8, size, at + 8 + size + -size % 8


def _mat_text(spent: Spent, name: str, shape: tuple[int, ...], text: str) -> np.ndarray:
    """Text of letters (n, m), which stand column by column: one of m letters for each row."""
    _checked(spent, name, shape, np.dtype("u4"))
    rows, letters = shape
    points = np.array(list(map(ord, text)), np.uint32)
    lines = np.ascontiguousarray(points.reshape(letters, rows).T)
    return _text(lines.view(f"U{letters}"))
