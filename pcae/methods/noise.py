"""Noise on images, as an autoencoder that denoises sees it (Vincent et al. 2008)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MASKED = 0.3  # the probability with which a number is set to 0
DEVIATION = 0.3  # the standard deviation of what is added; black is 0 and white is 1


def add(kind: str, images: np.ndarray, numbers: Iterable[int]) -> np.ndarray:
    """Images with noise, which is the same for an image whichever it is shown with.

    Parameters
    ----------
    kind : {"none", "masking", "gaussian"}
        As in `RunConfig.noise`.
    images : ndarray of float32, shape (n, p)
    numbers : iterable of int
        The number of each image among those of its split.

    Returns
    -------
    ndarray of float32, shape (n, p)
        Gaussian noise is not cut to [0, 1].
    """
    if kind == "none":
        return images
    noisy = np.array(images, np.float32)
    for image, number in zip(noisy, numbers, strict=True):
        rng = np.random.default_rng([0, number])
        if kind == "masking":
            image[rng.random(image.size, np.float32) < MASKED] = 0
        else:
            image += DEVIATION * rng.standard_normal(image.size, np.float32)
    return noisy
