"""Lessons: those that ship and those that were published, and the one that one writes oneself."""

from typing import Any

import streamlit as st

from pcae import rights
from pcae.classroom import room, shelf
from pcae.classroom.lessons import MOST_BYTES, Lesson, LessonError, Step, shown, write
from pcae.classroom.markdown import plain, plain_line
from pcae.classroom.reading import parse
from pcae.counts import counted
from pcae.rights import Denied
from pcae.server import visitors
from pcae.ui import course, shell, steps, undo
from pcae.ui.shell import named
from pcae.ui.words import as_text

TEXT, BEFORE, PROBLEM, BROUGHT = "lesson_text", "lesson_was", "lesson_said", "lesson_brought"
HOW = (
    "A lesson is a text: “# Title”, then a “## Heading” for each step, and below it what to say "
    "and what to show. *Share* has, on every page, *Keep this view as a step*, which puts the view "
    "at the end of this text."
)
EXAMPLE = """# A lesson of my own

What it is for.

Minutes: 10

## Look around

Point at a digit. What do two numbers keep of it?

Look: explore
"""
NO_TEXT = "{name} is no text in UTF-8: choose a lesson's file, which ends in “.md”."
TOO_LARGE = "{name} has more than {most} KB: a lesson is shorter."


def said(lesson: Lesson) -> str:
    """How long a lesson takes, and of how many steps it is."""
    count = len(lesson.steps)
    time = f"{lesson.minutes} minutes, " if lesson.minutes else ""
    return f"{time}{counted(count, 'step')}"


def offer(key: str, lesson: Lesson, *, own: bool) -> None:
    """A lesson: what it is for, and what can be done with it."""
    title = lesson.title
    with st.container(border=True, key=f"lesson_{key}"):
        words, acts = st.columns([7, 5], vertical_alignment="center")
        about = f"  \n{plain(lesson.about)}" if lesson.about else ""
        words.markdown(f"**{plain_line(title)}** :small[{said(lesson)}]{about}")
        with acts.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            button("Start", key, title, course.begin, key, kind="primary")
            if visitors.has_class() and rights.teaches():
                opened = room.now().lesson == key
                label = "Close for all" if opened else "Open for all"
                button(label, key, title, open_for_all, "" if opened else key)
            st.download_button(
                named("Download", title), write(lesson), f"{key}.md", "text/markdown", f"get_{key}"
            )
            button("Copy", key, title, replace_draft, write(lesson))
            if own and rights.teaches():
                button("Remove", key, title, remove, key, title)


def button(label: str, key: str, of: str, act: Any, *args: Any, kind: Any = "secondary") -> None:
    """A button of a lesson."""
    key, args = f"{act.__name__}_{key}", (act, *args)
    st.button(named(label, of), key, type=kind, on_click=carefully, args=args)


def carefully(act: Any, *args: Any) -> None:
    """Do something, or say why it cannot be."""
    try:
        act(*args)
    except (LessonError, Denied) as problem:
        st.session_state[PROBLEM] = str(problem)
    except OSError as problem:
        st.session_state[PROBLEM] = f"The disk cannot be written: {problem.strerror or problem}."


def open_for_all(key: str) -> None:
    """Have the class take a lesson, or none."""
    room.open_lesson(key)
    if key:
        course.begin(key)


def remove(key: str, title: str) -> None:
    """Take a published lesson off the shelf."""
    undo.offer(f"The lesson “{as_text(title)}” is removed.", shelf.remove(key))


def keep() -> None:
    """Keep what stands in the text area."""
    course.keep_draft(st.session_state[TEXT])


def replace_draft(text: str) -> None:
    """Have another text as the lesson that is being written; the one before can be had back."""
    before = course.draft()
    course.keep_draft(text)
    if before.strip() and before != text:
        st.session_state[BEFORE] = before


def bring() -> None:
    """Take the lesson of a file."""
    file = st.session_state[BROUGHT]
    if file is None:
        return
    if file.size > MOST_BYTES:
        raise LessonError(TOO_LARGE.format(name=file.name[:80], most=MOST_BYTES // 1024))
    try:
        text = file.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LessonError(NO_TEXT.format(name=file.name[:80])) from None
    replace_draft(text.replace("\r\n", "\n"))


def back() -> None:
    """Have the text before again."""
    course.keep_draft(st.session_state.pop(BEFORE))


def publish() -> None:
    """Put the lesson that is being written among the others."""
    shelf.publish(course.draft(), shell.TITLES)


def in_words(step: Step) -> str:
    """What a step shows, asks and wants, for whoever writes it."""
    found = [f"Shows {shell.TITLES[step.page]}." if step.page else ""]
    if of := step.question:
        truth = of.truth if not of.choices or of.truth is None else of.choices[int(of.truth)]
        right = shown(truth) if isinstance(truth, float) else truth
        found.append(f"Asks: {plain_line(of.words)}")
        found.append(f"(It is {plain_line(right)}.)" if right is not None else "")
    if step.goal:
        found.append(f"Goal: {plain_line(' and '.join(map(str, step.goal)))}.")
    return " ".join(filter(None, found))


def preview(text: str) -> None:
    """The steps of the lesson that is being written, or what is wrong with it."""
    try:
        lesson = parse(text, shell.TITLES)
    except LessonError as problem:
        if text.strip():
            st.error(str(problem))
        return
    with st.container(horizontal=True, gap="xsmall"):
        button("Start", course.DRAFT, lesson.title, course.begin, course.DRAFT, kind="primary")
        st.download_button("Download", write(lesson), "lesson.md", "text/markdown", "get_draft")
        if rights.teaches():
            label = "Publish for all" if visitors.has_class() else "Add to the lessons"
            button(label, course.DRAFT, lesson.title, publish)
    st.markdown(f"**{plain_line(lesson.title)}** :small[{said(lesson)}]")
    st.markdown(plain(lesson.about))
    for number, step in enumerate(lesson.steps, 1):
        words, go = st.columns([9, 2])
        words.markdown(f"{steps.text_of(step, f'{number}. ')}\n\n:small[{in_words(step)}]")
        args = (course.DRAFT, number)
        go.button(named("Look", str(number)), f"look_{number}", on_click=course.begin, args=args)


for of, lesson in shelf.shipped().items():
    offer(of, lesson, own=False)
published, problems = shelf.published()
for of, lesson in published.items():
    offer(of, lesson, own=True)
for problem in problems:
    st.error(problem)
st.header("A lesson of your own", anchor=False)
st.markdown(HOW)
if sentence := st.session_state.pop(PROBLEM, ""):
    st.error(sentence)
left, right = st.columns(2, gap="medium")
with left:
    st.file_uploader(
        "Open a lesson's file",
        "md",
        key=BROUGHT,
        on_change=carefully,
        args=(bring,),
        max_upload_size=1,
    )
    with st.container(horizontal=True, gap="xsmall"):
        if not course.draft().strip():
            st.button("Begin with an example", on_click=carefully, args=(replace_draft, EXAMPLE))
        if BEFORE in st.session_state:
            st.button("Back to the text before", on_click=carefully, args=(back,))
    st.session_state[TEXT] = course.draft()
    st.text_area("The lesson", None, 520, MOST_BYTES, TEXT, on_change=carefully, args=(keep,))
with right:
    preview(course.draft())
