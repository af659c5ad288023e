"""The digits as the browser's scripts read them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from safetensors.numpy import save

from pcae.datasets import Dataset, Split


def serialised(data: Dataset, splits: Sequence[Split], everything: int) -> bytes:
    """Images and labels of some splits, test images first, and what they are, as safetensors.

    Parameters
    ----------
    everything : int
        How many digits can be had.
    """
    arrays = {
        "images": np.concatenate([split.images for split in splits]),
        "labels": np.concatenate([split.labels for split in splits]),
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
        arrays["limits"] = data.limits
    return save(arrays, {name: json.dumps(of) for name, of in about.items()})
