"""Take the README's picture: Explore with digits pinned, at a projector's size.

    python -m benchmarks.screenshot

Needs Chromium, the packages of requirements-dev.txt and the full MNIST in PCAE_DATA.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.browser import launch, visitor
from tests.browser.conftest import READY, Server

PICTURE = Path(__file__).parent / "explore.png"
PINNED = [
    (0.3, 0.35),
    (0.33, 0.62),
    (0.72, 0.5),
    (0.86, 0.55),
]  # about where, in shares of the plots
SHOWN = 9_016  # the digit inspected


def main() -> None:
    """Open Explore, pin digits, point at one, and save what is seen."""
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver)
        server = Server(Path(folder), own_data=False)
        page = visitor(browser).new_page()
        page.goto(server.url)
        page.wait_for_function(READY)
        page.wait_for_timeout(2000)
        box = page.locator(".pcae-x-stage").bounding_box()
        assert box
        for across, down in PINNED:
            page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
            page.wait_for_timeout(1000)
        page.mouse.move(0, 0)
        page.get_by_label("Find a digit by its number").fill(str(SHOWN))
        page.keyboard.press("Enter")
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(3000)
        page.screenshot(path=PICTURE)
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
