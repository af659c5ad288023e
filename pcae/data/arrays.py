"""Arrays in the files that hold them: .npy (and so .npz), IDX, safetensors and MATLAB's .mat.

What a file says that it holds is counted before any of it is read. Nothing is unpickled: arrays of
Python objects are refused, and those beside them stay usable.
"""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pcae.data.dataset import DataError
from pcae.data.limits import MOST_BYTES, MOST_VALUES, File, Spent, Text, inflated

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
    "int8": 1, "uint8": 1, "logical": 1, "int16": 2, "uint16": 2, "char": 4, "int32": 4,
    "uint32": 4, "single": 4, "int64": 8, "uint64": 8, "double": 8,
}  # fmt: skip
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
    if count > 4 * MOST_VALUES:  # pictures have four channels at most
        raise DataError(f"“{name}” has {count:,} values: choose fewer rows.")
    spent.count_rows(name, shape[0])
    return size


def _made(
    raw: Text, at: int, shape: tuple[int, ...], by_columns: bool, dtype: np.dtype
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


def _each(spent: Spent, name: str, key: str, raw: Text, start: int, said: Any) -> Found:
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
    """Arrays of numbers and of letters; SciPy reads them, of a file without packed elements."""
    from scipy.io import loadmat, whosmat

    bare = _without_packed(spent, name, memoryview(file.whole(MOST_BYTES)))
    if bare.tell() <= _MAT_HEADER:
        raise DataError(f"“{name}” is a MATLAB file without arrays: save it anew.")
    found = [_listed(spent, *said) for said in whosmat(bare)[:_MOST_ARRAYS]]
    fitting = [each.key for each in found if not each.problem]
    loaded = loadmat(bare, variable_names=fitting) if fitting else {}
    return [each if each.problem else _loaded(each.key, loaded[each.key]) for each in found]


def _listed(spent: Spent, key: str, shape: tuple[int, ...], kind: str) -> Found:
    """An array that a MATLAB file lists: counted, or why it is not read."""
    try:
        if kind not in _MAT_TYPES:
            words = {"cell": "a cell array", "sparse": "a sparse matrix"}.get(kind, f"a {kind}")
            raise DataError(f"“{key[:40]}” is {words}: save a plain array of numbers.")
        dtype = np.dtype(f"u{_MAT_TYPES[kind]}")
        spent.hold(key[:40], _checked(spent, key[:40], tuple(shape), dtype))  # it is converted
    except DataError as problem:
        return Found(key, None, str(problem))
    return Found(key, None)


def _loaded(key: str, array: np.ndarray) -> Found:
    if array.dtype.kind == "U":
        return Found(key, _text(array))
    if array.dtype.kind not in "buif":
        return Found(key, None, f"“{key[:40]}” has complex numbers: save real ones.")
    return Found(key, array.astype(array.dtype.newbyteorder("="), copy=False))


def _without_packed(spent: Spent, name: str, raw: memoryview) -> io.BytesIO:
    """The same file with its packed elements unpacked, as far as they say that they reach."""
    order = "<" if raw[126:128] == b"IM" else ">"
    bare, at = io.BytesIO(), _MAT_HEADER
    bare.write(raw[:_MAT_HEADER])
    while at + 8 <= len(raw):
        kind, size = struct.unpack(f"{order}II", raw[at : at + 8])
        if not kind or not size:
            break
        if size > len(raw) - at - 8:
            raise EOFError("cut off")
        if kind == _MAT_PACKED:
            left = 0
            for piece in inflated(raw[at + 8 : at + 8 + size]):
                if not left:
                    left = 8 + struct.unpack(f"{order}I", piece[4:8])[0]
                    spent.unpack(name, 2 * left)  # SciPy copies it
                bare.write(piece[:left])
                left -= min(left, len(piece))
                if not left:
                    break
        else:
            spent.unpack(name, 2 * size)
            bare.write(raw[at : at + 8 + size])
        at += 8 + size
    return bare
