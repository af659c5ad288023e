"""What a worker keeps ready: TensorFlow, data on the device, and compiled programs.

A data set is read, checked and placed once, and kept until another is needed and they are large; a
program serves every run of its form, one after another, and at most two are kept. While nobody asks
for a training, the program of the likely settings is compiled, once they have stood still.

Graphs hold themselves in cycles, and with TensorFlow's 400,000 objects in the process Python hardly
ever looks for such by itself: it is told to.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.files import DamagedFile, read_json
from pcae.settings import ConfigError
from pcae.training import jobs
from pcae.training.devices import Device

if TYPE_CHECKING:
    from pcae.training.images import Resident
    from pcae.training.loop import Training
    from pcae.training.program import Program

_SECONDS_TO_SETTLE = 2.0
_MOST_BYTES = 100_000_000  # of data that is kept when another set is needed; MNIST has 55 million
_MOST_PROGRAMS = 2
log = logging.getLogger(__name__)


class Ready:
    """What a worker keeps for the trainings that may come.

    Attributes
    ----------
    asked : float
        When a page last told of its form or that it is open, by `time.monotonic`; 0 if never.
        What the files' own dates say does not matter: they may be of another clock.
    """

    def __init__(self) -> None:
        self.asked = 0.0
        self._written: tuple[int, int] | None = None
        self._visited = 0
        self._form: RunConfig | None = None
        self._changed = 0.0
        self._tried: RunConfig | None = None
        self._data: dict[tuple[str, bool], Resident] = {}
        self._programs: dict[tuple[RunConfig, Device, int], Program] = {}

    def begin(self) -> bool:
        """Load TensorFlow; whether it has a GPU."""
        self.look()
        try:
            from pcae.training import loop  # seconds

            on_gpu = loop.prepare_device().on_gpu
        except Exception:  # it is said of the run that needs it
            log.exception("TensorFlow")
            return False
        gc.freeze()  # what is loaded stays: looking through it each time would take 0.2 s
        return on_gpu

    def look(self) -> None:
        """See whether a page told of its form or is open since the last look, and what it says."""
        with contextlib.suppress(OSError):
            visited = jobs.visited_path().stat().st_mtime_ns
            if visited != self._visited:
                self._visited, self.asked = visited, time.monotonic()
        try:
            found = jobs.likely_path().stat()
            written = (found.st_mtime_ns, found.st_ino)
            if written == self._written:
                return
            self._written, self.asked = written, time.monotonic()
            form = RunConfig.from_dict(read_json(jobs.likely_path()))
        except OSError:
            return
        except (DamagedFile, ConfigError) as problem:
            log.info("not made ready: %s", problem)
            return
        if form != self._form:
            self._form, self._changed = form, self.asked

    def follow(self) -> None:
        """Compile the program of the likely settings, once they have stood still.

        Not of those that are trained already, nor twice of the same.
        """
        config = self._form
        settled = time.monotonic() - self._changed >= _SECONDS_TO_SETTLE
        if config is None or config == self._tried or not settled:
            return
        self._tried = config
        if jobs.state(store.own_run(config.key)) == "finished":
            return
        try:
            self._compile(config)
            log.info("ready for %s", config.key)
            return
        except Exception as problem:  # it is said of the run, should it be asked for
            log.info("not made ready: %s", problem)
        self.let_go()  # of what there was of it

    def take(self, configs: Sequence[RunConfig], device: Device) -> Training:
        """The training of runs of one form side by side, with what there is of it already."""
        from pcae.training.loop import Training

        data = self.placed(configs[0].dataset, device)
        return Training(configs, data, self._program(configs[0], device, data, len(configs)))

    def _compile(self, config: RunConfig) -> None:
        from pcae.training.loop import prepare_device

        training = self.take([config], prepare_device())
        training.program.compile(training.data)

    def forget(self, name: str) -> None:
        """Keep nothing of a data set."""
        for key in [key for key in self._data if key[0] == name]:
            self._data.pop(key, None)

    def let_go(self) -> None:
        """Free the memory of all that is kept."""
        self._data.clear()
        self._programs.clear()
        gc.collect()

    def placed(self, name: str, device: Device) -> Resident:
        """A data set on a device, read if it was not; raises as `datasets.load`."""
        from pcae.training.images import Resident

        key = name, device.on_gpu
        if key not in self._data:
            if sum(of.nbytes for of in self._data.values()) > _MOST_BYTES:
                self._data.clear()
            self._data[key] = Resident(datasets.load(name), device)
        return self._data[key]

    def _program(self, config: RunConfig, device: Device, data: Resident, count: int) -> Program:
        from pcae.training.program import Program

        key = config.form, device, count
        if key in self._programs:
            found = self._programs.pop(key)
        else:
            if len(self._programs) >= _MOST_PROGRAMS:
                del self._programs[next(iter(self._programs))]
                gc.collect()
            found = Program(config, device, data, count)
        self._programs[key] = found  # the last is the one used last
        return found
