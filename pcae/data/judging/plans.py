"""Which part of what files hold has the rows, which is the test, and which has the labels.

Names say it, and how many rows there are; a person may choose otherwise. A part that is taken for
nothing is named with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pcae.counts import counted
from pcae.data.called import says_answers, says_labels, says_rows, split_of
from pcae.data.choices import Choices, Judged, Question, Role
from pcae.data.contents import Left, Part
from pcae.data.judging import beside, labels, rows

_MOST_OFFERED = 30  # parts, to choose from
_RANK = {"train": 0, "": 1, "valid": 2, "test": 3}


@dataclass(eq=False)
class Plan:
    """What each part is taken for.

    Attributes
    ----------
    parts : list of Part
        All there are, with their rows first.
    rows, test, valid : Part or None
        The last two where there are such rows and they are used.
    labels : dict of str to ndarray (n,), or None
        Of the parts with such rows, by their names.
    label : str
        What the labels of the rows are called; "" without.
    beside : dict of str to (str, str)
        Where labels come beside the rows: by the name of the part with the rows, what the labels
        are called and the part that they are in.
    roles : list of Judged
        Of a table: what its columns are.
    pixels : bool
        Whether columns are likely the pixels of pictures.
    why_not : dict of str to str
        Why parts are not used, by their names.
    """

    parts: list[Part]
    rows: Part
    test: Part | None = None
    valid: Part | None = None
    labels: dict[str, np.ndarray | None] = field(default_factory=dict)
    label: str = ""
    beside: dict[str, tuple[str, str]] = field(default_factory=dict)
    roles: list[Judged] = field(default_factory=list)
    pixels: bool = False
    questions: list[Question] = field(default_factory=list)
    why_not: dict[str, str] = field(default_factory=dict)

    @property
    def own_label(self) -> str:
        """The column of a table that has its labels; "" without."""
        return next((of.name for of in self.roles if of.role == "label"), "")

    @property
    def used(self) -> list[Part]:
        """The parts with rows to train on or to test with."""
        return [part for part in (self.rows, self.valid, self.test) if part is not None]


def plan(parts: Sequence[Part], choices: Choices) -> Plan | None:
    """What each part is taken for; None where none can have the rows."""
    able = sorted((of for of in parts if _can_be_rows(of, parts)), key=_rank)
    if not able:
        return None
    first = next((of for of in able if of.name == choices.rows), able[0])
    found = Plan(list(parts), first)
    offered = _offered([of.name for of in able], first.name)
    if len(able) > 1:
        options = tuple((of, _called(found, of)) for of in offered)
        found.questions.append(Question("rows", "Images or rows", options, first.name))
    _lay(found, choices)
    _find_labels(found, choices)
    tests = [of.name for of in able[::-1] if split_of(of) in ("test", "valid")]
    others = {*_offered([*tests, *offered], choices.test or "")} - {first.name}
    _divide(found, [of for of in found.parts if of.name in others], choices)
    return found


def _offered(names: Sequence[str], chosen: str) -> list[str]:
    """The first of some names, and the one that is chosen: what can be looked through."""
    shown = list(dict.fromkeys(names))
    return [of for at, of in enumerate(shown) if at < _MOST_OFFERED or of == chosen]


def left(found: Plan) -> list[Left]:
    """The parts that are not used, and why."""
    used = {part.name for part in found.used} | {name for _, name in found.beside.values()}
    others = [part for part in found.parts if part.name not in used]
    gone = [
        Left(
            f"“{part.name}” ({in_words(part)})",
            found.why_not.get(part.name) or _why_not(part, others),
        )
        for part in others
    ]
    for label, name in dict.fromkeys(found.beside.values()):
        gone.extend(_beside_label(next(of for of in found.parts if of.name == name), label))
    return gone


def _beside_label(part: Part, label: str) -> list[Left]:
    """The other columns of a table whose one column has the labels."""
    others = [of for of in rows.named_columns(part) if f"{part.name}: {of}" != label]
    if part.kind != "table" or len(others) in (0, len(part.columns)):
        return []
    what = f"{counted(len(others), 'other column')} of “{part.name}”"
    return [Left(f"{what} ({rows.listed(others)})", "one column alone has the labels")]


def _called(found: Plan, name: str) -> str:
    """A part or its labels, without the file where there is but one."""
    files = {part.file for part in found.parts}
    return name.removeprefix(f"{files.pop()}: ") if len(files) == 1 else name


def in_words(part: Part) -> str:
    """What a part holds, for a list."""
    if part.array is None:
        return f"{counted(len(part), 'row')}, {counted(len(part.columns), 'column')}"
    lengths = " × ".join(f"{length:,}" for length in part.array.shape)
    if part.kind == "pictures":
        return f"{counted(len(part), 'picture')} of {lengths.split(' × ', 1)[1]} pixels"
    kind = "texts" if part.array.dtype.kind in "US" else "numbers"
    return f"{lengths} {kind}" if lengths else f"a single one of the {kind}"


def _why_not(part: Part, others: Sequence[Part]) -> str:
    if not len(part):
        return "it has no rows"
    if says_answers(part.name):
        return "it is a form for answers, not data"
    if part.array is None:
        return "it has neither the columns of the rows that were taken nor labels for them"
    if part.kind == "pictures" or _can_be_rows(part, [part]):
        return "other rows were taken"
    if part.array.dtype.kind not in "buifUS":
        return "complex numbers are not used"
    if any(len(other) == beside.count(part) for other in others if other is not part):
        return "the rows that it belongs to are not used"
    return "it has not one value for every row"


# ---------------------------------------------------------------- the rows


def _can_be_rows(part: Part, parts: Sequence[Part]) -> bool:
    if says_answers(part.name) or not len(part):
        return False
    if part.kind == "pictures" or (part.array is None and len(part.columns) > beside.FEW):
        return True
    if part.array is not None:
        if part.array.dtype.kind not in "buif" or not part.array.size:
            return False
        if beside.is_vector(part.array):
            return False
        if labels.one_hot(part.array) is None:
            return True
    return not any(_are_labels_of(part, other) for other in parts if other is not part)


def _are_labels_of(part: Part, other: Part) -> bool:
    """Whether a narrow part can have the labels of another's rows."""
    if other.array is None:
        return len(other) == len(part) and len(other.columns) > max(beside.FEW, _width(part))
    if other.array.dtype.kind not in "buif" or beside.is_vector(other.array):
        return False
    counts = (len(other), other.array.shape[-1])
    joined = other.kind == "pictures" and part.array is None
    return joined or (len(part) in counts and other.array.size > len(part) * _width(part))


def _width(part: Part) -> int:
    return len(part.columns) if part.array is None else part.array.size // max(1, len(part))


def _rank(part: Part) -> tuple[int, bool, bool, int]:
    """What the likeliest rows have least of."""
    key = part.name.split(": ")[-1]
    return (
        _RANK[split_of(part)],
        says_labels(key),
        not says_rows(key),
        -len(part) * _width(part),
    )


def _lay(found: Plan, choices: Choices) -> None:
    """Have the rows of arrays first, wherever they lie."""
    part = found.rows
    plain = rows.as_array(part) if part.kind == "table" else part
    if plain is None or plain.array is None or plain.kind == "pictures":
        return
    others = [of for of in found.parts if of.name != part.name and split_of(of) in ("", "train")]
    sure, why = rows.lies_across(plain.array, {beside.count(of) for of in others} - {0})
    across = bool(sure) if choices.across is None else choices.across
    if sure is None or sure or across:
        options = ((False, "a row for every image"), (True, "a column for every image"))
        suggested = bool(why) and not across
        found.questions.append(Question("across", "There is", options, across, why, suggested))
    if across:
        found.parts = [rows.as_array(of) or of for of in found.parts]
    axes = rows.bare(plain.array).ndim
    found.parts = [_laid(of, across, axes) for of in found.parts]
    found.rows = next(of for of in found.parts if of.name == part.name)


def _laid(part: Part, across: bool, axes: int) -> Part:
    if part.kind != "array" or part.array is None or beside.is_vector(part.array):
        return part
    array = rows.bare(part.array)
    if array.ndim != axes:
        return part
    return replace(part, array=np.moveaxis(array, -1, 0) if across else array)


# ---------------------------------------------------------------- the labels


def _find_labels(found: Plan, choices: Choices) -> None:
    """Which labels the rows have: those beside them, or a column of their table."""
    able = beside.beside(found.rows, found.parts)
    _look_at_columns(found, choices, alone=not able)
    is_table = found.rows.kind == "table"
    name = choices.label if choices.label in ("", *able) else None
    if name is None:
        name = beside.likely(able)
        clicked = "label" in dict(choices.roles).values()
        if is_table and found.own_label and (clicked or not says_labels(name)):
            name = ""
    if able:
        none = "a column of the table, or none" if is_table else "none"
        offered = _offered(list(able), name)
        options = (*((of, _called(found, of)) for of in offered), ("", none))
        found.questions.append(Question("label", "Labels", options, name))
    if name:
        found.label, found.labels[found.rows.name] = name, able[name].values
        found.beside[found.rows.name] = name, able[name].part
        if found.own_label:  # a column that looked like labels is one like others
            _judge(found, choices, found.own_label, "feature", "the labels come beside the rows")
    else:
        found.label = found.own_label
        found.labels[found.rows.name] = _column(found.rows, found.label)
    for other in able.values():
        found.why_not[other.part] = "other labels were taken" if name else "its labels are not used"


def _look_at_columns(found: Plan, choices: Choices, *, alone: bool) -> None:
    """What columns are; those of an array (n, p) have labels among them only if none are beside."""
    part = found.rows
    if part.kind == "array" and part.array is not None and part.array.ndim == 2:
        found.pixels = rows.are_pixels(part.array.T)
        if alone and (not found.pixels or choices.shape == "columns"):
            found.parts = [rows.as_table(of) or of for of in found.parts]
            found.rows = next(of for of in found.parts if of.name == part.name)
    if found.rows.kind == "table":
        found.parts = [rows.with_classes(of) for of in found.parts]
        found.rows = next(of for of in found.parts if of.name == part.name)
        found.roles, found.pixels = rows.judged(found.rows, choices)
        if alone and not found.own_label and (lacked := _lacked(found, choices)):
            _judge(found, choices, lacked, "label", "the rows for the test do not have it")


def _judge(found: Plan, choices: Choices, name: str, role: Role, why: str) -> None:
    """Give a column another role for a reason that its table does not tell."""
    roles = (*choices.roles, (name, role))
    found.roles, found.pixels = rows.judged(found.rows, replace(choices, roles=roles))
    found.roles = [replace(of, why=why) if of.name == name else of for of in found.roles]


def _lacked(found: Plan, choices: Choices) -> str:
    """The one column that a table of test rows does not have: what is to be found out of them."""
    features = rows.features(found.rows, found.roles)
    for part in found.parts:
        if part.kind == "table" and split_of(part) == "test" and part is not found.rows:
            there = rows.named_columns(part)
            lacked = [of.name for of in features if of.name not in there]
            if len(lacked) == 1 and lacked[0] not in dict(choices.roles):
                return lacked[0]
    return ""


def _column(part: Part, name: str) -> np.ndarray | None:
    """A column of a table by the name that it is judged by; None where it has none such."""
    found = rows.named_columns(part)
    return found[name].values if name in found else None


# ---------------------------------------------------------------- the test


def _divide(found: Plan, others: list[Part], choices: Choices) -> None:
    """Which rows are for the test, and whether those for validation join the training."""
    able = {part.name: part for part in others if _has_form(part, found)}
    for part in others:
        if part.name not in able:
            what = "columns" if found.rows.kind == "table" else "lengths"
            found.why_not[part.name] = f"it has other {what} than “{found.rows.name}”"
    beside_of = {name: beside.beside(part, found.parts) for name, part in able.items()}
    for name, part in able.items():
        found.labels[name] = _labels_of(found, part, beside_of[name])
    whole = [part for part in able.values() if _agrees(found, part)]
    likely = [""]
    if split_of(found.rows) in ("train", ""):
        likely = [of.name for kind in ("test", "valid") for of in whole if split_of(of) == kind]
    name = choices.test if choices.test in ("", *able) else next(iter(likely), "")
    if able:
        unlabelled = [of.name for of in able.values() if of not in whole and split_of(of) == "test"]
        why = f"“{unlabelled[0]}” has no labels, and the other rows have." if unlabelled else ""
        others_too = ((of, _called(found, of)) for of in able)
        options = (("", "a fifth of the rows, drawn"), *others_too)
        found.questions.append(Question("test", "For the test", options, name or "", why))
    found.test = able.get(name or "")
    _join(found, whole, choices)
    for part in able.values():
        its = beside.counterpart(found.label, beside_of[part.name])
        if part in found.used and its and found.beside:
            found.beside[part.name] = its, beside_of[part.name][its].part
        if part not in whole:
            found.why_not[part.name] = "it has no labels, and the other rows have"


def _has_form(part: Part, found: Plan) -> bool:
    """Whether a part has rows of the same form."""
    if found.rows.kind == "table":
        needed = {of.name for of in rows.features(found.rows, found.roles)}
        there = rows.named_columns(part).items()
        return bool(needed) and needed <= {name for name, of in there if not of.is_text}
    if part.array is None or found.rows.array is None:
        return False
    return part.array.shape[1:] == found.rows.array.shape[1:]


def _labels_of(found: Plan, part: Part, able: dict[str, beside.Beside]) -> np.ndarray | None:
    """A part's labels that stand for the same as those of the rows."""
    if not found.label or found.label == found.own_label:
        return _column(part, found.label)
    name = beside.counterpart(found.label, able)
    return able[name].values if name else None


def _agrees(found: Plan, part: Part) -> bool:
    """Whether a part has labels if the rows have."""
    return found.labels[part.name] is not None or found.labels[found.rows.name] is None


def _join(found: Plan, whole: list[Part], choices: Choices) -> None:
    """Whether rows for validation are trained on."""
    valid = next((of for of in whole if split_of(of) == "valid" and of is not found.test), None)
    if valid is None:
        return
    joined = choices.joined is not False
    options = ((True, "join the rows to train on"), (False, "are left out"))
    found.questions.append(
        Question("joined", f"The rows of “{_called(found, valid.name)}”", options, joined)
    )
    if joined:
        found.valid = valid
    else:
        found.why_not[valid.name] = "rows for validation were left out"
