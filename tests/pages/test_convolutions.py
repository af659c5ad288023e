"""Convolutional networks: the form of their settings, and every page with one."""

import re

import pytest

from pcae.config import RunConfig
from pcae.training import estimate, jobs
from pcae.ui import shell
from tests.pages.test_link import follow, held
from tests.pages.test_pages import button, open_page, texts, train_quickly

SMALL = RunConfig(dataset="mnist-5k", architecture="convolutional", hidden=(4, 6), epochs=1, k=3)


def widths(app):
    """What the field of the widths is called, and what is in it."""
    return app.text_input[0].label, app.text_input[0].value


@pytest.fixture
def on_cpu(monkeypatch):
    """No GPU is seen."""
    monkeypatch.setattr(estimate, "visible_gpus", list)


def test_the_form_has_channels_and_tells_how_long_an_epoch_takes(app, on_cpu, no_worker):
    open_page(app, "train")
    app.selectbox(key="form_architecture").set_value("convolutional").run()
    assert widths(app) == ("Channels", "32, 64, 128")
    assert "784-32c-64c-128c-2, ELU, 5 epochs, convolutional" in texts(app)
    told = r"195,459 parameters; an epoch takes about \d+ (s|min) on this CPU, the training about "
    assert re.search(told, texts(app))
    assert held(app)["architecture"] == "convolutional"
    button(app, "Train").click().run()
    (run,) = jobs.queue()
    assert run.config == RunConfig(
        dataset="mnist-5k", architecture="convolutional", hidden=(32, 64, 128)
    )


def test_the_other_architectures_usual_widths_come_with_it_and_ones_own_stay(app):
    open_page(app, "train")
    app.selectbox(key="form_architecture").set_value("convolutional").run()
    assert widths(app) == ("Channels", "32, 64, 128")
    app.selectbox(key="form_architecture_1").set_value("dense").run()
    assert widths(app) == ("Hidden widths", "512, 128")
    app.text_input[0].set_value("8, 9").run()
    app.selectbox(key="form_architecture_2").set_value("convolutional").run()
    assert widths(app) == ("Channels", "8, 9")


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        ("", "write channels, as in 32, 64, 128"),
        ("1, 2, 3, 4, 5, 6, 7, 8", "too small to be halved"),
    ],
)
def test_widths_that_are_no_convolutions_are_refused_in_a_sentence(app, hidden, message):
    follow(app, "train", architecture="convolutional", hidden="4")
    app.text_input[0].set_value(hidden).run()
    assert not app.exception
    assert message in app.error[0].value


@pytest.mark.parametrize("page", [page for page in shell.TITLES if page != "lessons"])
def test_every_page_shows_a_convolutional_network(app, page):
    run = train_quickly(SMALL)
    follow(app, page, run=run.key, **SMALL.to_query())
    assert not app.exception
    assert not app.error
