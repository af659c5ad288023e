"""The app in a real browser: what it says at first, and what every page keeps to."""

import re
import shutil

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from tests.browser.conftest import settle


def test_the_first_page_says_what_the_codes_are_worth(explorer):
    assert explorer.get_by_text(re.compile("2 codes reconstruct as well as")).is_visible()


def test_what_is_open_stays_so_while_others_train(page, server):
    page.goto(f"{server.url}/components")
    chosen = page.locator('[data-testid="stSelectbox"]', has_text="Network").first
    chosen.wait_for()
    settle(page)
    opened = chosen.locator("input").input_value()
    for width in (5, 6):
        config = RunConfig(hidden=(width,), dataset="mnist-5k", epochs=25)
        folder = server.home / "pcae" / "runs" / config.key
        shutil.copytree(store.shipped_run(PRESETS["Seed network, 25 epochs"].key).folder, folder)
        (folder / "config.json").write_text(config.canonical)
        (folder / "weights.safetensors").touch()
        page.get_by_text("Logarithmic axes").click()
        settle(page)
        assert chosen.locator("input").input_value() == opened
        assert "run=ac7d8200e52d" in page.url
        shutil.rmtree(folder)


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
    assert after[20:30] == before[20:30]


def test_the_theme_follows_the_visitor(page, server):
    color = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    for scheme, expected in (("dark", "rgb(18, 22, 28)"), ("light", "rgb(255, 255, 255)")):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{server.url}/glossary")
        page.wait_for_function(
            f"document.querySelector('.stApp') && {color} === '{expected}'", timeout=10_000
        )


def test_the_tour_is_offered_once(browser, server):
    with browser.new_context() as newcomer:
        tab = newcomer.new_page()
        tab.goto(f"{server.url}/")
        tab.get_by_role("button", name="No, thanks").click()
        tab.wait_for_function("document.cookie.includes('pcae_tour=seen')")
        tab.reload()
        tab.get_by_text(re.compile("2 codes reconstruct as well as")).wait_for()
        settle(tab)
        assert not tab.get_by_text("New here?").is_visible()
