"""Noise on images, as an autoencoder that denoises sees it (Vincent et al. 2008).

Chance is mulberry32 (T. Ettinger), whose draws can be had in any order: so an image has the same
noise whichever it is shown with, here and in a browser, where `core/noise.js` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MASKED = 0.3  # the probability with which a number is set to 0
DEVIATION = 0.3  # the standard deviation of what is added; black is 0 and white is 1

_STEP = np.uint32(0x6D2B79F5)


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
    size = images.shape[1]
    drawn = _draw(np.fromiter(numbers, np.int64, len(images)), size + size % 2)
    if kind == "masking":
        return np.where(drawn[:, :size] < np.float32(MASKED), np.float32(0), images)
    return images + np.float32(DEVIATION) * _normal(drawn)[:, :size]


def _draw(numbers: np.ndarray, count: int) -> np.ndarray:
    """So many numbers from 0 to below 1, evenly, for each image: float32 (n, count)."""
    places = numbers[:, None] * count + np.arange(1, count + 1)
    state = places.astype(np.uint32) * _STEP  # each a step from the one before
    mixed = (state ^ (state >> 15)) * (state | 1)
    mixed ^= mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)
    return ((mixed ^ (mixed >> 14)) >> 8).astype(np.float32) * np.float32(2**-24)


def _normal(drawn: np.ndarray) -> np.ndarray:
    """Standard normal numbers, two of two even ones (Box & Muller 1958)."""
    far = np.sqrt(-2 * np.log(1 - drawn[:, ::2]))
    turn = np.float32(2 * np.pi) * drawn[:, 1::2]
    return np.stack([far * np.cos(turn), far * np.sin(turn)], axis=2).reshape(drawn.shape)
