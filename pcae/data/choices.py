"""What a person may choose of what files hold, what was judged of it, and what came of both.

All but the data itself is plain values, so that it goes from one process to another as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from pcae.data.contents import Left
from pcae.data.dataset import Dataset
from pcae.forms import Form, flag, holds, misfit, several, text, whole

Role = Literal["feature", "label", "left out"]
ROLES: tuple[Role, ...] = ("feature", "label", "left out")


@dataclass(frozen=True)
class Choices:
    """What a person has chosen; None is "as judged", and "" is "none of them".

    Attributes
    ----------
    rows, test : str or None
        The parts with the rows to train on and to test with, by their names.
    joined : bool or None
        Whether rows that are set apart for validation are trained on as well.
    label : str or None
        The labels that come beside the rows, by their names; a table's own column has a role.
    roles : tuple of (str, str)
        Columns whose role was changed, and the role.
    headed : bool or None
        Whether the first line of a table has names.
    shape : str or None
        "28x28", rows by columns of a picture, or "columns".
    across : bool or None
        Whether there is a column for every image, instead of a row.
    gaps : str or None
        What is left out where there are gaps: "rows" or "columns".
    side : int or None
        The squares that pictures of several sizes are fitted into.
    turns : int
        Quarter turns of every picture, clockwise, 0 to 3.
    mirrored, inverted : bool
        Whether every picture is exchanged left for right, after turning; light for dark.
    """

    rows: str | None = None
    test: str | None = None
    joined: bool | None = None
    label: str | None = None
    roles: tuple[tuple[str, Role], ...] = ()
    headed: bool | None = None
    shape: str | None = None
    across: bool | None = None
    gaps: Literal["rows", "columns"] | None = None
    side: int | None = None
    turns: int = 0
    mirrored: bool = False
    inverted: bool = False


@dataclass(frozen=True)
class Judged:
    """A column's role, and why, as a clause: "it counts the rows", "text with 3 values"."""

    name: str
    role: Role
    why: str


@dataclass(frozen=True)
class Question:
    """Something that can be chosen.

    Attributes
    ----------
    field : str
        The field of `Choices`.
    label : str
        What is asked, for people: "Images", "Labels", "A row is".
    options : tuple of (value, str)
        What can be chosen, and its words; the value is what `Choices` takes.
    value : str, int or bool
        What was taken.
    why : str
        Why that, or what speaks for another, as a sentence; "" where it is plain.
    suggested : bool
        Whether another option than the one that was taken is likely better, as `why` says.
    """

    field: str
    label: str
    options: tuple[tuple[str | int | bool, str], ...]
    value: str | int | bool
    why: str = ""
    suggested: bool = False


@dataclass(frozen=True, eq=False)
class Understood:
    """What came of files and choices.

    Attributes
    ----------
    data : Dataset or None
    problem : str
        Why there is no data set, and what to choose or to do; "" where there is one.
    sentences : list of str
        What it is, and what was done, for the page.
    scaling : str
        How values came to lie in [0, 1].
    questions : list of Question
    columns : list of Judged
        Of a table of plain columns or of pixels: each of its columns, in the file's order.
    used : list of str
        "train.csv: 600 rows, 784 columns".
    left : list of Left
    choices : Choices
        Those that this was made with.
    """

    data: Dataset | None
    problem: str
    choices: Choices
    sentences: list[str] = field(default_factory=list)
    scaling: str = ""
    questions: list[Question] = field(default_factory=list)
    columns: list[Judged] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


# ---------------------------------------------------------------- as plain values

_MOST = 10_000  # of a list: more than a table has columns
_LONGEST = 1_000
_PLAIN: Form = {  # what each field of `Choices` is, where it is not None
    **dict.fromkeys(("rows", "test", "label", "shape"), text(_LONGEST)),
    "roles": several(
        lambda of: isinstance(of, list) and len(of) == 2 and text(_LONGEST)(of[0])
        and of[1] in ROLES, 0, _MOST,
    ),
    **dict.fromkeys(("headed", "across", "joined", "mirrored", "inverted"), flag),
    "gaps": lambda of: of in ("rows", "columns"),
    "side": whole(1, 2**16),
    "turns": whole(0, 3),
}  # fmt: skip
_JUDGED: Form = {"name": text(), "role": lambda of: of in ROLES, "why": text()}
_LEFT: Form = {"what": text(), "why": text()}
_QUESTION: Form = {
    "field": lambda of: of in _PLAIN,
    "label": text(),
    "options": several(
        lambda of: isinstance(of, list) and len(of) == 2 and _value(of[0]) and text()(of[1]),
        1, _MOST,
    ),
    "value": lambda of: _value(of),
    "why": text(),
    "suggested": flag,
}  # fmt: skip
_UNDERSTOOD: Form = {
    "problem": text(),
    "choices": lambda of: isinstance(of, dict),
    "sentences": several(text(20_000), 0, _MOST),
    "scaling": text(),
    "questions": several(holds(_QUESTION), 0, 100),
    "columns": several(holds(_JUDGED), 0, _MOST),
    "used": several(text(), 0, _MOST),
    "left": several(holds(_LEFT), 0, _MOST),
}


def _value(of: Any) -> bool:
    """Whether this can be the value of an option."""
    return text(_LONGEST)(of) or flag(of) or whole(0, 2**16)(of)


def as_json(choices: Choices) -> dict[str, Any]:
    """Choices as plain values: those that are not as judged."""
    usual = Choices()
    found = {name: of for name, of in asdict(choices).items() if of != getattr(usual, name)}
    if "roles" in found:
        found["roles"] = [list(pair) for pair in choices.roles]
    return found


def from_json(value: Any) -> Choices:
    """The choices of plain values; what is unknown or ill-formed is as judged."""
    found = {
        name: of
        for name, of in (value.items() if isinstance(value, Mapping) else ())
        if name in _PLAIN and _PLAIN[name](of)
    }
    if "roles" in found:
        found["roles"] = tuple((name, role) for name, role in found["roles"])
    return Choices(**found)


def understood_as_json(found: Understood) -> dict[str, Any]:
    """All but the data, as plain values."""
    plain = {of.name: getattr(found, of.name) for of in fields(found) if of.name != "data"}
    for name in ("questions", "columns", "left"):
        plain[name] = [asdict(of) for of in plain[name]]
    for question in plain["questions"]:
        question["options"] = [list(option) for option in question["options"]]
    return plain | {"choices": as_json(found.choices)}


def understood_from_json(value: Any, data: Dataset | None) -> Understood:
    """What was understood, of plain values and its data.

    Raises
    ------
    ValueError
        The values are not of this form.
    """
    if not isinstance(value, dict) or (wrong := misfit(value, _UNDERSTOOD)):
        raise ValueError(wrong if isinstance(value, dict) else "no object")
    questions = [Question(**_only(_QUESTION, of)) for of in value["questions"]]
    return Understood(
        data,
        value["problem"],
        from_json(value["choices"]),
        list(value["sentences"]),
        value["scaling"],
        [
            replace(of, options=tuple((value, words) for value, words in of.options))
            for of in questions
        ],
        [Judged(**_only(_JUDGED, of)) for of in value["columns"]],
        list(value["used"]),
        [Left(**_only(_LEFT, of)) for of in value["left"]],
    )


def _only(form: Form, of: Mapping[str, Any]) -> dict[str, Any]:
    return {name: of[name] for name in form}
