"""What can happen to the files and folders of a store, as a list in an order that a seed says."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from benchmarks.attack.hostile import TEXTS, damaged

_OTHER_JSON = ["null", "[]", "{}", "0", '"text"', "NaN", "[[]]", "{", '{"a": ', "[" * 9_000]
_VALUES: list[Any] = [
    *(None, True, -1, 0, 1e400, float("nan"), 10**400, "", "x", [], {}, [None], [[1]], {"a": {}}),
    *(2**40, 1e12, -1e300),
]
_CELLS = ["nan", "inf", "-1", "x", "", "1e999", "0.5", "9" * 5_000]
_FLIPS = 3


@dataclass(frozen=True)
class Damage:
    """One thing that happens to a file or a folder of a store.

    Attributes
    ----------
    place : Path
        Relative to the store.
    called : str
    act : callable
        Does it, given the whole path.
    """

    place: Path
    called: str
    act: Callable[[Path], object]

    @property
    def unit(self) -> str:
        """The run, data set, sweep or the like that it is a part of."""
        return "/".join(self.place.parts[:2])

    @property
    def run(self) -> str:
        """The key of the run that it is a part of; empty for what is no run's."""
        return (
            self.place.parts[1]
            if self.place.parts[0] == "runs" and self.place.name != "runs"
            else ""
        )

    def __str__(self) -> str:
        return f"{self.place} {self.called}"


def rounds(store: Path, seed: int) -> list[list[Damage]]:
    """Every damage there is to a store: in each round one to each unit that has one left.

    What happens to a folder that holds several units is a round of its own.
    """
    rng, units = random.Random(seed), dict[str, list[Damage]]()
    for path in sorted(store.rglob("*")):
        place = path.relative_to(store)
        for damage in _of(rng, path, place):
            units.setdefault(damage.unit, []).append(damage)
    for damages in units.values():
        rng.shuffle(damages)
    large = [
        damages for unit, damages in units.items() if (store / unit).is_dir() and "/" not in unit
    ]
    small = [damages for damages in units.values() if damages not in large]
    together = [[of for of in found if of] for found in zip_longest(*small)]
    alone = [[damage] for damages in large for damage in damages]
    rng.shuffle(alone)
    return [of for pair in zip_longest(together, alone) for of in pair if of]


def _of(rng: random.Random, path: Path, place: Path) -> Iterator[Damage]:
    """All that can happen to one file or folder."""
    yield Damage(place, "is removed", remove)
    yield Damage(place, "is a link to itself", _link)
    if path.is_dir():
        yield Damage(place, "is replaced by a file", partial(_write, b"x"))
        yield Damage(place, "is empty", _empty)
        return
    raw = path.read_bytes()
    yield Damage(place, "is replaced by a folder", _empty)
    yield Damage(place, "is empty", partial(_write, b""))
    yield Damage(place, "is cut in half", partial(_write, raw[: len(raw) // 2]))
    yield Damage(place, "is of other bytes", partial(_write, b"\xff\xfe\0\xd8" * 9))
    for number in range(_FLIPS):
        yield Damage(place, f"is changed, {number}", partial(_write, damaged(rng, raw)))
    more = {".json": _json, ".safetensors": _arrays, ".csv": _table}.get(path.suffix)
    for called, act in more(rng, path) if more else []:
        yield Damage(place, called, act)


def _json(rng: random.Random, path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    for text in _OTHER_JSON:
        yield f"is {text[:9]}", partial(_write, text.encode())
    whole = json.loads(path.read_text())
    for name in [*whole, "another"]:
        for value in rng.sample(_VALUES, 3):
            text = json.dumps(whole | {name: value})
            yield f"has {name}: {str(value)[:20]}", partial(_write, text.encode())
        less = {other: value for other, value in whole.items() if other != name}
        yield f"has no {name}", partial(_write, json.dumps(less).encode())


def _arrays(rng: random.Random, path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    arrays = load_file(path)
    name = rng.choice(sorted(arrays))
    array, others = arrays[name], {of: rest for of, rest in arrays.items() if of != name}
    of_floats = array if array.dtype.kind == "f" else array.astype(np.float32)
    changed: dict[str, dict[str, np.ndarray]] = {
        f"has NaN in {name}": others | {name: np.full_like(of_floats, np.nan)},
        f"has infinity in {name}": others | {name: np.full_like(of_floats, np.inf)},
        f"has no {name}": others,
        f"has {name} of another form": others | {name: array.reshape(-1)[:3]},
        f"has {name} of none": others | {name: array[:0]},
        f"has {name} of another type": others | {name: (array > 0).astype(np.int8)},
        "has NaN throughout": {
            of: np.full_like(a, np.nan) if a.dtype.kind == "f" else a for of, a in arrays.items()
        },
    }
    with safe_open(path, framework="numpy") as file:
        about = file.metadata()
    for called, made in changed.items():
        yield called, partial(_save, made, about)
    yield (
        "has other words about it",
        partial(_save, arrays, {"epoch": rng.choice(("x", "-1", "9" * 5_000))}),
    )


def _table(rng: random.Random, path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    lines = [line.split(",") for line in path.read_text().splitlines()]
    for text in [*_CELLS, rng.choice(TEXTS)]:
        row, column = rng.randrange(len(lines)), rng.randrange(len(lines[0]))
        made = [[*line] for line in lines]
        made[row][column] = text
        raw = "\n".join(map(",".join, made)).encode(errors="replace") + b"\n"
        yield f"has {text[:20]!r} in row {row}, column {column}", partial(_write, raw)


def remove(at: Path) -> None:
    """Remove a file, a link or a folder, if it is there."""
    if at.is_dir() and not at.is_symlink():
        shutil.rmtree(at)
    else:
        at.unlink(missing_ok=True)


def _write(raw: bytes, at: Path) -> None:
    remove(at)
    at.write_bytes(raw)


def _empty(at: Path) -> None:
    remove(at)
    at.mkdir()


def _link(at: Path) -> None:
    remove(at)
    at.symlink_to(at)


def _save(arrays: dict[str, np.ndarray], about: dict[str, str] | None, at: Path) -> None:
    remove(at)
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, at, about)
