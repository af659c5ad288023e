"""Runs are found, read, adopted and deleted, and a damaged one says so."""

import errno
import os
import re
import shlex
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home, write_arrays, write_json
from pcae.methods.autoencoder import weight_shapes, weights_sha256
from pcae.methods.metrics import equivalent_k, evaluate
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
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
    config = PRESETS["Seed, 5 epochs"]
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
    assert f"--preset {shlex.quote(name)}" in run.record["command"]
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


# damage


@pytest.mark.parametrize("file", FILES)
def test_a_file_cut_short_is_named_with_what_to_do(file):
    run = finished()
    path = run.folder / file
    raw = path.read_bytes()
    path.write_bytes(raw[: raw.rindex(b",") + 1] if file == "history.csv" else raw[: len(raw) // 2])
    with pytest.raises(DamagedFile, match=rf"{re.escape(str(path))} is damaged .*Delete .*\.$"):
        READERS[file](run)
    needing = {file, *FILES[4:]} if file == "config.json" else {file}
    for other in set(FILES) - needing:
        READERS[other](run)


@pytest.mark.parametrize("file", FILES)
def test_an_empty_file_is_damaged(file):
    run = finished()
    (run.folder / file).write_bytes(b"")
    with pytest.raises(DamagedFile, match=r"Delete .*\.$"):
        READERS[file](run)


@pytest.mark.parametrize(
    "text",
    [
        "epoch,train_lo",
        HEADER.strip(),
        "epoch,loss\n1,0.1\n",
        "seconds,epoch,train_loss,test_error\n2,1,0.1,0.1\n",
        HEADER + "one,0.1,0.1,2\n",
        HEADER + "1,,0.1,2\n",
        HEADER + "1,0.1\n",
        HEADER + "1,0.1,0.1,2",
        HEADER + "2,0.1,0.1,2\n",
        HEADER + "1,0.1,0.1,2\n3,0.1,0.1,2\n",
        HEADER + "1,0.1,0.1,2\n1,0.1,0.1,2\n",
        HEADER + "2,0.1,0.1,2\n1,0.1,0.1,2\n",
    ],
    ids=[
        "half a header",
        "no end of the header",
        "other columns",
        "another order of columns",
        "no number",
        "no loss",
        "half a row",
        "no end of the row",
        "no first epoch",
        "an epoch missing",
        "an epoch twice",
        "another order of epochs",
    ],
)
def test_a_damaged_history_is_named_with_what_to_do(text):
    run = finished()
    (run.folder / "history.csv").write_text(text)
    with pytest.raises(DamagedFile, match=r"history\.csv is damaged \(.*Delete .*\.$"):
        _ = run.history


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"k": 0}, r"Bottleneck width k 0 is out of range"),
        ({"colour": "red"}, r"no setting 'colour'"),
        ([1], r"config\.json is damaged"),
        ({}, r"config\.json is damaged \(these are the settings of another run\)"),
        (replace(SMALL, seed=9).to_dict(), r"settings of another run"),
    ],
    ids=str,
)
def test_settings_that_make_no_run_are_named_with_what_to_do(settings, said):
    run = finished()
    write_json(run.folder / "config.json", settings)
    with pytest.raises(DamagedFile, match=rf"{run.key}.*{said}.*Delete .*\.$"):
        _ = run.config


def test_a_run_that_lost_its_settings_says_so():
    run = finished()
    (run.folder / "config.json").unlink()
    with pytest.raises(
        DamagedFile, match=rf"{run.key} has lost its config\.json\. Delete the run\.$"
    ):
        _ = run.config
    with pytest.raises(DamagedFile, match=r"has lost its config\.json"):
        run.model()


def test_a_status_may_tell_more_than_is_known():
    run = finished()
    write_json(run.folder / "status.json", {"state": "running", "colour": "red"})
    assert run.status == Status("running")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"encoder.0.kernel": np.zeros((784, 9), np.float32)}, r"kernel has shape \(784, 9\), not"),
        ({"decoder.1.bias": np.zeros((784, 1), np.float32)}, r"bias has shape \(784, 1\), not"),
        ({"decoder.0.bias": None}, r"decoder\.0\.bias has shape None, not"),
    ],
    ids=["width", "dimensions", "missing"],
)
def test_weights_of_another_shape_are_named_with_what_to_do(changed, said):
    run = finished()
    state = {name: array for name, array in (weights() | changed).items() if array is not None}
    run.write_checkpoint(3, state)
    with pytest.raises(DamagedFile, match=rf"weights.*{said} .*Delete the run and train it again"):
        run.model()


def test_a_run_without_weights_says_what_to_do():
    run = store.create(SMALL)
    with pytest.raises(DamagedFile, match=rf"{run.key} has no weights yet\. Train it\.$"):
        run.model()


@pytest.mark.parametrize("about", [{}, {"epoch": "two"}], ids=str)
def test_a_checkpoint_without_an_epoch_is_damaged(about):
    run = finished()
    write_arrays(run.folder / "weights.safetensors", weights(), about)
    with pytest.raises(DamagedFile, match=r"weights\.safetensors is damaged \(.*Delete .*\.$"):
        run.checkpoint()


WRONG_STATUS = [
    *({"state": of} for of in ("resting", 5, None, ["new"])),
    *({"state": "new", name: None} for name in ("epoch", "message", "device", "within")),
    *({"state": "new", "queued": of} for of in ("now", -1, 1e300)),
    {"state": "running", "epoch": 10**9},
    {"state": "running", "loss": "0.1"},
    {"state": "running", "within": [[0.1]]},
    {"state": "failed", "message": "\ud800"},
    {},
]


@pytest.mark.parametrize("status", WRONG_STATUS, ids=str)
def test_a_status_of_another_form_is_named_with_what_to_do(status):
    run = finished()
    write_json(run.folder / "status.json", status)
    with pytest.raises(DamagedFile, match=r"status\.json is damaged \(“.*Delete .*\.$"):
        _ = run.status


WRONG_FIGURES = [
    *({"equivalent_k": of} for of in (None, "2", -1, 1e9, [2])),
    {"test_error": "x"},
    {"data": {"digest": "0"}},
    {"data": []},
    {"versions": {"keras": 3}},
    {"device": None},
]


@pytest.mark.parametrize("figures", WRONG_FIGURES, ids=str)
def test_a_record_of_another_form_is_named_with_what_to_do(figures):
    run = finished()
    run.write_record(a_record(**figures))
    with pytest.raises(DamagedFile, match=r"record\.json is damaged \(“.*Delete .*\.$"):
        _ = run.record


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_history_holds_finite_numbers_alone(number, column):
    run = finished()
    cells = ["1", "0.1", "0.1", "2"]
    cells[column] = number
    (run.folder / "history.csv").write_text(HEADER + ",".join(cells) + "\n")
    with pytest.raises(DamagedFile, match=r"history\.csv is damaged \(in epoch 1 “.*Delete .*\.$"):
        _ = run.history


def changed(array, value, kind=np.float32):
    """The array with another first number."""
    found = array.astype(kind)
    found.reshape(-1)[0] = value
    return found


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (np.nan, np.float32),
        (np.inf, np.float16),
        (-np.inf, np.float32),
        (1e300, np.float64),
        (1, np.int64),
        (1, bool),
    ],
)
def test_weights_that_are_no_finite_numbers_are_named_with_what_to_do(value, kind):
    run = finished()
    for name in ("encoder.1.bias", "decoder.0.kernel"):
        run.write_checkpoint(3, weights() | {name: changed(weights()[name], value, kind)})
        with pytest.raises(DamagedFile, match=rf"weight {name} .*Delete the run and train it"):
            run.model()


@pytest.mark.parametrize("epoch", ["", "-1", "1.5", "٣", "1e2", "9" * 5_000, "1001"])
def test_a_checkpoint_of_an_epoch_that_cannot_be_is_damaged(epoch):
    run = finished()
    write_arrays(run.folder / "weights.safetensors", weights(), {"epoch": epoch})
    with pytest.raises(DamagedFile, match=r"weights\.safetensors is damaged \(of epoch '"):
        run.checkpoint()


@pytest.mark.parametrize(
    "codes",
    [
        np.zeros((5, 2), np.float16),
        np.zeros((0, 3), np.float16),
        np.zeros(3, np.float16),
        np.zeros((5, 3), np.int16),
        np.full((5, 3), np.nan, np.float16),
    ],
    ids=["k", "no rows", "flat", "integers", "NaN"],
)
def test_codes_of_another_form_are_named_with_what_to_do(codes):
    run = finished()
    write_arrays(run.folder / "codes" / "0001.safetensors", {"codes": codes})
    with pytest.raises(DamagedFile, match=r"0001\.safetensors is damaged \(no .*Delete .*\.$"):
        run.codes(1)


@pytest.mark.parametrize("decoder", [np.zeros((3, 2)), np.full((2, 784), np.inf)], ids=["k", "inf"])
def test_a_decoder_of_another_form_is_named_with_what_to_do(decoder):
    run = store.create(RunConfig(hidden=()))
    run.write_codes(1, np.ones((3, 2)), decoder)
    with pytest.raises(DamagedFile, match=r"0001\.safetensors is damaged \(.*Delete .*\.$"):
        run.decoder(1)


def test_codes_of_odd_names_are_no_codes():
    run = finished()
    for name in ("٠٠٠٧", "9" * 200, "0007.1", "0007\n", "7"):
        (run.folder / "codes" / f"{name}.safetensors").write_text("")
    assert run.frames() == [0, 1, 2, 3]
    (run.folder / "codes" / "0001.safetensors").unlink()
    (run.folder / "codes" / "0001.safetensors").symlink_to("/nowhere")
    assert run.frames() == [0, 2, 3]


@pytest.mark.parametrize("kind", ["file", "nowhere", "itself"])
def test_a_folder_of_the_store_that_is_none_leaves_the_rest(kind):
    run, other = finished(), finished(replace(SMALL, seed=1))
    shutil.rmtree(run.folder)
    if kind == "file":
        run.folder.write_text("mine")
    else:
        run.folder.symlink_to("/nowhere" if kind == "nowhere" else run.folder)
    assert own_keys() == [other.key]
    assert store.find(run.key) is None
    with pytest.raises(OSError, match=r"."):
        store.create(SMALL)
    assert own_keys() == [other.key]


def test_a_folder_that_may_not_be_looked_into_leaves_the_rest(monkeypatch):
    run, other = finished(), finished(replace(SMALL, seed=1))
    stat = Path.stat

    def closed(path, **options):  # the tests may run as root, to whom nothing is closed
        if run.folder in [path, *path.parents]:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", closed)
    assert own_keys() == [other.key]
    assert not run.trained
    with pytest.raises(DamagedFile):
        _ = run.status


# a full disk


def fail_at(monkeypatch, number):
    """The disk is full from this write on."""
    opened, fdopen = [], os.fdopen

    def full(*arguments):
        opened.append(arguments)
        if len(opened) > number:
            os.close(arguments[0])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return fdopen(*arguments)

    monkeypatch.setattr(os, "fdopen", full)


@pytest.mark.parametrize("number", [0, 1])
def test_on_a_full_disk_a_run_is_made_whole_or_not_at_all(monkeypatch, number):
    other = finished(replace(SMALL, seed=1))
    with monkeypatch.context() as patch:
        fail_at(patch, number)
        with pytest.raises(OSError, match="No space left"):
            store.create(SMALL, Status("queued", queued=1.0))
    assert own_keys() == [other.key]
    assert [path.name for path in (home() / "runs").iterdir()] == [other.key]
    run = store.create(SMALL, Status("queued", queued=1.0))
    assert (run.config, run.status.state) == (SMALL, "queued")


def test_a_run_that_lost_its_settings_or_its_codes_gets_them_again():
    run = finished()
    (run.folder / "config.json").unlink()
    shutil.rmtree(run.folder / "codes")
    assert store.create(SMALL).config == SMALL
    run.write_codes(1, codes_after(1))
    assert run.history


def test_codes_without_codes_are_damaged():
    run = finished()
    write_arrays(run.folder / "codes" / "0001.safetensors", {"other": np.zeros(3)})
    with pytest.raises(DamagedFile, match=r"0001\.safetensors is damaged .*Delete .*\.$"):
        run.codes(1)


def test_codes_that_were_not_kept_are_not_there():
    with pytest.raises(FileNotFoundError):
        finished(epochs=2).codes(3)


# delete


def test_a_deleted_run_is_gone_and_no_other():
    run, other = finished(), finished(replace(SMALL, seed=1))
    before = contents(other)
    store.delete(run)
    assert own_keys() == [other.key]
    assert contents(other) == before
    assert [path.name for path in (home() / "runs").iterdir()] == [other.key]


def test_a_deleted_run_is_gone_even_if_its_files_are_not(monkeypatch):
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    run = finished()
    store.delete(run)
    assert own_keys() == []
    assert store.find(run.key) is None
    finished()
    assert own_keys() == [run.key]


def test_a_run_deleted_in_between_reads_as_one_that_never_was():
    run = finished()
    store.delete(run)
    assert (run.status, run.history, run.record) == (Status("new"), [], {})
    assert (run.trained, run.cancel_wanted, run.checkpoint()) == (False, False, None)
    with pytest.raises(DamagedFile, match=r"has lost its config\.json"):
        _ = run.config
    with pytest.raises(DamagedFile, match=r"has no weights yet"):
        run.model()
    assert not run.folder.exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda run: run.write_status(Status("finished")),
        lambda run: run.write_codes(1, codes_after(1)),
        lambda run: run.write_history([]),
        lambda run: run.write_checkpoint(1, weights()),
        lambda run: run.write_record({}),
        lambda run: run.want_cancel(True),
    ],
    ids=["status", "codes", "history", "checkpoint", "record", "cancel"],
)
def test_a_deleted_run_stays_deleted_whatever_is_still_written(write):
    run = finished()
    store.delete(run)
    with pytest.raises(FileNotFoundError):
        write(run)
    assert list((home() / "runs").iterdir()) == []


def test_a_run_that_ships_is_not_deleted(monkeypatch, tmp_path):
    copy = tmp_path / "pretrained"
    shutil.copytree(store.PRETRAINED, copy)
    monkeypatch.setattr(store, "PRETRAINED", copy)
    run = store.find(RunConfig().key)
    before = contents(run)
    with pytest.raises(ValueError, match=rf"{run.key} ships with pcae and stays\.$"):
        store.delete(run)
    assert contents(run) == before
    assert sorted(path.name for path in copy.iterdir() if path.is_dir()) == sorted(SHIPPED)


@pytest.mark.parametrize("looked_at", [False, True])
def test_a_run_deleted_while_the_store_is_listed_is_left_out(looked_at, monkeypatch):
    gone, other = finished(), finished(replace(SMALL, seed=1))
    is_dir = Path.is_dir

    def vanishing(path):
        if path != gone.folder:
            return is_dir(path)
        shutil.rmtree(path)
        return looked_at

    monkeypatch.setattr(Path, "is_dir", vanishing)
    assert own_keys() == [other.key]


def test_deleting_twice_is_an_error_a_page_can_show():
    run = finished()
    store.delete(run)
    with pytest.raises(OSError, match=run.key) as refused:
        store.delete(run)
    assert refused.value.strerror


# sweep


def leftovers(run):
    """What killed processes leave: half-written files, and a half-deleted run."""
    away = home() / "runs" / f".{'0' * 12}-01234567"
    away.mkdir()
    (away / "config.json").write_text("{")
    left = [run.folder / ".status.json.x1", run.folder / "codes" / ".0001.safetensors.x2"]
    for path in left:
        path.write_text("half")
    return [away, *left]


def test_what_is_left_over_is_swept_away_and_nothing_else():
    run = finished()
    before, long_ago = contents(run), time.time() - 3600
    left = leftovers(run)
    for path in (home() / "runs").rglob("*"):
        os.utime(path, (long_ago, long_ago))
    store.sweep()
    assert [path for path in left if path.exists()] == []
    assert contents(run) == before
    assert own_keys() == [run.key]


def test_what_may_still_be_in_use_is_not_swept_away():
    left = leftovers(finished())
    for path in left:
        os.utime(path, (time.time() - 30,) * 2)
    store.sweep()
    assert all(path.exists() for path in left)


@pytest.mark.parametrize("ahead", [3600, 4e8, -3600, -4e8])
def test_what_was_left_before_the_clock_was_set_is_swept_away(ahead):
    left = leftovers(finished())
    for path in left:
        os.utime(path, (time.time() + ahead,) * 2)
    store.sweep()
    assert not [path for path in left if path.exists()]


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_what_may_be_in_use_on_a_disk_with_another_clock_is_not_swept_away(ahead, monkeypatch):
    left, now = leftovers(finished()), time.time() + ahead
    monkeypatch.setattr(time, "time", lambda: now)
    store.sweep()
    assert all(path.exists() for path in left)


def test_what_cannot_be_swept_away_does_not_keep_the_rest(monkeypatch):
    def stuck(_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(shutil, "rmtree", stuck)
    left = leftovers(finished())
    for path in left:
        os.utime(path, (0, 0))
    store.sweep()
    assert [path for path in left if path.exists()] == left[:1]


def test_sweeping_an_empty_store_makes_nothing():
    store.sweep()
    assert not home().exists()


# adopt


def test_a_longer_run_adopts_what_a_shorter_one_has_done():
    short, long = finished(replace(SMALL, epochs=2)), store.create(replace(SMALL, epochs=9))
    before = contents(short)
    long.adopt(short)
    assert contents(short) == before
    assert long.config.epochs == 9
    assert long.history == short.history
    for epoch in range(3):
        np.testing.assert_array_equal(long.codes(epoch), codes_after(epoch))
    assert long.checkpoint_epoch() == 2
    assert weights_sha256(SMALL, long.checkpoint()[1]) == weights_sha256(SMALL, weights())
    assert set(long.checkpoint()[1]) == set(weights() | moments())
    assert set(contents(long)) == set(before) - {"record.json", "status.json"}


def test_what_another_run_is_ahead_of_its_checkpoint_is_not_adopted():
    other, longer = finished(epochs=2), store.create(replace(SMALL, epochs=9))
    other.write_codes(3, codes_after(3))
    other.write_history([*other.history, EpochRecord(3, 0.02, 0.03, 4.5)])
    longer.adopt(other)
    assert [row.epoch for row in longer.history] == [1, 2]
    assert not (longer.folder / "codes" / "0003.safetensors").exists()


def test_codes_that_were_not_kept_are_not_missed():
    other, longer = finished(epochs=2), store.create(replace(SMALL, epochs=9))
    (other.folder / "codes" / "0001.safetensors").unlink()
    longer.adopt(other)
    assert sorted(path.name for path in (longer.folder / "codes").iterdir()) == [
        "0000.safetensors",
        "0002.safetensors",
    ]


def test_a_run_with_damaged_codes_leaves_nothing_to_resume():
    other, longer = finished(epochs=2), store.create(replace(SMALL, epochs=9))
    (other.folder / "codes" / "0002.safetensors").write_text("damaged")
    with pytest.raises(DamagedFile, match=r"0002\.safetensors is damaged"):
        longer.adopt(other)
    assert longer.checkpoint() is None


def test_a_deleted_run_adopts_nothing():
    other, longer = finished(epochs=2), store.create(replace(SMALL, epochs=9))
    store.delete(longer)
    with pytest.raises(FileNotFoundError):
        longer.adopt(other)
    assert own_keys() == [other.key]
    assert not longer.folder.exists()


def test_of_a_run_deleted_before_it_is_adopted_nothing_is_taken():
    other, longer = finished(epochs=2), store.create(replace(SMALL, epochs=9))
    before = contents(longer)
    store.delete(other)
    longer.adopt(other)
    assert contents(longer) == before


def test_of_many_epochs_the_frames_are_few_and_hold_both_ends():
    places = [0.0, 0.25, 0.5, *map(float, range(1, 501))]
    chosen = store.few_frames(places)
    assert len(chosen) <= 40
    assert chosen[:4] == [0.0, 0.25, 0.5, 1.0]
    assert chosen[-1] == 500.0
    assert store.few_frames([0.0, 0.25]) == [0.0, 0.25]


def test_a_linear_networks_decoder_is_kept_with_the_codes_and_adopted():
    run, longer = store.create(RunConfig(hidden=())), store.create(RunConfig(hidden=(), epochs=9))
    decoder = np.arange(2 * 784, dtype=np.float32).reshape(2, 784)
    run.write_codes(0, np.zeros((3, 2)))
    run.write_codes(1, np.ones((3, 2)), decoder)
    assert run.decoder(0) is None
    np.testing.assert_array_equal(run.decoder(1), decoder)
    np.testing.assert_array_equal(run.codes(1), np.ones((3, 2)))
    run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
    run.write_checkpoint(1, {"encoder.0.kernel": np.zeros((784, 2), np.float32)})
    longer.adopt(run)
    np.testing.assert_array_equal(longer.decoder(1), decoder)
