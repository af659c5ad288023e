"""How long trainings may take on this machine, learnt from those of a like size that it has made.

An epoch costs its steps and its work, multiplications times images, in a mix that depends on the
size: a tiny network's seconds say nothing about a large one's. So only runs with about as much of
both count, the nearest first, and where there is none there is no estimate. Convolutions count
apart: they take long on a CPU, and before the first of them NumPy's seconds stand in.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from pcae import names, store
from pcae.config import RunConfig
from pcae.files import DamagedFile
from pcae.methods.autoencoder import Autoencoder, weight_shapes
from pcae.store import EpochRecord
from pcae.training import named
from pcae.training.devices import visible_gpus

LIKE = 10.0  # times as much, at most
_NEAREST, _NEWEST = 3, 60  # runs
_LAST = 3  # epochs
_TIMED, _TIMES = 70_000_000, 5  # multiplications, and how often
_MOST_TIMED = 16  # images
_STEPS_AGAINST_NUMPY = 1.5  # training seconds on two cores for one of NumPy's reconstructing
_COMPILING = 4.0  # seconds


@dataclass(frozen=True)
class _Made:
    """What an epoch of a run cost here, and what its first cost more: TensorFlow compiles then."""

    work: float
    steps: float
    epoch: float
    start: float
    architecture: str


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
    for of in (of for of in made if of.architecture == config.architecture):
        apart = max(abs(math.log(work / of.work)), abs(math.log(steps / of.steps)))
        if apart <= math.log(LIKE):
            found.append((apart, of))
    if not found and config.architecture == "convolutional" and trains_on_this_cpu():
        return [_Made(work, steps, work * _timed(_plain(config)), _COMPILING, config.architecture)]
    return [of for _, of in sorted(found, key=lambda pair: pair[0])[:_NEAREST]]


def trains_on_this_cpu() -> bool:
    """Whether there is no GPU and no cluster to train on."""
    return not visible_gpus() and not named.scheduler()


def _plain(config: RunConfig) -> RunConfig:
    """The same convolutions, whatever else: a grid has hundreds of settings, and few of these."""
    of = ("dataset", "architecture", "hidden", "activation", "layer_norm")
    return RunConfig(**{name: getattr(config, name) for name in of}, k=1, batch_size=1)


@functools.lru_cache(64)
def _timed(config: RunConfig) -> float:
    """How many seconds of training a multiplication takes, by those of NumPy."""
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(config).items()}
    count = max(1, min(_MOST_TIMED, _TIMED // config.load))
    model, images = Autoencoder(config, weights), np.zeros((count, config.inputs), np.float32)
    took = []
    for _ in range(_TIMES):
        began = time.thread_time()  # others' work is not of this CPU's speed
        model.reconstruct(images)
        took.append(time.thread_time() - began)
    return _STEPS_AGAINST_NUMPY * min(took) / count / config.load


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
            cost = _work(config), _steps(config), epoch, max(0.0, first - epoch)
            found.append(_Made(*cost, config.architecture))
    return found


def _work(config: RunConfig) -> float:
    """Multiplications of an image times images of an epoch."""
    return config.load * names.training_rows(config.dataset)


def _steps(config: RunConfig) -> float:
    return names.training_rows(config.dataset) / config.batch_size
