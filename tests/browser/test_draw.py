"""The pad in a real browser: what follows from a drawing is what NumPy computes of it."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pcae import store
from pcae.config import RunConfig
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS, short_name
from pcae.store import EpochRecord, Status
from tests.browser.conftest import go, settle
from tests.methods.test_autoencoder import random_weights

SEED = PRESETS["Seed network, 25 epochs"]
SIDE = 28
THREE = [(0.3, 0.2), (0.5, 0.12), (0.68, 0.3), (0.45, 0.48), (0.68, 0.65), (0.5, 0.85), (0.3, 0.78)]
ONE = [(0.62, 0.2), (0.5, 0.8)]
# the bytes of the drawing in MNIST's form and of both reconstructions; -1 where there is none
PICTURES = """() => [...document.querySelectorAll('.pcae-draw-pictures canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, 28, 28);
    return Array.from({ length: 784 }, (_, p) => data[4 * p + 3] ? data[4 * p] : -1);
})"""
# by plane: where the ring is as the page says, and in the middle of the ring in coordinates
RINGS = """() => [...document.querySelectorAll('.pcae-draw-plane')].map((plane) => {
    const mark = plane.querySelector('.pcae-x-ring'), box = mark.getBoundingClientRect();
    const whole = plane.getBoundingClientRect();
    const [across, up] = JSON.parse(plane.dataset.ranges);
    const x = (box.left + box.width / 2 - whole.left - 40) / (whole.width - 46);
    const y = (box.top + box.height / 2 - whole.top - 6) / (whole.height - 42);
    return { hidden: mark.hidden, at: JSON.parse(plane.dataset.at),
             seen: [across[0] + x * (across[1] - across[0]), up[1] - y * (up[1] - up[0])],
             scale: [across[1] - across[0], up[1] - up[0]], range: [across, up] };
})"""
NEIGHBOURS = """() => [...document.querySelectorAll('.pcae-draw-row')].map((row) =>
    [...row.querySelectorAll('figure')].map((of) => Number(of.dataset.index ?? -1)))"""


@pytest.fixture
def model():
    """The shipped network that the first visit opens."""
    return store.find(SEED.key).model()


@pytest.fixture(scope="module")
def tab(visitor, server):
    """One tab for the tests that stay on the page."""
    opened = visitor.new_page()
    open_pad(opened, server)
    yield opened
    opened.close()


@pytest.fixture
def pad(tab):
    """The page with nothing drawn and the usual pen."""
    clear = tab.get_by_role("button", name="Clear")
    if clear.is_enabled():
        clear.click()
    tab.get_by_role("button", name="Usual").click()
    return tab


def open_pad(page, server):
    """Open the page and wait until its planes are drawn."""
    page.goto(f"{server.url}/draw")
    page.wait_for_selector(".pcae-draw[data-drawn]")


def draw(page, *places):
    """Draw a stroke through places, as shares of the pad."""
    box = page.locator(".pcae-pad").bounding_box()
    at = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in places]
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    page.wait_for_timeout(50)


def pictures(page):
    return np.array(page.evaluate(PICTURES))


def note(page):
    return page.locator(".pcae-draw-note").inner_text()


def ink_on(page):
    """The pad's ink, bytes, shape (560, 560)."""
    uri = page.evaluate("() => document.querySelector('.pcae-pad').toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))).convert("L"))


def neighbours(page):
    """The indices of the neighbours in both planes once they are all there."""
    page.wait_for_timeout(400)
    page.wait_for_function("document.querySelectorAll('.pcae-draw-row [data-index]').length === 16")
    return page.evaluate(NEIGHBOURS)


def bring(page, name, content):
    """Choose a file; the sentence about it."""
    page.set_input_files(
        ".pcae-draw input[type=file]",
        {"name": name, "mimeType": "", "buffer": content},
    )
    page.wait_for_function(
        f"""() => {{ const {{ textContent }} = document.querySelector('.pcae-draw-note');
            return textContent.startsWith('“{name}”'); }}"""
    )
    return note(page)


def drop(page, name, content):
    """Drop a file on the pad; its content as JavaScript."""
    page.evaluate(
        f"""() => {{ const data = new DataTransfer();
            data.items.add(new File([{content}], '{name}'));
            const event = new DragEvent('drop', {{ dataTransfer: data, bubbles: true }});
            document.querySelector('.pcae-pad').dispatchEvent(event); }}"""
    )


def encoded(image, kind="PNG", **more):
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def test_a_thicker_pen_leaves_more_ink(pad):
    inks = []
    for pen in ("Thin", "Usual", "Thick"):
        pad.get_by_role("button", name=pen).click()
        draw(pad, *ONE)
        inks.append(np.count_nonzero(ink_on(pad)))
        pad.get_by_role("button", name="Clear").click()
    assert inks[0] > 0
    assert inks[1] > 1.5 * inks[0]
    assert inks[2] > 1.3 * inks[1]


def test_what_follows_from_a_drawing_is_what_numpy_computes(pad, sample, model):
    draw(pad, *THREE)
    form, by_pca, by_network = pictures(pad)
    image, pca = form[None].astype(np.float32) / 255, load_or_fit(sample)
    found = [pca.transform(image, 2)[0], model.encode(image)[0]]
    for ring, at in zip(pad.evaluate(RINGS), found, strict=True):
        assert not ring["hidden"]
        scale = np.array(ring["scale"])
        np.testing.assert_allclose(ring["at"] / scale, at / scale, atol=1e-4)
        np.testing.assert_allclose(ring["seen"] / scale, at / scale, atol=2e-3)
    drawn = {"PCA, k = 2": pca.reconstruct(image, 2), "Autoencoder": model.reconstruct(image)}
    for shown, (name, expected) in zip((by_pca, by_network), drawn.items(), strict=True):
        np.testing.assert_allclose(shown, 255 * np.clip(expected[0], 0, 1), atol=1)
        error = np.square(expected - image).mean()
        assert pad.get_by_text(f"{name}: error {error:.4f}").is_visible()
    train = sample.train.pixels()
    for shown, rows, at in zip(
        neighbours(pad), (pca.transform(train, 2), model.encode(train)), found, strict=True
    ):
        nearest = np.argsort(np.linalg.norm(rows - at, axis=1))[:8]
        assert shown == list(nearest)
    counts = np.bincount(sample.train.labels[neighbours(pad)[1]])
    words = pad.locator(".pcae-draw-neighbours p").nth(1).inner_text()
    assert words.startswith(f"{counts.max()} of 8 neighbours are labelled ")
    assert str(counts.argmax()) in words


def test_everything_follows_while_one_draws(pad):
    box = pad.locator(".pcae-pad").bounding_box()
    pad.mouse.move(box["x"] + 100, box["y"] + 60)
    pad.mouse.down()
    seen = set()
    for step in range(5):
        pad.mouse.move(box["x"] + 100 + 12 * step, box["y"] + 110 + 25 * step, steps=3)
        pad.wait_for_timeout(50)
        seen.add(json.dumps(pad.evaluate(RINGS)[1]["at"]))
    neighbours(pad)
    pad.mouse.up()
    assert len(seen) == 5


def test_undo_and_clear_leave_nothing_stale(pad):
    assert note(pad).startswith("Draw a digit")
    assert pad.get_by_role("button", name="Undo").is_disabled()
    draw(pad, *ONE)
    before = pictures(pad)
    draw(pad, (0.2, 0.5), (0.8, 0.5))
    assert (pictures(pad) != before).any()
    pad.get_by_role("button", name="Undo").press("Enter")
    np.testing.assert_array_equal(pictures(pad), before)
    neighbours(pad)
    pad.get_by_role("button", name="Clear").press("Enter")
    pad.wait_for_timeout(400)
    assert note(pad).startswith("Draw a digit")
    assert (pictures(pad) == -1).all()
    assert all(ring["hidden"] for ring in pad.evaluate(RINGS))
    assert pad.evaluate(NEIGHBOURS) == [[-1] * 8] * 2
    assert pad.locator(".pcae-draw-neighbours p").all_inner_texts() == ["", ""]


def test_a_ring_beyond_the_edge_is_shown_there(pad):
    square = Image.new("L", (100, 100))
    square.paste(255, (20, 20, 80, 80))
    bring(pad, "square.png", encoded(square))
    rings = pad.evaluate(RINGS)
    outside = [
        any(not low <= at <= high for at, (low, high) in zip(of["at"], of["range"], strict=True))
        for of in rings
    ]
    assert any(outside)
    heads = pad.locator(".pcae-draw-head").all_inner_texts()
    for ring, is_outside, head in zip(rings, outside, heads, strict=True):
        assert ("beyond the edge" in head) == is_outside
        for at, (low, high) in zip(ring["seen"], ring["range"], strict=True):
            assert low - 0.01 * (high - low) <= at <= high + 0.01 * (high - low)


@pytest.mark.parametrize("dark", [False, True])
def test_a_training_digit_that_is_brought_finds_itself(pad, sample, dark):
    image = Image.fromarray(sample.train.images[1234].reshape(SIDE, SIDE) ^ (255 if dark else 0))
    words = bring(pad, "digit.png", encoded(image.resize((560, 560), Image.Resampling.NEAREST)))
    shown = "was turned to white on black" if dark else "is shown as it is"
    assert words == f"“digit.png” {shown}."
    np.testing.assert_allclose(pictures(pad)[0], sample.train.images[1234], atol=2)
    assert [found[0] for found in neighbours(pad)] == [1234, 1234]


def photo():
    """A digit in dark ink on paper in the shadow, as a telephone takes it."""
    ink = Image.new("L", (1000, 750))
    places = [(400 + 300 * (x - 0.3), 100 + 600 * y) for x, y in THREE]
    ImageDraw.Draw(ink).line(places, fill=255, width=40, joint="curve")
    ink = np.asarray(ink.filter(ImageFilter.GaussianBlur(2)).resize((4000, 3000)), float) / 255
    y, x = np.mgrid[:3000, :4000] / 3000
    paper = np.where(x + 0.3 * y > 1, 0.6, 1) * (210 - 40 * y)
    noise = np.random.default_rng(0).normal(0, 5, paper.shape)
    return Image.fromarray(np.clip(paper * (1 - 0.8 * ink) + noise, 0, 255).astype(np.uint8)), ink


def test_a_large_photo_leaves_its_paper_and_its_shadow(pad):
    picture, ink = photo()
    words = bring(pad, "photo.jpg", encoded(picture, "JPEG"))
    assert "was reduced from 4000 × 3000 to 560 × 420 pixels" in words
    small = np.asarray(Image.fromarray((255 * ink).astype(np.uint8)).resize((560, 420)), float)
    np.testing.assert_allclose(ink_on(pad)[70:490], small, atol=160)
    assert np.abs(ink_on(pad)[70:490] - small).mean() < 2
    assert ink_on(pad)[:70].max() == 0


def test_what_is_no_picture_of_a_digit_is_a_sentence_and_the_drawing_stays(pad):
    draw(pad, *THREE)
    before = pictures(pad)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h5"/></svg>'
    white, whole = Image.new("L", (300, 200), 255), encoded(Image.new("L", (900, 900), 90), "JPEG")
    files = {
        "text.png": (b"not a picture", "cannot be read as a picture: choose a PNG"),
        "page.html": (b"<html></html>", "cannot be read as a picture"),
        "drawing.svg": (svg, "cannot be read as a picture"),
        "cut.jpg": (whole[: len(whole) // 8], "cannot be read as a picture"),
        "empty.png": (b"", "is empty"),
        "white.png": (encoded(white), "shows no ink"),
        "large.png": (encoded(Image.new("1", (8000, 7000))), "has 8000 × 7000 pixels"),
    }
    for name, (content, sentence) in files.items():
        assert sentence in bring(pad, name, content)
        np.testing.assert_array_equal(pictures(pad), before)
    drop(pad, "heavy.png", "new Uint8Array(31 * 2 ** 20)")
    assert note(pad) == "“heavy.png” has 31.0 MB: choose a picture of at most 30 MB."


def test_a_picture_can_be_dropped_and_drawn_on_and_undone(pad, sample):
    draw(pad, *ONE)
    before = pictures(pad)
    image = Image.fromarray(sample.train.images[7].reshape(SIDE, SIDE))
    drop(pad, "dropped.png", f"new Uint8Array({list(encoded(image))})")
    pad.get_by_text("“dropped.png” is shown as it is.").wait_for()
    np.testing.assert_allclose(pictures(pad)[0], sample.train.images[7], atol=2)
    draw(pad, (0.1, 0.1), (0.2, 0.2))
    assert (pictures(pad)[0] != sample.train.images[7]).any()
    for _ in range(2):
        pad.get_by_role("button", name="Undo").click()
    np.testing.assert_array_equal(pictures(pad), before)


def test_the_drawing_outlives_a_page_switch_and_another_run(page, server):
    open_pad(page, server)
    draw(page, *THREE)
    before = pictures(page)
    go(page, "Train")
    page.get_by_text("Trained networks").wait_for()
    go(page, "Draw")
    page.wait_for_selector(".pcae-draw[data-drawn]")
    np.testing.assert_array_equal(pictures(page), before)
    choose(page, "Seed network, 5 epochs")
    after = pictures(page)
    np.testing.assert_array_equal(after[:2], before[:2])
    assert (after[2] != before[2]).any()


def choose(page, name):
    """Open another network."""
    was = page.locator(".pcae-draw").get_attribute("data-drawn")
    page.locator('[data-testid="stSelectbox"]', has_text="Network").locator("input").click()
    page.get_by_role("option", name=name).click()
    page.wait_for_function(
        "(was) => document.querySelector('.pcae-draw').dataset.drawn !== was", arg=was
    )


def test_other_numbers_of_codes(page, server, sample, monkeypatch):
    monkeypatch.setenv("PCAE_HOME", str(server.home / "pcae"))
    runs = []
    for k in (1, 30):
        config = RunConfig(dataset="mnist-5k", hidden=(24,), k=k)
        run = store.create(config)
        run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
        run.write_checkpoint(1, random_weights(config))
        run.write_status(Status("finished"))
        runs.append(run)
    open_pad(page, server)
    draw(page, *THREE)
    pca, train = load_or_fit(sample), sample.train.pixels()
    for run in runs:
        choose(page, short_name(run.config))
        settle(page)
        k, image = run.config.k, pictures(page)[:1].astype(np.float32) / 255
        at = [pca.transform(image, k)[0], run.model().encode(image)[0]]
        for ring, place in zip(page.evaluate(RINGS), at, strict=True):
            assert len(ring["at"]) == min(k, 2)
            np.testing.assert_allclose(ring["at"], place[:2], rtol=1e-3, atol=1e-3)
        known = pca.transform(train, k), run.model().encode(train)
        for shown, rows, place in zip(neighbours(page), known, at, strict=True):
            distances = np.linalg.norm(rows - place, axis=1)
            nearest = np.sort(distances)[:8]
            np.testing.assert_allclose(distances[shown], nearest, rtol=1e-3, atol=1e-4)
    for run in runs:
        store.delete(run)


def test_a_finger_draws(browser, server):
    context = browser.new_context(has_touch=True, viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    open_pad(tab, server)
    box = tab.locator(".pcae-pad").bounding_box()
    hand = context.new_cdp_session(tab)
    touch = [{"x": box["x"] + 140, "y": box["y"] + 40 + 40 * step} for step in range(6)]
    for kind, points in (("touchStart", touch[:1]), *(("touchMove", [of]) for of in touch[1:])):
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tab.wait_for_timeout(100)
    ink = ink_on(tab) > 0
    assert ink[60:480, 280].all()
    assert not ink[:, :200].any()
    assert (pictures(tab)[0] > 0).sum() > 40
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    context.close()
