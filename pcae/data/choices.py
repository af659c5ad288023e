"""What a person may choose of what files hold, what was judged of it, and what came of both.

All but the data itself is plain values, so that it goes from one process to another as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pcae.data.contents import Left
from pcae.data.dataset import Dataset

Role = Literal["feature", "label", "left out"]
ROLES: tuple[Role, ...] = ("feature", "label", "left out")


@dataclass(frozen=True)
class Choices:
    """What a person has chosen; None is "as judged", and "" is "none of them".

    Attributes
    ----------
    rows, test : str or None
        The parts with the rows to train on and to test with, by their names.
    label : str or None
        The part with the labels; of a table, whose columns have roles, nothing.
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
