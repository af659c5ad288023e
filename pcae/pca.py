"""Principal component analysis, every number of components from one eigendecomposition.

The components are the eigenvectors of the training images' covariance (Pearson 1901,
Hotelling 1933). They are fitted on the training split and applied to the test split, and
agree with scikit-learn's `PCA(svd_solver="covariance_eigh")`, signs included.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from pcae.config import PIXELS
from pcae.datasets import Dataset, Split
from pcae.files import DamagedFile, home, read_arrays, write_arrays

_ROWS_AT_ONCE = 10_000
_FORMAT = "1"
_SHAPES = {
    "mean": (PIXELS,),
    "components": (PIXELS, PIXELS),
    "explained_variance": (PIXELS,),
    "train_error": (PIXELS + 1,),
    "test_error": (PIXELS + 1,),
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PCA:
    """A fitted PCA with its whole spectrum.

    Attributes
    ----------
    mean : ndarray of float32, shape (784,)
        Of the training images.
    components : ndarray of float32, shape (784, 784)
        One component a row, by falling explained variance.
    explained_variance : ndarray of float64, shape (784,)
        Eigenvalues of the training covariance (divisor n - 1).
    train_error, test_error : ndarray of float64, shape (785,)
        Mean squared error over images and pixels with k components, at index k;
        index 0 is the error of the mean image.
    """

    mean: np.ndarray
    components: np.ndarray
    explained_variance: np.ndarray
    train_error: np.ndarray
    test_error: np.ndarray

    def transform(self, images: np.ndarray, k: int) -> np.ndarray:
        """Scores of `images` (n, 784) on the first k components, shape (n, k)."""
        return (images - self.mean) @ self.components[:k].T

    def inverse_transform(self, scores: np.ndarray) -> np.ndarray:
        """Images (n, 784) from scores (n, k) on the first k components."""
        return scores @ self.components[: scores.shape[1]] + self.mean

    def reconstruct(self, images: np.ndarray, k: int) -> np.ndarray:
        """Images (n, 784) as k components show them, same shape."""
        return self.inverse_transform(self.transform(images, k))


def fit(data: Dataset) -> PCA:
    """Fit PCA on the training split and measure every k on both splits."""
    n = len(data.train)
    total, products = np.zeros(PIXELS), np.zeros((PIXELS, PIXELS))
    for block in _blocks(data.train):
        total += block.sum(axis=0)
        products += block.T @ block
    mean = total / n
    covariance = (products - n * np.outer(mean, mean)) / (n - 1)  # C = (XᵀX - n μμᵀ) / (n - 1)
    values, vectors = np.linalg.eigh(covariance)
    variance = np.maximum(values[::-1], 0)
    components = vectors.T[::-1]
    largest = np.abs(components).argmax(axis=1)
    components = components * np.sign(components[np.arange(PIXELS), largest])[:, None]

    squares = np.zeros(PIXELS)
    for block in _blocks(data.test):
        squares += (((block - mean) @ components.T) ** 2).sum(axis=0)
    return PCA(
        mean=mean.astype(np.float32),
        components=components.astype(np.float32),
        explained_variance=variance,
        train_error=_tails(variance * (n - 1) / n) / PIXELS,
        test_error=_tails(squares / len(data.test)) / PIXELS,
    )


def load_or_fit(data: Dataset) -> PCA:
    """The PCA of a data set, from the cache folder when it is there."""
    path = home() / "pca" / f"{data.digest}.safetensors"
    try:
        arrays, about = read_arrays(path)
        if (
            about.get("format") == _FORMAT
            and {name: array.shape for name, array in arrays.items()} == _SHAPES
        ):
            return PCA(**arrays)
        log.warning("PCA is computed anew: %s is of another form", path)
    except FileNotFoundError:
        pass
    except DamagedFile as problem:
        log.warning("PCA is computed anew: %s", problem)
    fitted = fit(data)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(path, vars(fitted), {"format": _FORMAT})
    except OSError as problem:
        log.warning("PCA is not kept for the next start: %s", problem)
    return fitted


def _blocks(split: Split):
    """The split's images as float64 in [0, 1], some rows at a time: float64 is 8 bytes a pixel."""
    for start in range(0, len(split), _ROWS_AT_ONCE):
        yield split.images[start : start + _ROWS_AT_ONCE].astype(np.float64) / 255


def _tails(terms: np.ndarray) -> np.ndarray:
    """What the terms from k on add up to, for k = 0 to n; the last is 0."""
    return np.append(np.cumsum(terms[::-1])[::-1], 0.0)
