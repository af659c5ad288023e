"""Data sets from several files, and from the network."""

import gzip

import numpy as np
import pytest
import requests

from pcae.data import datasets
from pcae.data.datasets import DataError, DataMissing
from tests.data.conftest import FASHION_FILES, crafted_arrays, idx
from tests.data.test_datasets import assert_is

# Fashion-MNIST from its four files


@pytest.fixture
def fashion_folder(folder, crafted_gz):
    """A folder with the four files."""
    place = folder / "fashion-mnist"
    place.mkdir()
    for file, raw in crafted_gz.items():
        (place / file).write_bytes(raw)
    return place


def test_fashion_is_read_from_four_files(fashion_folder):
    data = datasets.load("fashion-mnist")
    assert_is(data, crafted_arrays())
    assert data.source == str(fashion_folder)
    assert len(data.classes) == 10
    assert data.classes[9] == "Ankle boot"
    assert data.name == "fashion-mnist"


@pytest.mark.parametrize("file", FASHION_FILES.values())
@pytest.mark.parametrize(
    "damage",
    [b"", b"\x1f\x8b\x08", gzip.compress(idx(np.zeros(9, np.uint8)))],
    ids=["empty", "cut short", "another"],
)
def test_an_altered_file_of_fashion_is_noticed(damage, file, fashion_folder):
    (fashion_folder / file).write_bytes(damage)
    with pytest.raises(
        DataError, match=rf"{file} is not what Zalando .*\. Fetch it anew: .* fashion-mnist\.$"
    ):
        datasets.load("fashion-mnist")


@pytest.mark.parametrize("file", FASHION_FILES.values())
def test_three_files_of_fashion_are_not_enough(file, fashion_folder):
    (fashion_folder / file).unlink()
    with pytest.raises(DataMissing, match=r"Fashion-MNIST is not on this machine"):
        datasets.load("fashion-mnist")


# download


def test_a_download_is_kept_in_the_folder_of_keras(served_mnist, crafted):
    assert_is(datasets.download("mnist"), crafted)
    assert [path.name for path in datasets.keras_cache().iterdir()] == ["mnist.npz"]
    assert datasets.load("mnist").source == str(datasets.keras_cache() / "mnist.npz")


def test_what_is_here_is_not_downloaded_again(served_mnist):
    datasets.download("mnist")
    datasets.download("mnist")
    assert served_mnist.asked == ["mnist.npz"]


def test_fashion_is_downloaded_as_four_files(mirror, crafted_gz):
    mirror.served |= crafted_gz
    assert_is(datasets.download("fashion-mnist"), crafted_arrays())
    assert mirror.asked == list(crafted_gz)


def test_an_interrupted_download_goes_on_where_it_was(mirror, crafted_gz):
    first, second, third, fourth = crafted_gz
    mirror.served |= crafted_gz | {third: requests.ConnectionError()}
    files = " and ".join(crafted_gz)
    place = datasets.keras_cache() / "fashion-mnist"
    with pytest.raises(DataError, match=rf"Try again, or put {files} into {place}\.$"):
        datasets.download("fashion-mnist")
    mirror.served |= crafted_gz
    datasets.download("fashion-mnist")
    assert mirror.asked == [first, second, third, third, fourth]


@pytest.mark.parametrize("here", [None, "what was here"])
def test_a_wrong_download_is_thrown_away(here, served_mnist):
    path = datasets.keras_cache() / "mnist.npz"
    path.parent.mkdir(parents=True)
    if here:
        path.write_text(here)
    served_mnist.served["mnist.npz"] += b"altered"
    with pytest.raises(
        DataError, match=r"came as mnist\.npz is not what is published; it was .*Try again .*\.$"
    ):
        datasets.download("mnist")
    assert [file.read_text() for file in path.parent.iterdir()] == ([here] if here else [])


def test_without_a_network_a_download_says_so():
    with pytest.raises(DataError, match=r"could not be downloaded \(no connection\)\. Try again"):
        datasets.download("mnist")


def test_a_folder_that_cannot_be_written_is_named(served_mnist, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    folder = tmp_path / "file" / "datasets"
    with pytest.raises(
        DataError, match=rf"\({folder} cannot be written: Not .* put mnist\.npz into"
    ):
        datasets.download("mnist")
    assert (tmp_path / "file").read_text() == "mine"
    assert served_mnist.asked == []
