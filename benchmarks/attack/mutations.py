"""Changes to files that keep their form: within archives, tables and arrays, where readers look.

A byte changed in a packed file is found by its check sum, before a reader of what is in it sees
anything odd. So what is packed is unpacked, changed and packed again.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from benchmarks.attack.hostile import TEXTS, damaged
from benchmarks.attack.kinds import Files, tar, zipped

_CELLS = [
    *("", " ", "NA", "NaN", "?", "inf", "-inf", "1e999", "1e-400", "1,5", "1.234,5", "1 000", "½"),
    *("0", "-1", "255", "256", "1.0", "true", "2026-11-28", "12:30", "#", "a,b", '"', "'", "\t"),
    *(
        "\0",
        "\u2028",
        "ä",
        "\u202e",
        "<b>",
        "=1+1",
        "%",
        "9" * 400,
        "x" * 300,
        "1_0",
        "１２",
        "0x1",
    ),
]
_SEPARATORS = [b",", b";", b"\t", b"|", b" ", b"  ", b":", b"\x01"]
_NUMBERS = [
    b"0",
    b"1",
    b"-1",
    b"59",
    b"61",
    b"2147483648",
    b"99999999999",
    b"1e9",
    b"True",
    b"None",
]
_TYPES = [
    b"<f8",
    b"<f4",
    b"|u1",
    b">i2",
    b"<i8",
    b"<u8",
    b"|b1",
    b"<U3",
    b"|S2",
    b"|O",
    b"<c16",
    b"<M8[s]",
]
_MOST = 2**22  # bytes that are unpacked here


def changed(rng: random.Random, raw: bytes) -> bytes:
    """Bytes with one change to them."""
    if rng.random() < 0.25:
        return damaged(rng, raw)
    try:
        return _way(raw)(rng, raw)
    except (ValueError, OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, KeyError):
        return damaged(rng, raw)  # it was changed before
    except (tarfile.TarError, NotImplementedError, IndexError):
        return damaged(rng, raw)


def _way(raw: bytes) -> Callable[[random.Random, bytes], bytes]:
    """How a file of such a kind is changed."""
    if raw.startswith(b"PK"):
        return _zip
    if raw.startswith(b"\x1f\x8b"):
        return lambda rng, of: gzip.compress(
            changed(rng, zlib.decompressobj(31).decompress(of, _MOST)), 1, mtime=0
        )
    if raw[257:262] == b"ustar":
        return _tar
    if raw.startswith(b"\x93NUMPY"):
        return _npy
    if b"\0" not in raw[:1000]:
        return _text
    return damaged


def several(rng: random.Random, files: Files) -> Files:
    """The files of a data set or an archive, with one of them changed, or with others."""
    names = list(files)
    name = rng.choice(names) if names else ""
    way = rng.choice(
        ("change", "change", "change", "change", "drop", "rename", "twice", "odd", "order")
    )
    if way == "change" and name:
        return files | {name: changed(rng, files[name])}
    if way == "drop" and len(names) > 1:
        return {of: raw for of, raw in files.items() if of != name}
    if way == "rename" and name:
        new = rng.choice(
            [*TEXTS[:40], *(f"{name}{end}" for end in (".gz", ".csv", ".npy", ".txt", ""))]
        )
        return {new[:300] if of == name else of: raw for of, raw in files.items()}
    if way == "twice" and name:
        return files | {f"copy/{name}": files[name]}
    if way == "order":
        return dict(sorted(files.items(), key=lambda _: rng.random()))
    return files | {"odd.txt": rng.choice(TEXTS).encode(errors="replace")}


def _zip(rng: random.Random, raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        files = {of.filename: archive.read(of) for of in archive.infolist() if of.file_size < _MOST}
    packing = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    return zipped({of: raw for of, raw in several(rng, files).items() if of}, packing)


def _tar(rng: random.Random, raw: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        files = {
            of.name: file.read(_MOST)
            for of in archive.getmembers()
            if (file := archive.extractfile(of)) is not None
        }
    return tar({of.replace("\0", ""): raw for of, raw in several(rng, files).items()})


def _npy(rng: random.Random, raw: bytes) -> bytes:
    """Another shape, type or order, in a header of the same length; or other values."""
    size = int.from_bytes(raw[8:10], "little")
    header, body = raw[10 : 10 + size], raw[10 + size :]
    way = rng.choice(("shape", "type", "order", "values", "values", "rows"))
    if way == "shape":
        side = rng.choice(list(re.finditer(rb"\d+(?=[,)])", header)))
        header = header[: side.start()] + rng.choice(_NUMBERS) + header[side.end() :]
    elif way == "type":
        header = re.sub(rb"'descr': '[^']*'", b"'descr': '" + rng.choice(_TYPES) + b"'", header)
    elif way == "order":
        header = header.replace(b"False", b"True")
    elif way == "rows":
        body = body[: len(body) // 2] + rng.randbytes(rng.choice((0, 8, len(body))))
    else:
        at = rng.randrange(len(body) // 8 + 1) * 8
        value = rng.choice((b"\xff", b"\x7f\xf0", b"\xf0\x7f", b"\x80", b"\0")) * 8
        times = rng.choice((1, 1, 9, len(body) // 8))
        body = body[:at] + (value[:8] * times)[: len(body) - at] + body[at + 8 * times :]
    header = header.rstrip()[:65_000] + b"\n"
    return raw[:8] + len(header).to_bytes(2, "little") + header + body


def _text(rng: random.Random, raw: bytes) -> bytes:
    """A table with other cells, lines or separators, or in another encoding."""
    lines = raw.split(b"\n")
    separator = max(_SEPARATORS[:5], key=lambda of: lines[min(2, len(lines) - 1)].count(of))
    way = rng.choice(
        ("cells", "cells", "cells", "line", "twice", "drop", "column", "separator", "encoding")
    )
    at = rng.randrange(len(lines))
    if way == "cells":
        return _with_cells(rng, lines, separator)
    if way == "line":
        lines.insert(at, rng.choice(TEXTS)[:500].encode(errors="replace"))
    elif way == "twice":
        lines.insert(at, lines[at])
    elif way == "drop":
        del lines[at : at + rng.choice((1, 1, 20))]
    elif way == "column":
        lines = [line + separator + rng.choice((b"", b"1", line[:3])) for line in lines]
    elif way == "separator":
        return raw.replace(separator, rng.choice(_SEPARATORS))
    else:
        text = raw.decode("utf-8", "replace")
        return text.encode(
            rng.choice(("utf-16", "utf-8-sig", "cp1252", "utf-32", "utf-7")), "replace"
        )
    return b"\n".join(lines)


def _with_cells(rng: random.Random, lines: list[bytes], separator: bytes) -> bytes:
    """Some cells, or all of a column, replaced."""
    table = [line.split(separator) for line in lines]
    text = rng.choice(_CELLS).encode(errors="replace")
    column = rng.randrange(len(table[min(1, len(table) - 1)]))
    rows = [rng.randrange(len(table))]
    if (share := rng.random()) < 0.5:
        rows = [row for row in range(1, len(table)) if share < 0.2 or rng.random() < 0.5]
    for row in rows:
        if column < len(table[row]):
            table[row][column] = text
    return b"\n".join(map(separator.join, table))
