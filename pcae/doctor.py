"""What pcae finds on this machine, or at a server, and what is wrong with it."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pcae import __version__, names, pythons, rules, store
from pcae.cluster import command
from pcae.data import datasets
from pcae.data.datasets import DataError, DataMissing
from pcae.files import DamagedFile, home, write
from pcae.training import named, warm
from pcae.training.named import ClusterError

_PACKAGES = ("streamlit", "tensorflow", "keras", "numpy", "scikit-learn", "plotly", "safetensors")
_DEVICE = (
    "from pcae.training.loop import prepare_device; import sys; "
    "print(); print(prepare_device().name, file=sys.stdout)"
)


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is as it should be, and what was found."""

    name: str
    ok: bool
    found: str


class BadAddress(Exception):
    """An address at which nothing can be looked at; the message says what it has to be."""


def run(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What the command line prints: of this machine, or of the server that is named."""
    from pcae import outside  # which needs what is here

    checks = outside.check(options.server) if options.server else check()
    problems = sum(not check.ok for check in checks)
    text = "\n".join(f"{'ok ' if c.ok else 'BAD'} {c.name}: {c.found}" for c in checks)
    return {"checks": [asdict(check) for check in checks], "problems": problems}, text


def check() -> list[Check]:
    """Look at everything pcae depends on."""
    return [
        Check("pcae", True, __version__),
        _python(),
        *(_package(name) for name in _PACKAGES),
        _device(),
        _first_training(),
        *(_data(name) for name in names.all_here()),
        _cache_folder(),
        limits(),
        *of_cluster(),
        *_runs(),
    ]


def _python() -> Check:
    problem = pythons.problem_here()
    return Check("Python", not problem, problem or platform.python_version())


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed: run pip install -r requirements.txt")


def _device() -> Check:
    """Where training would run, asked of TensorFlow in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-c", _DEVICE],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        reason = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        return Check("device", False, f"TensorFlow does not start ({reason})")
    device = answer.stdout.strip().splitlines()[-1]
    driver = shutil.which("nvidia-smi")
    if driver and device.startswith("CPU"):
        return Check(
            "device",
            False,
            f"{device}, although an NVIDIA driver is installed: "
            "run pip install -r requirements-gpu.txt",
        )
    return Check("device", True, device)


def _first_training() -> Check:
    """When TensorFlow is loaded for it."""
    if warm.wanted():
        found = f"TensorFlow is loaded once a page is painted; {warm.VARIABLE}=0 leaves that"
    else:
        found = f"TensorFlow is loaded when somebody trains: {warm.VARIABLE} is 0"
    return Check("first training", True, found)


def _data(name: str) -> Check:
    try:
        data = datasets.load(name)
    except DataMissing as problem:
        if name not in datasets.DOWNLOADED:
            return Check(name, False, str(problem))
        # what can be fetched when it is wanted is not a fault
        return Check(name, True, f"not here; fetched when asked for. {problem}")
    except DataError as problem:
        return Check(name, False, str(problem))
    return Check(
        name,
        True,
        f"{len(data.train):,} training and {len(data.test):,} test images, {data.source}",
    )


def _cache_folder() -> Check:
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / ".doctor", "")
        (folder / ".doctor").unlink()
    except OSError as problem:
        return Check(
            "cache folder",
            False,
            f"{folder} cannot be written ({problem.strerror}): free space there, or set PCAE_HOME",
        )
    free = shutil.disk_usage(folder).free / 1e9
    return Check("cache folder", True, f"{folder}, {free:.0f} GB free")


def limits() -> Check:
    """Whether the file with a class's limits can be used, if there is one."""
    found = "as in class.toml" if rules.path().exists() else "the usual ones"
    return Check("limits of a class", not rules.problem(), rules.problem() or found)


def of_cluster() -> list[Check]:
    """Whether the cluster that is named can be used, if one is."""
    if not named.scheduler():
        return []
    try:
        found = command.look()
    except ClusterError as problem:
        return [Check("cluster", False, str(problem))]
    workers = found["workers"]
    refused = [worker["refused"] for worker in workers if worker["refused"]]
    may = f"{len(workers) - len(refused)} of {len(workers)} workers at {found['scheduler']} train"
    return [Check("cluster", bool(workers) and not refused, ". ".join([may, *refused]))]


def _runs() -> list[Check]:
    """The damaged runs, or one line that says there are none."""
    runs, damaged = store.runs(), []
    for run in runs:
        try:
            _ = run.config, run.history, run.status, run.record
            _ = run.trained and run.model()
            for place in run.frames():
                run.codes(place)
        except DamagedFile as problem:
            damaged.append(Check(f"run {run.key}", False, str(problem)))
    return damaged or [Check("runs", True, f"{len(runs)}, all readable")]
