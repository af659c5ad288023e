"""In which order the rows of codes of all digits may come, where nothing says it.

Codes of one class lie together: in the right order more of a row's neighbours are of its class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from pcae.data.dataset import Dataset, split

ORDERS = {
    "test": "Test digits first",
    "train": "Training digits first",
    "file": "As in the file that they come from",
}
_ASKED, _NEIGHBOURS = 300, 10  # rows whose neighbours are looked at; of each
_SURE = 4.0  # standard errors between the best order and any other


class Check(NamedTuple):
    """What neighbours among codes (n, k) say.

    Attributes
    ----------
    shares : dict of str to float
        In each order, the share of a row's neighbours that have its class.
    best : str
        The order in which these are clearly more than in any other; "" where none is.
    counting : list of int
        The axes that were left out, as they only say where a row stands in the file.
    """

    shares: dict[str, float]
    best: str
    counting: list[int]


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


def check(values: np.ndarray, orders: Mapping[str, np.ndarray], data: Dataset) -> Check:
    """Which order neighbours among codes (n, k) speak for.

    The same rows are asked in all orders, so that the noise of drawing them is that of the
    differences between two orders.
    """
    counting = [j for j, axis in enumerate(values.T) if _counts(axis, len(data.classes))]
    labels = np.concatenate([data.test.labels, data.train.labels])
    drawn, near = _neighbours(np.delete(values, counting, axis=1))
    alike = {
        order: (labels[indices[near]] == labels[indices[drawn]][:, None]).mean(axis=1)
        for order, indices in orders.items()
    }
    shares = {order: float(of.mean()) for order, of in alike.items()}
    best = max(shares, key=shares.__getitem__)
    sure = all(_clearly_more(alike[best], of) for order, of in alike.items() if order != best)
    return Check(shares, best if sure else "", counting)


def _counts(axis: np.ndarray, classes: int) -> bool:
    """Whether an axis (n,) goes up or down with the rows: their number, a time, a block of rows.

    One with no more values than there are classes may be the classes, one after the other.
    """
    steps = np.diff(axis)
    goes = (steps >= 0).all() or (steps <= 0).all()
    return bool(goes) and len(np.unique(axis)) > classes


def _neighbours(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Some rows of values (n, k), and the nearest of each; equally near ones are drawn."""
    every = np.random.default_rng(0).permutation(len(values))
    scaled = values[every] / max(float(np.abs(values).max(initial=0)), 1e-30)
    lengths = (scaled**2).sum(axis=1)
    near = []
    for row in range(min(_ASKED, len(values))):
        apart = lengths - 2 * (scaled @ scaled[row])
        apart[row] = np.inf
        near.append(every[np.argpartition(apart, _NEIGHBOURS)[:_NEIGHBOURS]])
    return every[: len(near)], np.array(near)


def _clearly_more(some: np.ndarray, others: np.ndarray) -> bool:
    """Whether shares (n,) are more than others of the same rows, beyond the noise of drawing."""
    more = some - others
    return bool(more.mean() > _SURE * more.std() / len(more) ** 0.5)
