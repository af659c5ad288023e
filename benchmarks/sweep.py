"""A sweep of small networks, and visitors who only look: the worker's seconds and its memory.

    python -m benchmarks.sweep [--networks 40] [--changes 30] [--memory-limit-gb N] [--json]

Needs the full MNIST. Networks 784-16-k of one epoch, two seeds of every k from 1, are submitted as
one to a store of their own, and a worker trains them. From the end of one k's networks to the end
of the next one's, less the seconds of their epochs in their records, is what they take beyond their
epochs: a network's share, the median over all k but the first, which bears TensorFlow's start.
Memory is the worker's: its peak, and what it holds after each quarter of the networks.

Then, with a new store and worker, nobody trains: the settings on the form change from *Train*'s to
*Linear = PCA*'s and back, four seconds apart. What the worker uses of the processor counts from
when the first settings are ready. With 0 networks or changes that part is left out.

Memory is known on Linux alone. The limit is on each process's address space, as `ulimit -v`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import operator
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from benchmarks import machine
from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.training import jobs, sweep
from pcae.training.sweep import Sweep

BASE = RunConfig(hidden=(16,), epochs=1)
LIKELY = (PRESETS["Seed network, 5 epochs"], PRESETS["Linear"])
SEEDS = (0, 1)
GAP_SECONDS = 4.0  # the worker follows a form that stood still for two, and has to make it ready
SAID = {
    "network_seconds": "{:.2f} s a network, median",
    "overhead_seconds": "{:.2f} s of it beyond its epoch, median",
    "peak_mb": "{:.0f} MB at most in the worker",
    "looking_peak_mb": "{:.0f} MB at most in a worker that visitors only look at",
    "looking_cpu_seconds": "{:.1f} s of its processor once it was ready",
}


def main() -> None:
    """Train the sweep, look around and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=40)
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--memory-limit-gb", type=float)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    machine.need_mnist()
    if options.memory_limit_gb:
        limit(options.memory_limit_gb)
    result: dict[str, Any] = {"processor": machine.processor()}
    if options.networks:
        with own_store():
            result |= trained(options.networks)
    if options.changes:
        with own_store():
            result |= looked_at(options.changes)
    if options.json:
        print(json.dumps(result))
        return
    print(result["processor"])
    for name, words in SAID.items():
        if name in result:
            print(f"{name:22} {'unknown' if result[name] is None else words.format(result[name])}")
    if "memory_mb" in result:
        held = ", ".join("unknown" if mb is None else f"{mb:.0f} MB" for mb in result["memory_mb"])
        print(f"{'memory_mb':22} {held} after each quarter of {result['networks']} networks")


def limit(gigabytes: float) -> None:
    """Limit the address space of this process, and so of the workers that it starts."""
    import resource  # not on Windows

    most = int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


@contextlib.contextmanager
def own_store() -> Iterator[None]:
    """A store that is gone afterwards, with its worker."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        try:
            yield
        finally:
            jobs.stop_workers()


def trained(count: int) -> dict[str, Any]:
    """Train so many networks, rounded up to an even number, and tell what they took."""
    every_k = range(1, (count + 1) // 2 + 1)
    grid = Sweep(base=BASE, hidden=[BASE.hidden], k=every_k, epochs=[1], seed=SEEDS)
    count, memory = len(grid.configs), []
    sweep.submit(grid)
    for done, config in enumerate(grid.configs, 1):
        wait_for(config)
        if done in {count * quarter // 4 for quarter in range(1, 5)}:
            memory.append(machine.memory_mb())
    peak, networks = machine.peak_mb(), sweep.look(grid)
    of_each_k = [[of for of in networks if of.config.k == k] for k in every_k]
    ends = [max(of.status.updated for of in alike) for alike in of_each_k]
    whole = [(end - before) / len(SEEDS) for before, end in pairwise(ends)]
    epochs = [statistics.mean(of.seconds or 0.0 for of in alike) for alike in of_each_k[1:]]
    return {
        "networks": count,
        "network_seconds": statistics.median(whole) if whole else None,
        "overhead_seconds": statistics.median(map(operator.sub, whole, epochs)) if whole else None,
        "peak_mb": peak,
        "memory_mb": memory,
    }


def wait_for(config: RunConfig) -> None:
    """Wait until a network is finished; end with its message where it does not come to that."""
    run = store.own_run(config.key)
    while (seen := jobs.status(run)).active:
        time.sleep(0.1)
    if seen.state != "finished":
        raise SystemExit(f"{config.name}, seed {config.seed}, {seen.state}: {seen.message}")


def looked_at(changes: int) -> dict[str, Any]:
    """Change the likely settings so often, and tell what the worker used."""
    jobs.keep_warm(LIKELY[0])
    machine.wait_for_rest()
    began = machine.processor_seconds()
    for change in range(1, changes + 1):
        jobs.keep_warm(LIKELY[change % 2])
        time.sleep(GAP_SECONDS)
    machine.wait_for_rest()
    ended = machine.processor_seconds()
    return {
        "looking_peak_mb": machine.peak_mb(),
        "looking_cpu_seconds": ended - began if began and ended else None,
    }


if __name__ == "__main__":
    main()
