"""Lessons on the pages: every step of those that ship, questions alone, and what steps hide."""

import contextlib
from collections.abc import MutableMapping
from math import isfinite

import pytest
import streamlit as st

from pcae import store
from pcae.classroom import reading, shelf
from pcae.classroom.lessons import METRICS, write
from pcae.config import RunConfig
from pcae.files import home
from pcae.presets import PRESETS
from pcae.ui import course, goals, link, shell
from tests.pages.test_link import follow, held, share
from tests.pages.test_pages import (
    button,
    button_labels,
    finished_copy,
    open_page,
    switch,
    texts,
)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """The visitor was offered the tour before."""
    monkeypatch.setattr("pcae.ui.steps._is_new", lambda: False)


def take(app, key, number=1):
    """Open a lesson at a step, as its button does."""
    with script_of(app):
        course.begin(key, number)
    app.run()
    assert not app.exception
    return app


class State(MutableMapping):
    """A visit's state as scripts have it."""

    def __init__(self, app):
        self.of = app.session_state

    def __getitem__(self, key):
        return self.of[key]

    def __setitem__(self, key, value):
        self.of[key] = value

    def __delitem__(self, key):
        del self.of[key]

    def __iter__(self):
        return iter(self.of.filtered_state)

    def __len__(self):
        return len(self.of.filtered_state)


@contextlib.contextmanager
def script_of(app):
    """Do what a callback of the visit does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", State(app))
        yield app


def press(app, label):
    button(app, label).click().run()
    assert not app.exception


@pytest.mark.parametrize("key", shelf.ORDER)
def test_every_step_of_a_lesson_that_ships_can_be_opened(app, key):
    steps = shelf.shipped()[key].steps
    take(app.run(), key)
    for number, step in enumerate(steps, 1):
        assert f"**{number} of {len(steps)}. " in texts(app)
        assert step.page in shell.TITLES
        assert "cannot be used" not in texts(app)
        assert "not on this machine" not in texts(app)
        at = {name: held(app)[name] for name in ("lesson", "step")}
        assert at == {"lesson": key, "step": str(number)}
        assert "Go there" not in button_labels(app)
        if number < len(steps):
            press(app, "Next")


# ---------------------------------------------------------------------- what steps hide, and links


LESSON = """# Mine

## First

Look: components?log_axes=False&hide=train,components.log_axes#at=3

## Second

No view.

## Third

Look: explore?pinned=3,5
"""


def write_own(app, text):
    app.session_state["lesson_draft"] = text


def test_a_step_hides_what_it_does_not_need_and_leave_gives_it_back(app):
    app.run()
    write_own(app, LESSON)
    take(app, "draft")
    assert held(app)["hide"] == "components.log_axes,train"
    assert held(app)["log_axes"] == "False"
    press(app, "Next")  # which has no view of its own
    assert "2 of 3" in texts(app)
    assert held(app)["hide"] == "components.log_axes,train"
    press(app, "Next")
    assert "hide" not in held(app)
    assert held(app)["pinned"] == "3,5" if "pinned" in held(app) else True
    press(app, "Back")
    press(app, "Back")
    assert held(app)["hide"] == "components.log_axes,train"
    press(app, "Leave")
    assert not {"hide", "lesson", "step"} & set(held(app))


def test_what_was_hidden_before_is_hidden_again_after_a_lesson(app):
    follow(app, "explore", hide="quality")
    take(app, "tour", 3)
    assert "hide" not in held(app)
    press(app, "Leave")
    assert held(app)["hide"] == "quality"


def test_large_type_stays(app):
    follow(app, "explore", projector="1")
    take(app, "tour", 3)
    assert held(app)["projector"] == "1"


def test_a_link_names_lesson_and_step(app):
    follow(app, "components", lesson="what_is_a_code_worth", step="4")
    assert "**4 of 11. Look." in texts(app)
    assert held(app)["step"] == "4"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"lesson": "../../etc/passwd"}, "lesson (it is not on this server"),
        ({"lesson": "0123456789ab"}, "lesson (it is not on this server"),
        ({"lesson": "draft"}, "lesson (it is not on this server"),
        ({"lesson": "tour", "step": "7"}, "step"),
        ({"lesson": "tour", "step": "-1"}, "step"),
        ({"step": "2"}, "step"),
    ],
)
def test_a_link_that_names_none_is_told(app, parameters, words):
    follow(app, "components", **parameters)
    assert f"The link's {words}" in texts(app)


# ---------------------------------------------------------------------- goals


def test_a_goal_is_reached_by_a_network_of_ones_own(app):
    app.run()
    take(app, "what_is_a_code_worth", 6)
    assert "**Goal:** k = 2 and equivalent k &gt; 2." in texts(app)
    run = finished_copy(RunConfig(seed=7, epochs=25))
    app.run()
    assert "**Goal reached:** k = 2 and equivalent k &gt; 2, with " in texts(app)
    store.delete(run)
    app.run()
    assert "Goal reached" not in texts(app)


def test_a_goal_that_is_not_reached_says_how_far_the_last_network_is(app):
    app.run()
    write_own(app, "# Mine\n\n## Far\n\nLook: train\nGoal: equivalent_k >= 500 and epochs <= 1\n")
    finished_copy(RunConfig(seed=7, epochs=25))
    take(app, "draft")
    assert "equivalent k 8.723, epochs 25." in texts(app)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_a_value(app, metric):
    with script_of(app.run()):
        run = store.find(PRESETS["Linear"].key)
        assert isfinite(goals._values(run, [metric])[metric])


# ---------------------------------------------------------------------- the page Lessons


def test_a_view_is_kept_as_a_step_and_outlives_the_visit(app):
    app.run()
    for view in ("explore?run=ac7d8200e52d&epochs=25#zoom=1,2,1,2,1,2,1,2", "components?"):
        keep(app, view)
    assert "It is step 2 of the lesson" in share(app)["kept"]
    keep(app, "http://elsewhere.example/")
    assert "behind the server's name" in share(app)["kept"]
    switch(app, "lessons")
    lesson = reading.parse(app.text_area[0].value)
    assert [step.heading for step in lesson.steps] == ["Explore", "Components"]
    assert lesson.steps[0].look.endswith("#zoom=1,2,1,2,1,2,1,2")
    del app.session_state["lesson_draft"]  # another visit
    app.run()
    assert app.text_area[0].value == write(lesson)


def keep(app, view):
    """Play the browser's message of the button in the dialog."""
    app.session_state["link_buttons"] = {"kept": view}
    with script_of(app):
        link._keep()
    app.run()
    assert not app.exception


def test_a_lesson_is_written_previewed_started_and_published(app):
    open_page(app, "lessons")
    press(app, "Begin with an example")
    assert "**1. Look around.**" in texts(app)
    app.text_area[0].set_value("# A\n\n## B\n\nLook: nowhere\n").run()
    assert "Line 5: there is no page “nowhere”" in texts(app)
    assert "Publish" not in button_labels(app)
    app.text_area[0].set_value("# A\n\nFor you.\n\n## B\n\nSome text.\n\nLook: quality\n").run()
    press(app, "Add to the lessons")
    (key,) = shelf.published()[0]
    app.button(key=f"begin_{key}").click().run()
    assert "**1 of 1. B.** Some text." in texts(app)
    assert held(app)["lesson"] == key
    open_page(app, "lessons")
    app.button(key=f"remove_{key}").click().run()
    assert shelf.published() == ({}, [])
    press(app, "Undo")
    assert list(shelf.published()[0]) == [key]


def test_a_copy_takes_the_place_of_the_draft_and_it_can_be_had_back(app):
    open_page(app, "lessons")
    app.text_area[0].set_value("# A\n\n## B\n").run()
    app.button(key="replace_draft_tour").click().run()
    assert app.text_area[0].value.startswith("# A tour of six short steps")
    press(app, "Back to the text before")
    assert app.text_area[0].value == "# A\n\n## B\n"


def test_a_damaged_lesson_is_a_sentence_on_its_own(app):
    shelf.publish("# A\n\n## B\n")
    (path,) = (home() / "lessons").glob("*.md")
    path.with_name("0123456789ab.md").write_bytes(b"\xff\xfe")
    path.with_name("0123456789ac.md").write_text("no lesson")
    open_page(app, "lessons")
    assert [error.value.count("is damaged") for error in app.error] == [1, 1]
    assert any("**A**" in text.value for text in app.markdown)
