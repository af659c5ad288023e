"""What a dispatcher does with its runs, as workers are told to answer."""

import asyncio
import time
from dataclasses import replace

import pytest

from pcae import store
from pcae.cluster import mirror
from pcae.cluster.placing import Worker
from pcae.cluster.trainings import Trainings
from pcae.store import Status
from pcae.training import jobs
from pcae.training.named import GOES_ON
from tests.cluster.making import SMALL, epochs, scratch
from tests.cluster.test_placing import worker


@pytest.fixture
def waiting(monkeypatch):
    """Asks for trainings that no process begins."""
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)

    def ask(*seeds):
        return jobs.submit_all([replace(SMALL, seed=seed) for seed in seeds])

    return ask


def claim(trainings, *workers):
    return [(worker, [of.run for of in runs]) for worker, runs in trainings.claim(workers)]


def take(trainings, worker, run=None, state="training", files=()):
    said = {run.key: {"state": state, "files": list(files)}} if run else {}
    asyncio.run(trainings.take(worker, said, time.monotonic()))


def test_runs_are_taken_in_their_order_two_at_a_time_where_all_have_something(waiting):
    runs, trainings = waiting(*range(6)), Trainings()
    ada, bob = worker("ada"), worker("bob")
    assert claim(trainings, ada, bob) == [(ada, runs[:2]), (bob, runs[2:4])]
    assert [jobs.state(run) for run in runs] == ["running"] * 4 + ["queued"] * 2
    assert claim(trainings, ada, bob) == []
    jobs.pause(True)
    assert claim(trainings, worker("eve")) == []
    jobs.pause(False)
    assert claim(trainings, worker("eve"), worker("dan")) != []


def test_what_a_dead_worker_had_is_the_next_to_be_trained_until_three_died(waiting):
    runs, trainings = waiting(0, 1), Trainings()
    asked = runs[0].status.queued
    for death in range(3):
        ((_, (first, *_)),) = claim(trainings, worker(f"w{death}"))
        assert first == runs[0]
        for of in list(trainings.held.values()):
            trainings.lose(of, None, "the worker ada is gone")
        if death < 2:
            assert (runs[0].status.state, runs[0].status.queued) == ("queued", asked)
    assert runs[0].status.state == "failed"
    assert "3 workers of the cluster gave it up" in runs[0].status.message
    assert not jobs.held(jobs.run_lock(runs[0]))


def test_a_death_counts_only_where_no_epoch_was_finished_since_the_last(waiting):
    (run,), trainings = waiting(0), Trainings()
    for epoch in (1, 2, 3, 3):
        claim(trainings, worker("ada"))
        epochs(run, epoch)
        trainings.lose(trainings.held[run.key], None, "the worker ada is gone")
    assert run.status.state == "queued"


def test_what_was_asked_for_on_the_cpu_still_is_after_a_death(waiting, monkeypatch):
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    run, trainings = jobs.submit(SMALL, on_cpu=True), Trainings()
    claim(trainings, worker("ada"))
    trainings.lose(trainings.held[run.key], None)
    assert run.status.on_cpu


def test_what_another_dispatcher_left_is_found_at_its_worker(waiting, tmp_path):
    (run,), ada = waiting(0), worker("ada")
    run.write_status(replace(run.status, state="running"))
    trainings = Trainings()
    assert list(trainings.held) == [run.key]
    assert jobs.status(run).state == "running"  # its lock is held
    there = scratch(tmp_path / "scratch", run.key)
    epochs(there, 3, "finished")
    take(trainings, ada, run, "ended", mirror.changed(there.folder, {}))
    assert (run.status.state, run.checkpoint_epoch()) == ("finished", 3)
    assert (trainings.held, ada.drop) == ({}, {run.key})


def test_what_no_worker_has_is_queued_again_and_what_is_nobodys_is_dropped(waiting):
    (run, other), ada = waiting(0, 1), worker("ada")
    run.write_status(replace(run.status, state="running"))
    trainings = Trainings()
    trainings.give_back_lost()
    assert run.status.state == "queued"
    for key in (run.key, other.key, "0" * 12, "../" + run.key):  # queued, or not here
        asyncio.run(trainings.take(ada, {key: {"state": "training", "files": []}}, 0.0))
        assert key in ada.drop
    assert trainings.held == {}


def test_a_run_that_its_worker_does_not_know_of_goes_back(waiting):
    (run,), ada, trainings = waiting(0), worker("ada"), Trainings()
    claim(trainings, ada)
    asyncio.run(trainings.take(ada, {}, 0.0))  # it was asked before it was given the run
    assert run.status.state == "running"
    take(trainings, ada)
    assert run.status.state == "queued"


def test_a_worker_that_dies_while_its_files_arrive_leaves_the_run_in_the_queue(
    waiting, tmp_path, monkeypatch
):
    (run,), ada, trainings = waiting(0), worker("ada"), Trainings()
    claim(trainings, ada)
    there = scratch(tmp_path / "scratch", run.key)
    epochs(there, 2)
    checked = mirror._check

    def then(name, path, config):
        if name == mirror.WEIGHTS:
            trainings.lose(trainings.held[run.key], None, "the worker ada is gone")
        checked(name, path, config)

    monkeypatch.setattr(mirror, "_check", then)
    take(trainings, ada, run, "training", mirror.changed(there.folder, {}))
    assert (run.status.state, run.checkpoint_epoch()) == ("queued", 2)
    assert claim(trainings, worker("bob")) != []


@pytest.mark.parametrize("state", ["left", "damaged"])
def test_what_ended_without_a_word_or_is_damaged_goes_back_and_is_not_kept(waiting, state):
    (run,), ada, trainings = waiting(0), worker("ada"), Trainings()
    claim(trainings, ada)
    files = [("weights.safetensors", (0, 0, 0), b"damaged")]
    take(trainings, ada, run, "left" if state == "left" else "training", files)
    assert run.status.state == "queued"
    assert not run.trained
    assert ada.drop == {run.key}
    assert claim(trainings, ada) == []  # before it has dropped it
    ada.drop.clear()
    assert claim(trainings, ada) == [(ada, [run])]


def test_what_comes_of_a_run_that_was_deleted_meanwhile_is_nobodys(waiting, tmp_path):
    (run,), ada, trainings = waiting(0), worker("ada"), Trainings()
    claim(trainings, ada)
    store.delete(run)
    there = scratch(tmp_path / "scratch", run.key)
    epochs(there, 3, "finished")
    take(trainings, ada, run, "ended", mirror.changed(there.folder, {}))
    assert not run.folder.exists()
    trainings.look({"ada": ada})
    assert (trainings.held, ada.drop) == ({}, {run.key})


def test_a_run_deleted_in_the_store_is_let_go_even_if_its_like_is_made_again(waiting):
    (run,), ada, trainings = waiting(0), worker("ada"), Trainings()
    claim(trainings, ada)
    store.delete(run)
    (again,) = waiting(0)
    trainings.look({"ada": ada})
    assert (trainings.held, ada.drop, again.status.state) == ({}, {run.key}, "queued")
    assert not jobs.held(jobs.run_lock(run))


def test_a_cancel_is_told_and_shows_without_an_answer(waiting, monkeypatch):
    (run,), ada, trainings = waiting(0), worker("ada"), Trainings()
    claim(trainings, ada)
    jobs.cancel(run)
    trainings.look({"ada": ada})
    assert run.status.state == "running"
    assert ada.wanted.is_set()
    trainings.held[run.key].cancelled -= 2
    trainings.look({"ada": ada})
    assert run.status.state == "cancelled"
    assert ada.drop == {run.key}


def test_while_the_scheduler_is_gone_runs_say_so_and_can_be_cancelled(waiting):
    runs, trainings = waiting(0, 1), Trainings()
    claim(trainings, worker("ada"))
    trainings.scheduler_lost()
    assert [jobs.status(run).message for run in runs] == [GOES_ON] * 2
    jobs.cancel(runs[0])
    trainings.look({})
    assert [run.status.state for run in runs] == ["cancelled", "interrupted"]
    take(trainings, bob := worker("bob"), runs[1])
    assert runs[1].status.state == "running"
    assert trainings.held[runs[1].key].worker == bob.address


def test_the_next_dispatcher_goes_on_with_what_the_scheduler_interrupted(waiting):
    (run, local), trainings = waiting(0, 1), Trainings()
    claim(trainings, worker("ada"))
    trainings.scheduler_lost()
    for of in trainings.held.values():
        of.lock.release()
    local.write_status(Status("interrupted", "Its worker died."))
    assert list(Trainings().held) == [run.key]


def test_a_worker_whose_device_is_not_known_is_given_nothing(waiting):
    waiting(0)
    assert claim(Trainings(), Worker("ada", "ada", heard=time.monotonic())) == []
