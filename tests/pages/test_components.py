"""Components of a network with ordered codes, through Streamlit's test harness."""

from dataclasses import replace

import pytest

from pcae.config import RunConfig
from pcae.methods.metrics import equivalent_k, errors_by_k
from pcae.methods.pca import load_or_fit
from pcae.training import reporter
from tests.pages.test_pages import figure, open_page, texts, train_quickly

ORDERED = RunConfig(dataset="mnist-5k", hidden=(8,), k=5, epochs=1, code_order="nested")
CURVES = ["First j codes, test", "First j codes, train"]


def finished(config, data):
    """A run with the record that is made of it with this data."""
    run = train_quickly(config)
    run.write_record(reporter.make_record(run, data, "CPU", test_error=0.1, train_error=0.1))
    return run


def drawn(app):
    """The traces of the chart by their names."""
    return {trace["name"]: trace for trace in figure(app)["data"]}


def test_an_ordered_network_is_a_curve_beside_pcas(app, sample):
    run = finished(ORDERED, sample)
    app.session_state["run"] = run.key
    open_page(app, "components")
    test, train = (drawn(app)[name] for name in CURVES)
    images = sample.test.pixels()
    assert test["y"] == pytest.approx(errors_by_k(run.model(), images))
    assert train["y"] == run.record["errors_by_k"]["train"]
    worth = [equivalent_k(error, load_or_fit(sample).test_error) for error in test["y"]]
    assert test["customdata"] == pytest.approx(worth)
    assert f"with 1, 2, 4 and 5 it is worth {worth[0]:.1f}" in texts(app)


def test_in_training_the_dot_is_alone(app):
    app.session_state["run"] = train_quickly(ORDERED).key
    open_page(app, "components")
    assert not set(CURVES) & set(drawn(app))
    assert "comes with the end of its training" in texts(app)


def test_no_curve_of_other_data_is_shown(app, sample):
    elsewhere = replace(sample, name="mnist", train=sample.test)
    app.session_state["run"] = finished(replace(ORDERED, dataset="mnist"), elsewhere).key
    open_page(app, "components")
    assert not set(CURVES) & set(drawn(app))
    assert "of the data that it was trained with" in texts(app)


def test_a_network_without_an_order_has_no_curve(app, sample):
    app.session_state["run"] = finished(replace(ORDERED, code_order="none"), sample).key
    open_page(app, "components")
    assert not set(CURVES) & set(drawn(app))
    assert "first codes" not in texts(app)
