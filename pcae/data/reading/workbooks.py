"""Excel's workbooks (.xlsx): the first sheet with a table, read as if it had been saved as CSV.

A workbook is a zip of XML, of which a table needs little: Python's own reader takes it piece by
piece, and nothing is installed for it. What declares entities of its own is refused.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from xml.parsers import expat

from pcae import names
from pcae.data.contents import Left, Part
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_ROWS, File, Spent
from pcae.data.reading.archives import Member
from pcae.data.reading.cells import LONGEST_TEXT
from pcae.data.reading.tables import read_table
from pcae.names import MAX_COLUMNS

_BOOK, _STRINGS, _STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
_RELATED = "xl/_rels/workbook.xml.rels"
_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_DATES = {*range(14, 23), *range(45, 48)}  # of the forms that every workbook has
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_NOT_FORM = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')  # text and colours within a number's form
_PLACE = re.compile(r"[A-Z]+")


class _Dates(NamedTuple):
    """The styles in which numbers are shown as dates, and the day that these count from."""

    styles: set[str]
    zero: datetime


Opened = Callable[[str, dict[str, str]], None]
Closed = Callable[[str, str], None]


def is_workbook(paths: Sequence[str]) -> bool:
    """Whether a zip with files at these paths is a workbook."""
    return _BOOK in paths


def read(
    spent: Spent, name: str, members: Sequence[Member], headed: bool | None = None
) -> tuple[Part, list[Left]]:
    """The first sheet with a table, and the other sheets.

    Raises
    ------
    DataError
        None of them has a table.
    """
    files = {of.path: of for of in members}
    strings = _strings(files.get(_STRINGS))
    dates = _Dates(_date_styles(files.get(_STYLES)), _day_zero(files[_BOOK]))
    problem = None
    sheets = _sheets(files)
    for called, path in sheets.items():
        where = f"The sheet “{names.plain(called)}” of “{name}”"
        if path not in files:
            continue
        raw = _csv(spent, name, _cells(files[path], where, strings, dates))
        try:
            part = read_table(spent, name, File(name, raw, spent), headed)
        except DataError as found:
            problem = problem or found
            continue
        others = [of for of in sheets if of != called]
        shown = names.plain(called)
        return part, [
            Left(f"the sheet “{names.plain(of)}”", f"one sheet is read, and that is “{shown}”")
            for of in others
        ]
    raise problem or DataError(f"“{name}” has no sheet with a table: save the table as CSV.")


# ------------------------------------------------------------------ its XML


def _parse(member: Member, opened: Opened, closed: Closed) -> None:
    """Tell of every element as it opens, with its attributes, and as it closes, with its text."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    text: list[str] = []

    def refuse(*_: object) -> None:
        raise DataError("The workbook declares entities of its own: save the table as CSV.")

    def start(called: str, attributes: dict[str, str]) -> None:
        text.clear()
        opened(
            called.rpartition(" ")[2],
            {of.rpartition(" ")[2]: value for of, value in attributes.items()},
        )

    def end(called: str) -> None:
        closed(called.rpartition(" ")[2], "".join(text))
        text.clear()

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    for piece in member.pieces():
        parser.Parse(piece)
    parser.Parse(b"", True)


def _ignored(_called: str, _text: str) -> None:
    """Where nothing is to be done as an element closes."""


def _sheets(files: dict[str, Member]) -> dict[str, str]:
    """Where the sheets are, by their names, in their order."""
    places: dict[str, str] = {}
    found: dict[str, str] = {}

    def related(called: str, of: dict[str, str]) -> None:
        if called == "Relationship" and of.get("Type", "").endswith("/worksheet"):
            places[of["Id"]] = posixpath.normpath(posixpath.join("/xl", of["Target"]))[1:]

    def sheet(called: str, of: dict[str, str]) -> None:
        if called == "sheet" and of.get("id") in places:
            found[of["name"]] = places[of["id"]]

    _parse(files[_RELATED], related, _ignored)
    _parse(files[_BOOK], sheet, _ignored)
    return found


def _strings(member: Member | None) -> list[str]:
    """The texts that cells name by their numbers."""
    found: list[str] = []
    within: list[str] = []
    aside = 0  # how such text is spoken stands beside it

    def opened(called: str, _of: dict[str, str]) -> None:
        nonlocal aside
        if called == "si":
            within.clear()
        aside += called == "rPh"

    def closed(called: str, text: str) -> None:
        nonlocal aside
        if called == "t" and not aside:
            within.append(text)
        elif called == "si":
            found.append("".join(within)[:LONGEST_TEXT])
        aside -= called == "rPh"

    if member:
        _parse(member, opened, closed)
    return found


def _day_zero(book: Member) -> datetime:
    """The day that dates count from: some of Excel's for the Mac begin in 1904."""
    found = _DAY_ZERO

    def opened(called: str, of: dict[str, str]) -> None:
        nonlocal found
        if called == "workbookPr" and of.get("date1904") in ("1", "true"):
            found = _DAY_ZERO_1904

    _parse(book, opened, _ignored)
    return found


def _date_styles(member: Member | None) -> set[str]:
    """The styles in which numbers are shown as dates."""
    forms, styles, within = set(_DATES), list[int](), False

    def opened(called: str, of: dict[str, str]) -> None:
        nonlocal within
        if called == "numFmt" and _DATE_LETTERS.search(_NOT_FORM.sub("", of["formatCode"])):
            forms.add(int(of["numFmtId"]))
        elif called == "cellXfs":
            within = True
        elif called == "xf" and within:
            styles.append(int(of.get("numFmtId", 0)))

    def closed(called: str, _text: str) -> None:
        nonlocal within
        within = within and called != "cellXfs"

    if member:
        _parse(member, opened, closed)
    return {str(place) for place, form in enumerate(styles) if form in forms}


# ------------------------------------------------------------------ its cells


def _cells(member: Member, where: str, strings: list[str], dates: _Dates) -> list[list[str]]:
    """The rows that have anything, each as long as its last cell."""
    rows: list[list[str]] = []
    row: list[str] = []
    kind, value = dict[str, str](), ""

    def opened(called: str, of: dict[str, str]) -> None:
        nonlocal kind, value
        if called == "row":
            row.clear()
        elif called == "c":
            kind, value = of, ""
            letters = _PLACE.match(of.get("r", ""))
            place = _number(letters[0]) if letters else len(row)
            if place > MAX_COLUMNS + 1:
                raise DataError(f"{where} has more than {MAX_COLUMNS:,} columns: take some out.")
            row.extend([""] * (place - len(row)))

    def closed(called: str, text: str) -> None:
        nonlocal value
        if called in ("v", "t"):
            value += text
        elif called == "c":
            row.append(_shown(value, kind, strings, dates))
        elif called == "row" and any(row):
            while not row[-1]:
                row.pop()
            if len(rows) > MOST_ROWS:
                raise DataError(f"{where} has more than {MOST_ROWS:,} rows: leave some out.")
            rows.append(row.copy())

    _parse(member, opened, closed)
    return rows


def _number(letters: str) -> int:
    """The place of a column that is called A, B, …, Z, AA, …, from 0."""
    place = 0
    for letter in letters[:4]:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _shown(value: str, kind: dict[str, str], strings: list[str], dates: _Dates) -> str:
    """What a cell would be in a CSV."""
    told = kind.get("t", "n")
    if told == "s":
        return strings[int(value)] if value else ""
    if told == "n" and value and kind.get("s") in dates.styles:
        with suppress(ValueError, OverflowError):
            moment = dates.zero + timedelta(days=float(value))
            whole = moment == moment.replace(hour=0, minute=0, second=0, microsecond=0)
            return str(moment.date() if whole else moment.replace(microsecond=0))
    return " ".join(value.split())[:LONGEST_TEXT]


def _csv(spent: Spent, name: str, rows: list[list[str]]) -> bytes:
    """Rows as a CSV; those above the first that is as long as most keep their length."""
    if not rows:
        return b""
    [(usual, _)] = Counter(map(len, rows)).most_common(1)
    width = max(map(len, rows))
    text = io.StringIO()
    writer, begun = csv.writer(text, lineterminator="\n"), False
    text.write("sep=,\n")
    for row in rows:
        begun = begun or len(row) >= usual
        writer.writerow(row + [""] * (width - len(row)) if begun else row)
    raw = text.getvalue().encode()
    spent.unpack(name, len(raw))
    return raw
