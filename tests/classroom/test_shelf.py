"""The lessons there are: who may publish them, how many, and everybody's drafts."""

import os

import pytest

from pcae import rights
from pcae.classroom import shelf
from pcae.classroom.lessons import LessonError, write
from pcae.files import home
from pcae.rights import Denied, Visitor

TEXT = "# {}\n\n## B\n"
TEACHER, OTHER, STUDENT = Visitor("t", teacher=True), Visitor("u", teacher=True), Visitor("s")


def test_a_published_lesson_is_known_by_what_it_says():
    key = shelf.publish("# A\r\n## B\r\n\r\n\r\n")
    assert shelf.publish(TEXT.format("A")) == key  # the same, written otherwise
    other = shelf.publish(TEXT.format("C"))
    assert other != key
    assert list(shelf.published()[0]) == [key, other]
    assert write(shelf.find(key)) == TEXT.format("A")
    removed = shelf.remove(key)
    assert shelf.find(key) is None
    assert removed.restore()
    assert shelf.find(key).title == "A"


@pytest.mark.parametrize("key", ["", "..", "../tour", "0123456789ab", "tour.md", "drafts", "TOUR"])
def test_there_is_no_lesson_of_another_key(key):
    (home() / "lessons").mkdir(parents=True)
    assert shelf.find(key) is None
    assert shelf.remove(key) is None


def test_so_many_are_published_and_no_more(monkeypatch):
    monkeypatch.setattr(shelf, "MOST_PUBLISHED", 3)
    for n in range(3):
        shelf.publish(TEXT.format(n))
    with pytest.raises(Denied, match="remove one first"):
        shelf.publish(TEXT.format(3))
    shelf.publish(TEXT.format(2))  # which is there


def test_what_is_no_lesson_is_not_published():
    with pytest.raises(LessonError, match="Line 4"):
        shelf.publish("# A\n## B\n\nLook: nowhere", ["explore"])
    assert shelf.published() == ({}, [])


def test_everybody_has_a_draft_that_nobody_else_has():
    drafts = {}
    for visitor in (rights.OWNER, TEACHER, OTHER, STUDENT):
        with rights.acting(visitor):
            assert shelf.draft() == ""
            shelf.keep_draft(f"of {visitor.name} \ud800")
            drafts[visitor] = shelf.draft()
    assert [text.split()[1] for text in drafts.values()] == ["?", "t", "u", "s"]
    with pytest.raises(LessonError, match="256 KB"):
        shelf.keep_draft("x" * 300_000)
    with rights.acting(rights.NOBODY), pytest.raises(Denied, match="cookies"):
        shelf.keep_draft("mine")


def test_so_many_drafts_of_students_are_kept_and_go_with_the_room(monkeypatch):
    monkeypatch.setattr(shelf, "_MOST_DRAFTS", 2)
    students = [Visitor(f"s{n}") for n in range(3)]
    for number, student in enumerate(students):
        with rights.acting(student):
            shelf.keep_draft("mine")
            path = max((home() / "lessons" / "students").glob("*.md"), key=os.path.getmtime)
            os.utime(path, (number, number))
    shelf.keep_draft("the teacher's")

    def kept():
        found = []
        for student in students:
            with rights.acting(student):
                found.append(shelf.draft())
        return found

    assert kept() == ["", "mine", "mine"]
    with rights.acting(STUDENT), pytest.raises(Denied):
        shelf.clear_drafts()
    shelf.clear_drafts()
    assert kept() == ["", "", ""]
    assert shelf.draft() == "the teacher's"
