"""Teachers who log in: what Streamlit's signed cookie has to say for it."""

import json

import pytest
from streamlit import auth_util
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pcae import rules
from pcae.classroom import keys
from pcae.rights import NOBODY, Visitor
from pcae.server import login, visitors
from tests.server.test_visitors import ask, asked, sent

SECRET = "a secret of Streamlit's, of enough letters"
ANN = {
    "email": "ann@school.example",
    "email_verified": True,
    "is_logged_in": True,
    "origin": "https://class.example",
}


@pytest.fixture(autouse=True)
def logging_in(monkeypatch):
    """Teachers log in, and Ann is one."""
    monkeypatch.setenv(visitors.VARIABLE, "1")
    monkeypatch.setattr(login, "wanted", lambda: True)
    monkeypatch.setattr(login, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(auth_util, "get_origin_from_redirect_uri", lambda: ANN["origin"])
    keys.key()  # makes the folder
    rules.path().write_text('teachers = ["Ann@School.example", "bob@school.example", "käthe@x"]')


def logged_in(secret=SECRET, name=USER_COOKIE_NAME, **change):
    """The cookies of somebody who has logged in."""
    value = json.dumps({key: of for key, of in (ANN | change).items() if of is not None})
    return f"{USER_COOKIE_NAME}={create_signed_value(secret, name, value).decode()}"


def test_who_logs_in_with_a_verified_address_is_the_teacher():
    teacher = asked(logged_in())
    assert teacher.teacher and teacher.name.isalnum()
    assert asked(logged_in(email="ANN@school.example")) == teacher
    assert asked(f"{sent(Visitor('abc'))}; {logged_in(email='bob@school.example')}").teacher
    assert asked(logged_in(email_verified="true")).teacher


@pytest.mark.parametrize(
    "change",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "false"},
        {"email_verified": 2},
        {"email": "eve@school.example"},
        {"email": None},
        {"email": ["ann@school.example"]},
        {"email": "bob@\u017fchool.example"},  # which is "s" in capitals
        {"email": "KÄTHE@X"},
        {"is_logged_in": False},
        {"origin": "https://other.example"},
        {"origin": None},
        {"secret": "another secret"},
        {"name": "another cookie"},
    ],
)
def test_nobody_else_is(change):
    assert asked(logged_in(**change)) == NOBODY
    assert asked(f"{sent(Visitor('abc'))}; {logged_in(**change)}") == Visitor("abc")


@pytest.mark.parametrize("value", ["", "x", "é", '"', "a.b.c", "chunks-9", "a" * 60_000])
def test_a_damaged_cookie_is_nobodys(value):
    assert asked(f"{USER_COOKIE_NAME}={value}") == NOBODY


def test_a_cookie_in_parts_is_read():
    parts = {USER_COOKIE_NAME: "chunks-2"}
    whole = json.dumps(ANN)
    parts |= {f"{USER_COOKIE_NAME}_1": whole[:40], f"{USER_COOKIE_NAME}_2": whole[40:]}
    signed = {key: create_signed_value(SECRET, key, of).decode() for key, of in parts.items()}
    cookies = "; ".join(f"{key}={of}" for key, of in signed.items())
    assert asked(cookies).teacher
    assert asked(cookies.rpartition(";")[0]) == NOBODY


@pytest.mark.parametrize("content", ["[]", "3", '"x"', "null", "{"])
def test_what_is_signed_and_is_no_person_is_nobody(content):
    value = create_signed_value(SECRET, USER_COOKIE_NAME, content).decode()
    assert asked(f"{USER_COOKIE_NAME}={value}") == NOBODY


def test_the_token_counts_no_more():
    status, headers, text, _ = ask(query=f"teacher={keys.token()}")
    assert (status, text[:8]) == (403, "Teachers") and "set-cookie" not in headers
    assert asked(sent(Visitor("abc", teacher=True))) == NOBODY
    assert asked(sent(Visitor("abc"))) == Visitor("abc")


def test_rules_that_cannot_be_read_name_no_teacher():
    rules.path().write_text("teachers = 3")
    assert asked(logged_in()) == NOBODY


def test_without_secrets_no_one_logs_in(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(auth_util, "get_secrets_auth_section", dict)
    assert login.wanted.__wrapped__() is False
