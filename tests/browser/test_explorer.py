"""The explorer in a real browser: what it shows is what NumPy computes, wherever the pointer is."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from pcae import store
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from tests.browser.conftest import CONTEXTS, READY, go, open_explorer, settle

SEED = PRESETS["Seed network, 25 epochs"]
SLOTS = ("original", "pca", "network")
PLOT = "document.querySelector('.pcae-x-plot')"
PLANES = f"{PLOT}.planes"
SOLID = "document.querySelector('.pcae-x-solid')"
# the screen position and the index of a digit that no other is near to, in plane 1 or 2
LONELY = f"""(plane) => {{
    const planes = {PLANES}, box = planes.plot.getBoundingClientRect();
    const points = Array.from(planes.shown, (index) => {{
        const [x, y] = planes.pixelOf(plane - 1, index);
        return {{ index, x: box.left + x, y: box.top + y }};
    }});
    const distance = (a) => Math.min(...points.map(
        (b) => a === b ? 1e9 : (a.x - b.x) ** 2 + (a.y - b.y) ** 2));
    return points.reduce((best, p) => {{
        const d = distance(p);
        return !best || d > best.d ? {{...p, d}} : best;
    }}, null);
}}"""
# where digit i is in a plane
PLACE = f"""([plane, i]) => {{
    const planes = {PLANES}, box = planes.plot.getBoundingClientRect();
    const [x, y] = planes.pixelOf(plane - 1, i);
    return [box.left + x, box.top + y];
}}"""
RINGS = """() => [...document.querySelectorAll('.pcae-x-ring')].map((ring) => {
    const box = ring.getBoundingClientRect();
    return ring.hidden ? null : [box.left + box.width / 2, box.top + box.height / 2];
})"""
# the bytes of the three pictures
PICTURES = """() => [...document.querySelectorAll('.pcae-x-inspector canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({ length: 784 }, (_, p) => data[4 * p + 3] ? data[4 * p] : -1);
})"""
# the digits that are drawn with an outline, in each plane
SELECTED = f"""() => [0, 1].map((p) => {{
    const groups = {PLANES}.groups(p, {{ width: 500, height: 500 }});
    return groups.length > 1 ? Array.from(groups.at(-1).order) : [];
}})"""
# how many digits are drawn in each plane: those that are selected lie over their outlines
COUNT = f"""() => [0, 1].map((p) => {{
    const [rest, , selected] = {PLANES}.groups(p, {{ width: 500, height: 500 }});
    return rest.order.length + (selected?.order.length ?? 0);
}})"""
RANGES = f"() => [0, 1].flatMap((p) => {PLANES}.range(p))"


@pytest.fixture
def model():
    """The shipped network that the first visit opens."""
    return store.find(SEED.key).model()


def head(page):
    return page.locator(".pcae-x-head").text_content()


def inspected(page, noun="digit"):
    """The index of the digit that the inspector shows."""
    words = head(page)
    found = re.search(rf"{noun} ([\d,]+)", words)
    assert found, words
    return int(found[1].replace(",", ""))


def go_to(page, x, y):
    page.mouse.move(x + 4, y + 1)
    page.mouse.move(x, y)


def point_at(page, plane):
    """Point at a digit of a plane; its index and its place."""
    point = page.evaluate(LONELY, plane)
    go_to(page, point["x"], point["y"])
    return point["index"], (point["x"], point["y"])


def pictures(page):
    """The pictures in the inspector, bytes, shape (3, 784); -1 where there is none."""
    return np.array(page.evaluate(PICTURES))


def bytes_of(image):
    return 255 * np.clip(image, 0, 1)


def press(page, name):
    page.locator(".pcae-x").get_by_role("button", name=name, exact=True).click()


def drag(page, *places):
    (x, y), *rest = places
    page.mouse.move(x, y)
    page.mouse.down()
    for place in rest:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def stage(page):
    return page.locator(".pcae-x-stage").bounding_box()


def spot(page, plane, across, up):
    """A place in a plane by shares of it."""
    box = page.evaluate(
        f"""(p) => {{ const [x, y] = {PLANES}.axes[p], box = {PLOT}.getBoundingClientRect();
            return [box.left + x.offset, box.top + y.offset, x.length, y.length]; }}""",
        plane - 1,
    )
    return box[0] + across * box[2], box[1] + (1 - up) * box[3]


def value_at(page, plane, x, y):
    """The coordinates of a place in its plane."""
    return page.evaluate(
        f"""([p, px, py]) => {{ const box = {PLOT}.getBoundingClientRect();
            const {{ x, y }} = {PLANES}.point(p, [px - box.left, py - box.top]);
            return [x, y]; }}""",
        [plane - 1, x, y],
    )


def test_every_digit_is_a_point_in_both_planes(explorer, sample):
    assert explorer.evaluate(COUNT) == [1000, 1000]
    drawn = explorer.evaluate(f"() => {PLANES}.at.map(([, y]) => Array.from(y))")
    scores = load_or_fit(sample).transform(sample.test.pixels(), 2)
    codes = store.find(SEED.key).model().encode(sample.test.pixels())
    np.testing.assert_allclose(drawn[0], scores[:, 1], atol=1e-5)
    np.testing.assert_allclose(drawn[1], codes[:, 1], atol=1e-5 * np.abs(codes).max())


def test_plotly_does_not_come_before_it_is_wanted(page, server):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    open_explorer(page, server)
    assert not [url for url in fetched if "plotly" in url.lower()]
    with page.expect_download():
        page.locator(".pcae-x-bar").get_by_role("button", name="PNG").click()
    assert len([url for url in fetched if url.endswith("/plotly.min.js")]) == 1


@pytest.mark.parametrize("plane", [1, 2])
def test_hovering_a_digit_shows_it_and_both_reconstructions(explorer, plane, sample, model):
    i, _ = point_at(explorer, plane)
    assert head(explorer) == f"{sample.test.labels[i]}, test digit {i:,}"
    image = sample.test.pixels(np.array([i]))
    original, by_pca, by_network = pictures(explorer)
    np.testing.assert_array_equal(original, sample.test.images[i])
    np.testing.assert_allclose(
        by_pca, bytes_of(load_or_fit(sample).reconstruct(image, 2)[0]), atol=1
    )
    np.testing.assert_allclose(by_network, bytes_of(model.reconstruct(image)[0]), atol=1)
    error = np.square(image - model.reconstruct(image)).mean()
    assert explorer.get_by_text(f"Autoencoder: error {error:.4f}").is_visible()
    assert explorer.locator(".pcae-x-spoken").inner_text() is not None
    explorer.wait_for_function(
        f"document.querySelector('.pcae-x-spoken').textContent.includes('digit {i:,}')"
    )


@pytest.mark.parametrize("plane", [1, 2])
def test_the_twin_is_ringed_also_after_a_zoom(explorer, plane):
    i, _ = point_at(explorer, plane)
    explorer.mouse.wheel(0, -200)
    explorer.wait_for_timeout(600)
    go_to(explorer, *explorer.evaluate(PLACE, [plane, i]))
    explorer.wait_for_timeout(300)
    assert inspected(explorer) == i
    for number in (1, 2):
        ring = explorer.evaluate(RINGS)[number - 1]
        np.testing.assert_allclose(ring, explorer.evaluate(PLACE, [number, i]), atol=1)


def test_the_rings_follow_while_the_axes_move(explorer):
    _, (x, y) = point_at(explorer, 2)
    drag(explorer, (x, y), (x - 60, y + 20))
    explorer.wait_for_timeout(500)
    shown = inspected(explorer)
    np.testing.assert_allclose(
        explorer.evaluate(RINGS)[1], explorer.evaluate(PLACE, [2, shown]), atol=1
    )


@pytest.mark.parametrize(("mode", "plane"), [("Lasso", 1), ("Box", 2)])
def test_drawing_around_digits_selects_them_in_both_planes(explorer, plane, mode, sample):
    before = explorer.evaluate(RANGES)
    press(explorer, mode)
    corners = [(0.2, 0.8), (0.7, 0.8), (0.7, 0.2), (0.2, 0.2), (0.2, 0.8)]
    places = [spot(explorer, plane, *corner) for corner in corners]
    drag(explorer, *(places if mode == "Lasso" else (places[0], places[2])))
    explorer.get_by_role("button", name="Clear").wait_for()
    settle(explorer)
    first, second = explorer.evaluate(SELECTED)
    assert 0 < len(first) < 1000
    assert first == second
    np.testing.assert_allclose(explorer.evaluate(RANGES), before)
    counts = np.bincount(sample.test.labels[first], minlength=10)
    words = explorer.locator(".pcae-x-left").inner_text()
    assert f"{len(first)} digits" in words
    assert f"{counts.argmax()}: {counts.max()}" in words
    images = sample.test.pixels(np.array(first))
    error = np.square(images - load_or_fit(sample).reconstruct(images, 2)).mean()
    assert f"{error:.4f} with PCA at k = 2" in words
    if mode == "Lasso":
        go(explorer, "Reconstructions")
        explorer.get_by_text("Selected in Explore").click()
        explorer.get_by_text(f"no. {first[0]}", exact=True).wait_for()
        go(explorer, "Explore")
        explorer.wait_for_function(READY)
    explorer.locator(".pcae-x-stage").focus()
    explorer.keyboard.press("Escape")
    settle(explorer)
    assert explorer.evaluate(SELECTED) == [[], []]


def test_the_legend_hides_a_class_in_both_planes(explorer, sample):
    press(explorer, "3")
    rest = int((sample.test.labels != 3).sum())
    assert explorer.evaluate(COUNT) == [rest, rest]
    explorer.locator(".pcae-x-chip").nth(5).dblclick()
    fives = int((sample.test.labels == 5).sum())
    assert explorer.evaluate(COUNT) == [fives, fives]
    explorer.locator(".pcae-x-chip").nth(5).dblclick()
    assert explorer.evaluate(COUNT) == [1000, 1000]


def test_a_click_pins_a_digit_for_the_other_pages(explorer):
    found = []
    for plane in (1, 2):
        i, place = point_at(explorer, plane)
        explorer.mouse.click(*place)
        found.append(i)
        explorer.wait_for_timeout(400)
    cards = explorer.locator(".pcae-x-card")
    assert cards.count() == 2
    go(explorer, "Reconstructions")
    explorer.get_by_text("Pinned in Explore").click()
    for i in found:
        explorer.get_by_text(f"no. {i}", exact=True).wait_for()
    go(explorer, "Explore")
    explorer.wait_for_function(READY)
    assert cards.count() == 2
    cards.first.click()
    assert cards.count() == 1
    cards.first.click()
    settle(explorer)
    assert cards.count() == 0


@pytest.mark.parametrize("plane", [1, 2])
def test_between_digits_the_decoders_show_what_they_make_of_the_point(
    explorer, plane, sample, model
):
    place = spot(explorer, plane, 0.97, 0.04)
    go_to(explorer, *place)
    pca, at = load_or_fit(sample), np.array([value_at(explorer, plane, *place)], np.float32)
    original, by_pca, by_network = pictures(explorer)
    assert (original == -1).all()
    if plane == 1:
        expected = pca.inverse_transform(at)
        np.testing.assert_allclose(by_pca, bytes_of(expected[0]), atol=1)
        np.testing.assert_allclose(by_network, bytes_of(model.reconstruct(expected)[0]), atol=2)
    else:
        expected = model.decode(at)
        np.testing.assert_allclose(by_network, bytes_of(expected[0]), atol=1)
        np.testing.assert_allclose(by_pca, bytes_of(pca.reconstruct(expected, 2)[0]), atol=2)
    assert f"{at[0, 0]:.1f}" in head(explorer)


def test_a_button_that_is_pressed_stays_though_the_bar_is_drawn_anew(explorer):
    explorer.get_by_role("button", name="Lasso", exact=True).hover()
    explorer.mouse.down()
    explorer.evaluate(
        """() => { const slider = document.querySelector('[aria-label="PCA\\'s k"]');
            slider.value = 40; slider.dispatchEvent(new Event('input', { bubbles: true })); }"""
    )
    explorer.get_by_text("PCA, k = 40").wait_for()
    explorer.wait_for_timeout(500)  # in which the bar hears of it
    explorer.mouse.up()
    explorer.locator(".pcae-x-stage[data-mode='lasso']").wait_for()
    pressed = explorer.get_by_role("button", name="Lasso", exact=True)
    expect(pressed).to_have_attribute("aria-pressed", "true")


def test_a_path_is_a_morph_of_both_methods(explorer):
    press(explorer, "Path")
    drag(explorer, spot(explorer, 2, 0.2, 0.9), spot(explorer, 2, 0.8, 0.1))
    assert explorer.locator(".pcae-x-film").count() == 2
    now = "() => document.querySelector('.pcae-x-film canvas').toDataURL()"
    before = explorer.evaluate(now)
    explorer.wait_for_timeout(500)
    assert explorer.evaluate(now) != before
    explorer.locator(".pcae-x-stage").focus()
    explorer.keyboard.press("Escape")
    assert explorer.locator(".pcae-x-film").count() == 0


def test_the_k_slider_changes_pcas_picture_in_the_browser(explorer, sample):
    i, _ = point_at(explorer, 2)
    image = sample.test.pixels(np.array([i]))
    before = pictures(explorer)
    slider = explorer.get_by_role("slider", name="PCA's k")
    slider.fill("40")
    after = pictures(explorer)
    by_pca = load_or_fit(sample).reconstruct(image, 40)
    np.testing.assert_allclose(after[1], bytes_of(by_pca[0]), atol=1)
    np.testing.assert_array_equal(after[[0, 2]], before[[0, 2]])
    assert explorer.get_by_text(f"PCA: error {np.square(image - by_pca).mean():.4f}").is_visible()
    network = np.square(image - store.find(SEED.key).model().reconstruct(image)).mean()
    fitted = load_or_fit(sample)
    passes = next(
        k for k in range(785) if np.square(image - fitted.reconstruct(image, k)).mean() <= network
    )
    assert explorer.get_by_text(f"passes the autoencoder at k = {passes}.").is_visible()


def test_training_digits_can_be_shown_too(explorer, sample):
    explorer.get_by_label("Digits", exact=True).select_option("5000")
    explorer.wait_for_function(f"{PLANES}.shown.length === 5000")
    explorer.wait_for_function(READY)
    explorer.locator(".pcae-x-stage").focus()
    explorer.keyboard.press("f")
    explorer.keyboard.type("1007")
    explorer.keyboard.press("Enter")
    assert head(explorer) == f"{sample.train.labels[7]}, training digit 7"
    np.testing.assert_array_equal(pictures(explorer)[0], sample.train.images[7])


def test_page_switches_leak_no_webgl_context_and_keep_what_was_set(visitor, server):
    tab = visitor.new_page()
    tab.add_init_script(f"({CONTEXTS})()")
    open_explorer(tab, server)
    press(tab, "4")
    tab.mouse.move(*spot(tab, 2, 0.5, 0.5))
    tab.mouse.wheel(0, -200)
    tab.wait_for_timeout(500)
    ranges, count = tab.evaluate(RANGES), tab.evaluate(COUNT)
    for _ in range(6):
        go(tab, "Reconstructions")
        tab.locator(".pcae-panel img").first.wait_for()
        go(tab, "Explore")
        tab.wait_for_function(READY)
    settle(tab)
    assert tab.evaluate("window.alive()") == 0
    np.testing.assert_allclose(tab.evaluate(RANGES), ranges)
    assert tab.evaluate(COUNT) == count
    tab.close()
