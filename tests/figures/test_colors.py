"""The colours are told apart by every eye: CIEDE2000, seen with full colour blindness too."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from pcae.figures.colors import DARK, LIGHT, of_network, style
from pcae.names import MOST_CLASSES
from tests.javascript import reference

ROOT = Path(__file__).parents[2]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]  # D65
)
# G. M. Machado, M. M. Oliveira & L. A. F. Fernandes, "A Physiologically-based Model for Simulation
# of Color Vision Deficiency" (2009), severity 1, for linear RGB
SEEN_BY = {
    "all": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# G. Sharma, W. Wu & E. N. Dalal, "The CIEDE2000 Color-Difference Formula" (2005), table 1
PUBLISHED = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1, 2), (50, 0, 0), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]
themes = pytest.mark.parametrize("of", [LIGHT, DARK], ids=["light", "dark"])


def linear(colors):
    """Colours such as "#3f90da" as linear RGB, shape (n, 3)."""
    rgb = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in colors]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def cielab(rgb):
    """Linear RGB in CIELAB."""
    share = rgb @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * (29 / 6) ** 2 / 3 + 4 / 29).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(one, other):
    """The difference of colours in CIELAB, shapes (…, 3), as Sharma et al. write it."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    grey = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(grey**7 / (grey**7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(c1 * c2 == 0, 0, np.where(h2 - h1 == 180, 180, turn))
    hue = h1 + turn / 2
    hue = np.where(c1 * c2 == 0, h1 + h2, hue)
    dark, chroma = (l1 + l2) / 2, (c1 + c2) / 2

    def wave(times, shift=0.0):
        return np.cos(np.radians(times * hue + shift))

    t = 1 - 0.17 * wave(1, -30) + 0.24 * wave(2) + 0.32 * wave(3, 6) - 0.2 * wave(4, -63)
    lightness = (l2 - l1) / (1 + 0.015 * (dark - 50) ** 2 / np.sqrt(20 + (dark - 50) ** 2))
    strength = (c2 - c1) / (1 + 0.045 * chroma)
    tone = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / (1 + 0.015 * chroma * t)
    blue = np.radians(60 * np.exp(-((((hue % 360) - 275) / 25) ** 2)))
    turned = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(blue)
    return np.sqrt(lightness**2 + strength**2 + tone**2 + turned * strength * tone)


def apart(colors, others, vision):
    """How far each colour is from each other one, as a vision sees them."""
    one, other = (
        cielab(np.clip(linear(of) @ np.transpose(SEEN_BY[vision]), 0, 1)) for of in (colors, others)
    )
    return ciede2000(one[:, None], other)


def least(colors, vision):
    """The least distance between any two colours."""
    return apart(colors, colors, vision)[np.triu_indices(len(colors), 1)].min()


def contrast(colors, ground):
    light = np.concatenate([linear(colors), linear([ground])]) @ TO_XYZ[1] + 0.05
    return np.maximum(light[:-1], light[-1]) / np.minimum(light[:-1], light[-1])


@pytest.mark.parametrize(("one", "other", "difference"), PUBLISHED)
def test_the_difference_is_that_of_the_published_pairs(one, other, difference):
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(difference, abs=1e-4)
    assert ciede2000(np.array(other), np.array(one)) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("vision", SEEN_BY)
def test_every_vision_sees_white_and_the_greys_as_they_are(vision):
    greys = linear(["#ffffff", "#808080", "#000000"])
    np.testing.assert_allclose(greys @ np.transpose(SEEN_BY[vision]), greys, atol=1e-5)


@pytest.mark.parametrize(("vision", "mixed"), [("protan", "#a99300"), ("deutan", "#a39000")])
def test_red_and_a_dark_yellow_are_near_for_who_sees_no_red_or_no_green(vision, mixed):
    """And far for others."""
    pair = ["#c96500", mixed]
    assert least(pair, vision) < least(pair, "all") / 2


@themes
@pytest.mark.parametrize("vision", SEEN_BY)
def test_ten_classes_and_both_methods_look_unlike_for_every_vision(of, vision):
    assert least([*of.classes[:10], of.pca, of.autoencoder], vision) >= 14


@themes
@pytest.mark.parametrize("vision", SEEN_BY)
def test_more_classes_and_the_networks_are_not_the_same(of, vision):
    methods = [of.pca, of.autoencoder]
    assert least(of.listed, vision) >= 6.5
    assert least(of.networks, vision) >= 12
    assert apart(of.listed, methods, vision).min() >= 10
    assert apart(of.networks, methods, vision).min() >= 14
    assert apart(of.networks, of.classes[:10], vision).min() >= 5


@themes
def test_two_hundred_classes_are_told_apart_the_first_of_them_best(of):
    assert len(set(of.classes)) == 200
    assert MOST_CLASSES <= 200
    assert of.classes[:20] == of.listed
    distances = [least(of.classes[:count], "all") for count in (26, 47, 100, 200)]
    assert np.all(np.array(distances) >= [9, 7, 4.5, 3])
    assert apart(of.classes, [of.pca, of.autoencoder], "all").min() >= 6


@themes
def test_no_class_is_a_grey(of):
    assert np.hypot(*cielab(linear(of.classes)).T[1:]).min() >= 25


@pytest.mark.parametrize(("of", "theme"), [(LIGHT, "light"), (DARK, "dark")])
def test_every_colour_is_seen_on_its_ground_and_the_methods_names_are_read(of, theme):
    ground = THEME[theme]["backgroundColor"]
    assert contrast(of.all, ground).min() >= 2.5
    assert contrast(of.classes, ground).min() >= 2.5
    assert contrast(of.networks, ground).min() >= 3
    assert contrast([of.pca, of.autoencoder], ground).min() >= 4.5


@pytest.mark.parametrize(("of", "theme"), [(LIGHT, "light"), (DARK, "dark")])
def test_the_browser_has_the_same_lists(of, theme):
    assert THEME[theme]["chartCategoricalColors"] == of.all


def test_plain_html_has_the_methods_and_the_networks():
    rules = style()
    assert f"--pcae-pca:light-dark({LIGHT.pca},{DARK.pca});" in rules
    assert f"--pcae-autoencoder:light-dark({LIGHT.autoencoder},{DARK.autoencoder});" in rules
    assert all(f"{of_network(number)[4:-1]}:" in rules for number in range(9))


def test_the_scripts_are_tested_with_the_same_colours():
    kept = json.loads((reference.FOLDER / "colors.json").read_text("utf-8"))
    assert {name: of["classes"] for name, of in kept.items()} == {
        "light": list(LIGHT.classes),
        "dark": list(DARK.classes),
    }
