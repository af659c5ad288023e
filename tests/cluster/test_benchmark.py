"""The benchmark of a cluster, at a small size."""

import json
import subprocess
import sys
from pathlib import Path


def test_the_figures_are_told_as_json():
    small = ["--networks", "4", "--epochs", "1", "--workers", "1", "--repeats", "1"]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.cluster", *small, "--json"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["same_weights"] is True
    assert found["bytes_a_network"] > 100_000  # its weights, at least
    assert found["efficiency"] is None  # of one worker there is none
    assert found["overhead_seconds"] < 60
