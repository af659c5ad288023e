"""The digits as the browser's scripts read them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from pcae.data.datasets import Dataset, Split

_TYPES = {"uint8": "U8", "float32": "F32"}  # as safetensors calls them


def write(
    file: BinaryIO | gzip.GzipFile, data: Dataset, splits: Sequence[Split], everything: int
) -> None:
    """Write images and labels of some splits, and what they are, as safetensors.

    Written array after array: the images of one's own data can take half a gigabyte.

    Parameters
    ----------
    splits : sequence of Split
        The test images first.
    everything : int
        How many digits can be had.
    """
    arrays = {
        "images": [split.images for split in splits],
        "labels": [split.labels for split in splits],
    }
    about = {
        "classes": data.classes,
        "tests": len(data.test),
        "everything": everything,
        "shape": data.shape,
        "columns": data.columns,
        "noun": data.noun,
    }
    if data.limits is not None:
        arrays["limits"] = [data.limits]
    arrays = dict(sorted(arrays.items(), key=lambda of: of[1][0].dtype.itemsize, reverse=True))
    head: dict[str, object] = {"__metadata__": {name: json.dumps(of) for name, of in about.items()}}
    end = 0
    for name, parts in arrays.items():
        start, end = end, end + sum(part.nbytes for part in parts)
        shape = [sum(map(len, parts)), *parts[0].shape[1:]]
        kind = _TYPES[parts[0].dtype.name]
        head[name] = {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers lie at multiples of their size
    file.write(len(text).to_bytes(8, "little") + text)
    for parts in arrays.values():
        for part in parts:
            file.write(np.ascontiguousarray(part).data)
