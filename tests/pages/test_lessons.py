"""Lessons on the pages: every step of those that ship, questions alone, and what steps hide."""

import pytest

from pcae.classroom import shelf
from pcae.ui import shell
from tests.pages.test_link import held
from tests.pages.test_pages import button, button_labels, texts

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
    app.session_state["lesson_going"] = (key, number)
    app.run()
    assert not app.exception
    return app


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
