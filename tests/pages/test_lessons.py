"""Lessons on the pages: every step of those that ship, questions alone, and what steps hide."""

import contextlib
from collections.abc import MutableMapping
from html import unescape
from math import isfinite

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pcae import rights, store
from pcae.classroom import asking, reading, room, shelf
from pcae.classroom.lessons import METRICS, write
from pcae.config import RunConfig
from pcae.files import home
from pcae.presets import PRESETS
from pcae.rights import Denied, Visitor
from pcae.ui import course, goals, link, shell
from tests.pages.test_link import follow, held, share
from tests.pages.test_pages import (
    button,
    button_labels,
    explorer,
    figure,
    finished_copy,
    open_page,
    switch,
    texts,
)

STEPS = [
    pytest.param(key, number, id=f"{key}-{number}")
    for key, lesson in shelf.shipped().items()
    for number in range(1, len(lesson.steps) + 1)
]


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


@pytest.mark.parametrize(("key", "number"), STEPS)
def test_every_step_of_a_lesson_that_ships_can_be_opened(app, key, number):
    step = shelf.shipped()[key].steps[number - 1]
    app.run()
    take(app, key, number)
    assert f"**{number} of " in texts(app)
    assert step.page in shell.TITLES
    assert "cannot be used" not in texts(app)
    assert "not on this machine" not in texts(app)
    assert {name: held(app)[name] for name in ("lesson", "step")} == {
        "lesson": key,
        "step": str(number),
    }
    assert "Go there" not in button_labels(app)


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


# ---------------------------------------------------------------------- questions, alone


def answer_number(app, value):
    (box,) = [box for box in app.number_input if box.label == "Your answer"]
    box.set_value(value).run()
    press(app, "Answer")


def traces(app):
    return {trace["name"]: trace for trace in figure(app)["data"]}


def test_a_number_is_predicted_before_components_shows_what_is_true(app):
    app.run()
    take(app, "what_is_a_code_worth", 1)
    assert "components." not in texts(app)  # Explore does not say yet what the codes are worth
    take(app, "what_is_a_code_worth", 3)
    assert set(traces(app)) == {"PCA, test", "PCA, train"}
    assert "8.7" not in texts(app)
    answer_number(app, 12)
    assert "Answered: 12. **It is 8.7.**" in texts(app)
    assert traces(app)["answers"]["x"] == [12]
    assert len(traces(app)) > 4
    take(app, "what_is_a_code_worth", 1)
    assert "8.7 principal components" in texts(app)
    take(app, "what_is_a_code_worth", 3)
    press(app, "Ask again")
    assert "answers" not in traces(app)
    assert "8.7" not in texts(app)


@pytest.mark.parametrize("value", ["12", True, float("nan"), 0, 101, None, [1, 2]])
def test_what_is_no_answer_is_said_and_not_kept(app, value):
    app.run()
    take(app, "what_is_a_code_worth", 3)
    with script_of(app):
        at = course.now()
        course.give(at, value)
        assert course.mine(at) is None
        assert course.problem(at).startswith("Answer with a number")


def test_a_choice_shows_what_is_right_as_bars(app):
    app.run()
    take(app, "linear_is_pca")
    assert "Eckart" not in texts(app)  # the page would tell
    app.radio[0].set_value(0).run()
    assert "Eckart" in texts(app)
    bars = next(html.body for html in app.get("html") if "pcae-bars" in html.body)
    assert "✓ PCA's plane" in unescape(bars)
    assert bars.count("<i") == 3


def test_rows_have_no_names_until_one_has_answered(app):
    app.run()
    take(app, "what_is_a_code_worth", 2)
    rows = ("Row A", "Row B")
    assert [f"<b>{row}</b>" in texts(app) for row in (*rows, "PCA", "Autoencoder")] == [
        True,
        True,
        False,
        False,
    ]
    assert "mean error" not in texts(app)
    assert not [box for box in app.slider if "components" in box.label]
    right = asking.row_of_pca("what_is_a_code_worth/2")
    app.radio[0].set_value(1 - right).run()
    assert f"**{rows[right]} is PCA's.** 0 of 1" in texts(app)
    assert f"<b>{rows[right]}: PCA</b>" in texts(app)
    assert f"<b>{rows[1 - right]}: Autoencoder</b>" in texts(app)
    assert "width:100%" in texts(app)


def test_a_place_is_answered_by_a_click_in_the_plane(app):
    app.run()
    take(app, "draw_and_break_it", 2)
    asks = explorer(app)["asks"]
    assert asks == {"digit": 1, "side": 1, "open": True, "mine": None, "answers": None}
    place(app, [30, -10.5])
    asks = explorer(app)["asks"]
    assert (asks["open"], asks["mine"], asks["answers"]) == (False, [30, -10.5], [[30, -10.5]])
    take(app, "draw_and_break_it", 3)
    take(app, "draw_and_break_it", 1)
    assert "asks" not in explorer(app)


def place(app, value):
    """Play the explorer's message of a click."""
    with script_of(app):
        course.give(course.now(), value)
    app.run()
    assert not app.exception


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


# ---------------------------------------------------------------------- in a class


TEACHER, ANNA, BEN = Visitor("t", teacher=True), Visitor("anna"), Visitor("ben")


@pytest.fixture
def visitors_of(app, monkeypatch):
    """Sessions of visitors of a class by who they are."""
    monkeypatch.setenv("PCAE_CLASS", "1")
    found = {}

    def of(visitor):
        rights.find_with(lambda: visitor)
        if visitor not in found:
            found[visitor] = AppTest.from_file(app._script_path, default_timeout=60)
        return found[visitor].run()

    yield of
    rights.find_with(lambda: rights.OWNER)


def test_a_class_answers_together_and_the_teacher_shows_what_came_of_it(visitors_of):
    key, name = "what_is_a_code_worth", "what_is_a_code_worth/3"
    teacher = visitors_of(TEACHER)
    room.open_lesson(key)
    take(teacher, key, 3)
    assert "Your answer" not in [box.label for box in teacher.number_input]
    for visitor, value in ((ANNA, 5), (BEN, 12), (ANNA, 6)):
        app = visitors_of(visitor)
        if "Take part" in button_labels(app):
            press(app, "Take part")
            take(app, key, 3)
        (box,) = [box for box in app.number_input if box.label == "Your answer"]
        box.set_value(value).run()
        app.button(key=f"give_answer_{key}_3").click().run()
        assert "It can be changed" in texts(app)
        assert "8.7" not in texts(app)
    assert "**2** answered" in texts(visitors_of(TEACHER))
    assert "answers" not in traces(teacher)
    press(teacher, "Show the answers")
    for visitor in (TEACHER, ANNA, BEN):
        app = visitors_of(visitor)
        assert "2 answers from 6 to 12, half of them up to 9. **It is 8.7.**" in texts(app)
        assert traces(app)["answers"]["x"] == [6, 12]
    with script_of(visitors_of(ANNA)) as anna:
        course.give(course.now(), 50)
        assert "closed" in course.problem(course.now())
        assert anna
    assert room.answers(name) == [6, 12]


def test_the_teacher_opens_a_lesson_for_all_and_closes_it(visitors_of):
    teacher = switch(visitors_of(TEACHER), "lessons")
    teacher.button(key="open_for_all_tour").click().run()
    assert room.now().lesson == "tour"
    assert "**1 of 6. " in texts(teacher)
    anna = visitors_of(ANNA)
    assert "The class takes the lesson **A tour of six short steps**." in texts(anna)
    press(anna, "Not now")
    assert "Take part" not in button_labels(anna)
    switch(visitors_of(TEACHER), "lessons")
    teacher.button(key="open_for_all_tour").click().run()
    assert room.now().lesson == ""


def test_a_lesson_that_the_teacher_has_not_opened_is_taken_alone(visitors_of):
    anna = visitors_of(ANNA)
    take(anna, "linear_is_pca")
    anna.radio[0].set_value(1).run()
    assert "pcae-bars" in texts(anna)
    assert room.now().answers == {}


def test_a_student_publishes_nothing_and_writes_for_the_visit_alone(visitors_of):
    anna = switch(visitors_of(ANNA), "lessons")
    press(anna, "Begin with an example")
    labels = button_labels(anna)
    assert "Start" in labels
    assert not {"Publish for all", "Open for all", "Remove"} & set(labels)
    assert shelf.draft() == ""
    assert not (home() / "lessons").exists()
    for act in (
        lambda: shelf.publish("# A\n\n## B\n"),
        lambda: shelf.remove("0123456789ab"),
        lambda: shelf.keep_draft("# A"),
        lambda: room.open_lesson("tour"),
        lambda: room.close("tour/1"),
    ):
        with pytest.raises(Denied):
            act()


def test_a_students_goal_is_reached_by_networks_of_their_own(visitors_of):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    rights.claim(run.folder, BEN)
    for visitor, reached in ((ANNA, False), (BEN, True), (TEACHER, False)):
        app = take(visitors_of(visitor), "what_is_a_code_worth", 6)
        assert ("Goal reached" in texts(app)) == reached
