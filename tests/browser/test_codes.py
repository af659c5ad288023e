"""Codes of networks of one's own: through their epochs, of other axes, in three dimensions."""

from urllib.parse import urlencode

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods.autoencoder import Autoencoder
from pcae.store import EpochRecord, Status
from tests.browser.conftest import READY, settle
from tests.browser.test_explorer import (
    COUNT,
    PLANES,
    RANGES,
    RINGS,
    SOLID,
    bytes_of,
    go_to,
    pictures,
    point_at,
    press,
    spot,
    value_at,
)
from tests.methods.test_autoencoder import random_weights


@pytest.fixture
def own_run(server, monkeypatch):
    """Makes a run in the server's store: settings, weights of nobody's training, and codes."""
    monkeypatch.setenv("PCAE_HOME", str(server.home / "pcae"))
    made = []

    def make(config, frames=None):
        run = store.create(config)
        made.append(run)
        run.write_history([EpochRecord(n, 0.1, 0.1, 1.0) for n in range(1, config.epochs + 1)])
        for place, codes in (frames or {}).items():
            run.write_codes(place, codes)
        run.write_checkpoint(config.epochs, random_weights(config))
        run.write_status(Status("finished"))
        return run

    yield make
    for run in made:
        store.delete(run)


def choose_run(page, server, run):
    """Open a run's explorer."""
    query = urlencode({"run": run.key} | run.config.to_query())
    page.goto(f"{server.url}/?{query}")
    page.wait_for_function(READY)
    settle(page)


def test_the_timeline_plays_the_codes_through_the_epochs(page, server, own_run, sample):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=2)
    last = store_codes(config, sample)
    frames = {0: 0.1 * last, 0.5: 0.5 * last[:600], 1: 0.6 * last, 2: last}
    choose_run(page, server, own_run(config, frames))
    i = 5
    page.locator(".pcae-x-stage").focus()
    page.keyboard.press("f")
    page.keyboard.type(str(i))
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    before, ranges = page.evaluate(RINGS)[1], page.evaluate(RANGES)
    slider = page.get_by_role("slider", name="Epoch")
    slider.fill("0.3333333333")
    page.get_by_text("after epoch 0.5").wait_for()
    assert page.evaluate(RANGES) == ranges
    ring = page.evaluate(RINGS)[1]
    expected = value_at(page, 2, *ring)
    np.testing.assert_allclose(expected, 0.5 * last[i], atol=0.02 * np.abs(last).max())
    page.get_by_role("button", name="Play").click()
    page.get_by_text("after epoch 2").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    np.testing.assert_allclose(page.evaluate(RINGS)[1], before, atol=1)
    assert page.evaluate(f"() => {PLANES}.scene.state.moment === null") is True


def test_where_codes_of_the_first_digits_were_kept_the_others_wait_for_the_end(
    page, server, own_run, sample
):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=2)
    last = store_codes(config, sample)
    frames = {0: 0.1 * last[:600], 1: 0.6 * last[:600], 2: last[:600]}
    choose_run(page, server, own_run(config, frames))
    slider = page.get_by_role("slider", name="Epoch")
    for i, there in ((599, True), (600, False)):
        page.locator(".pcae-x-stage").focus()
        page.keyboard.press("f")
        page.keyboard.type(str(i))
        page.keyboard.press("Enter")
        slider.fill("0.5")
        page.get_by_text("after epoch 1, first 600 digits").wait_for()
        page.wait_for_timeout(100)
        pca, code = page.evaluate(RINGS)
        assert pca is not None
        assert (code is not None) == there
        slider.fill("1")
        page.wait_for_timeout(100)
        assert None not in page.evaluate(RINGS)


def store_codes(config, sample):
    """The test digits' codes under the weights of `own_run`."""
    return Autoencoder(config, random_weights(config)).encode(sample.test.pixels())


def test_above_two_codes_any_pair_can_be_drawn_and_the_others_are_held(
    page, server, own_run, sample
):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), k=4, epochs=1)
    choose_run(page, server, own_run(config))
    codes = store_codes(config, sample)
    page.get_by_label("code, up").select_option(index=3)
    drawn = page.evaluate(f"() => Array.from({PLANES}.at[1][1])")
    np.testing.assert_allclose(drawn, codes[:, 3], atol=1e-4)
    i, _ = point_at(page, 2)
    place = spot(page, 2, 0.99, 0.01)
    go_to(page, *place)
    assert f"the other codes as in test digit {i}" in page.locator(".pcae-x-inspector").inner_text()
    code = codes[[i]].copy()
    code[0, [0, 3]] = value_at(page, 2, *place)
    by_network = store.find(config.key).model().decode(code)
    np.testing.assert_allclose(pictures(page)[2], bytes_of(by_network[0]), atol=1)


def test_three_codes_can_be_seen_in_three_dimensions(page, server, own_run):
    choose_run(page, server, own_run(RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=1)))
    press(page, "3-D")
    page.wait_for_function(f"{SOLID}._fullData?.[1]?.type === 'scatter3d'")
    assert page.evaluate(COUNT) == [1000, 1000]
    press(page, "3-D")
    page.wait_for_function(f"{SOLID}.hidden")


def test_a_run_damaged_meanwhile_is_a_sentence_in_the_explorers_place(page, server, own_run):
    run = own_run(RunConfig(dataset="mnist-5k", hidden=(8,), epochs=1))
    choose_run(page, server, run)
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    page.get_by_label("Digits", exact=True).select_option("5000")
    page.locator(".pcae-x-message").wait_for()
    words = page.locator(".pcae-x-message").inner_text()
    assert "reload the page" in words or str(path) in words


def test_without_webgl_both_planes_are_there_and_three_dimensions_say_why_not(
    visitor, server, own_run
):
    tab = visitor.new_page()
    tab.add_init_script(
        """{ const plain = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
                return kind.startsWith('webgl') ? null : plain.call(this, kind, ...rest); }; }"""
    )
    run = own_run(RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=1))
    query = urlencode({"run": run.key} | run.config.to_query())
    tab.goto(f"{server.url}/?{query}#show=solid")
    tab.wait_for_function(READY)
    assert "This browser has no WebGL" in tab.locator(".pcae-x-note").inner_text()
    button = tab.get_by_role("button", name="3-D")
    assert button.is_disabled()
    assert "WebGL" in button.get_attribute("title")
    i, _ = point_at(tab, 2)
    assert f"test digit {i:,}" in tab.locator(".pcae-x-head").inner_text()
    tab.close()
