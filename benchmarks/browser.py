"""What the benchmarks in a browser share."""

from __future__ import annotations

import argparse

from playwright.sync_api import Browser, BrowserContext, Playwright

from pcae.ui.steps import COOKIE
from tests.browser.conftest import FLAGS, NAMES, first_installed


def arguments(about: str | None) -> argparse.Namespace:
    """What a benchmark in the browser was told: `repeats` and `json`."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def launch(driver: Playwright, *flags: str) -> Browser:
    """Chromium, headless, as the tests have it."""
    chromium = first_installed(NAMES)
    if chromium is None:
        raise SystemExit("There is no Chromium on this machine: install the package chromium.")
    return driver.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])


def visitor(browser: Browser, size: tuple[int, int] = (1280, 800)) -> BrowserContext:
    """Somebody with a screen of so many pixels who has been here before: no tour is offered."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_cookies([{"name": COOKIE, "value": "seen", "domain": "localhost", "path": "/"}])
    return context
