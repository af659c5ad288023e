"""Training in a process of its own: started, followed, cancelled, killed, and gone on with."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import home, read_arrays, write_arrays
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from pcae.server import loading
from pcae.store import Status
from pcae.training import jobs, worker

pytestmark = pytest.mark.usefixtures("pca_kept", "no_worker_left")

SMALL = RunConfig(dataset="mnist-5k", hidden=(32,), epochs=2)
LONG = replace(SMALL, hidden=(256,), batch_size=32, epochs=200)
PATIENCE = 60


def wait(run, wanted, seconds=PATIENCE):
    """Wait until `wanted(status)` holds; the status."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = jobs.status(run)
        if wanted(status):
            return status
        time.sleep(0.05)
    raise AssertionError(f"still {jobs.status(run)} after {seconds} s; log: {log()}")


def wait_for_epoch(run, epoch):
    """Wait until an epoch is finished."""
    return wait(run, lambda _: len(run.history) >= epoch)


def log():
    path = home() / "worker.log"
    return path.read_text() if path.exists() else ""


def ended(status):
    return not status.active


def kill_worker():
    """As the system does when memory runs out."""
    for process in jobs._workers:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_run_is_trained_and_kept_with_its_record(one_worker):
    run = jobs.submit(SMALL)
    assert jobs.status(run).active
    status = wait(run, ended)
    assert (status.state, status.message) == ("finished", "")
    assert [row.epoch for row in run.history] == [1, 2]
    assert run.codes(0).shape == run.codes(2).shape == (1000, 2)
    record = run.record
    assert record["test_error"] == pytest.approx(run.history[-1].test_error, abs=1e-6)
    assert record["weights_sha256"] == store.sha256_of(run)
    assert record["data"]["name"] == "mnist-5k"
    assert record["versions"].keys() >= {"tensorflow", "keras", "numpy", "python"}
    assert record["device"]


def test_cancel_keeps_finished_epochs_and_training_goes_on_later(one_worker):
    long = replace(LONG, seed=1)
    run = jobs.submit(long)
    wait_for_epoch(run, 2)
    began = time.monotonic()
    jobs.cancel(run)
    status = wait(run, ended)
    assert time.monotonic() - began < 5
    assert status.state == "cancelled"
    kept = run.history
    assert len(kept) >= 2
    assert run.checkpoint_epoch() == len(kept)
    jobs.submit(long)
    wait_for_epoch(run, len(kept) + 1)
    assert run.history[: len(kept)] == kept
    jobs.cancel(run)
    wait(run, ended)


def test_cancelling_a_queued_run_leaves_the_one_in_training_alone(one_worker):
    long = replace(LONG, seed=2)
    first, second = jobs.submit(long), jobs.submit(replace(SMALL, seed=2))
    wait_for_epoch(first, 1)
    jobs.cancel(second)
    assert jobs.status(second).state == "cancelled"
    assert jobs.status(first).state == "running"
    assert not second.history
    jobs.cancel(first)
    wait(first, ended)


def test_a_run_deleted_in_training_stays_deleted(one_worker):
    long = replace(LONG, seed=3)
    run = jobs.submit(long)
    wait_for_epoch(run, 1)
    store.delete(run)
    wait_for_log("was deleted")
    assert not run.folder.exists()
    jobs.cancel(run)
    assert not run.folder.exists()


def test_cancelled_and_asked_for_again_at_once_it_is_trained(one_worker):
    long = replace(LONG, seed=4)
    run = jobs.submit(long)
    wait_for_epoch(run, 1)
    jobs.cancel(run)
    jobs.submit(long)
    reached = len(run.history)
    wait_for_epoch(run, reached + 2)
    jobs.cancel(run)
    assert wait(run, ended).state == "cancelled"


def test_a_linear_network_turns_into_pcas_plane(train, sample):
    run = train(replace(PRESETS["Linear"], dataset="mnist-5k", batch_size=32, epochs=40))
    assert run.status.state == "finished"
    np.testing.assert_array_equal(run.decoder(40), run.model().weights["decoder.0.kernel"])
    fitted = load_or_fit(sample)
    angles, _ = loading.angles_to_pca(run, fitted)
    assert angles.shape == (41, 2)
    assert angles[0].max() > 45
    assert angles[-1].max() < 1
    assert run.history[-1].test_error == pytest.approx(fitted.test_error[2], rel=1e-3)


def test_asking_again_for_a_finished_run_starts_nothing(train):
    run = train(SMALL)
    before = run.version
    train(SMALL)
    assert jobs.status(run).state == "finished"
    assert run.version == before


def test_runs_queue_and_the_longer_goes_on_from_the_shorter(train):
    short = jobs.submit(SMALL)
    long = jobs.submit(replace(SMALL, epochs=3))
    assert jobs.place_in_queue(long) == 1
    other = train(replace(SMALL, epochs=3, hidden=(33,)))
    assert [row.epoch for row in long.history] == [1, 2, 3]
    assert long.history[:2] == short.history
    assert store.sha256_of(other) != store.sha256_of(long)


def test_a_killed_worker_is_seen_and_the_run_ends_in_the_same_weights(
    tmp_path, monkeypatch, request
):
    config = replace(SMALL, epochs=4, batch_size=16, augmentation="shift")
    run = jobs.submit(config)
    wait_for_epoch(run, 1)
    kill_worker()
    status = jobs.status(run)
    assert status.state == "interrupted"
    assert "train again to go on" in status.message
    jobs.submit(config)
    wait(run, ended)
    assert jobs.status(run).state == "finished"
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "unbroken"))
    train = request.getfixturevalue("train")  # which starts no worker any more
    assert store.sha256_of(train(config)) == run.record["weights_sha256"]


def test_two_processes_asking_for_one_run_train_it_once():
    ask = (
        "from pcae.training import jobs; from tests.training.test_jobs import SMALL, ended, wait;"
        "wait(jobs.submit(SMALL), ended)"
    )
    root = Path(__file__).parents[2]
    askers = [subprocess.Popen([sys.executable, "-c", ask], cwd=root) for _ in range(2)]
    assert [asker.wait() for asker in askers] == [0, 0]
    run = store.own_run(SMALL.key)
    wait(run, ended)
    assert jobs.status(run).state == "finished"
    assert [row.epoch for row in run.history] == [1, 2]
    wait_until_no_worker()
    assert log().count("trains run") == 1


def wait_until_no_worker():
    end = time.monotonic() + PATIENCE
    while jobs.worker_alive() and time.monotonic() < end:
        time.sleep(0.05)
    assert not jobs.worker_alive()


def wait_for_log(words):
    end = time.monotonic() + PATIENCE
    while words not in log() and time.monotonic() < end:
        time.sleep(0.05)
    assert words in log()


def test_a_diverged_run_says_so_and_keeps_its_last_good_epoch(train):
    run = train(SMALL)
    longer = store.create(replace(SMALL, epochs=3))
    state, about = read_arrays(run.folder / "weights.safetensors")
    state["adam.first.decoder.0.bias"][0] = float("nan")
    write_arrays(longer.folder / "weights.safetensors", state, about)
    longer.write_history(run.history)
    status = train(longer.config).status
    assert status.state == "failed"
    assert "epoch 3" in status.message
    assert "Lower the learning rate" in status.message
    assert longer.checkpoint_epoch() == 2


def test_missing_data_is_said_in_a_sentence(train):
    status = train(RunConfig(dataset="fashion-mnist", epochs=1)).status
    assert status.state == "failed"
    assert "Fashion-MNIST is not on this machine" in status.message


def test_asking_for_a_run_with_a_damaged_file_trains_it(train):
    run = train(SMALL)
    whole = store.sha256_of(run)
    for file in ("weights.safetensors", "status.json", "history.csv"):
        (run.folder / file).write_bytes(b"cut")
        assert train(SMALL).status.state == "finished"
        assert store.sha256_of(run) == whole
        assert [row.epoch for row in run.history] == [1, 2]


def test_weights_that_are_no_numbers_are_trained_again_from_the_start(train):
    run = train(SMALL)
    whole = store.sha256_of(run)
    state, about = read_arrays(run.folder / "weights.safetensors")
    state["decoder.0.bias"][0] = float("nan")
    write_arrays(run.folder / "weights.safetensors", state, about)
    assert train(SMALL).status.state == "finished"
    assert store.sha256_of(run) == whole


def test_what_damages_a_shorter_run_does_not_keep_a_longer_from_training(train):
    (train(SMALL).folder / "codes" / "0001.safetensors").write_bytes(b"cut")
    longer = train(replace(SMALL, epochs=3))
    assert longer.status.state == "finished"
    assert [row.epoch for row in longer.history] == [1, 2, 3]


def test_a_worker_sweeps_what_a_killed_one_left():
    run = store.create(SMALL)
    old, new = run.folder / ".weights.safetensors.old", run.folder / ".status.json.new"
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    worker.main()
    assert not old.exists()
    assert new.exists()


def test_a_full_disk_in_training_is_said_and_loses_nothing(monkeypatch):
    run = store.create(SMALL)
    run.write_status(Status("queued", queued=time.time()))
    written = store.Run.write_checkpoint

    def full(self, epoch, state):
        if epoch == 2:
            raise OSError(28, "No space left on device")
        written(self, epoch, state)

    monkeypatch.setattr(store.Run, "write_checkpoint", full)
    worker.main()
    status = run.status
    assert status.state == "failed"
    assert "No space left on device" in status.message
    assert run.checkpoint_epoch() == 1


def test_the_loss_inside_an_epoch_is_told_as_it_goes(monkeypatch):
    run, told, written = store.create(SMALL), [], store.Run.write_status

    def listen(self, status):
        told.append(status)
        written(self, status)

    monkeypatch.setattr(store.Run, "write_status", listen)
    run.write_status(Status("queued", queued=time.time()))
    worker.main()
    inside = [status for status in told if status.batch]
    assert {status.epoch for status in inside} == {1, 2}
    for status in inside:
        places = [place for place, _ in status.within]
        assert places == sorted(set(places))
        assert status.epoch - 1 < places[0] <= places[-1] <= status.epoch
        reached = status.epoch - 1 + status.batch / status.batches
        assert places[-1] == pytest.approx(reached, abs=1e-4)
    last = [status for status in inside if status.epoch == 1][-1].within
    assert last[0][1] > 2 * last[-1][1]
    assert told[-1].state == "finished"
    assert told[-1].within == []


def test_a_store_that_cannot_be_written_is_said_when_asking(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(jobs.JobError, match="set PCAE_HOME to a folder that can be written"):
        jobs.submit(SMALL)


def test_a_worker_started_beside_another_ends_at_once():
    with jobs.worker_lock():
        done = subprocess.run(
            [sys.executable, "-m", "pcae.training.worker"],
            cwd=Path(__file__).parents[2],
            timeout=30,
        )
    assert done.returncode == 0


def test_a_new_worker_marks_what_a_dead_one_left():
    run = store.create(SMALL)
    run.write_status(Status("running", "Training.", epoch=1, batch=3, batches=9))
    worker.main()
    assert run.status.state == "interrupted"


def test_a_run_that_lost_its_history_or_its_weights_is_trained_again(train):
    run = train(SMALL)
    for file in ("history.csv", "weights.safetensors"):
        (run.folder / file).unlink()
        assert train(SMALL).status.state == "finished"
        assert run.trained
        assert [row.epoch for row in run.history] == [1, 2]


def test_kills_at_random_moments_end_in_the_unbroken_runs_weights():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", "--kills", "4", "--small"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kills; " in done.stdout


def test_codes_are_kept_at_moments_of_the_first_epoch():
    run = store.create(SMALL)
    run.write_status(Status("queued", queued=time.time()))
    worker.main()
    places = run.frames()
    assert [place for place in places if place in {0, 1, 2}] == [0, 1, 2]
    inside = [place for place in places if 0 < place < 1]
    assert len(inside) >= 4
    assert not [place for place in places if 1 < place < 2]
    assert all(run.codes(place).dtype == np.float16 for place in inside)
    spread = [run.codes(place).astype(float).std() for place in places]
    assert spread[0] != spread[1]
