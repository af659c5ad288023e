"""How the planes of the explorer look in a real browser: numerals, pictures, colours, size."""

import numpy as np
import pytest

from pcae import store
from pcae.methods.pca import load_or_fit
from tests.browser.test_explorer import (
    PLACE,
    PLANES,
    RINGS,
    SEED,
    model,
    point_at,
    press,
    spot,
    stage,
    value_at,
)

__all__ = ["model"]


def test_numerals_stand_at_the_middles_of_their_classes(explorer, sample):
    places = """() => [...document.querySelectorAll('.pcae-x-numerals b')].map((mark) => {
        const box = mark.getBoundingClientRect();
        return [mark.textContent, box.left + box.width / 2, box.top + box.height / 2]; })"""
    press(explorer, "3")
    drawn = explorer.evaluate(places)
    assert [name for name, *_ in drawn] == 2 * [name for name in "0123456789" if name != "3"]
    codes = store.find(SEED.key).model().encode(sample.test.pixels())
    for name, *place in drawn[9:]:
        middle = np.median(codes[sample.test.labels == int(name)], axis=0)
        found = value_at(explorer, 2, *place)
        np.testing.assert_allclose(found, middle, atol=0.02 * np.ptp(codes, axis=0).max())
    press(explorer, "3")


def test_pictures_take_the_place_of_dots_and_more_fit_as_one_zooms_in(explorer):
    press(explorer, "Pictures")
    inked = """() => { const canvas = document.querySelector('.pcae-x-pictures');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let n = 0; for (let i = 3; i < data.length; i += 4) n += data[i] > 0; return n; }"""
    before = explorer.evaluate(inked)
    explorer.mouse.move(*spot(explorer, 2, 0.3, 0.5))
    explorer.mouse.wheel(0, -300)
    explorer.wait_for_timeout(600)
    assert explorer.evaluate(inked) > before > 10_000


def test_the_manifold_is_the_plane_decoded(explorer):
    press(explorer, "Manifold")
    explorer.wait_for_function(
        "document.querySelector('.pcae-x-layer').dataset.done", timeout=10_000
    )
    ink = """() => { const canvas = document.querySelector('.pcae-x-layer');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return [0, 1].map((half) => { let n = 0;
            for (let y = 0; y < canvas.height; y++) for (let x = 0; x < canvas.width / 2; x++) {
                n += data[4 * (y * canvas.width + x + half * canvas.width / 2) + 3] > 20; }
            return n; }); }"""
    assert min(explorer.evaluate(ink)) > 5_000


def test_colours_can_be_of_the_errors(explorer, sample, model):
    images = sample.test.pixels()
    by_pca = np.square(images - load_or_fit(sample).reconstruct(images, 2)).mean(axis=1)
    by_network = np.square(images - model.reconstruct(images)).mean(axis=1)
    inks = f"""() => [0, 1].map((p) =>
        Array.from({PLANES}.shown, (i) => {PLANES}.paint.inkOf[p](i)))"""
    explorer.get_by_label("Colour").select_option("error")
    for drawn, errors in zip(explorer.evaluate(inks), (by_pca, by_network), strict=True):
        green = np.array(drawn) >> 8 & 255  # on a light ground it falls with the error
        assert (np.diff(green[np.argsort(errors)]) <= 1).all()
        assert green.max() - green.min() > 100
    explorer.get_by_label("Colour").select_option("better")
    first, second = explorer.evaluate(inks)
    assert first == second
    gain, most = by_pca - by_network, np.quantile(np.abs(by_pca - by_network), 0.95)
    assert len({first[i] for i in np.flatnonzero(gain > 1.01 * most)}) == 1  # the scale ends
    assert first[gain.argmin()] != first[gain.argmax()]


def test_the_axes_follow_the_theme(explorer):
    for scheme, color in (("dark", "#e8ecf1"), ("light", "#1c2430")):
        explorer.emulate_media(color_scheme=scheme)
        explorer.wait_for_function(f"{PLANES}.scene.theme.text === '{color}'", timeout=10_000)


def test_the_plot_fits_its_place_when_the_window_changes(explorer):
    i, _ = point_at(explorer, 2)
    explorer.set_viewport_size({"width": 1000, "height": 700})
    explorer.wait_for_timeout(900)
    right = f"() => {PLANES}.axes[1][0].offset + {PLANES}.axes[1][0].length"
    assert explorer.evaluate(right) == pytest.approx(stage(explorer)["width"] - 8, abs=2)
    np.testing.assert_allclose(
        explorer.evaluate(RINGS)[1], explorer.evaluate(PLACE, [2, i]), atol=1
    )
    explorer.set_viewport_size({"width": 1280, "height": 800})
