"""When a server starts a worker of its own accord, and what it never does."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from pcae.config import RunConfig
from pcae.training import jobs, warm
from pcae.training.warm import Pages


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """The workers that were started: none of them lives."""
    found = []
    monkeypatch.setenv("PCAE_WARM", "1")
    monkeypatch.setattr(jobs, "_workers", [])
    monkeypatch.setattr(jobs, "_start_worker", lambda: found.append("a worker"))
    return found


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Two cores, with nothing to do until told otherwise, and a clock that is moved by hand."""
    machine = SimpleNamespace(load=0.0, now=1_000.0, monotonic=lambda: machine.now)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (machine.load, 9.0, 9.0), raising=False)
    monkeypatch.setattr(warm, "time", machine)
    return machine


def visits(path):
    """Every change of the file's date shows, however coarse the clock of the files is."""
    found = path.exists() and path.stat().st_mtime_ns != 0
    if found:
        os.utime(path, ns=(0, 0))
    return found


def test_the_first_page_starts_a_worker_and_no_other_does(started, machine):
    pages = Pages()
    for _ in range(100):
        pages.painted()
        machine.now += 60
    assert started == ["a worker"]


def test_browsers_that_tell_at_once_start_one(started, monkeypatch):
    pages, all_there = Pages(), threading.Barrier(10)
    monkeypatch.setattr(warm, "_SECONDS_BETWEEN", 0.0)

    def visit(_):
        all_there.wait()
        pages.painted()

    with ThreadPoolExecutor(10) as visitors:
        list(visitors.map(visit, range(10)))
    assert started == ["a worker"]


def test_a_busy_machine_is_left_alone_until_it_is_idle(started, machine):
    pages, machine.load = Pages(), 1.0
    for _ in range(10):
        pages.painted()
        machine.now += 60
    assert started == []
    machine.load = 0.9
    pages.painted()
    assert started == ["a worker"]


def test_a_system_that_tells_no_load_counts_as_idle(started, monkeypatch):
    monkeypatch.delattr(os, "getloadavg")
    Pages().painted()
    assert started == ["a worker"]


def test_it_can_be_turned_off(started, monkeypatch):
    monkeypatch.setenv("PCAE_WARM", "0")
    Pages().painted()
    assert started == []
    assert not jobs.visited_path().exists()


def test_turned_off_the_form_still_has_a_worker_ready(started, monkeypatch):
    monkeypatch.setenv("PCAE_WARM", "0")
    jobs.keep_warm(RunConfig(dataset="mnist-5k"))
    assert started == ["a worker"]


def test_an_open_page_shows_every_quarter_of_a_minute_and_not_more_often(machine):
    pages, seen = Pages(), []
    for _ in range(6):
        pages.painted()
        seen.append(visits(jobs.visited_path()))
        machine.now += 5
    assert seen == [True, False, False, True, False, False]


def test_beside_a_worker_that_is_there_none_is_started_and_its_form_stays(started):
    jobs.keep_warm(RunConfig(dataset="mnist-5k"))
    started.clear()
    with jobs.worker_lock():
        Pages().painted()
    assert started == []
    assert jobs.likely_path().exists()


def test_it_has_nothing_to_do_with_the_form_of_an_earlier_lesson(started):
    jobs.keep_warm(RunConfig(dataset="mnist-5k"))
    Pages().painted()
    assert len(started) == 2
    assert not jobs.likely_path().exists()


def test_a_store_that_cannot_be_written_does_not_matter(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "below"))
    Pages().painted()
