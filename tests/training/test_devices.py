"""Which device a training is given, from what a machine says it has."""

from pathlib import Path

import pytest

from pcae.training import devices
from pcae.training.devices import Device, choose

AMPERE = {"device_name": "NVIDIA A100", "compute_capability": (8, 0)}
TURING = {"device_name": "Tesla T4", "compute_capability": (7, 5)}
PLAIN, ZEN4 = frozenset({"avx2"}), frozenset({"avx2", "avx512_bf16", "sse4a"})
AMX, NO_AMX = frozenset({"avx512_bf16", "amx_bf16"}), frozenset({"avx2", "avx512_bf16"})


@pytest.mark.parametrize(
    ("gpus", "flags", "expected"),
    [
        ([], PLAIN, Device("CPU, 2 cores", "/CPU:0", False, 2, 2)),
        ([], ZEN4, Device("CPU, 2 cores, bfloat16 products", "/CPU:0", True, 2, 2)),
        ([], AMX, Device("CPU, 2 cores, bfloat16 products", "/CPU:0", True, 2, 2)),
        ([], NO_AMX, Device("CPU, 2 cores", "/CPU:0", False, 2, 2)),
        ([], frozenset(), Device("CPU, 2 cores", "/CPU:0", False, 2, 2)),
        ([AMPERE], PLAIN, Device("GPU, NVIDIA A100, bfloat16 products", "/GPU:0", True, 1, 64)),
        ([TURING], ZEN4, Device("GPU, Tesla T4", "/GPU:0", False, 1, 64)),
        ([TURING, AMPERE], PLAIN, Device("GPU, Tesla T4", "/GPU:0", False, 1, 64)),
        ([{}], ZEN4, Device("GPU, unnamed", "/GPU:0", False, 1, 64)),
    ],
)
def test_the_device_follows_what_the_machine_has(gpus, flags, expected):
    assert choose(gpus, flags, 2) == expected


def test_a_machine_that_does_not_tell_its_features_has_none(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert devices.cpu_flags() == frozenset()


def test_two_cores_get_two_threads_and_more_are_left_to_tensorflow():
    assert devices.cpu_threads(2) == (2, 1)
    assert devices.cpu_threads(8) == (0, 0)


@pytest.mark.parametrize(
    ("gpus", "cores", "parameters", "networks"),
    [
        ([], 2, 26_000, 2),
        ([], 1, 26_000, 1),
        ([], 8, 20_000_000, 2),
        ([AMPERE], 2, 26_000, 64),
        ([AMPERE], 2, 3_000_000, 21),
        ([AMPERE], 2, 100_000_000, 1),
    ],
)
def test_networks_go_side_by_side_as_far_as_memory_may_be_short(gpus, cores, parameters, networks):
    device = choose(gpus, PLAIN, cores)
    assert device.together(parameters) == networks
    assert device.together(parameters, stack=False) == (1 if gpus else networks)


@pytest.mark.parametrize(
    ("named", "visible"),
    [
        (None, ["0", "1"]),
        ("1", ["1"]),
        ("1, 0", ["1", "0"]),
        ("0,-1,1", ["0"]),
        ("-1", []),
        ("", []),
    ],
)
def test_gpus_are_those_of_the_driver_that_cuda_may_show(tmp_path, monkeypatch, named, visible):
    for folder in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / folder).mkdir()
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if named is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
    assert devices.visible_gpus(tmp_path) == visible
    assert devices.visible_gpus(tmp_path / "none") == []
