"""Ask for a training, see how it goes, cancel it.

One worker process a store trains the queued runs, one after the other, and writes into
their folders; see `pcae.worker`. It is started when there is work, outlives the page that
asked and ends when the queue is empty. That it is alive shows in a lock that the system
takes back when it dies.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home
from pcae.store import Run, Status

_LOG_BYTES = 1_000_000
_SECONDS_TO_START = 10  # a worker's, until it holds the lock
_workers: list[subprocess.Popen] = []


class JobError(Exception):
    """A training that cannot be asked for; the message says why and what to do."""


def submit(config: RunConfig) -> Run:
    """Queue a training and see that a worker is there; the run in one's own store.

    A run that is finished, queued or in training is left as it is. One that was cancelled,
    failed or interrupted goes on from its last finished epoch; one whose weights are damaged
    starts again.

    Raises
    ------
    JobError
        The store cannot be written.
    """
    try:
        run = store.create(config)
        if not _sound(run):
            store.delete(run)
            run = store.create(config)
        seen = state(run)
        if seen == "finished" and run.trained:
            return run
        stopping = run.cancel_wanted
        run.want_cancel(False)
        if stopping or seen not in {"queued", "running"}:
            run.write_status(Status("queued", "Waiting to start.", queued=time.time()))
        _start_worker()
    except OSError as problem:
        raise JobError(
            f"{home()} cannot be written ({problem.strerror}). Free space there, or set PCAE_HOME "
            "to a folder that can be written."
        ) from None
    return run


def status(run: Run) -> Status:
    """How far a run is; "interrupted" where a worker should have it and none is alive."""
    seen = run.status
    just_queued = seen.state == "queued" and time.time() - seen.queued < _SECONDS_TO_START
    if seen.active and not just_queued and not worker_alive():
        seen = run.status  # it may have finished between the two looks
        if seen.active:
            return interrupted(seen)
    return seen


def interrupted(seen: Status) -> Status:
    """The status of a run whose worker is gone."""
    if seen.state == "queued":
        message = "It waits, and no process trains: train it again, or cancel it."
    else:
        message = (
            "The training process ended before it was done, perhaps for want of memory. What "
            "finished epochs taught the network is kept: train again to go on from there."
        )
    return replace(seen, state="interrupted", message=message)


def state(run: Run) -> str:
    """The state in `status`; where that is damaged, the run is as good as interrupted."""
    try:
        return status(run).state
    except DamagedFile:
        return "interrupted"


def _sound(run: Run) -> bool:
    """Whether the run's weights and history, if it has any, can be gone on with."""
    try:
        _ = run.trained and run.model()
        return run.checkpoint_epoch() <= len(run.history)
    except DamagedFile:
        return False


def place_in_queue(run: Run) -> int:
    """How many runs are before this one: in training or queued earlier."""
    mine, before = run.status, 0
    for other in store.runs():
        with contextlib.suppress(DamagedFile):
            seen = other.status
            earlier = seen.state == "queued" and seen.queued < mine.queued
            before += other.key != run.key and (seen.state == "running" or earlier)
    return before


def cancel(run: Run) -> None:
    """Stop a training, now or before it starts; finished epochs are kept.

    Raises
    ------
    JobError
        The store cannot be written.
    """
    try:
        run.want_cancel(True)
        seen = run.status
        if seen.state == "queued":
            run.write_status(replace(seen, state="cancelled", message="Cancelled before it began."))
    except (DamagedFile, FileNotFoundError):
        return  # the worker sees the wish, or the run is deleted
    except OSError as problem:
        raise JobError(f"{run.folder} cannot be written ({problem.strerror}).") from None


def worker_lock() -> FileLock:
    """The lock that the store's one worker holds while it lives."""
    home().mkdir(parents=True, exist_ok=True)
    return FileLock(home() / "worker.lock", is_singleton=False)


def worker_alive() -> bool:
    """Whether a worker process holds the lock."""
    try:
        with worker_lock().acquire(blocking=False):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _start_worker() -> None:
    """Start a worker; it ends by itself at once where another one lives."""
    _workers[:] = [worker for worker in _workers if worker.poll() is None]
    log = home() / "worker.log"
    mode = "ab" if log.exists() and log.stat().st_size < _LOG_BYTES else "wb"
    # its own session: what stops the dashboard does not stop a training
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    folders = {"PCAE_HOME": str(home())}
    for name in {"PCAE_DATA", "KERAS_HOME"} & os.environ.keys():
        folders[name] = str(Path(os.environ[name]).expanduser().absolute())
    with log.open(mode) as output:
        _workers.append(
            subprocess.Popen(
                [sys.executable, "-m", "pcae.worker"],
                cwd=Path(__file__).parents[1],
                env=os.environ | folders | {"TF_CPP_MIN_LOG_LEVEL": "2"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **apart,
            )
        )
