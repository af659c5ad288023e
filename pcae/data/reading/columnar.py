"""Tables that are no lines of text: Parquet, Arrow and Feather, Excel, ARFF and libsvm.

Their columns become numbers and text as those of a CSV do (`pcae.data.reading.cells`); lists of as
many numbers in every row become an array. Pictures within a table, as Hugging Face writes them, are
given as files with the names of their classes. What is neither is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from pcae import names
from pcae.counts import counted
from pcae.data.columns import judge
from pcae.data.contents import Column, Left, Part
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_ROWS, MOST_UPLOADED, File, Spent
from pcae.data.reading import arff, cells, libsvm, workbooks
from pcae.data.reading.archives import Member
from pcae.data.reading.picture_heads import is_picture
from pcae.names import MAX_COLUMNS

_PARQUET, _ARROW, _STREAM = b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff"
_ROWS_AT_ONCE = 4096


class Picture(NamedTuple):
    """A picture in a table's cell: its name, its class or "", and what gives its file's bytes."""

    name: str
    label: str
    read: Callable[[], bytes]


@dataclass(eq=False)
class Tables:
    """What such a file holds.

    Attributes
    ----------
    parts : list of Part
        A table, and an array for each column of lists; their names are those of columns, "" of the
        table itself.
    left : list of Left
        Columns and sheets that are not read.
    pictures : list of Picture
    """

    parts: list[Part] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


Reader = Callable[[Spent, str, File, bool | None], Tables]


def reader(start: bytes) -> Reader | None:
    """What reads a file that begins so: Parquet, Arrow, ARFF or libsvm; else None.

    Excel's are zips: `workbooks.is_workbook` knows them by what is in them, `read_workbook` reads
    them.
    """
    if start.startswith(_PARQUET):
        return _read_parquet
    if start.startswith(_ARROW) or (start.startswith(_STREAM) and start[8:9] != b"\xff"):
        return _read_arrow
    if arff.is_arff(start):
        return lambda spent, name, file, headed: Tables([arff.read(spent, name, file)])
    if libsvm.is_libsvm(start):
        return lambda spent, name, file, headed: Tables([libsvm.read(spent, name, file)])
    return None


def read_workbook(
    spent: Spent, name: str, members: Sequence[Member], headed: bool | None = None
) -> Tables:
    """The first sheet with a table of an Excel file (.xlsx), and the names of the others."""
    part, left = workbooks.read(spent, name, members, headed)
    return Tables([part], left)


# ------------------------------------------------------------------ Parquet and Arrow


def _read_parquet(spent: Spent, name: str, file: File, _headed: bool | None = None) -> Tables:
    from pyarrow import BufferReader, parquet, py_buffer

    raw = py_buffer(file.whole(MOST_UPLOADED))
    schema = parquet.ParquetFile(BufferReader(raw)).schema_arrow
    texts = [
        of.name for of in schema if cells.is_text(of.type)
    ]  # long ones may be many times there
    stored = parquet.ParquetFile(BufferReader(raw), read_dictionary=texts)
    pieces = stored.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False)
    return _tables(spent, name, schema, pieces)


def _read_arrow(spent: Spent, name: str, file: File, _headed: bool | None = None) -> Tables:
    from pyarrow import BufferReader, ipc, py_buffer

    source = BufferReader(py_buffer(file.whole(MOST_UPLOADED)))
    if file.start.startswith(_STREAM):
        stream = ipc.open_stream(source)
        return _tables(spent, name, stream.schema, iter(stream))
    known = ipc.open_file(source)
    pieces = (known.get_batch(i) for i in range(known.num_record_batches))
    return _tables(spent, name, known.schema, pieces)


def _tables(spent: Spent, name: str, schema: Any, pieces: Iterator[Any]) -> Tables:
    """The columns of all pieces, which are counted one by one."""
    import pyarrow as pa

    if len(schema) > MAX_COLUMNS + 2:
        raise DataError(f"“{name}” has {len(schema):,} columns: at most {MAX_COLUMNS:,} are read.")
    found, rows = [], 0
    for piece in pieces:
        piece.validate(full=True)  # nobody has looked at its offsets yet
        spent.hold(name, piece.nbytes)
        found.append(piece)
        rows += len(piece)
        if rows > MOST_ROWS:
            break
    spent.count_rows(name, rows)
    if not rows:
        raise DataError(f"“{name}” has no rows: choose a table with some.")
    table = pa.Table.from_batches(found)
    classes = _class_names(schema)
    tables, columns, pictures = Tables(), [], {}
    for place, called in enumerate(table.column_names):
        values = table.column(place)
        if (files := _files(values)) is not None:
            pictures[called] = files
        elif (array := _array(values)) is not None:
            tables.parts.append(Part(called or "array", name, "array", array=array))
        elif column := _column(spent, name, called, values):
            columns.append(_with_classes(column, classes.get(called)))
        else:
            tables.left.append(Left(_the_column(called), f"holds values of the type {values.type}"))
    if pictures:
        _take_pictures(tables, name, columns, pictures)
    elif columns:
        tables.parts.insert(0, Part("", name, "table", columns=tuple(columns)))
    return tables


def _the_column(called: str) -> str:
    return f"the column “{names.plain(called)}”"


def _column(spent: Spent, name: str, called: str, values: Any) -> Column | None:
    import pyarrow as pa

    with suppress(pa.ArrowNotImplementedError, pa.ArrowInvalid):
        values = cells.unpacked(values)
        spent.hold(name, cells.size(values))
        return cells.column(called, values)
    return None


def _array(values: Any) -> np.ndarray | None:
    """Lists of as many numbers in every row, be they in lists themselves; else None."""
    from pyarrow import types

    if not types.is_nested(values.type):
        return None
    at, shape = values.combine_chunks(), [len(values)]
    lists = (types.is_list, types.is_large_list, types.is_fixed_size_list)
    while any(are(at.type) for are in lists):
        flat = at.flatten()
        side = len(flat) // len(at)
        if at.null_count or not side or at.value_lengths().unique().to_pylist() != [side]:
            return None
        at, shape = flat, [*shape, side]
    if at.null_count or not (types.is_integer(at.type) or types.is_floating(at.type)):
        return None
    found = at.to_numpy(zero_copy_only=False).reshape(shape)
    return found if found.dtype.kind == "f" else cells.smallest(found)


# ------------------------------------------------------------------ as Hugging Face writes them


def _class_names(schema: Any) -> dict[str, list[str]]:
    """What the numbers of columns stand for, where the file says it."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        told = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {
            column: list(map(str, of["names"]))
            for column, of in told.items()
            if isinstance(of, dict) and of.get("_type") == "ClassLabel"
        }
    return {}


def _with_classes(column: Column, classes: list[str] | None) -> Column:
    """Text in the place of numbers that stand for classes; below 0 there is none."""
    values = column.values
    if not classes or values.dtype.kind not in "ui" or values.max(initial=0) >= len(classes):
        return column
    texts = np.array([*(of[: cells.LONGEST_TEXT] for of in classes), ""])
    return Column(column.name, texts[np.where(values < 0, -1, values.astype(np.int64))])


def _files(values: Any) -> Any | None:
    """The bytes of picture files in a column; None where there are none."""
    from pyarrow import compute, types

    kind = values.type
    if types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        values = compute.struct_field(values, "bytes")
    if not (types.is_binary(values.type) or types.is_large_binary(values.type)):
        return None
    first = next((of.as_py() for of in values if of.is_valid), b"")
    return values if is_picture(first) else None


def _take_pictures(
    tables: Tables, name: str, columns: list[Column], pictures: dict[str, Any]
) -> None:
    """The pictures of the first column that has some, with the class that another says."""
    (taken, files), *others = pictures.items()
    tables.left.extend(
        Left(_the_column(of), "has more pictures of the same rows") for of, _ in others
    )
    judged = judge(columns)
    label = next((of for of, how in zip(columns, judged, strict=True) if how.role == "label"), None)
    tables.left.extend(
        Left(_the_column(of.name), "beside pictures the label alone is read")
        for of in columns
        if of is not label
    )
    labels = [""] * len(files) if label is None else list(map(str, label.values))
    missing = 0
    for row, (value, said) in enumerate(zip(files, labels, strict=True)):
        if value.is_valid:
            tables.pictures.append(Picture(f"{taken} {row + 1}", said, value.as_py))
        else:
            missing += 1
    if missing:
        has = "it has" if missing == 1 else "they have"
        tables.left.append(Left(counted(missing, "row"), f"{has} no picture"))
