"""What is said of a network among principal components, and the charts of it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.figures import bottlenecks
from pcae.figures.bottlenecks import Bottleneck, FirstCodes
from pcae.files import DamagedFile
from pcae.methods.literature import PUBLISHED
from pcae.methods.metrics import equivalent_k
from pcae.methods.pca import PCA
from pcae.store import Run
from tests.figures.test_charts import drawn

FALLING = np.array([0.1, 0.06, 0.04, 0.03, 0.0])
FITTED = PCA(
    mean=np.zeros(4, np.float32),
    components=np.eye(4, dtype=np.float32),
    explained_variance=np.array([4.0, 2, 1, 3]),
    train_error=FALLING,
    test_error=FALLING,
)


def test_a_network_is_worth_what_pca_has_with_as_many_components():
    found = bottlenecks.bottleneck("The net", 2, 0.05, FITTED)
    assert (found.name, found.k, found.error, found.source) == ("The net", 2, 0.05, "")
    assert found.equivalent_k == pytest.approx(1.5)


def test_the_sentence_names_the_first_k_that_is_no_worse():
    words = bottlenecks.in_words(bottlenecks.bottleneck("The net", 2, 0.05, FITTED), FITTED)
    assert words == (
        "PCA has 0.0400 with k = 2, the first that is no worse than the network's 0.0500."
    )
    exact = bottlenecks.bottleneck("The net", 2, 0.06, FITTED)
    assert "with k = 1," in bottlenecks.in_words(exact, FITTED)


def test_networks_that_were_published_are_there_with_their_source():
    found = {of.name: of for of in bottlenecks.published(FITTED)}
    assert "PCA" not in found
    wanted = [of for of in PUBLISHED if of.test_error is not None and of.name != "PCA"]
    assert [of.source for of in found.values()] == [of.source for of in wanted]


def test_both_charts_end_at_the_same_k():
    opened = bottlenecks.bottleneck("The net", 2, 0.05, FITTED)
    for log in (True, False):
        curve, variance = bottlenecks.charts(FITTED, [], opened, log=log)
        assert curve["data"][-1]["name"] == "The net"
        assert len(variance["data"][0]["x"]) == len(curve["data"][0]["x"]) == 5
    np.testing.assert_allclose(variance["data"][0]["y"], [0, 0.4, 0.6, 0.7, 1])


PCA_ERRORS = np.linspace(0.07, 0.0, 101)


def test_a_networks_line_goes_from_its_k_to_where_pca_has_its_error():
    error = 0.035
    network = Bottleneck("run", 2, error, equivalent_k(error, PCA_ERRORS))
    figure = drawn(bottlenecks.error_by_components)(PCA_ERRORS, PCA_ERRORS, [], network)
    line = figure.data[-1]
    assert list(line.y) == [error, error]
    assert line.x[0] == 2
    curve = figure.data[0]
    assert np.interp(line.x[1], curve.x, curve.y) == pytest.approx(error)
    assert 10 ** figure.layout.xaxis.range[1] > line.x[1]
    assert "run" in line.hovertemplate
    assert line.text[1] == f"{network.equivalent_k:.1f}"


def test_what_was_published_is_marked_and_linear_axes_go_as_far_as_the_open_network_needs():
    ours = Bottleneck("run", 2, 0.05, equivalent_k(0.05, PCA_ERRORS))
    theirs = Bottleneck("theirs", 30, 0.02, equivalent_k(0.02, PCA_ERRORS), "A. Author")
    linear, log = (
        drawn(bottlenecks.error_by_components)(PCA_ERRORS, PCA_ERRORS, [theirs], ours, log=log)
        for log in (False, True)
    )
    assert [linear.layout.yaxis.type, log.layout.yaxis.type] == [None, "log"]
    published, opened = linear.data[2:]
    assert "A. Author" in published.hovertemplate
    assert opened.marker.symbol[0] != published.marker.symbol[0]
    assert min(opened.marker.size) > max(published.marker.size)
    assert linear.layout.xaxis.range[1] < theirs.equivalent_k < 10 ** log.layout.xaxis.range[1]


ORDERED = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, code_order="nested")
ERRORS = {"train": [0.055, 0.03, 0.02], "test": [0.05, 0.04, 0.025]}
WHOLE = {
    "command": "",
    "data": {"name": "mnist-5k", "digest": "0123", "train": 4000, "test": 1000},
    "device": "",
    "equivalent_k": 3.1,
    "errors_by_k": ERRORS,
    "seconds": 1.0,
    "test_error": 0.025,
    "train_error": 0.02,
    "versions": {},
    "weights_sha256": "",
}


def run_with(folder, record, config=ORDERED):
    """A run with settings and, if it is trained to its end, a record."""
    run = Run(config.key, folder / config.key)
    run.folder.mkdir(exist_ok=True)
    (run.folder / "config.json").write_text(config.canonical)
    if record:
        (run.folder / "record.json").write_text(json.dumps(record))
    return run


def test_an_ordered_network_has_a_curve_of_its_first_codes(tmp_path):
    found = bottlenecks.of_run(run_with(tmp_path, WHOLE), "The net", 0.025, FITTED, "0123")
    curves = found.first_codes
    assert (curves.train, curves.test) == (ERRORS["train"], ERRORS["test"])
    np.testing.assert_allclose(curves.equivalent_k, [1.5, 2, 3 + 1 / 6])
    assert (found.k, found.error) == (3, 0.025)
    assert bottlenecks.in_words(found, FITTED) == (
        "PCA has 0.0000 with k = 4, the first that is no worse than the network's 0.0250. With its "
        "first j codes alone it is better than PCA with j components for 2 of 3 j: with 1, 2 and 3 "
        "it is worth 1.5, 2.0 and 3.2 components. Its train errors are of the first training "
        "images, as many as there are test images."
    )


@pytest.mark.parametrize(
    ("record", "digest", "said"),
    [
        ({}, "0123", "comes with the end of its training"),
        (WHOLE | {"errors_by_k": None}, "0123", "comes with the end of its training"),
        (WHOLE, "another", "of the data that it was trained with"),
    ],
    ids=["in training", "an earlier record", "other data"],
)
def test_without_figures_of_the_data_shown_the_dot_is_alone_and_it_is_said(
    tmp_path, record, digest, said
):
    found = bottlenecks.of_run(run_with(tmp_path, record), "The net", 0.05, FITTED, digest)
    assert found.first_codes is None
    assert said in bottlenecks.in_words(found, FITTED)
    names = [of["name"] for of in bottlenecks.charts(FITTED, [], found, log=True)[0]["data"]]
    assert names == ["PCA, test", "PCA, train", "The net"]


def test_of_a_network_without_an_order_nothing_is_said(tmp_path):
    plain = run_with(tmp_path, WHOLE, replace(ORDERED, code_order="none"))
    found = bottlenecks.of_run(plain, "The net", 0.05, FITTED, "0123")
    assert found == bottlenecks.bottleneck("The net", 3, 0.05, FITTED)
    assert "first codes" not in bottlenecks.in_words(found, FITTED)


@pytest.mark.parametrize("of", ["train", "test"])
def test_errors_of_another_number_of_codes_are_damaged(tmp_path, of):
    record = WHOLE | {"errors_by_k": ERRORS | {of: [0.05, 0.04]}}
    with pytest.raises(DamagedFile, match="no errors of 1 to 3 codes"):
        bottlenecks.of_run(run_with(tmp_path, record), "The net", 0.05, FITTED, "0123")


def worth(errors):
    return [equivalent_k(error, PCA_ERRORS) for error in errors]


@pytest.mark.parametrize("log", [False, True])
def test_the_curve_stands_beside_pcas_with_its_worth_at_every_j(log):
    test = [0.06, 0.05, 0.045]
    first = FirstCodes([0.059, 0.048, 0.04], test, worth(test))
    ours = Bottleneck("run", 3, test[-1], first.equivalent_k[-1], first_codes=first)
    figure = drawn(bottlenecks.error_by_components)(PCA_ERRORS, PCA_ERRORS, [], ours, log=log)
    pca_test, pca_train, by_test, by_train, dot = figure.data
    assert [list(of.y) for of in (by_test, by_train)] == [test, list(first.train)]
    assert list(by_test.x) == list(by_train.x) == [1, 2, 3]
    assert list(by_test.customdata) == worth(test)
    assert "%{customdata:.1f} components" in by_test.hovertemplate
    legend = [of.name for of in figure.data if of.showlegend is not False]
    assert len(set(legend)) == len(legend) == 4
    curves = (pca_test, pca_train, by_test, by_train)
    assert len({of.line.dash for of in curves}) == 4
    assert pca_test.line.color != by_test.line.color == by_train.line.color
    assert (dot.x[0], dot.y[0]) == (3, test[-1])


@pytest.mark.parametrize("log", [False, True])
def test_the_axis_holds_the_whole_curve_of_a_network_that_is_worse_than_pca(log):
    test = [0.07] * 40
    first = FirstCodes(test, test, worth(test))
    ours = Bottleneck("run", 40, 0.07, 0.0, first_codes=first)
    figure = drawn(bottlenecks.error_by_components)(PCA_ERRORS, PCA_ERRORS, [], ours, log=log)
    end = figure.layout.xaxis.range[1]
    assert (10**end if log else end) > 40


def test_of_one_code_alone_the_sentence_has_one_number():
    found = replace(
        bottlenecks.bottleneck("The net", 1, 0.08, FITTED),
        first_codes=FirstCodes([0.08], [0.08], [0.5]),
    )
    words = bottlenecks.in_words(found, FITTED)
    assert "for no j: with 1 it is worth 0.5 components." in words


def test_the_curves_of_others_are_left_to_their_own_pages():
    first = FirstCodes([0.06], [0.06], worth([0.06]))
    other = Bottleneck("other", 1, 0.06, first.equivalent_k[0], first_codes=first)
    ours = Bottleneck("run", 2, 0.05, 28.0)
    figure = drawn(bottlenecks.error_by_components)(PCA_ERRORS, PCA_ERRORS, [other], ours)
    assert [of.name for of in figure.data] == ["PCA, test", "PCA, train", "other", "run"]
