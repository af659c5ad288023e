"""The runs that a dispatcher answers for, in the store: taken, followed, given back or ended.

Their locks are held, so that to every page they are in training. Whatever of them is not finished
when the dispatcher dies is found by the next, as "running" with its lock free.
"""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, field, replace

from filelock import FileLock, Timeout

from pcae import store
from pcae.cluster.mirror import Stamp
from pcae.files import DamagedFile
from pcae.store import Run, Status
from pcae.training import claiming, jobs, reporter
from pcae.training.claiming import Claimed
from pcae.training.named import GOES_ON
from pcae.training.reporter import CANCELLED

_TRAINING = {"running", "interrupted"}
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Held:
    """A run with its lock, and what is known of it at the cluster.

    Attributes
    ----------
    asked : Status
        As it was asked for: when, and whether on the CPU.
    worker : str
        The address of the worker that has it; empty while none has it, or it is looked for.
    since : float
        When the worker took it, or lost it, by `time.monotonic`.
    have : dict of str to stamp
        The files of the worker's that are in the store.
    cancelled : float
        When it was seen that it is to stop; 0 if not.
    light_until : float
        Until when its weights are not to be asked for.
    busy : bool
        Whether files of it are being put into the store.
    over : bool
        Whether it is not in training any more, as far as this process goes.
    """

    run: Run
    lock: FileLock
    asked: Status
    worker: str = ""
    since: float = field(default_factory=time.monotonic)
    have: dict[str, Stamp] = field(default_factory=dict)
    cancelled: float = 0.0
    light_until: float = 0.0
    busy: bool = False
    over: bool = False
    _made: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self._made = _made(self.run)

    @property
    def deleted(self) -> bool:
        """Whether its folder is gone, or another was made in its place."""
        return (found := _made(self.run)) is None or found != self._made

    def move(self, worker: str = "") -> None:
        """Have another worker, or none, have it."""
        self.worker, self.since = worker, time.monotonic()
        self.have.clear()


def _made(run: Run) -> tuple[int, int] | None:
    """What tells a run's folder from another of its name; None where there is none."""
    try:
        of = (run.folder / "config.json").stat()  # which is written once
    except OSError:
        return None
    return of.st_ino, of.st_mtime_ns


def claimed(of: Claimed) -> Held:
    """A run from the queue."""
    return Held(of.run, of.lock, Status("running", queued=of.queued, on_cpu=of.on_cpu))


def orphans() -> list[Held]:
    """The runs that another dispatcher or worker left in training, when it died."""
    left = [run.key for run in store.all_runs() if jobs.is_left(run)]
    return [of for key in left if (of := adopt(key))]


def adopt(key: str) -> Held | None:
    """A run that was in training and that nobody answers for; None where it is none."""
    try:
        run = store.own_run(key)
    except ValueError:
        return None
    if not run.folder.is_dir():
        return None
    lock = jobs.run_lock(run)
    try:
        lock.acquire(timeout=claiming.SECONDS_TO_LOCK)
    except Timeout:
        return None
    try:
        with jobs.queue_lock():
            seen = run.status
            if seen.state in _TRAINING:
                run.write_status(replace(seen, state="running", updated=time.time()))
                return Held(run, lock, Status("running", queued=seen.queued, on_cpu=seen.on_cpu))
    except (DamagedFile, OSError) as problem:
        log.warning("%s", problem)
    lock.release()
    return None


def interrupt(of: Held) -> None:
    """Say that the scheduler is gone; unless the run was asked for again meanwhile."""
    _rewrite(of, "interrupted", GOES_ON)


def go_on(of: Held) -> None:
    """Say that the scheduler is back."""
    _rewrite(of, "running", "Looking for it on the cluster.")


def give_back(of: Held) -> None:
    """Put a run into the queue where it was, and let it go."""
    of.over = True
    _rewrite(of, "queued", "Waiting to start.")
    of.lock.release()


def cancel(of: Held) -> None:
    """End a run that was to stop, and let it go."""
    _end(of, "cancelled", CANCELLED)


def fail(of: Held, sentence: str) -> None:
    """End a run for what went wrong, and let it go."""
    _end(of, "failed", sentence)


def _end(of: Held, state: str, message: str) -> None:
    of.over = True
    with contextlib.suppress(DamagedFile):
        last = replace(of.run.status, state=state, message=message, updated=time.time())
        reporter.end(of.run, last)
    of.lock.release()


def _rewrite(of: Held, state: str, message: str) -> None:
    """Change the status of a run that is in training or was."""
    now = replace(of.asked, state=state, message=message, updated=time.time())
    try:
        with jobs.queue_lock():
            seen = of.run.status
            if seen.state in _TRAINING:
                of.run.write_status(replace(now, epoch=seen.epoch))
    except (DamagedFile, OSError) as problem:
        log.warning("%s", problem)
