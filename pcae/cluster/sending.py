"""What goes from the dashboard's machine to a worker: a run's files, and data that it lacks."""

from __future__ import annotations

import contextlib
import functools
import uuid
from pathlib import Path

from pcae import names
from pcae.cluster.mirror import WEIGHTS
from pcae.data import datasets
from pcae.data.dataset import DataError, DataMissing
from pcae.files import DamagedFile, home, read_json, write_json
from pcae.forms import text
from pcae.store import Run


def store_id() -> str:
    """A name for this store, by which workers tell its runs from another dashboard's."""
    path = home() / "store.json"
    with contextlib.suppress(FileNotFoundError, DamagedFile):
        found = read_json(path, {"id": text(32)})["id"]
        if found.isalnum():
            return found
    made = uuid.uuid4().hex
    home().mkdir(parents=True, exist_ok=True)
    write_json(path, {"id": made})
    return made


def of_run(run: Run) -> dict[str, bytes]:
    """The files that a run goes on from, by name."""
    found = {"config.json": (run.folder / "config.json").read_bytes()}
    for name in ("history.csv", WEIGHTS):
        with contextlib.suppress(FileNotFoundError):
            found[name] = (run.folder / name).read_bytes()
    return found


def digest(dataset: str) -> str:
    """The digest of a data set as it is here.

    Raises
    ------
    DataError
        It is not here, or it is damaged.
    """
    if not names.is_own(dataset):
        return _digest(dataset)
    try:
        return names.about(dataset)["digest"]
    except FileNotFoundError:
        raise DataMissing(_gone(dataset)) from None
    except DamagedFile as problem:
        raise DataError(str(problem)) from None


@functools.cache
def _digest(dataset: str) -> str:
    return datasets.load(dataset).digest


def of_data(dataset: str) -> dict[str, bytes]:
    """The files of a data set, in the order in which they are to be written; see `digest`."""
    try:
        return {name: path.read_bytes() for name, path in _paths(dataset).items()}
    except OSError:
        raise DataMissing(_gone(dataset)) from None


def _paths(dataset: str) -> dict[str, Path]:
    if names.is_own(dataset):
        folder = names.folder(dataset)
        return {name: folder / name for name in ("arrays.safetensors", "about.json")}
    return datasets.files(dataset)


def _gone(dataset: str) -> str:
    return f"The data {names.title(dataset)} is not here any more: add it again, then train."
