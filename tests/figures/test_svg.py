"""Charts drawn by hand: round ticks, and points where they belong."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from pcae.figures import svg
from pcae.figures.charts import Plane
from pcae.figures.colors import LIGHT
from pcae.figures.svg import Line


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 25, True, [0, 5, 10, 15, 20, 25]),
        (0, 2, True, [0, 1, 2]),
        (0, 1, True, [0, 1]),
        (0, 0.066, False, [0, 0.02, 0.04, 0.06]),
        (-4.2, 9.6, False, [-2.5, 0, 2.5, 5, 7.5]),
        (0, 1000, True, [0, 200, 400, 600, 800, 1000]),
    ],
)
def test_ticks_are_round_and_few(low, high, whole, expected):
    assert svg.ticks(low, high, 6, whole=whole) == expected


def test_a_curve_goes_through_its_values():
    line = Line("error", [1, 2, 4], [0.1, 0.05, 0.0], "#123456")
    drawn = svg.curves([line], ("epoch", "error"), 4)
    path = re.search(r'class="line" d="(.*?)h0" stroke="#123456"', drawn)[1]
    points = np.array([of.split() for of in path[1:].split("L")], float)
    assert np.diff(points[:, 0])[1] == pytest.approx(2 * np.diff(points[:, 0])[0], abs=0.2)
    assert np.diff(points[:, 1]) == pytest.approx([np.diff(points[:, 1])[0]] * 2, abs=0.2)
    assert (np.diff(points[:, 1]) > 0).all()  # downwards
    ElementTree.fromstring(drawn)


def test_a_plane_has_a_dot_a_digit_in_its_classs_colour():
    labels = np.repeat([0, 1], [300, 200])
    points = np.column_stack([labels, np.linspace(0, 1, 500)])
    drawn = svg.plane(Plane("PCA", points, ("score 1", "score 2 < 3")), labels)
    for label, count in ((0, 300), (1, 200)):
        paths = re.findall(rf'<path d="([^"]*)" stroke="{LIGHT.classes[label]}"/>', drawn)
        dots = [float(x) for path in paths for x in re.findall(r"M([\d.]+) ", path)]
        assert len(dots) == count
        assert len(set(dots)) == 1
    ElementTree.fromstring(drawn)


def test_digits_all_at_one_place_are_drawn():
    drawn = svg.plane(Plane("PCA", np.ones((3, 2)), ("a", "b")), np.zeros(3, int))
    assert "nan" not in drawn
    assert drawn.count("h0") == 3
