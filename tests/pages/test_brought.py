"""Files on the page Data until they are added: kept, read by a process, let go."""

import time

import pytest
from streamlit.runtime.uploaded_file_manager import DeletedFile

from pcae import names
from pcae.data import owndata
from pcae.data.apart import processes, spool
from pcae.data.apart.reader import Reader
from pcae.data.apart.spool import Spool
from pcae.data.choices import Choices
from pcae.files import home
from pcae.ui import own_data, uploaded
from tests.data.reading.test_uploads import COLUMNS, table
from tests.pages.test_data import bring, plainly, said, widget
from tests.pages.test_pages import button, switch, texts


def listed(app):
    """The files on the page."""
    keys = [of.key or "" for of in app.button]
    labels = [plainly(of.label.partition(" :small")[0]) for of in app.button]
    return [label for key, label in zip(keys, labels, strict=True) if key.startswith("away_")]


def test_files_stay_while_one_looks_at_another_page_and_more_can_be_added(app, files):
    switch(app, "data")
    bring(app, files["table"])
    widget(app.segmented_control, "Role of a").set_value("left out").run()
    switch(app, "glossary")
    switch(app, "data")
    assert listed(app) == ["flowers.csv"]
    assert "60 rows of 3 columns, 3 classes" in said(app)
    bring(app, ("two.csv", files["table"][1] + b"\n"))
    assert listed(app) == ["flowers.csv", "two.csv"]
    button(app, "Take all away").click().run()
    assert listed(app) == []
    assert spool.held() == 0
    assert list(home().glob("brought/*/*")) == []


def test_what_nobody_looked_at_is_let_go_and_that_is_said(app, files, monkeypatch):
    switch(app, "data")
    bring(app, files["table"])
    monkeypatch.setattr(spool, "SECONDS_UNSEEN", -1)
    spool.let_go()
    app.run()
    assert listed(app) == []
    assert "were let go, as nobody looked at them" in app.info[0].value


def test_a_full_disk_is_said_and_what_there_is_stays(app, files, monkeypatch):
    switch(app, "data")
    bring(app, files["table"])

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(spool, "write", full)
        bring(app, files["pictures"])
    assert "could not be kept (No space left on device): free space" in said(app)
    assert listed(app) == ["flowers.csv"]
    assert "60 rows of 4 columns" in said(app)
    with monkeypatch.context() as patch:
        patch.setattr(owndata, "keep", full)
        button(app, "Add this data").click().run()
    assert "could not be kept (No space left on device)" in app.error[0].value
    button(app, "Add this data").click().run()
    assert len(names.own()) == 1


def test_text_of_files_is_shown_as_text(app):
    switch(app, "data")
    name = "*a*_<b>:smile:_[x](y).csv"
    rows = [[1, value % 7, "`c` **d**"] for value in range(60)]
    bring(app, (name, table(rows, head=["[p](q)", "*r*", "<i>s</i>"])))
    assert listed(app) == [name]
    widget(app.segmented_control, r"Role of \<i\>s\<\/i\>").set_value("label").run()
    for text in (r"\*r\*", r"\[p\]\(q\)"):
        assert text in texts(app)
    assert "**d**" not in texts(app).replace(r"\*", "")


@pytest.fixture
def slowly(monkeypatch):
    """Files do to the process that reads them what their names say, and are not waited for."""
    monkeypatch.setattr(processes, "PROGRAM", "tests.data.apart.misbehaving")
    monkeypatch.setattr(own_data, "PATIENCE", 0.0)


def until(app, holds):
    """Draw the page again until something holds, as it does by itself in a browser."""
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
        app.run()
    assert holds()


def test_it_is_shown_how_far_it_is_and_stopped(app, slowly):
    switch(app, "data")
    bring(app, ("patience", b"1"))
    assert "MNIST, 5,000 digits" in texts(app)  # beside it, all is as ever
    until(app, lambda: app.get("progress") and app.get("progress")[0].proto.value == 25)
    assert app.get("progress")[0].proto.text == "Reading patience"
    button(app, "Stop").click().run()
    until(app, lambda: "Reading was stopped." in texts(app))
    assert processes.running() == []
    button(app, "Read the files").click().run()
    until(app, lambda: app.get("progress"))


def test_a_process_that_ends_is_said_and_started_again(app, slowly, monkeypatch):
    switch(app, "data")
    bring(app, ("crash", table([[*values] for values in COLUMNS])))
    until(app, lambda: app.error)
    assert "has ended before it was done" in app.error[0].value
    monkeypatch.setattr(processes, "PROGRAM", "pcae.data.apart.program")
    button(app, "Read the files").click().run()
    until(app, lambda: "60 rows of 4 columns" in said(app))


def test_others_who_read_first_are_waited_for_in_sight(app, slowly):
    others = [Reader(Spool()) for _ in range(processes.MOST_PROCESSES)]
    for other in others:
        other.spool.add("patience", b"1")
        other.ask(Choices())
    switch(app, "data")
    bring(app, ("next", b"1"))
    until(app, lambda: "Others' files are read first" in app.get("progress")[0].proto.text)
    others[0].stop()
    until(app, lambda: "next was read" in texts(app))


def test_what_is_added_while_it_is_looked_at_again_is_added_as_chosen(app, files, monkeypatch):
    switch(app, "data")
    bring(app, files["table"])
    app.text_input[0].set_value("Flowers").run()
    monkeypatch.setattr(own_data, "PATIENCE", 0.0)
    monkeypatch.setattr(Reader, "_read", slow(Reader._read))
    widget(app.segmented_control, "Role of a").set_value("left out")
    button(app, "Add this data").click().run()
    assert app.get("progress")
    until(app, lambda: app.success)
    (name,) = names.own()
    assert names.about(name)["title"] == "Flowers"
    assert names.about(name)["columns"] == ["b", "c", "d"]


def slow(read):
    def reads(self, reading):
        time.sleep(0.3)
        read(self, reading)

    return reads


def test_files_that_the_browser_names_again_are_taken_once(monkeypatch):
    """As it does with whatever is pressed before it knows that the place for files is empty."""
    state = {"upload_0": [DeletedFile("one"), DeletedFile("two")]}
    monkeypatch.setattr(uploaded.st, "session_state", state)
    uploaded._take("upload_0", lambda: pytest.fail("there are no other files"))
    assert list(state) == ["upload_0"]
