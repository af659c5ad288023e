"""The figures draw what they are given and stay where they are."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from pcae.figures import charts
from pcae.figures.charts import Curve
from pcae.figures.colors import AUTOENCODER, PCA

ROOT = Path(__file__).parents[2]


def drawn(figure):
    """A function that makes a figure, with Plotly looking whether there is all that it names."""
    return lambda *given, **named: go.Figure(figure(*given, **named))


learning_curves = drawn(charts.learning_curves)


def test_a_curve_is_drawn_through_its_epochs():
    (trace,) = learning_curves([Curve("run", [0, 1, 2], [0.07, 0.05, 0.04])], [], 5).data
    assert trace.name == "run"
    assert list(trace.x) == [0, 1, 2]
    assert list(trace.y) == [0.07, 0.05, 0.04]


def test_the_train_loss_has_the_colour_of_its_curve():
    curve = Curve("run", [1, 2], [0.05, 0.04], train=[0.06, 0.045])
    test, train = learning_curves([curve], [], 5).data
    assert list(train.y) == [0.06, 0.045]
    assert train.line.color == test.line.color
    assert train.line.dash != test.line.dash


def test_the_train_loss_goes_on_inside_an_epoch_and_moves_no_axis():
    done = Curve("run", [1], [0.05], [0.06])
    inside = replace(done, within=[[1.25, 0.3], [1.5, 0.2]])
    before, after = (learning_curves([curve], [], 5) for curve in (done, inside))
    assert list(after.data[1].x) == [1, 1.25, 1.5]
    assert list(after.data[1].y) == [0.06, 0.3, 0.2]
    assert list(after.data[0].x) == [1]
    assert after.layout.xaxis.range == before.layout.xaxis.range
    assert after.layout.yaxis.range == before.layout.yaxis.range
    first = learning_curves([Curve("run", [], [], [], inside.within)], [("PCA", 0.05)], 5)
    assert list(first.data[1].x) == [1.25, 1.5]
    assert first.layout.yaxis.range == (0, pytest.approx(0.0575))


def test_curves_have_colours_of_their_own():
    curves = [Curve(f"run {number}", [1], [0.05]) for number in range(4)]
    colors = [trace.line.color for trace in learning_curves(curves, [], 5).data]
    assert len(set(colors)) == 4
    assert PCA not in colors


def test_one_network_alone_has_the_colour_of_its_method():
    (curve,) = learning_curves([Curve("run", [1], [0.05])], [], 5).data
    bars = drawn(charts.error_by_class)(("0",), [("PCA", [0.1]), ("run", [0.05])]).data
    told = [("PCA", [0.1]), ("one", [0.05]), ("two", [0.05])]
    several = drawn(charts.error_by_class)(("0",), told).data
    assert [curve.line.color, bars[1].marker.color] == [AUTOENCODER, AUTOENCODER]
    assert AUTOENCODER not in [bar.marker.color for bar in several]


def test_no_curve_has_the_colour_of_pca():
    curves = [Curve(f"run {number}", [1], [0.05]) for number in range(9)]
    colors = [trace.line.color for trace in learning_curves(curves, [], 5).data]
    assert PCA not in colors


def test_pca_is_a_named_level_line():
    lines = [("2 components", 0.0557), ("9 components", 0.0356)]
    layout = learning_curves([Curve("run", [1], [0.05])], lines, 5).layout
    assert [(line.y0, line.y1) for line in layout.shapes] == [(0.0557, 0.0557), (0.0356, 0.0356)]
    assert [(note.text, note.y) for note in layout.annotations] == lines
    assert {line.line.color for line in layout.shapes} == {PCA}
    assert {(note.x, note.xref, note.xanchor) for note in layout.annotations} == {
        (1, "paper", "left")  # beside the plot, where no curve is
    }


def test_the_names_of_level_lines_close_together_stand_apart():
    lines = [("PCA, k = 2", 0.0376), ("PCA, k = 5", 0.036), ("PCA, k = 6", 0.0355)]
    layout = learning_curves([Curve("run", [1], [0.04])], lines, 5).layout
    places = [note.y for note in layout.annotations]
    assert places[0] == 0.0376
    assert (-np.diff(places) >= 0.099 * layout.yaxis.range[1]).all()


@pytest.mark.parametrize("done", [[], [0], [0, 1, 2], list(range(26))], ids=len)
def test_the_axis_ends_with_the_last_epoch_however_many_are_done(done):
    curve = Curve("run", done, [0.05] * len(done))
    low, high = learning_curves([curve], [], 25).layout.xaxis.range
    assert low == 0
    assert 25 < high < 26


@pytest.mark.parametrize("last", [1, 5, 12, 13, 25, 100, 1000])
def test_the_epochs_have_a_readable_number_of_whole_ticks(last):
    step = learning_curves([], [], last).layout.xaxis.dtick
    assert isinstance(step, int)
    assert 1 <= last / step <= 12


def test_the_bars_of_a_class_are_of_each_method():
    figure = drawn(charts.error_by_class)(("0", "1"), [("PCA", [0.1, 0.2]), ("run", [0.05, 0.1])])
    assert [bar.name for bar in figure.data] == ["PCA", "run"]
    assert [list(bar.y) for bar in figure.data] == [[0.1, 0.2], [0.05, 0.1]]
    assert figure.data[0].marker.color == PCA != figure.data[1].marker.color


def test_the_explained_variance_rises_to_one():
    variance = np.array([4.0, 3, 2, 1])
    share = drawn(charts.explained_variance)(variance, 4).data[0].y
    np.testing.assert_allclose(share, [0, 0.4, 0.7, 0.9, 1.0])


def test_drawing_needs_no_streamlit():
    code = "import sys, pcae.figures; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"streamlit", "tensorflow", "sklearn"}.isdisjoint(answer.stdout.split())


def test_linear_timeline_shows_every_angle_and_pcas_error():
    angles = np.array([[80.0, 89.0], [10.0, 40.0], [0.1, 0.5]])
    figure = drawn(charts.linear_timeline)(angles, [0.06, 0.056], 0.0557, 20)
    first, second, error, pca = figure.data
    np.testing.assert_array_equal(np.stack([first.y, second.y], axis=1), angles)
    assert list(error.x) == [1, 2]
    assert list(error.y) == [0.06, 0.056]
    assert set(pca.y) == {0.0557}
    low, high = figure.layout.yaxis2.range
    assert low < 0.0557 < 0.06 < high


def test_of_ordered_codes_the_angles_to_the_components_stand_beside_those_of_the_plane():
    planes, components = np.array([[80.0, 89.0], [1, 2]]), np.array([[85.0, 70.0], [3, 4]])
    figure = drawn(charts.linear_timeline)(planes, [0.06], 0.0557, 20, components)
    angles = {trace.name: trace for trace in figure.data[:4]}
    assert {name: list(trace.y) for name, trace in angles.items()} == {
        "plane, angle 1": [80, 1],
        "plane, angle 2": [89, 2],
        "component 1": [85, 3],
        "component 2": [70, 4],
    }
    strong, faint = (angles[name].line for name in ("component 1", "plane, angle 1"))
    assert (strong.color, strong.width) != (faint.color, faint.width)
    assert strong.dash != angles["component 2"].line.dash
    assert [trace.name for trace in figure.data[4:]] == ["test error", "PCA's test error"]


def test_linear_timeline_of_nothing_has_its_axes():
    figure = drawn(charts.linear_timeline)(np.array([]), [], 0.05, 20)
    assert [trace.name for trace in figure.data] == ["test error", "PCA's test error"]


def test_a_figure_travels_without_arrays_and_with_null_for_what_is_no_number():
    figure = {"x": np.array([1.0, np.nan]), "y": [np.float32(0.5), float("inf")], "name": "run"}
    assert charts.plain(figure) == {"x": [1.0, None], "y": [0.5, None], "name": "run"}
