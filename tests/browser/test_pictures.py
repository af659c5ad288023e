"""Every figure on fixed small data is the picture that is kept in `tests/pictures/`.

A change of a figure shows as a changed picture: `python -m tests.browser.test_pictures` draws all
anew, to be looked at and committed. Plotly draws in a browser whose letters are all of one width,
so that a picture is the same whatever fonts a machine has.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import numpy as np
import pytest
from PIL import Image

from pcae import scripts
from pcae.config import RunConfig
from pcae.figures import bottlenecks, charts, colors, comparison, svg
from pcae.figures.bottlenecks import Bottleneck, FirstCodes
from pcae.figures.charts import Curve, Figure, Plane
from pcae.figures.plane import decoded_plane
from pcae.methods.metrics import equivalent_k
from pcae.methods.plane import Grid, between, decoded
from pcae.training.sweep import Line, Sweep
from tests.browser.conftest import FLAGS, NAMES, first_installed

PICTURES = Path(__file__).parents[1] / "pictures"
CLASSES = ("cat", "dog", "eel")
LABELS = np.arange(24) % 3
TURNS = np.arange(24) * 2 * np.pi / 24
CODES = np.column_stack([LABELS + 0.4 * np.cos(TURNS), 2 - LABELS + 0.4 * np.sin(TURNS)])
PCA = 0.08 / (1 + np.arange(785) / 8)
CURVES = [
    Curve("one & two", [0, 1, 2, 3], [0.07, 0.05, 0.042, 0.04], [0.06, 0.045, 0.041]),
    Curve("another", [0, 1], [0.075, 0.061], within=[[0.5, 0.07]]),
]
SWEEPS = {
    "k": Sweep(base=RunConfig(), hidden=[(512, 128)], k=[1, 2, 3], epochs=[5], seed=[0, 1]),
    "hidden": Sweep(base=RunConfig(), hidden=[(512, 128), (64,)], k=[2], epochs=[5], seed=[0]),
}


def coded(title: str, times: float = 1) -> Plane:
    return charts.plane(title, "code", times * CODES, LABELS)


def of_a_plane(d: int) -> Figure:
    """A plane, or an axis, whose upper halves of tiles are white."""
    codes = CODES[:, :d].astype(np.float32)

    def decode(at):
        return np.tile(np.repeat([1.0, 0.0], 8), (len(at), 1))

    plane = decoded(codes, LABELS, len(CLASSES), decode, Grid(tuple(range(d)), 6, 1.0))
    way = between(codes[[0, 13]], 5)
    words = ("Autoencoder", colors.AUTOENCODER, "says this", "code")
    return decoded_plane(*words, plane, (4, 4), CLASSES, way)


def of_bottlenecks(*, log: bool) -> Figure:
    opened = Bottleneck("784-512-128-2", 2, 0.036, 9.8)
    others = [Bottleneck("wide", 30, 0.004, 152), Bottleneck("old", 2, 0.037, 9.3, "A. B. 2006")]
    return bottlenecks.error_by_components(PCA, 1.02 * PCA, others, opened, log=log)


def of_ordered_codes() -> Figure:
    errors = [0.055, 0.041, 0.034, 0.029]
    worth = [equivalent_k(error, 1.02 * PCA) for error in errors]
    first = FirstCodes([0.97 * error for error in errors], errors, worth)
    opened = Bottleneck("784-64-4", 4, errors[-1], worth[-1], first_codes=first)
    return bottlenecks.error_by_components(PCA, 1.02 * PCA, [], opened, log=True)


def of_a_sweep(across: str, errors: dict) -> Figure:
    lines = [Line("a line", errors), Line("no network yet", {})]
    return comparison.sweep_errors(SWEEPS[across], lines, PCA)


FIGURES: dict[str, Callable[[], Figure | str]] = {
    "learning-curves": lambda: charts.learning_curves(CURVES, [("PCA, k = 2", 0.055)], 5),
    "error-by-components": lambda: of_bottlenecks(log=True),
    "error-by-components-linear": lambda: of_bottlenecks(log=False),
    "error-by-components-ordered": of_ordered_codes,
    "explained-variance": lambda: charts.explained_variance(np.linspace(0.1, 0.001, 60), 40),
    "error-by-class": lambda: charts.error_by_class(
        CLASSES, [("PCA", [0.05, 0.06, 0.04]), ("Autoencoder", [0.03, 0.05, 0.035])]
    ),
    "linear-timeline": lambda: charts.linear_timeline(
        np.array([[80.0, 60], [30, 20], [5, 2]]), [0.07, 0.06, 0.0559], 0.0557, 5
    ),
    "linear-timeline-ordered": lambda: charts.linear_timeline(
        np.array([[80.0, 60], [30, 20], [5, 2]]),
        [0.07, 0.06, 0.0559],
        0.0557,
        5,
        np.array([[85.0, 75], [50, 65], [9, 14]]),
    ),
    "sweep-errors-k": lambda: of_a_sweep("k", {1: [0.06, 0.062], 2: [0.04, 0.041], 3: [0.03]}),
    "sweep-errors-hidden": lambda: of_a_sweep(
        "hidden", {"784-64-k": [0.045], "784-512-128-k": [0.04]}
    ),
    "decoded-plane": lambda: of_a_plane(2),
    "decoded-axis": lambda: of_a_plane(1),
    "svg-curves": lambda: svg.curves(
        [svg.Line("error", [0, 1, 2, 3], CURVES[0].test, colors.LIGHT.autoencoder)],
        ("epoch", "error"),
        3,
    ),
    "svg-plane": lambda: svg.plane(coded("Codes & more"), LABELS),
}
# letters of one width; Plotly measures texts as it draws them
LETTERS = """() => {
    const plain = Element.prototype.getBoundingClientRect;
    Element.prototype.getBoundingClientRect = function () {
        if (this.tagName !== 'text') return plain.call(this);
        const { fontSize, textAnchor } = getComputedStyle(this), size = parseFloat(fontSize);
        const [x, y] = ['x', 'y'].map((name) => Number(this.getAttribute(name)));
        const lines = [...this.querySelectorAll('tspan.line')].map((line) => line.textContent);
        const most = Math.max(...(lines.length ? lines : [this.textContent]).map((l) => l.length));
        const [width, height] = [0.5 * size * most, 1.3 * size * Math.max(lines.length, 1)];
        const left = x - width * { start: 0, middle: 0.5, end: 1 }[textAnchor], top = y - size;
        const to = this.getScreenCTM();
        const corners = [left, left + width].flatMap((px) => [top, top + height].map(
            (py) => new DOMPoint(px, py).matrixTransform(to)));
        const [xs, ys] = [corners.map((at) => at.x), corners.map((at) => at.y)];
        const [x0, y0] = [Math.min(...xs), Math.min(...ys)];
        return new DOMRect(x0, y0, Math.max(...xs) - x0, Math.max(...ys) - y0);
    };
}"""
DRAW = """async (figure) => {
    const { data, layout } = figure;
    const axis = { automargin: true };
    layout.template = { layout: { xaxis: axis, yaxis: axis } }; // as the page has it
    const options = { format: 'svg', width: 640, height: 400, imageDataOnly: true };
    return await Plotly.toImage({ data, layout }, options);
}"""


NUMBER = re.compile(r"-?\d+\.\d+(e-\d+)?")
PICTURE = re.compile(r"data:image/png;base64,([\w+/=]+)")


def named(figure: str) -> str:
    """A figure in the colours of the light theme."""
    names = ["pca", "autoencoder", *(f"network-{number}" for number in range(6))]
    light = dict(zip(names, colors.LIGHT.all[20:], strict=True)) | {"muted": "#808894"}
    return re.sub(r"var\(--pcae-([\w-]+)\)", lambda name: light[name[1]], figure)


def rounded(found: re.Match[str]) -> str:
    return f"{round(float(found[0]), 2) + 0:g}"


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    prepare(page)
    yield page
    page.close()


def prepare(page) -> None:
    page.evaluate(f"({LETTERS})()")
    page.add_script_tag(path=scripts.PLOTLY)


def drawn(page, figure: Figure | str) -> str:
    """The figure as SVG, an element a line, without names that Plotly draws by lot."""
    if not isinstance(figure, str):
        figure = page.evaluate(DRAW, json.loads(named(json.dumps(charts.plain(figure)))))
    for by_lot in set(re.findall(r"(?:defs-|class=\"trace \w+ trace)([0-9a-f]{6})\"", figure)):
        figure = figure.replace(by_lot, "")
    figure = re.sub(r"<[^>]*>", lambda tag: NUMBER.sub(rounded, tag[0]), figure)
    return canonicalize(figure).replace("><", ">\n<") + "\n"  # its attributes in one order


def seen(figure: str) -> list[str]:
    """The lines of an SVG, with the pixels of its pictures: zlibs pack the same in other bytes."""

    def pixels(found: re.Match[str]) -> str:
        image = Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGBA")
        return hashlib.sha256(image.tobytes()).hexdigest()

    return PICTURE.sub(pixels, figure).splitlines()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_picture_that_is_kept(page, name):
    kept = (PICTURES / f"{name}.svg").read_text("utf-8")
    assert seen(drawn(page, FIGURES[name]())) == seen(kept), (
        f"tests/pictures/{name}.svg is another: run python -m tests.browser.test_pictures, look "
        "at what changed, and commit it where it is right"
    )


def test_every_picture_is_of_a_figure():
    assert {path.stem for path in PICTURES.glob("*")} == set(FIGURES)


def write() -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=first_installed(NAMES), args=FLAGS).new_page()
        prepare(page)
        for name, figure in FIGURES.items():
            (PICTURES / f"{name}.svg").write_text(drawn(page, figure()), "utf-8")


if __name__ == "__main__":
    write()
