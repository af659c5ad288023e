"""Folders and a mirror with data sets that are made up."""

import contextlib
import gzip
import hashlib
import struct
import time
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pooch
import pytest

from pcae.data import datasets
from pcae.data.published import mnist

FASHION_FILES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}


def crafted_arrays():
    """A data set of MNIST's form with 30 and 10 images."""
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 3, (30, 28, 28), np.uint8),
        "y_train": np.arange(30, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (10, 28, 28), np.uint8),
        "y_test": np.arange(10, dtype=np.uint8)[::-1].copy(),
    }


def idx(array):
    """An array as an IDX file: two zero bytes, the type, the dimensions, the bytes."""
    sizes = b"".join(struct.pack(">I", size) for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def md5(raw):
    """The MD5 sum in hexadecimal digits."""
    return hashlib.md5(raw).hexdigest()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder that PCAE_DATA names, empty."""
    place = tmp_path / "data"
    place.mkdir()
    monkeypatch.setenv("PCAE_DATA", str(place))
    return place


@pytest.fixture
def keras_folder():
    """Keras's cache folder."""
    place = datasets.keras_cache()
    place.mkdir(parents=True)
    return place


@pytest.fixture
def crafted(monkeypatch):
    """Small arrays that pass for the published MNIST."""
    arrays = crafted_arrays()
    table = {name: md5(idx(array)) for name, array in arrays.items()}
    monkeypatch.setattr(mnist, "MNIST_MD5", table)
    return arrays


@pytest.fixture
def crafted_gz(monkeypatch):
    """The content of four small files that pass for the published Fashion-MNIST."""
    files = {
        FASHION_FILES[name]: gzip.compress(idx(array), mtime=0)
        for name, array in crafted_arrays().items()
    }
    table = {file: md5(raw) for file, raw in files.items()}
    monkeypatch.setattr(mnist, "FASHION_MD5", table)
    return files


@pytest.fixture
def mirror(monkeypatch):
    """A network of a few files by name; what was asked for is kept in `asked`."""
    served, asked = {}, []

    def fetch(self, url, output_file, _, **__):
        name = url.rsplit("/", 1)[-1]
        asked.append(name)
        assert 0 < self.kwargs["timeout"] <= 60
        if isinstance(served[name], Exception):
            raise served[name]
        Path(output_file).write_bytes(served[name])

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fetch)
    return SimpleNamespace(served=served, asked=asked)


@pytest.fixture
def served_mnist(mirror, crafted, tmp_path, monkeypatch):
    """The network serves a small mnist.npz that passes for the published one."""
    np.savez(tmp_path / "served.npz", **crafted)
    raw = (tmp_path / "served.npz").read_bytes()
    mirror.served["mnist.npz"] = raw
    monkeypatch.setattr(mnist, "MNIST_SHA256", hashlib.sha256(raw).hexdigest())
    return mirror


@pytest.fixture
def cheap():
    """A block that may take so many seconds of the processor and bytes of memory."""

    @contextlib.contextmanager
    def within(seconds, memory):
        tracemalloc.start()
        begin = time.process_time()
        try:
            yield
            took, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert took < seconds
        assert peak < memory

    return within
