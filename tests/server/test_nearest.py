"""The training images nearest to a drawing, through the app's route."""

from urllib.parse import urlencode

import numpy as np
import pytest
from safetensors.numpy import load

from pcae import store
from pcae.config import RunConfig
from pcae.methods.metrics import nearest
from pcae.methods.pca import load_or_fit
from pcae.server import loading
from pcae.store import Status
from tests.methods.test_autoencoder import random_weights
from tests.server.test_routes import SHIPPED, a_run, addresses, get


def question(scores, code, key=SHIPPED):
    """The address that asks for the neighbours of scores and of a code."""
    texts = {
        name: ",".join(str(float(number)) for number in numbers)
        for name, numbers in (("scores", scores), ("code", code))
    }
    return f"{addresses(key)['nearest']}?{urlencode(texts)}"


def wide_run(k):
    """A run with k codes that nobody trained."""
    config = RunConfig(dataset="mnist-5k", hidden=(16,), k=k)
    run = store.create(config)
    run.write_checkpoint(1, random_weights(config))
    run.write_status(Status("finished"))
    return run


@pytest.mark.parametrize("k", [1, 2, 30])
def test_the_neighbours_are_those_of_a_search_through_all(sample, k):
    run = wide_run(k)
    images, pca = sample.train.pixels(), load_or_fit(sample)
    known = {"scores": pca.transform(images, k), "code": run.model().encode(images)}
    drawn = sample.test.pixels(np.array([3]))
    asked = {"scores": pca.transform(drawn, k)[0], "code": run.model().encode(drawn)[0]}
    status, headers, body = get(question(**asked, key=run.key))
    assert status == 200
    assert headers["cache-control"] == "no-store"
    found = load(body)
    for name, rows in known.items():
        distances = np.linalg.norm(rows.astype(np.float64) - asked[name], axis=1)
        indices = np.argsort(distances)[:8]
        np.testing.assert_array_equal(found[f"{name}.indices"], indices)
        np.testing.assert_allclose(found[f"{name}.distances"], distances[indices], 1e-4, 1e-6)
        np.testing.assert_array_equal(found[f"{name}.images"], sample.train.images[indices])
        np.testing.assert_array_equal(found[f"{name}.labels"], sample.train.labels[indices])


def test_a_training_image_is_its_own_neighbour(sample):
    image, pca = sample.train.pixels(np.array([1234])), load_or_fit(sample)
    code = store.find(SHIPPED).model().encode(image)[0]
    found = load(get(question(pca.transform(image, 2)[0], code))[2])
    for name in ("scores", "code"):
        assert found[f"{name}.indices"][0] == 1234
        assert found[f"{name}.distances"][0] < 1e-4


def test_of_equal_distances_the_first_is_nearest():
    rows = np.zeros((20_001, 2), np.float32)
    rows[[5, 20_000]] = 3
    indices, distances = nearest(rows, np.array([3.0, 3.0]), 4)
    assert list(indices) == [5, 20_000, 0, 1]
    np.testing.assert_allclose(distances, [0, 0, 18**0.5, 18**0.5])


def test_a_bad_question_is_a_sentence():
    for query in (
        "",
        "scores=1,2",
        "scores=1,2&code=",
        "scores=1,2&code=1",
        "scores=1,2&code=1,2,3",
        "scores=1,2&code=1,nan",
        "scores=1,inf&code=1,2",
        "scores=1,2&code=1,1e99",
        "scores=-1e400,2&code=1,2",
        "scores=1,2&code=1,x",
        f"scores=1,2&code=1,{'0' * 100}1",
        f"scores=1,2&code={'1,' * 1000}",
    ):
        status, _, body = get(f"{addresses()['nearest']}?{query}")
        assert status == 400, query
        assert "has to be 2 finite numbers with commas between them." in body.decode()


def test_numbers_far_from_everything_are_answered():
    status, _, body = get(question([9e17, -9e17], [9e17, 9e17]))
    assert status == 200
    assert (np.diff(load(body)["code.distances"]) >= 0).all()


def test_what_is_gone_or_damaged_is_a_sentence():
    run = a_run()
    address = question([0, 0], [0, 0], run.key)
    for old, new in ((run.key, "0" * 12), (addresses(run.key)["nearest"][-16:], "0" * 16)):
        status, _, body = get(address.replace(old, new))
        assert status == 404
        assert b"reload the page" in body
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    status, _, body = get(question([0, 0], [0, 0], run.key))
    assert status == 409
    assert str(path) in body.decode()


@pytest.mark.parametrize("k", [2, 30])
def test_the_full_set_is_searched(full_mnist, k):
    config = RunConfig(dataset="mnist", hidden=(16,), k=k)
    run = store.create(config)
    run.write_checkpoint(1, random_weights(config))
    run.write_status(Status("finished"))
    address = question(np.zeros(k), np.zeros(k), run.key)
    status, _, body = get(address)
    assert status == 200
    codes = loading.train_codes(run, full_mnist)
    assert codes.shape == (60_000, k)
    least = np.sort(np.linalg.norm(codes.astype(float), axis=1))[:8]
    np.testing.assert_allclose(load(body)["code.distances"], least, rtol=1e-4)
