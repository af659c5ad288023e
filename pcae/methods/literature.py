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
    test_error, knn_accuracy, trustworthiness, knn1_train_test, knn5_train_test : float or None
        As in `pcae.training.quality.Quality`.
    """

    name: str
    k: int
    source: str
    test_error: float | None = None
    knn_accuracy: float | None = None
    trustworthiness: float | None = None
    knn1_train_test: float | None = None
    knn5_train_test: float | None = None


_ANSWER = "Cross Validated"
_HINTON = "Hinton & Salakhutdinov 2006"
_MOOR = "Moor et al. 2020"
_SAINBURG = "Sainburg et al. 2021"
REFERENCES = {
    _ANSWER: "The answer to 'Building an autoencoder in Tensorflow to surpass PCA'.",
    _HINTON: "Reducing the Dimensionality of Data with Neural Networks, Science 313, 504-507. It "
    "prints the squared error per image, here divided by 784.",
    _MOOR: "Topological Autoencoders, ICML. The published test codes of its autoencoder without a "
    "topological loss, measured as here, its error converted; UMAP (McInnes, Healy & Melville "
    "2018, arXiv:1802.03426) and PCA by the same measures.",
    _SAINBURG: "Sainburg, McInnes & Gentner, Parametric UMAP Embeddings for Representation and "
    "Semisupervised Learning, Neural Computation 33. 1-NN and 5-NN are of its test codes, by their "
    "distance to those of the first 50,000 training images.",
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
    Published(
        "Parametric UMAP",
        2,
        _SAINBURG,
        test_error=0.0374,
        knn1_train_test=0.9402,
        knn5_train_test=0.9614,
    ),
    Published("t-SNE", 2, _SAINBURG, knn1_train_test=0.9411, knn5_train_test=0.9502),
    Published("UMAP", 2, _SAINBURG, knn1_train_test=0.9317, knn5_train_test=0.9544),
    Published("Autoencoder", 2, _SAINBURG, knn1_train_test=0.7647, knn5_train_test=0.7926),
    Published("784-1000-500-250-30 autoencoder", 30, _HINTON, test_error=3.00 / PIXELS),
    Published("PCA", 30, _HINTON, test_error=13.87 / PIXELS),
)
