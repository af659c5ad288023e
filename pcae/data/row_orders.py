"""In which order the rows of codes of all digits may come, where nothing says it.

Codes of one class lie together: in the right order more of a row's neighbours are of its class.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pcae.data.dataset import Dataset, split

ORDERS = {
    "test": "Test digits first",
    "train": "Training digits first",
    "file": "As in the file that they come from",
}
_ASKED, _NEIGHBOURS = 300, 10  # rows whose neighbours are looked at; of each


def orders(data: Dataset) -> dict[str, np.ndarray]:
    """Which digit each row is, in every order that a file of all digits may have."""
    tests, everything = len(data.test), len(data.test) + len(data.train)
    every = np.arange(everything)
    found = {"test": every, "train": np.roll(every, -tests)}
    labels = np.concatenate([data.test.labels, data.train.labels])
    # a file with one class after another is split as it was here; its rows' numbers are its images
    train, test = split(every[:, None], np.sort(labels))
    place = np.concatenate([test.images[:, 0], train.images[:, 0]])
    if len(test) == tests and np.array_equal(np.sort(labels)[place], labels):
        found["file"] = np.argsort(place)
    return found


def shares(values: np.ndarray, orders: Mapping[str, np.ndarray], data: Dataset) -> dict[str, float]:
    """In each order, the share of a row's neighbours that have its class."""
    asked = np.random.default_rng(0).permutation(len(values))[:_ASKED]
    scaled = values / max(float(np.abs(values).max()), 1e-30)
    lengths = (scaled**2).sum(axis=1)
    near = [
        np.argpartition(lengths - 2 * (scaled @ scaled[row]), _NEIGHBOURS)[: _NEIGHBOURS + 1]
        for row in asked
    ]
    labels = np.concatenate([data.test.labels, data.train.labels])
    found = {}
    for order, indices in orders.items():
        same = labels[indices[np.array(near)]] == labels[indices[asked]][:, None]
        found[order] = float((same.sum(axis=1) - 1).mean() / _NEIGHBOURS)  # without itself
    return found
