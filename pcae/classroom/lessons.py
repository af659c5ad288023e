"""What a lesson is: steps with text, a view of the app, a question and a goal; and as its file.

Everything in it is bounded, for anybody may have written it. `pcae.classroom.reading` reads the
file, and docs/lessons.md tells what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["number", "choice", "place", "which"]
Side = Literal["PCA", "codes"]

MOST_BYTES = 256 * 1024
MOST_STEPS = 60
MOST_CHOICES = 10
MOST_WORDS = 300  # characters of a title, a heading, a choice
MOST_QUESTION = 600
MOST_TEXT = 12_000  # of a step
MOST_ADDRESS = 4_000
MOST_MINUTES = 600
MOST_CONDITIONS = 4
FARTHEST = 1e9
MOST_DIGITS = 70_000
METRICS = {
    "equivalent_k": "the number of components that reconstruct as well",
    "test_error": "the test error",
    "k": "k",
    "epochs": "the number of epochs",
    "layers": "the number of hidden layers",
    "parameters": "the number of parameters",
    "angle": "the largest angle to PCA's plane, in degrees",
}
_OPERATORS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}


class LessonError(Exception):
    """A file is no lesson; the message says in which line and what to do."""


@dataclass(frozen=True)
class Condition:
    """One comparison of a goal, as in `equivalent_k >= 8`."""

    metric: str
    operator: str
    number: float

    def holds(self, value: float) -> bool:
        """Whether a value meets it."""
        return _OPERATORS[self.operator](value, self.number)

    def __str__(self) -> str:
        return f"{self.metric} {self.operator} {shown(self.number)}"


@dataclass(frozen=True)
class Question:
    """What a step asks before one looks.

    Attributes
    ----------
    kind : {"number", "choice", "place", "which"}
        "which": which of two rows is PCA's.
    words : str
    low, high : float
        Between which a number lies.
    choices : tuple of str
    truth : float or None
        A number, or the number of a choice from 0; None where the file does not say it.
    digit : int
        The test digit whose place is asked for.
    side : {"PCA", "codes"}
        In which plane.
    """

    kind: Kind
    words: str
    low: float = -FARTHEST
    high: float = FARTHEST
    choices: tuple[str, ...] = ()
    truth: float | None = None
    digit: int = 0
    side: Side = "codes"


@dataclass(frozen=True)
class Step:
    """A heading, text in Markdown, and perhaps an address of this app, a question and a goal.

    Attributes
    ----------
    look : str
        The address, relative to the app: "components?log_axes=False#zoom=…"; "" for none.
    goal : tuple of Condition
        All of which one network has to meet; none where there is no goal.
    """

    heading: str
    text: str = ""
    look: str = ""
    question: Question | None = None
    goal: tuple[Condition, ...] = ()

    @property
    def page(self) -> str:
        """The name of the page; "" for wherever one is."""
        return re.split("[?#]", self.look)[0]


@dataclass(frozen=True)
class Lesson:
    """A title, what the lesson is for, how long it takes (0: not said), and its steps."""

    title: str
    about: str = ""
    minutes: int = 0
    steps: tuple[Step, ...] = field(default=())


def shown(number: float) -> str:
    """A number as a person writes it; `float` reads the same again."""
    return repr(float(number)).removesuffix(".0")


# ---------------------------------------------------------------------- writing


def write(lesson: Lesson) -> str:
    """A lesson as its file; `parse` reads the same lesson again."""
    head = [f"# {lesson.title}", "", *([lesson.about, ""] if lesson.about else [])]
    head += [f"Minutes: {lesson.minutes}", ""] if lesson.minutes else []
    return "\n".join([*head, *(line for step in lesson.steps for line in _lines(step))])


def _lines(step: Step) -> Iterator[str]:
    yield from (f"## {step.heading}", "")
    if step.text:
        yield from (step.text, "")
    said = []
    if step.look:
        said.append(f"Look: {step.look}")
    if step.question:
        said += _question_lines(step.question)
    if step.goal:
        said.append(f"Goal: {' and '.join(map(str, step.goal))}")
    if said:
        yield from (*said, "")


def _question_lines(of: Question) -> Iterator[str]:
    how: str = of.kind
    if of.kind == "number" and (of.low, of.high) != (-FARTHEST, FARTHEST):
        how = f"number from {shown(of.low)} to {shown(of.high)}"
    if of.kind == "place":
        how = f"place of digit {of.digit} in {of.side}"
    yield f"Ask: {how} | {of.words}"
    yield from (f"- {choice}" for choice in of.choices)
    if of.truth is not None:
        yield f"Truth: {of.choices[int(of.truth)] if of.choices else shown(of.truth)}"
