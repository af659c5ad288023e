"""Clearing the room after a lesson: what students trained and brought goes, all at once."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from pcae import rights, store
from pcae.data import owndata
from pcae.store import Run
from pcae.training import jobs, sweep

_SECONDS_TO_STOP = 5.0  # for trainings that are cancelled
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Cleared:
    """How much has gone: networks, grids of networks, and data sets."""

    networks: int
    sweeps: int
    data: int


def clear_room() -> Cleared:
    """Remove the networks, grids and data of students for good: the teacher's.

    What is the teacher's too stays. Trainings are cancelled first.

    Raises
    ------
    Denied
        A student asks.
    JobError, OSError
        The store cannot be written; what could be removed is.
    """
    rights.only_teacher("The room is cleared")
    runs = [run for run in store.all_runs() if _is_a_students(run)]
    for run in filter(jobs.active, runs):
        jobs.cancel(run)
    _wait(runs)
    for run in runs:
        with contextlib.suppress(FileNotFoundError):  # its student was faster
            store.delete(run)
    return Cleared(len(runs), sweep.clear(), owndata.clear())


def _is_a_students(run: Run) -> bool:
    return not run.shipped and not rights.is_the_teachers(run.folder)


def _wait(runs: list[Run]) -> None:
    """Let trainings stop that were cancelled; one that does not notices that its run is gone."""
    end = time.monotonic() + _SECONDS_TO_STOP
    while any(map(jobs.active, runs)) and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
