"""Colours that mean one thing each: of the classes, of the two methods, of networks side by side.

There is a list for each theme. In each, the first ten classes and the methods are at least 14 apart
(CIEDE2000) for every colour vision, seen on the theme's ground, and no class is a grey;
`tests/figures/test_colors.py` measures that. Ten more classes, for own data, and the networks are
as far from these as a search found.

A figure that the browser draws names its colours, as `PCA` or `of_class(3)` do, and the page's
theme says what they are; `style` says so to plain HTML.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of a theme, as #rrggbb.

    Attributes
    ----------
    classes : tuple of 20 str
    pca, autoencoder : str
        Also for text: their contrast with the ground is 4.5 or more.
    networks : tuple of 6 str
    """

    classes: tuple[str, ...]
    pca: str
    autoencoder: str
    networks: tuple[str, ...]

    @property
    def all(self) -> list[str]:
        """Every colour, in the order that Streamlit's theme and the browser have them in."""
        return [*self.classes, self.pca, self.autoencoder, *self.networks]


def _palette(listed: str) -> Palette:
    colors = tuple(listed.split())
    return Palette(colors[:20], colors[20], colors[21], colors[22:])


LIGHT = _palette("""
    #9693d7 #8f567f #b79752 #21388f #280142 #09b2a2 #481524 #03684b #842115 #e7698d
    #37927c #7779a8 #598143 #48264a #72415e #62010d #ab6c70 #230e7b #cf9407 #088cf6
    #b75105 #046cd0
    #4f1c5f #6b9d6e #b77fae #651405 #055636 #814165
""")
DARK = _palette("""
    #847cd7 #a6698e #dcc973 #01745b #71499c #5ef7f4 #cbf6cb #21a771 #a44b1e #f398b7
    #a6c89c #a590bf #7c4e38 #c87b93 #e8ee5d #66854f #655ed5 #8967a6 #448874 #795479
    #e86f0c #90b9fd
    #655ed5 #dfe656 #b780ae #1a8c6d #8a5582 #b8d89e
""")
PCA, AUTOENCODER = "var(--pcae-pca)", "var(--pcae-autoencoder)"
MUTED = "var(--pcae-muted)"  # of what stands back


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
