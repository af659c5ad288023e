"""The page Latent plane, on the offline digits."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from pcae import store
from pcae.config import RunConfig
from pcae.methods.pca import load_or_fit
from tests.pages.test_pages import (
    SEED_25,
    button,
    figure,
    finished_copy,
    open_page,
    switch,
    texts,
    train_quickly,
)


def shown(app, place=1):
    """The picture of a plane: PCA's or the autoencoder's."""
    return figure(app, place)["layout"]["images"][0]["source"]


def way(app, place=1):
    """Where the line is drawn in a plane."""
    return figure(app, place)["data"][-1]["x"]


def greys(uri):
    """The pixels of a picture in a data URI."""
    content = base64.b64decode(uri.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"), float).ravel()


def digit(app, name):
    """The input of digit A or B."""
    return next(box for box in app.number_input if box.label == f"Digit {name}")


def film(app):
    """The pictures of the three rows, 11 each."""
    found = re.findall(r'src="(data:image/png[^"]+)"', texts(app))
    assert len(found) == 33
    return np.array(found).reshape(3, 11)


@pytest.fixture
def page(app):
    open_page(app, "latent_plane")
    return app


@pytest.mark.parametrize("k", [1, 2, 3, 30])
def test_both_planes_and_three_rows_are_drawn(app, k):
    run = train_quickly(RunConfig(dataset="mnist-5k", hidden=(16,), k=k))
    app.session_state["run"] = run.key
    open_page(app, "latent_plane")
    axes = [[figure(app, place)["layout"][f"{axis}axis"] for axis in "xy"] for place in (0, 1)]
    titles = [[axis.get("title", {}).get("text") for axis in pair] for pair in axes]
    second = {1: None}.get(k, "code 2")
    assert titles[1] == ["code 1", second]
    assert titles[0][0] == "PC 1"
    assert len(film(app)) == 3
    held = "the other codes at their mean" in figure(app, 1)["layout"]["title"]["text"]
    assert held == (k > 2)
    assert len(app.selectbox) == (3 if k > 2 else 1)


def test_other_numbers_of_the_code_are_chosen(app):
    run = train_quickly(RunConfig(dataset="mnist-5k", hidden=(16,), k=30))
    app.session_state["run"] = run.key
    open_page(app, "latent_plane")
    before = shown(app)
    across, up = app.selectbox[1:]
    up.select(30).run()
    assert figure(app)["layout"]["yaxis"]["title"]["text"] == "PC 30"
    across.select(30).run()
    assert not app.exception
    layout = figure(app, 1)["layout"]
    assert layout["xaxis"]["title"]["text"] == "code 30"
    assert layout["yaxis"]["title"]["text"] != "code 30"
    assert shown(app) != before


def test_the_widgets_change_what_they_should(page):
    layout = figure(page, 1)["layout"]
    picture, line = shown(page), way(page)
    named = [mark["text"] for mark in layout["annotations"]]
    assert "<b>0</b>" in named
    page.toggle(key="regions").set_value(False).run()
    assert shown(page) != picture
    assert len(figure(page, 1)["layout"]["annotations"]) == 2
    page.toggle(key="regions").set_value(True).run()
    assert shown(page) == picture
    page.toggle(key="quantiles").set_value(False).run()
    assert shown(page) != picture
    assert way(page) != line
    page.toggle(key="quantiles").set_value(True)
    page.select_slider(key="share").set_value(2.0).run()
    assert shown(page) != picture
    page.select_slider(key="share").set_value(0.98)
    page.slider(key="tiles").set_value(5).run()
    assert len(shown(page)) < len(picture)
    assert way(page) == line
    assert not page.exception


def test_the_rows_go_from_one_digit_to_the_other(page, sample):
    digit(page, "A").set_value(3)
    digit(page, "B").set_value(8).run()
    images, model = sample.test.pixels(np.array([3, 8])), store.find(SEED_25.key).model()
    ends = (images, load_or_fit(sample).reconstruct(images, 2), model.reconstruct(images))
    for row, (start, end) in zip(film(page), ends, strict=True):
        drawn = np.stack([greys(picture) for picture in row[[0, -1]]])
        # products of one row and of many round apart, on some processors by a grey level
        assert np.abs(drawn - 255 * np.clip([start, end], 0, 1)).max() <= 1
        assert len(set(row)) == 11
    labels = sample.test.labels[[3, 8]]
    assert f"<td>A: {labels[0]}</td>" in texts(page)
    assert f"<td>B: {labels[1]}</td>" in texts(page)


def test_another_pair_is_of_two_classes(page, sample):
    pairs = set()
    for _ in range(4):
        pair = digit(page, "A").value, digit(page, "B").value
        assert sample.test.labels[pair[0]] != sample.test.labels[pair[1]]
        pairs.add(pair)
        button(page, "Another pair").click().run()
        assert not page.exception
    assert len(pairs) == 4


def test_digits_pinned_in_explore_are_taken(app):
    app.session_state["pinned"] = [4_999, 17, 400, 3]
    open_page(app, "latent_plane")
    assert (digit(app, "A").value, digit(app, "B").value) == (17, 400)
    switch(app, "explore")
    app.session_state["pinned"] = [17]
    switch(app, "latent_plane")
    assert digit(app, "A").value != 17


def test_a_run_deleted_meanwhile_is_said(app):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    app.session_state["run"] = run.key
    open_page(app, "latent_plane")
    store.delete(run)
    app.toggle(key="regions").set_value(False).run()
    assert not app.exception
    assert "not there any more" in texts(app)


def test_a_network_whose_training_diverged_is_said(app):
    config = RunConfig(dataset="mnist-5k", hidden=(16,))
    run = train_quickly(config)
    weights = dict(run.model().weights)
    weights["encoder.1.kernel"] = np.full((16, 2), 3e38, np.float32)
    run.write_checkpoint(1, weights)
    app.session_state["run"] = run.key
    open_page(app, "latent_plane")
    assert not app.exception
    assert "are not numbers" in texts(app)


def test_weights_cut_short_are_said(app):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    app.session_state["run"] = run.key
    open_page(app, "latent_plane")
    assert str(path) in texts(app)
    assert not any("figure" in of.proto.json for of in app.get("bidi_component"))
