"""The page Linear = PCA through Streamlit's test harness, on the offline digits."""

import time
from dataclasses import replace

import numpy as np
import pytest

from pcae import store
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from pcae.store import EpochRecord, Status
from pcae.training import jobs
from tests.methods.test_autoencoder import random_weights
from tests.pages.test_link import follow, held
from tests.pages.test_pages import button, figure, open_page, texts

SMALL = replace(PRESETS["Linear"], dataset="mnist-5k", batch_size=32, epochs=40)


def learnt(sample, epochs, config=SMALL):
    """A run after some epochs whose decoder is PCA's plane with its directions mixed."""
    run, fitted = store.create(config), load_or_fit(sample)
    mixed = np.array([[2, 1], [-1, 3]], np.float32) @ fitted.components[:2]
    rows = [EpochRecord(n, 0.07, 0.06, 1.0) for n in range(1, epochs + 1)]
    run.write_history(rows)
    for epoch in range(epochs + 1):
        run.write_codes(epoch, np.zeros((3, 2)), fitted.components[5:7] if epoch == 0 else mixed)
    weights = random_weights(config) | {"decoder.0.kernel": mixed}
    run.write_checkpoint(epochs, weights)
    return run


def test_five_sentences_and_a_button_that_trains(app, no_worker):
    open_page(app, "linear_pca")
    assert [f"{number}. " in texts(app) for number in range(1, 7)] == [True] * 5 + [False]
    assert "Not trained yet" in texts(app)
    button(app, "Train").click().run()
    assert not app.exception
    run = store.find(SMALL.key)
    assert run.config == SMALL
    assert run.status.state == "queued"
    assert button(app, "Train").disabled


def test_a_training_shows_its_angles_as_they_come(app, sample, no_worker):
    learnt(sample, 3).write_status(Status("queued", queued=time.time()))
    open_page(app, "linear_pca")
    angles = [trace["y"] for trace in figure(app)["data"] if trace["name"].startswith("angle")]
    assert len(angles) == 2
    assert "After epoch 3 the largest angle is **0.0" in texts(app)
    assert "The same plane" not in texts(app)


def test_after_the_training_pcas_components_lie_in_the_decoders_plane(app, sample):
    learnt(sample, 40).write_status(Status("finished"))
    open_page(app, "linear_pca")
    pictures = texts(app).split("data:image/png;base64,")[1:]
    drawn = [picture.split('"')[0] for picture in pictures]
    assert len(drawn) == 6
    assert drawn[4:] == drawn[:2]
    assert drawn[2] != drawn[0]


def test_other_weights_are_the_next_seed(app):
    open_page(app, "linear_pca")
    button(app, "Start from other weights").click().run()
    assert "seed 1" in texts(app)


@pytest.mark.parametrize("name", ["codes/0001.safetensors", "history.csv"])
def test_a_damaged_file_is_said(app, sample, name):
    run = learnt(sample, 3)
    run.write_status(Status("finished"))
    (run.folder / name).write_bytes(b"cut")
    open_page(app, "linear_pca")
    assert "damaged" in app.error[0].value


def test_other_weights_and_train_may_come_in_one_message(app, no_worker):
    open_page(app, "linear_pca")
    button(app, "Start from other weights").click()
    button(app, "Train").click().run()
    assert not app.exception
    assert [run.config for run in jobs.queue()] == [replace(SMALL, seed=1)]
    assert button(app, "Train").disabled


def test_ordered_codes_are_trained_by_a_toggle(app, no_worker):
    open_page(app, "linear_pca")
    assert "Ordered codes" not in texts(app)
    app.toggle(key="linear_ordered").set_value(True).run()
    assert held(app)["linear_ordered"] == "True"
    assert "the **component of its number**" in texts(app)
    button(app, "Train").click().run()
    assert [run.config for run in jobs.queue()] == [replace(SMALL, code_order="nested")]


def test_tied_weights_are_trained_by_a_toggle_beside_the_other(app, no_worker):
    open_page(app, "linear_pca")
    assert "Tied weights" not in texts(app)
    app.toggle(key="linear_tied").set_value(True).run()
    assert held(app)["linear_tied"] == "True"
    assert "at right angles" in texts(app)
    app.toggle(key="linear_ordered").set_value(True).run()
    button(app, "Train").click().run()
    tied = replace(SMALL, code_order="nested", decoder_weights="tied")
    assert [run.config for run in jobs.queue()] == [tied]


def test_of_tied_weights_lengths_and_the_angle_between_directions_are_said(app, sample):
    learnt(sample, 40, replace(SMALL, decoder_weights="tied")).write_status(Status("finished"))
    follow(app, "linear_pca", linear_tied="True")
    assert "The directions are **2.236 and 3.162** long and **81.87°** apart." in texts(app)


def test_of_ordered_codes_each_direction_has_an_angle_to_its_component(app, sample):
    ordered = replace(SMALL, code_order="nested")
    learnt(sample, 40, ordered).write_status(Status("finished"))
    follow(app, "linear_pca", linear_ordered="True")
    angles = {trace["name"]: trace["y"] for trace in figure(app)["data"][:4]}
    assert list(angles) == ["plane, angle 1", "plane, angle 2", "component 1", "component 2"]
    mixed = [np.degrees(np.arctan2(1, 2)), np.degrees(np.arctan2(1, 3))]
    last = [angles[name][-1] for name in ("component 1", "component 2")]
    np.testing.assert_allclose(last, mixed, atol=1e-3)
    assert "the components are **26.57° and 18.43°** apart" in texts(app)
    assert "The components, up to their signs" in texts(app)
