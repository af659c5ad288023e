"""The way in for teachers who log in: where it is, and what it says."""

import pytest
from streamlit.testing.v1 import AppTest

from pcae.server import login, visitors
from pcae.ui import teachers


def page():
    from pcae.ui import teachers

    teachers.show()


@pytest.fixture
def logging_in(monkeypatch):
    monkeypatch.setenv(visitors.VARIABLE, "1")
    monkeypatch.setattr(login, "wanted", lambda: True)


def test_without_secrets_there_is_no_way_in(monkeypatch):
    monkeypatch.setenv(visitors.VARIABLE, "1")
    monkeypatch.setattr(login, "wanted", lambda: False)
    assert not AppTest.from_function(page).run().button


def test_alone_there_is_none(logging_in, monkeypatch):
    monkeypatch.setattr(visitors, "has_class", lambda: False)
    assert not AppTest.from_function(page).run().button


def test_what_is_missing_is_said(logging_in, monkeypatch):
    monkeypatch.setattr(teachers, "is_authlib_installed", lambda: False)
    at = AppTest.from_function(page).run()
    assert [button.label for button in at.button] == ["Teacher? Log in"]
    at.button[0].click().run()
    assert [of.value for of in at.caption] == [login.NEEDED] and not at.exception


def test_secrets_that_are_not_whole_are_said(logging_in, monkeypatch):
    monkeypatch.setattr(teachers, "is_authlib_installed", lambda: True)
    at = AppTest.from_function(page)
    at.secrets["auth"] = {"client_id": "pcae"}
    at.run().button[0].click().run()
    assert "are not whole" in at.caption[0].value and not at.exception
