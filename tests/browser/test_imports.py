"""Codes that a visitor has brought, in a real browser: all that needs no decoder works on them."""

import numpy as np
from safetensors.numpy import save

from pcae import store
from pcae.methods.pca import load_or_fit
from tests.browser.conftest import READY, go, open_explorer, settle
from tests.browser.test_explorer import (
    COUNT,
    PLACE,
    PLANES,
    PLOT,
    RINGS,
    SEED,
    SELECTED,
    SOLID,
    bytes_of,
    drag,
    go_to,
    head,
    pictures,
    point_at,
    press,
    spot,
    value_at,
)

PLANE = np.random.default_rng(0).uniform(-1, 1, (400, 2)).astype(np.float32)
ROWS = [f"{x},{y}" for x, y in PLANE.tolist()]
NAME = "my <i>t-SNE</i> & more.csv"
TITLES = f"() => [0, 1].map((p) => {PLANES}.title(p))"
DRAWN = f"() => {PLANES}.at[1].map((values) => Array.from({PLANES}.shown, (i) => values[i]))"
ARIA = "() => document.querySelector('.pcae-x-stage').getAttribute('aria-label')"


def bring(page, name, content):
    """Bring a file."""
    if not page.locator("input[type=file]").count():
        page.get_by_role("button", name="Other codes").click()
    kind = "text/csv" if name.endswith("csv") else "application/octet-stream"
    file = {"name": name, "mimeType": kind, "buffer": content}
    page.locator("input[type=file]").set_input_files([file])


def shown(page):
    """Wait until what was brought is shown."""
    page.get_by_role("button", name="Back to the network").wait_for()
    page.wait_for_function(f"{PLOT}?.planes.title(1).includes('.')")
    page.wait_for_function(READY)
    settle(page)


def back(page):
    """Go back to the network."""
    page.get_by_role("button", name="Back to the network").click()
    page.wait_for_function(f"{PLOT}?.planes.title(1).includes('Bottleneck')")
    page.wait_for_function(READY)


def labels(page):
    return page.locator(".pcae-x-bar button, .pcae-x-bar label").all_text_contents()


def test_they_take_the_networks_plane_until_they_are_taken_away(page, server, sample):
    open_explorer(page, server)
    offered = labels(page)
    bring(page, NAME, "\n".join(["x,y", *ROWS]).encode())
    shown(page)
    assert page.evaluate(COUNT) == [400, 400]
    np.testing.assert_allclose(page.evaluate(DRAWN), PLANE.T, rtol=1e-6)
    assert page.evaluate(TITLES)[1] == NAME
    assert NAME in page.evaluate(ARIA)
    gone = {of.split()[0] for of in offered} - {of.split()[0] for of in labels(page)}
    assert gone == {"Path", "Colour", "Manifold"}
    for plane in (1, 2):
        i, _ = point_at(page, plane)
        page.wait_for_timeout(300)
        assert head(page) == f"{sample.test.labels[i]}, test digit {i}"
        for number in (1, 2):
            ring = page.evaluate(RINGS)[number - 1]
            np.testing.assert_allclose(ring, page.evaluate(PLACE, [number, i]), atol=1)
        image = sample.test.pixels(np.array([i]))
        original, by_pca, _ = pictures(page)
        np.testing.assert_array_equal(original, sample.test.images[i])
        by_numpy = load_or_fit(sample).reconstruct(image, 2)
        np.testing.assert_allclose(by_pca, bytes_of(by_numpy[0]), atol=1)
    words = page.locator(".pcae-x-inspector").inner_text()
    assert "have no decoder" in words
    assert "Autoencoder" not in words
    page.wait_for_function(
        f"document.querySelector('.pcae-x-spoken').textContent.includes('digit {i}. Errors: PCA')"
    )
    before = head(page)
    go_to(page, *spot(page, 2, 0.995, 0.005))
    assert head(page) == before
    place = spot(page, 1, 0.97, 0.04)
    go_to(page, *place)
    at = np.array([value_at(page, 1, *place)])
    by_numpy = load_or_fit(sample).inverse_transform(at)
    np.testing.assert_allclose(pictures(page)[1], bytes_of(by_numpy[0]), atol=1)
    assert page.evaluate(RINGS)[1] is None
    back(page)
    assert page.evaluate(COUNT) == [1000, 1000]
    assert labels(page) == offered
    codes = store.find(SEED.key).model().encode(sample.test.pixels())
    drawn = page.evaluate(DRAWN)
    np.testing.assert_allclose(drawn[1], codes[:, 1], atol=1e-5 * np.abs(codes).max())
    assert page.get_by_text("passes the autoencoder at k").is_visible()
    assert "the autoencoder" in page.evaluate(ARIA)


def test_digits_are_chosen_in_them_and_they_stay_through_a_page_switch(
    page, visitor, server, sample
):
    open_explorer(page, server)
    bring(page, "a.csv", "\n".join(ROWS).encode())
    shown(page)
    press(page, "Lasso")
    corners = [(0.2, 0.8), (0.7, 0.8), (0.7, 0.2), (0.2, 0.2), (0.2, 0.8)]
    drag(page, *(spot(page, 2, *corner) for corner in corners))
    page.get_by_role("button", name="Clear").wait_for()
    settle(page)
    first, second = page.evaluate(SELECTED)
    assert 0 < len(first) < 400
    assert first == second
    images = sample.test.pixels(np.array(first))
    error = np.square(images - load_or_fit(sample).reconstruct(images, 2)).mean()
    assert page.get_by_text(f"Mean error: {error:.4f} with PCA at k = 2.", exact=True).is_visible()
    assert page.locator(".pcae-x-card").count() == 0  # closing the lasso was no click
    page.locator(".pcae-x-stage").focus()
    page.keyboard.press("Enter")
    assert page.locator(".pcae-x-card").count() == 1
    page.keyboard.press("3")
    threes = (sample.test.labels[:400] == 3).sum()
    assert page.evaluate(COUNT) == [400 - threes] * 2
    page.keyboard.press("3")
    here = head(page)
    page.keyboard.press("ArrowRight")
    assert head(page) != here
    go(page, "Reconstructions")
    page.get_by_text("Selected in Explore").click()
    page.get_by_text(f"no. {first[0]}", exact=True).wait_for()
    go(page, "Explore")
    shown(page)
    assert page.evaluate(SELECTED) == [first, first]
    page.get_by_label("Find a digit by its number").fill("400")
    page.keyboard.press("Enter")
    assert page.locator(".pcae-x-note").inner_text() == "There is no code of test digit 400."
    other = visitor.new_page()
    open_explorer(other, server)
    assert "Bottleneck codes" in other.evaluate(TITLES)[1]
    other.close()


def test_a_bad_file_is_a_sentence_and_three_columns_of_training_digits_are_shown(
    page, server, sample
):
    open_explorer(page, server)
    before = page.evaluate(DRAWN)
    bring(page, "a.csv", b"x,y\n" + b"1,2\n" * 30 + b"3,<img src=x onerror=alert(1)>\n")
    page.get_by_text("“<img src=x onerror=a” in row 31 is no number").wait_for()
    assert page.evaluate(DRAWN) == before
    values = np.random.default_rng(1).normal(size=(60, 3)).astype(np.float32)
    bring(page, "a.safetensors", save({"codes": values, "index": np.arange(2000, 2060)}))
    shown(page)
    assert page.evaluate(COUNT) == [60, 60]
    i, _ = point_at(page, 2)
    assert head(page) == f"{sample.train.labels[i - 1000]}, training digit {i - 1000:,}"
    page.get_by_label("code, up").select_option(index=2)
    np.testing.assert_allclose(page.evaluate(DRAWN)[1], values[:, 2], rtol=1e-6)
    press(page, "3-D")
    page.wait_for_function(f"{SOLID}._fullData?.[1]?.type === 'scatter3d'")
    assert page.evaluate(COUNT) == [60, 60]
    press(page, "3-D")
    page.wait_for_function(f"{SOLID}.hidden")
    back(page)
    assert page.evaluate(COUNT) == [1000, 1000]
