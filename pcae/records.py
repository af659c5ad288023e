"""What a run's folder says in words: how far its training is, its epochs, and what came of it."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from pcae import names
from pcae.config import RunConfig, canonical, digest
from pcae.files import DamagedFile, damaged, read_arrays, read_json, read_text, write, write_arrays
from pcae.forms import Form, flag, holds, misfit, named, none_or, number, several, text, whole
from pcae.methods.autoencoder import as_float32
from pcae.readings import once
from pcae.settings import RANGES, ConfigError

_DECODER = "decoder.0.kernel"
_HISTORY = ("epoch", "train_loss", "test_error", "seconds")
_VARIATIONAL = (*_HISTORY, "divergence")
_MOST_EPOCHS = int(RANGES["epochs"][1])
_LARGEST = sys.float_info.max
_LONGEST = 1e9  # seconds of training
_LATEST = 1e11  # seconds since 1970
_STATES = {"new", "queued", "running", "finished", "cancelled", "failed", "interrupted"}
_STATUS: Form = {
    "state": lambda of: isinstance(of, str) and of in _STATES,
    "message": text(20_000),
    "epoch": whole(0, _MOST_EPOCHS),
    "batch": whole(0, 10**9),
    "batches": whole(0, 10**9),
    "loss": none_or(number(-_LARGEST, _LARGEST)),
    "queued": number(0, _LATEST),
    "updated": number(0, _LATEST),
    "device": text(),
    "within": several(several(number(-_LARGEST, _LARGEST), 2, 3), 0, 1_000),
    "on_cpu": flag,
    "cpu_offered": flag,
}
_ROW: Form = {
    "train_loss": number(-_LARGEST, _LARGEST),
    "test_error": number(0, _LARGEST),
    "seconds": number(0, _LONGEST),
    "divergence": none_or(number(-_LARGEST, _LARGEST)),
}
_ERRORS = several(number(0, _LARGEST), 1, names.MAX_COLUMNS)
_RECORD: Form = {
    "command": text(),
    "data": holds(
        {"name": text(), "digest": text(), "train": whole(1, 10**9), "test": whole(1, 10**9)}
    ),
    "device": text(),
    "equivalent_k": number(0, names.MAX_COLUMNS),
    "errors_by_k": none_or(holds({"train": _ERRORS, "test": _ERRORS})),  # of ordered codes
    "seconds": number(0, _LONGEST),
    "test_error": number(0, _LARGEST),
    "train_error": number(0, _LARGEST),
    "versions": named(text()),
    "weights_sha256": text(),
}


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """A row of a run's history; see `pcae.training.loop.Epoch`."""

    epoch: int
    train_loss: float
    test_error: float
    seconds: float
    divergence: float | None = None


@dataclass(frozen=True)
class Status:
    """How far a run's training is.

    Attributes
    ----------
    state : {"new", "queued", "running", "finished", "cancelled", "failed", "interrupted"}
    message : str
        A sentence for people: what the worker is at, or why it stopped.
    epoch, batch, batches : int
        The epoch in training, and how many of its batches are done.
    loss : float or None
        Mean training loss of those batches.
    queued, updated : float
        Seconds since 1970.
    device : str
    within : list of list of float, of length 2 or 3
        The training loss inside this epoch: place, in epochs since the start, and loss; of a
        variational network also its divergence.
    on_cpu : bool
        Whether a queued run was asked for on the CPU.
    cpu_offered : bool
        Whether a failed run may do better there.
    """

    state: str
    message: str = ""
    epoch: int = 0
    batch: int = 0
    batches: int = 0
    loss: float | None = None
    queued: float = 0.0
    updated: float = 0.0
    device: str = ""
    within: list[list[float]] = field(default_factory=list)
    on_cpu: bool = False
    cpu_offered: bool = False

    @property
    def active(self) -> bool:
        """Whether a worker has it or should soon."""
        return self.state in {"queued", "running"}


def interrupted(seen: Status) -> Status:
    """The status of a run whose worker is gone."""
    if seen.state == "queued":
        message = "It waits, and no process trains: train it again, or cancel it."
    else:
        message = (
            "The training process ended before it was done, perhaps for want of memory or of space "
            "on the disk. What finished epochs taught the network is kept: train again to go on "
            "from there."
        )
    return replace(seen, state="interrupted", message=message)


@once
def read_config(path: Path) -> RunConfig:
    """The settings in a run's folder, if its name stands for them."""
    folder = path.parent
    try:
        found = read_json(path)
        config = RunConfig.from_dict(found)
    except ConfigError as problem:
        raise DamagedFile(f"{folder}: {problem} Delete the run.") from None
    except FileNotFoundError:
        raise DamagedFile(f"{folder} has lost its config.json. Delete the run.") from None
    if digest(canonical(found)) != folder.name:
        raise damaged(path, "these are the settings of another run")
    return config


@once
def read_status(path: Path) -> Status:
    """A status as it was last written, "new" before; `DamagedFile` where it is of no such form."""
    usual = asdict(Status(""))
    try:
        found = read_json(path, _STATUS, usual)
    except FileNotFoundError:
        return Status("new")
    return Status(**{name: found[name] for name in usual})


def read_record(path: Path, config: RunConfig | None = None) -> dict[str, Any]:
    """What the finished run's figures are and what made them; empty before.

    The run's settings lie beside it, unless they are given.
    """
    found = _read_record(path)
    if by_k := found.get("errors_by_k"):
        k = (config or read_config(path.with_name("config.json"))).k
        if any(len(errors) != k for errors in by_k.values()):
            raise damaged(path, f"no errors of 1 to {k} codes")
    return found


@once
def _read_record(path: Path) -> dict[str, Any]:
    try:
        return read_json(path, _RECORD, {"errors_by_k": None})
    except FileNotFoundError:
        return {}


@once
def read_history(path: Path) -> list[EpochRecord]:
    """Every finished epoch; none before the first.

    Raises
    ------
    DamagedFile
        An epoch is missing, or has a number that is not finite.
    """
    try:
        words = read_text(path)
    except FileNotFoundError:
        return []
    try:
        rows = [
            EpochRecord(
                int(row["epoch"]),
                float(row["train_loss"]),
                float(row["test_error"]),
                float(row["seconds"]),
                float(row["divergence"]) if "divergence" in row else None,
            )
            for row in csv.DictReader(io.StringIO(words))
        ]
    except (ValueError, KeyError, TypeError, csv.Error) as problem:
        raise damaged(path, problem) from None
    headers = tuple(",".join(of) + "\n" for of in (_HISTORY, _VARIATIONAL))
    numbers = [row.epoch for row in rows]
    complete = words.startswith(headers) and words.endswith("\n")
    if not complete or numbers != list(range(1, len(rows) + 1)):
        raise damaged(path, "cut short")
    for row in rows:
        if wrong := misfit({name: getattr(row, name) for name in _ROW}, _ROW):
            raise damaged(path, f"in epoch {row.epoch} {wrong}")
    return rows


def read_codes(path: Path, k: int) -> np.ndarray:
    """Test codes of one moment as they were kept: float16, shape (n, k)."""
    codes = read_arrays(path, prefix="codes")[0].get("codes")
    if codes is None or codes.ndim != 2 or not len(codes) or codes.shape[1] != k:
        raise damaged(path, f"no codes of {k} numbers")
    if codes.dtype.kind != "f" or not np.isfinite(codes).all():
        raise damaged(path, "no finite codes")
    return codes


def read_decoder(path: Path, config: RunConfig) -> np.ndarray | None:
    """The decoder's kernel that is kept with codes, float32, shape (k, p), if one is."""
    kernel = read_arrays(path, prefix=_DECODER)[0].get(_DECODER)
    if kernel is None:
        return None
    if kernel.shape != (config.k, config.inputs):
        raise damaged(path, f"a decoder of shape {kernel.shape}")
    try:
        return as_float32(_DECODER, kernel)
    except ValueError as problem:
        raise damaged(path, problem) from None


def write_codes(path: Path, codes: np.ndarray, decoder: np.ndarray | None = None) -> None:
    """Keep test codes of one moment in 16 bits, and with them a linear network's decoder."""
    limit = np.finfo(np.float16).max
    arrays = {"codes": np.clip(codes, -limit, limit).astype(np.float16)}
    if decoder is not None:
        arrays[_DECODER] = decoder
    write_arrays(path, arrays)


def write_history(path: Path, rows: Iterable[EpochRecord]) -> None:
    """Replace a history, whole or not at all."""
    told, lines = [asdict(row) for row in rows], io.StringIO()
    plain = all(row["divergence"] is None for row in told)
    columns = _HISTORY if plain else _VARIATIONAL
    writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(told)
    write(path, lines.getvalue())
