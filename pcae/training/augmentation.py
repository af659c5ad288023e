"""How training images are moved, anew every epoch, so that no network sees the same twice.

Both ways are affine: where in the image each pixel is taken from, as the eight numbers of
`keras.ops.image.affine_transform`.
"""

from __future__ import annotations

import numpy as np

ANGLE, SLANT = 7.0, 0.1  # degrees, and columns a row, each way
CONTRAST = 1.3  # gives strokes the edges back that lie between pixels after a turn


def draw(
    kind: str, rng: np.random.Generator, count: int, shape: tuple[int, int] | None
) -> np.ndarray:
    """What is to be done to each of `count` images.

    Parameters
    ----------
    kind : {"none", "shift", "turn"}
        As in `RunConfig.augmentation`.
    shape : (int, int) or None
        Rows and columns of a picture.

    Returns
    -------
    ndarray
        "shift": int32, shape (count,), one of nine steps from 0, up and left, to 8. "turn":
        float32, shape (count, 8), the transforms. "none": float32, shape (count, 0).
    """
    if kind == "shift":
        return rng.integers(0, 9, count, np.int32)
    if kind == "none" or shape is None:
        return np.zeros((count, 0), np.float32)
    angle, slant = rng.uniform(-1, 1, (2, count)) * [[np.radians(ANGLE)], [SLANT]]
    return _about_the_middle(angle, slant, shape)


def _about_the_middle(angle: np.ndarray, slant: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Turns by angles, in radians, after slants, in columns a row."""
    y, x = (side / 2 - 0.5 for side in shape)
    cos, sin, none = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    a, b, c, d = cos, cos * slant - sin, sin, sin * slant + cos
    rows = [a, b, x - a * x - b * y, c, d, y - c * x - d * y, none, none]
    return np.stack(rows, axis=1).astype(np.float32)
