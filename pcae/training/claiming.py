"""Taking runs from the queue, for whoever trains them: the local worker, or a cluster's dispatcher.

A run is taken with its lock held and its status "running". Nothing here needs TensorFlow.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from filelock import FileLock, Timeout

from pcae import store
from pcae.files import DamagedFile
from pcae.store import Run
from pcae.training import jobs
from pcae.training.reporter import Reporter

SECONDS_TO_LOCK = 0.1
log = logging.getLogger(__name__)

Asked = tuple[str, float]  # a run's key, and when it was queued


@dataclass(frozen=True)
class Claimed:
    """A run that is taken: with its lock, when it was queued, and whether it is for the CPU."""

    run: Run
    lock: FileLock
    queued: float
    on_cpu: bool


def mark_orphans() -> None:
    """Say of the runs whose worker died that they are interrupted."""
    for run in store.all_runs():
        try:
            with jobs.queue_lock():
                seen = jobs.status(run)
                if seen.state == "interrupted" and run.status.state == "running":
                    run.write_status(seen)
        except (DamagedFile, OSError) as problem:
            log.warning("%s", problem)


def waiting(tried: Collection[Asked]) -> dict[Asked, Run]:
    """The queued runs, the next one first, without those tried."""
    found = {}
    for run in jobs.queue():
        with contextlib.suppress(DamagedFile):
            found[run.key, run.status.queued] = run
    return {asked: run for asked, run in found.items() if asked not in tried}


def claim(tried: set[Asked]) -> Claimed | None:
    """The next run, marked as begun, with its lock held; none while the queue is paused."""
    if jobs.paused():
        return None
    for run in waiting(tried).values():
        if claimed := claim_run(run, tried):
            return claimed
    return None


def claim_run(run: Run, tried: set[Asked]) -> Claimed | None:
    """This run, if it still waits."""
    lock = jobs.run_lock(run)
    try:
        lock.acquire(timeout=SECONDS_TO_LOCK)
    except Timeout:
        return None  # it was deleted and asked for again, and its worker has not noticed yet
    try:
        with jobs.queue_lock():
            seen = run.status
            if seen.state == "queued":
                # what cannot be marked as begun is not begun twice
                tried.add((run.key, seen.queued))
                begun = replace(seen, state="running", message="Starting.", updated=time.time())
                run.write_status(begun)
                return Claimed(run, lock, seen.queued, seen.on_cpu)
    except (DamagedFile, OSError) as problem:
        log.warning("%s", problem)
    lock.release()
    return None


def claim_alike(
    first: Claimed, following: Collection[Run], most: int, workers: int, tried: set[Asked]
) -> list[Claimed]:
    """The runs that wait next, as far as they can be trained beside the first.

    Parameters
    ----------
    following : collection of Run
        What waits behind the first, in order.
    most : int
        How many may be trained side by side.
    workers : int
        How many workers there are: all want to do something.
    """
    found: list[Claimed] = []
    share = -(-(1 + len(following)) // workers)
    for run in itertools.islice(following, min(most, share) - 1):
        try:
            alike = run.config.form == first.run.config.form
            alike &= run.config.epochs == first.run.config.epochs
            claimed = claim_run(run, tried) if alike and run.status.on_cpu == first.on_cpu else None
        except DamagedFile:
            claimed = None
        if claimed is None:
            break
        found.append(claimed)
    return found


def adopt_prefixes(runs: Iterable[Run]) -> list[Run]:
    """The runs that can be begun, each where the longest of its trajectory ended.

    The others end, and say in their status what is wrong.
    """
    found = []
    for run in runs:
        try:
            _adopt_prefix(run)
            found.append(run)
        except Exception as problem:
            Reporter(run).fail(problem)
    return found


def _adopt_prefix(run: Run) -> None:
    """Take over the longest finished run that is a prefix of this one and longer than it is."""
    config, best, epochs = run.config, None, run.checkpoint_epoch()
    for other in store.all_runs():
        if other.shipped or other.key == run.key or not other.trained:
            continue
        try:
            done = other.checkpoint_epoch()
            same = other.config.trajectory == config.trajectory
        except DamagedFile as problem:
            log.warning("%s", problem)
            continue
        if same and epochs < done <= config.epochs:
            best, epochs = other, done
    if best:
        try:
            run.adopt(best)
        except DamagedFile as problem:  # of the other: this one starts by itself
            log.warning("%s", problem)
