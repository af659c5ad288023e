"""Files that belong together: pieces of one table, and a libsvm file with the one for its test.

Pieces have the same columns, and names that differ in a number: "train-00000-of-00002.parquet",
"part-0.csv". LIBSVM's data sets call the rows for the test as those to train on, with ".t" behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pcae.data.columns import have_names, may_number
from pcae.data.contents import Column, Part
from pcae.data.judging import labels

_NUMBER = re.compile(r"\d+")
_PACKED = re.compile(r"\.(gz|bz2|xz|txt)$", re.IGNORECASE)
_MOST_NAMED = 3


def joined(parts: Sequence[Part]) -> list[Part]:
    """The parts, with the pieces of a table as one, where its first piece was."""
    found: dict[object, list[Part]] = {}
    for number, part in enumerate(_with_tests(parts)):
        pieces = part.kind == "table" and _NUMBER.search(part.name) and len(part)
        found.setdefault(_form(part) if pieces else number, []).append(part)
    return [of for some in found.values() for of in _together(some)]


def _form(part: Part) -> tuple[object, ...]:
    """What the pieces of one table have in common."""
    columns = tuple(of.name for of in part.columns)
    return _NUMBER.sub("#", part.name), part.split, part.headed, columns


def _together(parts: list[Part]) -> list[Part]:
    """The pieces of a table as one, unless their columns differ in kind or one is a copy."""
    parts = sorted(parts, key=lambda of: labels.natural(of.name))
    first, columns = parts[0], list(zip(*(of.columns for of in parts), strict=True))
    if len(parts) == 1 or not all(map(_alike, columns)) or any(map(_same, parts, parts[1:])):
        return parts
    headed = have_names(first.columns)
    file = first.file if len({of.file for of in parts}) == 1 else ""
    names = [of.name.removeprefix(f"{file}: ") for of in parts]
    name = ", ".join(names)
    if len(names) > _MOST_NAMED:
        name = f"{names[0]} to {names[-1]} ({len(names):,} files)"
    return [
        replace(
            first,
            name=f"{file}: {name}" if file else name,
            file=file or name,
            columns=tuple(
                _column(of, numbers=may_number(of[0], j, headed=headed))
                for j, of in enumerate(columns)
            ),
            notes=tuple(note for of in parts for note in of.notes),
        )
    ]


def _alike(pieces: Sequence[Column]) -> bool:
    """Whether pieces of a column are all text or all numbers, but for empty ones."""
    return len({of.is_text for of in pieces if not of.gaps.all()}) < 2


def _same(part: Part, other: Part) -> bool:
    """Whether two parts have the same rows: one of them is a copy."""
    both = zip(part.columns, other.columns, strict=True)
    return all(np.array_equal(a.values, b.values, equal_nan=not a.is_text) for a, b in both)


def _column(pieces: Sequence[Column], *, numbers: bool) -> Column:
    """A column of all pieces; one with the rows' numbers that begin anew in each counts on."""
    filled = next((of for of in pieces if not of.gaps.all()), pieces[0])
    if numbers and all(_counts(of.values, pieces[0].values[0]) for of in pieces):
        rows = sum(len(of.values) for of in pieces)
        return replace(pieces[0], values=np.arange(rows) + int(pieces[0].values[0]))
    empty = "" if filled.is_text else np.nan
    values = [
        of.values if of.is_text == filled.is_text else np.full(len(of.values), empty)
        for of in pieces
    ]
    notes = list(dict.fromkeys(of.note for of in pieces if of.note))
    return Column(pieces[0].name, np.concatenate(values), "; ".join(notes))


def _counts(values: np.ndarray, start: object) -> bool:
    whole = values.dtype.kind in "ui" and values[0] == start
    return bool(whole) and np.array_equal(values, np.arange(len(values)) + int(values[0]))


# ---------------------------------------------------------------- libsvm


def _with_tests(parts: Sequence[Part]) -> list[Part]:
    """The parts, with "usps.t" for the test of "usps", and as many columns in both."""
    by_name = {_PACKED.sub("", of.name): of for of in parts if _is_sparse(of)}
    changed: dict[str, Part] = {}
    for name, part in by_name.items():
        train = by_name.get(name.removesuffix(".t"))
        if train is None or train is part:
            continue
        width = max(len(train.columns), len(part.columns))
        changed[train.name] = replace(_wider(train, width), split="train")
        changed[part.name] = replace(_wider(part, width), split="test")
    return [changed.get(of.name, of) for of in parts]


def _is_sparse(part: Part) -> bool:
    """Whether a table is as libsvm's are read: its label, and columns from 0 or 1 on."""
    names = [of.name for of in part.columns]
    if part.kind != "table" or len(names) < 2 or names[0] != "label" or names[1] not in ("0", "1"):
        return False
    return names[1:] == [str(int(names[1]) + j) for j in range(len(names) - 1)]


def _wider(part: Part, width: int) -> Part:
    """The table with columns of 0 behind its own: of what is 0 in every row nothing is written."""
    zeros = np.zeros(len(part), np.uint8)
    more = (Column(str(j), zeros) for j in range(len(part.columns), width))
    return replace(part, columns=(*part.columns, *more))
