"""What an address asks for, and what it says of what a page shows."""

import re
from urllib.parse import urlencode

import pytest
import streamlit as st

from pcae import store
from pcae.config import RunConfig
from pcae.store import Status
from pcae.ui import run_picker
from tests.pages.test_pages import (
    SEED_5,
    SEED_25,
    button,
    explorer,
    finished_copy,
    pictures,
    switch,
    texts,
    told,
    train_quickly,
)


def follow(app, page, **parameters):
    """Open an address in a new visit."""
    for name, text in parameters.items():
        app.query_params[name] = text
    return switch(app, page)


def share(app):
    """What the browser is told of the address and of what can be shared."""
    return told(app)[-1]


def held(app):
    """The parameters that the address gets."""
    return share(app)["query"]


def test_an_address_names_the_run_with_its_settings_on_every_page_that_shows_one(app):
    app.run()
    expected = {"run": SEED_25.key, "epochs": "25"}
    assert held(app) == expected
    for page in ("reconstructions", "components", "latent_plane", "draw"):
        switch(app, page)
        assert {name: held(app).get(name) for name in expected} == expected
    switch(app, "train")
    assert held(app) == {"dataset": "mnist-5k"}


def test_a_run_that_is_here_is_opened_whatever_the_link_says_of_it(app):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    follow(app, "draw", run=run.key)
    assert app.selectbox(key="run_picked").value == run.key
    assert held(app)["seed"] == "7"
    store.delete(run)
    app.run()
    assert held(app)["run"] == SEED_25.key


@pytest.mark.parametrize(
    ("page", "parameters"),
    [
        ("explore", {"run": "../../etc", "pinned": "1,-3", "hide": "nothing", "projector": "yes"}),
        ("explore", {"run": "0123456789ab", "pinned": ",".join(map(str, range(13)))}),
        ("explore", {"settings": "", "hidden": "<script>", "pinned": "70000"}),
        ("reconstructions", {"which": "Any", "class": "10", "how_many": "1e9", "pca_k_2": "nan"}),
        ("latent_plane", {"tiles": "31", "share": "0.97", "quantiles": "1"}),
        ("compare", {"compare_part": "x", "compare": "seed=one"}),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence_and_the_usual_shown(app, page, parameters):
    follow(app, page, **parameters, **{"<img src=x>": "1"})
    (said,) = [warning.value for warning in app.warning]
    assert "cannot be used" in said
    assert "<" not in said
    assert "unknown parts" in said
    for name in parameters.keys() - {"hidden"}:
        assert name in said
    assert held(app).keys() <= {"run", "epochs", "compare"}
    assert held(app).get("run", SEED_25.key) == SEED_25.key
    app.run()
    assert "cannot be used" in texts(app)
    switch(app, "glossary")
    assert "cannot be used" not in texts(app)


def test_what_reconstructions_show_is_in_the_address_and_comes_back(app):
    asked = {"which": "Worst", "class": "3", "how_many": "7", "pca_k_2": "5", "differences": "True"}
    follow(app, "reconstructions", **asked)
    assert [warning.value for warning in app.warning] == []
    assert app.button_group(key="which").value == "Worst"
    assert app.selectbox(key="class").value == 3
    assert app.slider(key="pca_k_2").value == 5
    assert pictures(app) == 5 * 7
    assert held(app).items() >= asked.items()
    app.button(key="as_good").click().run()
    assert held(app)["pca_k_2"] == str(app.slider(key="pca_k_2").value) != "5"
    app.toggle(key="differences").set_value(False).run()
    assert "differences" not in held(app)


def test_what_the_latent_plane_shows_comes_back(app):
    asked = {"tiles": "9", "share": "1.5", "quantiles": "False", "regions": "False"}
    follow(app, "latent_plane", **asked)
    assert [warning.value for warning in app.warning] == []
    assert (app.slider(key="tiles").value, app.select_slider(key="share").value) == (9, 1.5)
    assert held(app).items() >= asked.items()
    button(app, "Another pair").click().run()
    pair = {box.key: str(int(box.value)) for box in app.number_input}
    assert held(app).items() >= pair.items()
    app.slider(key="tiles").set_value(18).run()
    assert "tiles" not in held(app)


def test_what_is_compared_comes_back_and_a_network_that_is_not_here_is_offered(app):
    missing = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=1)
    named = "hidden=8&epochs=1&dataset=mnist-5k"
    asked = f"|{named}|{named}|{urlencode(SEED_25.to_query())}"
    follow(app, "compare", compare=asked)
    assert not app.warning
    assert app.multiselect(key="compared").value == [SEED_5.key, SEED_25.key]
    assert held(app)["compare"] == f"|epochs=25|{urlencode(missing.to_query())}"
    assert f"not on this machine: {missing.name}" in texts(app)
    assert not button(app, "Train it").disabled
    train_quickly(missing)
    app.run()
    assert app.multiselect(key="compared").value == [SEED_5.key, SEED_25.key, missing.key]
    assert "not on this machine" not in texts(app)
    assert "hidden=8" in held(app)["compare"]


def test_the_rows_of_compared_networks_go_with_the_link_to_reconstructions(app):
    missing = RunConfig(hidden=(8,), epochs=1)
    asked = f"|{urlencode(missing.to_query())}"
    follow(app, "reconstructions", run=SEED_25.key, epochs="25", compare=asked)
    assert not app.warning
    assert f"not on this machine: {missing.name}" in texts(app)
    assert pictures(app) == 40
    assert "<b>Seed network, 5 epochs" in texts(app)
    assert held(app)["compare"] == asked
    scale = re.compile(r"white is [\d.]+\.").findall
    before = scale(texts(app))
    train_quickly(missing)
    app.run()
    assert pictures(app) == 50
    assert len(before) == 1
    assert scale(texts(app)) == before  # the maps of this network and of PCA alone
    assert held(app)["compare"].split("|") == asked.split("|")


def test_an_offered_network_whose_training_failed_says_why_and_can_be_left_out(app):
    missing = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=1)
    follow(app, "compare", compare="|" + urlencode(missing.to_query()))
    store.create(missing).write_status(Status("failed", "The disk is full."))
    app.run()
    assert [warning.value for warning in app.warning] == ["The disk is full."]
    assert not button(app, "Train it").disabled
    button(app, "Leave out").click().run()
    assert not app.exception
    assert "not on this machine" not in texts(app)
    assert held(app)["compare"] == ""


def test_networks_of_data_that_is_not_here_are_offered_without_their_training(app):
    follow(app, "compare", compare="hidden=8|hidden=9|epochs=25")
    assert texts(app).count("not on this machine") == 2
    assert texts(app).count("The full MNIST is not here") == 1
    assert all(of.disabled for of in app.button if of.label.startswith("Train it"))


@pytest.mark.parametrize("compare", ["epochs=0", "|" * 50, "x=1", "hidden=9|<script>"])
def test_what_cannot_be_compared_is_said_in_a_sentence(app, compare):
    follow(app, "compare", compare=compare)
    (said,) = [warning.value for warning in app.warning]
    assert "compare cannot be used" in said
    assert len(app.multiselect(key="compared").value) == 3


def test_pinned_digits_go_with_the_link_to_every_page(app):
    follow(app, "reconstructions", pinned="12,5", which="Pinned in Explore")
    assert "no. 12" in texts(app)
    assert "no. 5" in texts(app)
    assert held(app)["pinned"] == "12,5"
    switch(app, "explore")
    assert explorer(app)["pinned"] == [12, 5]
    assert "pinned" not in held(app)  # the explorer says it itself


def test_selected_and_random_digits_go_with_the_link(app):
    follow(app, "reconstructions", selected="12,5", which="Selected in Explore")
    assert "no. 12" in texts(app)
    assert held(app)["selected"] == "12,5"
    app.button_group(key="which").set_value("Random").run()
    assert "selected" not in held(app)
    button(app, "Draw others").click().run()
    assert held(app).items() >= {"which": "Random", "draw": "1"}.items()
    drawn = re.findall(r"no\. [\d,]+", texts(app))
    button(app, "Draw others").click().run()
    assert re.findall(r"no\. [\d,]+", texts(app)) != drawn
    app.session_state["draw"] = 1
    app.run()
    assert re.findall(r"no\. [\d,]+", texts(app)) == drawn
    switch(app, "explore")
    assert explorer(app)["selected"] == [12, 5]


def test_trains_settings_are_in_the_address_also_after_a_link_to_another_page(app):
    config = RunConfig(dataset="mnist-5k", hidden=(64,), k=3)
    follow(app, "explore", run=SEED_5.key, **config.to_query())
    switch(app, "train")
    assert app.text_input(key="form_hidden").value == "64"
    app.text_input(key="form_epochs").set_value("9").run()
    assert held(app) == config.to_query() | {"epochs": "9"}


def test_a_drawing_that_is_broken_off_uses_up_nothing_of_the_link(app, monkeypatch):
    drawn = run_picker.show

    def breaks_off_once(**_):
        monkeypatch.setattr(run_picker, "show", drawn)
        st.rerun()

    monkeypatch.setattr(run_picker, "show", breaks_off_once)
    follow(app, "latent_plane", tiles="9")
    assert not app.warning
    assert app.slider(key="tiles").value == 9
