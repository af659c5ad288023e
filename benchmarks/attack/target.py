"""What is attacked: the real server, with a store of everything that pages can show."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks import machine
from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.data.choices import Choices
from pcae.data.contents import Contents, Part
from pcae.data.judging import understanding
from pcae.methods import pca
from pcae.methods.autoencoder import Autoencoder, weight_shapes
from pcae.presets import PRESETS
from pcae.server.loading import View
from pcae.store import EpochRecord, Run, Status
from pcae.training import jobs, quality, reporter, sweep
from tests.browser.conftest import Server

_NO_NETWORK = {
    **dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "no_proxy": "localhost,127.0.0.1",
}
SMALL = RunConfig(dataset="mnist-5k", hidden=(16,), epochs=2)
LINEAR = replace(PRESETS["Linear"], dataset="mnist-5k", epochs=2)
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:\s.*\n|\n)*(.*)", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """A running server and its store.

    Attributes
    ----------
    server : Server
    runs : list of Run
        One's own; the first is measured.
    """

    server: Server
    runs: list[Run]
    _told: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The store."""
        return self.server.home / "pcae"

    @property
    def pid(self) -> int:
        return self.server.process.pid

    @property
    def alive(self) -> bool:
        return self.server.process.poll() is None

    @cached_property
    def views(self) -> dict[str, View]:
        """The data of every run with its PCA, as the server shows it."""
        found = {}
        for name in {run.config.dataset for run in store.runs()}:
            data, problem = datasets.load_or_sample(name)
            found[name] = View(data, pca.load_or_fit(data), problem)
        return found

    def new_tracebacks(self) -> list[str]:
        """The last line of every traceback in the server's log since this was asked last."""
        every = _TRACEBACK.findall(self.server.log.read_text(errors="replace"))
        new = every[len(self._told) :]
        self._told.extend(new)
        return new

    def megabytes(self) -> float | None:
        """The server's resident memory; None where /proc does not tell."""
        try:
            return machine.kibibytes_of(self.proc, "VmRSS") / 1024
        except (OSError, LookupError):
            return None

    def cpu_seconds(self) -> float:
        """How long the server has computed; 0 where /proc does not tell."""
        try:
            return machine.seconds_of(self.proc)
        except (OSError, LookupError):
            return 0.0

    @property
    def proc(self) -> Path:
        return Path(f"/proc/{self.pid}")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Target]:
    """A server with a full store in a folder; nothing of it can reach the network or train.

    `PCAE_HOME` is its store meanwhile.
    """
    places = {"PCAE_HOME": str(folder / "pcae"), "KERAS_HOME": str(folder / "keras")}
    with patch.dict(os.environ, places | _NO_NETWORK):
        os.environ.pop("PCAE_DATA", None)
        with _nobody_works():
            runs = fill()
            server = Server(folder)
            try:
                yield Target(server, runs)
            finally:
                server.stop()
                end_processes_of(folder / "pcae")


@contextlib.contextmanager
def _nobody_works() -> Iterator[None]:
    """Hold the locks of those that compute: what is asked for waits, as behind another training."""
    locks = [*(jobs.worker_lock(slot) for slot in range(jobs.slots())), jobs.lock("quality")]
    with contextlib.ExitStack() as held:
        for lock in locks:
            held.enter_context(lock)
        yield


def fill() -> list[Run]:
    """Runs in every state, data of one's own, a sweep and measured codes; the runs."""
    table, pictures = _own_data()
    on_own = [RunConfig(dataset=of, hidden=(8,), epochs=2) for of in (table, pictures)]
    runs = [as_trained(config) for config in (SMALL, LINEAR, replace(SMALL, k=3), *on_own)]
    for state, config in zip(
        ("cancelled", "failed", "interrupted", "running", "queued"),
        (replace(SMALL, epochs=9, seed=seed) for seed in range(1, 6)),
        strict=True,
    ):
        run = as_trained(config, epochs=1 if state != "queued" else 0)
        status = Status(state, "Because.", epoch=1, batch=1, batches=9, loss=0.1, queued=1.0)
        run.write_status(status)
        runs.append(run)
    sweep.submit(sweep.Sweep(base=SMALL, hidden=[(16,)], k=[2, 3], epochs=[2], seed=[0, 1]))
    data = datasets.load(SMALL.dataset)
    for subject in quality.pair(runs[0]):
        quality.find_or_measure(subject, data, pca.load_or_fit(data))
    return runs


def _own_data() -> list[str]:
    """The names of a table and of pictures of one's own, added."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 120)
    found = []
    for rows in (rng.normal(size=(120, 5)), rng.integers(0, 256, (120, 9, 7))):
        both = {"rows": rows, "labels": labels}
        parts = [Part(name, name, "array", array) for name, array in both.items()]
        made = understanding.understand(Contents(parts), Choices(), "made")
        assert made.data is not None, made.problem
        owndata.keep(made.data, "Made", made.scaling)
        found.append(made.data.name)
    return found


def as_trained(config: RunConfig, epochs: int | None = None) -> Run:
    """A run with all that a training leaves, of which nobody has trained the weights."""
    done = config.epochs if epochs is None else epochs
    run, data, rng = store.create(config), datasets.load(config.dataset), np.random.default_rng(0)
    shapes = weight_shapes(config)
    weights = {
        name: rng.normal(0, of[0] ** -0.5, of).astype(np.float32) for name, of in shapes.items()
    }
    codes = Autoencoder(config, weights).encode(data.test.pixels())
    if done:
        for place in (0, 0.25, *range(1, done + 1)):
            run.write_codes(place, codes, weights["decoder.0.kernel"] if config.linear else None)
        run.write_history(EpochRecord(number + 1, 0.1, 0.1, 1.0) for number in range(done))
        run.write_checkpoint(done, weights)
    if done == config.epochs:
        run.write_record(reporter.make_record(run, data, "CPU", test_error=0.05, train_error=0.05))
        run.write_status(Status("finished", epoch=done))
    return run


def end_processes_of(home: Path) -> None:
    """End what the server has started for its store and not waited for; Linux alone tells."""
    ours = f"PCAE_HOME={home}".encode()
    for place in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError, ValueError):
            pid = int(place.parent.name)
            if pid != os.getpid() and ours in place.read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)
