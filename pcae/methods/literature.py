"""Published figures of MNIST's test images, to stand beside one's own."""

from __future__ import annotations

from dataclasses import dataclass

from pcae.names import PIXELS


@dataclass(frozen=True)
class Published:
    """What a source prints of one method; None where it does not say.

    Attributes
    ----------
    name : str
    k : int
    source : str
        A key of `REFERENCES`.
    test_error, knn_accuracy, trustworthiness : float or None
        As in `pcae.training.quality.Quality`.
    """

    name: str
    k: int
    source: str
    test_error: float | None = None
    knn_accuracy: float | None = None
    trustworthiness: float | None = None


_ANSWER = "Cross Validated"
_HINTON = "Hinton & Salakhutdinov 2006"
_MOOR = "Moor et al. 2020"
REFERENCES = {
    _ANSWER: "The answer to 'Building an autoencoder in Tensorflow to surpass PCA'.",
    _HINTON: "Reducing the Dimensionality of Data with Neural Networks, Science 313, 504-507. It "
    "prints the squared error per image, here divided by 784.",
    _MOOR: "Topological Autoencoders, ICML. The published test codes of its autoencoder without a "
    "topological loss, measured as here, its error converted; UMAP (McInnes, Healy & Melville "
    "2018, arXiv:1802.03426) and PCA by the same measures.",
}
PUBLISHED = (
    Published("784-512-128-2 autoencoder, 25 epochs", 2, _ANSWER, test_error=0.0359),
    Published(
        "784-1000-500-250-2 autoencoder, batch norm",
        2,
        _MOOR,
        test_error=0.0343,
        knn_accuracy=0.871,
        trustworthiness=0.932,
    ),
    Published("UMAP", 2, _MOOR, knn_accuracy=0.891, trustworthiness=0.926),
    Published("PCA", 2, _MOOR, knn_accuracy=0.445, trustworthiness=0.739),
    Published("784-1000-500-250-30 autoencoder", 30, _HINTON, test_error=3.00 / PIXELS),
    Published("PCA", 30, _HINTON, test_error=13.87 / PIXELS),
)
