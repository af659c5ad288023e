"""What is asked for where a cluster is named: which process is started, and what goes on."""

from dataclasses import replace

import pytest

from pcae import store
from pcae.store import Status
from pcae.training import devices, jobs
from pcae.training.jobs import JobError
from tests.cluster.making import SMALL


@pytest.fixture
def started(monkeypatch):
    """A cluster is named; which processes are started, and none is."""
    found = []
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://127.0.0.1:9")
    monkeypatch.setattr(jobs, "_workers", [])
    monkeypatch.setattr(jobs, "start", lambda module: found.append(module) or Ended())
    return found


class Ended:
    """A process that has ended."""

    def poll(self):
        return 0


def test_where_a_cluster_is_named_its_dispatcher_is_the_one_worker(started, monkeypatch):
    monkeypatch.setattr(devices, "visible_gpus", lambda: ["0", "1"])
    jobs.submit_all([SMALL, replace(SMALL, seed=1)])
    assert started == ["pcae.cluster.dispatcher"]


def test_a_cluster_that_cannot_be_used_is_said_before_anything_is_queued(started, monkeypatch):
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://10.0.0.5:8786")
    with pytest.raises(JobError, match="beyond this machine and not encrypted"):
        jobs.submit(SMALL)
    assert not store.own_run(SMALL.key).folder.exists()
    assert started == []


def test_a_clusters_work_is_found_again_and_goes_on_by_itself(started):
    jobs.wake()
    assert started == []
    run = jobs.submit(SMALL)
    run.write_status(Status("running"))
    seen = jobs.status(run)
    assert seen.state == "interrupted"
    assert not jobs.over(seen)
    assert jobs.going(run)
    assert started == ["pcae.cluster.dispatcher"] * 3
    with jobs.worker_lock():
        jobs.wake()
    run.write_status(Status("finished"))
    jobs.wake()
    run.write_status(Status("interrupted", "Its worker died, before there was a cluster."))
    assert not jobs.going(run)
    assert len(started) == 3


def test_without_a_cluster_what_is_interrupted_is_over(monkeypatch):
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    run = jobs.submit(SMALL)
    run.write_status(Status("running"))
    assert jobs.over(jobs.status(run))
    assert not jobs.going(run)
