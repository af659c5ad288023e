"""Charts that can be taken home and digits seen close up, in a real browser."""

import csv
import io
import re

import numpy as np

from pcae import store
from pcae.data import datasets
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from tests.browser.conftest import settle

# whether the close-ups' script is there
LISTENING = "() => [...document.styleSheets].some((of) => of.href?.endsWith('closeup.css'))"

SEED = PRESETS["Seed network, 25 epochs"]
VALUES = "() => [...document.querySelectorAll('.pcae-close-up output')].map((o) => o.value)"


def saved(page, kind, chart):
    """A chart's download: its name and its bytes."""
    box = page.locator(f".st-key-chart_{chart}")
    with page.expect_download() as download:
        box.get_by_role("button", name=kind, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_chart_is_had_as_png_svg_and_csv(page, server, sample):
    page.goto(f"{server.url}/components")
    page.locator(".st-key-chart_error_by_components .main-svg").first.wait_for()
    settle(page)
    name, png = saved(page, "PNG", "error_by_components")
    assert name == "error_by_components.png"
    assert png.startswith(b"\x89PNG")
    name, svg = saved(page, "SVG", "error_by_components")
    assert name == "error_by_components.svg"
    assert svg.startswith(b"<svg")
    assert b"PCA, test" in svg
    name, text = saved(page, "CSV", "error_by_components")
    assert name == "error_by_components.csv"
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    pca = [float(row["y"]) for row in rows if row["series"] == "PCA, test"]
    np.testing.assert_allclose(pca, load_or_fit(sample).test_error[: len(pca)])
    assert len(pca) > 30
    assert {row["y_is"] for row in rows} == {"error"}
    assert sum(row["series"].startswith("Seed network, ") for row in rows) == 6


def test_the_explorers_planes_are_had_as_svg_and_as_a_table(explorer, sample):
    with explorer.expect_download() as download:
        explorer.locator(".pcae-x-bar").get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [int(row["digit"]) for row in rows] == list(range(1_000))
    assert [int(row["label"]) for row in rows] == list(sample.test.labels)
    codes = store.find(SEED.key).model().encode(sample.test.pixels())
    drawn = [[float(row["code 1"]), float(row["code 2"])] for row in rows]
    np.testing.assert_allclose(drawn, codes, rtol=1e-4, atol=1e-3)
    with explorer.expect_download() as download:
        explorer.locator(".pcae-x-bar").get_by_role("button", name="SVG").click()
    svg = download.value.path().read_text()
    assert "Bottleneck codes" in svg
    assert svg.count("●") == 10


def test_a_click_shows_a_digit_close_up_with_the_values_of_its_pixels(page, server):
    page.goto(f"{server.url}/reconstructions")
    page.locator(".pcae-open img").first.wait_for()
    settle(page)
    page.wait_for_function(LISTENING)
    page.locator(".pcae-open img").nth(3).click()
    page.locator(".pcae-close-up canvas").nth(2).wait_for()
    box = page.locator(".pcae-close-up canvas").first.bounding_box()
    side = box["width"] / 28
    page.mouse.move(box["x"] + 12.5 * side, box["y"] + 9.5 * side)
    words = page.locator(".pcae-close-up").text_content()
    row, column = map(int, re.search(r"row (\d+), column (\d+)", words).groups())
    assert (row, column) == (10, 13)
    image = datasets.load("mnist-5k").test.pixels(slice(3, 4))
    pixel = (row - 1) * 28 + column - 1
    network = store.find(SEED.key).model().reconstruct(image)[0, pixel]
    pca = load_or_fit(datasets.load("mnist-5k")).reconstruct(image, 2)[0, pixel]
    wanted = [image[0, pixel], min(max(pca, 0), 1), network]
    np.testing.assert_allclose([float(v) for v in page.evaluate(VALUES)], wanted, atol=0.008)
    before = page.evaluate(VALUES)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(VALUES) != before
    page.keyboard.press("Escape")
    page.locator(".pcae-close-up").wait_for(state="detached")


def test_a_difference_close_up_is_that_of_the_values(page, server):
    page.goto(f"{server.url}/reconstructions")
    page.get_by_text("Differences", exact=True).click()
    page.locator(".pcae-open tr").nth(5).wait_for()
    settle(page)
    page.wait_for_function(LISTENING)
    page.locator(".pcae-open img").first.press("Enter")
    page.locator(".pcae-close-up canvas").nth(4).wait_for()
    original, pca, difference, network, other = map(float, page.evaluate(VALUES))
    np.testing.assert_allclose([difference, other], [pca - original, network - original], atol=0.02)
