"""The lesson that is open, at which of its steps, and what one has answered there.

Which lesson and step stand in the link. While the teacher has a lesson open for all, the answers to
its questions are the room's, and what is true is shown once the teacher closes the question. Any
other lesson one takes alone: an answer stays in the session and shows the truth at once.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from pcae import rights
from pcae.classroom import asking, reading, room, shelf
from pcae.classroom.asking import AnswerError
from pcae.classroom.lessons import MOST_STEPS, Kind, Lesson, LessonError, Question, Step
from pcae.classroom.room import Answer
from pcae.rights import Denied
from pcae.server import visitors
from pcae.ui import shell

DRAFT = "draft"  # the key of the lesson that one writes oneself
_KEY, _STEP, _GOING, _BEFORE = "lesson", "lesson_step", "lesson_going", "lesson_before"
_DRAFT, _ANSWERS, _PROBLEM = "lesson_draft", "lesson_answers", "lesson_problem"
_MY_LESSON = "A lesson of my own"
_NOT_HERE = "lesson (it is not on this server: open its file on the page Lessons)"


@dataclass(frozen=True)
class Open:
    """A lesson at one of its steps, which is counted from 1."""

    key: str
    lesson: Lesson
    number: int

    @property
    def step(self) -> Step:
        """The step."""
        return self.lesson.steps[self.number - 1]

    @property
    def name(self) -> str:
        """What the step's question is called in the room."""
        return f"{self.key}/{self.number}"


# ---------------------------------------------------------------------- which lesson


def read(asked: dict[str, str]) -> list[str]:
    """Take lesson and step out of a link's parameters; which of these cannot be used."""
    key, number = asked.pop("lesson", None), asked.pop("step", None)
    st.session_state.pop(_KEY, None)
    if key is None:
        return ["step"] * (number is not None)
    lesson = find(key)
    if lesson is None:
        return [_NOT_HERE]
    last = len(lesson.steps)
    fits = bool(re.fullmatch(r"[1-9]\d?", number or "1")) and int(number or 1) <= last
    st.session_state[_KEY] = key
    st.session_state[_STEP] = int(number or 1) if fits else 1
    return [] if fits else ["step"]


def to_query() -> dict[str, str]:
    """Lesson and step as parameters of a link."""
    at = now()
    return {"lesson": at.key, "step": str(at.number)} if at else {}


def find(key: str) -> Lesson | None:
    """A lesson by its key, one's own draft too; None where there is none, or it is not whole."""
    return _parsed(draft()) if key == DRAFT else shelf.find(key)


@functools.lru_cache(8)  # a page asks several times
def _parsed(text: str) -> Lesson | None:
    try:
        return reading.parse(text, shell.TITLES)
    except LessonError:
        return None


def now() -> Open | None:
    """The lesson that is open, if one is; of one that was removed meanwhile nothing is left."""
    key = st.session_state.get(_KEY)
    lesson = find(key) if key else None
    if key is None or lesson is None:
        st.session_state.pop(_KEY, None)
        return None
    return Open(key, lesson, min(st.session_state[_STEP], len(lesson.steps)))


def begin(key: str, number: int = 1) -> None:
    """Open a lesson, with the next drawing of a page."""
    if st.session_state.get(_KEY) is None:
        st.session_state[_BEFORE] = st.session_state.get("hidden", set())
    go(key, number)


def go(key: str, number: int) -> None:
    """Go to a step, with the next drawing of a page."""
    st.session_state[_GOING] = (key, number)


def going() -> Open | None:
    """Where one is to go now, if anywhere; it is asked for once."""
    key, number = st.session_state.pop(_GOING, ("", 0))
    lesson = find(key) if key else None
    return Open(key, lesson, min(number, len(lesson.steps))) if lesson else None


def stand(at: Open) -> None:
    """Be at a step without going anywhere: it has no view of its own."""
    st.session_state[_KEY], st.session_state[_STEP] = at.key, at.number


def leave() -> None:
    """Close the lesson, and have everything back that it hid."""
    st.session_state.pop(_KEY, None)
    st.session_state["hidden"] = st.session_state.pop(_BEFORE, set())


# ---------------------------------------------------------------------- a lesson of one's own


def draft() -> str:
    """The lesson one is writing, as far as it is."""
    if _DRAFT not in st.session_state:
        st.session_state[_DRAFT] = shelf.draft()
    return st.session_state[_DRAFT]


def keep_draft(text: str) -> None:
    """Keep it, for other visits too; what it raises is `shelf.keep_draft`'s."""
    shelf.keep_draft(text)
    st.session_state[_DRAFT] = text


def append(view: str) -> int:
    """Put an address of this app at the end of it, as a step; the step's number.

    Raises
    ------
    LessonError
        It is no such address, or no more steps go into a lesson.
    OSError
        The disk cannot be written.
    """
    address = reading.address(view, shell.TITLES)
    text = draft().rstrip() or f"# {_MY_LESSON}"
    number = 1 + len(re.findall(r"^##(?!#)", text, re.MULTILINE))
    if number > MOST_STEPS:
        raise LessonError(f"A lesson has at most {MOST_STEPS} steps: begin another one.")
    title = shell.TITLES[re.split("[?#]", address)[0]]
    keep_draft(f"{text}\n\n## {title}\n\nLook: {address}\n")
    return number


# ---------------------------------------------------------------------- answers


def together(at: Open) -> bool:
    """Whether the whole class takes this lesson, so that its answers are the room's."""
    return at.key != DRAFT and visitors.has_class() and room.now().lesson == at.key


def answers_here(at: Open) -> bool:
    """Whether who asks may answer now: before the answers are shown, and not a class's teacher."""
    return not revealed(at) and not (together(at) and rights.teaches())


def give(at: Open, value: Any) -> None:
    """Answer the step's question; where that cannot be, the step says why."""
    st.session_state.pop(_PROBLEM, None)
    question = at.step.question
    if question is None:
        return
    try:
        answer = asking.checked(question, value)
        if together(at):
            room.answer(at.name, answer)
        else:
            st.session_state.setdefault(_ANSWERS, {})[at.name] = (question, answer)
    except (AnswerError, Denied) as problem:
        st.session_state[_PROBLEM] = (at.name, str(problem))


def problem(at: Open) -> str:
    """Why the last answer was none; "" where it was one."""
    name, words = st.session_state.get(_PROBLEM, ("", ""))
    return words if name == at.name else ""


def mine(at: Open) -> Answer | None:
    """What one has answered to the step's question; None before."""
    if together(at):
        return room.mine(at.name)
    question, answer = st.session_state.get(_ANSWERS, {}).get(at.name, (None, None))
    return answer if question == at.step.question else None  # of a draft it may have changed


def forget(at: Open) -> None:
    """Ask oneself anew."""
    st.session_state.get(_ANSWERS, {}).pop(at.name, None)


def revealed(at: Open) -> bool:
    """Whether the answers are shown, and the truth with them."""
    return at.name in room.now().closed if together(at) else mine(at) is not None


def answers(at: Open) -> list[Answer]:
    """What is shown of the answers: all of the room's, or one's own."""
    if together(at):
        return room.answers(at.name)
    own = mine(at)
    return [] if own is None else [own]


def asked(page: str, *kinds: Kind) -> tuple[Open, Question] | None:
    """Where one is, and the question, if the step there asks one of these kinds about a page."""
    at = now()
    question = at.step.question if at else None
    if at is None or question is None or question.kind not in kinds:
        return None
    return (at, question) if at.step.page in ("", page) else None


def veils(page: str, *kinds: Kind) -> Question | None:
    """The question of such a kind whose truth a page has to hide yet, if there is one."""
    found = asked(page, *kinds)
    return found[1] if found and not revealed(found[0]) else None


def hides_worth() -> bool:
    """Whether pages do not say yet what networks are worth: the lesson asks for that first."""
    at = now()
    asks = (
        number
        for number, step in enumerate(at.lesson.steps if at else (), 1)
        if step.page == "components" and step.question and step.question.kind == "number"
    )
    first = next(asks, None)
    if veils("components", "number"):
        return True
    return at is not None and first is not None and not revealed(replace(at, number=first))
