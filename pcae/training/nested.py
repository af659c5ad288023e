"""Codes in an order, by nested dropout (Rippel, Gelbart & Adams 2014): each image keeps its first
codes in training, as many as are drawn for it; the others are 0.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf


def draw(order: str, rng: np.random.Generator, count: int, k: int) -> np.ndarray:
    """How many of its k codes each of `count` images keeps.

    Parameters
    ----------
    order : {"none", "nested"}
        As in `RunConfig.code_order`.

    Returns
    -------
    ndarray of int32, shape (count,)
        From 1 to k, each as often; for "none" the shape is (count, 0).
    """
    if order == "none":
        return np.zeros((count, 0), np.int32)
    return rng.integers(1, k + 1, count, np.int32)


def first(codes: tf.Tensor, kept: tf.Tensor) -> tf.Tensor:
    """Codes (…, n, k), of which each row keeps as many as `kept` (…, n) says; the others are 0."""
    return codes * tf.sequence_mask(kept, codes.shape[-1], codes.dtype)
