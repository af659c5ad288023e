"""The compiled steps of a network, and the variables that they train.

A program is of a form, `RunConfig.form`. What is a number in it (learning rate, weight decay, seed,
epochs) comes with every call, so that one program serves every run of its form, one after another.
It may also train several of them side by side: on the CPU as networks that share nothing, each
computed as it would be alone, so that every processor core always has something to do; on a GPU
stacked, so that it has fewer and larger things to do, unless they are convolutional.

Adam (Kingma & Ba 2015) is one fused update a weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from pcae.config import RunConfig
from pcae.methods.autoencoder import trained_shapes
from pcae.settings import MAX_NUMBERS
from pcae.training import augmentation, nested, network, noise, variational
from pcae.training.devices import Device
from pcae.training.images import Resident, pixels, shift, turn

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-7  # Keras's defaults
_ROWS_AT_ONCE = 500  # that are measured
State = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class _Variables:
    """What is trained of one network, or of a stack: weights and Adam's two moments."""

    weights: dict[str, list[tf.Variable]]
    first: dict[str, list[tf.Variable]]
    second: dict[str, list[tf.Variable]]

    def named(self) -> dict[str, list[tf.Variable]]:
        """All of them by their names in a saved run."""
        kinds = {"": self.weights, "adam.first.": self.first, "adam.second.": self.second}
        return {kind + name: blocks for kind, vs in kinds.items() for name, blocks in vs.items()}


class Program:
    """The steps of `count` networks of one form on one device.

    Parameters
    ----------
    config : RunConfig
        Of any run of the form.
    device : Device
    data : Resident
        Any data of the form; steps are given theirs anew.
    count : int, default=1
    """

    def __init__(self, config: RunConfig, device: Device, data: Resident, count: int = 1) -> None:
        self.form, self.device, self.count = config.form, device, count
        self.stacked = count > 1 and device.on_gpu and self.form.stacks
        with tf.device(device.place):
            of_each = [None] if self.stacked else range(count)
            self._groups = [self._variables() for _ in of_each]
            self._white = tf.Variable(255.0)
        moves, kept = self.draw(np.random.default_rng(), 0)
        images = tf.TensorSpec([None, self.form.inputs], data.train.dtype)
        # of all steps at once it would compile anew for every number of them
        self._one_step = (
            tf.function(self._step, autograph=False, jit_compile=True) if device.xla else self._step
        )
        self._compiled_steps = tf.function(
            self._steps,
            input_signature=[
                images,
                tf.TensorSpec([count, None], tf.int32),
                tf.TensorSpec([count, None, *moves.shape[1:]], moves.dtype),
                tf.TensorSpec([count, None, *kept.shape[1:]], kept.dtype),
                tf.TensorSpec([None, count], tf.float32),
                tf.TensorSpec([count], tf.float32),
                tf.TensorSpec([count], tf.int32),
                tf.TensorSpec([], tf.int64),
            ],
            autograph=False,
        )
        self._compiled_measure = tf.function(self._measure, [images], autograph=False)
        self._compiled_encode = tf.function(self._encode, [images], autograph=False)

    def compile(self, data: Resident) -> None:
        """Build the graphs now rather than in the first epoch."""
        drawn = self.draw(np.random.default_rng(), 0)
        moves, kept = (np.stack([of] * self.count) for of in drawn)
        orders, zeros = np.zeros((self.count, 0), np.int32), np.zeros(self.count)
        self.steps(data.train, orders, moves, kept, orders.T, zeros, zeros, 0)
        self.encode(data.test[:1])
        self.measure(data.test[:2])

    def steps(self, images, orders, moves, kept, rates, decays, seeds, step) -> np.ndarray:
        """Train as many steps as there are rates.

        Parameters
        ----------
        images : tf.Tensor, shape (n, p)
        orders : ndarray of int32, shape (count, rows)
            The images of each network's steps, one batch after another.
        moves : ndarray, shape (count, rows, …)
            How each is moved; see `draw`.
        kept : ndarray, shape (count, rows, …)
            How many of its codes each keeps; see `draw`.
        rates : ndarray of float32, shape (steps, count)
        decays : ndarray of float32, shape (count,)
        seeds : ndarray of int32, shape (count,)
            With the step's number they decide what is drawn in a step: noise, variational codes.
        step : int
            How many steps these networks have been trained for.

        Returns
        -------
        ndarray of float32, shape (steps, count, 1 or 2)
            The loss of each step; of variational networks also its divergence, in nats an image.
        """
        numbers = np.float32(rates), np.float32(decays), np.int32(seeds), np.int64(step)
        return self._compiled_steps(images, orders, moves, kept, *numbers).numpy()

    def measure(self, images: tf.Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
        """Codes (n, k) of images, and the mean squared error of each (n,), of every network."""
        return [(codes.numpy(), errors.numpy()) for codes, errors in self._compiled_measure(images)]

    def encode(self, images: tf.Tensor) -> list[np.ndarray]:
        """Codes (n, k) of images, of every network."""
        return [codes.numpy() for codes in self._compiled_encode(images)]

    def draw(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """How so many images are moved, and how many codes each keeps: `augmentation`, `nested`."""
        moves = augmentation.draw(self.form.augmentation, rng, count, self.form.shape)
        return moves, nested.draw(self.form.code_order, rng, count, self.form.k)

    def load(self, states: Sequence[State]) -> None:
        """Begin with the states of as many networks: first weights, or weights with moments."""
        of_groups = [states] if self.stacked else [[state] for state in states]
        for variables, of_group in zip(self._groups, of_groups, strict=True):
            for name, blocks in variables.named().items():
                arrays = [of[name] for of in of_group if name in of]
                if not arrays:  # moments, before the first step
                    parts = [np.zeros(block.shape, np.float32) for block in blocks]
                elif self.stacked:
                    parts = self._split(name, np.stack([_row(array) for array in arrays]))
                else:
                    parts = self._split(name, arrays[0])
                for block, part in zip(blocks, parts, strict=True):
                    block.assign(part)

    def states(self) -> list[dict[str, np.ndarray]]:
        """Weights and moments of every network by their names in a saved run."""
        found = [
            {name: np.concatenate([of.numpy() for of in blocks], -1) for name, blocks in vs.items()}
            for vs in (variables.named() for variables in self._groups)
        ]
        if self.stacked:
            stack = found[0].items()
            found = [{name: _unrow(name, of[i]) for name, of in stack} for i in range(self.count)]
        return [network.completed(self.form, of) for of in found]

    def _variables(self) -> _Variables:
        def made() -> dict[str, list[tf.Variable]]:
            found = {}
            for name, shape in trained_shapes(self.form).items():
                whole = np.zeros(shape, np.float32)
                if self.stacked:
                    whole = np.stack([_row(whole)] * self.count)
                found[name] = [tf.Variable(part) for part in self._split(name, whole)]
            return found

        return _Variables(made(), made(), made())

    def _split(self, name: str, array: np.ndarray) -> list[np.ndarray]:
        return network.split(self.form, name, array, self.device.blocks)

    def _steps(self, images, orders, moves, kept, rates, decays, seeds, step):
        size, count = self.form.batch_size, tf.shape(rates)[0]

        def fetch(i):
            rows = slice(i * size, (i + 1) * size)
            batches = self._batches(images, orders[:, rows], moves[:, rows], kept[:, rows])
            return self._with_drawn(batches, seeds, tf.cast(step, tf.int32) + i)

        def one(i, batches, losses):
            adam = adam_at(tf.cast(step + tf.cast(i + 1, tf.int64), tf.float32))
            following = fetch(i + 1)  # while others compute, so that none waits for it
            if self.stacked:
                loss = self._one_step(self._groups[0], batches[0], rates[i], decays, adam)
            else:
                numbers = tf.unstack(rates[i]), tf.unstack(decays)
                each = zip(self._groups, batches, *numbers, strict=True)
                loss = tf.stack([self._one_step(*of, adam) for of in each])
            return i + 1, following, losses.write(i, loss)

        with tf.device(self.device.place):
            parts = [2] if self.form.beta else []
            losses = tf.TensorArray(tf.float32, size=count, element_shape=(self.count, *parts))
            begun = (tf.constant(0), fetch(0), losses)
            *_, losses = tf.while_loop(lambda i, *_: i < count, one, begun)
            return tf.reshape(losses.stack(), [count, self.count, *(parts or [1])])

    def _batches(self, images, rows, moves, kept):
        """The images of a step's rows (count, n), moved, and how many codes they keep: of each
        network, or of the stack."""
        if self.stacked:
            return [(self._batch(images, rows, moves), kept)]
        return [(self._batch(images, rows[j], moves[j]), kept[j]) for j in range(self.count)]

    def _with_drawn(self, batches, seeds, step):
        """Batches, each with what is drawn for it: what the encoder sees of its images, and how far
        variational codes are from their means."""

        def drawn(images, seed):
            found = {}
            if self.form.noise != "none":
                found["seen"] = noise.add(self.form.noise, images, seed, step)
            if self.form.beta:
                found["deviates"] = variational.deviates(images, self.form.k, seed, step)
            return found

        if not self.stacked:
            return [(*of, drawn(of[0], seeds[j])) for j, of in enumerate(batches)]
        ((images, kept),) = batches
        pairs = zip(tf.unstack(images, self.count), tf.unstack(seeds), strict=True)
        each = [drawn(*of) for of in pairs]
        return [(images, kept, {name: tf.stack([of[name] for of in each]) for name in each[0]})]

    def _batch(self, images, rows, moves):
        """The images (…, n, p) of rows (…, n), moved."""
        batch = pixels(tf.gather(images, rows), self._white)
        move, shape = {"shift": shift, "turn": turn}.get(self.form.augmentation), self.form.shape
        if move is None or shape is None:
            return batch
        flat = tf.reshape(batch, [-1, self.form.inputs])
        moves = tf.reshape(moves, [-1, *moves.shape[rows.shape.rank :]])
        return tf.reshape(move(flat, moves, shape), tf.shape(batch))

    def _step(self, variables, batch, rate, decay, adam):
        """One step of a network, or of a stack; its loss, or theirs."""
        images, kept, drawn = batch
        values = {
            name: [block.read_value() for block in blocks]
            for name, blocks in variables.weights.items()
        }
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            blocks = self._outputs(values, images, kept, drawn)
        upstream, loss = self._loss(blocks, images)
        gradients = tape.gradient(blocks, values, output_gradients=upstream)
        change = _update_stack if self.stacked else update
        for name, weights in variables.weights.items():
            moments = variables.first[name], variables.second[name]
            parts = zip(weights, *moments, gradients[name], strict=True)
            for weight, first, second, gradient in parts:
                if self.form.optimizer == "adamw" and name.endswith("kernel"):
                    kept = 1 - rate * decay
                    weight.assign((kept[:, None, None] if self.stacked else kept) * weight)
                change(weight, first, second, gradient, rate, adam)
        return loss

    def _outputs(self, weights, images, kept, drawn):
        """What the loss is made of, in blocks of columns: output images, or cross-entropies; then,
        of a variational network, the divergence of each code."""
        seen, more = drawn.get("seen", images), []
        if self.form.beta:
            of_each = network.distributions(self.form, weights, seen, self.device.bfloat16)
            codes = variational.draw(of_each, drawn["deviates"])
            more = [variational.divergences(of_each)]
        else:
            codes = network.encode(self.form, weights, seen, self.device.bfloat16)
        if self.form.code_order == "nested":
            codes = nested.first(codes, kept)
        logits = network.logits(self.form, weights, codes, self.device.bfloat16)
        if self.form.loss == "bce":
            return [
                tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=block)
                for labels, block in zip(_like(images, logits), logits, strict=True)
            ] + more
        return [network.output(self.form, block) for block in logits] + more

    def _loss(self, blocks, images):
        """The loss's gradient in each block, and the loss of each network, (…,); of variational
        networks with the divergence, (…, 2)."""
        if self.form.beta:
            *blocks, divergences = blocks
        share = 1 / tf.cast(tf.reduce_prod(tf.shape(images)[-2:]), tf.float32)
        if self.form.loss == "bce":
            upstream = [share * tf.ones_like(block) for block in blocks]
            sums = [tf.reduce_sum(block, [-2, -1]) for block in blocks]
        else:
            targets = _like(images, blocks)
            differences = [block - of for block, of in zip(blocks, targets, strict=True)]
            upstream = [2 * share * difference for difference in differences]
            sums = [tf.reduce_sum(tf.square(difference), [-2, -1]) for difference in differences]
        loss = share * tf.add_n(sums)
        if not self.form.beta:
            return upstream, loss
        beta, inputs = self.form.beta, self.form.inputs
        upstream = [*upstream, beta * share * tf.ones_like(divergences)]
        nats = share * inputs * tf.reduce_sum(divergences, [-2, -1])  # of an image
        return upstream, tf.stack([loss + beta / inputs * nats, nats], -1)

    def _measure(self, images):
        """Codes and errors, in parts small enough for a processor's own memory."""
        rows = max(1, _ROWS_AT_ONCE // (self.count if self.stacked else 1))
        if not self.form.stacks:
            rows = max(1, min(rows, MAX_NUMBERS // self.form.numbers))
        count = tf.shape(images)[0]

        def one(i, *arrays):
            measured = self._measured(pixels(images[i * rows : (i + 1) * rows], self._white))
            flat = [part for of in measured for part in of]
            return i + 1, *(array.write(i, part) for array, part in zip(arrays, flat, strict=True))

        parts = -(-count // rows)
        shapes = [(None, self.form.k), (None,)] * self.count
        with tf.device(self.device.place):
            arrays = [
                tf.TensorArray(tf.float32, parts, element_shape=shape, infer_shape=False)
                for shape in shapes
            ]
            begun = (tf.constant(0), *arrays)
            _, *arrays = tf.while_loop(lambda i, *_: i < parts, one, begun)
            found = [array.concat() for array in arrays]
        return list(zip(found[::2], found[1::2], strict=True))

    def _measured(self, images):
        found = []
        for variables in self._groups:
            codes = network.encode(self.form, variables.weights, images)
            logits = network.logits(self.form, variables.weights, codes)
            output = network.output(self.form, tf.concat(logits, -1))
            difference = tf.math.squared_difference(output, images)
            found += self._apart(codes, tf.reduce_mean(difference, -1))
        return found

    def _encode(self, images):
        with tf.device(self.device.place):
            for_each = []
            for variables in self._groups:
                codes = network.encode(self.form, variables.weights, pixels(images, self._white))
                for_each += [codes for (codes,) in self._apart(codes)]
            return for_each

    def _apart(self, *stacks):
        """What a stack of networks gives, a network at a time."""
        if not self.stacked:
            return [stacks]
        return list(zip(*(tf.unstack(stack, self.count) for stack in stacks), strict=True))


def _like(images, blocks):
    """Images (…, n, p) in blocks of as many columns."""
    if len(blocks) == 1:
        return [images]
    return tf.split(images, [block.shape[-1] for block in blocks], -1)


def adam_at(step: tf.Tensor) -> dict[str, tf.Tensor]:
    """What every update of a step, a float from 1, needs, by the names TensorFlow has for it."""
    return {
        "beta1_power": tf.pow(_BETA1, step),
        "beta2_power": tf.pow(_BETA2, step),
        "beta1": tf.constant(_BETA1),
        "beta2": tf.constant(_BETA2),
        "epsilon": tf.constant(_EPSILON),
    }


def update(weight, first, second, gradient, rate, adam) -> None:
    """One step of Adam for a block of weights, with what `adam_at` gives."""
    tf.raw_ops.ResourceApplyAdam(
        var=weight.handle, m=first.handle, v=second.handle, grad=gradient, lr=rate, **adam
    )


def _update_stack(weight, first, second, gradient, rates, adam):
    """The same update where every network has a learning rate of its own."""
    step = (rates * tf.sqrt(1 - adam["beta2_power"]) / (1 - adam["beta1_power"]))[:, None, None]
    first.assign_add((gradient - first) * (1 - _BETA1))
    second.assign_add((tf.square(gradient) - second) * (1 - _BETA2))
    weight.assign_sub(step * first / (tf.sqrt(second) + _EPSILON))


def _row(array: np.ndarray) -> np.ndarray:
    """A bias as one row, as stacks have it."""
    return array[None] if array.ndim == 1 else array


def _unrow(name: str, array: np.ndarray) -> np.ndarray:
    return array if name.endswith("kernel") else array[0]
