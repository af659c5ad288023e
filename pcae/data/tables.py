"""Tables in CSV, TSV and the like: their columns of numbers and of text.

Lines are counted as they come out of a gzipped file, before anything is parsed. What is written as
a number, `is_number` says for every reader of tables.
"""

from __future__ import annotations

import csv
import re
from typing import Any, NamedTuple

import numpy as np

from pcae.data import limits, owndata
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_LINE, MOST_ROWS, MOST_UPLOADED, PIECE, File, Spent
from pcae.names import MAX_COLUMNS

_NUMBER = re.compile(
    r"[ \t]*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)[ \t]*",
    re.ASCII | re.IGNORECASE,
)
_RAGGED = re.compile(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)")
_HEXADECIMAL = re.compile(rb"0[xX]")
_NUMBER_BYTES = 32  # of a cell: more than any number needs
_LONGEST_TEXT, _LONGEST_DATE, _LONGEST_SHOWN = 100, 32, 20  # characters of a cell
_STRING_BYTES = 64  # of Python's, beside the letters
_BLOCK, _COLUMNS_AT_ONCE = 2**22, 16

Text = bytes | bytearray
Table = tuple[np.ndarray, tuple[str, ...], dict[str, np.ndarray]]


class _Form(NamedTuple):
    """How a table is written."""

    delimiter: str
    names: list[str]
    headed: bool


def is_number(text: str) -> bool:
    """Whether a cell is written as a number, be it infinite or none.

    This is what pyarrow reads as a float: ASCII digits with nothing between them, a sign at most
    before them and blanks or tabs about them. Hexadecimal numbers are text.
    """
    return _NUMBER.fullmatch(text) is not None


def read_table(spent: Spent, name: str, file: File) -> Table:
    """The columns with numbers, shape (n, p), what they are called, and the columns with text.

    Raises
    ------
    DataError
        It is no table with a column of numbers, has gaps, or is too large.
    """
    from pyarrow import default_memory_pool

    form = _form(name, file.start)
    _count(spent, name, file, len(form.names))
    try:
        return _columns(spent, name, file.content, form)
    finally:
        default_memory_pool().release_unused()  # which else keeps hundreds of megabytes


def _form(name: str, start: bytes) -> _Form:
    """How a table is written, by its first two lines."""
    start = start.removeprefix(b"\xef\xbb\xbf")
    try:
        text = start.decode(errors="strict" if len(start) < PIECE - 3 else "ignore")
    except UnicodeDecodeError:
        raise DataError(f"“{name}” is not text in UTF-8: save the table as CSV in UTF-8.") from None
    lines = [line for line in text.splitlines()[:2] if line.strip()]
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
    return _Form(delimiter, names, headed)


def _count(spent: Spent, name: str, file: File, width: int) -> None:
    """Unpack the text as far as its lines are not too many or too long."""
    rows, line, ended = 0, 0, True
    for piece in file.pieces():
        letters = np.frombuffer(piece, np.uint8)
        ends = (letters == ord("\n")) | (letters == ord("\r"))
        rows += int(np.count_nonzero(ends[1:] > ends[:-1])) + (bool(ends[0]) and not ended)
        ended = bool(ends[-1])
        line = int(ends[::-1].argmax()) if ends.any() else line + len(piece)
        if line > MOST_LINE:
            raise DataError(f"“{name}” has a line of more than 1 MB: give every row its own line.")
        if rows > MOST_ROWS + 1:
            raise DataError(f"“{name}” has more than {MOST_ROWS:,} rows: choose at most as many.")
        if spent.held + 8 * rows * width > limits.MOST_BYTES:
            spent.hold(name, 8 * rows * width)
        if file.packed and len(file.content) > MOST_UPLOADED + _NUMBER_BYTES * rows * width:
            raise DataError(
                f"“{name}” has much more text than its numbers need: take out long texts and "
                "empty lines."
            )


def _columns(spent: Spent, name: str, raw: Text, form: _Form) -> Table:
    import pyarrow as pa

    columns = _parsed(name, raw, form)
    rows = len(columns[form.names[0]])
    spent.count_rows(name, rows)
    for column, values in columns.items():
        _check_gaps(name, column, values)
    columns |= _hexadecimal(name, raw, form, columns)
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    texts = {
        column: columns.pop(column)
        for column in form.names
        if not any(kind(columns[column].type) for kind in kinds)
    }
    if not columns:
        raise DataError(f"“{name}” has no column of numbers: choose a table of numbers.")
    names = tuple(columns)
    spent.hold(name, 8 * rows * len(names) + sum(map(_text_bytes, texts.values())))
    found = {column: _text(name, column, texts.pop(column)) for column in list(texts)}
    whole = not any(pa.types.is_floating(values.type) for values in columns.values())
    array = np.empty((rows, len(names)), np.int64 if whole else np.float64)
    for at in range(0, len(names), _COLUMNS_AT_ONCE):
        few = names[at : at + _COLUMNS_AT_ONCE]
        array[:, at : at + len(few)] = np.column_stack([columns.pop(of).to_numpy() for of in few])
    return array, names, found


def _check_gaps(name: str, column: str, values: Any) -> None:
    if values.null_count == len(values):
        raise DataError(f"The column “{column}” of “{name}” is empty: take it out.")
    if values.null_count:
        row = values.is_null().to_pylist().index(True) + 1
        raise DataError(
            f"The column “{column}” of “{name}” has no number in row {row:,}: fill the gaps, "
            "or take such rows out."
        )


def _parsed(
    name: str, raw: Text, form: _Form, types: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The columns as pyarrow reads them, of types that it finds by what they hold."""
    from pyarrow import ArrowInvalid, BufferReader, py_buffer
    from pyarrow import csv as tables

    try:
        table = tables.read_csv(
            BufferReader(py_buffer(raw)),
            tables.ReadOptions(
                column_names=form.names,
                skip_rows=int(form.headed),
                block_size=_BLOCK,
                use_threads=False,
            ),
            tables.ParseOptions(delimiter=form.delimiter),
            tables.ConvertOptions(column_types=types),
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
    return dict(zip(form.names, table.columns, strict=True))


def _hexadecimal(name: str, raw: Text, form: _Form, columns: dict[str, Any]) -> dict[str, Any]:
    """As text, the columns that pyarrow has read as whole numbers in base 16."""
    start = raw.find(b"\n")
    if (raw.find(b"x", start) < 0 and raw.find(b"X", start) < 0) or not _HEXADECIMAL.search(raw):
        return {}
    import pyarrow as pa
    from pyarrow import compute

    whole = [column for column, values in columns.items() if pa.types.is_integer(values.type)]
    texts = _parsed(name, raw, form, dict.fromkeys(whole, pa.string()))
    return {
        column: texts[column]
        for column in whole
        if compute.any(compute.match_substring(texts[column], "0x", ignore_case=True)).as_py()
    }


def _text_bytes(values: Any) -> int:
    """What a column of text takes while it becomes an array."""
    import pyarrow as pa
    from pyarrow import compute

    longest = _LONGEST_DATE
    if pa.types.is_string(values.type):
        longest = min(_LONGEST_TEXT, compute.max(compute.utf8_length(values)).as_py())
    return (4 * longest + _STRING_BYTES) * len(values)


def _text(name: str, column: str, values: Any) -> np.ndarray:
    """A column of text; refused where it is one of numbers with something else in it."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_binary(values.type):
        raise DataError(f"“{name}” is not text in UTF-8: save the table as CSV in UTF-8.")
    if pa.types.is_string(values.type):
        values = compute.utf8_slice_codeunits(values, 0, _LONGEST_TEXT)
    found = values.to_numpy().astype(str)
    are = [is_number(value) for value in found[:1000]]
    if sum(are) > len(are) / 2:
        row = next((i for i, value in enumerate(found) if not is_number(value)), 0)
        shown = owndata.plain(found[row], _LONGEST_SHOWN)
        raise DataError(
            f"Row {row + 1:,} of the column “{column}” of “{name}” is “{shown}” and not a number: "
            "correct it, or take the row out."
        )
    return found
