"""A run's files on their way from a worker's scratch folder into the store's.

What the training writes last is read first and put in its place last, so that the store never
shows more than is there: an epoch whose weights are there is finished, and a record has weights.
Whatever comes from a worker is read for its form before it replaces what is good.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pcae.config import RunConfig
from pcae.files import DamagedFile, damaged, read_arrays, write
from pcae.methods.autoencoder import state_shapes
from pcae.records import Status, read_codes, read_decoder, read_history, read_record, read_status
from pcae.store import Run
from pcae.training import jobs, reporter

Stamp = tuple[int, int, int]  # of a file: when it was written, its size, and its inode
File = tuple[str, Stamp, bytes]  # its name within the run's folder, and what is in it

STATUS, WEIGHTS = "status.json", "weights.safetensors"
_CODES = re.compile(r"codes/[0-9]{4}(\.[0-9]{4})?\.safetensors")
_OTHERS = ("history.csv", WEIGHTS, "record.json", STATUS)  # as they are written
MOST_BYTES = 32_000_000  # that travel at once, beside one file of each kind
ENDED = {"finished", "cancelled", "failed"}


def changed(folder: Path, have: Mapping[str, Stamp], without: Collection[str] = ()) -> list[File]:
    """The files of a run that are not as somebody has them, in the order of their writing.

    Parameters
    ----------
    have : mapping of str to stamp
        The stamps of the files that they have, by name.
    without : collection of str
        Names of files that they do not want now.
    """
    names = [name for name in _OTHERS if name not in without]
    late = [file for name in reversed(names) for file in _read(folder, name, have)]
    early: list[File] = []
    for path in sorted((folder / "codes").glob("[0-9]*.safetensors")):
        early += _read(folder, f"codes/{path.name}", have)
        if sum(len(content) for _, _, content in early) > MOST_BYTES:
            return early  # the others, and what was written after them, come next time
    return early + late[::-1]


def _read(folder: Path, name: str, have: Mapping[str, Stamp]) -> list[File]:
    try:
        if _stamp((folder / name).stat()) == have.get(name):
            return []
        with (folder / name).open("rb") as file:
            return [(name, _stamp(os.fstat(file.fileno())), file.read())]
    except OSError:  # it is not there, or not any more
        return []


def _stamp(of: os.stat_result) -> Stamp:
    return of.st_mtime_ns, of.st_size, of.st_ino


def apply(
    run: Run, files: Sequence[File], asked: Status, over: Callable[[], bool] = lambda: False
) -> Status | None:
    """Put files of a run from a worker into the store; its status there, if it is among them.

    Parameters
    ----------
    asked : Status
        As the run was asked for: when, and whether on the CPU.
    over : callable, optional
        Whether the run is not to be said to train any more, as it is when its status is written.

    Raises
    ------
    DamagedFile
        A file is not what such a file is, or the run was deleted; those before it are in their
        places.
    OSError
        The run was deleted, or the store cannot be written.
    """
    seen = None
    with tempfile.TemporaryDirectory(
        dir=run.folder.parent, prefix=f".{run.key}-", ignore_cleanup_errors=True
    ) as place:
        for name, _, content in files:
            if name not in _OTHERS and not _CODES.fullmatch(name):
                raise DamagedFile(f"No run has a file {name[:50]!r}.")
            path = Path(place, Path(name).name)
            write(path, content, durable=name != STATUS)
            if name == STATUS:
                seen = read_status(path)
                _write_status(run, seen, asked, over)
            else:
                _check(name, path, run.config)
                path.replace(run.folder / name)
    return seen


def _check(name: str, path: Path, config: RunConfig) -> None:
    """Raise `DamagedFile` where a file is not what its name says."""
    if name == WEIGHTS:
        _check_weights(path, config)
    elif name == "history.csv":
        read_history(path)
    elif name == "record.json":
        read_record(path, config)
    else:
        read_codes(path, config.k)
        read_decoder(path, config)


def _check_weights(path: Path, config: RunConfig) -> None:
    arrays, _ = read_arrays(path)
    shapes = state_shapes(config).items()
    kinds = ("", "adam.first.", "adam.second.")
    wanted = {kind + name: (shape, "float32") for kind in kinds for name, shape in shapes}
    if {name: (of.shape, of.dtype.name) for name, of in arrays.items()} != wanted:
        raise damaged(path, "it is no state of this network")
    if not all(np.isfinite(of).all() for of in arrays.values()):
        raise damaged(path, "it has numbers that are not finite")


def _write_status(run: Run, seen: Status, asked: Status, over: Callable[[], bool]) -> None:
    """Replace a run's status; a worker's clock does not count."""
    now = replace(seen, updated=time.time())
    if seen.state in ENDED:
        reporter.end(run, now)
        return
    with jobs.queue_lock():  # under which it may have been given back this moment
        if not over():
            run.write_status(replace(now, queued=asked.queued, on_cpu=asked.on_cpu))
