"""From what files hold to a data set: what is judged, what can be chosen instead, what is left out.

Which part is what, `pcae.data.judging.plans` says, what a table's columns are
`pcae.data.columns`; here the rest is asked, and all of it told. Nothing is left out unsaid.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import PurePosixPath

import numpy as np

from pcae.counts import counted
from pcae.data.choices import Choices, Question, Understood
from pcae.data.contents import Contents, Left, Part
from pcae.data.dataset import DataError, Dataset, reading
from pcae.data.judging import making, plans, rows, shards
from pcae.data.judging.making import Rows
from pcae.data.judging.plans import Plan
from pcae.data.judging.scaling import in_grey

_SIDES = (16, 20, 28, 32, 48, 64)


def understand(contents: Contents, choices: Choices, source: str) -> Understood:
    """What files hold, as a data set or as the problem that there is with it; it raises nothing.

    Parameters
    ----------
    contents : Contents
    choices : Choices
        What names a part or a column that is not there counts as not chosen.
    source : str
        What the files are called, for people.
    """
    found = Understood(None, "", choices, left=list(contents.left))
    try:
        with reading("What the files hold", "Choose other files, or other answers."):
            data, scaling = _understand(found, contents, source)
    except DataError as problem:
        return replace(found, problem=str(problem))
    return replace(found, data=data, scaling=scaling)


def _understand(found: Understood, contents: Contents, source: str) -> tuple[Dataset, str]:
    choices = found.choices
    _ask_of_reading(found, contents)
    parts_read = shards.joined(contents.parts)
    plan = plans.plan(parts_read, choices)
    found.sentences.extend(contents.notes)
    if plan is None:
        found.left.extend(plans.left(Plan(parts_read, Part("", "", "table"))))
        raise DataError(
            "There is no array of numbers with a row for each image: its shape has to be "
            "(images, rows, columns) or (images, pixels)."
        )
    used = {of.name for of in plan.used} | {of for _, of in plan.beside.values()}
    found.sentences.extend(note for part in plan.parts if part.name in used for note in part.notes)
    found.questions.extend(plan.questions)
    found.columns.extend(plan.roles)
    found.left.extend([*plans.left(plan), *_columns_left(plan)])
    names = [of.name for of in rows.features(plan.rows, plan.roles)]
    shape = _shape(found, plan)
    parts = [
        Rows(part.name, _numbers(part, shape, names), plan.labels[part.name], part is plan.test)
        for part in plan.used
    ]
    parts, columns = making.whole(found, parts, shape, names or [""] * parts[0].array.shape[1])
    both = zip(plan.used, parts, strict=True)
    found.used.extend(_used(part, of, plan, shape) for part, of in both)
    return making.make(
        found,
        parts,
        shape,
        columns,
        plan.own_label or _called(plan.label),
        source,
    )


def _ask_of_reading(found: Understood, contents: Contents) -> None:
    """Ask what changes how the files are read."""
    headed = next((of.headed for of in contents.parts if of.headed is not None), None)
    if headed is not None:
        options = ((True, "names of the columns"), (False, "a row like others"))
        found.questions.append(Question("headed", "The first line has", options, headed))
    if contents.side is not None:
        sides = sorted({*_SIDES, contents.side})
        of_sides = tuple((side, f"{side} × {side} pixels") for side in sides)
        found.questions.append(Question("side", "Fitted into", of_sides, contents.side))


def _columns_left(plan: Plan) -> list[Left]:
    """The columns of a table that are not used, those together that are so for one reason."""
    reasons: dict[str, list[str]] = {}
    used = {of.name for of in rows.features(plan.rows, plan.roles)} | {plan.own_label}
    for of in plan.roles:
        if of.name not in used:
            reasons.setdefault(of.why, []).append(of.name)
    return [
        Left(
            f"the column “{names[0]}”"
            if len(names) == 1
            else f"{len(names):,} columns ({rows.listed(names)})",
            why,
        )
        for why, names in reasons.items()
    ]


def _shape(found: Understood, plan: Plan) -> rows.Shape | None:
    """The form of a row: that of a picture, or None for plain columns."""
    part = plan.rows
    if part.array is not None and part.array.ndim > 2:
        return rows.picture_shape(part.name, part.array)
    p = len(rows.features(part, plan.roles)) if part.array is None else part.array.shape[1]
    shapes = rows.shapes(p)
    if not shapes:
        return None
    short = {rows.in_short(shape): shape for shape in [*shapes, None]}
    value = rows.in_short(shapes[0] if plan.pixels else None)
    if found.choices.shape in short:
        value = found.choices.shape
    order = list(short) if plan.pixels else ["columns", *(of for of in short if of != "columns")]
    options = tuple((of, _in_words(short[of])) for of in order)
    found.questions.append(Question("shape", "A row is", options, value))
    return short[value]


def _in_words(shape: rows.Shape | None) -> str:
    return "plain columns" if shape is None else f"a picture, {shape[0]} × {shape[1]} pixels"


def _numbers(part: Part, shape: rows.Shape | None, names: list[str]) -> np.ndarray:
    """The rows of a part, shape (n, p).

    Raises
    ------
    DataError
        It is a table without columns of numbers.
    """
    if part.array is None:
        if not names and any(not of.is_text for of in part.columns):
            raise DataError(f"No column of “{part.name}” is a feature: choose two or more as such.")
        if not names:
            raise DataError(f"“{part.name}” has no column of numbers: choose a table of numbers.")
        there = rows.named_columns(part)
        array = rows.matrix([there[name] for name in names])
    else:
        array = part.array
    if shape is not None and array.ndim == 2:
        array = rows.flattened(array, shape)
    if array.ndim == 4:
        array = in_grey(array)
    return array.reshape(len(array), prod(array.shape[1:]))


def _used(part: Part, of: Rows, plan: Plan, shape: rows.Shape | None) -> str:
    """What of a part is used."""
    n, p = of.array.shape
    form = f"{counted(n, 'row')}, {counted(p, 'column')}"
    if shape:
        form = f"{counted(n, 'picture')} of {shape[0]} × {shape[1]} pixels"
    if of.labels is None:
        return f"{part.name}: {form}"
    label, where = plan.beside.get(part.name, (plan.own_label, ""))
    if where == part.name and label.endswith(": folders"):
        return f"{part.name}: {form}, labels are their folders"
    return f"{part.name}: {form}, labels “{label.removeprefix(f'{part.file}: ')}”"


def _called(label: str) -> str:
    """What labels are called for people, without the file that they come in."""
    file, _, name = label.rpartition(": ")
    return name if file else PurePosixPath(name).stem
