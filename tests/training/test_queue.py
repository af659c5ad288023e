"""The order in which runs train, whatever the clock says, and the worker that waits for them."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pcae import store
from pcae.store import Status
from pcae.training import jobs, worker
from tests.training.test_jobs import SMALL, ended, wait, wait_for_log, wait_until_no_worker

pytestmark = pytest.mark.usefixtures("pca_kept", "no_worker_left")


def test_a_queued_run_moves_up_and_is_trained_first():
    now = time.time()
    runs = [store.create(replace(SMALL, seed=seed, epochs=1)) for seed in range(3)]
    for place, run in enumerate(runs):
        run.write_status(Status("queued", queued=now + place))
    first, second, third = runs
    jobs.move_up(third)
    assert jobs.queue() == [first, third, second]
    jobs.move_up(third)
    jobs.move_up(third)
    assert jobs.queue() == [third, first, second]
    assert [jobs.place_in_queue(run) for run in runs] == [1, 2, 0]
    worker.main()
    ends = [run.status.updated for run in (third, first, second)]
    assert ends == sorted(ends)
    assert {run.status.state for run in runs} == {"finished"}


HOUR, TEN_YEARS = 3600, 10 * 365 * 86400
ODD = [0, -1, 1e300, *map(float, ("nan", "inf", "-inf"))]


@pytest.mark.parametrize("ahead", [HOUR, TEN_YEARS, -HOUR, -TEN_YEARS, *ODD])
def test_a_run_queued_at_an_odd_time_does_not_wait_for_ever_where_none_trains(ahead, monkeypatch):
    run = store.create(SMALL)
    odd = ahead if ahead in ODD else time.time() + ahead
    run.write_status(Status("queued", queued=odd, updated=odd))
    assert jobs.state(run) == "interrupted"
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    jobs.submit(SMALL)
    assert jobs.state(run) == "queued"


def test_who_asks_while_the_clock_is_set_back_comes_last_and_is_not_given_up(monkeypatch):
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    asked = []
    for seed, ahead in enumerate((TEN_YEARS, HOUR, 0, -HOUR)):
        with monkeypatch.context() as patch:
            now = time.time() + ahead
            patch.setattr(jobs.time, "time", lambda now=now: now)
            asked.append(jobs.submit(replace(SMALL, seed=seed)))
            assert jobs.state(asked[-1]) == "queued"
    assert jobs.queue() == asked


def test_runs_asked_for_at_one_moment_keep_their_order(monkeypatch):
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    monkeypatch.setattr(jobs.time, "time", lambda: 2e9)
    asked = jobs.submit_all([replace(SMALL, seed=seed) for seed in range(8)])
    assert jobs.queue() == asked
    assert asked != sorted(asked, key=lambda run: run.key)


def test_a_run_queued_at_the_same_time_as_others_moves_up_by_one():
    for seed in range(4):
        run = store.create(replace(SMALL, seed=seed))
        run.write_status(Status("queued", queued=1e9))
    a, b, c, d = jobs.queue()
    jobs.move_up(d)
    assert jobs.queue() == [a, b, d, c]
    jobs.move_up(d)
    jobs.move_up(d)
    jobs.move_up(d)
    assert jobs.queue() == [d, a, b, c]


def test_a_worker_is_ready_before_anything_is_asked_for():
    jobs.keep_warm(SMALL)
    wait_for_log("ready for")
    assert not store.own_run(SMALL.key).folder.exists()
    ready = len(jobs._workers)
    run = jobs.submit(SMALL)
    jobs.keep_warm(SMALL)
    assert wait(run, ended).state == "finished"
    assert len(jobs._workers) == ready == 1


def test_a_worker_with_nothing_to_do_ends_with_who_started_it():
    ask = (
        "import time; from pcae.training import jobs;"
        "from tests.training.test_jobs import SMALL, wait_for_log;"
        "jobs.keep_warm(SMALL); wait_for_log('ready for')"
    )
    subprocess.run([sys.executable, "-c", ask], cwd=Path(__file__).parents[2], check=True)
    wait_until_no_worker()
