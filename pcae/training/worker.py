"""The process that trains: `python -m pcae.training.worker` takes queued runs until none come.

TensorFlow lives here and nowhere else. While nobody has asked for a training yet, the worker
makes that of the likely settings ready. Runs that wait one after another and are of one form are
trained side by side. What is learned goes into each run's folder, epoch by epoch; should the worker
be killed, the next one goes on from the last finished epoch.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from pathlib import Path

from filelock import FileLock, Timeout

from pcae import store
from pcae.training import claiming, devices, jobs
from pcae.training.attempts import attempt, from_one_epoch
from pcae.training.claiming import Asked, Claimed
from pcae.training.devices import Device
from pcae.training.ready import Ready
from pcae.training.reporter import Reporter

IDLE_SECONDS = 120.0
_POLL_SECONDS = 0.1


def main(idle_seconds: float = 0.0) -> None:
    """Train queued runs until none has come for a while, unless there are workers enough.

    With nothing to do it also ends where the process that started it has ended.
    """
    found = _free_slot()
    if found is None:
        return
    slot, lock = found
    gpus = devices.visible_gpus()
    if gpus:  # before TensorFlow looks for them
        os.environ["CUDA_VISIBLE_DEVICES"] = gpus[slot]
    tried: set[Asked] = set()
    while True:
        try:
            store.sweep()
            claiming.mark_orphans()
            _serve(slot, idle_seconds, tried)
            left = claiming.waiting(tried)
        finally:
            lock.release()
        if set(claiming.waiting(tried)) <= set(left):
            return  # else one was asked for before the lock was let go
        try:
            lock.acquire(timeout=1)
        except Timeout:
            return  # the other worker looks at the queue after it lets go


def _free_slot() -> tuple[int, FileLock] | None:
    """A place for one more worker, with its lock held."""
    for number in range(jobs.slots()):
        lock = jobs.worker_lock(number)
        with contextlib.suppress(Timeout):
            lock.acquire(timeout=1)  # a page may hold it for a moment, to see whether it is held
            return number, lock
    return None


def _serve(slot: int, idle_seconds: float, tried: set[Asked]) -> None:
    ready, parent, busy = Ready(), os.getppid(), time.monotonic()
    if idle_seconds:
        on_gpu = ready.begin()
        if slot and not on_gpu:
            return  # TensorFlow cannot use this GPU, and there is one worker for the CPU
    while True:
        ready.look()
        if claimed := claiming.claim(tried):
            _work_on(claimed, ready, tried)
            busy = time.monotonic()
        elif time.monotonic() - max(busy, ready.asked) >= idle_seconds or os.getppid() != parent:
            return
        else:
            ready.follow()
            time.sleep(_POLL_SECONDS)


def yield_to_the_page() -> None:
    """Let whatever else runs on this machine go first: the page answers while a network trains."""
    if hasattr(os, "nice"):
        os.nice(19)
    # Linux may schedule a session as one group, and then only the group's niceness counts: sched(7)
    with contextlib.suppress(OSError, AttributeError):
        if os.getsid(0) == os.getpid():  # else it is the session of whoever typed the command
            Path("/proc/self/autogroup").write_text("19")


def _work_on(first: Claimed, ready: Ready, tried: set[Asked]) -> None:
    """Train a run to its end, and those beside it that wait and are of its form."""
    claimed = [first]
    try:
        device = _device(first)
        if device:
            config = first.run.config
            most = device.together(config.parameters, stack=config.stacks)
            following = claiming.waiting(tried).values()
            claimed += claiming.claim_alike(first, following, most, jobs.slots(), tried)
            runs = claiming.adopt_prefixes(of.run for of in claimed)
            for alike in from_one_epoch(runs):
                attempt(alike, device, ready)
    finally:
        for of in claimed:
            of.lock.release()


def _device(claimed: Claimed) -> Device | None:
    """Where the run is to be trained; None where that cannot be told, as the run then says."""
    try:
        from pcae.training.loop import prepare_device  # seconds, if it was not loaded before

        return prepare_device(claimed.on_cpu)
    except Exception as problem:
        Reporter(claimed.run).fail(problem)
        return None


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    yield_to_the_page()
    main(IDLE_SECONDS)
