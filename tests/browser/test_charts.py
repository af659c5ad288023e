"""Charts and small planes of codes under a hand, in a real browser."""

from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import expect

from pcae.config import RunConfig
from tests.browser.conftest import settle
from tests.browser.test_codes import own_run

__all__ = ["own_run"]

CURVE = ".st-key-chart_error_by_components"
PLOT = f"document.querySelector('{CURVE} .js-plotly-plot')"
RANGE = f"() => {PLOT}._fullLayout.xaxis.range"


@pytest.fixture
def curve(page, server):
    """The chart of Components, and where its plot is."""
    page.goto(f"{server.url}/components")
    page.locator(f"{CURVE} [data-drawn]").wait_for()
    settle(page)
    return page.locator(f"{CURVE} .nsewdrag").bounding_box()


def test_a_chart_is_an_image_with_a_name_and_says_what_the_pointer_is_at(page, curve):
    image = page.get_by_role("img", name="Error of PCA by its number of components")
    assert image.is_visible()
    x, y = page.evaluate(
        f"""() => {{ const {{ xaxis, yaxis }} = {PLOT}._fullLayout;
            const [of] = {PLOT}._fullData.filter((trace) => trace.marker?.size?.[0] === 16);
            return [xaxis.d2p(of.x[0]), yaxis.d2p(of.y[0])]; }}"""
    )
    page.mouse.move(curve["x"] + x, curve["y"] + y)
    expect(page.locator(f"{CURVE} .hoverlayer")).to_contain_text("k = 2, test error 0.0")


def test_a_drag_zooms_and_a_double_click_goes_back(page, curve):
    whole = page.evaluate(RANGE)
    x, y, width, height = (curve[name] for name in ("x", "y", "width", "height"))
    page.mouse.move(x + 0.3 * width, y + 0.2 * height)
    page.mouse.down()
    page.mouse.move(x + 0.5 * width, y + 0.5 * height, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    zoomed = page.evaluate(RANGE)
    assert zoomed[1] - zoomed[0] < 0.5 * (whole[1] - whole[0])
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_timeout(600)
    assert page.evaluate(RANGE) == zoomed
    page.mouse.dblclick(x + 0.4 * width, y + 0.4 * height)
    page.wait_for_function(f"({RANGE})()[1] === {whole[1]}")


def test_charts_follow_the_theme_and_streamlits_plotly_is_not_fetched(page, server):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{server.url}/components")
    page.locator(f"{CURVE} [data-drawn]").wait_for()
    for scheme, color in (("dark", "#e8ecf1"), ("light", "#1c2430")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"{PLOT}._fullLayout.font.color === '{color}'", timeout=10_000)
    assert not [url for url in fetched if "PlotlyChart" in url]


def test_codes_are_played_with_the_epoch_in_the_curve(page, server, own_run):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=2)
    codes = np.random.default_rng(0).normal(size=(1000, 2))
    own_run(config, {place: (1 + place) * codes for place in (0, 0.5, 1, 2)})
    page.goto(f"{server.url}/train?{urlencode(config.to_query())}")
    codes = page.locator(".st-key-chart_codes .pcae-codes[data-drawn]")
    codes.wait_for()
    settle(page)
    slider = codes.get_by_role("slider", name="Epoch")
    last = slider.get_attribute("max")
    slider.press("Home")
    expect(codes).to_have_attribute("data-drawn", "0")
    expect(slider).to_have_attribute("aria-valuetext", "after epoch 0")
    expect(page.locator(".st-key-chart_learning_curves i").first).to_be_visible()
    codes.get_by_role("button", name="Play").press("Enter")
    expect(codes).to_have_attribute("data-drawn", last, timeout=10_000)
    expect(codes.get_by_role("button", name="Play")).to_be_visible()
    codes.get_by_role("button", name="0", exact=True).press("Enter")
    expect(codes.get_by_role("button", name="0", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
