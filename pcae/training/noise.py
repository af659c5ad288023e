"""Noise on what the encoder sees in training (Vincent et al. 2008), made where the images are."""

from __future__ import annotations

import tensorflow as tf

from pcae.methods.noise import DEVIATION, MASKED


def add(kind: str, images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
    """Images (n, p) with noise of a kind, "masking" or "gaussian", that seed and step decide."""
    drawn = {"shape": tf.shape(images), "seed": tf.stack([seed, step]), "alg": "philox"}
    if kind == "masking":
        return tf.where(tf.random.stateless_uniform(**drawn) < MASKED, 0.0, images)
    return images + DEVIATION * tf.random.stateless_normal(**drawn)
