"""The proof of a GPU, on the CPU and at a small size: `python -m benchmarks.gpu --small`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RACERS = {f"ours_{kind}{xla}" for kind in ("float32", "bfloat16") for xla in ("", "_xla")}
RACERS |= {"fit", "fit_xla"}


@pytest.fixture(scope="module")
def found():
    """What the benchmark says where it is shown no GPU."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu", "--small", "--json"],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_says_that_there_is_no_gpu(found):
    assert not found["gpu"]
    assert found["device"].startswith("CPU, ")
    assert found["tensorflow"]["version"].startswith("2.")
    assert found["tensorflow"]["gpus"] == []
    assert found["out_of_memory"] == {"not_measured": "needs a GPU"}


def test_what_is_trained_twice_is_the_same(found):
    assert found["error"]["device"] == found["error"]["cpu"]
    assert (found["error"]["difference"], found["error"]["below_1e-3"]) == (0, True)
    assert found["error"]["difference_to_numpy"] < 1e-6
    first, second = found["same_weights"]["sha256"]
    assert len(first) == 64
    assert (first == second, found["same_weights"]["equal"]) == (True, True)


def test_every_racer_trains_the_network_with_all_options(found):
    assert set(found["speed"]) == {"Best 2-D"}
    for racers in found["speed"].values():
        assert racers.pop("ratio_fit") > 0
        assert set(racers) == RACERS
        plain = racers["ours_float32"]["test_error"]
        for name, figures in racers.items():
            assert figures["epochs_a_second"] > 0
            if name.startswith("ours"):
                assert figures["test_error"] == pytest.approx(plain, abs=1e-3)


def test_networks_side_by_side_are_what_they_are_alone(found):
    sweep = found["sweep"]
    assert (sweep["networks"], sweep["together"]) == (4, min(2, os.cpu_count()))
    assert sweep["largest_difference"] == 0
    assert sweep["ratio"] == sweep["seconds_together"] / sweep["seconds_one_by_one"]


def test_memory_is_measured_after_each_training(found):
    memory = found["memory"]
    assert len(memory["process_mb"]) == memory["trainings"]
    assert memory["process_growth_mb"] == memory["process_mb"][-1] - memory["process_mb"][0]
    assert (memory["gpu_mb"], memory["gpu_growth_mb"]) == ([], None)
