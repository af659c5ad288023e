"""Questions of lessons on the pages: alone, and in a class with a teacher and two students."""

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from pcae import rights
from pcae.classroom import asking, room, shelf
from pcae.config import RunConfig
from pcae.rights import Denied, Visitor
from pcae.ui import course
from tests.pages.test_lessons import known, press, script_of, take
from tests.pages.test_pages import button_labels, explorer, figure, finished_copy, switch, texts

__all__ = ["known"]


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
    assert f"**{rows[right]} is PCA's.** You said the other." in texts(app)
    names = ["Autoencoder", "PCA"] if right else ["PCA", "Autoencoder"]
    assert f"<b>{rows[right]}: PCA</b>" in texts(app)
    assert f"<b>{rows[1 - right]}: Autoencoder</b>" in texts(app)
    assert "width:100%" in texts(app)
    app.toggle(key="differences").set_value(True).run()
    assert not app.exception
    heads = re.findall(r"<th><span><b>(.*?)</b>", texts(app))
    assert heads[:5] == ["Original", f"Row A: {names[0]}", "", f"Row B: {names[1]}", ""]


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
    assert "**2 of 2** answered" in texts(visitors_of(TEACHER))
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


def test_a_student_publishes_nothing_and_writes_for_themselves(visitors_of):
    anna = switch(visitors_of(ANNA), "lessons")
    press(anna, "Begin with an example")
    labels = button_labels(anna)
    assert "Start" in labels
    assert not {"Publish for all", "Open for all", "Remove"} & set(labels)
    assert shelf.draft().startswith("# A lesson of my own")
    with rights.acting(BEN):
        assert shelf.draft() == ""
    assert shelf.published() == ({}, [])
    for act in (
        lambda: shelf.publish("# A\n\n## B\n"),
        lambda: shelf.remove("0123456789ab"),
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
