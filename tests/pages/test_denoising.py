"""Reconstructions of digits with noise: both methods see it, and are measured without it."""

import re
from dataclasses import replace

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods import noise
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import load_or_fit
from tests.pages.test_data import kept
from tests.pages.test_link import follow, held
from tests.pages.test_pages import (
    SEED_25,
    button_labels,
    finished_copy,
    open_page,
    pictures,
    switch,
    texts,
    train_quickly,
)

DENOISING = replace(SEED_25, noise="gaussian")


def choose(app, kind, trained="none"):
    return app.selectbox(key=f"noise_on_{trained}").select(kind).run()


def means(app):
    return [float(of) for of in re.findall(r"k = 2, mean error (0\.\d+)", texts(app))]


@pytest.mark.parametrize("kind", ["masking", "gaussian"])
def test_rows_are_clean_noisy_pca_and_autoencoder_measured_against_the_clean_one(app, kind, sample):
    open_page(app, "reconstructions")
    assert "With noise" not in texts(app)
    choose(app, kind)
    assert not app.exception
    titles = re.findall(r"<b>(.+?)</b>", texts(app))
    assert titles[:4] == ["Original", "With noise", "PCA", "Autoencoder"]
    assert pictures(app) == 40
    images = sample.test.pixels()
    seen = noise.add(kind, images, range(len(images)))
    network = store.find(SEED_25.key).model()
    made = [seen, load_or_fit(sample).reconstruct(seen, 2), network.reconstruct(seen)]
    errors = np.array([error_per_image(images, of) for of in made])
    drawn = [float(error) for error in re.findall(r"<small>(0\.\d+)</small>", texts(app))]
    np.testing.assert_allclose(drawn, errors[:, :10].ravel(), atol=1e-4)
    np.testing.assert_allclose(means(app), errors[1:].mean(axis=1), atol=1e-4)
    pca, autoencoder = means(app)
    nearer = "the autoencoder" if autoencoder < pca else "PCA"
    assert f"Over all 1,000 test digits {nearer} comes nearer to them" in texts(app)
    assert f"error is {autoencoder:.4f}, PCA's {pca:.4f}." in texts(app)
    assert "was trained without such noise" in texts(app)
    assert not [label for label in button_labels(app) if "is as good" in label]


def test_the_worst_are_those_with_noise_and_a_class_shows_the_same_noise(app):
    open_page(app, "reconstructions")
    choose(app, "masking")
    app.button_group(key="which").set_value("Worst").run()
    drawn = [float(error) for error in re.findall(r"<small>(0\.\d+)</small>", texts(app))]
    assert drawn[20:] == sorted(drawn[20:], reverse=True)
    app.selectbox(key="class").select(3)
    app.button_group(key="which").set_value("First").run()
    uris = re.findall(r'src="(data:image/png[^"]+)"', texts(app))
    app.number_input(key="how_many").set_value(2).run()
    fewer = re.findall(r'src="(data:image/png[^"]+)"', texts(app))
    assert fewer[2:4] == uris[10:12]


def test_for_a_network_trained_with_noise_that_is_chosen_until_another_is(app):
    run = finished_copy(DENOISING)
    follow(app, "reconstructions", run=run.key)
    assert app.selectbox(key="noise_on_gaussian").value == "gaussian"
    assert "<b>With noise</b>" in texts(app)
    assert "this network has learned, from such noise" in texts(app)
    assert "noise_on_gaussian" not in held(app)
    choose(app, "none", "gaussian")
    assert "<b>With noise</b>" not in texts(app)
    assert held(app)["noise_on_gaussian"] == "none"
    switch(app, "components")
    switch(app, "reconstructions")
    assert not app.exception


def test_the_noise_is_in_the_address_and_comes_back(app):
    follow(app, "reconstructions", noise_on_none="masking")
    assert not app.warning
    assert app.selectbox(key="noise_on_none").value == "masking"
    assert held(app)["noise_on_none"] == "masking"


def test_a_noise_that_there_is_not_is_told(app):
    follow(app, "reconstructions", noise_on_none="loud")
    assert "noise_on_none cannot be used" in texts(app)
    assert app.selectbox(key="noise_on_none").value == "none"


def test_a_table_has_noise_in_its_columns(app, files):
    data = kept(files["table"])
    app.session_state["run"] = train_quickly(RunConfig(dataset=data.name, hidden=(8,))).key
    open_page(app, "reconstructions")
    choose(app, "masking")
    assert not app.exception
    shown = app.dataframe[0].value
    assert list(shown["Shown as"][:4]) == ["Original", "With noise", "PCA", "Autoencoder"]
    assert "Each column is set to 0 with a probability of 0.3" in texts(app)
