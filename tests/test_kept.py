"""Files that are made once: kept within a limit, whole or not at all, and gone with their run."""

import os
import shutil
import threading
import time
from dataclasses import replace

import pytest

from pcae import files, kept, names, store
from pcae.config import RunConfig
from pcae.files import home
from tests.takehome.test_keras_file import trained

SMALL = RunConfig(dataset="mnist-5k", hidden=(8,))


def made(name, content=b"content"):
    """What is read of a file that is made if it is not there."""
    with kept.find_or_make(name, lambda file: file.write(content)) as file:
        return file.read()


def there():
    """The names of the files that are kept."""
    return {path.name for path in (home() / "made").glob("*")}


def test_a_file_is_made_once():
    name = kept.name(None, "mnist", "a")
    assert kept.find(name) is None
    assert made(name) == made(name, b"other") == b"content"
    assert made(kept.name(None, "mnist", "b"), b"other") == b"other"


def test_two_who_ask_at_once_have_it_made_once():
    name, times = kept.name(None, "mnist"), []

    def write(file):
        times.append(time.monotonic())
        time.sleep(0.2)
        file.write(b"whole")

    def ask():
        with kept.find_or_make(name, write) as file:
            found.append(file.read())

    found = []
    asking = [threading.Thread(target=ask) for _ in range(4)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert (len(times), found) == (1, [b"whole"] * 4)


def test_its_name_tells_weights_data_and_all_else():
    run = trained(SMALL)
    found = {
        kept.name(run, "mnist-5k", "csv", "0" * 16),
        kept.name(run, "mnist-5k", "csv", "1" * 16),
        kept.name(run, "mnist", "csv", "0" * 16),
        kept.name(None, "mnist", "csv", "0" * 16),
    }
    run = trained(SMALL, seed=1)
    assert len(found | {kept.name(run, "mnist-5k", "csv", "0" * 16)}) == 5


def test_what_fails_leaves_nothing():
    def write(file):
        file.write(b"half")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        kept.find_or_make(kept.name(None, "mnist"), write)
    assert list((home() / "made").iterdir()) == []


@pytest.mark.parametrize("limit", [("MOST_BYTES", 25), ("MOST_FILES", 2)])
def test_what_was_not_used_for_longest_goes_first(monkeypatch, limit):
    monkeypatch.setattr(kept, *limit)
    first, second, third = (kept.name(None, "mnist", i) for i in range(3))
    for ago, name in ((30, first), (20, second)):
        made(name, b"x" * 10)
        then = time.time() - ago
        os.utime(home() / "made" / name, (then, then))
    made(first)  # used again
    made(third, b"x" * 10)
    assert there() == {first, third}


def test_one_that_is_larger_than_the_limit_is_had_all_the_same(monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 5)
    assert made(kept.name(None, "mnist")) == b"content"


def test_what_is_of_a_deleted_or_changed_run_goes():
    deleted, changed, stays = (trained(replace(SMALL, k=k)) for k in (1, 2, 3))
    before = {of.key: kept.name(of, "mnist-5k") for of in (deleted, changed, stays)}
    for name in before.values():
        made(name)
    assert there() == set(before.values())
    store.delete(deleted)
    trained(replace(SMALL, k=2), seed=1)
    kept.sweep()
    assert there() == {before[stays.key]}


def test_what_is_of_removed_data_goes():
    own = "own-2x2-0123456789ab"
    names.folder(own).mkdir(parents=True)
    name, other = kept.name(None, own), kept.name(None, "mnist")
    made(name)
    made(other)
    shutil.rmtree(names.folder(own))
    kept.sweep()
    assert there() == {other}


def test_what_a_killed_process_left_goes_and_what_another_writes_stays():
    made(kept.name(None, "mnist"))
    left, fresh = (home() / "made" / name for name in (".left", ".fresh"))
    for path in (left, fresh):
        path.write_bytes(b"half")
    then = time.time() - 7_200
    os.utime(left, (then, then))
    kept.sweep()
    assert not left.exists()
    assert fresh.exists()


def test_on_a_full_disk_it_is_had_and_what_was_kept_makes_room(monkeypatch):
    made(kept.name(None, "mnist", "old"))
    monkeypatch.setattr(files.os, "fsync", full)
    assert made(kept.name(None, "mnist", "new")) == b"content"
    assert there() == set()


def test_where_nothing_can_be_written_that_is_said(monkeypatch):
    monkeypatch.setattr(files.os, "fsync", full)
    monkeypatch.setattr(kept.tempfile, "TemporaryFile", full)
    with pytest.raises(OSError, match="No space left"):
        made(kept.name(None, "mnist"))
    assert there() == set()


def test_a_home_that_is_a_file_hinders_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file"))
    assert made(kept.name(None, "mnist")) == b"content"


def full(*_, **__):
    raise OSError(28, "No space left on device")
