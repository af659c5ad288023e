"""Principal component analysis, every number of components from one eigendecomposition.

The components are the eigenvectors of the training images' covariance (Pearson 1901,
Hotelling 1933). They are fitted on the training split and applied to the test split, and
agree with scikit-learn's `PCA(svd_solver="covariance_eigh")`, signs included.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pcae.data.datasets import Dataset, Split
from pcae.files import DamagedFile, home, read_arrays, write_arrays

MOST_K = 100  # that a visitor can choose, unless a network has more codes
_ROWS_AT_ONCE = 2_000
_FORMAT = "1"

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PCA:
    """A fitted PCA with its whole spectrum; for MNIST p is 784.

    Attributes
    ----------
    mean : ndarray of float32, shape (p,)
        Of the training images.
    components : ndarray of float32, shape (p, p)
        One component a row, by falling explained variance; zeros where fewer images than pixels
        determine no more.
    explained_variance : ndarray of float64, shape (p,)
        Eigenvalues of the training covariance (divisor n - 1).
    train_error, test_error : ndarray of float64, shape (p + 1,)
        Mean squared error over images and pixels with k components, at index k;
        index 0 is the error of the mean image.
    """

    mean: np.ndarray
    components: np.ndarray
    explained_variance: np.ndarray
    train_error: np.ndarray
    test_error: np.ndarray

    def transform(self, images: np.ndarray, k: int) -> np.ndarray:
        """Scores of `images` (n, p) on the first k components, shape (n, k)."""
        return (images - self.mean) @ self.components[:k].T

    def inverse_transform(self, scores: np.ndarray) -> np.ndarray:
        """Images (n, p) from scores (n, k) on the first k components."""
        return scores @ self.components[: scores.shape[1]] + self.mean

    def reconstruct(self, images: np.ndarray, k: int) -> np.ndarray:
        """Images (n, p) as k components show them, same shape."""
        return self.inverse_transform(self.transform(images, k))


def fit(data: Dataset) -> PCA:
    """Fit PCA on the training split and measure every k on both splits."""
    n, p = len(data.train), data.inputs
    variance, components, mean = (_by_images if n < p else _by_pixels)(data)
    largest = np.abs(components).argmax(axis=1)
    components = components * np.sign(components[np.arange(p), largest])[:, None]

    squares, whole = np.zeros(p), 0.0
    for block in _blocks(data.test):
        squares += (((block - mean) @ components.T) ** 2).sum(axis=0)
        whole += np.square(block - mean).sum() if n < p else 0.0
    outside = max(whole - squares.sum(), 0.0) if n < p else 0.0  # of all that components span
    return PCA(
        mean=mean.astype(np.float32),
        components=components.astype(np.float32),
        explained_variance=variance,
        train_error=_tails(variance * (n - 1) / n) / p,
        test_error=(_tails(squares / len(data.test)) + outside / len(data.test)) / p,
    )


def passes(fitted: PCA, split: Split, errors: np.ndarray) -> np.ndarray:
    """The least k with which PCA's error of each image is at most another method's.

    Parameters
    ----------
    errors : ndarray, shape (n,)
        The other method's: mean squared, over the pixels, of every image of the split.

    Returns
    -------
    ndarray of int32, shape (n,)
        -1 where there is none.
    """
    found = np.empty(len(split), np.int32)
    for start in range(0, len(split), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        centred = split.pixels(rows) - fitted.mean
        squares = np.square(centred @ fitted.components.T, dtype=np.float64)
        whole = np.square(centred, dtype=np.float64).sum(axis=1, keepdims=True)
        left = np.maximum(np.hstack([whole, whole - np.cumsum(squares, axis=1)]), 0)
        enough = left / centred.shape[1] <= errors[rows, None]
        found[rows] = np.where(enough.any(axis=1), enough.argmax(axis=1), -1)
    return found


def _by_pixels(data: Dataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Variances, components and mean from the covariance of the pixels (p, p)."""
    n, p = len(data.train), data.inputs
    total, products = np.zeros(p), np.zeros((p, p))
    for block in _blocks(data.train):
        total += block.sum(axis=0)
        products += block.T @ block
    mean = total / n
    covariance = (products - n * np.outer(mean, mean)) / (n - 1)  # C = (XᵀX - n μμᵀ) / (n - 1)
    values, vectors = np.linalg.eigh(covariance)
    return np.maximum(values[::-1], 0), vectors.T[::-1], mean


def _by_images(data: Dataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same from the products of the images (n, n), of which there are fewer than pixels."""
    n, p = len(data.train), data.inputs
    images = data.train.pixels().astype(np.float64)
    mean = images.mean(axis=0)
    images -= mean
    values, vectors = np.linalg.eigh(images @ images.T)  # XXᵀ u = s² u; then v = Xᵀu / s
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = values > values[0] * n * np.finfo(np.float64).eps
    variance, components = np.zeros(p), np.zeros((p, p))
    variance[:n][kept] = values[kept] / (n - 1)
    components[:n][kept] = (images.T @ vectors[:, kept] / np.sqrt(values[kept])).T
    return variance, components, mean


def load_or_fit(data: Dataset) -> PCA:
    """The PCA of a data set, from the cache folder when it is there."""
    path = _path(data.digest)
    try:
        arrays, about = read_arrays(path)
        if about.get("format") == _FORMAT and _fits(arrays, data.inputs):
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


def _fits(arrays: Mapping[str, np.ndarray], p: int) -> bool:
    """Whether arrays can be the PCA of p pixels in [0, 1]."""
    form = {
        "mean": ((p,), np.float32),
        "components": ((p, p), np.float32),
        "explained_variance": ((p,), np.float64),
        "train_error": ((p + 1,), np.float64),
        "test_error": ((p + 1,), np.float64),
    }
    found = {name: (array.shape, array.dtype.type) for name, array in arrays.items()}
    return found == form and all(np.abs(array).max() <= p for array in arrays.values())


def forget(digest: str) -> None:
    """Remove what is kept of the PCA of a data set, by its digest, if it can be."""
    with contextlib.suppress(OSError):
        _path(digest).unlink()


def _path(digest: str) -> Path:
    return home() / "pca" / f"{digest}.safetensors"


def _blocks(split: Split):
    """The split's images as float64 in [0, 1], some rows at a time: float64 is 8 bytes a pixel."""
    for start in range(0, len(split), _ROWS_AT_ONCE):
        block = split.images[start : start + _ROWS_AT_ONCE].astype(np.float64)
        yield block / 255 if split.images.dtype == np.uint8 else block


def _tails(terms: np.ndarray) -> np.ndarray:
    """What the terms from k on add up to, for k = 0 to n; the last is 0."""
    return np.append(np.cumsum(terms[::-1])[::-1], 0.0)
