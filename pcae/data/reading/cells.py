"""From a column as pyarrow has it to numbers or text: what a number is, and what is a gap.

Decimal commas and thousands that are set apart are understood by what the cells of a column have
in common. A few cells that are no numbers among many that are count as gaps, and the column says
so.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from pcae import names
from pcae.data.contents import Column

# of any column; and where the others are numbers
GAPS = ("", "NA", "N/A", "n/a", "NaN", "nan", "<NA>", "null", "NULL", "?", "\\N")
GAPS_OF_NUMBERS = (
    *GAPS, "#N/A", "#NA", "NaT", "None", "none", "nil", "-NaN", "-nan", "-", "--", "—", "–", ".",
    "*", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!",
)  # fmt: skip
LONGEST_TEXT = 100  # characters of a cell that are kept
_LONGEST_SHOWN = 20
_ODD_SHARE = 0.05  # of cells that are no numbers in a column of numbers
_STRING_BYTES = 64  # of Python's, beside the letters

_NUMBER = re.compile(
    r"[ \t]*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)[ \t]*",
    re.ASCII | re.IGNORECASE,
)
# for RE2, which has neither backreferences nor lookaheads
_PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$|^[+-]?(?i:nan|inf(?:inity)?)$"
_WHOLE = r"^[+-]?[0-9]{1,18}$"
_APART = "[ '’\u00a0\u2009\u202f]"  # thousands
_GROUPED = rf"^[+-]?[0-9]{{1,3}}(?:{_APART}[0-9]{{3}})+(?:[.,][0-9]+)?$"
_COMMA = r"^[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?$"
_COMMA_OR_THOUSAND = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"
_POINTS_THEN_COMMA = r"^[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})$"
_COMMAS_THEN_POINT = r"^[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})$"
_NUMBERISH = re.compile("|".join((_GROUPED, _COMMA, _POINTS_THEN_COMMA, _COMMAS_THEN_POINT)))


def is_number(text: str) -> bool:
    """Whether a cell is written as a number, be it infinite or none.

    This is what pyarrow reads as a float: ASCII digits with nothing between them, a sign at most
    before them and blanks or tabs about them. Hexadecimal numbers are text.
    """
    return _NUMBER.fullmatch(text) is not None


def is_numberish(text: str) -> bool:
    """Whether a cell may be a number where the others are: it may have a comma, or thousands."""
    return is_number(text) or _NUMBERISH.match(text.strip().replace("−", "-")) is not None


def is_gap(text: str) -> bool:
    """Whether a cell stands for nothing."""
    return text.strip() in GAPS_OF_NUMBERS


def column(name: str, values: Any, *, commas: bool = False) -> Column | None:
    """A column of a table; None for values that are neither numbers nor text.

    Parameters
    ----------
    values : pyarrow.ChunkedArray, shape (n,)
    commas : bool
        Whether “1,234” is more likely a little above 1 than a little above 1,000.
    """
    import pyarrow as pa
    from pyarrow import compute

    values = unpacked(values)
    kind = values.type
    if pa.types.is_null(kind):
        return Column(name, np.full(len(values), np.nan))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        if not values.null_count:
            return Column(name, smallest(values.to_numpy()))
        return Column(name, compute.cast(values, pa.float64(), safe=False).to_numpy())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Column(name, compute.cast(values, pa.float64(), safe=False).to_numpy())
    if pa.types.is_temporal(kind):
        values = compute.cast(values, pa.string())
    elif not is_text(kind):
        return None
    return _of_text(name, values, commas)


def is_text(kind: Any) -> bool:
    """Whether a type of pyarrow's is text."""
    from pyarrow import types

    return types.is_string(kind) or types.is_large_string(kind)


def unpacked(values: Any) -> Any:
    """A column of pyarrow's without a dictionary of its values; long texts in one are cut."""
    import pyarrow as pa
    from pyarrow import compute

    kind = values.type
    if not pa.types.is_dictionary(kind):
        return values
    chunks = []
    for chunk in values.chunks:
        dictionary = chunk.dictionary
        if is_text(kind.value_type):
            dictionary = compute.utf8_slice_codeunits(dictionary, 0, 2 * LONGEST_TEXT)
        chunks.append(dictionary.take(chunk.indices))
    return pa.chunked_array(chunks, kind.value_type)


def smallest(values: np.ndarray) -> np.ndarray:
    """Whole numbers in the smallest type that holds them."""
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    fits = np.promote_types(np.min_scalar_type(low), np.min_scalar_type(high))
    if fits.kind == "f":  # of int64 with uint64
        return values
    return values.astype(fits, copy=False)


def _of_text(name: str, values: Any, commas: bool) -> Column:
    """Numbers that pyarrow's reader has taken for text, or else the text."""
    import pyarrow as pa
    from pyarrow import compute

    values = compute.utf8_trim_whitespace(values)
    gap = compute.is_in(values, pa.array(GAPS_OF_NUMBERS, values.type))
    gap = compute.or_(compute.fill_null(gap, True), compute.is_null(values))
    present = len(values) - compute.sum(gap).as_py()
    cells, notes = _unified(values, commas)
    number = compute.and_not(compute.match_substring_regex(cells, _PLAIN), gap)
    odd = present - (compute.sum(number).as_py() or 0)
    if not present or odd > _ODD_SHARE * present:
        return Column(name, _text(values))
    if odd:
        notes.append(_odd(values, compute.invert(compute.or_(number, gap)), odd))
    cells = compute.if_else(number, cells, None)
    whole = compute.all(compute.match_substring_regex(cells, _WHOLE)).as_py()
    kind = pa.int64() if whole and not cells.null_count else pa.float64()
    cells = compute.replace_substring_regex(cells, r"^\+", "")
    found = compute.cast(cells, kind).to_numpy()
    return Column(name, smallest(found) if kind == pa.int64() else found, "; ".join(notes))


def _unified(values: Any, commas: bool) -> tuple[Any, list[str]]:
    """Cells with decimal points and without signs for thousands, and clauses of what that took."""
    from pyarrow import compute

    def some(pattern: str) -> bool:
        return bool(compute.any(compute.match_substring_regex(cells, pattern)).as_py())

    def without(pattern: str, sign: str) -> Any:
        matches = compute.match_substring_regex(cells, pattern)
        return compute.if_else(matches, compute.replace_substring_regex(cells, sign, ""), cells)

    notes = []
    cells = compute.replace_substring(values, "−", "-")
    if some(_GROUPED):
        cells = without(_GROUPED, _APART)
        notes.append("with thousands set apart")
    english, doubtful = some(_COMMAS_THEN_POINT), some(_COMMA_OR_THOUSAND)
    decimal = compute.match_substring_regex(cells, _COMMA)
    sure = compute.and_not(decimal, compute.match_substring_regex(cells, _COMMA_OR_THOUSAND))
    german = compute.any(sure).as_py() or some(_POINTS_THEN_COMMA)
    if german or (doubtful and commas and not english):
        if english:
            return cells, notes  # both ways to write: no column of numbers
        cells = without(_POINTS_THEN_COMMA, r"\.")
        matches = compute.match_substring_regex(cells, _COMMA)
        if compute.any(matches).as_py():
            cells = compute.if_else(matches, compute.replace_substring(cells, ",", "."), cells)
            notes.append("with decimal commas")
        else:
            notes.append("with points between thousands")
    elif english or doubtful:
        cells = without(rf"{_COMMAS_THEN_POINT}|{_COMMA_OR_THOUSAND}", ",")
        notes.append("with commas between thousands")
    return cells, notes


def _odd(values: Any, which: Any, count: int) -> str:
    """What is said of cells that are no numbers, where most are."""
    row = which.to_numpy().argmax()
    shown = names.plain(values[int(row)].as_py(), _LONGEST_SHOWN)
    more = f" and {count - 1:,} more" if count > 1 else ""
    are = "are no numbers and count as gaps" if more else "is no number and counts as a gap"
    return f"“{shown}” in row {row + 1:,}{more} {are}"


def _text(values: Any) -> np.ndarray:
    """Text with "" for gaps."""
    import pyarrow as pa
    from pyarrow import compute

    gap = compute.is_in(values, pa.array(GAPS, values.type))
    values = compute.if_else(gap, "", compute.fill_null(values, ""))
    values = compute.utf8_slice_codeunits(values, 0, LONGEST_TEXT)
    return values.to_numpy().astype(str)


def size(values: Any) -> int:
    """How many bytes a column takes as an array, and while it becomes one."""
    import pyarrow as pa
    from pyarrow import compute

    if not is_text(values.type):
        return (1 if values.type == pa.uint8() else 8) * len(values)
    longest = compute.max(compute.utf8_length(values)).as_py() or 0
    return (4 * min(LONGEST_TEXT, longest) + _STRING_BYTES) * len(values)
