"""The page Teacher: what it tells of a class, what it does, and that it is the teacher's."""

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from pcae import rights, store
from pcae.classroom import keys, room
from pcae.config import RunConfig
from pcae.files import home
from pcae.rights import Visitor
from pcae.store import Status
from pcae.training import jobs
from tests.pages.test_link import share
from tests.pages.test_pages import SEED_25, button, switch, texts, told

TEACHER, ANN, BEN = Visitor("t", teacher=True), Visitor("ann"), Visitor("ben")
LESSON = "what_is_a_code_worth"


@pytest.fixture
def page_of(app, monkeypatch, no_worker):
    """A visitor's page Teacher."""
    monkeypatch.setenv("PCAE_CLASS", "1")
    before = rights._find

    def of(visitor):
        rights.find_with(lambda: visitor)
        return switch(AppTest.from_file(app._script_path, default_timeout=60), "teacher")

    yield of
    rights.find_with(before)


def made(visitor, config, status=None):
    """A network that a visitor trains, or has trained: then with a shipped one's files."""
    run = store.create(config, status)
    if status is None:
        for file in ("history.csv", "record.json", "weights.safetensors"):
            shutil.copy(store.find(SEED_25.key).folder / file, run.folder / file)
    rights.claim(run.folder, visitor, made=True)
    return run


def dots(app):
    """k and error of the networks in the chart."""
    (chart,) = [data for data in told(app) if '"students"' in json.dumps(data)]
    traces = chart["figure"]["data"][2:]
    return [(trace["x"][0], round(trace["y"][0], 4)) for trace in traces]


def test_a_student_who_types_the_address_is_told_whose_page_it_is(page_of):
    app = page_of(ANN)
    assert "This page is the teacher’s" in texts(app)
    assert keys.token() not in str(app)
    assert [of.key for of in app.button] == []


def test_alone_there_is_no_such_page(app):
    assert share(switch(app, "teacher"))["page"] == "explore"


def test_each_students_latest_network_is_a_dot_without_a_name(page_of):
    made(ANN, RunConfig(seed=1, epochs=25), Status("finished", queued=1.0))
    first = made(ANN, RunConfig(seed=2, k=2, epochs=25))
    made(BEN, RunConfig(seed=3, epochs=25))
    made(TEACHER, RunConfig(seed=4, epochs=25))
    app = page_of(TEACHER)
    assert not app.exception
    assert len(dots(app)) == 2
    error = round(first.record["test_error"], 4)
    assert dots(app) == [(2, error)] * 2
    assert "ann" not in json.dumps(told(app)[0])


def test_no_network_is_told_in_a_sentence(page_of):
    assert "No student has trained a network yet" in texts(page_of(TEACHER))


def test_the_queue_is_moved_paused_and_cancelled(page_of):
    for number, of in enumerate((ANN, BEN, ANN)):
        made(of, RunConfig(seed=number, dataset="mnist-5k"), Status("queued", queued=1.0 + number))
    first, second, third = (run.key for run in jobs.queue())
    app = page_of(TEACHER)
    assert texts(app).count("No. ") == 3
    app.button(key=f"first_{third}").click().run()
    assert [run.key for run in jobs.queue()] == [third, first, second]
    app.button(key=f"up_{second}").click().run()
    assert [run.key for run in jobs.queue()] == [third, second, first]
    app.button(key=f"cancel_{second}").click().run()
    assert [run.key for run in jobs.queue()] == [third, first]
    button(app, "Pause").click().run()
    assert jobs.paused()
    assert "The queue is paused" in texts(app)
    button(app, "Go on").click().run()
    assert not jobs.paused()


def test_the_lessons_questions_are_counted_and_closed(page_of):
    with rights.acting(TEACHER):
        room.open_lesson(LESSON)
    for visitor in (ANN, BEN):
        with rights.acting(visitor):
            room.answer(f"{LESSON}/3", 5)
    app = page_of(TEACHER)
    assert "What is a code worth?" in texts(app)
    assert "**2** of 2 have answered" in texts(app)
    app.button(key=f"close_{LESSON}/3").click().run()
    assert room.now().closed == {f"{LESSON}/3"}
    app.button(key=f"close_{LESSON}/3").click().run()
    assert room.now().closed == set()
    button(app, "End it").click().run()
    assert room.now().lesson == ""
    assert "No lesson is open for all" in texts(app)


def test_to_clear_the_room_is_asked_first(page_of):
    students, own = made(ANN, RunConfig(seed=1)), made(TEACHER, RunConfig(seed=2))
    with rights.acting(ANN):
        room.answer(f"{LESSON}/3", 5)
    app = page_of(TEACHER)
    app.button(key="clear_room").click().run()
    assert store.find(students.key)
    app.button(key="remove_it").click().run()
    assert store.find(students.key) is None
    assert store.find(own.key)
    assert room.count(f"{LESSON}/3") == 0


def test_the_limits_are_told_and_what_is_wrong_with_their_file(page_of):
    home().mkdir(parents=True, exist_ok=True)
    (home() / "class.toml").write_text("waiting = 5\n")
    app = page_of(TEACHER)
    assert "Networks of a student that wait or train" in texts(app)
    (home() / "class.toml").write_text("waiting = -1\n")
    app.run()
    assert "the usual limits hold" in texts(app)


def test_another_teachers_link_is_asked_for_first(page_of):
    before = keys.token()
    app = page_of(TEACHER)
    assert before in "".join(of.value for of in app.code)
    app.button(key="new_link").click().run()
    assert keys.token() == before
    app.button(key="make_link").click().run()
    assert keys.token() != before
    assert keys.token() in "".join(of.value for of in app.code)
