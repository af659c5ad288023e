"""A gallery of sources: data sets that others publish, fetched from there as data of one's own.

Each is known by the sums that its publisher, or a library that fetches it too, has published, and
is counted besides: how many pictures of which size there are, and how many of every class. What
was fetched is kept in the store like what a person brings, with its licence and what to cite.

References
----------
Addresses and sums of EMNIST, Kuzushiji-MNIST and USPS: torchvision's `datasets.mnist` and
`datasets.usps`; those of the Olivetti faces: scikit-learn's `fetch_olivetti_faces`. Counts: NIST's
page of EMNIST and its paper; CODH's page of Kuzushiji-MNIST; of USPS the page of 'The Elements of
Statistical Learning'; scikit-learn's description of the faces.
"""

from __future__ import annotations

import bz2
import contextlib
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pcae import names, rights
from pcae.data import owndata
from pcae.data.dataset import DataError, Dataset, Split, Told, reading, split, unheard
from pcae.data.published import fetching
from pcae.data.published.fetching import Published
from pcae.data.published.mnist import DIGITS, IDX_FILES, idx_array, unpacked
from pcae.files import FREE_SPACE, DamagedFile, home

_MOST_UNPACKED = 2**27  # bytes of one file
_AS_BYTES = "Bytes of 0 to 255 stand for 0 to 1."
_Files = Mapping[str, Path]
_Splits = tuple[Split, Split]


@dataclass(frozen=True)
class Source:
    """A data set that is published.

    Attributes
    ----------
    key, title : str
        What the command line and people call it.
    shape : tuple of int
        Rows and columns of a picture.
    rows : tuple of int
        How many pictures there are for training, and for the test.
    counts : tuple of int
        How many of every class there are in both.
    classes : tuple of str
    licence : str
        Its licence, whose it is, and what to cite.
    home : str
        The page that tells of it.
    files : tuple of Published
    bring : str
        Which files to bring instead, as the end of a sentence.
    scaling : str
    read : callable
        Makes its two splits of the files, by their names.
    """

    key: str
    title: str
    shape: tuple[int, int]
    rows: tuple[int, int]
    counts: tuple[int, ...]
    classes: tuple[str, ...]
    licence: str
    home: str
    files: tuple[Published, ...]
    bring: str
    scaling: str
    read: Callable[[_Files], _Splits]

    @property
    def megabytes(self) -> int:
        """How much is fetched, at most."""
        return round(sum(file.most for file in self.files) / 1e6)


def fetch(key: str, told: Told = unheard) -> Dataset:
    """Fetch a source from where it is published, and keep it as data of one's own.

    Parameters
    ----------
    key : str
        One of `SOURCES`.

    Raises
    ------
    DataError
        It cannot be fetched or kept, or is not what is published.
    Denied
        A student asks.
    """
    rights.only_teacher("Data is fetched")
    source = SOURCES[key]
    folder = home() / "fetched" / key  # what came stays, where a later file does not come
    files = fetching.fetch(source.files, folder, source.title, source.bring, told)
    told(1.0, "checking it")
    data = read(source, files)
    try:
        owndata.keep(data, source.title, source.scaling)
    except OSError as problem:
        raise DataError(
            f"{source.title} could not be kept ({problem.strerror}): {FREE_SPACE}"
        ) from None
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    return data


def read(source: Source, files: _Files) -> Dataset:
    """The data set of files that were fetched.

    Raises
    ------
    DataError
        They do not hold what is published.
    """
    with reading(source.title, "Fetch it anew."):
        train, test = source.read(files)
        _check(source, train, test)
    classes = source.classes
    name = owndata.name_of(train, test, source.shape, classes, ())
    return Dataset(name, train, test, classes, source.home, source.licence)


def _check(source: Source, *splits: Split) -> None:
    height, width = source.shape
    shapes = [found.images.shape for found in splits]
    counts = np.bincount(np.concatenate([found.labels for found in splits]))
    if shapes != [(rows, height * width) for rows in source.rows] or (
        counts.tolist() != list(source.counts)
    ):
        raise DataError(
            f"What came as {source.title} holds other pictures than are published: try again on "
            "another network."
        )


def here(key: str) -> str | None:
    """The name under which a source is kept here; None where it is not."""
    for name in names.own():
        with contextlib.suppress(DamagedFile, FileNotFoundError):
            if names.about(name)["licence"] == SOURCES[key].licence:
                return name
    return None


# ------------------------------------------------------------------ what is in their files


def _idx_splits(raw: Mapping[str, bytes], first: int = 0, *, across: bool = False) -> _Splits:
    """Splits of four gzipped IDX files, by what they hold.

    Parameters
    ----------
    first : int
        The label of the first class.
    across : bool, default=False
        Whether a picture's columns stand where its rows belong.
    """
    arrays = {name: idx_array(unpacked(packed, _MOST_UNPACKED)) for name, packed in raw.items()}

    def of(which: str) -> Split:
        images, labels = arrays[f"x_{which}"], arrays[f"y_{which}"]
        if across:
            images = np.ascontiguousarray(images.transpose(0, 2, 1))
        if labels.min() < first:
            raise ValueError("a label of no class")
        return Split(images.reshape(len(images), -1), labels - np.uint8(first))

    return of("train"), of("test")


def _emnist(files: _Files) -> _Splits:
    """EMNIST's letters: one of six sets in the archive, with rows and columns exchanged."""
    raw = {}
    with zipfile.ZipFile(files["gzip.zip"]) as archive:
        for array, file in IDX_FILES.items():
            member = file.replace("t10k", "test")
            info = archive.getinfo(f"gzip/emnist-letters-{member}.gz")
            if info.file_size > _MOST_UNPACKED:
                raise ValueError("more than is published")
            raw[array] = archive.read(info)
    return _idx_splits(raw, first=1, across=True)


def _kuzushiji(files: _Files) -> _Splits:
    return _idx_splits({array: files[f"{of}.gz"].read_bytes() for array, of in IDX_FILES.items()})


def _usps(files: _Files) -> _Splits:
    """A line a picture: a label from 1 to 10 and 256 numbers from -1 to 1, as in "3 1:-1 2:-1"."""

    def of(name: str) -> Split:
        unpacking = bz2.BZ2Decompressor()
        text = unpacking.decompress(files[name].read_bytes(), _MOST_UNPACKED)
        if not unpacking.eof:
            raise ValueError("more than is published")
        table = np.array(re.sub(rb"\d+:", b"", text).split(), np.float32).reshape(-1, 1 + 256)
        labels, pixels = table[:, 0], (table[:, 1:] + 1) / 2
        if not (np.isin(labels, range(1, 11)).all() and ((pixels >= 0) & (pixels <= 1)).all()):
            raise ValueError("values that are not published")
        return Split(np.ascontiguousarray(pixels), (labels - 1).astype(np.uint8))

    return of("usps.bz2"), of("usps.t.bz2")


def _olivetti(files: _Files) -> _Splits:
    """Faces of 64 × 64, ten of each person, as scikit-learn reads them: a column a face."""
    from scipy.io import loadmat  # which takes a while, and reads this file alone

    faces = loadmat(files["olivettifaces.mat"], variable_names=["faces"])["faces"].T
    pixels = faces.astype(np.float32) - faces.min()
    pixels = (pixels / pixels.max()).reshape(-1, 64, 64).transpose(0, 2, 1).reshape(-1, 64 * 64)
    return split(pixels, (np.arange(len(pixels)) // 10).astype(np.uint8))


# ------------------------------------------------------------------ the sources


def _files(base: str, sums: Mapping[str, tuple[str, int]]) -> tuple[Published, ...]:
    """Files below an address, with their sums and how many megabytes they have at most."""
    return tuple(
        Published(name, base + name, known, most * 10**6) for name, (known, most) in sums.items()
    )


_LIST: Sequence[Source] = (
    Source(
        key="emnist-letters",
        title="EMNIST letters",
        shape=(28, 28),
        rows=(124_800, 20_800),
        counts=(5_600,) * 26,
        classes=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        licence="NIST names no licence. Cite Cohen, Afshar, Tapson & van Schaik (2017), EMNIST: an "
        "extension of MNIST to handwritten letters, arXiv:1702.05373",
        home="nist.gov/itl/products-and-services/emnist-dataset",
        files=_files(
            "https://biometrics.nist.gov/cs_links/EMNIST/",
            {
                "gzip.zip": (
                    "sha256:fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
                    562,
                )
            },
        ),
        bring="bring the four files emnist-letters-*-ubyte.gz of gzip.zip from "
        "nist.gov/itl/products-and-services/emnist-dataset, and have them turned a quarter "
        "clockwise and mirrored",
        scaling=_AS_BYTES,
        read=_emnist,
    ),
    Source(
        key="kuzushiji-mnist",
        title="Kuzushiji-MNIST",
        shape=(28, 28),
        rows=(60_000, 10_000),
        counts=(7_000,) * 10,
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        licence="CC BY-SA 4.0, KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset "
        "(created by NIJL and others), doi:10.20676/00000341. Cite Clanuwat et al. (2018), Deep "
        "Learning for Classical Japanese Literature, arXiv:1812.01718",
        home="codh.rois.ac.jp/kmnist",
        files=_files(
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            {
                "train-images-idx3-ubyte.gz": ("md5:bdb82020997e1d708af4cf47b453dcf7", 19),
                "train-labels-idx1-ubyte.gz": ("md5:e144d726b3acfaa3e44228e80efcd344", 1),
                "t10k-images-idx3-ubyte.gz": ("md5:5c965bf0a639b31b8f53240b1b52f4d7", 4),
                "t10k-labels-idx1-ubyte.gz": ("md5:7320c461ea6c1c855c0b718fb2a4b134", 1),
            },
        ),
        bring="bring its four files *-ubyte.gz from codh.rois.ac.jp/kmnist",
        scaling=_AS_BYTES,
        read=_kuzushiji,
    ),
    Source(
        key="usps",
        title="USPS digits",
        shape=(16, 16),
        rows=(7_291, 2_007),
        counts=(1553, 1269, 929, 824, 852, 716, 834, 792, 708, 821),
        classes=DIGITS,
        licence="No licence is named. Cite Hull (1994), A database for handwritten text "
        "recognition research, IEEE PAMI 16(5), 550–554",
        home="csie.ntu.edu.tw/~cjlin/libsvmtools/datasets",
        files=_files(
            "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",
            {
                "usps.bz2": ("md5:ec16c51db3855ca6c91edd34d0e9b197", 10),
                "usps.t.bz2": ("md5:8ea070ee2aca1ac39742fdd1ef5ed118", 5),
            },
        ),
        bring="bring usps.bz2 and usps.t.bz2, unpacked, from "
        "csie.ntu.edu.tw/~cjlin/libsvmtools/datasets, as pictures of 16×16 with the second for the "
        "test",
        scaling="Values of -1 to 1 stand for 0 to 1.",
        read=_usps,
    ),
    Source(
        key="olivetti-faces",
        title="Olivetti faces",
        shape=(64, 64),
        rows=(320, 80),
        counts=(10,) * 40,
        classes=tuple(f"person {number}" for number in range(1, 41)),
        licence="No licence is named; credit AT&T Laboratories Cambridge. Cite Samaria & Harter "
        "(1994), Parameterisation of a stochastic model for human face identification",
        home="scikit-learn.org, fetch_olivetti_faces",
        files=(
            Published(
                "olivettifaces.mat",
                "https://ndownloader.figshare.com/files/5976027",
                "sha256:b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
                20_000_000,
            ),
        ),
        bring="bring olivettifaces.mat from cs.nyu.edu/~roweis/data.html, which has a column for "
        "every image, and have them turned a quarter clockwise and mirrored",
        scaling="Greys of 0 to 255 stand for 0 to 1.",
        read=_olivetti,
    ),
)
SOURCES = {source.key: source for source in _LIST}
