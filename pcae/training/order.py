"""The order of the queue, and who may change it.

It is that of the times at which runs were queued, which stand in their status.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pcae import rights, store
from pcae.files import DamagedFile
from pcae.rights import Denied
from pcae.store import Run
from pcae.training.processes import JobError, queue_lock


def queue() -> list[Run]:
    """The runs that wait, the next one first."""
    return [run for _, _, run in waiting()]


def waiting() -> list[tuple[float, str, Run]]:
    """The runs that wait, with when they were queued and their keys, in order."""
    found = []
    for run in store.all_runs():
        with contextlib.suppress(DamagedFile):
            seen = run.status
            if seen.state == "queued":
                found.append((seen.queued, run.key, run))
    return sorted(found)


def next_places() -> Iterator[float]:
    """When the next runs are queued: now, but after all that wait, whatever their clock was."""
    last = max((at for at, _, _ in waiting()), default=0.0)
    while True:
        last = max(time.time(), math.nextafter(last, math.inf))
        yield last


def move_up(run: Run) -> None:
    """Let a queued run change places with the one before it, if there is one.

    Raises
    ------
    JobError
        The store cannot be written.
    Denied
        A student moves a run that is not theirs, or past one that is not.
    """
    rights.only_own(run.folder, "A network is moved up")
    with changing(run):
        order = queue()
        place = order.index(run) if run in order else 0
        if place:
            if not rights.is_own(order[place - 1].folder):
                raise Denied("A network of others is overtaken by the teacher alone.")
            order[place - 1 : place + 1] = run, order[place - 1]
        arrange(order)


def move_first(run: Run) -> None:
    """Have a queued run be the next to train; see `move_up`. The teacher's."""
    rights.only_teacher("A network is moved to the front")
    with changing(run):
        order = queue()
        if run in order:
            arrange([run, *(other for other in order if other != run)])


def arrange(order: Sequence[Run]) -> None:
    """Have all runs that wait do so in this order, with the queue's lock held."""
    last = -1.0
    for run, (at, _, _) in zip(order, waiting(), strict=True):
        last = max(at, math.nextafter(last, math.inf))  # those of one time change places too
        seen = run.status
        if seen.queued != last:
            run.write_status(replace(seen, queued=last))


@contextlib.contextmanager
def changing(run: Run) -> Iterator[None]:
    """Hold the queue's lock; let be what is deleted or damaged meanwhile."""
    try:
        with queue_lock():
            yield
    except (DamagedFile, FileNotFoundError):
        return
    except OSError as problem:
        raise JobError(f"{run.folder} cannot be written ({problem.strerror}).") from None
