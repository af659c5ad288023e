"""The page Data: what comes along, what is fetched, and what is fetched anew."""

import pytest
import requests

from pcae import names
from pcae.data import datasets
from pcae.data.published import gallery
from pcae.server import loading
from tests.data.conftest import crafted, mirror, served_mnist  # noqa: F401 (fixtures)
from tests.data.published.test_gallery import stand_in
from tests.pages.test_data import said
from tests.pages.test_pages import button, button_labels, switch, texts

CUT = b"PK\3\4 half of a file"


@pytest.fixture
def cut():
    """A file in Keras's cache that was cut off."""
    path = datasets.keras_cache() / "mnist.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(CUT)
    return path


def end(name):
    """Wait until what is fetched is here, or is not to be had."""
    loading.fetching(name)._thread.join()


def test_a_damaged_file_is_said_and_is_not_trained_on(app, cut):
    switch(app, "data")
    assert str(cut) in app.error[0].value
    assert "cannot be read: it is damaged" in app.error[0].value
    assert "on_mnist" not in {button.key for button in app.button}
    assert button_labels(app).count("Fetch it anew") == 1
    assert loading.fetching("mnist") is None  # nobody said so yet


def test_a_damaged_file_is_fetched_anew_with_one_click(app, cut, served_mnist):  # noqa: F811
    switch(app, "explore")
    assert "stand in for the full MNIST" in texts(app)
    switch(app, "data")
    button(app, "Fetch it anew").click().run()
    end("mnist")
    app.run()
    assert not app.exception
    assert not app.error
    assert "on_mnist" in {button.key for button in app.button}
    assert cut.read_bytes() == served_mnist.served["mnist.npz"]
    switch(app, "explore")
    assert "stand in for" not in texts(app)


def test_what_is_damaged_stays_until_a_whole_one_is_here(app, cut, served_mnist):  # noqa: F811
    served_mnist.served["mnist.npz"] += b"not what is published"
    switch(app, "data")
    button(app, "Fetch it anew").click().run()
    end("mnist")
    app.run()
    assert "is not what is published; it was thrown away" in app.error[0].value
    assert button_labels(app).count("Fetch it anew") == 1
    assert cut.read_bytes() == CUT


def test_it_is_fetched_anew_where_the_stand_in_is_shown(app, cut, served_mnist):  # noqa: F811
    switch(app, "explore")
    assert {"Fetch it anew", "Try again"} <= set(button_labels(app))
    button(app, "Fetch it anew").click().run()
    end("mnist")
    app.run()
    button(app, "Use the full MNIST").click().run()
    assert not app.exception
    assert "stand in for" not in texts(app)


def test_try_again_looks_at_the_file_that_came_meanwhile(app, cut, served_mnist):  # noqa: F811
    switch(app, "explore")
    assert "it is damaged" in texts(app)
    datasets.download("mnist")  # as the command line does
    button(app, "Try again").click().run()
    assert not app.exception
    assert "stand in for" not in texts(app)


def test_a_folder_that_is_none_is_said_by_the_download(app, monkeypatch, tmp_path):
    monkeypatch.setenv("PCAE_DATA", str(tmp_path / "none"))
    switch(app, "data")
    assert not app.exception
    app.button(key="get_mnist").click().run()
    end("mnist")
    app.run()
    assert "could not be downloaded" in app.error[0].value
    assert names.title("mnist") in app.error[0].value


def test_a_source_is_fetched_with_a_click_and_then_trained_on(
    app,
    mirror,  # noqa: F811
    monkeypatch,
):
    stand_in("usps", mirror, monkeypatch)
    switch(app, "data")
    for source in gallery.SOURCES.values():
        assert f"**{source.title}**" in texts(app)
        assert source.licence in texts(app)
    app.button(key="get_usps").click().run()
    switch(app, "glossary")  # it goes on
    end("usps")
    switch(app, "data")
    assert not app.exception
    (name,) = names.own()
    assert "get_usps" not in {button.key for button in app.button}
    assert "60 training and 20 test images of 16×16 pixels, 5 classes" in texts(app)
    assert said(app).count(gallery.SOURCES["usps"].licence) == 1
    app.button(key=f"on_{name}").click().run()
    assert app.selectbox(key="form_dataset").value == name


def test_where_there_is_no_network_the_file_to_bring_is_named(
    app,
    mirror,  # noqa: F811
    monkeypatch,
):
    stand_in("olivetti-faces", mirror, monkeypatch)
    mirror.served |= dict.fromkeys(mirror.served, requests.ConnectionError())
    switch(app, "data")
    app.button(key="get_olivetti-faces").click().run()
    end("olivetti-faces")
    app.run()
    assert "bring olivettifaces.mat from" in app.error[0].value
    assert "get_olivetti-faces" in {button.key for button in app.button}
