"""Colours that mean one thing each: of the classes, of the two methods, of networks side by side.

There is a list for each theme. In each, the first ten classes and the methods are at least 14 apart
(CIEDE2000) for every colour vision, seen on the theme's ground, and no class is a grey;
`tests/figures/test_colors.py` measures that. Ten more classes, for own data, and the networks are
as far from these as a search found. Of more than twenty classes each further colour is the one of a
grid in OKLCH that is farthest, in OKLab, from those before it (B. Ottosson, "A perceptual color
space for image processing", 2020); `pcae/browser/core/scheme.js` has the same.

A figure that the browser draws names its colours, as `PCA` or `of_class(3)` do, and the page's
theme says what they are; `style` says so to plain HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pcae.names import MOST_CLASSES

_LISTED = 20
_TO_LMS = np.array(  # from OKLab, to the cube roots of what the cones see
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.2914855480],
    ]
)
_TO_RGB = np.array(  # linear, from what the cones see
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
_LIGHTNESSES = {"light": range(27, 70, 6), "dark": range(52, 95, 6)}  # hundredths
_CHROMAS, _HUES = (9, 14, 19, 24), range(0, 360, 12)  # hundredths; degrees
_FINE = 1000  # steps of OKLab, so that distances are whole numbers in every language
_FROM_METHODS = 60**2  # of these steps, squared, that no class is nearer to a method


@dataclass(frozen=True)
class Palette:
    """The colours of a theme, as #rrggbb.

    Attributes
    ----------
    listed : tuple of 20 str
        Of the first classes.
    pca, autoencoder : str
        Also for text: their contrast with the ground is 4.5 or more.
    networks : tuple of 6 str
    theme : str
        "light" or "dark".
    """

    listed: tuple[str, ...]
    pca: str
    autoencoder: str
    networks: tuple[str, ...]
    theme: str

    @property
    def all(self) -> list[str]:
        """What is listed, in the order that Streamlit's theme and the browser have it in."""
        return [*self.listed, self.pca, self.autoencoder, *self.networks]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The colours of 200 classes."""
        grid, colors = _grid(_LIGHTNESSES[self.theme])
        methods = _distances(grid, _oklab([self.pca, self.autoencoder]))
        far = methods.min(axis=1) >= _FROM_METHODS
        grid, colors = grid[far], [color for color, of in zip(colors, far, strict=True) if of]
        free = np.minimum(
            methods[far].min(axis=1), _distances(grid, _oklab(self.listed)).min(axis=1)
        )
        more: list[str] = []
        while len(more) < MOST_CLASSES - _LISTED:
            farthest = int(free.argmax())
            more.append(colors[farthest])
            free = np.minimum(free, _distances(grid, grid[[farthest]])[:, 0])
        return (*self.listed, *more)


def _grid(lightnesses: range) -> tuple[np.ndarray, list[str]]:
    """Colours that a screen has: where in OKLab, in whole steps, shape (n, 3), and as #rrggbb."""
    places, colors = [], []
    for lightness in lightnesses:
        for chroma in _CHROMAS:
            for hue in np.radians(_HUES):
                lab = np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)]) / 100
                rgb = _TO_RGB @ (_TO_LMS @ lab) ** 3
                if rgb.min() >= 0 and rgb.max() <= 1:
                    signal = np.where(
                        rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055
                    )
                    places.append(np.rint(_FINE * lab))
                    colors.append("#" + "".join(f"{round(255 * of):02x}" for of in signal))
    return np.array(places), colors


def _oklab(colors: Sequence[str]) -> np.ndarray:
    """Where colours are in OKLab, in whole steps, shape (n, 3)."""
    rgb = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in colors]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.rint(_FINE * np.cbrt(linear @ np.linalg.inv(_TO_RGB).T) @ np.linalg.inv(_TO_LMS).T)


def _distances(grid: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far each colour is from each other one, squared."""
    return ((grid[:, None] - others) ** 2).sum(axis=2)


def _palette(theme: str, listed: str) -> Palette:
    colors = tuple(listed.split())
    classes, (pca, autoencoder, *networks) = colors[:_LISTED], colors[_LISTED:]
    return Palette(classes, pca, autoencoder, tuple(networks), theme)


LIGHT = _palette(
    "light",
    """
    #9693d7 #8f567f #b79752 #21388f #280142 #09b2a2 #481524 #03684b #842115 #e7698d
    #37927c #7779a8 #598143 #48264a #72415e #62010d #ab6c70 #230e7b #cf9407 #088cf6
    #b75105 #046cd0
    #4f1c5f #6b9d6e #b77fae #651405 #055636 #814165
""",
)
DARK = _palette(
    "dark",
    """
    #847cd7 #a6698e #dcc973 #01745b #71499c #5ef7f4 #cbf6cb #21a771 #a44b1e #f398b7
    #a6c89c #a590bf #7c4e38 #c87b93 #e8ee5d #66854f #655ed5 #8967a6 #448874 #795479
    #e86f0c #90b9fd
    #655ed5 #dfe656 #b780ae #1a8c6d #8a5582 #b8d89e
""",
)
# S. van der Walt & N. Smith's viridis (2015), whose steps look even to every eye
_VIRIDIS = (
    *("#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c"),
    *("#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"),
)
RISING = {"light": _VIRIDIS[-3::-1], "dark": _VIRIDIS[2:]}  # of values, from low to high
_BEYOND = 1  # percent of the values at each end, that have the colour of the end
PCA, AUTOENCODER = "var(--pcae-pca)", "var(--pcae-autoencoder)"
MUTED = "var(--pcae-muted)"  # of what stands back


def span(values: np.ndarray) -> tuple[float, float]:
    """Between which of some values (n,) colours differ."""
    low, high = np.percentile(values, [_BEYOND, 100 - _BEYOND])
    return float(low), float(high)


def of_class(label: int) -> str:
    """The name of a class's colour."""
    return f"var(--pcae-class-{label})"


def of_network(number: int) -> str:
    """The name of the colour of the network at this place among several."""
    return f"var(--pcae-network-{number % len(LIGHT.networks)})"


def style() -> str:
    """CSS that gives a page the names of the methods and of the networks."""
    names = ["pca", "autoencoder", *(f"network-{n}" for n in range(len(LIGHT.networks)))]
    pairs = zip(names, LIGHT.all[-len(names) :], DARK.all[-len(names) :], strict=True)
    return "".join(f"--pcae-{name}:light-dark({light},{dark});" for name, light, dark in pairs)
