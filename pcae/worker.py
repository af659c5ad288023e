"""The process that trains: `python -m pcae.worker` takes queued runs until there are none.

TensorFlow lives here and nowhere else. What the worker learns goes into the run's folder,
epoch by epoch; should it be killed, the next one goes on from the last finished epoch.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import shlex
import time
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from pcae import datasets, jobs, pca, store
from pcae.config import RunConfig, flag, preset_name
from pcae.datasets import DataError, Dataset
from pcae.files import DamagedFile
from pcae.metrics import equivalent_k, evaluate
from pcae.store import EpochRecord, Run, Status

if TYPE_CHECKING:
    from pcae.training import Progress

_MOST_WITHIN = 200
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked the training to stop."""


def main() -> None:
    """Train queued runs until there are none, unless another worker does."""
    tried: set[tuple[str, float]] = set()  # what cannot be marked as begun is not begun twice
    while True:
        lock = jobs.worker_lock()
        try:
            lock.acquire(timeout=1)
        except Timeout:
            return  # the other worker looks at the queue again after it lets go
        with lock:
            store.sweep()
            _mark_orphans()
            while run := _next(tried):
                _work_on(run)
        if not _next(set(tried)):
            return


def yield_to_the_page() -> None:
    """Let whatever else runs on this machine go first: the page answers while a network trains."""
    if hasattr(os, "nice"):
        os.nice(19)
    # Linux may schedule a session as one group, and then only the group's niceness counts: sched(7)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text("19")


def _mark_orphans() -> None:
    """Say of runs whose worker died that they are interrupted: this is the only worker."""
    for run in store.runs():
        try:
            seen = run.status
            if seen.state == "running":
                run.write_status(jobs.interrupted(seen))
        except (DamagedFile, OSError) as problem:
            log.warning("%s", problem)


def _next(tried: set[tuple[str, float]]) -> Run | None:
    """The run that was queued first, added to those tried."""
    waiting = []
    for run in store.runs():
        try:
            seen = run.status
        except DamagedFile as problem:
            log.warning("%s", problem)
            continue
        if seen.state == "queued" and (run.key, seen.queued) not in tried:
            waiting.append((seen.queued, run.key, run))
    if not waiting:
        return None
    queued, key, run = min(waiting)
    tried.add((key, queued))
    return run


def _work_on(run: Run) -> None:
    """Train one run to its end and say in its status how that was."""
    reporter = _Reporter(run)
    log.info("trains run %s", run.key)
    try:
        reporter.say("Starting TensorFlow.")
        _train(run, reporter)
    except Cancelled:
        reporter.end("cancelled", "Cancelled. Finished epochs are kept: train again to go on.")
    except (DataError, DamagedFile) as problem:
        reporter.end("failed", str(problem))
    except Exception as problem:
        if not run.folder.exists():
            log.info("run %s was deleted", run.key)
            return
        log.exception("run %s", run.key)
        reporter.end("failed", _sentence(problem))


def _train(run: Run, reporter: _Reporter) -> None:
    from pcae import training  # imports TensorFlow: seconds

    config = run.config
    reporter.stop_if_cancelled()
    device = training.prepare_device()
    reporter.device = device.name
    reporter.say(f"Reading {config.dataset}.")
    data = datasets.load(config.dataset)
    _adopt_prefix(run, config)
    after = run.checkpoint()
    history = run.history[: after[0]] if after else []
    reporter.epochs_done(len(history))
    reporter.say("Building the network.")
    for epoch in training.train(config, data, device, after=after, progress=reporter.progress):
        run.write_codes(epoch.number, epoch.codes)
        if epoch.number:
            row = EpochRecord(epoch.number, epoch.train_loss, epoch.test_error, epoch.seconds)
            history.append(row)
            run.write_history(history)
            run.write_checkpoint(epoch.number, epoch.state)
        reporter.epochs_done(epoch.number)
    reporter.say("Measuring the error on every image.")
    run.write_record(make_record(run, data, reporter.device))
    reporter.end("finished", "")


def _adopt_prefix(run: Run, config: RunConfig) -> None:
    """Take over the longest finished run that is a prefix of this one and longer than it is."""
    best, epochs = None, run.checkpoint_epoch()
    for other in store.runs():
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
        run.adopt(best)


def make_record(run: Run, data: Dataset, device: str) -> dict:
    """The figures of a finished run, and what they were made with."""
    config, model = run.config, run.model()
    evaluation = evaluate(model.reconstruct, data).figures()
    return {
        "command": command(config),
        "data": data.about(),
        "device": device,
        "equivalent_k": equivalent_k(evaluation["test_error"], pca.load_or_fit(data).test_error),
        "versions": {
            name: version(name) for name in ("tensorflow", "keras", "numpy", "safetensors")
        }
        | {"python": platform.python_version()},
        "seconds": sum(row.seconds for row in run.history),
        "test_error": evaluation["test_error"],
        "train_error": evaluation["train_error"],
        "weights_sha256": store.sha256_of(run),
    }


def command(config: RunConfig) -> str:
    """The command line that trains these settings."""
    preset = preset_name(config)
    settings = {"preset": preset} if preset else config.to_query()
    flags = [part for name, text in settings.items() for part in (flag(name), text)]
    return shlex.join(["python", "-m", "pcae", "train", *flags])


@dataclass
class _Reporter:
    """Keeps a run's status current and passes on the wish to cancel."""

    run: Run
    device: str = ""
    _done: int = 0
    _within: list[list[float]] = field(default_factory=list)

    def say(self, message: str) -> None:
        self._write(Status("running", message, epoch=self._done))

    def epochs_done(self, number: int) -> None:
        self._done, self._within = number, []
        self._write(Status("running", "Training.", epoch=number))
        self.stop_if_cancelled()

    def progress(self, at: Progress) -> None:
        place = at.epoch - 1 + at.batch / at.batches
        self._within.append([round(place, 4), round(at.latest, 6)])
        if len(self._within) > _MOST_WITHIN:  # a long epoch: every second one is enough
            self._within = self._within[1::2]
        self._write(
            Status(
                "running",
                "Training.",
                at.epoch,
                at.batch,
                at.batches,
                round(at.loss, 6),
                within=list(self._within),
            )
        )
        self.stop_if_cancelled()

    def end(self, state: str, message: str) -> None:
        try:
            if self.run.status.state == "queued":
                return  # asked for again meanwhile
            self._write(Status(state, message, epoch=self._done))
        except (OSError, DamagedFile) as problem:
            log.error("%s: %s", state, problem)

    def stop_if_cancelled(self) -> None:
        if self.run.cancel_wanted:
            raise Cancelled

    def _write(self, status: Status) -> None:
        self.run.write_status(replace(status, device=self.device, updated=time.time()))


def _sentence(problem: Exception) -> str:
    """What went wrong, and what to do, in words for people."""
    kind = type(problem).__name__
    if kind == "Diverged":
        return str(problem)
    if kind in {"ResourceExhaustedError", "MemoryError"}:
        return (
            "The machine ran out of memory. Choose a smaller batch size or narrower layers; "
            "finished epochs are kept."
        )
    if isinstance(problem, ImportError):
        return (
            f"TensorFlow cannot be imported ({problem}). "
            "Run make run, or pip install -r requirements.txt."
        )
    if isinstance(problem, OSError):
        return (
            f"The run's folder cannot be written ({problem.strerror}). Free space there, or set "
            "PCAE_HOME to a folder that can be written; finished epochs are kept."
        )
    return (
        f"The training stopped with an error ({kind}: {problem}). Finished epochs are kept; "
        "worker.log in the cache folder says more."
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    yield_to_the_page()
    main()
