"""Tables as text: CSV, TSV and whatever else has a line for every row.

How a table is written, `pcae.data.reading.table_form` judges by its first lines; its cells are
parsed by pyarrow. Lines are counted as they come out of a gzipped file, before anything is parsed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pcae.counts import counted
from pcae.data import limits
from pcae.data.contents import Column, Part
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_LINE, MOST_ROWS, PIECE, File, Spent
from pcae.data.reading import cells
from pcae.data.reading.table_form import BLANKS, WORD, Form, form_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x19\x1b\x7f]")
_CONVERSION = re.compile(r"In CSV column #(\d+)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_LETTER = re.compile(r"[^\W\d_]")
_BLOCK, _MOST_ODD_LINES = 2**22, 20


def read_table(spent: Spent, name: str, file: File, headed: bool | None = None) -> Part:
    """The columns of a table.

    Parameters
    ----------
    file : File
        Text with a line for every row, in UTF-8, UTF-16 or Windows-1252. Commas, semicolons, tabs,
        bars or runs of blanks and tabs separate cells.
    headed : bool, optional
        Whether its first line has names; else that is judged.

    Raises
    ------
    DataError
        It is no table, is ragged, or is too large.
    """
    from pyarrow import default_memory_pool

    spent.check_judged(name)
    encoding = _encoding(name, file.start)
    form = form_of(spent, name, file.start.decode(encoding, "ignore"), headed)
    raw, found = _utf8(spent, name, file, encoding, len(form.names))
    if found != encoding:
        form = form_of(spent, name, bytes(raw[:PIECE]).decode(errors="ignore"), headed)
    try:
        columns, notes = _columns(spent, name, raw[form.start :], form)
    finally:
        default_memory_pool().release_unused()  # which else keeps hundreds of megabytes
    if found == "cp1252":
        notes.append(f"“{name}” is not in UTF-8 and was read as Windows-1252.")
    if form.above:
        lines = counted(form.above, "line above the table was", "lines above the table were")
        notes.append(f"Of “{name}” {lines} left out.")
    return Part(name, name, "table", columns=columns, headed=form.headed, notes=tuple(notes))


# ------------------------------------------------------------------ its text


def _encoding(name: str, start: bytes) -> str:
    """What the text is in, by its first megabyte."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start[:1000].count(0) > len(start[:1000]) / 4:
        low, high = start[:1000:2].count(0), start[1:1000:2].count(0)
        return "utf-16-le" if high > low else "utf-16-be"
    if _CONTROL.search(start):
        raise DataError(f"“{name}” is not text: choose a table that was saved as CSV.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _utf8(spent: Spent, name: str, file: File, encoding: str, width: int) -> tuple[memoryview, str]:
    """The text in UTF-8, if its lines are not too many or too long; and what it was in."""
    wide = encoding.startswith("utf-16")
    decoder = codecs.getincrementaldecoder(encoding)("replace" if wide else "strict")
    turned, lines = bytearray(), _Lines(name)
    for piece in file.pieces():
        text = ""
        if encoding != "cp1252":
            try:
                text = decoder.decode(bytes(piece))
            except UnicodeDecodeError:
                encoding = "cp1252"
        if wide:
            piece = text.encode(errors="replace")
            turned += piece
        rows = lines.count(piece)
        spent.parse(name, len(piece))
        if spent.held + rows * width > limits.MOST_BYTES // 8:
            spent.hold(name, 8 * rows * width)
    if wide:
        return memoryview(turned), encoding
    if encoding == "cp1252":
        return memoryview(file.content.decode("cp1252", "replace").encode()), encoding
    return memoryview(file.content)[3 * (encoding == "utf-8-sig") :], encoding


class _Lines:
    """Lines as they are counted, whatever ends them."""

    def __init__(self, name: str) -> None:
        self._name, self._rows, self._length, self._ended = name, 0, 0, True

    def count(self, piece: bytes | bytearray | memoryview) -> int:
        """How many there are up to this piece; too many or a long one is a `DataError`."""
        letters = np.frombuffer(piece, np.uint8)
        if not letters.size:
            return self._rows
        ends = (letters == ord("\n")) | (letters == ord("\r"))
        self._rows += int(np.count_nonzero(ends[1:] > ends[:-1]))
        self._rows += bool(ends[0]) and not self._ended
        self._ended = bool(ends[-1])
        self._length = int(ends[::-1].argmax()) if ends.any() else self._length + len(piece)
        if self._length > MOST_LINE:
            raise DataError(
                f"“{self._name}” has a line of more than 1 MB: give every row its own line."
            )
        if self._rows > MOST_ROWS + 1:
            raise DataError(
                f"“{self._name}” has more than {MOST_ROWS:,} rows: choose at most as many."
            )
        return self._rows


# ------------------------------------------------------------------ its columns


def _columns(
    spent: Spent, name: str, raw: memoryview, form: Form
) -> tuple[tuple[Column, ...], list[str]]:
    """The columns, and what was left out on the way, as sentences."""
    if form.separator == BLANKS:
        raw = _with_tabs(raw)
    parsed, notes = _parsed(name, raw, form, dict.fromkeys(form.bytes, "uint8"))
    rows = len(parsed[0])
    spent.count_rows(name, rows)
    spent.hold(name, sum(map(cells.size, parsed.values())))
    commas = form.separator != ","
    made = (cells.column(of, parsed.pop(j), commas=commas) for j, of in enumerate(form.names))
    kept, empty = _without_empty([column for column in made if column])
    quotes = np.count_nonzero(np.frombuffer(raw, np.uint8) == ord('"'))
    if quotes % 2 and any("\n" in of.values[-1] for of in kept if of.is_text):
        raise _broken(name)
    if empty:
        rows_were = counted(empty, "row was", "rows were")
        notes.append(f"{rows_were} left out of “{name}”, without any value.")
    return tuple(kept), notes


def _with_tabs(raw: memoryview) -> memoryview:
    """Text with a tab in the place of every run of blanks and tabs."""
    lines = _LINE_END.split(bytes(raw).decode())
    return memoryview("\n".join("\t".join(WORD.findall(line)) for line in lines).encode())


def _parsed(
    name: str, raw: memoryview, form: Form, types: dict[int, str]
) -> tuple[dict[int, Any], list[str]]:
    """The columns as pyarrow reads them, those that it takes for dates or base 16 as text."""
    from pyarrow import ArrowInvalid
    from pyarrow import types as kinds

    odd = _OddLines(name)
    while True:
        try:
            found = _read(raw, form, types, odd)
            break
        except ArrowInvalid as problem:
            if odd.many:
                raise odd.ragged() from None
            # a column was taken for bytes by its first rows, or quotes are wrong
            column = _CONVERSION.search(str(problem))
            if not column or int(column[1]) not in types:
                raise _broken(name) from None
            types, odd = {}, _OddLines(name)
    notes = odd.notes(len(next(iter(found.values()))))
    again = [j for j, values in found.items() if kinds.is_temporal(values.type)]
    if _holds_x(raw):
        again += _hexadecimal(raw, form, found)
    if again:
        found |= _read(raw, form, dict.fromkeys(again, "string"), _OddLines(name), again)
    return found, notes


def _read(
    raw: memoryview,
    form: Form,
    types: dict[int, str],
    odd: _OddLines,
    only: Sequence[int] | None = None,
) -> dict[int, Any]:
    """The columns, or some of them, by their places."""
    from pyarrow import BufferReader, py_buffer, type_for_alias
    from pyarrow import csv as tables

    table = tables.read_csv(
        BufferReader(py_buffer(raw)),
        tables.ReadOptions(
            column_names=[str(j) for j in range(len(form.names))],
            block_size=_BLOCK,
            use_threads=False,
        ),
        tables.ParseOptions(
            delimiter="\t" if form.separator == BLANKS else form.separator,
            newlines_in_values=True,
            invalid_row_handler=odd,
        ),
        tables.ConvertOptions(
            column_types={str(j): type_for_alias(of) for j, of in types.items()},
            null_values=cells.GAPS_OF_NUMBERS,
            include_columns=None if only is None else [str(j) for j in only],
        ),
    )
    return {int(of): table.column(of) for of in table.column_names}


def _holds_x(raw: memoryview) -> bool:
    """Whether there is an x anywhere, as in 0x1F."""
    letters = np.frombuffer(raw, np.uint8)
    pieces = (letters[at : at + PIECE] for at in range(0, len(letters), PIECE))
    return any(((piece | 0x20) == ord("x")).any() for piece in pieces)


def _hexadecimal(raw: memoryview, form: Form, found: dict[int, Any]) -> list[int]:
    """The columns that pyarrow has read as whole numbers in base 16."""
    from pyarrow import compute
    from pyarrow import types as kinds

    whole = [j for j, values in found.items() if kinds.is_integer(values.type)]
    if not whole:
        return []
    texts = _read(raw, form, dict.fromkeys(whole, "string"), _OddLines(""), whole)
    return [
        j
        for j, text in texts.items()
        if compute.any(compute.match_substring(text, "0x", ignore_case=True)).as_py()
    ]


class _OddLines:
    """Lines with another number of cells than most: comments, and what stands below a table."""

    def __init__(self, name: str) -> None:
        self._name, self._skipped, self._found = name, 0, list[Any]()

    def __call__(self, row: Any) -> str:
        """What pyarrow does with such a line."""
        self._skipped += 1
        if row.text.strip() and not row.text.startswith("#"):
            self._found.append(row)
        return "error" if self.many else "skip"

    @property
    def many(self) -> bool:
        """Whether these are too many to stand below a table."""
        return len(self._found) > _MOST_ODD_LINES

    def notes(self, rows: int) -> list[str]:
        """What is said of these lines if they are below all rows; else they are a `DataError`."""
        if not self._found:
            return []
        first, count = self._found[0], len(self._found)
        below = first.number > rows + self._skipped - count > 0
        short = all(row.actual_columns < row.expected_columns for row in self._found)
        if not (below and short and all(_LETTER.search(row.text) for row in self._found)):
            raise self.ragged()
        below_it = f"below the table of “{self._name}”"
        return [f"{counted(count, f'line {below_it} was', f'lines {below_it} were')} left out."]

    def ragged(self) -> DataError:
        """The first of these lines as an error."""
        first = self._found[0]
        return DataError(
            f"“{self._name}” is ragged: row {first.number:,} has "
            f"{counted(first.actual_columns, 'value')} and the first has "
            f"{first.expected_columns}. Give every line as many."
        )


def _without_empty(columns: list[Column]) -> tuple[list[Column], int]:
    """The columns without the rows in which all have gaps, and how many these are."""
    empty = np.ones(len(columns[0].values), bool)
    for column in columns:
        empty &= column.gaps
        if not empty.any():
            return columns, 0
    if empty.all():
        return columns, 0
    return [replace(of, values=of.values[~empty]) for of in columns], int(empty.sum())


def _broken(name: str) -> DataError:
    return DataError(
        f"“{name}” cannot be read as a table, perhaps because a quotation mark is left open: save "
        "it as CSV again."
    )
