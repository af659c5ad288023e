"""Runs are found, read, adopted and deleted, and a damaged one says so."""

import errno
import os
import re
import shlex
from dataclasses import replace

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import home
from pcae.methods.autoencoder import weight_shapes, weights_sha256
from pcae.methods.metrics import equivalent_k, evaluate
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS, preset
from pcae.store import EpochRecord, Status

SMALL = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=3)
NO_KEYS = ["../../etc", "/etc/passwd", "", ".", "2A5C2A656109", "2a5c2a65610", "2a5c2a656109\n"]
FILES = (
    "config.json",
    "status.json",
    "history.csv",
    "record.json",
    "weights.safetensors",
    "codes/0001.safetensors",
)
READERS = {
    "config.json": lambda run: run.config,
    "status.json": lambda run: run.status,
    "history.csv": lambda run: run.history,
    "record.json": lambda run: run.record,
    "weights.safetensors": lambda run: run.model(),
    "codes/0001.safetensors": lambda run: run.codes(1),
}
HEADER = "epoch,train_loss,test_error,seconds\n"


def weights(config=SMALL, value=0.1):
    """Weights of the right shapes, all alike."""
    return {
        name: np.full(shape, value, np.float32) for name, shape in weight_shapes(config).items()
    }


def moments(config=SMALL):
    """What a checkpoint holds beside the weights."""
    return {f"adam.{name}": array * 2 for name, array in weights(config).items()}


def codes_after(epoch):
    """Codes that tell the epoch."""
    return np.full((1000, 3), epoch + 0.5)


def finished(config=SMALL, epochs=None):
    """A run of one's own, trained for some epochs."""
    run = store.create(config)
    epochs = config.epochs if epochs is None else epochs
    rows = [EpochRecord(n, 0.07 / n, 0.08 / n, 1.5 * n) for n in range(1, epochs + 1)]
    for epoch in range(epochs + 1):
        run.write_codes(epoch, codes_after(epoch))
    run.write_history(rows)
    run.write_status(Status("finished", epoch=epochs))
    run.write_record(a_record(test_error=0.03))
    run.write_checkpoint(epochs, weights(config) | moments(config))
    return run


def contents(run):
    """Every file of a run with its bytes."""
    return {
        str(path.relative_to(run.folder)): path.read_bytes()
        for path in run.folder.rglob("*")
        if path.is_file()
    }


def a_record(**figures):
    """A finished run's record with some of its figures."""
    known = {"command": "python -m pcae train", "device": "CPU", "versions": {"python": "3.11"}}
    data = {"name": "mnist-5k", "digest": "0" * 16, "train": 4000, "test": 1000}
    usual = dict.fromkeys(("equivalent_k", "seconds", "test_error", "train_error"), 1.0)
    return {**known, "data": data, "weights_sha256": "0" * 64, **usual, **figures}


def own_keys():
    """The keys of one's own runs."""
    return [run.key for run in store.runs() if not run.shipped]


# create, find, list


def test_there_are_no_runs_of_ones_own_at_first():
    assert own_keys() == []
    assert not home().exists()


def test_a_created_run_is_found_by_its_key():
    run = store.create(SMALL)
    assert run.config == SMALL
    assert run.folder == home() / "runs" / SMALL.key
    assert store.find(SMALL.key) == run == store.own_run(SMALL.key)
    assert own_keys() == [SMALL.key]
    assert (run.folder / "codes").is_dir()
    assert (run.status, run.trained, run.history, run.record) == (Status("new"), False, [], {})


def test_creating_a_run_again_keeps_what_it_has():
    before = contents(finished())
    assert contents(store.create(SMALL)) == before


def test_a_preset_that_is_queued_again_is_shown_as_it_ships_until_it_has_weights():
    config = PRESETS["Seed network, 5 epochs"]
    own = store.create(config, Status("queued", queued=1.0))
    assert store.find(config.key) == store.trained_runs()[config.key] != own
    assert store.find(config.key).shipped
    assert [run.shipped for run in store.runs() if run.key == config.key] == [False, True]
    own.write_checkpoint(1, weights(config))
    assert store.find(config.key) == store.trained_runs()[config.key] == own
    assert [run.shipped for run in store.runs() if run.key == config.key] == [False]


def test_a_run_that_is_not_there_is_not_found():
    assert store.find(SMALL.key) is None
    assert not store.own_run(SMALL.key).folder.exists()


@pytest.mark.parametrize("key", NO_KEYS)
def test_what_is_no_key_is_refused_and_touches_nothing(key):
    finished()
    with pytest.raises(ValueError, match=rf"{re.escape(repr(key))} is not the key of a run\."):
        store.own_run(key)
    assert store.find(key) is None
    assert [path.name for path in home().iterdir()] == ["runs"]


def test_folders_that_are_no_runs_are_not_listed():
    finished()
    for name in (".2a5c2a656109-01234567", "notes", "2a5c2a65610", "2A5C2A656109"):
        (home() / "runs" / name).mkdir()
    assert own_keys() == [SMALL.key]


def test_a_file_named_like_a_run_is_not_listed():
    (home() / "runs").mkdir(parents=True)
    (home() / "runs" / SMALL.key).write_text("mine")
    assert own_keys() == []
    assert store.find(SMALL.key) is None


def test_the_newest_run_is_listed_first():
    configs = [replace(SMALL, seed=seed) for seed in range(3)]
    for age, config in enumerate(configs):
        os.utime(store.create(config).folder, (1_000_000 - age, 1_000_000 - age))
    assert own_keys() == [config.key for config in configs]


def test_a_store_below_a_regular_file_holds_nothing(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "home"))
    assert own_keys() == []
    with pytest.raises(OSError, match="file"):
        store.create(SMALL)
    assert (tmp_path / "file").read_text() == "mine"


# the runs that ship


SHIPPED = [preset.key for preset in PRESETS.values()]
every_shipped = pytest.mark.parametrize("name", PRESETS)


def test_every_preset_ships_and_nothing_else():
    assert [run.key for run in store.runs()] == SHIPPED
    assert all(run.shipped for run in store.runs())
    assert sorted(path.name for path in store.PRETRAINED.iterdir()) == sorted(SHIPPED)


def test_what_ships_is_small():
    files = [file for file in store.PRETRAINED.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 30_000_000


@every_shipped
def test_a_shipped_run_is_readable_and_whole(name, sample):
    config = PRESETS[name]
    run = store.find(config.key)
    assert run.config == config
    assert run.status.state == "finished"
    assert run.checkpoint_epoch() == config.epochs
    assert [row.epoch for row in run.history] == list(range(1, config.epochs + 1))
    assert run.model().encode(sample.test.pixels()).shape == (1000, config.k)
    assert preset(shlex.split(run.record["command"])[-1]) == PRESETS[name]
    assert set(run.record["versions"]) >= {"python", "tensorflow", "keras", "numpy"}
    assert run.record["seconds"] == pytest.approx(sum(row.seconds for row in run.history))


@every_shipped
def test_a_shipped_run_has_the_figures_it_says(name, full_mnist):
    run = store.find(PRESETS[name].key)
    figures, record = evaluate(run.model().reconstruct, full_mnist).figures(), run.record
    assert record["test_error"] == pytest.approx(figures["test_error"], abs=1e-6)
    assert record["train_error"] == pytest.approx(figures["train_error"], abs=1e-6)
    enough = equivalent_k(figures["test_error"], load_or_fit(full_mnist).test_error)
    assert record["equivalent_k"] == pytest.approx(enough, abs=1e-3)
    assert record["weights_sha256"] == store.sha256_of(run)
    assert record["data"] == full_mnist.about()
    # trained with weights of 32 bits, shipped in 16
    assert run.history[-1].test_error == pytest.approx(record["test_error"], abs=1e-5)


@every_shipped
def test_a_shipped_run_has_its_codes_from_before_training_to_its_end(name, full_mnist):
    config = PRESETS[name]
    run = store.find(config.key)
    places = run.frames()
    assert (places[0], places[-1]) == (0, config.epochs)
    assert sum(place < 1 for place in places) >= 4
    last = run.codes(places[-1]).astype(np.float32)
    assert last.shape[1] == config.k
    assert len(last) >= 250
    codes = run.model().encode(full_mnist.test.pixels(slice(0, len(last))))
    assert np.abs(last - codes).max() < 0.01 * np.abs(codes).max()
    decoded = [place for place in places if run.decoder(place) is not None]
    assert decoded == (list(range(config.epochs + 1)) if config.linear else [])


def test_ones_own_trained_run_hides_the_shipped_until_it_is_deleted():
    default = RunConfig()
    own = finished(default, epochs=1)
    assert [run for run in store.runs() if run.key == default.key] == [own]
    assert store.find(default.key) == own
    store.delete(own)
    assert store.find(default.key).shipped
    assert store.find(default.key).trained


def test_ones_own_run_without_weights_does_not_hide_the_shipped():
    own = store.create(RunConfig())
    assert store.find(own.key).shipped
    assert own in store.runs()


# round trips


def test_a_status_survives():
    run = store.create(SMALL)
    status = Status("running", "Trains.", 2, 17, 32, 0.05, 1.5e9, 1.6e9, "CPU, 2 cores")
    run.write_status(status)
    assert run.status == status


@pytest.mark.parametrize(
    ("state", "active"),
    [
        ("new", False),
        ("queued", True),
        ("running", True),
        ("finished", False),
        ("cancelled", False),
        ("failed", False),
        ("interrupted", False),
    ],
)
def test_a_run_is_active_while_a_worker_has_it_or_should_soon(state, active):
    assert Status(state).active is active


def test_a_history_survives_to_the_last_digit():
    run = store.create(SMALL)
    rows = [EpochRecord(1, 1 / 3, 0.1 + 0.2, 1e-17), EpochRecord(2, 5e-324, 1e300, 0.0)]
    run.write_history(rows)
    assert run.history == rows
    run.write_history(rows[:1])
    assert run.history == rows[:1]


def test_a_history_has_a_column_of_divergences_where_there_are_some():
    run = store.create(replace(SMALL, beta=1.0))
    rows = [EpochRecord(1, 0.2, 0.1, 1.0, 1 / 3), EpochRecord(2, 0.1, 0.1, 1.0, 5.5)]
    run.write_history(rows)
    assert run.history == rows
    assert (run.folder / "history.csv").read_text().startswith(HEADER[:-1] + ",divergence\n")
    plain = store.create(SMALL)
    plain.write_history([replace(row, divergence=None) for row in rows])
    assert (plain.folder / "history.csv").read_text().startswith(HEADER)


def test_codes_survive_in_16_bits():
    run = store.create(SMALL)
    codes = np.random.default_rng(0).normal(0, 20, (1000, 3)).astype(np.float32)
    run.write_codes(0, codes)
    run.write_codes(12, codes + 1)
    assert run.codes(0).dtype == np.float16
    np.testing.assert_allclose(run.codes(0), codes, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(run.codes(12), codes + 1, rtol=1e-3, atol=1e-6)


def test_codes_beyond_16_bits_stay_finite():
    run = store.create(SMALL)
    run.write_codes(1, np.array([[1e6, -1e6, 1.0]], np.float32))
    assert np.isfinite(run.codes(1)).all()
    assert run.codes(1)[0, 0] == -run.codes(1)[0, 1] > 60_000


def test_a_checkpoint_survives_with_its_epoch():
    run, state = store.create(SMALL), weights() | moments()
    assert run.checkpoint() is None
    assert run.checkpoint_epoch() == 0
    run.write_checkpoint(2, state)
    epoch, again = run.checkpoint()
    assert epoch == run.checkpoint_epoch() == 2
    assert set(again) == set(state)
    for name, array in state.items():
        np.testing.assert_array_equal(again[name], array)


def test_a_model_has_the_weights_and_not_the_moments():
    run = finished()
    model = run.model()
    assert run.trained
    assert model.config == SMALL
    assert set(model.weights) == set(weight_shapes(SMALL))
    assert store.sha256_of(run) == weights_sha256(SMALL, weights())


def test_the_version_changes_with_the_weights():
    run = finished()
    before = run.version
    assert run.version == before
    run.write_status(Status("finished"))
    assert run.version == before
    run.write_checkpoint(3, weights(value=0.2))
    assert run.version != before


def test_a_cancel_can_be_asked_for_and_taken_back():
    run = store.create(SMALL)
    for wanted in (False, True, True, False, False):
        run.want_cancel(wanted)
        assert run.cancel_wanted is wanted


def test_a_full_disk_loses_nothing_of_a_run(monkeypatch):
    run = finished()
    before = contents(run)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fdopen", full)
    for act in (
        lambda: run.write_status(Status("failed")),
        lambda: run.write_codes(1, codes_after(9)),
        lambda: run.write_history([]),
        lambda: run.write_checkpoint(9, weights(value=9)),
        lambda: run.write_record({}),
        lambda: run.want_cancel(True),
    ):
        with pytest.raises(OSError, match="No space left on device"):
            act()
    assert contents(run) == before
