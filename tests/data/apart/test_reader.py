"""What reads visitors' files, a process of its own: it may end, and nothing else does."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from pcae.data.apart import processes, reader, spool
from pcae.data.apart.reader import Reader
from pcae.data.apart.spool import Spool
from pcae.data.choices import Choices
from pcae.data.reading import uploads
from tests.brought import let_go
from tests.data.reading.test_uploads import COLUMNS, KINDS, LABELS, PICTURES, npz, table

SECONDS = 30  # no reading of these takes longer


@pytest.fixture(autouse=True)
def none_left(own_folders):
    """No process is there when a test begins or has ended."""
    yield
    let_go()


@pytest.fixture
def misbehaves(monkeypatch):
    """Files do what their names say to the process that reads them."""
    monkeypatch.setattr(processes, "PROGRAM", "tests.data.apart.misbehaving")


def brought(*names, **files):
    """Somebody who has brought these files."""
    of = Spool()
    for name in names:
        of.add(name, name.encode())
    for name, content in files.items():
        of.add(name, content)
    return Reader(of)


def read(of, **choices):
    """What is read, at its end."""
    reading = of.ask(Choices(**choices))
    assert reading.wait(SECONDS)
    return reading


def pids():
    return [process.pid for process in processes.running()]


def flowers():
    rows = [[*values, kind] for values, kind in zip(COLUMNS, KINDS, strict=True)]
    return table(rows, head=["a", "b", "c", "d", "kind"])


def test_files_are_read_and_their_first_rows_are_here_at_once():
    reading = read(brought(**{"p.npz": npz(x=PICTURES, y=LABELS)}))
    found, whole = reading.found, reading.whole()
    assert reading.problem == found.problem == ""
    assert (whole.name, whole.classes) == (found.data.name, found.data.classes)
    assert whole.shape == PICTURES.shape[1:]
    assert len(whole.train) + len(whole.test) == len(PICTURES)
    np.testing.assert_array_equal(
        found.data.test.images, whole.test.images[: reader.FIRST_ROWS], strict=True
    )
    assert found.questions
    assert found.scaling


def test_fewer_rows_than_the_first_ones_are_here_as_well():
    files = {"p.npz": npz(x_train=PICTURES, x_test=PICTURES[: reader.FIRST_ROWS - 2])}
    found = read(brought(**files)).found
    assert [len(found.data.train), len(found.data.test)] == [12, 10]


def test_another_choice_is_answered_by_the_process_that_has_read_and_alike_by_another():
    of = brought(**{"f.csv": flowers()})
    first = read(of)
    (pid,) = pids()
    assert of.ask(Choices()) is first
    began = time.monotonic()
    other = read(of, roles=(("a", "left out"),))
    assert time.monotonic() - began < 1
    assert pids() == [pid]
    assert len(list(of.spool.folder.glob("made-*"))) == 1
    processes.running()[0].end()
    again = read(of)
    assert pids() not in ([], [pid])
    assert again.found.data.name == first.found.data.name
    assert other.choices != again.choices
    names = again.whole().columns, again.whole().limits
    assert names[0] == first.found.data.columns
    np.testing.assert_array_equal(names[1], first.found.data.limits)


def test_what_a_file_holds_comes_as_it_is_read_here():
    files = {"f.csv": flowers(), "p.npz": npz(x=PICTURES, y=np.array(["ä", "bc"] * 30))}
    for name, content in files.items():
        found, here = reader.contents(name, content), uploads.read({name: content})
        assert (found.left, found.notes, found.side) == (here.left, here.notes, here.side)
        for one, other in zip(found.parts, here.parts, strict=True):
            for of in ("name", "file", "kind", "split", "headed", "notes"):
                assert getattr(one, of) == getattr(other, of)
            if other.array is not None:
                np.testing.assert_array_equal(one.array, other.array, strict=True)
            for its, of in zip(one.columns, other.columns, strict=True):
                assert (its.name, its.note) == (of.name, of.note)
                np.testing.assert_array_equal(its.values, of.values, strict=True)
    assert spool.held() == 0
    with pytest.raises(reader.DataError, match="bad"):
        reader.contents("bad.npy", b"\x93NUMPY")


def test_files_that_cannot_be_read_are_a_sentence_and_others_are_read_by_the_same_process():
    of = brought(**{"bad.csv": b"\0\1\2\3"})
    reading = read(of)
    assert "bad.csv" in (reading.problem or reading.found.problem)
    assert not reading.cut_off
    before = pids()
    of.spool.add("f.csv", flowers())
    of.spool.take_away(of.spool.files[0])
    assert read(of).found.data
    assert pids() == before


def test_neither_tensorflow_nor_streamlit_is_there():
    code = "import pcae.data.apart.program, sys; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"tensorflow", "keras", "sklearn", "streamlit"} & set(found.stdout.split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crash", "has ended before it was done"),
        pytest.param(
            "memory",
            "takes more memory than there is for it",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory here"),
        ),
        ("other", "cannot be read"),
        ("words", "These words are said."),
        ("noise", "noise was read."),  # what a library prints is no answer
    ],
)
def test_what_ends_a_process_is_said_and_nothing_else_ends(misbehaves, name, words):
    of = brought(name)
    reading = read(of)
    assert words in reading.problem
    assert reading.found is None
    assert reading.cut_off == (name == "crash")
    of.spool.add("next", b"")
    of.spool.take_away(of.spool.files[0])
    assert read(of).problem == "next was read."


def test_what_takes_too_long_is_ended(misbehaves, monkeypatch):
    monkeypatch.setattr(processes, "MOST_SECONDS", 1)
    of = brought("busy")
    assert read(of).problem == processes.TOO_LONG
    assert pids() == []
    assert of.ask(Choices()).problem  # it is not tried again by itself
    of.forget()
    monkeypatch.setattr(processes, "MOST_SECONDS", 60)
    again = of.ask(Choices())
    assert not again.wait(0.5)


def told(reading):
    """Wait until something is told of a reading."""
    end = time.monotonic() + SECONDS
    while not reading.words and time.monotonic() < end:
        time.sleep(0.01)
    return reading.share, reading.words


def test_it_is_told_how_far_it_is_and_can_be_stopped(misbehaves):
    of = brought("patience")
    reading = of.ask(Choices())
    assert told(reading) == (0.25, "Reading patience")
    assert not reading.done
    of.stop()
    assert reading.wait(SECONDS)
    assert (reading.stopped, reading.problem, reading.found) == (True, "", None)
    assert pids() == []
    assert of.ask(Choices()) is reading


def test_other_files_are_not_waited_behind_and_other_choices_are(misbehaves):
    of = brought("patience")
    first = of.ask(Choices())
    told(first)
    pending = [of.ask(Choices(turns=turns)) for turns in (1, 2)]
    assert pending[0].stopped  # the last counts
    assert not first.stopped
    of.spool.add("next", b"")
    of.spool.take_away(of.spool.files[0])
    assert read(of).problem == "next was read."
    assert first.stopped
    assert pending[1].stopped


def test_two_read_at_a_time_and_whoever_came_first_is_next(misbehaves):
    working = [brought("patience") for _ in range(2)]
    for of in working:
        told(of.ask(Choices()))
    waiting = [brought(name) for name in ("a", "b", "c")]
    readings = []
    for of in waiting:
        readings.append(of.ask(Choices()))
        end = time.monotonic() + SECONDS
        while not readings[-1].waiting and time.monotonic() < end:
            time.sleep(0.01)
    assert len(pids()) == 2
    waiting[1].stop()
    assert readings[1].wait(SECONDS)
    assert not readings[0].done
    working[0].stop()
    assert [reading.wait(SECONDS) for reading in readings] == [True] * 3
    assert [reading.problem for reading in readings] == ["a was read.", "", "c was read."]
    assert len(pids()) <= 2


def test_a_process_ends_after_a_while_and_with_the_files(monkeypatch):
    monkeypatch.setattr(processes, "IDLE_SECONDS", 0.2)
    of = brought(**{"f.csv": flowers()})
    name = read(of).found.data.name
    end = time.monotonic() + SECONDS
    while pids() and time.monotonic() < end:
        time.sleep(0.05)
    assert pids() == []
    assert of.ask(Choices()).whole().name == name
    monkeypatch.setattr(processes, "IDLE_SECONDS", 60)
    read(of, label="")
    assert len(pids()) == 1
    of.spool.empty()
    assert pids() == []


def test_a_file_that_is_gone_is_said():
    of = brought(**{"f.csv": flowers()})
    of.spool.files[0].path.unlink()
    assert read(of).problem == reader.GONE


def test_a_full_disk_is_said(monkeypatch):
    of = brought(**{"f.csv": flowers()})

    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(of.spool, "place", full)
    reading = read(of)
    assert "cannot be read now (No space left on device): free space" in reading.problem
    assert reading.cut_off


def test_what_a_process_writes_is_checked():
    reading = read(brought(**{"f.csv": flowers()}))
    about = reading.place / "understood.json"
    about.write_text(about.read_text().replace(reading.found.data.name, "../../etc"))
    with pytest.raises(ValueError, match="no name"):
        reader.load(reading.place)
    with pytest.raises(reader.DataError):
        reading.whole()


def test_it_ends_with_whoever_started_it(tmp_path):
    script = (
        "import os\nfrom pcae.data.apart import processes\n"
        "print(processes.Process().pid, flush=True)\nos._exit(1)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid, end = int(found.stdout), time.monotonic() + SECONDS
    while _is_alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_alive(pid)


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
