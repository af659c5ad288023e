"""The network of a run in TensorFlow: its first weights, and the way from images to codes and back.

The decoder mirrors the encoder, as in Hinton & Salakhutdinov (2006); the bottleneck is
linear. Weights carry the names that `pcae.methods.autoencoder` reads: `encoder.0.kernel`,
`encoder.0.bias`, with layer norm also `encoder.0.gamma` and `encoder.0.beta`. A variational
network's last encoder layer, say `encoder.2`, has beside it `variance.2`, from the same input.

Here each is a list of blocks along its last axis: what does not depend on each other, TensorFlow
computes side by side. Networks of one form may also be stacked, along an axis before all others;
biases then have the shape (networks, 1, width). Convolutional networks are never stacked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from pcae.config import RunConfig
from pcae.layers import STRIDE, Layer
from pcae.methods.autoencoder import LAYER_NORM_EPSILON, trained_shapes

_WIDE = 64  # products of narrower layers cost nothing, and codes need all their bits
_MANY = 16  # channels: convolutions to fewer cost little
_TO_CODES, _TIED = "encoder.0.kernel", "decoder.0.kernel"
_ACTIVATIONS = {
    "elu": tf.nn.elu,
    "relu": tf.nn.relu,
    "gelu": lambda x: tf.nn.gelu(x, approximate=True),
    "tanh": tf.tanh,
    "sigmoid": tf.sigmoid,
    "linear": lambda x: x,
}

Weights = Mapping[str, Sequence[Any]]


def initial(config: RunConfig) -> dict[str, np.ndarray]:
    """The weights that a run starts with, whole, by their names.

    The same settings give the same weights: every kernel is Glorot-uniform (Glorot &
    Bengio 2010) with a seed drawn from `config.seed` and its place.
    """
    found: dict[str, np.ndarray] = {}
    with tf.device("/CPU:0"):  # a GPU may be full
        seeds = {
            part: keras.random.SeedGenerator(2 * config.seed + place)
            for part, place in (("encoder", 0), ("decoder", 1), ("variance", 1))
        }
        for name, shape in trained_shapes(config).items():
            part, number, kind = name.split(".")
            if kind == "kernel":
                seed = int(seeds[part].next()[0]) & 0x7FFFFFFF
                layer = _layer(config, part, number)
                found[name] = _glorot(layer, keras.initializers.GlorotUniform(seed=seed))
            else:
                found[name] = np.full(shape, kind == "gamma", np.float32)
    return completed(config, found)


def completed(config: RunConfig, state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights, perhaps with moments, with those of a tied kernel: the encoder's, transposed."""
    if config.decoder_weights == "own":
        return dict(state)
    tied = {
        name.removesuffix(_TO_CODES) + _TIED: np.ascontiguousarray(array.T)
        for name, array in state.items()
        if name.endswith(_TO_CODES)
    }
    return {**state, **tied}


def _glorot(layer: Layer, initializer) -> np.ndarray:
    """A layer's first kernel; Keras's of a transposed convolution has its channels exchanged."""
    if layer.kind == "transposed":
        *sides, incoming, outgoing = layer.kernel
        return initializer((*sides, outgoing, incoming)).numpy().swapaxes(-1, -2).copy()
    return initializer(layer.kernel).numpy()


def split(config: RunConfig, name: str, array: np.ndarray, blocks: int) -> list[np.ndarray]:
    """The blocks of a weight, or of its moment: of a wide layer's kernel and bias several."""
    part, number, kind = name.split(".")[-3:]
    layer = _layer(config, part, number)
    parts = blocks if kind in {"kernel", "bias"} and _is_wide(layer) else 1
    return np.array_split(array, parts, axis=-1)


def encode(config: RunConfig, weights: Weights, images: tf.Tensor, bfloat16: bool = False):
    """Images (…, n, p) to codes (…, n, k); with the products of wide layers in bfloat16 or not."""
    return _join(_through("encoder", config, weights, images, bfloat16))


def distributions(config: RunConfig, weights: Weights, images: tf.Tensor, bfloat16: bool = False):
    """Means and logarithms of the variances of a variational network's codes, (…, n, k) each."""
    number, joined = len(config.hidden), dict(weights)
    for kind in ("kernel", "bias"):  # both layers as one, whose columns are computed side by side
        name = f"encoder.{number}.{kind}"
        joined[name] = [*weights[name], *weights[f"variance.{number}.{kind}"]]
    blocks = _through("encoder", config, joined, images, bfloat16)
    half = len(blocks) // 2
    return _join(blocks[:half]), _join(blocks[half:])


def logits(config: RunConfig, weights: Weights, codes: tf.Tensor, bfloat16: bool = False):
    """Codes (…, n, k) to images before the output's activation, (…, n, p), as blocks of columns."""
    if config.decoder_weights == "tied":
        kernel = tf.linalg.matrix_transpose(_join(weights[_TO_CODES]))
        widths = [bias.shape[-1] for bias in weights["decoder.0.bias"]]
        weights = {**weights, _TIED: tf.split(kernel, widths, -1)}
    return _through("decoder", config, weights, codes, bfloat16)


def output(config: RunConfig, logits: tf.Tensor) -> tf.Tensor:
    """Images from logits, or a block of columns from a block."""
    return _ACTIVATIONS[config.output](logits)


def _layer(config: RunConfig, part: str, number: str) -> Layer:
    """A layer of a part; the variances come from one like the encoder's last."""
    return config.layers["encoder" if part == "variance" else part][int(number)]


def _is_wide(layer: Layer) -> bool:
    return min(layer.kernel) >= _WIDE if layer.kind == "dense" else layer.channels >= _MANY


def _through(part: str, config: RunConfig, weights: Weights, x: tf.Tensor, bfloat16: bool):
    """Layers one after another: activation (and layer norm) after all but the last."""
    layers, activation = config.layers[part], _ACTIVATIONS[config.activation]
    as_form = _as_form if config.architecture == "convolutional" else lambda x, form: x
    for i, layer in enumerate(layers):
        kernels, biases = (weights[f"{part}.{i}.{kind}"] for kind in ("kernel", "bias"))
        if layer.kind == "dense":
            flat = as_form(x, (layer.kernel[0],))
            blocks = _dense(flat, kernels, biases, bfloat16 and _is_wide(layer))
        else:
            blocks = _convolution(layer, as_form(x, layer.inputs), kernels, biases)
        if layer is layers[-1]:
            return blocks if layer.kind == "dense" else [as_form(_join(blocks), (config.inputs,))]
        if config.layer_norm:
            gamma, beta = (weights[f"{part}.{i}.{kind}"][0] for kind in ("gamma", "beta"))
            x = activation(_layer_norm(as_form(_join(blocks), layer.outputs), gamma, beta))
        else:
            x = _join([activation(block) for block in blocks])


def _as_form(x, form):
    """Rows in the form that a layer takes."""
    return x if len(x.shape) == len(form) + 1 else tf.reshape(x, (-1, *form))


def _convolution(layer, x, kernels, biases):
    """A layer's blocks of channels before the activation; a transposed one goes backwards."""
    if layer.kind == "convolution":
        blocks = [tf.nn.conv2d(x, kernel, STRIDE, "SAME") for kernel in kernels]
    else:
        rows, columns, _ = layer.outputs
        blocks = []
        for kernel in kernels:
            form = (tf.shape(x)[0], rows, columns, kernel.shape[-1])
            kernel = tf.transpose(kernel, (0, 1, 3, 2))
            blocks.append(tf.nn.conv2d_transpose(x, kernel, form, STRIDE, "SAME"))
    return [tf.nn.bias_add(block, bias) for block, bias in zip(blocks, biases, strict=True)]


def _dense(x, kernels, biases, narrow):
    """A layer's blocks of columns before the activation; all but narrow products is float32."""
    if narrow:
        x = tf.cast(x, tf.bfloat16)
        kernels = [tf.cast(kernel, tf.bfloat16) for kernel in kernels]
    products = [tf.cast(tf.matmul(x, kernel), tf.float32) for kernel in kernels]
    return [_add(product, bias) for product, bias in zip(products, biases, strict=True)]


def _join(blocks):
    return tf.concat(blocks, -1) if len(blocks) > 1 else blocks[0]


def _add(product, bias):
    """A sum whose shapes need not be compared anew in every step, as TensorFlow's own would."""
    found = _SUMS[len(bias.shape)](product, bias)
    found.set_shape(product.shape)
    return found


@tf.custom_gradient
def _sum(product, bias):
    def gradient(upstream):
        return upstream, tf.reduce_sum(upstream, -2, keepdims=len(bias.shape) > 1)

    return product + bias, gradient


# graphs of their own, few: a graph that calls for a custom gradient is kept forever
_SUMS = {
    len(bias): tf.function(
        _sum, input_signature=[tf.TensorSpec(product), tf.TensorSpec(bias)], autograph=False
    )
    for product, bias in (([None, None], [None]), ([None, None, None], [None, 1, None]))
}


def _layer_norm(x, gamma, beta):
    mean, variance = tf.nn.moments(x, -1, keepdims=True)
    scale = tf.math.rsqrt(variance + LAYER_NORM_EPSILON) * gamma
    return x * scale + (-mean * scale + beta)
