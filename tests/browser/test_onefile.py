"""The explorer as one file, opened from the disk in a real browser without a network."""

import csv
import io

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods import noise
from pcae.methods.autoencoder import first
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import fit
from pcae.presets import PRESETS
from pcae.store import EpochRecord, Run, Status
from pcae.takehome import onefile
from tests.browser.conftest import READY
from tests.browser.test_explorer import (
    COUNT,
    PLACE,
    PLANES,
    RINGS,
    SELECTED,
    SOLID,
    bytes_of,
    drag,
    go_to,
    head,
    inspected,
    pictures,
    point_at,
    press,
    spot,
    value_at,
)
from tests.methods.test_autoencoder import random_weights

SEED = PRESETS["Seed network, 25 epochs"].key
SHIPPED = Run(SEED, store.PRETRAINED / SEED, shipped=True)
# where the controls below the pictures are, and the planes
BESIDE = """() => ['.pcae-x-k', '.pcae-x-noise', '.pcae-x-stage'].flatMap((name) => {
    const { left, top, width, height } = document.querySelector(name).getBoundingClientRect();
    return [left, top, width, height];
})"""
STAGE = "document.querySelector('.pcae-x-stage')"
LEVELS = 255 * onefile.TOLERANCE + 1  # of grey, with what bytes are rounded by


@pytest.fixture(scope="module")
def pca(sample):
    """PCA of the offline digits."""
    return fit(sample)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, sample, pca):
    """The file of the shipped network."""
    path = tmp_path_factory.mktemp("one file") / "the explorer, 100% & more #1.html"
    path.write_bytes(b"".join(onefile.page(SHIPPED, sample, pca)))
    return path


@pytest.fixture
def open_file(browser):
    """Opens a file where there is no network; at the end nothing was asked for, nothing failed."""
    contexts, complaints = [], []

    def asked(request):
        if not request.url.startswith((contexts[-1].address, "blob:", "data:")):
            complaints.append(request.url)

    def said(message):
        if message.type == "error":
            complaints.append(message.text)

    def go(path, **more):
        size = {"width": 1280, "height": 800}
        context = browser.new_context(offline=True, **({"viewport": size} | more))
        context.address = path.as_uri()
        contexts.append(context)
        tab = context.new_page()
        tab.on("request", asked)
        tab.on("console", said)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(path.as_uri())
        tab.wait_for_function(READY)
        return tab

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def file_of(tmp_path, sample, pca):
    """Makes the file of a run: settings, nobody's weights, and codes at some moments."""

    def make(config, frames):
        run = store.create(config)
        run.write_history([EpochRecord(n, 0.1, 0.1, 1.0) for n in range(1, config.epochs + 1)])
        for place, codes in frames.items():
            run.write_codes(place, codes)
        run.write_checkpoint(config.epochs, random_weights(config))
        run.write_status(Status("finished"))
        path = tmp_path / "explorer.html"
        path.write_bytes(b"".join(onefile.page(run, sample, pca)))
        return path

    return make


def test_digits_show_what_numpy_makes_of_them(open_file, shipped, sample, pca):
    page, model = open_file(shipped), SHIPPED.model()
    for plane in (1, 2):
        i, _ = point_at(page, plane)
        assert inspected(page) == i
        image = sample.test.pixels(np.array([i]))
        original, by_pca, by_network = pictures(page)
        np.testing.assert_array_equal(original, sample.test.images[i])
        np.testing.assert_allclose(by_pca, bytes_of(pca.reconstruct(image, 2)[0]), atol=LEVELS)
        np.testing.assert_allclose(by_network, bytes_of(model.reconstruct(image)[0]), atol=LEVELS)
        slider = page.get_by_role("slider", name="PCA's k")
        slider.fill("100")
        by_100 = pca.reconstruct(image, 100)
        np.testing.assert_allclose(pictures(page)[1], bytes_of(by_100[0]), atol=LEVELS)
        error = error_per_image(image, by_100)[0]
        assert page.get_by_text(f"PCA: error {error:.4f}").is_visible()
        network = error_per_image(image, model.reconstruct(image))
        errors = [error_per_image(image, pca.reconstruct(image, k)) for k in range(100)]
        passes = int(np.argmax(np.array(errors) <= network))
        assert page.get_by_text(f"passes the autoencoder at k = {passes}.").is_visible()
        slider.fill("2")


def test_between_digits_both_decoders_show_the_point(open_file, shipped, pca):
    page, model = open_file(shipped), SHIPPED.model()
    for plane in (1, 2):
        place = spot(page, plane, 0.97, 0.04)
        go_to(page, *place)
        at = np.array([value_at(page, plane, *place)], np.float32)
        original, by_pca, by_network = pictures(page)
        assert (original == -1).all()
        if plane == 1:
            expected = pca.inverse_transform(at)
            wanted = expected, model.reconstruct(expected)
        else:
            expected = model.decode(at)
            wanted = pca.reconstruct(expected, 2), expected
        np.testing.assert_allclose(by_pca, bytes_of(wanted[0][0]), atol=LEVELS)
        np.testing.assert_allclose(by_network, bytes_of(wanted[1][0]), atol=LEVELS)


def test_what_is_drawn_around_is_selected_in_both_planes(open_file, shipped):
    page = open_file(shipped)
    press(page, "Lasso")
    around = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.3)]
    drag(page, *(spot(page, 2, *share) for share in around))
    page.wait_for_function(f"({SELECTED})()[0].length > 10")
    first, second = page.evaluate(SELECTED)
    assert first == second
    assert page.get_by_text(f"{len(first)} digits").first.is_visible()
    page.locator(".pcae-x-stage").focus()
    page.keyboard.press("Escape")
    page.wait_for_function(f"({SELECTED})()[0].length === 0")


def test_keys_pins_colours_and_downloads_work_too(open_file, shipped, sample):
    page = open_file(shipped)
    page.locator(".pcae-x-stage").focus()
    page.keyboard.press("f")
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    assert head(page) == f"{sample.test.labels[123]}, test digit 123"
    page.keyboard.press("Enter")
    assert page.locator(".pcae-x-card").count() == 1
    page.keyboard.press("7")
    rest = int((sample.test.labels != 7).sum())
    assert page.evaluate(COUNT) == [rest, rest]
    page.keyboard.press("7")
    page.get_by_label("Colour").select_option("better")
    assert page.locator(".pcae-x-scale").count() == 1
    assert page.get_by_label("Digits", exact=True).locator("option").all_inner_texts() == ["1,000"]
    press(page, "Manifold")
    page.wait_for_function("document.querySelector('.pcae-x-layer').dataset.done", timeout=10_000)
    with page.expect_download() as download:
        press(page, "CSV")
    assert len(list(csv.DictReader(io.StringIO(download.value.path().read_text())))) == 1000
    with page.expect_download() as download:
        press(page, "PNG")
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_codes_of_the_first_digits_play_through_the_epochs(
    open_file, file_of, sample, monkeypatch
):
    monkeypatch.setattr(onefile, "FRAME_DIGITS", 300)
    config = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=2)
    last = np.random.default_rng(0).normal(0, 1, (1000, 3))
    frames = {0: 0.1 * last, 0.5: 0.2 * last[:600], 1: 0.6 * last, 2: last}
    page = open_file(file_of(config, frames))
    page.get_by_label("Find a digit by its number").fill("5")
    page.keyboard.press("Enter")
    before = np.array(page.evaluate(PLACE, [2, 5]))
    page.get_by_role("slider", name="Epoch").fill("0.3333333333")
    page.get_by_text("after epoch 0.5").wait_for()
    there = value_at(page, 2, *page.evaluate(RINGS)[1])
    np.testing.assert_allclose(there, 0.2 * last[5, :2], atol=0.02)
    page.get_by_label("Find a digit by its number").fill("301")
    page.keyboard.press("Enter")
    assert page.evaluate(RINGS)[1] is None  # not known at that moment
    page.get_by_role("button", name="Play").click()
    page.get_by_text("after epoch 2").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert page.evaluate(f"() => {PLANES}.scene.state.moment === null") is True
    np.testing.assert_allclose(page.evaluate(PLACE, [2, 5]), before, atol=1)
    press(page, "3-D")
    page.wait_for_function(f"{SOLID}._fullData?.[1]?.type === 'scatter3d'")


def test_the_slider_takes_the_first_of_ordered_codes(open_file, file_of, sample, pca):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), k=4, epochs=1, code_order="nested")
    page = open_file(file_of(config, {}))
    model, image = store.find(config.key).model(), sample.test.pixels(np.array([5]))
    page.get_by_label("Find a digit by its number").fill("5")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # keeps it
    slider, caption = page.get_by_label("k of both methods"), page.locator(".pcae-x-caption")
    for k, few, said in (
        (1, "1 code", "Both methods, k = 1"),
        (9, "4 codes", "PCA, k = 9; all 4 codes"),
        (3, "3 codes", "Both methods, k = 3"),
    ):
        slider.fill(str(k))
        by_network = model.decode(first(model.encode(image), k))
        shown = pictures(page)
        np.testing.assert_allclose(shown[1], bytes_of(pca.reconstruct(image, k)[0]), atol=LEVELS)
        np.testing.assert_allclose(shown[2], bytes_of(by_network[0]), atol=LEVELS)
        name, error = caption.nth(2).inner_text().split(": ")
        assert name == f"Autoencoder, {few}"
        assert float(error) == pytest.approx(error_per_image(image, by_network)[0], abs=2e-4)
        assert f" {few}" in page.locator(".pcae-x-passes").inner_text()
        assert page.locator(".pcae-x-k span").inner_text() == said
        card = page.locator(f".pcae-x-card[aria-label*='autoencoder with {few} {error}']")
        card.wait_for()
    colours = page.get_by_label("Colour").locator("option").all_inner_texts()
    assert colours[1:] == ["error, all 4 codes", "better one, all 4 codes"]
    press(page, "Box")
    drag(page, spot(page, 2, 0.1, 0.1), spot(page, 2, 0.9, 0.9))
    page.get_by_text("with PCA at k = 3; the autoencoder's is known from k = 4 on.").wait_for()
    slider.fill("4")
    page.get_by_text("with PCA at k = 4, ").wait_for()
    slider.fill("2")
    go_to(page, *(place := spot(page, 2, 0.97, 0.04)))
    at = np.array([[*value_at(page, 2, *place), 0, 0]], np.float32)  # of more there is nothing
    np.testing.assert_allclose(pictures(page)[2], bytes_of(model.decode(at)[0]), atol=LEVELS)
    assert caption.nth(2).inner_text() == "Autoencoder here, 2 codes"
    page.wait_for_function("location.hash.includes('k=2')")


def test_both_methods_see_a_digit_with_noise_and_are_measured_without(
    open_file, shipped, sample, pca
):
    page, model = open_file(shipped), SHIPPED.model()
    page.get_by_label("Find a digit by its number").fill("123")
    page.keyboard.press("Enter")
    image = sample.test.pixels(np.array([123]))
    plain, before = pictures(page), page.evaluate(BESIDE)
    choice = page.get_by_label("Noise", exact=True)
    for kind in ("masking", "gaussian"):
        choice.select_option(kind)
        page.wait_for_function("!document.querySelector('.pcae-x-coming')")  # the encoder too
        seen = noise.add(kind, image, [123])
        made = [seen, pca.reconstruct(seen, 2), model.reconstruct(seen)]
        original, *shown = pictures(page)
        np.testing.assert_array_equal(original, sample.test.images[123])
        for here, wanted in zip(shown, made, strict=True):
            np.testing.assert_allclose(here, bytes_of(wanted[0]), atol=LEVELS)
        captions = page.locator(".pcae-x-caption").all_inner_texts()
        assert captions[0] == "Original"
        errors = [error_per_image(image, of)[0] for of in made]
        for caption, name, error in zip(
            captions[1:], ("With noise", "PCA", "Autoencoder"), errors, strict=True
        ):
            called, measured = caption.split(": ")
            assert called == name
            assert float(measured) == pytest.approx(error, abs=2e-4)
        assert page.get_by_text("Errors are against the digit without noise.").is_visible()
        page.wait_for_function(f"location.hash.includes('noise={kind}')")
        np.testing.assert_allclose(page.evaluate(BESIDE), before, atol=0.5)
    go_to(page, *spot(page, 2, 0.97, 0.04))
    captions = page.locator(".pcae-x-caption").all_inner_texts()
    assert captions[:2] == ["no digit here", "and no noise"]
    assert (np.array(pictures(page)[1]) == -1).all()
    choice.select_option("none")
    page.get_by_label("Find a digit by its number").fill("123")
    page.keyboard.press("Enter")
    np.testing.assert_array_equal(pictures(page), plain)
    page.wait_for_function("!location.hash.includes('noise')")


def test_it_fits_its_window_and_follows_light_and_dark(open_file, shipped):
    page = open_file(shipped, color_scheme="light")
    room = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(room) == [1280, 800]
    page.set_viewport_size({"width": 1024, "height": 768})
    page.wait_for_function(
        f"""(() => {{ const [{{ offset, length }}] = {PLANES}.axes[1];
            return Math.abs(offset + length + 8 - {STAGE}.clientWidth) < 2; }})()"""
    )
    assert page.evaluate(room) == [1024, 768]
    for scheme, ink in (("dark", "#e8ecf1"), ("light", "#1c2430")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"{PLANES}.scene.theme.text === '{ink}'")
