"""What files said is given again while they are the same, and never after they changed."""

import os
import threading
import time

import pytest

from pcae import readings, store
from pcae.config import RunConfig
from pcae.files import DamagedFile, write
from pcae.readings import once
from pcae.records import EpochRecord, Status

LONG_AGO = 1_700_000_000


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Nothing is remembered at first, and all files are long settled."""
    monkeypatch.setattr(readings, "_found", {})
    monkeypatch.setattr(readings, "_bytes", 0)
    monkeypatch.setattr(readings, "_SETTLED", -1e9)


@pytest.fixture
def counted():
    """A reader, and the texts that it has read."""
    seen = []

    @once
    def read(path):
        seen.append(path.read_text())
        return seen[-1]

    return read, seen


def test_a_file_is_read_once_while_it_is_the_same(tmp_path, counted):
    read, seen = counted
    path = tmp_path / "of.txt"
    write(path, "one")
    assert [read(path) for _ in range(3)] == ["one"] * 3
    assert seen == ["one"]


@pytest.mark.parametrize("change", [write, lambda path, text: path.write_text(text)])
def test_a_change_of_the_same_size_shows_at_once(tmp_path, counted, change):
    read, _ = counted
    path = tmp_path / "of.txt"
    write(path, "one")
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert read(path) == "one"
    time.sleep(0.02)  # the clock of the file system's dates moves on
    change(path, "two")
    os.utime(path, (LONG_AGO, LONG_AGO))  # the same date: the system's own tells
    assert read(path) == "two"


def test_a_file_written_just_now_is_read_again_each_time(tmp_path, counted, monkeypatch):
    monkeypatch.setattr(readings, "_SETTLED", 60.0)
    read, seen = counted
    path = tmp_path / "of.txt"
    write(path, "one")
    assert [read(path), read(path)] == ["one", "one"]
    assert len(seen) == 2


def test_what_is_gone_is_gone_and_what_comes_again_is_read(tmp_path, counted):
    read, _ = counted
    path = tmp_path / "of.txt"
    write(path, "one")
    assert read(path) == "one"
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read(path)
    write(path, "two")
    assert read(path) == "two"


def test_no_more_is_remembered_than_the_limit_says(tmp_path, counted, monkeypatch):
    monkeypatch.setattr(readings, "MOST_BYTES", 5_000)
    read, seen = counted
    paths = [tmp_path / f"{number}.txt" for number in range(40)]
    for path in paths:
        write(path, "x" * 100)
        read(path)
    assert readings._bytes <= 5_000
    assert len(readings._found) == 8
    seen.clear()
    read(paths[-1])
    assert seen == []
    read(paths[0])
    assert len(seen) == 1


def test_a_run_that_is_damaged_says_so_and_is_well_again_once_mended(own_folders):
    run = store.create(RunConfig(), Status("queued"))
    run.write_history([EpochRecord(1, 0.5, 0.4, 1.0)])
    assert (run.config, run.status.state, len(run.history)) == (RunConfig(), "queued", 1)
    for name in ("config.json", "status.json", "history.csv"):
        path = run.folder / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        with pytest.raises(DamagedFile):
            _ = run.config, run.status, run.history
        path.write_bytes(whole)
    run.write_status(Status("running"))
    assert (run.config, run.status.state, len(run.history)) == (RunConfig(), "running", 1)


def test_readers_in_several_threads_see_no_older_text_than_was_there(tmp_path, counted):
    read, _ = counted
    path = tmp_path / "of.txt"
    write(path, "0")
    wrong = []

    def look():
        while not ended.is_set():
            least = number[0]
            if (found := int(read(path))) < least:
                wrong.append((found, least))

    number, ended = [0], threading.Event()
    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        write(path, f"{number[0] + 1:06}", durable=False)
        number[0] += 1
        time.sleep(0.02)
    ended.set()
    for thread in threads:
        thread.join()
    assert wrong == []
