"""The process that trains: `python -m pcae.training.worker` takes queued runs until none come.

TensorFlow lives here and nowhere else. While nobody has asked for a training yet, the worker
makes that of the likely settings ready. What it learns goes into the run's folder, epoch by
epoch; should it be killed, the next one goes on from the last finished epoch.
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

from filelock import FileLock, Timeout

from pcae import store
from pcae.config import RunConfig
from pcae.data.datasets import DataError, Dataset
from pcae.files import DamagedFile
from pcae.methods import pca
from pcae.methods.metrics import equivalent_k, evaluate
from pcae.presets import preset_name
from pcae.settings import flag
from pcae.store import EpochRecord, Run, Status
from pcae.training import devices, jobs
from pcae.training.devices import Device
from pcae.training.ready import Ready

if TYPE_CHECKING:
    from pcae.training.loop import Progress

IDLE_SECONDS = 120.0
_POLL_SECONDS = 0.1
_MOST_WITHIN = 200
log = logging.getLogger(__name__)

Asked = tuple[str, float]  # a run's key, and when it was queued


class Cancelled(Exception):
    """Somebody asked the training to stop."""


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
            run, lock, on_cpu = claimed
            try:
                _work_on(run, ready, on_cpu)
            finally:
                lock.release()
            ready.let_go()
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
    for run in store.runs():
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


def _claim(tried: set[Asked]) -> tuple[Run, FileLock, bool] | None:
    """The next run, marked as begun, with its lock held, and whether it is for the CPU."""
    for run in _waiting(tried).values():
        lock = jobs.run_lock(run)
        try:
            lock.acquire(timeout=_POLL_SECONDS)
        except Timeout:
            continue  # it was deleted and asked for again, and its worker has not noticed yet
        try:
            with jobs.queue_lock():
                seen = run.status
                if seen.state == "queued":
                    # what cannot be marked as begun is not begun twice
                    tried.add((run.key, seen.queued))
                    Reporter(run).say("Starting.")
                    return run, lock, seen.on_cpu
        except (DamagedFile, OSError) as problem:
            log.warning("%s", problem)
        lock.release()
    return None


def _work_on(run: Run, ready: Ready, on_cpu: bool) -> None:
    """Train one run to its end and say in its status how that was."""
    reporter = Reporter(run)
    log.info("trains run %s", run.key)
    try:
        _train(run, reporter, ready, on_cpu)
    except Cancelled:
        reporter.end("cancelled", "Cancelled. Finished epochs are kept: train again to go on.")
    except (DataError, DamagedFile) as problem:
        reporter.end("failed", str(problem))
    except Exception as problem:
        if not run.folder.exists():
            log.info("run %s was deleted", run.key)
            return
        log.exception("run %s", run.key)
        on_gpu = reporter.device is not None and reporter.device.on_gpu
        offered = on_gpu and _is_of_memory(problem)
        reporter.end("failed", _sentence(problem, on_gpu), cpu_offered=offered)


def _train(run: Run, reporter: Reporter, ready: Ready, on_cpu: bool) -> None:
    from pcae.training.loop import prepare_device  # seconds, if it was not loaded before

    config = run.config
    reporter.device = device = prepare_device(on_cpu)
    reporter.say("Building the network.")
    training = ready.take(config, device)
    _adopt_prefix(run, config)
    after = run.checkpoint()
    history = run.history[: after[0]] if after else []
    reporter.epochs_done(len(history))
    for epoch in training.epochs(after=after, progress=reporter.progress):
        decoder = epoch.state["decoder.0.kernel"] if config.linear else None
        run.write_codes(epoch.number, epoch.codes, decoder)
        if epoch.number:
            row = EpochRecord(epoch.number, epoch.train_loss, epoch.test_error, epoch.seconds)
            history.append(row)
            run.write_history(history)
            run.write_checkpoint(epoch.number, epoch.state)
        reporter.epochs_done(epoch.number)
    reporter.say("Measuring the error on every image.")
    run.write_record(make_record(run, training.data, device.name))
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
        try:
            run.adopt(best)
        except DamagedFile as problem:  # of the other: this one starts by itself
            log.warning("%s", problem)


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
class Reporter:
    """Keeps a run's status current and passes on the wish to cancel."""

    run: Run
    device: Device | None = None
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
        if at.codes is not None:
            self.run.write_codes(place, at.codes)
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

    def end(self, state: str, message: str, *, cpu_offered: bool = False) -> None:
        last = Status(state, message, epoch=self._done, cpu_offered=cpu_offered)
        try:
            with jobs.queue_lock():
                if self.run.status.state != "queued":  # asked for again meanwhile
                    self._write(last)
        except (OSError, DamagedFile) as problem:
            log.error("%s: %s", state, problem)

    def stop_if_cancelled(self) -> None:
        if self.run.cancel_wanted:
            raise Cancelled

    def _write(self, status: Status) -> None:
        name = self.device.name if self.device else ""
        self.run.write_status(replace(status, device=name, updated=time.time()))


def _is_of_memory(problem: Exception) -> bool:
    return type(problem).__name__ in {"ResourceExhaustedError", "MemoryError"}


def _sentence(problem: Exception, on_gpu: bool) -> str:
    """What went wrong, and what to do, in words for people."""
    kind = type(problem).__name__
    if kind == "Diverged":
        return str(problem)
    if _is_of_memory(problem):
        what = (
            "GPU ran out of memory. Train on the CPU, or choose"
            if on_gpu
            else ("machine ran out of memory. Choose")
        )
        return f"The {what} a smaller batch size or narrower layers; finished epochs are kept."
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
    main(IDLE_SECONDS)
