"""Ask for a training, see how it goes, move it in the queue, cancel it.

Worker processes train the queued runs and write into their folders; see `pcae.training.worker`.
There is one a store, or one a GPU where there are several. A worker is started when there is work,
while somebody reads the form, or before (`pcae.training.warm`); it outlives the page that asked.
What is alive shows in locks that the system takes back from the dead: a worker holds one of its own
and one of the run that it trains. Whoever changes the queue holds that of the queue.
"""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home, write_json
from pcae.store import Run, Status
from pcae.training import devices

_LOG_BYTES = 1_000_000
_SECONDS_TO_START = 10  # a worker's, until it holds the lock
_workers: list[subprocess.Popen] = []


class JobError(Exception):
    """A training that cannot be asked for; the message says why and what to do."""


def submit(config: RunConfig, *, on_cpu: bool = False) -> Run:
    """Queue a training and see that a worker is there; the run in one's own store.

    A run that is finished, queued or in training is left as it is. One that was cancelled,
    failed or interrupted goes on from its last finished epoch; one whose weights are damaged
    starts again. With `on_cpu` it trains there even where there is a GPU.

    Raises
    ------
    JobError
        The store cannot be written.
    """
    return submit_all([config], on_cpu=on_cpu)[0]


def submit_all(configs: Sequence[RunConfig], *, on_cpu: bool = False) -> list[Run]:
    """Queue several trainings in this order, each as `submit` does, and see to the workers."""
    try:
        runs = [_queue(config, on_cpu, at) for config, at in zip(configs, _turns(), strict=False)]
        free = sum(not held(worker_lock(slot)) for slot in range(slots()))
        for _ in range(min(free, sum(map(active, runs)))):
            _start_worker()
    except OSError as problem:
        raise unwritable(problem) from None
    return runs


def unwritable(problem: OSError) -> JobError:
    """The error for a store that cannot be written."""
    return JobError(
        f"{home()} cannot be written ({problem.strerror}). Free space there, or set PCAE_HOME "
        "to a folder that can be written."
    )


def _turns() -> Iterator[float]:
    """When the next runs are queued: now, but after all that wait, whatever their clock was."""
    last = max((at for at, _, _ in _waiting()), default=0.0)
    while True:
        last = max(time.time(), math.nextafter(last, math.inf))
        yield last


def _queue(config: RunConfig, on_cpu: bool, at: float) -> Run:
    with queue_lock():
        waiting = Status(
            "queued", "Waiting to start.", queued=at, updated=time.time(), on_cpu=on_cpu
        )
        run = store.create(config, waiting)
        if not _sound(run):
            store.delete(run)
            run = store.create(config, waiting)
        seen = state(run)
        if seen == "finished" and run.trained:
            return run
        stopping = run.cancel_wanted
        run.want_cancel(False)
        if stopping or seen not in {"queued", "running"}:
            run.write_status(waiting)
    return run


def keep_warm(config: RunConfig) -> None:
    """Have a worker ready for these settings for the next while, as a person chooses them."""
    with contextlib.suppress(OSError):  # who asks for a training is told
        home().mkdir(parents=True, exist_ok=True)
        write_json(likely_path(), config.to_dict(), durable=False)
        if not _coming():
            _start_worker()


def warm() -> None:
    """Have a worker that has loaded TensorFlow, whatever it will be asked for."""
    with contextlib.suppress(OSError):
        if not _coming():
            likely_path().unlink(missing_ok=True)  # an earlier lesson's
            _start_worker()


def visited() -> None:
    """Somebody has a page open: a worker that waits goes on waiting for the next while."""
    with contextlib.suppress(OSError):
        home().mkdir(parents=True, exist_ok=True)
        visited_path().touch()


def likely_path() -> Path:
    """The file with the settings that are likely to be trained next."""
    return home() / "likely.json"


def visited_path() -> Path:
    """The empty file whose date changes while somebody has a page open."""
    return home() / "visited"


def status(run: Run) -> Status:
    """How far a run is; "interrupted" where a worker should have it and none does."""
    seen = run.status
    if seen.active and _abandoned(run, seen):
        seen = run.status  # it may have finished between the two looks
        if seen.active:
            return interrupted(seen)
    return seen


def _abandoned(run: Run, seen: Status) -> bool:
    if seen.state == "running":
        return not held(run_lock(run))
    # a time ahead is of another clock, or of this one before it was set back
    times = (seen.queued, seen.updated)
    new = any(abs(time.time() - at) <= _SECONDS_TO_START for at in times)
    return not (new or _coming())


def interrupted(seen: Status) -> Status:
    """The status of a run whose worker is gone."""
    if seen.state == "queued":
        message = "It waits, and no process trains: train it again, or cancel it."
    else:
        message = (
            "The training process ended before it was done, perhaps for want of memory or of space "
            "on the disk. What finished epochs taught the network is kept: train again to go on "
            "from there."
        )
    return replace(seen, state="interrupted", message=message)


def state(run: Run) -> str:
    """The state in `status`; where that is damaged, the run is as good as interrupted."""
    try:
        return status(run).state
    except DamagedFile:
        return "interrupted"


def active(run: Run) -> bool:
    """Whether a run is queued or in training."""
    return state(run) in {"queued", "running"}


def _sound(run: Run) -> bool:
    """Whether the run's weights and history, if it has any, can be gone on with."""
    try:
        _ = run.trained and run.model()
        return run.checkpoint_epoch() <= len(run.history)
    except DamagedFile:
        return False


def queue() -> list[Run]:
    """The runs that wait, the next one first."""
    return [run for _, _, run in _waiting()]


def _waiting() -> list[tuple[float, str, Run]]:
    """The runs that wait, with when they were queued and their keys, in order."""
    waiting = []
    for run in store.runs():
        with contextlib.suppress(DamagedFile):
            seen = run.status
            if seen.state == "queued":
                waiting.append((seen.queued, run.key, run))
    return sorted(waiting)


def place_in_queue(run: Run) -> int:
    """How many runs are before this one: in training or queued earlier."""
    mine, before = run.status, 0
    for other in store.runs():
        with contextlib.suppress(DamagedFile):
            seen = status(other)
            earlier = (seen.queued, other.key) < (mine.queued, run.key)
            in_training = seen.state == "running" and other.key != run.key
            before += in_training or (seen.state == "queued" and earlier)
    return before


def move_up(run: Run) -> None:
    """Let a queued run change places with the one before it, if there is one.

    Raises
    ------
    JobError
        The store cannot be written.
    """
    with _changing(run):
        waiting = _waiting()
        order, last = [other for _, _, other in waiting], -1.0
        place = order.index(run) if run in order else 0
        if place:
            order[place - 1 : place + 1] = run, order[place - 1]
        for other, (at, _, _) in zip(order, waiting, strict=True):
            last = max(at, math.nextafter(last, math.inf))  # those of one time change places too
            seen = other.status
            if seen.queued != last:
                other.write_status(replace(seen, queued=last))


def cancel(run: Run) -> None:
    """Stop a training, now or before it starts; finished epochs are kept.

    Raises
    ------
    JobError
        The store cannot be written.
    """
    with _changing(run):
        run.want_cancel(True)
        seen = run.status
        if seen.state == "queued":
            run.write_status(replace(seen, state="cancelled", message="Cancelled before it began."))


@contextlib.contextmanager
def _changing(run: Run) -> Iterator[None]:
    """Hold the queue's lock; let be what is deleted or damaged meanwhile."""
    try:
        with queue_lock():
            yield
    except (DamagedFile, FileNotFoundError):
        return
    except OSError as problem:
        raise JobError(f"{run.folder} cannot be written ({problem.strerror}).") from None


def slots() -> int:
    """How many workers there may be."""
    return max(1, len(devices.visible_gpus()))


def worker_lock(slot: int = 0) -> FileLock:
    """The lock that a worker holds while it lives."""
    return lock(f"worker-{slot}")


def run_lock(run: Run) -> FileLock:
    """The lock that a worker holds while it trains a run."""
    return lock(run.key)


def queue_lock() -> FileLock:
    """The lock of those who change what is queued; waits a few seconds for it."""
    return lock("queue", timeout=_SECONDS_TO_START)


def _starting() -> bool:
    """Whether a worker that this process started lives, be it that it holds no lock yet."""
    return any(worker.poll() is None for worker in _workers)


def _coming() -> bool:
    """Whether there is a worker, or one that this process started will be."""
    return _starting() or worker_alive()


def worker_alive() -> bool:
    """Whether there is a worker."""
    return any(held(worker_lock(slot)) for slot in range(slots()))


def stop_workers() -> None:
    """End the workers that this process started, at once."""
    for process in _workers:
        process.kill()
        process.wait()
    _workers.clear()


def lock(name: str, timeout: float = -1) -> FileLock:
    """A lock of the store's, free again when its holder dies."""
    return FileLock(home() / "locks" / f"{name}.lock", timeout=timeout, is_singleton=False)


def held(lock: FileLock) -> bool:
    """Whether somebody, this process or another, holds a lock."""
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _start_worker() -> None:
    """Start a worker; it ends by itself at once where there are enough."""
    _workers[:] = [worker for worker in _workers if worker.poll() is None]
    _workers.append(start("pcae.training.worker"))


def start(module: str, *arguments: str) -> subprocess.Popen:
    """Run a module in a process that outlives this one; what it says goes into its log."""
    log = home() / f"{module.rpartition('.')[2]}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    mode = "ab" if log.exists() and log.stat().st_size < _LOG_BYTES else "wb"
    # its own session: what stops the dashboard does not stop a training
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    folders = {"PCAE_HOME": str(home())}
    for variable in {"PCAE_DATA", "KERAS_HOME"} & os.environ.keys():
        folders[variable] = str(Path(os.environ[variable]).expanduser().absolute())
    with log.open(mode) as output:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=Path(__file__).parents[2],
            env=os.environ | folders | {"TF_CPP_MIN_LOG_LEVEL": "2"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **apart,
        )
