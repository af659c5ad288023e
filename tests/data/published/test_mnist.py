"""MNIST and Fashion-MNIST from IDX files, and what is damaged of them."""

import gzip
import shutil

import numpy as np
import pytest

from pcae.data import datasets
from pcae.data.datasets import DataError
from pcae.data.published import mnist
from pcae.data.published.mnist import IDX_FILES
from tests.data.conftest import idx
from tests.data.test_datasets import assert_is

# IDX files


def lay(folder, arrays, pack=bytes, dot=False):
    """Write MNIST's four files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    end = ".gz" if pack is gzip.compress else ""
    for name, file in IDX_FILES.items():
        file = file.replace("-idx", ".idx") if dot else file
        (folder / f"{file}{end}").write_bytes(pack(idx(arrays[name])))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("place", [".", "MNIST/raw", "mnist"])
def test_mnist_is_read_from_idx_files(place, pack, folder, crafted):
    lay(folder / place, crafted, pack, dot=place == "mnist")
    data = datasets.load("mnist")
    assert_is(data, crafted)
    assert data.source == str(folder / place)
    assert datasets.damage("mnist") == ""
    assert datasets.is_here("mnist")
    assert not datasets.is_here("fashion-mnist")
    places = [path.relative_to(folder).as_posix() for path in datasets.files("mnist").values()]
    assert list(datasets.files("mnist")) == places


@pytest.mark.parametrize("file", IDX_FILES.values())
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda raw: raw[:-1],
            r"cannot be read: it is damaged .*\(ValueError\)\. Fetch it anew",
        ),
        (lambda raw: raw[:-1] + b"\xfe", r"is not MNIST: it differs from .*\. Fetch it anew: "),
        (lambda raw: b"", "cannot be read: it is damaged"),
        (lambda raw: gzip.compress(raw)[:-9], r"cannot be read: it is damaged .*\(ValueError\)"),
        (lambda raw: raw[:3] + b"\xff" + raw[4:], "cannot be read: it is damaged"),
    ],
    ids=["cut off", "another byte", "empty", "cut off gzip", "255 dimensions"],
)
def test_a_damaged_idx_file_is_named(damage, said, file, folder, crafted):
    lay(folder, crafted)
    path = folder / file
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=rf"{file} {said}"):
        datasets.load("mnist")
    assert datasets.damage("mnist").startswith(str(path))


def test_an_idx_file_that_unpacks_into_gigabytes_is_named(folder, crafted):
    lay(folder, crafted)
    (folder / IDX_FILES["x_train"]).write_bytes(gzip.compress(bytes(2**26)))
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte cannot be read: it is damaged"):
        datasets.load("mnist")


@pytest.fixture(scope="module")
def laid_fashion(tmp_path_factory):
    """Four plain files that pass for Fashion-MNIST's: as many of each class, and its labels."""
    place = tmp_path_factory.mktemp("fashion")
    few = 6_000 - np.bincount([9, 0, 0, 3, 0, 5], minlength=10)
    labels = np.concatenate([[9, 0, 0], np.repeat(np.arange(10), few), [3, 0, 5]])
    arrays = {
        "x_train": np.zeros((60_000, 28, 28), np.uint8),
        "y_train": labels.astype(np.uint8),
        "x_test": np.zeros((10_000, 28, 28), np.uint8),
        "y_test": (np.arange(10_000) % 10).astype(np.uint8),
    }
    lay(place, arrays)
    return place


@pytest.mark.parametrize("place", [".", "FashionMNIST/raw", "fashion-mnist"])
def test_fashion_is_read_from_plain_files(place, laid_fashion, folder):
    shutil.copytree(laid_fashion, folder / place, dirs_exist_ok=True)
    data = datasets.load("fashion-mnist")
    assert (len(data.train), len(data.test)) == (60_000, 10_000)
    assert data.classes[9] == "Ankle boot"
    assert data.source == str(folder / place)
    assert not datasets.is_here("mnist")  # whose files are called the same


def test_plain_files_of_other_data_are_not_taken_for_fashion(laid_fashion, folder):
    place = folder / "fashion-mnist"
    shutil.copytree(laid_fashion, place)
    path = place / "t10k-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(DataError, match="is not what Zalando Research publishes"):
        datasets.load("fashion-mnist")


# what is damaged


def test_a_whole_copy_in_the_cache_stands_in_for_a_damaged_one(folder, keras_folder, crafted):
    (folder / "mnist.npz").write_bytes(b"PK\3\4")
    np.savez(keras_folder / "mnist.npz", **crafted)
    assert datasets.load("mnist").source == str(keras_folder / "mnist.npz")
    assert datasets.damage("mnist") == ""
    assert (folder / "mnist.npz").read_bytes() == b"PK\3\4"


def test_damage_is_looked_for_again_once_a_file_is_another(folder, crafted, monkeypatch):
    assert datasets.damage("mnist") == ""
    np.savez(folder / "mnist.npz", **crafted)
    whole = (folder / "mnist.npz").read_bytes()
    assert datasets.damage("mnist") == ""
    (folder / "mnist.npz").write_bytes(whole[:1_000])
    said = datasets.damage("mnist")
    assert said.startswith(f"{folder / 'mnist.npz'} cannot be read: it is damaged")
    assert len(said) - len(str(folder)) < 200
    monkeypatch.setattr(mnist, "read", None)  # while it is the same it is not read again
    assert datasets.damage("mnist") == said
    monkeypatch.undo()
    monkeypatch.setenv("PCAE_DATA", str(folder / "none"))
    assert "which is not a folder" in datasets.damage("mnist")
