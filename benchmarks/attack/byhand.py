"""Files that were made by hand to be hard to read: what random changes seldom hit."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

import numpy as np

Files = dict[str, bytes]


def npy(array: np.ndarray) -> bytes:
    """An array as a .npy file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _array(shape: str = "(60, 8)", dtype: str = "'<f8'", more: str = "") -> Files:
    """A .npy file with a header of one's own over 60 rows of 8 numbers."""
    header = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, {more}}}".encode()
    start = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header))
    return {"array.npy": start + header + bytes(60 * 8 * 8)}


def _png(size: tuple[int, int], colour: int, pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG of 8 bits with these chunks between its head and its packed pixels."""
    head = struct.pack(">IIBBBBB", *size, 8, colour, 0, 0, 0)
    chunks = [(b"IHDR", head), *more, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _zip(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)  # without the time
    return packed.getvalue()


def _pictures(raw: bytes, number: int = 60) -> Files:
    return {"pictures.zip": _zip({f"class {i % 2}/{i}.png": raw for i in range(number)})}


def _picture(colour: int, *chunks: tuple[bytes, bytes]) -> Files:
    """Sixty pictures of 8 × 8 pixels with these chunks."""
    return _pictures(_png((8, 8), colour, _PIXELS, *chunks))


def _table(cell: str, rows: int = 60) -> Files:
    """A table with this cell in one row, and in all rows of a column."""
    lines = ["a,b,c", *(f"{i},{cell},{cell if i == 7 else i}" for i in range(rows))]
    return {"table.csv": "\n".join(lines).encode()}


def _gzipped(block: bytes, times: int) -> bytes:
    """A block as often as this; every member of a gzip file is packed by itself."""
    return gzip.compress(block, 9, mtime=0) * times


def _black(*size: int) -> Files:
    """Sixty black pictures."""
    return _pictures(_png((size[0], size[1]), 0, zlib.compress(bytes(4000 * 4001), 9)))


def _values() -> Files:
    """Values that float32, or a difference of two of them, cannot hold, and none at all."""
    rng = np.random.default_rng(0)
    far = rng.choice([-1.7e308, 1.7e308], (60, 8))
    return {
        "far.npy": npy(far),
        "far-pictures.npy": npy(far.reshape(60, 2, 4)),
        "half.npy": npy(rng.choice([-4e4, 4e4], (60, 8, 8)).astype(np.float16)),
        "half-columns.npy": npy(rng.choice([-4e4, 4e4], (60, 5)).astype(np.float16)),
        "tiny.npy": npy(rng.choice([0, 5e-324], (60, 8))),
        "large.npy": npy(rng.choice([-3e38, 3e38], (60, 8)).astype(np.float32)),
        "int.npy": npy(rng.choice([-(2**63), 2**63 - 1], (60, 8, 8))),
        "unsigned.npy": npy(rng.integers(0, 2, (60, 8), np.uint64) * np.uint64(2**64 - 1)),
        "nan.npy": npy(np.full((60, 8), np.nan)),
        "empty.npy": npy(np.zeros((0, 8))),
        "thin.npy": npy(np.zeros((60, 0))),
        "point.npy": npy(np.array(1.0)),
        "deep.npy": npy(np.zeros((60, 2, 2, 2, 2))),
        "text.npy": npy(np.array(["a", "b"] * 30)),
    }


_SHAPES = [
    *("(60, True)", "(True,)", "(60, 8", "60", "(-60, -8)", "(60, 8L)", "(" * 90 + ")" * 90),
    *("(60, 8.0)", "(" + "9" * 99 + ",)", "{}", "('60', 8)", "(None,)", "(60, 8j)", "()", "(0, 8)"),
]
_TYPES = [
    *("'O'", "'V8'", "'M8[ns]'", "'S8'", "'U2'", "'<f16'", "'c8'", "5", "[('a', 'f8')]", "None"),
    *("'<f8'*9", f"'{'x' * 5_000}'", "'f8,f8'"),
]
_MORE = ["'x': 1,", "'shape': 1,", "\n\n '", "\0", "é", "# ", "'''", "\x0c\\"]
_CELLS = [
    *(
        "1_0",
        "１２",
        "½",
        "٣",
        "1e999",
        "0x1p3",
        "NaN",
        "inf",
        "",
        " ",
        '"',
        '"a,b"',
        "1,2",
        "True",
    ),
    *("a" * 300, "\0", "\r", "1\u2028", "2026-11-26", "12:30", "=1+1", "1e-400", "9" * 400),
]
_NAMES = [
    *("", "/", "..", "../../a.png", "/a.png", "a\0b.png", "C:\\a.png", "con.png", ".png", "a.png/"),
    *("train/x/a.png", "test/x/a.png", "__MACOSX/a.png", "<b>/a.png", "é/\u202e.png", "a" * 9_000),
]
_CHUNKS = [b"tRNS", b"acTL", b"eXIf", b"iCCP", b"zTXt", b"pHYs", b"iTXt", b"gAMA"]
_PIXELS = zlib.compress(bytes(9 * 40))
FILES: list[Callable[[], Files]] = [
    partial(_table, "1.5"),
    *(partial(_array, shape=of) for of in _SHAPES),
    *(partial(_array, dtype=of) for of in _TYPES),
    *(partial(_array, more=of) for of in _MORE),
    *(partial(_table, of) for of in _CELLS),
    *(partial(_picture, colour) for colour in (0, 2, 3, 4, 6, 7)),
    partial(_picture, 3, (b"PLTE", b"\0\0")),
    partial(_picture, 3, (b"PLTE", bytes(6)), (b"tRNS", bytes(999))),
    *(partial(_picture, 0, (kind, b"\xff" * 9)) for kind in _CHUNKS),
    lambda: _pictures(_png((0, 8), 0, b"")),
    lambda: _pictures(_png((8, 8), 0, b"")),
    lambda: {"names.zip": _zip(dict.fromkeys(_NAMES, _png((8, 8), 0, _PIXELS)))},
    lambda: {"noname.zip": _zip({"": b"x"})},
    lambda: {"empty.zip": _zip({})},
    lambda: {
        "arrays.npz": _zip({".npy": npy(np.zeros((60, 8))), "a/.npy": b"", "b.npy": b"\x93NUMPY"})
    },
    *(partial(lambda name: {name: _values()[name]}, of) for of in _values()),
    lambda: {"lines.csv.gz": _gzipped(b"1,2\n" * 250_000, 200)},
    lambda: {"columns.csv.gz": _gzipped(b"0," * 500_000, 10) + _gzipped(b"0\n1\n", 1)},
    partial(_black, 4000, 4000),
    partial(_black, 60_000, 60_000),
]
