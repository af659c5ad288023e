"""How good a reconstruction is, in the units of the project.

The reconstruction error is the mean squared error over images and pixels; the squared error
per image, as Hinton & Salakhutdinov (2006) print it, is as many times that as there are pixels, p:
784 for MNIST.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pcae.data.datasets import Dataset
from pcae.methods.autoencoder import Autoencoder, first

_ROWS_AT_ONCE = 10_000


def error_per_image(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Mean squared error over the pixels of each image.

    Parameters
    ----------
    images, reconstructions : ndarray, shape (n, p)

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    difference = images - reconstructions
    return np.einsum("np,np->n", difference, difference, dtype=np.float64) / images.shape[1]


def error_per_pixel(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Mean squared error over the images at each pixel.

    Parameters
    ----------
    images, reconstructions : ndarray, shape (n, p)

    Returns
    -------
    ndarray of float64, shape (p,)
    """
    difference = images - reconstructions
    return np.einsum("np,np->p", difference, difference, dtype=np.float64) / len(images)


def error_by_class(errors: np.ndarray, labels: np.ndarray, classes: int) -> list[float]:
    """Mean of the images' errors in each class, by label; NaN for a class without images."""
    count = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, weights=errors, minlength=classes)
    return [float(t / c) if c else float("nan") for t, c in zip(total, count, strict=True)]


def equivalent_k(error: float, pca_error: np.ndarray) -> float:
    """How many principal components reconstruct as well as this error.

    Parameters
    ----------
    error : float
    pca_error : ndarray, shape (p + 1,)
        PCA's error with k components at index k, on the same split.

    Returns
    -------
    float
        Linear between whole numbers of components, between 0 (the mean image does as well)
        and p.
    """
    return float(np.interp(-error, -pca_error, np.arange(len(pca_error))))


def worth(k: int, components: float) -> str:
    """The sentence, without its stop, that k codes do as well as so many principal components."""
    codes = "1 code reconstructs" if k == 1 else f"{k} codes reconstruct"
    if not components:
        return f"{codes} no better than the mean of the training data"
    return f"{codes} as well as {components:.1f} principal components"


def principal_angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angles between the planes that the rows of `a` and of `b` span, in degrees, rising.

    As Björck & Golub (1973): from the cosines where the planes differ much and from the sines where
    they hardly do, since each is exact in its place alone.

    Parameters
    ----------
    a, b : ndarray, shape (k, n)
        Linearly independent rows.

    Returns
    -------
    ndarray of float64, shape (k,)
    """
    p, q = (np.linalg.qr(np.asarray(rows, np.float64).T)[0] for rows in (a, b))
    cosines = np.clip(np.linalg.svd(p.T @ q, compute_uv=False), 0, 1)
    sines = np.clip(np.linalg.svd(q - p @ (p.T @ q), compute_uv=False)[::-1], 0, 1)
    angles = np.where(cosines**2 < 0.5, np.arccos(cosines), np.arcsin(sines))
    return np.degrees(angles)


def angles_by_row(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angles between row j of `a` and row j of `b` as lines, whatever their signs, in degrees.

    Parameters
    ----------
    a, b : ndarray, shape (k, n)

    Returns
    -------
    ndarray of float64, shape (k,)
        Between 0 and 90; 90 where a row is zero.
    """
    lines = [np.asarray(rows, np.float64) for rows in (a, b)]
    lengths = [np.linalg.norm(rows, axis=1, keepdims=True) for rows in lines]
    a, b = (rows / np.where(of > 0, of, 1) for rows, of in zip(lines, lengths, strict=True))
    cosines = np.einsum("kn,kn->k", a, b)[:, None]
    sines = np.linalg.norm(a - cosines * b, axis=1)
    sines[(np.minimum(*lengths) == 0)[:, 0]] = 1
    return np.degrees(np.arctan2(sines, np.abs(cosines[:, 0])))


def project(directions: np.ndarray, plane: np.ndarray) -> np.ndarray:
    """Directions (m, n) as near as combinations of the rows of `plane` (k, n) come to them."""
    weights, *_ = np.linalg.lstsq(plane.T, directions.T, rcond=None)
    return (plane.T @ weights).T


def nearest(rows: np.ndarray, to: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows with the least Euclidean distances, nearest first; of equal ones the first.

    Parameters
    ----------
    rows : ndarray, shape (n, k)
    to : ndarray, shape (k,)

    Returns
    -------
    indices : ndarray of int, shape (count,)
    distances : ndarray of float64, shape (count,)
    """
    to = np.asarray(to, np.float64)
    blocks = (rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE))
    squares = np.concatenate([np.square(block - to).sum(axis=1) for block in blocks])
    indices = np.argsort(squares, kind="stable")[:count]
    return indices, np.sqrt(squares[indices])


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Errors of one way to reconstruct, on both splits.

    Attributes
    ----------
    train_error, test_error : float
        Mean squared error over images and pixels.
    test_errors : ndarray of float64, shape (n_test,)
        Of each test image.
    test_error_by_class : list of float or None
        By label; None for a class without test images.
    inputs : int
        How many pixels an image has.
    """

    train_error: float
    test_errors: np.ndarray
    test_error_by_class: list[float | None]
    inputs: int

    @property
    def test_error(self) -> float:
        return float(self.test_errors.mean())

    def figures(self) -> dict[str, Any]:
        """The figures as plain values, by the names the command line gives them."""
        return {
            "train_error": self.train_error,
            "test_error": self.test_error,
            "test_error_per_image": self.test_error * self.inputs,
            "test_error_by_class": self.test_error_by_class,
        }


def errors_by_k(model: Autoencoder, images: np.ndarray) -> list[float]:
    """Mean squared error over images (n, p) and pixels with the first 1, 2, … k codes alone.

    Each takes as long as decoding all images: of 10,000 digits half a second.
    """
    codes = model.encode(images)
    cut = (model.decode(first(codes, kept + 1)) for kept in range(model.config.k))
    return [float(error_per_image(images, found).mean()) for found in cut]


def evaluate(reconstruct: Callable[[np.ndarray], np.ndarray], data: Dataset) -> Evaluation:
    """Measure `reconstruct`, from images (n, p) to images, on both splits of the data."""
    images = data.test.pixels()
    test = error_per_image(images, reconstruct(images))
    by_class = error_by_class(test, data.test.labels, len(data.classes))
    train = 0.0
    for start in range(0, len(data.train), _ROWS_AT_ONCE):
        block = data.train.pixels(slice(start, start + _ROWS_AT_ONCE))
        train += float(error_per_image(block, reconstruct(block)).sum())
    return Evaluation(
        train_error=train / len(data.train),
        test_errors=test,
        test_error_by_class=[None if np.isnan(error) else error for error in by_class],
        inputs=images.shape[1],
    )
