"""Ask for a training, see how it goes, move it in the queue, cancel it.

Worker processes train the queued runs and write into their folders; see `pcae.training.worker`.
There is one a store, or one a GPU where there are several. Where a cluster is named, the one worker
is its dispatcher; see `pcae.cluster.dispatcher`. A worker is started when there is work, while
somebody reads the form, or before (`pcae.training.warm`); it outlives the page that asked.
What is alive shows in locks; see `pcae.training.processes`.

In a class students change what is theirs, within limits; see `pcae.rights` and `turns`.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace

from pcae import names, removal, rights, rules, store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home, is_there, write, write_json
from pcae.records import interrupted
from pcae.removal import Removed
from pcae.rights import Denied
from pcae.store import Run, Status
from pcae.training import named, turns
from pcae.training.order import (
    arrange,
    changing,
    move_first,  # noqa: F401 (others have these from here)
    move_up,  # noqa: F401
    next_places,
    queue,
)
from pcae.training.processes import (
    SECONDS_TO_START,
    JobError,
    held,
    likely_path,
    lock,  # noqa: F401
    pause_path,
    queue_lock,
    run_lock,
    slots,
    start,
    unwritable,
    visited_path,
    worker_lock,
)

_GOES_ON = ("interrupted", named.GOES_ON)
_workers: list[subprocess.Popen] = []


def submit(config: RunConfig, *, on_cpu: bool = False) -> Run:
    """Queue a training and see that a worker is there; the run in one's own store.

    A run that is finished, queued or in training is left as it is. One that was cancelled,
    failed or interrupted goes on from its last finished epoch; one whose weights are damaged
    starts again. With `on_cpu` it trains there even where there is a GPU. What a student asks for
    is theirs too from then on, unless it is finished; of what ships they get the run that ships.

    Raises
    ------
    JobError
        The store cannot be written, or the cluster that is named cannot be used.
    Denied
        A student asks for more than the rules allow.
    """
    return submit_all([config], on_cpu=on_cpu)[0]


def submit_all(configs: Sequence[RunConfig], *, on_cpu: bool = False) -> list[Run]:
    """Queue several trainings in this order, each as `submit` does, and see to the workers."""
    if wrong := named.problem():
        raise JobError(wrong)
    if not rights.teaches():
        _allow(configs)
    try:
        runs = [
            _queue(config, on_cpu, at) for config, at in zip(configs, next_places(), strict=False)
        ]
        _take_turns(runs)
        _start_workers(sum(map(active, runs)))
    except OSError as problem:
        raise unwritable(problem) from None
    return runs


def _queue(config: RunConfig, on_cpu: bool, at: float) -> Run:
    with queue_lock():
        if ready := _ready(config):
            return ready
        if not rights.teaches():
            _allow([config])  # again: with the lock held nobody comes between
        waiting = Status(
            "queued", "Waiting to start.", queued=at, updated=time.time(), on_cpu=on_cpu
        )
        run = store.create(config, waiting)
        if not _sound(run):
            store.delete(run)
            run = store.create(config, waiting)
        rights.claim(run.folder, rights.who())
        seen = state(run)
        stopping = run.cancel_wanted
        run.want_cancel(False)
        if stopping or seen not in {"queued", "running"}:
            run.write_status(waiting)
    return run


def _ready(config: RunConfig) -> Run | None:
    """The run of these settings where there is nothing to train."""
    shipped, run = store.shipped_run(config.key), store.own_run(config.key)
    if is_there(run.folder):
        return run if run.trained and _sound(run) and state(run) == "finished" else None
    return shipped if shipped.trained and not rights.teaches() else None


def _allow(configs: Sequence[RunConfig]) -> None:
    """Let a student go on who may ask for these trainings."""
    rights.only_known("Networks are trained")
    for name in {config.dataset for config in configs}:
        if not names.is_seen(name):
            raise Denied("Networks are trained on this data by who brought it, or by the teacher.")
    own = [run for run in store.all_runs() if rights.who().name in rights.owners(run.folder)]
    busy = [run.key for run in own if active(run)]
    asked = [of for of in configs if of.key not in busy and not _ready(of)]
    others = sum(bool(rights.owners(run.folder)) for run in queue())
    turns.allow(asked, [run.key for run in own], busy, others, rules.current())


def _take_turns(runs: Sequence[Run]) -> None:
    """Have runs that were queued just now stand where it is their visitor's turn."""
    with queue_lock():
        waiting = queue()
        if any(rights.owners(run.folder) for run in waiting):  # else all are the teacher's
            training = [run for run in store.all_runs() if state(run) == "running"]
            arrange(turns.order(training, waiting, runs))


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


def wake() -> None:
    """Have a cluster's work found again, or gone on with, that a server before this one left."""
    if not named.scheduler() or named.problem() or _coming():
        return
    with contextlib.suppress(OSError):
        if queue() or any(is_left(run) for run in store.all_runs()):
            _start_worker()


def is_left(run: Run) -> bool:
    """Whether a run was in training when whoever answered for it died, and goes on by itself."""
    with contextlib.suppress(DamagedFile):
        seen = run.status
        return seen.state == "running" or (seen.state, seen.message) == _GOES_ON
    return False


def visited() -> None:
    """Somebody has a page open: a worker that waits goes on waiting for the next while."""
    with contextlib.suppress(OSError):
        home().mkdir(parents=True, exist_ok=True)
        visited_path().touch()


def status(run: Run) -> Status:
    """How far a run is; "interrupted" where a worker should have it and none does."""
    seen = run.status
    if seen.active and _abandoned(run, seen):
        seen = run.status  # it may have finished between the two looks
        if seen.active:
            lost = interrupted(seen)
            return replace(lost, message=named.GOES_ON) if named.scheduler() else lost
    return seen


def _abandoned(run: Run, seen: Status) -> bool:
    if seen.state == "running":
        return not held(run_lock(run))
    # a time ahead is of another clock, or of this one before it was set back
    times = (seen.queued, seen.updated)
    new = any(abs(time.time() - at) <= SECONDS_TO_START for at in times)
    return not (new or paused() or _coming())


def state(run: Run) -> str:
    """The state in `status`; where that is damaged, the run is as good as interrupted."""
    try:
        return status(run).state
    except DamagedFile:
        return "interrupted"


def over(seen: Status) -> bool:
    """Whether a run ends with this status; what a cluster goes on with by itself is woken."""
    if (seen.state, seen.message) == _GOES_ON and named.scheduler():
        wake()
        return False
    return not seen.active


def going(run: Run) -> bool:
    """Whether a run waits, is in training, or goes on by itself; see `over`."""
    try:
        return not over(status(run))
    except DamagedFile:
        return False


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


def place_in_queue(run: Run) -> int:
    """How many runs are before this one: in training or queued earlier."""
    mine, before = run.status, 0
    for other in store.all_runs():
        with contextlib.suppress(DamagedFile):
            seen = status(other)
            earlier = (seen.queued, other.key) < (mine.queued, run.key)
            in_training = seen.state == "running" and other.key != run.key
            before += in_training or (seen.state == "queued" and earlier)
    return before


def pause(wanted: bool) -> None:
    """Have no more runs begin, or go on with the queue; what is in training is. The teacher's.

    Raises
    ------
    JobError
        The store cannot be written.
    Denied
        A student asks.
    """
    rights.only_teacher("The queue is paused")
    try:
        if wanted:
            home().mkdir(parents=True, exist_ok=True)
            write(pause_path(), "")
        else:
            pause_path().unlink(missing_ok=True)
            _start_workers(len(queue()))
    except OSError as problem:
        raise unwritable(problem) from None


def paused() -> bool:
    """Whether the teacher has paused the queue."""
    return is_there(pause_path())


def cancel(run: Run) -> None:
    """Stop a training, now or before it starts; finished epochs are kept.

    Where others asked for it too, a student has no more to do with it, and it goes on.

    Raises
    ------
    JobError
        The store cannot be written.
    Denied
        A student cancels what is not theirs.
    """
    rights.only_own(run.folder, "A training is cancelled")
    with changing(run):
        if _left_to_others(run):
            return
        run.want_cancel(True)
        seen = run.status
        if seen.state == "queued":
            run.write_status(replace(seen, state="cancelled", message="Cancelled before it began."))


def remove(run: Run) -> Removed | None:
    """Delete a run that is not in training; others who asked for it too keep it.

    Returns
    -------
    Removed or None
        What can be had back for a while; None where it was gone already, or others keep it.

    Raises
    ------
    JobError
        It waits or is in training.
    OSError
        The store cannot be written.
    Denied
        A student deletes what is not theirs, or anybody what ships.
    """
    if run.shipped:
        raise Denied(f"The run {run.key} ships with pcae and stays.")
    rights.only_own(run.folder, "A network is deleted")
    with queue_lock():
        if _left_to_others(run):
            return None
    if active(run):
        raise JobError("It could not be removed: it is in training, cancel it first.")
    with contextlib.suppress(FileNotFoundError):
        return removal.set_aside(run.folder)
    return None


def _left_to_others(run: Run) -> bool:
    """Whether others are left whose a run is, once the student who asks has left it."""
    return not rights.teaches() and rights.leave(run.folder, rights.who())


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


def _start_workers(most: int) -> None:
    """Start so many workers, as far as there may be more."""
    free = sum(not held(worker_lock(slot)) for slot in range(slots()))
    for _ in range(min(free, most)):
        _start_worker()


def _start_worker() -> None:
    """Start a worker; it ends by itself at once where there are enough."""
    _workers[:] = [worker for worker in _workers if worker.poll() is None]
    module = "pcae.cluster.dispatcher" if named.scheduler() else "pcae.training.worker"
    _workers.append(start(module))
