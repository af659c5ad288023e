"""The `.keras` file: plain Keras opens it, with the same numbers; a process of its own makes it."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile
from pcae.store import Status
from pcae.takehome import keras_file
from pcae.takehome.keras_file import NotMade
from pcae.training import jobs
from tests.methods.test_autoencoder import random_weights

SMALL = RunConfig(dataset="mnist-5k", hidden=(32, 16), k=3)
CONFIGS = [
    SMALL,
    RunConfig(dataset="mnist-5k", hidden=(32, 16), activation="gelu", layer_norm=True),
    RunConfig(dataset="mnist-5k", hidden=(32,), activation="tanh", layer_norm=True, k=1),
    RunConfig(dataset="mnist-5k", hidden=(), output="linear", beta=1.0),
    RunConfig(dataset="mnist-5k", architecture="convolutional", hidden=(32, 64, 128)),
    RunConfig(
        dataset="mnist-5k",
        architecture="convolutional",
        hidden=(8, 6),
        activation="gelu",
        layer_norm=True,
        output="linear",
        k=4,
    ),
]
PLAIN = """
import sys
import numpy as np
import keras
for path in sys.argv[1:]:
    model = keras.saving.load_model(path)
    images = np.load(path + ".npy")
    codes = model.get_layer("encoder").predict(images, verbose=0)
    decoded = model.get_layer("decoder").predict(codes, verbose=0)
    np.savez(path + ".npz", codes=codes, decoded=decoded, whole=model.predict(images, verbose=0))
    for part in (model, model.get_layer("encoder"), model.get_layer("decoder")):
        assert all(type(layer).__module__.startswith("keras.src") for layer in part.layers)
assert "pcae" not in sys.modules
"""


def trained(config, seed=0):
    """A run with weights that nobody trained."""
    run, weights = store.create(config), random_weights(config)
    weights["encoder.0.bias"] = weights["encoder.0.bias"] + seed
    run.write_checkpoint(1, weights)
    run.write_status(Status("finished"))
    return run


@pytest.fixture
def failing(monkeypatch):
    """Processes that end at once and make nothing."""
    monkeypatch.setattr(
        jobs, "start", lambda *of: subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    )


def test_plain_keras_opens_it_and_gives_the_same_numbers(sample, tmp_path):
    runs, images = [trained(config) for config in CONFIGS], sample.test.pixels(slice(100))
    keras_file.find_or_make(runs[0])  # in a process, as the page does
    paths = []
    for run in runs:
        keras_file.main(run.key)
        path = tmp_path / f"{run.key}.keras"
        shutil.copyfile(keras_file.find_or_make(run), path)
        np.save(f"{path}.npy", images)
        paths.append(path)
    subprocess.run([sys.executable, "-c", PLAIN, *paths], cwd=tmp_path, check=True)
    for run, path in zip(runs, paths, strict=True):
        model, found = run.model(), np.load(f"{path}.npz")
        codes = model.encode(images)
        assert np.abs(found["codes"] - codes).max() < 1e-5 * max(1, np.abs(codes).max())
        for pictures in ("decoded", "whole"):
            assert np.abs(found[pictures] - model.decode(codes)).max() < 1e-5


def test_a_file_is_kept_until_the_weights_change_and_then_removed(monkeypatch):
    monkeypatch.setattr(keras_file, "_saved", lambda model: json.dumps(model.config.k).encode())
    run, other = trained(SMALL), trained(CONFIGS[1])
    assert not keras_file.made(run)
    keras_file.main(run.key)
    keras_file.main(other.key)
    monkeypatch.setattr(jobs, "start", None)
    assert keras_file.made(run)
    assert keras_file.find_or_make(run).read_bytes() == b"3"
    trained(SMALL, seed=1)
    assert not keras_file.made(run)
    keras_file.main(run.key)
    assert keras_file.made(other)
    assert len(list((store.home() / "keras").iterdir())) == 2


def test_a_process_that_makes_nothing_is_said(failing):
    run = trained(SMALL)
    assert not keras_file.failed(run)
    with pytest.raises(NotMade, match="could not be made"):
        keras_file.find_or_make(run)
    assert keras_file.failed(run)
    assert not keras_file.running(run)
    trained(SMALL, seed=1)  # of other weights nobody has tried
    assert not keras_file.failed(run)


def test_a_deleted_run_is_said(failing):
    run = trained(SMALL)
    store.delete(run)
    with pytest.raises(DamagedFile, match="not there any more"):
        keras_file.find_or_make(run)
    with pytest.raises(DamagedFile, match="not there any more"):
        keras_file.main(run.key)


def test_one_that_takes_minutes_is_not_waited_for(monkeypatch):
    run = trained(SMALL)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setattr(jobs, "start", lambda *_: process)
    monkeypatch.setattr(keras_file, "_MOST_SECONDS", 0.2)
    with pytest.raises(NotMade, match="try again in a while"):
        keras_file.find_or_make(run)
    process.communicate(b"\n")


def test_tensorflow_makes_one_file_at_a_time(monkeypatch):
    held = []

    def saved(model):
        held.append(jobs.held(jobs.lock("keras_file")))
        return b""

    monkeypatch.setattr(keras_file, "_saved", saved)
    keras_file.main(trained(SMALL).key)
    assert held == [True]
