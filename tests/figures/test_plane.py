"""The figure of a decoded plane shows its tiles, its regions and the way."""

import base64
import io

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from pcae.figures.colors import DARK, RISING
from pcae.figures.plane import Shades, decoded_plane
from pcae.methods.plane import Grid, between, decoded

CLASSES = tuple("0123456789")
RNG = np.random.default_rng(0)
LABELS = np.repeat([3, 7], 200)


def draw(d, tinted=True, n=20):
    """A plane, or an axis, of two far classes, and its figure."""
    middles = np.where(LABELS == 3, 0.0, 9.0)
    codes = (middles[:, None] + RNG.normal(size=(400, d))).astype(np.float32)

    def decode(at):  # the upper half of every tile is white
        return np.tile(np.repeat([1.0, 0.0], 392), (len(at), 1))

    plane = decoded(codes, LABELS, 10, decode, Grid(tuple(range(d)), n, 1.0))
    way = between(codes[[0, -1]], 11)
    told = ("Autoencoder", "#123456", "says", "code", plane, (28, 28), CLASSES, way)
    return plane, way, go.Figure(decoded_plane(*told, tinted=tinted))


def pixels(figure):
    """The picture behind the plot."""
    kind, data = figure.layout.images[0].source.split(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


def test_tiles_are_white_on_the_colour_of_the_class_that_is_there():
    picture = pixels(draw(2)[2])
    assert picture.shape == (560, 560, 3)
    for label, tile in ((3, (16, 3)), (7, (3, 16))):
        row, column = (28 * place for place in tile)
        assert (picture[row + 4, column + 14] == 255).all()
        ground = picture[row + 24, column + 14]
        full = np.array([int(DARK.classes[label][at : at + 2], 16) for at in (1, 3, 5)])
        assert np.corrcoef(ground, full)[0, 1] > 0.98 or np.ptp(full) < 30
        assert (ground < 160).all()
        assert np.ptp(ground) > 2
    corner = picture[24, 14]
    assert (corner < 40).all()


def test_twenty_classes_have_grounds_of_their_own():
    labels = np.arange(20).repeat(50)
    middles = np.column_stack([labels % 5, labels // 5])
    codes = (middles + RNG.uniform(-0.4, 0.4, (1000, 2))).astype(np.float32)
    plane = decoded(codes, labels, 20, lambda at: np.zeros((len(at), 784)), Grid((0, 1), 20, 1.0))
    names = [str(label) for label in range(20)]
    told = decoded_plane("PCA", "#123456", "says", "code", plane, (28, 28), names, codes[:2])
    drawn = go.Figure(told)
    assert set(names) <= {mark.text[3:-4] for mark in drawn.layout.annotations}
    assert len(np.unique(pixels(drawn).reshape(-1, 3), axis=0)) >= 20


def test_without_regions_the_ground_is_plain_and_no_class_is_named():
    _, _, plain = draw(2, tinted=False)
    grounds = pixels(plain)[24::28]
    assert (grounds == grounds[0, 0]).all()
    assert [mark.text for mark in plain.layout.annotations] == ["<b>A</b>", "<b>B</b>"]
    named = [mark.text for mark in draw(2)[2].layout.annotations]
    assert named == ["<b>3</b>", "<b>7</b>", "<b>A</b>", "<b>B</b>"]


@pytest.mark.parametrize("d", [1, 2])
def test_the_way_goes_from_a_to_b(d):
    plane, way, figure = draw(d)
    places = plane.places(way)
    line = figure.data[-1]
    np.testing.assert_allclose(line.x, places[:, 0])
    np.testing.assert_allclose(line.y, places[:, 1] if d == 2 else 0)
    a, b = figure.layout.annotations[-2:]
    np.testing.assert_allclose([a.x, b.x], places[[0, -1], 0])


def test_the_axes_and_the_pointer_say_true_coordinates():
    plane, _, figure = draw(2, n=5)
    axis = figure.layout.xaxis
    values = [float(text.replace("−", "-")) for text in axis.ticktext]
    np.testing.assert_allclose(plane.axes[0].value(np.array(axis.tickvals)), values, atol=1e-6)
    assert axis.title.text == "code 1"
    pointer = figure.data[0]
    for at in (0, 7, 24):
        code = [plane.axes[0].value(pointer.x[at]), plane.axes[1].value(pointer.y[at])]
        np.testing.assert_allclose(pointer.customdata[at], code, rtol=1e-4)


def test_one_axis_is_a_strip_of_square_tiles():
    _, _, figure = draw(1, n=14)
    assert pixels(figure).shape == (28, 14 * 28, 3)
    assert figure.layout.yaxis.scaleratio == pytest.approx(1 / 14)
    assert not figure.layout.yaxis.visible


def test_two_hundred_classes_have_grounds_and_few_names():
    side = 15
    labels = np.arange(200).repeat(8)
    middles = np.column_stack([labels % side, labels // side])
    codes = (middles + RNG.uniform(-0.2, 0.2, (1600, 2))).astype(np.float32)
    plane = decoded(codes, labels, 200, lambda at: np.zeros((len(at), 12)), Grid((0, 1), 20, 1.0))
    classes = [f"species {label} of many" for label in range(200)]
    told = ("Net", "red", "says", "code", plane, (4, 3), classes, codes[[0, -1]])
    figure = go.Figure(decoded_plane(*told))
    assert len(np.unique(pixels(figure).reshape(-1, 3), axis=0)) > 150
    names = [note.text for note in figure.layout.annotations]
    assert 20 < len(names) < 150
    assert all(len(name) <= len("<b></b>") + 14 for name in names)


@pytest.mark.parametrize("shape", [None, (28, 28)])
def test_a_ground_shows_values_from_low_to_high(shape):
    plane, way, _ = draw(2)
    values = np.array([[1.0, 2.0], [np.nan, 5.0]])
    shades = Shades("a <b>", values, 1.0, 5.0)
    told = ("Net", "red", "says", "code", plane, shape, CLASSES, way)
    figure = go.Figure(decoded_plane(*told, shades=shades))
    picture, ends = pixels(figure), [RISING["dark"][at] for at in (0, -1)]
    low, high = (np.array([int(of[at : at + 2], 16) for at in (1, 3, 5)]) for of in ends)
    bottom = picture[-2]  # where tiles have no ink
    assert (picture[2 if shape is None else 20, 2] < 40).all()  # the upper left has no value
    if shape is None:
        np.testing.assert_array_equal(bottom[2], low)
        np.testing.assert_array_equal(picture[2, -2], high)
    else:
        assert np.corrcoef(bottom[2], low)[0, 1] > 0.9
    bar = figure.data[-1].marker
    assert (bar.cmin, bar.cmax, bar.colorbar.title.text) == (1, 5, "a &#60;b&#62;")
