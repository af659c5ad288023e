"""What the explorer fetches, through the app's routes."""

import asyncio
import gzip
import io
import json
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from safetensors.numpy import load
from starlette.applications import Starlette

from pcae import files, kept, store
from pcae.config import RunConfig
from pcae.data import owndata
from pcae.data.dataset import Dataset, Split
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from pcae.server import loading, routes
from pcae.store import EpochRecord, Status
from pcae.takehome import exports, keras_file
from pcae.takehome.keras_file import NotMade
from tests.methods.test_autoencoder import random_weights
from tests.takehome.test_keras_file import trained

SHIPPED = PRESETS["Seed, 25 epochs"].key


@pytest.fixture(autouse=True)
def empty_caches():
    st.cache_resource.clear()


async def ask(address, app, method="GET"):
    """Status, headers and the unpacked body of an address of an app."""
    path, _, query = address.partition("?")
    sent = []

    async def receive():
        await asyncio.Event().wait()  # nobody hangs up

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": f"/{path}",
        "headers": [],
        "query_string": query.encode(),
    }
    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if body and headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return sent[0]["status"], headers, body


def get_all(addresses, app=None, method="GET"):
    """What is answered to addresses that are asked for at the same time."""

    async def together():
        of = app or Starlette(routes=routes.routes())
        return await asyncio.gather(*(ask(address, of, method) for address in addresses))

    with ThreadPoolExecutor() as apart:  # the browser tests leave an event loop in this thread
        return apart.submit(asyncio.run, together()).result()


def get(address, method="GET"):
    """What is answered to one address."""
    return get_all([address], method=method)[0]


def arrays(address):
    status, headers, body = get(address)
    assert status == 200
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    return load(body)


def addresses(key=SHIPPED):
    run = store.find(key)
    return routes.addresses(run, loading.view(run.config.dataset))


def test_the_digits_are_the_test_images_and_then_the_training_images(sample):
    few, all_ = (arrays(addresses()["digits"] + part) for part in ("test", "all"))
    np.testing.assert_array_equal(few["images"], sample.test.images)
    np.testing.assert_array_equal(few["labels"], sample.test.labels)
    np.testing.assert_array_equal(all_["images"][1000:], sample.train.images)
    np.testing.assert_array_equal(all_["labels"][:1000], sample.test.labels)


def test_pca_is_whole(sample):
    fitted, served = load_or_fit(sample), arrays(addresses()["pca"])
    np.testing.assert_array_equal(served["mean"], fitted.mean)
    np.testing.assert_array_equal(served["components"], fitted.components)


def test_a_run_is_its_weights_codes_and_errors(sample):
    model = store.find(SHIPPED).model()
    for part in ("test", "all"):
        served = arrays(addresses()["run"] + part)
        images = sample.test.pixels()
        if part == "all":
            images = np.concatenate([images, sample.train.pixels()])
        codes = model.encode(images)
        np.testing.assert_allclose(served["codes"], codes, rtol=1e-4, atol=1e-4)
        errors = error_per_image(images, model.decode(codes))
        np.testing.assert_allclose(served["errors"], errors, rtol=1e-4)
        for name, weight in model.weights.items():
            np.testing.assert_array_equal(served[name], weight)
            assert served[name].dtype == np.float16  # as it ships


def test_the_run_says_its_settings():
    _, _, body = get(addresses()["run"] + "test")
    size = int.from_bytes(body[:8], "little")
    about = json.loads(body[8 : 8 + size])["__metadata__"]
    assert RunConfig.from_dict(json.loads(about["config"])).key == SHIPPED


def a_run():
    config = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=2)
    run = store.create(config)
    run.write_checkpoint(2, random_weights(config))
    run.write_status(Status("finished"))
    return run


def test_frames_are_the_codes_that_were_kept(sample):
    run = a_run()
    kept = {place: np.full((1000, 2), place, np.float16) for place in (0, 0.25, 1, 2)}
    for place, codes in kept.items():
        run.write_codes(place, codes)
    served = arrays(addresses(run.key)["frames"])
    assert {float(place) for place in served} == set(kept)
    for place, codes in served.items():
        assert codes.dtype == np.float16
        np.testing.assert_array_equal(codes, kept[float(place)])


def test_a_run_without_frames_has_no_address_for_them():
    assert addresses()["frames"] == ""


@pytest.mark.parametrize(
    "name", ["explorer/explorer.js", "core/numerics.js", "explorer/explorer.css", "plotly.min.js"]
)
def test_scripts_are_served_with_their_version(name):
    status, headers, body = get(routes.code() + name)
    assert status == 200
    assert headers["content-type"].startswith(("text/javascript", "text/css"))
    assert "immutable" in headers["cache-control"]
    assert len(body) > 1000


def test_scripts_of_another_version_are_not_answered():
    for version in ("0" * 12, "code", routes.code().split("/")[2][:5]):
        assert get(f"explorer/code/{version}/explorer/explorer.js")[0] == 404


@pytest.mark.parametrize(
    "name", ["explorer/onefile.html", "../server/routes.py", "..%2Fstore.py", "nothing.js"]
)
def test_nothing_else_is_served(name):
    assert get(routes.code() + name)[0] == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SHIPPED, "0" * 12),
        (SHIPPED, ".."),
        ("/run/", "/run/x"),
        ("/mnist/", "/MNIST/"),
        ("test", "x"),
    ],
)
def test_what_is_not_here_is_a_sentence(old, new):
    status, _, body = get((addresses()["run"] + "test").replace(old, new))
    assert status == 404
    assert body


def test_another_version_is_not_answered():
    run = a_run()
    old = addresses(run.key)["run"] + "test"
    run.write_checkpoint(2, random_weights(run.config, scale=0.5))
    assert get(old)[0] == 404
    assert b"reload the page" in get(old)[2]
    assert get(addresses(run.key)["run"] + "test")[0] == 200


def test_a_damaged_run_is_a_sentence():
    run = a_run()
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    status, _, body = get(addresses(run.key)["run"] + "test")
    assert status == 409
    assert str(path) in body.decode()


def file_address(name, key=SHIPPED):
    run = store.find(key)
    return routes.file_address(run, loading.view(run.config.dataset), name)


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
    arrays = [found["digits"] + "all", found["pca"], found["run"] + "all", nearest]
    formats = [file_address(name, run.key) for name in exports.FORMATS]
    frames = f"explorer/frames/{run.key}/{run.version}/0"
    return [*arrays, *formats, frames, "explorer/qr?text=a", routes.code() + "explorer/explorer.js"]


def test_head_makes_nothing(monkeypatch):
    expensive = every_address()
    loading.view.clear()
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
        time.sleep(0.1)
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
    of = [file_address("data", run.key), addresses(run.key)["digits"] + "all"]
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


HUGE = "9" * 5_000


@pytest.mark.parametrize("number", [HUGE, "0" * 5_000, "9" * 20])
def test_numbers_of_any_length_are_answered(number):
    found = addresses()
    version = f"/{store.find(SHIPPED).version}/"
    start, _, _ = found["pca"].rpartition("/")
    status, _, body = get(f"{start}/{number}")
    assert status == 200
    assert len(load(body)["components"]) == (784 if "9" in number else 0)
    for address in (found["run"] + "test", found["nearest"], file_address("csv")):
        assert get(address.replace(version, f"/{number}/"))[0] == 404
    run = a_run()
    assert get(f"explorer/frames/{run.key}/{run.version}/{number}")[0] == 200


def test_odd_keys_are_a_sentence():
    for key in ("..", "\0", "x" * 10_000, "é", "a\\b", "-", "__pycache__"):
        address = (addresses()["run"] + "test").replace(SHIPPED, key)
        assert get(address)[0] == 404
        assert get(file_address("csv").replace(SHIPPED, key))[0] == 404
        assert get(file_address("csv").replace("/mnist/", f"/{key}/"))[0] == 404
        assert get(file_address(key).replace("/mnist/", "/mnist-5k/"))[0] == 404


def test_the_frames_of_a_wide_code_are_fewer(monkeypatch):
    run = a_run()
    for place in range(10):
        run.write_codes(place, np.full((1000, 2), place, np.float16))
    monkeypatch.setattr(routes, "_MOST_FRAME_NUMBERS", 8_000)
    assert set(arrays(addresses(run.key)["frames"])) == {"0", "3", "6", "9"}
