"""A run's files on their way from a worker into the store."""

import time
from dataclasses import replace

import numpy as np
import pytest

from pcae import store
from pcae.cluster import mirror
from pcae.files import DamagedFile
from pcae.store import Status
from tests.cluster.making import SMALL, epochs, scratch, weights

ASKED = Status("running", queued=7.0, on_cpu=True)


@pytest.fixture
def there(tmp_path):
    run = scratch(tmp_path / "scratch")
    epochs(run, 2)
    return run


@pytest.fixture
def here(own_folders):
    return store.create(SMALL)


def names(files):
    return [name for name, _, _ in files]


def stamps(files):
    return {name: stamp for name, stamp, _ in files}


def test_what_is_new_comes_in_the_order_of_its_writing_and_once(there, here):
    files = mirror.changed(there.folder, {})
    codes = [f"codes/{epoch:04d}.safetensors" for epoch in range(3)]
    assert names(files) == [*codes, "history.csv", "weights.safetensors", "status.json"]
    assert mirror.changed(there.folder, stamps(files)) == []
    assert names(mirror.changed(there.folder, {}, ["weights.safetensors"]))[-2:] == [
        "history.csv",
        "status.json",
    ]
    mirror.apply(here, files, ASKED)
    for name in names(files)[:-1]:
        assert (here.folder / name).read_bytes() == (there.folder / name).read_bytes()
    epochs(there, 3, value=0.25)
    assert names(mirror.changed(there.folder, stamps(files)))[-4:] == [
        "codes/0003.safetensors",
        "history.csv",
        "weights.safetensors",
        "status.json",
    ]


def test_a_variational_networks_variances_come_with_its_weights(tmp_path, own_folders):
    config = replace(SMALL, beta=1.0)
    there, here = scratch(tmp_path / "scratch", config.key), store.create(config)
    there.write_checkpoint(1, weights(config))
    mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    assert "variance.1.kernel" in here.checkpoint()[1]
    there.write_checkpoint(2, weights(SMALL))
    with pytest.raises(DamagedFile, match="no state of this network"):
        mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    assert here.checkpoint()[0] == 1


@pytest.mark.parametrize("more", [{}, {"decoder_weights": "tied"}])
def test_an_ordered_networks_errors_come_with_its_record(tmp_path, own_folders, more):
    config = replace(SMALL, hidden=(), output="linear", code_order="nested", **more)
    there, here = scratch(tmp_path / "scratch", config.key), store.create(config)
    there.write_checkpoint(1, weights(config))
    record = {
        "command": "",
        "data": {"name": "", "digest": "", "train": 1, "test": 1},
        "device": "",
        "equivalent_k": 1,
        "errors_by_k": {"train": [0.2, 0.1], "test": [0.2, 0.1]},
        **dict.fromkeys(("seconds", "test_error", "train_error"), 0.1),
        "versions": {},
        "weights_sha256": "",
    }
    there.write_record(record)
    mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    assert here.record == record
    there.write_record(record | {"errors_by_k": {"train": [0.1], "test": [0.1]}})
    with pytest.raises(DamagedFile, match="no errors of 1 to 2 codes"):
        mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    assert here.record == record


def test_of_very_much_the_codes_come_first(there, monkeypatch):
    monkeypatch.setattr(mirror, "MOST_BYTES", 100)
    have = {}
    for _ in range(10):
        files = mirror.changed(there.folder, have)
        assert len(files) < 6 or not have
        have |= stamps(files)
        if "status.json" in have:
            break
        assert set(names(files)) <= {f"codes/{epoch:04d}.safetensors" for epoch in range(3)}
    assert len(have) == 6


def test_the_clock_is_ones_own_and_what_was_asked_for_is_kept(there, here):
    mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    seen = here.status
    assert abs(seen.updated - time.time()) < 60
    assert (seen.queued, seen.on_cpu, seen.device) == (7.0, True, "CPU, on worker ada")


def test_what_was_asked_for_again_is_not_said_to_have_ended(there, here):
    here.write_status(Status("queued", queued=9.0))
    there.write_status(Status("cancelled"))
    mirror.apply(here, mirror.changed(there.folder, {}), ASKED, lambda: True)
    assert here.status.state == "queued"
    assert here.checkpoint_epoch() == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights.safetensors", b"cut short"),
        ("history.csv", b"epoch,train_loss\n1,"),
        ("record.json", b"{}"),
        ("status.json", b'{"state": "happy"}'),
        ("codes/0001.safetensors", b""),
        ("../config.json", b"{}"),
        ("config.json", b"{}"),
        ("codes/../cancel", b""),
    ],
)
def test_what_is_damaged_replaces_nothing(there, here, name, content):
    mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    before = {path: path.read_bytes() for path in here.folder.rglob("*") if path.is_file()}
    with pytest.raises(DamagedFile):
        mirror.apply(here, [(name, (0, 0, 0), content)], ASKED)
    after = {path: path.read_bytes() for path in here.folder.rglob("*") if path.is_file()}
    assert after == before
    assert list(here.folder.parent.glob(".*")) == []


@pytest.mark.parametrize("wrong", ["not finite", "another shape", "without moments"])
def test_weights_of_another_network_or_with_a_hole_are_refused(there, here, wrong):
    state = weights()
    if wrong == "not finite":
        state["encoder.0.bias"][0] = np.nan
    elif wrong == "another shape":
        state["encoder.0.bias"] = np.zeros(3, np.float32)
    else:
        state = {name: of for name, of in state.items() if not name.startswith("adam")}
    there.write_checkpoint(2, state)
    with pytest.raises(DamagedFile):
        mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    assert not here.trained
    assert len(here.history) == 2  # what came before it is in its place
    assert here.status.state == "new"


def test_of_a_run_that_was_deleted_nothing_is_left(there, here):
    store.delete(here)
    with pytest.raises((OSError, DamagedFile)):
        mirror.apply(here, mirror.changed(there.folder, {}), ASKED)
    assert list(here.folder.parent.iterdir()) == []
