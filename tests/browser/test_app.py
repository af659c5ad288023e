"""The main job in a real browser: hover and choose digits in two scatters, train, and see it."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pcae.config import RunConfig
from pcae.ui.shell import PLOTLY
from tests.browser.conftest import PAINTED, Server

# the screen position and the index of a digit that no other is near to, in plane 1 or 2
LONELY = """(plane) => {
    const plot = document.querySelector('.js-plotly-plot');
    const [x, y] = plane === 1 ? ['xaxis', 'yaxis'] : ['xaxis2', 'yaxis2'];
    const box = plot.getBoundingClientRect(), layout = plot._fullLayout, points = [];
    for (const trace of plot._fullData) {
        if (!trace.customdata || trace.xaxis !== (plane === 1 ? 'x' : 'x2')) continue;
        trace.x.forEach((value, i) => points.push({
            index: trace.customdata[i], label: trace.name,
            x: box.left + layout[x]._offset + layout[x].d2p(value),
            y: box.top + layout[y]._offset + layout[y].d2p(trace.y[i]),
        }));
    }
    const distance = (a) => Math.min(...points.map(
        (b) => a === b ? 1e9 : (a.x - b.x) ** 2 + (a.y - b.y) ** 2));
    return points.reduce((best, p) => {
        const d = distance(p);
        return !best || d > best.d ? {...p, d} : best;
    }, null);
}"""


def open_explore(page, server):
    """Open the first page and wait for both scatters."""
    page.goto(server.url)
    page.wait_for_function(PAINTED)
    page.get_by_role("button", name="Try again").wait_for()  # the offline notice is settled
    settle(page)


def settle(page):
    """Wait until no script runs."""
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_timeout(300)


def pictures(page):
    return page.locator(".pcae-panel img").count()


def test_the_first_page_shows_a_digit_a_point_in_both_planes(page, server):
    open_explore(page, server)
    counts = page.evaluate(
        """() => ['x', 'x2'].map((axis) => document.querySelector('.js-plotly-plot')._fullData
            .filter((t) => t.customdata && t.xaxis === axis).reduce((n, t) => n + t.x.length, 0))"""
    )
    assert counts == [1000, 1000]
    assert page.get_by_text(re.compile("2 codes reconstruct as well as")).is_visible()


def test_plotly_is_fetched_once_and_before_the_first_chart(page, server):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
    open_explore(page, server)
    assert len([name for name in fetched if fnmatch(name, PLOTLY)]) == 1


@pytest.mark.parametrize("plane", [1, 2])
def test_hovering_a_digit_names_it(page, server, plane):
    open_explore(page, server)
    point = page.evaluate(LONELY, plane)
    page.mouse.move(point["x"] + 3, point["y"])
    page.mouse.move(point["x"], point["y"])
    label = page.locator(".hoverlayer .hovertext").first
    label.wait_for()
    assert f"{point['label']}, no. {point['index']}" in label.text_content()


@pytest.mark.parametrize("plane", [1, 2])
def test_clicking_a_digit_shows_it_and_rings_its_twin(page, server, plane):
    open_explore(page, server)
    point = page.evaluate(LONELY, plane)
    page.mouse.move(point["x"] + 3, point["y"])
    page.mouse.move(point["x"], point["y"])
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.mouse.click(point["x"], point["y"])
    page.get_by_text(f"{point['label']}, test digit {point['index']:,}").wait_for()
    settle(page)
    assert pictures(page) == 3
    rings = page.evaluate(
        """() => document.querySelector('.js-plotly-plot')._fullData
            .filter((t) => t.marker.symbol === 'circle-open').map((t) => t.x.length)"""
    )
    assert rings == [1, 1]


def test_drawing_around_digits_selects_them_in_both_planes(page, server):
    open_explore(page, server)
    page.locator('[data-title="Lasso Select"]').click()
    settle(page)
    box = page.locator(".js-plotly-plot .xy .main-svg, .js-plotly-plot").first.bounding_box()
    left, top, width, height = box["x"], box["y"], box["width"], box["height"]
    corners = [(0.1, 0.3), (0.35, 0.3), (0.35, 0.7), (0.1, 0.7), (0.1, 0.3)]
    start, *rest = [(left + x * width, top + y * height) for x, y in corners]
    page.mouse.move(*start)
    page.mouse.down()
    for corner in rest:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()
    page.get_by_text(re.compile(r"^[\d,]+ digits$")).wait_for()
    settle(page)
    selected = page.evaluate(
        """() => ['x', 'x2'].map((axis) => document.querySelector('.js-plotly-plot')._fullData
            .filter((t) => t.customdata && t.xaxis === axis)
            .flatMap((t) => t.selectedpoints.map((i) => t.customdata[i])).sort().join())"""
    )
    assert selected[0] == selected[1] != ""
    page.get_by_role("link", name="Reconstructions").click()
    page.get_by_text("Chosen in Explore").click()
    page.locator(".pcae-panel img").first.wait_for()
    settle(page)
    assert pictures(page) == 30
    page.get_by_role("link", name="Explore").click()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text(", test digit 0").wait_for()
    page.wait_for_function(PAINTED)
    settle(page)
    chosen = (
        "() => document.querySelector('.js-plotly-plot')._fullData.some((t) => t.selectedpoints)"
    )
    assert not page.evaluate(chosen)


def test_a_click_on_the_legend_hides_a_class_in_both_planes(page, server):
    open_explore(page, server)
    page.locator(".legendtoggle").nth(3).click()
    page.wait_for_timeout(800)
    hidden = page.evaluate(
        """() => document.querySelector('.js-plotly-plot')._fullData
            .filter((t) => t.visible === 'legendonly').map((t) => t.name)"""
    )
    assert hidden == ["3", "3"]


def test_a_network_is_trained_and_explored(page, server):
    page.goto(f"{server.url}/train?dataset=mnist-5k&hidden=32&epochs=3")
    page.get_by_text("784-32-2, ELU, 3 epochs").first.wait_for()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Cancel").first.wait_for()
    page.get_by_role("button", name="Explore it").wait_for(timeout=60_000)
    page.get_by_text(re.compile("Finished: 3 epochs")).wait_for()
    settle(page)
    page.get_by_role("button", name="Explore it").click()
    chosen = page.locator('[data-testid="stSelectbox"]', has_text="Network").first
    chosen.wait_for()
    assert "784-32-2, ELU, 3 epochs" in chosen.inner_text() + chosen.inner_html()


def test_two_apps_on_one_store_train_a_run_once_and_both_show_it(visitor, server):
    other = Server(server.home)
    tabs = [visitor.new_page(), visitor.new_page()]
    try:
        for tab, app in zip(tabs, (server, other), strict=True):
            tab.goto(f"{app.url}/train?dataset=mnist-5k&hidden=48&epochs=4")
            tab.get_by_text("784-48-2, ELU, 4 epochs").first.wait_for()
            settle(tab)
        for tab in tabs:
            tab.get_by_role("button", name="Train", exact=True).click()
        for tab in tabs:
            tab.get_by_text(re.compile("Finished: 4 epochs")).wait_for(timeout=60_000)
    finally:
        other.stop()
        for tab in tabs:
            tab.close()
    key = RunConfig(dataset="mnist-5k", hidden=(48,), epochs=4).key
    log = (server.home / "pcae" / "worker.log").read_text()
    assert log.count(f"trains run {key}") == 1


def test_the_k_slider_changes_pcas_pictures_only(page, server):
    page.goto(f"{server.url}/reconstructions")
    page.locator(".pcae-panel img").first.wait_for()
    settle(page)
    sources = "() => [...document.querySelectorAll('.pcae-panel img')].map((i) => i.src)"
    before = page.evaluate(sources)
    page.get_by_role("slider").press("ArrowRight")
    page.get_by_text("k = 3, mean").wait_for()
    settle(page)
    after = page.evaluate(sources)
    assert after[:10] == before[:10]
    assert all(a != b for a, b in zip(after[10:20], before[10:20], strict=True))
    assert after[20:] == before[20:]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_visitor(browser, server, scheme):
    context = browser.new_context(color_scheme=scheme)
    tab = context.new_page()
    tab.goto(f"{server.url}/train")
    tab.get_by_text("Trained networks").wait_for()
    color = tab.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    context.close()
    assert color == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 28)"}[scheme]


def test_the_page_does_not_scroll_sideways_on_a_projector(page, server):
    for path in ("", "train", "reconstructions"):
        page.goto(f"{server.url}/{path}")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_server_never_loads_tensorflow(page, server):
    maps = Path(f"/proc/{server.process.pid}/maps")
    if not maps.exists():
        pytest.skip("this system does not show which libraries a process has loaded")
    open_explore(page, server)
    for name in ("Train", "Reconstructions"):
        page.get_by_role("link", name=name).click()
        settle(page)
    loaded = maps.read_text()
    assert "numpy" in loaded
    assert not [name for name in ("tensorflow", "sklearn", "h5py") if f"/{name}/" in loaded]
