"""What is made for those who ask: files to take home and arrays, once, in turn, or not at all."""

import io
import tempfile
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from pcae import files, kept, store
from pcae.config import RunConfig
from pcae.data import owndata
from pcae.data.dataset import Dataset, Split
from pcae.methods.autoencoder import Autoencoder
from pcae.presets import PRESETS
from pcae.server import loading, routes
from pcae.store import EpochRecord, Status
from pcae.takehome import exports, keras_file
from pcae.takehome.keras_file import NotMade
from tests.methods.test_autoencoder import random_weights
from tests.server.test_routes import SHIPPED, a_run, addresses, file_address, get, get_all
from tests.takehome.test_keras_file import trained


def test_a_file_is_sent_with_its_name_and_not_kept(sample):
    run, view = store.find(SHIPPED), loading.view("mnist")
    for name in ("script", "csv"):
        status, headers, body = get(file_address(name))
        assert status == 200
        assert body == exports.FORMATS[name].make(run, sample, view.pca)
        called = exports.file_name(run, name, sample.name)
        assert headers["content-disposition"] == f'attachment; filename="{called}"'
        assert headers["cache-control"] == "no-store"
        assert headers["content-type"].startswith(exports.FORMATS[name].mime)


def test_a_file_that_cannot_be_made_is_a_sentence(monkeypatch):
    def make(run):
        raise NotMade("Why not.")

    monkeypatch.setattr(keras_file, "find_or_make", make)
    status, _, body = get(file_address("keras"))
    assert (status, body) == (409, b"Why not.")
    assert get(file_address("pdf"))[0] == 404
    address, run = file_address("script", a_run().key), a_run()
    store.delete(run)
    status, _, body = get(address)
    assert status == 404
    assert b"reload the page" in body


def own_data():
    """Data of one's own, kept."""
    rng = np.random.default_rng(0)
    train, test = (
        Split(rng.integers(0, 256, (count, 4), np.uint8), np.zeros(count, np.uint8))
        for count in (60, 20)
    )
    name = owndata.name_of(train, test, (2, 2), ("all",), ())
    data = Dataset(name, train, test, ("all",), "a file", "one's own")
    owndata.keep(data, "Mine", "As it was.")
    return data


def run_on(data):
    config = RunConfig(dataset=data.name, hidden=(3,), epochs=1)
    run = store.create(config)
    run.write_checkpoint(1, random_weights(config))
    run.write_status(Status("finished"))
    return run


def every_address():
    """One of each route that has something made, and of each format."""
    found, run = addresses(), run_on(own_data())
    nearest = f"{found['nearest']}?scores=1,2&code=1,2"
    arrays = [found["digits"] + "train/0", found["pca"], found["run"] + "all", nearest]
    arrays += [found["decoder"] + "test", found["encoder"]]
    formats = [file_address(name, run.key) for name in exports.FORMATS]
    frames = f"explorer/frames/{run.key}/{run.version}/0"
    return [*arrays, *formats, frames, "explorer/qr?text=a"]


def test_head_makes_nothing(monkeypatch):
    expensive = every_address()
    loading.look_again()
    for name in ("view", "codes", "train_codes", "train_scores"):
        monkeypatch.setattr(loading, name, None)
    monkeypatch.setattr(kept, "find_or_make", lambda *_: pytest.fail("made"))
    for address in expensive:
        status, headers, body = get(address, "HEAD")
        assert (status, body) == (200, b""), address
        assert headers["content-type"]
        assert ("content-disposition" in headers) == address.startswith("files/")


def test_head_says_the_length_of_what_is_made_and_what_is_not_there():
    address = file_address("csv")
    assert "content-length" not in get(address, "HEAD")[1]
    whole = get(address)
    assert get(address, "HEAD")[1] == whole[1]
    assert whole[1]["content-length"] == str(len(whole[2]))
    assert get(address.replace("csv", "data"), "HEAD")[0] == 404


def test_what_is_not_offered_is_not_served():
    status, _, body = get(file_address("data"))
    assert status == 404
    assert b"reload the page" in body
    data = own_data()
    status, headers, body = get(file_address("data", run_on(data).key))
    assert status == 200
    assert headers["content-disposition"] == f'attachment; filename="{data.name}.npz"'
    np.testing.assert_array_equal(np.load(io.BytesIO(body))["x_train"], data.train.pixels())


@pytest.fixture
def counted(monkeypatch):
    """How often the table of codes is made, and how many at once."""
    made, now, most, lock = [], [0], [0], threading.Lock()
    of = exports.FORMATS["csv"]

    def write(file, run, *rest):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.3)  # all ask before the first is made
        file.write(run.key.encode())
        made.append(run.key)
        now[0] -= 1

    monkeypatch.setitem(exports.FORMATS, "csv", replace(of, write=write))
    return made, most


def test_a_class_that_wants_the_same_file_has_it_made_once(counted):
    found = get_all([file_address("csv")] * 30)
    assert {(status, body) for status, _, body in found} == {(200, SHIPPED.encode())}
    assert counted[0] == [SHIPPED]
    assert get(file_address("csv"))[2] == SHIPPED.encode()
    assert counted[0] == [SHIPPED]


def test_other_files_are_made_one_after_another_and_a_few_wait(counted):
    runs = [preset.key for preset in PRESETS.values() if preset.dataset == "mnist"]
    own = [trained(RunConfig(dataset="mnist-5k", hidden=(8,), k=k)).key for k in range(1, 11)]
    found = get_all([file_address("csv", key) for key in [*runs, *own]][:12])
    assert sorted(status for status, _, _ in found) == [200] * 9 + [503] * 3
    assert counted[1] == [1]
    refused = next(of for of in found if of[0] == 503)
    assert refused[1]["retry-after"] == "10"


def test_a_file_is_made_anew_when_anything_in_it_is_another(counted):
    run = run_on(own_data())
    get(file_address("csv", run.key))
    for change in (
        lambda: run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)]),
        lambda: run.write_record({}),
        lambda: run.write_codes(0, np.zeros((5, 2))),
        lambda: run.write_checkpoint(1, random_weights(run.config, scale=0.5)),
        lambda: owndata.keep(loading.view(run.config.dataset).data, "Ours", "As it was."),
    ):
        before = len(counted[0])
        get(file_address("csv", run.key))
        assert len(counted[0]) == before
        change()
        assert get(file_address("csv", run.key))[0] == 200
        assert len(counted[0]) == before + 1


def test_24_that_open_the_explorer_have_it_computed_once(monkeypatch):
    computed, forward = [], Autoencoder.encode

    def encode(self, images):
        computed.append(len(images))
        return forward(self, images)

    monkeypatch.setattr(Autoencoder, "encode", encode)
    found = get_all([addresses()["run"] + "all"] * 24)
    assert {status for status, _, _ in found} == {200}
    assert len({body for _, _, body in found}) == 1
    assert sum(computed) == 5_000  # each digit once


def test_what_was_removed_is_gone_though_it_was_kept():
    data = own_data()
    run = run_on(data)
    of = [file_address("data", run.key), addresses(run.key)["digits"] + "train/0"]
    assert [get(address)[0] for address in of] == [200, 200]
    owndata.remove(data.name)
    routes.forget()
    assert list((files.home() / "made").iterdir()) == []
    for address in of:
        status, _, body = get(address)
        assert (status, b"reload the page" in body) == (404, True)


def test_a_run_that_is_deleted_while_its_file_is_made_is_a_sentence(monkeypatch):
    run = run_on(own_data())
    address, of = file_address("csv", run.key), exports.FORMATS["csv"]

    def write(*given):
        of.write(*given)
        store.delete(run)

    monkeypatch.setitem(exports.FORMATS, "csv", replace(of, write=write))
    status, _, body = get(address)
    assert (status, b"reload the page" in body) == (404, True)
    assert list((files.home() / "made").iterdir()) == []


def full(*_, **__):
    raise OSError(28, "No space left on device")


def test_on_a_full_disk_files_are_had_all_the_same(monkeypatch):
    expected = get(file_address("csv"))[2]
    monkeypatch.setattr(files.os, "fsync", full)
    (files.home() / "made").rename(files.home() / "away")
    assert get(file_address("csv"))[2] == expected
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    status, _, body = get(file_address("csv"))
    assert (status, b"No space left on device" in body) == (507, True)
    assert list((files.home() / "made").iterdir()) == []
