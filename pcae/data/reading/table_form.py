"""How a table is written as text, judged by its first lines.

What separates its cells, where it begins, and whether its first line has names. No library's
sniffer reads every form that people have: that of pandas splits a column of labels at a letter,
DuckDB's takes names that are numbers for a row, and neither knows runs of blanks and tabs.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

from pcae.data.dataset import DataError
from pcae.data.limits import PIECE, Spent
from pcae.data.reading.cells import is_gap, is_number, is_numberish
from pcae.names import MAX_COLUMNS

BLANKS = " "  # as a separator: runs of blanks and tabs
WORD = re.compile(r'"(?:[^"]|"")*"|\S+')  # between blanks
_SEPARATORS = ("\t", ";", "|", ",")
_NONE = "\x1f"  # of a table with one column
_TOLD = re.compile(r'"?sep=(.)"?\s*$')
_PARTS = re.compile(r"[ \t;|]+")
_LINES, _LONGEST_NAME = 100, 200  # to judge by; characters
_FEW_LINES, _LETTERS = 3, 2**18  # to judge by where lines are long
_LEAST_ALIKE = 0.5  # of lines that have as many cells as most
_NEARLY_ALL = 0.9
_LEAST_STEPS = 4  # of numbers that can be names without a word among them


class Form(NamedTuple):
    """How a table is written.

    Attributes
    ----------
    separator : str
    names : list of str
        Of its columns, "" where it has none.
    headed : bool
    start : int
        Bytes of UTF-8 before its first row.
    above : int
        Lines above its names that are not the table's.
    bytes : list of int
        The columns that look like whole numbers up to 255.
    """

    separator: str
    names: list[str]
    headed: bool
    start: int
    above: int
    bytes: list[int]


class _Row(NamedTuple):
    """A row, and the place of the line that it begins in."""

    line: int
    cells: list[str]


def form_of(spent: Spent, name: str, text: str, headed: bool | None) -> Form:
    """How a table is written.

    Parameters
    ----------
    text : str
        Its first megabyte or less.
    headed : bool or None
        Whether its first line has names; else that is judged.

    Raises
    ------
    DataError
        It has no rows, or too many columns.
    """
    lines = _first_lines(text.removeprefix("\ufeff"))
    if len(lines) == 1 and len(text) >= PIECE // 2:  # or UTF-16 of as many bytes
        raise DataError(f"“{name}” has a line of more than 1 MB: give every row its own line.")
    spent.judge(name, sum(map(len, lines)))
    told = _TOLD.match(lines[0]) if lines else None  # as Excel has it
    separator = told[1] if told else _separator(lines)
    rows = _rows(lines, separator, int(told is not None))
    if not rows:
        raise DataError(f"“{name}” has no rows: choose a table with a line for every row.")
    width, _ = _width(rows)
    if width > MAX_COLUMNS + 2:  # a number of the row, and a label
        raise DataError(f"“{name}” has {width:,} columns: at most {MAX_COLUMNS:,} are read.")
    whole = [i for i, row in enumerate(rows) if len(row.cells) == width]
    first = next((i for i in whole if any(map(str.strip, rows[i].cells))), whole[0])
    data = [row for row in rows[first:] if len(row.cells) == width]
    names: list[str] = []
    judged = headed is not False and _are_names(data)
    if headed is not False and not judged:
        names = _names_above(lines, separator, rows[:first], data)
    used = bool(names) and not lines[data[0].line - 1].startswith("#")
    if judged or (headed and not names):
        names = data.pop(0).cells
        if len(data) > 2 and _go_on(data):
            below = data.pop(0).cells
            names = [" ".join(pair).strip() for pair in zip(names, below, strict=True)]
    if not data:
        raise DataError(f"“{name}” has a line of names and no rows: bring the rows as well.")
    return Form(
        separator,
        [of.removeprefix("#").strip()[:_LONGEST_NAME] for of in names] or [""] * width,
        bool(names),
        sum(len(line.encode()) for line in lines[: data[0].line]),
        first - used,
        [j for j in range(width) if _is_byte([row.cells[j] for row in data])],
    )


def _first_lines(text: str) -> list[str]:
    """The lines to judge by, each of them whole."""
    lines = list(islice(io.StringIO(text, newline=""), _LINES + 1))
    if len(lines) > 1 and (len(lines) > _LINES or len(text) > PIECE // 4):
        lines.pop()  # of which a part alone may be here
    ends = accumulate(map(len, lines))
    return [
        of
        for at, (of, end) in enumerate(zip(lines, ends, strict=True))
        if at < _FEW_LINES or end <= _LETTERS
    ]


def _separator(lines: Sequence[str]) -> str:
    """What separates cells: where most lines have as many, and no cell holds several numbers."""
    best, found = (False, 0.0), _NONE
    for separator in (*_SEPARATORS, BLANKS):
        rows = _rows(lines, separator)
        width, share = _width(rows)
        if width < 2:
            continue
        numbers = _share_of_numbers(rows)
        least = _LEAST_ALIKE if numbers else _NEARLY_ALL
        if share < least and numbers < _NEARLY_ALL:
            continue
        if separator == BLANKS and numbers < _LEAST_ALIKE:
            continue
        single = not any(_holds_several(cell, separator) for row in rows for cell in row.cells)
        of_rows = [row.cells[:-1] for row in rows if len(row.cells) == width]
        filled = all(map(any, zip(*of_rows, strict=True)))
        if (single and filled, share) > best:
            best, found = (single and filled, share), separator
    return found


def _rows(lines: Sequence[str], separator: str, above: int = 0) -> list[_Row]:
    """The lines' cells, without empty lines and comments."""
    found: list[_Row] = []
    if separator == BLANKS:
        for at, line in enumerate(lines[above:], above):
            words = [word[1:-1] if word[0] == '"' else word for word in WORD.findall(line)]
            found.append(_Row(at, words))
    else:
        try:
            reader, at = csv.reader(lines[above:], delimiter=separator), 0
            for cells_of in reader:
                found.append(_Row(above + at, cells_of))
                at = reader.line_num
        except csv.Error:  # a cell of very many characters
            return []
    found = [row for row in found if len(row.cells) > 1 or any(map(str.strip, row.cells))]
    plain = [row for row in found if not row.cells[0].startswith("#")]
    width, _ = _width(plain)
    if sum(len(row.cells) == width for row in found) > 2 * len(plain):
        return found  # cells of the first column begin so
    return plain or found


def _width(rows: Sequence[_Row]) -> tuple[int, float]:
    """How many cells most lines have, and the share of lines that do."""
    if not rows:
        return 0, 0.0
    [(width, count)] = Counter(len(row.cells) for row in rows).most_common(1)
    return width, count / len(rows)


def _share_of_numbers(rows: Sequence[_Row]) -> float:
    few = [cell for row in rows for cell in row.cells]
    return sum(map(is_numberish, few)) / max(1, len(few))


def _holds_several(cell: str, separator: str) -> bool:
    """Whether a cell is several numbers, which something else separates."""
    if len(cell) < 3 or is_numberish(cell):
        return False
    parts = [part for part in _PARTS.split(cell.strip()) if part]
    return len(parts) > 1 and all(map(is_numberish, parts))


def _names_above(
    lines: Sequence[str], separator: str, above: Sequence[_Row], data: Sequence[_Row]
) -> list[str]:
    """Names in a line of its own kind: after a sign of comments, or with one cell more or less."""
    width = len(data[0].cells)
    if above and _is_text(above[-1].cells):
        names = above[-1].cells
        if len(names) == width + 1 and not names[-1]:
            return names[:-1]
        if len(names) == width - 1:  # the rows end in a separator, or begin with R's own names
            ending = not any(row.cells[-1] for row in data)
            return [*names, ""] if ending else ["", *names]
    comment = lines[data[0].line - 1] if data[0].line else ""
    if comment.startswith("#"):
        rows = _rows([comment.lstrip("# ")], separator)
        if rows and len(rows[0].cells) == width and _is_text(rows[0].cells):
            return rows[0].cells
    return []


def _is_text(names: Sequence[str]) -> bool:
    return not any(is_numberish(name) for name in names)


def _are_names(rows: Sequence[_Row]) -> bool:
    """Whether the first of the rows has names.

    They are words above numbers, or words none of which stands below as well, or numbers in equal
    steps, as 0, 1, 2, …, if those of no other row are.
    """
    first, below = rows[0].cells, [row.cells for row in rows[1:]]
    if not below:
        return _is_text(first) and not all(map(is_gap, first))
    numeric = _numeric_columns(below)
    words = [of for j in numeric if _is_word(of := first[j])]
    numbers = [j for j in numeric if is_numberish(first[j])]
    if not numbers and words:
        return True
    lettered = any(map(str.isalpha, "".join(words)))
    if lettered and len(words) >= len(numbers):
        return True
    if numbers:
        if not all(is_number(first[j]) for j in numbers):
            return False
        steps = [float(first[j]) for j in numbers]
        if lettered and all(step % 1 == 0 for step in steps) and _stepwise(steps):
            return True
        if len(steps) < _LEAST_STEPS:
            fine = any("." in row[j] for row in below for j in numbers)
            return fine and steps in (list(range(len(steps))), list(range(1, len(steps) + 1)))
        return _stepwise(steps) and not any(
            all(is_number(row[j]) for j in numbers) and _stepwise([float(row[j]) for j in numbers])
            for row in below
        )
    given = [(j, of) for j, of in enumerate(first) if of.strip()]
    return len({of for _, of in given}) == len(given) > 0 and not any(
        of == row[j] for row in below for j, of in given
    )


def _is_word(text: str) -> bool:
    return not is_numberish(text) and not is_gap(text)


def _numeric_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns with numbers in nearly all of the rows that have anything there."""
    found = []
    for j in range(len(rows[0])):
        there = [row[j] for row in rows if not is_gap(row[j])]
        if there and sum(map(is_numberish, there)) >= _NEARLY_ALL * len(there):
            found.append(j)
    return found


def _stepwise(numbers: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(numbers)]
    return steps[0] != 0 and all(abs(step - steps[0]) < 1e-6 * abs(steps[0]) for step in steps)


def _go_on(rows: Sequence[_Row]) -> bool:
    """Whether the first of the rows has more of the names, as units: words above numbers alone."""
    numeric = _numeric_columns([row.cells for row in rows[1:]])
    over = [rows[0].cells[j] for j in numeric]
    return any(map(_is_word, over)) and not any(map(is_numberish, over))


def _is_byte(column: Sequence[str]) -> bool:
    """Whether cells are whole numbers up to 255 that do not count rows."""
    if not all(of.isascii() and of.isdigit() and len(of) < 4 for of in column):
        return False
    numbers = list(map(int, column))
    return max(numbers) < 256 and (len(numbers) < 2 or numbers[1:] != [n + 1 for n in numbers[:-1]])
