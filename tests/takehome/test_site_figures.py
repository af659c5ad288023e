"""What a site has of its networks that no choice there changes."""

import json

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.data.dataset import Dataset, Split
from pcae.figures import bottlenecks
from pcae.figures.charts import plain
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import error_per_pixel
from pcae.methods.pca import fit
from pcae.store import Run
from pcae.takehome import parts, site_figures
from pcae.takehome.site_figures import Shown
from tests.figures.test_bottlenecks import FITTED, WHOLE, run_with
from tests.methods.test_autoencoder import random_weights

SMALL = "own-3x4-0123456789ab"


@pytest.fixture(scope="module")
def data():
    """Pictures of 3 × 4 pixels."""
    rng = np.random.default_rng(1)
    splits = [
        Split(rng.integers(0, 256, (n, 12), np.uint8), rng.integers(0, 2, n, np.uint8))
        for n in (40, 30)
    ]
    return Dataset(SMALL, *splits, classes=("ant", "bee"), source="", licence="")


def shown(tmp_path, title, dataset, pca, own=True):
    """A network of a data set, of which nothing but its settings is read."""
    config = RunConfig(dataset=dataset, k=2, hidden=(8,), seed=len(title))
    folder = tmp_path / config.key
    folder.mkdir()
    (folder / "config.json").write_text(config.canonical)
    return Shown(Run(config.key, folder), title, 0.03, pca, "0123", own)


def test_a_network_is_shown_among_the_others_of_its_data(tmp_path, data):
    pca = fit(data)
    networks = [
        shown(tmp_path, "one", "mnist", pca),
        shown(tmp_path, "three", "mnist", pca, own=False),
        shown(tmp_path, "other", SMALL, pca),
    ]
    made = dict(site_figures.components(networks))
    names = [
        [trace["name"] for trace in made[of.run.key]["log"]["curve"]["data"][2:]] for of in networks
    ]
    published = [of.name for of in bottlenecks.published(pca)]
    assert names == [["three", *published, "one"], ["one", "three"], ["other"]]
    opened = made[networks[2].run.key]
    assert opened["sentence"] == bottlenecks.in_words(networks[2].bottleneck, pca)
    for name, log in (("log", True), ("linear", False)):
        curve, variance = bottlenecks.charts(pca, [], networks[2].bottleneck, log=log)
        assert opened[name] == {"curve": plain(curve), "variance": plain(variance)}
    assert json.loads(json.dumps(made)) == made


def test_of_ordered_codes_the_site_has_the_curve_of_its_own_data_alone(tmp_path):
    run = run_with(tmp_path, WHOLE)
    curves = []
    for digest in (WHOLE["data"]["digest"], "another"):
        ((_, made),) = site_figures.components([Shown(run, "one", 0.05, FITTED, digest, own=True)])
        names = [trace["name"] for trace in made["log"]["curve"]["data"]]
        curves.append([name for name in names if name.startswith("First j codes")])
        assert ("with 1, 2 and 3 it is worth" in made["sentence"]) == bool(curves[-1])
    assert curves == [["First j codes, test", "First j codes, train"], []]


def test_errors_at_pixels_are_over_all_test_images(data, monkeypatch):
    monkeypatch.setattr(parts, "_ROWS_AT_ONCE", 7)
    config = RunConfig(dataset=SMALL, k=2, hidden=(8,))
    model, images = Autoencoder(config, random_weights(config)), data.test.pixels()
    found = parts.pixel_errors(model, data)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, error_per_pixel(images, model.reconstruct(images)), rtol=1e-5)
