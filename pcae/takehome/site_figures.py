"""What the pages of a site show of its networks that no visitor's choice changes, made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pcae.data.datasets import Dataset
from pcae.figures import bottlenecks
from pcae.figures.charts import Bottleneck, plain
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import error_per_pixel
from pcae.methods.pca import PCA

_ROWS_AT_ONCE = 1_000


def components(pca: PCA, others: Sequence[Bottleneck], opened: Bottleneck) -> dict[str, Any]:
    """The charts of *Components* with either axes, and their sentence, as plain values.

    Parameters
    ----------
    others : sequence of Bottleneck
        The networks and published figures beside the open one.
    """
    made: dict[str, Any] = {"sentence": bottlenecks.in_words(opened, pca)}
    for name, log in (("log", True), ("linear", False)):
        curve, variance = bottlenecks.charts(pca, others, opened, log=log)
        made[name] = {"curve": plain(curve), "variance": plain(variance)}
    return made


def pixel_errors(model: Autoencoder, data: Dataset) -> list[float]:
    """A network's mean squared error at each pixel (p) over the test images."""
    total = np.zeros(data.inputs)
    for start in range(0, len(data.test), _ROWS_AT_ONCE):
        images = data.test.pixels(slice(start, start + _ROWS_AT_ONCE))
        total += len(images) * error_per_pixel(images, model.reconstruct(images))
    return [float(f"{error:.6g}") for error in total / len(data.test)]
