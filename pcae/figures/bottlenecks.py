"""Networks in the chart of errors by components, and what is said of them there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pcae.figures.charts import Bottleneck, Figure, error_by_components, explained_variance
from pcae.methods.literature import PUBLISHED
from pcae.methods.metrics import equivalent_k
from pcae.methods.pca import PCA


def bottleneck(name: str, k: int, error: float, pca: PCA, source: str = "") -> Bottleneck:
    """A network in the chart: k numbers, and its mean error over the test images of the PCA."""
    return Bottleneck(name, k, error, equivalent_k(error, pca.test_error), source)


def published(pca: PCA) -> list[Bottleneck]:
    """The literature's networks, beside the PCA of the full MNIST."""
    return [
        bottleneck(of.name, of.k, of.test_error, pca, of.source)
        for of in PUBLISHED
        if of.test_error is not None and of.name != "PCA"
    ]


def in_words(of: Bottleneck, pca: PCA) -> str:
    """How many components are better than a network, in a sentence."""
    enough = int(np.argmax(pca.test_error <= of.error))
    return (
        f"PCA has {pca.test_error[enough]:.4f} with k = {enough}, the first that is no worse than "
        f"the network's {of.error:.4f}."
    )


def charts(
    pca: PCA, others: Sequence[Bottleneck], opened: Bottleneck | None, *, log: bool
) -> tuple[Figure, Figure]:
    """The errors by components, and the variance that as many components explain."""
    curve = error_by_components(pca.train_error, pca.test_error, others, opened, log=log)
    last = int(curve["data"][0]["x"][-1])
    return curve, explained_variance(pca.explained_variance, last)
