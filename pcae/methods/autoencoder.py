"""Encode, decode and reconstruct from saved weights with NumPy alone.

A trained autoencoder is a handful of matrix products; TensorFlow, which takes seconds to
import, is not needed to show one. Agrees with Keras to 1e-5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pcae.config import RunConfig

LAYER_NORM_EPSILON = 1e-3
_ROWS_AT_ONCE = 10_000


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
    for part, widths in (("encoder", config.widths), ("decoder", config.widths[::-1])):
        last = len(widths) - 2
        for i, (a, b) in enumerate(pairwise(widths)):
            shapes |= {f"{part}.{i}.kernel": (a, b), f"{part}.{i}.bias": (b,)}
            if config.layer_norm and i < last:
                shapes |= {f"{part}.{i}.gamma": (b,), f"{part}.{i}.beta": (b,)}
    return shapes


def state_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight that is kept to go on from, in order.

    Those of `weight_shapes`, and of a variational network the last layer that gives the logarithms
    of the variances, which only training needs.
    """
    shapes = weight_shapes(config)
    if config.beta:
        head = f"variance.{len(config.hidden)}"
        width = config.widths[-2]
        shapes |= {f"{head}.kernel": (width, config.k), f"{head}.bias": (config.k,)}
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
        x = np.asarray(code, np.float32)
        tangents = np.eye(len(x), dtype=np.float32)
        last = len(self.config.hidden)
        for i in range(last + 1):
            layer, kernel = f"decoder.{i}", self.weights[f"decoder.{i}.kernel"]
            x, tangents = x @ kernel + self.weights[f"{layer}.bias"], tangents @ kernel
            if i < last and self.config.layer_norm:
                tangents = self._normalised_tangents(layer, x, tangents)
                x = self._normalise(layer, x[None])[0]
            name = self.config.activation if i < last else self.config.output
            x, tangents = ACTIVATIONS[name](x), tangents * _SLOPES[name](x)
        return tangents

    def _normalised_tangents(self, layer: str, x: np.ndarray, tangents: np.ndarray) -> np.ndarray:
        centred = x - x.mean()
        scale = 1 / np.sqrt(np.square(centred).mean() + np.float32(LAYER_NORM_EPSILON))
        moved = tangents - tangents.mean(axis=1, keepdims=True)
        along = (moved * centred).mean(axis=1, keepdims=True) * scale**2
        return scale * (moved - along * centred) * self.weights[f"{layer}.gamma"]

    def _encode(self, x: np.ndarray) -> np.ndarray:
        return self._run("encoder", x)

    def _decode(self, x: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[self.config.output](self._run("decoder", x))

    def _run(self, part: str, x: np.ndarray) -> np.ndarray:
        activation, last = ACTIVATIONS[self.config.activation], len(self.config.hidden)
        for i in range(last + 1):
            x = x @ self.weights[f"{part}.{i}.kernel"] + self.weights[f"{part}.{i}.bias"]
            if i == last:
                break
            if self.config.layer_norm:
                x = self._normalise(f"{part}.{i}", x)
            x = activation(x)
        return x

    def _normalise(self, layer: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=1, keepdims=True)
        variance = np.square(centred).mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(LAYER_NORM_EPSILON))
        return scaled * self.weights[f"{layer}.gamma"] + self.weights[f"{layer}.beta"]

    @staticmethod
    def _in_blocks(apply: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Apply to some rows at a time: the hidden layers of 60,000 images take gigabytes."""
        rows = np.asarray(rows, np.float32)
        starts = range(0, max(len(rows), 1), _ROWS_AT_ONCE)
        return np.concatenate([apply(rows[start : start + _ROWS_AT_ONCE]) for start in starts])


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
