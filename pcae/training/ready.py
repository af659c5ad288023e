"""What the worker makes ready while nobody has asked for a training yet, and how it lets it go.

TensorFlow, and the data and the graphs of the settings that stand on the form. Graphs and models
hold themselves in cycles, each a data set's images with them, and with TensorFlow's 400,000
objects in the process Python hardly ever looks for such by itself: it is told to.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import time
from typing import TYPE_CHECKING

from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.files import DamagedFile, read_json
from pcae.settings import ConfigError
from pcae.training import jobs
from pcae.training.devices import Device

if TYPE_CHECKING:
    from pcae.training.loop import Training

_SECONDS_TO_SETTLE = 2.0
log = logging.getLogger(__name__)


class Ready:
    """TensorFlow, the data and the graphs of the likely settings, before they are asked for.

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
        self._training: Training | None = None

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
        """Make the training of the likely settings ready, once they have stood still.

        Not of those that are trained already, nor twice of the same.
        """
        config = self._form
        settled = time.monotonic() - self._changed >= _SECONDS_TO_SETTLE
        if config is None or config == self._tried or not settled:
            return
        self.let_go()
        self._tried = config
        if jobs.state(store.own_run(config.key)) == "finished":
            return
        try:
            self._training = _compiled(config)
            log.info("ready for %s", config.key)
        except Exception as problem:  # it is said of the run, should it be asked for
            log.info("not made ready: %s", problem)
        if self._training is None:
            self.let_go()  # of what there was of it

    def take(self, config: RunConfig, device: Device) -> Training:
        """The training of these settings, ready or made now."""
        from pcae.training.loop import Training

        made, self._training = self._training, None
        if made and (made.config, made.device) == (config, device):
            return made
        del made
        self.let_go()  # its memory may be needed
        return Training(config, datasets.load(config.dataset), device)

    def let_go(self) -> None:
        """Free the memory of what is ready, and of every training that is over."""
        self._training = None
        gc.collect()


def _compiled(config: RunConfig) -> Training:
    from pcae.training.loop import Training, prepare_device

    training = Training(config, datasets.load(config.dataset), prepare_device())
    training.compile()
    return training
