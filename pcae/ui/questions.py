"""A step's question: how one answers it, and what the answers come to once they are shown."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any, cast

import numpy as np
import streamlit as st

from pcae import rights
from pcae.classroom import asking, room
from pcae.classroom.lessons import FARTHEST, Question, shown
from pcae.classroom.markdown import plain, plain_line
from pcae.classroom.room import Answer
from pcae.data.dataset import DataError
from pcae.figures import answers as figures
from pcae.figures.charts import Figure
from pcae.figures.pictures import data_uri
from pcae.files import DamagedFile
from pcae.server import live, loading
from pcae.ui import course, room_view, run_picker
from pcae.ui.course import Open
from pcae.ui.digits import Row

ROWS = ("Row A", "Row B")
_PLANES = {"PCA": "PCA scores", "codes": "Bottleneck codes"}
_CHANGE = "It can be changed until the answers are shown."
_PICTURE = 44  # pixels


def show(at: Open, page: str) -> None:
    """Ask the step's question, or show what was answered."""
    if course.together(at) and rights.teaches():
        _live(at, page)  # the teacher sees how many have answered
    else:
        _draw(at, page)


@room_view.fragment
def _live(at: Open, page: str) -> None:
    _draw(at, page)


def _draw(at: Open, page: str) -> None:
    question = cast(Question, at.step.question)
    with st.container(horizontal=True, vertical_alignment="center", key="question"):
        if question.kind == "place":
            _picture(question)
        st.markdown(f":material/help: **{plain(question.words)}**", width="content")
        if course.answers_here(at):
            _ask(at, question)
        _govern(at)
    if course.revealed(at):
        _reveal(at, question, page)
    if problem := course.problem(at):
        st.warning(problem)


# ---------------------------------------------------------------------- before


def _ask(at: Open, question: Question) -> None:
    """What one answers with."""
    own, key = course.mine(at), f"answer_{at.key}_{at.number}"
    if question.kind == "number":
        _ask_number(at, question, own, key)
    elif question.kind == "place":
        where = _PLANES[question.side]
        again = "Click again to move your mark." if own else ""
        st.markdown(again or f"Click in the plane *{where}*.", width="content")
    else:
        names = names_of(question)
        st.radio(
            "Your answer",
            range(len(names)),
            index=own if isinstance(own, int) else None,
            format_func=lambda of: plain_line(names[of]),
            horizontal=True,
            label_visibility="collapsed",
            key=key,
            on_change=_chosen,
            args=(at, key),
        )


def _ask_number(at: Open, question: Question, own: Answer | None, key: str) -> None:
    bounded = question.low > -FARTHEST
    st.number_input(
        "Your answer",
        question.low if bounded else None,
        question.high if bounded else None,
        value=own if isinstance(own, float) else None,
        step=None if bounded and question.high - question.low < 5 else 1.0,
        format="%g",
        placeholder=f"{shown(question.low)} to {shown(question.high)}" if bounded else "a number",
        label_visibility="collapsed",
        width=150,
        key=key,
    )
    said = "Answer" if own is None else "Change my answer"
    st.button(said, key=f"give_{key}", type="primary", on_click=_chosen, args=(at, key))


def _chosen(at: Open, key: str) -> None:
    course.give(at, st.session_state.get(key))


def _picture(question: Question) -> None:
    """The digit whose place is asked for."""
    run = run_picker.opens()
    try:
        data = loading.view(run.config.dataset).data if run else None
    except (DamagedFile, DataError):
        data = None
    if data and data.shape and question.digit < len(data.test):
        picture = data_uri(
            data.test.pixels(slice(question.digit, question.digit + 1))[0], data.shape
        )
        size = f'height="{_PICTURE}" style="image-rendering:pixelated;border-radius:3px"'
        st.html(f'<img src="{picture}" alt="test digit {question.digit}" {size}>', width="content")


def names_of(question: Question) -> tuple[str, ...]:
    """What can be chosen."""
    return ROWS if question.kind == "which" else question.choices


# ---------------------------------------------------------------------- the class


def _govern(at: Open) -> None:
    """What stands beside the question: how many have answered, and what closes it."""
    if not course.together(at):
        if course.revealed(at):
            st.button("Ask again", on_click=_forget, args=(at,))
        return
    if rights.teaches():
        count = room.count(at.name)
        others = max(live.here(), count)
        st.markdown(f"**{count} of {others}** answered", width="content")
        closed = course.revealed(at)
        label = "Take answers again" if closed else "Show the answers"
        st.button(label, type="primary", key="close_question", on_click=_close, args=(at, closed))
    elif not course.revealed(at) and course.mine(at) is not None:
        st.markdown(f"Answered. {_CHANGE}", width="content")


def _close(at: Open, closed: bool) -> None:
    room.close(at.name, closed=not closed)


def _forget(at: Open) -> None:
    course.forget(at)
    st.session_state.pop(f"answer_{at.key}_{at.number}", None)


# ---------------------------------------------------------------------- after


def _reveal(at: Open, question: Question, page: str) -> None:
    given = course.answers(at)
    if question.kind == "number":
        numbers = _numbers(at)
        st.markdown(_summary(numbers, question.truth))
        line = figures.dots(numbers, question.truth)
        if line and page != "components":  # whose chart has them
            st.html(line)
    elif question.kind == "place":
        many = f"The {len(given)} marks are" if len(given) != 1 else "The mark is"
        st.markdown(f"{many} in the plane, and the ring is where this digit lies.")
    elif question.kind == "which":
        right = asking.row_of_pca(at.name)
        count = asking.counts(given, 2)[right]
        said = "You said so." if count else "You said the other."
        if course.together(at):
            said = f"{count} of {len(given)} said so."
        st.markdown(f"**{ROWS[right]} is PCA's.** {said}")
    else:
        truth = None if question.truth is None else int(question.truth)
        counts = asking.counts(given, len(question.choices))
        st.html(figures.bars(question.choices, counts, truth))


def place() -> dict[str, Any]:
    """What the explorer is told of a digit whose place is asked for, under "asks"; {} for none."""
    found = course.asked("explore", "place")
    if found is None:
        return {}
    at, question = found
    shown = [of for of in course.answers(at) if _is_place(of)] if course.revealed(at) else None
    own = course.mine(at)
    asks = {
        "digit": question.digit,
        "side": int(question.side == "codes"),
        "open": course.answers_here(at),
        "mine": own if _is_place(own) else None,
        "answers": shown,
    }
    return {"asks": asks}


def _is_place(of: Answer | None) -> bool:
    return isinstance(of, tuple)


def rows(named: list[Row]) -> list[Row]:
    """The originals, PCA's row and the network's, as a question which is PCA's has them.

    Until the answers are shown the two have no names; then they have how many took each for PCA's.
    """
    found = course.asked("reconstructions", "which")
    if found is None:
        return named
    at, _ = found
    groups = _groups(named)
    if not {"PCA", "Autoencoder"} <= set(groups):
        return named  # one of them cannot be read
    both = [groups.pop("PCA"), groups.pop("Autoencoder")]
    if asking.row_of_pca(at.name):
        both.reverse()
    if not course.revealed(at):
        unnamed = [
            replace(of[0], title=name, captions=(), subtitle="") for of, name in _named(both)
        ]
        return [named[0], *unnamed]
    counts = asking.counts(course.answers(at), 2)
    for (of, name), count in zip(_named(both), counts, strict=True):
        said = f"{count} of {sum(counts)} took it for PCA's"
        share = count / max(sum(counts), 1)
        of[0] = replace(of[0], title=f"{name}: {of[0].title}", subtitle=said, share=share)
    return [row for of in (groups.pop(named[0].title), *both, *groups.values()) for row in of]


def _groups(named: list[Row]) -> dict[str, list[Row]]:
    """Every row with those without a title below it, which are of the same."""
    found: dict[str, list[Row]] = {}
    for row in named:
        if row.title:
            found[row.title] = []
        found[list(found)[-1]].append(row)
    return found


def _named(both: list[list[Row]]) -> list[tuple[list[Row], str]]:
    return list(zip(both, ROWS, strict=True))


def marks(pca_error: np.ndarray) -> list[Figure]:
    """What Components' chart gets of the answers, where the step there asked for a number."""
    found = course.asked("components", "number")
    if found is None or not course.revealed(found[0]):
        return []
    given = _numbers(found[0])
    return [figures.on_curve(given, pca_error)] if given else []


def _numbers(at: Open) -> list[float]:
    return [float(of) for of in course.answers(at) if isinstance(of, int | float)]


def _summary(numbers: list[float], truth: float | None) -> str:
    """What was answered and what is true, in a sentence."""
    if not numbers:
        said = "Nobody has answered."
    elif len(numbers) == 1:
        said = f"Answered: {numbers[0]:g}."
    else:
        middle = statistics.median(numbers)
        said = (
            f"{len(numbers)} answers from {min(numbers):g} to {max(numbers):g}, half of them up "
            f"to {middle:g}."
        )
    return said if truth is None else f"{said} **It is {truth:g}.**"
