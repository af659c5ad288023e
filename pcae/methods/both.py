"""What both methods make of the test images: codes and scores, and the errors of either."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pcae.data.datasets import Dataset
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import PCA

_ROWS_AT_ONCE = 500  # memory that is used again is several times faster


@dataclass(frozen=True, eq=False)
class Made:
    """Of every test image, in their order.

    Attributes
    ----------
    codes, scores : ndarray of float32, shape (n, k)
        The network's, and PCA's on as many components.
    errors, pca_errors : ndarray of float64, shape (n,)
    """

    codes: np.ndarray
    scores: np.ndarray
    errors: np.ndarray
    pca_errors: np.ndarray


def of_test_images(model: Autoencoder, fitted: PCA, data: Dataset) -> Made:
    """Encode, project and measure, some images at a time: of all, each step takes as much memory
    as the images do."""
    count, k = len(data.test), model.config.k
    codes, scores = (np.empty((count, k), np.float32) for _ in range(2))
    errors, pca_errors = np.empty(count), np.empty(count)
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        images = data.test.pixels(rows)
        codes[rows], scores[rows] = model.encode(images), fitted.transform(images, k)
        errors[rows] = error_per_image(images, model.decode(codes[rows]))
        pca_errors[rows] = error_per_image(images, fitted.inverse_transform(scores[rows]))
    return Made(codes, scores, errors, pca_errors)
