"""Quality that the workers of a cluster measure."""

import json
from dataclasses import asdict

import pytest

from pcae import cli, store
from pcae.cluster import measuring
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.files import DamagedFile
from pcae.methods import pca
from pcae.store import Status
from pcae.training import jobs, quality
from tests.methods.test_autoencoder import random_weights


@pytest.fixture
def runs():
    """Three runs with weights that nobody trained; the last one's are damaged."""
    found = []
    for k in (2, 3, 4):
        run = store.create(RunConfig(dataset="digits-8x8", hidden=(8,), k=k))
        run.write_checkpoint(1, random_weights(run.config))
        run.write_status(Status("finished"))
        found.append(run)
    weights = found[-1].folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    return found


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Of what ships nothing is measured."""
    subjects = quality.subjects
    monkeypatch.setattr(
        quality,
        "subjects",
        lambda: [of for of in subjects() if of.dataset == "digits-8x8"],
    )


def kept():
    """The figures that are kept of each subject."""
    data = datasets.load("digits-8x8")
    return {place(of): figures(quality.kept(of, data)) for of in quality.subjects()}


def place(subject):
    return subject.k, bool(subject.run)


def figures(found):
    """Threads add in another order."""
    return found and pytest.approx(asdict(found), rel=1e-6)


def here():
    """What is measured on this machine."""
    data = datasets.load("digits-8x8")
    fitted, found = pca.load_or_fit(data), {}
    for of in quality.subjects():
        try:
            found[place(of)] = asdict(quality.measure(of, data, fitted))
        except DamagedFile:
            found[place(of)] = None
    return found


def test_workers_measure_what_this_machine_would(dispatched, runs, monkeypatch, capsys):
    at = []
    ask = measuring.workers.ask

    async def noted(client, address, name):
        at.append(name)
        return await ask(client, address, name)

    monkeypatch.setattr(measuring.workers, "ask", noted)
    monkeypatch.setattr(measuring, "_SECONDS_WITHOUT", 60)
    monkeypatch.setattr(measuring, "_measure_here", lambda subject: pytest.fail("measured here"))
    monkeypatch.setattr(quality, "main", lambda: pytest.fail("measured here"))
    measuring.main()
    found = kept()
    assert found[2, True] is not None
    assert found[4, True] is None
    assert found == here()
    assert set(at) == {"ada", "bob"}
    assert not list(dispatched.folder.glob("*/**/measured/*"))
    monkeypatch.setattr(quality, "measure", lambda *_: pytest.fail("measured again"))
    (runs[-1].folder / "weights.safetensors").unlink()
    assert cli.main(["quality", "--all", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["quality"]) == 4


def test_where_no_worker_can_this_machine_measures(dispatched, runs, monkeypatch):
    async def refused(client, address, name):
        return {}, f"The worker {name} is refused."

    monkeypatch.setattr(measuring, "_SECONDS_WITHOUT", 0)
    monkeypatch.setattr(measuring.workers, "ask", refused)
    measuring.main()
    assert kept() == here()


def test_where_no_scheduler_answers_this_machine_measures(runs, monkeypatch):
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://10.0.0.5:8786")
    measuring.main()
    assert kept() == here()


def test_the_process_that_measures_is_the_clusters_where_one_is_named(monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start", lambda module: started.append(module))
    monkeypatch.setattr(quality, "running", lambda: False)
    quality.start()
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://10.0.0.5:8786")
    quality.start()
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://127.0.0.1:8786")
    quality.start()
    local, there = "pcae.training.quality", "pcae.cluster.measuring"
    assert started == [local, local, there]
