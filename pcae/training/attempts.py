"""Training runs to their ends, at the local worker and at a cluster's alike.

What comes of a run goes into its folder, see `pcae.training.reporter`; what is wrong with one of
several that are trained side by side is no other's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcae.store import Run
from pcae.training.devices import Device
from pcae.training.ready import Ready
from pcae.training.reporter import Reporter, is_of_memory

if TYPE_CHECKING:
    from pcae.training.loop import Diverged, Progress

log = logging.getLogger(__name__)


class _AllEnded(Exception):
    """None of the runs side by side is left to train for."""


def from_one_epoch(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs by the epoch from which they go on; those that cannot be gone on with end."""
    found: dict[int, list[Run]] = {}
    for run in runs:
        try:
            found.setdefault(run.checkpoint_epoch(), []).append(run)
        except Exception as problem:
            Reporter(run).fail(problem)
    return list(found.values())


def attempt(runs: Sequence[Run], device: Device, ready: Ready) -> None:
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
            attempt([reporter.run], device, ready)
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
