"""Kill the worker at random moments and compare the weights with an unbroken run's.

    python -m benchmarks.kills [--kills 50] [--preset "Seed, 5 epochs"] [--seed 0]

Works in a folder of its own, with the offline digits where the full MNIST is not there. A run
that ends between two kills is compared, deleted and begun again; the last one is let run to its
end. Exits with 1 if any weights differ.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

from pcae import datasets, store
from pcae.config import PRESETS, RunConfig
from pcae.store import Run, Status

LONGEST_LIFE = 12.0  # seconds: TensorFlow's start and a few epochs


def start(config: RunConfig) -> tuple[Run, subprocess.Popen]:
    """Queue the run and start a worker for it."""
    run = store.create(config)
    run.write_status(Status("queued", queued=time.time()))
    command = [sys.executable, "-m", "pcae.worker"]
    return run, subprocess.Popen(command, stderr=subprocess.DEVNULL)


def digest(run: Run) -> str:
    """The digest of a finished run's weights."""
    if run.status.state != "finished":
        raise SystemExit(f"The run ended as {run.status.state}: {run.status.message}")
    return store.sha256_of(run)


def finish(config: RunConfig) -> str:
    """Let the run come to its end; the digest of its weights."""
    run, process = start(config)
    process.wait()
    return digest(run)


def main() -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--preset", choices=PRESETS, default="Seed, 5 epochs")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args()
    moments = random.Random(options.seed)
    data, _ = datasets.load_or_sample("mnist")
    config = replace(PRESETS[options.preset], dataset=data.name)
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        unbroken = finish(config)
        store.delete(store.own_run(config.key))
        digests, kills = [], 0
        while kills < options.kills:
            run, process = start(config)
            try:
                process.wait(moments.uniform(0.0, LONGEST_LIFE))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                print(f"kill {kills}: after epoch {run.checkpoint_epoch()}", flush=True)
                continue
            digests.append(digest(run))
            store.delete(run)
        digests.append(finish(config))
    same = digests.count(unbroken)
    print(f"{kills} kills; {same} of {len(digests)} runs end in the unbroken run's weights")
    raise SystemExit(same != len(digests))


if __name__ == "__main__":
    main()
