"""Small files of every kind that pcae reads, written as each kind is written elsewhere.

The fuzzers start from these: what is read of a file that is whole shows whether it is read at all,
and what is read of a changed one whether anything but a sentence comes of it.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image
from safetensors.numpy import save

Files = dict[str, bytes]
Cells = Sequence[Sequence[object]]
_ROWS = 60
_PICTURES = {
    "png": ("L", "RGB", "RGBA", "P", "1", "I;16", "LA"),
    "jpeg": ("L", "RGB", "CMYK"),
    "webp": ("RGB", "RGBA"),
    "tiff": ("L", "I;16", "1"),
    "bmp": ("L", "RGB"),
    "gif": ("P",),
}
_SHEET = "xl/worksheets/sheet1.xml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE = "http://schemas.openxmlformats.org"
_WORKBOOK = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_OFFICE}/spreadsheetml/2006/main" '
    f'xmlns:r="{_OFFICE}/officeDocument/2006/relationships">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f"{_XML}<Relationships "
    f'xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


# ------------------------------------------------------------------ arrays


def npy(array: np.ndarray) -> bytes:
    """An array as a .npy file, pickled where it holds objects."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """Arrays as a .npz file, packed."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=True, **arrays)
    return file.getvalue()


def idx(array: np.ndarray) -> bytes:
    """Bytes as an IDX file."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def safetensors(**arrays: np.ndarray) -> bytes:
    """Arrays as a safetensors file."""
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def mat(*, packed: bool = False, **arrays: np.ndarray) -> bytes:
    """Arrays as MATLAB's .mat, version 5."""
    from scipy.io import savemat

    file = io.BytesIO()
    savemat(file, arrays, do_compression=packed)
    return file.getvalue()


# ------------------------------------------------------------------ tables


def csv(cells: Cells, separator: str = ",", end: str = "\n", encoding: str = "utf-8") -> bytes:
    """A delimited table; a cell that holds the separator is quoted."""
    lines = [separator.join(_quoted(str(cell), separator) for cell in row) for row in cells]
    return (end.join(lines) + end).encode(encoding, "replace")


def _quoted(cell: str, separator: str) -> str:
    if any(sign in cell for sign in (separator, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def arff(head: Sequence[str], rows: Cells, classes: Sequence[str]) -> bytes:
    """Weka's: numbers, and a class last."""
    kinds = ["NUMERIC"] * (len(head) - 1) + ["{" + ",".join(classes) + "}"]
    told = [f"@ATTRIBUTE {name} {kind}" for name, kind in zip(head, kinds, strict=True)]
    data = [",".join(map(str, row)) for row in rows]
    return "\n".join(["@RELATION made", *told, "@DATA", *data, ""]).encode()


def libsvm(rows: np.ndarray, labels: np.ndarray) -> bytes:
    """A line a row: its label, and the values that are not 0 with their numbers."""
    lines = [
        " ".join([str(label), *(f"{i}:{value:g}" for i, value in enumerate(row, 1) if value)])
        for label, row in zip(labels, rows, strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def parquet(columns: Mapping[str, Any]) -> bytes:
    """A table as Parquet."""
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(pa.table(dict(columns)), file)
    return file.getvalue()


def arrow(columns: Mapping[str, Any], *, stream: bool = False) -> bytes:
    """A table as Arrow's file, which is Feather's, or as its stream."""
    import pyarrow as pa

    table, file = pa.table(dict(columns)), io.BytesIO()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def xlsx(cells: Cells) -> bytes:
    """A workbook with one sheet."""
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in cells)
    sheet = (
        f'{_XML}<worksheet xmlns="{_OFFICE}/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    files = _WORKBOOK | {_SHEET: sheet}
    return zipped({name: text.encode() for name, text in files.items()})


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


# ------------------------------------------------------------------ pictures and archives


def picture(pixels: np.ndarray, mode: str = "L", kind: str = "png") -> bytes:
    """Greys of shape (rows, columns) as a picture."""
    found, file = Image.fromarray(pixels), io.BytesIO()
    (found if mode == "L" else found.convert(mode)).save(file, kind)
    return file.getvalue()


def zipped(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Files in a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name), raw, packing)  # without the time
    return packed.getvalue()


def tar(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    """Files in a tar; in mode "w:gz" a packed one."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, raw in files.items():
            of = tarfile.TarInfo(name)
            of.size = len(raw)
            archive.addfile(of, io.BytesIO(raw))
    return packed.getvalue()


def pictures(mode: str = "L", kind: str = "png", side: int = 8) -> Files:
    """Pictures in a folder for each of two classes."""
    rng = np.random.default_rng(0)
    return {
        f"class {number % 2}/{number}.{kind}": picture(
            rng.integers(0, 256, (side, side), np.uint8), mode, kind
        )
        for number in range(_ROWS)
    }


# ------------------------------------------------------------------ the files


@cache
def whole() -> dict[str, Files]:
    """Files of one data set each, as they should be, by what they are."""
    one: Files = _of_arrays() | _of_tables() | _of_archives()
    return {name: {name: raw} for name, raw in one.items()} | _several()


def _numbers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pictures, a table and labels."""
    rng = np.random.default_rng(0)
    return (
        rng.integers(0, 256, (_ROWS, 8, 8), np.uint8),
        rng.normal(size=(_ROWS, 3)).round(3),
        np.arange(_ROWS) % 3,
    )


def _of_arrays() -> Files:
    images, table, labels = _numbers()
    one_hot, names = np.eye(3)[labels], np.array(["a", "b", "ä"])[labels]
    return {
        **{f"{of}.npy": npy(images.astype(of)) for of in ("u1", ">i4", "f2", "f8", "bool")},
        "columns.npy": npy(np.asfortranarray(table)),
        "across.npy": npy(images.reshape(_ROWS, -1).T),
        "colours.npy": npy(np.repeat(images[..., None], 3, 3)),
        "arrays.npz": npz(images=images, labels=labels),
        "splits.npz": npz(x_train=images, y_train=one_hot, x_test=images[:12], y_test=one_hot[:12]),
        "bytes.npz": npz(data=images / 127.5 - 1, target=np.char.encode(names)),
        "objects.npz": npz(images=images, labels=names.astype(object)),
        "measured.npz": npz(x=table, y=table[:, 0] ** 3),
        "images-idx3-ubyte": idx(images),
        "images-idx3-ubyte.gz": gzip.compress(idx(images), mtime=0),
        "codes.safetensors": safetensors(codes=table[:, :2], index=np.arange(_ROWS)),
        "images.safetensors": safetensors(images=images, labels=labels),
        "images.mat": mat(images=images, labels=labels),
        "packed.mat": mat(packed=True, X=table, y=labels.reshape(1, -1)),
    }


def _of_tables() -> Files:
    images, table, labels = _numbers()
    kinds = [f"c{label}" for label in labels]
    head = ["a", "b", "c", "kind"]
    rows = [[*row, kind] for row, kind in zip(table.tolist(), kinds, strict=True)]
    pixels = [[label, *image.reshape(-1)] for label, image in zip(labels, images, strict=True)]
    comma = [[str(cell).replace(".", ",") for cell in row] for row in rows]
    gaps = [[*row] for row in rows]
    gaps[3][0], gaps[7][1], gaps[9][3] = "NA", "", "?"
    columns = {name: [row[i] for row in rows] for i, name in enumerate(head)}
    return {
        "table.csv": csv([head, *rows]),
        "bare.csv": csv(rows),
        "pixels.csv": csv(pixels),
        "pixels-names.csv": csv([["label", *range(64)], *pixels]),
        "index.csv": csv([["", *head], *([i, *row] for i, row in enumerate(rows))]),
        "comma.csv": csv([head, *comma], ";", "\r\n"),
        "gaps.csv": csv([head, *gaps]),
        "tabs.tsv": csv([head, *rows], "\t"),
        "blanks.txt": csv(rows, " "),
        "bars.txt": csv([["# a table"], head, *rows], "|"),
        "quoted.csv": csv([["a,b", 'c"d', "e\nf", "kind"], *rows]),
        "wide.csv": csv([head, *rows], encoding="utf-16"),
        "windows.csv": csv([["ä", "ö", "ü", "ß"], *rows], ";", "\r\n", "cp1252"),
        "marked.csv": csv([head, *rows], encoding="utf-8-sig"),
        "table.csv.gz": gzip.compress(csv([head, *rows]), mtime=0),
        "codes.csv": csv([["index", "x", "y"], *([i, *row[:2]] for i, row in enumerate(rows))]),
        "table.parquet": parquet(columns),
        "table.feather": arrow(columns),
        "table.arrow": arrow(columns, stream=True),
        "table.xlsx": xlsx([head, *rows]),
        "table.arff": arff(head, rows, ["c0", "c1", "c2"]),
        "table.libsvm": libsvm(table, labels + 1),
    }


def _of_archives() -> Files:
    images, table, labels = _numbers()
    tables = {
        "train.csv": csv([["a", "b", "c"], *table.tolist()]),
        "test.csv": csv([["a", "b", "c"], *table[:12].tolist()]),
        "readme.md": b"# made",
    }
    arrays = {"images.npy": npy(images), "labels.npy": npy(labels)}
    return {
        **{
            f"{kind}-{mode.replace(';', '')}.zip": zipped(pictures(mode, kind), zipfile.ZIP_STORED)
            for kind, modes in _PICTURES.items()
            for mode in modes
        },
        "sizes.zip": zipped(pictures() | {"class 0/x.png": picture(np.eye(9, 5, dtype=np.uint8))}),
        "one.png": picture(images[0]),
        "tables.zip": zipped(tables),
        "arrays.zip": zipped(arrays),
        "nested.zip": zipped({"inner.zip": zipped(arrays), "__MACOSX/._inner.zip": b"x"}),
        "arrays.tar": tar(arrays),
        "pictures.tar.gz": tar(pictures(), "w:gz"),
        "tables.tgz": tar(tables, "w:gz"),
    }


def _several() -> dict[str, Files]:
    """Several files that are one data set."""
    images, table, labels = _numbers()
    names = csv([["kind"], *([f"c{label}"] for label in labels)])
    return {
        "idx": {
            "train-images-idx3-ubyte": idx(images),
            "train-labels-idx1-ubyte": idx(labels),
            "t10k-images-idx3-ubyte": idx(images[:12]),
            "t10k-labels-idx1-ubyte": idx(labels[:12]),
        },
        "images and labels": {"images.npy": npy(images), "labels.csv": names},
        "kmnist": {
            "k-train-imgs.npz": npz(arr_0=images),
            "k-train-labels.npz": npz(arr_0=labels),
        },
        "competition": {
            "train.csv": csv([["id", "a", "b", "y"], *([i, *row] for i, row in enumerate(table))]),
            "test.csv": csv(
                [["id", "a", "b"], *([i, *row[:2]] for i, row in enumerate(table[:12]))]
            ),
            "sample_submission.csv": csv([["id", "y"], *([i, 0] for i in range(12))]),
        },
        "a bad one": {"table.csv": csv(table.tolist()), "x.pkl": b"\x80\4K\1.", "page": b"<html>"},
    }
