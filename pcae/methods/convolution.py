"""Layers in NumPy: dense ones, strided convolutions and their transposes, which agree with Keras's.

Both convolutions go through the kernel's nine places, each a matrix product over the channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

import numpy as np

from pcae.layers import SIDE, STRIDE, Layer


def through(
    layer: Layer, x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | float = 0.0
) -> np.ndarray:
    """What a layer gives of rows, before its layer norm and activation.

    Parameters
    ----------
    x : ndarray of float32, shape (n, …)
        As many numbers a row as the layer takes.

    Returns
    -------
    ndarray of float32, shape (n, *layer.outputs)
    """
    if layer.kind == "dense":
        flat = x.reshape(len(x), prod(layer.inputs)) @ kernel + bias
        return flat.reshape(len(x), *layer.outputs)
    x = x.reshape(len(x), *layer.inputs)
    make = _convolved if layer.kind == "convolution" else _transposed
    return make(layer, x, kernel) + bias


def _convolved(layer: Layer, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, columns, _ = layer.outputs
    padded = _padded(len(x), layer.inputs, x.dtype)
    _inner(layer, padded, layer.inputs)[:] = x
    patches = [padded[:, down, across] for down, across in _places(rows, columns)]
    return np.concatenate(patches, axis=-1) @ kernel.reshape(-1, kernel.shape[-1])


def _transposed(layer: Layer, x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, columns, _ = layer.inputs
    padded = _padded(len(x), layer.outputs, np.result_type(x, kernel))
    kernels = kernel.reshape(-1, *kernel.shape[2:])
    for (down, across), of in zip(_places(rows, columns), kernels, strict=True):
        padded[:, down, across] += x @ of
    return _inner(layer, padded, layer.outputs)


def _places(rows: int, columns: int) -> Iterator[tuple[slice, slice]]:
    """Where each of the kernel's places falls in the larger picture, for all of the smaller."""
    for i, j in product(range(SIDE), repeat=2):
        yield slice(i, i + STRIDE * rows, STRIDE), slice(j, j + STRIDE * columns, STRIDE)


def _padded(n: int, large: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Zeros for n of the larger pictures with the rows and columns that 'same' padding adds."""
    return np.zeros((n, large[0] + SIDE, large[1] + SIDE, large[2]), dtype)


def _inner(layer: Layer, padded: np.ndarray, large: tuple[int, ...]) -> np.ndarray:
    """The larger pictures within."""
    above, left = layer.before
    return padded[:, above : above + large[0], left : left + large[1]]
