"""A class: one teacher and three students, each in a browser of their own, in one lesson."""

import json
import re
import signal
import time
from dataclasses import replace

import pytest

from pcae import rights
from pcae.classroom import shelf
from pcae.classroom.lessons import write
from tests.browser.conftest import Server, go, settle

STUDENTS, TRAINING = 3, 2
WHOLE = shelf.shipped()["what_is_a_code_worth"]
LESSON = replace(WHOLE, steps=tuple(WHOLE.steps[at] for at in (1, 2, 5)))  # ask, ask, and train
SHOWN = re.compile(rf"Row . is PCA's. [1-9] of {STUDENTS} said so")
CONNECTED = "[data-test-connection-state=CONNECTED]"
FOLLOWED = 8_000  # ms, on a busy machine; how long it takes is measured in test_room.py


class Class:
    """The server of a class, which can be killed and started again, and everybody's tabs."""

    def __init__(self, folder, browser):
        self.folder, self.browser = folder, browser
        with pytest.MonkeyPatch.context() as patch, rights.acting(rights.OWNER):
            patch.setenv("PCAE_HOME", str(folder / "pcae"))
            self.key = shelf.publish(write(LESSON))
        self.server = self._start(None)
        self.teacher = self._tab("?teacher=" + self.server.token())
        self.students = [self._tab() for _ in range(STUDENTS)]

    def _start(self, port):
        return Server(self.folder, variables={"PCAE_CLASS": "1"}, port=port)

    def _tab(self, query=""):
        context = self.browser.new_context(viewport={"width": 1280, "height": 800})
        tab = context.new_page()
        tab.goto(self.server.url + "/glossary" + query)
        tab.get_by_test_id("stTopNav").wait_for()
        return tab

    def restart(self):
        """Kill the server at once, and start it again."""
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait()
        for tab in [self.teacher, *self.students]:
            tab.wait_for_selector(f".stApp:not({CONNECTED})")
        self.server = self._start(self.server.port)
        for tab in [self.teacher, *self.students]:
            tab.wait_for_selector(f".stApp{CONNECTED}")
            tab.wait_for_timeout(1_000)  # the browser says where it was
            settle(tab)

    def close(self):
        for tab in [self.teacher, *self.students]:
            tab.context.close()
        self.server.stop()

    # ------------------------------------------------------------------ what they do

    def lead_through(self, number):
        """The teacher goes to a step; the students' pages come there."""
        for tab in [self.teacher, *self.students]:
            tab.wait_for_url(re.compile(rf"lesson={self.key}&step={number}\b"), timeout=FOLLOWED)

    def next(self, number):
        self.teacher.get_by_role("button", name="Next", exact=True).click()
        self.lead_through(number)

    def begin(self):
        """Open the lesson for all, and lead."""
        go(self.teacher, "Lessons")
        published = self.teacher.locator(f".st-key-lesson_{self.key}")
        published.get_by_role("button", name="Open for all").click()
        self.teacher.wait_for_url(re.compile(rf"lesson={self.key}&step=1\b"))
        self.teacher.get_by_role("button", name="Lead", exact=True).click()
        self.lead_through(1)

    def answered(self, count):
        """The teacher sees so many answers."""
        self.teacher.get_by_text(re.compile(rf"^{count} of {STUDENTS} answered")).wait_for()

    def reveal(self):
        self.teacher.get_by_role("button", name="Show the answers").click()

    def kept(self):
        """What the room keeps of answers."""
        return json.loads((self.folder / "pcae" / "class" / "room.json").read_text("utf-8"))


@pytest.fixture
def room(tmp_path, own_browser):
    of = Class(tmp_path, own_browser)
    yield of
    of.close()


def choose(tab, name):
    tab.get_by_test_id("stRadio").get_by_text(name, exact=True).click()


def guess(tab, number):
    box = tab.get_by_role("spinbutton", name="Your answer")
    box.fill(str(number))
    box.press("Enter")
    tab.get_by_role("button", name="Answer", exact=True).click()


def train(tab, width):
    """Train a small network of one's own; its width tells whose it is."""
    settle(tab)
    for label, text in (("Hidden widths", width), ("Epochs", 1)):
        box = tab.get_by_label(label, exact=True)
        box.fill(str(text))
        box.press("Enter")
        settle(tab)
    tab.locator(".st-key-train button").click()


def test_a_room_goes_through_a_lesson_together_and_outlives_a_killed_server(room):
    room.begin()  # which row is PCA's?
    *early, late = room.students
    for tab in early:
        choose(tab, "Row A")
    room.answered(len(early))
    time.sleep(1)  # what is older than this has to be there
    before = room.kept()["answers"]
    room.restart()
    for tab in [room.teacher, *room.students]:
        tab.wait_for_function("document.querySelector('[data-testid=stTopNav]')")
        assert f"lesson={room.key}&step=1" in tab.url
    assert room.kept()["answers"] == before
    room.answered(len(early))
    choose(late, "Row B")
    room.answered(STUDENTS)
    for tab in room.students:
        assert tab.get_by_text(SHOWN).count() == 0  # not before the teacher shows them
    room.reveal()
    for tab in room.students:
        tab.get_by_text(SHOWN).wait_for(timeout=2 * FOLLOWED)

    room.next(2)  # how many components? They follow as before
    for number, tab in enumerate(room.students):
        guess(tab, 2 + 3 * number)
    room.answered(STUDENTS)
    room.reveal()
    for tab in room.students:
        tab.get_by_text("It is 8.7.").wait_for(timeout=FOLLOWED)
        tab.get_by_text(f"{STUDENTS} answers from 2 to {3 * STUDENTS - 1}").wait_for()

    room.next(3)
    training = room.students[:TRAINING]
    for number, tab in enumerate(training):
        train(tab, 11 + number)
    for tab in training:
        tab.get_by_text("Finished: 1 epoch").wait_for(timeout=300_000)
    first, second, *_ = training
    own = first.locator('.st-key-runs [class*="st-key-delete_"] button:not([disabled])')
    assert own.count() == 1  # of those that the table shows
    own.click()
    first.get_by_role("button", name="Delete it").click()
    first.get_by_text("is deleted").wait_for()
    second.reload()
    settle(second)
    runs = list((room.folder / "pcae" / "runs").glob("[0-9a-f]*"))
    assert len(runs) == TRAINING - 1
