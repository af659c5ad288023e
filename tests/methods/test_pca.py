"""PCA against scikit-learn's and against the known errors, and its cache."""

import errno
import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pcae.data.datasets import Dataset, Split
from pcae.files import home, read_arrays, write_arrays
from pcae.methods import pca

ARRAYS = ("mean", "components", "explained_variance", "train_error", "test_error")
# of the full MNIST, test split, as DESIGN.md has them
KNOWN_TEST_ERROR = {
    1: 0.06073,
    2: 0.05567,
    3: 0.05161,
    5: 0.04453,
    9: 0.03559,
    10: 0.03407,
    12: 0.03123,
    16: 0.02686,
    20: 0.02354,
    30: 0.01769,
    50: 0.01149,
}
KNOWN_TRAIN_ERROR = {2: 0.05595}
SEVERAL_K = pytest.mark.parametrize("k", [1, 2, 9, 30])


@pytest.fixture(scope="module")
def fitted(sample):
    """The PCA of the offline digits."""
    return pca.fit(sample)


@pytest.fixture(scope="module")
def reference(sample):
    """scikit-learn's PCA of the same training images, by the number of components."""
    decomposition = pytest.importorskip("sklearn.decomposition")
    images = sample.train.images / 255

    @cache
    def fit(k):
        return decomposition.PCA(k, svd_solver="covariance_eigh").fit(images)

    return fit


@pytest.fixture
def counted(fitted, monkeypatch):
    """The digests of the data sets that were fitted, without the time it takes."""
    digests = []

    def fit(data):
        digests.append(data.digest)
        return fitted

    monkeypatch.setattr(pca, "fit", fit)
    return digests


def cache_file(data):
    """Where a data set's PCA is kept."""
    return home() / "pca" / f"{data.digest}.safetensors"


def assert_equal(one, other):
    """Two PCAs hold the same numbers of the same kind."""
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype


@SEVERAL_K
def test_agrees_with_scikit_learn(k, fitted, reference, sample):
    theirs, images = reference(k), sample.test.images / 255
    scores = theirs.transform(images)
    ours = fitted.transform(sample.test.pixels(), k)
    np.testing.assert_allclose(fitted.mean, theirs.mean_, atol=1e-5)
    np.testing.assert_allclose(fitted.components[:k], theirs.components_, atol=1e-5)
    np.testing.assert_allclose(fitted.explained_variance[:k], theirs.explained_variance_, atol=1e-5)
    np.testing.assert_allclose(ours, scores, atol=1e-5)
    np.testing.assert_allclose(
        fitted.reconstruct(sample.test.pixels(), k), theirs.inverse_transform(scores), atol=1e-5
    )


@SEVERAL_K
def test_errors_agree_with_scikit_learn(k, fitted, reference, sample):
    theirs = reference(k)
    for split, errors in ((sample.train, fitted.train_error), (sample.test, fitted.test_error)):
        images = split.images / 255
        again = theirs.inverse_transform(theirs.transform(images))
        assert errors[k] == pytest.approx(np.square(images - again).mean(), abs=1e-5)


@pytest.mark.parametrize("k", [1, 7, 100, 784])
def test_the_error_is_that_of_the_reconstructions(k, fitted, sample):
    for split, errors in ((sample.train, fitted.train_error), (sample.test, fitted.test_error)):
        images = split.pixels()
        error = np.square(images - fitted.reconstruct(images, k)).mean(dtype=np.float64)
        assert errors[k] == pytest.approx(error, rel=1e-4, abs=1e-9)


def test_more_components_never_reconstruct_worse(fitted):
    for errors in (fitted.train_error, fitted.test_error):
        assert errors.shape == (785,)
        assert (np.diff(errors) <= 0).all()


def test_no_component_leaves_the_mean_image(fitted, sample):
    mean = (sample.train.images / 255).mean(axis=0)
    for split, errors in ((sample.train, fitted.train_error), (sample.test, fitted.test_error)):
        assert errors[0] == pytest.approx(np.square(split.images / 255 - mean).mean(), abs=1e-9)


def test_all_components_lose_nothing(fitted, sample):
    assert fitted.train_error[784] == pytest.approx(0, abs=1e-12)
    assert fitted.test_error[784] == pytest.approx(0, abs=1e-12)
    images = sample.test.pixels()
    np.testing.assert_allclose(fitted.reconstruct(images, 784), images, atol=1e-4)


def test_components_are_orthonormal_and_ordered(fitted):
    products = fitted.components.astype(np.float64) @ fitted.components.T
    np.testing.assert_allclose(products, np.eye(784), atol=1e-5)
    assert (np.diff(fitted.explained_variance) <= 0).all()
    assert (fitted.explained_variance >= 0).all()


def test_each_component_is_largest_upwards(fitted):
    largest = np.abs(fitted.components).argmax(axis=1)
    assert (np.take_along_axis(fitted.components, largest[:, None], axis=1) > 0).all()


@pytest.mark.parametrize("k", [1, 2, 30])
def test_shapes_follow_the_number_of_components(k, fitted, sample):
    images = sample.test.pixels(slice(5))
    scores = fitted.transform(images, k)
    assert scores.shape == (5, k)
    assert fitted.inverse_transform(scores).shape == (5, 784)
    assert scores.dtype == fitted.inverse_transform(scores).dtype == np.float32


def test_fitting_looks_at_the_training_images_alone(fitted, sample):
    other = pca.fit(replace(sample, test=Split(sample.test.images[:10], sample.test.labels[:10])))
    for name in ("mean", "components", "explained_variance", "train_error"):
        np.testing.assert_array_equal(getattr(other, name), getattr(fitted, name))
    assert not np.array_equal(other.test_error, fitted.test_error)


def test_blocks_change_nothing(fitted, sample, monkeypatch):
    monkeypatch.setattr(pca, "_ROWS_AT_ONCE", 999)
    other = pca.fit(sample)
    np.testing.assert_allclose(other.mean, fitted.mean, atol=1e-7)
    np.testing.assert_allclose(other.components[:30], fitted.components[:30], atol=1e-5)
    np.testing.assert_allclose(other.train_error, fitted.train_error, atol=1e-9)
    # the order of components that no training image has is left open
    seen = (fitted.explained_variance > 1e-9).sum()
    np.testing.assert_allclose(other.test_error[:seen], fitted.test_error[:seen], atol=1e-9)


def test_the_full_mnist_has_the_known_errors(full_mnist):
    fitted = pca.fit(full_mnist)
    for k, error in KNOWN_TEST_ERROR.items():
        assert fitted.test_error[k] == pytest.approx(error, abs=5e-5), k
    for k, error in KNOWN_TRAIN_ERROR.items():
        assert fitted.train_error[k] == pytest.approx(error, abs=5e-5), k
    # Hinton & Salakhutdinov (2006) print 13.87
    assert fitted.test_error[30] * 784 == pytest.approx(13.866, abs=5e-3)


def test_a_fit_is_kept_and_read_back(counted, fitted, sample):
    assert_equal(pca.load_or_fit(sample), fitted)
    written = cache_file(sample).stat().st_mtime_ns
    assert_equal(pca.load_or_fit(sample), fitted)
    assert counted == [sample.digest]
    assert cache_file(sample).stat().st_mtime_ns == written


def test_other_data_have_a_fit_of_their_own(counted, sample):
    few = Split(sample.train.images[::4], sample.train.labels[::4])
    other = replace(sample, train=few)
    pca.load_or_fit(sample)
    pca.load_or_fit(other)
    pca.load_or_fit(sample)
    assert counted == [sample.digest, other.digest]


def spoil_by_cutting(path):
    """Lose the second half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_by_replacing(path):
    """Hold something else."""
    path.write_text("{}")


def spoil_by_forgetting(path):
    """Lose an array."""
    arrays, about = read_arrays(path)
    del arrays["test_error"]
    write_arrays(path, arrays, about)


def spoil_by_extending(path):
    """Have an array too many."""
    arrays, about = read_arrays(path)
    write_arrays(path, arrays | {"more": np.zeros(1)}, about)


def spoil_by(name, change):
    """Have other numbers in an array."""

    def spoil(path):
        arrays, about = read_arrays(path)
        write_arrays(path, arrays | {name: change(arrays[name])}, about)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        *(spoil_by_cutting, spoil_by_replacing, spoil_by_forgetting, spoil_by_extending),
        spoil_by("components", lambda of: of * np.float32(np.nan)),
        spoil_by("mean", lambda of: of + np.float32(1e30)),
        spoil_by("test_error", lambda of: of - np.inf),
        spoil_by("explained_variance", lambda of: of.astype(np.int64)),
    ],
)
def test_a_damaged_cache_is_computed_anew_with_a_warning(spoil, counted, fitted, sample, caplog):
    pca.load_or_fit(sample)
    spoil(cache_file(sample))
    assert_equal(pca.load_or_fit(sample), fitted)
    assert "PCA is computed anew" in caplog.text
    assert_equal(pca.load_or_fit(sample), fitted)
    assert len(counted) == 2


def test_the_cache_of_another_format_is_computed_anew(counted, fitted, sample):
    cache_file(sample).parent.mkdir(parents=True)
    write_arrays(cache_file(sample), vars(fitted), {"format": "0"})
    pca.load_or_fit(sample)
    pca.load_or_fit(sample)
    assert len(counted) == 1


def test_a_cache_with_arrays_of_another_shape_is_computed_anew(counted, fitted, sample):
    cut = vars(fitted) | {"components": fitted.components[:10]}
    cache_file(sample).parent.mkdir(parents=True)
    write_arrays(cache_file(sample), cut, {"format": pca._FORMAT})
    assert_equal(pca.load_or_fit(sample), fitted)
    assert_equal(pca.load_or_fit(sample), fitted)
    assert len(counted) == 1


def test_a_home_that_cannot_be_written_only_warns(
    counted, fitted, sample, monkeypatch, tmp_path, caplog
):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "home"))
    assert_equal(pca.load_or_fit(sample), fitted)
    assert "PCA is not kept for the next start" in caplog.text
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_only_warns(counted, fitted, sample, monkeypatch, caplog):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert_equal(pca.load_or_fit(sample), fitted)
    assert "No space left on device" in caplog.text
    assert list(cache_file(sample).parent.iterdir()) == []


@pytest.mark.parametrize("n", [40, 90], ids=["fewer images than pixels", "more"])
def test_rectangular_pictures_of_any_number_have_a_whole_spectrum(n):
    rng = np.random.default_rng(0)
    images = rng.random((n + 20, 63)).astype(np.float32) @ rng.random((63, 63), np.float32) / 63
    labels = np.zeros(n + 20, np.uint8)
    train, test = Split(images[:n], labels[:n]), Split(images[n:], labels[n:])
    data = Dataset("own-9x7-0123456789ab", train, test, ("all",), "", "")
    fitted = pca.fit(data)
    rank = min(n - 1, 63)
    centred = images[:n] - images[:n].mean(axis=0)
    values = np.linalg.svd(centred.astype(np.float64), compute_uv=False)[:rank]
    np.testing.assert_allclose(fitted.explained_variance[:rank], values**2 / (n - 1), rtol=1e-4)
    assert (fitted.explained_variance[rank:] == 0).all()
    for split, errors in ((train, fitted.train_error), (test, fitted.test_error)):
        assert errors.shape == (64,)
        for k in (0, 1, 5, rank, 63):
            left = split.images - fitted.reconstruct(split.images, k)
            assert errors[k] == pytest.approx(np.square(left).mean(), rel=1e-2, abs=1e-9)
    assert pca.load_or_fit(data).components.shape == (63, 63)
    np.testing.assert_array_equal(pca.load_or_fit(data).components, fitted.components)
