"""What a class has answered, drawn."""

import re

import numpy as np
import pytest

from pcae.figures.answers import bars, dots, on_curve


def test_every_answer_is_a_dot_and_the_truth_a_mark():
    drawn = dots([5, 5, 12, 30], 8.7)
    places = [float(of) for of in re.findall(r'<i style="left:([\d.]+)%', drawn)]
    assert len(places) == 4
    assert places[0] == places[1] < places[2] < places[3]
    (mark,) = re.findall(r'<b style="left:([\d.]+)%"><span>8.7</span>', drawn)
    assert places[0] < float(mark) < places[2]
    heights = re.findall(r"bottom:([\d.]+)px", drawn)
    assert heights[0] != heights[1]  # equal ones lie upon each other


@pytest.mark.parametrize(
    ("values", "truth"),
    [([], 3), ([7], None), ([7], 7), ([1e9, -1e9], 0), ([4] * 900, 4)],
)
def test_few_and_many_answers_are_drawn_within_the_line(values, truth):
    drawn = dots(values, truth)
    assert drawn.count("<i ") == len(values)
    assert all(0 <= float(of) <= 100 for of in re.findall(r"left:(-?[\d.]+)%", drawn))
    assert float(re.search(r"height:([\d.]+)px", drawn)[1]) < 80


def test_nothing_is_drawn_of_nothing():
    assert dots([], None) == ""


def test_bars_say_how_often_each_choice_was_given_and_escape_it():
    drawn = bars(["<b>one</b>", "two"], [1, 4], 1)
    assert "&lt;b&gt;one" in drawn
    assert "✓ two" in drawn
    assert re.findall(r"width:(\d+)%", drawn) == ["25", "100"]


def test_answers_lie_on_pcas_curve_larger_where_several_are():
    trace = on_curve([2, 2, 2.5, 99], np.array([0.5, 0.4, 0.3, 0.2]))
    assert trace["x"] == [2, 2.5, 3]
    np.testing.assert_allclose(trace["y"], [0.3, 0.25, 0.2])
    sizes = trace["marker"]["size"]
    assert sizes[0] > sizes[1] == sizes[2]
