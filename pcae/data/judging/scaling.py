"""From values of any type and size to shares of 0 to 1: pictures in grey, and rows scaled.

It is done some rows at a time, so that working in float64 takes a few megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pcae.data.dataset import DataError

CHANNELS = (1, 3, 4)
_MOST_BYTE = 255
_GREATEST = 1e38  # of values: float32 holds their differences
_NUMBERS_AT_ONCE = 2**20
_GREY = np.array([0.299, 0.587, 0.114])


def in_grey(array: np.ndarray) -> np.ndarray:
    """Pictures (n, rows, columns) of those with channels, last or first."""
    if array.shape[-1] not in CHANNELS:
        array = np.moveaxis(array, 1, -1)
    if array.shape[-1] == 1:
        return array[..., 0]
    whole = array.dtype.kind in "ui"
    grey = np.empty(array.shape[:-1], array.dtype if whole else np.float64)
    for few in blocks(array):
        found = array[few, ..., :3] @ _GREY
        grey[few] = np.rint(found) if whole else found
    return grey


def scaled(
    parts: list[np.ndarray], shape: tuple[int, int] | None
) -> tuple[list[np.ndarray], np.ndarray | None, str]:
    """Rows in [0, 1], or as bytes, and how they came to be so.

    Parameters
    ----------
    parts : list of ndarray, each of shape (n, p)
        Finite values, for training and perhaps for the test.
    shape : tuple of int, or None
        Of a picture, whose pixels are scaled alike; None for columns, each scaled by itself.

    Returns
    -------
    list of ndarray of uint8 or float32
        New ones, which may be changed.
    ndarray of float32, shape (2, p), or None
        What 0 and 1 stand for in the columns.
    str
        A sentence.

    Raises
    ------
    DataError
        Values are too large to work with, or all pixels are the same.
    """
    with np.errstate(over="ignore"):
        low = np.min([part.min(axis=0) for part in parts], axis=0).astype(np.float64)
        high = np.max([part.max(axis=0) for part in parts], axis=0).astype(np.float64)
    if (greatest := max(high.max(), -low.min())) > _GREATEST:
        raise DataError(
            f"There are values as large as {greatest:.3g}, and up to {_GREATEST:g} can be worked "
            "with: divide them by a large number."
        )
    if shape is None:
        return (
            [_between(part, low, high) for part in parts],
            np.stack([low, high]).astype(np.float32),
            "Each column is scaled so that its least value is 0 and its greatest 1.",
        )
    least, most = float(low.min()), float(high.max())
    if least == most:
        raise DataError(f"Every pixel is {most:g}: bring pictures that differ.")
    found = f"Pixels have values from {least:g} to {most:g}"
    if all(part.dtype.kind in "ui" for part in parts) and _are_bytes(least, most):
        return (
            [part.astype(np.uint8) for part in parts],
            None,
            f"{found}: they are divided by 255, so that they lie in [0, 1].",
        )
    if least >= 0 and 0.5 < most <= 1:
        return [part.astype(np.float32) for part in parts], None, f"{found}: they stay as they are."
    least = min(least, 0.0)
    return (
        [_between(part, least, most) for part in parts],
        None,
        f"{found}: they are scaled so that {least:g} is 0 and {most:g} is 1.",
    )


def are_bytes(array: np.ndarray) -> bool:
    """Whether pixels are whole numbers that stay bytes: up to 255, and half of it at least."""
    whole = array.dtype.kind in "ui" and array.size > 0
    return whole and _are_bytes(float(array.min()), float(array.max()))


def _are_bytes(least: float, most: float) -> bool:
    return least >= 0 and _MOST_BYTE / 2 < most <= _MOST_BYTE


def _between(part: np.ndarray, low: np.ndarray | float, high: np.ndarray | float) -> np.ndarray:
    """Values as shares of the way from low to high, float32; 0 where these are the same."""
    span = np.subtract(high, low)
    span = np.where(span > 0, span, 1)
    shares = np.empty(part.shape, np.float32)
    for few in blocks(part):
        rows = part[few].astype(np.float64) if part.dtype == np.float16 else part[few]
        shares[few] = np.clip((rows - low) / span, 0, 1)
    return shares


def blocks(array: np.ndarray) -> Iterator[slice]:
    """The rows of an array, a few megabytes of float64 at a time."""
    rows = max(1, _NUMBERS_AT_ONCE * len(array) // max(1, array.size))
    yield from (slice(at, at + rows) for at in range(0, len(array), rows))
