"""A timeline holds every moment, in axes that stay where they are."""

import numpy as np

from pcae.figures.charts import Curve, Plane, learning_curves
from pcae.figures.timeline import codes_timeline


def test_a_timeline_holds_every_plane_in_axes_that_do_not_move():
    labels = np.array([0, 1, 0])
    near, far = np.array([[0, 0], [1, 1], [2, 0.0]]), np.array([[5, 5], [-9, 1], [2, 7.0]])
    shown = [Plane(name, at, ("code 1", "code 2")) for name, at in (("0", near), ("3", far))]
    figure = codes_timeline(shown, labels, ("0", "1"))
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
    alone = codes_timeline(shown[:1], labels, ("0", "1"))
    assert not alone.frames
    assert not alone.layout.sliders


def test_a_line_shows_the_timelines_place_in_the_losses():
    labels, points = np.array([0, 1]), np.array([[0, 0], [1, 1.0]])
    shown = [Plane(name, points, ("code 1", "code 2")) for name in ("0", "0.25", "2")]
    losses, places = learning_curves([Curve("test", [1, 2], [0.06, 0.04])], [], 2), [0, 0.25, 2]
    figure = codes_timeline(shown, labels, ("0", "1"), places, losses)
    assert list(figure.data[0].y) == [0.06, 0.04]
    for frame, place in zip(figure.frames, places, strict=True):
        assert list(frame.traces) == [1, 2, 3]
        assert list(frame.data[2].x) == [place, place]
    assert [trace.yaxis for trace in figure.data] == [None, "y2", "y2", None]
    (_, top), (bottom, _) = figure.layout.yaxis2.domain, figure.layout.yaxis.domain
    assert top < bottom
