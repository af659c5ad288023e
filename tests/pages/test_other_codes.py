"""Codes from elsewhere on Explore, through Streamlit's test harness."""

from dataclasses import replace

import numpy as np
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from pcae import store
from pcae.config import RunConfig
from pcae.server import loading, routes
from tests.pages.conftest import ROOT
from tests.pages.test_pages import SEED_25, button, explorer, switch, texts, train_quickly

PLANE = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
FILE = ("umap.safetensors", save({"codes": PLANE}), "application/octet-stream")


def bring(app, file):
    app.file_uploader(key="other_codes_file").set_value(file).run()
    assert not app.exception


def of_the_network():
    return routes.addresses(store.find(SEED_25.key), loading.view("mnist"))


def test_a_file_takes_the_networks_place_for_its_visitor_until_it_is_taken_away(app):
    app.run()
    assert explorer(app) == of_the_network()
    bring(app, FILE)
    told = explorer(app)
    assert told["imported"] == "umap.safetensors"
    assert told["run"].startswith("explorer/codes/")
    assert not app.file_uploader
    app.run()
    assert explorer(app) == told
    switch(app, "components")
    switch(app, "explore")
    assert explorer(app) == told
    other = AppTest.from_file(str(ROOT / "pcae" / "ui" / "frame.py"), default_timeout=60).run()
    assert explorer(other) == of_the_network()
    bring(other, FILE)
    assert explorer(other)["run"] != told["run"]
    button(app, "Back to the network").click().run()
    assert explorer(app) == of_the_network()
    assert app.file_uploader(key="other_codes_file").value is None


def test_a_bad_file_is_a_sentence_and_the_network_stays(app):
    app.run()
    bad = b"x,y\n" + b"1,2\n" * 30 + b"3,![a](http://b/c)\n"
    bring(app, ("![a](http://b/c).csv", bad, "text/csv"))
    assert len(app.error) == 1
    assert r"“\!\[a\]\(http\:\/\/b\/c\)” in row 31 is no number" in app.error[0].value
    assert explorer(app) == of_the_network()
    bring(app, FILE)
    assert not app.error
    assert explorer(app)["imported"] == "umap.safetensors"


def test_they_stay_with_another_network_unless_that_is_of_other_digits(app):
    train_quickly(RunConfig(dataset="mnist-5k", hidden=(8,)))
    app.run()
    bring(app, FILE)
    brought = explorer(app)
    key = RunConfig(dataset="mnist-5k", hidden=(8,)).key
    app.selectbox(key="run_picked").select(key).run()
    assert explorer(app)["run"].split("/")[2] == brought["run"].split("/")[2]
    app.session_state["other_codes"] = replace(app.session_state["other_codes"], digest="other")
    app.run()
    assert not app.exception
    assert "imported" not in explorer(app)
    assert "second plane" in texts(app)


def test_the_order_of_all_digits_is_said_and_can_be_changed(app, sample):
    app.run()
    labels = np.concatenate([sample.test.labels, sample.train.labels]).astype(np.float32)
    plane = labels[:, None] + np.random.default_rng(0).uniform(0, 0.5, (5000, 2))
    bring(app, ("all.safetensors", save({"codes": plane}), FILE[2]))
    told = explorer(app)
    order = app.radio(key="other_codes_order")
    assert order.value == "test"
    assert "Test digits first: 100% of neighbours agree" in order.options[0]
    order.set_value("train").run()
    assert not app.exception
    assert explorer(app)["run"] != told["run"]
    assert app.session_state["other_codes"].indices[0] == 1000
    assert app.radio(key="other_codes_order").value == "train"


def test_an_order_that_nothing_tells_is_asked_before_anything_is_shown(app):
    app.run()
    rows = "".join(f"{i},{i % 100}\n" for i in range(5000))
    bring(app, ("all.csv", f"x,y\n{rows}".encode(), "text/csv"))
    assert explorer(app) == of_the_network()
    order = app.radio(key="other_codes_order")
    assert order.value is None
    assert "of neighbours agree" in order.options[2]
    (why,) = (of.value for of in app.caption if "the codes do not tell it" in of.value)
    assert "What goes by the rows (“x”) has no say in that" in why
    order.set_value("train").run()
    assert not app.exception
    assert explorer(app)["imported"] == "all.csv"
    assert app.session_state["other_codes"].indices[0] == 1000
    assert app.radio(key="other_codes_order").value == "train"
    button(app, "Back to the network").click().run()
    assert explorer(app) == of_the_network()


def test_labels_in_the_file_say_the_order(app, sample):
    app.run()
    labels = np.concatenate([sample.train.labels, sample.test.labels])
    rows = "".join(f"{i},{label}\n" for i, label in enumerate(labels))
    bring(app, ("all.csv", f"x,label\n{rows}".encode(), "text/csv"))
    assert not app.radio
    assert app.session_state["other_codes"].indices[0] == 1000
    assert any("The labels in the file are those of the digits" in of.value for of in app.caption)
