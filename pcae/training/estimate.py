"""How long trainings may take on this machine, learnt from those of a like size that it has made.

An epoch costs its steps and its work, parameters times images, in a mix that depends on the size:
a tiny network's seconds say nothing about a large one's. So only runs with about as much of both
count, the nearest first, and where there is none there is no estimate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pcae import names, store
from pcae.config import RunConfig
from pcae.files import DamagedFile
from pcae.store import EpochRecord

LIKE = 10.0  # times as much, at most
_NEAREST, _NEWEST = 3, 60  # runs
_LAST = 3  # epochs


@dataclass(frozen=True)
class _Made:
    """What an epoch of a run cost here, and what its first cost more: TensorFlow compiles then."""

    work: float
    steps: float
    epoch: float
    start: float


def seconds(configs: Iterable[RunConfig]) -> float | None:
    """How long trainings may take one after another; None where nothing like one of them was made.

    Where one is a prefix of another, the longer goes on from the shorter and the longer counts.
    """
    made, longest = _made(), dict[str, float]()
    for config in configs:
        like = _like(config, made)
        if not like:
            return None
        whole = median(of.start for of in like) + config.epochs * _epoch(config, like)
        longest[config.trajectory] = max(whole, longest.get(config.trajectory, 0.0))
    return sum(longest.values())


def epoch_seconds(config: RunConfig, history: Sequence[EpochRecord]) -> float | None:
    """How long an epoch of a training in progress takes: by its own last ones, else by its like."""
    if len(history) > 1:
        return median(row.seconds for row in history[1:][-_LAST:])
    like = _like(config, _made())
    return _epoch(config, like) if like else None


def _epoch(config: RunConfig, like: Sequence[_Made]) -> float:
    work = _work(config)
    return median(of.epoch * work / of.work for of in like)


def _like(config: RunConfig, made: Sequence[_Made]) -> list[_Made]:
    """The runs nearest in size."""
    work, steps = _work(config), _steps(config)
    if not work:
        return []  # the data is not known any more
    found = []
    for of in made:
        apart = max(abs(math.log(work / of.work)), abs(math.log(steps / of.steps)))
        if apart <= math.log(LIKE):
            found.append((apart, of))
    return [of for _, of in sorted(found, key=lambda pair: pair[0])[:_NEAREST]]


def _made() -> list[_Made]:
    """What the newest runs cost, those that ship apart: they were made on another machine."""
    found = []
    for run in [run for run in store.runs() if not run.shipped][:_NEWEST]:
        try:
            config, history = run.config, run.history
        except DamagedFile:
            continue
        if history and _work(config):
            first, *later = (row.seconds for row in history)
            epoch = median(later) if later else first
            found.append(_Made(_work(config), _steps(config), epoch, max(0.0, first - epoch)))
    return found


def _work(config: RunConfig) -> float:
    """Parameters times images of an epoch."""
    return config.parameters * names.training_rows(config.dataset)


def _steps(config: RunConfig) -> float:
    return names.training_rows(config.dataset) / config.batch_size
