"""What runs at a cluster's worker: the trainings, in a scratch store, and who looks at them.

A worker trains as the one of a single machine does, by the same code, into a store of its own in
the folder that Dask gives it, one for each dashboard. A dashboard's dispatcher puts there what a
run goes on from, has it trained, and takes what is new several times a second (`tend`); it says
which runs are to stop, and which may go. What it never asks for again is removed once there is much
of it, and all of it with the worker.

One training at a time, whoever asks: `put` keeps the worker for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from distributed import Worker, get_worker

from pcae import names, removal
from pcae.cluster import mirror
from pcae.cluster.mirror import Stamp
from pcae.data import datasets
from pcae.data.datasets import DataError
from pcae.files import DamagedFile, read_json, write
from pcae.records import read_status
from pcae.store import Run
from pcae.training.attempts import attempt, from_one_epoch
from pcae.training.devices import Device
from pcae.training.ready import Ready
from pcae.training.reporter import Reporter

_SECONDS_TO_BEGIN = 30.0  # of a training whose dispatcher does not ask any more
_POLL_SECONDS = 0.05
_MOST_LEFT = 1_000_000_000  # bytes of runs that nobody asks for, and as many of own data
_ready = Ready()


@dataclass
class _Given:
    """The runs that this worker is kept for, of whose store, and whether they are in training."""

    store: str
    keys: tuple[str, ...]
    asked: float
    training: bool = False

    @property
    def over(self) -> bool:
        """Whether nobody asks any more for what has not begun."""
        return not self.training and time.monotonic() - self.asked > _SECONDS_TO_BEGIN


_given: _Given | None = None
_giving = threading.Lock()


def device() -> dict[str, Any]:
    """Load TensorFlow and say where this worker trains, as plain values: a task, of seconds."""
    found = _device(on_cpu=False)
    gc.freeze()  # what is loaded stays, as in `Ready.begin`
    return asdict(found)


def _device(on_cpu: bool) -> Device:
    from pcae.training.loop import prepare_device

    return prepare_device(on_cpu)


def lacks(store: str, name: str, dask_worker: Worker) -> bool:
    """Whether a data set has to be sent here first."""
    if names.is_own(name):
        return not (scratch(dask_worker, store) / "data" / name / "about.json").exists()
    with contextlib.suppress(DataError):
        return not datasets.is_here(name)
    return True


def keep(store: str, name: str, files: Mapping[str, bytes], dask_worker: Worker) -> None:
    """Keep a data set that was sent, in files that are written in this order."""
    place = scratch(dask_worker, store)
    if names.is_own(name):
        folder = place / "data" / name
    else:  # where all that is here looks for what Keras publishes
        os.environ["KERAS_HOME"] = str(place.parent / "keras")
        folder = datasets.keras_cache()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write(folder / path, content)
    _bound([*place.parent.glob("*/data/*")], keep={folder})


def put(store: str, runs: Mapping[str, Mapping[str, bytes]], dask_worker: Worker) -> bool:
    """Keep this worker for runs, with the files that they go on from; False where it is taken."""
    global _given
    with _giving:
        if _given and not _given.over:
            return False
        _given = _Given(store, tuple(runs), time.monotonic())
    place = scratch(dask_worker, store)
    folders = {key: place / "runs" / key for key in runs}
    try:
        for key, files in runs.items():
            _remove(folders[key])
            (folders[key] / "codes").mkdir(parents=True)
            for name, content in files.items():
                write(folders[key] / name, content)
    except OSError:
        _given = None
        raise
    _bound([*place.parent.glob("*/runs/*")], keep=set(folders.values()))
    return True


def train(store: str, keys: Sequence[str], on_cpu: bool, digest: str) -> None:
    """Train the runs that were put here to their ends: a task.

    Parameters
    ----------
    digest : str
        Of their data, as the dashboard has it.
    """
    global _given
    with _giving:
        given = _given
        if given is None or (given.store, given.keys) != (store, tuple(keys)):
            return  # it took so long that the worker was given to others
        given.training = True
    try:
        worker = get_worker()
        place = scratch(worker, store)
        os.environ["PCAE_HOME"] = str(place)
        runs = [Run(key, place / "runs" / key) for key in keys]
        _train([run for run in runs if run.folder.is_dir()], on_cpu, digest, str(worker.name))
    finally:
        _given = None


def _train(runs: Sequence[Run], on_cpu: bool, digest: str, name: str) -> None:
    device = None
    try:
        device = _device(on_cpu)
        device = replace(device, name=f"{device.name}, on worker {name}")
        for dataset in {run.config.dataset for run in runs}:
            if _ready.placed(dataset, device).data.digest != digest:
                raise DataError(
                    f"The worker {name} has other data under the name {names.title(dataset)} than "
                    "this machine: install the same requirements.txt on both, and train again."
                )
    except Exception as problem:
        for run in runs:
            Reporter(run, device).fail(problem)
        return
    for alike in from_one_epoch(runs):
        attempt(alike, device, _ready)


async def tend(
    store: str,
    have: Mapping[str, Mapping[str, Stamp]],
    *,
    cancel: Collection[str] = (),
    drop: Collection[str] = (),
    forget: Collection[str] = (),
    light: Collection[str] = (),
    seconds: float = 0.0,
    dask_worker: Worker,
) -> dict[str, Any]:
    """Say what is new of a store's runs here, once one has ended or some time is over.

    Parameters
    ----------
    have : mapping of str to mapping of str to stamp
        The stamps of the files that the dispatcher has, by run and name.
    cancel, drop : collection of str
        Runs that are to stop, or to go.
    forget : collection of str
        Own data sets that are to go.
    light : collection of str
        Runs whose weights are not wanted while they train.
    seconds : float
        How long to wait for something to end.

    Returns
    -------
    dict
        `busy`: how many runs are in training here, whosever; `runs`: by key, "state" ("waiting",
        "training", "ended", or "left" by a training that did not end) and "files"; `data`: the own
        data sets here; `waited`: seconds.
    """
    logging.getLogger("distributed.worker").addFilter(_is_news)
    place, begun = scratch(dask_worker, store), time.monotonic()
    for key in drop:
        _remove(place / "runs" / key)
    for name in forget:
        _forget(place, name)
    for key in cancel:
        with contextlib.suppress(OSError):  # it has gone
            Run(key, place / "runs" / key).want_cancel(True)
    if _given and _given.store == store and any(_is_there(place, key) for key in _given.keys):
        _given.asked = begun
    while not {"ended", "left"} & set((states := _states(store, place)).values()):
        if time.monotonic() - begun >= seconds:
            break
        await asyncio.sleep(_POLL_SECONDS)
    waited = time.monotonic() - begun
    runs, room = {}, mirror.MOST_BYTES
    for key, state in states.items():
        without = [mirror.WEIGHTS] if state == "training" and (key in light or room < 0) else []
        wanted = state == "training" or room >= 0  # else next time
        folder = place / "runs" / key
        files = mirror.changed(folder, have.get(key, {}), without) if wanted else []
        room -= sum(len(content) for _, _, content in files)
        runs[key] = {"state": state, "files": files}
    return {
        "busy": len(_given.keys) if _given and not _given.over else 0,
        "runs": runs,
        "data": [path.parent.name for path in place.glob("data/*/about.json")],
        "waited": waited,
    }


def _states(store: str, place: Path) -> dict[str, str]:
    given = _given
    found = {}
    for path in place.glob("runs/[0-9a-f]*"):
        try:
            ended = read_status(path / "status.json").state in mirror.ENDED
        except DamagedFile:
            ended = False
        if ended:
            found[path.name] = "ended"
        elif given and given.store == store and path.name in given.keys:
            found[path.name] = "training" if given.training else "waiting"
        else:
            found[path.name] = "left"
    return found


def _is_news(record: logging.LogRecord) -> bool:
    """Dask's worker would note in its log each time that somebody looks."""
    return not str(record.msg).startswith("Run out-of-band function")


def _is_there(place: Path, key: str) -> bool:
    return (place / "runs" / key).is_dir()


def scratch(worker: Worker, store: str) -> Path:
    """A worker's place for what is of a store."""
    return Path(worker.local_directory) / "pcae" / store


def _forget(place: Path, name: str) -> None:
    """Keep nothing of a data set of somebody's own: neither it nor its PCA."""
    folder = place / "data" / name
    with contextlib.suppress(DamagedFile, OSError):
        digest = str(read_json(folder / "about.json").get("digest"))
        (place / "pca" / f"{digest}.safetensors").unlink(missing_ok=True)
    _remove(folder)
    _ready.forget(name)


def _remove(folder: Path) -> None:
    """Remove a folder, at once as far as a training sees that writes into it."""
    with contextlib.suppress(OSError):
        away = removal.beside(folder)
        folder.rename(away)
        removal.remove(away)


def _bound(folders: Sequence[Path], keep: Collection[Path]) -> None:
    """Remove the oldest folders, if they are large in sum; never some."""
    left = 0
    for folder in sorted(folders, key=_age):
        left += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if left > _MOST_LEFT and folder not in keep:
            _remove(folder)


def _age(folder: Path) -> float:
    try:
        return -folder.stat().st_mtime
    except OSError:
        return 0.0
