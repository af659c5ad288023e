"""A grid of trainings submitted as one: widths × k × epochs × seeds on one base of settings.

A sweep is one frozen value, kept as `sweeps/<key>.json` so that another tab, another person and a
restart see it; with the names of the students whose it is, where it is not the teacher's. Its
networks are runs like any other: how far they are is read from their folders.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from pcae import names, removal, rights, rules, store
from pcae.config import RunConfig, digest
from pcae.counts import counted
from pcae.files import DamagedFile, damaged, home, is_there, read_json, write_json
from pcae.removal import Removed
from pcae.rights import Denied
from pcae.settings import LABELS, ConfigError, checked, parse, parse_widths
from pcae.store import Run, Status
from pcae.training import jobs

MOST = 200
AXES = ("hidden", "k", "epochs", "seed")
_KEY = re.compile("[0-9a-f]{12}")
NOT_ALLOWED = "Grids of networks are trained by the teacher alone: train one network on Train."
_GONE = "This sweep is not in the list any more; its networks are. Choose another."
_SHOWN = 4  # values of an axis in a name


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Every network of a grid.

    Parameters
    ----------
    base : RunConfig
        The settings that all have in common.
    hidden : sequence of tuple of int
    k, epochs, seed : sequence of int
        The values of each axis; they are sorted, and those given twice count once.

    Raises
    ------
    ConfigError
        An axis has no value, a value is out of its range, or there are too many networks.
    """

    base: RunConfig
    hidden: Sequence[tuple[int, ...]]
    k: Sequence[int]
    epochs: Sequence[int]
    seed: Sequence[int]

    def __post_init__(self) -> None:
        for name in AXES:
            values = sorted({checked(name, value) for value in getattr(self, name)})
            if not values:
                raise ConfigError(f"{LABELS[name]} has no value: write at least one.")
            # frozen: the one place where a field takes its canonical form
            object.__setattr__(self, name, tuple(values))
        count = math.prod(len(getattr(self, name)) for name in AXES)
        if count > MOST:
            raise ConfigError(
                f"The grid has {count:,} networks: choose fewer values, for at most {MOST}."
            )
        object.__setattr__(self, "base", self.configs[0])

    @cached_property
    def configs(self) -> list[RunConfig]:
        """The settings of every network, short trainings first: the longer go on from them."""
        grid = product(*(getattr(self, name) for name in AXES))
        found = [replace(self.base, **dict(zip(AXES, point, strict=True))) for point in grid]
        return sorted(found, key=lambda of: (of.epochs, of.parameters, of.seed))

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that stand for this grid, on every machine."""
        return digest(json.dumps(self.to_dict(), sort_keys=True))

    @property
    def name(self) -> str:
        """A readable name: the values of each axis, and what is not as usual."""
        longest = replace(self.base, hidden=self.hidden[-1], seed=RunConfig().seed)
        _, activation, _, *unusual = longest.name.split(", ")
        axes = (
            " / ".join(_few([value_name(self.base, "hidden", widths) for widths in self.hidden])),
            f"k {', '.join(_few(self.k))}",
            f"{', '.join(_few(self.epochs))} epoch{'' if self.epochs == (1,) else 's'}",
            f"seed {', '.join(_few(self.seed))}",
        )
        return ", ".join([" × ".join(axes), activation, *unusual])

    @property
    def across(self) -> str:
        """The axis to draw errors against: k where it varies, else widths or epochs."""
        if len(self.k) > 1:
            return "k"
        return max(("hidden", "epochs"), key=lambda name: len(getattr(self, name)))

    @property
    def places(self) -> list[Any]:
        """The values along that axis; widths as text."""
        return [_place(self, value) for value in getattr(self, self.across)]

    def to_dict(self) -> dict[str, Any]:
        """The sweep as plain JSON values."""
        axes = {name: list(getattr(self, name)) for name in AXES}
        return {"base": self.base.to_dict(), **axes}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Sweep:
        """A sweep from plain JSON values; `ConfigError` where they make none."""
        try:
            axes = {name: values[name] for name in AXES}
            return cls(base=RunConfig.from_dict(values["base"]), **axes)
        except (KeyError, TypeError, AttributeError) as problem:
            raise ConfigError(f"This is no sweep: {problem!r}.") from None

    @classmethod
    def from_text(cls, base: RunConfig, texts: Mapping[str, str]) -> Sweep:
        """A sweep from what a person writes: "512, 128; 256" for widths, "1, 2, 3" for the rest.

        Nothing between two semicolons is a network without a hidden layer.
        """
        axes: dict[str, Any] = {
            "hidden": [parse_widths(text) for text in texts["hidden"].split(";")]
        }
        for name in AXES[1:]:
            axes[name] = [parse(name, word) for word in texts[name].replace(",", " ").split()]
        return cls(base=base, **axes)


@dataclass(frozen=True)
class Network:
    """How far one network of a sweep is; its figures, of the test images, once it is finished."""

    config: RunConfig
    status: Status
    test_error: float | None = None
    equivalent_k: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Line:
    """Test errors of the networks that differ in one axis, and in the seed, alone.

    Attributes
    ----------
    name : str
    errors : dict of int or str to list of float
        By the place on the axis, one for each seed that is finished.
    """

    name: str
    errors: dict[Any, list[float]]


def submit(sweep: Sweep) -> None:
    """Keep a sweep and queue its networks; those that are finished are left as they are.

    Raises
    ------
    JobError
        The store cannot be written.
    Denied
        A student asks whom the rules do not let train grids, or not such large ones.
    """
    if not may_submit():
        raise Denied(NOT_ALLOWED)
    path = _path(sweep.key)
    before = is_there(path)
    owners = _owners(sweep.key) if before else frozenset()
    if not rights.teaches() and (owners or not before):
        owners |= {rights.who().name}
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        _write(sweep, owners)
    except OSError as problem:
        raise jobs.unwritable(problem) from None
    try:
        jobs.submit_all(sweep.configs)
    except (jobs.JobError, Denied):
        if not before:
            path.unlink(missing_ok=True)
        raise


def _write(sweep: Sweep, owners: frozenset[str]) -> None:
    whose = {"owners": sorted(owners)} if owners else {}
    write_json(_path(sweep.key), sweep.to_dict() | whose)


def _owners(key: str) -> frozenset[str]:
    """The students whose a sweep is; none: it is the teacher's, or its file says nothing."""
    with contextlib.suppress(DamagedFile, FileNotFoundError):
        found = read_json(_path(key)).get("owners")
        if isinstance(found, list):
            return frozenset(of for of in found if isinstance(of, str))
    return frozenset()


def is_own(key: str) -> bool:
    """Whether who asks may cancel a sweep, or take it from the list."""
    return rights.teaches() or rights.who().name in _owners(key)


def _only_own(key: str, what: str) -> None:
    if not is_own(key):
        raise Denied(rights.not_own(what))


def may_submit() -> bool:
    """Whether who asks may train grids at all."""
    return rights.teaches() or rules.current().sweeps


def cancel(sweep: Sweep) -> None:
    """Cancel what waits, then what is in training; finished epochs are kept.

    Raises
    ------
    JobError
        The store cannot be written.
    Denied
        A student cancels what is not theirs.
    """
    _only_own(sweep.key, "A grid of networks is cancelled")
    for config in reversed(sweep.configs):
        run = _run(config)
        if rights.is_own(run.folder) and jobs.active(run):
            jobs.cancel(run)


def kept() -> list[str]:
    """The keys of the sweeps that may be seen, the newest first."""
    dated = []
    for path in _folder().glob("*.json"):
        with contextlib.suppress(OSError):  # removed meanwhile
            if _KEY.fullmatch(path.stem) and _is_seen(path.stem):
                dated.append((path.lstat().st_mtime, path.stem))
    return [key for _, key in sorted(dated, reverse=True)]


def _is_seen(key: str) -> bool:
    """Whether a sweep is not on another visitor's data; of a damaged one nobody knows."""
    try:
        return rights.teaches() or names.is_seen(read(key).base.dataset)
    except DamagedFile:
        return False


def read(key: str) -> Sweep:
    """The sweep with a key from `kept`.

    Raises
    ------
    DamagedFile
        Its file is cut short, or was removed.
    """
    try:
        found = Sweep.from_dict(read_json(_path(key)))
    except ConfigError as problem:
        raise damaged(_path(key), problem) from None
    except FileNotFoundError:
        raise DamagedFile(_GONE) from None
    if not names.is_seen(found.base.dataset):
        raise DamagedFile(_GONE)
    return found


def remove(key: str) -> Removed | None:
    """Take a sweep from the list; its networks stay.

    None where it was gone already, or others asked for it too, who keep it.

    Raises
    ------
    OSError
        The store cannot be written.
    Denied
        A student removes what is not theirs.
    """
    _only_own(key, "A grid of networks is taken from the list")
    left = _owners(key) - {rights.who().name}
    if left and not rights.teaches():
        _write(read(key), left)
        return None
    try:
        return removal.set_aside(_path(key))
    except FileNotFoundError:
        return None


def clear() -> int:
    """Remove the sweeps of students for good, and say how many: the teacher's."""
    rights.only_teacher("Grids of networks are cleared")
    found = [key for key in kept() if _owners(key)]
    for key in found:
        _path(key).unlink(missing_ok=True)
    return len(found)


def look(sweep: Sweep) -> list[Network]:
    """How far every network is, in the order of `Sweep.configs`."""
    return [_look(config) for config in sweep.configs]


def lines(sweep: Sweep, networks: Sequence[Network]) -> list[Line]:
    """The finished networks' errors against the axis `Sweep.across`, a line for all else."""
    others = [name for name in AXES[:3] if name != sweep.across]
    varying = [name for name in others if len(getattr(sweep, name)) > 1]
    found: dict[tuple, Line] = {}
    for point in product(*(getattr(sweep, name) for name in others)):
        values = dict(zip(others, point, strict=True))
        title = ", ".join(value_name(sweep.base, name, values[name]) for name in varying)
        found[point] = Line(title or "autoencoder", {})
    for network in networks:
        if network.test_error is not None:
            line = found[tuple(getattr(network.config, name) for name in others)]
            place = _place(sweep, getattr(network.config, sweep.across))
            line.errors.setdefault(place, []).append(network.test_error)
    return list(found.values())


def value_name(base: RunConfig, name: str, value: Any) -> str:
    """A value of an axis in words."""
    if name == "hidden":
        return "-".join([str(base.inputs), *(f"{width}{base.unit}" for width in value), "k"])
    if name == "epochs":
        return counted(value, "epoch")
    return f"{name} = {value}"


def _look(config: RunConfig) -> Network:
    run = _run(config)
    try:
        status = jobs.status(run)
        record = run.record if status.state == "finished" else {}
    except DamagedFile as problem:
        return Network(config, Status("failed", str(problem)))
    figures = (record.get(name) for name in ("test_error", "equivalent_k", "seconds"))
    return Network(config, status, *figures)


def _run(config: RunConfig) -> Run:
    return store.own_run(config.key)


def _place(sweep: Sweep, value: Any) -> Any:
    return value_name(sweep.base, "hidden", value) if sweep.across == "hidden" else value


def _few(values: Sequence[Any]) -> list[str]:
    """The values as text, with the middle left out where there are many."""
    shown = [str(value) for value in values]
    return shown if len(shown) <= _SHOWN else [*shown[: _SHOWN - 2], "…", shown[-1]]


def _folder() -> Path:
    return home() / "sweeps"


def _path(key: str) -> Path:
    return _folder() / f"{key}.json"
