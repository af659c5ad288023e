"""Digits as PNG."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image


def data_uri(image: np.ndarray, shape: tuple[int, int]) -> str:
    """An image of so many rows and columns, float (p,) in [0, 1], as a PNG in a data URI."""
    pixels = np.rint(np.clip(np.nan_to_num(image), 0, 1) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels.reshape(shape)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
