"""`RunConfig` to Keras models: an encoder, a decoder, and how their weights are named.

The decoder mirrors the encoder, as in Hinton & Salakhutdinov (2006); the bottleneck is
linear. Weights carry the names that `pcae.inference` reads: `encoder.0.kernel`,
`encoder.0.bias`, with layer norm also `encoder.0.gamma` and `encoder.0.beta`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers

from pcae.config import RunConfig
from pcae.inference import LAYER_NORM_EPSILON

_WIDE = 64  # products of narrower layers cost nothing, and codes need all their bits


@dataclass(frozen=True)
class Network:
    """The models of one run.

    Attributes
    ----------
    encoder : keras.Model
        Images (n, 784) to codes (n, k).
    logits : keras.Model
        Codes (n, k) to images before the output's activation, (n, 784).
    decoder : keras.Model
        Codes (n, k) to images (n, 784); shares every weight with `logits`.
    variables : dict of str to keras.Variable
        Every trainable weight by its name in a saved run.
    """

    encoder: keras.Model
    logits: keras.Model
    decoder: keras.Model
    variables: dict[str, keras.Variable]


class _Dense(layers.Dense):
    """A dense layer whose products may be in bfloat16 while it trains.

    Weights, biases, activations and the optimiser stay float32; the layer is float32
    throughout where `training` is false.
    """

    def __init__(self, *args, train_bfloat16: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.train_bfloat16 = train_bfloat16

    def call(self, inputs, training=None):
        if not (training and self.train_bfloat16):
            return super().call(inputs)
        narrow = (keras.ops.cast(inputs, "bfloat16"), keras.ops.cast(self.kernel, "bfloat16"))
        return keras.ops.cast(keras.ops.matmul(*narrow), "float32") + self.bias


def build(config: RunConfig, *, train_bfloat16: bool = False) -> Network:
    """Build the network of a run with its initial weights.

    With `train_bfloat16` the products of wide layers are in bfloat16 where a model is called
    with `training=True`.

    The same settings give the same weights: every kernel is Glorot-uniform (Glorot &
    Bengio 2010) with a seed drawn from `config.seed` and its place.
    """
    widths = config.widths
    seed = 2 * config.seed
    encoder, variables = _stack("encoder", config, widths, seed, train_bfloat16)
    logits, others = _stack("decoder", config, widths[::-1], seed + 1, train_bfloat16)
    code = keras.Input((config.k,))
    image = layers.Activation(config.output, name="output")(logits(code))
    decoder = keras.Model(code, image, name="decoder_with_output")
    return Network(encoder, logits, decoder, variables | others)


def _stack(
    part: str, config: RunConfig, widths: tuple[int, ...], seed: int, train_bfloat16: bool
) -> tuple[keras.Model, dict[str, keras.Variable]]:
    """Dense layers along `widths`: activation (and layer norm) on all but the last."""
    seeds = keras.random.SeedGenerator(seed)
    variables: dict[str, keras.Variable] = {}
    x = inputs = keras.Input((widths[0],))
    last = len(widths) - 2
    for i, width in enumerate(widths[1:]):
        glorot = keras.initializers.GlorotUniform(seed=int(seeds.next()[0]) & 0x7FFFFFFF)
        narrow = train_bfloat16 and min(width, widths[i]) >= _WIDE
        dense = _Dense(width, kernel_initializer=glorot, name=f"{part}_{i}", train_bfloat16=narrow)
        x = dense(x)
        variables |= {f"{part}.{i}.kernel": dense.kernel, f"{part}.{i}.bias": dense.bias}
        if i == last:
            break
        if config.layer_norm:
            norm = layers.LayerNormalization(epsilon=LAYER_NORM_EPSILON, name=f"{part}_{i}_norm")
            x = norm(x)
            variables |= {f"{part}.{i}.gamma": norm.gamma, f"{part}.{i}.beta": norm.beta}
        x = layers.Activation(_activation(config.activation), name=f"{part}_{i}_activation")(x)
    return keras.Model(inputs, x, name=part), variables


def _activation(name: str) -> Callable:
    if name == "gelu":
        return lambda x: keras.activations.gelu(x, approximate=True)
    return keras.activations.get(name)
