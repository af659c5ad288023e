"""What runs at a worker, called here."""

import asyncio
import os
from types import SimpleNamespace

import numpy as np
import pytest

from pcae import store
from pcae.cluster import sending, task
from pcae.data import datasets, owndata
from pcae.data.dataset import Dataset, split
from pcae.store import Run, Status
from tests.cluster.making import SMALL, epochs

KEY, OTHER = SMALL.key, "0123456789ab"


@pytest.fixture
def worker(tmp_path, monkeypatch):
    monkeypatch.setattr(task, "_given", None)
    return SimpleNamespace(local_directory=str(tmp_path / "dask"), name="ada")


def tend(worker, have=None, store="here", **wishes):
    return asyncio.run(task.tend(store, have or {}, dask_worker=worker, **wishes))


def there(worker, key=KEY, store="here"):
    return Run(key, task.scratch(worker, store) / "runs" / key)


def test_a_worker_is_kept_for_the_first_who_asks_until_nobody_does(worker, monkeypatch):
    assert task.put("here", {KEY: {"config.json": b"{}"}}, worker)
    assert not task.put("there", {OTHER: {}}, worker)
    assert not task.put("here", {OTHER: {}}, worker)
    assert tend(worker)["busy"] == 1
    assert {key: of["state"] for key, of in tend(worker)["runs"].items()} == {KEY: "waiting"}
    assert tend(worker, store="there")["runs"] == {}
    now = task.time.monotonic()
    monkeypatch.setattr(task.time, "monotonic", lambda: now + 31)
    assert task.put("there", {OTHER: {}}, worker)
    assert tend(worker)["runs"][KEY]["state"] == "left"
    task.train("here", [KEY], False, "")  # which comes too late
    assert task._given.store == "there"


def test_what_is_dropped_before_it_began_keeps_the_worker_for_nobody(worker, monkeypatch):
    assert task.put("here", {KEY: {}}, worker)
    assert tend(worker, drop=[KEY])["runs"] == {}
    now = task.time.monotonic()
    monkeypatch.setattr(task.time, "monotonic", lambda: now + 31)
    assert tend(worker)["busy"] == 0
    assert task.put("there", {KEY: {}}, worker)


def test_of_a_run_it_says_what_is_new_and_whether_it_ended(worker):
    task.put("here", {KEY: {"config.json": b"{}"}}, worker)
    run = there(worker)
    epochs(run, 1)
    files = {name: stamp for name, stamp, _ in tend(worker)["runs"][KEY]["files"]}
    assert len(files) == 5
    epochs(run, 2, "finished")
    answer = tend(worker, {KEY: files}, light=[KEY], seconds=5.0)
    assert answer["waited"] < 1
    assert answer["runs"][KEY]["state"] == "ended"
    assert "weights.safetensors" in [name for name, _, _ in answer["runs"][KEY]["files"]]
    tend(worker, cancel=[KEY, OTHER])
    assert run.cancel_wanted
    assert tend(worker, drop=[KEY])["runs"] == {}


def test_of_many_runs_not_all_weights_travel_at_once(worker, monkeypatch):
    keys = [f"{of:012x}" for of in range(4)]
    task.put("here", {key: {} for key in keys}, worker)
    for key in keys:
        epochs(there(worker, key), 1)
    monkeypatch.setattr(task.mirror, "MOST_BYTES", 10_000)

    def sent(answer):
        names = {key: [name for name, *_ in of["files"]] for key, of in answer["runs"].items()}
        return [key for key in sorted(names) if "weights.safetensors" in names[key]]

    task._given.training = True
    first = sent(tend(worker))
    assert 0 < len(first) < 4
    second = sent(tend(worker, light=first))
    assert not set(first) & set(second)
    for key in keys:
        epochs(there(worker, key), 2, "finished")
    answer = tend(worker, light=[*first, *second])
    assert 0 < len(sent(answer)) < 4
    assert {of["state"] for of in answer["runs"].values()} == {"ended"}


def test_what_nobody_asks_for_is_removed_once_it_is_much(worker, monkeypatch):
    monkeypatch.setattr(task, "_MOST_LEFT", 3_000)
    for place, key in enumerate(["0" * 12, "1" * 12, "2" * 12, "3" * 12]):
        task._given = None
        task.put("here", {key: {"config.json": bytes(1_000)}}, worker)
        os.utime(there(worker, key).folder, (place, place))
    task._given = None
    task.put("here", {KEY: {"config.json": bytes(2_500)}}, worker)
    left = sorted(path.name for path in there(worker).folder.parent.iterdir())
    assert left == [KEY]


@pytest.fixture
def own():
    rows = np.random.default_rng(0).integers(0, 255, (60, 25), dtype=np.uint8)
    train, test = split(rows, np.zeros(60, np.uint8))
    name = owndata.name_of(train, test, (5, 5), ("picture",), ())
    owndata.keep(Dataset(name, train, test, ("picture",), "here", "one's own"), "Mine", "plain")
    return name


def test_own_data_is_as_it_was_until_it_is_forgotten(worker, own, monkeypatch):
    assert task.lacks("here", own, worker)
    task.keep("here", own, sending.of_data(own), worker)
    assert not task.lacks("here", own, worker)
    assert task.lacks("there", own, worker)
    digest = sending.digest(own)
    assert tend(worker)["data"] == [own]
    with monkeypatch.context() as at_the_worker:
        at_the_worker.setenv("PCAE_HOME", str(task.scratch(worker, "here")))
        assert datasets.load(own).digest == digest
    tend(worker, forget=[own])
    assert tend(worker)["data"] == []
    owndata.remove(own)
    with pytest.raises(datasets.DataMissing):
        sending.digest(own)


def test_what_is_published_is_sent_to_a_worker_that_lacks_it(worker, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mnist.npz").write_bytes(b"digits")
    assert task.lacks("here", "mnist", worker)
    assert not task.lacks("here", "digits-8x8", worker)
    with monkeypatch.context() as here:
        here.setenv("PCAE_DATA", str(tmp_path / "data"))
        files = sending.of_data("mnist")
    task.keep("here", "mnist", files, worker)
    assert not task.lacks("there", "mnist", worker)
    assert datasets.files("mnist")["mnist.npz"].read_bytes() == b"digits"


def test_data_of_another_digest_is_a_sentence(worker, monkeypatch, own_folders):
    monkeypatch.setattr(task, "get_worker", lambda: worker)
    monkeypatch.setattr(task, "_device", lambda on_cpu: task.Device("CPU", "", False, 1, 1))
    data = SimpleNamespace(data=SimpleNamespace(digest="other"))
    monkeypatch.setattr(task._ready, "placed", lambda name, device: data)
    run = store.create(SMALL, Status("queued"))
    task.put("here", {KEY: sending.of_run(run)}, worker)
    monkeypatch.setenv("PCAE_HOME", str(own_folders / "home"))
    task.train("here", [KEY], False, "this")
    (state,) = (of["state"] for of in tend(worker)["runs"].values())
    status = there(worker).status
    assert (state, status.state) == ("ended", "failed")
    assert status.message.startswith("The worker ada has other data under the name scikit-learn's")
    assert status.device == "CPU, on worker ada"
