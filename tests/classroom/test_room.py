"""The room of a class: what is answered, shown and led, and what of it outlives the server."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pcae import rights
from pcae.classroom import room
from pcae.files import home
from pcae.rights import NOBODY, Denied, Visitor

TEACHER, ANNE, BEN = Visitor("t", teacher=True), Visitor("anne"), Visitor("ben")
ANOTHER = """
import sys
from pcae import rights
from pcae.classroom import room
from pcae.rights import Visitor

def as_(name, act, *given, teacher=False, **more):
    with rights.acting(Visitor(name, teacher)):
        return act(*given, **more)

"""
PLACE = {"page": "explore", "query": "k=2", "hash": "", "by": "tab", "pointer": None}


def as_(visitor, act, *given, **more):
    with rights.acting(visitor):
        return act(*given, **more)


def restart():
    """What a server that is killed now has at its next start."""
    room._rooms.clear()


def another(what, *arguments):
    """A server beside this one that shares its store, and does something."""
    command = [sys.executable, "-c", ANOTHER + what, *arguments]
    return subprocess.Popen(command, cwd=Path(rights.__file__).parents[1])


def kept():
    return home() / "class" / "room.json"


def test_who_answers_again_answers_something_else():
    as_(ANNE, room.answer, "l/1", 3)
    as_(BEN, room.answer, "l/1", (0.5, -1.0))
    as_(ANNE, room.answer, "l/1", 4)
    assert (as_(ANNE, room.mine, "l/1"), as_(BEN, room.mine, "l/1")) == (4, (0.5, -1.0))
    assert as_(TEACHER, room.mine, "l/1") is None
    assert (room.count("l/1"), room.count("l/2")) == (2, 0)


def test_students_see_the_answers_of_others_once_the_question_is_closed():
    as_(ANNE, room.answer, "l/1", 3)
    as_(BEN, room.answer, "l/1", 1)
    assert as_(TEACHER, room.answers, "l/1") == [1, 3]
    with pytest.raises(Denied, match="by the teacher alone"):
        as_(ANNE, room.answers, "l/1")
    as_(TEACHER, room.close, "l/1")
    assert as_(ANNE, room.answers, "l/1") == [1, 3]
    with pytest.raises(Denied, match="closed"):
        as_(ANNE, room.answer, "l/1", 5)
    as_(TEACHER, room.close, "l/1", closed=False)
    as_(ANNE, room.answer, "l/1", 5)
    assert as_(TEACHER, room.answers, "l/1") == [1, 5]


@pytest.mark.parametrize("act", ["close", "open_lesson", "lead", "clear"])
def test_only_the_teacher_changes_what_all_see(act):
    given = {"close": ["l/1"], "open_lesson": ["l"], "lead": [PLACE], "clear": []}[act]
    before = room.now()
    for other in (ANNE, NOBODY):
        with pytest.raises(Denied, match="by the teacher alone"):
            as_(other, getattr(room, act), *given)
    assert room.now() is before


@pytest.mark.parametrize("value", ["5", None, float("nan"), 1e300, (1, 2, 3), (1, "2"), True, {}])
def test_what_is_no_answer_is_refused(value):
    with pytest.raises(Denied, match="no answer"):
        as_(ANNE, room.answer, "l/1", value)
    with pytest.raises(Denied, match="reload"):
        as_(NOBODY, room.answer, "l/1", 1)
    assert room.count("l/1") == 0


def test_there_is_a_limit_of_answers(monkeypatch):
    monkeypatch.setattr(room, "MOST_ANSWERS", 2)
    monkeypatch.setattr(room, "MOST_QUESTIONS", 2)
    for name in ("a", "b"):
        as_(Visitor(name), room.answer, "l/1", 1)
    with pytest.raises(Denied, match="clear the room"):
        as_(Visitor("c"), room.answer, "l/1", 1)
    as_(Visitor("a"), room.answer, "l/1", 2)
    as_(ANNE, room.answer, "l/2", 1)
    with pytest.raises(Denied, match="clear the room"):
        as_(ANNE, room.answer, "l/3", 1)
    monkeypatch.setattr(room, "MOST_IN_ALL", 3)
    with pytest.raises(Denied, match="clear the room"):
        as_(BEN, room.answer, "l/2", 1)


def test_a_killed_server_has_what_was_so_half_a_second_ago():
    as_(TEACHER, room.open_lesson, "l")
    as_(ANNE, room.answer, "l/1", (1, 2.5))
    as_(BEN, room.answer, "l/1", 7)
    as_(TEACHER, room.close, "l/2")
    as_(TEACHER, room.lead, PLACE)
    before = room.now()
    end = time.monotonic() + 5
    while not kept().exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert time.monotonic() < end - 4
    restart()
    found = room.now()
    assert (found.lesson, found.closed, found.lead) == ("l", {"l/2"}, PLACE)
    assert (found.version, found.answered) == (before.version, before.answered)
    assert as_(ANNE, room.mine, "l/1") == (1, 2.5)
    assert kept().stat().st_mode & 0o077 == 0


def test_the_pointer_is_told_and_not_kept():
    as_(TEACHER, room.lead, PLACE)
    room.keep()
    told = []
    leave = room.subscribe(told.append)
    as_(TEACHER, room.lead, PLACE | {"pointer": {"i": 7}})
    leave()
    as_(TEACHER, room.lead, PLACE | {"pointer": {"p": 1, "x": 0.5, "y": -2}})
    assert [of.lead["pointer"] for of in told] == [{"i": 7}]
    assert room.now().lead["pointer"] == {"p": 1, "x": 0.5, "y": -2}
    room.keep()
    assert json.loads(kept().read_text())["lead"] == PLACE


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": 3},
        {"query": "x" * 10_000},
        {"hash": None},
        {"pointer": {"i": -1}},
        {"pointer": {"i": 1e400}},
        {"pointer": {"p": 2, "x": 0, "y": 0}},
        {"pointer": [1]},
        {"by": "x" * 40},
    ],
)
def test_a_place_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="no place to lead to"):
        as_(TEACHER, room.lead, PLACE | wrong)
    assert room.now().lead == {}


def test_nothing_else_of_a_place_is_taken():
    as_(TEACHER, room.lead, PLACE | {"more": "x" * 10_000})
    assert room.now().lead == PLACE
    as_(TEACHER, room.lead, {})
    assert room.now().lead == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"lesson": 3}',
        '{"answers": {"q": 1}}',
        '{"answers": {"q": {"a": "1"}}}',
        '{"answers": {"q": {"a": [1, 2, 3]}}}',
        '{"closed": [1]}',
        '{"closed": "q"}',
        '{"lead": {"page": "explore"}}',
        '{"lead": []}',
        '{"version": -1}',
        '{"version": 1.5}',
    ],
)
def test_a_file_that_cannot_be_used_is_an_empty_room(text):
    whole = {"lesson": "l", "answers": {}, "closed": [], "lead": {}, "version": 5, "answered": 2}
    if text.startswith("{"):
        text = json.dumps(whole | json.loads(text))
    kept().parent.mkdir(parents=True)
    kept().write_text(text)
    assert room.now() == room.Room()
    as_(ANNE, room.answer, "l/1", 3)
    room.keep()
    restart()
    assert as_(ANNE, room.mine, "l/1") == 3


def test_a_room_that_cannot_be_kept_goes_on(caplog):
    home().mkdir(parents=True)
    (home() / "class").write_text("no folder")
    as_(ANNE, room.answer, "l/1", 3)
    room.keep()
    assert as_(ANNE, room.mine, "l/1") == 3
    assert "not kept" in caplog.text


def test_two_stores_have_two_rooms(monkeypatch, tmp_path):
    as_(TEACHER, room.open_lesson, "one")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "other"))
    assert room.now().lesson == ""
    as_(TEACHER, room.open_lesson, "two")
    room.keep()
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "home"))
    assert room.now().lesson == "one"
    restart()
    assert room.now().lesson == "one"


def test_many_answer_at_once_and_none_is_lost():
    def answers(number):
        for question in range(10):
            as_(Visitor(f"v{number}"), room.answer, f"l/{question}", number)

    threads = [threading.Thread(target=answers, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [room.count(f"l/{question}") for question in range(10)] == [20] * 10
    assert room.now().answered == 200


def test_to_clear_the_room_forgets_all_and_is_seen():
    as_(TEACHER, room.open_lesson, "l")
    as_(ANNE, room.answer, "l/1", 3)
    before = room.now()
    as_(TEACHER, room.clear)
    found = room.now()
    assert (found.lesson, found.answers) == ("", {})
    assert found.version > before.version
    assert found.answered > before.answered


def test_two_servers_at_once_lose_no_answer_and_see_each_others():
    said = """
import time
for number in range(300):
    as_(f"b{number}", room.answer, f"l/{number % 3}", number)
    time.sleep(0.002)
as_("t", room.open_lesson, "theirs", teacher=True)
room.keep()
"""
    as_(TEACHER, room.open_lesson, "ours")
    room.keep()
    other = another(said)
    number = 0
    while other.poll() is None or number < 300:
        as_(Visitor(f"a{number}"), room.answer, f"l/{number % 3}", number)
        number += 1
        time.sleep(0.002)
    room.keep()
    found = room.now()
    names = {name for of in found.answers.values() for name in of}
    assert names == {f"a{at}" for at in range(number)} | {f"b{at}" for at in range(300)}
    assert found.lesson == "theirs"
    assert found.version == 2 and found.answered == number + 300
    restart()
    assert room.now() == found


def test_what_another_server_keeps_is_told_with_what_is_pointed_at():
    said = f"""
place = {PLACE!r}
as_("t", room.lead, place, teacher=True)
room.keep()
as_("t", room.close, "l/1", teacher=True)
as_("t", room.lead, place | {{"pointer": {{"i": 7}}}}, teacher=True)
room.keep()
"""
    as_(ANNE, room.answer, "l/1", 3)
    room.keep()
    told = []
    leave = room.subscribe(told.append)
    assert another(said).wait() == 0
    assert room.now().lead == PLACE | {"pointer": {"i": 7}}
    leave()
    assert len(told) == 1 and told[0] is room.now()
    with pytest.raises(Denied, match="closed"):
        as_(ANNE, room.answer, "l/1", 4)
    assert as_(ANNE, room.answers, "l/1") == [3]


def test_an_answer_that_was_given_before_another_server_closed_the_question_counts():
    as_(ANNE, room.answer, "l/1", 3)
    assert another('as_("t", room.close, "l/1", teacher=True); room.keep()').wait() == 0
    room.keep()
    assert room.now().closed == {"l/1"}
    assert as_(ANNE, room.answers, "l/1") == [3]
