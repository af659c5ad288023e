"""Data, PCA and trained networks, each made once a process and shared by every session."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from pcae import kept, rights
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.data.dataset import Told
from pcae.data.datasets import DataError, Dataset, Split
from pcae.methods import noise, pca
from pcae.methods.autoencoder import Autoencoder, first
from pcae.methods.metrics import (
    angles_by_row,
    equivalent_k,
    error_per_image,
    error_per_pixel,
    principal_angles,
)
from pcae.methods.plane import Decoded, Grid, decoded
from pcae.store import FRAME_DIGITS, Run

_ROWS_AT_ONCE = 500
_ROWS_OF_A_SPLIT = 2_000  # fewer would take several times as long on a busy machine


@dataclass(frozen=True, eq=False)
class View:
    """The data a run is shown on, its PCA, and why it is not the run's own, if it is not."""

    data: Dataset
    pca: pca.PCA
    problem: str | None = None


@st.cache_resource(show_spinner="Reading the data and fitting PCA …", max_entries=4)
def _view(name: str, is_here: bool) -> View:  # which another server may have changed
    data, problem = datasets.load_or_sample(name)
    return View(data, pca.load_or_fit(data), problem)


def view(name: str) -> View:
    """The data of this name if it is at hand, else the 5,000 digits; never waits for a network.

    Raises
    ------
    DataError
        It is not, or it is another visitor's, and the digits cannot stand in for it.
    """
    if not kept.is_here(name):
        owndata.load(name)  # which says that it is not here
    return _view(name, _is_here(name))


def _is_here(name: str) -> bool:
    try:
        return datasets.is_here(name)
    except DataError:
        return False


def look_again(name: str | None = None) -> None:
    """Have the data of a name, or all data, be read anew when it is asked for."""
    if name is None:
        _view.clear()
    else:
        for is_here in (False, True):
            _view.clear(name, is_here)


@st.cache_resource(show_spinner=False)
def _stand_in() -> str:
    return datasets.load("mnist-5k").digest


def shown_name(dataset: str, digest: str) -> str:
    """The name of the data with this digest that is shown for a data set, without reading it."""
    return "mnist-5k" if digest == _stand_in() else dataset


def at_hand(config: RunConfig) -> RunConfig:
    """The config, on the 5,000 digits where its data set is not here."""
    if view(config.dataset).problem is None:
        return config
    return replace(config, dataset="mnist-5k")


class Download:
    """One data set being fetched in the background, whoever looks on.

    Attributes
    ----------
    problem : str
        What hindered it, as a sentence.
    done : bool
    share : float
        How much is there, in [0, 1].
    words : str
        The same for people.
    """

    def __init__(self, name: str, fetch: Callable[[str, Told], object]) -> None:
        self.name, self.problem, self.done, self.share, self.words = name, "", False, 0.0, ""
        self._fetch_it, self._who = fetch, rights.who()
        self._thread = threading.Thread(target=self._fetch, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is still under way."""
        return self._thread.is_alive()

    def _fetch(self) -> None:
        try:
            with rights.acting(self._who):
                self._fetch_it(self.name, self._tell)
            self.done = True
        except (DataError, rights.Denied) as problem:
            self.problem = str(problem)

    def _tell(self, share: float, words: str) -> None:
        self.share, self.words = share, words


_starting = threading.Lock()


@st.cache_resource(show_spinner=False)
def _downloads() -> dict[str, Download]:
    return {}


def download(name: str) -> Download | None:
    """The background download of a data set, started when it is first asked for.

    None where the data set is here, be it damaged: what is there is fetched anew when somebody says
    so.
    """
    with contextlib.suppress(DataError):  # PCAE_DATA names no folder
        if name not in _downloads() and not datasets.is_here(name):
            return fetch(name, datasets.download)
    return fetching(name)


def fetching(name: str) -> Download | None:
    """The background download of a data set, if there is one or was one."""
    return _downloads().get(name)


def fetch(name: str, how: Callable[[str, Told], object]) -> Download:
    """Fetch a data set in the background, unless that is being done."""
    with _starting:
        found = fetching(name)
        if found is None or not found.running:
            found = _downloads()[name] = Download(name, how)
    return found


def forget_downloads() -> None:
    """Let go what came of downloads, so that they are tried again."""
    for name, found in list(_downloads().items()):
        if not found.running:
            _downloads().pop(name, None)


@st.cache_resource(show_spinner=False, max_entries=6)
def _model(key: str, version: int, _run: Run) -> Autoencoder:
    return _run.model()


def model(run: Run) -> Autoencoder:
    """The run's network as it is now.

    Raises
    ------
    DamagedFile
        Its files are cut short or gone.
    """
    return _model(run.key, run.version, run)


def _of_images(split: Split, compute: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """What `compute` makes of every image of a split, from (n, p), some rows at a time."""
    starts = range(0, len(split), _ROWS_OF_A_SPLIT)
    blocks = (split.pixels(slice(start, start + _ROWS_OF_A_SPLIT)) for start in starts)
    return np.concatenate([compute(block) for block in blocks])


@st.cache_resource(show_spinner=False, max_entries=16)
def _codes(key: str, version: int, digest: str, _run: Run, _data: Dataset) -> np.ndarray:
    return _of_images(_data.test, model(_run).encode)


def codes(run: Run, data: Dataset) -> np.ndarray:
    """Codes of every test image under a run, float32, shape (n, k)."""
    return _codes(run.key, run.version, data.digest, run, data)


@st.cache_resource(show_spinner=False, max_entries=16)
def _scores(digest: str, k: int, _view: View) -> np.ndarray:
    return _of_images(_view.data.test, lambda images: _view.pca.transform(images, k))


def scores(of: View, k: int) -> np.ndarray:
    """Scores of every test image on the first k components, float32, shape (n, k)."""
    return _scores(of.data.digest, k, of)


@st.cache_resource(show_spinner=False, max_entries=8)
def _planes(
    key: str, version: int, digest: str, grid: Grid, _run: Run, _view: View
) -> tuple[Decoded, Decoded]:
    data, network, pca = _view.data, model(_run), _view.pca

    def plane(
        points: np.ndarray,
        decode: Callable[[np.ndarray], np.ndarray],
        config: RunConfig | None = None,
    ) -> Decoded:
        return decoded(points, data.test.labels, len(data.classes), decode, grid, config)

    by_pca = plane(scores(_view, _run.config.k), pca.inverse_transform)
    return by_pca, plane(codes(_run, data), network.decode, network.config)


def planes(run: Run, of: View, grid: Grid) -> tuple[Decoded, Decoded]:
    """The planes of the test images' scores and of their codes under a run, decoded on a grid."""
    return _planes(run.key, run.version, of.data.digest, grid, run, of)


@st.cache_resource(show_spinner=False, max_entries=32)
def _first_codes(key: str, version: int, digest: str, _run: Run, _data: Dataset) -> np.ndarray:
    return model(_run).encode(_data.test.pixels(slice(0, FRAME_DIGITS)))


def first_codes(run: Run, data: Dataset) -> np.ndarray:
    """Codes of the first 2,000 test images under a run, float32, shape (at most 2,000, k)."""
    return _first_codes(run.key, run.version, data.digest, run, data)


@st.cache_resource(show_spinner=False, max_entries=4)
def _train_codes(key: str, version: int, digest: str, _run: Run, _data: Dataset) -> np.ndarray:
    return _of_images(_data.train, model(_run).encode)


def train_codes(run: Run, data: Dataset) -> np.ndarray:
    """Codes of every training image under a run, float32, shape (n, k)."""
    return _train_codes(run.key, run.version, data.digest, run, data)


@st.cache_resource(show_spinner=False, max_entries=4)
def _train_scores(digest: str, k: int, _view: View) -> np.ndarray:
    return _of_images(_view.data.train, lambda images: _view.pca.transform(images, k))


def train_scores(of: View, k: int) -> np.ndarray:
    """Scores of every training image on the first k components, float32, shape (n, k)."""
    return _train_scores(of.data.digest, k, of)


@dataclass(frozen=True, eq=False)
class Errors:
    """Reconstruction errors over the test images: of each image (n,), and at each pixel (p,)."""

    images: np.ndarray
    pixels: np.ndarray


def _measure(data: Dataset, reconstruct: Callable[[slice, np.ndarray], np.ndarray]) -> Errors:
    """Measure some rows at a time: memory that is used again is several times faster."""
    of_images, of_pixels = np.empty(len(data.test)), np.zeros(data.inputs)
    for start in range(0, len(data.test), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        images = data.test.pixels(rows)
        reconstructions = reconstruct(rows, images)
        of_images[rows] = error_per_image(images, reconstructions)
        of_pixels += len(images) * error_per_pixel(images, reconstructions)
    return Errors(of_images, of_pixels / len(data.test))


def _measure_noisy(
    data: Dataset, kind: str, reconstruct: Callable[[np.ndarray], np.ndarray]
) -> Errors:
    """Measure what is made of images with noise against the images themselves."""
    numbers = np.arange(len(data.test))
    return _measure(data, lambda rows, images: reconstruct(noise.add(kind, images, numbers[rows])))


@st.cache_resource(show_spinner=False, max_entries=32)
def _errors(
    key: str, version: int, digest: str, kept: int, kind: str, _run: Run, _data: Dataset
) -> Errors:
    network = model(_run)

    def decode(coded: np.ndarray) -> np.ndarray:
        return network.decode(first(coded, kept))

    if kind != "none":
        return _measure_noisy(_data, kind, lambda images: decode(network.encode(images)))
    coded = codes(_run, _data)
    return _measure(_data, lambda rows, _: decode(coded[rows]))


def errors(run: Run, data: Dataset, k: int | None = None, kind: str = "none") -> Errors:
    """Reconstruction errors of a run, which sees the images with this kind of noise.

    With its first k codes, where k is said and cuts them.
    """
    kept = run.config.k if k is None else run.config.kept(k)
    return _errors(run.key, run.version, data.digest, kept, kind, run, data)


@st.cache_resource(show_spinner=False, max_entries=2)
def _train_errors(key: str, version: int, digest: str, _run: Run, _data: Dataset) -> np.ndarray:
    reconstruct = model(_run).reconstruct
    return _of_images(_data.train, lambda images: error_per_image(images, reconstruct(images)))


def train_errors(run: Run, data: Dataset) -> np.ndarray:
    """Reconstruction errors of every training image under a run, shape (n,)."""
    return _train_errors(run.key, run.version, data.digest, run, data)


@st.cache_resource(show_spinner=False, max_entries=32)
def _pca_errors(digest: str, k: int, kind: str, _view: View) -> Errors:
    return _measure_noisy(_view.data, kind, lambda images: _view.pca.reconstruct(images, k))


def pca_errors(of: View, k: int, kind: str = "none") -> Errors:
    """Reconstruction errors of PCA with k components, which sees the images with noise."""
    return _pca_errors(of.data.digest, k, kind, of)


def angles_to_pca(run: Run, fitted: pca.PCA) -> tuple[np.ndarray, np.ndarray]:
    """Angles of a linear network's decoder to PCA, in degrees.

    Returns
    -------
    of_planes, by_component : ndarray, shape (n, k)
        Principal angles between the planes, and the angle between each direction and the component
        of its number: before the first epoch and after each that is there.
    """
    of_planes, by_component = [], []
    for epoch in (int(place) for place in run.frames() if place.is_integer()):
        if (decoder := run.decoder(epoch)) is not None:
            components = fitted.components[: len(decoder)]
            of_planes.append(principal_angles(decoder, components))
            by_component.append(angles_by_row(decoder, components))
    return np.array(of_planes), np.array(by_component)


def test_error(run: Run, of: View) -> float:
    """A run's mean error over the view's test images: as kept of its training, else measured."""
    record = run.record
    if record.get("data", {}).get("digest") == of.data.digest:
        return record["test_error"]
    if not record and of.problem is None and (history := run.history):  # in training: it changes
        return history[-1].test_error
    return float(errors(run, of.data).images.mean())


@dataclass(frozen=True)
class Worth:
    """A run's test error and the number of components that PCA needs for it.

    `recorded` where they are of the data it was trained with, while other data is shown.
    """

    test_error: float
    equivalent_k: float
    recorded: bool


def worth(run: Run, of: View) -> Worth:
    """What a run is worth on its own test images: as recorded, else as measured on the view's."""
    record = run.record
    if "equivalent_k" in record:
        other = record["data"]["digest"] != of.data.digest
        return Worth(record["test_error"], record["equivalent_k"], other)
    error = test_error(run, of)
    return Worth(error, equivalent_k(error, of.pca.test_error), False)
