"""The figures hold every digit once, link the planes, and stay where they are."""

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pcae import figures
from pcae.figures import CLASS_COLORS, MOST_RINGS, Curve, Plane, learning_curves, linked_scatters

ROOT = Path(__file__).parents[1]
N = 60
CLASSES = ("zero", "one", "two", "three")  # no digit is a three
LABELS = np.arange(N) % 3
INDICES = np.random.default_rng(1).permutation(10_000)[:N]
AXES = ("xaxis", "yaxis", "xaxis2", "yaxis2")
A_FEW, MANY = [0, 3, 7, 20], list(range(MOST_RINGS + 1))


def planes():
    """Two planes of other scales with the same digits."""
    rng = np.random.default_rng(0)
    return (
        Plane("PCA", rng.normal(0, 1, (N, 2)), ("score 1", "score 2")),
        Plane("autoencoder", rng.normal(50, 20, (N, 2)), ("code 1", "code 2")),
    )


def scatters(selected=()):
    """The figure with some digits chosen."""
    return linked_scatters(planes(), LABELS, CLASSES, INDICES, selected)


def class_traces(figure, plane):
    """The traces of the classes in one plane (0 or 1), in order."""
    axis = ("x", "x2")[plane]
    return [trace for trace in figure.data if trace.xaxis == axis and trace.name]


def ring_traces(figure):
    """The traces of the rings, of both planes."""
    return [trace for trace in figure.data if not trace.name]


def rings(figure, plane):
    """Where digits are ringed in one plane."""
    (trace,) = [trace for trace in ring_traces(figure) if trace.xaxis == ("x", "x2")[plane]]
    return np.column_stack([trace.x, trace.y])


both_planes = pytest.mark.parametrize("plane", [0, 1])


@both_planes
def test_every_digit_is_once_in_a_plane_where_it_belongs(plane):
    places = {index: place for place, index in enumerate(INDICES)}
    seen = []
    for label, trace in enumerate(class_traces(scatters(), plane)):
        rows = [places[index] for index in trace.customdata]
        np.testing.assert_allclose(
            np.column_stack([trace.x, trace.y]), planes()[plane].points[rows], rtol=1e-6
        )
        assert (LABELS[rows] == label).all()
        seen += rows
    assert sorted(seen) == list(range(N))


@both_planes
def test_a_plane_is_drawn_on_its_own_axes(plane):
    traces = class_traces(scatters(), plane)
    assert {trace.yaxis for trace in traces} == {("y", "y2")[plane]}
    layout = scatters().layout
    assert layout[AXES[2 * plane]].title.text == planes()[plane].axes[0]
    assert layout[AXES[2 * plane + 1]].title.text == planes()[plane].axes[1]
    assert layout[AXES[2 * plane]].anchor == ("y", "y2")[plane]


def test_the_planes_stand_side_by_side_under_their_titles():
    layout = scatters().layout
    left, right = layout.xaxis.domain, layout.xaxis2.domain
    assert left[1] < right[0]
    titles = layout.annotations
    assert [title.text for title in titles] == ["<b>PCA</b>", "<b>autoencoder</b>"]
    assert left[0] < titles[0].x < left[1]
    assert right[0] < titles[1].x < right[1]


def test_a_class_has_one_legend_entry_for_both_planes():
    left, right = (class_traces(scatters(), plane) for plane in (0, 1))
    assert [trace.name for trace in left] == list(CLASSES)
    assert all(trace.showlegend for trace in left)
    assert not any(trace.showlegend for trace in right)
    assert [trace.legendgroup for trace in left] == [trace.legendgroup for trace in right]
    assert len({trace.legendgroup for trace in left}) == len(CLASSES)


def test_a_class_has_one_colour_in_both_planes():
    for plane in (0, 1):
        colors = [trace.marker.color for trace in class_traces(scatters(), plane)]
        assert colors == list(CLASS_COLORS[: len(CLASSES)])


def test_rings_are_not_in_the_legend_and_have_no_customdata():
    traces = ring_traces(scatters(A_FEW))
    assert len(traces) == 2
    for trace in traces:
        assert trace.showlegend is False
        assert trace.customdata is None
        assert trace.hoverinfo == "skip"


@both_planes
@pytest.mark.parametrize(
    "selected",
    [(), np.array([59]), A_FEW, MANY[:MOST_RINGS]],
    ids=["none", "one", "few", "the most"],
)
def test_nothing_turns_grey_when_few_are_chosen_or_clicked(selected, plane):
    traces = class_traces(scatters(selected), plane)
    assert len(traces) == len(CLASSES)
    for trace in traces:
        assert trace.selectedpoints is None
        assert trace.unselected.marker.color is None
        assert trace.unselected.marker.opacity == trace.marker.opacity


@both_planes
@pytest.mark.parametrize("selected", [MANY, np.arange(N)], ids=["many", "all"])
def test_all_but_many_chosen_turn_grey(selected, plane):
    chosen = []
    for trace in class_traces(scatters(selected), plane):
        assert trace.selectedpoints is not None, "a class without a chosen digit keeps its colour"
        assert trace.unselected.marker.color not in CLASS_COLORS
        assert trace.unselected.marker.color.startswith("rgba(")
        chosen += list(trace.customdata[np.array(trace.selectedpoints, int)])
    assert sorted(chosen) == sorted(INDICES[selected])


@both_planes
@pytest.mark.parametrize(
    "selected",
    [np.array([59]), A_FEW, MANY[:MOST_RINGS]],
    ids=["one", "few", "the most"],
)
def test_a_few_chosen_are_ringed_where_they_are(selected, plane):
    np.testing.assert_allclose(
        rings(scatters(selected), plane), planes()[plane].points[selected], rtol=1e-6
    )


@pytest.mark.parametrize("selected", [(), MANY], ids=["none", "many"])
def test_none_and_many_chosen_are_not_ringed(selected):
    assert ring_traces(scatters(selected)) == []


@pytest.mark.parametrize("axis", AXES)
def test_the_ranges_hold_every_digit_and_do_not_depend_on_the_selection(axis):
    values = planes()[AXES.index(axis) // 2].points[:, AXES.index(axis) % 2]
    low, high = scatters().layout[axis].range
    assert low < values.min()
    assert values.max() < high
    assert high - low < 1.2 * np.ptp(values)
    for selected in (A_FEW, MANY, [int(values.argmax())]):
        assert scatters(selected).layout[axis].range == (low, high)


def test_digits_in_one_place_still_have_a_range():
    plane = Plane("flat", np.full((N, 2), 3.0), ("a", "b"))
    layout = linked_scatters((plane, plane), LABELS, CLASSES, INDICES).layout
    assert layout.xaxis.range[0] < 3 < layout.xaxis.range[1]


def test_a_redrawn_figure_keeps_its_zoom():
    assert scatters().layout.uirevision == scatters(A_FEW).layout.uirevision
    assert scatters().layout.uirevision


def test_a_timeline_holds_every_plane_in_axes_that_do_not_move():
    labels = np.array([0, 1, 0])
    near, far = np.array([[0, 0], [1, 1], [2, 0.0]]), np.array([[5, 5], [-9, 1], [2, 7.0]])
    shown = [Plane(name, at, ("code 1", "code 2")) for name, at in (("0", near), ("3", far))]
    figure = figures.codes_timeline(shown, labels, ("0", "1"))
    assert [frame.name for frame in figure.frames] == ["0", "3"]
    assert [step.label for step in figure.layout.sliders[0].steps] == ["0", "3"]
    assert figure.layout.sliders[0].active == 1
    for frame, points in zip(figure.frames, (near, far), strict=True):
        for label, trace in enumerate(frame.data):
            np.testing.assert_array_equal(trace.x, points[labels == label, 0])
            np.testing.assert_array_equal(trace.y, points[labels == label, 1])
    np.testing.assert_array_equal(figure.data[0].x, [5, 2])
    low, high = figure.layout.xaxis.range
    assert low < -9 < 5 < high
    alone = figures.codes_timeline(shown[:1], labels, ("0", "1"))
    assert not alone.frames
    assert not alone.layout.sliders


def test_a_line_shows_the_timelines_place_in_the_losses():
    labels, points = np.array([0, 1]), np.array([[0, 0], [1, 1.0]])
    shown = [Plane(name, points, ("code 1", "code 2")) for name in ("0", "0.25", "2")]
    losses, places = learning_curves([Curve("test", [1, 2], [0.06, 0.04])], [], 2), [0, 0.25, 2]
    figure = figures.codes_timeline(shown, labels, ("0", "1"), places, losses)
    assert list(figure.data[0].y) == [0.06, 0.04]
    for frame, place in zip(figure.frames, places, strict=True):
        assert list(frame.traces) == [1, 2, 3]
        assert list(frame.data[2].x) == [place, place]
    assert [trace.yaxis for trace in figure.data] == [None, "y2", "y2", None]
    (_, top), (bottom, _) = figure.layout.yaxis2.domain, figure.layout.yaxis.domain
    assert top < bottom


def test_drawing_changes_no_array():
    shown = planes()
    before = [plane.points.copy() for plane in shown]
    linked_scatters(shown, LABELS, CLASSES, INDICES, A_FEW)
    for plane, points in zip(shown, before, strict=True):
        np.testing.assert_array_equal(plane.points, points)


def test_the_palette_is_the_one_of_the_theme():
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert theme["chartCategoricalColors"] == list(CLASS_COLORS)
    assert len(set(CLASS_COLORS)) == 10


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
    assert figures.PCA_COLOR not in colors


def test_no_curve_has_the_colour_of_pca():
    curves = [Curve(f"run {number}", [1], [0.05]) for number in range(9)]
    colors = [trace.line.color for trace in learning_curves(curves, [], 5).data]
    assert figures.PCA_COLOR not in colors


def test_pca_is_a_named_level_line():
    lines = [("2 components", 0.0557), ("9 components", 0.0356)]
    layout = learning_curves([Curve("run", [1], [0.05])], lines, 5).layout
    assert [(line.y0, line.y1) for line in layout.shapes] == [(0.0557, 0.0557), (0.0356, 0.0356)]
    assert [(note.text, note.y) for note in layout.annotations] == lines
    assert {line.line.color for line in layout.shapes} == {figures.PCA_COLOR}


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


def test_drawing_needs_no_streamlit():
    code = "import sys, pcae.figures; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"streamlit", "tensorflow", "sklearn"}.isdisjoint(answer.stdout.split())
