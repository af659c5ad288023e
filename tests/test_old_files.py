"""What an earlier version kept is read: `tests/old/home`, of before 1.0.0, at commit 6be5e2a."""

import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from pcae import cli, store
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.files import home, read_json
from pcae.methods.pca import load_or_fit
from pcae.training import jobs, quality, ready, sweep, worker

LETTERS, FLOWERS = "own-9x7-952873063591", "own-4-00845118b34d"
CONFIG = RunConfig(dataset=LETTERS, hidden=(8,), k=3, epochs=3)


@pytest.fixture(autouse=True)
def old_home(own_folders):
    shutil.copytree(Path(__file__).parent / "old" / "home", home(), dirs_exist_ok=True)


def test_data_of_ones_own_opens():
    assert owndata.load(LETTERS).shape == (9, 7)
    flowers = datasets.load(FLOWERS)
    assert (flowers.title, flowers.columns) == ("Flowers", ("a", "b", "c", "d"))
    assert flowers.classes == ("blue", "green", "red")
    assert (len(flowers.train), len(flowers.test)) == (48, 12)
    assert np.isfinite(flowers.test.pixels()).all()


def test_a_run_opens_with_what_it_was_trained_to():
    run = store.find(CONFIG.key)
    assert run.config == CONFIG
    assert jobs.status(run).state == "finished"
    assert [row.test_error for row in run.history][-1] == 0.09121270477771759
    assert run.frames() == [0, 1, 2, 3]
    data = datasets.load(LETTERS)
    codes = run.model().encode(data.test.pixels())
    np.testing.assert_allclose(run.codes(3), codes, atol=1e-2)
    assert store.sha256_of(run) == run.record["weights_sha256"]
    assert run.checkpoint_epoch() == 3
    assert run.record["equivalent_k"] > 0


def test_what_was_measured_is_measured_again_for_the_figures_that_came_later():
    run, data = store.find(CONFIG.key), datasets.load(LETTERS)
    of_pca = home() / "quality" / f"pca-{LETTERS}-{CONFIG.k}.json"
    for subject, path in zip(quality.pair(run), (of_pca, run.folder / "quality.json"), strict=True):
        before = read_json(path)
        if subject.run:
            version = before["version"]
            weights = run.folder / "weights.safetensors"
            os.utime(weights, ns=(version, version))  # which a copy does not keep
        assert quality.kept(subject, data) is None
        found = quality.find_or_measure(subject, data, load_or_fit(data))
        assert asdict(found) == pytest.approx(
            {name: before.get(name, getattr(found, name)) for name in asdict(found)}, abs=1e-6
        )
        assert 0 <= found.knn1_train_test <= 1
        assert quality.kept(subject, data) == found


def test_a_grid_has_its_networks():
    (key,) = sweep.kept()
    grid = sweep.read(key)
    assert (grid.base.dataset, grid.across, grid.k) == (FLOWERS, "k", (2, 3))
    errors = [network.test_error for network in sweep.look(grid)]
    assert errors == pytest.approx([0.058839318, 0.057416990], abs=1e-8)


def test_the_likely_settings_are_made_ready(monkeypatch):
    made = []
    monkeypatch.setattr(ready.Ready, "take", lambda _, configs, device: made.append(configs))
    monkeypatch.setattr(ready, "_SECONDS_TO_SETTLE", 0)
    shutil.rmtree(store.find(CONFIG.key).folder)  # what is trained already is not made ready
    waiting = ready.Ready()
    waiting.look()
    waiting.follow()
    assert made == [[CONFIG]]


def test_the_command_line_shows_it(capsys):
    assert cli.main(["evaluate", CONFIG.key]) == 0
    assert "0.0912" in capsys.readouterr().out


def test_a_longer_training_goes_on_from_what_there_is(monkeypatch):
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    longer = jobs.submit(replace(CONFIG, epochs=4))
    worker.main()
    assert jobs.status(longer).state == "finished"
    assert longer.history[:3] == store.find(CONFIG.key).history
    assert longer.frames() == [0, 1, 2, 3, 4]
