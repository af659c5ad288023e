"""Encode, decode and reconstruct from saved weights with NumPy alone.

A trained autoencoder is a handful of matrix products; TensorFlow, which takes seconds to
import, is not needed to show one. Agrees with Keras to 1e-5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from pcae.config import RunConfig
from pcae.layers import Layer
from pcae.methods import convolution

LAYER_NORM_EPSILON = 1e-3
_ROWS_AT_ONCE = 10_000
_NUMBERS_AT_ONCE = 5_000_000  # of a convolutional network's layers


def _elu(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def _gelu(x: np.ndarray) -> np.ndarray:
    # the tanh form of Hendrycks & Gimpel (2016)
    return 0.5 * x * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + 0.044715 * x * x * x)))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))  # = 1 / (1 + exp(-x)), without overflow


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "elu": _elu,
    "relu": lambda x: np.maximum(x, 0),
    "gelu": _gelu,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "linear": lambda x: x,
}


def _gelu_slope(x: np.ndarray) -> np.ndarray:
    c = np.float32(np.sqrt(2 / np.pi))
    t = np.tanh(c * (x + 0.044715 * x * x * x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)


_SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "elu": lambda x: np.exp(np.minimum(x, 0)),
    "relu": lambda x: (x > 0).astype(x.dtype),
    "gelu": _gelu_slope,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "sigmoid": lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
    "linear": np.ones_like,
}


def weight_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of a run, in order."""
    shapes: dict[str, tuple[int, ...]] = {}
    for part, layers in config.layers.items():
        last = len(layers) - 1
        for i, layer in enumerate(layers):
            shapes |= {f"{part}.{i}.kernel": layer.kernel, f"{part}.{i}.bias": layer.bias}
            if config.layer_norm and i < last:
                norm = (layer.channels,)
                shapes |= {f"{part}.{i}.gamma": norm, f"{part}.{i}.beta": norm}
    return shapes


def state_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight that is kept to go on from, in order.

    Those of `weight_shapes`, and of a variational network the last layer that gives the logarithms
    of the variances, which only training needs.
    """
    shapes = weight_shapes(config)
    if config.beta:
        head, to_codes = f"variance.{len(config.hidden)}", config.layers["encoder"][-1]
        shapes |= {f"{head}.kernel": to_codes.kernel, f"{head}.bias": to_codes.bias}
    return shapes


def trained_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Those of `state_shapes` that training adjusts: all but a decoder's kernel that is tied."""
    shapes = state_shapes(config)
    if config.decoder_weights == "tied":
        del shapes["decoder.0.kernel"]
    return shapes


def weights_sha256(config: RunConfig, weights: Mapping[str, np.ndarray]) -> str:
    """One SHA-256 over every weight in order: equal exactly when the weights are."""
    sha = hashlib.sha256()
    for name in weight_shapes(config):
        sha.update(weights[name].astype(np.float32).tobytes())
    return sha.hexdigest()


@dataclass(frozen=True, eq=False)
class Autoencoder:
    """A trained autoencoder.

    Parameters
    ----------
    config : RunConfig
    weights : dict of str to ndarray of float32
        By the names of `weight_shapes`.

    Raises
    ------
    ValueError
        A weight is missing or has another shape than the settings ask for.
    """

    config: RunConfig
    weights: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        for name, shape in weight_shapes(self.config).items():
            found = self.weights[name].shape if name in self.weights else None
            if found != shape:
                raise ValueError(f"weight {name} has shape {found}, not {shape}")

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Codes (n, k) of images (n, p)."""
        return self._in_blocks(self._encode, images)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Images (n, p) from codes (n, k)."""
        return self._in_blocks(self._decode, codes)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """Images (n, p) as their codes show them, same shape."""
        return self._in_blocks(lambda block: self._decode(self._encode(block)), images)

    def decoder_jacobian(self, code: np.ndarray) -> np.ndarray:
        """How the decoded image changes with each number of a code (k,): shape (k, p).

        The rows span the plane that touches the decoder's surface there. Computed forwards,
        tangents beside values, with the derivative of every layer.
        """
        x = np.asarray(code, np.float32)[None]
        tangents = np.eye(x.shape[1], dtype=np.float32)
        last = len(self.config.hidden)
        for i, layer in enumerate(self.config.layers["decoder"]):
            name = f"decoder.{i}"
            tangents = convolution.through(layer, tangents, self.weights[f"{name}.kernel"])
            x = self._before(name, layer, x)
            if i < last and self.config.layer_norm:
                tangents = self._normalised_tangents(name, x[0], tangents)
                x = self._normalise(name, x)
            of = self.config.activation if i < last else self.config.output
            x, tangents = ACTIVATIONS[of](x), tangents * _SLOPES[of](x)
        return tangents.reshape(len(tangents), -1)

    def _normalised_tangents(self, layer: str, x: np.ndarray, tangents: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scale = 1 / np.sqrt(variance + np.float32(LAYER_NORM_EPSILON))
        moved = tangents - tangents.mean(axis=-1, keepdims=True)
        along = (moved * centred).mean(axis=-1, keepdims=True) * scale**2
        return scale * (moved - along * centred) * self.weights[f"{layer}.gamma"]

    def _encode(self, x: np.ndarray) -> np.ndarray:
        return self._run("encoder", x)

    def _decode(self, x: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.config.output](self._run("decoder", x))

    def _run(self, part: str, x: np.ndarray) -> np.ndarray:
        activation, (*hidden, last) = ACTIVATIONS[self.config.activation], self.config.layers[part]
        for i, layer in enumerate(hidden):
            x = self._before(f"{part}.{i}", layer, x)
            if self.config.layer_norm:
                x = self._normalise(f"{part}.{i}", x)
            x = activation(x)
        return self._before(f"{part}.{len(hidden)}", last, x).reshape(len(x), prod(last.outputs))

    def _before(self, name: str, layer: Layer, x: np.ndarray) -> np.ndarray:
        """What a layer gives of rows, before its layer norm and activation."""
        kernel, bias = (self.weights[f"{name}.{kind}"] for kind in ("kernel", "bias"))
        return convolution.through(layer, x, kernel, bias)

    def _normalise(self, layer: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(LAYER_NORM_EPSILON))
        return scaled * self.weights[f"{layer}.gamma"] + self.weights[f"{layer}.beta"]

    def _in_blocks(self, apply: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Apply to some rows at a time: the hidden layers of 60,000 images take gigabytes."""
        rows, most = np.asarray(rows, np.float32), _ROWS_AT_ONCE
        if self.config.architecture == "convolutional":
            most = max(1, _NUMBERS_AT_ONCE // self.config.numbers)
        starts = range(0, max(len(rows), 1), most)
        return np.concatenate([apply(rows[start : start + most]) for start in starts])


def first(codes: np.ndarray, kept: int) -> np.ndarray:
    """Codes (n, k) with 0 for all but the first numbers of each, as ordered codes are cut."""
    cut = np.array(codes, np.float32)
    cut[:, kept:] = 0
    return cut


def as_float32(name: str, array: np.ndarray) -> np.ndarray:
    """A weight that was kept, as it is computed with.

    Raises
    ------
    ValueError
        It is of another kind, or some of its numbers are not finite.
    """
    if array.dtype.kind != "f":
        raise ValueError(f"weight {name} is of {array.dtype}")
    with np.errstate(over="ignore"):
        weight = array.astype(np.float32)
    if not np.isfinite(weight).all():
        raise ValueError(f"weight {name} has numbers that are not finite")
    return weight
