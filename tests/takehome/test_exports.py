"""The files of a run hold its numbers, and say what they are of."""

import io
import json
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from pyarrow import csv, parquet
from safetensors import safe_open

from pcae import store
from pcae.config import RunConfig
from pcae.data.dataset import Dataset, Split
from pcae.data.datasets import load
from pcae.methods import pca
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import PCA
from pcae.presets import PRESETS
from pcae.store import EpochRecord
from pcae.takehome import code, exports
from pcae.takehome.exports import FORMATS
from pcae.training import quality
from tests.takehome.test_keras_file import trained

pytestmark = pytest.mark.usefixtures("pca_kept")

SMALL = RunConfig(dataset="mnist-5k", hidden=(16,), k=3, epochs=1)


@pytest.fixture(scope="module")
def fitted(sample):
    return pca.fit(sample)


@pytest.fixture
def run():
    run = trained(SMALL)
    run.write_history([EpochRecord(1, 0.06, 0.05, 1.0)])
    return run


def test_codes_and_scores_are_those_of_every_test_image(run, sample, fitted):
    table = csv.read_csv(io.BytesIO(FORMATS["csv"].make(run, sample, fitted)))
    codes = [f"code_{i}" for i in (1, 2, 3)]
    scores = [f"score_{i}" for i in (1, 2, 3)]
    errors = ["autoencoder_error", "pca_error"]
    assert table.column_names == ["index", "label", *codes, *scores, *errors]
    found = table.to_pandas()
    images, model = sample.test.pixels(), run.model()
    np.testing.assert_array_equal(found["index"], np.arange(1000))
    np.testing.assert_array_equal(found["label"], sample.test.labels)
    np.testing.assert_allclose(found[codes], model.encode(images), atol=1e-5)
    np.testing.assert_allclose(found[scores], fitted.transform(images, 3), atol=1e-5)
    errors = error_per_image(images, model.reconstruct(images))
    np.testing.assert_allclose(found["autoencoder_error"], errors, rtol=1e-5)
    assert found["pca_error"].mean() == pytest.approx(fitted.test_error[3], abs=1e-6)


def test_parquet_has_the_same_table_and_what_it_is_of(run, sample, fitted):
    table = parquet.read_table(io.BytesIO(FORMATS["parquet"].make(run, sample, fitted)))
    assert table.equals(exports.codes_and_scores(run, sample, fitted))
    about = json.loads(table.schema.metadata[b"pcae"])
    assert RunConfig.from_dict(about["config"]) == SMALL
    assert (about["data"]["digest"], about["split"]) == (sample.digest, "test")
    assert about["data"]["licence"] == sample.licence


def test_weights_are_those_of_the_store_with_their_settings(run, sample, fitted, tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(FORMATS["safetensors"].make(run, sample, fitted))
    with safe_open(path, framework="numpy") as file:
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        about = file.metadata()
    kept = run.model().weights
    assert set(found) == set(kept)
    for name, weight in kept.items():
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], weight)
    assert RunConfig.from_dict(json.loads(about["config"])) == SMALL
    assert float(about["test_error"]) == 0.05
    assert about["data_licence"] == sample.licence


def test_on_other_digits_the_weights_tell_no_licence(sample, fitted, tmp_path):
    path = tmp_path / "weights.safetensors"
    run = store.find(PRESETS["Seed network, 25 epochs"].key)
    path.write_bytes(FORMATS["safetensors"].make(run, sample, fitted))
    with safe_open(path, framework="numpy") as file:
        about = file.metadata()
    assert float(about["test_error"]) == run.history[-1].test_error
    assert "data_licence" not in about


def test_the_code_tells_where_the_run_ended_once_it_has(run, sample, fitted):
    assert FORMATS["script"].make(run, sample, fitted).decode() == code.script(SMALL, 0.05)
    assert FORMATS["notebook"].make(run, sample, fitted).decode() == code.notebook(SMALL, 0.05)
    run.write_history([])
    assert FORMATS["script"].make(run, sample, fitted).decode() == code.script(SMALL)


def test_names_say_shape_run_and_the_split_and_data_of_what_is_of_data(run, sample):
    names = {exports.file_name(run, name, sample.name) for name in FORMATS}
    assert len(names) == len(FORMATS)
    assert all(name.startswith(f"784-16-3_{run.key}") for name in names - {f"{sample.name}.npz"})
    assert f"784-16-3_{run.key}_codes-test-mnist-5k.csv" in names
    assert f"784-16-3_{run.key}.keras" in names


def test_data_that_the_script_cannot_get_is_a_file_that_it_reads(tmp_path):
    run = trained(replace(SMALL, dataset="digits-8x8"))
    data = load("digits-8x8")
    assert exports.offered(run) == list(FORMATS)
    assert "data" not in exports.offered(trained(SMALL))
    path = tmp_path / exports.file_name(run, "data", data.name)
    path.write_bytes(FORMATS["data"].make(run, data, pca.fit(data)))
    assert f'np.load("{path.name}")' in FORMATS["script"].make(run, data, None).decode()
    arrays = np.load(path)
    np.testing.assert_array_equal(arrays["x_train"], data.train.pixels())
    np.testing.assert_array_equal(arrays["x_test"], data.test.pixels())
    np.testing.assert_array_equal(arrays["y_test"], data.test.labels)
    assert {name: of.dtype for name, of in arrays.items()} == {
        f"{kind}_{split}": dtype
        for split in ("train", "test")
        for kind, dtype in (("x", np.float32), ("y", np.uint8))
    }


@pytest.mark.parametrize("name", ["data", "csv", "report", "explorer"])
def test_a_file_of_much_data_is_written_in_little_memory(name, monkeypatch, tmp_path):
    """Less than a copy of the test images as floats, where one of all images would be five."""
    rng = np.random.default_rng(0)
    train, test = (
        Split(rng.random((count, 784), np.float32), np.zeros(count, np.uint8))
        for count in (40_000, 10_000)
    )
    data = Dataset("own-28x28-0123456789ab", train, test, ("all",), "a file", "one's own")
    fitted = PCA(*(np.zeros(shape, np.float32) for shape in [784, (784, 784), 784, 785, 785]))
    run = trained(RunConfig(dataset=data.name, hidden=(16,)))
    monkeypatch.setattr(quality, "measured", lambda *_: [None, None])
    of = FORMATS[name]
    with (tmp_path / "a").open("wb") as file:
        of.write(file, run, replace(data, train=few(train), test=few(test)), fitted)  # imports
        file.seek(0)
        tracemalloc.start()
        of.write(file, run, data, fitted)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    images = test.images.nbytes
    assert peak < (3.5 if name == "explorer" else 1) * images  # it packs the images whole


def few(split):
    return Split(split.images[:100], split.labels[:100])
