"""Trained runs and runs in training, one folder each.

The worker writes a run's folder as it trains and every page reads it: the folder is the
only channel between them. A run's folder is named by its settings' key and holds

- `config.json`: the settings;
- `status.json`: how far its training is, rewritten several times a second;
- `history.csv`: losses and seconds of every finished epoch, and a variational network's divergence;
- `codes/0001.safetensors`: 16-bit test codes after each epoch (0000: before the first), and of
  fewer digits at a few moments of the first (0000.0149); with a linear network its decoder too;
- `weights.safetensors`: weights and Adam's moments after the last finished epoch. It is
  written last: an epoch whose weights are there is finished;
- `record.json`: once trained, the figures, and the data, device and versions behind them;
- `quality.json`: how well its codes keep the digits, once measured; see `pcae.training.quality`;
- `owners.json`: whose it is in a class, where it is not the teacher's alone; see `pcae.rights`;
- `cancel`: there while somebody wants the training to stop.

The presets ship with pcae, trained, in `pcae/pretrained`, in the same form but smaller: weights in
16 bits, without the moments, and codes of some epochs and of the first digits.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pcae import names, removal, rights
from pcae.config import RunConfig
from pcae.files import (
    DamagedFile,
    damaged,
    home,
    is_there,
    read_arrays,
    write,
    write_arrays,
    write_json,
)
from pcae.methods.autoencoder import Autoencoder, as_float32, weights_sha256
from pcae.presets import PRESETS, short_name
from pcae.records import (
    EpochRecord,
    Status,
    read_codes,
    read_config,
    read_decoder,
    read_history,
    read_record,
    read_status,
    write_codes,
    write_history,
)
from pcae.settings import RANGES

FRAME_DIGITS = 2_000  # test digits in the codes kept inside an epoch
PRETRAINED = Path(__file__).parent / "pretrained"
_KEY = re.compile(r"[0-9a-f]{12}")
_FRAME = re.compile(r"[0-9]{4}(\.[0-9]{4})?")
_MOST_FRAMES = 40  # that are played
_WEIGHTS = ("encoder.", "decoder.")
_MOST_EPOCHS = int(RANGES["epochs"][1])
_EPOCH = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Run:
    """One run's folder.

    Every reader raises `DamagedFile`, with a sentence, for a file that was cut short or is of
    another form.
    """

    key: str
    folder: Path
    shipped: bool = False

    @property
    def config(self) -> RunConfig:
        """The run's settings."""
        return read_config(self.folder / "config.json")

    @property
    def title(self) -> str:
        """The run's short name; beside others it has the one in `run_picker.titles`."""
        return short_name(self.config) + self.so_far

    @property
    def so_far(self) -> str:
        """What a name says of a run that has not had all its epochs."""
        done = len(self.history)
        return f" (after {done} so far)" if 0 < done < self.config.epochs else ""

    @property
    def status(self) -> Status:
        """How far its training is, as last written."""
        if self.shipped:
            return Status("finished")
        return read_status(self.folder / "status.json")

    @property
    def trained(self) -> bool:
        """Whether there are weights to show, be it after one epoch."""
        return is_there(self.folder / "weights.safetensors")

    @property
    def history(self) -> list[EpochRecord]:
        """Every finished epoch."""
        return read_history(self.folder / "history.csv")

    @property
    def record(self) -> dict[str, Any]:
        """What the finished run's figures are and what made them; empty before."""
        return read_record(self.folder / "record.json")

    @property
    def version(self) -> int:
        """Changes whenever the weights do: for caches.

        Raises
        ------
        DamagedFile
            There are no weights: the run was deleted.
        """
        try:
            return (self.folder / "weights.safetensors").stat().st_mtime_ns
        except OSError:
            raise DamagedFile(
                f"The run {self.key} is not there any more: it was deleted. Choose another."
            ) from None

    def model(self) -> Autoencoder:
        """The network after its last finished epoch.

        Raises
        ------
        DamagedFile
            The weights are cut short, are no finite numbers, or not of this run's settings.
        """
        path = self.folder / "weights.safetensors"
        try:
            arrays, _ = read_arrays(path, prefix=_WEIGHTS)
            weights = {name: as_float32(name, array) for name, array in arrays.items()}
            return Autoencoder(self.config, weights)
        except FileNotFoundError:
            raise DamagedFile(f"The run {self.key} has no weights yet. Train it.") from None
        except ValueError as problem:
            raise DamagedFile(
                f"{path} is damaged ({problem}). Delete the run and train it again."
            ) from None

    def checkpoint(self) -> tuple[int, dict[str, np.ndarray]] | None:
        """Number and state of the last finished epoch, None before the first."""
        epoch = self.checkpoint_epoch()
        return (epoch, read_arrays(self.folder / "weights.safetensors")[0]) if epoch else None

    def checkpoint_epoch(self) -> int:
        """Number of the last finished epoch; 0 before the first."""
        try:
            about = read_arrays(self.folder / "weights.safetensors", prefix="-")[1]
        except FileNotFoundError:
            return 0
        epoch = about.get("epoch", "")
        if not _EPOCH.fullmatch(epoch) or int(epoch) > _MOST_EPOCHS:
            raise damaged(self.folder / "weights.safetensors", f"of epoch {epoch[:20]!r}")
        return int(epoch)

    def frames(self) -> list[float]:
        """When there are codes of, in epochs since the start."""
        paths = (self.folder / "codes").glob("[0-9]*.safetensors")
        found = [path for path in paths if _FRAME.fullmatch(path.stem) and is_there(path)]
        return sorted(float(path.stem) for path in found)

    def codes(self, place: float) -> np.ndarray:
        """Test codes at a moment, in epochs, as they were kept: float16, shape (n, k)."""
        return read_codes(self._codes_path(place), self.config.k)

    def decoder(self, place: float) -> np.ndarray | None:
        """The decoder's kernel at a moment, float32, shape (k, p): a linear network's only."""
        return read_decoder(self._codes_path(place), self.config)

    def write_status(self, status: Status) -> None:
        """Replace the status."""
        write_json(self.folder / "status.json", asdict(status), durable=False)

    def write_codes(
        self, place: float, codes: np.ndarray, decoder: np.ndarray | None = None
    ) -> None:
        """Keep the test codes at a moment, in epochs since the start, in 16 bits.

        Parameters
        ----------
        decoder : ndarray, shape (k, p), optional
            A linear network's decoder then.
        """
        write_codes(self._codes_path(place), codes, decoder)

    def write_history(self, rows: Iterable[EpochRecord]) -> None:
        """Replace the history."""
        write_history(self.folder / "history.csv", rows)

    def write_checkpoint(self, epoch: int, state: Mapping[str, np.ndarray]) -> None:
        """Keep the state after an epoch; this is what makes the epoch count."""
        write_arrays(self.folder / "weights.safetensors", state, {"epoch": str(epoch)})

    def write_record(self, record: dict[str, Any]) -> None:
        """Keep the finished run's figures."""
        write_json(self.folder / "record.json", record)

    @property
    def cancel_wanted(self) -> bool:
        """Whether somebody asked the training to stop."""
        return is_there(self.folder / "cancel")

    def want_cancel(self, wanted: bool) -> None:
        """Ask the training to stop, or take that back."""
        if wanted:
            write(self.folder / "cancel", "")
        else:
            (self.folder / "cancel").unlink(missing_ok=True)

    def adopt(self, other: Run) -> None:
        """Start where another run of the same trajectory is."""
        found = other.checkpoint()
        if found is None:
            return
        number, state = found
        rows = other.history[:number]
        if len(rows) < number:
            return
        self.take_codes(other, [place for place in other.frames() if place <= number])
        self.write_history(rows)
        self.write_checkpoint(number, state)

    def take_codes(self, other: Run, places: Iterable[float], digits: int | None = None) -> None:
        """Keep another run's codes at some moments, be it of its first digits only."""
        for place in places:
            self.write_codes(place, other.codes(place)[:digits], other.decoder(place))

    def _codes_path(self, place: float) -> Path:
        return self.folder / "codes" / (f"{place:09.4f}".removesuffix(".0000") + ".safetensors")


def runs() -> list[Run]:
    """Those of `all_runs` that who asks may see: none on another visitor's data."""
    return all_runs() if rights.teaches() else list(filter(_is_seen, all_runs()))


def _is_seen(run: Run) -> bool:
    with contextlib.suppress(DamagedFile):
        if run.shipped or names.is_seen(_dataset(run)):
            return True
    return rights.is_own(run.folder)


@functools.lru_cache(10_000)
def _dataset(run: Run) -> str:
    """What a run is trained on, which its key says for good."""
    return run.config.dataset


def all_runs() -> list[Run]:
    """One's own runs, the newest first, then the presets that ship and have none in their place."""
    keys = [preset.key for preset in PRESETS.values()]
    presets = [shipped_run(key) for key in keys if not own_run(key).trained]
    return _own_runs() + [run for run in presets if run.trained]


def trained_runs(among: list[Run] | None = None) -> dict[str, Run]:
    """The runs, or those among some, that can be shown, by key: one's own if it has weights."""
    found: dict[str, Run] = {}
    for run in runs() if among is None else among:
        if run.trained:
            found.setdefault(run.key, run)
    return found


def find(key: str) -> Run | None:
    """The run with this key: the one that can be shown, else one's own without weights."""
    return trained_runs().get(key) or next((run for run in runs() if run.key == key), None)


def own_run(key: str) -> Run:
    """The place of a run in one's own store, be it there or not.

    Raises
    ------
    ValueError
        This is not a key.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not the key of a run.")
    return Run(key, home() / "runs" / key)


def shipped_run(key: str) -> Run:
    """The place of a preset among the runs that ship, be it there or not."""
    return Run(key, PRETRAINED / key, shipped=True)


def few_frames(places: list[float], most: int = _MOST_FRAMES) -> list[float]:
    """Those to play of the moments that there are codes of: all of the first epoch, few others."""
    early = [place for place in places if place < 1]
    late = [place for place in places if place >= 1]
    few = np.linspace(0, len(late) - 1, most - len(early)).astype(int)
    return early + [late[i] for i in np.unique(few)] if late else early


def create(config: RunConfig, status: Status | None = None) -> Run:
    """The run of these settings in one's own store, made whole if it is not there, or not at all.

    Parameters
    ----------
    status : Status, optional
        What is written of a run that is made.

    Raises
    ------
    OSError
        The store cannot be written, or the disk is full.
    """
    run = own_run(config.key)
    if is_there(run.folder):
        (run.folder / "codes").mkdir(exist_ok=True)
        if not is_there(run.folder / "config.json"):
            write_json(run.folder / "config.json", config.to_dict())
        return run
    made = Run(run.key, removal.beside(run.folder))
    try:
        (made.folder / "codes").mkdir(parents=True)
        write_json(made.folder / "config.json", config.to_dict())
        if status:
            made.write_status(status)
        rights.claim(made.folder, rights.who(), made=True)
        made.folder.rename(run.folder)
    except OSError:
        shutil.rmtree(made.folder, ignore_errors=True)
        raise
    return run


def delete(run: Run) -> None:
    """Remove a run of one's own, at once as far as any reader sees.

    Raises
    ------
    ValueError
        The run ships with pcae.
    Denied
        It is another visitor's.
    OSError
        It is gone already, or its folder cannot be written.
    """
    if run.shipped:
        raise ValueError(f"The run {run.key} ships with pcae and stays.")
    rights.only_own(run.folder, "A network is deleted")
    away = removal.beside(run.folder)
    run.folder.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def sweep() -> None:
    """Remove what killed processes left half-written, set aside or half-removed."""
    runs, data = home() / "runs", home() / "data"
    folders = [runs, *runs.glob("*"), *runs.glob("*/codes"), data, *data.glob("*")]
    removal.sweep(*folders, home() / "sweeps")


def sha256_of(run: Run) -> str:
    """`weights_sha256` of a run's weights."""
    model = run.model()
    return weights_sha256(model.config, model.weights)


def _own_runs() -> list[Run]:
    """The runs in one's own store, the newest first."""
    place, dated = home() / "runs", []
    with contextlib.suppress(OSError):
        for name in filter(_KEY.fullmatch, os.listdir(place)):  # noqa: PTH208 (names are enough)
            run = _run_at(str(place), name)
            with contextlib.suppress(OSError):  # deleted meanwhile, or not to be looked at
                of = run.folder.stat()
                if stat.S_ISDIR(of.st_mode):
                    dated.append((of.st_mtime, name, run))
    return [run for _, _, run in sorted(dated, key=lambda of: of[:2], reverse=True)]


@functools.lru_cache(10_000)
def _run_at(place: str, name: str) -> Run:
    """The run in a folder: there are hundreds, and every page looks at all of them."""
    return Run(name, Path(place) / name)
