"""The process that trains: `python -m pcae.training.worker` takes queued runs until none come.

TensorFlow lives here and nowhere else. While nobody has asked for a training yet, the worker
makes that of the likely settings ready. Runs that wait one after another and are of one form are
trained side by side. What is learned goes into each run's folder, epoch by epoch; should the worker
be killed, the next one goes on from the last finished epoch.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pcae import store
from pcae.files import DamagedFile
from pcae.store import Run
from pcae.training import devices, jobs
from pcae.training.devices import Device
from pcae.training.ready import Ready
from pcae.training.reporter import Reporter, is_of_memory

if TYPE_CHECKING:
    from pcae.training.loop import Diverged, Progress

IDLE_SECONDS = 120.0
_POLL_SECONDS = 0.1
log = logging.getLogger(__name__)

Asked = tuple[str, float]  # a run's key, and when it was queued


class _AllEnded(Exception):
    """None of the runs side by side is left to train for."""


@dataclass(frozen=True)
class Claimed:
    """A run that this worker trains: with its lock, and whether on the CPU at all events."""

    run: Run
    lock: FileLock
    on_cpu: bool


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
            _mark_orphans()
            _serve(slot, idle_seconds, tried)
            left = _waiting(tried)
        finally:
            lock.release()
        if set(_waiting(tried)) <= set(left):
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
        if claimed := _claim(tried):
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


def _mark_orphans() -> None:
    """Say of the runs whose worker died that they are interrupted."""
    for run in store.all_runs():
        try:
            with jobs.queue_lock():
                seen = jobs.status(run)
                if seen.state == "interrupted" and run.status.state == "running":
                    run.write_status(seen)
        except (DamagedFile, OSError) as problem:
            log.warning("%s", problem)


def _waiting(tried: set[Asked]) -> dict[Asked, Run]:
    """The queued runs, the next one first, without those tried."""
    found = {}
    for run in jobs.queue():
        with contextlib.suppress(DamagedFile):
            found[run.key, run.status.queued] = run
    return {asked: run for asked, run in found.items() if asked not in tried}


def _claim(tried: set[Asked]) -> Claimed | None:
    """The next run, marked as begun, with its lock held."""
    if jobs.paused():
        return None
    for run in _waiting(tried).values():
        if claimed := _claim_run(run, tried):
            return claimed
    return None


def _claim_run(run: Run, tried: set[Asked]) -> Claimed | None:
    lock = jobs.run_lock(run)
    try:
        lock.acquire(timeout=_POLL_SECONDS)
    except Timeout:
        return None  # it was deleted and asked for again, and its worker has not noticed yet
    try:
        with jobs.queue_lock():
            seen = run.status
            if seen.state == "queued":
                # what cannot be marked as begun is not begun twice
                tried.add((run.key, seen.queued))
                Reporter(run).say("Starting.")
                return Claimed(run, lock, seen.on_cpu)
    except (DamagedFile, OSError) as problem:
        log.warning("%s", problem)
    lock.release()
    return None


def _claim_alike(first: Claimed, most: int, tried: set[Asked]) -> list[Claimed]:
    """The runs that wait next, as far as they can be trained beside the first."""
    found: list[Claimed] = []
    waiting = _waiting(tried).values()
    share = -(-(1 + len(waiting)) // jobs.slots())  # the other workers want to do something too
    for run in itertools.islice(waiting, min(most, share) - 1):
        try:
            alike = run.config.form == first.run.config.form
            alike &= run.config.epochs == first.run.config.epochs
            claimed = (
                _claim_run(run, tried) if alike and run.status.on_cpu == first.on_cpu else None
            )
        except DamagedFile:
            claimed = None
        if claimed is None:
            break
        found.append(claimed)
    return found


def _work_on(first: Claimed, ready: Ready, tried: set[Asked]) -> None:
    """Train a run to its end, and those beside it that wait and are of its form."""
    claimed = [first]
    try:
        device = _device(first)
        if device:
            claimed += _claim_alike(first, device.together(first.run.config.parameters), tried)
            for runs in _from_one_epoch([of.run for of in claimed]):
                _attempt(runs, device, ready)
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


def _from_one_epoch(runs: list[Run]) -> list[list[Run]]:
    """Runs by the epoch from which they go on."""
    found: dict[int, list[Run]] = {}
    for run in runs:
        try:
            _adopt_prefix(run)
            found.setdefault(run.checkpoint_epoch(), []).append(run)
        except Exception as problem:
            Reporter(run).fail(problem)
    return list(found.values())


def _attempt(runs: list[Run], device: Device, ready: Ready) -> None:
    """Train runs side by side, each to its end; one after another where that does not work."""
    reporters = [Reporter(run, device) for run in runs]
    for run in runs:
        log.info("trains run %s", run.key)
    try:
        _train(reporters, device, ready)
        return
    except _AllEnded:
        return
    except Exception as found:
        problem = found.with_traceback(None)  # which would hold all that was being computed
    if is_of_memory(problem):
        ready.let_go()
    for reporter in reporters:
        if reporter.ended:
            continue
        if len(runs) > 1:
            _attempt([reporter.run], device, ready)
        else:
            reporter.fail(problem)


def _train(reporters: list[Reporter], device: Device, ready: Ready) -> None:
    runs = [reporter.run for reporter in reporters]
    _tell(reporters, Reporter.say, ["Building the network."] * len(runs))
    training = ready.take([run.config for run in runs], device)
    training.program.compile(training.data)
    if training.program.stacked:
        for reporter in reporters:
            reporter.beside = f", {len(runs)} networks in one"
    begun = [at for run in runs if (at := run.checkpoint())]
    done = begun[0][0] if begun else 0
    _tell(reporters, Reporter.begin, [done] * len(runs))
    after = (done, [state for _, state in begun]) if begun else None

    def progress(at: list[Progress | Diverged]) -> None:
        _tell(reporters, Reporter.progress, at)

    for outcomes in training.epochs(after=after, progress=progress):
        _tell(reporters, Reporter.epoch, outcomes)
    _tell(reporters, Reporter.say, ["Measuring the error on every image."] * len(runs))
    _tell(reporters, Reporter.finish, [(training.data.data, of) for of in training.train_errors()])


def _tell(reporters: list[Reporter], what: Callable, each: Sequence) -> None:
    """Let each run that has not ended know its part, or end it where that is what went wrong.

    What is wrong with one is no other's.

    Raises
    ------
    _AllEnded
        None is left to train for.
    """
    for reporter, its in zip(reporters, each, strict=True):
        if reporter.ended:
            continue
        try:
            if isinstance(its, Exception):
                raise its
            what(reporter, its)
        except Exception as problem:
            reporter.fail(problem)
            problem.__traceback__ = None  # its frames hold the training
    if all(reporter.ended for reporter in reporters):
        raise _AllEnded


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


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    yield_to_the_page()
    main(IDLE_SECONDS)
