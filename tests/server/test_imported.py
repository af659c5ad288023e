"""Codes that a visitor has brought, through the app's routes."""

import gc
import json

import numpy as np
import pytest
from safetensors.numpy import load, save

from pcae import store
from pcae.data.codes import read as read_codes
from pcae.server import loading, routes
from tests.server.test_routes import SHIPPED, get

INDICES = np.arange(900, 1100)
PLANE = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)


@pytest.fixture
def codes(sample):
    return read_codes("a.safetensors", save({"codes": PLANE, "index": INDICES}), sample)


def addresses(codes):
    return routes.addresses(store.find(SHIPPED), loading.view("mnist-5k"), codes)


def test_they_take_the_runs_place(codes):
    others, of_run = addresses(codes), addresses(None)
    changed = {"run", "frames", "imported"}
    assert {name for name in others if others[name] != of_run.get(name)} <= changed
    assert others["imported"] == "a.safetensors"
    assert others["frames"] == ""


@pytest.mark.parametrize(("digits", "size", "known"), [("test", 1000, 100), ("all", 5000, 200)])
def test_they_are_served_for_the_digits_asked_for_and_not_kept(codes, digits, size, known):
    status, headers, body = get(addresses(codes)["run"] + digits)
    assert status == 200
    assert headers["cache-control"] == "no-store"
    served = load(body)["codes"]
    assert served.shape == (size, 2)
    np.testing.assert_array_equal(served[900 : 900 + known], PLANE[:known])
    assert np.isfinite(served).all(axis=1).sum() == known
    length = int.from_bytes(body[:8], "little")
    about = json.loads(body[8 : 8 + length])["__metadata__"]
    assert (about["count"], about["tests"]) == ("200", "1000")


def test_another_address_is_a_sentence(codes):
    address = addresses(codes)["run"] + "test"
    for old, new in ((codes.token, "0" * 32), (codes.digest, "0" * 16), ("test", "x")):
        status, _, body = get(address.replace(old, new))
        assert status == 404
        assert b"reload the page" in body


def test_they_are_gone_with_the_session_that_holds_them(sample):
    codes = read_codes("a.safetensors", save({"codes": PLANE}), sample)
    address = addresses(codes)["run"] + "test"
    assert get(address)[0] == 200
    del codes
    gc.collect()
    assert get(address)[0] == 404
