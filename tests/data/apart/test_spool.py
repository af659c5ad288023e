"""Files that were brought and not added yet: kept on disk, and gone when nobody wants them."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pcae.data.apart import spool
from pcae.data.apart.spool import Spool
from pcae.files import home
from tests.brought import let_go


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    now = [1_000.0]
    monkeypatch.setattr(spool.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(spool, "_watch", lambda: None)
    yield now
    let_go()


def on_disk():
    """The files that there are, by what they hold."""
    return sorted(path.read_bytes() for path in home().glob("brought/*/*/*") if path.is_file())


def test_files_are_kept_under_names_of_ours_for_nobody_else_to_read(clock):
    brought = Spool("ann")
    brought.add("../../a/b.csv", b"1,2")
    brought.add("c.csv", memoryview(b"3"))
    assert [(file.name, file.size) for file in brought.files] == [
        ("../../a/b.csv", 3),
        ("c.csv", 1),
    ]
    assert on_disk() == [b"1,2", b"3"]
    assert brought.size == spool.held() == 4
    assert spool.of("ann") == [brought]
    assert spool.of("ben") == []
    if os.name == "posix":
        assert [
            brought.folder.stat().st_mode & 0o77,
            brought.files[0].path.stat().st_mode & 0o77,
        ] == [
            0,
            0,
        ]


def test_the_same_file_is_kept_once_and_another_of_its_name_beside_it(clock):
    brought = Spool()
    for content in (b"1", b"1", b"2", b"3"):
        brought.add("a.b.csv", content)
    assert [file.name for file in brought.files] == ["a.b.csv", "a.b (2).csv", "a.b (3).csv"]


def test_the_digest_is_of_what_files_hold(clock):
    one, other = Spool(), Spool()
    for content in (b"1", b"2"):
        one.add("a", content)
    for content in (b"2", b"1"):
        other.add("b", content)
    each = sorted(hashlib.sha256(content).hexdigest() for content in (b"1", b"2"))
    assert one.digest == other.digest == hashlib.sha256(json.dumps(each).encode()).hexdigest()
    one.take_away(one.files[0])
    assert one.digest != other.digest


def test_what_is_taken_away_goes_at_once(clock):
    brought, ended = Spool(), []
    brought.at_end = lambda: ended.append(1)
    for name in "ab":
        brought.add(name, name.encode())
    first = brought.files[0]
    brought.take_away(first)
    brought.take_away(first)  # a second click
    assert on_disk() == [b"b"]
    brought.empty()
    assert on_disk() == []
    assert spool.held() == 0
    assert ended == [1]


def test_files_stay_while_somebody_looks_and_go_after_a_while(clock):
    left, looked_at, opened = Spool(), Spool(), Spool("", lambda: True)
    for each in (left, looked_at, opened):
        each.add("a", b"1")
    clock[0] += spool.SECONDS_UNSEEN - 1
    looked_at.look()
    spool.let_go()
    assert len(on_disk()) == 3
    clock[0] += 2
    spool.let_go()
    assert len(on_disk()) == 2
    assert (left.was_left, left.files) == (True, [])
    clock[0] += spool.SECONDS_UNUSED
    spool.let_go()
    assert on_disk() == []  # a page that nobody touched is not looked at
    left.add("a", b"1")
    assert not left.was_left


def test_a_thread_lets_them_go(monkeypatch):
    monkeypatch.setattr(spool, "SECONDS_UNSEEN", 0.5)
    monkeypatch.setattr(spool, "_PAUSE", 0.01)
    monkeypatch.setattr(spool, "_watching", None)
    Spool().add("a", b"1")
    spool._watching.join(5)
    assert on_disk() == []
    assert spool._watching is None


def test_there_is_room_for_so_much(clock, monkeypatch):
    monkeypatch.setattr(spool, "MOST_HELD", 10)
    monkeypatch.setattr(spool, "MOST_FILES", 2)
    first, second = Spool(), Spool()
    first.add("a", b"123456")
    with pytest.raises(spool.Full, match="take some away"):
        second.add("b", b"12345")
    second.add("b", b"1234")
    first.empty()
    second.add("c", b"1")
    with pytest.raises(spool.Full, match="At most 2 files"):
        second.add("d", b"2")
    assert on_disk() == [b"1", b"1234"]


def test_a_full_disk_leaves_what_there_was(clock, monkeypatch):
    brought = Spool()
    brought.add("a", b"1")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "write", full)
    with pytest.raises(OSError, match="No space"):
        brought.add("b", b"2")
    assert [file.name for file in brought.files] == ["a"]
    assert on_disk() == [b"1"]


ELSEWHERE = """
import os
from pcae.data.apart.spool import Spool
brought = Spool()
brought.add("left", b"left")
print(brought.folder, flush=True)
if {killed}:
    os._exit(1)
"""


@pytest.mark.parametrize("killed", [True, False])
def test_what_a_server_had_goes_with_it_or_with_the_next_ones_start(clock, killed):
    here = Spool()
    here.add("here", b"here")
    script = ELSEWHERE.format(killed=killed)
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert Path(found.stdout.strip()).exists() == killed
    spool.tidy()
    assert on_disk() == [b"here"]
    assert not Path(found.stdout.strip()).exists()
    spool.leave()
    assert on_disk() == []
    assert list((home() / "locks").iterdir()) == []
