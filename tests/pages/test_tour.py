"""The guided tour and the glossary through Streamlit's test harness."""

from pathlib import Path

import pytest
import streamlit as st

from pcae.classroom import shelf
from pcae.presets import PRESETS
from pcae.ui import shell, steps
from tests.pages.test_pages import button, button_labels, open_page, switch, texts

TOUR = shelf.shipped()[steps.TOUR].steps
STEPS = len(TOUR)


def said(app):
    """The number of the step that is said; None where none is."""
    found = [n for n in range(1, STEPS + 1) if f"**{n} of {STEPS}. " in texts(app)]
    return found[0] if found else None


def press(app, label):
    button(app, label).click().run()
    assert not app.exception


def test_a_first_visitor_is_offered_the_tour_once(app):
    app.run()
    assert "New here?" in texts(app)
    press(app, "No, thanks")
    assert "New here?" not in texts(app)
    assert "toured.js" in texts(app)
    app.run()
    assert "New here?" not in texts(app)
    assert said(app) is None


def test_who_has_answered_before_is_not_asked(app, monkeypatch):
    monkeypatch.setattr(type(st.context), "cookies", {"pcae_tour": "seen"})
    app.run()
    assert not app.exception
    assert "New here?" not in texts(app)


def test_six_steps_lead_through_pages_that_exist(app):
    app.run()
    press(app, "Take the tour")
    assert STEPS == 6
    for number, step in enumerate(TOUR, 1):
        assert said(app) == number
        assert shell.path(step.page).exists()
        labels = button_labels(app)
        assert ("Next" in labels) == (number < STEPS)
        assert "Go there" not in labels
        if number < STEPS:
            press(app, "Next")
    press(app, "Back")
    assert said(app) == STEPS - 1
    press(app, "Leave")
    assert said(app) is None


def test_the_tour_begins_with_the_longer_seed_network(app):
    app.run()
    app.selectbox[0].select(PRESETS["Seed network, 5 epochs"].key).run()
    press(app, "Take the tour")
    assert app.selectbox[0].value == PRESETS["Seed network, 25 epochs"].key


def test_who_strays_from_the_tour_is_led_back(app):
    app.run()
    press(app, "Take the tour")
    switch(app, "components")
    assert said(app) == 1
    press(app, "Go there")
    assert "Go there" not in button_labels(app)


def test_the_glossary_has_formulae_and_starts_the_tour(app):
    open_page(app, "glossary")
    assert texts(app).count("$$") >= 16
    assert texts(app).count("$") % 2 == 0
    press(app, "Take the tour")
    assert said(app) == 1


@pytest.mark.parametrize("word", ["Equivalent $k$", "Trustworthiness", "Principal angles", "ELU"])
def test_the_glossary_explains_the_words_of_the_pages(word):
    text = (Path(steps.__file__).parent / "glossary.md").read_text("utf-8")
    assert f"**{word}.**" in text
