"""A data set: a training and a test split, and what is known of them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pcae import names

LONGEST_SENTENCE = 200  # characters, of what is said of a file
_SPLIT_SEED = 0

log = logging.getLogger(__name__)

Told = Callable[[float, str], None]  # is told how far something is, from 0 to 1, and in words


def unheard(_share: float, _words: str) -> None:
    """Where nobody is to be told."""


class DataError(Exception):
    """Data that cannot be used; the message says what is wrong and what to do."""


class DataMissing(DataError):
    """The data set is not on this machine."""


@contextmanager
def reading(what: str, advice: str) -> Iterator[None]:
    """Whatever goes wrong while a file is read becomes a `DataError` with one short sentence.

    A `DataError` keeps its own words; that memory is short is said, and any other exception says
    that `what` cannot be read. Readers of damaged files raise whatever they come upon, so none is
    left out.

    Parameters
    ----------
    what : str
        What is read, as people know it.
    advice : str
        What to do instead, as a sentence.
    """
    try:
        yield
    except DataError as problem:
        if len(str(problem)) <= LONGEST_SENTENCE:
            raise
        raise type(problem)(f"{str(problem)[: LONGEST_SENTENCE - 2]}….") from None
    except MemoryError:
        raise DataError(
            f"{what} takes more memory than there is for it: bring fewer rows, or smaller pictures."
        ) from None
    except Exception as problem:
        log.info("%s cannot be read", what, exc_info=True)
        kind = type(problem).__name__[:30]
        raise DataError(
            f"{what} cannot be read: it is damaged or of another kind ({kind}). {advice}"
        ) from None


@dataclass(frozen=True, eq=False)
class Split:
    """Rows and labels of one split: pictures, or rows of a table.

    Attributes
    ----------
    images : ndarray of uint8 or float32, shape (n, p)
        Row-major pixels, as bytes from 0 to 255 or as floats in [0, 1]; the columns of a table are
        floats in [0, 1]. MNIST's p is 784.
    labels : ndarray of uint8, shape (n,)
    targets : ndarray of float32, shape (n,), or None
        Of data whose labels are measured, not classes: their values, all finite.
    """

    images: np.ndarray
    labels: np.ndarray
    targets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def pixels(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """The images of `rows` as float32 in [0, 1], shape (n, p)."""
        images = self.images[rows]
        if images.dtype == np.uint8:
            return images.astype(np.float32) / np.float32(255)
        return images.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training and a test split with what is known of them.

    Attributes
    ----------
    name : str
        As in `RunConfig.dataset`.
    train, test : Split
    classes : tuple of str
        What each label stands for; a single one where there are no labels.
    source : str
        Where these images were found, for people.
    licence : str
    columns : tuple of str
        The names of a table's columns; none for pictures.
    limits : ndarray of float32, shape (2, p), or None
        The values of a table's columns that 0 and 1 stand for.
    target : str
        What the splits' targets are called; "" without.
    """

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...]
    source: str
    licence: str
    columns: tuple[str, ...] = ()
    limits: np.ndarray | None = None
    target: str = ""

    @property
    def title(self) -> str:
        """The name for people."""
        return names.title(self.name)

    @property
    def shape(self) -> tuple[int, int] | None:
        """Rows and columns of a picture; None for a table."""
        return names.shape(self.name)

    @property
    def inputs(self) -> int:
        """How many numbers a row has: p."""
        return self.train.images.shape[1]

    @property
    def labelled(self) -> bool:
        """Whether there are classes to tell apart."""
        return len(self.classes) > 1

    def class_names(self, labels: np.ndarray) -> list[str]:
        """What images with these labels (n,) are called; empty names without classes."""
        return [self.classes[label] if self.labelled else "" for label in labels]

    @property
    def noun(self) -> str:
        """What a row is called."""
        if self.shape is None:
            return "row"
        return "picture" if self.name == "fashion-mnist" or names.is_own(self.name) else "digit"

    def values(self, images: np.ndarray) -> np.ndarray:
        """Images or rows in [0, 1], shape (n, p), in the units of the data's columns."""
        if self.limits is None:
            return images
        low, high = self.limits
        return low + images * (high - low)

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for both splits' images, labels and targets."""
        sha = hashlib.sha256()
        for split in (self.train, self.test):
            measured = () if split.targets is None else (split.targets,)
            for array in (split.images, split.labels, *measured):
                sha.update(repr(array.shape).encode())
                sha.update(np.ascontiguousarray(array).data)
        return sha.hexdigest()[:16]

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All of its arrays, by the names that they have in a file."""
        found = {
            f"{of}.{kind}": getattr(getattr(self, of), kind)
            for of in ("train", "test")
            for kind in ("images", "labels", "targets")
        } | {"limits": self.limits}
        return {name: array for name, array in found.items() if array is not None}

    def about(self) -> dict[str, str | int]:
        """What identifies the data, as plain values for a record."""
        return {
            "name": self.name,
            "digest": self.digest,
            "train": len(self.train),
            "test": len(self.test),
        }


def stratified(labels: np.ndarray, share: int) -> np.ndarray:
    """One in `share` rows of every class, drawn with a fixed seed."""
    rng = np.random.default_rng(_SPLIT_SEED)
    drawn = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        drawn.append(rng.permutation(rows)[: len(rows) // share])
    return np.concatenate(drawn)


def split(
    images: np.ndarray,
    labels: np.ndarray,
    targets: np.ndarray | None = None,
    least: int = 0,
) -> tuple[Split, Split]:
    """A training split and a test split: a fifth of every class, in an order without classes.

    Parameters
    ----------
    images : ndarray, shape (n, p)
    labels : ndarray, shape (n,)
    targets : ndarray, shape (n,), optional
    least : int, default=0
        How many rows there have to be for the test: where a fifth of every class is less, a fifth
        of all is drawn, but for one row of each class.
    """
    first, second = (
        Split(
            np.ascontiguousarray(images[rows]),
            labels[rows],
            None if targets is None else targets[rows],
        )
        for rows in divided(labels, least)
    )
    return first, second


def divided(labels: np.ndarray, least: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The rows of `split`: those to train on, which ascend, and those for the test."""
    test = stratified(labels, share=5)
    if len(test) < least:
        _, kept = np.unique(labels, return_index=True)
        others = np.setdiff1d(np.arange(len(labels)), kept)
        drawn = np.random.default_rng(_SPLIT_SEED).permutation(others)
        test = drawn[: max(least, len(labels) // 5)]
    train = np.setdiff1d(np.arange(len(labels)), test)
    return train, np.random.default_rng(_SPLIT_SEED).permutation(test)
