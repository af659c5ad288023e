"""ARFF, the tables of Weka: names and kinds of columns, and below them a CSV or sparse rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from pcae.data.contents import Part
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_UPLOADED, File, Spent
from pcae.data.reading.tables import read_table
from pcae.names import MAX_COLUMNS

_EARLY = 2**16  # bytes in which it says what it is
_ATTRIBUTE = re.compile(r"""@attribute\s+('[^']*'|"[^"]*"|\S+)\s+(\S.*)""", re.IGNORECASE)
_KINDS = ("numeric", "real", "integer")


def is_arff(start: bytes) -> bool:
    """Whether a file begins so: with its relation, below comments."""
    for line in start[:_EARLY].splitlines():
        words = line.strip().lower()
        if words and not words.startswith(b"%"):
            return words.startswith(b"@relation")
    return False


def read(spent: Spent, name: str, file: File) -> Part:
    """Its table.

    Raises
    ------
    DataError
        It has no columns, or they cannot be read.
    """
    raw = file.whole(MOST_UPLOADED)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    lines = (of.strip() for of in io.StringIO(text))
    lines = (of for of in lines if of and not of.startswith("%"))
    columns = _columns(lines)
    if not columns:
        raise DataError(f"“{name}” has no columns: save the table as CSV.")
    if len(columns) > MAX_COLUMNS + 2:
        raise DataError(f"“{name}” has {len(columns):,} columns: at most {MAX_COLUMNS:,} are read.")
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    table.write("sep=,\n")
    writer.writerow([called for called, _ in columns])
    writer.writerows(_rows(name, lines, [unsaid for _, unsaid in columns]))
    part = read_table(spent, name, File(name, table.getvalue().encode(), spent), headed=True)
    return replace(part, headed=None)


def _columns(lines: Iterator[str]) -> list[tuple[str, str]]:
    """The columns' names, and what a sparse row has where it says nothing."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if line.lower().startswith("@data"):
            break
        if attribute := _ATTRIBUTE.match(line):
            called, kind = attribute[1].strip("'\""), attribute[2]
            values = next(csv.reader([kind.strip("{} ")], quotechar="'", skipinitialspace=True))
            plain = kind.lower().startswith(_KINDS) or not kind.startswith("{")
            found.append((called, "0" if plain else values[0].strip()))
    return found


def _rows(name: str, lines: Iterator[str], unsaid: list[str]) -> Iterator[list[str]]:
    for line in lines:
        cells = next(csv.reader([line.strip("{} ")], quotechar=_quote(line), skipinitialspace=True))
        if not line.startswith("{"):
            yield cells
            continue
        row = unsaid.copy()
        for cell in cells:
            place, _, value = cell.strip().partition(" ")
            if not place.isdecimal() or int(place) >= len(row):
                raise DataError(f"“{name}” has a row of another table: save the table as CSV.")
            row[int(place)] = value.strip("'\" ")
        yield row


def _quote(line: str) -> str:
    return '"' if '"' in line and "'" not in line else "'"
