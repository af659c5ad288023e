"""What the explorer fetches, through the app's routes."""

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import streamlit as st
from safetensors.numpy import load
from starlette.applications import Starlette

from pcae import exports, keras_file, store
from pcae.config import PRESETS, RunConfig
from pcae.explorer import serving
from pcae.keras_file import NotMade
from pcae.metrics import error_per_image
from pcae.pca import load_or_fit
from pcae.store import Status
from pcae.ui import loading
from tests.test_inference import random_weights

SHIPPED = PRESETS["Seed, 25 epochs"].key


@pytest.fixture(autouse=True)
def empty_caches():
    st.cache_resource.clear()


def get(address, method="GET"):
    """Status, headers and the unpacked body of an address."""
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
    answer = Starlette(routes=serving.routes())(scope, receive, send)
    with ThreadPoolExecutor() as apart:  # the browser tests leave an event loop in this thread
        apart.submit(asyncio.run, answer).result()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if body and headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return sent[0]["status"], headers, body


def arrays(address):
    status, headers, body = get(address)
    assert status == 200
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    return load(body)


def addresses(key=SHIPPED):
    run = store.find(key)
    return serving.addresses(run, loading.view(run.config.dataset))


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


@pytest.mark.parametrize("name", ["explorer.js", "numerics.js", "explorer.css", "plotly.min.js"])
def test_scripts_are_served_with_their_version(name):
    status, headers, body = get(serving.code() + name)
    assert status == 200
    assert headers["content-type"].startswith(("text/javascript", "text/css"))
    assert "immutable" in headers["cache-control"]
    assert len(body) > 1000


def test_scripts_of_another_version_are_not_answered():
    for version in ("0" * 12, "code", serving.code().split("/")[2][:5]):
        assert get(f"explorer/code/{version}/explorer.js")[0] == 404


@pytest.mark.parametrize("name", ["__init__.py", "serving.py", "..%2Fstore.py", "nothing.js"])
def test_nothing_else_is_served(name):
    assert get(serving.code() + name)[0] == 404


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
    return serving.file_address(run, loading.view(run.config.dataset), name)


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
