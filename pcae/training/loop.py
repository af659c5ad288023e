"""The training loop: epochs of a compiled program over images that stay on the device.

The network and its settings are those of the Cross Validated answer to 'Building an
autoencoder in Tensorflow to surpass PCA'. `keras.Model.fit` feeds batches from Python; here
a call runs many steps on the device, gathering each batch from the resident images.

Everything random comes from NumPy generators seeded by the run's seed and the epoch's number, and
noise and variational codes from TensorFlow's, seeded by the run's seed and the step's: so an epoch
is the same whether or not the run was interrupted before it.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import tensorflow as tf

from pcae.config import RunConfig
from pcae.data.datasets import Dataset
from pcae.store import FRAME_DIGITS
from pcae.training.devices import Device, choose, cpu_flags, cpu_threads
from pcae.training.images import Resident
from pcae.training.network import initial
from pcae.training.program import Program, State

_SECONDS_A_CALL = 0.2
FRAMES = tuple(2.0**-n for n in range(6, 0, -1))  # shares of the first epoch: most happens early


Outcome = TypeVar("Outcome", "Epoch", "Progress")


class Diverged(Exception):
    """The loss is no longer a number; the message says when and what to lower."""


@dataclass(frozen=True, eq=False)
class Epoch:
    """What one finished epoch leaves.

    Attributes
    ----------
    number : int
        From 1; 0 stands for the initial weights.
    train_loss : float
        Mean of the run's loss over the epoch's batches, as the weights moved.
    divergence : float or None
        Of a variational network: the mean, as they moved, of the Kullback-Leibler divergence that
        is in the loss, in nats an image; see `RunConfig`.
    test_error : float
        Mean squared error over the test images and pixels, after the epoch.
    seconds : float
        Of training, without the test error; a run's share where several are trained side by side.
    codes : ndarray of float32, shape (n_test, k)
    state : dict of str to ndarray
        Weights and Adam's moments: what the next epoch needs.
    """

    number: int
    train_loss: float
    test_error: float
    seconds: float
    codes: np.ndarray
    state: dict[str, np.ndarray]
    divergence: float | None = None


@dataclass(frozen=True)
class Progress:
    """How far an epoch is.

    Attributes
    ----------
    epoch : int
        From 1.
    batch, batches : int
        Batches done, and all.
    loss, latest : float
        Mean training loss of the batches done, and of the latest alone.
    divergence : float or None
        Of a variational network's latest batches, as in `Epoch`.
    codes : ndarray of float32, shape (at most FRAME_DIGITS, k), or None
        Of the first test images, at a few moments of the first epoch.
    """

    epoch: int
    batch: int
    batches: int
    loss: float
    latest: float
    divergence: float | None = None
    codes: np.ndarray | None = None


def prepare_device(on_cpu: bool = False) -> Device:
    """Choose where to train. To be called before anything else of TensorFlow."""
    gpus = _gpus()  # in any case: it also sets TensorFlow up for the CPU
    return choose([] if on_cpu else gpus, cpu_flags(), os.cpu_count() or 1)


@functools.cache
def _gpus() -> list[dict]:
    """What TensorFlow, once set up, says of each GPU."""
    tf.config.experimental.enable_op_determinism()
    # else a GPU's float32 products would keep 10 bits, those of the errors that are shown too
    tf.config.experimental.enable_tensor_float_32_execution(False)
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    if not gpus:
        between, within = cpu_threads(os.cpu_count() or 1)
        tf.config.threading.set_inter_op_parallelism_threads(between)
        tf.config.threading.set_intra_op_parallelism_threads(within)
    return [tf.config.experimental.get_device_details(gpu) for gpu in gpus]


def learning_rates(config: RunConfig, steps: int) -> np.ndarray:
    """The learning rate of every step of a run, float32, shape (steps,)."""
    peak = config.learning_rate
    if config.schedule == "constant":
        return np.full(steps, peak, np.float32)
    at = np.linspace(0, 1, steps)
    up = _cosine(peak / 25, peak, at / 0.3)
    down = _cosine(peak, peak / 1e5, (at - 0.3) / 0.7)
    return np.where(at < 0.3, up, down).astype(np.float32)


def _cosine(start: float, end: float, at: np.ndarray) -> np.ndarray:
    return end + (start - end) * (1 + np.cos(np.pi * np.clip(at, 0, 1))) / 2


class Training:
    """Runs of one form, trained side by side from the same epoch on.

    Parameters
    ----------
    configs : sequence of RunConfig
        They differ in seed, learning rate, weight decay and schedule alone.
    data : Resident
    program : Program
        Of their form, for as many networks. One training at a time may use it.
    """

    def __init__(self, configs: Sequence[RunConfig], data: Resident, program: Program) -> None:
        self.configs, self.data, self.program = configs, data, program
        config = configs[0]
        self.size, self.last = config.batch_size, config.epochs
        self.count = len(data.data.train)
        self.batches = -(-self.count // self.size)
        steps = self.batches * self.last
        self.rates = np.stack([learning_rates(config, steps) for config in configs], 1)
        self.decays = np.array([config.weight_decay for config in configs], np.float32)
        self.seeds = np.array([config.seed for config in configs], np.int32)
        self.at_once = 1

    def epochs(
        self,
        *,
        after: tuple[int, Sequence[State]] | None = None,
        progress: Callable[[list[Progress | Diverged]], None] = lambda _: None,
    ) -> Iterator[list[Epoch | Diverged]]:
        """Train, epoch by epoch; once.

        Parameters
        ----------
        after : (int, sequence of state), optional
            Number and states of a finished epoch of the same trajectories, to go on from.
        progress : callable
            Called several times a second with how far each is, or that it has diverged; what it
            raises ends the training.

        Yields
        ------
        list of Epoch or Diverged
            Of each run: the initial epoch, numbered 0, when training starts afresh; then one after
            each epoch, until all have diverged. What has diverged stays so.
        """
        last, states = after or (0, [initial(config) for config in self.configs])
        self.program.load(states)
        if not last:
            yield self._measured(0, np.full((len(self.configs), 1), np.nan), 0.0)
        for number in range(last + 1, self.last + 1):
            started = time.perf_counter()
            losses = self._epoch(number, progress)
            seconds = (time.perf_counter() - started) / len(self.configs)
            found = self._measured(number, losses, seconds)
            yield found
            if all(isinstance(of, Diverged) for of in found):
                return

    def train_errors(self) -> list[float]:
        """Mean squared error over the training images and pixels, of each run as it is now."""
        measured = self.program.measure(self.data.train)
        return [float(errors.mean(dtype=np.float64)) for _, errors in measured]

    def _epoch(
        self, number: int, progress: Callable[[list[Progress | Diverged]], None]
    ) -> np.ndarray:
        """Train one epoch; the mean loss of its images in each run, as `Program.steps` gives it."""
        orders, moves, kept = self._draw(number)
        before, done = (number - 1) * self.batches, 0
        frames = {int(self.batches * share) for share in FRAMES if number == 1} - {0}
        losses = np.zeros((0, len(self.configs), 1), np.float32)
        while done < self.batches:
            stops = [stop for stop in frames if stop > done]
            end = min(done + self.at_once, self.batches, *stops)
            started = time.perf_counter()
            rows = slice(done * self.size, end * self.size)
            rates = self.rates[before + done : before + end]
            latest = self.program.steps(
                self.data.train,
                orders[:, rows],
                moves[:, rows],
                kept[:, rows],
                rates,
                self.decays,
                self.seeds,
                before + done,
            )
            losses = np.concatenate([losses, latest]) if done else latest
            means = losses.mean(0, np.float64)
            sound = np.isfinite(means).all(-1)
            if not sound.any():
                break  # no run has learned anything that could be gone on with
            # as many steps a call as keep the page's progress alive
            pace = _SECONDS_A_CALL / (time.perf_counter() - started)
            self.at_once = max(1, min(4 * self.at_once, int((end - done) * pace)))
            done = end
            codes = self._first_codes() if done in frames else [None] * len(self.configs)
            now = zip(means, latest.mean(0, np.float64), codes, strict=True)
            of_each = [(mean[0], last[0], _second(last), seen) for mean, last, seen in now]
            progress(
                [
                    Progress(number, done, self.batches, *of) if well else _diverged(config, number)
                    for config, well, of in zip(self.configs, sound, of_each, strict=True)
                ]
            )
        sizes = np.full(self.batches, self.size)
        sizes[-1] = self.count - self.size * (self.batches - 1)
        return np.average(losses.astype(np.float64), axis=0, weights=sizes[: len(losses)])

    def _draw(self, number: int) -> Iterator[np.ndarray]:
        """The images of an epoch in each run's order, and what `Program.draw` says of each."""
        drawn = []
        for config in self.configs:
            rng = np.random.default_rng([config.seed, number])
            order = rng.permutation(self.count).astype(np.int32)
            drawn.append((order, *self.program.draw(rng, self.count)))
        return map(np.stack, zip(*drawn, strict=True))

    def _measured(self, number: int, losses: np.ndarray, seconds: float) -> list[Epoch | Diverged]:
        """Each run's epoch: its test error and codes, with its state."""
        measured, states = self.program.measure(self.data.test), self.program.states()
        found: list[Epoch | Diverged] = []
        of_each = zip(self.configs, losses, measured, states, strict=True)
        for config, loss, (codes, errors), state in of_each:
            test_error = float(errors.mean(dtype=np.float64))
            if np.isfinite(test_error) and (np.isfinite(loss).all() or number == 0):
                parts = float(loss[0]), test_error, seconds, codes, state, _second(loss)
                found.append(Epoch(number, *parts))
            else:
                found.append(_diverged(config, number))
        return found

    def _first_codes(self) -> list[np.ndarray]:
        return self.program.encode(self.data.test[:FRAME_DIGITS])


def train_alone(
    config: RunConfig,
    data: Dataset,
    device: Device,
    *,
    after: tuple[int, State] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Iterator[Epoch]:
    """Train one run, which has its data and its graph for itself; see `Training.epochs`.

    Raises
    ------
    Diverged
        The loss became infinite or not a number.
    """
    resident = Resident(data, device)
    training = Training([config], resident, Program(config, device, resident))
    begun = (after[0], [after[1]]) if after else None
    for (outcome,) in training.epochs(after=begun, progress=lambda at: progress(_sound(at[0]))):
        yield _sound(outcome)


def _second(loss: np.ndarray) -> float | None:
    """A variational network's divergence, of what `Program.steps` gives."""
    return float(loss[1]) if len(loss) > 1 else None


def _sound(outcome: Outcome | Diverged) -> Outcome:
    if isinstance(outcome, Diverged):
        raise outcome
    return outcome


def _diverged(config: RunConfig, number: int) -> Diverged:
    return Diverged(
        f"The loss became infinite or not a number in epoch {number}. Lower the learning "
        f"rate (it is {config.learning_rate:g}) and train again; "
        f"what was learned up to epoch {number - 1} is kept."
    )
