"""Trainings on a cluster of processes on this machine, while whatever there is dies."""

import functools
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from pcae import store
from pcae.cluster import sending
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.data.dataset import Dataset, split
from pcae.files import home, read_json
from pcae.methods.autoencoder import weights_sha256
from pcae.training import jobs, loop
from pcae.training.named import GOES_ON
from tests.cluster.conftest import wait

SMALL = RunConfig(dataset="digits-8x8", hidden=(16,), epochs=2)
LONG = replace(SMALL, batch_size=4, epochs=40)  # some seconds


@functools.cache
def alone(config):
    """The weights of an undisturbed training here."""
    *_, last = loop.train_alone(config, datasets.load(config.dataset), loop.prepare_device())
    return weights_sha256(config, last.state)


def state(run):
    return jobs.status(run).state


def finished(*runs):
    return wait(lambda: all(state(run) == "finished" for run in runs))


def in_epoch(run, number):
    """Waits until a run has finished some epochs, and not all."""
    wait(lambda: run.checkpoint_epoch() >= number)
    assert run.checkpoint_epoch() < run.config.epochs


def worker_of(run):
    return wait(lambda: run.status.device.rpartition(" on worker ")[2])


def in_scratch(cluster, run, file=""):
    """Where workers have a run of this test's store, or a file of it."""
    return list(cluster.folder.glob(f"*/**/{sending.store_id()}/runs/{run.key}/{file}"))


def test_a_sweep_ends_with_the_weights_of_a_local_one(dispatched):
    configs = [replace(SMALL, seed=seed) for seed in range(4)]
    configs.append(replace(SMALL, epochs=3))  # goes on from a shorter one
    runs = jobs.submit_all(configs)
    finished(*runs)
    for run in runs:
        assert store.sha256_of(run) == alone(run.config) == run.record["weights_sha256"]
        assert len([place for place in run.frames() if place < 1]) > 3
        assert [place for place in run.frames() if place >= 1] == [*range(1, run.config.epochs + 1)]
        assert [row.epoch for row in run.history] == list(range(1, run.config.epochs + 1))
    devices = {run.record["device"] for run in runs}
    assert {of.rpartition(" on worker ")[2] for of in devices} == {"ada", "bob"}
    told = wait(lambda: (found := read_json(home() / "cluster.json"))["bytes"] and found)
    assert {of["name"] for of in told["workers"]} == {"ada", "bob"}
    assert (told["problem"], [of["refused"] for of in told["workers"]]) == ("", ["", ""])


def test_progress_is_in_the_store_and_a_cancel_shows_within_two_seconds(dispatched):
    run = jobs.submit(LONG)
    wait(lambda: run.status.batch)
    assert run.status.loss > 0
    assert len(run.status.within) > 0
    wait(lambda: len([place for place in run.frames() if place < 1]) > 1)
    in_epoch(run, 1)
    begun = time.monotonic()
    jobs.cancel(run)
    wait(lambda: state(run) == "cancelled")
    assert time.monotonic() - begun < 2
    jobs.submit(LONG)  # and at once again
    finished(run)
    assert store.sha256_of(run) == alone(LONG)


def test_of_a_worker_that_hangs_the_cancel_shows_all_the_same(dispatched):
    run = jobs.submit(LONG)
    in_epoch(run, 1)
    name = worker_of(run)
    dispatched.kill(name, signal.SIGSTOP)
    begun = time.monotonic()
    jobs.cancel(run)
    wait(lambda: state(run) == "cancelled")
    assert time.monotonic() - begun < 2
    other = jobs.submit(SMALL)
    finished(other)
    dispatched.kill(name, signal.SIGCONT)
    assert worker_of(other) != name
    time.sleep(1)
    assert state(run) == "cancelled"


def test_a_worker_is_killed_and_another_goes_on(dispatched):
    run = jobs.submit(LONG)
    in_epoch(run, 2)
    name = worker_of(run)
    dispatched.kill(name)
    dispatched.start_worker(name)
    finished(run)
    assert worker_of(run) != name
    assert store.sha256_of(run) == alone(LONG)


@pytest.mark.parametrize("meanwhile", ["in training", "finished"])
def test_a_dispatcher_is_killed_and_the_next_finds_its_work(dispatched, meanwhile):
    run = jobs.submit(LONG)
    in_epoch(run, 1)
    jobs.stop_workers()
    assert state(run) == "interrupted"
    if meanwhile == "finished":
        wait(lambda: in_scratch(dispatched, run, "record.json"))
    before = run.checkpoint_epoch()
    jobs.wake()
    wait(lambda: state(run) in {"running", "finished"})
    finished(run)
    assert before < LONG.epochs
    assert store.sha256_of(run) == alone(LONG)
    assert len(run.history) == LONG.epochs
    wait(lambda: not in_scratch(dispatched, run))


def test_own_data_is_sent_once_and_forgotten_when_it_is_removed(dispatched):
    rows = np.random.default_rng(0).integers(0, 255, (60, 25), dtype=np.uint8)
    train, test = split(rows, np.zeros(60, np.uint8))
    name = owndata.name_of(train, test, (5, 5), ("picture",), ())
    owndata.keep(Dataset(name, train, test, ("picture",), "here", "one's own"), "Mine", "plain")
    own = replace(SMALL, dataset=name, hidden=(), k=2)
    finished(jobs.submit(own))
    (sent,) = dispatched.folder.glob(f"*/**/{name}/arrays.safetensors")
    made = sent.stat().st_mtime_ns
    finished(*jobs.submit_all([replace(own, seed=seed) for seed in (1, 2)]))
    assert sent.stat().st_mtime_ns == made
    owndata.remove(name)
    wait(lambda: not list(dispatched.folder.glob(f"*/**/{name}")), 5)


def test_a_run_that_is_deleted_stops_and_the_queue_goes_on_in_its_order(dispatched):
    jobs.pause(True)
    runs = jobs.submit_all([replace(LONG, k=3), *(replace(SMALL, k=k) for k in (4, 5, 6))])
    jobs.move_first(runs[3])
    time.sleep(1)
    assert [state(run) for run in runs] == ["queued"] * 4
    jobs.pause(False)
    wait(lambda: runs[0].trained)
    store.delete(runs[0])
    finished(*runs[1:])
    begun = [(run.folder / "codes" / "0000.safetensors").stat().st_mtime for run in runs[1:]]
    assert begun[2] == min(begun)
    assert not runs[0].folder.exists()
    wait(lambda: not in_scratch(dispatched, runs[0]))


def test_two_dashboards_use_one_cluster(dispatched, tmp_path, monkeypatch):
    first = jobs.submit_all([replace(SMALL, k=k) for k in (3, 4)])
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "another"))
    second = jobs.submit_all([replace(SMALL, k=k) for k in (3, 5)])
    finished(*second)
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "home"))
    finished(*first)
    assert store.sha256_of(first[0]) == store.sha256_of(second[0])


def test_the_scheduler_is_killed_and_its_runs_go_on_when_it_is_back(dispatched):
    run = jobs.submit(LONG)
    in_epoch(run, 1)
    dispatched.kill("scheduler")
    wait(lambda: run.status.state == "interrupted")
    assert run.status.message == GOES_ON
    assert not jobs.over(jobs.status(run))
    told = wait(lambda: (found := read_json(home() / "cluster.json"))["problem"] and found)
    assert "No scheduler answers at" in told["problem"]
    for name in ("ada", "bob"):
        dispatched.processes.pop(name).wait()  # workers end with their scheduler
    dispatched.start_scheduler()
    dispatched.start_worker("ada")
    finished(run)
    assert store.sha256_of(run) == alone(LONG)
