"""The step of a lesson, said above the page that it is about; the tour is the first lesson."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae.classroom import room
from pcae.classroom.lessons import Step
from pcae.classroom.markdown import plain, plain_line
from pcae.data.dataset import DataError
from pcae.files import DamagedFile
from pcae.methods import metrics
from pcae.server import loading, visitors
from pcae.ui import course, goals, hidden, link, questions, room_view, run_picker, shell
from pcae.ui.course import Open

COOKIE = "pcae_tour"  # which `pcae/browser/share/toured.js` sets
TOUR = "tour"
_NEW_HERE = "New here? Six short steps show what this is about."
_OPENED = "The class takes the lesson **{title}**."
_WORTH = "Here {worth}."
_NO_SENTENCE = re.compile(r"[-+*>#|$`]\s|\d+[.)]\s|\$\$|```")  # what begins a text that is a block
_MISSED = "lesson_missed"  # which the teacher opened, and this visitor does not take


def show(page: StreamlitPage) -> None:
    """Say the step one is at, or offer a lesson: the class's, or the tour on the first visit."""
    if st.session_state.pop("tour_answered", False):
        shell.run("share/toured.js")
    if at := course.going():
        _open(at)
    at = course.now()
    common = ""
    if visitors.has_class():
        common = room.now().lesson
        _heed(at, _news(at))
    if at is not None:
        _say(at, page)
    elif common and common != st.session_state.get(_MISSED) and (found := course.find(common)):
        words = _OPENED.format(title=plain_line(found.title))
        _offer(words, "Take part", common, "Not now")
    elif shell.name(page) == "explore" and _is_new() and "hide" not in hidden.to_query():
        _offer(_NEW_HERE, "Take the tour", TOUR, "No, thanks")


def _news(at: Open | None) -> tuple[str, bool]:
    """What a page shows of the room: the class's lesson, and whether the answers are shown."""
    return room.now().lesson, at is not None and course.revealed(at)


@room_view.fragment
def _heed(at: Open | None, drawn: tuple[str, bool]) -> None:
    """Have the whole page drawn anew once it is not as the room is."""
    if _news(at) != drawn:
        st.rerun(scope="app")


def _is_new() -> bool:
    return "tour_known" not in st.session_state and st.context.cookies.get(COOKIE) != "seen"


def _offer(words: str, yes: str, key: str, no: str) -> None:
    said, first, second = st.columns([8, 2, 2], vertical_alignment="center")
    said.markdown(words)
    first.button(yes, width="stretch", on_click=_answer, args=(key, True))
    second.button(no, width="stretch", on_click=_answer, args=(key, False))


def _answer(key: str, wanted: bool) -> None:
    if key == TOUR:
        st.session_state["tour_known"] = st.session_state["tour_answered"] = True
    if wanted:
        course.begin(key)
    else:
        st.session_state[_MISSED] = key


def _open(at: Open) -> None:
    """Go to a step: its address, with which lesson and step it is, is the state."""
    if at.step.look:
        address, sign, shown = at.step.look.partition("#")
        more = {"lesson": at.key, "step": str(at.number)}
        if hidden.projector():
            more["projector"] = "1"
        joined = "&" if "?" in address else "?"
        link.open(f"{address}{joined}{urlencode(more)}{sign}{shown}")
    course.stand(at)  # it has no view, or none that is here


def _say(at: Open, page: StreamlitPage) -> None:
    last = len(at.lesson.steps)
    away = at.step.page not in ("", shell.name(page))
    with st.container(border=True, key="step"):
        words, buttons = st.columns([17, 6], vertical_alignment="center")
        with words.container(key="step_words"):
            st.markdown(text_of(at.step, f"{at.number} of {last}. "))
        with buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            _button("Back", at, at.number - 1, disabled=at.number == 1)
            if away:
                _button("Go there", at, at.number)
            elif at.number < last:
                _button("Next", at, at.number + 1)
            st.button("Leave", on_click=course.leave)
        if at.step.goal:
            goals.show(at.step.goal)
        if at.step.question and not away:
            questions.show(at, shell.name(page))


def _button(label: str, at: Open, number: int, *, disabled: bool = False) -> None:
    st.button(
        label,
        type="secondary" if label == "Back" else "primary",
        disabled=disabled,
        on_click=course.go,
        args=(at.key, number),
    )


def text_of(step: Step, before: str = "") -> str:
    """Heading and text as Markdown that shows and does nothing else."""
    text = plain(step.text)
    if "{worth}" in text:
        text = text.replace("{worth}", _worth()).strip()
    between = "\n\n" if _NO_SENTENCE.match(text) else " "
    end = "" if step.heading[-1] in ".?!:" else "."
    return f"**{before}{plain_line(step.heading)}{end}**{between}{text}".strip()


def _worth() -> str:
    """What the network is worth that the page opens; nothing where that is not known."""
    run = run_picker.opens()
    if run is None:
        return ""
    try:
        k, view = run.config.k, loading.view(run.config.dataset)
        return _WORTH.format(worth=metrics.worth(k, loading.worth(run, view).equivalent_k))
    except (DamagedFile, DataError):
        return ""
