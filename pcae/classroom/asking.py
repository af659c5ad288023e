"""What may be answered to a lesson's question, and in which order two rows stand that it hides."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from pcae.classroom.lessons import FARTHEST, Question, shown
from pcae.classroom.room import Answer

_NO_NUMBER = "Answer with a number."
_NO_CHOICE = "Answer with one of the choices."
_NO_PLACE = "Answer with a place in the plane."


class AnswerError(Exception):
    """This is no answer to the question; a sentence that says what would be."""


def checked(question: Question, value: Any) -> Answer:
    """An answer that a visitor sent, if it is one.

    Raises
    ------
    AnswerError
        It is none.
    """
    if question.kind == "number":
        number = _finite(value, _NO_NUMBER)
        if not question.low <= number <= question.high:
            low, high = shown(question.low), shown(question.high)
            raise AnswerError(f"Answer with a number from {low} to {high}.")
        return number
    if question.kind == "place":
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            raise AnswerError(_NO_PLACE)
        x, y = (_finite(each, _NO_PLACE) for each in value)
        return x, y
    most = 2 if question.kind == "which" else len(question.choices)
    if type(value) is not int or not 0 <= value < most:
        raise AnswerError(_NO_CHOICE)
    return value


def _finite(value: Any, words: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > FARTHEST:
        raise AnswerError(words)
    return float(value)


def row_of_pca(question: str) -> int:
    """Which of the two rows is PCA's, 0 or 1: for everybody the same, by the question's name."""
    return hashlib.sha256(question.encode()).digest()[0] % 2


def counts(values: Sequence[Answer], most: int) -> list[int]:
    """How often each of so many choices was given."""
    found = [0] * most
    for value in values:
        if isinstance(value, int) and 0 <= value < most:
            found[value] += 1
    return found
