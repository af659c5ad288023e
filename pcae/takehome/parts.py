"""What the browser's scripts read of a run: its points, its network, its codes through training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pcae import store
from pcae.data.datasets import Dataset
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import error_per_image, error_per_pixel
from pcae.methods.pca import PCA, passes
from pcae.store import Run

PLANE = 2  # scores and numbers of a code, in the points
_MOST_FRAME_NUMBERS = 32_000_000  # in the codes of all moments: of k = 80, 40 of 10,000 digits
_ROWS_AT_ONCE = 1_000


def measured(
    model: Autoencoder, data: Dataset, pca: PCA
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes (n, k), scores on two components (n, 2), and errors (n) of the test images."""
    count = len(data.test)
    codes = np.empty((count, model.config.k), np.float32)
    scores = np.empty((count, min(PLANE, data.inputs)), np.float32)
    errors = np.empty(count)
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        images = data.test.pixels(rows)
        codes[rows], scores[rows] = model.encode(images), pca.transform(images, PLANE)
        errors[rows] = error_per_image(images, model.decode(codes[rows]))
    return codes, scores, errors


def points(
    codes: np.ndarray, scores: np.ndarray, errors: np.ndarray, data: Dataset, pca: PCA
) -> dict[str, np.ndarray]:
    """What the planes show of the test images."""
    found = {
        "codes": codes,
        "errors": errors.astype(np.float32),
        "passes": passes(pca, data.test, errors),
        "scores": scores,
        "labels": data.test.labels,
    }
    if data.test.targets is not None:
        found["targets"] = data.test.targets
    return found if data.limits is None else found | {"limits": data.limits}


def weights(run: Run, of: Mapping[str, np.ndarray], part: str) -> dict[str, np.ndarray]:
    """The weights of the "encoder" or the "decoder"; of runs that ship in 16 bits, as they are."""
    found = {name: weight for name, weight in of.items() if name.startswith(f"{part}.")}
    if run.shipped:
        found = {name: weight.astype(np.float16) for name, weight in found.items()}
    return found


def frames(run: Run) -> dict[str, np.ndarray]:
    """Codes at the moments that are played, by the moment in epochs."""
    places = store.few_frames(run.frames())
    first = run.codes(places[0]).size if places else 0
    most = max(2, _MOST_FRAME_NUMBERS // max(first, 1))
    spread = np.linspace(0, len(places) - 1, min(most, len(places))).astype(int)
    return {f"{places[i]:g}": run.codes(places[i]) for i in spread}


def pixel_errors(model: Autoencoder, data: Dataset) -> np.ndarray:
    """The network's mean squared error at each pixel over the test images, float32, shape (p,)."""
    total = np.zeros(data.inputs)
    for start in range(0, len(data.test), _ROWS_AT_ONCE):
        images = data.test.pixels(slice(start, start + _ROWS_AT_ONCE))
        total += len(images) * error_per_pixel(images, model.reconstruct(images))
    return (total / len(data.test)).astype(np.float32)
