"""The training loop: one compiled function over images that stay on the device.

The network and its settings are those of the Cross Validated answer to 'Building an
autoencoder in Tensorflow to surpass PCA'. `keras.Model.fit` feeds batches from Python; here
a call runs many steps on the device, gathering each batch from the resident images, and Adam
(Kingma & Ba 2015) is one fused update a weight.

Everything random comes from NumPy generators seeded by the run's seed and the epoch's number,
so an epoch is the same whether or not the run was interrupted before it.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from pcae.config import RunConfig
from pcae.data.datasets import Dataset
from pcae.store import FRAME_DIGITS
from pcae.training import augmentation
from pcae.training.devices import Device, choose, cpu_flags, cpu_threads
from pcae.training.network import assign, build, join

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-7  # Keras's defaults
_SECONDS_A_CALL = 0.2
_TEST_ROWS_AT_ONCE = 2_500
FRAMES = tuple(2.0**-n for n in range(6, 0, -1))  # shares of the first epoch: most happens early


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
    test_error : float
        Mean squared error over the test images and pixels, after the epoch.
    seconds : float
        Of training, without the test error.
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
    codes : ndarray of float32, shape (at most FRAME_DIGITS, k), or None
        Of the first test images, at a few moments of the first epoch.
    """

    epoch: int
    batch: int
    batches: int
    loss: float
    latest: float
    codes: np.ndarray | None = None


def prepare_device(on_cpu: bool = False) -> Device:
    """Choose where to train. To be called before anything else of TensorFlow."""
    return choose([] if on_cpu else _gpus(), cpu_flags(), os.cpu_count() or 1)


@functools.cache
def _gpus() -> list[dict]:
    """What TensorFlow, once set up, says of each GPU."""
    tf.config.experimental.enable_op_determinism()
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
    """The device's side of one training: images, weights, moments and the compiled steps.

    Parameters
    ----------
    config : RunConfig
    data : Dataset
    device : Device
        As `prepare_device` chose it.
    """

    def __init__(self, config: RunConfig, data: Dataset, device: Device) -> None:
        self.config, self.data, self.device = config, data, device
        self.count = len(data.train)
        self.batches = -(-self.count // config.batch_size)
        self.rates = learning_rates(config, self.batches * config.epochs)
        with tf.device(device.place):
            self.images = tf.constant(data.train.pixels())
            self.test_images = tf.constant(data.test.pixels())
            self.network = build(config, train_bfloat16=device.bfloat16, blocks=device.blocks)
            named = self.network.variables.items()
            self.variables = {name: [v.value for v in blocks] for name, blocks in named}
            self.first, self.second = (
                {name: [tf.Variable(tf.zeros_like(v)) for v in blocks] for name, blocks in named}
                for _ in range(2)
            )
        moves = self._moves(np.random.default_rng(), 0)
        self.steps = tf.function(
            self._steps,
            input_signature=[
                tf.TensorSpec([None], tf.int32),
                tf.TensorSpec([None, *moves.shape[1:]], moves.dtype),
                tf.TensorSpec([None], tf.float32),
                tf.TensorSpec([], tf.int64),
            ],
        )
        self.test = tf.function(self._test)
        self.encode = tf.function(self._encode)
        self.at_once = 1

    def compile(self) -> None:
        """Build the graphs now rather than in the first epoch."""
        moves, none = self._moves(np.random.default_rng(), 0), np.zeros(0, np.int32)
        self.steps(none, moves, none.astype(np.float32), np.int64(0))
        self.encode()
        self.test()

    def epochs(
        self,
        *,
        after: tuple[int, Mapping[str, np.ndarray]] | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> Iterator[Epoch]:
        """Train, epoch by epoch; once.

        Parameters
        ----------
        after : (int, dict of str to ndarray), optional
            Number and state of a finished epoch of the same trajectory, to go on from.
        progress : callable
            Called several times a second; what it raises ends the training.

        Yields
        ------
        Epoch
            The initial one, numbered 0, when training starts afresh; then one after each epoch.

        Raises
        ------
        Diverged
            The loss became infinite or not a number.
        """
        last, state = after or (0, None)
        if state:
            self._restore(state)
        else:
            yield self._measure(0, train_loss=float("nan"), seconds=0.0)
        for number in range(last + 1, self.config.epochs + 1):
            started = time.perf_counter()
            loss = self._epoch(number, progress)
            yield self._measure(number, loss, time.perf_counter() - started)

    def _epoch(self, number: int, progress: Callable[[Progress], None]) -> float:
        """Train one epoch; the mean loss of its images."""
        rng = np.random.default_rng([self.config.seed, number])
        order = rng.permutation(self.count).astype(np.int32)
        moves = self._moves(rng, self.count)
        size, done = self.config.batch_size, 0
        before = (number - 1) * self.batches
        frames = {int(self.batches * share) for share in FRAMES if number == 1} - {0}
        losses: list[np.ndarray] = []
        while done < self.batches:
            stops = [stop for stop in frames if stop > done]
            end = min(done + self.at_once, self.batches, *stops)
            started = time.perf_counter()
            rows = slice(done * size, end * size)
            rates = self.rates[before + done : before + end]
            losses.append(
                self.steps(order[rows], moves[rows], rates, np.int64(before + done)).numpy()
            )
            if not np.isfinite(losses[-1]).all():
                raise Diverged(self._advice(number))
            # as many steps a call as keep the page's progress alive
            pace = _SECONDS_A_CALL / (time.perf_counter() - started)
            self.at_once = max(1, min(4 * self.at_once, int((end - done) * pace)))
            done = end
            mean = float(np.mean(np.concatenate(losses), dtype=np.float64))
            latest = float(np.mean(losses[-1], dtype=np.float64))
            codes = self.encode().numpy() if done in frames else None
            progress(Progress(number, done, self.batches, mean, latest, codes))
        every = np.concatenate(losses).astype(np.float64)
        sizes = np.full(self.batches, size)
        sizes[-1] = self.count - size * (self.batches - 1)
        return float(np.average(every, weights=sizes))

    def _moves(self, rng: np.random.Generator, count: int) -> np.ndarray:
        return augmentation.draw(self.config.augmentation, rng, count, self.config.shape)

    def _measure(self, number: int, train_loss: float, seconds: float) -> Epoch:
        """The epoch's test error and codes, with a copy of the state."""
        codes, errors = (whole.numpy() for whole in self.test())
        test_error = float(errors.mean(dtype=np.float64))
        if not np.isfinite(test_error):
            raise Diverged(self._advice(number))
        return Epoch(number, train_loss, test_error, seconds, codes, self._state())

    def _steps(self, order, moves, rates, step):
        """As many steps as there are rates; the loss of each."""
        with tf.device(self.device.place):
            size = self.config.batch_size
            count = tf.shape(rates)[0]
            losses = tf.TensorArray(tf.float32, size=count, element_shape=())
            for i in tf.range(count):
                rows = order[i * size : (i + 1) * size]
                images = tf.gather(self.images, rows)
                if move := {"shift": _shift, "turn": _turn}.get(self.config.augmentation):
                    images = move(images, moves[i * size : (i + 1) * size], self.config.shape)
                step += 1
                losses = losses.write(i, self._step(images, rates[i], tf.cast(step, tf.float32)))
            return losses.stack()

    def _step(self, images, rate, step):
        with tf.GradientTape() as tape:
            loss = self._loss(images)
        gradients = tape.gradient(loss, self.variables)
        kept = 1 - rate * self.config.weight_decay
        for name, weights in self.variables.items():
            parts = zip(weights, self.first[name], self.second[name], gradients[name], strict=True)
            for weight, first, second, gradient in parts:
                if self.config.weight_decay and name.endswith("kernel"):
                    weight.assign(kept * weight)
                tf.raw_ops.ResourceApplyAdam(
                    var=weight.handle,
                    m=first.handle,
                    v=second.handle,
                    beta1_power=tf.pow(_BETA1, step),
                    beta2_power=tf.pow(_BETA2, step),
                    lr=rate,
                    beta1=_BETA1,
                    beta2=_BETA2,
                    epsilon=_EPSILON,
                    grad=gradient,
                )
        return loss

    def _loss(self, images):
        codes = self.network.encoder(images, training=True)
        logits = self.network.logits(codes, training=True)
        if self.config.loss == "bce":
            return tf.reduce_mean(
                tf.nn.sigmoid_cross_entropy_with_logits(labels=images, logits=logits)
            )
        output = keras.activations.get(self.config.output)(logits)
        return tf.reduce_mean(tf.math.squared_difference(output, images))

    def _encode(self):
        """Codes of the first test images."""
        with tf.device(self.device.place):
            return self.network.encoder(self.test_images[:FRAME_DIGITS])

    def _test(self):
        """Codes and errors of the test images, in blocks that may run side by side."""
        codes, errors = [], []
        with tf.device(self.device.place):
            for start in range(0, len(self.test_images), _TEST_ROWS_AT_ONCE):
                images = self.test_images[start : start + _TEST_ROWS_AT_ONCE]
                codes.append(self.network.encoder(images))
                difference = tf.math.squared_difference(self.network.decoder(codes[-1]), images)
                errors.append(tf.reduce_mean(difference, axis=1))
            return tf.concat(codes, 0), tf.concat(errors, 0)

    def _state(self) -> dict[str, np.ndarray]:
        return {name: join(blocks) for name, blocks in self._named().items()}

    def _restore(self, state: Mapping[str, np.ndarray]) -> None:
        for name, blocks in self._named().items():
            assign(blocks, state[name])

    def _named(self) -> dict[str, list[tf.Variable]]:
        """Weights and moments by their names in a saved run."""
        kinds = {"": self.variables, "adam.first.": self.first, "adam.second.": self.second}
        return {kind + name: blocks for kind, vs in kinds.items() for name, blocks in vs.items()}

    def _advice(self, number: int) -> str:
        return (
            f"The loss became infinite or not a number in epoch {number}. Lower the learning "
            f"rate (it is {self.config.learning_rate:g}) and train again; "
            f"what was learned up to epoch {number - 1} is kept."
        )


def _shift(images, shifts, shape):
    """Move each image by its own step of the 3×3 neighbourhood; zeros come in at the edges."""
    rows, columns = shape
    width = columns + 2
    framed = tf.pad(tf.reshape(images, [-1, rows, columns]), [[0, 0], [1, 1], [1, 1]])
    corner = (np.arange(rows)[:, None] * width + np.arange(columns)).reshape(-1).astype(np.int32)
    start = (shifts // 3) * width + shifts % 3
    return tf.gather(
        tf.reshape(framed, [-1, (rows + 2) * width]), start[:, None] + corner[None, :], batch_dims=1
    )


def _turn(images, transforms, shape):
    """Take each image through its own transform; zeros come in at the edges."""
    turned = keras.ops.image.affine_transform(
        tf.reshape(images, [-1, *shape, 1]), transforms, data_format="channels_last"
    )
    sharp = augmentation.CONTRAST * (tf.reshape(turned, [-1, images.shape[1]]) - 0.5) + 0.5
    return tf.clip_by_value(sharp, 0, 1)
