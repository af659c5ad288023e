"""Codes that are drawn in training, as in a variational autoencoder (Kingma & Welling 2014).

The encoder gives each image a normal distribution of codes, independent of each other: a mean and
the logarithm of a variance for each. The code is the mean and so many standard deviations as a
standard normal number says, so that both can be learned through it.
"""

from __future__ import annotations

import tensorflow as tf

Distributions = tuple[tf.Tensor, tf.Tensor]  # means and logarithms of variances, (…, n, k) each


def deviates(images: tf.Tensor, k: int, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
    """Standard normal numbers (n, k) for images (n, p), that seed and step decide.

    They are other numbers than those of `pcae.training.noise` in the same step.
    """
    shape, at = [tf.shape(images)[0], k], tf.stack([seed, -1 - step])
    return tf.random.stateless_normal(shape, at, alg="philox")


def draw(distributions: Distributions, deviates: tf.Tensor) -> tf.Tensor:
    """Codes (…, n, k) so many standard deviations from their means."""
    mean, log_variance = distributions
    return mean + tf.exp(0.5 * log_variance) * deviates


def divergences(distributions: Distributions) -> tf.Tensor:
    """The Kullback-Leibler divergence of each code's distribution from the standard normal one,
    (…, n, k), in nats (Kingma & Welling 2014, appendix B)."""
    mean, log_variance = distributions
    return 0.5 * (tf.square(mean) + tf.exp(log_variance) - log_variance - 1)
