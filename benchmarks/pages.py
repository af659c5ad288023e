"""How long each page takes to be painted, first and again, and to answer a widget.

    python -m benchmarks.pages [--repeats 7] [--json]

Needs Chromium, the packages of requirements-dev.txt and data as `benchmarks.startup` does. From
the press of a button in the browser to the frame after the last change of the page, in headless
Chromium at 1280×800. A first visit is a browser's that has seen Explore and nothing else; what the
server keeps is there.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import arguments, launch, visitor
from pcae.ui import shell
from tests.browser.conftest import READY, Server, link_to

QUIET_MS = 700
# when a button was first pressed since `watch`, and when the page's last change was drawn
WATCH = """() => {
    for (const kind of ['pointerdown', 'keydown'])
        addEventListener(kind, () => { window.pressed ??= performance.now(); }, true);
    const changed = () => requestAnimationFrame(() => { window.drawn = performance.now(); });
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    addEventListener('DOMContentLoaded', () =>
        new MutationObserver(changed).observe(document.body, everything));
    window.watch = () => { window.pressed = undefined; window.drawn = performance.now(); };
}"""
QUIET = f"performance.now() - window.drawn > {QUIET_MS}"
WIDGETS: dict[str, dict[str, Callable[[Page], None]]] = {
    "train": {
        "tick a network": lambda page: page.locator(
            '[class*="st-key-compare_"] label'
        ).first.click(),
    },
    "reconstructions": {
        "which": lambda page: page.get_by_text("Worst", exact=True).click(),
        "PCA's k": lambda page: page.get_by_role("slider").press("ArrowRight"),
        "differences": lambda page: page.get_by_text("Differences", exact=True).click(),
    },
    "components": {
        "logarithmic axes": lambda page: page.get_by_text("Logarithmic axes").click(),
    },
    "latent_plane": {
        "tiles": lambda page: page.get_by_role("slider").first.press("ArrowRight"),
        "range": lambda page: page.get_by_role("slider").nth(1).press("ArrowLeft"),
        "quantiles": lambda page: page.get_by_text("Spread crowded places", exact=True).click(),
        "regions": lambda page: page.get_by_text("Colour by class", exact=True).click(),
        "another pair": lambda page: page.get_by_role("button", name="Another pair").click(),
    },
    "linear_pca": {
        "other weights": lambda page: page.get_by_text("Start from other weights").click(),
    },
    "compare": {
        "the grid": lambda page: page.get_by_text("A grid of trainings", exact=True).click(),
        "side by side": lambda page: page.get_by_text("Side by side", exact=True).click(),
    },
}


def main() -> None:
    """Measure everything and print medians."""
    options = arguments(__doc__)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver)
        server = Server(Path(folder), own_data=False)
        home = {"PCAE_HOME": str(Path(folder) / "pcae")}
        subprocess.run(
            [sys.executable, "-m", "pcae.training.quality"], env=os.environ | home, check=True
        )
        result = measure(browser, server, options.repeats)
        browser.close()
        server.stop()
    if options.json:
        print(json.dumps(result))
        return
    for name, milliseconds in result.items():
        print(f"{name:40} {milliseconds:6.0f} ms")


def measure(browser: Browser, server: Server, repeats: int) -> dict[str, float]:
    """Medians of all that is measured, by name; the first visitor fills the server's caches."""
    found: dict[str, list[float]] = {}
    for _ in range(repeats + 1):
        context = visitor(browser)
        context.add_init_script(f"({WATCH})()")
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_function(READY)
        page.wait_for_function(QUIET)
        go_round(page, "first visit", found)
        go_round(page, "again", found)
        context.close()
    return {name: statistics.median(values[1:]) for name, values in found.items()}


def go_round(page: Page, visit: str, found: dict[str, list[float]]) -> None:
    """From page to page, Explore last; again, with every widget."""
    _, *others = shell.TITLES
    for name in [*others, "explore"]:
        title = shell.TITLES[name]
        link = link_to(page, title)
        found.setdefault(f"{title}: {visit}", []).append(milliseconds(page, link.click))
        for words, use in WIDGETS.get(name, {}).items() if visit == "again" else ():
            taken = milliseconds(page, partial(use, page))
            found.setdefault(f"{title}: {words}", []).append(taken)


def milliseconds(page: Page, act: Callable[[], None]) -> float:
    """From the press of a button to the frame after the last change."""
    page.evaluate("window.watch()")
    act()
    page.wait_for_function(f"window.pressed && {QUIET}")
    return page.evaluate("window.drawn - window.pressed")


if __name__ == "__main__":
    main()
