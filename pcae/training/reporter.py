"""What a run in training leaves in its folder: epochs, status, and the record of its figures."""

from __future__ import annotations

import functools
import logging
import platform
import shlex
import time
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from pcae import store
from pcae.config import RunConfig
from pcae.data.datasets import DataError, Dataset
from pcae.files import DamagedFile
from pcae.methods import pca
from pcae.methods.metrics import equivalent_k, errors_by_k
from pcae.presets import preset_name
from pcae.settings import flag
from pcae.store import EpochRecord, Run, Status
from pcae.training import jobs
from pcae.training.devices import Device

if TYPE_CHECKING:
    from pcae.training.loop import Epoch, Progress

CANCELLED = "Cancelled. Finished epochs are kept: train again to go on."
_MOST_WITHIN = 200
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked the training to stop."""


@dataclass
class Reporter:
    """Writes what a run learns into its folder, keeps its status current, and hears its wishes.

    Attributes
    ----------
    ended : bool
        Whether it was cancelled, failed or is finished, or was deleted.
    beside : str
        How it is trained with others, if not as it would be alone.
    """

    run: Run
    device: Device | None = None
    ended: bool = False
    beside: str = ""
    _done: int = 0
    _history: list[EpochRecord] = field(default_factory=list)
    _within: list[list[float]] = field(default_factory=list)

    def say(self, message: str) -> None:
        self._write(Status("running", message, epoch=self._done))

    def begin(self, number: int) -> None:
        """Go on after an epoch; 0 is the beginning."""
        self._history = self.run.history[:number] if number else []
        self._epochs_done(number)

    def epoch(self, done: Epoch) -> None:
        """Keep what an epoch leaves."""
        number, run = done.number, self.run
        decoder = done.state["decoder.0.kernel"] if run.config.linear else None
        run.write_codes(number, done.codes, decoder)
        if number:
            figures = done.train_loss, done.test_error, done.seconds, done.divergence
            self._history.append(EpochRecord(number, *figures))
            run.write_history(self._history)
            run.write_checkpoint(number, done.state)
        self._epochs_done(number)

    def progress(self, at: Progress) -> None:
        """Show how far the run is."""
        place = at.epoch - 1 + at.batch / at.batches
        if at.codes is not None:
            self.run.write_codes(place, at.codes)
        latest = [at.latest] if at.divergence is None else [at.latest, at.divergence]
        self._within.append([round(place, 4), *(round(of, 6) for of in latest)])
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
        self._stop_if_cancelled()

    def finish(self, measured: tuple[Dataset, float]) -> None:
        """Keep the figures of a trained run, of which the data and the training error are told."""
        data, train_error = measured
        name = (self.device.name if self.device else "") + self.beside
        test_error = self._history[-1].test_error
        record = make_record(self.run, data, name, test_error=test_error, train_error=train_error)
        self.run.write_record(record)
        self._end("finished", "")

    def fail(self, problem: Exception) -> None:
        """End, and say in the status why."""
        if isinstance(problem, Cancelled):
            self._end("cancelled", CANCELLED)
        elif isinstance(problem, DataError | DamagedFile):
            self._end("failed", str(problem))
        elif not self.run.folder.exists():
            log.info("run %s was deleted", self.run.key)
            self.ended = True
        else:
            log.error("run %s", self.run.key, exc_info=problem)
            on_gpu = self.device is not None and self.device.on_gpu
            offered = on_gpu and is_of_memory(problem)
            self._end("failed", _sentence(problem, on_gpu), cpu_offered=offered)

    def _end(self, state: str, message: str, *, cpu_offered: bool = False) -> None:
        self.ended = True
        end(self.run, self._dated(Status(state, message, self._done, cpu_offered=cpu_offered)))

    def _epochs_done(self, number: int) -> None:
        self._done, self._within = number, []
        self._write(Status("running", "Training.", epoch=number))
        self._stop_if_cancelled()

    def _stop_if_cancelled(self) -> None:
        if self.run.cancel_wanted:
            raise Cancelled

    def _write(self, status: Status) -> None:
        self.run.write_status(self._dated(status))

    def _dated(self, status: Status) -> Status:
        name = self.device.name if self.device else ""
        return replace(status, device=name, updated=time.time())


def end(run: Run, last: Status) -> None:
    """Write how a run ended, unless it was asked for again meanwhile."""
    try:
        with jobs.queue_lock():
            if run.status.state != "queued":
                run.write_status(last)
    except (OSError, DamagedFile) as problem:
        log.error("%s: %s", last.state, problem)


def make_record(
    run: Run, data: Dataset, device: str, *, test_error: float, train_error: float
) -> dict:
    """The figures of a finished run, and what they were made with.

    Of ordered codes also `errors_by_k`: "test" and "train", of the first 1, 2, … k codes; of as
    many training images, the first ones, as there are test images.
    """
    record = {
        "command": command(run.config),
        "data": data.about(),
        "device": device,
        "equivalent_k": equivalent_k(test_error, pca.load_or_fit(data).test_error),
        "versions": _versions(),
        "seconds": sum(row.seconds for row in run.history),
        "test_error": test_error,
        "train_error": train_error,
        "weights_sha256": store.sha256_of(run),
    }
    if run.config.code_order == "nested":
        splits = {"train": data.train, "test": data.test}
        model, rows = run.model(), slice(0, len(data.test))
        record["errors_by_k"] = {
            name: errors_by_k(model, split.pixels(rows)) for name, split in splits.items()
        }
    return record


@functools.cache
def _versions() -> dict[str, str]:
    packages = ("tensorflow", "keras", "numpy", "safetensors")
    return {name: version(name) for name in packages} | {"python": platform.python_version()}


def command(config: RunConfig) -> str:
    """The command line that trains these settings."""
    preset = preset_name(config)
    settings = {"preset": preset} if preset else config.to_query()
    flags = [part for name, text in settings.items() for part in (flag(name), text)]
    return shlex.join(["python", "-m", "pcae", "train", *flags])


def is_of_memory(problem: Exception) -> bool:
    # the second is what TensorFlow says where an array finds no room on a GPU
    full = type(problem).__name__ in {"ResourceExhaustedError", "MemoryError"}
    return full or "Dst tensor is not initialized" in str(problem)


def _sentence(problem: Exception, on_gpu: bool) -> str:
    """What went wrong, and what to do, in words for people."""
    kind = type(problem).__name__
    if kind == "Diverged":
        return str(problem)
    if is_of_memory(problem):
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
