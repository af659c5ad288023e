"""Variational networks on the pages: the parts of their loss, their plane, and samples."""

import re

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods.sampling import distribution
from pcae.store import EpochRecord, Status
from pcae.training import jobs
from tests.pages.test_latent_plane import greys, shown
from tests.pages.test_link import follow, held
from tests.pages.test_pages import button, figure, open_page, texts, told, train_quickly

PLAIN = RunConfig(dataset="mnist-5k", hidden=(16,))
VARIATIONAL = RunConfig(dataset="mnist-5k", hidden=(16,), beta=7.84)


def show(app, config):
    """Open a network that nobody trained on Latent plane."""
    run = train_quickly(config)
    app.session_state["run"] = run.key
    open_page(app, "latent_plane")
    return run


def sampled(app):
    """The pictures of the sample, after the film's: two rows of PCA's, two of the network's."""
    found = re.findall(r'src="(data:image/png[^"]+)"', texts(app))[33:]
    return np.array(found).reshape(-1, 11)


def across(app, place):
    """What stands on the horizontal axis of a plane, and where."""
    axis = figure(app, place)["layout"]["xaxis"]
    values = [float(text.replace("−", "-")) for text in axis["ticktext"]]
    return dict(zip(values, axis["tickvals"], strict=True))


def charts(app):
    """The charts on the page, by name."""
    return {of["name"]: of["figure"] for of in told(app) if "figure" in of}


def test_the_parts_of_the_loss_are_curves_while_it_trains_and_after(app):
    run = store.create(VARIATIONAL)
    row = EpochRecord(1, 0.12, 0.05, 1.0, 2.0)
    run.write_history([row])
    within = [[1.25, 0.13, 4.0], [1.5, 0.12, 3.0]]
    run.write_status(Status("running", "Training.", 2, 16, 32, 0.12, within=within))
    app.session_state["watched"] = run.key
    with jobs.run_lock(run):
        open_page(app, "train")
        assert not app.exception
    rebuilt, divergence = charts(app)["loss_parts"]["data"]
    assert rebuilt["x"] == divergence["x"] == [1, 1.25, 1.5]
    assert rebuilt["y"] == pytest.approx([0.1, 0.09, 0.09])
    assert divergence["y"] == [2, 4, 3]
    assert len(charts(app)["learning_curves"]["data"]) == 1  # the loss is no error beside others
    assert "test error 0.0500" in texts(app)
    assert "7.84/784 times the right" in texts(app)
    run.write_history([row, EpochRecord(2, 0.11, 0.045, 1.0, 2.5)])
    run.write_status(Status("finished"))
    app.run()
    assert charts(app)["loss_parts"]["data"][1]["y"] == [2, 2.5]


def test_a_plain_network_has_no_parts_and_no_plane_by_the_normal_distribution(app):
    run = train_quickly(PLAIN)
    app.session_state["watched"] = run.key
    open_page(app, "train")
    assert "loss_parts" not in charts(app)
    show(app, PLAIN)
    assert {toggle.key for toggle in app.toggle} >= {"quantiles"}
    assert "normal" not in {toggle.key for toggle in app.toggle}


def test_a_variational_plane_is_spread_by_the_standard_normal_distribution(app):
    show(app, VARIATIONAL)
    before = shown(app)
    app.toggle(key="normal").set_value(True).run()
    assert not app.exception
    assert shown(app) != before
    assert app.toggle(key="quantiles").disabled
    assert held(app)["normal"] == "True"
    ticks = across(app, 1)
    assert ticks[0] == pytest.approx(0.5, abs=1e-3)
    assert ticks[1] == pytest.approx(0.5 + 0.3413 / 0.98, abs=1e-3)
    assert ticks[-1] == pytest.approx(0.5 - 0.3413 / 0.98, abs=1e-3)
    assert across(app, 0)[0] == pytest.approx(0.5, abs=0.05)  # the test images' mean score


def test_that_the_plane_is_spread_so_comes_with_a_link(app):
    run = train_quickly(VARIATIONAL)
    follow(app, "latent_plane", run=run.key, normal="True", **VARIATIONAL.to_query())
    assert app.toggle(key="normal").value
    assert across(app, 1)[0] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("config", [PLAIN, VARIATIONAL], ids=["plain", "variational"])
def test_a_sample_is_what_the_decoder_makes_of_codes_drawn_at_random(app, config, sample):
    run = show(app, config)
    assert len(sampled(app)) == 0
    button(app, "Sample").click().run()
    assert not app.exception
    assert held(app)["sample"] == "1"
    first, model = sampled(app), run.model()
    assert first.shape == (4, 11)
    drawn = distribution(model.encode(sample.test.pixels()), config).draw(22, 1)
    for picture, image in ((first[2, 0], 0), (first[3, 10], 21)):
        made = 255 * np.clip(model.decode(drawn)[image], 0, 1)
        assert np.abs(greys(picture) - made).max() <= 1
    said = "from the standard normal one" if config.beta else "may fall into a hole"
    assert said in texts(app)
    button(app, "Sample").click().run()
    assert held(app)["sample"] == "2"
    assert not np.isin(sampled(app), first).any()


def test_a_sample_comes_back_with_a_link(app, sample):
    run = train_quickly(VARIATIONAL)
    follow(app, "latent_plane", run=run.key, sample="7", **VARIATIONAL.to_query())
    made = run.model().decode(np.random.default_rng(7).standard_normal((22, 2)))[0]
    assert np.abs(greys(sampled(app)[2, 0]) - 255 * np.clip(made, 0, 1)).max() <= 1
    assert held(app)["sample"] == "7"


def test_a_sample_that_there_is_not_is_told(app):
    follow(app, "latent_plane", sample="1000")
    assert "sample cannot be used" in texts(app)
    assert len(sampled(app)) == 0
