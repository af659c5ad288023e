"""Kill the worker at random moments and compare the weights with an unbroken run's.

    python -m benchmarks.kills [--kills 50] [--minutes 60] [--small] [--seed 0] [--json]
        [--preset "Seed network, 5 epochs"]

Works in a folder of its own, with the offline digits where the full MNIST is not there. A run
that ends between two kills is compared, deleted and begun again; the last one is let run to its
end. Every worker is a fork of this process, which has TensorFlow loaded and not begun to use it.
Exits with 1 if any weights differ.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pcae.training.loop  # noqa: F401
from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.presets import PRESETS
from pcae.store import Run, Status
from pcae.training import worker

SMALL = RunConfig(dataset="mnist-5k", hidden=(64, 32), batch_size=32, augmentation="shift")
FORK = multiprocessing.get_context("fork")


def work(config: RunConfig, seconds: float | None = None) -> tuple[Run, bool]:
    """Queue the run and let a worker have it, for so long; the run, and whether it was killed."""
    run = store.create(config)
    run.write_status(Status("queued", queued=time.time()))
    process = FORK.Process(target=worker.main, daemon=True)  # ends with this process
    process.start()
    process.join(seconds)
    killed = process.is_alive()
    process.kill()
    process.join()
    return run, killed


def digest(run: Run) -> str:
    """The digest of a finished run's weights."""
    if run.status.state != "finished":
        raise SystemExit(f"The run ended as {run.status.state}: {run.status.message}")
    return store.sha256_of(run)


def main() -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--preset", choices=PRESETS, default="Seed network, 5 epochs")
    parser.add_argument("--small", action="store_true", help="a small network in its place")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the worker ends too
    gc.freeze()  # else every fork, looking for garbage, copies TensorFlow's objects
    data, _ = datasets.load_or_sample("mnist")
    config = SMALL if options.small else replace(PRESETS[options.preset], dataset=data.name)
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        kills, runs, same = campaign(config, options.kills, 60 * options.minutes, options.seed)
    if options.json:
        print(json.dumps({"kills": kills, "runs": runs, "same_weights": same == runs}))
    else:
        print(f"{kills} kills; {same} of {runs} runs end in the unbroken run's weights")
    raise SystemExit(same != runs)


def campaign(config: RunConfig, most: int, seconds: float, seed: int) -> tuple[int, int, int]:
    """Kills; runs that were let end after kills or without; those of them with the same weights."""
    moments, end = random.Random(seed), time.monotonic() + seconds
    unbroken = digest(work(config)[0])
    store.delete(store.own_run(config.key))
    began = time.monotonic()
    digests, kills = [digest(work(config)[0])], 0
    longest = time.monotonic() - began
    store.delete(store.own_run(config.key))
    while kills < most and time.monotonic() < end:
        run, killed = work(config, moments.uniform(0.0, longest))
        if killed:
            kills += 1
            print(
                f"kill {kills}: after epoch {run.checkpoint_epoch()}", file=sys.stderr, flush=True
            )
        else:
            digests.append(digest(run))
            store.delete(run)
    digests.append(digest(work(config)[0]))
    return kills, len(digests), digests.count(unbroken)


if __name__ == "__main__":
    main()
