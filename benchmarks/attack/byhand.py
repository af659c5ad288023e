"""Files that were made by hand to be hard to read: what random changes seldom hit."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.attack import kinds
from benchmarks.attack.kinds import Files, npy


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


def _sheet(rows: str, **others: bytes) -> Files:
    """A workbook whose sheet has this in place of its rows, and these files beside or instead."""
    with zipfile.ZipFile(io.BytesIO(kinds.xlsx([[1, 2]] * 60))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    head, _, tail = files[sheet].decode().partition("<sheetData>")
    _, _, end = tail.partition("</sheetData>")
    files[sheet] = f"{head}<sheetData>{rows}</sheetData>{end}".encode()
    return {"table.xlsx": _zip(files | {name.replace("_", "/"): of for name, of in others.items()})}


def _laughs() -> str:
    """Names within names, a billion of them if a reader puts them in."""
    names = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">{names}]><l>&l9;</l>'


def _tar_head(size: bytes, kind: bytes = b"0", name: bytes = b"a.csv") -> bytes:
    """A block of a tar with a right sum, whose file has this size."""
    head = name.ljust(100, b"\0") + b"0000644\0" * 3 + size.ljust(12, b"\0") + b"0" * 11 + b"\0"
    rest = kind + bytes(100) + b"ustar\00000" + bytes(247)
    total = sum(head) + 8 * 32 + sum(rest)
    return head + b"%06o\0 " % total + rest


def _tar(*blocks: bytes) -> Files:
    return {"files.tar": b"".join(of.ljust(-(-len(of) // 512) * 512, b"\0") for of in blocks)}


def _mat(element: bytes) -> Files:
    """A MATLAB file with this in place of its arrays."""
    return {"array.mat": b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + element}


def _mat_array(shape: tuple[int, ...], kind: int = 6, values: bytes = b"") -> bytes:
    """A MATLAB array that says it has this shape."""
    flags = struct.pack("<IIII", 6, 8, kind, 0)
    sides = struct.pack(f"<II{len(shape)}i", 5, 4 * len(shape), *shape)
    sides += bytes(-len(sides) % 8)
    content = flags + sides + struct.pack("<HH4s", 1, 1, b"x") + struct.pack("<II", 9, len(values))
    return struct.pack("<II", 14, len(content) + len(values)) + content + values


def _tensors(words: str, size: int = 60 * 8) -> Files:
    return {"tensors.safetensors": struct.pack("<Q", len(words)) + words.encode() + bytes(size)}


def _parquet(**columns: Any) -> Files:
    return {"table.parquet": kinds.parquet(columns)}


def _packed_mat(packed: bytes) -> bytes:
    return struct.pack("<II", 15, len(packed)) + packed


def _zip_of_one(kind: str) -> Files:
    """A large picture that is small when it is packed, sixty times."""
    large = np.zeros((4_100, 4_100), np.uint8)
    raw = kinds.picture(large, "P" if kind == "gif" else "RGB" if kind == "webp" else "L", kind)
    return _pictures(raw[: 2**20], 3)  # more than is decoded, of 16 million pixels


def _nested(depth: int) -> Files:
    raw = _zip({"a.csv": b"1,2\n" * 60})
    for number in range(depth):
        raw = _zip({f"{number}.zip": raw})
    return {"nested.zip": raw}


def _repeated() -> Files:
    """Many entries of a zip that are the same bytes, as of a zip that unpacks into petabytes."""
    raw = bytearray(_zip({"a.csv": b"1,2\n" * 1_000_000}))
    start = raw.index(b"PK\1\2")
    end = raw.index(b"PK\5\6")
    entries = bytes(raw[start:end]) * 2_000
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 2_000, 2_000, len(entries), start, 0)
    return {"repeated.zip": bytes(raw[:start]) + entries + tail}


def _many_texts(block: bytes, number: int = 190) -> Files:
    """Texts of a megabyte each."""
    text = (block * (2**20 // len(block) + 1))[: 2**20]
    return {"texts.zip": _zip({f"{i}.txt": text for i in range(number)})}


def _deep(number: int) -> Files:
    """Very many small pictures in folders that lie deep."""
    raw, folder = _png((8, 8), 0, _PIXELS), "folder/" * 300
    return {"deep.zip": _zip({f"{folder}{i % 2}/{i}.png": raw for i in range(number)})}


def _scans(number: int = 49) -> Files:
    """Large scans as TIFF, packed in the old way."""
    raw = io.BytesIO()
    grey = np.add.outer(np.arange(4_000), np.arange(4_000)) // 16
    Image.fromarray(grey.astype(np.uint8)).save(raw, "TIFF", compression="tiff_lzw")
    return {"scans.zip": _zip({f"{i % 2}/{i}.tif": raw.getvalue() for i in range(number)})}


def _largest(shape: tuple[int, ...], dtype: str) -> Files:
    """An array as large as one may be."""
    array = np.zeros(shape, dtype)
    array.reshape(-1)[::97] = np.arange(-(-array.size // 97)) % 251
    return {"largest.npz": _zip({"x.npy": npy(array)})}


def _floats(rows: int, columns: int) -> Files:
    """A large table of measured values, which would be text of hundreds of megabytes."""
    line = ",".join(f"{value:.4f}" for value in np.random.default_rng(0).random(columns))
    return {"floats.csv.gz": _gzipped(f"{line}\n".encode() * 100, rows // 100)}


_SHEETS = [
    "<row/>" * 300_000,
    "<row>" + "<c><v>1</v></c>" * 20_000 + "</row>",
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    '<row r="-1"><c r="A0"><v>1</v></c></row>' * 60,
    '<row r="99999999999999"><c r="ZZZZZZ9"><v>1</v></c></row>',
    '<row><c t="s"><v>99</v></c><c t="s"><v>-1</v></c><c t="s"><v>x</v></c></row>' * 60,
    "<row><c><v>1e999</v></c><c><v>nan</v></c><c><v></v></c></row>" * 60,
    '<row><c t="e"><v>#DIV/0!</v></c><c t="b"><v>2</v></c><c><f>1/0</f></c></row>' * 60,
    "<row><c><v>1</v></c>" * 60,
    "&#0;",
    "<a>" * 50_000,
]
_TENSORS = [
    "{}",
    "[]",
    '{"x": null}',
    '{"x": {"dtype": "F64", "shape": [60], "data_offsets": [0, 480]}}',
    '{"x": {"dtype": "F64", "shape": [60], "data_offsets": [480, 0]}}',
    '{"x": {"dtype": "F64", "shape": [-60], "data_offsets": [0, 480]}}',
    '{"x": {"dtype": "F64", "shape": [60.0], "data_offsets": [0, 480]}}',
    '{"x": {"dtype": "F64", "shape": [60, 99999999999], "data_offsets": [0, 480]}}',
    '{"x": {"dtype": "F64", "shape": [60], "data_offsets": [0, 1e300]}}',
    '{"x": {"dtype": "F64", "shape": [60], "data_offsets": ["0", "480"]}}',
    '{"x": {"dtype": "BF16", "shape": [240], "data_offsets": [0, 480]}}',
    '{"x": {"dtype": ["F64"], "shape": {"a": 60}, "data_offsets": 0}}',
    '{"__metadata__": 5, "x": {"dtype": "F64", "shape": [60], "data_offsets": [0, 480]}}',
    "[" * 90_000,
    '{"' + "x" * 90_000 + '": 1}',
]
_ARFF = [
    "@relation a\n@attribute x numeric\n@data\n" + "1\n" * 60,
    "@relation a\n@attribute x {" + ",".join(map(str, range(90_000))) + "}\n@data\n" + "1\n" * 60,
    "@relation a\n@attribute x date 'yyyy'\n@data\n" + "2026\n" * 60,
    "@relation a\n@attribute x relational\n@attribute y numeric\n@end x\n@data\n" + "'1',2\n" * 60,
    "@relation a\n@attribute x numeric\n@attribute x numeric\n@data\n" + "{0 1, 1 2}\n" * 60,
    "@relation\n@data\n",
    "@relation a\n" + "@attribute x numeric\n" * 20_000 + "@data\n",
    "@relation a\n@attribute 'x y' string\n@data\n" + "'a,b'\n?\n" * 60,
]
_LIBSVM = [
    "1 1:1 2:2\n" * 60,
    "1 4000000000:1\n" * 60,
    "1 2:1 1:2\n" * 60,
    "1 1:nan 2:inf\n" * 60,
    "1 1:1 # qid\n+1 qid:3 1:1\n" * 60,
    "1,2 1:1\n" * 60,
    "1 0:1 -1:2\n" * 60,
    "1\n" * 60,
    "1 4096:1\n" * 200_000,
]
_DATES = np.arange(60).astype("M8[ns]")

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
    *(partial(_sheet, of) for of in _SHEETS),
    lambda: _sheet("", xl_worksheets_sheet1=b"", **{"xl_sharedStrings.xml": _laughs().encode()}),
    lambda: {"table.xlsx": _zip({"xl/workbook.xml": _laughs().encode()})},
    *(partial(_tensors, of) for of in _TENSORS),
    *(partial(lambda text: {"table.arff": text.encode()}, of) for of in _ARFF),
    *(partial(lambda text: {"table.libsvm": text.encode()}, of) for of in _LIBSVM),
    *(
        partial(_tar, _tar_head(size), b"1,2\n" * 60)
        for size in (b"0", b"0000000360", b"77777777777", b"-1", b"x", b"\x80" + b"\xff" * 11)
    ),
    partial(_tar, _tar_head(b"17", b"L"), b"a" * 15, _tar_head(b"360"), b"1,2\n" * 60),
    partial(_tar, _tar_head(b"77777777777", b"x"), b"9999999999 path=a\n"),
    partial(_tar, _tar_head(b"20", b"x"), b"0 path=a\n16 path=b\n", _tar_head(b"0")),
    partial(_tar, *[_tar_head(b"0", b"5", b"d/")] * 20_000),
    partial(_tar, _tar_head(b"0", b"2", b"../../etc/passwd")),
    *(
        partial(_mat, _mat_array(shape, kind))
        for shape in ((60, 8), (-1, 8), (2**31 - 1, 2**31 - 1), (0, 0), (60,), (1,) * 500)
        for kind in (6, 1, 5, 9, 99)
    ),
    lambda: _mat(struct.pack("<II", 15, 2**31)),
    lambda: _mat(_packed_mat(zlib.compress(bytes(2**27), 9))),
    lambda: _mat(_packed_mat(zlib.compress(_mat_array((60, 8), values=bytes(3840))))),
    lambda: _parquet(x=np.full(60, np.nan), y=_DATES, z=[None] * 60),
    lambda: _parquet(x=[[1, 2]] * 60, y=[{"a": 1}] * 60, z=[b"\xff"] * 60),
    lambda: _parquet(**{"": range(60), "a\0b": range(60), "n" * 9_000: ["x" * 9_000] * 60}),
    lambda: _parquet(x=np.zeros(2**24)),
    lambda: _parquet(**{f"c{i}": [1] * 60 for i in range(5_000)}),
    lambda: {"table.arrow": kinds.arrow({"x": np.zeros(0), "y": []})},
    *(partial(_nested, depth) for depth in (1, 2, 3, 50)),
    _repeated,
    *(partial(lambda kind: _zip_of_one(kind), of) for of in ("webp", "tiff", "gif", "bmp")),
]

# near the limits: each takes seconds
LARGE: list[Callable[[], Files]] = [
    *(partial(_many_texts, of) for of in (b"x", b"1,", b"1,2;3|4\t5 6 ", b"1,2\n", b"a; b, c\n")),
    partial(_many_texts, ("1," * 4_000).encode() + b"2\n", 999),
    lambda: _pictures(_png((8, 8), 0, _PIXELS), 79_000),
    partial(_deep, 39_000),
    _scans,
    partial(_largest, (150_000, 784), "u1"),
    partial(_largest, (100_000, 784), "f4"),
    partial(_largest, (58_000, 1_000), "f8"),
    partial(_largest, (75_000, 784), ">f4"),
    partial(_largest, (130_000, 700), "u1"),
    partial(_largest, (140_000, 28, 28, 3), "u1"),
    partial(_floats, 4_000, 4_000),
    partial(_floats, 30_000, 4_000),
]
