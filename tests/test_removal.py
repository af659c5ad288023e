"""What is removed can be had back for a while, whole or not at all."""

import os
import subprocess
import sys
import time

import pytest

from pcae import names, removal, store
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.training import sweep
from pcae.training.sweep import Sweep
from tests.data.reading.test_uploads import LABELS, PICTURES, npz, understood


@pytest.fixture
def place(tmp_path):
    """A folder with a file, an hour old."""
    found = tmp_path / "things" / "thing"
    found.mkdir(parents=True)
    (found / "file").write_text("content")
    os.utime(found, (time.time() - 3600,) * 2)
    return found


def everything(place):
    return sorted(path.name for path in place.parent.rglob("*"))


def later(monkeypatch, seconds):
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + seconds)


def test_what_is_set_aside_is_gone_and_comes_back_as_it_was(place):
    before = place.stat().st_mtime
    removed = removal.set_aside(place)
    assert not place.exists()
    assert removed.seconds_left == pytest.approx(removal.SECONDS, abs=1)
    assert removed.restore()
    assert (place / "file").read_text() == "content"
    assert place.stat().st_mtime == before
    assert everything(place) == ["file", "thing"]
    assert not removed.restore()


def test_after_a_while_it_is_really_removed(place, monkeypatch):
    monkeypatch.setattr(removal, "SECONDS", 0.1)
    monkeypatch.setattr(removal, "_LATER", 0.1)
    removed = removal.set_aside(place)
    end = time.monotonic() + 10
    while everything(place) and time.monotonic() < end:
        time.sleep(0.05)
    assert everything(place) == []
    assert not removed.restore()


def test_who_comes_too_late_gets_nothing_back(place, monkeypatch):
    removed = removal.set_aside(place)
    later(monkeypatch, removal.SECONDS + removal._LATER)
    assert not removed.restore()
    assert not place.exists()


def test_what_was_made_again_meanwhile_stays(place):
    removed = removal.set_aside(place)
    place.mkdir()
    (place / "file").write_text("newer")
    assert not removed.restore()
    assert (place / "file").read_text() == "newer"


def test_one_of_two_who_remove_the_same_removes_it(place):
    removal.set_aside(place)
    with pytest.raises(FileNotFoundError):
        removal.set_aside(place)


@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), 9)"])
def test_a_process_that_ends_leaves_nothing_that_is_seen_or_stays(place, end):
    code = (
        "import os, sys; from pathlib import Path; from pcae import removal\n"
        f"removal.set_aside(Path({str(place)!r})); {end}"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    left = everything(place)
    assert "thing" not in left
    if "kill" in end:
        (away,) = place.parent.iterdir()
        removal.sweep(place.parent)
        assert away.exists()  # another process may still give it back
        os.utime(away, (time.time() - 90,) * 2)
        removal.sweep(place.parent)
    assert everything(place) == []


def kept():
    found = understood({"x.npz": npz(x=PICTURES, y=LABELS)})
    owndata.keep(found.data, "Mine", found.scaling)
    return found.data.name


def test_data_of_ones_own_comes_back():
    name = kept()
    removed = owndata.remove(name)
    assert names.own() == []
    assert owndata.remove(name) is None
    assert removed.restore()
    assert datasets.load(name).title == "Mine"


def test_data_that_was_added_again_meanwhile_is_the_newer():
    name = kept()
    removed = owndata.remove(name)
    kept()
    assert not removed.restore()
    assert names.own() == [name]
    again = owndata.remove(name)
    assert again.restore()


def test_what_killed_processes_set_aside_is_swept_away_with_the_store():
    name, run = kept(), store.create(RunConfig(dataset="mnist-5k"))
    grid = Sweep.from_text(
        RunConfig(dataset="mnist-5k"), {"hidden": "8", "k": "2", "epochs": "1", "seed": "0"}
    )
    sweep._folder().mkdir()
    store.write_json(sweep._path(grid.key), grid.to_dict())
    removed = [removal.set_aside(run.folder), owndata.remove(name), sweep.remove(grid.key)]
    store.sweep()
    assert all(of.away.exists() for of in removed)
    for of in removed:
        os.utime(of.away, (0, 0))
    store.sweep()
    assert not any(of.away.exists() for of in removed)


def test_a_grid_that_was_taken_from_the_list_comes_back():
    grid = Sweep.from_text(
        RunConfig(dataset="mnist-5k"), {"hidden": "8", "k": "2", "epochs": "1", "seed": "0"}
    )
    sweep._folder().mkdir(parents=True)
    store.write_json(sweep._path(grid.key), grid.to_dict())
    removed = sweep.remove(grid.key)
    assert sweep.kept() == []
    assert sweep.remove(grid.key) is None
    assert removed.restore()
    assert sweep.kept() == [grid.key]
