"""Latent plane and Compare of a site of plain files show what Python computes."""

import base64
import csv
import io
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from pcae.figures import sides
from pcae.figures.charts import plain
from pcae.figures.colors import RISING, span
from pcae.methods.plane import Grid, as_csv, between, decoded, two_digits
from pcae.presets import short_name
from pcae.takehome import site_figures
from tests.browser.test_site import until
from tests.browser.test_site_rows import BYTES, address, networks, page

__all__ = ["address", "networks", "page"]

LEVELS = 3  # of grey: weights in 16 bits, and what bytes are rounded by
PLOT = "(of) => (({ data, layout }) => ({ data, layout }))(document.querySelector(of))"
CELLS = """() => [...document.querySelectorAll('.pcae-table tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent))"""
NARROW = "document.documentElement.scrollWidth <= 390"
SLOW = 90_000  # milliseconds, of a machine with much to do


def planes(of, grid):
    """PCA's plane and the network's, as Python decodes them."""
    images, labels, k = of.data.test.pixels(), of.data.test.labels, of.run.config.k
    model = of.run.model()
    return [
        decoded(points, labels, 10, decode, grid)
        for points, decode in (
            (of.pca.transform(images, k), of.pca.inverse_transform),
            (model.encode(images), model.decode),
        )
    ]


def opened(page, address, of, **query):
    """Open Latent plane with a network and wait until both planes are decoded."""
    page.goto(f"{address}latent_plane/?{urlencode({'run': of.run.key} | query)}")
    decoded_wholly(page)


def decoded_wholly(page):
    for kind in ("PC", "code"):
        at = f".pcae-l-plane[data-kind={kind}][data-left='0']"
        page.locator(at).wait_for(timeout=SLOW)


def drawn(page, kind):
    """The figure of a plane."""
    return page.evaluate(PLOT, f".pcae-l-plane[data-kind={kind}] .js-plotly-plot")


def greys(figure):
    """The picture of a plane without tints: from 0 for its ground to 1."""
    source = figure["layout"]["images"][0]["source"]
    kind, _, content = source.partition(",")
    assert kind == "data:image/png;base64"
    red = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB"), float)[
        ..., 0
    ]
    return (red - 20) / (255 - 20)


def assert_shown(figure, plane, kind):
    """The figure has the ticks, the names and the tiles of the plane."""
    layout, axes = figure["layout"], plane.axes
    for name, axis, number in zip(("xaxis", "yaxis"), axes, plane.grid.numbers, strict=True):
        ticks = axis.ticks()
        assert layout[name]["title"]["text"] == f"{kind} {number + 1}"
        texts = [f"{tick + 0.0:g}".replace("-", "−") for tick in ticks]
        assert layout[name]["ticktext"] == texts
        np.testing.assert_allclose(layout[name]["tickvals"], axis.position(ticks), atol=2e-3)
    places = np.array(figure["data"][0]["customdata"])
    wanted = plane.coordinates.reshape(places.shape)
    np.testing.assert_allclose(places, wanted, rtol=5e-3, atol=5e-3 * np.abs(wanted).max())


def assert_tiles(figure, plane):
    """The picture, without tints, has the plane's tiles."""
    n, shown = plane.grid.n, greys(figure)
    side = len(shown) // n
    tiles = plane.images.reshape(n, n, 28, 28)[::-1].swapaxes(1, 2).reshape(n * 28, n * 28)
    scale = side // 28
    wanted = np.clip(tiles, 0, 1).repeat(scale, axis=0).repeat(scale, axis=1)
    assert np.abs(shown - wanted).max() < 0.08
    assert np.abs(shown - wanted).mean() < LEVELS / 255
    assert wanted.std() > 0.1


def assert_ways(page, shipped):
    """The rows of pictures are Python's, of the first pair and of another."""
    test, model = shipped.data.test, shipped.run.model()
    pair = two_digits(test.labels, 0)
    rows = page.locator(".pcae-l-film tr")
    for ends in (pair, [3, pair[1]]):
        head = [f"A: {test.labels[ends[0]]}", "10%", f"B: {test.labels[ends[1]]}"]
        expect(rows.nth(0).locator("td").nth(1)).to_have_text(head[0])
        cells = rows.nth(0).locator("td").all_inner_texts()
        assert [cells[1], cells[2], cells[11]] == head
        images = test.pixels(np.array(ends))
        scores, codes = shipped.pca.transform(images, 2), model.encode(images)
        film = [
            between(images, 11),
            shipped.pca.inverse_transform(between(scores, 11)),
            model.decode(between(codes, 11)),
        ]
        for row, wanted in enumerate(film, 1):
            for column in (0, 4, 10):
                shown = rows.nth(row).locator("img").nth(column).evaluate(BYTES)
                np.testing.assert_allclose(
                    shown, 255 * np.clip(wanted[column], 0, 1), atol=12 if row == 3 else LEVELS
                )
        page.get_by_label("Digit A").fill("3")
        page.get_by_label("Digit A").press("Enter")
    assert f"digit_a_{shipped.data.digest}=3" in page.url
    before = page.get_by_label("Digit B").input_value()
    page.get_by_role("button", name="Another pair").click()
    a, b = (int(page.get_by_label(f"Digit {name}").input_value()) for name in "AB")
    assert test.labels[a] != test.labels[b]
    assert (str(a), str(b)) != ("3", before)


def test_planes_and_ways_are_those_that_python_decodes(page, address, networks):
    shipped = networks[0]
    opened(page, address, shipped)
    both = planes(shipped, Grid((0, 1), 18, 0.98, True))
    for plane, kind, name in zip(both, ("PC", "code"), ("PCA", "Autoencoder"), strict=True):
        figure = drawn(page, kind)
        assert_shown(figure, plane, kind)
        assert figure["layout"]["title"]["text"].startswith(f"{name} <span")
        marks = {of["text"][3:-4]: (of["x"], of["y"]) for of in figure["layout"]["annotations"]}
        wanted = {str(label): tuple(at) for label, at in plane.regions.names.items()}
        assert set(marks) - {"A", "B"} == set(wanted)
        near = [np.hypot(*np.subtract(marks[of], at)) for of, at in wanted.items()]
        assert np.median(near) < 0.02
    assert_ways(page, shipped)
    page.get_by_label("Colour by class").uncheck()
    page.get_by_label("Pictures across and up").fill("8")
    page.get_by_label("Part of the plane").fill("7")
    page.get_by_label("Spread crowded places").uncheck()
    expect(page.get_by_text("2 times as wide")).to_be_visible()
    page.wait_for_timeout(300)
    decoded_wholly(page)
    for plane, kind in zip(planes(shipped, Grid((0, 1), 8, 2.0)), ("PC", "code"), strict=True):
        figure = drawn(page, kind)
        assert_shown(figure, plane, kind)
        assert_tiles(figure, plane)
        assert [of["text"] for of in figure["layout"]["annotations"]] == ["<b>A</b>", "<b>B</b>"]
    said = parse_qs(urlsplit(page.url).query)
    wanted = {"tiles": "8", "share": "2.0", "quantiles": "False", "regions": "False"}
    assert {name: said[name][0] for name in wanted} == wanted
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the pictures as a table (CSV)").click()
    found = list(csv.reader(io.StringIO(download.value.path().read_text())))
    both = planes(shipped, Grid((0, 1), 8, 2.0))
    table = list(csv.reader(io.StringIO(as_csv({"PCA": both[0], "autoencoder": both[1]}))))
    assert found[0] == table[0]
    assert [row[0] for row in found] == [row[0] for row in table]
    values, numbers = (np.array([row[1:] for row in of[1:]], float) for of in (found, table))
    assert np.abs(values[:, 2:] - numbers[:, 2:]).max() < 0.08
    page.set_viewport_size({"width": 390, "height": 800})
    until(page, NARROW)


def test_of_three_numbers_two_are_chosen_and_the_other_is_at_its_mean(page, address, networks):
    other = networks[1]
    opened(page, address, other, across_3="3", tiles="6", regions="False")
    page.get_by_role("combobox", name="Up", exact=True).select_option("2")
    page.wait_for_timeout(300)
    decoded_wholly(page)
    both = planes(other, Grid((2, 1), 6, 0.98, True))
    for plane, kind in zip(both, ("PC", "code"), strict=True):
        figure = drawn(page, kind)
        assert_shown(figure, plane, kind)
        assert_tiles(figure, plane) if kind == "PC" else None
        assert f"the other {kind}s at their mean" in figure["layout"]["title"]["text"]
    assert "up_3=2" in page.url


def test_a_tables_planes_have_the_colours_of_a_column_that_is_chosen(page, address, networks):
    of = networks[2]
    opened(page, address, of, tiles="5")
    page.get_by_role("combobox", name="Colour").select_option("Error")
    until(page, f"({PLOT})('.pcae-l-plane .js-plotly-plot').data[3].marker.colorbar.title.text"
          " === 'Error'")  # fmt: skip
    decoded_wholly(page)
    both = planes(of, Grid((0, 1), 5, 0.98, True))
    low, high = span(of.data.values(of.data.test.pixels())[:, 2])
    stops = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in RISING["dark"]]
    for plane, kind in zip(both, ("PC", "code"), strict=True):
        figure = drawn(page, kind)
        assert_shown(figure, plane, kind)
        source = figure["layout"]["images"][0]["source"].partition(",")[2]
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(source))).convert("RGB"))
        side = len(picture) // 5
        shown = picture[side // 2 :: side, side // 2 :: side][::-1]
        share = (of.data.values(plane.images)[..., 2] - low) / (high - low)
        at = np.clip(share, 0, 1) * (len(stops) - 1)
        wanted = [np.interp(at, range(len(stops)), channel) for channel in zip(*stops, strict=True)]
        np.testing.assert_allclose(shown, np.stack(wanted, axis=-1), atol=12)
        bar = figure["data"][3]["marker"]
        np.testing.assert_allclose([bar["cmin"], bar["cmax"]], [low, high], rtol=0.05)
    expect(page.get_by_text("Colour: the Error that each method makes")).to_be_visible()
    assert f"colour_by_{of.data.digest}=column-3" in page.url
    assert not page.locator(".pcae-l-film img").count()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the tiles as a table (CSV)").click()
    head, row, *_ = csv.reader(io.StringIO(download.value.path().read_text()))
    assert head == ["method", "number 1", "number 2", *of.data.columns]
    values = np.array(row[3:], float)
    np.testing.assert_allclose(values, of.data.values(both[0].images)[0, 0], rtol=1e-2, atol=1e-2)


def sides_of(networks):
    """What is told of networks beside each other."""
    return [
        site_figures.side(of.run, short_name(of.run.config), of.data, of.pca, of.worth, of.quality)
        for of in networks
    ]


def compared(page, keys):
    page.locator(f"[data-drawn='{','.join(keys)}'] .pcae-codes[data-drawn]").wait_for(timeout=SLOW)


def test_compared_networks_have_pythons_curves_figures_and_codes(page, address, networks):
    shipped, other, *_ = networks
    page.goto(f"{address}compare/")
    compared(page, [shipped.run.key])
    page.get_by_role("combobox", name="Networks").select_option(other.run.key)
    compared(page, [shipped.run.key, other.run.key])
    shown = sides_of([shipped, other])
    names = sides.short_names(shown)
    found = page.evaluate(CELLS)
    heads = [f"{number}: {of.title}" for number, of in enumerate(shown, 1)]
    assert [head.removeprefix("● ") for head in found[0]] == ["", *heads]
    assert found[1:] == [[label, *values] for label, values in sides.rows(shown)]
    figure = page.evaluate(PLOT, ".pcae-c-charts .js-plotly-plot")
    wanted = plain(sides.curves(shown, names))
    assert [of["y"] for of in figure["data"]] == [of["y"] for of in wanted["data"]]
    assert [of["name"] for of in figure["data"]] == names
    for words in (
        "These are of different data sets: each network is on its own test images.",
        "Of more than two codes the first two are drawn.",
        shown[0].source,
        shown[1].source,
    ):
        expect(page.locator(".pcae-site-caption")).to_contain_text(words)
    captions = page.locator(".pcae-codes figcaption span").all_inner_texts()
    assert captions == names
    with page.expect_download() as download:
        page.locator(".pcae-codes + .pcae-d").get_by_text("CSV").click()
    codes = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    own = [row for row in codes if row["network"] == names[1]]
    first = other.run.model().encode(other.data.test.pixels(slice(0, 5)))
    places = [[float(row["x"]), float(row["y"])] for row in own[:5]]
    np.testing.assert_allclose(places, first[:, :2], rtol=1e-3, atol=1e-3)
    assert len(own) == len(other.data.test)
    assert parse_qs(urlsplit(page.url).query)["compare"][0].count("|") == 1
    page.reload()
    compared(page, [shipped.run.key, other.run.key])
    page.get_by_role("button", name=f"Take out {shown[0].title}").click()
    compared(page, [other.run.key])
    alone = sides.curves(shown[1:], [shown[1].title])["data"]
    figure = page.evaluate(PLOT, ".pcae-c-charts .js-plotly-plot")
    assert [of["name"] for of in figure["data"]] == [of["name"] for of in alone]
    page.set_viewport_size({"width": 390, "height": 800})
    until(page, NARROW)
    page.get_by_role("button", name="Take all out").click()
    expect(page.get_by_text("Choose networks above.")).to_be_visible()
    expect(page.get_by_text("a grid of trainings, followed as one, as well")).to_be_visible()
