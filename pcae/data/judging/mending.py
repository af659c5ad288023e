"""What can be mended of rows that were read: pictures on their sides, negatives, gaps.

Pictures are turned first, then mirrored, then inverted; all of it keeps them as they were stored,
as bytes or as floats in [0, 1].
"""

from __future__ import annotations

import numpy as np

from pcae.data.choices import Choices, Question

Shape = tuple[int, int]

_LOOKED_AT = 500  # pictures
_LIGHT, _DARKER = 0.6, 0.05  # of a border, and of what it surrounds


def mended(pictures: np.ndarray, shape: Shape, choices: Choices) -> np.ndarray:
    """Pictures (n, p) as a person wants them.

    Parameters
    ----------
    pictures : ndarray of uint8 or float32, shape (n, rows · columns)
    shape : tuple of int
        Rows and columns before they are turned.
    """
    found = pictures.reshape(-1, *shape)
    found = np.rot90(found, -choices.turns, axes=(1, 2))
    if choices.mirrored:
        found = found[:, :, ::-1]
    flat = np.ascontiguousarray(found).reshape(pictures.shape)
    if choices.inverted:
        flat = np.subtract(255 if flat.dtype == np.uint8 else 1, flat, dtype=flat.dtype)
    return flat


def mended_shape(shape: Shape, choices: Choices) -> Shape:
    """Rows and columns after turning."""
    return shape[::-1] if choices.turns % 2 else shape


def suggests_inverting(pictures: np.ndarray, shape: Shape) -> bool:
    """Whether pictures (n, p) are dark on light, by their borders."""
    few = pictures[:: max(1, len(pictures) // _LOOKED_AT)][:_LOOKED_AT].reshape(-1, *shape)
    if min(shape) < 3:
        return False
    shares = few.astype(np.float32) / (255 if few.dtype == np.uint8 else 1)
    inside = shares[:, 1:-1, 1:-1]
    border = (shares.sum() - inside.sum()) / (shares.size - inside.size)
    return bool(border > _LIGHT and inside.mean() < border - _DARKER)


def questions(pictures: np.ndarray, shape: Shape, choices: Choices) -> list[Question]:
    """What is asked of pictures (n, p), which are as they were read."""
    light = suggests_inverting(pictures, shape)
    return [
        Question(
            "turns",
            "Turned",
            ((0, "as they are"), (1, "a quarter, clockwise"), (2, "upside down"),
             (3, "a quarter, counter-clockwise")),
            choices.turns,
        ),
        Question(
            "mirrored",
            "Mirrored",
            ((False, "as they are"), (True, "left for right")),
            choices.mirrored,
        ),
        Question(
            "inverted",
            "Light and dark",
            ((False, "as they are"), (True, "exchanged")),
            choices.inverted,
            "The pictures are dark on light: exchanged, their ground is 0, as MNIST's is."
            if light else "",
            light and not choices.inverted,
        ),
    ]  # fmt: skip


def in_words(choices: Choices) -> list[str]:
    """What was mended, as sentences."""
    done = []
    if choices.turns:
        how = ("by 90° clockwise", "upside down", "by 90° counter-clockwise")
        done.append(f"turned {how[choices.turns - 1]}")
    if choices.mirrored:
        done.append("mirrored")
    if choices.inverted:
        done.append("exchanged light for dark")
    return [f"Every picture was {', then '.join(done)}."] if done else []


def gaps(array: np.ndarray) -> np.ndarray | None:
    """Where an array has no finite numbers; None where it has no such place."""
    if array.dtype.kind != "f":
        return None
    missing = ~np.isfinite(array)
    return missing if missing.any() else None
