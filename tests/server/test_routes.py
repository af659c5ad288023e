"""What the explorer fetches, through the app's routes."""

import asyncio
import gzip
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from safetensors.numpy import load
from starlette.applications import Starlette

from pcae import store
from pcae.config import RunConfig
from pcae.data import packing
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from pcae.server import loading, routes
from pcae.store import Status
from pcae.takehome import parts
from pcae.training import jobs, warm
from tests.methods.test_autoencoder import random_weights

SHIPPED = PRESETS["Seed network, 25 epochs"].key


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


def test_the_digits_come_in_pieces(sample):
    found = addresses()["digits"]
    for split, of in (("test", sample.test), ("train", sample.train)):
        count = -(-len(of) // packing.PIECES[split])
        pieces = [arrays(f"{found}{split}/{piece}")["images"] for piece in range(count)]
        np.testing.assert_array_equal(np.concatenate(pieces), of.images)
        assert get(f"{found}{split}/{count}")[0] == 404
    for odd in ("all/0", "test/-1", "test/x", "test"):
        assert get(found + odd)[0] == 404


def test_pca_has_what_the_slider_reaches(sample):
    fitted, served = load_or_fit(sample), arrays(addresses()["pca"])
    np.testing.assert_array_equal(served["mean"], fitted.mean)
    np.testing.assert_array_equal(served["components"], fitted.components[:100])


def test_a_runs_points_are_codes_scores_errors_and_labels(sample):
    model, fitted = store.find(SHIPPED).model(), load_or_fit(sample)
    for part in ("test", "all"):
        served = arrays(addresses()["run"] + part)
        images, labels = sample.test.pixels(), sample.test.labels
        if part == "all":
            images = np.concatenate([images, sample.train.pixels()])
            labels = np.concatenate([labels, sample.train.labels])
        codes = model.encode(images)
        np.testing.assert_allclose(served["codes"], codes, rtol=1e-4, atol=1e-4)
        scores = fitted.transform(images, 2)
        np.testing.assert_allclose(served["scores"], scores, rtol=1e-4, atol=1e-4)
        np.testing.assert_array_equal(served["labels"], labels)
        errors = error_per_image(images, model.decode(codes))
        np.testing.assert_allclose(served["errors"], errors, rtol=1e-4)
        assert len(served["passes"]) == len(labels)


def test_the_decoder_and_the_encoder_are_the_weights():
    weights, found = store.find(SHIPPED).model().weights, addresses()
    decoder, encoder = arrays(found["decoder"] + "test"), arrays(found["encoder"])
    served = decoder | encoder
    assert set(served) == set(weights)
    for name, weight in weights.items():
        np.testing.assert_array_equal(served[name], weight)
        assert served[name].dtype == np.float16  # as it ships
    assert all(name.startswith("decoder.") for name in decoder)


def test_a_wide_code_comes_whole_with_the_decoder(sample):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=2)
    run = store.create(config)
    run.write_checkpoint(2, random_weights(config))
    run.write_status(Status("finished"))
    codes = run.model().encode(np.concatenate([sample.test.pixels(), sample.train.pixels()]))
    for part, count in (("test", 1000), ("all", 5000)):
        found = addresses(run.key)
        points, decoder = arrays(found["run"] + part), arrays(found["decoder"] + part)
        np.testing.assert_allclose(points["codes"], codes[:count, :2], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(decoder["codes"], codes[:count], rtol=1e-4, atol=1e-4)


def test_the_run_says_its_settings():
    _, _, body = get(addresses()["run"] + "test")
    size = int.from_bytes(body[:8], "little")
    about = json.loads(body[8 : 8 + size])["__metadata__"]
    assert [json.loads(about[name]) for name in ("tests", "everything")] == [1000, 5000]
    assert json.loads(about["shape"]) == [28, 28]
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


HUGE = "9" * 5_000


@pytest.mark.parametrize("number", [HUGE, "0" * 5_000, "9" * 20])
def test_numbers_of_any_length_are_answered(number):
    found = addresses()
    version = f"/{store.find(SHIPPED).version}/"
    start, _, _ = found["pca"].rpartition("/")
    status, _, body = get(f"{start}/{number}")
    assert status == 200
    assert len(load(body)["components"]) == (784 if "9" in number else 0)
    assert get(f"{found['digits']}test/{number}")[0] == (404 if "9" in number else 200)
    of_run = [found["run"] + "test", found["decoder"] + "test", found["encoder"] + "/"]
    for address in (*of_run, found["nearest"], file_address("csv")):
        assert get(address.replace(version, f"/{number}/").rstrip("/"))[0] == 404
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
    monkeypatch.setattr(parts, "_MOST_FRAME_NUMBERS", 8_000)
    assert set(arrays(addresses(run.key)["frames"])) == {"0", "3", "6", "9"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_that_is_painted_keeps_the_worker_and_gets_nothing(method, monkeypatch):
    monkeypatch.setenv("PCAE_WARM", "1")
    monkeypatch.setattr(routes, "_pages", warm.Pages())
    monkeypatch.setattr(jobs, "warm", lambda: None)
    status, headers, body = get("explorer/painted", method)
    assert (status, headers["cache-control"], body) == (200, "no-store", b"")
    assert jobs.visited_path().exists()


def test_a_site_is_a_zip_of_a_folder_with_the_networks():
    keys = [PRESETS[name].key for name in ("Linear", "Seed network, 5 epochs")]
    status, headers, body = get(routes.site_address(keys))
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="site.zip"'
    assert headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert {"site/index.html", "site/draw/index.html", "site/site.json"} <= set(names)
    for key in keys:
        assert any(name.startswith(f"site/networks/{key}-") for name in names)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([], 400),
        ([f"{n:012x}" for n in range(17)], 400),
        (["0123456789ab"], 404),
        (["../../etc"], 404),
        ([SHIPPED, "0123456789ab"], 404),
    ],
)
def test_a_site_of_what_is_not_there_is_refused_in_a_sentence(asked, expected):
    status, headers, body = get(routes.site_address(asked))
    assert (status, headers["content-type"].split(";")[0]) == (expected, "text/plain")
    assert body.decode().endswith(".")
