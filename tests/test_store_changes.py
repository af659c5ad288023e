"""Runs that are deleted, swept away or taken over by others."""

import errno
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home
from pcae.methods.autoencoder import weights_sha256
from pcae.store import EpochRecord, Status
from tests.test_store import (
    SHIPPED,
    SMALL,
    codes_after,
    contents,
    finished,
    moments,
    own_keys,
    weights,
)

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


def test_a_run_deleted_while_the_store_is_listed_is_left_out(monkeypatch):
    gone, other = finished(), finished(replace(SMALL, seed=1))
    stat = Path.stat

    def vanishing(path, **options):
        if path == gone.folder:
            monkeypatch.setattr(Path, "stat", stat)
            shutil.rmtree(path)
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", vanishing)
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
