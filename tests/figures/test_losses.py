"""The two parts of a variational network's training loss."""

import plotly.graph_objects as go
import pytest

from pcae.config import RunConfig
from pcae.figures.losses import in_parts
from pcae.records import EpochRecord

CONFIG = RunConfig(beta=7.84, epochs=5)
HISTORY = [EpochRecord(1, 0.12, 0.05, 1.0, 2.0), EpochRecord(2, 0.11, 0.04, 1.0, 3.0)]
WITHIN = [[2.25, 0.9, 9.0], [2.5, 0.14, 4.0]]


def drawn(*given):
    """The figure, with Plotly looking whether there is all that it names."""
    return go.Figure(in_parts(CONFIG, *given))


def test_the_parts_are_the_reconstruction_and_the_divergence_beside_each_other():
    figure = drawn(HISTORY)
    rebuilt, divergence = figure.data
    assert list(rebuilt.x) == list(divergence.x) == [1, 2]
    assert list(rebuilt.y) == pytest.approx([0.10, 0.08])  # 0.12 - 7.84 / 784 * 2
    assert list(divergence.y) == [2, 3]
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert figure.layout.yaxis.title.text == "mean squared error, train"
    assert figure.layout.yaxis2.title.text == "divergence, nats an image"


def test_they_go_on_inside_an_epoch_and_move_no_axis():
    before, after = drawn(HISTORY), drawn(HISTORY, WITHIN)
    assert list(after.data[0].x) == [1, 2, 2.25, 2.5]
    assert list(after.data[0].y)[2:] == pytest.approx([0.81, 0.10])
    assert list(after.data[1].y)[2:] == [9, 4]
    for axis in ("xaxis", "yaxis", "yaxis2"):
        assert after.layout[axis].range == before.layout[axis].range


def test_before_the_first_epoch_there_is_room_for_what_comes():
    assert list(drawn([]).data[0].x) == []
    assert list(drawn([], WITHIN).data[1].x) == [2.25, 2.5]
