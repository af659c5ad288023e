"""Every page through Streamlit's test harness, on the offline digits."""

import json
import re
import sys
import time
from html import unescape

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.server import loading, routes
from pcae.store import Status
from pcae.training import jobs
from tests.pages.conftest import ROOT

SEED_5, SEED_25 = PRESETS["Seed network, 5 epochs"], PRESETS["Seed network, 25 epochs"]
HEAVY = ("tensorflow", "keras", "sklearn", "distributed", "dask")


def texts(app):
    """Everything written on the page, as one text."""
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.header)
    parts = [element.value for kind in kinds for element in kind]
    return "\n".join(parts + [element.body for element in app.get("html")])


def open_page(app, name):
    """Switch to a page, as a click on the navigation does."""
    app.run()
    return switch(app, name)


def switch(app, name):
    """Go to another page."""
    app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
    assert not app.exception
    return app


def figure(app, place=0):
    """A chart's figure."""
    return sent(app, "figure")[place]["figure"]


def planes(app):
    """The small planes of codes on the page."""
    return sent(app, "panels")[0]["panels"]


def sent(app, part):
    """What components are told whose data has this part."""
    return [data for data in told(app) if part in data]


def told(app):
    """What every component is told, as its script gets it: JSON that travels as text."""
    return [json.loads(json.loads(of.proto.json)[0]) for of in app.get("bidi_component")]


def button_labels(app):
    """What is seen on the buttons: what else they are called is for readers of the screen."""
    return [b.label.partition(" :gray[")[0] for b in app.button]


def button(app, label):
    return app.button[button_labels(app).index(label)]


def drawn_table(app):
    """The cells of the table's rows, with their names first."""
    (html,) = [html.body for html in app.get("html") if "<table>" in html.body]
    rows = re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2])
    return [list(map(unescape, re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row))) for row in rows]


def explorer(app):
    """What the explorer is told."""
    return told(app)[0]


def finished_copy(config):
    """A run of one's own with the shipped network's files, as if it had been trained here."""
    shipped, run = store.find(SEED_25.key), store.create(config)
    for file in ("history.csv", "record.json", "weights.safetensors"):
        (run.folder / file).write_bytes((shipped.folder / file).read_bytes())
    run.write_status(Status("finished"))
    return run


def test_explore_opens_on_the_shipped_network_and_says_what_it_shows(app):
    app.run()
    assert not app.exception
    assert "2 codes reconstruct as well as" in texts(app)
    assert "5,000 real MNIST digits stand in for the full MNIST" in texts(app)
    assert "as recorded in training" in texts(app)
    run, view = store.find(SEED_25.key), loading.view("mnist")
    assert explorer(app) == routes.addresses(run, view)


@pytest.mark.parametrize("page", ["explore", "train", "reconstructions", "components"])
def test_the_first_visitor_of_a_server_may_follow_a_link_to_a_page(app, page):
    switch(app, page)
    assert any(box.label in {"Network", "Start from"} for box in app.selectbox)


def train_quickly(config):
    """A run with weights that nobody trained."""
    from tests.methods.test_autoencoder import random_weights

    run = store.create(config)
    run.write_history([store.EpochRecord(1, 0.1, 0.1, 1.0)])
    run.write_checkpoint(1, random_weights(config))
    run.write_status(Status("finished"))
    return run


def pictures(app):
    """How many pictures of digits Reconstructions shows, beside the two maps of errors."""
    return texts(app).count("data:image/png") - 2


@pytest.mark.parametrize("which", ["First", "One per class", "Random", "Worst", "Best"])
def test_reconstructions_draw_three_rows(app, which):
    open_page(app, "reconstructions")
    app.button_group(key="which").set_value(which).run()
    assert not app.exception
    assert pictures(app) == 30
    drawn = [float(error) for error in re.findall(r"<small>(0\.\d+)</small>", texts(app))]
    assert len(drawn) == 20
    if which in {"Worst", "Best"}:
        assert drawn[10:] == sorted(drawn[10:], reverse=which == "Worst")
    for title in ("Original", "PCA", "Autoencoder"):
        assert f"<b>{title}</b>" in texts(app)


def test_reconstructions_show_the_chosen_digits_and_compared_runs(app):
    open_page(app, "reconstructions")
    app.button_group(key="which").set_value("Selected in Explore").run()
    assert "There are no such test digits" in texts(app)
    app.session_state["selected"] = [4, 7, 2_000]
    app.session_state["compare"] = {SEED_5.key}
    app.run()
    assert pictures(app) == 8
    assert "Seed network, 5 epochs" in texts(app)
    app.session_state["pinned"] = [1, 2, 3]
    app.button_group(key="which").set_value("Pinned in Explore").run()
    assert pictures(app) == 12


@pytest.mark.parametrize("which", ["Autoencoder gains", "PCA gains"])
def test_reconstructions_can_be_sorted_by_gain_within_a_class(app, which):
    open_page(app, "reconstructions")
    app.button_group(key="which").set_value(which)
    app.selectbox(key="class").select(3).run()
    assert not app.exception
    drawn = np.array(re.findall(r"<small>(0\.\d+)</small>", texts(app)), float)
    gain = drawn[:10] - drawn[10:]
    if which == "PCA gains":
        gain = -gain
    assert gain[0] > 0
    assert (np.diff(gain) < 2e-4).all()  # the captions are rounded
    assert texts(app).count("<td>3</td>") == 10


def test_reconstructions_show_differences_and_pca_that_is_as_good(app, sample):
    from pcae.methods.metrics import equivalent_k
    from pcae.methods.pca import load_or_fit

    open_page(app, "reconstructions")
    app.toggle(key="differences").set_value(True).run()
    assert pictures(app) == 50
    errors = load_or_fit(sample).test_error
    images = sample.test.pixels()
    error = np.square(images - store.find(SEED_25.key).model().reconstruct(images)).mean()
    k = round(equivalent_k(error, errors))
    button(app, f"k = {k} is as good").click().run()
    assert not app.exception
    assert f"k = {k}, mean error {errors[k]:.4f}" in texts(app)


def test_the_errors_of_the_classes_add_up_to_the_total(app, sample):
    open_page(app, "reconstructions")
    bars = figure(app)["data"]
    counts = np.bincount(sample.test.labels)
    means = [np.average(bar["y"], weights=counts) for bar in bars]
    images = sample.test.pixels()
    error = np.square(images - store.find(SEED_25.key).model().reconstruct(images)).mean()
    assert means[1] == pytest.approx(error, rel=1e-4)
    assert f"k = 2, mean error {means[0]:.4f}" in texts(app)
    assert f"k = 2, mean error {means[1]:.4f}" in texts(app)


def test_reconstructions_follow_the_slider(app, sample):
    from pcae.methods.pca import load_or_fit

    open_page(app, "reconstructions")
    app.slider[0].set_value(9).run()
    assert f"k = 9, mean error {load_or_fit(sample).test_error[9]:.4f}" in texts(app)


def test_components_say_what_the_codes_are_worth(app, sample):
    from pcae.methods.pca import load_or_fit

    train_quickly(RunConfig(dataset="mnist-5k", hidden=(8,), k=3))
    open_page(app, "components")
    errors = load_or_fit(sample).test_error
    images = sample.test.pixels()
    error = np.square(images - store.find(SEED_25.key).model().reconstruct(images)).mean()
    enough = next(k for k in range(785) if errors[k] <= error)
    part = (errors[enough - 1] - error) / (errors[enough - 1] - errors[enough])
    assert figure(app)["data"][-1]["text"][1] == f"{enough - 1 + part:.1f}"
    assert f"PCA has {errors[enough]:.4f} with k = {enough}" in texts(app)
    drawn = figure(app)["data"]
    assert len(drawn) == 2 + len(PRESETS)  # PCA on both splits, and the networks that ship
    assert figure(app)["layout"]["yaxis"]["type"] == "log"
    app.toggle(key="log_axes").set_value(False).run()
    assert figure(app)["layout"]["yaxis"].get("type") != "log"


def test_components_show_directions_at_the_pinned_digits(app):
    open_page(app, "components")
    assert texts(app).count("data:image/png") == 5 * 3
    angles = [int(angle) for angle in re.findall(r"turned by (\d+)°", texts(app))]
    assert len(angles) == 4
    assert all(0 < angle <= 90 for angle in angles)
    app.session_state["pinned"] = [17, 4_000]
    app.run()
    assert not app.exception
    assert texts(app).count("data:image/png") == 2 * 3
    assert "At test digit 17" in texts(app)


def test_the_directions_of_a_linear_decoder_are_its_weights_everywhere(app):
    config = RunConfig(dataset="mnist-5k", hidden=(), output="linear")
    run = train_quickly(config)
    app.session_state["run"] = config.key
    open_page(app, "components")
    angles = set(re.findall(r"turned by (\d+)°", texts(app)))
    assert len(angles) == 1
    kernel = run.model().weights["decoder.0.kernel"]
    np.testing.assert_allclose(run.model().decoder_jacobian([3.0, -1.0]), kernel)


def test_inside_an_epoch_the_codes_are_worth_components_already(app):
    config = RunConfig(dataset="mnist-5k", hidden=(32,), epochs=9)
    run = store.create(config)
    within = [[0.2, 0.08], [0.4, 0.05]]
    run.write_status(Status("running", "Training.", 1, 13, 32, 0.07, within=within))
    app.session_state["watched"] = run.key
    with jobs.run_lock(run):
        open_page(app, "train")
        assert re.search(r"as well as 0\.\d principal components.* 0\.0650\)", texts(app))
        run.write_status(Status("running", "Training.", 1, 13, 32, 0.07, within=within[1:] * 5))
        app.run()
    assert not app.exception
    assert re.search(r"as well as [34]\.\d principal components.* 0\.0500\)", texts(app))


def test_damaged_data_is_said_and_the_sample_shown(app, tmp_path, monkeypatch):
    (tmp_path / "mnist.npz").write_bytes(b"cut")
    monkeypatch.setenv("PCAE_DATA", str(tmp_path))
    app.run()
    assert not app.exception
    assert f"{tmp_path / 'mnist.npz'} cannot be read" in texts(app)
    assert "5,000 real MNIST digits stand in" in texts(app)


def test_a_store_that_cannot_be_written_is_said(app, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "below"))
    open_page(app, "train")
    button(app, "Train").click().run()
    assert not app.exception
    assert "set PCAE_HOME to a folder that can be written" in texts(app)


def test_the_arrived_full_set_is_offered(app, monkeypatch):
    from pcae.data import datasets
    from pcae.data.datasets import DataMissing

    full = datasets.load("mnist-5k")
    here = []

    def load(name):
        if name == "mnist" and not here:
            raise DataMissing("The full MNIST is not on this machine.")
        return full

    monkeypatch.setattr(datasets, "load", load)
    monkeypatch.setattr(datasets, "_sample", lambda: full)
    monkeypatch.setattr(datasets, "download", lambda name, _: here.append(name))
    app.run()
    time.sleep(0.2)
    app.run()
    offer = button(app, "Use the full MNIST")
    offer.click().run()
    assert not app.exception
    assert "stand in for" not in texts(app)


def test_no_network_is_said_with_a_button_that_tries_again(app):
    app.run()
    end = time.monotonic() + 30
    while "could not be downloaded" not in texts(app) and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    assert "could not be downloaded" in texts(app)
    button(app, "Try again").click().run()
    assert not app.exception


def test_no_page_brings_tensorflow_into_the_process(app):
    import subprocess

    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        "from pcae.ui import shell; import app as server\n"
        "app = AppTest.from_file('pcae/ui/frame.py', default_timeout=60).run()\n"
        "for page in [*shell.TITLES, 'explore']:\n"
        "    app.switch_page(str(shell.path(page))).run(); assert not app.exception\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
