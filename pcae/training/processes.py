"""What the processes that train and measure share: their locks, their logs and how they start.

What is alive shows in locks that the system takes back from the dead: a worker holds one of its own
and one of the run that it trains. Whoever changes the queue holds that of the queue.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pcae.files import home
from pcae.store import Run
from pcae.training import devices, named

SECONDS_TO_START = 10  # a worker's, until it holds the lock
_LOG_BYTES = 1_000_000


class JobError(Exception):
    """A training that cannot be asked for; the message says why and what to do."""


def unwritable(problem: OSError) -> JobError:
    """The error for a store that cannot be written."""
    return JobError(
        f"{home()} cannot be written ({problem.strerror}). Free space there, or set PCAE_HOME "
        "to a folder that can be written."
    )


def likely_path() -> Path:
    """The file with the settings that are likely to be trained next."""
    return home() / "likely.json"


def pause_path() -> Path:
    """The empty file that is there while the teacher has paused the queue."""
    return home() / "paused"


def visited_path() -> Path:
    """The empty file whose date changes while somebody has a page open."""
    return home() / "visited"


def slots() -> int:
    """How many workers there may be: one for a cluster, which has its own."""
    return 1 if named.scheduler() else max(1, len(devices.visible_gpus()))


def worker_lock(slot: int = 0) -> FileLock:
    """The lock that a worker holds while it lives."""
    return lock(f"worker-{slot}")


def run_lock(run: Run) -> FileLock:
    """The lock that a worker holds while it trains a run."""
    return lock(run.key)


def queue_lock() -> FileLock:
    """The lock of those who change what is queued; waits a few seconds for it."""
    return lock("queue", timeout=SECONDS_TO_START)


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
