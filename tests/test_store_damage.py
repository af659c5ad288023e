"""Damaged files of runs, and full disks: a sentence on its own run, and all else goes on."""

import errno
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home, write_arrays, write_json
from pcae.store import Status
from tests.test_store import (
    FILES,
    HEADER,
    READERS,
    SMALL,
    a_record,
    codes_after,
    finished,
    own_keys,
    weights,
)

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
        HEADER.replace("\n", ",divergence\n") + "1,0.1,0.1,2\n",
        HEADER.replace("\n", ",divergence\n") + "1,0.1,0.1,2,nan\n",
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
        "no divergence",
        "a divergence that is no number",
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
