"""Networks on a cluster of this machine's: throughput, a task's overhead, and the bytes it moves.

    python -m benchmarks.cluster [--networks 32] [--epochs 24] [--workers 1 2 4] [--repeats 3]
        [--json]

The networks of one sweep, 784-256-64-k on the offline digits, are trained by the local worker, and
then on clusters of so many workers, each with a store of its own. The local worker and the
cluster's workers are pinned to a core each, in turn where there are more of them than cores; what
dispatches is not. A cluster's time counts from when all its workers have loaded TensorFlow until
the last network is finished, and so does the local worker's.

Throughput is networks a second. Efficiency is that of n workers by n times that of one, for the
most workers that have a core each. What a network takes with one worker beyond what it takes
locally is the overhead of the cluster. All is done in turn, several times over, and each figure is
the median of what the turns came to. The weights are those that the records tell.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine
from pcae.config import RunConfig
from pcae.files import home, read_json
from pcae.store import own_run
from pcae.training import jobs, named, sweep
from pcae.training.sweep import Sweep

BASE = RunConfig(dataset="mnist-5k", hidden=(256, 64), batch_size=32)
SEEDS = 4
POLL_SECONDS = 0.5  # looking more often would take what is measured
ROOT = Path(__file__).parents[1]
PINNED = hasattr(os, "sched_setaffinity")


def main() -> None:
    """Train the sweep everywhere and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.pop(named.VARIABLE, None)
    os.environ["PCAE_WARM"] = "0"
    every_k = range(1, -(-options.networks // SEEDS) + 1)
    hidden, epochs = [BASE.hidden], [options.epochs]
    grid = Sweep(base=BASE, hidden=hidden, k=every_k, epochs=epochs, seed=range(SEEDS))
    result = measure(grid, sorted(set(options.workers)), options.repeats)
    print(json.dumps(result) if options.json else said(result))


def measure(grid: Sweep, counts: list[int], repeats: int) -> dict[str, Any]:
    """Train the sweep by the local worker and on clusters of so many workers, in turn."""
    networks, cores = len(grid.configs), os.cpu_count() or 1
    turns, moved, same = [], 0.0, True
    for _ in range(repeats):
        with own_store(), pinned(0):
            jobs.warm()
            alone, weights = trained(grid)
        turn = {0: alone / networks}  # 0: without a cluster
        for count in counts:
            with own_store(), cluster(count):
                took, found = trained(grid)
                turn[count] = took / networks
                moved = max(moved, told()["bytes"] / networks)
                same &= found == weights
        turns.append(turn)
    apart = max((count for count in counts if count <= cores), default=0)
    paired = 1 in counts and apart > 1
    return {
        "processor": machine.processor(),
        "networks": networks,
        "repeats": repeats,
        "cores": cores,
        "pinned": PINNED,
        "local_seconds": median(turn[0] for turn in turns),
        "seconds": {str(count): median(turn[count] for turn in turns) for count in counts},
        "efficiency_workers": apart,
        "efficiency": median(of[1] / (apart * of[apart]) for of in turns) if paired else None,
        "overhead_seconds": median(of[1] - of[0] for of in turns) if 1 in counts else None,
        "bytes_a_network": moved,
        "same_weights": same,
    }


def said(result: dict[str, Any]) -> str:
    """What was measured, in lines."""
    pinned = "pinned to a core each" if result["pinned"] else "not pinned to cores"
    lines = [
        f"{result['processor']}; workers {pinned}",
        f"{'local_seconds':18} {result['local_seconds']:.2f} s a network by the local worker",
    ]
    for count, of in result["seconds"].items():
        crowd = ", more than there are cores" if int(count) > result["cores"] else ""
        lines.append(f"{'seconds':18} {of:.2f} s a network with {count} workers{crowd}")
    if result["efficiency"] is not None:
        apart = result["efficiency_workers"]
        lines.append(f"{'efficiency':18} {result['efficiency']:.2f} with {apart} workers")
    if result["overhead_seconds"] is not None:
        lines.append(f"{'overhead_seconds':18} {result['overhead_seconds']:.2f} s a network")
    lines.append(f"{'bytes_a_network':18} {result['bytes_a_network']:,.0f}")
    lines.append(f"{'same_weights':18} {'yes' if result['same_weights'] else 'NO'}")
    return "\n".join(lines)


@contextlib.contextmanager
def own_store() -> Iterator[None]:
    """A store that is gone afterwards, with who trains for it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        os.environ["PCAE_HOME"] = place
        try:
            yield
        finally:
            jobs.stop_workers()


@contextlib.contextmanager
def pinned(number: int) -> Iterator[None]:
    """Have what is started meanwhile run on one core."""
    if not PINNED:
        yield
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@contextlib.contextmanager
def cluster(count: int) -> Iterator[None]:
    """A scheduler and so many workers, which have loaded TensorFlow, named for what is trained."""
    found = []
    try:
        with own_file() as file:
            here = ("--host", "127.0.0.1", "--dashboard-address", ":0", "--no-dashboard")
            known = ("--scheduler-file", str(file))
            found.append(dask("scheduler", "--port", "0", *here, *known))
            for number in range(count):
                once = ("--nthreads", "1", "--no-nanny", "--memory-limit", "0")
                place = ("--local-directory", str(home() / f"dask-{number}"))
                name = ("--name", f"worker-{number}")
                with pinned(number):
                    found.append(dask("worker", *here[:2], *known, *once, *place, *name))
            while not file.exists():
                time.sleep(POLL_SECONDS)
            os.environ[named.VARIABLE] = str(file)
            jobs.keep_warm(BASE)  # starts the dispatcher
            while sum(bool(of["device"]) for of in told()["workers"]) < count:
                time.sleep(POLL_SECONDS)
            yield
    finally:
        os.environ.pop(named.VARIABLE, None)
        jobs.stop_workers()
        for process in reversed(found):
            process.kill()
            process.wait()


@contextlib.contextmanager
def own_file() -> Iterator[Path]:
    """A path at which a scheduler may write where it is."""
    with tempfile.TemporaryDirectory() as place:
        yield Path(place) / "scheduler.json"


def dask(*arguments: str) -> subprocess.Popen:
    """Start a scheduler or a worker, which tells the store's log."""
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "dask.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=ROOT,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
            stdout=log,
            stderr=log,
        )


def told() -> dict[str, Any]:
    """What the dispatcher last told of the cluster."""
    try:
        return read_json(home() / "cluster.json")
    except FileNotFoundError:
        return {"workers": [], "bytes": 0}


def trained(grid: Sweep) -> tuple[float, dict[str, str]]:
    """Train the sweep; from when a worker is ready to the last network, and all their weights."""
    if not named.scheduler():
        machine.wait_for_rest()
    begun = time.time()
    sweep.submit(grid)
    while not all(jobs.over(of.status) for of in sweep.look(grid)):
        time.sleep(POLL_SECONDS)
    networks = sweep.look(grid)
    for of in networks:
        if of.status.state != "finished":
            raise SystemExit(f"{of.config.name}, {of.status.state}: {of.status.message}")
    took = max(of.status.updated for of in networks) - begun
    time.sleep(2)  # the dispatcher tells the bytes of the last
    records = {of.config.key: own_run(of.config.key).record for of in networks}
    return took, {key: record["weights_sha256"] for key, record in records.items()}


if __name__ == "__main__":
    main()
