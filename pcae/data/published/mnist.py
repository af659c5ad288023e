"""MNIST and Fashion-MNIST as they are published: which files there are, and what they hold.

MNIST (LeCun, Cortes & Burges) is the one file that Keras publishes, or the four IDX files of the
MNIST community; Fashion-MNIST (Xiao, Rasul & Vollgraf 2017) is four IDX files. These are found
plain or gzipped, in a folder itself or where torchvision lays them. MNIST is known by the MD5 sums
of its arrays. Of Fashion-MNIST Zalando publishes the sums of the gzipped files alone: files packed
anew are known by how many there are of every class, and by the labels that TensorFlow's tutorial
shows.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from pcae.data.dataset import DataError, Dataset, Split
from pcae.data.published.fetching import Published
from pcae.names import PIXELS, ROWS, SIDE
from pcae.readings import once

BASE_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
MNIST = "mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
# of the arrays as IDX files (header and bytes), as the MNIST community publishes them
MNIST_MD5 = {
    "x_train": "6bbc9ace898e44ae57da46a324031adb",
    "y_train": "a25bea736e30d166cdddb491f175f624",
    "x_test": "2646ac647ad5339dbf082846283269ea",
    "y_test": "27ae3e4e09519cfbb04c329615203637",
}
# of the gzipped files, as Zalando Research publishes them
FASHION_MD5 = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
_FASHION_LABELS = (9, 0, 0), (3, 0, 5)  # the first and the last of training
IDX_FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
_PLACES = {  # of IDX files in a folder: Keras's, torchvision's, the folder itself
    "mnist": ("MNIST/raw", "mnist", "."),
    "fashion-mnist": ("fashion-mnist", "FashionMNIST/raw", "."),
}
DIGITS = tuple("0123456789")
CLOTHES = (
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
LICENCES = {
    "mnist": "CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
    "fashion-mnist": "MIT, Zalando SE",
}
_MOST = {"mnist": 12_000_000, "fashion-mnist": 30_000_000}  # bytes of a file
_MOST_IDX = 50_000_000  # bytes of an IDX file, unpacked

T = TypeVar("T")


def to_fetch(name: str) -> list[Published]:
    """The files of one as Keras publishes them."""
    if name == "mnist":
        return [Published(MNIST, BASE_URL + MNIST, f"sha256:{MNIST_SHA256}", _MOST[name])]
    return [
        Published(file, BASE_URL + file, f"md5:{md5}", _MOST[name])
        for file, md5 in FASHION_MD5.items()
    ]


def find(name: str, folder: Path) -> dict[str, Path]:
    """The files of one in a folder, by their places in it; none if it is not there."""
    if name == "mnist" and (folder / MNIST).exists():
        return {MNIST: folder / MNIST}
    for place in _PLACES[name]:
        found = idx_files(folder / place)
        if found and (place != "." or _whose(found["y_train"]) == name):
            return {path.relative_to(folder).as_posix(): path for path in found.values()}
    return {}


def idx_files(folder: Path) -> dict[str, Path]:
    """The four files of a data set of MNIST's form, by what they hold; none where one is missing.

    They are called as MNIST's are, with a dot for the last hyphen but one too, plain or gzipped.
    """
    found = {}
    for array, name in IDX_FILES.items():
        names = (name, name.replace("-idx", ".idx"))
        paths = [folder / f"{of}{end}" for of in names for end in ("", ".gz")]
        there = next((path for path in paths if path.exists()), None)
        if there is None:
            return {}
        found[array] = there
    return found


@once
def _whose(labels: Path) -> str:
    """Whose a folder's files are, which MNIST's and Fashion-MNIST's names do not tell."""
    try:
        return "fashion-mnist" if _as_fashions(read_idx(labels, "mnist")) else "mnist"
    except DataError:
        return "mnist"


def is_whole(files: Mapping[str, Path]) -> bool:
    """Whether these are what Keras publishes to the byte, which is known sooner than `read` is."""
    try:
        return all(map(_is_published, files.values()))
    except OSError:
        return False


def _is_published(path: Path) -> bool:
    if path.name == MNIST:
        return hashlib.sha256(path.read_bytes()).hexdigest() == MNIST_SHA256
    return _md5(path.read_bytes()) == FASHION_MD5.get(path.name)


def read(name: str, folder: Path) -> Dataset | None:
    """Read one from a folder.

    Returns
    -------
    Dataset or None
        None where it is not there.

    Raises
    ------
    DataError
        It is damaged, or other data.
    """
    files = find(name, folder)
    if not files:
        return None
    paths = list(files.values())
    if name == "fashion-mnist":
        arrays = _fashion(paths)
    elif paths[0].name == MNIST:
        arrays = _mnist_npz(paths[0])
    else:
        arrays = _mnist_idx(paths)
    return Dataset(
        name=name,
        train=Split(arrays["x_train"].reshape(-1, PIXELS), arrays["y_train"]),
        test=Split(arrays["x_test"].reshape(-1, PIXELS), arrays["y_test"]),
        classes=CLOTHES if name == "fashion-mnist" else DIGITS,
        source=str(paths[0] if len(paths) == 1 else paths[0].parent),
        licence=LICENCES[name],
    )


def _mnist_npz(path: Path) -> dict[str, np.ndarray]:
    def read() -> dict[str, np.ndarray]:
        with np.load(path, allow_pickle=False) as file:
            return {name: np.asarray(file[name]) for name in MNIST_MD5}

    arrays = reading_of(path, "mnist", read)
    for name, array in arrays.items():
        if not _is_mnists(name, array):
            raise DataError(
                f"{path} is not MNIST: its {name} differs from what is published. {anew('mnist')}"
            )
    return arrays


def _mnist_idx(paths: list[Path]) -> dict[str, np.ndarray]:
    arrays = {}
    for name, path in zip(IDX_FILES, paths, strict=True):
        arrays[name] = read_idx(path, "mnist")
        if not _is_mnists(name, arrays[name]):
            raise DataError(
                f"{path} is not MNIST: it differs from what is published. {anew('mnist')}"
            )
    return arrays


def _is_mnists(name: str, array: np.ndarray) -> bool:
    return array.dtype == np.uint8 and idx_md5(array) == MNIST_MD5[name]


def _fashion(paths: list[Path]) -> dict[str, np.ndarray]:
    raw = {path: reading_of(path, "fashion-mnist", path.read_bytes) for path in paths}
    odd = [path for path in paths if _md5(raw[path]) != FASHION_MD5.get(path.name)]
    wrong = DataError(
        f"{odd[0] if odd else ''} is not what Zalando Research publishes. {anew('fashion-mnist')}"
    )
    try:
        arrays = {
            name: read_idx(path, "fashion-mnist")
            for name, path in zip(IDX_FILES, paths, strict=True)
        }
    except DataError:
        raise wrong from None
    if odd and not _are_fashions(arrays):
        raise wrong
    return arrays


def _are_fashions(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether these may be Fashion-MNIST, of which no more is published."""
    for split, rows in zip(("train", "test"), ROWS["fashion-mnist"], strict=True):
        if arrays[f"x_{split}"].shape != (rows, SIDE, SIDE):
            return False
        labels = arrays[f"y_{split}"]
        if labels.shape != (rows,) or not (np.bincount(labels, minlength=10) == rows // 10).all():
            return False
    return _as_fashions(arrays["y_train"])


def _as_fashions(labels: np.ndarray) -> bool:
    return (tuple(labels[:3]), tuple(labels[-3:])) == _FASHION_LABELS


# ------------------------------------------------------------------ files


def read_idx(path: Path, name: str) -> np.ndarray:
    """An IDX file of bytes of a data set, plain or gzipped.

    Raises
    ------
    DataError
        It is damaged or of another kind.
    """
    raw = reading_of(path, name, lambda: unpacked(path.read_bytes(), _MOST_IDX))
    return reading_of(path, name, lambda: idx_array(raw))


def unpacked(raw: bytes, most: int) -> bytes:
    """What a gzip file holds, or a file that is none; at most so many bytes.

    Raises
    ------
    ValueError, zlib.error
        It is cut off, damaged or longer.
    """
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    unpacking = zlib.decompressobj(wbits=31)
    found = unpacking.decompress(raw, most)
    if not unpacking.eof:
        raise ValueError("cut off, or longer than such a file")
    return found


def idx_array(raw: bytes) -> np.ndarray:
    """The array of an IDX file of bytes: two zero bytes, the type, the dimensions, sizes, bytes.

    Raises
    ------
    ValueError
        It is another file, or cut off.
    """
    if raw[:3] != b"\0\0\x08":
        raise ValueError("no IDX file of bytes")
    sizes = struct.unpack_from(f">{raw[3]}I", raw, 4)
    start = 4 + 4 * len(sizes)
    if len(raw) != start + math.prod(sizes):
        raise ValueError("cut off")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(sizes)


def idx_md5(array: np.ndarray) -> str:
    """The MD5 sum of an array's IDX file."""
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
    return _md5(header + array.tobytes())


def _md5(raw: bytes) -> str:
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


def anew(name: str) -> str:
    """The sentence that says how a data set is fetched once more."""
    return f"Fetch it anew: on the page Data, or by python -m pcae data fetch {name}."


def reading_of(path: Path, name: str, read: Callable[[], T]) -> T:
    """What a reader of a data set's file makes of it; whatever it raises, the file is damaged."""
    try:
        return read()
    except Exception as problem:  # a damaged file can make its reader fail in any way
        kind = type(problem).__name__
        raise DataError(
            f"{path} cannot be read: it is damaged or of another kind ({kind}). {anew(name)}"
        ) from None
