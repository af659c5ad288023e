"""The plane of two scores or codes, decoded on a grid, and straight ways between two points.

Where each class's digits are is a kernel density estimate (Rosenblatt 1956, Parzen 1962) with a
Gaussian kernel, on a grid of counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pcae.config import RunConfig
from pcae.methods.sampling import distribution

_BINS, _CELLS = 112, 224  # across a plane: where digits are counted, where classes are compared
_WIDTH = 0.017  # of the kernel, in a plane's width
_LEAST = np.exp(-2)  # density: what one digit gives two widths away
_LEAST_AREA = 0.004  # of a plane, for a class to be named in it
_NAME_EVERY, _NAME_WIDTH = 4, 0.05  # where a name may stand, in cells; the room it wants about it
_TICK_ROOM = 0.09


@dataclass(frozen=True, eq=False)
class Axis:
    """One coordinate, drawn from 0 to 1.

    Attributes
    ----------
    values, positions : ndarray, shape (m,)
        Values of the coordinate, rising, and where they are drawn; linear in between.
    """

    values: np.ndarray
    positions: np.ndarray

    def position(self, values: np.ndarray) -> np.ndarray:
        """Where values are drawn: from 0 to 1, or outside."""
        return np.interp(values, self.values, self.positions)

    def value(self, positions: np.ndarray) -> np.ndarray:
        """The values at positions."""
        return np.interp(positions, self.positions, self.values)

    def centres(self, n: int) -> np.ndarray:
        """The values in the middle of n tiles, shape (n,)."""
        return self.value((np.arange(n) + 0.5) / n)

    def ticks(self) -> np.ndarray:
        """Round values, finer ones where there is room between coarse ones."""
        low, high = self.value(np.array([0.0, 1.0]))
        least = _TICK_ROOM * ((high - low) or 1.0)
        power = 10 ** np.floor(np.log10(least))
        coarse = next(power * of for of in (1, 2, 5, 10) if power * of >= least)
        decade = 10 ** np.floor(np.log10(coarse) + 1e-9)
        kept: list[tuple[float, float]] = []
        for step in (coarse, decade if decade < coarse else coarse / 2):
            if 2 * step < coarse:  # outside the coarse ones, even steps would end in odd ones
                (_, low), (_, high) = min(kept), max(kept)
            values = step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)
            for place, value in zip(self.position(values), values, strict=True):
                if all(abs(place - other) >= _TICK_ROOM for other, _ in kept):
                    kept.append((place, value))
        return np.array([value for _, value in sorted(kept)])


def axis(values: np.ndarray, share: float, *, quantiles: bool = False) -> Axis:
    """An axis that holds a central share of the digits.

    Parameters
    ----------
    values : ndarray, shape (n,)
        The coordinate of every digit.
    share : float
        From the quantile (1 - share) / 2 to (1 + share) / 2. Beyond 0 and 1 quantiles go on
        straight, by the distance from the least to the greatest value for each 1.
    quantiles : bool, default=False
        Whether equal steps along the axis are equal shares of the digits, not equal differences.
    """
    ordered = np.sort(values.astype(np.float64))
    span = (ordered[-1] - ordered[0]) or 1.0
    ordered = np.concatenate([[ordered[0] - span], ordered, [ordered[-1] + span]])
    ranks = np.concatenate([[-1.0], np.linspace(0, 1, len(values)), [2.0]])
    if quantiles:
        return Axis(ordered, (ranks - 0.5) / share + 0.5)
    low, high = np.interp([(1 - share) / 2, (1 + share) / 2], ranks, ordered)
    return Axis(ordered, (ordered - (low + high) / 2) / ((high - low) or 1.0) + 0.5)


@dataclass(frozen=True, eq=False)
class Regions:
    """Which class's digits are densest where in a plane.

    Attributes
    ----------
    labels : ndarray of int, shape (rows, columns)
        The class in each cell, -1 where there are no digits; the lowest row first.
    names : dict of int to ndarray, shape (d,)
        Where in the region of a class its name has most room; none for hardly any region.
    """

    labels: np.ndarray
    names: dict[int, np.ndarray]


def regions(places: np.ndarray, labels: np.ndarray, classes: int) -> Regions:
    """The classes' regions of a plane, or of a single axis.

    Parameters
    ----------
    places : ndarray, shape (n, d)
        Positions of the digits along d = 1 or 2 axes; those far outside 0 to 1 do not count.
    labels : ndarray of int, shape (n,)
    """
    d = places.shape[1]
    bins, inside, at, of = _bins(places)
    shape = (classes,) + (len(of),) * d
    cells = np.ravel_multi_index((labels[inside], *bins[inside].T[::-1]), shape)
    counts = np.bincount(cells, minlength=np.prod(shape)).reshape(shape).astype(np.float32)

    density = _smooth(counts, at, of, _WIDTH)
    first = np.where(density.sum(axis=0) >= _LEAST, density.argmax(axis=0), -1)

    few = (slice(None, None, _NAME_EVERY),) * d
    own, at = first[few] == np.arange(classes).reshape(-1, *(1,) * d), at[few[0]]
    room = own * _smooth(own.astype(np.float32), at, at, _NAME_WIDTH)
    names = {}
    for label in np.flatnonzero(own.reshape(classes, -1).mean(axis=1) >= _LEAST_AREA):
        place = np.unravel_index(room[label].argmax(), own.shape[1:])
        names[int(label)] = at[list(place[::-1])]
    return Regions(first if d == 2 else first[None], names)


def field(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of the digits' values about each cell of a plane, or of a single axis.

    Parameters
    ----------
    places : ndarray, shape (n, d)
        As for `regions`.
    values : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (rows, columns)
        NaN where there are no digits; the lowest row first.
    """
    bins, inside, at, of = _bins(places)
    shape = (len(of),) * places.shape[1]
    cells = np.ravel_multi_index(tuple(bins[inside].T[::-1]), shape)
    count, total = (
        np.bincount(cells, weight, np.prod(shape)).reshape(shape).astype(np.float32)
        for weight in (None, values[inside])
    )
    density, sums = _smooth(np.stack([count, total]), at, of, _WIDTH)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(density >= _LEAST, sums / density, np.nan)
    return mean if places.shape[1] == 2 else mean[None]


def _bins(places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The bins of digits (n, d), which are inside (n,), and where cells and bins stand."""
    edge = round(3 * _WIDTH * _BINS)  # bins outside that reach in
    bins = np.floor(places * _BINS).astype(int) + edge
    size = _BINS + 2 * edge
    inside = ((bins >= 0) & (bins < size)).all(axis=1)
    at = (np.arange(_CELLS) + 0.5) / _CELLS
    return bins, inside, at, (np.arange(size) + 0.5 - edge) / _BINS


def _smooth(counts: np.ndarray, at: np.ndarray, of: np.ndarray, width: float) -> np.ndarray:
    """Sums at the places `at`, along all axes but the first, of Gaussians that stand at `of`."""
    kernel = np.exp(-0.5 * ((at[:, None] - of) / width) ** 2).astype(np.float32)
    for _ in range(counts.ndim - 1):
        counts = np.tensordot(counts, kernel, axes=(1, 1))  # the new axis comes last
    return counts


@dataclass(frozen=True)
class Grid:
    """Which tiles of a plane to decode.

    Attributes
    ----------
    numbers : tuple of int, length d
        Which of the k scores, or numbers of the code, the axes are: across and, if there are
        two, up.
    n : int
        Tiles along each axis.
    share, quantiles
        As for `axis`.
    normal : bool, default=False
        Whether quantiles are those of the distribution that codes are drawn from, not of the
        digits'; see `pcae.methods.sampling`.
    """

    numbers: tuple[int, ...]
    n: int
    share: float
    quantiles: bool = False
    normal: bool = False


@dataclass(frozen=True, eq=False)
class Decoded:
    """A plane decoded on a grid.

    Attributes
    ----------
    grid : Grid
    axes : tuple of Axis, length d
    coordinates : ndarray, shape (rows, columns, d)
        Of every tile's middle; the lowest row first.
    images : ndarray, shape (rows, columns, p)
        What the decoder makes of them.
    regions : Regions
    """

    grid: Grid
    axes: tuple[Axis, ...]
    coordinates: np.ndarray
    images: np.ndarray
    regions: Regions

    def places(self, codes: np.ndarray) -> np.ndarray:
        """Where codes (n, k) are drawn, shape (n, d)."""
        return _places(self.axes, self.grid.numbers, codes)


def decoded(
    codes: np.ndarray,
    labels: np.ndarray,
    classes: int,
    decode: Callable[[np.ndarray], np.ndarray],
    grid: Grid,
    config: RunConfig | None = None,
) -> Decoded:
    """Decode tiles of a plane, all in one batch; the other numbers are held at the digits' mean.

    Parameters
    ----------
    codes : ndarray, shape (n_digits, k)
        Codes, or scores, of the digits that the plane is to hold.
    labels : ndarray of int, shape (n_digits,)
    decode : callable
        From codes (m, k) to images (m, p).
    config : RunConfig, optional
        Of their network, if codes are one's.
    """
    if grid.normal:
        of = distribution(codes, config)
        along = [axis(of.quantiles(number), grid.share, quantiles=True) for number in grid.numbers]
    else:
        along = [
            axis(codes[:, number], grid.share, quantiles=grid.quantiles) for number in grid.numbers
        ]
    axes = tuple(along)
    middles = np.meshgrid(*(along.centres(grid.n) for along in axes))
    tiles = np.tile(codes.mean(axis=0), (middles[0].size, 1))
    for number, values in zip(grid.numbers, middles, strict=True):
        tiles[:, number] = values.ravel()
    images = decode(tiles)
    return Decoded(
        grid,
        axes,
        np.stack(middles, axis=-1).reshape(-1, grid.n, len(axes)),
        images.reshape(-1, grid.n, images.shape[1]),
        regions(_places(axes, grid.numbers, codes), labels, classes),
    )


def as_csv(planes: Mapping[str, Decoded], columns: Sequence[str] = ()) -> str:
    """Decoded planes by name as a table: where each tile is, and its pixels or its `columns`.

    What a spreadsheet would take for a formula begins with an apostrophe.
    """
    named = [f"'{name}" if name[:1] in set("=+-@") else name for name in columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name, plane in planes.items():
        if not text.tell():
            axes = [f"number {number + 1}" for number in plane.grid.numbers]
            pixels = [f"pixel {pixel}" for pixel in range(plane.images.shape[-1])]
            writer.writerow(["method", *axes, *(named or pixels)])
        flat = (of.reshape(-1, of.shape[-1]) for of in (plane.coordinates, plane.images))
        for where, image in zip(*flat, strict=True):
            writer.writerow([name, *where, *(f"{value:.4f}" for value in image)])
    return text.getvalue()


def two_digits(labels: np.ndarray, seed: int) -> list[int]:
    """Indices of two random digits of different classes, where there are classes.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    other = max(1, int(np.argmax(labels[order] != labels[order[0]])))
    return [int(order[0]), int(order[other])]


def between(ends: np.ndarray, steps: int) -> np.ndarray:
    """The straight way from one of two points (2, d) to the other in equal steps, (steps, d)."""
    share = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    return (1 - share) * ends[0] + share * ends[1]


def _places(axes: Sequence[Axis], numbers: Sequence[int], codes: np.ndarray) -> np.ndarray:
    pairs = zip(axes, numbers, strict=True)
    return np.column_stack([along.position(codes[:, number]) for along, number in pairs])
