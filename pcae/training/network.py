"""`RunConfig` to Keras models: an encoder, a decoder, and how their weights are named.

The decoder mirrors the encoder, as in Hinton & Salakhutdinov (2006); the bottleneck is
linear. Weights carry the names that `pcae.methods.autoencoder` reads: `encoder.0.kernel`,
`encoder.0.bias`, with layer norm also `encoder.0.gamma` and `encoder.0.beta`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from pcae.config import RunConfig
from pcae.methods.autoencoder import LAYER_NORM_EPSILON

_WIDE = 64  # products of narrower layers cost nothing, and codes need all their bits


@dataclass(frozen=True)
class Network:
    """The models of one run.

    Attributes
    ----------
    encoder : keras.Model
        Images (n, p) to codes (n, k).
    logits : keras.Model
        Codes (n, k) to images before the output's activation, (n, p).
    decoder : keras.Model
        Codes (n, k) to images (n, p); shares every weight with `logits`.
    variables : dict of str to list of keras.Variable
        Every trainable weight by its name in a saved run, as blocks along its last axis; see
        `join` and `assign`.
    """

    encoder: keras.Model
    logits: keras.Model
    decoder: keras.Model
    variables: dict[str, list[keras.Variable]]


def join(blocks: list) -> np.ndarray:
    """The array that variables hold together, one after another along the last axis."""
    return np.concatenate([block.numpy() for block in blocks], axis=-1)


def assign(blocks: list, array: np.ndarray) -> None:
    """Give variables the array that they hold together; undoes `join`."""
    ends = np.cumsum([block.shape[-1] for block in blocks])
    for block, part in zip(blocks, np.split(array, ends[:-1], axis=-1), strict=True):
        block.assign(part)


class _Dense(layers.Layer):
    """A dense layer with its activation, computed in blocks of columns.

    What does not depend on each other, TensorFlow computes side by side: blocks, their gradients
    and their updates. While the layer trains its products may be in bfloat16; weights, biases,
    activations and the optimiser stay float32, as does all where `training` is false.
    """

    def __init__(
        self,
        kernel: np.ndarray,
        activation: Callable,
        *,
        blocks: int,
        train_bfloat16: bool,
        name: str,
    ) -> None:
        super().__init__(name=name)
        parts = np.array_split(kernel, blocks, axis=1)
        self.kernels = [keras.Variable(part, name="kernel") for part in parts]
        self.biases = [keras.Variable(np.zeros_like(part[0]), name="bias") for part in parts]
        self.activation, self.train_bfloat16 = activation, train_bfloat16

    def call(self, inputs, training=None):
        narrow = training and self.train_bfloat16
        if narrow:
            inputs = ops.cast(inputs, "bfloat16")
        parts = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            if narrow:
                product = ops.matmul(inputs, ops.cast(kernel, "bfloat16"))
                product = ops.cast(product, "float32")
            else:
                product = ops.matmul(inputs, kernel)
            parts.append(self.activation(product + bias))
        return ops.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]


def build(config: RunConfig, *, train_bfloat16: bool = False, blocks: int = 1) -> Network:
    """Build the network of a run with its initial weights.

    The same settings give the same weights: every kernel is Glorot-uniform (Glorot &
    Bengio 2010) with a seed drawn from `config.seed` and its place.

    Parameters
    ----------
    config : RunConfig
    train_bfloat16 : bool, default=False
        Whether the products of wide layers are in bfloat16 where a model is called with
        `training=True`.
    blocks : int, default=1
        In how many blocks of columns wide layers are computed.
    """
    widths = config.widths
    seed = 2 * config.seed
    wide = {"train_bfloat16": train_bfloat16, "blocks": blocks}
    encoder, variables = _stack("encoder", config, widths, seed, wide)
    logits, others = _stack("decoder", config, widths[::-1], seed + 1, wide)
    code = keras.Input((config.k,))
    image = layers.Activation(config.output, name="output")(logits(code))
    decoder = keras.Model(code, image, name="decoder_with_output")
    return Network(encoder, logits, decoder, variables | others)


def _stack(
    part: str, config: RunConfig, widths: tuple[int, ...], seed: int, wide: dict
) -> tuple[keras.Model, dict[str, list[keras.Variable]]]:
    """Dense layers along `widths`: activation (and layer norm) on all but the last."""
    seeds = keras.random.SeedGenerator(seed)
    variables: dict[str, list[keras.Variable]] = {}
    x = inputs = keras.Input((widths[0],))
    last = len(widths) - 2
    activation = _activation(config.activation)
    for i, width in enumerate(widths[1:]):
        glorot = keras.initializers.GlorotUniform(seed=int(seeds.next()[0]) & 0x7FFFFFFF)
        dense = _Dense(
            ops.convert_to_numpy(glorot((widths[i], width))),
            keras.activations.linear if i == last or config.layer_norm else activation,
            name=f"{part}_{i}",
            **(wide if min(width, widths[i]) >= _WIDE else {"train_bfloat16": False, "blocks": 1}),
        )
        x = dense(x)
        variables |= {f"{part}.{i}.kernel": dense.kernels, f"{part}.{i}.bias": dense.biases}
        if config.layer_norm and i < last:
            norm = layers.LayerNormalization(epsilon=LAYER_NORM_EPSILON, name=f"{part}_{i}_norm")
            x = norm(x)
            variables |= {f"{part}.{i}.gamma": [norm.gamma], f"{part}.{i}.beta": [norm.beta]}
            x = layers.Activation(activation, name=f"{part}_{i}_activation")(x)
    return keras.Model(inputs, x, name=part), variables


def _activation(name: str) -> Callable:
    if name == "gelu":
        return lambda x: keras.activations.gelu(x, approximate=True)
    return keras.activations.get(name)
